"""``queue-service forecast``: how well waits are foretold, on an office's own days and on made-up ones."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from rich.console import Console, RenderableType
from rich.table import Table

from queue_service.forecast.call_order import CallOrder, HeadStarts
from queue_service.forecast.past_days import PastDay
from queue_service.forecast.replay.call_log import FEWEST_DAYS, MalformedLogError, read_call_log
from queue_service.forecast.replay.contest import NothingToJudgeError, compete
from queue_service.forecast.replay.log_order import learned_head_starts
from queue_service.forecast.replay.outlook_scores import foretold, score_of
from queue_service.forecast.replay.score_table import contest_table
from queue_service.forecast.replay.simulated_days import LONGEST_WAIT, SCENARIOS, simulated_day
from queue_service.forecast.replay.speed import timings

SEED = 4
TRAINING_DAYS = 10
TEST_DAYS = 20
OUTLOOK_DAYS = 8
AHEAD = (("up to 1 h", 0.0, 1.0), ("1 to 3 h", 1.0, 3.0), ("3 to 6 h", 3.0, 6.0), ("later", 6.0, 24.0))
TABLE_WIDTH = 120
WEEK = 7


@click.group()
def forecast() -> None:
    """Compare the forecast of waiting times with other rules."""


@forecast.command()
@click.argument("log", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--training-days",
    type=click.IntRange(1),
    default=WEEK,
    show_default=True,
    help="Learn from so many first days and judge on the rest; of a shorter log, learn from half.",
)
def replay(log: Path, training_days: int) -> None:
    """Replay LOG, a tab-separated log of calls, and print what each rule would have told.

    The head line names the columns: priority, type, date (YYMMDD), vru_exit, q_start, q_exit, q_time
    (seconds), outcome (AGENT, HANG, PHANTOM), ser_start, ser_exit, server.
    """
    try:
        days = read_call_log(log)
    except MalformedLogError as wrong:
        raise click.ClickException(f"{log.name}: {wrong}") from wrong
    if training_days >= len(days):
        training_days = len(days) // FEWEST_DAYS
    try:
        _replay(log.name, days[:training_days], days[training_days:])
    except NothingToJudgeError as wrong:
        raise click.ClickException(f"{log.name}: {wrong}") from wrong


@forecast.command()
@click.option("--training-days", type=click.IntRange(1), default=TRAINING_DAYS, show_default=True)
@click.option("--test-days", type=click.IntRange(1), default=TEST_DAYS, show_default=True)
@click.option("--seed", type=int, default=SEED, show_default=True, help="Another number, other days.")
@click.option("--only", type=click.Choice([scenario.name for scenario in SCENARIOS]), help="One scenario.")
def compare(training_days: int, test_days: int, seed: int, only: str | None) -> None:
    """Play made-up days and print what each rule would have told on the same days; takes minutes."""
    console = _console()
    for scenario in SCENARIOS:
        if only not in (None, scenario.name):
            continue
        days = [simulated_day(scenario, day, seed) for day in range(training_days + test_days)]
        order = HeadStarts(scenario.head_starts, LONGEST_WAIT)
        training, test = days[:training_days], days[training_days:]
        title = f"{scenario.name}, seed {seed}"
        console.print(_contest(console, title, training, test, order, scenario.planned_minutes))
        console.print()


@forecast.command()
@click.option("--training-days", type=click.IntRange(1), default=TRAINING_DAYS, show_default=True)
@click.option("--test-days", type=click.IntRange(1), default=OUTLOOK_DAYS, show_default=True)
@click.option("--seed", type=int, default=SEED, show_default=True, help="Another number, other days.")
def outlook(training_days: int, test_days: int, seed: int) -> None:
    """Print how often the outlook on the rest of a day holds on made-up days; takes a minute."""
    console = _console()
    table = Table()
    for column in ("scenario", "told ahead", "80 % holds", "width", "too many", "waiting", "told"):
        table.add_column(column, justify="left" if column in ("scenario", "told ahead") else "right")
    for scenario in SCENARIOS:
        days = [simulated_day(scenario, day, seed) for day in range(training_days + test_days)]
        order = HeadStarts(scenario.head_starts, LONGEST_WAIT)
        with console.status(scenario.name):
            told = list(foretold(days[:training_days], days[training_days:], order, scenario.planned_minutes))
        for name, begin, end in AHEAD:
            here = score_of([one for one in told if begin < one.hours_ahead <= end])
            table.add_row(
                scenario.name,
                name,
                f"{here.held:.0%}",
                f"{here.width:.1f}",
                f"{here.too_many:+.1f}",
                f"{here.waited:.1f}",
                f"{here.told:,}",
            )
    console.print(table)


@forecast.command()
def speed() -> None:
    """Measure how long a forecast takes, in processor time."""
    table = Table()
    for column in ("waiting", "median ms", "worst ms", "mark ms"):
        table.add_column(column, justify="right")
    for timing in timings():
        table.add_row(
            f"{timing.waiting:,}",
            f"{timing.median * 1000:.1f}",
            f"{timing.worst * 1000:.1f}",
            f"{timing.mark * 1000:.0f}",
        )
    _console().print(table)


def _replay(title: str, training: Sequence[PastDay], test: Sequence[PastDay]) -> None:
    console = _console()
    head_starts, explained = learned_head_starts(training)
    told = ", ".join(f"{name}: {seconds:.0f} s" for name, seconds in head_starts.items())
    console.print(
        f"order learned from {len(training)} days: head starts {told}; explain {explained:.0%} of the calls"
    )
    console.print(_contest(console, title, training, test, HeadStarts(head_starts), {}))


def _contest(
    console: Console,
    title: str,
    training: Sequence[PastDay],
    test: Sequence[PastDay],
    order: CallOrder,
    planned_minutes: Mapping[str, float],
) -> RenderableType:
    """Return the table of a contest, showing meanwhile at which day it is."""
    with console.status(title) as status:

        def show(day: str) -> None:
            status.update(f"{title}: {day}")

        return contest_table(title, compete(training, test, order, planned_minutes, show))


def _console() -> Console:
    # Wide enough for the table also where no terminal says how wide it is.
    return Console(highlight=False, width=TABLE_WIDTH)
