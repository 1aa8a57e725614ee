"""How good what was told turned out to be."""

from collections.abc import Sequence
from math import sqrt
from statistics import fmean

import msgspec

from queue_service.forecast.model import Spread
from queue_service.forecast.stretch import LEVELS
from queue_service.forecast.told_range import told_minutes

PROMISED = 0.8
HONEST_WITHIN = 0.03
"""A range of 80 % that holds in 77-83 % is honest."""
SIGMAS_OF_CHANCE = 2.0


class Told(msgspec.Struct, frozen=True):
    """What one rule told one visitor, and the truth; seconds."""

    visitor_class: str
    hour: int
    spread: Spread
    waited: float
    stayed: bool
    """False for somebody who left, whose wait is deduced."""


class Score(msgspec.Struct, frozen=True):
    """The figures of one rule over many visitors; seconds, shares of 1."""

    count: int
    coverage: float
    coverage_rounded: float
    """Of the range in whole minutes that people are told."""
    width: float
    pinball: float
    """Mean over the three levels 10, 50 and 90 %."""
    rmse: float
    """Of the mean, whose squared error is least."""
    mae: float
    """Of the median, whose absolute error is least."""
    under: float
    """Share that waited longer than the middle."""


def score(told: Sequence[Told]) -> Score:
    """Return the figures of what was told; of at least one."""
    return Score(
        count=len(told),
        coverage=coverage(told),
        coverage_rounded=fmean(_holds_rounded(one) for one in told),
        width=fmean(one.spread.high - one.spread.low for one in told),
        pinball=fmean(_pinball(one) for one in told),
        rmse=sqrt(fmean((one.waited - one.spread.mean) ** 2 for one in told)),
        mae=fmean(abs(one.waited - one.spread.middle) for one in told),
        under=fmean(one.waited > one.spread.middle for one in told),
    )


def coverage(told: Sequence[Told]) -> float:
    """Return the share of waits that lay within their range."""
    return fmean(one.spread.low <= one.waited <= one.spread.high for one in told)


def is_honest(told: Sequence[Told]) -> bool:
    """Say whether the range held as promised, within HONEST_WITHIN."""
    return abs(coverage(told) - PROMISED) <= HONEST_WITHIN


def chance_of_coverage(count: int) -> float:
    """Return how far a coverage of so many waits may lie from the promise by chance alone."""
    return SIGMAS_OF_CHANCE * sqrt(PROMISED * (1 - PROMISED) / count)


def _holds_rounded(one: Told) -> bool:
    low, high = told_minutes(one.spread.low, one.spread.high)
    return low * 60 <= one.waited <= high * 60


def _pinball(one: Told) -> float:
    total = 0.0
    for bound, level in LEVELS.items():
        error = one.waited - getattr(one.spread, bound)
        total += max(level * error, (level - 1) * error)
    return total / len(LEVELS)
