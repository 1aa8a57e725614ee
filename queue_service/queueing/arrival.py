"""What an appointment is worth when its visitor arrives early, on time or late."""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from queue_service.offices.setup_model import ArrivalWindow, OrderSetup
from queue_service.queueing.order.turn import APPOINTMENT, call_by, head_start

Arrival = Literal["early", "on_time", "late", "too_late"]
WALK_IN = "walk_in"


class Admission(msgspec.Struct, frozen=True):
    """How a ticket joins the queue."""

    visitor_class: str
    waiting_since: datetime
    rank_at: datetime
    call_by: datetime
    arrival: Arrival | None = None


def admit_walk_in(now: datetime, visitor_class: str, rules: OrderSetup) -> Admission:
    """Admit somebody without an appointment: the wait begins now."""
    return Admission(
        visitor_class, now, now - head_start(visitor_class, rules), call_by(visitor_class, now, rules)
    )


def arrival_at(now: datetime, appointment_at: datetime, window: ArrivalWindow) -> Arrival:
    """Return how somebody comes who has an appointment; the edges of the window are on time."""
    if now > appointment_at + timedelta(minutes=max(window.late_minutes, window.far_late_minutes)):
        return "too_late"
    if now > appointment_at + timedelta(minutes=window.late_minutes):
        return "late"
    return "early" if now < appointment_at - timedelta(minutes=window.early_minutes) else "on_time"


def admit_appointment(
    now: datetime, appointment_at: datetime, window: ArrivalWindow, rules: OrderSetup
) -> Admission:
    """Admit somebody with an appointment.

    Early or on time: the wait counts from the appointed time (or the arrival, if later) with the
    head start of appointments. Later than the window allows: the wait counts from the arrival, as
    for a walk-in, with the late credit of that head start; far too late, without. Nobody is turned
    away.
    """
    start = head_start(APPOINTMENT, rules)
    arrival = arrival_at(now, appointment_at, window)
    if arrival in ("late", "too_late"):
        credit = start * rules.late_credit_percent / 100 if arrival == "late" else timedelta(0)
        return Admission(WALK_IN, now, now - credit, call_by(WALK_IN, now, rules), arrival)
    since = max(now, appointment_at)
    return Admission(APPOINTMENT, since, since - start, call_by(APPOINTMENT, since, rules), arrival)
