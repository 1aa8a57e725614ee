"""Who is called next: the one who has waited longest, counted with the head start of a class.

Two rules, in this order:

1. Who has waited at least the office's cap goes before everybody who has not; among them the
   longest wait decides, whatever the class. So no stream of head starts holds anybody for ever.
2. Otherwise the wait since ``max(arrival, appointment time)`` plus the head start of the class
   decides. Because everybody's wait grows alike, this is the order of one stored instant,
   ``rank_at = waiting_since - head start``, and needs no recalculation as time passes.

Equal: the earlier number. ``sql/queries/queueing.sql`` sorts by the same key; a test holds both
against each other.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

import msgspec

Rule = Literal["wait_cap", "head_start", "longest_wait"]

DEFAULT_HEAD_STARTS: Mapping[str, int] = {
    "appointment": 30,
    "disabled": 20,
    "pregnant": 20,
    "small_children": 15,
    "transferred": 30,
}
"""Minutes, for offices that name none. An appointment keeps its promise against half an hour of
walk-ins; the other figures are ours, to be argued with the office."""

LATE_CREDIT = 0.5
"""Share of the head start of an appointment that a late visitor keeps."""


class Waiting(msgspec.Struct, frozen=True):
    """What the order looks at."""

    number: str
    visitor_class: str
    waiting_since: datetime
    rank_at: datetime


class Why(msgspec.Struct, frozen=True):
    """Why a ticket was called when it was."""

    rule: Rule
    waited_minutes: int
    head_start_minutes: int
    visitor_class: str = msgspec.field(name="class")


def head_start(visitor_class: str, head_starts: Mapping[str, int]) -> timedelta:
    """Return what the class is given; an office's own figures replace the defaults as a whole."""
    return timedelta(minutes=(head_starts or DEFAULT_HEAD_STARTS).get(visitor_class, 0))


def sort_key(ticket: Waiting, now: datetime, cap: timedelta) -> tuple[bool, datetime, str]:
    """Return the key by which tickets are called, smallest first."""
    capped = now - ticket.waiting_since >= cap
    return (not capped, ticket.waiting_since if capped else ticket.rank_at, ticket.number)


def explain(ticket: Waiting, now: datetime, cap: timedelta) -> Why:
    """Say which rule put this ticket where it is."""
    waited = now - ticket.waiting_since
    start = ticket.waiting_since - ticket.rank_at
    rule: Rule = "wait_cap" if waited >= cap else "head_start" if start > timedelta(0) else "longest_wait"
    return Why(
        rule=rule,
        # Somebody called before the appointed time has not waited a negative time.
        waited_minutes=max(0, int(waited.total_seconds() // 60)),
        head_start_minutes=int(start.total_seconds() // 60),
        visitor_class=ticket.visitor_class,
    )
