"""Leaves an office that others use as it was: whatever this day still has there is ended."""

from collections.abc import Collection, Mapping
from uuid import UUID

from queue_service.queueing.model import Ticket
from queue_service.simulation.day_preparation import DayPlan
from queue_service.simulation.public_api import PublicApi
from queue_service.simulation.staff_session import StaffSession


async def clear_up(
    api: PublicApi, plan: DayPlan, sessions: Mapping[str, StaffSession], tickets: Collection[UUID]
) -> None:
    """End the tickets of this day, close its counters, give back the places that nobody came for.

    ``sessions`` are the clerks' by counter. Raises UnexpectedAnswer.
    """
    token = await next(iter(sessions.values())).token()
    queue = await api.queue(plan.office, token)
    for ticket in [*queue.items, *queue.others]:
        clerk = sessions.get(ticket.counter or "")
        if clerk is not None and ticket.state in ("called", "serving"):
            await _end(api, ticket, await clerk.token())
        elif ticket.id in tickets and ticket.state in ("waiting", "parked"):
            await _end(api, ticket, token)
    for counter in await api.counters(plan.office, token):
        if counter.id in sessions and counter.state != "closed":
            await api.close_counter(counter.id, await sessions[counter.id].token())
    came = {arrival.booking.reference for arrival in plan.arrivals if arrival.booking}
    for booking in plan.bookings.values():
        if booking.reference not in came:
            await api.cancel_booking(booking)


async def _end(api: PublicApi, ticket: Ticket, token: str) -> None:
    if ticket.state == "serving":
        await api.step("finish", ticket.id, token)
    else:
        await api.cancel(ticket.id, token)
