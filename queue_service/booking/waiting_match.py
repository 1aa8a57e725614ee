"""Which place fits whom on a waiting list, and until when it is kept for them. Pure.

The rule, as it is told (``waiting_model.RULE``): a free place goes to whoever asked first among those
whom it fits. Fitting is a hard question with a plain answer: the visit's length, the days, the time
of day, the notice. Nothing is weighed against the order of asking, because nobody could explain why
somebody who came later had the better sum. What may still be chosen is *where in the free time* the
visit is put: where it leaves the least behind, so that the rest serves the next one.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import msgspec

from queue_service.booking.day_cells import (
    CELL,
    ONE_DAY,
    day_begins,
    first_cell_from,
    instant_of,
    wall_cell,
    wall_minutes,
)
from queue_service.booking.slot_arithmetic import CELL_MINUTES, Plane, free_runs
from queue_service.booking.waiting_model import Way, Wishes
from queue_service.offices.model import Span

ANSWER_TIME = timedelta(hours=2)
"""How long an offer is kept, counted in the hours in which one can be expected to answer."""
LEAST_ANSWER_TIME = timedelta(minutes=30)
"""A place that leaves less time to answer, before the notice begins that they need, is not offered."""
LEAST_NOTICE = timedelta(minutes=15)
"""Nobody is there sooner, whatever they asked for; the same as the telephone's lead time."""
MESSAGE_HOURS = Span(8 * 60, 20 * 60)
"""Nobody has to read messages at night."""
CALL_HOURS = Span(8 * 60, 18 * 60)
CALL_WEEKDAYS = range(1, 6)
"""When the public hotline 115 promises to be there: weekdays from 8 to 18."""
EVERY_DAY = range(1, 8)
MINUTES_A_DAY = 24 * 60
UNANSWERED_ALLOWED = 3
"""So often may an offer pass without a word; then nobody seems to be there any more, and every further
place would be kept from others for hours. Whoever says no is asked again without limit."""


class FittingPlace(msgspec.Struct, frozen=True):
    """Where a visit can begin on a day, and until when whoever it is for has time to answer."""

    first_cell: int
    start: datetime
    respond_by: datetime


class DayClock(msgspec.Struct, frozen=True):
    """A local day as the database asks whom its places fit, in the day's own cells."""

    first_cells: list[int]
    """For each five minutes of the wall clock, from 0:00 to 24:00: the first cell not before them."""
    end_cells: list[int]
    """And the cell after the last one before them. Within an hour that clocks show twice it is one
    hour too many: what then fits is ``place_for``'s question."""
    called_from: int
    """The first cell of which whoever is only rung hears in time; before the day or after it, too."""
    told_from: int
    """The same for whoever gets a message."""


def day_clock(now: datetime, zone: ZoneInfo, day: date) -> DayClock:
    """Give what tells, by comparing numbers, whether a start on this day suits somebody who waits."""
    walls = wall_minutes(day, zone)
    steps = range(0, MINUTES_A_DAY + CELL_MINUTES, CELL_MINUTES)
    before = [[cell for cell, wall in enumerate(walls) if wall < minute] for minute in steps]
    return DayClock(
        first_cells=[wall_cell(day, minute, zone) for minute in steps],
        end_cells=[max(cells, default=-1) + 1 for cells in before],
        called_from=_cell_from(answered_by(now, LEAST_ANSWER_TIME, zone, ["call"]), day, zone),
        told_from=_cell_from(answered_by(now, LEAST_ANSWER_TIME, zone, ["sms"]), day, zone),
    )


def _cell_from(instant: datetime, day: date, zone: ZoneInfo) -> int:
    return -((day_begins(day, zone) - instant) // CELL)


def place_for(
    wishes: Wishes, now: datetime, zone: ZoneInfo, day: date, free: Plane, cells: int
) -> FittingPlace | None:
    """Give where a visit of ``cells`` goes best among the ``free`` cells of a day; None if it doesn't fit.

    Best is what leaves the fewest pieces of the free time around it, then what is earliest.
    """
    if not allows_day(wishes, day):
        return None
    notice = max(timedelta(hours=wishes.notice_hours), LEAST_NOTICE)
    first = first_cell_from(answered_by(now, LEAST_ANSWER_TIME, zone, wishes.ways) + notice, day, zone)
    starts = _starts(wishes, zone, day, free, cells, first)
    _, cell = min(starts, default=(0, None))
    if cell is None:
        return None
    start = instant_of(day, cell, zone)
    return FittingPlace(cell, start, min(answered_by(now, ANSWER_TIME, zone, wishes.ways), start - notice))


def allows_day(wishes: Wishes, day: date) -> bool:
    """Tell whether a day is one of those asked for."""
    within = wishes.first_day <= day <= wishes.last_day
    return within and (not wishes.weekdays or day.isoweekday() in wishes.weekdays)


def _starts(
    wishes: Wishes, zone: ZoneInfo, day: date, free: Plane, cells: int, first: int
) -> Iterator[tuple[int, int]]:
    """Give the starts that fit, each after the number of pieces that it leaves of its free time."""
    walls = wall_minutes(day, zone)
    for run_start, run_end in free_runs(free):
        for cell in range(max(run_start, first), min(run_end - cells + 1, len(walls))):
            if wishes.opens <= walls[cell] < wishes.closes:
                yield (cell > run_start) + (cell + cells < run_end), cell


def answered_by(now: datetime, needed: timedelta, zone: ZoneInfo, ways: list[Way]) -> datetime:
    """Give when ``needed`` time has passed in which somebody told in these ways can answer.

    Whoever is only rung is reached while the hotline is there; a message is read from morning to evening.
    """
    only_called = set(ways) == {"call"}
    hours = CALL_HOURS if only_called else MESSAGE_HOURS
    weekdays = CALL_WEEKDAYS if only_called else EVERY_DAY
    today = now.astimezone(zone).date()
    for day in (today + offset * ONE_DAY for offset in count()):
        if day.isoweekday() not in weekdays:
            continue
        begins, ends = max(_at(day, hours.opens, zone), now), _at(day, hours.closes, zone)
        if begins + needed <= ends:
            return begins + needed
        needed -= max(ends - begins, timedelta(0))
    raise AssertionError("weeks go on for ever")


def _at(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60), zone).astimezone(UTC)
