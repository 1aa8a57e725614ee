"""Tickets and counters as staff and programs see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from queue_service.offices.setup_model import OrderSetup, VisitSetup
from queue_service.protocol.stream import HallState, WaitRange

TicketState = Literal["waiting", "called", "serving", "parked", "finished", "no_show", "cancelled"]


class Performed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A service that was done in a visit, by code."""

    service: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    quantity: Annotated[int, msgspec.Meta(ge=1, le=99)] = 1


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
    pick_up: bool = False
    """Staff fetch the visitor at the reception."""
    slow_walk: bool = False
    """The visitor needs longer for the way."""
    clerk: str | None = None
    """While waiting: the only person that may call it, as ``staff:7``."""
    team: str | None = None
    """While waiting: the only team that may call it."""
    together: bool = False
    """One counter does all services of the visit."""
    further_services: list[str] = []
    """Codes of what is still to come in this visit, in order."""
    return_counter: str | None = None
    """Where it goes back to when what it was sent on for is done."""
    park_reason: str = ""
    remind_at: datetime | None = None
    """When the clerk wants to be reminded of a parked visitor."""
    missed_at: datetime | None = None
    merged_into: UUID | None = None
    """The ticket of the same family that goes on for this one."""
    performed: list[Performed] = []


class Counter(msgspec.Struct, frozen=True):
    """One counter as it is now."""

    id: str
    number: str
    name: dict[str, str]
    features: list[str]
    state: Literal["closed", "open", "paused"]
    serving: list[str]
    """Codes of the services its clerk takes now."""
    ticket: UUID | None
    """The visitor in front of it."""
    opened_at: datetime | None
    position: int
    clerk: str | None = None
    """Who sits there, as ``staff:7``."""
    team: str | None = None
    closing: bool = False
    """It closes by itself when its visitor has gone."""
    pause_reason: str = ""
    idle_since: datetime | None = None


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
    unservable: list[str] = []
    """Numbers of those waiting whom no open counter can call."""


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
    wait_reason: str | None = None
    """Why a waiting ticket has no wait: ``no_counter_open``, ``nobody_serves_this``, ``closes_before``,
    ``hall_paused``."""
    language: str = "de"
    """As the visitor chose at the kiosk."""
    pick_up: bool = False
    """Staff come to the reception for this visitor."""
    hall: HallState = "open"
    served_with: str | None = None
    """Number of the ticket that this one was merged into."""


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
    call_by: datetime
    further_services: list[int]
    return_counter_id: int | None
    return_service_id: int | None
    visits: VisitSetup
    ticket: Ticket
    desk_office_id: int | None
    desk_id: int | None
    desk_ticket_id: UUID | None
    desk_services: list[int]
    """Inner ids of what can be served where the acting clerk sits."""

    def at_once(self, service_id: int | None = None) -> list[int]:
        """Return the inner ids of all that one counter must serve, with this service as the first."""
        first = self.service_id if service_id is None else service_id
        return [first, *(self.further_services if self.ticket.together else [])]


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
    visits: VisitSetup

    def can_serve(self, services: Sequence[int], needs: Sequence[str]) -> bool:
        """Tell whether somebody who wants all this at once could ever be called to it."""
        return not self.retired and set(services) <= set(self.services) and set(needs) <= set(self.features)


class LastStep(msgspec.Struct, frozen=True):
    """What may still be taken back of a ticket."""

    verb: str
    actor: str
    at: datetime
    from_state: str
    to_state: str
    appointment: bool
    contingent: bool


class Happened(msgspec.Struct, frozen=True):
    """One thing that happened to a visit; ``actor`` names a role's key and no person."""

    at: datetime
    verb: str
    state: TicketState
    counter: str | None
    actor: str
    detail: dict[str, Any]
    """Of a call: what decided it; of other steps: reason, note, target."""


class TimelineEntry(Happened, frozen=True):
    """One thing that happened to a visit, and how it is told."""

    text: dict[str, str]
    """One sentence in each language of the staff, German and English."""
