"""The forecast of a hall: what lengthens a wait, what shortens it, and when nothing can be said."""

from collections.abc import Mapping, Sequence
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from queue_service.forecast.call_order import HeadStarts
from queue_service.forecast.durations import planned_points
from queue_service.forecast.forecaster import Forecaster
from queue_service.forecast.knowledge import ArrivalRate, Knowledge, from_plan
from queue_service.forecast.model import (
    AtCounter,
    ComingAppointment,
    Counter,
    HallState,
    Newcomer,
    Range,
    Reason,
    Span,
    Unknown,
    Waiting,
)

NOW = 10 * 3600.0
HEAD_STARTS = {"disabled": 1200.0, "appointment": 1800.0}
ORDER = HeadStarts(HEAD_STARTS, cap=5400.0)
PLAN = from_plan({"ausweis": 10, "pass": 10, "gewerbe": 20})
EVERYTHING = frozenset({"ausweis", "pass", "gewerbe"})


def ticket(
    number: int, minutes: float = 0, visitor_class: str = "walk_in", service: str = "ausweis", needs: str = ""
) -> Waiting:
    """Give a ticket that has waited so many minutes."""
    since = NOW - minutes * 60
    rank_at = since - HEAD_STARTS.get(visitor_class, 0)
    return Waiting(f"A{number:03}", visitor_class, (service,), since, rank_at, frozenset(needs.split()))


def counter(number: int, served_minutes: float = 3, **facts: object) -> Counter:
    """Give an open counter with a visit that has lasted so many minutes."""
    at_counter = AtCounter(("ausweis",), NOW - served_minutes * 60)
    return replace(Counter(str(number), EVERYTHING, visit=at_counter), **facts)


class WalkInsFirst(HeadStarts):
    """A policy that nobody has: a walk-in goes before everybody."""

    def choose(self, heads: Sequence[Waiting], counter: str, now: float, memory: Mapping[str, int]) -> int:
        """Return the walk-in; the base class would take the longest wait."""
        assert counter
        assert now >= NOW
        assert not memory
        return max(range(len(heads)), key=lambda index: heads[index].visitor_class)


def hall(tickets: int, counters: int, **facts: object) -> HallState:
    """Give a hall in which A001 has waited longest."""
    waiting = tuple(ticket(number + 1, tickets - number) for number in range(tickets))
    return replace(HallState(waiting, tuple(counter(n) for n in range(counters)), 0.0), **facts)


def mean_wait(state: HallState, number: str, knowledge: Knowledge = PLAN) -> float:
    """Give the mean wait that a ticket is foretold, in minutes."""
    answer = Forecaster(knowledge, ORDER).forecast(state, NOW).tickets[number]
    assert isinstance(answer, Range), answer
    return answer.simulated.mean / 60


@settings(max_examples=12, deadline=None)
@given(st.integers(1, 20), st.integers(1, 6))
def test_one_counter_more_never_lengthens_a_wait(tickets: int, counters: int) -> None:
    before = Forecaster(PLAN, ORDER).forecast(hall(tickets, counters), NOW).tickets
    after = Forecaster(PLAN, ORDER).forecast(hall(tickets, counters + 1), NOW).tickets
    for number, answer in before.items():
        with_more = after[number]
        assert isinstance(answer, Range)
        assert isinstance(with_more, Range)
        assert with_more.simulated.mean <= answer.simulated.mean + 1e-6


@settings(max_examples=12, deadline=None)
@given(st.integers(1, 20), st.integers(1, 6), st.sampled_from(["walk_in", "disabled"]))
def test_one_more_ahead_never_shortens_a_wait(tickets: int, counters: int, visitor_class: str) -> None:
    state = hall(tickets, counters)
    fuller = replace(state, waiting=(*state.waiting, ticket(900, tickets + 5, visitor_class)))
    before = Forecaster(PLAN, ORDER).forecast(state, NOW).tickets
    after = Forecaster(PLAN, ORDER).forecast(fuller, NOW).tickets
    for number, answer in before.items():
        with_one_more = after[number]
        assert isinstance(answer, Range)
        assert isinstance(with_one_more, Range)
        assert with_one_more.simulated.mean >= answer.simulated.mean - 1e-6


def test_the_same_hall_is_foretold_the_same_by_another_process() -> None:
    knowledge = replace(PLAN, arrivals={"disabled": ArrivalRate({10: 6.0}, (("pass",),))})
    answers = [
        Forecaster(knowledge, ORDER).forecast(hall(12, 3), NOW, [Newcomer("pass", "walk_in")])
        for _ in range(2)
    ]
    assert answers[0] == answers[1]


def test_who_would_come_is_told_what_the_last_ticket_is_told_and_takes_no_place() -> None:
    newcomer = Newcomer("ausweis", "walk_in")
    alone = Forecaster(PLAN, ORDER).forecast(hall(8, 2), NOW)
    asked = Forecaster(PLAN, ORDER).forecast(hall(8, 2), NOW, [newcomer, Newcomer("ausweis", "disabled")])
    last = replace(hall(8, 2), waiting=(*hall(8, 2).waiting, ticket(9)))
    assert asked.tickets == alone.tickets
    assert asked.newcomers[newcomer] == Forecaster(PLAN, ORDER).forecast(last, NOW).tickets["A009"]


