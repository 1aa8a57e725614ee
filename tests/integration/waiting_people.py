"""People who wait for a place in the small town, and ways to look behind the list."""

from datetime import date, datetime

from queue_service.booking import service, waiting_list
from queue_service.booking.model import Contact
from queue_service.booking.waiting_model import DayHours, KeptEntry, WaitingRequest, Way
from queue_service.offices.model import Span
from queue_service.platform.queries import Connection
from tests.integration.booking_town import NOW, at, book, build, day_after, office, pool, wish

TOMORROW = day_after(1)
QUARTER = Span(8 * 60, 8 * 60 + 15)
"""Staffed hours in which one passport fits, and nothing else."""


async def one_place_a_day(conn: Connection, *days: date, counters: int = 1) -> list[str]:
    """Build an office with as many places a day as counters, and book them on these days."""
    await build(conn, office("mitte", pool(span=QUARTER, counters=counters)))
    return [await book(conn, at(8, day=day)) for day in days or (TOMORROW,) for _ in range(counters)]


def wanting(
    *codes: str,
    offices: list[str] | None = None,
    first: date | None = None,
    last: date = TOMORROW,
    weekdays: list[int] | None = None,
    hours: DayHours | None = None,
    notice: int = 1,
    ways: list[Way] | None = None,
) -> WaitingRequest:
    """Give the wish of somebody who can come tomorrow, for a passport or these services."""
    return WaitingRequest(
        services=wish(*(codes or ("passport",))),
        last_day=last,
        ways=ways or ["call"],
        first_day=first or TOMORROW,
        offices=offices or [],
        weekdays=weekdays or [],
        hours=hours or DayHours(),
        notice_hours=notice,
        channel="counter",
        contact=Contact(name="Erika Mustermann", phone="0151 23456789", email="erika@example.org"),
    )


async def join(conn: Connection, request: WaitingRequest | None = None, now: datetime = NOW) -> str:
    """Put somebody on the list; gives the reference."""
    made = await waiting_list.join(conn, now, request or wanting())
    return made.reference


async def entry(conn: Connection, reference: str) -> KeptEntry:
    """Give the entry as it is kept."""
    return await waiting_list.find(conn, reference)


async def states(conn: Connection, *references: str) -> list[str]:
    """Give the states of these, in their order."""
    return [(await entry(conn, reference)).state for reference in references]


async def held_for(conn: Connection, reference: str) -> str:
    """Give the reference of the appointment that is held for this entry."""
    offer = (await waiting_list.show(conn, await entry(conn, reference))).offer
    assert offer is not None
    return offer.appointment


async def sound(conn: Connection, now: datetime = NOW) -> bool:
    """Tell whether list, appointments and what is left of the days belong together."""
    return not await waiting_list.broken_invariants(conn) and not await service.verify(conn, now)
