"""``appointments-first``: whoever is on time for an appointment, then everybody else by arrival.

Walk-ins fill what appointments leave free; only the cap brings one of them before an appointment.
"""

from collections.abc import Sequence

from queue_service.offices.setup_model import OrderSetup
from queue_service.queueing.order.turn import APPOINTMENT, CallFacts, Moment, Rule, Turn, Waiting, due


def turns(waiting: Sequence[Waiting], _rules: OrderSetup, moment: Moment) -> dict[str, Turn]:
    """Give everybody's turn by number."""
    return {
        ticket.number: due(ticket, moment)
        or Turn(1 if ticket.on_time else 2, ticket.waiting_since, ticket.number)
        for ticket in waiting
    }


def rule(facts: CallFacts) -> Rule:
    """Say whether the appointment brought somebody to the front, or the wait alone."""
    return "appointment_first" if facts.visitor_class == APPOINTMENT else "longest_wait"
