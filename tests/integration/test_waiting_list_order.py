"""Whatever is booked, freed, answered and forgotten: nobody who asked earlier and fits is passed over."""

from contextlib import suppress
from datetime import datetime, timedelta

import msgspec
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from queue_service.booking import service, waiting_list, waiting_store
from queue_service.booking.contingents import level_of
from queue_service.booking.day_cells import cell_at
from queue_service.booking.model import KeptAppointment
from queue_service.booking.slot_arithmetic import visit_cells
from queue_service.booking.waiting_match import place_for
from queue_service.booking.waiting_model import DayHours, KeptEntry, WaitingRequest
from queue_service.offices.model import Span
from queue_service.offices.setup_model import OfficeSetup
from queue_service.platform.errors import QueueError
from queue_service.platform.queries import Connection
from tests.integration.booking_town import (
    BERLIN,
    MINUTES,
    NOW,
    at,
    build,
    day_after,
    office,
    pool,
    request,
    restaff,
)
from tests.integration.waiting_people import sound, wanting

SERVICES = ("passport", "certificate", "family")
HOUR = Span(8 * 60, 9 * 60)
OPEN_DAYS = (1, 2, 3)
"""Tuesday to Thursday; on all other days the small town is closed."""
FIVE = 5

days = st.sampled_from(OPEN_DAYS).map(day_after)
wishes = st.builds(
    lambda code, first, more, hours, notice, weekdays: wanting(
        code, first=first, last=first + timedelta(days=more), hours=hours, notice=notice, weekdays=weekdays
    ),
    st.sampled_from(SERVICES),
    days,
    st.integers(0, 2),
    st.sampled_from([DayHours(), DayHours("08:00", "08:30"), DayHours("08:20", "09:00")]),
    st.sampled_from([1, 24, 48]),
    st.sampled_from([[], [2, 4], [3]]),
)


class Join(msgspec.Struct, frozen=True):
    """Somebody waits."""

    request: WaitingRequest


class Free(msgspec.Struct, frozen=True):
    """Somebody who has booked cancels."""

    nth: int


class Book(msgspec.Struct, frozen=True):
    """Somebody who doesn't wait finds a place."""

    start: datetime
    code: str


class Reply(msgspec.Struct, frozen=True):
    """Somebody with an offer answers it."""

    nth: int
    verb: str


class Pass(msgspec.Struct, frozen=True):
    """Time goes by; offers that nobody answered are over."""

    hours: int


class Staff(msgspec.Struct, frozen=True):
    """So many counters are open."""

    counters: int


starts = st.builds(lambda day, cell: at(8, cell * FIVE, day), days, st.integers(0, 11))
frees = st.builds(Free, st.integers(0, 40))
steps = st.one_of(
    st.builds(Join, wishes),
    frees,
    frees,
    st.builds(Book, starts, st.sampled_from(SERVICES)),
    st.builds(Reply, st.integers(0, 10), st.sampled_from(["accept", "refuse", "withdraw"])),
    st.builds(Pass, st.sampled_from([1, 3])),
    st.builds(Staff, st.sampled_from([1, 2])),
)


async def rows(conn: Connection, query: str) -> list[str]:
    return [row["reference"] for row in await conn.fetch(query)]


async def take(conn: Connection, step: object, now: datetime) -> None:
    """Do it, or be refused."""
    with suppress(QueueError):
        match step:
            case Join(asked):
                await waiting_list.join(conn, now, asked)
            case Free(nth):
                booked = await rows(
                    conn, "SELECT reference FROM appointment WHERE state = 'booked' ORDER BY starts_at, id"
                )
                if booked:
                    await service.cancel(conn, now, booked[nth % len(booked)])
            case Book(start, code):
                await service.book(conn, now, request(start, code))
            case Reply(nth, verb):
                offered = await rows(
                    conn, "SELECT reference FROM waiting_entry WHERE state = 'offered' ORDER BY place"
                )
                if offered:
                    entry = await waiting_list.find(conn, offered[nth % len(offered)])
                    await getattr(waiting_list, verb)(conn, now, entry)
            case Pass():
                await service.expire_holds(conn, now)
            case Staff(counters):
                await restaff(conn, small_office(counters), now)


