"""Finds the earliest places, and says why there are none."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from heapq import merge
from itertools import groupby, islice
from typing import TypeAlias
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from queue_service.booking import slot_store, staffing_store
from queue_service.booking.chains import chained_starts, chains_for
from queue_service.booking.contingents import Level, level_of
from queue_service.booking.day_cells import CELL, ONE_DAY, cell_at, day_begins, first_cell_from, wall_cell
from queue_service.booking.model import (
    HORIZON,
    LEAD_TIME,
    Place,
    PlaceSearch,
    PlacesFound,
    ServiceWish,
    WhyNone,
)
from queue_service.booking.office_choice import by_distance, with_access
from queue_service.booking.slot_arithmetic import DAY_CELLS, longest_visit, offered_starts
from queue_service.booking.slot_store import FreeDay, Period, SearchedDays, VisitPool, Wanted
from queue_service.booking.staffing import day_planes
from queue_service.offices import service as offices
from queue_service.offices.model import Span
from queue_service.platform.errors import InvalidFields, OfficeNotFound, ServiceNotFound
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import FieldError

FIRST_DAYS = 4
"""Pool-days read at first; each further reading takes twice as many. Most searches end with the first."""
PLACES_OF_A_NEAR_OFFICE = 3
"""Enough to choose from before the next office's are read out."""
NEXT_RELEASE_DAYS = 14
"""How far beyond the horizon is looked for the next day that will open."""

Candidate: TypeAlias = tuple[datetime, str, int, str]
"""Start (UTC), office, minutes, time zone."""

MESSAGES = {
    "no_such_dates": "The time asked for is over, or ends before it begins.",
    "not_offered": "No office asked for offers these services together by appointment.",
    "beyond_horizon": f"Appointments are given out {HORIZON.days} days ahead.",
    "closed": "No appointments are given out on these days.",
    "too_long": "The visit takes longer than appointments on these days can.",
    "full": "No place is left in this time.",
    "contingent_used_up": "All places for this way of booking are taken; some are kept for other ways.",
    "no_such_access": "No office asked for is known to have this access.",
    "not_released": "The next places of these days are not open for booking yet.",
}


async def find_places(conn: Connection, now: datetime, search: PlaceSearch) -> PlacesFound:
    """Give the earliest places at which all the services can be settled in one visit.

    Earliest first over all offices that were asked, or the nearest offices' first when a position is
    given. Raises ServiceNotFound, OfficeNotFound, and InvalidFields for more of a service than a
    visit may settle.
    """
    if not search.near and not search.access:
        return await _earliest_places(conn, now, search)
    await _refuse_unknown_names(conn, wanted_services(search.services, search.offices or None))
    listed = with_access(await offices.list_offices(conn), search.access)
    asked = [office for office in listed if not search.offices or office.slug in search.offices]
    if not asked:
        return PlacesFound([], _why("no_such_access"))
    if not search.near:
        return await _earliest_places(conn, now, replace(search, offices=[office.slug for office in asked]))
    found: list[Place] = []
    nothing: PlacesFound | None = None
    for office, _ in by_distance(asked, search.near):
        most = min(PLACES_OF_A_NEAR_OFFICE, search.limit - len(found))
        here = await _earliest_places(conn, now, replace(search, offices=[office.slug], limit=most))
        found += here.items
        nothing = nothing or here
        if len(found) >= search.limit:
            break
    return PlacesFound(found) if found or not nothing else nothing


async def _earliest_places(conn: Connection, now: datetime, search: PlaceSearch) -> PlacesFound:
    """Give the earliest places over all offices asked; a start that several pools have is one place.

    Reads pool-days only, never appointments, and as few as it needs.
    """
    wanted = wanted_services(search.services, search.offices or None, search.persons)
    level = level_of(search.channel, emergency=search.emergency)
    if wanted.offices:
        await _refuse_unknown_names(conn, wanted)
    period = search_period(now, search)
    found: list[Candidate] = []
    after, days = date.min, FIRST_DAYS
    while not _is_over(period):
        rows = await slot_store.search_days(conn, wanted, level, period, after=after, days=days)
        found = _earliest([found, *(_candidates(row, period, search.hours) for row in rows)], search.limit)
        if len(found) >= search.limit or len(rows) < days:
            break
        after, days = rows[-1].day, 2 * days
    chains = [] if _is_over(period) else await chains_for(conn, wanted)
    if chains:
        chained = await chained_starts(conn, chains, level, period, search.hours)
        several = [
            (start, chain.pools[0].office, chain.minutes, chain.zone.key)
            for start, chain in islice(chained, search.limit)
        ]
        found = _earliest([found, sorted(several)], search.limit)
    if not found:
        if chains:
            return PlacesFound([], _why("full"))
        return PlacesFound([], await _why_none(conn, now, wanted, level, period))
    return PlacesFound([_place(*candidate) for candidate in found])


def wanted_services(services: Sequence[ServiceWish], asked: list[str] | None, persons: int = 1) -> Wanted:
    """Put a service that is named several times together."""
    quantities: dict[str, int] = {}
    for wish in services:
        quantities[wish.service] = quantities.get(wish.service, 0) + wish.quantity
    return Wanted(list(quantities), list(quantities.values()), asked, persons)


