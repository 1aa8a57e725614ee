"""Where time comes from: the outermost shell asks a clock once and passes the instant on."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]
"""Gives the present instant, aware, in UTC."""


def system_clock() -> datetime:
    """Return the machine's time."""
    return datetime.now(UTC)


def rehearsal_clock(start: datetime, rate: float) -> Clock:
    """Return a clock that shows ``start`` now and then runs ``rate`` times as fast as the real one.

    For playing a day in a minute; a service that real visitors use has no such clock.
    """
    began = time.monotonic()

    def now() -> datetime:
        return start + timedelta(seconds=(time.monotonic() - began) * rate)

    return now
