"""What time it is at the service, by which everybody in the house goes.

A device's own clock may be wrong by minutes (no battery, no time server), or jump while it runs. It
is only believed until the service was first heard; from then on the time is what the service said,
and what has passed since by a count that nobody sets.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta


def since_boot() -> float:
    """Count seconds, also those that the device sleeps; unlike the date they never jump."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class ServiceClock:
    """The service's time, measured at each report and never behind a change that has arrived."""

    def __init__(self, own: Callable[[], datetime], elapsed: Callable[[], float] = since_boot) -> None:
        """``own`` is the device's clock; ``elapsed`` counts seconds, from wherever."""
        self._own = own
        self._elapsed = elapsed
        self._told: tuple[datetime, float] | None = None

    def now(self) -> datetime:
        """Give the service's time, or the device's own while the service was not heard."""
        if self._told is None:
            return self._own()
        told_at, then = self._told
        return told_at + timedelta(seconds=self._elapsed() - then)

    @property
    def own_clock_behind_seconds(self) -> float | None:
        """By how much the device's own clock is behind; negative: ahead; None: not measured yet."""
        return (self.now() - self._own()).total_seconds() if self._told else None

    def asked(self) -> Callable[[datetime], None]:
        """Begin to measure; what is returned takes the service's time out of the answer.

        The service read its clock somewhere between question and answer: in the middle, the error is
        half the way there and back at most.
        """
        begun = self._elapsed()
        return lambda at: self._take(at, (begun + self._elapsed()) / 2)

    def hear(self, at: datetime) -> None:
        """Something that happened at ``at`` has arrived: it is that late at least."""
        if self._told is None or at > self.now():
            self._take(at, self._elapsed())

    def _take(self, at: datetime, then: float) -> None:
        self._told = (at, then)
