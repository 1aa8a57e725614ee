"""The order by which an office calls, chosen by name, and why a ticket was called when it was.

``sql/migrations/0021_calling_order.sql`` sorts by the same turns; a test holds both against each
other for every policy.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

import msgspec

from queue_service.offices.setup_model import OrderPolicyName, OrderSetup
from queue_service.queueing.order import appointments_first, head_start, ratio, reserve, strict_order
from queue_service.queueing.order.turn import (
    APPOINTMENT,
    DUE,
    Bond,
    CallFacts,
    Moment,
    OrderPolicy,
    Rule,
    Waiting,
)
from queue_service.queueing.why_words import why_words

POLICIES: Mapping[OrderPolicyName, OrderPolicy] = MappingProxyType(
    {
        "head-start": head_start,
        "appointments-first": appointments_first,
        "strict-order": strict_order,
        "ratio": ratio,
        "reserve": reserve,
    }
)


class Why(msgspec.Struct, frozen=True):
    """Why a ticket was called when it was."""

    rule: Rule
    waited_minutes: int
    head_start_minutes: int
    visitor_class: str = msgspec.field(name="class")
    policy: OrderPolicyName = "head-start"
    reason: str = ""
    """In the clerk's words, where somebody was chosen out of turn."""
    overridden: list[Bond] = []
    """Whose visitor it was to be: another counter's, a colleague's, a team's."""
    text: dict[str, str] = {}
    """The same in words that end a sentence, German and English."""


def in_calling_order(waiting: Sequence[Waiting], rules: OrderSetup, moment: Moment) -> list[Waiting]:
    """Return everybody in the order in which they are called."""
    turns = POLICIES[rules.policy].turns(waiting, rules, moment)
    return sorted(waiting, key=lambda ticket: (ticket.number == moment.put_back, turns[ticket.number]))


def explain(facts: CallFacts, now: datetime) -> Why:
    """Say which rule put the ticket where it was when it was called at ``now``."""
    rule, start = _rule(facts), facts.waiting_since - facts.rank_at
    # Somebody called before the appointed time has not waited a negative time.
    waited = max(0, int((now - facts.waiting_since).total_seconds() // 60))
    return Why(
        rule=rule,
        waited_minutes=waited,
        head_start_minutes=int(start.total_seconds() // 60),
        visitor_class=facts.visitor_class,
        policy=facts.policy,
        reason=facts.reason or "",
        overridden=facts.overridden,
        text=why_words(rule, facts.visitor_class, waited, facts.reason or "", facts.overridden),
    )


def _rule(facts: CallFacts) -> Rule:
    if facts.chosen:
        return "chosen"
    if facts.tier == DUE:
        return "promise" if facts.visitor_class == APPOINTMENT else "wait_cap"
    return POLICIES[facts.policy].rule(facts)
