"""What an office learns from its last days: how long visits and pauses are, who comes, who doesn't.

Read day by day and computed in a process of its own, which ends afterwards. What is learned is by service,
class and hour; who sat at a counter is not even read.
"""

from datetime import date, datetime, time

from queue_service.booking import service as booking
from queue_service.forecast.model import ComingAppointment
from queue_service.forecast.past_days import PastDay, PastVisit
from queue_service.forecast.stretch import Promise
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.model import ONE_DAY, local_day
from queue_service.platform.queries import Connection
from queue_service.queueing import forecast_store
from queue_service.queueing.forecast_process import ForecastProcess
from queue_service.queueing.forecast_store import VisitRecord
from queue_service.queueing.forecasting import LEARNED_FROM
from queue_service.queueing.hall_picture import APPOINTMENT
from queue_service.queueing.hall_player import Learn

MOST_PROMISES = 5_000
"""The corrections of the last weeks are what counts; so many are fitted in about a second."""


async def learn_waits(conn: Connection, now: datetime) -> int:
    """Have every office learn; returns how many had anything to learn from."""
    learned = 0
    for office in await offices.list_offices(conn):
        learned += await learn_office(conn, now, office)
    return learned


async def learn_office(conn: Connection, now: datetime, office: Office) -> bool:
    """Replace what an office knows by what its last days teach; False when nobody came on any of them."""
    services = await offices.list_offered_services(conn, office)
    today = local_day(now, office.setup.time_zone)
    process = None
    try:
        for back in range(LEARNED_FROM.days, 0, -1):
            day = await past_day(conn, office, today - back * ONE_DAY)
            if day.visits or day.missed:
                process = process or await ForecastProcess.start()
                await process.remember(day)
        if process is None:
            return False
        kept = await forecast_store.kept_promises(conn, office.id, now - LEARNED_FROM, MOST_PROMISES)
        promises = [
            Promise(promise.visitor_class, promise.hour, promise.simulated, promise.waited)
            for promise in reversed(kept)
        ]
        planned = {service.code: float(service.minutes) for service in services}
        learned = await process.learn(Learn(planned, promises))
    finally:
        if process is not None:
            await process.close()
    async with conn.transaction():
        await forecast_store.keep_knowledge(conn, office.id, learned.knowledge, now)
        await forecast_store.keep_calibration(conn, office.id, learned.calibration)
    return True


async def past_day(conn: Connection, office: Office, day: date) -> PastDay:
    """Return one day as the forecast learns from it."""
    visits = await forecast_store.past_visits(conn, office.id, day)
    missed = await booking.missed_on(conn, office.id, day)
    return PastDay(
        name=day.isoformat(),
        starts_at=datetime.combine(day, time(), office.zone).timestamp(),
        visits=tuple(past_visit(visit) for visit in visits),
        missed=tuple(
            ComingAppointment(
                visit.starts_at.timestamp(), APPOINTMENT, tuple(wish.service for wish in visit.services)
            )
            for visit in missed
        ),
    )


def past_visit(visit: VisitRecord) -> PastVisit:
    """Return one visit with its instants as seconds."""
    return PastVisit(
        ticket=visit.number,
        visitor_class=visit.visitor_class,
        services=tuple(visit.services),
        arrived_at=visit.arrived_at.timestamp(),
        called_at=_seconds(visit.called_at),
        finished_at=_seconds(visit.finished_at),
        left_at=_seconds(visit.left_at),
        counter=visit.counter,
        came_to_counter=visit.end_verb != "no_show",
        appointment_at=_seconds(visit.appointment_at),
    )


def _seconds(instant: datetime | None) -> float | None:
    return instant.timestamp() if instant else None
