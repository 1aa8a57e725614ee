"""The whole hall at a glance, for those who lead it: counters, queues, who waits longest, who is stuck."""

from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from queue_service.booking import service as booking
from queue_service.booking.model import ExpectedVisitor
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.model import local_day
from queue_service.platform.queries import Connection
from queue_service.queueing import store
from queue_service.queueing.counter_plan import CounterPlan, plan_today
from queue_service.queueing.model import Counter, CounterWithServices, Ticket
from queue_service.queueing.servable import Unservable, calls, only_at, unservable

LONGEST_SHOWN = 8
"""How many of those who wait longest are named; more than a team lead can look after at once."""
EXPECTED_SHOWN = 12
"""How many of the appointments still to come are named; their number is told as well."""


class CounterInHall(msgspec.Struct, frozen=True):
    """A counter, with whom it serves and who depends on it."""

    counter: Counter
    services: list[str]
    """All that could be served there by its set-up."""
    visitor: Ticket | None
    only_here: list[str]
    """Numbers of those whom no other open counter can call."""
    plan: CounterPlan | None = None
    """Hours and breaks of today, where it has some of its own."""


class ServiceQueue(msgspec.Struct, frozen=True):
    """Who waits for one service."""

    service: str
    name: dict[str, str]
    waiting: int
    by_class: dict[str, int]
    """By visitor's class, those that occur."""
    waiting_since: datetime
    """Of whoever has waited longest."""
    open_counters: int
    """Counters that call for it now."""


class HallOverview(msgspec.Struct, frozen=True):
    """An office's hall as it is now, for its team leads."""

    version: int
    waiting: int
    counters: list[CounterInHall]
    queues: list[ServiceQueue]
    """The longest first."""
    longest: list[Ticket]
    """Those who have waited longest, at most eight."""
    unservable: list[Unservable]
    """Whom no open counter can call, in calling order."""
    expected: list[ExpectedVisitor]
    """The next appointments of today whose visitors are still to come, at most twelve."""
    expected_count: int


def service_queues(
    waiting: Sequence[Ticket], counters: Sequence[Counter], names: dict[str, dict[str, str]]
) -> list[ServiceQueue]:
    """Return the queue of every service that somebody waits for, the longest first, then by code."""
    by_service: dict[str, list[Ticket]] = {}
    for ticket in waiting:
        by_service.setdefault(ticket.service, []).append(ticket)
    queues = [
        ServiceQueue(
            service=code,
            name=names.get(code, {}),
            waiting=len(tickets),
            by_class=dict(sorted(Tally(ticket.visitor_class for ticket in tickets).items())),
            waiting_since=min(ticket.waiting_since for ticket in tickets),
            open_counters=sum(calls(counter) and code in counter.serving for counter in counters),
        )
        for code, tickets in by_service.items()
    ]
    return sorted(queues, key=lambda queue: (-queue.waiting, queue.service))


def counters_in_hall(
    waiting: Sequence[Ticket],
    others: Sequence[Ticket],
    entries: Sequence[CounterWithServices],
    plans: Mapping[str, CounterPlan | None],
) -> list[CounterInHall]:
    """Return every counter with its visitor, those who depend on it alone, and its plan by number."""
    at_counters = {ticket.id: ticket for ticket in others}
    every = [entry.counter for entry in entries]
    return [
        CounterInHall(
            entry.counter,
            entry.services,
            at_counters.get(entry.counter.ticket) if entry.counter.ticket else None,
            [ticket.number for ticket in only_at(entry.counter, waiting, every)],
            plans.get(entry.counter.number),
        )
        for entry in entries
    ]


async def oversee(conn: Connection, now: datetime, office: Office) -> HallOverview:
    """Return the hall of an office as it is now."""
    queue = await store.queue(conn, office.id, None, now)
    entries = await store.list_counters(conn, office.id)
    plans = {entry.counter.number: plan_today(office, entry.counter.number, now) for entry in entries}
    names = {service.code: service.name for service in await offices.list_offered_services(conn, office)}
    expected = await booking.still_expected(conn, office.id, local_day(now, office.setup.time_zone))
    return HallOverview(
        version=queue.version,
        waiting=len(queue.items),
        counters=counters_in_hall(queue.items, queue.others, entries, plans),
        queues=service_queues(queue.items, [entry.counter for entry in entries], names),
        longest=sorted(queue.items, key=lambda ticket: (ticket.waiting_since, ticket.number))[:LONGEST_SHOWN],
        unservable=unservable(queue.items, entries),
        expected=expected[:EXPECTED_SHOWN],
        expected_count=len(expected),
    )
