"""An office's hall as all of its screens see it: one snapshot, then changes applied in order.

Pure. The hub keeps one ``Hall`` per office and process, built from ``HallRecord`` and moved on by
``apply``; what a display, a kiosk and staff are shown is derived from it and from nothing else.
"""

from datetime import date, datetime
from uuid import UUID

import msgspec

from queue_service.emergency.model import Alarm
from queue_service.protocol.stream import LAST_CALLS_SHOWN, Call, HallState, VersionGapError
from queue_service.queueing.model import Counter, Ticket
from queue_service.queueing.told_waits import HallWaits, ToldWait, at_least_as_new
from queue_service.queueing.wait_forecast import OpenCounter, estimate, estimate_for_anyone

SHOWN_STATES = ("waiting", "called", "serving", "parked")
"""States of tickets that a hall holds; others have left it."""


class ChangeRecord(msgspec.Struct, frozen=True):
    """One row of the feed; ``body`` holds ``ticket`` and ``counter`` where the change has them."""

    version: int
    kind: str
    at: datetime
    body: msgspec.Raw


class TakenPlaces(msgspec.Struct, frozen=True):
    """How many places of an open consultation are taken on a local day."""

    code: str
    day: date
    used: int


class ChangeBody(msgspec.Struct, frozen=True):
    """What a change carries for the hall; other kinds' bodies have none of it."""

    ticket: Ticket | None = None
    tickets: list[Ticket] = []
    """Several at once: all who wait, after the office's rules have changed."""
    counter: Counter | None = None
    contingent: TakenPlaces | None = None
    forecast: HallWaits | msgspec.UnsetType | None = msgspec.UNSET
    """None: there is none any more."""
    hall: HallState | None = None
    """None: as it was."""
    alarm: Alarm | None = None


class HallRecord(msgspec.Struct, frozen=True):
    """A hall as read from the database at one version."""

    version: int
    tickets: list[Ticket]
    counters: list[Counter]
    calls: list[ChangeRecord]
    """Newest first."""
    contingents: list[TakenPlaces] = []
    """Of the last day on which places were taken."""
    forecast: HallWaits | None = None
    state: HallState = "open"
    alarms: list[Alarm] = []
    """Those that are open."""


