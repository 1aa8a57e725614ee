"""What must hold of a hall, without a database: who is where, who may do what, and whose turn it is."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from queue_service.offices.setup_model import ArrivalWindow, OrderSetup, VisitSetup
from queue_service.queueing.actor import Actor
from queue_service.queueing.arrival import arrival_at
from queue_service.queueing.lifecycle import AT_COUNTER, TICKET, UNDOABLE
from queue_service.queueing.model import Ticket
from queue_service.queueing.order import ratio, reserve
from queue_service.queueing.order.turn import APPOINTMENT, Moment, Waiting, call_by, head_start
from queue_service.queueing.order_policy import in_calling_order

HERE = ("waiting", "called", "serving", "parked")
VISITS = VisitSetup()


class Seat(msgspec.Struct):
    """A counter; services by code."""

    id: str
    number: str
    services: frozenset[str]
    features: frozenset[str]
    state: str = "closed"
    clerk: str | None = None
    serving: frozenset[str] = frozenset()
    ticket: UUID | None = None
    closing: bool = False
    put_back: UUID | None = None
    """Whom it has put back and had nobody since."""

    def free(self) -> None:
        """Its visitor has gone; so does its clerk, who has said so before."""
        self.ticket = None
        if self.closing:
            self.leave()

    def leave(self) -> None:
        """Its clerk has gone."""
        self.state, self.clerk, self.serving, self.closing = "closed", None, frozenset(), False


class Done(msgspec.Struct, frozen=True):
    """A ticket's last step."""

    verb: str
    actor: str
    at: datetime
    before: Ticket


