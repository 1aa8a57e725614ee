"""Whoever books an hour's places is told of it, limited online, found and looked after as others are."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from icalendar import Calendar
from msgspec.structs import replace

from queue_service.accounts.model import Role
from queue_service.booking.model import CONTACT_KEPT, Contact, PostalAddress
from queue_service.booking.supply_guard import Asker, OnlineLimits
from queue_service.entries import confirmations, service
from queue_service.entries.model import OverbookedHours
from queue_service.hotline import people
from queue_service.hotline.model import (
    MOST_PEOPLE,
    DuplicateHour,
    DuplicateSearch,
    PeopleFound,
    PersonNamed,
    PersonSearch,
)
from queue_service.notices import letters
from queue_service.notices.dispatch import send_due
from queue_service.notices.model import AppointmentNotice
from queue_service.offices import service as offices
from queue_service.platform.database import Database
from queue_service.platform.errors import ChangesClosed, TooManyAttempts, TooManyBookings
from queue_service.platform.queries import Connection
from tests.integration.hotline_staff import staff
from tests.integration.mail_room import MailServer, mail_server, post_office
from tests.integration.running_service import MovableClock, RunningService
from tests.integration.swimming_hall import NOW, OFFICE, book, build, hour, lanes

ERIKA = Contact(
    name="Erika Mustermann",
    phone="+4915112345678",
    email="erika@example.org",
    postal_address=PostalAddress("Am Wall 1", "28195", "Bremen"),
    confirm_by=["email", "sms", "letter"],
)
DAY_AHEAD = confirmations.reminding_parties(timedelta(hours=24))
LIMITS = Asker(limits=OnlineLimits(per_service=2, altogether=3, unconfirmed_per_address=0))
ATTEMPTS = 12


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


async def told(conn: Connection) -> list[tuple[str, str, str]]:
    rows = await conn.fetch("SELECT kind, way, state FROM outbox ORDER BY created_at, sequence, way")
    return [tuple(row) for row in rows]


async def notice(conn: Connection) -> AppointmentNotice:
    """Give what is told last."""
    query = "SELECT payload::text FROM outbox WHERE payload IS NOT NULL ORDER BY sequence DESC, way LIMIT 1"
    return msgspec.json.decode(await conn.fetchval(query), type=AppointmentNotice)


def of_link(link: str) -> dict[str, str]:
    """Give reference and secret of a link to the page of a booking."""
    address = urlsplit(link)
    assert address.path == "/entry-booking"
    return {name: value for name, [value] in parse_qs(address.query).items()}


async def test_a_party_is_told_by_its_ways_when_it_is_booked_moved_displaced_and_cancelled(
    conn: Connection,
) -> None:
    kind = replace(lanes(), bring={"de": ["Badekappe"]})
    await build(conn, kind)
    made = await book(conn, party=3, contact=ERIKA)
    ways = ("email", "letter", "sms")
    assert await told(conn) == [("booked", way, "queued") for way in ways]
    first = await notice(conn)
    [line] = first.services
    assert (line.name, line.documents, line.fee) == (kind.title, kind.bring, kind.price)
    assert (first.persons, first.reference, first.recipient.email) == (3, made.reference, ERIKA.email)
    await service.move(conn, NOW + timedelta(minutes=1), made.reference, hour(12))
    moved = await notice(conn)
    assert (moved.kind, moved.start.day, moved.previous_start) == ("moved", 12, first.start)
    await service.move(conn, NOW + timedelta(minutes=2), made.reference, hour(13), told="displaced")
    assert (await notice(conn)).kind == "displaced"
    await service.cancel(conn, NOW + timedelta(minutes=3), made.reference)
    # Only the last word is still to be sent.
    assert [entry for entry in await told(conn) if entry[2] == "queued"] == [
        ("cancelled", way, "queued") for way in ways
    ]
    assert {entry[:2] for entry in await told(conn) if entry[2] == "withdrawn"} == {
        (kind, way) for kind in ("booked", "moved", "displaced") for way in ways
    }
    last = await notice(conn)
    assert (last.appointment_id, last.sequence, last.link) == (first.appointment_id, 3, "/entries/hall")


async def test_an_agent_is_warned_of_places_that_the_same_person_has_the_same_kind_first(
    conn: Connection,
) -> None:
    await build(conn, lanes(), lanes(code="diving"))
    diving = await book(conn, hour(11, "diving"), party=2, contact=ERIKA)
    same = await book(conn, hour(13), contact=ERIKA)
    await service.cancel(conn, NOW, (await book(conn, contact=ERIKA)).reference)
    mine = await book(conn, hour(12), contact=ERIKA, hold=True)
    agent = await staff(conn, "agent")
    asked = DuplicateSearch(
        contact=PersonNamed(phone=ERIKA.phone), hours=["lanes"], start=mine.start, reference=mine.reference
    )
    async with conn.transaction():
        found = (await people.find_duplicates(conn, NOW, agent, asked)).items
    assert [(one.reference, one.start, one.match) for one in found] == [
        (same.reference, same.start, "phone"),
        (diving.reference, diving.start, "phone"),
    ]
    assert found[1].hour == DuplicateHour("diving", {"de": "Bahnen"}, 2)


async def test_a_party_that_moves_to_and_fro_rings_nobody_all_day(conn: Connection) -> None:
    await build(conn, lanes())
    made = await book(conn, contact=ERIKA)
    for day in (12, 13, 12):
        await service.move(conn, NOW, made.reference, hour(day), by_visitor=True)
    with pytest.raises(TooManyAttempts):
        await service.move(conn, NOW, made.reference, hour(13), by_visitor=True)
    await service.move(conn, NOW, made.reference, hour(13))


async def test_a_hold_is_told_of_once_it_is_confirmed_and_whoever_wants_no_message_gets_none(
    conn: Connection,
) -> None:
    await build(conn, lanes())
    held = await book(conn, contact=ERIKA, hold=True)
    await book(conn)
    assert await told(conn) == []
    await service.confirm(conn, NOW, held.reference)
    assert {kind for kind, _, _ in await told(conn)} == {"booked"}


async def test_mail_brings_a_calendar_file_and_a_link_that_opens_the_booking_until_it_is_forgotten(
    conn: Connection, database: Database, mail: MailServer
) -> None:
    await build(conn, lanes())
    made = await book(conn, contact=replace(ERIKA, confirm_by="email"))
    link = of_link((await notice(conn)).link)
    await send_due(post_office(database, MovableClock(NOW), mail=mail.port), "email")
    [message] = mail.received
    [calendar, *_] = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    said = message.get_body(("plain",))
    assert said is not None
    assert "am Eingang. Bezahlt wird dort." in said.get_content()
    assert "Automat" not in said.get_content()
    [event] = Calendar.from_ical(str(calendar.get_content())).walk("VEVENT")
    assert event.decoded("DTSTART") == made.start
    kept = await service.find(conn, link["reference"])
    assert [service.opens(kept, secret) for secret in (link["secret"], made.secret, "x")] == [
        True, True, False,
    ]  # fmt: skip
    await service.forget_contacts(conn, kept.ends_at + CONTACT_KEPT + timedelta(seconds=1))
    assert not service.opens(await service.find(conn, made.reference), link["secret"])


async def test_a_letter_about_an_hour_waits_for_the_post_beside_the_others(conn: Connection) -> None:
    await build(conn, lanes())
    made = await book(conn, contact=replace(ERIKA, confirm_by="letter"))
    hall = await offices.find_office(conn, OFFICE)
    [waiting] = await letters.waiting(conn, NOW, [hall.id])
    assert (waiting.reference, waiting.starts_at) == (made.reference, made.start)


async def test_who_asked_for_it_is_reminded_once_and_after_a_move_for_the_new_time(
    conn: Connection, database: Database
) -> None:
    await build(conn, lanes(days=[12, 13, 14]))
    made = await book(conn, hour(12), contact=replace(ERIKA, confirm_by="none", remind=True))
    await book(conn, hour(12), contact=replace(ERIKA, confirm_by="none"))
    ten = NOW.replace(hour=9)

    async def reminded(now: datetime) -> list[tuple[str, str, str]]:
        async def remind() -> None:
            async with database.connection() as own:
                await DAY_AHEAD(own, now)

        await asyncio.gather(*(remind() for _ in range(4)))
        return [entry for entry in await told(conn) if entry[2] == "queued"]

    assert await reminded(ten - timedelta(minutes=1)) == []
    assert await reminded(ten) == [("reminder", "email", "queued")]
    await service.move(conn, ten, made.reference, hour(14))
    assert await reminded(ten) == []
    assert await reminded(ten + timedelta(days=2)) == [("reminder", "email", "queued")]


async def test_online_one_person_has_so_many_hours_of_a_kind_and_altogether(
    conn: Connection, database: Database
) -> None:
    await build(conn, lanes(places=100), lanes(code="diving"), lanes(code="sauna"))

    async def attempt(code: str = "lanes", **more: object) -> str:
        async with database.connection() as own:
            with suppress(TooManyBookings):
                made = await book(own, hour(12, code), channel="online", contact=ERIKA, asker=LIMITS, **more)  # type: ignore[arg-type]
                return made.reference
        return ""

    made = [one for one in await asyncio.gather(*(attempt() for _ in range(ATTEMPTS))) if one]
    assert len(made) == LIMITS.limits.per_service
    assert await attempt("diving")
    assert not await attempt("sauna")
    await book(conn, hour(12, "sauna"), channel="phone", contact=ERIKA)
    await service.cancel(conn, NOW, made[0])
    assert await attempt("sauna")
    # A hold that names nobody is confirmed for somebody who has enough.
    held = await book(conn, hour(12, "diving"), channel="online", hold=True, asker=LIMITS)
    with pytest.raises(TooManyBookings):
        await service.confirm(conn, NOW, held.reference, ERIKA, asker=LIMITS)
    await service.confirm(conn, NOW, held.reference, Contact(email="max@example.org"), asker=LIMITS)


async def test_visitors_change_nothing_too_late_and_staff_do(conn: Connection) -> None:
    await build(conn, lanes(), closes=24)
    near, far = await book(conn, hour(11)), await book(conn, hour(13))
    for change in (service.cancel(conn, NOW, near.reference, by_visitor=True),
                   service.move(conn, NOW, near.reference, hour(12), by_visitor=True)):  # fmt: skip
        with pytest.raises(ChangesClosed):
            await change
    await service.move(conn, NOW, near.reference, hour(12))
    await service.move(conn, NOW, far.reference, hour(12), by_visitor=True)
    await service.cancel(conn, NOW, far.reference, by_visitor=True)


async def test_a_person_is_found_with_her_hours_page_by_page_and_each_look_is_noted(
    conn: Connection,
) -> None:
    await build(conn, lanes(places=100))
    made = [await book(conn, now=NOW + timedelta(seconds=n)) for n in range(MOST_PEOPLE + 2)]
    agent = await staff(conn, "agent")
    nobody = await staff(conn, "clerk", Role.CLERK, office_id=(await offices.find_office(conn, "suedbad")).id)

    async def find(after: str | None = None) -> PeopleFound:
        async with conn.transaction():
            asked = PersonSearch(name="muster er", after=after)
            return await people.find_appointments(conn, NOW, agent, asked)

    first = await find()
    assert (first.items, len(first.entries), first.next) == ([], MOST_PEOPLE, first.entries[-1].reference)
    second = await find(first.next)
    assert second.next is None
    found = [entry.reference for entry in (*first.entries, *second.entries)]
    assert found == [one.reference for one in reversed(made)]
    assert await conn.fetchval("SELECT sum(cardinality(seen)) FROM contact_access") == len(made)
    async with conn.transaction():
        assert (await people.find_appointments(conn, NOW, nobody, PersonSearch(name="muster"))).entries == []


async def test_a_team_lead_sees_the_hours_and_parties_that_a_cut_plan_has_left(conn: Connection) -> None:
    await build(conn, lanes())
    early, late = await book(conn, party=4), await book(conn, party=2, now=NOW + timedelta(minutes=1))
    await build(conn, lanes(places=5, days=[12]))
    hall = await offices.find_office(conn, OFFICE)
    listed: OverbookedHours = await service.overbooked_hours(conn, NOW, hall)
    [given_up] = listed.items
    assert (given_up.entry, given_up.places, given_up.taken) == (hour(11), 0, 6)
    assert given_up.start.date() == date(2027, 1, 11)
    assert [(party.reference, party.party_size) for party in given_up.parties] == [
        (late.reference, 2),
        (early.reference, 4),
    ]
    nord = await offices.find_office(conn, "bsc-nord")
    assert (await service.overbooked_hours(conn, NOW, nord)).items == []


async def test_the_link_opens_the_page_and_staff_who_read_a_booking_are_noted(
    running_service: RunningService, conn: Connection
) -> None:
    supervisor = await running_service.staff_token(Role.SUPERVISOR, office="suedbad")
    contact = {"name": "Erika Mustermann", "email": "e@example.org", "confirm_by": "email"}
    wanted = {"office": "suedbad", "entry": "fruehschwimmen.20261124T0530Z", "contact": contact}
    async with running_service.client() as anybody, running_service.client(supervisor) as staff_client:
        made = (await anybody.post("/api/v1/entry-bookings", json=wanted)).json()
        opened = await anybody.get((await notice(conn)).link, headers={"Accept": "text/html"})
        page = f"/entry-booking/{made['reference']}"
        assert (opened.status_code, opened.headers["Location"]) == (303, page)
        shown = await anybody.get(page, headers={"Accept": "text/html"})
        assert "e@example.org" in shown.text
        address = f"/api/v1/entry-bookings/{made['reference']}"
        assert (await anybody.get(address, params={"secret": made["secret"]})).status_code == 200
        assert await conn.fetchval("SELECT count(*) FROM contact_access") == 0
        assert (await staff_client.get(address)).json()["contact"]["email"] == "e@example.org"
        assert await conn.fetchval("SELECT what FROM contact_access") == "read"
        overbooked = await staff_client.get("/api/v1/offices/suedbad/overbooked-entries")
        assert overbooked.json() == {"items": []}
