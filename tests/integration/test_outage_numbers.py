"""A kiosk goes on alone: its numbers are its own, and every paper is in the queue once."""

import asyncio
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import aiosql
import msgspec
import pytest

from queue_service.accounts.model import DeviceProfile
from queue_service.devices import tokens
from queue_service.invariants import find_broken_invariants
from queue_service.offices.catalogue import Office
from queue_service.platform.database import Database
from queue_service.platform.queries import Connection, sql_directory
from queue_service.protocol.outage import (
    TOKEN_BYTES,
    HandedInItem,
    NumberBlocks,
    Outage,
    OutageCheckIn,
    OutageTicket,
)
from queue_service.queueing import outage_store, service
from queue_service.queueing.service import Actor
from tests.integration.booking_town import NOW, at, book, build, office
from tests.integration.counter_hall import OTHER_SERVICE, SERVICE, issue, open_counters

KIOSKS = 16


def paper_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


async def add_kiosk(conn: Connection, now: datetime, office: str = "bsc-mitte") -> int:
    return (await tokens.make(conn, now, office, DeviceProfile.KIOSK, "Eingang")).id


async def lease(conn: Connection, now: datetime, office: Office, device: int) -> NumberBlocks:
    async with conn.transaction():
        return await service.lease_numbers(conn, now, office.id, device)


async def hand_in(
    conn: Connection, now: datetime, device: int, *papers: OutageTicket | OutageCheckIn
) -> list[HandedInItem]:
    outage = Outage(
        [paper for paper in papers if isinstance(paper, OutageTicket)],
        [paper for paper in papers if isinstance(paper, OutageCheckIn)],
    )
    return (await service.take_in_outage(conn, now, device, outage, Actor(f"device:{device}"))).items


def paper(number: str, at: datetime, code: str = SERVICE, **more: object) -> OutageTicket:
    return OutageTicket(uuid4(), number, paper_token(), at, code, **more)  # type: ignore[arg-type]  # the test's own


def ranges(told: NumberBlocks, now: datetime) -> list[tuple[int, int, int]]:
    """Give first, last and digits of today's blocks of the letter A."""
    today = [block for block in told.blocks if (block.day, block.letter) == (now.date(), "A")]
    return [(block.first, block.last, block.digits) for block in today]


async def tickets(conn: Connection) -> dict[str, tuple[UUID, str, datetime]]:
    rows = await conn.fetch("SELECT id, number, note, created_at FROM ticket")
    return {row["number"]: (row["id"], row["note"], row["created_at"]) for row in rows}


@pytest.fixture
async def kiosk(conn: Connection, now: datetime) -> int:
    return await add_kiosk(conn, now)


async def test_blocks_come_from_the_top_stay_the_same_and_grow_when_half_is_used(
    conn: Connection, now: datetime, bsc_mitte: Office, kiosk: int
) -> None:
    told = await lease(conn, now, bsc_mitte, kiosk)
    today = [block for block in told.blocks if block.day == now.date()]
    assert len(told.blocks) == 5 * len(today)
    assert ranges(told, now) == [(940, 999, 3)]
    assert told.letters[SERVICE] == "A"
    assert await lease(conn, now + timedelta(minutes=1), bsc_mitte, kiosk) == msgspec.structs.replace(
        told, told_at=now + timedelta(minutes=1)
    )
    await hand_in(conn, now, kiosk, paper("A975", now))
    more = await lease(conn, now, bsc_mitte, kiosk)
    assert ranges(more, now) == [(976, 999, 3), (880, 939, 3)]


async def test_regular_numbers_go_past_what_is_leased(
    conn: Connection, now: datetime, bsc_mitte: Office, kiosk: int
) -> None:
    await issue(conn, now, bsc_mitte)
    await lease(conn, now, bsc_mitte, kiosk)
    await conn.execute("UPDATE ticket_number SET last = 939 WHERE day = $1 AND letter = 'A'", now.date())
    assert (await issue(conn, now, bsc_mitte)).number == "A1000"
    other = await lease(conn, now, bsc_mitte, await add_kiosk(conn, now))
    assert ranges(other, now) == [(9940, 9999, 4)]


