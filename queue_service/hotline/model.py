"""What the hotline asks and tells beyond places: people, callbacks, who answers for whom."""

from datetime import datetime, timedelta
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from queue_service.booking.model import MOST_SERVICES, Appointment, ServiceWish
from queue_service.entries.model import EntryBooking
from queue_service.offices.model import Language

CallbackState = Literal["open", "taken", "done", "withdrawn"]
Reason = Literal["callback", "call_list"]
"""Somebody asked to be called, or the office has something to tell (a freed place, a moved day)."""

LATEST_DUE = timedelta(days=365)
"""Further ahead, a due time is a slip of the finger."""
YEARS = range(2000, 3000)
"""Beyond them, calendars of databases and time zones end."""
LONGEST_NOTE = 2000
"""Characters: a page of hand-over text, which is more than anybody reads while the telephone rings."""
MOST_PEOPLE = 20
"""Appointments in one answer about a person: whoever finds more asks for more of the name."""
DEFAULT_ITEMS = 50
MOST_ITEMS = 200
"""Items in one answer of the call list."""

NOT_BLANK = r"\S"
"""There is something to read in it."""
SearchedName: TypeAlias = Annotated[str, Meta(max_length=200, examples=["muster eri"])]
SearchedPhone: TypeAlias = Annotated[str, Meta(max_length=60, examples=["0421 361 12345"])]
SearchedEmail: TypeAlias = Annotated[str, Meta(max_length=254, examples=["erika@example.org"])]
Name: TypeAlias = Annotated[str, Meta(pattern=NOT_BLANK, max_length=200, examples=["Erika Mustermann"])]
Phone: TypeAlias = Annotated[str, Meta(min_length=1, max_length=60, examples=["0421 361 12345"])]
Subject: TypeAlias = Annotated[str, Meta(pattern=NOT_BLANK, max_length=200, examples=["Termin verschieben"])]
Note: TypeAlias = Annotated[str, Meta(max_length=LONGEST_NOTE)]
Slug: TypeAlias = Annotated[str, Meta(min_length=1, max_length=60)]
ServiceCode: TypeAlias = Annotated[str, Meta(min_length=1, max_length=60, examples=["personalausweis"])]
Reference: TypeAlias = Annotated[str, Meta(min_length=1, max_length=40, examples=["K7RM-W3XR"])]
Instant: TypeAlias = Annotated[datetime, Meta(tz=True, examples=["2027-01-11T14:00:00+01:00"])]