def small_office(counters: int) -> OfficeSetup:
    return office("mitte", pool(span=HOUR, counters=counters, weekdays=["tuesday", "wednesday", "thursday"]))


async def those_passed_over(conn: Connection, now: datetime, appointment: KeptAppointment) -> list[KeptEntry]:
    """Give who asked before the one with this offer, still waits, and would have fitted its place."""
    place = await conn.fetchval(
        """
        SELECT e.place FROM waiting_offer f JOIN waiting_entry e ON e.id = f.entry_id
         WHERE f.appointment_id = $1
        """,
        appointment.id,
    )
    pool_day = (appointment.pool_id, appointment.day)
    free = await waiting_store.free_cells(conn, pool_day, level_of("counter"))
    free |= visit_cells(appointment.first_cell, appointment.cells)
    earlier = await rows(
        conn,
        f"SELECT reference FROM waiting_entry WHERE state = 'waiting' AND place < {place}",  # noqa: S608  # a number
    )
    let_go = await rows(
        conn,
        f"""
        SELECT e.reference FROM waiting_entry e JOIN waiting_offer f ON f.entry_id = e.id
          JOIN appointment a ON a.id = f.appointment_id
         WHERE f.answer IS NOT NULL AND a.day = '{appointment.day}'
        """,  # noqa: S608  # a date of our own
    )
    candidates = [await waiting_list.find(conn, reference) for reference in set(earlier) - set(let_go)]
    return [
        one
        for one in candidates
        if place_for(one.wishes, now, BERLIN, appointment.day, free, MINUTES[one.codes[0]] // FIVE)
    ]


@settings(
    deadline=None,
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.builds(Join, wishes), min_size=3, max_size=6), st.lists(steps, min_size=5, max_size=15))
async def test_nobody_who_asked_earlier_and_fits_is_passed_over(
    conn: Connection, joined: list[Join], sequence: list[object]
) -> None:
    await conn.execute("TRUNCATE appointment, waiting_entry CASCADE")
    await build(conn, small_office(1))
    now = NOW
    for cell in range(0, 12, 3):
        for day in OPEN_DAYS:
            await service.book(conn, now, request(at(8, cell * FIVE, day_after(day))))
    offered: set[str] = set()
    for step in [*joined, *sequence]:
        now += timedelta(hours=step.hours) if isinstance(step, Pass) else timedelta(minutes=1)
        await take(conn, step, now)
        held = set(await rows(conn, "SELECT reference FROM appointment WHERE state = 'held'"))
        for reference in held - offered:
            appointment = await service.find(conn, reference)
            assert await those_passed_over(conn, now, appointment) == []
            await keeps_every_wish(conn, now, appointment)
        offered |= held
        assert await waiting_list.broken_invariants(conn) == []
    event(f"{len(offered)} offers")
    assert await sound(conn, now)


async def keeps_every_wish(conn: Connection, now: datetime, appointment: KeptAppointment) -> None:
    """Assert of an offer what somebody would check who was called about it."""
    row = await conn.fetchrow(
        """
        SELECT e.reference, f.respond_by FROM waiting_offer f JOIN waiting_entry e ON e.id = f.entry_id
         WHERE f.appointment_id = $1
        """,
        appointment.id,
    )
    assert row is not None
    asked = await waiting_list.find(conn, row["reference"])
    day, _ = cell_at(appointment.starts_at, BERLIN)
    local = appointment.starts_at.astimezone(BERLIN)
    assert asked.first_day <= day <= asked.last_day
    assert not asked.weekdays or day.isoweekday() in asked.weekdays
    assert asked.opens <= local.hour * 60 + local.minute < asked.closes
    assert now < row["respond_by"] <= appointment.starts_at - timedelta(hours=asked.notice_hours)
    assert appointment.ends_at - appointment.starts_at == timedelta(minutes=MINUTES[asked.codes[0]])
