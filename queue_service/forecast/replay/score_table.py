"""A contest as a table for people, with what it proves and what it does not."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from queue_service.forecast.replay.contest import OURS, Contest
from queue_service.forecast.replay.scores import Score, Told, chance_of_coverage, is_honest, score

CLOSE = 0.05
"""With one class, and so with little to know, ours may be worse than the best by this share."""
FEWEST_IN_GROUP = 30
"""Groups with fewer waits are told together; together with fewer, they are told and not judged."""

Figure = Callable[[Score], float]
FIGURES: dict[str, Figure] = {
    "pinball": lambda figures: figures.pinball,
    "RMSE": lambda figures: figures.rmse,
    "MAE": lambda figures: figures.mae,
}


def contest_table(title: str, contest: Contest) -> RenderableType:
    """Return the figures of all rules, then the marks; the last two columns hold RMSE and MAE."""
    table = Table(title=title, title_justify="left")
    table.add_column("rule")
    for column in ("80 % holds", "rounded", "width s", "pinball s", "RMSE s", "MAE s", "under"):
        table.add_column(column, justify="right")
    table.add_column("fitted only", justify="right")
    table.add_column("as it is", justify="right")
    for name, told in contest.told.items():
        figures = score(told)
        table.add_row(
            name,
            f"{figures.coverage:.1%}",
            f"{figures.coverage_rounded:.1%}",
            f"{figures.width:.0f}",
            f"{figures.pinball:.2f}",
            f"{figures.rmse:.1f}",
            f"{figures.mae:.1f}",
            f"{figures.under:.0%}",
            *(_middles(by_rule.get(name)) for by_rule in (contest.fitted, contest.raw)),
        )
    return Group(table, *(Text(line) for line in marks(contest)))


def _middles(told: Sequence[Told] | None) -> str:
    """Return RMSE and MAE of another form of a rule."""
    if told is None:
        return ""
    figures = score(told)
    return f"{figures.rmse:.1f}, {figures.mae:.1f}"


def marks(contest: Contest) -> Iterator[str]:
    """Give a line for each mark: the figure against the best rival, and coverage by class and hour."""
    ours = contest.told[OURS]
    for name, figure in FIGURES.items():
        best, rival = min(
            (figure(score(told)), rule)
            # Each rival in whichever of its forms is best here; a bare rule has no range.
            for told_by in (contest.told, contest.fitted, contest.raw)
            for rule, told in told_by.items()
            if rule != OURS and not (told_by is contest.raw and name == "pinball")
        )
        better = 1 - figure(score(ours)) / best
        allowed = 0.0 if len(contest.classes) > 1 else -CLOSE
        yield f"{_sign(better >= allowed)} {name}: {better:+.1%} beside the best rival ({rival}, {best:.1f})"
    yield f"{_sign(is_honest(ours))} range holds overall: {_holding(ours)}"
    yield from _groups("class", ours, lambda one: one.visitor_class)
    yield from _groups("hour", ours, lambda one: f"{one.hour:02}")
    stayed = [one for one in ours if one.stayed]
    if len(stayed) < len(ours):
        yield f"of those who stayed: {_holding(stayed)}; of those who left, by deduction: " + _holding(
            [one for one in ours if not one.stayed]
        )
    yield (
        f"{len(ours)} waits on {len(contest.test_days)} test days; {contest.unknown_truth} more that nobody "
        f"can know, {contest.unknown_told} told as unknown"
    )


def _groups(kind: str, told: Sequence[Told], key: Callable[[Told], str]) -> Iterator[str]:
    groups: dict[str, list[Told]] = defaultdict(list)
    for one in told:
        groups[key(one)].append(one)
    small = [name for name, members in groups.items() if len(members) < FEWEST_IN_GROUP]
    rest = [one for name in small for one in groups.pop(name)]
    named = dict(sorted(groups.items()))
    if len(rest) >= FEWEST_IN_GROUP:
        named["others"] = rest
    within = sum(is_honest(members) for members in named.values())
    by_chance = sum(
        abs(score(members).coverage - 0.8) <= max(0.03, chance_of_coverage(len(members)))
        for members in named.values()
    )
    yield (
        f"{_sign(within == len(named))} range holds in 77-83 % in {within} of {len(named)} by {kind} "
        f"({by_chance} within what chance allows): "
        + ", ".join(f"{name} {_holding(members)}" for name, members in named.items())
        + ("" if "others" in named or not rest else f"; too few to judge: {_holding(rest)}")
    )


def _holding(told: Sequence[Told]) -> str:
    return f"{score(told).coverage:.0%} of {len(told)}" if told else "none"


def _sign(met: bool) -> str:
    return "met:   " if met else "MISSED:"
