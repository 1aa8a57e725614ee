"""A small town for the tests of booking: offices, pools, a Monday morning, and ways to look behind."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from queue_service.booking import service
from queue_service.booking.model import (
    BookingRequest,
    Channel,
    Contact,
    Overbooked,
    Place,
    PlaceSearch,
    PlacesFound,
    ServiceWish,
)
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.model import Closure, Span, Weekday
from queue_service.offices.setup_model import (
    Address,
    AuthoritySetup,
    CounterSetup,
    OfferedService,
    OfficeSetup,
    PoolSetup,
    ServiceSetup,
    Setup,
    Staffing,
    StaffingException,
)
from queue_service.platform.queries import Connection

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2027, 1, 11, 6, tzinfo=UTC)
"""A Monday, seven in the morning in Bremen: an hour before the offices open."""
TODAY = date(2027, 1, 11)
WORKING_DAYS: list[Weekday] = ["monday", "tuesday", "wednesday", "thursday", "friday"]
MINUTES = {"passport": 15, "certificate": 10, "family": 35, "licence": 20}
MOST_AT_ONCE = 5


def at(hour: int, minute: int = 0, day: date = TODAY) -> datetime:
    """Give an instant by the town's wall clock."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN)


def hours(opens: int, closes: int) -> Span:
    """Give a span of full hours."""
    return Span(opens * 60, closes * 60)


def pool(
    code: str = "citizens",
    services: Sequence[str] = ("passport", "certificate", "family"),
    *,
    counters: int = 1,
    span: Span = hours(8, 12),  # noqa: B008  # a frozen Struct
    weekdays: Sequence[Weekday] = WORKING_DAYS,
    breaks: Sequence[Span] = (),
    exceptions: Sequence[StaffingException] = (),
) -> PoolSetup:
    """Give a pool with one entry of weekly staffing."""
    staffing = [Staffing(list(weekdays), span, counters, list(breaks))] if counters else []
    return PoolSetup(code, list(services), staffing, list(exceptions))


def office(slug: str = "mitte", *pools: PoolSetup, closures: Sequence[Closure] = ()) -> OfficeSetup:
    """Give an office that offers by appointment what its pools serve; the licence for walk-ins only."""
    pools = pools or (pool(),)
    codes = dict.fromkeys(code for entry in pools for code in entry.services)
    return OfficeSetup(
        slug=slug,
        authority="bremen",
        name={"de": slug.title()},
        address=Address("Am Markt 1", "28195", "Bremen"),
        closures=list(closures),
        services=[
            *(OfferedService(code, MINUTES[code], ["appointment", "walk_in"], "A") for code in codes),
            *(
                []
                if "licence" in codes
                else [OfferedService("licence", MINUTES["licence"], ["walk_in"], "A")]
            ),
        ],
        counters=[CounterSetup("1", {"de": "Schalter 1"}, list(codes))],
        pools=list(pools),
    )


async def build(conn: Connection, *setups: OfficeSetup, now: datetime = NOW) -> list[Office]:
    """Apply these offices with their pools, and open their days."""
    catalogue = [
        ServiceSetup(code, {"de": code.title()}, {"de": "Alles"}, minutes, max_quantity=MOST_AT_ONCE)
        for code, minutes in MINUTES.items()
    ]
    setup = Setup([AuthoritySetup("bremen", {"de": "Bremen"}, "HB")], catalogue, list(setups))
    # In the town's January nobody has opened what this office of Bremen's November was to open since.
    await conn.execute(
        "DELETE FROM pool_day d USING office o WHERE o.id = d.office_id AND o.slug = 'kfz-zulassung'"
    )
    async with conn.transaction():
        built = await offices.apply_setup(conn, setup)
        for entry in built:
            await service.apply_pools(conn, now, entry, entry.setup.pools)
    return built


async def restaff(conn: Connection, setup: OfficeSetup, now: datetime = NOW) -> list[Overbooked]:
    """Apply an office's file once more; gives the appointments that lost their counter."""
    async with conn.transaction():
        applied = await offices.apply_setup(conn, Setup(offices=[setup]))
        return await service.apply_pools(conn, now, applied[0], setup.pools)


def wish(*codes: str, **quantities: int) -> list[ServiceWish]:
    """Give a wish for services, one of each or so many."""
    return [ServiceWish(code) for code in codes] + [ServiceWish(code, n) for code, n in quantities.items()]


def request(
    start: datetime,
    *codes: str,
    office: str = "mitte",
    channel: Channel = "counter",
    hold: bool = False,
    contact: Contact | None = None,
) -> BookingRequest:
    """Give a booking of a passport, or of these services."""
    return BookingRequest(
        office=office,
        services=wish(*(codes or ("passport",))),
        start=start,
        channel=channel,
        hold=hold,
        contact=contact or Contact(name="Erika Mustermann"),
    )


async def book(
    conn: Connection,
    start: datetime,
    *codes: str,
    office: str = "mitte",
    hold: bool = False,
    now: datetime = NOW,
) -> str:
    """Book at a counter; gives the reference."""
    made = await service.book(conn, now, request(start, *codes, office=office, hold=hold))
    return made.reference


async def search(
    conn: Connection, *codes: str, now: datetime = NOW, limit: int = 20, **more: object
) -> PlacesFound:
    """Search at a counter, where no lead time hides the next place."""
    asked = PlaceSearch(wish(*(codes or ("passport",))), channel="counter", limit=limit)
    return await service.find_places(conn, now, msgspec.structs.replace(asked, **more))


def clock(places: Sequence[Place], day: date = TODAY) -> list[str]:
    """Give the starts on a day as the wall clock shows them."""
    return [f"{place.start:%H:%M}" for place in places if place.start.date() == day]


async def fits(conn: Connection, day: date = TODAY) -> int:
    """Give the longest visit, in cells, that the database believes to fit at a counter of "mitte"."""
    found = await conn.fetchval(
        """
        SELECT max(d.fits[3]) FROM pool_day d JOIN office o ON o.id = d.office_id
         WHERE o.slug = 'mitte' AND d.day = $1
        """,
        day,
    )
    assert found is not None
    return int(found)


async def places_left(conn: Connection, day: date, pool: str = "citizens") -> list[int]:
    """Give the places left in each of the day's cells, as the database keeps them."""
    rows = await conn.fetch(
        """
        SELECT cell, (SELECT count(*) FROM unnest(d.planes) AS plane WHERE get_bit(plane, cell) = 1) AS places
          FROM pool_day d JOIN pool p ON p.id = d.pool_id CROSS JOIN generate_series(0, 299) AS cell
         WHERE d.day = $1 AND p.code = $2 ORDER BY cell
        """,
        day,
        pool,
    )
    return [row["places"] for row in rows]


def day_after(days: int) -> date:
    """Give a day counted from today."""
    return TODAY + timedelta(days=days)