async def crowd_of_kiosks(database: Database, now: datetime, office: Office) -> list[set[str]]:
    async with database.connection() as conn:
        devices = [await add_kiosk(conn, now) for _ in range(KIOSKS)]

    async def one(device: int) -> set[str]:
        async with database.connection() as conn:
            told = await lease(conn, now, office, device)
        return {
            f"{block.day} {block.number(value)}"
            for block in told.blocks
            for value in range(block.first, block.last + 1)
        }

    # The second asks twice at once, as after an answer that was lost.
    return await asyncio.gather(*(one(device) for device in [*devices, devices[1]]))


def shared(given: list[set[str]]) -> int:
    return sum(map(len, given)) - len(set[str]().union(*given))


async def test_sixteen_kiosks_never_share_a_number(
    database: Database, now: datetime, bsc_mitte: Office
) -> None:
    *given, again = await crowd_of_kiosks(database, now, bsc_mitte)
    assert again == given[1]
    assert shared(given) == 0
    assert all(given)


async def test_negative_control_without_the_row_locks_they_would(
    conn: Connection,
    database: Database,
    now: datetime,
    bsc_mitte: Office,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    text = (sql_directory() / "queries" / "outages.sql").read_text()
    lock = "ON CONFLICT (office_id, day, letter) DO UPDATE SET last = n.last\n"
    assert text.count(lock) == 1
    faulty = tmp_path / "outages.sql"
    faulty.write_text(text.replace(lock, "ON CONFLICT (office_id, day, letter) DO NOTHING\n"))
    monkeypatch.setattr(outage_store, "_queries", aiosql.from_path(faulty, "asyncpg"))
    await conn.execute("ALTER TABLE number_block DROP CONSTRAINT number_block_pkey")
    await lease(conn, now, bsc_mitte, await add_kiosk(conn, now))
    assert shared((await crowd_of_kiosks(database, now, bsc_mitte))[:-1]) > 0


async def test_a_paper_waits_since_it_was_drawn_and_is_taken_once(
    conn: Connection, now: datetime, bsc_mitte: Office, kiosk: int
) -> None:
    regular = await issue(conn, now - timedelta(minutes=5), bsc_mitte)
    await lease(conn, now - timedelta(hours=1), bsc_mitte, kiosk)
    first = paper(
        "A940", now - timedelta(minutes=20), needs=["level_access", "nonsense"], language="en", slow_walk=True
    )
    second = paper("A941", now - timedelta(minutes=2))
    items = await hand_in(conn, now, kiosk, second, first)
    assert items == [HandedInItem(first.id, "taken"), HandedInItem(second.id, "taken")]
    assert [item.state for item in await hand_in(conn, now, kiosk, first, second)] == ["known", "known"]
    queue = await service.queue(conn, now, bsc_mitte, None)
    assert [ticket.number for ticket in queue.items] == ["A940", regular.number, "A941"]
    taken = queue.items[0]
    assert (taken.created_at, taken.needs, taken.slow_walk, taken.pick_up) == (
        first.issued_at, ["level_access"], True, False,
    )  # fmt: skip
    followed = await service.follow(conn, now, first.token)
    assert followed.number == "A940"
    assert await find_broken_invariants(conn, now) == []


async def test_what_the_device_never_held_is_refused_and_the_others_go_on(
    conn: Connection, now: datetime, bsc_mitte: Office, kiosk: int
) -> None:
    other = await add_kiosk(conn, now)
    for device in (kiosk, other):
        await lease(conn, now, bsc_mitte, device)
    taken = paper("A940", now)
    refused = [
        paper("A939", now), paper("A0941", now), paper("A942", now - timedelta(days=1)), paper("Z940", now),
        paper("A940", now),
    ]  # fmt: skip
    items = await hand_in(conn, now, kiosk, taken)
    items += await hand_in(conn, now, kiosk, *refused, paper("A943", now))
    assert sorted((item.state, item.code or "") for item in items) == [
        ("refused", "number_not_leased"), ("refused", "number_not_leased"), ("refused", "number_not_leased"),
        ("refused", "number_not_leased"), ("refused", "number_taken"), ("taken", ""), ("taken", ""),
    ]  # fmt: skip


async def test_an_answer_that_was_lost_makes_no_second_visit(
    conn: Connection, now: datetime, bsc_mitte: Office, kiosk: int
) -> None:
    await lease(conn, now, bsc_mitte, kiosk)
    waiting, called = paper("A940", now), paper("A941", now)
    await issue(conn, now, bsc_mitte, id=called.id)
    await issue(conn, now, bsc_mitte, id=waiting.id)
    [(counter, clerk)] = await open_counters(conn, now, bsc_mitte, 1)
    assert (await service.call_next(conn, now, counter, clerk)).ticket.id == called.id  # type: ignore[union-attr]
    items = await hand_in(conn, now, kiosk, waiting, called)
    assert [item.state for item in items] == ["taken", "taken"]
    have = await tickets(conn)
    assert sorted(have) == ["A001", "A940", "A941"]
    assert have["A940"][0] == waiting.id
    assert "aufgerufen" in have["A941"][1]
    found = await service.find_ticket(conn, waiting.id, clerk)
    told = [step.text["de"] for step in await service.timeline(conn, found)]
    assert told == ["Nummer ausgegeben.", "Nummer vom Papier übernommen, zuvor A002."]
    assert [item.state for item in await hand_in(conn, now, kiosk, waiting, called)] == ["known", "known"]
    assert (await service.follow(conn, now, waiting.token)).number == "A940"
    assert await find_broken_invariants(conn, now) == []


async def test_stops_contingents_and_services_that_are_gone_turn_nobody_away(
    conn: Connection, now: datetime, bsc_mitte: Office, kiosk: int
) -> None:
    await lease(conn, now, bsc_mitte, kiosk)
    await conn.execute("UPDATE office SET walk_ins_stopped = true")
    night = now.replace(hour=2)
    gone, late = paper("A940", now, "gibt-es-nicht"), paper("A941", night, OTHER_SERVICE)
    assert [item.state for item in await hand_in(conn, now, kiosk, gone, late)] == ["taken", "taken"]
    assert "Dienstleistung" in (await tickets(conn))["A940"][1]


async def test_whoever_names_an_appointment_is_checked_in_at_the_time_of_the_paper(
    conn: Connection,
) -> None:
    [town] = await build(conn, office())
    device = await add_kiosk(conn, NOW, town.slug)
    await lease(conn, NOW, town, device)
    reference, cancelled = await book(conn, at(8)), await book(conn, at(9))
    await conn.execute(
        "UPDATE appointment SET state = 'cancelled', ended_at = starts_at WHERE starts_at = $1", at(9)
    )
    right, twice, off, wrong = (
        OutageCheckIn(
            uuid4(),
            f"A94{place}",
            paper_token(),
            at(8, place),
            code,
            "en",
            ["level_access", "nonsense"],
            True,
        )
        for place, code in enumerate([reference, reference, cancelled, "K7RM-W3XR"])
    )
    items = await hand_in(conn, at(10), device, right, twice, off, wrong)
    assert [item.state for item in items] == ["taken"] * 4
    rows = {row["number"]: row for row in await conn.fetch("SELECT * FROM ticket")}
    # Also of whom the code was of no use: the counter must have it, and somebody fetches them.
    assert {(row["language"], *row["needs"], row["pick_up"], row["slow_walk"]) for row in rows.values()} == {
        ("en", "level_access", True, False)
    }
    assert (rows["A940"]["class"], rows["A940"]["appointment_at"]) == ("appointment", at(8))
    assert [(rows[number]["class"], rows[number]["note"].rpartition(": ")[2]) for number in sorted(rows)] == [
        ("appointment", ""),
        ("walk_in", "zu diesem Termin schon angemeldet."),
        ("walk_in", "Termin abgesagt."),
        ("walk_in", "kein Termin zu diesem Code."),
    ]
    assert [rows[number]["arrived_at"] for number in sorted(rows)] == [at(8, place) for place in range(4)]
