"""Simulated time: the office's day, so many times faster than real time."""

import asyncio
import time
from datetime import UTC, datetime, timedelta


class DayClock:
    """Shows ``shows`` at the reading ``at`` of the monotonic clock and runs ``factor`` times as fast.

    ``service_follows``: the service's own clock shows the same (a rehearsal); otherwise it shows real
    time, and spans that it reports are stretched by ``factor`` to be spans of the simulated day.
    """

    def __init__(self, shows: datetime, at: float, factor: float, *, service_follows: bool) -> None:
        self.factor = factor
        self.service_follows = service_follows
        self._shows = shows
        self._at = at
        self.lags: list[float] = []
        """Real seconds by which the player came late to each thing that it had planned."""

    def now(self) -> datetime:
        """Return the simulated instant."""
        return self._shows + timedelta(seconds=(time.monotonic() - self._at) * self.factor)

    def service_now(self) -> datetime:
        """Return what the service's clock shows."""
        return self.now() if self.service_follows else datetime.now(UTC)

    async def until(self, instant: datetime) -> None:
        """Sleep until the simulated instant; at once when it is over."""
        due = self.reading(instant)
        # This is the simulated day's clock: waiting is what it is for.
        await asyncio.sleep(due - time.monotonic())
        self.lags.append(time.monotonic() - due)

    async def pause(self, span: timedelta) -> None:
        """Sleep for a simulated span."""
        await self.until(self.now() + span)

    def reading(self, instant: datetime) -> float:
        """Return what the monotonic clock shows at a simulated instant."""
        return self._at + (instant - self._shows).total_seconds() / self.factor

    def simulated(self, span: timedelta) -> timedelta:
        """Return how long a span by the service's clock is in the simulated day."""
        return span if self.service_follows else span * self.factor
