"""The waiting list as programs and pages see it: who waits for what, what was offered, what comes next.

Somebody for whom there is no place says what would do; a place that becomes free is then kept for
them until they answer, and nobody else can take it meanwhile.
"""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from queue_service.booking.model import (
    MOST_PERSONS,
    MOST_SERVICES,
    Channel,
    Contact,
    ContactShown,
    KeptContact,
    OfficeSlug,
    ServiceWish,
)

WaitingState = Literal["waiting", "offered", "accepted", "withdrawn", "lapsed"]
Way = Literal["sms", "email", "call"]
"""How an offer is told; ``call``: an agent rings."""
Answer = Literal["accepted", "refused", "unanswered"]

MOST_OFFICES = 100
LONGEST_NOTICE_HOURS = 14 * 24
"""Two weeks: who needs longer waits for another kind of appointment."""
DEFAULT_NOTICE_HOURS = 24
"""Somebody at work, or with children, can hardly come the same day."""
ENTRIES_SHOWN = 200
"""Of a waiting list, in one answer: the first of them, in the order of asking."""

Weekday = Annotated[int, Meta(ge=1, le=7)]
ClockTime = Annotated[str, Meta(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", examples=["08:00"])]

RULE = (
    "A free place goes to whoever asked first among those whom it fits: the services and how long they take, "
    "the office, the days and the time of day asked for, the notice that is needed, and what the way of "
    "booking may take. It is kept until it is answered; refused or not answered in time, it goes to the "
    "next. Saying no costs nothing: the place in the order of asking stays."
)
"""What staff say when they are asked why somebody else was called."""


class DayHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The visit begins at or after ``from`` and before ``until``, by the office's clock."""

    begin: ClockTime = msgspec.field(default="00:00", name="from")
    end: ClockTime = msgspec.field(default="24:00", name="until")

    @property
    def opens(self) -> int:
        """Minutes after midnight."""
        return _minutes(self.begin)

    @property
    def closes(self) -> int:
        """Minutes after midnight; 1440 at its end."""
        return _minutes(self.end)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


class WaitingRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody wants a place that isn't there yet."""

    services: Annotated[list[ServiceWish], Meta(min_length=1, max_length=MOST_SERVICES)]
    last_day: date = msgspec.field(name="until")
    """The deadline; the day itself still helps."""
    ways: Annotated[list[Way], Meta(min_length=1, max_length=3)]
    """How an offer is told."""
    first_day: date | None = msgspec.field(default=None, name="from")
    """None: as soon as possible."""
    offices: Annotated[list[OfficeSlug], Meta(max_length=MOST_OFFICES)] = []
    """Empty: any."""
    weekdays: Annotated[list[Weekday], Meta(max_length=7)] = []
    """By ISO 8601, 1 is Monday; empty: any."""
    hours: DayHours = DayHours()
    persons: Annotated[int, Meta(ge=1, le=MOST_PERSONS)] = 1
    notice_hours: Annotated[int, Meta(ge=0, le=LONGEST_NOTICE_HOURS)] = DEFAULT_NOTICE_HOURS
    """How long before the visit they must know."""
    channel: Channel = "online"
    contact: Contact = msgspec.field(default_factory=Contact)


class WaitingMade(msgspec.Struct, frozen=True):
    """Somebody waits, or has an offer at once. The secret is told once and opens the entry."""

    reference: str
    secret: str
    state: WaitingState


class Wishes(msgspec.Struct, frozen=True):
    """What decides whether a place fits, apart from how long the visit takes."""

    first_day: date
    last_day: date
    weekdays: list[int]
    opens: int
    closes: int
    notice_hours: int
    ways: list[Way]


class KeptEntry(msgspec.Struct, frozen=True):
    """An entry's row with its contact."""

    id: UUID
    place: int
    """The order of asking: the smaller, the sooner."""
    reference: str
    secret_hash: bytes
    state: WaitingState
    codes: list[str]
    quantities: list[int]
    persons: int
    channel: Channel
    offices: list[str]
    first_day: date
    last_day: date
    weekdays: list[int]
    opens: int
    closes: int
    notice_hours: int
    ways: list[Way]
    asked_at: datetime
    refused: int
    unanswered: int
    contact: KeptContact | None

    @property
    def services(self) -> list[ServiceWish]:
        """The services, each with how many of it."""
        return [
            ServiceWish(code, quantity) for code, quantity in zip(self.codes, self.quantities, strict=True)
        ]

    @property
    def wishes(self) -> Wishes:
        """What decides whether a place fits."""
        return Wishes(
            self.first_day,
            self.last_day,
            self.weekdays,
            self.opens,
            self.closes,
            self.notice_hours,
            self.ways,
        )


class OpenOffer(msgspec.Struct, frozen=True):
    """A place that is held for somebody who waits, and has not been answered yet."""

    entry_id: UUID
    reference: str
    """The held appointment's, as it is stored."""
    office_id: int
    authority_id: int
    office: str
    time_zone: str
    starts_at: datetime
    ends_at: datetime
    offered_at: datetime
    respond_by: datetime


class OfferedFor(msgspec.Struct, frozen=True):
    """What became of an appointment that was offered to somebody who waits."""

    state: WaitingState
    """Theirs."""
    answer: Answer | None


class Offer(msgspec.Struct, frozen=True):
    """A place that is kept for somebody until they answer."""

    appointment: str
    """The reference of the held appointment."""
    office: str
    start: datetime
    end: datetime
    offered_at: datetime
    respond_by: datetime


class WaitingEntry(msgspec.Struct, frozen=True):
    """An entry as whoever waits, and the staff, see it."""

    reference: str
    state: WaitingState
    services: list[ServiceWish]
    persons: int
    offices: list[str]
    first_day: date = msgspec.field(name="from")
    last_day: date = msgspec.field(name="until")
    weekdays: list[int]
    hours: DayHours
    notice_hours: int
    ways: list[Way]
    channel: Channel
    asked_at: datetime
    ahead: int | None
    """How many asked earlier and could get the same places: at most so many come first, since what
    they need may not fit. None once nobody waits any more."""
    refused: int
    unanswered: int
    offer: Offer | None
    contact: ContactShown | None
    """None in lists, and once it was deleted."""


class WaitingList(msgspec.Struct, frozen=True):
    """Who would go to an office, in the order of asking, and the rule by which places are given."""

    rule: str
    items: list[WaitingEntry]


class CallItem(msgspec.Struct, frozen=True):
    """Somebody to be rung about a place that is kept for them; whoever reaches them answers for them."""

    reference: str
    """The entry's."""
    name: str
    phone: str
    """In E.164."""
    phone_shown: str
    language: str
    services: list[ServiceWish]
    offer: Offer


class CallItems(msgspec.Struct, frozen=True):
    """Whom to ring, the most urgent first."""

    items: list[CallItem]


def clock_of(minute: int) -> str:
    """Give minutes after midnight as a clock shows them."""
    return f"{minute // 60:02}:{minute % 60:02}"
