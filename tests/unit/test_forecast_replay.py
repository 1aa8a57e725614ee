"""A log is replayed: only what was known at the time is used, and a faulty line is named."""

from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from queue_service.forecast.call_order import HeadStarts
from queue_service.forecast.command import forecast
from queue_service.forecast.past_days import PastDay
from queue_service.forecast.replay.call_log import COLUMNS, MalformedLogError, days_of
from queue_service.forecast.replay.contest import OURS, Contest, compete
from queue_service.forecast.replay.log_states import CounterSkills, moments
from queue_service.forecast.replay.outlook_scores import foretold, score_of
from queue_service.forecast.replay.scores import score
from queue_service.forecast.replay.simulated_days import LONGEST_WAIT, SCENARIOS, SEVERAL, simulated_day
from queue_service.forecast.replay.speed import NOW, crowded_hall

HEAD = "\t".join(COLUMNS)
GOOD = "0\tPS\t990201\t8:00:00\t8:00:00\t8:01:00\t60\tAGENT\t8:00:59\t8:03:00\tDORIT"
NEXT_DAY = GOOD.replace("990201", "990202")


def clock(second: float) -> str:
    """Give a time of day as logs have it."""
    return f"{int(second) // 3600}:{int(second) // 60 % 60:02}:{int(second) % 60:02}"


def made_up_log(days: int = 3, calls: int = 120) -> str:
    """Give a log of two servers and callers who hang up when they have waited five minutes."""
    chance = Random(2)  # noqa: S311 - no secret
    lines = [HEAD]
    for day in range(days):
        free, at = {"ANNA": 28_800.0, "BERTA": 28_800.0}, 28_800.0
        for _ in range(calls):
            at += chance.expovariate(1 / 100)
            server = min(free, key=lambda name: free[name])
            called = max(at, free[server])
            start = f"{chance.choice('02')}\tPS\t99020{day + 1}\t{clock(at)}"
            if called - at > 300:
                lines.append(
                    f"{start}\t{clock(at)}\t{clock(at + 300)}\t300\tHANG\t0:00:00\t0:00:00\tNO_SERVER"
                )
                continue
            free[server] = called + chance.lognormvariate(5, 0.6)
            queued = int(called) - int(at)
            queue = f"{clock(at)}\t{clock(called)}\t{queued}" if queued else "0:00:00\t0:00:00\t0"
            lines.append(f"{start}\t{queue}\tAGENT\t{clock(called)}\t{clock(free[server])}\t{server}")
    return "\n".join(lines)


def test_a_log_is_replayed_and_all_rules_are_told(tmp_path: Path) -> None:
    log = tmp_path / "calls.tsv"
    log.write_text(made_up_log(), encoding="utf-8")
    answer = CliRunner().invoke(
        forecast, ["replay", str(log), "--training-days", "2"], catch_exceptions=False
    )
    assert answer.exit_code == 0
    for told in (OURS, "ZMS", "linear mix", "range holds overall", "by class", "of those who left"):
        assert told in answer.output


@pytest.mark.parametrize(
    ("lines", "line", "wrong"),
    [
        ("", 1, "the head line lacks priority"),
        (HEAD.replace("q_exit", "exit"), 1, "lacks q_exit"),
        (f"{HEAD}\n{GOOD}\textra", 2, "has 12 columns, the head line 11"),
        (f"{HEAD}\n{GOOD}\n{GOOD.replace('AGENT', 'GONE')}", 3, "outcome is 'GONE'"),
        (f"{HEAD}\n{GOOD.replace('990201', '990231')}", 2, "date is '990231'"),
        (f"{HEAD}\n\n{GOOD.replace('8:03:00', '8:63:00')}", 3, "ser_exit is '8:63:00', not H:MM:SS"),
        (f"{HEAD}\n{GOOD.replace(chr(9) + '60', chr(9) + '-60')}", 2, "q_time is '-60'"),
        (f"{HEAD}\n{GOOD.replace('8:01:00', '7:01:00')}", 2, "called before it arrives"),
        (f"{HEAD}\n{GOOD}", 1, "has 1 day"),
    ],
)
def test_a_faulty_log_is_told_with_its_line(lines: str, line: int, wrong: str) -> None:
    with pytest.raises(MalformedLogError, match=wrong) as told:
        days_of(lines.split("\n"))
    assert told.value.line == line


