"""What team leads see and send when a day is staffed otherwise than planned.

Offices are named by slug, pools by code. Hours are minutes after midnight of the office's time zone,
as everybody reads them of an office.
"""

from datetime import date, datetime, timedelta
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from queue_service.booking.contingents import Level
from queue_service.booking.model import Instant, OfficeSlug, ServiceWish
from queue_service.notices.model import ToldReason, Way
from queue_service.offices.model import MINUTES_A_DAY
from queue_service.offices.setup_model import StaffedHours
from queue_service.platform.errors import InvalidFields
from queue_service.protocol.device_api import FieldError

Told = Literal["email", "sms", "letter", "call", "door"]
"""How somebody hears of it; ``call``: an agent rings, from the call list. ``door``: the letter comes too late
and there is no number, so that only the reception can tell them, when they come."""

FIRST_DAYS = 14
"""Days of the plan that are shown when nobody says how many."""
MOST_DAYS = 60
"""As far ahead as appointments are given out."""
MOST_MOVES = 200
"""Appointments in one request."""
MOVES_AT_ONCE = 50
"""Appointments moved in one transaction, some twenty milliseconds each: bookings on the same days wait
as long."""
MOST_POOLS = 50
LONGEST_REASON = 200
STEP_MINUTES = 5
ONE_MINUTE = timedelta(minutes=1)


ColleaguesReason: TypeAlias = Annotated[
    str, Meta(pattern=r"\S", max_length=LONGEST_REASON, examples=["Wasserschaden"])
]
"""For colleagues and whoever rings the visitors, who are not told."""


class StaffingChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a day is to be staffed; no hours close it for appointments."""

    reason: ColleaguesReason
    staffing: list[StaffedHours]
    pools: Annotated[list[Annotated[str, Meta(max_length=60)]], Meta(max_length=MOST_POOLS)] = []
    """Empty: all of the office."""


class Why(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why the office can't keep appointments."""

    reason: ColleaguesReason
    told_reason: ToldReason | None = None
    """What visitors are told of it, in their language; nothing when it is left out."""


class DayDecision(Why, frozen=True, forbid_unknown_fields=True):
    """Why a whole day is cancelled or moved."""


class PoolDayPlan(msgspec.Struct, frozen=True):
    """A pool on a day: what was planned, what was decided, and how much of it is booked."""

    day: date
    pool: str
    planned: list[StaffedHours]
    decided: list[StaffedHours] | None
    """What counts instead of the plan; empty: closed. None: the plan counts."""
    reason: str | None
    booked: int
    """Appointments."""
    affected: int
    """Those of them that have no counter left."""
    free_minutes: int
    """Of all counters together that appointments can still be booked for, counters lent included."""

    @property
    def staffing(self) -> list[StaffedHours]:
        """What counts on this day."""
        return self.planned if self.decided is None else self.decided


class StaffingPlan(msgspec.Struct, frozen=True):
    """By day, then in the order of the office's pools."""

    items: list[PoolDayPlan]


class NewPlace(msgspec.Struct, frozen=True):
    """A place that an appointment can move to."""

    office: str
    start: datetime
    end: datetime


class Affected(msgspec.Struct, frozen=True):
    """An appointment that has no counter any more; of who comes nothing but how they are reached."""

    reference: str
    office: str
    pool: str
    start: datetime
    end: datetime
    services: list[ServiceWish]
    persons: int
    channel: str
    told_by: list[Told]
    """How this person will hear of a new place; empty: nobody can tell them."""
    proposal: NewPlace | None
    why_none: Literal["not_offered", "full"] | None
    """Set exactly when there is no proposal."""
    others: list[NewPlace]
    """Further places, the best first; unlike the proposals, two people may be shown the same one."""


class AffectedList(msgspec.Struct, frozen=True):
    """Earliest first."""

    items: list[Affected]


class StaffingChanged(msgspec.Struct, frozen=True):
    """Whom the change leaves without a counter on its day; ``preview``: nothing was changed."""

    preview: bool
    affected: list[Affected]


class AffectedParty(msgspec.Struct, frozen=True):
    """A party without places; of who comes nothing but how they are reached. Other hours are of its kind."""

    reference: str
    office: str
    code: str
    title: dict[str, str]
    start: datetime
    end: datetime
    party_size: int
    channel: str
    told_by: list[Told]
    """How this party will hear of another hour; empty: nobody can tell them."""
    proposal: NewPlace | None
    why_none: Literal["full"] | None
    """Set exactly when there is no proposal."""
    others: list[NewPlace]
    """Further hours, the best first; unlike the proposals, two parties may be shown the same one."""


