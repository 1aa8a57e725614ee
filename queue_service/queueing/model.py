"""Tickets and counters as staff and programs see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from queue_service.offices.setup_model import OrderSetup
from queue_service.protocol.stream import WaitRange

TicketState = Literal["waiting", "called", "serving", "parked", "finished", "no_show", "cancelled"]


class Ticket(msgspec.Struct, frozen=True, rename={"visitor_class": "class"}):
    """One visit. ``office`` is the slug, ``service`` the code, ``counter`` the counter's id."""

    id: UUID
    number: str
    office: str
    service: str
    state: TicketState
    visitor_class: str
    needs: list[str]
    language: str
    channel: str
    counter: str | None
    """While waiting: the only counter that may call it. Otherwise: where it was called."""
    note: str
    calls: int
    """How often its number was called since it last joined the queue."""
    appointment: datetime | None
    """The appointed time, if it came with one."""
    created_at: datetime
    arrived_at: datetime
    waiting_since: datetime
    rank_at: datetime
    """``waiting_since`` less the head start of its class."""
    call_by: datetime
    """From then on it goes before everybody whose time has not come, but where the order is strict."""
    called_at: datetime | None
    started_at: datetime | None
    parked_at: datetime | None
    finished_at: datetime | None


class Counter(msgspec.Struct, frozen=True):
    """One counter as it is now."""

    id: str
    number: str
    name: dict[str, str]
    features: list[str]
    state: Literal["closed", "open"]
    serving: list[str]
    """Codes of the services its clerk takes now."""
    ticket: UUID | None
    """The visitor in front of it."""
    opened_at: datetime | None
    position: int


class CounterWithServices(msgspec.Struct, frozen=True):
    """A counter with everything that could be served there by its set-up."""

    counter: Counter
    services: list[str]


class Queue(msgspec.Struct, frozen=True):
    """Who waits, in calling order, at one version of the office."""

    version: int
    items: list[Ticket]
    others: list[Ticket] = []
    """Called, being served, parked, or missed today."""


class FollowedTicket(msgspec.Struct, frozen=True):
    """What a visitor's own link shows."""

    number: str
    office: str
    state: TicketState
    people_ahead: int | None
    wait: WaitRange | None
    counter: str | None
    counter_name: dict[str, str] | None
    called_at: datetime | None


class FoundTicket(msgspec.Struct, frozen=True):
    """A ticket before a verb, and the counter where the acting clerk sits."""

    office_id: int
    office: str
    authority_id: int
    state: TicketState
    counter_id: int | None
    appointment_id: UUID | None
    visitor_class: str
    service_id: int
    waiting_since: datetime
    rank_at: datetime
    ticket: Ticket
    desk_office_id: int | None
    desk_id: int | None
    desk_ticket_id: UUID | None


class FoundCounter(msgspec.Struct, frozen=True):
    """A counter before a verb."""

    office_id: int
    office: str
    authority_id: int
    id: int
    number: str
    state: str
    clerk_id: int | None
    ticket_id: UUID | None
    retired: bool
    services: list[int]
    """Inner ids of what can be served there by its set-up."""
    features: list[str]
    order: OrderSetup
    """By which its office calls."""

    def can_serve(self, service_id: int, needs: Sequence[str]) -> bool:
        """Tell whether such a visitor could ever be called to it."""
        return not self.retired and service_id in self.services and set(needs) <= set(self.features)
