"""The checks of a played day see each fault: every test breaks one thing of a day that was right."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from queue_service.protocol.device_api import IssuedTicket
from queue_service.protocol.stream import Call, DisplayChange, DisplaySnapshot, OfficeCard
from queue_service.queueing.model import Counter, Ticket
from queue_service.simulation.day_invariants import broken_invariants
from queue_service.simulation.day_ledger import Ledger
from queue_service.simulation.public_api import Exchange
from queue_service.simulation.screens import StaffChange

OPENS = datetime(2026, 11, 24, 7, tzinfo=UTC)


class PlayedByHand:
    """A ledger to which visits are told one by one, a second apart on both clocks."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.version = 0
        self.seconds = 0.0

    def exchange(self) -> Exchange:
        self.seconds += 1
        return Exchange(200, b"", self.seconds - 0.5, self.seconds)

    def now(self) -> datetime:
        return OPENS + timedelta(seconds=self.seconds)

    def issue(self, number: int, *, known_as: str | None = None, needs: list[str] | None = None) -> Ticket:
        exchange = self.exchange()
        ticket = Ticket(
            id=UUID(int=number), number=known_as or f"A{number:03}", office="amt", service="reisepass",
            state="waiting", visitor_class="walk_in", needs=needs or [], language="de", channel="kiosk",
            counter=None, note="", calls=0, appointment=None, created_at=self.now(), arrived_at=self.now(),
            waiting_since=self.now(), rank_at=self.now(), call_by=self.now(), called_at=None,
            started_at=None, parked_at=None,
            finished_at=None,
        )  # fmt: skip
        answer = IssuedTicket(ticket.id, ticket.number, "token", 0, None, ticket.created_at, "")
        self.ledger.issued(answer, exchange)
        return ticket

    def call(self, ticket: Ticket, counter: str = "amt.1", *, shown: int = 1) -> None:
        exchange = self.exchange()
        called = self.moved(ticket, "called", counter)
        self.ledger.called(called, counter, exchange)
        for _ in range(shown):
            self.show(called, counter)

    def show(self, ticket: Ticket, counter: str, version: int | None = None) -> None:
        self.version = version or self.version + 1
        number = counter.rpartition(".")[2]
        at = ticket.called_at or self.now()
        call = Call(self.version, ticket.number, number, {"de": f"Schalter {number}"}, at, ticket.calls)
        self.ledger.shown(DisplayChange("ticket.called", self.version, at, 0, 1, None, call), self.seconds)

    def end(self, ticket: Ticket, state: str = "finished") -> None:
        self.ledger.leaves_counter(ticket.id)
        self.ledger.moved(self.moved(ticket, state, "amt.1"), self.exchange())

    def moved(self, ticket: Ticket, state: str, counter: str | None) -> Ticket:
        fields = {name: getattr(ticket, name) for name in ticket.__struct_fields__}
        called_at = self.now() if state == "called" else ticket.called_at
        return Ticket(**(fields | {"state": state, "counter": counter, "called_at": called_at, "calls": 1}))

    def broken(self, *, alone: bool = True) -> list[str]:
        return broken_invariants(self.ledger, alone=alone)


@pytest.fixture(name="day")
def day_of_two_visitors() -> PlayedByHand:
    day = PlayedByHand()
    for ticket in [day.issue(1), day.issue(2)]:
        day.call(ticket)
        day.end(ticket)
    assert day.broken() == []
    return day


def test_a_number_given_out_twice_is_found(day: PlayedByHand) -> None:
    ticket = day.issue(3, known_as="A001")
    day.call(ticket)
    day.end(ticket)
    assert day.broken() == ["number A001 was given out 2 times"]


def test_a_repeated_request_with_another_number_is_found(day: PlayedByHand) -> None:
    day.issue(1, known_as="A099")
    assert day.broken() == ["the same request was answered A001, then A099"]


def test_a_repeated_request_with_the_same_number_is_right(day: PlayedByHand) -> None:
    day.issue(1)
    assert day.broken() == []
    assert day.ledger.repeated == 1


