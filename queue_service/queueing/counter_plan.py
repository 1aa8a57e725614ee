"""What is planned for a counter today, as desk and hall view show it beside what its clerk does. Pure."""

from datetime import date, datetime

import msgspec

from queue_service.offices.catalogue import Office
from queue_service.offices.counter_hours import has_plan
from queue_service.offices.model import Span, is_closed, local_day
from queue_service.queueing.hall_picture import instant


class PlannedTime(msgspec.Struct, frozen=True):
    """From an instant to another."""

    begin: datetime
    end: datetime


class CounterPlan(msgspec.Struct, frozen=True):
    """A counter's day."""

    hours: list[PlannedTime] | None
    """None: none of its own. Empty: it is not planned for today."""
    breaks: list[PlannedTime]
    beyond_hours: bool
    """It has hours of its own, and not now: whoever still sits there stays longer than planned."""


def plan_today(office: Office, number: str, now: datetime) -> CounterPlan | None:
    """Return what is planned for a counter today; None when nothing is, or the office is closed."""
    day = local_day(now, office.setup.time_zone)
    setup = next((counter for counter in office.setup.counters if counter.number == number), None)
    if setup is None or not has_plan(setup) or is_closed(day, office.calendar):
        return None
    hours = None if setup.hours is None else _times(office, day, setup.hours.on(day))
    beyond = hours is not None and not any(span.begin <= now < span.end for span in hours)
    return CounterPlan(hours, _times(office, day, setup.breaks.on(day)), beyond)


def _times(office: Office, day: date, spans: list[Span]) -> list[PlannedTime]:
    return [
        PlannedTime(instant(office, day, span.opens), instant(office, day, span.closes)) for span in spans
    ]