class AffectedParties(msgspec.Struct, frozen=True):
    """Earliest first."""

    items: list[AffectedParty]


class MoveItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One appointment and its new place; without an office it stays where it is."""

    reference: Annotated[str, Meta(min_length=1, max_length=40, examples=["K7RM-W3XR"])]
    start: Instant
    office: OfficeSlug | None = None


class MoveAffected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which of the affected get which places."""

    items: Annotated[list[MoveItem], Meta(min_length=1, max_length=MOST_MOVES)]
    told_reason: ToldReason | None = None
    """What visitors are told of why, in their language; nothing when it is left out."""


class CancelAffected(Why, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which of the affected are cancelled, because the office has no place that would suit them."""

    references: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=40, examples=["K7RM-W3XR"])]],
        Meta(min_length=1, max_length=MOST_MOVES),
    ]


class Outcome(msgspec.Struct, frozen=True):
    """What became of one appointment."""

    reference: str
    status: Literal[
        "moved",
        "cancelled",
        "slot_taken",
        "invalid_fields",
        "service_not_offered",
        "not_affected",
        "not_found",
    ]
    """``not_affected``: it has its counter, perhaps because a colleague was faster."""
    previous_start: datetime | None = None
    place: NewPlace | None = None
    """Where the appointment is now."""
    told_by: list[Told] = []
    """Empty for one that was moved or cancelled: this person can't be reached."""
    proposal: NewPlace | None = None
    """The next place, when the one asked for is gone."""


class Outcomes(msgspec.Struct, frozen=True):
    """In the order of the former appointments; ``preview``: nothing was done."""

    preview: bool
    items: list[Outcome]
    left: int = 0
    """Affected appointments of the day that nothing was done about: no place, or booked meanwhile."""


class AffectedRow(msgspec.Struct, frozen=True):
    """What the database tells of an appointment that needs another place."""

    reference: str
    office_id: int
    office: str
    time_zone: str
    pool: str
    pool_ids: list[int]
    """Of every part of the visit, the first part's first."""
    day: date
    starts_at: datetime
    ends_at: datetime
    cells: int
    """Of the first part, with what stays free after it."""
    level: int
    services: list[ServiceWish]
    persons: int
    channel: str
    confirm_by: list[Way]
    has_phone: bool
    expected_start: datetime
    """When whoever comes believes it to be: nobody has told them of what was changed and not rung about."""

    @property
    def minutes(self) -> int:
        """How long the visit takes."""
        return (self.ends_at - self.starts_at) // ONE_MINUTE


class AffectedPartyRow(msgspec.Struct, frozen=True):
    """What the database tells of a party that needs another hour."""

    reference: str
    code: str
    title: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    party_size: int
    channel: str
    level: Level
    confirm_by: list[Way]
    has_phone: bool
    expected_start: datetime
    """When the party believes it to be: nobody has told it of what was changed and not rung about."""


class ServingPool(msgspec.Struct, frozen=True):
    """A pool that can serve a visit alone, and what the visit takes there."""

    office: str
    pool_id: int
    minutes: int
    cells: int


class PoolDayFigures(msgspec.Struct, frozen=True):
    """How full a pool's day is."""

    pool: str
    day: date
    booked: int
    free_minutes: int


def refuse_impossible_hours(staffing: list[StaffedHours]) -> None:
    """Raise InvalidFields for hours that no day has."""
    faults = [fault for at, entry in enumerate(staffing) for fault in _faults(f"staffing[{at}]", entry)]
    if faults:
        raise InvalidFields(errors=faults)


def _faults(place: str, entry: StaffedHours) -> list[FieldError]:
    faults = []
    for name, span in (("hours", entry.hours), *((f"breaks[{n}]", s) for n, s in enumerate(entry.breaks))):
        if not 0 <= span.opens < span.closes <= MINUTES_A_DAY:
            faults.append(FieldError(f"{place}.{name}", "Hours begin before they end, within one day."))
        elif span.opens % STEP_MINUTES or span.closes % STEP_MINUTES:
            faults.append(FieldError(f"{place}.{name}", "Hours begin and end on full five minutes."))
        elif not entry.hours.holds(span):
            faults.append(FieldError(f"{place}.{name}", "Breaks lie within the hours."))
    return faults
