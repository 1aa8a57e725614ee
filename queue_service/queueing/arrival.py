"""What an appointment is worth when its visitor arrives early, on time or late."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from queue_service.queueing.order_policy import LATE_CREDIT, head_start

Arrival = Literal["early", "on_time", "late"]


class Admission(msgspec.Struct, frozen=True):
    """How a ticket joins the queue."""

    visitor_class: str
    waiting_since: datetime
    rank_at: datetime
    arrival: Arrival | None = None


def admit_walk_in(now: datetime, visitor_class: str, head_starts: Mapping[str, int]) -> Admission:
    """Admit somebody without an appointment: the wait begins now."""
    return Admission(visitor_class, now, now - head_start(visitor_class, head_starts))


def admit_appointment(
    now: datetime, appointment_at: datetime, early: timedelta, late: timedelta, head_starts: Mapping[str, int]
) -> Admission:
    """Admit somebody with an appointment.

    Early or on time: the wait counts from the appointed time (or the arrival, if later) with the
    head start of appointments. Later than ``late`` after it: the wait counts from the arrival, as
    for a walk-in, with ``LATE_CREDIT`` of that head start. Nobody is turned away.
    """
    start = head_start("appointment", head_starts)
    if now > appointment_at + late:
        return Admission("walk_in", now, now - start * LATE_CREDIT, "late")
    since = max(now, appointment_at)
    arrival: Arrival = "early" if now < appointment_at - early else "on_time"
    return Admission("appointment", since, since - start, arrival)