def test_the_command_tells_a_faulty_line_without_a_traceback(tmp_path: Path) -> None:
    log = tmp_path / "calls.tsv"
    log.write_bytes(b"\xff\xfe")
    answer = CliRunner().invoke(forecast, ["replay", str(log)])
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: calls.tsv: line 1: is no text")


def test_a_log_in_which_nobody_waits_is_told_to_be_of_no_use(tmp_path: Path) -> None:
    log = tmp_path / "calls.tsv"
    at_once = GOOD.replace("8:00:00\t8:01:00\t60", "0:00:00\t0:00:00\t0")
    log.write_text("\n".join([HEAD, at_once, at_once.replace("990201", "990202")]), encoding="utf-8")
    answer = CliRunner().invoke(forecast, ["replay", str(log)])
    assert answer.exit_code == 1
    assert "nobody had to wait" in answer.output


def test_phantoms_are_no_calls_and_an_end_that_nobody_noted_is_no_length() -> None:
    phantom, endless = GOOD.replace("AGENT", "PHANTOM"), GOOD.replace("8:03:00", "0:00:00")
    first, second = days_of([HEAD, GOOD, phantom, NEXT_DAY.replace("8:03:00", "0:00:00"), endless])
    assert [visit.finished_at is None for visit in first.visits] == [False, True]
    assert second.visits[0].called_at is not None


def test_a_state_knows_nothing_of_later() -> None:
    day = simulated_day(SEVERAL, 0, 1)
    order = HeadStarts(SEVERAL.head_starts, LONGEST_WAIT)
    cut = 11 * 3600.0
    known = PastDay(
        day.name,
        day.starts_at,
        tuple(visit for visit in day.visits if visit.arrived_at <= cut),
        day.counters,
    )
    whole = [one.state for one in moments(day, order, CounterSkills([])) if one.at <= cut]
    early = [one.state for one in moments(known, order, CounterSkills([])) if one.at <= cut]
    assert len(whole) == len(early) > 50
    for ours, theirs in zip(whole, early, strict=True):
        assert (ours.waiting, ours.counters) == (theirs.waiting, theirs.counters)


@pytest.fixture(scope="module")
def contest() -> Contest:
    """Three days to learn from and two to judge by, of a small office with several classes."""
    small = replace(SEVERAL, counters=4, specialists=1, walk_ins_an_hour=10, appointments_an_hour=8)
    days = [simulated_day(small, day, 3) for day in range(5)]
    order = HeadStarts(small.head_starts, LONGEST_WAIT)
    return compete(days[:3], days[3:], order, small.planned_minutes, lambda day: None)  # noqa: ARG005


def test_the_simulation_beats_every_rule_where_there_are_several_classes(contest: Contest) -> None:
    ours = score(contest.told[OURS])
    for rule, told in contest.told.items():
        if rule != OURS:
            assert ours.pinball < score(told).pinball, rule
    for rule, told in contest.raw.items():
        assert ours.mae < score(told).mae, rule
        assert ours.rmse < score(told).rmse, rule


def test_every_rule_is_judged_by_the_same_visitors(contest: Contest) -> None:
    waits = [[one.waited for one in told] for told in (*contest.told.values(), *contest.raw.values())]
    assert all(other == waits[0] for other in waits)


def test_a_simulated_day_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    assert simulated_day(SEVERAL, 0, 1) == simulated_day(SEVERAL, 0, 1)
    assert simulated_day(SEVERAL, 0, 1) != simulated_day(SEVERAL, 0, 2)


def test_the_crowded_hall_that_is_timed_is_as_full_as_it_says() -> None:
    state = crowded_hall(200)
    assert len(state.waiting) == 200
    assert all(waiting.waiting_since <= NOW for waiting in state.waiting)


def test_an_outlook_on_made_up_days_holds_about_as_often_as_it_says() -> None:
    scenario = SCENARIOS[0]
    days = [simulated_day(scenario, day, seed=2) for day in range(3)]
    told = list(foretold(days[:2], days[2:], HeadStarts({}), scenario.planned_minutes))
    # From nine until the made-up offices close, each hour its rest by half hours.
    assert len(told) > 100
    whole = score_of(told)
    assert whole.held > 0.7
    assert abs(whole.too_many) < 3
    # What one looks at is the day as it became: somebody waited.
    assert whole.waited > 0.5
    assert score_of([one for one in told if one.hours_ahead <= 1]).width < 10
