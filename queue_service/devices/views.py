"""What each audience is shown of a hall: snapshots and messages, derived and never stored.

Pure. A display sees numbers, counters, counts and estimates; a kiosk services on offer, counts
and estimates; staff see tickets. What is not put in here does not leave the service.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from queue_service.emergency.model import Alarm
from queue_service.offices.catalogue import OfferedService, Office
from queue_service.offices.model import local_day
from queue_service.offices.open_consultation import (
    consultations_for,
    not_served_today,
    walk_ins_for,
    walk_ins_of,
)
from queue_service.protocol.stream import (
    Call,
    DisplayChange,
    DisplaySnapshot,
    HallState,
    KioskChange,
    KioskService,
    KioskSnapshot,
    OfficeCard,
    QueueLength,
    ShownCounter,
    WalkIns,
)
from queue_service.queueing.hall import ChangeBody, ChangeRecord, Hall, call_of
from queue_service.queueing.model import Counter, Ticket
from queue_service.queueing.told_waits import ToldWait

STAFF_KINDS = frozenset(
    {
        "alarm.raised",
        "alarm.acknowledged",
        "alarm.ended",
        "help.asked",
        "help.coming",
        "help.over",
        "ticket.described",
        "ticket.renumbered",
    }
)
"""Changes that are the staff's business alone."""
UNSEEN = "unchanged"
"""What devices are told of them: a call for help looks like a note that a clerk wrote."""


class StaffSnapshot(msgspec.Struct, frozen=True, tag="snapshot", tag_field="type"):
    """Everything a desk shows, at one version."""

    version: int
    office: OfficeCard
    items: list[Ticket]
    """Waiting, called, being served and parked; by rank, then number."""
    counters: list[Counter]
    waiting: int
    open_counters: int
    audience: str = "staff"
    hall: HallState = "open"
    alarms: list[Alarm] = []
    """Those that are open, oldest first."""


class StaffChange(msgspec.Struct, frozen=True):
    """One change as staff see it: the ticket and the counter as they are now."""

    type: str
    version: int
    at: datetime
    waiting: int
    open_counters: int
    ticket: Ticket | None = None
    counter: Counter | None = None
    tickets: list[Ticket] = []
    """Several at once: all who wait, after the office's rules have changed."""
    hall: HallState = "open"
    alarm: Alarm | None = None
    """Raised, acknowledged or ended."""


class OfficeFacts(msgspec.Struct, frozen=True):
    """What views need of an office beside its hall; read again after every ``office.changed``."""

    office: Office
    services: list[OfferedService]
    card: OfficeCard

    @property
    def minutes(self) -> dict[str, int]:
        """Planned minutes by service code."""
        return {service.code: service.minutes for service in self.services}


def display_snapshot(facts: OfficeFacts, hall: Hall, now: datetime) -> DisplaySnapshot:
    """Return what a wall display shows; calls of earlier days are not among it."""
    told = hall.wait_for_anyone(facts.minutes)
    return DisplaySnapshot(
        version=hall.version,
        office=facts.card,
        calls=_calls_of_today(facts.office, hall.calls, now),
        waiting=hall.waiting,
        open_counters=hall.open_count,
        wait=told.wait,
        wait_reason=told.reason,
        hall=hall.state,
        counters=counter_signs(hall),
    )


def counter_signs(hall: Hall) -> list[ShownCounter]:
    """Return what stands at each counter's door."""
    return [
        _sign(counter, hall)
        for counter in sorted(hall.counters.values(), key=lambda counter: counter.position)
    ]


def _sign(counter: Counter, hall: Hall) -> ShownCounter:
    visit = hall.tickets.get(counter.ticket) if counter.ticket else None
    # Whom staff fetch from the reception is not told to come to the door.
    called = visit is not None and visit.state == "called" and not visit.pick_up
    return ShownCounter(
        counter.number, counter.name, counter.state, visit.number if visit else None, called=called
    )


def display_change(
    facts: OfficeFacts, hall: Hall, change: ChangeRecord, body: ChangeBody, before: list[ShownCounter]
) -> tuple[DisplayChange, list[ShownCounter]]:
    """Return the message for a display and the signs that the next one is compared with.

    ``hall`` is the hall after the change.
    """
    told = hall.wait_for_anyone(facts.minutes)
    after = counter_signs(hall)
    message = DisplayChange(
        type=_kind_for_devices(change),
        version=change.version,
        at=change.at,
        waiting=hall.waiting,
        open_counters=hall.open_count,
        wait=told.wait,
        call=call_of(change, body),
        wait_reason=told.reason,
        hall=hall.state,
        counters=[sign for sign in after if sign not in before],
    )
    return message, after


