"""Days played in memory: the order of the rules, everybody's end, and waits as they really were."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from itertools import islice
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from queue_service.offices.setup_model import OrderPolicyName, OrderSetup
from queue_service.queueing.order.turn import APPOINTMENT, Moment, Waiting, call_by, head_start
from queue_service.queueing.order_policy import POLICIES, in_calling_order
from queue_service.simulation.in_memory.calling_queue import CallingQueue
from queue_service.simulation.in_memory.comparison import compare_policies
from queue_service.simulation.in_memory.drawn_day import DrawnDay, draw_day, open_days
from queue_service.simulation.in_memory.figures import ALL, Tally, kind_of
from queue_service.simulation.in_memory.played_day import play_day
from queue_service.simulation.in_memory.published_waits import hold_against
from queue_service.simulation.scenario import Leaving, Scenario
from queue_service.simulation.scenario_file import find_scenario, read_scenario
from tests.unit.test_scenarios import SMALL
from tests.unit.waiting_rooms import NOW, order_rules

BSC = find_scenario("bsc-mitte")
SMALL_OFFICE = read_scenario(SMALL, "small.yaml")
BUSY = replace(
    SMALL_OFFICE,
    arrivals=replace(SMALL_OFFICE.arrivals, visitors_a_day=75),
    leaving=Leaving(unseen_percent=10, told_percent=20, told_after=20),
)
"""The small office with more visitors than its counters can serve in time, some of whom don't stay."""
GROUPS = 3


class CheckedQueue(CallingQueue):
    """A queue that asks the rules, with everybody who waits, before each call."""

    def __init__(self, rules: OrderSetup, groups: int) -> None:
        super().__init__(rules, groups)
        self._all: dict[str, tuple[Waiting, int]] = {}

    def join(self, ticket: Waiting, group: int) -> None:
        super().join(ticket, group)
        self._all[ticket.number] = ticket, group

    def leave(self, ticket: Waiting) -> None:
        super().leave(ticket)
        del self._all[ticket.number]

    def call(self, groups: Iterable[int], moment: Moment) -> Waiting | None:
        able = set(groups)
        everybody = in_calling_order([ticket for ticket, _ in self._all.values()], self._rules, moment)
        expected = next((ticket for ticket in everybody if self._all[ticket.number][1] in able), None)
        assert super().call(able, moment) == expected
        if expected is not None:
            del self._all[expected.number]
        assert len(self) == len(self._all)
        return expected


@pytest.mark.parametrize("policy", POLICIES)
@settings(max_examples=100, deadline=None)
@given(order_rules, st.integers(5, 60), st.integers(5, 60), st.randoms(use_true_random=True))
def test_a_counter_calls_the_first_of_the_order_whom_it_can_serve(
    policy: OrderPolicyName, rules: OrderSetup, cap: int, promise: int, chance: Random
) -> None:
    rules = replace(rules, policy=policy, cap_minutes=cap, promise_minutes=promise)
    queue = CheckedQueue(rules, GROUPS)
    # About as many of a kind have waited beyond their deadline as not.
    for number in range(1, 13):
        since = NOW - timedelta(minutes=chance.randint(-20, 80))
        visitor_class = chance.choice([APPOINTMENT, APPOINTMENT, "walk_in", "disabled"])
        rank_at = since - chance.choice([0, 1]) * head_start(visitor_class, rules)
        deadline = call_by(visitor_class, since, rules)
        ticket = Waiting(f"A{number:03}", visitor_class, since, rank_at, deadline)
        queue.join(ticket, chance.randrange(GROUPS))
        if chance.random() < 0.1:
            queue.leave(ticket)
    for minutes in range(12):
        place = chance.randrange(rules.appointments + rules.walk_ins)
        groups = chance.sample(range(GROUPS), chance.randint(1, GROUPS))
        moment = Moment(NOW + timedelta(minutes=minutes), place, kept=chance.random() < 0.5)
        queue.call(groups, moment)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_whole_day_is_called_in_the_order_of_the_rules(policy: OrderPolicyName) -> None:
    rules = replace(BUSY.order, policy=policy, appointments=2, walk_ins=1, promise_minutes=20, cap_minutes=60)
    for day in islice(open_days(BUSY), 4):
        played = play_day(draw_day(BUSY, day, 3), rules, BUSY.arrival_window, CheckedQueue)
        assert len(played.visits) > 40


def drawn(scenario: Scenario, days: int, seed: int = 1) -> list[DrawnDay]:
    return [draw_day(scenario, day, seed) for day in islice(open_days(scenario), days)]


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("scenario", [BSC, BUSY], ids=["bsc-mitte", "busy"])
def test_everybody_who_came_is_served_or_called_in_vain_or_gave_the_number_back(
    scenario: Scenario, policy: OrderPolicyName
) -> None:
    rules = replace(scenario.order, policy=policy)
    outcomes: Counter[str] = Counter()
    for day in drawn(scenario, 3):
        played = play_day(day, rules, scenario.arrival_window)
        assert played.left_waiting == 0
        assert Counter(id(visit.comer) for visit in played.visits) == Counter(map(id, day.comers))
        for visit in played.visits:
            assert visit.ended_waiting >= visit.comer.arrives
            assert (visit.outcome == "gave_back") == (visit.counter is None)
            assert visit.outcome != "served" or visit.comer.answers
            assert visit.outcome != "called_in_vain" or not visit.comer.answers
            assert visit.comer.gives_back is None or visit.ended_waiting <= visit.comer.gives_back
        outcomes.update(visit.outcome for visit in played.visits)
    assert scenario is BSC or len(outcomes) == 3