class ModelHall:
    """Mutable: the verbs below are told what happened, after they were asked what may."""

    def __init__(self, seats: Iterable[Seat], rules: OrderSetup, window: ArrivalWindow) -> None:
        self.seats = {seat.id: seat for seat in seats}
        """In the order of their positions."""
        self.rules = rules
        self.window = window
        self.cycle = 0
        self.tickets: dict[UUID, Ticket] = {}
        self.done: dict[UUID, Done] = {}
        self.return_services: dict[UUID, str] = {}

    def desk_of(self, actor: Actor) -> Seat | None:
        """Give where somebody sits."""
        return next((seat for seat in self.seats.values() if seat.clerk == actor.key), None)

    def here(self) -> dict[UUID, Ticket]:
        """Give everybody whom screens show."""
        return {key: ticket for key, ticket in self.tickets.items() if ticket.state in HERE}

    def order(self, seat: Seat | None, now: datetime) -> list[Ticket]:
        """Give everybody who waits as this counter calls them; those it can't serve keep their place."""
        waiting = {ticket.number: ticket for ticket in self.tickets.values() if ticket.state == "waiting"}
        room = [
            Waiting(t.number, t.visitor_class, t.waiting_since, t.rank_at, t.call_by)
            for t in waiting.values()
        ]
        kept = seat is not None and self._kept(seat, len(room))
        back = self.tickets.get(seat.put_back) if seat and seat.put_back else None
        moment = Moment(now, self.cycle, kept=kept, put_back=back.number if back else None)
        return [waiting[entry.number] for entry in in_calling_order(room, self.rules, moment)]

    def _kept(self, seat: Seat, waiting: int) -> bool:
        open_seats = [other.id for other in self.seats.values() if other.state == "open"]
        kept = reserve.kept_counters(len(open_seats), waiting, self.rules)
        return self.rules.policy == "reserve" and seat.id in open_seats[:kept]

    def may_call(self, seat: Seat, ticket: Ticket) -> bool:
        """Tell whether "next" may bring this visitor here."""
        together = not ticket.together or seat.serving >= set(ticket.further_services)
        fits = seat.features >= set(ticket.needs) and not self.bonds(seat, ticket)
        return ticket.service in seat.serving and fits and together

    def why_no_choice(self, seat: Seat, ticket: Ticket, reason: str) -> str | None:
        """Give the code with which its clerk may not call this visitor out of turn."""
        if ticket.state != "waiting":
            return "illegal_transition"
        wanted = {ticket.service, *(ticket.further_services if ticket.together else ())}
        if not seat.services >= wanted or not seat.features >= set(ticket.needs):
            return "cannot_serve"
        return "reason_required" if self.bonds(seat, ticket) and not reason else None

    def bonds(self, seat: Seat, ticket: Ticket) -> list[str]:
        """Give what keeps a visitor for others than this counter."""
        here = {other.clerk for other in self.seats.values()}
        elsewhere = ticket.counter not in (None, seat.id)
        # Nobody waits for a colleague who has gone home.
        colleagues = ticket.clerk not in (None, seat.clerk) and ticket.clerk in here
        return ["counter"] * elsewhere + ["clerk"] * colleagues

    def next_for(self, seat: Seat, now: datetime) -> Ticket | None:
        """Give whose turn it is at this counter."""
        return next((ticket for ticket in self.order(seat, now) if self.may_call(seat, ticket)), None)

    def why_no_call(self, seat: Seat, actor: Actor) -> str | None:
        """Give the code with which a call is refused, whoever waits."""
        if seat.clerk != actor.key:
            return "counter_not_open"
        if seat.ticket is not None:
            return "still_serving"
        return None if seat.state == "open" else "counter_not_open"

    def why_not(self, verb: str, ticket_id: UUID, actor: Actor) -> str | None:
        """Give the code with which a step is refused; None: it must be possible."""
        ticket, desk = self.tickets[ticket_id], self.desk_of(actor)
        if verb == "resume" and desk is None:
            return "counter_not_open"
        if (verb, ticket.state) == ("recall", "called") and ticket.calls > VISITS.most_recalls:
            return "too_soon"
        if TICKET.target(ticket.state, verb) is None:
            return "illegal_transition"
        own = desk is not None and desk.id == ticket.counter
        if ticket.state in AT_COUNTER and not actor.any_counter and not own:
            return "not_your_ticket"
        return self._why_no_resume(desk) if verb == "resume" and desk is not None else None

    def _why_no_resume(self, desk: Seat) -> str | None:
        if desk.ticket is not None:
            return "still_serving"
        # To be counter_not_open: whoever tries again is told the same for ever.
        return None if desk.state == "open" else "in_progress"

    def may_undo(self, ticket_id: UUID, actor: Actor, now: datetime) -> bool:
        """Tell whether this actor may take the ticket's last step back."""
        done, desk = self.done.get(ticket_id), self.desk_of(actor)
        if done is None or done.actor != actor.key or done.verb not in UNDOABLE:
            return False
        if done.verb == "cancel" and done.before.appointment is not None:
            return False
        if now - done.at > timedelta(seconds=VISITS.undo_seconds):
            return False
        if done.before.state not in AT_COUNTER:
            return True
        own = desk is not None and desk.id == done.before.counter
        return own and desk is not None and desk.ticket in (None, ticket_id)

    def onward(self, ticket_id: UUID, actor: Actor) -> tuple[str, str, list[str], str | None]:
        """Give state, service, further services and counter of a visit after its finish."""
        ticket, desk = self.tickets[ticket_id], self.desk_of(actor)
        served = desk.services if desk else frozenset()
        left = [] if ticket.together else [code for code in ticket.further_services if code not in served]
        if left:
            return "waiting", left[0], left[1:], None
        if ticket.return_counter is not None:
            return "waiting", self.return_services[ticket_id], [], ticket.return_counter
        return "finished", ticket.service, ticket.further_services, ticket.counter

    def joined(self, ticket: Ticket) -> None:
        """Somebody new is here."""
        self.tickets[ticket.id] = ticket

    def called(self, ticket: Ticket, seat: Seat, *, by_turn: bool) -> None:
        """A counter has a visitor; what was done before can't be taken back any more."""
        if by_turn and self.rules.policy == "ratio":
            on_time = ticket.visitor_class == APPOINTMENT
            self.cycle = ratio.next_place(self.cycle, self.rules, called_on_time=on_time)
        self.tickets[ticket.id] = ticket
        self.done.pop(ticket.id, None)
        seat.ticket, seat.put_back = ticket.id, None

    def moved(self, verb: str, ticket: Ticket, actor: Actor, now: datetime) -> None:
        """A step was taken."""
        self.done[ticket.id] = Done(verb, actor.key, now, self.tickets[ticket.id])
        holding = self._holding(ticket)
        self._stands(ticket, self.desk_of(actor))
        if verb == "requeue" and holding is not None:
            holding.put_back = ticket.id
        if verb == "resume" and (seat := self._holding(ticket)):
            seat.put_back = None

    def undone(self, ticket: Ticket, actor: Actor) -> None:
        """The last step was taken back."""
        del self.done[ticket.id]
        self._stands(ticket, self.desk_of(actor))
        seat = self._holding(ticket)
        if seat is not None and seat.put_back == ticket.id:
            seat.put_back = None

    def described(self, ticket: Ticket) -> None:
        """Something was noted, after which the step before is not to be taken back."""
        self.done.pop(ticket.id, None)
        self.tickets[ticket.id] = ticket

    def _holding(self, ticket: Ticket) -> Seat | None:
        return next((seat for seat in self.seats.values() if seat.ticket == ticket.id), None)

    def _stands(self, ticket: Ticket, desk: Seat | None) -> None:
        holding = self._holding(ticket)
        if ticket.state not in AT_COUNTER:
            if holding is not None:
                holding.free()
        elif holding is None:
            assert desk is not None
            desk.ticket = ticket.id
        self.tickets[ticket.id] = ticket

    def reorder(self, rules: OrderSetup) -> None:
        """Call by other rules from now on; who was sent on keeps what was earned."""
        self.rules = rules
        for key, ticket in self.tickets.items():
            if ticket.state != "waiting" or ticket.visitor_class == "transferred":
                continue
            start = head_start(ticket.visitor_class, rules)
            if self._late(ticket):
                start = head_start(APPOINTMENT, rules) * rules.late_credit_percent / 100
            self.tickets[key] = msgspec.structs.replace(
                ticket,
                rank_at=ticket.waiting_since - start,
                call_by=call_by(ticket.visitor_class, ticket.waiting_since, rules),
            )

    def _late(self, ticket: Ticket) -> bool:
        """Tell whether somebody waits as a walk-in with part of an appointment's head start."""
        if ticket.visitor_class != "walk_in" or ticket.appointment is None:
            return False
        return arrival_at(ticket.arrived_at, ticket.appointment, self.window) == "late"

    def merged(self, into: Ticket, children: Sequence[Ticket], actor: Actor, now: datetime) -> None:
        """Some numbers ended, and one goes on for them."""
        for child in children:
            self.moved("merge", child, actor, now)
        self.described(into)
