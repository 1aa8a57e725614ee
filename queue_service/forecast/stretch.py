"""What past promises say about a simulation as a whole: a line through what it said and what came.

A simulation that thinks of everything but, say, of a colleague who always helps out, is wrong by the
same share each day. Two figures a bound take that out: seconds added and a factor. The factor is never
negative, so whoever stands further back is never promised less.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from queue_service.forecast.model import Spread

Figure = Literal["low", "middle", "high", "mean"]
Bound = Literal["low", "middle", "high"]

LEVELS: Mapping[Bound, float] = {"low": 0.1, "middle": 0.5, "high": 0.9}
"""Share of the waits that end below each bound."""
IDENTITY_WEIGHT = 100
"""A simulation is believed as if so many waits had been as it said (ours)."""
ROUNDS = 40
SMALLEST_ERROR = 2.0
"""Seconds below which an error counts alike, so that no weight is infinite."""
LEAST_FACTOR = 0.2


class Line(msgspec.Struct, frozen=True):
    """Seconds added, and a factor."""

    add: float = 0.0
    times: float = 1.0

    def at(self, seconds: float) -> float:
        """Return where the line puts so many seconds, never below nothing."""
        return max(0.0, self.add + self.times * seconds)


class Promise(msgspec.Struct, frozen=True):
    """What a simulation said of one wait, and how long it was: what ``fit_stretch`` learns from."""

    visitor_class: str
    hour: int
    simulated: Spread
    waited: float


class Stretch(msgspec.Struct, frozen=True):
    """The lines of an office; the simulation as it is until they are fitted."""

    low: Line = Line()
    middle: Line = Line()
    high: Line = Line()
    mean: Line = Line()

    def of(self, spread: Spread) -> Spread:
        """Return the stretched spread; its bounds don't cross."""
        middle = self.middle.at(spread.middle)
        return Spread(
            min(middle, self.low.at(spread.low)),
            middle,
            max(middle, self.high.at(spread.high)),
            self.mean.at(spread.mean),
        )


def fit_stretch(promises: Sequence[Promise]) -> Stretch:
    """Return the lines that would have been best for past promises."""
    waits = [promise.waited for promise in promises]
    if not waits:
        return Stretch()
    lines = {
        bound: _line([getattr(promise.simulated, bound) for promise in promises], waits, level)
        for bound, level in LEVELS.items()
    }
    mean = _line([promise.simulated.mean for promise in promises], waits, None)
    return Stretch(lines["low"], lines["middle"], lines["high"], mean)


def _line(said: Sequence[float], waits: Sequence[float], level: float | None) -> Line:
    """Return the line with the least pinball loss at ``level``, or for None the least squared error."""
    line = Line()
    shares = [1.0] * len(waits)
    for _ in range(1 if level is None else ROUNDS):
        if level is not None:
            errors = [
                wait - line.add - line.times * seconds for seconds, wait in zip(said, waits, strict=True)
            ]
            shares = [
                (level if error > 0 else 1 - level) / max(SMALLEST_ERROR, abs(error)) for error in errors
            ]
        line = _weighed_line(said, waits, shares)
    belief = len(waits) / (len(waits) + IDENTITY_WEIGHT)
    return Line(line.add * belief, max(LEAST_FACTOR, 1 + (line.times - 1) * belief))


def _weighed_line(said: Sequence[float], waits: Sequence[float], shares: Sequence[float]) -> Line:
    total = sum(shares)
    x = sum(share * seconds for share, seconds in zip(shares, said, strict=True)) / total
    y = sum(share * wait for share, wait in zip(shares, waits, strict=True)) / total
    spread = sum(share * (seconds - x) ** 2 for share, seconds in zip(shares, said, strict=True))
    both = sum(
        share * (seconds - x) * (wait - y) for share, seconds, wait in zip(shares, said, waits, strict=True)
    )
    if spread <= 0:
        return Line(y - x)
    times = max(LEAST_FACTOR, both / spread)
    return Line(y - times * x, times)