def test_no_counter_has_two_visitors_at_once_or_one_in_its_break() -> None:
    [day] = drawn(BSC, 1)
    ends = dict.fromkeys(range(len(day.counters)), day.opens)
    for visit in play_day(day, BSC.order, BSC.arrival_window).visits:
        if visit.counter is None:
            continue
        assert visit.ended_waiting >= ends[visit.counter]
        ends[visit.counter] = visit.ended_waiting + visit.comer.takes
        counter = day.counters[visit.counter]
        assert visit.comer.service in counter.services
        in_shift = any(shift.begins <= visit.ended_waiting < shift.ends for shift in counter.shifts)
        assert in_shift or (counter.stays and visit.ended_waiting >= counter.shifts[-1].ends)


def test_whoever_waits_finds_all_counters_that_could_serve_busy() -> None:
    [day] = drawn(BSC, 1)
    called = [
        visit for visit in play_day(day, BSC.order, BSC.arrival_window).visits if visit.counter is not None
    ]
    waited = [visit for visit in called if visit.ended_waiting > visit.comer.arrives >= day.opens]
    assert len(waited) > 100
    for at, counter in enumerate(day.counters):
        # Later shifts may begin late, after a late break.
        first = counter.shifts[0]
        busy = [visit for visit in called if visit.counter == at]
        for visit in waited:
            arrives = visit.comer.arrives
            if visit.comer.service in counter.services and first.begins <= arrives < first.ends:
                assert any(one.ended_waiting <= arrives < one.ended_waiting + one.comer.takes for one in busy)


def test_the_same_seed_gives_the_same_figures_and_another_seed_others() -> None:
    first, second, other = (compare_policies(BUSY, ["head-start"], 4, seed) for seed in (1, 1, 2))
    assert first.policies == second.policies != other.policies


def test_policies_are_compared_on_the_same_visitors() -> None:
    compared = compare_policies(BUSY, list(POLICIES), 6, 1).policies
    assert len({(one.came, one.missed, one.waits[APPOINTMENT].visitors) for one in compared}) == 1
    by_policy = {one.policy: one for one in compared}
    first, strict = by_policy["appointments-first"], by_policy["strict-order"]
    assert first.promise_kept > strict.promise_kept
    assert first.waits["walk_in"].p90 > strict.waits["walk_in"].p90


def test_figures_are_those_of_the_visits() -> None:
    [day] = drawn(BSC, 1)
    played, tally = play_day(day, BSC.order, BSC.arrival_window), Tally(BSC.order)
    tally.add(played)
    figures = tally.figures()
    called = [visit for visit in played.visits if visit.counter is not None]
    on_time = [visit for visit in called if kind_of(visit) == APPOINTMENT]
    kept = sum(visit.ended_waiting - visit.waiting_since <= timedelta(minutes=30) for visit in on_time)
    assert figures.promise_kept == pytest.approx(kept / len(on_time))
    assert figures.waits[ALL].visitors == len(called)
    assert sum(waits.visitors for kind, waits in figures.waits.items() if kind != ALL) == len(called)
    longest = max(visit.ended_waiting - visit.waiting_since for visit in called)
    assert figures.waits[ALL].longest == pytest.approx(longest / timedelta(minutes=1))
    assert 0.5 < figures.use <= 1
    assert figures.came == len(day.comers) == figures.served + figures.called_in_vain + figures.gave_back


def test_days_have_the_visitors_that_were_ordered() -> None:
    days = drawn(BSC, 60)
    came = sum(len(day.comers) + day.missed for day in days) / len(days)
    assert came == pytest.approx(BSC.arrivals.visitors_a_day, rel=0.05)
    booked = sum(sum(comer.appointment is not None for comer in day.comers) + day.missed for day in days)
    assert sum(day.missed for day in days) / booked == pytest.approx(0.2, abs=0.02)
    assert booked / len(days) / BSC.arrivals.visitors_a_day == pytest.approx(0.5, abs=0.05)
    assert not any(day.day.weekday() == 6 for day in days)


def test_a_year_at_moers_waits_as_the_city_has_published() -> None:
    """Each hour within 25 % or 5 minutes, half of the hours within 5 minutes, nine of ten within 10."""
    moers = find_scenario("moers")
    assert moers.published is not None
    [figures] = compare_policies(moers, [moers.order.policy], 250, 1).policies
    held = hold_against(moers.published, figures)
    assert len(held) == 12
    assert [one for one in held if not one.holds] == []
    waits = {hour: known.waited or 0.0 for hour, known in figures.hours.items()}
    morning = [waits[hour] for hour in range(8, 13)]
    assert morning == sorted(morning)
    assert waits[15] < waits[12]
