"""How long things take: points that are equally likely, learned from what happened.

A length is never reduced to an average. It is kept as ``POINTS`` ascending values, each as likely as
the others, because the shape decides: what is left of a visit depends on how long it has lasted.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from statistics import NormalDist, median

Points = tuple[float, ...]

POINTS = 100
"""So many values describe a length; each stands for one percent."""
SCATTER = 0.4
"""Squared coefficient of variation of visits nobody has measured; 0.25-0.6 is the field's assumption."""
PLAN_WEIGHT = 10
"""A plan counts as much as so many visits (ours): from a few dozen on, what happened decides."""
LONGEST_SIGMAS = 3.5
"""A length beyond so many robust standard deviations of its logarithm is cut to there: a visit that
nobody finished on the screen before the evening is no visit of six hours."""
SIGMAS_OF_MAD = 1.4826
"""A normal distribution's standard deviation over its median absolute deviation."""
FEWEST_FOR_CUTTING = 8
SHORTEST = 1.0
"""Second. Lengths of nothing have no logarithm."""
TAIL_SHARE = 0.5
"""What has lasted longer than anything seen lasts half as long again (ours), at the median of an
exponential."""
FEWEST_BEYOND = 3
"""With fewer known lengths beyond what has passed, the tail's rule decides."""


def planned_points(mean: float, scatter: float = SCATTER) -> Points:
    """Return a log-normal length with this mean and squared coefficient of variation."""
    sigma = math.sqrt(math.log(1 + scatter))
    normal = NormalDist(math.log(mean) - sigma**2 / 2, sigma)
    return tuple(math.exp(normal.inv_cdf((step + 0.5) / POINTS)) for step in range(POINTS))


def learned_points(seen: Sequence[float], prior: Points | None) -> Points:
    """Return what was seen, shrunk to ``prior`` on the logarithmic scale when it is little.

    Raises ValueError when nothing was seen and there is no prior.
    """
    if not seen and prior is None:
        raise ValueError("no length was seen and none is planned")
    if not seen:
        return prior or ()
    own = at_quantiles(without_forgotten(seen), POINTS)
    if prior is None:
        return own
    weight = len(seen) / (len(seen) + PLAN_WEIGHT)
    return tuple(
        math.exp(weight * math.log(max(mine, SHORTEST)) + (1 - weight) * math.log(max(other, SHORTEST)))
        for mine, other in zip(own, prior, strict=True)
    )


def without_forgotten(seen: Sequence[float]) -> list[float]:
    """Return the lengths in ascending order with absurdly long ones cut, see LONGEST_SIGMAS."""
    ordered = sorted(max(length, 0.0) for length in seen)
    if len(ordered) < FEWEST_FOR_CUTTING:
        return ordered
    logs = [math.log(max(length, SHORTEST)) for length in ordered]
    centre = median(logs)
    sigma = SIGMAS_OF_MAD * median(abs(log - centre) for log in logs)
    longest = math.exp(centre + LONGEST_SIGMAS * sigma) if sigma else ordered[-1]
    return [min(length, longest) for length in ordered]


def at_quantiles(ordered: Sequence[float], count: int) -> Points:
    """Return ``count`` equally likely values of an ascending sample."""
    last = len(ordered) - 1
    values = []
    for step in range(count):
        place = (step + 0.5) / count * len(ordered) - 0.5
        below = min(max(int(place), 0), last)
        above = min(below + 1, last)
        share = min(max(place - below, 0.0), 1.0)
        values.append(ordered[below] * (1 - share) + ordered[above] * share)
    return tuple(values)


def remaining(points: Points, elapsed: float, count: int) -> Points:
    """Return ``count`` equally likely values of what is left after ``elapsed`` seconds."""
    beyond = bisect_right(points, elapsed)
    if len(points) - beyond >= FEWEST_BEYOND:
        return tuple(length - elapsed for length in at_quantiles(points[beyond:], count))
    half_life = max(elapsed, SHORTEST) * TAIL_SHARE
    return tuple(-half_life * math.log2(1 - (step + 0.5) / count) for step in range(count))
