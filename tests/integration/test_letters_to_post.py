"""Letters between the outbox and the post: none twice unmarked, none lost, none sent that is out of date."""

import asyncio
import re
from collections.abc import Sequence
from uuid import UUID, uuid4

import httpx
import pytest
from msgspec.structs import replace

from queue_service.accounts.model import Role
from queue_service.booking import service as booking
from queue_service.booking.model import BookingMade, Contact, MoveRequest, PostalAddress
from queue_service.notices import authority_texts, letters
from queue_service.notices import service as notices
from queue_service.offices import service as offices
from queue_service.platform.database import Database
from queue_service.platform.errors import NothingToPrint
from queue_service.platform.queries import Connection, load_queries
from tests.integration.booking_town import NOW, at, build, office, pool, request
from tests.integration.running_service import RunningService

ERIKA = Contact(
    name="Erika Mustermann",
    phone="+4915112345678",
    postal_address=PostalAddress("Am Wall 1", "28195", "Bremen"),
    confirm_by="letter",
)
LETTERS = 12
PRINTERS = 6


@pytest.fixture(autouse=True)
async def town(conn: Connection) -> None:
    await build(conn, office("mitte", pool(counters=LETTERS)), office("nord", pool(counters=1)))


async def book(conn: Connection, **contact: str) -> BookingMade:
    asked = request(at(9), channel="phone", contact=replace(ERIKA, **contact))
    return await booking.book(conn, NOW, asked)


async def ids(conn: Connection, *slugs: str) -> list[int]:
    return [(await offices.find_office(conn, slug)).id for slug in slugs or ("mitte", "nord")]


async def states(conn: Connection) -> list[str]:
    return [
        row["state"] for row in await conn.fetch("SELECT state FROM outbox ORDER BY created_at, sequence")
    ]


async def test_a_batch_can_be_opened_again_until_it_is_in_the_post(conn: Connection) -> None:
    await book(conn)
    here = await ids(conn)
    batch = await letters.take(conn, NOW, here, large_print=True)
    for _ in range(2):  # the browser died after the first
        [sheet], own = await letters.sheets(conn, here, batch)
        assert (sheet.copy, sheet.large_print) == (1, True)
        file = letters.drawn([sheet], own, "Briefe", NOW, "https://termine.test")
        assert file.startswith(b"%PDF")
    [open_batch] = await letters.open_batches(conn, here)
    assert (open_batch.id, open_batch.to_post) == (batch, 1)
    assert await letters.post(conn, NOW, here, batch) == 1
    assert await letters.post(conn, NOW, here, batch) == 0
    assert await states(conn) == ["posted"]
    assert await letters.open_batches(conn, here) == []
    with pytest.raises(NothingToPrint):
        await letters.sheets(conn, here, batch)
    assert await conn.fetchval("SELECT count(*) FROM outbox WHERE payload IS NOT NULL") == 0


async def test_a_letter_printed_twice_is_marked_whichever_way_it_came(conn: Connection) -> None:
    await book(conn)
    here = await ids(conn)
    first = await letters.take(conn, NOW, here)
    second = await letters.take_again(conn, NOW, here, first)
    with pytest.raises(NothingToPrint):
        await letters.take_again(conn, NOW, here, first)
    [sheet], _ = await letters.sheets(conn, here, second)
    assert sheet.copy == 2
    await notices.resend(conn, NOW, sheet.id)
    [waiting] = await letters.waiting(conn, NOW, here)
    assert waiting.printed_before
    third = await letters.take(conn, NOW, here)
    assert [sheet.copy for sheet in (await letters.sheets(conn, here, third))[0]] == [3]
    assert [batch.id for batch in await letters.open_batches(conn, here)] == [third]


async def test_each_letter_of_a_batch_has_the_form_that_its_reader_wished_for(conn: Connection) -> None:
    wishing = await book(conn, letter_form="large_print", language="de-simple")
    await book(conn, name="Jörg Weiß")
    # The wish stays with the appointment, whatever happens to it.
    await booking.move(conn, NOW, wishing.reference, MoveRequest(at(11)))
    here = await ids(conn)
    batch = await letters.take_again(conn, NOW, here, await letters.take(conn, NOW, here))
    found, _ = await letters.sheets(conn, here, batch)
    assert {(sheet.payload.recipient.name, sheet.large_print) for sheet in found} == {
        ("Erika Mustermann", True),
        ("Jörg Weiß", False),
    }


async def test_staff_are_told_what_can_not_be_printed_or_read_by_the_post(conn: Connection) -> None:
    for name in ("Erika", "محمد", "田中", "Erika 😀"):
        await book(conn, name=name)
    forms = [
        letters.form_of(letter.recipient) for letter in await letters.waiting(conn, NOW, await ids(conn))
    ]
    assert sorted((form.letters_missing, form.address_foreign) for form in forms) == [
        *((False, False), (False, True), (True, False), (True, True))
    ]


async def test_a_letter_that_is_out_of_date_is_shown_where_it_lies_and_never_posted(conn: Connection) -> None:
    made = await book(conn)
    mitte = await ids(conn, "mitte")
    batch = await letters.take(conn, NOW, mitte)
    await booking.move(conn, NOW, made.reference, MoveRequest(at(10), "nord"))
    [open_batch] = await letters.open_batches(conn, mitte)
    assert [(sheet.to_post, sheet.office) for sheet in open_batch.sheets] == [(False, "mitte")]
    assert await letters.post(conn, NOW, mitte, batch) == 0
    assert await letters.open_batches(conn, mitte) == []
    assert await states(conn) == ["withdrawn", "queued"]


