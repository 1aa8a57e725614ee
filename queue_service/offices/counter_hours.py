"""When a counter is planned to call visitors: its own hours and breaks, as its office's file says.

Pure. A plan changes nothing by itself: a clerk opens, rests and closes. It is what forecasts reckon with
and what desk and hall view remind of.
"""

from datetime import date

from queue_service.offices.model import Span, WeekHours
from queue_service.offices.setup_model import CounterSetup


def has_plan(counter: CounterSetup) -> bool:
    """Tell whether anything is planned for the counter at all."""
    return counter.hours is not None or counter.breaks != WeekHours()


def calling_hours(counter: CounterSetup, day: date, otherwise: list[Span]) -> list[Span]:
    """Return the spans of a day in which the counter calls, its breaks left out.

    ``otherwise``: the hours of a counter that has none of its own.
    """
    hours = otherwise if counter.hours is None else counter.hours.on(day)
    for pause in counter.breaks.on(day):
        hours = [part for span in hours for part in _without(span, pause)]
    return hours


def _without(span: Span, pause: Span) -> list[Span]:
    parts = [
        Span(span.opens, min(span.closes, pause.opens)),
        Span(max(span.opens, pause.closes), span.closes),
    ]
    return [part for part in parts if part.opens < part.closes]
