"""Forecasts of all halls, made by one process of the installation every few seconds.

Whoever holds the lock makes them; all others try again and again, so that one takes over when it is
gone. A forecast is read, played and kept; what the screens show changes with a change of the feed. When
nobody makes forecasts any more, ``lapse`` takes the old ones away and the simple estimate is back.
"""

import asyncio
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from statistics import median_low

import structlog

from queue_service.booking import service as booking
from queue_service.forecast.knowledge import Knowledge, from_plan
from queue_service.offices import service as offices
from queue_service.offices.catalogue import OfferedService, Office
from queue_service.offices.model import local_day
from queue_service.platform.clock import Clock
from queue_service.platform.database import Database
from queue_service.platform.errors import Unavailable
from queue_service.platform.queries import Connection
from queue_service.protocol.stream import LAST_CALLS_SHOWN, WaitRange
from queue_service.queueing import forecast_store, hall_outlook, store
from queue_service.queueing.forecast_process import ForecastProcess, ForecastProcessEndedError
from queue_service.queueing.hall import build_hall
from queue_service.queueing.hall_outlook import HallOutlook
from queue_service.queueing.hall_picture import HallPicture, hour_now, newcomer_classes, picture
from queue_service.queueing.hall_player import Play, Played
from queue_service.queueing.told_waits import (
    FRESH,
    HallWaits,
    NewcomerWait,
    ToldWait,
    VisitorWaits,
    reach_key,
)

log = structlog.get_logger(__name__)

RESTING = timedelta(seconds=60)
"""So often a hall is looked at in which nobody waits and nothing happens."""
CALLED_WITHIN = timedelta(days=1)
"""Whoever has not been called so long after having been told a wait never will be."""
LEARNED_FROM = timedelta(days=60)
"""Long enough for some hundred visits of a rare service, short enough to follow the season."""
WALK_IN = "walk_in"


async def keep_forecasting(database: Database, clock: Clock, every_seconds: float) -> None:
    """Make forecasts whenever no other process does, until cancelled."""
    while True:
        # Away for a moment, or ended and to be started anew: what was made last stays meanwhile.
        with suppress(Unavailable):
            await _forecast_alone(database, clock, every_seconds)
        # Letting the lock go may find the server gone, which then hides that this task is to end.
        if (this := asyncio.current_task()) and this.cancelling():
            raise asyncio.CancelledError
        # Time passing is what a forecast waits for.
        await asyncio.sleep(every_seconds)


async def _forecast_alone(database: Database, clock: Clock, every_seconds: float) -> None:
    """Make forecasts as long as this connection lives, if no other process does. Raises Unavailable."""
    async with database.connection() as conn:
        if not await forecast_store.try_to_be_alone(conn):
            return
        try:
            await _forecast_with(await ForecastProcess.start(), conn, clock, every_seconds)
        finally:
            # The pool lends the connection to others, who must not be taken for this task.
            if not conn.is_closed():
                await forecast_store.let_go(conn)


async def _forecast_with(
    process: ForecastProcess, conn: Connection, clock: Clock, every_seconds: float
) -> None:
    """Make forecasts until the process ends, which is recorded."""
    try:
        while True:
            await one_round(conn, clock(), process)
            # Time passing is what a forecast waits for.
            await asyncio.sleep(every_seconds)
    except ForecastProcessEndedError:
        log.warning("forecast_process_ended", pid=process.pid)
    finally:
        await process.close()


async def one_round(conn: Connection, now: datetime, process: ForecastProcess) -> int:
    """Forecast every hall that is due; returns how many.

    One that fails is recorded and keeps none of the others from being forecast. Raises
    ForecastProcessEndedError.
    """
    due = await forecast_store.offices_due(conn, now - RESTING)
    for slug in due:
        try:
            await forecast_office(conn, now, slug, process)
        except (ForecastProcessEndedError, OSError):
            raise
        except Exception:
            # A fault with one office is recorded and must not leave the others without a forecast.
            log.exception("forecast_failed", office=slug)
            if conn.is_closed():
                raise
    return len(due)