def test_two_counters_with_one_visitor_are_found(day: PlayedByHand) -> None:
    ticket = day.issue(3)
    day.call(ticket, "amt.1")
    day.call(ticket, "amt.2")
    day.end(ticket)
    assert day.broken() == ["A003 was called to amt.2 while it was at amt.1"]


def test_a_second_call_after_a_requeue_is_right(day: PlayedByHand) -> None:
    ticket = day.issue(3)
    day.call(ticket, "amt.1")
    day.end(ticket, "waiting")
    day.call(ticket, "amt.2")
    day.end(ticket)
    assert day.broken() == []


def test_a_call_that_the_display_did_not_see_is_found(day: PlayedByHand) -> None:
    ticket = day.issue(3)
    day.call(ticket, shown=0)
    day.end(ticket)
    assert day.broken() == ["the display did not see the call of A003 to counter 1"]


def test_a_call_that_the_display_saw_twice_is_found(day: PlayedByHand) -> None:
    ticket = day.issue(3)
    day.call(ticket)
    day.show(day.moved(ticket, "called", "amt.1"), "amt.1", version=day.version)
    day.end(ticket)
    assert "the display saw the call of A003 (version 3) twice" in day.broken()


def test_calls_in_another_order_than_their_versions_are_found(day: PlayedByHand) -> None:
    ticket = day.issue(3)
    day.version = 9
    day.call(ticket)
    day.end(ticket)
    last = day.issue(4)
    day.version = 5
    day.call(last)
    day.end(last)
    assert day.broken() == ["the display saw 1 calls in another order than that of their versions"]


def test_a_call_that_nobody_made_is_a_fault_only_where_nobody_else_works(day: PlayedByHand) -> None:
    day.show(day.issue(3), "amt.7")
    day.end(day.issue(3))
    assert day.broken() == ["the display saw a call of A003 to counter 7 that nobody made"]
    assert day.broken(alone=False) == []


def test_calls_that_a_snapshot_brings_after_a_break_are_seen(day: PlayedByHand) -> None:
    ticket = day.issue(3)
    day.call(ticket, shown=0)
    called = day.ledger.calls[-1]
    call = Call(day.version + 1, called.number, called.counter, {}, called.at, called.nth)
    card = OfficeCard("amt", {"de": "Amt"}, "Europe/Berlin")
    day.ledger.shown(DisplaySnapshot(day.version + 1, card, [call], 0, 1, None), day.seconds)
    day.end(ticket)
    assert day.broken() == []


def test_a_visitor_who_is_never_served_is_found(day: PlayedByHand) -> None:
    day.issue(3)
    assert day.broken() == ["A003 is waiting at the end of the day"]


def test_being_called_before_somebody_who_was_first_is_found(day: PlayedByHand) -> None:
    first, second = day.issue(3), day.issue(4)
    for ticket in (second, first):
        day.call(ticket)
        day.end(ticket)
    assert day.broken() == ["A004 was called before A003, which was to be called first"]


def test_being_called_before_somebody_with_needs_is_right(day: PlayedByHand) -> None:
    first, second = day.issue(3, needs=["interpreter"]), day.issue(4)
    for ticket in (second, first):
        day.call(ticket)
        day.end(ticket)
    assert day.broken() == []


def test_two_counters_that_call_at_the_same_time_overtake_nobody(day: PlayedByHand) -> None:
    first, second = day.issue(3), day.issue(4)
    day.seconds += 1
    at_once = Exchange(200, b"", day.seconds, day.seconds + 1)
    for ticket, counter in ((second, "amt.2"), (first, "amt.1")):
        called = day.moved(ticket, "called", counter)
        day.ledger.called(called, counter, at_once)
        day.show(called, counter)
        day.end(ticket)
    assert day.broken() == []


def test_one_visitor_at_two_counters_on_the_desks_is_found(day: PlayedByHand) -> None:
    for number in ("1", "2"):
        counter = Counter(
            f"amt.{number}", number, {}, [], "open", ["reisepass"], UUID(int=1), OPENS, int(number)
        )
        day.ledger.desk_told(StaffChange("ticket.called", int(number), None, counter), 0.0)
    assert day.broken() == ["desks were told of one visitor at amt.1 and amt.2"]
