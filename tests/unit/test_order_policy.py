"""Who is called next, policy by policy, and what holds for all of them."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from queue_service.offices.setup_model import HEAD_STARTS, OrderPolicyName, OrderSetup
from queue_service.queueing.order import ratio, reserve
from queue_service.queueing.order.turn import CallFacts, Moment, Waiting, call_by, head_start
from queue_service.queueing.order_policy import POLICIES, explain, in_calling_order
from tests.unit.waiting_rooms import NOW, USUAL, order_rules, rooms, ruled_rooms

Ruled = tuple[list[Waiting], OrderSetup, Moment]


def waiting(number: str, minutes: int, visitor_class: str = "walk_in", rules: OrderSetup = USUAL) -> Waiting:
    """Give a ticket that has waited so long, with the head start of its class."""
    since = NOW - timedelta(minutes=minutes)
    return Waiting(
        number,
        visitor_class,
        since,
        since - head_start(visitor_class, rules),
        call_by(visitor_class, since, rules),
    )


def numbers(called: Sequence[Waiting]) -> list[str]:
    """Give the numbers in order."""
    return [ticket.number for ticket in called]


def due(ticket: Waiting) -> bool:
    """Tell whether its time has come."""
    return ticket.call_by <= NOW


@given(ruled_rooms(), st.randoms())
def test_the_order_has_everybody_once_and_does_not_depend_on_how_it_was_asked(
    ruled: Ruled, chance: object
) -> None:
    room, rules, moment = ruled
    shuffled = list(room)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    called = in_calling_order(room, rules, moment)
    assert in_calling_order(shuffled, rules, moment) == called
    assert sorted(numbers(called)) == sorted(numbers(room))


@given(ruled_rooms())
def test_inside_a_class_with_one_head_start_nobody_overtakes(ruled: Ruled) -> None:
    room, rules, moment = ruled
    called = in_calling_order(room, rules, moment)
    for kind in {(ticket.visitor_class, ticket.waiting_since - ticket.rank_at) for ticket in room}:
        alike = [t for t in called if (t.visitor_class, t.waiting_since - t.rank_at) == kind]
        assert alike == sorted(alike, key=lambda ticket: (ticket.waiting_since, ticket.number))


@given(ruled_rooms())
def test_who_has_waited_as_long_as_the_cap_or_the_promise_says_goes_before_all_whose_time_has_not_come(
    ruled: Ruled,
) -> None:
    room, rules, moment = ruled
    called = in_calling_order(room, replace(rules, policy="ratio"), moment)
    reached = [due(ticket) for ticket in called]
    assert reached == sorted(reached, reverse=True)
    first = [ticket for ticket in called if due(ticket)]
    assert first == sorted(first, key=lambda ticket: (ticket.call_by, ticket.number))


@given(ruled_rooms(), st.integers(0, 20))
def test_the_cap_bounds_how_many_newcomers_overtake_a_walk_in(ruled: Ruled, newcomers: int) -> None:
    """Once a walk-in's time has come, nobody who joins afterwards is called before it."""
    room, rules, moment = ruled
    mine = waiting("A900", rules.cap_minutes, rules=rules)
    late = [waiting(f"B{nth:03}", 0, "appointment", rules) for nth in range(newcomers)]
    called = numbers(in_calling_order([*room, mine, *late], rules, moment))
    before = set(called[: called.index("A900")])
    assert not before & set(numbers(late))


@given(ruled_rooms())
def test_an_appointment_beyond_its_promise_waits_for_nobody_but_those_whose_time_came_before(
    ruled: Ruled,
) -> None:
    room, rules, moment = ruled
    mine = waiting("A900", rules.promise_minutes, "appointment", rules)
    called = in_calling_order([*room, mine], rules, moment)
    before = called[: numbers(called).index("A900")]
    if rules.policy == "strict-order":
        assert all(ticket.waiting_since <= mine.waiting_since for ticket in before)
    else:
        assert all(ticket.call_by <= mine.call_by for ticket in before)


@given(rooms())
def test_head_start_counts_the_wait_with_the_head_start(room: list[Waiting]) -> None:
    never = [replace(ticket, call_by=NOW + timedelta(days=1)) for ticket in room]
    called = in_calling_order(never, USUAL, Moment(NOW))
    assert called == sorted(never, key=lambda ticket: (ticket.rank_at, ticket.number))


def test_an_appointment_goes_before_half_an_hour_of_walk_ins() -> None:
    appointment = waiting("A900", 0, "appointment")
    half_an_hour, longer = waiting("A001", 29), waiting("A002", 31)
    called = in_calling_order([half_an_hour, appointment, longer], USUAL, Moment(NOW))
    assert called == [longer, appointment, half_an_hour]


def test_equal_waits_are_called_by_number() -> None:
    called = in_calling_order([waiting("A010", 5), waiting("A009", 5)], USUAL, Moment(NOW))
    assert numbers(called) == ["A009", "A010"]


@given(rooms())
def test_appointments_first_calls_walk_ins_when_no_appointment_waits(room: list[Waiting]) -> None:
    rules = OrderSetup(policy="appointments-first")
    called = [t for t in in_calling_order(room, rules, Moment(NOW)) if not due(t)]
    on_time = [ticket.on_time for ticket in called]
    assert on_time == sorted(on_time, reverse=True)


