"""Whatever clerks do in whatever order: the hall is what its rules say, and every screen sees it so."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from queue_service.offices import service as offices
from queue_service.offices.setup_model import OrderSetup
from queue_service.platform.queries import Connection
from queue_service.queueing import service
from queue_service.queueing.actor import Actor
from queue_service.queueing.lifecycle import AT_COUNTER, TICKET
from queue_service.queueing.model import Ticket
from queue_service.queueing.service import Profile, Target
from tests.integration.hall_model import HERE, Seat
from tests.integration.hall_under_steps import (
    COUNTERS,
    OFFICE,
    SERVICES,
    HallUnderSteps,
    build_world,
    codes,
    needs,
    nth_of,
    numbers,
    seats,
)
from tests.unit.waiting_rooms import order_rules

EXAMPLES, STEPS = 15, 25
BUSY = [[], ["start"], ["start"], ["start", "park"], ["no_show"]]
"""What a counter's clerk has done with the first visitor before the steps begin."""


class AnySteps(HallUnderSteps):
    """All that clerks, a team lead, visitors and the clock do."""

    @initialize(
        present=st.lists(st.tuples(codes, needs), min_size=4, max_size=7),
        busy=st.lists(st.sampled_from(BUSY), min_size=2, max_size=len(COUNTERS)),
    )
    def morning(self, present: list[tuple[str, list[str]]], busy: list[list[str]]) -> None:
        """Begin in the thick of it: people wait, are called, are served, were stored or missed."""
        for nth in range(len(busy)):
            self._sit_down(self.seat(nth), self.actor(nth), None)
        for code, wanted in present:
            self.arrive(code, "walk_in", wanted, [], together=False)
        for nth, verbs in enumerate(busy):
            self._call_next(self.seat(nth))
            ticket = self.seat(nth).ticket
            for verb in verbs if ticket else []:
                assert ticket is not None
                self._step(verb, ticket, self.actor(nth))

    # Calls

    @rule(nth=seats)
    def press_next(self, nth: int) -> None:
        """At any counter, whatever it does."""
        self._call_next(self.seat(nth))

    @precondition(lambda self: self.free_seats())
    @rule(nth=seats)
    def call_next(self, nth: int) -> None:
        self._call_next(nth_of(self.free_seats(), nth))

    @precondition(lambda self: self.free_seats())
    @rule(nth=seats)
    def call_and_start(self, nth: int) -> None:
        seat = nth_of(self.free_seats(), nth)
        self._call_next(seat)
        if seat.ticket:
            self._step("start", seat.ticket, self._clerk_at(seat))

    @precondition(lambda self: self.busy_seats())
    @rule(nth=seats)
    def put_back_and_call(self, nth: int) -> None:
        """The same visitor again only when it can be nobody else."""
        seat = nth_of(self.busy_seats(), nth)
        assert seat.ticket is not None
        self._step("requeue", seat.ticket, self._clerk_at(seat))
        self._call_next(seat)

    def _call_next(self, seat: Seat) -> None:
        """It is the turn of whom the model says, or it is refused as the model says."""
        clerk = self._clerk_at(seat)
        refusal = self.model.why_no_call(seat, clerk)
        expected = None if refusal else self.model.next_for(seat, self.now)

        async def verb(conn: Connection) -> object:
            found = await service.find_counter(conn, seat.id)
            return await service.call_next(conn, self.now, found, clerk)

        self._called(self.take(verb, refusal, changes=expected is not None), expected, seat)

    def _called(self, called: object, expected: Ticket | None, seat: Seat) -> None:
        """Check that it was this visitor's turn."""
        if expected is None:
            assert called is None
            return
        assert isinstance(called, service.Called)
        assert (called.ticket.number, called.ticket.state) == (expected.number, "called")
        assert (called.ticket.counter, called.ticket.clerk) == (seat.id, None)
        assert called.why.policy == self.model.rules.policy
        self.model.called(called.ticket, seat, by_turn=True)

    @precondition(lambda self: len(self.free_seats()) > 1)
    @rule()
    def everybody_calls_at_once(self) -> None:
        """No visitor is called twice, none of two is passed over, and nobody is left whom one could serve."""
        free = self.free_seats()
        orders = {
            seat.id: [t for t in self.model.order(seat, self.now) if self.model.may_call(seat, t)]
            for seat in free
        }

        async def press(seat: Seat) -> tuple[Seat, service.Called | None]:
            async with self.database.connection() as conn:
                found = await service.find_counter(conn, seat.id)
                return seat, await service.call_next(conn, self.now, found, self._clerk_at(seat))

        async def all_press() -> list[tuple[Seat, service.Called | None]]:
            return await asyncio.gather(*map(press, free))

        answers = self.run(all_press())
        calls = [(seat, called.ticket) for seat, called in answers if called]
        ids = {ticket.id for _, ticket in calls}
        assert len(ids) == len(calls)
        self.version += len(calls)
        if self.model.rules.policy == "ratio":
            self._calls_in_turns(calls)
            return
        for seat, called in answers:
            before = [t.id for t in orders[seat.id]]
            passed = before[: before.index(called.ticket.id)] if called else before
            assert set(passed) <= ids
        for seat, ticket in calls:
            self.model.called(ticket, seat, by_turn=True)

    def _calls_in_turns(self, calls: Sequence[tuple[Seat, Ticket]]) -> None:
        """In the order in which screens were told, each was that counter's next."""
        told = [change.body for change in self.run(self._changes())]
        told_of = {msgspec.json.decode(body)["ticket"]["id"]: place for place, body in enumerate(told)}
        for seat, ticket in sorted(calls, key=lambda call: told_of[str(call[1].id)]):
            expected = self.model.next_for(seat, self.now)
            assert expected is not None
            assert expected.id == ticket.id
            self.model.called(ticket, seat, by_turn=True)

    @rule(nth=seats, which=numbers, reason=st.sampled_from(["", "Rollstuhl"]))
    def call_chosen(self, nth: int, which: int, reason: str) -> None:
        seat, ticket_id = self.seat(nth), self.some(which)
        if ticket_id is None:
            return
        clerk, ticket = self._clerk_at(seat), self.model.tickets[ticket_id]
        refusal = self.model.why_no_call(seat, clerk) or self.model.why_no_choice(seat, ticket, reason)
        bonds = self.model.bonds(seat, ticket)

        async def verb(conn: Connection) -> service.Called:
            found = await service.find_counter(conn, seat.id)
            return await service.call_ticket(conn, self.now, found, ticket_id, clerk, reason)

        called = self.take(verb, refusal)
        if called:
            assert (called.ticket.state, called.why.rule) == ("called", "chosen")
            assert (called.why.reason, called.why.overridden) == (reason, bonds)
            self.model.called(called.ticket, seat, by_turn=False)

    @precondition(lambda self: self.who_may("finish"))
    @rule(nth=seats, current=st.sampled_from(["finish", "park"]))
    def next_one(self, nth: int, current: Literal["finish", "park"]) -> None:
        """End or store the visit and call: two changes, or none."""
        seat = self.seat(nth)
        clerk = self._clerk_at(seat)
        visit = self.model.tickets[seat.ticket] if seat.ticket else None
        refusal = self.model.why_no_call(seat, clerk)
        if visit is None or visit.state != "serving" or seat.state != "open" or seat.closing:
            return

        async def verb(conn: Connection) -> tuple[Ticket, service.Called | None]:
            found = await service.find_counter(conn, seat.id)
            called = await service.call_next_after(conn, self.now, found, clerk, current)
            return await self._ticket(conn, visit.id, clerk), called

        assert refusal == "still_serving"
        onward = self.model.onward(visit.id, clerk)
        done = self.take(verb, None)
        assert done is not None
        before, called = done
        if called and called.ticket.id == visit.id:
            # It goes on with its next service at this very counter.
            before = msgspec.structs.replace(
                visit,
                state=onward[0],
                service=onward[1],
                further_services=onward[2],
                counter=onward[3],
                calls=0,
                called_at=None,
                started_at=None,
            )
        self._finished(current, before, visit, onward, clerk)
        expected = self.model.next_for(seat, self.now)
        self.version += expected is not None
        self._called(called, expected, seat)

    def _finished(
        self,
        verb: str,
        now_is: Ticket,
        was: Ticket,
        onward: tuple[str, str, list[str], str | None],
        clerk: Actor,
    ) -> None:
        if verb == "park":
            assert now_is.state == "parked"
            self._moved("park", now_is, clerk)
            return
        assert (now_is.state, now_is.service, now_is.further_services, now_is.counter) == onward
        assert (now_is.waiting_since, now_is.rank_at) == (was.waiting_since, was.rank_at)
        self._moved("continue" if now_is.state == "waiting" else "finish", now_is, clerk)

    # Steps

    @precondition(lambda self: self.who_may("start"))
    @rule(nth=numbers, who=seats)
    def start(self, nth: int, who: int) -> None:
        self._some_step("start", nth, who)

    @precondition(lambda self: self.who_may("finish"))
    @rule(nth=numbers, who=seats)
    def finish(self, nth: int, who: int) -> None:
        self._some_step("finish", nth, who)

    @precondition(lambda self: self.who_may("park"))
    @rule(nth=numbers, who=seats)
    def park(self, nth: int, who: int) -> None:
        self._some_step("park", nth, who)

    @precondition(lambda self: self.who_may("resume"))
    @rule(nth=numbers, who=seats)
    def resume(self, nth: int, who: int) -> None:
        self._some_step("resume", nth, who)

    @precondition(lambda self: self.who_may("requeue"))
    @rule(nth=numbers, who=seats)
    def requeue(self, nth: int, who: int) -> None:
        self._some_step("requeue", nth, who)

    @precondition(lambda self: self.who_may("no_show"))
    @rule(nth=numbers, who=seats)
    def no_show(self, nth: int, who: int) -> None:
        self._some_step("no_show", nth, who)

    @precondition(lambda self: self.who_may("recall"))
    @rule(nth=numbers, who=seats)
    def recall(self, nth: int, who: int) -> None:
        self._some_step("recall", nth, who)

    @precondition(lambda self: self.who_may("cancel"))
    @rule(nth=numbers, who=seats)
    def cancel(self, nth: int, who: int) -> None:
        self._some_step("cancel", nth, who)

    def _some_step(self, verb: str, nth: int, who: int) -> None:
        """Let the clerk at whose counter somebody is, or any clerk, do what the lifecycle allows."""
        ticket = nth_of(self.who_may(verb), nth)
        seat = self.model.seats.get(ticket.counter or "")
        actor = self._clerk_at(seat) if seat and ticket.state in AT_COUNTER else self.actor(who)
        self._step(verb, ticket.id, actor)

    @rule(
        which=numbers,
        who=st.integers(0, len(COUNTERS)),
        verb=st.sampled_from(["start", "finish", "park", "resume", "requeue", "no_show", "recall", "cancel"]),
    )
    def handle(self, which: int, who: int, verb: str) -> None:
        """Let anybody try something with anybody."""
        ticket_id = self.some(which)
        if ticket_id is not None:
            self._step(verb, ticket_id, self.actor(who))

    def _step(self, verb: str, ticket_id: UUID, actor: Actor) -> None:
        was, onward = self.model.tickets[ticket_id], self.model.onward(ticket_id, actor)

        async def step(conn: Connection) -> Ticket:
            found = await service.find_ticket(conn, ticket_id, actor)
            return await service.move_ticket(conn, self.now, found, verb, actor)

        moved = self.take(step, self.model.why_not(verb, ticket_id, actor))
        if moved is None:
            return
        if verb == "finish":
            self._finished(verb, moved, was, onward, actor)
            return
        assert moved.state == TICKET.target(was.state, verb)
        if verb != "requeue":
            assert (moved.waiting_since, moved.rank_at) == (was.waiting_since, was.rank_at)
        self._moved(verb, moved, actor)

    @rule(
        which=numbers,
        who=st.integers(0, len(COUNTERS)),
        code=codes,
        to=st.none() | seats,
        colleague=st.booleans(),
        returns=st.booleans(),
    )
    def transfer(
        self, which: int, who: int, code: str, to: int | None, *, colleague: bool, returns: bool
    ) -> None:
        ticket_id, actor = self.some(which), self.actor(who)
        if ticket_id is None:
            return
        was, seat = self.model.tickets[ticket_id], self.seat(to) if to is not None else None
        clerk = self._clerk_at(seat) if seat and colleague and seat.clerk else None
        bound = None if clerk else seat
        refusal = self.model.why_not("transfer", ticket_id, actor)
        wanted = {code, *(was.further_services if was.together else ())}
        if bound and not (bound.services >= wanted and bound.features >= set(was.needs)):
            refusal = "cannot_serve"

        async def verb(conn: Connection) -> Ticket:
            found = await service.find_ticket(conn, ticket_id, actor)
            counter = await service.find_counter(conn, bound.id) if bound else None
            target = Target(code, counter, clerk.user_id if clerk else None, returns=returns)
            return await service.transfer(conn, self.now, self.office, found, actor, target, "Bitte prüfen")

        sent = self.take(verb, refusal)
        if sent is None:
            return
        assert (sent.state, sent.service, sent.visitor_class) == ("waiting", code, "transferred")
        assert (sent.counter, sent.clerk) == (bound.id if bound else None, clerk.key if clerk else None)
        assert sent.waiting_since == was.waiting_since
        assert sent.rank_at <= was.rank_at
        assert sent.call_by <= was.call_by
        if returns and was.counter:
            assert sent.return_counter == was.counter
            self.model.return_services[ticket_id] = was.service
        self._moved("transfer", sent, actor)

    @rule(which=numbers, who=st.integers(0, len(COUNTERS)))
    def undo(self, which: int, who: int) -> None:
        """What was done is as if it had not been, or can't be taken back."""
        ticket_id, actor = self.some(which), self.actor(who)
        if ticket_id is not None:
            self._undo(ticket_id, actor)

    @precondition(lambda self: self.recent)
    @rule(which=numbers)
    def undo_own(self, which: int) -> None:
        """The one who did something last takes it back."""
        self._undo(*nth_of(self.recent, which))

    def _undo(self, ticket_id: UUID, actor: Actor) -> None:
        done = self.model.done.get(ticket_id)
        refusal = None if self.model.may_undo(ticket_id, actor, self.now) else "cannot_undo"

        async def verb(conn: Connection) -> Ticket:
            return await service.undo(
                conn, self.now, await service.find_ticket(conn, ticket_id, actor), actor
            )

        back = self.take(verb, refusal)
        if back:
            assert done is not None
            assert back == done.before
            self.model.undone(back, actor)

    @rule(which=numbers, other=numbers, more=numbers, who=seats)
    def merge(self, which: int, other: int, more: int, who: int) -> None:
        """A family goes on with one number: nobody's matter is lost, and the longest wait counts."""
        into, actor = self.some(which), self.actor(who)
        if into is None:
            return
        was = self.model.tickets[into]
        wanted = {ticket_id for ticket_id in (self.some(other), self.some(more)) if ticket_id}
        children = [self.model.tickets[child] for child in sorted(wanted - {into})]
        refusals = [self.model.why_not("merge", child.id, actor) for child in children]
        refusal = next((code for code in refusals if code), None)
        if refusal is None and was.state not in HERE:
            refusal = "illegal_transition"

        async def verb(conn: Connection) -> list[Ticket]:
            found = await service.find_ticket(conn, into, actor)
            merged = await service.merge(conn, self.now, found, [child.id for child in children], actor)
            return [merged, *[await self._ticket(conn, child.id, actor) for child in children]]

        done = self.take(verb, refusal, changes=1 + len(children))
        if done is None:
            return
        merged, *gone = done
        brought = [code for child in children for code in [child.service, *child.further_services]]
        assert merged.further_services == [*was.further_services, *brought]
        assert set(merged.needs) == {need for ticket in [was, *children] for need in ticket.needs}
        since = min(ticket.waiting_since for ticket in [was, *children])
        earned = was.waiting_since - since
        assert (merged.rank_at, merged.call_by) == (was.rank_at - earned, was.call_by - earned)
        assert all((child.state, child.merged_into) == ("cancelled", into) for child in gone)
        self.model.merged(merged, gone, actor, self.now)

    @rule(which=numbers, who=seats, wanted=needs, slow=st.booleans())
    def describe(self, which: int, who: int, wanted: list[str], *, slow: bool) -> None:
        ticket_id, actor = self.some(which), self.actor(who)
        if ticket_id is None:
            return
        was = self.model.tickets[ticket_id]

        async def verb(conn: Connection) -> Ticket:
            found = await service.find_ticket(conn, ticket_id, actor)
            return await service.describe(conn, self.now, found, actor, Profile(needs=wanted, slow_walk=slow))

        noted = self.take(verb, None if was.state in HERE else "illegal_transition")
        if noted:
            assert noted == msgspec.structs.replace(was, needs=wanted, slow_walk=slow)
            self.model.described(noted)

    @rule(which=numbers, who=seats)
    def send_on(self, which: int, who: int) -> None:
        """Another office gives a number, and the one here ends."""
        ticket_id, actor = self.some(which), self.actor(who)
        if ticket_id is None:
            return
        was = self.model.tickets[ticket_id]

        async def verb(conn: Connection) -> tuple[Ticket, Ticket]:
            there = await offices.find_office(conn, "bsc-nord")
            found = await service.find_ticket(conn, ticket_id, actor)
            sent = await service.send_on(conn, self.now, found, there, SERVICES[1], actor, None)
            return sent, await self._ticket(conn, ticket_id, actor)

        done = self.take(verb, self.model.why_not("send_on", ticket_id, actor))
        if done:
            sent, ended = done
            assert (sent.office, sent.state, ended.state) == ("bsc-nord", "waiting", "finished")
            assert (sent.waiting_since, sent.needs) == (was.waiting_since, was.needs)
            self._moved("send_on", ended, actor)

    @rule(rules=order_rules)
    def change_order(self, rules: OrderSetup) -> None:
        """The rules change while people wait."""

        async def verb(conn: Connection) -> bool:
            await service.change_order(conn, self.now, self.office, rules)
            self.office = await offices.find_office(conn, OFFICE)
            return True

        self.take(verb, None)
        self.model.cycle %= rules.appointments + rules.walk_ins
        self.model.reorder(rules)


def test_whatever_is_done_the_hall_is_what_its_rules_say(dsn: str, now: datetime) -> None:
    world = asyncio.run(build_world(dsn, now))
    run_state_machine_as_test(
        lambda: AnySteps(world),  # type: ignore[arg-type]  # any factory will do, as its own text says
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
