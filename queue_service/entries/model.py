"""Hours with places for many, and what is booked of them, as programs and pages see them.

An hour is named by its code and its beginning, so that a link to it means the same tomorrow. A
booking of it lives as an appointment does (``booking.lifecycle``); its price is paid on site.
"""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from queue_service.booking.contingents import Level, level_of
from queue_service.booking.model import (
    AppointmentState,
    Channel,
    Contact,
    ContactShown,
    KeptVisit,
    OfficeSlug,
)

DEFAULT_ENTRIES = 20
MOST_ENTRIES = 200
"""Hours in one answer of a search."""
MOST_PARTY = 50
"""No set-up allows more by one booking; larger groups talk to somebody."""
CARD_ENTRIES = 12
"""Hours on a facility's card: about what two days of a pool offer."""

EntryName = Annotated[str, Meta(min_length=1, max_length=90, examples=["fruehschwimmen.20270112T0530Z"])]
PartyOf = Annotated[int, Meta(ge=1, le=MOST_PARTY)]


class EntrySearch(msgspec.Struct, frozen=True):
    """What somebody is looking for."""

    offices: list[str] = []
    """Empty: anywhere."""
    codes: list[str] = []
    """Kinds of hours; empty: any."""
    begin: datetime | date | None = None
    end: datetime | date | None = None
    """Hours begin at or after ``begin`` and before ``end``; a date is a whole local day of each
    office, and the day of ``end`` is included."""
    party_size: int = 1
    channel: Channel = "online"
    emergency: bool = False
    """Beyond what the channel may take; for supervisors."""
    limit: int = DEFAULT_ENTRIES

    @property
    def level(self) -> Level:
        """How far it reaches."""
        return level_of(self.channel, emergency=self.emergency)


class EntryOffered(msgspec.Struct, frozen=True):
    """An hour that can be booked."""

    office: str
    entry: str
    """Names the hour together with its office."""
    code: str
    title: dict[str, str]
    start: datetime
    end: datetime
    places: int
    free: int
    """How many may still come by the channel that was asked for."""
    most_party: int
    price: dict[str, str]
    """In words; paid on site."""


class WhyNoEntry(msgspec.Struct, frozen=True):
    """Why a search found no hour."""

    code: Literal[
        "no_such_dates", "not_offered", "beyond_horizon", "closed", "party_too_large", "not_released",
        "contingent_used_up", "full",
    ]  # fmt: skip
    message: str
    next_release_at: datetime | None = None
    """When the first day asked for, or more places of the hours asked for, are opened for booking."""


class EntriesFound(msgspec.Struct, frozen=True):
    """The earliest hours, by start and then office; ``why_none`` is set exactly when there are none."""

    items: list[EntryOffered]
    why_none: WhyNoEntry | None = None


class EntryBookingRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A party wants to come to this hour."""

    office: OfficeSlug
    entry: EntryName
    party_size: PartyOf = 1
    channel: Channel = "online"
    hold: bool = False
    """Keep the places for a few minutes only, until it is confirmed."""
    emergency: bool = False
    """Take places beyond what the channel may take, up to the last one; for supervisors."""
    contact: Contact = msgspec.field(default_factory=Contact)


class EntryBookingMade(msgspec.Struct, frozen=True):
    """The places are taken. The secret is told once and opens the booking together with the reference."""

    reference: str
    secret: str
    status: Literal["held", "booked"]
    office: str
    entry: str
    title: dict[str, str]
    start: datetime
    end: datetime
    party_size: int
    price: dict[str, str]
    expires_at: datetime | None


class EntryMoveRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The party wants to come to another hour of the same kind at the same place."""

    entry: EntryName
    displaced: bool = False
    """For staff: the party didn't wish it, the office had to, and that is what it is told."""


class EntryArrivalRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The party with this reference stands at the entrance."""

    reference: Annotated[str, Meta(min_length=1, max_length=40)]


class EntryBooking(msgspec.Struct, frozen=True):
    """A booking as its visitor and the staff of its office see it."""

    reference: str
    status: AppointmentState
    office: str
    entry: str
    code: str
    title: dict[str, str]
    start: datetime
    end: datetime
    party_size: int
    channel: Channel
    price: dict[str, str]
    created_at: datetime
    expires_at: datetime | None
    contact: ContactShown | None
    """None once it was deleted after the visit."""


class EntryArrival(msgspec.Struct, frozen=True):
    """What the entrance has to know: how many come to what, and what they pay. Nothing about who."""

    reference: str
    status: AppointmentState
    title: dict[str, str]
    start: datetime
    end: datetime
    party_size: int
    price: dict[str, str]


class OpenPlaces(msgspec.Struct, frozen=True):
    """How many of an hour's places are open for booking, nested as contingents are."""

    counter_places: int
    """Beyond them, supervisors alone book."""
    phone_places: int
    online_places: int
    next_release_at: datetime | None
    """When more of them are opened."""


class PlannedEntry(msgspec.Struct, frozen=True):
    """An hour as an office's set-up plans it, its contingents counted in places."""

    code: str
    starts_at: datetime
    ends_at: datetime
    title: dict[str, str]
    price: dict[str, str]
    most_party: int
    places: int
    counter_places: int
    phone_places: int
    online_places: int
    next_release_at: datetime | None


class DueRelease(msgspec.Struct, frozen=True):
    """An hour of which more is to be opened now."""

    office_id: int
    id: int
    code: str
    starts_at: datetime


class OverdueRelease(msgspec.Struct, frozen=True):
    """An hour of which more was to be opened long ago."""

    office: str
    code: str
    starts_at: datetime
    next_release_at: datetime


class FoundEntry(msgspec.Struct, frozen=True):
    """An hour's row, before a verb."""

    id: int
    code: str
    starts_at: datetime
    ends_at: datetime
    title: dict[str, str]
    price: dict[str, str]
    most_party: int


class KeptEntryBooking(KeptVisit, frozen=True, kw_only=True):
    """A booking's row with its hour."""

    entry_id: int
    code: str
    title: dict[str, str]
    price: dict[str, str]
    party_size: int


class Miscounted(msgspec.Struct, frozen=True):
    """An hour of which something else is kept than its bookings say.

    Places of all levels; then up to the counter's, up to the telephone's, of the web's alone.
    """

    office: str
    code: str
    starts_at: datetime
    taken: list[int]
    booked: list[int]


class DueReminder(msgspec.Struct, frozen=True):
    """A booking whose party is to be reminded now."""

    office_id: int
    id: UUID
    reference: str
    starts_at: datetime


class OverbookedEntry(msgspec.Struct, frozen=True):
    """An hour with more people than places since its plan was cut; none, when it was given up."""

    office: str
    code: str
    starts_at: datetime
    places: int
    taken: int


class OverbookedParty(msgspec.Struct, frozen=True):
    """A party of such an hour, the one that booked last first. Nothing about who."""

    code: str
    starts_at: datetime
    reference: str
    party_size: int


class PartyToMove(msgspec.Struct, frozen=True):
    """A party that may have to be moved: its booking tells who it is."""

    reference: str
    party_size: int


class OverbookedHour(msgspec.Struct, frozen=True):
    """An hour about which somebody has to decide: the plan has fewer places now than people."""

    entry: str
    code: str
    start: datetime
    places: int
    """0, when the hour was given up."""
    taken: int
    parties: list[PartyToMove]
    """The one that booked last first."""


class OverbookedHours(msgspec.Struct, frozen=True):
    """An office's coming hours with more people than places, the next one first."""

    items: list[OverbookedHour]
