"""Who of those waiting can be called by which counter, and who by none.

Pure. ``can_call`` says what the statement ``call_next`` asks of a counter and a ticket; a test lets
the database call and compares.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from queue_service.queueing.model import Counter, CounterWithServices, Ticket

Obstacle = Literal["paused", "service", "needs", "bound", "together"]
"""Why no open counter can call somebody: those that could are paused; none serves the service; none of
those that do has what the visitor needs; the ticket is bound to a counter, person or team that is not
there; no counter serves all that is to be done together."""


class Unservable(msgspec.Struct, frozen=True):
    """Somebody whom no open counter can call."""

    ticket: Ticket
    obstacle: Obstacle
    counters: list[str]
    """Ids of the counters that could, if they were opened (or went on)."""


class Present(msgspec.Struct, frozen=True):
    """Who is there to keep a visitor waiting: a colleague or a team that has gone home keeps nobody."""

    clerks: frozenset[str]
    teams: frozenset[str]


def present(counters: Iterable[Counter]) -> Present:
    """Return who sits at these counters, and which teams' clerks do."""
    seated = list(counters)
    return Present(
        frozenset(counter.clerk for counter in seated if counter.clerk),
        frozenset(counter.team for counter in seated if counter.team and counter.state != "closed"),
    )


def can_call(counter: Counter, ticket: Ticket, here: Present) -> bool:
    """Tell whether the counter, as it is set now, would call this ticket; its state is not asked."""
    return (
        ticket.service in counter.serving
        and set(ticket.needs) <= set(counter.features)
        and ticket.counter in (None, counter.id)
        and (ticket.clerk in (None, counter.clerk) or ticket.clerk not in here.clerks)
        and (ticket.team in (None, counter.team) or ticket.team not in here.teams)
        and (not ticket.together or set(ticket.further_services) <= set(counter.serving))
    )


def calls(counter: Counter) -> bool:
    """Tell whether a counter calls visitors now: one that closes after its visit calls nobody more."""
    return counter.state == "open" and not counter.closing


def unservable(waiting: Iterable[Ticket], counters: Sequence[CounterWithServices]) -> list[Unservable]:
    """Return everybody whom no open counter can call, in the order given, each with why."""
    here = present(entry.counter for entry in counters)
    calling = [entry.counter for entry in counters if calls(entry.counter)]
    return [
        Unservable(ticket, _obstacle(ticket, counters, here), _could(ticket, counters))
        for ticket in waiting
        if not any(can_call(counter, ticket, here) for counter in calling)
    ]


def only_at(counter: Counter, waiting: Iterable[Ticket], counters: Iterable[Counter]) -> list[Ticket]:
    """Return whom this counter alone can call: those who are stranded when it closes and its clerk goes."""
    if not calls(counter):
        return []
    every = list(counters)
    left = [other for other in every if other.id != counter.id]
    now, then = present(every), present(left)
    return [
        ticket
        for ticket in waiting
        if can_call(counter, ticket, now)
        and not any(calls(other) and can_call(other, ticket, then) for other in left)
    ]


def _obstacle(ticket: Ticket, counters: Sequence[CounterWithServices], here: Present) -> Obstacle:
    if any(entry.counter.state == "paused" and can_call(entry.counter, ticket, here) for entry in counters):
        return "paused"
    serving = [
        entry.counter
        for entry in counters
        if calls(entry.counter) and ticket.service in entry.counter.serving
    ]
    if not serving:
        return "service"
    fitting = [counter for counter in serving if set(ticket.needs) <= set(counter.features)]
    if not fitting:
        return "needs"
    if ticket.together and not any(set(ticket.further_services) <= set(one.serving) for one in fitting):
        return "together"
    return "bound"


def _could(ticket: Ticket, counters: Sequence[CounterWithServices]) -> list[str]:
    """Counters that are not calling now and have by their set-up what it takes."""
    wanted = {ticket.service, *(ticket.further_services if ticket.together else ())}
    return [
        entry.counter.id
        for entry in counters
        if not calls(entry.counter)
        and wanted <= set(entry.services)
        and set(ticket.needs) <= set(entry.counter.features)
        and ticket.counter in (None, entry.counter.id)
    ]
