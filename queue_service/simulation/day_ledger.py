"""What really happened on a day, as its people were answered and its screens were told. No rules here.

Instants with a time zone are the service's; bare numbers are readings of the player's monotonic clock,
by which it is known what was surely before what.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from queue_service.protocol.device_api import IssuedTicket
from queue_service.protocol.stream import LAST_CALLS_SHOWN, Call, DisplayChange, DisplaySnapshot
from queue_service.queueing.model import Ticket
from queue_service.simulation.public_api import Exchange
from queue_service.simulation.screens import ENDED, StaffChange, StaffSnapshot


class Issue(msgspec.Struct, frozen=True):
    """A number that was given out."""

    number: str
    created_at: datetime
    appointment_at: datetime | None
    arrival: str | None


class Stint(msgspec.Struct, frozen=True):
    """One stay of a ticket in the queue that ended with a call."""

    ticket: Ticket
    counter: str
    joined: float
    """It was surely in the queue from here on."""
    sent: float
    answered: float
    """The call was made between these two."""
    first: bool

    @property
    def head_start(self) -> timedelta:
        """What its class was given."""
        return self.ticket.waiting_since - self.ticket.rank_at


class MadeCall(msgspec.Struct, frozen=True):
    """A call or a recall as the clerk was answered."""

    number: str
    counter: str
    at: datetime
    nth: int
    sent: float
    answered: float


class SeenCall(msgspec.Struct, frozen=True):
    """A call as the display was told."""

    call: Call
    received: float


class Ledger:
    """The day's record, kept while it is played."""

    def __init__(self) -> None:
        self.issues: dict[UUID, Issue] = {}
        self.states: dict[UUID, str] = {}
        self.stints: list[Stint] = []
        self.calls: list[MadeCall] = []
        self.seen: list[SeenCall] = []
        self.repeated = 0
        self.findings: list[str] = []
        """What was noticed to be wrong while it happened."""
        self._joined: dict[UUID, float] = {}
        self._called_before: set[UUID] = set()
        self._at_counter: dict[UUID, str] = {}
        self._shown_version = 0
        self._visitor_of: dict[str, UUID | None] = {}

    def issued(self, ticket: IssuedTicket, exchange: Exchange) -> None:
        """Note a number; the same ticket again must be the same number."""
        known = self.issues.get(ticket.id)
        if known is not None:
            self.repeated += 1
            if known.number != ticket.number:
                self.findings.append(f"the same request was answered {known.number}, then {ticket.number}")
            return
        self.issues[ticket.id] = Issue(
            ticket.number, ticket.created_at, ticket.appointment_at, ticket.arrival
        )
        self.states.setdefault(ticket.id, "waiting")
        self._joined.setdefault(ticket.id, exchange.answered)

    def called(self, ticket: Ticket, counter: str, exchange: Exchange) -> None:
        """Note that a counter called a ticket out of the queue."""
        holder = self._at_counter.get(ticket.id)
        if holder is not None:
            self.findings.append(f"{ticket.number} was called to {counter} while it was at {holder}")
        self._at_counter[ticket.id] = counter
        # A call may be answered sooner than the kiosk that gave out the number.
        joined = self._joined.pop(ticket.id, exchange.answered)
        first = ticket.id not in self._called_before
        self._called_before.add(ticket.id)
        self.stints.append(Stint(ticket, counter, joined, exchange.sent, exchange.answered, first))
        self.moved(ticket, exchange)
        self._call(ticket, counter, exchange)

    def recalled(self, ticket: Ticket, counter: str, exchange: Exchange) -> None:
        """Note that a counter called its visitor once more."""
        self._call(ticket, counter, exchange)

    def _call(self, ticket: Ticket, counter: str, exchange: Exchange) -> None:
        if ticket.called_at is None or ticket.counter != counter:
            told = f"its ticket says {ticket.counter}"
            self.findings.append(f"{ticket.number} was called by {counter}, but {told}")
            return
        number = counter.rpartition(".")[2]
        self.calls.append(
            MadeCall(ticket.number, number, ticket.called_at, ticket.calls, exchange.sent, exchange.answered)
        )

    def leaves_counter(self, ticket: UUID) -> None:
        """Note, before it is asked for, that a counter lets its visitor go: another may have called since."""
        self._at_counter.pop(ticket, None)

    def comes_to_counter(self, ticket: Ticket, counter: str) -> None:
        """Note that a parked visitor is back."""
        holder = self._at_counter.get(ticket.id)
        if holder is not None:
            self.findings.append(f"{ticket.number} was resumed at {counter} while it was at {holder}")
        self._at_counter[ticket.id] = counter

    def moved(self, ticket: Ticket, exchange: Exchange) -> None:
        """Note a ticket's state as it was answered."""
        self.states[ticket.id] = ticket.state
        if ticket.state == "waiting":
            self._joined[ticket.id] = exchange.answered

    def shown(self, message: DisplaySnapshot | DisplayChange, at: float) -> None:
        """Note what the display was told."""
        if isinstance(message, DisplayChange):
            if message.call is not None:
                self.seen.append(SeenCall(message.call, at))
        elif self._shown_version:
            # Back after a break: what happened meanwhile stands in the snapshot, newest first.
            missed = [call for call in message.calls if call.version > self._shown_version]
            self.seen.extend(SeenCall(call, at) for call in reversed(missed[:LAST_CALLS_SHOWN]))
        self._shown_version = message.version

    def desk_told(self, message: StaffSnapshot | StaffChange, _at: float) -> None:
        """Note what a desk was told: no visitor may stand at two counters."""
        if isinstance(message, StaffSnapshot):
            self._visitor_of = {counter.id: counter.ticket for counter in message.counters}
            return
        counter = message.counter
        if counter is None:
            return
        self._visitor_of[counter.id] = counter.ticket
        if counter.ticket is not None:
            where = [name for name, ticket in self._visitor_of.items() if ticket == counter.ticket]
            if len(where) > 1:
                self.findings.append(f"desks were told of one visitor at {' and '.join(sorted(where))}")

    @property
    def alive(self) -> int:
        """How many of the day's tickets have not come to their end."""
        return sum(state not in ENDED for state in self.states.values())

    def count(self, state: str) -> int:
        """How many tickets ended, or stand, in this state."""
        return sum(held == state for held in self.states.values())

    def waiting(self) -> Mapping[UUID, Issue]:
        """Who waits."""
        return {ticket: issue for ticket, issue in self.issues.items() if self.states[ticket] == "waiting"}
