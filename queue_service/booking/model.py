"""Searches, bookings and appointments as programs and pages see them.

Offices are named by slug, services by code. Durations are in minutes, multiples of five.
"""

from datetime import date, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from queue_service.booking.contingents import Level, level_of
from queue_service.offices.model import Language, Span
from queue_service.offices.setup_model import CONTACT_DAYS, AccessFact

Channel = Literal["online", "phone", "counter"]
ConfirmBy = Literal["sms", "email", "letter", "none"]
LetterForm = Literal["standard", "large_print"]
"""Large print is for whoever sees badly. Leichte Sprache is a language: ``de-simple``."""
AppointmentState = Literal["held", "booked", "arrived", "fulfilled", "missed", "cancelled", "expired"]

HORIZON = timedelta(days=60)
"""How far ahead places are offered, counted from the office's local day."""
HOLD_TIME: dict[Channel, timedelta] = {
    "online": timedelta(minutes=15),
    "phone": timedelta(minutes=5),
    "counter": timedelta(minutes=5),
}
"""How long a place is kept for somebody who has not confirmed: a form takes longer than a call."""
LEAD_TIME: dict[Channel, timedelta] = {
    "online": timedelta(minutes=15),
    "phone": timedelta(minutes=15),
    "counter": timedelta(0),
}
"""Places that begin sooner are not offered: somebody who isn't there yet has to get there."""
CONTACT_KEPT = timedelta(days=CONTACT_DAYS)
"""How long after a visit its contact data is kept where the authority has not decided otherwise."""
DEFAULT_PLACES = 20
MOST_PLACES = 200
"""Places in one answer of a search."""
MOST_SERVICES = 10
"""Different services settled in one visit."""
MOST_PERSONS = 20


OfficeSlug = Annotated[str, Meta(min_length=1, max_length=60, examples=["bsc-mitte"])]
ServiceCode = Annotated[str, Meta(min_length=1, max_length=60, examples=["personalausweis"])]
ShortText = Annotated[str, Meta(max_length=200)]
Quantity = Annotated[int, Meta(ge=1, le=20)]
Instant = Annotated[datetime, Meta(tz=True, examples=["2027-01-11T08:30:00+01:00"])]


class ServiceWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A service, and how many of it one visit is to settle."""

    service: ServiceCode
    quantity: Quantity = 1


class PlaceSearch(msgspec.Struct, frozen=True):
    """What somebody is looking for."""

    services: list[ServiceWish]
    offices: list[str] = []
    """Empty: any office."""
    begin: datetime | date | None = None
    end: datetime | date | None = None
    """Places begin at or after ``begin`` and before ``end``; a date is a whole local day of each
    office, and the day of ``end`` is included."""
    channel: Channel = "online"
    limit: int = DEFAULT_PLACES
    persons: int = 1
    emergency: bool = False
    """Beyond what the channel may take; for supervisors."""
    weekdays: list[int] | None = None
    """By ISO 8601, 1 is Monday; None: any."""
    hours: Span | None = None
    """Places begin when the wall clock shows a time within."""
    access: list[AccessFact] = []
    """Only offices that are known to have all of it."""
    near: tuple[float, float] | None = None
    """Latitude and longitude in degrees: the nearest offices come first."""


class Place(msgspec.Struct, frozen=True):
    """A place that can be booked: somebody at this office has time from ``start`` to ``end``."""

    office: str
    start: datetime
    end: datetime
    minutes: int


class WhyNone(msgspec.Struct, frozen=True):
    """Why a search found no place."""

    code: Literal[
        "no_such_dates",
        "not_offered",
        "beyond_horizon",
        "closed",
        "too_long",
        "full",
        "contingent_used_up",
        "not_released",
        "no_such_access",
    ]
    message: str
    next_release_at: datetime | None = None
    """When places that this search could find are opened for booking, if that is known."""


class PlacesFound(msgspec.Struct, frozen=True):
    """The earliest places, by start and then office; ``why_none`` is set exactly when there are none."""

    items: list[Place]
    why_none: WhyNone | None = None


class OverviewDay(msgspec.Struct, frozen=True):
    """A day at an office."""

    day: date
    staffed: bool
    """Whether appointments are given out at all."""
    visits: int
    """About how many such visits still fit; 0 exactly when none does."""


class OfficeOverview(msgspec.Struct, frozen=True):
    """An office's days, in order; those on which it keeps no appointments are among them."""

    office: str
    earliest_day: date | None
    distance_km: float | None
    """As the crow flies, when a position was given and the office's is known."""
    days: list[OverviewDay]


class Overview(msgspec.Struct, frozen=True):
    """Offices by earliest day, or by distance when a position was given; those without a place come last."""

    items: list[OfficeOverview]


