"""Whatever is staffed, booked, moved, cancelled or decided: search and planes are what a plain sweep finds.

All of it happens at night, because that is when clocks change; on an ordinary day it makes no difference.
"""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from queue_service.booking import pool_days, service
from queue_service.booking.model import Channel, MoveRequest
from queue_service.booking.staffing_changes import change_day, restore_day
from queue_service.offices import service as offices
from queue_service.offices.model import WEEKDAYS, Span
from queue_service.offices.setup_model import (
    Contingents,
    Lending,
    PoolSetup,
    Release,
    StaffedHours,
    Staffing,
)
from queue_service.platform.errors import QueueError
from queue_service.platform.queries import Connection
from tests.integration.booking_town import BERLIN, build, office, request, restaff, search
from tests.integration.servers import on_every_server
from tests.integration.slot_sweep import swept

pytestmark = on_every_server

POOLS = {
    "mitte": {"citizens": ["passport", "certificate", "family"], "cars": ["licence"]},
    "nord": {"north": ["passport", "certificate", "family", "licence"]},
}
TWO_POOLS = ["passport", "licence"]
"""One visit to two pools in the one office, and to one pool in the other."""
FIRST_DAYS = (date(2027, 1, 11), date(2027, 3, 27), date(2026, 10, 24))
"""An ordinary Monday; the Saturdays before clocks go forward, and back."""
DAYS = 3
"""Everything happens on so many days, so that it gets crowded."""
FIVE = 5
NIGHT = (90, 270)
"""From 01:30 to 04:30 by the wall clock, in minutes."""