class Hall(msgspec.Struct):
    """The state that changes are applied to; mutable, owned by one hub."""

    version: int
    tickets: dict[UUID, Ticket]
    counters: dict[str, Counter]
    calls: list[Call]
    """Newest first, at most LAST_CALLS_SHOWN."""
    contingents: dict[str, TakenPlaces] = {}
    """By code, of the last day on which places were taken."""
    forecast: HallWaits | None = None
    """The waits as they were forecast last, until nobody renews them."""
    state: HallState = "open"
    alarms: dict[str, Alarm] = {}
    """Those that are open, by id."""

    def apply(self, change: ChangeRecord) -> ChangeBody:
        """Move the hall on by one change and return what it carried.

        Raises VersionGapError unless the change has the next version.
        """
        if change.version != self.version + 1:
            msg = f"hall has version {self.version}, change has {change.version}"
            raise VersionGapError(msg)
        body = _body(change)
        self.version = change.version
        for ticket in [body.ticket, *body.tickets] if body.ticket else body.tickets:
            if ticket.state in SHOWN_STATES:
                self.tickets[ticket.id] = ticket
            else:
                self.tickets.pop(ticket.id, None)
        if body.counter is not None:
            self.counters[body.counter.id] = body.counter
        if body.contingent is not None:
            self._take(body.contingent)
        if body.forecast is not msgspec.UNSET:
            self.forecast = body.forecast
        self.state = body.hall or self.state
        if body.alarm is not None:
            self._note(body.alarm)
        call = call_of(change, body)
        if call is not None:
            self.calls = [call, *self.calls][:LAST_CALLS_SHOWN]
        return body

    def _take(self, taken: TakenPlaces) -> None:
        last_day = max((known.day for known in self.contingents.values()), default=taken.day)
        if taken.day > last_day:
            self.contingents = {}
        if taken.day >= last_day:
            self.contingents[taken.code] = taken

    def _note(self, alarm: Alarm) -> None:
        if alarm.ended_at is None:
            self.alarms[alarm.id] = alarm
        else:
            self.alarms.pop(alarm.id, None)

    def taken_on(self, day: date) -> dict[str, int]:
        """How many same-day places are taken, by the code of the open consultation."""
        return {code: taken.used for code, taken in self.contingents.items() if taken.day == day}

    @property
    def waiting(self) -> int:
        """How many people wait."""
        return sum(ticket.state == "waiting" for ticket in self.tickets.values())

    @property
    def open_count(self) -> int:
        """How many counters take visitors."""
        return sum(counter.state == "open" for counter in self.counters.values())

    def waiting_by_service(self) -> dict[str, int]:
        """How many wait, by service code."""
        count: dict[str, int] = {}
        for ticket in self.tickets.values():
            if ticket.state == "waiting":
                count[ticket.service] = count.get(ticket.service, 0) + 1
        return count

    def open_counters(self, minutes: dict[str, int]) -> list[OpenCounter]:
        """The counters that call visitors now: none while the hall is paused or left.

        ``minutes`` are planned minutes by service code.
        """
        return [
            OpenCounter(frozenset(counter.serving), self._busy_minutes(counter, minutes))
            for counter in self.counters.values()
            if counter.state == "open" and self.state == "open"
        ]

    def wait_for(self, service: str, minutes: dict[str, int]) -> ToldWait:
        """The wait of somebody who comes now for this service, or why there is none."""
        open_counters = self.open_counters(minutes)
        seen = estimate(service, self.waiting_by_service(), minutes, open_counters)
        told = self.forecast.services.get(service) if self.forecast else None
        return at_least_as_new(told, seen, self.state, any_counter_open=bool(open_counters))

    def wait_for_anyone(self, minutes: dict[str, int]) -> ToldWait:
        """The wait of somebody who comes now for whatever, or why there is none."""
        open_counters = self.open_counters(minutes)
        seen = estimate_for_anyone(self.waiting_by_service(), minutes, open_counters)
        told = self.forecast.anyone if self.forecast else None
        return at_least_as_new(told, seen, self.state, any_counter_open=bool(open_counters))

    def _busy_minutes(self, counter: Counter, minutes: dict[str, int]) -> float:
        visit = self.tickets.get(counter.ticket) if counter.ticket else None
        return minutes.get(visit.service, 0) if visit else 0


def build_hall(record: HallRecord) -> Hall:
    """Return the hall that a snapshot of the database describes."""
    calls = [call for change in record.calls if (call := call_of(change, _body(change)))]
    return Hall(
        version=record.version,
        tickets={ticket.id: ticket for ticket in record.tickets},
        counters={counter.id: counter for counter in record.counters},
        calls=calls[:LAST_CALLS_SHOWN],
        contingents={taken.code: taken for taken in record.contingents},
        forecast=record.forecast,
        state=record.state,
        alarms={alarm.id: alarm for alarm in record.alarms},
    )


def call_of(change: ChangeRecord, body: ChangeBody) -> Call | None:
    """Return the call that displays announce for this change, if it is one."""
    if change.kind not in ("ticket.called", "ticket.recalled") or body.ticket is None or body.counter is None:
        return None
    return Call(
        version=change.version,
        number=body.ticket.number,
        counter=body.counter.number,
        counter_name=body.counter.name,
        at=change.at,
        nth=body.ticket.calls,
        language=body.ticket.language,
        pick_up=body.ticket.pick_up,
    )


def _body(change: ChangeRecord) -> ChangeBody:
    return msgspec.json.decode(change.body, type=ChangeBody)
