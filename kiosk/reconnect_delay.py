"""How long to wait before the next attempt to reach the service."""

FIRST_DELAY_SECONDS = 0.5
"""A restart of the service takes about a second, so the first attempts come quickly."""

LONGEST_DELAY_SECONDS = 20.0
"""A visitor notices the service's return after this at the latest."""

DOUBLINGS = 10
"""More than enough to reach the longest delay; keeps the power small on a device that is alone for weeks."""

LEAST_SHARE = 0.5
"""A delay is at least this share of its ceiling; the rest is chance, lest all devices come in step."""


def reconnect_delay(failures: int, chance: float) -> float:
    """Seconds to wait after ``failures`` failed attempts in a row (1 or more); ``chance`` is from 0 to 1."""
    doublings = min(failures - 1, DOUBLINGS)
    ceiling = min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * float(2**doublings))
    return ceiling * (LEAST_SHARE + (1 - LEAST_SHARE) * chance)
