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
ALARM_PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 10, 20, 40))
"""After the first attempt, the second …; the last again and again, as long as the alarm is of use."""
MOST_ATTEMPTS = len(PAUSES) + 1


def next_attempt(now: datetime, attempts: int) -> datetime | None:
    """Give when to try again after so many attempts; None: never, staff are shown it."""
    return now + PAUSES[attempts - 1] if attempts < MOST_ATTEMPTS else None


def next_alarm_attempt(now: datetime, attempts: int) -> datetime:
    """Give when an alarm is tried again after so many attempts: whoever is to come waits for it."""
    return now + ALARM_PAUSES[min(attempts, len(ALARM_PAUSES)) - 1]
