"""What travels over ``GET /api/v1/stream``: a snapshot, then changes with consecutive versions.

Three audiences see three views of the same office and the same versions: a *display* sees
numbers, counters, counts and estimates; a *kiosk* sees services on offer, counts and
estimates; *staff* see tickets. ``apply_to_display`` and ``apply_to_kiosk`` are the only
place that says how a change alters a view: the programs on the devices use them, and the
tests require that they give exactly what a fresh snapshot gives.
"""

from datetime import datetime
from typing import Literal

import msgspec

HallState = Literal["open", "paused", "leave"]
"""``paused``: nobody is called for a while, numbers stay valid. ``leave``: everybody leaves the building."""
LAST_CALLS_SHOWN = 24
"""How many calls a display's snapshot holds: the current and the last ones of each of four areas."""


class WaitRange(msgspec.Struct, frozen=True):
    """An estimate in whole minutes that holds for most visitors, rounded for people."""

    low_minutes: int
    high_minutes: int


class Call(msgspec.Struct, frozen=True):
    """One call of one number to one counter; a recall is a call of its own.

    ``version`` is the version of the change that made it and names the call within its office.
    """

    version: int
    number: str
    counter: str
    """The counter's number as painted on its sign, ``3``."""
    counter_name: dict[str, str]
    """By language tag: ``{"de": "Schalter 3", "en": "Counter 3"}``."""
    at: datetime
    nth: int = 1
    """1 for the first call of this number, 2 for its first recall."""
    language: str = "de"
    """Language that the visitor asked for; spoken after the German when it is another."""
    pick_up: bool = False
    """Staff fetch the visitor, who waits at the reception and is to go to no counter."""


class WaitingArea(msgspec.Struct, frozen=True):
    """A part of the house with a screen of its own, and the counters to which its visitors are called."""

    code: str
    name: dict[str, str]
    counters: list[str]
    """Their numbers."""


class ShownCounter(msgspec.Struct, frozen=True):
    """What the small display at a counter's door says."""

    counter: str
    """Its number."""
    name: dict[str, str]
    state: Literal["closed", "open", "paused"]
    number: str | None = None
    """Of the visitor who is called to it or served at it."""
    called: bool = False
    """The visitor is on the way still."""


class OfficeCard(msgspec.Struct, frozen=True):
    """What a device has to know of its office to head a page and print a ticket."""

    slug: str
    name: dict[str, str]
    time_zone: str
    area: dict[str, str] = {}
    """Waiting area named on tickets, ``{"de": "Wartebereich Erdgeschoss"}``; may be empty."""
    reception: dict[str, str] = {}
    """Where help is, as shown at the kiosk: ``{"de": "Empfang: rechts vom Eingang"}``; may be empty."""
    languages: list[str] = msgspec.field(default_factory=lambda: ["de", "en"])
    notice: dict[str, str] = {}
    """One line of information for the waiting room; may be empty."""
    follow_url: str = ""
    """Short address under which a ticket can be followed; the ticket's token is appended."""
    accent: str = ""
    """Accent colour of the authority as ``#rrggbb``; never carries meaning."""
    ticket_shows_service: bool = False
    """Whether paper may name the service; off unless the office asks for it."""
    areas: list[WaitingArea] = []
    """Where the house has several."""


class DisplaySnapshot(msgspec.Struct, frozen=True, tag="snapshot", tag_field="type"):
    """Everything a wall display shows, at one version of the office."""

    version: int
    office: OfficeCard
    calls: list[Call]
    """Newest first, at most ``LAST_CALLS_SHOWN``."""
    waiting: int
    open_counters: int
    wait: WaitRange | None
    """For somebody who would come now; None when nothing honest can be said."""
    wait_reason: str | None = None
    """Why there is none: ``no_counter_open``, ``nobody_serves_this``, ``closes_before``,
    ``hall_paused``."""
    audience: str = "display"
    hall: HallState = "open"
    counters: list[ShownCounter] = []
    """All of them, in the order of the office."""


class DisplayChange(msgspec.Struct, frozen=True):
    """One change as a display sees it; the counts are those after the change."""

    type: str
    version: int
    at: datetime
    waiting: int
    open_counters: int
    wait: WaitRange | None
    call: Call | None = None
    wait_reason: str | None = None
    hall: HallState = "open"
    counters: list[ShownCounter] = []
    """Those that say something else now."""


