"""How many more than there are counters may be booked, because some never come.

Pure rules over counts. The measured rate is an estimate, and a wrong one is paid for by visitors who
came on time and wait: so each step errs to their side.
"""

from math import comb, floor, sqrt

MEASURED_DAYS = 90
"""Long enough for a few hundred visits of a small pool, short enough to follow the season."""
CERTAINTY = 1.645
"""Standard deviations of a one-sided 95 %: one time in twenty the true rate is below the bound."""
MOST_CROWDED = 0.1
"""In at most one of ten groups of visitors may more come than there are counters."""


def no_show_rate(missed: int, came: int) -> float | None:
    """Give the share of those who did not come; None when nobody was expected."""
    return missed / (missed + came) if missed + came else None


def surely_missed(missed: int, came: int) -> float:
    """Give the share of no-shows that can be counted on: Wilson's lower bound (Wilson 1927).

    Unlike the plain share it is near 0 for a handful of visits, and approaches the share with many.
    """
    visits = missed + came
    if not missed:
        return 0.0
    share, spread = missed / visits, CERTAINTY**2 / visits
    middle = share + spread / 2
    reach = CERTAINTY * sqrt((share * (1 - share) + spread / 4) / visits)
    return max(0.0, (middle - reach) / (1 + spread))


def overbooking_places(counters: int, missed: int, came: int, most_percent: int) -> int:
    """Give how many visitors beyond the counters may be booked at the same time.

    The largest number for which more than ``counters`` come in at most ``MOST_CROWDED`` of all cases,
    if each stays away independently with the chance that can be counted on; never above
    ``most_percent`` of the counters, so 0 without that setting. At usual rates a pool of a few counters
    gets nothing by this: there, one visitor too many is felt. Families come or stay away as one visit,
    so that visits may well be taken as independent.
    """
    stays_away = surely_missed(missed, came)
    most = floor(counters * most_percent / 100)
    places = 0
    while places < most and _crowded(counters, places + 1, stays_away) <= MOST_CROWDED:
        places += 1
    return places


def _crowded(counters: int, extra: int, stays_away: float) -> float:
    """Give the chance that of ``counters + extra`` visitors fewer than ``extra`` stay away."""
    booked = counters + extra
    return sum(
        comb(booked, away) * stays_away**away * (1 - stays_away) ** (booked - away) for away in range(extra)
    )
