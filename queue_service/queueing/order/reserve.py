"""``reserve``: as ``head-start``, but under overload a share of the counters is kept for one class.

A kept counter calls that class first and everybody else when none of it waits: no counter is idle
while somebody could be served.
"""

import math
from collections.abc import Sequence

from queue_service.offices.setup_model import OrderSetup
from queue_service.queueing.order import head_start
from queue_service.queueing.order.turn import CallFacts, Moment, Rule, Turn, Waiting, due

KEPT, ORDINARY = 1, 2
"""Tiers after those whose time has come."""


def turns(waiting: Sequence[Waiting], rules: OrderSetup, moment: Moment) -> dict[str, Turn]:
    """Give everybody's turn by number, for a counter that is kept or not."""
    return {
        ticket.number: due(ticket, moment)
        or Turn(
            KEPT if moment.kept and ticket.visitor_class == rules.reserved_class else ORDINARY,
            ticket.rank_at,
            ticket.number,
        )
        for ticket in waiting
    }


def kept_counters(open_counters: int, waiting: int, rules: OrderSetup) -> int:
    """Return how many of the open counters, the first by position, are kept now."""
    if waiting < open_counters * rules.reserved_from_waiting:
        return 0
    return math.ceil(open_counters * rules.reserved_percent / 100)


def rule(facts: CallFacts) -> Rule:
    """Say whether the counter was kept for this class, or what decides everywhere else."""
    return "reserved_counter" if facts.tier == KEPT else head_start.rule(facts)