class PostalAddress(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a letter goes."""

    street: Annotated[str, Meta(min_length=1, max_length=200)]
    postal_code: Annotated[str, Meta(min_length=1, max_length=12)]
    city: Annotated[str, Meta(min_length=1, max_length=100)]
    country: Annotated[str, Meta(pattern="^[A-Z]{2}$")] = "DE"
    """ISO 3166-1."""


class Contact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who comes, and how they hear of it, as sent; what may stay empty depends on the channel."""

    name: ShortText = ""
    phone: Annotated[str, Meta(max_length=60)] | None = None
    email: Annotated[str, Meta(max_length=254)] | None = None
    """RFC 5321 leaves 254 characters for an address."""
    postal_address: PostalAddress | None = None
    language: Language = "de"
    confirm_by: ConfirmBy | list[ConfirmBy] = "none"
    remind: bool = False
    """Whoever comes has asked to be reminded, which is a consent of its own."""
    letter_form: LetterForm = "standard"
    """How letters to this visitor are printed."""


class KeptContact(msgspec.Struct, frozen=True):
    """A contact that was checked, as it is stored. An empty ``confirm_by`` means that nothing is sent."""

    name: str
    phone: str | None
    """In E.164."""
    email: str | None
    postal_address: PostalAddress | None
    language: str
    confirm_by: list[str]
    remind: bool = False
    """By e-mail or text message; a consent of its own."""
    letter_form: LetterForm = "standard"


CONTACT_COLUMNS = tuple(field.name for field in msgspec.structs.fields(KeptContact))
"""As tables of contacts call them."""


class BookingRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody wants this place."""

    office: OfficeSlug
    services: Annotated[list[ServiceWish], Meta(min_length=1, max_length=MOST_SERVICES)]
    start: Instant
    persons: Annotated[int, Meta(ge=1, le=MOST_PERSONS)] = 1
    """How many people come; what takes longer for several is asked for by quantity."""
    channel: Channel = "online"
    hold: bool = False
    """Keep the place for ``HOLD_TIME`` only, until it is confirmed."""
    emergency: bool = False
    """Take a place beyond what the channel may take, up to the last counter; for supervisors."""
    contact: Contact = msgspec.field(default_factory=Contact)


class BookingMade(msgspec.Struct, frozen=True):
    """The place is taken. The secret is told once and opens the appointment together with the reference."""

    reference: str
    secret: str
    status: Literal["held", "booked"]
    office: str
    start: datetime
    end: datetime
    expires_at: datetime | None


class ConfirmRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A contact given here replaces the one that came with the hold."""

    contact: Contact | None = None


class MoveRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The appointment is to begin then, there; without an office it stays where it is."""

    start: Instant
    office: OfficeSlug | None = None


class ContactShown(msgspec.Struct, frozen=True):
    """A contact as people read it."""

    name: str
    phone: str | None
    """In E.164, for programs."""
    phone_shown: str | None
    """As it is dialled in Germany, or internationally for a number from abroad."""
    email: str | None
    postal_address: PostalAddress | None
    language: str
    confirm_by: list[str]
    remind: bool = False
    letter_form: LetterForm = "standard"


class Appointment(msgspec.Struct, frozen=True):
    """An appointment as its visitor and the staff of its office see it."""

    reference: str
    status: AppointmentState
    office: str
    start: datetime
    end: datetime
    services: list[ServiceWish]
    persons: int
    channel: Channel
    created_at: datetime
    expires_at: datetime | None
    contact: ContactShown | None
    """None once it was deleted after the visit."""


class KeptVisit(msgspec.Struct, frozen=True, kw_only=True):
    """What an appointment's row and a party's have in common, with their office, before a verb."""

    office_id: int
    id: UUID
    office: str
    authority_id: int
    time_zone: str
    starts_at: datetime
    ends_at: datetime
    state: AppointmentState
    reference: str
    secret_hash: bytes
    link_hashes: list[bytes]
    """Of the secrets in links of messages, which open it too."""
    channel: Channel
    emergency: bool
    created_at: datetime
    expires_at: datetime | None
    contact: KeptContact | None

    @property
    def level(self) -> Level:
        """How far it reaches."""
        return level_of(self.channel, emergency=self.emergency)


class KeptAppointment(KeptVisit, frozen=True, kw_only=True):
    """An appointment's row, with where in its pool's day it stands."""

    pool_id: int
    day: date
    first_cell: int
    cells: int
    services: list[ServiceWish]
    persons: int


class NamedVisitor(msgspec.Struct, frozen=True):
    """By which name an appointment was made."""

    reference: str
    name: str


class CheckInAppointment(msgspec.Struct, frozen=True):
    """What the queue has to know of an appointment whose visitor stands at the kiosk."""

    office_id: int
    office: str
    id: UUID
    state: AppointmentState
    starts_at: datetime
    ends_at: datetime
    services: list[ServiceWish]
    language: str


class MissedVisit(msgspec.Struct, frozen=True):
    """An appointment that nobody came to; nobody's name."""

    starts_at: datetime
    services: list[ServiceWish]


class ExpectedVisitor(msgspec.Struct, frozen=True):
    """Somebody who is still to come today; nobody's name."""

    starts_at: datetime
    services: list[ServiceWish]
    persons: int


class Overbooked(msgspec.Struct, frozen=True):
    """An appointment for which there is no counter left after staffing was cut."""

    office: str
    pool: str
    day: date
    appointment_id: UUID
    reference: str
    starts_at: datetime


class Drift(msgspec.Struct, frozen=True):
    """A pool's day on which what is kept is not what follows from staffing and appointments."""

    office: str
    pool: str
    day: date
    what: str
