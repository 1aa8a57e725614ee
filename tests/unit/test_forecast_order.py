"""The forecast plays the order by which the office calls."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from queue_service.forecast.forecaster import Forecaster
from queue_service.forecast.knowledge import from_plan
from queue_service.forecast.model import Counter, HallState, Range, Waiting
from queue_service.forecast.office_order import CYCLE_PLACE, office_order
from queue_service.offices.setup_model import OrderSetup
from queue_service.queueing import order_policy
from queue_service.queueing.order import ratio, turn
from tests.unit.waiting_rooms import NOW, order_rules, rooms


def as_waiting(ticket: turn.Waiting) -> Waiting:
    """Give the ticket as the forecast sees it."""
    return Waiting(
        ticket.number,
        ticket.visitor_class,
        ("ausweis",),
        ticket.waiting_since.timestamp(),
        ticket.rank_at.timestamp(),
    )


def in_lanes(ticket: turn.Waiting) -> tuple[str, timedelta]:
    """Give the key of those among whom the longest wait goes first."""
    return ticket.visitor_class, ticket.waiting_since - ticket.rank_at


@settings(max_examples=60, deadline=None)
@given(st.data(), order_rules, st.integers(0, 7), st.booleans())
def test_a_counter_calls_whom_the_desk_would_call(
    data: st.DataObject, rules: OrderSetup, place: int, kept: bool
) -> None:
    room = data.draw(rooms(largest=8, rules=rules).filter(bool))
    cycle_place = place % (rules.appointments + rules.walk_ins)
    moment = turn.Moment(NOW, cycle_place, kept=kept)
    by_wait = sorted(room, key=lambda ticket: (ticket.waiting_since, ticket.number))
    firsts = {in_lanes(ticket): ticket for ticket in reversed(by_wait)}
    order = office_order(rules, {"1"} if kept else ())
    memory = {CYCLE_PLACE: cycle_place}
    heads = [as_waiting(ticket) for ticket in firsts.values()]
    chosen = list(firsts.values())[order.choose(heads, "1", NOW.timestamp(), memory)]
    assert chosen == order_policy.in_calling_order(room, rules, moment)[0]
    order.after_call(chosen.visitor_class, memory)
    if rules.policy == "ratio":
        assert memory[CYCLE_PLACE] == ratio.next_place(cycle_place, rules, called_on_time=chosen.on_time)


def test_each_policy_is_forecast_as_it_calls() -> None:
    now = NOW.timestamp()
    walk_in = Waiting("A001", "walk_in", ("ausweis",), now - 600, now - 600)
    appointment = Waiting("B001", "appointment", ("ausweis",), now - 60, now - 1860)
    knowledge = from_plan({"ausweis": 10})
    first = {}
    for policy in order_policy.POLICIES:
        rules = replace(OrderSetup(), policy=policy, appointments=1, walk_ins=1)
        state = HallState(
            (walk_in, appointment),
            (Counter("1", frozenset({"ausweis"})),),
            now - 36_000,
            memory={CYCLE_PLACE: 1},
        )
        answers = Forecaster(knowledge, office_order(rules)).forecast(state, now).tickets
        first[policy] = next(
            number
            for number, answer in answers.items()
            if isinstance(answer, Range) and not answer.simulated.mean
        )
    assert first == {
        "head-start": "B001",
        "appointments-first": "B001",
        "strict-order": "A001",
        "ratio": "A001",
        "reserve": "B001",
    }
