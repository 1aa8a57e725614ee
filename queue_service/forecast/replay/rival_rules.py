"""The rules that others use, each in its best form: what they would have told at the same moment.

Where a rule can look at the whole queue or at the visitor's own class, it looks at the class
when there are several: that is what makes it good.
"""

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean

import msgspec

from queue_service.forecast.drawn_visits import eligible
from queue_service.forecast.past_days import PastVisit
from queue_service.forecast.replay.log_states import Moment

ROLLING = 10
"""Waits over which the rolling mean goes."""
LOOKS_BACK = 200
"""Ended waits among which those of the own class are looked for."""


class Averages(msgspec.Struct, frozen=True):
    """What the rules that need an average take, from the training days."""

    planned_seconds: float
    """One figure for the office, as ZMS has it set by hand: the mean of all visits."""
    by_service: Mapping[str, float]
    """Mean counter time and pause, for the rule that counts the queue."""
    usual_wait: float
    """Told when no wait of the day has ended yet."""


Rule = Callable[[Moment, Averages], float]


def zms(moment: Moment, averages: Averages) -> float:
    """ZMS: everybody who waits times one average, over the counters; no class, no state."""
    ahead = len(moment.state.waiting) - 1
    return ahead * averages.planned_seconds / max(1, _calling(moment))


def queue_length(moment: Moment, averages: Averages) -> float:
    """Those who will be called first and the visitor, by learned means, over the counters that can serve."""
    newest = moment.state.waiting[-1]
    able = eligible(newest, moment.state.counters)
    rank = newest.rank_at
    work = 0.0
    for other in moment.state.waiting:
        if other.rank_at <= rank and eligible(other, moment.state.counters) & able:
            work += averages.by_service.get(other.services[0], averages.planned_seconds)
    return work / max(1, len(able & _working(moment)))


def last_to_enter_service(moment: Moment, averages: Averages) -> float:
    """The whole wait of the last one of the class who was called."""
    called = _called_of_class(moment, 1)
    return called[0] if called else averages.usual_wait


def head_of_line(moment: Moment, averages: Averages) -> float:
    """The wait so far of the first of the class in the queue."""
    del averages
    others = [one for one in moment.state.waiting[:-1] if one.visitor_class == moment.visit.visitor_class]
    return moment.at - min((one.waiting_since for one in others), default=moment.at)


def rolling_mean(moment: Moment, averages: Averages) -> float:
    """The mean of the last ten waits of the class that ended with a call."""
    called = _called_of_class(moment, ROLLING)
    return fmean(called) if called else averages.usual_wait


RULES: dict[str, Rule] = {
    "ZMS": zms,
    "queue length": queue_length,
    "last to enter": last_to_enter_service,
    "head of line": head_of_line,
    "rolling mean": rolling_mean,
}


def _called_of_class(moment: Moment, count: int) -> list[float]:
    """Return the last waits that ended with a call: of the class or, on a day without any, of all."""
    waits: list[float] = []
    for visit in reversed(moment.ended[-LOOKS_BACK:]):
        if visit.visitor_class == moment.visit.visitor_class and _wait(visit) is not None:
            waits.append(_wait(visit) or 0.0)
            if len(waits) == count:
                return waits
    if waits:
        return waits
    return [wait for visit in moment.ended[-count:] if (wait := _wait(visit)) is not None]


def _wait(visit: PastVisit) -> float | None:
    return None if visit.called_at is None else visit.called_at - visit.arrived_at


def _working(moment: Moment) -> frozenset[int]:
    """Return the counters that serve somebody or call somebody within the moment's plan."""
    return frozenset(
        index
        for index, counter in enumerate(moment.state.counters)
        if counter.visit is not None
        or any(span.start <= moment.at < span.end for span in counter.spans or ())
    )


def _calling(moment: Moment) -> int:
    return len(_working(moment))


class LinearMix(msgspec.Struct, frozen=True):
    """All rules weighed together, fitted on the training days."""

    constant: float
    weights: tuple[float, ...]

    def at(self, values: Sequence[float]) -> float:
        """Return the mixed wait, never below nothing."""
        return max(0.0, self.constant + sum(w * v for w, v in zip(self.weights, values, strict=True)))


def least_squares(
    rows: Sequence[Sequence[float]], waits: Sequence[float], share: Sequence[float] | None = None
) -> LinearMix:
    """Return the mix with the least squared error, weighed by ``share``."""
    weights = share or [1.0] * len(waits)
    width = len(rows[0]) + 1
    table = [[0.0] * (width + 1) for _ in range(width)]
    for row, wait, weight in zip(rows, waits, weights, strict=True):
        full = (1.0, *row, wait)
        for i in range(width):
            scaled = weight * full[i]
            for j in range(i, width + 1):
                table[i][j] += scaled * full[j]
    for i in range(width):
        for j in range(i):
            table[i][j] = table[j][i]
        # A trace of a ridge: two rules may say the same all day.
        table[i][i] *= 1 + RIDGE
        table[i][i] += RIDGE
    solution = _solved(table)
    return LinearMix(solution[0], tuple(solution[1:]))


RIDGE = 1e-6
ROUNDS = 25
SMALLEST_ERROR = 5.0
"""Seconds below which an error counts alike, so that no weight is infinite."""


def least_absolute(rows: Sequence[Sequence[float]], waits: Sequence[float]) -> LinearMix:
    """Return the mix with the least absolute error, by reweighed least squares."""
    mix = least_squares(rows, waits)
    for _ in range(ROUNDS):
        share = [
            1 / max(SMALLEST_ERROR, abs(wait - mix.at(row))) for row, wait in zip(rows, waits, strict=True)
        ]
        mix = least_squares(rows, waits, share)
    return mix


def _solved(table: list[list[float]]) -> list[float]:
    """Return the solution of a symmetric positive system by elimination."""
    size = len(table)
    for i in range(size):
        pivot = max(range(i, size), key=lambda row: abs(table[row][i]))
        table[i], table[pivot] = table[pivot], table[i]
        for row in range(size):
            if row != i and table[i][i]:
                share = table[row][i] / table[i][i]
                table[row] = [a - share * b for a, b in zip(table[row], table[i], strict=True)]
    return [table[i][size] / table[i][i] if table[i][i] else 0.0 for i in range(size)]
