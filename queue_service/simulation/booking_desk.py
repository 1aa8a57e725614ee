"""Before the day: half of its visitors look for a place, by phone or online, and take it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import msgspec

from queue_service.simulation.public_api import Booking, PublicApi
from queue_service.simulation.staff_session import StaffSession

AT_ONCE = 4
"""People who book at the same time."""
TRIES = 5
"""Somebody whose place was taken while the form was filled in looks again so often."""
MADE_UP = {"name": "Vorführung Tagesprobe", "language": "de", "confirm_by": "none"}


class Wish(msgspec.Struct, frozen=True):
    """Somebody would like to come from ``begin`` on."""

    visitor: int
    """Place in the plan."""
    service: str
    begin: datetime
    by_phone: bool
    language: str


async def book_all(
    api: PublicApi, office: str, wishes: Sequence[Wish], agent: StaffSession | None, until: datetime
) -> dict[int, Booking]:
    """Book whatever wish can be met before ``until``; bookings are by the visitor's place in the plan.

    Whoever finds no place later than wished takes an earlier one; whoever finds none is not among
    the bookings. Raises UnexpectedAnswer.
    """
    bookings: dict[int, Booking] = {}
    earliest = min((wish.begin for wish in wishes), default=until)
    queue = iter(wishes)

    async def book_some() -> None:
        for wish in queue:
            token = await agent.token() if agent and wish.by_phone else None
            booking = await _book(api, office, wish, token, earliest, until)
            if booking is not None:
                bookings[wish.visitor] = booking

    await asyncio.gather(*(book_some() for _ in range(AT_ONCE)))
    return bookings


async def _book(
    api: PublicApi, office: str, wish: Wish, token: str | None, earliest: datetime, until: datetime
) -> Booking | None:
    contact = MADE_UP if token else {"language": wish.language, "confirm_by": "none"}
    for begin in (wish.begin, earliest):
        for _ in range(TRIES):
            places = await api.find_places(office, wish.service, begin, until)
            if not places.items:
                break
            booking = await api.book(office, wish.service, places.items[0].start, contact, token)
            if booking is not None:
                return booking
    return None
