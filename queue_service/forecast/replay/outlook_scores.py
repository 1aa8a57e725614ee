"""How often an outlook's range of people waiting holds, on made-up days that are over.

Every hour of a day its rest is foretold as it was then; what the day became is looked at each half hour
that was told. Ranges are judged as they are: there is no calibration of outlooks.
"""

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean

import msgspec

from queue_service.forecast.calibration import Calibration
from queue_service.forecast.call_order import CallOrder
from queue_service.forecast.drawn_visits import Drawing
from queue_service.forecast.learning import learn
from queue_service.forecast.past_days import PastDay
from queue_service.forecast.replay.log_states import CounterSkills, halls
from queue_service.forecast.rest_of_day import DayAhead, People, look_ahead

HOUR = 3600.0
FIRST_HOUR = 9
"""Made-up offices open at eight: by then somebody waits."""


class Foretold(msgspec.Struct, frozen=True):
    """What was told of one instant, and what it became."""

    hours_ahead: float
    people: People
    waited: int

    @property
    def holds(self) -> bool:
        """Whether as many waited as was said."""
        return self.people.low <= self.waited <= self.people.high


class OutlookScore(msgspec.Struct, frozen=True):
    """Some promises together; people, but for the share."""

    told: int
    held: float
    width: float
    too_many: float
    """By how much the middle was too high on average; below zero: too low."""
    waited: float


def score_of(told: Sequence[Foretold]) -> OutlookScore:
    """Return how well they held; at least one is needed."""
    return OutlookScore(
        len(told),
        fmean(one.holds for one in told),
        fmean(one.people.high - one.people.low for one in told),
        fmean(one.people.middle - one.waited for one in told),
        fmean(one.waited for one in told),
    )


def foretold(
    training: Sequence[PastDay],
    test: Sequence[PastDay],
    order: CallOrder,
    planned_minutes: Mapping[str, float],
) -> Iterator[Foretold]:
    """Give everything that would have been told on the test days, which have planned counters."""
    drawing = Drawing(learn(training, planned_minutes))
    skills = CounterSkills(list(training))
    for day in test:
        closes = max(span.end for counter in day.counters or () for span in counter.spans)
        hours = range(FIRST_HOUR, int((closes - day.starts_at) // HOUR))
        ahead = DayAhead(closes, closes=True, numbers_until=closes, services=tuple(planned_minutes))
        for at, state in halls(day, order, skills, [day.starts_at + hour * HOUR for hour in hours]):
            seen = look_ahead(state, at, drawing, order, Calibration(), ahead)
            for look in seen.looks[1:]:
                yield Foretold((look.at - at) / HOUR, look.waiting, _waiting_at(day, look.at))


def _waiting_at(day: PastDay, at: float) -> int:
    return sum(
        visit.arrived_at <= at and (visit.ended_waiting_at is None or visit.ended_waiting_at > at)
        for visit in day.visits
    )
