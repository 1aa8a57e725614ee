"""What an order looks at and what it answers; the same for every policy.

A policy gives each waiting ticket a ``Turn``; the smallest is called first. A counter calls the
first that it can serve, so there is one order for the office and not one for each counter (but
for ``reserve``, whose kept counters have their own).

Deadlines stand above all policies but ``strict-order``: who has waited as long as was promised
(an appointment) or as anybody may have to (the cap) goes before everybody whose time has not come.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, Protocol

import msgspec

from queue_service.offices.setup_model import OrderPolicyName, OrderSetup

APPOINTMENT = "appointment"
"""The class of visitors who are on time for an appointment; all others count as walk-ins."""
DUE = 0
"""The tier of those whose time has come."""


Rule = Literal[
    "wait_cap",
    "promise",
    "head_start",
    "longest_wait",
    "appointment_first",
    "ratio",
    "reserved_counter",
    "chosen",
]
"""What decided a call, as the desk puts it into words."""

Bond = Literal["counter", "clerk", "team"]
"""What people may have arranged for somebody who waits: who alone calls them."""


class Waiting(msgspec.Struct, frozen=True):
    """What the order looks at."""

    number: str
    visitor_class: str
    waiting_since: datetime
    rank_at: datetime
    """``waiting_since`` less the head start."""
    call_by: datetime
    """From then on its time has come."""

    @property
    def on_time(self) -> bool:
        """Whether it holds an appointment's place."""
        return self.visitor_class == APPOINTMENT


class Moment(msgspec.Struct, frozen=True):
    """What the order depends on beside tickets and rules."""

    now: datetime
    cycle_place: int = 0
    """Of ``ratio``: the next place in the cycle of appointments and walk-ins."""
    kept: bool = False
    """Of ``reserve``: whether the calling counter is kept for the reserved class now."""
    put_back: str | None = None
    """The number that the calling counter has put back, and has had nobody since: it comes last there."""


class Turn(msgspec.Struct, frozen=True, order=True):
    """A ticket's place in the order; compared field by field."""

    tier: int
    at: datetime
    number: str


class CallFacts(msgspec.Struct, frozen=True, rename={"visitor_class": "class"}):
    """What a call wrote down of how it was decided; its explanation is made of nothing else."""

    policy: OrderPolicyName
    visitor_class: str
    waiting_since: datetime
    rank_at: datetime
    call_by: datetime
    tier: int = 0
    chosen: bool = False
    reason: str | None = None
    overridden: list[Bond] = []


class OrderPolicy(Protocol):
    """What a policy's module offers."""

    def turns(self, waiting: Sequence[Waiting], rules: OrderSetup, moment: Moment) -> dict[str, Turn]:
        """Give everybody's turn by number."""
        ...

    def rule(self, facts: CallFacts) -> Rule:
        """Say what brought somebody to the front whose time had not come."""
        ...


def head_start(visitor_class: str, rules: OrderSetup) -> timedelta:
    """Return what the class is given."""
    starts: Mapping[str, int] = {str(name): minutes for name, minutes in rules.head_starts.items()}
    return timedelta(minutes=starts.get(visitor_class, 0))


def call_by(visitor_class: str, waiting_since: datetime, rules: OrderSetup) -> datetime:
    """Return the instant from which such a ticket goes before those whose time has not come."""
    minutes = rules.promise_minutes if visitor_class == APPOINTMENT else rules.cap_minutes
    return waiting_since + timedelta(minutes=minutes)


def due(ticket: Waiting, moment: Moment) -> Turn | None:
    """Return the turn of somebody whose time has come: by deadline, earliest first."""
    return Turn(DUE, ticket.call_by, ticket.number) if ticket.call_by <= moment.now else None
