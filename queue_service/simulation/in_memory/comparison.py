"""The same days under several policies."""

from collections.abc import Callable, Sequence
from datetime import date
from itertools import islice

import msgspec

from queue_service.offices.setup_model import OrderPolicyName
from queue_service.simulation.in_memory.drawn_day import draw_day, open_days
from queue_service.simulation.in_memory.figures import PolicyFigures, Tally
from queue_service.simulation.in_memory.played_day import play_day
from queue_service.simulation.scenario import Scenario


class Comparison(msgspec.Struct, frozen=True):
    """Policies beside each other."""

    scenario: Scenario
    seed: int
    first_day: date
    last_day: date
    policies: list[PolicyFigures]
    """In the order asked for."""


def compare_policies(
    scenario: Scenario,
    policies: Sequence[OrderPolicyName],
    days: int,
    seed: int,
    show: Callable[[date], None] = lambda _day: None,
) -> Comparison:
    """Play so many open days under each policy; ``show`` hears of each day before it is played.

    Figures of the order are the scenario's: policies differ in nothing else. The same scenario,
    number of days and seed give the same figures.
    """
    dates = list(islice(open_days(scenario), days))
    orders = [msgspec.structs.replace(scenario.order, policy=policy) for policy in policies]
    tallies = [Tally(order) for order in orders]
    for day in dates:
        show(day)
        drawn = draw_day(scenario, day, seed)
        for order, tally in zip(orders, tallies, strict=True):
            tally.add(play_day(drawn, order, scenario.arrival_window))
    return Comparison(scenario, seed, dates[0], dates[-1], [tally.figures() for tally in tallies])
