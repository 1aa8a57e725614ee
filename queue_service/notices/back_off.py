"""When a message that could not be handed over is tried again."""

from datetime import datetime, timedelta

PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=6),
)
"""After the first attempt, the second …: a restart is bridged within minutes, a failed server within
the half day in which somebody repairs it. Nobody else waits for the same minute, so nothing is left
to chance."""
MOST_ATTEMPTS = len(PAUSES) + 1


def next_attempt(now: datetime, attempts: int) -> datetime | None:
    """Give when to try again after so many attempts; None: never, staff are shown it."""
    return now + PAUSES[attempts - 1] if attempts < MOST_ATTEMPTS else None
