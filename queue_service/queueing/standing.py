"""Where a ticket stands in the queue, and how long it will still take.

The wait is read from the last forecast and never computed here: nobody who takes a number waits for a
simulation. Where there is no forecast that still holds, the simple estimate of the queue stands in.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from queue_service.platform.queries import Connection
from queue_service.queueing import forecast_store, store
from queue_service.queueing.forecast_store import TicketForecast
from queue_service.queueing.told_waits import FRESH, ToldWait, at_least_as_new, reach_key
from queue_service.queueing.wait_forecast import estimate, people_ahead


class Standing(msgspec.Struct, frozen=True):
    """Where a waiting ticket stands."""

    people_ahead: int
    told: ToldWait
    forecast: TicketForecast | None
    """What ``told`` was read from, where it was."""


async def standing(
    conn: Connection, now: datetime, office_id: int, ticket_id: UUID, service_id: int
) -> Standing:
    """Return how many are ahead of a waiting ticket, and its wait or why there is none."""
    ahead = await store.queue_ahead(conn, office_id=office_id, ticket_id=ticket_id, now=now)
    forecast = await forecast_store.ticket_forecast(conn, office_id, ticket_id, now - FRESH)
    open_counters = ahead.open_counters()
    reach = [counter.services for counter in open_counters] or [frozenset(c.services) for c in ahead.counters]
    service = str(service_id)
    told = None
    if forecast is not None:
        told = forecast.own or (forecast.newcomer.told if forecast.newcomer else None)
    seen = estimate(service, ahead.waiting, ahead.minutes, open_counters)
    return Standing(
        people_ahead(service, ahead.waiting, reach),
        at_least_as_new(told, seen, ahead.hall, any_counter_open=bool(open_counters)),
        forecast,
    )


async def note_promise(
    conn: Connection, now: datetime, office_id: int, ticket_id: UUID, stands: Standing
) -> None:
    """Keep what a visitor is told with the number, so that the call can show whether it held."""
    forecast = stands.forecast
    newcomer = forecast.newcomer if forecast else None
    if forecast is None or newcomer is None or newcomer.calibrated is None or newcomer.simulated is None:
        return
    if stands.told == newcomer.told:
        await forecast_store.note_told(
            conn,
            office_id,
            ticket_id,
            forecast.visitor_class,
            forecast.hour,
            newcomer.calibrated,
            newcomer.simulated,
            now,
        )


async def is_served_today(
    conn: Connection, now: datetime, office_id: int, service: str, visitor_class: str, needs: list[str]
) -> bool:
    """Tell whether somebody who comes now is called before the counters close, as far as anybody knows."""
    found = await forecast_store.newcomer_forecast(
        conn, office_id, visitor_class, reach_key(service, needs), now - FRESH
    )
    return found is None or found.reason != "closes_before"
