"""How long to wait before the next attempt to reach the service."""

FIRST_DELAY_SECONDS = 0.25
"""A restart of the service takes about a second, and a hall waits: the first attempts come at once."""

LONGEST_DELAY_SECONDS = 10.0
"""Below the wait after which people ask whether the display still works."""

DOUBLINGS = 10
"""More than enough to reach the longest delay; keeps the power small on a device that is alone for weeks."""

LEAST_SHARE = 0.5
"""A delay is at least this share of its ceiling; the rest is chance, so that displays don't come in step."""


def reconnect_delay(failures: int, chance: float) -> float:
    """Seconds to wait after ``failures`` failed attempts in a row (1 or more); ``chance`` is from 0 to 1."""
    doublings = min(failures - 1, DOUBLINGS)
    ceiling: float = min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2**doublings)
    return ceiling * (LEAST_SHARE + (1 - LEAST_SHARE) * chance)
