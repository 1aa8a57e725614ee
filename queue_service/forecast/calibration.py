"""What makes a range hold: it is widened or narrowed by how often it was missed lately.

A simulation knows the queue; it does not know that Mondays at ten go slower than it thinks. So each
bound has a correction for all, for each class and for each hour, and every wait that ends moves them: up a
large step when it was missed, down a small one when not, in the ratio of the promise. Steps up and
down balance only when the bound is missed as often as promised, in each class and in each
hour, whatever the cause and however it changes (online gradient descent on the pinball loss;
Gibbs and Candès 2021; Angelopoulos, Jordan and Tibshirani 2025). No assumption about waits is made.
"""

from collections.abc import Iterator, Mapping

import msgspec

from queue_service.forecast.model import Spread
from queue_service.forecast.stretch import LEVELS, Bound, Stretch

STEPS: Mapping[Bound, float] = {"low": 0.04, "middle": 0.01, "high": 0.04}
"""How far one wait moves a correction, in half-widths of the range. Larger follows faster and
trembles more, which costs the middle most, above all where waits are long and tell late what they were.
Chosen on the bank's training week (its last three days, told by the first four) and on made-up days of
another seed than those that are judged."""
LEAST_HALF_WIDTH = 60.0
"""Seconds: the least that anybody is told. A range of hardly any width, of a simulation that is sure and
wrong, could not be widened by a share of itself before hundreds of waits had ended."""


class Calibration(msgspec.Struct):
    """The corrections of an office: small plain data, kept as JSON beside what it has learned."""

    stretch: Stretch = Stretch()
    """Fitted to past promises now and then; applied first."""
    offsets: dict[Bound, dict[str, float]] = msgspec.field(
        default_factory=lambda: {"low": {}, "middle": {}, "high": {}}
    )
    """By bound and group, in half-widths of the stretched range."""

    def corrected(self, spread: Spread, visitor_class: str, hour: int) -> Spread:
        """Return the spread with its bounds corrected; never below 0, never crossing."""
        spread = self.stretch.of(spread)
        middle = max(0.0, self._bound("middle", spread, visitor_class, hour))
        low = min(middle, max(0.0, self._bound("low", spread, visitor_class, hour)))
        high = max(middle, self._bound("high", spread, visitor_class, hour))
        return Spread(low, middle, high, max(0.0, spread.mean + middle - spread.middle))

    def observe(self, told: Spread, visitor_class: str, hour: int, waited: float) -> None:
        """Learn from a wait that has ended: what was told when it began, corrected as it was then.

        Not what would be told now: a correction that has moved since would hide the miss.
        """
        for bound, level in LEVELS.items():
            value = getattr(told, bound)
            # A wait of exactly nothing at a bound of nothing is held by the bound.
            if value == waited == 0.0:
                continue
            step = STEPS[bound] * (level if waited > value else level - 1)
            offsets = self.offsets[bound]
            for group in _groups(visitor_class, hour):
                offsets[group] = offsets.get(group, 0.0) + step

    def _bound(self, bound: Bound, spread: Spread, visitor_class: str, hour: int) -> float:
        offsets = self.offsets[bound]
        correction = sum(offsets.get(group, 0.0) for group in _groups(visitor_class, hour))
        value: float = getattr(spread, bound)
        return value + correction * _half_width(bound, spread)


def _groups(visitor_class: str, hour: int) -> Iterator[str]:
    yield ""
    yield f"class {visitor_class}"
    yield f"hour {hour}"


def _half_width(bound: Bound, spread: Spread) -> float:
    if bound == "low":
        return max(LEAST_HALF_WIDTH, spread.middle - spread.low)
    if bound == "high":
        return max(LEAST_HALF_WIDTH, spread.high - spread.middle)
    return max(LEAST_HALF_WIDTH, (spread.high - spread.low) / 2)
