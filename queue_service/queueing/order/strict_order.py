"""``strict-order``: the longest wait, whatever the class; nobody ever overtakes anybody.

An appointment's wait begins at the appointed time. Head starts, promise and cap mean nothing here.
"""

from collections.abc import Sequence

from queue_service.offices.setup_model import OrderSetup
from queue_service.queueing.order.turn import CallFacts, Moment, Rule, Turn, Waiting


def turns(waiting: Sequence[Waiting], _rules: OrderSetup, _moment: Moment) -> dict[str, Turn]:
    """Give everybody's turn by number."""
    return {ticket.number: Turn(1, ticket.waiting_since, ticket.number) for ticket in waiting}


def rule(_facts: CallFacts) -> Rule:
    """Say what alone counts here."""
    return "longest_wait"
