"""What an office learns from its days: robust, shrunk to the plan, and never more than it saw."""

import math
from random import Random
from statistics import fmean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_service.forecast.call_order import HeadStarts
from queue_service.forecast.durations import learned_points, planned_points, remaining
from queue_service.forecast.learning import kaplan_meier, learn
from queue_service.forecast.past_days import PastDay, PastVisit
from queue_service.forecast.replay.log_order import learned_head_starts
from queue_service.forecast.replay.simulated_days import SEVERAL, simulated_day
from queue_service.forecast.replay.true_waits import true_waits

FCFS = HeadStarts({})


def visit(
    number: int, arrived: float, called: float | None, finished: float | None = None, **facts: object
) -> PastVisit:
    """Give a visit; without a call, its visitor left at ``finished``."""
    if called is None:
        return PastVisit(f"A{number:03}", "walk_in", ("ausweis",), arrived, left_at=finished)
    return PastVisit(
        f"A{number:03}",
        "walk_in",
        ("ausweis",),
        arrived,
        called,
        finished,
        counter="1",
        **facts,  # type: ignore[arg-type]
    )


def busy_day(lengths: list[float], start: float = 8 * 3600.0, pause: float = 20.0) -> PastDay:
    """Give a day on which all came at once and one counter served them."""
    visits, at = [], start
    for number, length in enumerate(lengths):
        visits.append(visit(number, start, at, at + length))
        at += length + pause
    return PastDay("monday", 0.0, tuple(visits))


def test_without_days_the_plan_is_known() -> None:
    assert learn([], {"ausweis": 10}).counter_times["ausweis"] == planned_points(600)


def test_a_handful_of_visits_moves_the_plan_a_little_and_hundreds_replace_it() -> None:
    few, many = (learn([busy_day([1200.0] * count)], {"ausweis": 10}) for count in (3, 400))
    assert 500 < median(few.counter_times["ausweis"]) < 800
    assert median(many.counter_times["ausweis"]) == pytest.approx(1200, rel=0.03)


def test_a_visit_that_nobody_finished_on_the_screen_is_no_visit_of_a_day() -> None:
    chance = Random(1)  # noqa: S311 - no secret
    seen = [600 * chance.lognormvariate(0, 0.5) for _ in range(100)]
    usual = fmean(learned_points(seen, None))
    assert fmean(learned_points([*seen, 30_000.0], None)) == pytest.approx(usual, rel=0.1)


def test_the_pause_is_learned_where_somebody_waited() -> None:
    assert median(learn([busy_day([300.0] * 400, pause=45.0)], {}).pauses) == pytest.approx(45, rel=0.1)


def twenty_days(slower: float) -> list[PastDay]:
    """Give days on which visits last longer by a factor from the middle of the day on."""
    chance = Random(5)  # noqa: S311 - no secret
    return [
        busy_day([300 * chance.lognormvariate(0, 0.6) * (slower if place > 25 else 1) for place in range(50)])
        for _ in range(20)
    ]


def test_hours_that_differ_by_chance_are_left_alone() -> None:
    assert learn(twenty_days(slower=1.0), {}).hour_factors == {}


def test_hours_that_are_slower_are_known_to_be_slower() -> None:
    factors = learn(twenty_days(slower=1.4), {}).hour_factors
    assert max(factors.values()) / min(factors.values()) == pytest.approx(1.4, rel=0.15)


@given(st.floats(0, 900))
def test_what_is_left_is_what_was_longer(elapsed: float) -> None:
    left = remaining(planned_points(600), elapsed, 40)
    assert min(left) >= 0
    assert list(left) == sorted(left)
    longer = [length - elapsed for length in planned_points(600) if length > elapsed]
    assert fmean(left) == pytest.approx(fmean(longer), rel=0.02)


def test_whoever_was_called_says_only_that_more_patience_was_there() -> None:
    patience = kaplan_meier([(10, True), (20, False), (30, True), (40, False)])
    assert list(patience.seconds) == [10, 30]
    assert patience.staying == pytest.approx((0.75, 0.375))
    # Half of those who have waited 20 seconds leave at 30, as far as anybody knows.
    assert sorted(patience.leaving_after(20, 10)) == [10.0] * 5 + [math.inf] * 5


def test_the_wait_of_one_who_left_ends_when_the_next_behind_is_called() -> None:
    day = PastDay(
        "monday",
        0.0,
        (
            visit(1, 0, 0, 500),
            visit(2, 10, None, 100),
            visit(3, 20, 510, 900),
            visit(4, 30, None, 950),
            visit(5, 40, None, 2000),
        ),
    )
    waits = true_waits(day, FCFS, pause=10)
    assert waits["A002"] == 500
    assert waits["A003"] == 490
    # Nobody stands behind the fourth but one who left as well: the end of the third visit and a pause.
    assert "A005" not in waits


def test_head_starts_are_learned_from_what_was_called() -> None:
    days = [simulated_day(SEVERAL, day, 1) for day in range(2)]
    head_starts, explained = learned_head_starts(days)
    assert head_starts["appointment"] > head_starts["walk_in"]
    assert explained > 0.75
