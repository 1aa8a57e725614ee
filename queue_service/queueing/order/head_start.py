"""``head-start``: the longest wait is called first, counted with the head start of its class.

Because everybody's wait grows alike, this is the order of one stored instant,
``rank_at = waiting_since - head start``, and needs no recalculation as time passes.
"""

from collections.abc import Sequence

from queue_service.offices.setup_model import OrderSetup
from queue_service.queueing.order.turn import CallFacts, Moment, Rule, Turn, Waiting, due


def turns(waiting: Sequence[Waiting], _rules: OrderSetup, moment: Moment) -> dict[str, Turn]:
    """Give everybody's turn by number."""
    return {
        ticket.number: due(ticket, moment) or Turn(1, ticket.rank_at, ticket.number) for ticket in waiting
    }


def rule(facts: CallFacts) -> Rule:
    """Say whether a head start brought somebody to the front, or the wait alone."""
    return "head_start" if facts.rank_at < facts.waiting_since else "longest_wait"