class WalkIns(msgspec.Struct, frozen=True):
    """Whether tickets are issued without an appointment now, and if not, why and when again."""

    open: bool
    reason: str | None = None
    """Stable code: ``outside_hours``, ``holiday``, ``closure``, ``stopped_by_staff``,
    ``by_appointment_only``, ``not_served_today`` (the counters close before it is anybody's turn who
    comes now); of an open consultation also ``not_yet`` (its registration opens later today) and
    ``contingent_used_up``."""
    next_chance_at: datetime | None = None
    """Of an open consultation: when its next registration opens."""
    places_left: int | None = None
    """Same-day places that are left; None where none are counted."""
    begins_at: datetime | None = None
    """When visitors of the open consultation are served: this one's, or the next one's while closed."""


class KioskService(msgspec.Struct, frozen=True):
    """A service that a visitor can choose at the kiosk, with its present queue."""

    code: str
    name: dict[str, str]
    group: dict[str, str]
    """Heading under which the kiosk lists the service, by language."""
    minutes: int
    waiting: int
    wait: WaitRange | None
    walk_ins: WalkIns | None = None
    """Of the service alone, where it has same-day places or is not served any more today; None: as the
    office's."""
    wait_reason: str | None = None
    """Why there is no wait, as in ``DisplaySnapshot``."""
    max_quantity: int = 1
    """How many of it one visit may settle; above 1 the kiosk asks."""


class KioskSnapshot(msgspec.Struct, frozen=True, tag="snapshot", tag_field="type"):
    """Everything a kiosk offers, at one version of the office."""

    version: int
    office: OfficeCard
    services: list[KioskService]
    walk_ins: WalkIns
    waiting: int
    open_counters: int
    audience: str = "kiosk"
    hall: HallState = "open"
    """No numbers are given out in ``leave``; in ``paused`` they are."""
    asks: list[str] = []
    """What visitors are asked, see ``kiosk_questions``."""


class QueueLength(msgspec.Struct, frozen=True):
    """A service's queue after a change."""

    code: str
    waiting: int
    wait: WaitRange | None
    walk_ins: WalkIns | None = None
    wait_reason: str | None = None


class KioskChange(msgspec.Struct, frozen=True):
    """One change as a kiosk sees it; ``services`` are those whose queue or wait is another now."""

    type: str
    version: int
    at: datetime
    waiting: int
    open_counters: int
    services: list[QueueLength] = []
    walk_ins: WalkIns | None = None
    """None leaves it as it was."""
    hall: HallState = "open"


class Hello(msgspec.Struct, frozen=True, tag="hello", tag_field="type"):
    """First message of a client that can't set headers; ``since`` resumes where possible."""

    token: str
    since: int | None = None


class VersionGapError(ValueError):
    """A change does not follow the state it is applied to; the client needs a new snapshot."""


def apply_to_display(state: DisplaySnapshot, change: DisplayChange) -> DisplaySnapshot:
    """Return the display's state after ``change``.

    Raises VersionGapError unless the change carries the next version.
    """
    _require_next(state.version, change.version)
    calls = [change.call, *state.calls][:LAST_CALLS_SHOWN] if change.call else state.calls
    changed = {sign.counter: sign for sign in change.counters}
    return msgspec.structs.replace(
        state,
        version=change.version,
        calls=calls,
        waiting=change.waiting,
        open_counters=change.open_counters,
        wait=change.wait,
        wait_reason=change.wait_reason,
        hall=change.hall,
        counters=[changed.get(sign.counter, sign) for sign in state.counters],
    )


def apply_to_kiosk(state: KioskSnapshot, change: KioskChange) -> KioskSnapshot:
    """Return the kiosk's state after ``change``.

    Raises VersionGapError unless the change carries the next version.
    """
    _require_next(state.version, change.version)
    changed = {queue.code: queue for queue in change.services}
    services = [
        msgspec.structs.replace(
            service,
            waiting=new.waiting,
            wait=new.wait,
            walk_ins=new.walk_ins,
            wait_reason=new.wait_reason,
        )
        if (new := changed.get(service.code))
        else service
        for service in state.services
    ]
    return msgspec.structs.replace(
        state,
        version=change.version,
        services=services,
        waiting=change.waiting,
        open_counters=change.open_counters,
        walk_ins=change.walk_ins or state.walk_ins,
        hall=change.hall,
    )


def _require_next(have: int, got: int) -> None:
    if got != have + 1:
        msg = f"have version {have}, got {got}"
        raise VersionGapError(msg)