async def test_nobody_touches_another_office_s_letters(conn: Connection) -> None:
    await book(conn)
    mitte, nord = await ids(conn, "mitte"), await ids(conn, "nord")
    with pytest.raises(NothingToPrint):
        await letters.take(conn, NOW, nord)
    batch = await letters.take(conn, NOW, mitte)
    with pytest.raises(NothingToPrint):
        await letters.sheets(conn, nord, batch)
    with pytest.raises(NothingToPrint):
        await letters.take_again(conn, NOW, nord, batch)
    assert await letters.post(conn, NOW, nord, batch) == 0
    assert await letters.open_batches(conn, nord) == []
    assert await letters.waiting(conn, NOW, nord) == []


async def test_an_authority_s_own_words_are_on_its_letters(conn: Connection) -> None:
    await book(conn)
    here = await ids(conn)
    [authority] = [every for every in await offices.list_authorities(conn) if every.slug == "bremen"]
    text = "Moin\n\n{greeting},\n\n{appointment}\n\nBis bald"
    await authority_texts.save(conn, NOW, authority, "booked", "letter", "de", text)
    batch = await letters.take(conn, NOW, here)
    _, own = await letters.sheets(conn, here, batch)
    assert own == {("bremen", "booked"): {"de": text}}


async def test_of_many_who_print_at_once_each_letter_is_on_one_sheet(
    conn: Connection, database: Database
) -> None:
    for _ in range(LETTERS):
        await book(conn)
    here = await ids(conn)

    async def print_all() -> list[UUID]:
        async with database.transaction() as mine:
            try:
                batch = await letters.take(mine, NOW, here)
            except NothingToPrint:
                return []
            return [sheet.id for sheet in (await letters.sheets(mine, here, batch))[0]]

    printed = await asyncio.gather(*(print_all() for _ in range(PRINTERS)))
    assert len([letter for batch in printed for letter in batch]) == LETTERS
    assert await states(conn) == ["printed"] * LETTERS


async def test_without_its_lock_the_same_query_prints_a_letter_twice(
    conn: Connection, database: Database
) -> None:
    """The negative control: what the race above would look like if nothing prevented it."""
    await book(conn)
    here = await ids(conn)
    assert await _printed_by_two(database, here, unlocked=False) == [1, 0]
    await conn.execute("UPDATE outbox SET state = 'queued'")
    assert await _printed_by_two(database, here, unlocked=True) == [1, 1]


async def _printed_by_two(database: Database, here: Sequence[int], *, unlocked: bool) -> list[int]:
    """Let one print, and another before the first has committed; gives how many letters each has."""
    queries = load_queries("letters")
    sql = queries.take_letters.sql
    if unlocked:
        sql = sql.replace("FOR NO KEY UPDATE SKIP LOCKED", "")
    values = {
        "office_ids": here,
        "ids": None,
        "large_print": False,
        "now": NOW,
        "most": LETTERS,
    }
    order = queries.driver_adapter.var_sorted["take_letters"]

    async def take(mine: Connection) -> int:
        given = values | {"batch": uuid4()}
        return len(await mine.fetch(sql, *(given[name] for name in order)))

    async with database.connection() as one, database.connection() as other:
        transaction = one.transaction()
        await transaction.start()
        first = await take(one)
        second = asyncio.create_task(take(other))
        # Under the lock it passes by at once, without it it waits for the first.
        if unlocked:
            await _somebody_waits(database)
        else:
            await second
        await transaction.commit()
        return [first, await second]


async def _somebody_waits(database: Database) -> None:
    async with database.connection() as watcher:
        while not await watcher.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            pass  # asking takes its time


async def test_staff_are_told_why_a_message_failed_and_send_it_again_or_note_that_they_telephoned(
    running_service: RunningService,
) -> None:
    """With nothing set up to send by, both messages of a booking fail."""
    agent = await running_service.staff_token(Role.AGENT, office="bsc-mitte")
    reception = await running_service.staff_token(Role.RECEPTION, office="bsc-mitte")
    async with running_service.client(agent) as phone:
        body = {
            "office": "bsc-mitte",
            "services": [{"service": "personalausweis"}],
            "start": "2026-11-24T09:00:00+01:00",
            "channel": "phone",
            "contact": {
                "name": "Erika Mustermann",
                "phone": "0151 12345678",
                "email": "erika@example.org",
                "confirm_by": ["sms", "email"],
            },
        }
        (await phone.post("/api/v1/appointments", json=body)).raise_for_status()
    async with running_service.client(reception) as desk:
        page = await _page_that_says(desk, "kein SMS-Dienst eingerichtet", "kein E-Mail-Server eingerichtet")
        again, told = re.findall(r'action="(/letters/messages/[^"]+/resend)"', page)
        answer = await desk.post(again, data={})
        assert (answer.status_code, answer.headers["location"]) == (303, "/letters?done=resent")
        settled = told.replace("/resend", "/settle")
        assert (await desk.post(settled, data={})).headers["location"] == "/letters?done=settled"
        assert (await desk.post(settled, data={})).headers["location"] == "/letters?done=changed"
        assert settled not in (await desk.get("/letters")).text


async def _page_that_says(client: httpx.AsyncClient, *sentences: str) -> str:
    async with asyncio.timeout(10):
        while True:
            page = (await client.get("/letters")).raise_for_status().text
            if all(sentence in page for sentence in sentences):
                return page