async def refuse_unknown(conn: Connection, wanted: Wanted) -> None:
    """Raise what is wrong with a wish that nobody can serve as it stands.

    ServiceNotFound, OfficeNotFound, or InvalidFields for more of a service than one visit may settle.
    """
    await _refuse_unknown_names(conn, wanted)
    limits = await slot_store.too_many(conn, wanted)
    if limits:
        raise InvalidFields(
            errors=[
                FieldError("services", f"One visit settles at most {most} of '{code}'.")
                for code, most in limits.items()
            ]
        )


async def _refuse_unknown_names(conn: Connection, wanted: Wanted) -> None:
    unknown = await slot_store.unknown_names(conn, wanted)
    if "service" in unknown:
        raise ServiceNotFound(services=unknown["service"])
    if "office" in unknown:
        raise OfficeNotFound(offices=unknown["office"])


def search_period(now: datetime, search: PlaceSearch) -> Period:
    """Give the time that a search looks at, as the database is asked for it."""
    earliest = now + LEAD_TIME[search.channel]
    begin, end = search.begin, search.end
    return Period(
        not_before=max(begin, earliest) if isinstance(begin, datetime) else earliest,
        end=end if isinstance(end, datetime) else None,
        first_day=None if isinstance(begin, datetime) else begin,
        # One day more than any time zone may need.
        last_day=end.astimezone(UTC).date() + ONE_DAY if isinstance(end, datetime) else end,
        weekdays=search.weekdays,
    )


def _is_over(period: Period) -> bool:
    return period.end is not None and period.end <= period.not_before


def _candidates(row: FreeDay, period: Period, hours: Span | None) -> Iterator[Candidate]:
    """Give a pool's offers on a day, earliest first, each made only when it is asked for."""
    zone = ZoneInfo(row.time_zone)
    begins = day_begins(row.day, zone)
    first = first_cell_from(period.not_before, row.day, zone)
    end = first_cell_from(period.end, row.day, zone) if period.end else DAY_CELLS
    if hours:
        first, end = (
            max(first, wall_cell(row.day, hours.opens, zone)),
            min(end, wall_cell(row.day, hours.closes, zone)),
        )
    for start in offered_starts(row.plane, row.cells, first=first, end=end):
        yield begins + start * CELL, row.office, row.minutes, row.time_zone


def _earliest(sources: Iterable[Iterable[Candidate]], limit: int) -> list[Candidate]:
    """Give the first of sorted candidates; what several pools of an office have is one of them."""
    return [candidate for candidate, _ in islice(groupby(merge(*sources)), limit)]


def _place(start: datetime, office: str, minutes: int, time_zone: str) -> Place:
    local = start.astimezone(ZoneInfo(time_zone))
    end = (start + timedelta(minutes=minutes)).astimezone(ZoneInfo(time_zone))
    return Place(office, local, end, minutes)


async def _why_none(conn: Connection, now: datetime, wanted: Wanted, level: Level, period: Period) -> WhyNone:
    await refuse_unknown(conn, wanted)
    pools = await slot_store.visit_pools(conn, wanted)
    if not pools:
        return _why("not_offered")
    zone = ZoneInfo(pools[0].time_zone)
    horizon = cell_at(now, zone)[0] + HORIZON
    begin_day = max(period.first_day or date.min, period.not_before.astimezone(zone).date())
    if _is_over(period) or (period.last_day and period.last_day < begin_day):
        return _why("no_such_dates")
    if begin_day > horizon:
        return _why("beyond_horizon", day_begins(begin_day - HORIZON, zone).astimezone(zone))
    searched = await slot_store.searched_days(conn, wanted, level, period)
    if searched.kept_for_others and searched.next_release_at:
        return _why("not_released", searched.next_release_at.astimezone(zone))
    code = _why_code(searched)
    if period.last_day and period.last_day <= horizon:
        return _why(code)
    return _why(code, await _next_release(conn, pools, horizon, period.last_day))


def _why_code(searched: SearchedDays) -> str:
    if searched.kept_for_others:
        return "contingent_used_up"
    if searched.long_enough:
        return "full"
    return "too_long" if searched.staffed else "closed"


def _why(code: str, next_release_at: datetime | None = None) -> WhyNone:
    return WhyNone(code, MESSAGES[code], next_release_at)  # type: ignore[arg-type]


async def _next_release(
    conn: Connection, pools: list[VisitPool], horizon: date, last_day: date | None
) -> datetime | None:
    """Give the instant at which the next day opens that has room for the visit in one of the pools."""
    plans = await staffing_store.pool_plans(conn, [pool.pool_id for pool in pools])
    named = {slug: await offices.find_office(conn, slug) for slug in sorted({pool.office for pool in pools})}
    for day in (horizon + offset * ONE_DAY for offset in range(1, NEXT_RELEASE_DAYS + 1)):
        if last_day and day > last_day:
            return None
        for pool in pools:
            office = named[pool.office]
            plan = plans[pool.pool_id].plan
            staffed = day_planes(day, office.zone, plan, office.setup.pools, office.calendar)
            if longest_visit(staffed) >= pool.cells:
                return day_begins(day - HORIZON, office.zone).astimezone(office.zone)
    return None
