"""What people are told of a wait: a range, or why there is none; by hall, service and ticket.

Pure. A forecast is some seconds old when it is told. Whether a counter is open at all, the hall itself
knows better by then: ``at_least_as_new`` says which of the two is believed.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from queue_service.forecast.model import Reason, Spread
from queue_service.protocol.stream import HallState, WaitRange

WhyNoWait = Reason | Literal["hall_paused"]
"""Why nobody can say a wait: the forecast's reasons, and that nobody is called in the hall at all."""
FRESH = timedelta(minutes=2)
"""An older forecast is told to nobody."""


class ToldWait(msgspec.Struct, frozen=True):
    """A wait as told: either a range or a reason is None."""

    wait: WaitRange | None = None
    reason: WhyNoWait | None = None
    opens_at: datetime | None = None
    """When the counter is planned to open that the range counts on; None: one is open."""


class NewcomerWait(msgspec.Struct, frozen=True):
    """What somebody who comes now is told, and what it is to be measured by once the wait has ended."""

    wait: WaitRange | None = None
    reason: Reason | None = None
    opens_at: datetime | None = None
    calibrated: Spread | None = None
    simulated: Spread | None = None

    @property
    def told(self) -> ToldWait:
        """What of it the visitor hears."""
        return ToldWait(self.wait, self.reason, self.opens_at)


class HallWaits(msgspec.Struct, frozen=True):
    """What all screens of an office show."""

    anyone: ToldWait
    """For a visitor of whatever service: what most who come are told."""
    services: dict[str, ToldWait]
    """By code, for somebody without an appointment and without special needs."""


class VisitorWaits(msgspec.Struct, frozen=True):
    """What single visitors are told."""

    newcomers: dict[str, list[NewcomerWait]]
    """By class; at the places that ``reach`` names."""
    reach: dict[str, int]
    """By service and needs (code, then needs in the order of the alphabet, between spaces): visitors whom
    the same counters can serve wait alike, so there is one answer for all of them."""
    tickets: dict[UUID, ToldWait]
    hour: int
    """Local hour in which the forecast was made."""


def at_least_as_new(
    told: ToldWait | None, seen: WaitRange | None, hall: HallState, *, any_counter_open: bool
) -> ToldWait:
    """Return what to tell: the forecast, as long as a counter serves the visitor or is planned to.

    ``seen`` is the simple estimate of the hall as it is now; None: no open counter serves the visitor.
    """
    if hall != "open":
        return ToldWait(reason="hall_paused")
    if seen is None and told is not None and told.opens_at is not None:
        return told
    if seen is None:
        return ToldWait(reason="nobody_serves_this" if any_counter_open else "no_counter_open")
    if told is None or told.reason in ("no_counter_open", "nobody_serves_this"):
        return ToldWait(seen)
    return told


def reach_key(service: str, needs: Iterable[str]) -> str:
    """Return the name under which ``VisitorWaits.reach`` keeps a service and needs."""
    return " ".join([service, *sorted(needs)])