@given(rooms())
def test_strict_order_lets_nobody_overtake_anybody(room: list[Waiting]) -> None:
    called = in_calling_order(room, OrderSetup(policy="strict-order"), Moment(NOW))
    assert called == sorted(room, key=lambda ticket: (ticket.waiting_since, ticket.number))


@given(order_rules, st.integers(0, 7), st.integers(0, 12), st.integers(0, 12))
def test_ratio_shows_the_very_order_in_which_it_then_calls(
    drawn: OrderSetup, place: int, appointments: int, walk_ins: int
) -> None:
    """Calling one by one, the cycle turning with each call, gives what the list has shown."""
    rules = replace(drawn, policy="ratio")
    place %= rules.appointments + rules.walk_ins
    room = [waiting(f"A{n:03}", 0, "appointment", rules) for n in range(appointments)]
    room += [waiting(f"B{n:03}", 0, rules=rules) for n in range(walk_ins)]
    shown = in_calling_order(room, rules, Moment(NOW, place))
    called = []
    while room:
        first = in_calling_order(room, rules, Moment(NOW, place))[0]
        place = ratio.next_place(place, rules, called_on_time=first.on_time)
        room.remove(first)
        called.append(first)
    assert called == shown


def test_ratio_calls_two_appointments_then_one_walk_in() -> None:
    rules = OrderSetup(policy="ratio", appointments=2, walk_ins=1)
    room = [waiting(f"A{n}", 20 - n, "appointment") for n in range(4)]
    room += [waiting(f"B{n}", 20 - n) for n in range(3)]
    called = in_calling_order(room, rules, Moment(NOW))
    assert numbers(called) == ["A0", "A1", "B0", "A2", "A3", "B1", "B2"]


def test_ratio_keeps_the_place_of_a_kind_of_which_nobody_waits() -> None:
    rules = OrderSetup(policy="ratio", appointments=1, walk_ins=1)
    assert ratio.next_place(0, rules, called_on_time=False) == 0
    assert ratio.next_place(0, rules, called_on_time=True) == 1


def test_a_kept_counter_calls_its_class_first_and_the_others_call_as_usual() -> None:
    rules = OrderSetup(policy="reserve", reserved_class="disabled")
    room = [waiting("A001", 25), waiting("A002", 1, "disabled")]
    assert numbers(in_calling_order(room, rules, Moment(NOW, kept=True))) == ["A002", "A001"]
    assert numbers(in_calling_order(room, rules, Moment(NOW))) == ["A001", "A002"]


@pytest.mark.parametrize(
    ("open_counters", "queue", "kept"), [(0, 0, 0), (10, 29, 0), (10, 30, 3), (4, 12, 2)]
)
def test_counters_are_kept_only_under_overload(open_counters: int, queue: int, kept: int) -> None:
    assert reserve.kept_counters(open_counters, queue, OrderSetup(policy="reserve")) == kept


@pytest.mark.parametrize(
    ("policy", "visitor_class", "minutes", "tier", "rule"),
    [
        ("head-start", "walk_in", 10, 1, "longest_wait"),
        ("head-start", "appointment", 10, 1, "head_start"),
        ("head-start", "appointment", 40, 0, "promise"),
        ("head-start", "walk_in", 130, 0, "wait_cap"),
        ("appointments-first", "appointment", 10, 1, "appointment_first"),
        ("appointments-first", "walk_in", 10, 2, "longest_wait"),
        ("strict-order", "appointment", 40, 1, "longest_wait"),
        ("ratio", "walk_in", 10, 3, "ratio"),
        ("reserve", "appointment", 10, 1, "reserved_counter"),
        ("reserve", "walk_in", 10, 2, "longest_wait"),
    ],
)
def test_the_rule_that_is_told_is_the_one_that_decided(
    policy: OrderPolicyName, visitor_class: str, minutes: int, tier: int, rule: str
) -> None:
    ticket = waiting("A001", minutes, visitor_class)
    facts = CallFacts(policy, visitor_class, ticket.waiting_since, ticket.rank_at, ticket.call_by, tier)
    why = explain(facts, NOW)
    assert (why.rule, why.waited_minutes, why.policy) == (rule, minutes, policy)
    assert why.head_start_minutes == HEAD_STARTS.get(visitor_class, 0)  # type: ignore[call-overload]
    chosen = replace(facts, chosen=True, reason="Rollstuhl")
    assert (explain(chosen, NOW).rule, explain(chosen, NOW).reason) == ("chosen", "Rollstuhl")


def test_nobody_has_waited_a_negative_time() -> None:
    early = waiting("A001", -20, "appointment")
    facts = CallFacts("head-start", "appointment", early.waiting_since, early.rank_at, early.call_by, 1)
    assert explain(facts, NOW).waited_minutes == 0


def test_a_class_that_is_not_named_has_no_head_start() -> None:
    assert head_start("pregnant", OrderSetup(head_starts={"appointment": 45})) == timedelta(0)
    assert head_start("appointment", OrderSetup(head_starts={"appointment": 45})) == timedelta(minutes=45)


def test_every_policy_that_a_set_up_can_name_exists() -> None:
    assert set(POLICIES) == set(OrderPolicyName.__args__)  # type: ignore[attr-defined]