async def forecast_office(conn: Connection, now: datetime, slug: str, process: ForecastProcess) -> None:
    """Forecast one hall, keep it, and tell the screens when what they show is another now."""
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        office = await offices.find_office(conn, slug)
        services = await offices.list_offered_services(conn, office)
        hall = build_hall(await store.hall(conn, office.id, LAST_CALLS_SHOWN))
        today = local_day(now, office.setup.time_zone)
        coming = await booking.still_expected(conn, office.id, today)
        place = await forecast_store.cycle_place(conn, office.id)
        known = await forecast_store.find_knowledge(conn, office.id)
        looked_ahead = await forecast_store.outlook_made_at(conn, office.id)
    async with conn.transaction():
        calibration = await forecast_store.find_calibration(conn, office.id)
        ended = await forecast_store.observe_waits(conn, office.id, now - CALLED_WITHIN)
        for wait in sorted(ended, key=lambda wait: wait.told_at):
            calibration.observe(wait.told, wait.visitor_class, wait.hour, wait.waited)
        if ended:
            await forecast_store.keep_calibration(conn, office.id, calibration)
    knowledge = known.body if known else from_plan({service.code: service.minutes for service in services})
    named = known.learned_at if known else {service.code: service.minutes for service in services}
    seen = picture(hall, office, services, coming, place, now)
    ahead = None
    if looked_ahead is None or looked_ahead <= now - hall_outlook.MADE_EVERY:
        ahead = hall_outlook.day_ahead(office, services, now, any_counter=bool(seen.state.counters))
    question = Play(
        office.id,
        now.timestamp(),
        seen.state,
        seen.newcomers,
        office.order,
        seen.kept_counters,
        calibration,
        knowledge if process.told.get(office.id) != named else None,
        ahead,
    )
    played = await process.play(question)
    process.told[office.id] = named
    body = visitor_waits(seen, played, now)
    told = hall_waits(body, services, knowledge)
    if ahead is not None and played.rest_of_day is not None:
        # Before the screens are told anything: a page that hears of it finds both.
        rest_of_day = hall_outlook.told(played.rest_of_day, ahead, now)
        await forecast_store.keep_outlook(conn, office.id, rest_of_day, now)
    await _keep(conn, now, office, hall.version, told, body)


async def outlook(conn: Connection, now: datetime, office: Office) -> HallOutlook:
    """Return the rest of the office's day as it was forecast last."""
    kept = await forecast_store.find_outlook(conn, office.id, now - hall_outlook.FRESH)
    return kept or HallOutlook(reason="no_forecast")


async def _keep(
    conn: Connection, now: datetime, office: Office, version: int, told: HallWaits, body: VisitorWaits
) -> None:
    async with conn.transaction():
        if await forecast_store.lock_told(conn, office.id) != told:
            change = await forecast_store.tell_screens(conn, office.id, told, now)
            # Our own change is none that the hall has to be looked at again for.
            version = change if change == version + 1 else version
        await forecast_store.keep_forecast(conn, office.id, version, told, body, now)


def visitor_waits(seen: HallPicture, played: Played, now: datetime) -> VisitorWaits:
    """Return what single visitors are told."""
    groups = seen.groups
    by_class = {
        visitor_class: played.newcomers[nth * groups : (nth + 1) * groups]
        for nth, visitor_class in enumerate(newcomer_classes())
    }
    return VisitorWaits(
        newcomers=by_class,
        reach=seen.reach,
        tickets=dict(zip(seen.ticket_ids, played.tickets, strict=True)),
        hour=hour_now(seen.state, now),
    )


def hall_waits(body: VisitorWaits, services: list[OfferedService], knowledge: Knowledge) -> HallWaits:
    """Return what screens show; ``anyone`` is what most of those are told who come without appointment."""
    answers: list[NewcomerWait] = body.newcomers[WALK_IN]
    told = {
        service.code: answers[body.reach[reach_key(service.code, [])]].told
        for service in services
        if service.walk_in
    }
    arrivals = knowledge.arrivals.get(WALK_IN)
    asked_for = Counter(visit[0] for visit in arrivals.visits if visit) if arrivals else Counter[str]()
    crowd = [wait for code, wait in told.items() for _ in range(1 + asked_for[code])]
    return HallWaits(_usual(crowd), told)


def _usual(crowd: list[ToldWait]) -> ToldWait:
    """Return the middle of what they are told, bound by bound, or why most of them are told nothing."""
    ranges = [told.wait for told in crowd if told.wait is not None]
    if 2 * len(ranges) > len(crowd):
        planned = [told.opens_at for told in crowd if told.opens_at is not None]
        return ToldWait(
            WaitRange(
                median_low(wait.low_minutes for wait in ranges),
                median_low(wait.high_minutes for wait in ranges),
            ),
            opens_at=min(planned) if len(planned) == len(ranges) else None,
        )
    reasons = Counter(told.reason for told in crowd if told.reason is not None)
    return ToldWait(reason=reasons.most_common(1)[0][0] if reasons else "nobody_serves_this")


async def lapse_forecasts(conn: Connection, now: datetime) -> int:
    """Take forecasts from the screens that nobody has renewed; returns how many.

    Safe to run by several processes at once.
    """
    before = now - FRESH
    return sum(
        [
            await forecast_store.lapse_forecast(conn, office_id, before, now)
            for office_id in await forecast_store.offices_lapsed(conn, before)
        ]
    )


async def forget_told(conn: Connection, now: datetime) -> None:
    """Delete what visitors were told so long ago that nobody learns from it any more."""
    await forecast_store.forget_told(conn, now - LEARNED_FROM)
