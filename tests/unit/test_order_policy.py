"""Who is called next: longest wait with head start, and nobody is held for ever."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from queue_service.queueing.order_policy import (
    DEFAULT_HEAD_STARTS,
    Waiting,
    explain,
    head_start,
    sort_key,
)
from tests.unit.waiting_rooms import NOW, caps, rooms, tickets

CAP = timedelta(minutes=90)


def order(room: list[Waiting], cap: timedelta = CAP) -> list[Waiting]:
    """Give the room in the order in which it would be called."""
    return sorted(room, key=lambda ticket: sort_key(ticket, NOW, cap))


def waiting(number: str, minutes: int, start: int = 0, visitor_class: str = "walk_in") -> Waiting:
    """Give a ticket that has waited so long, with a head start in minutes."""
    since = NOW - timedelta(minutes=minutes)
    return Waiting(number, visitor_class, since, since - timedelta(minutes=start))


@given(rooms(), caps)
def test_no_two_tickets_have_the_same_place(room: list[Waiting], cap: timedelta) -> None:
    keys = [sort_key(ticket, NOW, cap) for ticket in room]
    assert len(set(keys)) == len(keys)


@given(rooms().flatmap(lambda room: st.tuples(st.just(room), st.permutations(room))), caps)
def test_the_order_does_not_depend_on_how_it_was_asked(
    asked: tuple[list[Waiting], list[Waiting]], cap: timedelta
) -> None:
    room, shuffled = asked
    assert order(shuffled, cap) == order(room, cap)


@given(rooms(), caps)
def test_within_a_class_with_one_head_start_nobody_overtakes(room: list[Waiting], cap: timedelta) -> None:
    called = order(room, cap)
    for visitor_class in {ticket.visitor_class for ticket in room}:
        for start in {ticket.waiting_since - ticket.rank_at for ticket in room}:
            alike = [
                ticket
                for ticket in called
                if ticket.visitor_class == visitor_class and ticket.waiting_since - ticket.rank_at == start
            ]
            assert alike == sorted(alike, key=lambda ticket: (ticket.waiting_since, ticket.number))


@given(rooms(), caps)
def test_whoever_has_reached_the_cap_goes_before_everybody_who_has_not(
    room: list[Waiting], cap: timedelta
) -> None:
    reached = [NOW - ticket.waiting_since >= cap for ticket in order(room, cap)]
    assert reached == sorted(reached, reverse=True)


@given(rooms(), caps)
def test_beyond_the_cap_only_the_wait_counts(room: list[Waiting], cap: timedelta) -> None:
    beyond = [ticket for ticket in order(room, cap) if NOW - ticket.waiting_since >= cap]
    assert beyond == sorted(beyond, key=lambda ticket: (ticket.waiting_since, ticket.number))


@given(rooms())
def test_below_the_cap_the_wait_counts_with_the_head_start(room: list[Waiting]) -> None:
    never = timedelta(days=1)
    indices = [NOW - ticket.waiting_since + (ticket.waiting_since - ticket.rank_at) for ticket in room]
    called = order(room, never)
    assert [NOW - ticket.rank_at for ticket in called] == sorted(indices, reverse=True)


@given(tickets(1), tickets(2), st.integers(0, 600), caps)
def test_time_alone_never_turns_two_tickets_round_below_the_cap(
    one: Waiting, other: Waiting, minutes: int, cap: timedelta
) -> None:
    later = NOW + timedelta(minutes=minutes)
    if later - one.waiting_since >= cap or later - other.waiting_since >= cap:
        return
    first_now = sort_key(one, NOW, cap) < sort_key(other, NOW, cap)
    assert (sort_key(one, later, cap) < sort_key(other, later, cap)) == first_now


@given(tickets(1), caps)
def test_somebody_who_came_after_you_at_the_cap_stays_behind_you(mine: Waiting, cap: timedelta) -> None:
    at_cap = mine.waiting_since + cap
    later = replace(mine, number="A000", waiting_since=mine.waiting_since + timedelta(seconds=1))
    assert sort_key(mine, at_cap, cap) < sort_key(later, at_cap, cap)


def test_an_appointment_goes_before_half_an_hour_of_walk_ins() -> None:
    appointment = waiting("A900", 0, start=30, visitor_class="appointment")
    half_an_hour, longer = waiting("A001", 29), waiting("A002", 31)
    assert order([half_an_hour, appointment, longer]) == [longer, appointment, half_an_hour]


def test_equal_waits_are_called_by_number() -> None:
    assert order([waiting("A010", 5), waiting("A009", 5)]) == [waiting("A009", 5), waiting("A010", 5)]


@given(tickets(1), caps)
def test_the_reason_that_is_told_is_the_rule_that_decided(ticket: Waiting, cap: timedelta) -> None:
    why = explain(ticket, NOW, cap)
    if NOW - ticket.waiting_since >= cap:
        assert why.rule == "wait_cap"
    else:
        assert why.rule == ("head_start" if ticket.rank_at < ticket.waiting_since else "longest_wait")
    waited = NOW - ticket.waiting_since
    assert timedelta(minutes=why.waited_minutes) <= max(waited, timedelta(0))
    assert waited - timedelta(minutes=why.waited_minutes) < timedelta(minutes=1)
    start = ticket.waiting_since - ticket.rank_at
    assert timedelta(0) <= start - timedelta(minutes=why.head_start_minutes) < timedelta(minutes=1)
    assert why.visitor_class == ticket.visitor_class


@pytest.mark.parametrize(
    ("visitor_class", "own", "minutes"),
    [
        ("walk_in", {}, 0),
        ("appointment", {}, DEFAULT_HEAD_STARTS["appointment"]),
        ("appointment", {"appointment": 45}, 45),
        ("pregnant", {"appointment": 45}, 0),
        ("nobody", {}, 0),
    ],
)
def test_an_offices_own_head_starts_replace_the_defaults_as_a_whole(
    visitor_class: str, own: dict[str, int], minutes: int
) -> None:
    assert head_start(visitor_class, own) == timedelta(minutes=minutes)