class When(msgspec.Struct, frozen=True):
    """A time by the wall clock on one of the days; ``fold``: the second time it shows it."""

    day: int
    minute: int
    fold: int

    def on(self, first: date) -> datetime:
        """Give the instant (UTC)."""
        clock = time(self.minute // 60, self.minute % 60, fold=self.fold)
        return datetime.combine(first + timedelta(days=self.day), clock, BERLIN).astimezone(UTC)


class Book(msgspec.Struct, frozen=True):
    """Somebody tries to book, or to hold for some minutes."""

    office: str
    start: When
    codes: list[str]
    hold: bool
    channel: Channel


class Confirm(msgspec.Struct, frozen=True):
    """One of those who held confirms."""

    nth: int


class Move(msgspec.Struct, frozen=True):
    """One of those who booked tries to move."""

    nth: int
    office: str
    start: When


class Cancel(msgspec.Struct, frozen=True):
    """One of those who booked cancels."""

    nth: int


class Later(msgspec.Struct, frozen=True):
    """Time passes: holds run out, and places are released."""

    minutes: int


class Restaff(msgspec.Struct, frozen=True):
    """An office's file is applied with other staffing."""

    office: str
    pools: list[PoolSetup]


class ChangeDay(msgspec.Struct, frozen=True):
    """A team lead decides about a day, for one pool or all of the office."""

    office: str
    day: int
    staffing: list[StaffedHours]
    pools: list[str]


class RestoreDay(msgspec.Struct, frozen=True):
    """And takes it back."""

    office: str
    day: int


whens = st.builds(
    When,
    st.integers(0, DAYS - 1),
    st.integers(NIGHT[0] // FIVE, NIGHT[1] // FIVE).map(lambda cells: cells * FIVE),
    st.integers(0, 1),
)
codes = st.sampled_from(
    [
        ["passport"], ["family"], ["licence"], ["certificate", "passport"],
        TWO_POOLS, ["licence", "certificate"],
    ]
)  # fmt: skip
spans = st.builds(Span, st.sampled_from([90, 120, 155]), st.sampled_from([240, 270, 330]))
staffings = st.lists(
    st.builds(lambda span, counters: Staffing(list(WEEKDAYS), span, counters), spans, st.integers(1, 3)),
    min_size=1,
    max_size=2,
)
channels: st.SearchStrategy[Channel] = st.sampled_from(["online", "phone", "counter"])
percents = st.sampled_from([40, 80, 100])
releases = st.builds(
    Release, st.integers(30, 60), st.integers(0, 2), st.sampled_from(["00:00", "01:00", "02:30"])
)
lendings = st.builds(lambda span: Lending("cars", list(WEEKDAYS), span, 1), spans)


@st.composite
def pools_of(draw: st.DrawFn, slug: str) -> list[PoolSetup]:
    return [
        PoolSetup(
            code,
            served,
            draw(staffings),
            buffer_minutes=draw(st.sampled_from([0, FIVE])),
            contingents=draw(st.builds(Contingents, percents, percents, st.sampled_from([0, 25]))),
            releases=draw(st.one_of(st.just([]), st.lists(releases, max_size=2))),
            lends=draw(st.lists(lendings, max_size=1)) if code == "citizens" else [],
        )
        for code, served in POOLS[slug].items()
    ]


@st.composite
def restaffings(draw: st.DrawFn) -> Restaff:
    slug = draw(slugs)
    return Restaff(slug, draw(pools_of(slug)))


@st.composite
def decisions(draw: st.DrawFn) -> ChangeDay:
    slug = draw(slugs)
    staffed = draw(st.lists(st.builds(StaffedHours, spans, st.integers(1, 3)), max_size=2))
    named = draw(st.lists(st.sampled_from(sorted(POOLS[slug])), max_size=1))
    return ChangeDay(slug, draw(nights), staffed, named)


slugs = st.sampled_from(sorted(POOLS))
nights = st.integers(0, DAYS - 1)
somebody = st.integers(0, 30)
bookings = st.builds(Book, slugs, whens, codes, st.booleans(), channels)
steps = st.one_of(
    bookings,
    bookings,
    bookings,
    st.builds(Confirm, somebody),
    st.builds(Move, somebody, slugs, whens),
    st.builds(Move, somebody, slugs, whens),
    st.builds(Cancel, somebody),
    st.builds(Cancel, somebody),
    st.builds(Later, st.sampled_from([6, 20, 60])),
    restaffings(),
    decisions(),
    st.builds(RestoreDay, slugs, nights),
)


class Town:
    """Two offices, the time, and those who have booked."""

    def __init__(self, conn: Connection, first: date) -> None:
        self.conn = conn
        self.first = first
        self.now = When(0, 0, 0).on(first)
        self.references: list[str] = []

    def day(self, nth: int) -> date:
        return self.first + timedelta(days=nth)

    def somebody(self, nth: int) -> str:
        """Name one of those who booked; nobody's reference where there is none."""
        return self.references[nth % len(self.references)] if self.references else "2222-2222"

    async def take(self, step: object) -> None:
        """Do it, or be refused; both must leave the truth and what is derived from it together."""
        conn, now = self.conn, self.now
        with suppress(QueueError):
            match step:
                case Book(slug, start, wanted, hold, channel):
                    at = start.on(self.first)
                    asked = request(at, *wanted, office=slug, hold=hold, channel=channel)
                    self.references.append((await service.book(conn, now, asked)).reference)
                case Confirm(nth):
                    await service.confirm(conn, now, self.somebody(nth))
                case Move(nth, slug, start):
                    await service.move(conn, now, self.somebody(nth), MoveRequest(start.on(self.first), slug))
                case Cancel(nth):
                    await service.cancel(conn, now, self.somebody(nth))
                case Later(minutes):
                    await self.wait(minutes)
                case _:
                    await self.decide(step)

    async def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        await service.expire_holds(self.conn, self.now)
        await service.release_places(self.conn, self.now)

    async def decide(self, step: object) -> None:
        """Change what is staffed."""
        conn, now = self.conn, self.now
        match step:
            case Restaff(slug, pools):
                await restaff(conn, office(slug, *pools), now)
            case ChangeDay(slug, nth, staffing, pools):
                found, day = await offices.find_office(conn, slug), self.day(nth)
                await change_day(
                    conn, now, found, day, staffing, pools=pools, reason="Krankheit", actor="lead"
                )
            case RestoreDay(slug, nth):
                await restore_day(conn, now, await offices.find_office(conn, slug), self.day(nth))


@settings(
    deadline=None,
    max_examples=18,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.sampled_from(FIRST_DAYS),
    st.tuples(pools_of("mitte"), pools_of("nord")),
    st.tuples(st.lists(bookings, min_size=15, max_size=25), st.lists(steps, max_size=20)),
    codes,
    st.tuples(whens, channels, st.integers(1, 60)),
)
async def test_search_and_planes_are_what_a_sweep_over_the_truth_finds(
    conn: Connection,
    monkeypatch: pytest.MonkeyPatch,
    first: date,
    staffing: tuple[list[PoolSetup], list[PoolSetup]],
    sequence: tuple[list[object], list[object]],
    wanted: list[str],
    asked: tuple[When, Channel, int],
) -> None:
    # Days on which nothing happens would be computed and verified with every example.
    monkeypatch.setattr(pool_days, "HORIZON", timedelta(days=DAYS - 1))
    await conn.execute("DELETE FROM appointment; DELETE FROM pool_day; DELETE FROM staffing_override")
    town = Town(conn, first)
    await build(conn, office("mitte", *staffing[0]), office("nord", *staffing[1]), now=town.now)
    for step in [*sequence[0], *sequence[1]]:
        await town.take(step)
    event(f"booked {len(town.references) // 5 * 5} or more, days from {first}")
    chained = await conn.fetchval("SELECT count(*) FROM appointment_leg")
    event(f"visits to two pools: {chained}")
    assert await service.verify(conn, town.now) == []
    when, channel, limit = asked
    begin, days = when.on(first), [town.day(nth) for nth in range(DAYS)]
    for visit in (wanted, TWO_POOLS):
        found = await search(
            conn, *visit, now=town.now, channel=channel, begin=begin, end=days[-1], limit=limit
        )
        assert found.items == await swept(conn, town.now, list(POOLS), days, channel, visit, begin, limit)
        assert (found.why_none is None) == bool(found.items)
        for place in found.items[:1]:
            # What was found can be booked.
            asked_for = request(place.start, *visit, office=place.office, channel=channel)
            assert (await service.book(conn, town.now, asked_for)).end == place.end
