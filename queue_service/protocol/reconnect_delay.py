"""How long a device that lost the service waits before it tries again."""

DOUBLINGS = 10
"""More than enough to reach a longest delay; keeps the power small on a device that is alone for weeks."""

LEAST_SHARE = 0.5
"""A delay is at least this share of its ceiling; the rest is chance, lest all devices come in step."""


def reconnect_delay(failures: int, chance: float, *, first: float, longest: float) -> float:
    """Give the seconds to wait after so many failed attempts in a row (1 or more).

    ``chance`` is from 0 to 1; ``first`` and ``longest`` are seconds.
    """
    doublings = min(failures - 1, DOUBLINGS)
    ceiling = min(longest, first * float(2**doublings))
    return ceiling * (LEAST_SHARE + (1 - LEAST_SHARE) * chance)
