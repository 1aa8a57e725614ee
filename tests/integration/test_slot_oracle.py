"""Whatever is staffed, booked, moved, cancelled or cut: search and planes are what a plain sweep finds."""

from contextlib import suppress
from datetime import date, datetime, timedelta

import msgspec
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from queue_service.booking import service, slot_oracle
from queue_service.booking.contingents import level_of, release_times, released
from queue_service.booking.day_cells import CELL
from queue_service.booking.model import LEAD_TIME, Channel, MoveRequest, Place
from queue_service.booking.staffing import staffing_on
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.model import Span
from queue_service.offices.setup_model import Contingents, PoolSetup, Release, Staffing
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
    channel: Channel


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


channels: st.SearchStrategy[Channel] = st.sampled_from(["online", "phone", "counter"])
percents = st.sampled_from([0, 40, 80, 100])


@st.composite
def pools_of(draw: st.DrawFn, slug: str) -> list[PoolSetup]:
    return [
        PoolSetup(
            code,
            list(SERVICES),
            draw(staffings),
            buffer_minutes=draw(st.sampled_from([0, FIVE])),
            contingents=draw(st.builds(Contingents, percents, percents, st.sampled_from([0, 25]))),
            releases=draw(st.lists(st.builds(Release, st.integers(1, 50), st.integers(0, 2)), max_size=2)),
        )
        for code in POOLS[slug]
    ]


@st.composite
def restaffings(draw: st.DrawFn) -> Restaff:
    slug = draw(st.sampled_from(sorted(POOLS)))
    return Restaff(slug, draw(pools_of(slug)))


slugs = st.sampled_from(sorted(POOLS))
bookings = st.builds(Book, slugs, starts, codes, st.booleans(), channels)
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
            case Book(slug, start, wanted, hold, channel):
                asked = request(start, *wanted, office=slug, hold=hold, channel=channel)
                references.append((await service.book(conn, NOW, asked)).reference)
            case Move(nth, slug, start) if references:
                reference = references[nth % len(references)]
                await service.move(conn, NOW, reference, MoveRequest(start, slug))
            case Cancel(nth) if references:
                await service.cancel(conn, NOW, references[nth % len(references)])
            case Expire():
                await service.expire_holds(conn, NOW + timedelta(hours=1))
            case Restaff(slug, pools):
                await restaff(conn, office(slug, *pools))


async def swept(
    conn: Connection, channel: Channel, wanted: list[str], first: datetime, limit: int
) -> list[Place]:
    """Find places the slow way: every pool, every day, every cell, every appointment."""
    minutes = timedelta(minutes=sum(MINUTES[code] for code in wanted))
    found = {
        (begins, slug)
        for slug in POOLS
        for entry in [await offices.find_office(conn, slug)]
        for pool in entry.setup.pools
        for day in (TODAY + timedelta(days=n) for n in range(3))
        for begins in await _starts(conn, entry, pool, day, channel, minutes, first)
    }
    return [
        Place(slug, begins, begins + minutes, minutes // timedelta(minutes=1))
        for begins, slug in sorted(found)[:limit]
    ]


async def _starts(
    conn: Connection,
    entry: Office,
    pool: PoolSetup,
    day: date,
    channel: Channel,
    minutes: timedelta,
    first: datetime,
) -> list[datetime]:
    rows = await conn.fetch(
        """
        SELECT a.starts_at, a.cells, a.channel FROM appointment a JOIN pool p ON p.id = a.pool_id
         WHERE a.office_id = $1 AND p.code = $2 AND a.state NOT IN ('cancelled', 'expired')
        """,
        entry.id,
        pool.code,
    )
    buffer = timedelta(minutes=pool.buffer_minutes)
    begins = slot_oracle.cells_of_day(day, BERLIN)
    places = slot_oracle.staffed_places(day, BERLIN, staffing_on(day, pool, entry.calendar))
    opened, _ = released(release_times(day, BERLIN, pool.releases), NOW)
    left = list(places)
    for level, share in enumerate(slot_oracle.shares(pool.contingents, opened), 1):
        if level < level_of(channel):
            continue
        limit = slot_oracle.share_of(tuple(places), share)
        for cell, instant in enumerate(begins):
            visits = sum(
                # What an appointment keeps was decided when it was made, whatever the plan says by now.
                row["starts_at"] <= instant < row["starts_at"] + row["cells"] * CELL
                and level_of(row["channel"]) <= level
                for row in rows
            )
            left[cell] = min(left[cell], max(limit[cell] - visits, 0))
    after = sum(instant < first for instant in begins)
    offers = slot_oracle.offered_starts(left, (minutes + buffer) // CELL, first=after, end=len(left))
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
    st.tuples(channels, st.integers(1, 60)),
)
async def test_search_and_planes_are_what_a_sweep_over_the_truth_finds(
    conn: Connection,
    staffing: tuple[list[PoolSetup], list[PoolSetup]],
    sequence: tuple[list[object], list[object]],
    wanted: list[str],
    first: datetime,
    asked: tuple[Channel, int],
) -> None:
    channel, limit = asked
    # The days of other offices would be verified with every example.
    await conn.execute("DELETE FROM appointment; DELETE FROM pool_day")
    await build(conn, office("mitte", *staffing[0]), office("nord", *staffing[1]))
    references: list[str] = []
    for step in [*sequence[0], *sequence[1]]:
        await take(conn, step, references)
    event(f"{len(references)} booked")
    assert await service.verify(conn, NOW) == []
    found = await search(conn, *wanted, channel=channel, begin=first, end=LAST_DAY, limit=limit)
    earliest = max(first, NOW + LEAD_TIME[channel])
    assert found.items == await swept(conn, channel, wanted, earliest, limit)
    assert (found.why_none is None) == bool(found.items)
