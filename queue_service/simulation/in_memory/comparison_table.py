"""A comparison as tables for a terminal."""

from collections.abc import Iterator

from rich.table import Table

from queue_service.queueing.order.turn import APPOINTMENT
from queue_service.simulation.day_report import CLASS_NAMES
from queue_service.simulation.in_memory.comparison import Comparison
from queue_service.simulation.in_memory.figures import ALL, Waits
from queue_service.simulation.in_memory.published_waits import hold_against


def tables(comparison: Comparison) -> Iterator[Table]:
    """Give the policies beside each other, their waits by class and, where there are any, published waits."""
    yield _overview(comparison)
    yield _waits(comparison)
    if comparison.scenario.published is not None:
        yield _published(comparison)


def _overview(comparison: Comparison) -> Table:
    first = comparison.policies[0]
    title = (
        f"{comparison.scenario.name}, {first.days} days from {comparison.first_day} to "
        f"{comparison.last_day}, seed {comparison.seed}: {first.came / first.days:.0f} visitors a day, "
        f"{first.missed:,} missed an appointment"
    )
    table = Table(title=title, title_justify="left")
    table.add_column("policy", no_wrap=True)
    promise, cap = f"called within {first.promise_minutes} min", f"within {first.cap_minutes} min"
    with_appointments = APPOINTMENT in first.waits
    for column in (promise, cap, "longest wait", "counters' use", "done after closing", "gave up", "in vain"):
        table.add_column(column, justify="right")
    for one in comparison.policies:
        table.add_row(
            one.policy,
            f"{one.promise_kept:.1%}" if with_appointments else "–",
            f"{one.cap_kept:.1%}",
            f"{one.waits[ALL].longest:.0f} min",
            f"{one.use:.1%}",
            f"{one.overtime.p50:.0f} / {one.overtime.p90:.0f} min",
            f"{one.gave_back:,}",
            f"{one.called_in_vain:,}",
        )
    table.caption = (
        "promise: on time for an appointment; cap: everybody else; after closing: p50 / p90 of days"
    )
    return table


def _waits(comparison: Comparison) -> Table:
    table = Table(title="waits in minutes, p50 / p90 / p99", title_justify="left")
    table.add_column("policy", no_wrap=True)
    kinds = list(comparison.policies[0].waits)
    for kind in kinds:
        table.add_column(CLASS_NAMES.get(kind, kind), justify="right")
    for one in comparison.policies:
        table.add_row(one.policy, *(_percentiles(one.waits.get(kind)) for kind in kinds))
    return table


def _percentiles(waits: Waits | None) -> str:
    return f"{waits.p50:.0f} / {waits.p90:.0f} / {waits.p99:.0f}" if waits else "–"


def _published(comparison: Comparison) -> Table:
    published = comparison.scenario.published
    assert published is not None, "asked for only then"
    table = Table(title=f"published ({published.source}) and simulated, minutes", title_justify="left")
    table.add_column("")
    held = {one.policy: hold_against(published, one) for one in comparison.policies}
    first = next(iter(held.values()))
    for column in ("published", "tolerance", *held):
        table.add_column(column, justify="right")
    for at, one in enumerate(first):
        name = one.what if one.hour is None else f"{one.hour} h"
        simulated = (
            f"{all_held[at].simulated:.1f}{'' if all_held[at].holds else ' !'}" for all_held in held.values()
        )
        table.add_row(name, f"{one.published:.0f}", f"± {one.tolerance:.1f}", *simulated)
    return table