def kiosk_snapshot(facts: OfficeFacts, hall: Hall, now: datetime) -> KioskSnapshot:
    """Return what a kiosk offers."""
    lengths = {queue.code: queue for queue in queue_lengths(facts, hall, now)}
    return KioskSnapshot(
        version=hall.version,
        office=facts.card,
        services=[
            KioskService(
                code=service.code,
                name=service.name,
                group=service.group,
                minutes=service.minutes,
                waiting=lengths[service.code].waiting,
                wait=lengths[service.code].wait,
                walk_ins=lengths[service.code].walk_ins,
                wait_reason=lengths[service.code].wait_reason,
                max_quantity=service.max_quantity,
            )
            for service in facts.services
            if service.walk_in
        ],
        walk_ins=walk_ins_of(facts.office, now, _taken_today(facts, hall, now)),
        waiting=hall.waiting,
        open_counters=hall.open_count,
        hall=hall.state,
        asks=list(facts.office.setup.kiosk.asks),
    )


def queue_lengths(facts: OfficeFacts, hall: Hall, now: datetime) -> list[QueueLength]:
    """Return the queue, the wait and the same-day places of every walk-in service."""
    waiting, taken = hall.waiting_by_service(), _taken_today(facts, hall, now)
    waits = {
        service.code: hall.wait_for(service.code, facts.minutes)
        for service in facts.services
        if service.walk_in
    }
    return [
        QueueLength(
            code,
            waiting.get(code, 0),
            told.wait,
            _own_walk_ins(facts.office, code, now, taken, told),
            told.reason,
        )
        for code, told in waits.items()
    ]


def _taken_today(facts: OfficeFacts, hall: Hall, now: datetime) -> dict[str, int]:
    return hall.taken_on(local_day(now, facts.office.setup.time_zone))


def _own_walk_ins(
    office: Office, service: str, now: datetime, taken: Mapping[str, int], told: ToldWait
) -> WalkIns | None:
    """Return what holds for this service and not for the whole office."""
    state = walk_ins_for(office, service, now, taken)
    if state.open and told.reason == "closes_before" and office.setup.walk_in_stop == "forecast":
        return not_served_today(office, service, now)
    return state if consultations_for(office, service) else None


def kiosk_change(
    facts: OfficeFacts, hall: Hall, change: ChangeRecord, before: list[QueueLength], now: datetime
) -> tuple[KioskChange, list[QueueLength]]:
    """Return the message for a kiosk and the queue lengths that the next one is compared with."""
    after = queue_lengths(facts, hall, now)
    known = set(before)
    message = KioskChange(
        type=_kind_for_devices(change),
        version=change.version,
        at=change.at,
        waiting=hall.waiting,
        open_counters=hall.open_count,
        services=[queue for queue in after if queue not in known],
        walk_ins=walk_ins_of(facts.office, now, _taken_today(facts, hall, now)),
        hall=hall.state,
    )
    return message, after


def staff_snapshot(facts: OfficeFacts, hall: Hall) -> StaffSnapshot:
    """Return what a desk shows."""
    return StaffSnapshot(
        version=hall.version,
        office=facts.card,
        items=sorted(hall.tickets.values(), key=lambda ticket: (ticket.rank_at, ticket.number)),
        counters=sorted(hall.counters.values(), key=lambda counter: counter.position),
        waiting=hall.waiting,
        open_counters=hall.open_count,
        hall=hall.state,
        alarms=sorted(hall.alarms.values(), key=lambda alarm: (alarm.at, alarm.id)),
    )


def staff_change(hall: Hall, change: ChangeRecord, body: ChangeBody) -> StaffChange:
    """Return the message for staff."""
    return StaffChange(
        type=change.kind,
        version=change.version,
        at=change.at,
        waiting=hall.waiting,
        open_counters=hall.open_count,
        ticket=body.ticket,
        counter=body.counter,
        tickets=body.tickets,
        hall=hall.state,
        alarm=body.alarm,
    )


def _kind_for_devices(change: ChangeRecord) -> str:
    return UNSEEN if change.kind in STAFF_KINDS else change.kind


def _calls_of_today(office: Office, calls: list[Call], now: datetime) -> list[Call]:
    zone = office.setup.time_zone
    today = local_day(now, zone)
    return [call for call in calls if local_day(call.at, zone) == today]
