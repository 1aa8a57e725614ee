"""What time it is at the service, told by the changes that arrive from it.

The age of a call decides whether it is still said after an outage. A display's own clock may be
wrong by minutes (no battery, no time server), so it is only believed until the first change came.
"""

from datetime import datetime, timedelta


class ServiceClock:
    """The difference between the service's clock and ours, from the newest change."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def hear(self, at: datetime, now: datetime) -> None:
        """A change made at ``at`` arrived at ``now``; its way took milliseconds."""
        self._ahead = at - now

    def at(self, now: datetime) -> datetime:
        """Give the service's time when ours is ``now``."""
        return now + self._ahead