def test_a_head_start_shortens_a_wait_by_what_it_lets_one_overtake() -> None:
    state = replace(hall(9, 2), waiting=(*hall(9, 2).waiting, ticket(50, 0), ticket(51, 0, "disabled")))
    assert mean_wait(state, "A051") < 0.5 * mean_wait(state, "A050")


def test_those_who_may_still_overtake_lengthen_a_wait() -> None:
    quiet = hall(6, 2)
    walk_ins = replace(PLAN, arrivals={"disabled": ArrivalRate(dict.fromkeys(range(24), 20.0), (("pass",),))})
    coming = tuple(ComingAppointment(NOW + 60 * n, "appointment", ("pass",)) for n in range(5))
    assert mean_wait(quiet, "A006", walk_ins) > mean_wait(quiet, "A006") + 5
    assert mean_wait(replace(quiet, coming=coming), "A006") > mean_wait(quiet, "A006") + 5


def test_those_who_do_not_answer_shorten_a_wait() -> None:
    absent = replace(PLAN, no_show={"walk_in": 0.5})
    assert mean_wait(hall(10, 2), "A010", absent) < 0.75 * mean_wait(hall(10, 2), "A010")


def test_a_visit_that_has_lasted_long_is_not_expected_to_end_at_once() -> None:
    fresh, long = (replace(hall(1, 0), counters=(counter(1, minutes),)) for minutes in (0, 30))
    # The plan's mean is ten minutes; a rule that only subtracts would say "now".
    assert mean_wait(long, "A001") > 5
    assert 9 < mean_wait(fresh, "A001") < 12


def test_a_break_is_waited_for() -> None:
    spans = (Span(NOW - 60, NOW + 60), Span(NOW + 3600, NOW + 7200))
    assert 60 <= mean_wait(replace(hall(1, 0), counters=(counter(1, spans=spans),)), "A001") < 70


def test_before_the_counters_open_the_opening_is_waited_for() -> None:
    opening = Counter("1", EVERYTHING, spans=(Span(NOW + 1800, NOW + 7200),))
    early = replace(hall(1, 0), counters=(opening,))
    assert mean_wait(early, "A001") == pytest.approx(30)
    assert mean_wait(early, "A001", replace(PLAN, opening_delays=(300.0,))) == pytest.approx(35)


@pytest.mark.parametrize(
    ("counters", "reason"),
    [
        ((), "no_counter_open"),
        ((counter(1, spans=()),), "no_counter_open"),
        ((Counter("1", frozenset({"pass"})),), "nobody_serves_this"),
        ((counter(1, spans=(Span(NOW - 60, NOW + 60),)),), "closes_before"),
    ],
)
def test_what_cannot_be_known_has_its_reason(counters: tuple[Counter, ...], reason: Reason) -> None:
    state = replace(hall(3, 0), counters=counters)
    newcomer = Newcomer("ausweis", "walk_in")
    foretold = Forecaster(PLAN, ORDER).forecast(state, NOW, [newcomer])
    assert foretold.tickets["A003"] == foretold.newcomers[newcomer] == Unknown(reason)


def test_a_need_binds_the_counter() -> None:
    counters = (counter(1), counter(2, facilities=frozenset({"induction_loop"})))
    state = HallState((ticket(1, 9), ticket(2, 8), ticket(3, 7, needs="induction_loop")), counters, 0.0)
    assert mean_wait(state, "A003") > mean_wait(replace(state, waiting=state.waiting[2:]), "A003")
    assert Forecaster(PLAN, ORDER).forecast(replace(state, counters=counters[:1]), NOW).tickets[
        "A003"
    ] == Unknown("nobody_serves_this")


def test_a_range_encloses_its_middle_and_is_told_in_whole_steps() -> None:
    answers = Forecaster(PLAN, ORDER).forecast(hall(30, 3), NOW).tickets
    for answer in answers.values():
        assert isinstance(answer, Range)
        assert answer.low_minutes * 60 <= answer.calibrated.low <= answer.calibrated.middle
        assert answer.calibrated.middle <= answer.calibrated.high <= answer.high_minutes * 60
    last = answers["A030"]
    assert isinstance(last, Range)
    assert last.low_minutes % 5 == last.high_minutes % 5 == 0


def test_a_policy_of_the_office_is_played_as_it_is() -> None:
    state = HallState((ticket(1, 1), ticket(2, 60, "disabled")), (counter(1),), 0.0)
    answers = Forecaster(PLAN, WalkInsFirst({})).forecast(state, NOW).tickets
    assert answers["A001"].simulated.mean < answers["A002"].simulated.mean  # type: ignore[union-attr]


def test_the_mean_of_many_draws_is_the_mean_of_the_plan() -> None:
    one_counter = replace(hall(40, 0), counters=(Counter("1", EVERYTHING),))
    pause = fmean(PLAN.pauses) / 60
    assert mean_wait(one_counter, "A040") == pytest.approx(
        39 * (fmean(planned_points(600)) / 60 + pause), rel=0.05
    )