class PersonSearch(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whose appointments are looked for: what is given must all fit."""

    name: SearchedName | None = None
    """Beginnings of the name's words, two letters or more of each, in any order; case and how an umlaut
    is written don't matter."""
    phone: SearchedPhone | None = None
    email: SearchedEmail | None = None
    after: Reference | None = None
    """What the answer before gave as ``next``."""


class PeopleFound(msgspec.Struct, frozen=True, omit_defaults=True):
    """What people who fit have booked, the one booked last first."""

    items: list[Appointment]
    entries: list[EntryBooking] = []
    """Places of hours: a swimming hour, a theatre evening."""
    next: str | None = None
    """What to send as ``after``, when there are more of either."""


class PersonNamed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who is on the telephone, as far as it is known."""

    name: SearchedName | None = None
    phone: SearchedPhone | None = None
    email: SearchedEmail | None = None


class DuplicateSearch(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is being booked, and for whom."""

    contact: PersonNamed
    services: Annotated[list[ServiceCode], Meta(max_length=MOST_SERVICES)] = []
    hours: Annotated[list[ServiceCode], Meta(max_length=MOST_SERVICES)] = []
    """Kinds of hours with places that are being booked."""
    start: Instant | None = None
    reference: Reference | None = None
    """The hold that is about to be confirmed: it is no second appointment."""


class DuplicateHour(msgspec.Struct, frozen=True):
    """What hour it is, when it is one with places."""

    code: str
    title: dict[str, str]
    party_size: int


class Duplicate(msgspec.Struct, frozen=True, kw_only=True):
    """Another coming appointment, or places of an hour, probably of the same person."""

    reference: str
    office: str
    start: datetime
    services: list[ServiceWish]
    """Empty for an hour."""
    hour: DuplicateHour | None
    match: Literal["phone", "email", "name"]
    """What is the same; the strongest when it is more than one."""


class Duplicates(msgspec.Struct, frozen=True):
    """First those with a service or kind of hour that is being booked, then those nearest to its start."""

    items: list[Duplicate]


class FoundDuplicate(msgspec.Struct, frozen=True, kw_only=True):
    """A duplicate with the office that it belongs to."""

    authority_id: int
    office_id: int
    office: str
    time_zone: str
    reference: str
    starts_at: datetime
    services: list[ServiceWish]
    code: str | None
    title: dict[str, str] | None
    party_size: int | None
    match: Literal["phone", "email", "name"]


class NewCallback(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody is to be called, with all that the caller should know: nobody has to tell it twice."""

    authority_id: int
    office_id: int | None = None
    """None: whoever answers for the whole authority."""
    name: str
    phone: str
    """In E.164."""
    language: str = "de"
    subject: str
    note: str = ""
    """What was said, for the one who calls."""
    due_at: datetime
    reason: Reason = "callback"
    service: str | None = None
    """A code of the catalogue."""
    reference: str | None = None
    """The appointment that it is about, as it is stored."""
    expected_start: datetime | None = None
    """Of an appointment that the office moved or cancelled: when its visitor, who doesn't know of it yet,
    still expects it. While nobody has rung, there is one such item for an appointment."""
    expected_office_id: int | None = None


class ExpectedVisit(msgspec.Struct, frozen=True):
    """Where and when somebody who has not been rung yet still expects their visit."""

    start: datetime
    office: str
    time_zone: str


class CallbackRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Somebody wants to be called. It needs an office, an authority, or the reference of an appointment."""

    authority: Slug | None = None
    office: Slug | None = None
    name: Name
    phone: Phone
    language: Language = "de"
    subject: Subject
    note: Note = ""
    due_at: Instant
    reason: Reason = "callback"
    service: ServiceCode | None = None
    reference: Reference | None = None


class CallbackEvent(msgspec.Struct, frozen=True):
    """One hand-over: who did what with the item, and said what for the next one."""

    at: datetime
    verb: Literal["add", "renew", "take", "release", "postpone", "done", "withdraw"]
    by: str | None
    """A member of staff's name; None: the service itself."""
    note: str
    due_at: datetime | None
    """The new due time, of what was put off."""


class KeptCallback(msgspec.Struct, frozen=True, kw_only=True):
    """An item of the call list as it is kept. What names somebody is empty once it was forgotten."""

    id: UUID
    authority_id: int
    authority: str
    office_id: int | None
    office: str | None
    state: CallbackState
    name: str
    phone: str | None
    language: str
    subject: str
    note: str
    due_at: datetime
    reason: Reason
    service: str | None
    reference: str | None
    created_at: datetime
    taken_by: int | None
    taken_by_name: str | None
    finished_at: datetime | None
    timeline: list[CallbackEvent]


class Callback(msgspec.Struct, frozen=True, kw_only=True):
    """An item of the call list as staff see it."""

    id: UUID
    state: CallbackState
    authority: str
    office: str | None
    name: str
    phone: str | None
    """In E.164; None once it was forgotten."""
    phone_shown: str | None
    """As it is dialled in Germany."""
    language: str
    subject: str
    note: str
    due_at: datetime
    reason: Reason
    service: str | None
    reference: str | None
    created_at: datetime
    taken_by: str | None
    mine: bool
    """Whether the one who asks has taken it."""
    finished_at: datetime | None
    timeline: list[CallbackEvent]
    """The hand-overs, oldest first."""


class CallList(msgspec.Struct, frozen=True, omit_defaults=True):
    """Items, the most urgent first; ``next`` is what to send as ``after`` for those that follow."""

    items: list[Callback]
    next: UUID | None = None


class CallCounts(msgspec.Struct, frozen=True):
    """How many calls there are to make; nobody's name is needed to know it."""

    open: int
    mine: int
    """Taken by the one who asks, and not finished yet."""
    offered: int
    """About a place that is kept for somebody on the waiting list until they have answered."""


class DoneRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What came of it, in a sentence."""

    result: Annotated[str, Meta(pattern=NOT_BLANK, max_length=LONGEST_NOTE)]


class ReleaseRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the next one should know."""

    note: Note = ""


class PostponeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When to try again, and what the next one should know."""

    due_at: Instant
    note: Note = ""
