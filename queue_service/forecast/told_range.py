"""A range as people are told it: "20-35 minutes", never "23".

Rounded outwards, so rounding can only make it hold more often: a range is calibrated before it is rounded,
and both figures are reported.
"""

FINE_STEP, COARSE_STEP = 1, 5
"""Minutes. Short waits are told to the minute: "2-4" helps somebody who thinks of the toilet."""
FINE_UP_TO = 10
"""Minutes of the upper bound up to which the fine step is used."""
SECONDS = 60


def told_minutes(low: float, high: float) -> tuple[int, int]:
    """Return both bounds in minutes for bounds in seconds; they always differ."""
    step = FINE_STEP if high <= FINE_UP_TO * SECONDS else COARSE_STEP
    down = int(low // (step * SECONDS)) * step
    up = -int(-high // (step * SECONDS)) * step
    return down, max(up, down + step)
