"""Whatever is staffed, booked, moved, cancelled or cut: search and planes are what a plain sweep finds."""

from contextlib import suppress
from datetime import date, datetime, timedelta

import msgspec
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from queue_service.booking import service, slot_oracle
from queue_service.booking.day_cells import CELL
from queue_service.booking.model import MoveRequest, Place
from queue_service.booking.staffing import staffing_on
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.model import Span
from queue_service.offices.setup_model import PoolSetup, Staffing
from queue_service.platform.errors import QueueError
from queue_service.platform.queries import Connection
from tests.integration.booking_town import (
    BERLIN,
    MINUTES,
    NOW,
    TODAY,
    WORKING_DAYS,
    build,
    office,
    request,
    restaff,
    search,
)
from tests.integration.servers import on_every_server

pytestmark = on_every_server

SERVICES = ("passport", "certificate", "family")
POOLS = {"mitte": ("citizens", "papers"), "nord": ("north",)}
LAST_DAY = TODAY + timedelta(days=2)
"""Everything happens on these three days, so that it gets crowded."""
FIVE = 5
MORNING = (7 * 60 + 30, 10 * 60)
minutes = st.integers(MORNING[0] // FIVE, MORNING[1] // FIVE).map(lambda cells: cells * FIVE)
codes = st.lists(st.sampled_from(SERVICES), min_size=1, max_size=2, unique=True)
days = st.integers(0, 2).map(lambda n: TODAY + timedelta(days=n))
starts = st.builds(
    lambda day, minute: datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=BERLIN),
    days,
    minutes,
)


class Book(msgspec.Struct, frozen=True):
    """Somebody tries to book, or to hold for some minutes."""

    office: str
    start: datetime
    codes: list[str]
    hold: bool


class Move(msgspec.Struct, frozen=True):
    """One of those who booked tries to move."""

    nth: int
    office: str
    start: datetime


class Cancel(msgspec.Struct, frozen=True):
    """One of those who booked cancels."""

    nth: int


class Expire(msgspec.Struct, frozen=True):
    """Holds run out."""


class Restaff(msgspec.Struct, frozen=True):
    """An office's file is applied with other staffing."""

    office: str
    pools: list[PoolSetup]


spans = st.builds(Span, st.sampled_from([420, 450, 485]), st.sampled_from([570, 600, 660]))
staffings = st.lists(
    st.builds(lambda span, counters: Staffing(WORKING_DAYS, span, counters), spans, st.integers(1, 3)),
    min_size=1,
    max_size=2,
)


@st.composite
def pools_of(draw: st.DrawFn, slug: str) -> list[PoolSetup]:
    return [PoolSetup(code, list(SERVICES), draw(staffings)) for code in POOLS[slug]]


@st.composite
def restaffings(draw: st.DrawFn) -> Restaff:
    slug = draw(st.sampled_from(sorted(POOLS)))
    return Restaff(slug, draw(pools_of(slug)))


slugs = st.sampled_from(sorted(POOLS))
bookings = st.builds(Book, slugs, starts, codes, st.booleans())
steps = st.one_of(
    bookings,
    bookings,
    bookings,
    st.builds(Move, st.integers(0, 30), slugs, starts),
    st.builds(Cancel, st.integers(0, 30)),
    st.builds(Expire),
    restaffings(),
)


async def take(conn: Connection, step: object, references: list[str]) -> None:
    """Do it, or be refused; both must leave the truth and what is derived from it together."""
    with suppress(QueueError):
        match step:
            case Book(slug, start, wanted, hold):
                made = await service.book(conn, NOW, request(start, *wanted, office=slug, hold=hold))
                references.append(made.reference)
            case Move(nth, slug, start) if references:
                reference = references[nth % len(references)]
                await service.move(conn, NOW, reference, MoveRequest(start, slug))
            case Cancel(nth) if references:
                await service.cancel(conn, NOW, references[nth % len(references)])
            case Expire():
                await service.expire_holds(conn, NOW + timedelta(hours=1))
            case Restaff(slug, pools):
                await restaff(conn, office(slug, *pools))


async def swept(conn: Connection, wanted: list[str], first: datetime, limit: int) -> list[Place]:
    """Find places the slow way: every pool, every day, every cell, every appointment."""
    cells = sum(MINUTES[code] for code in wanted) // FIVE
    found = {
        (begins, slug)
        for slug in POOLS
        for entry in [await offices.find_office(conn, slug)]
        for pool in entry.setup.pools
        for day in (TODAY + timedelta(days=n) for n in range(3))
        for begins in await _starts(conn, entry, pool, day, cells, first)
    }
    return [
        Place(slug, begins, begins + cells * CELL, cells * FIVE) for begins, slug in sorted(found)[:limit]
    ]


async def _starts(
    conn: Connection, entry: Office, pool: PoolSetup, day: date, cells: int, first: datetime
) -> list[datetime]:
    rows = await conn.fetch(
        """
        SELECT a.starts_at, a.ends_at FROM appointment a JOIN pool p ON p.id = a.pool_id
         WHERE a.office_id = $1 AND p.code = $2 AND a.state NOT IN ('cancelled', 'expired')
        """,
        entry.id,
        pool.code,
    )
    begins = slot_oracle.cells_of_day(day, BERLIN)
    places = slot_oracle.staffed_places(day, BERLIN, staffing_on(day, pool, entry.calendar))
    left = [
        max(count - sum(row["starts_at"] <= instant < row["ends_at"] for row in rows), 0)
        for instant, count in zip(begins, places, strict=True)
    ]
    after = sum(instant < first for instant in begins)
    offers = slot_oracle.offered_starts(left, cells, first=after, end=len(left))
    return [begins[cell].astimezone(BERLIN) for cell in offers]


@settings(
    deadline=None,
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.tuples(pools_of("mitte"), pools_of("nord")),
    st.tuples(st.lists(bookings, min_size=10, max_size=20), st.lists(steps, max_size=20)),
    codes,
    starts,
    st.integers(1, 60),
)
async def test_search_and_planes_are_what_a_sweep_over_the_truth_finds(
    conn: Connection,
    staffing: tuple[list[PoolSetup], list[PoolSetup]],
    sequence: tuple[list[object], list[object]],
    wanted: list[str],
    first: datetime,
    limit: int,
) -> None:
    await conn.execute("DELETE FROM appointment")
    await build(conn, office("mitte", *staffing[0]), office("nord", *staffing[1]))
    references: list[str] = []
    for step in [*sequence[0], *sequence[1]]:
        await take(conn, step, references)
    event(f"{len(references)} booked")
    assert await service.verify(conn, NOW) == []
    found = await search(conn, *wanted, begin=first, end=LAST_DAY, limit=limit)
    assert found.items == await swept(conn, wanted, max(first, NOW), limit)
    assert (found.why_none is None) == bool(found.items)
