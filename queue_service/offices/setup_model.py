"""What an office's set-up says once it is read, checked and completed.

``setup_file.read_setup`` makes these Structs from YAML and is the only one that does: in what it
returns nothing is left to be looked up elsewhere. A service offered without minutes of its own
has the catalogue's, a counter without a name has one, ``all`` has become the list of services.
What an office's tables don't hold is kept as the JSON of its ``OfficeSetup``.

The annotations are the rules for single values: the reader checks each value against them and
quotes ``allowed`` when one doesn't fit. What binds several values is in ``setup_checks``.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta

from queue_service.offices.announcement_setup import AnnouncementSetup
from queue_service.offices.hall_setup import AreaSetup, PanelSetup
from queue_service.offices.kiosk_setup import KioskSetup
from queue_service.offices.model import (
    GERMAN,
    Closure,
    Land,
    Language,
    Line,
    LongText,
    OfficeCalendar,
    Span,
    Text,
    Weekday,
    WeekHours,
    allowed,
)
from queue_service.offices.ticket_setup import TicketSetup
from queue_service.protocol.languages import LANGUAGE_NAMES, SOURCE_LANGUAGE, VisitorLanguage

Mode = Literal["appointment", "walk_in"]
VisitorClass = Literal["walk_in", "appointment", "disabled", "pregnant", "small_children", "transferred"]
Feature = Literal[
    "level_access",
    "induction_loop",
    "guide_strip",
    "parent_child_room",
    "interpreter",
    "closed_room",
]
"""What a counter has and a visitor may need; a ticket's needs bind the counter."""
AccessFact = Literal["level_entrance", "lift", "wc", "parking", "guide_strip", "induction_loop"]

MODES: tuple[Mode, ...] = get_args(Mode)
FEATURES: tuple[Feature, ...] = get_args(Feature)
VISITOR_CLASSES: tuple[VisitorClass, ...] = get_args(VisitorClass)

OrderPolicyName = Literal["head-start", "appointments-first", "strict-order", "ratio", "reserve"]
"""How an office calls its visitors; ``docs/calling-order.md`` says what each is for."""
HEAD_STARTS: Mapping[VisitorClass, int] = {
    "appointment": 30,
    "disabled": 20,
    "pregnant": 20,
    "small_children": 15,
    "transferred": 30,
}
"""Minutes, for offices that name none. An appointment keeps its promise against half an hour of
walk-ins; the other figures are ours, to be argued with the office."""

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
"""First letters of numbers: no I, O, Q, which are taken for 1 and 0 on paper and when read aloud.

That a letter doesn't give the matter away (S for social benefits) no program can check: an office
that needs several letters should hand them out in alphabetical order.
"""


Slug = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
        max_length=60,
        extra=allowed("up to 60 lower-case letters (a-z), digits and single hyphens between them"),
    ),
]
Minutes = Annotated[
    int, Meta(ge=5, le=480, multiple_of=5, extra=allowed("a multiple of 5 from 5 to 480 (minutes)"))
]
Letter = Annotated[
    str, Meta(pattern=f"^[{LETTERS}]$", extra=allowed("one capital letter A-Z, but not I, O or Q"))
]
CounterNumber = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9-]{1,8}$",
        extra=allowed("up to 8 letters (A-Z), digits and hyphens, as on the counter's sign"),
    ),
]
LeikaKey = Annotated[str, Meta(pattern=r"^[0-9]{14}$", extra=allowed("a LeiKa key of 14 digits"))]
Phone = Annotated[
    str,
    Meta(
        pattern=r"^(\+[1-9][0-9 -]{4,24}[0-9]|1[0-9]{2})$",
        extra=allowed("a number such as +49 421 361-0, or 115"),
    ),
]
EmailAddress = Annotated[
    str,
    Meta(
        pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
        max_length=254,
        extra=allowed("an e-mail address such as wache@example.org"),
    ),
]
Latitude = Annotated[float, Meta(ge=-90, le=90, extra=allowed("degrees from -90 to 90"))]
Longitude = Annotated[float, Meta(ge=-180, le=180, extra=allowed("degrees from -180 to 180"))]
Percent = Annotated[int, Meta(ge=0, le=100, extra=allowed("a number from 0 to 100 (percent)"))]
ClockTime = Annotated[
    str,
    Meta(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][05]$",
        extra=allowed("a time such as 07:00, on full five minutes"),
    ),
]
BufferMinutes = Annotated[
    int, Meta(ge=0, le=60, multiple_of=5, extra=allowed("a multiple of 5 from 0 to 60 (minutes)"))
]
CounterCount = Annotated[int, Meta(ge=1, le=500, extra=allowed("a number from 1 to 500 (counters)"))]
WaitMinutes = Annotated[int, Meta(ge=0, le=480, extra=allowed("a number from 0 to 480 (minutes)"))]
Seconds = Annotated[int, Meta(ge=0, le=300, extra=allowed("a number from 0 to 300 (seconds)"))]
Turns = Annotated[int, Meta(ge=1, le=20, extra=allowed("a number from 1 to 20"))]
EntryMinutes = Annotated[
    int, Meta(ge=5, le=720, multiple_of=5, extra=allowed("a multiple of 5 from 5 to 720 (minutes)"))
]
EntryPlaces = Annotated[int, Meta(ge=1, le=10_000, extra=allowed("a number from 1 to 10000 (places)"))]
PartySize = Annotated[int, Meta(ge=1, le=50, extra=allowed("a number from 1 to 50 (persons)"))]


CONTACT_DAYS = 2
"""As short as a mistake of yesterday's can still be put right (data protection)."""
ContactDays = Annotated[int, Meta(ge=1, le=30, extra=allowed("a number from 1 to 30 (days)"))]


class AuthoritySetup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tenant: a city or an office of its own right, with its own greeting on the telephone."""

    slug: Slug
    name: Text
    land: Land
    """Its public holidays close every office of the authority."""
    greeting: LongText = {}
    """What a 115 agent says when this authority was called."""
    accent: Annotated[
        str, Meta(pattern="^(#[0-9a-fA-F]{6})?$", extra=allowed("a colour such as #b3001b"))
    ] = ""
    contact_days: ContactDays = CONTACT_DAYS
    """How long names, numbers and addresses are kept after a visit, or after it was cancelled."""


class ServiceSetup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A service of the catalogue that all offices of the installation share."""

    code: Slug
    name: Text
    """``de-simple`` holds the name in Leichte Sprache."""
    group: Text
    """Heading under which a kiosk lists it; services of one group repeat it word for word."""
    minutes: Minutes
    leika: LeikaKey | None = None
    """LeiKa key: may be missing, and several services may share one."""
    modes: Annotated[list[Mode], Meta(min_length=1)] = msgspec.field(default_factory=lambda: list(MODES))
    further_minutes: Minutes | None = None
    """For each further one of the same visit; what the first takes, when this isn't given."""
    family_minutes: Minutes | None = None
    """For the first one when several persons come together (registering a family)."""
    max_quantity: Annotated[int, Meta(ge=1, le=20, extra=allowed("a number from 1 to 20"))] = 1
    """How many of it one visit may settle (passports of a family)."""
    documents: Annotated[dict[Language, list[Line]], Meta(extra=GERMAN)] = {}
    """What to bring, by language."""
    fee: LongText = {}
    """In words, because fees depend on age, urgency and place."""


class Address(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the door is."""

    street: Line
    postal_code: Annotated[str, Meta(pattern=r"^[0-9]{5}$", extra=allowed("a postal code of 5 digits"))]
    city: Line


class Access(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One accessibility fact; a fact that isn't given is unknown, which is not "no"."""

    available: bool
    text: LongText = {}


class NumberSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How ticket numbers look: letter + digits."""

    digits: Annotated[int, Meta(ge=3, le=6, extra=allowed("3 to 6 digits"))] = 3
    restart_daily: bool = True
    """Start again at 1 on each local day."""
    letter: Letter = "A"
    """For every service that has no other."""
    letters_by_group: dict[Line, Letter] = {}
    """By the German name of the service group."""


class ArrivalWindow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far from the appointed time somebody counts as on time, in minutes."""

    early_minutes: WaitMinutes = 10
    late_minutes: WaitMinutes = 10
    far_late_minutes: WaitMinutes = 60
    """Whoever comes later than this has nothing of the appointment left but a number."""


class OrderSetup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is called next; complete, so that SQL finds every figure that it decides by."""

    policy: OrderPolicyName = "head-start"
    head_starts: dict[VisitorClass, WaitMinutes] = msgspec.field(default_factory=lambda: dict(HEAD_STARTS))
    """Minutes by which a class of visitors is served earlier; a class that isn't named has none."""
    cap_minutes: Annotated[int, Meta(ge=5, le=1440, extra=allowed("a number from 5 to 1440 (minutes)"))] = 120
    """Who has waited so long goes before everybody whose time has not come."""
    promise_minutes: Annotated[
        int, Meta(ge=5, le=1440, extra=allowed("a number from 5 to 1440 (minutes)"))
    ] = 30
    """The same for an appointment, from the appointed time on."""
    late_credit_percent: Percent = 50
    """Share of an appointment's head start that somebody keeps who comes too late for it."""
    appointments: Turns = 2
    walk_ins: Turns = 1
    """``ratio``: so many of the one, then so many of the other."""
    reserved_class: VisitorClass = "appointment"
    reserved_percent: Percent = 30
    """``reserve``: the share of open counters, rounded up, that call this class first …"""
    reserved_from_waiting: Turns = 3
    """… when at least so many people wait for each open counter."""


class VisitSetup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the office's clerks may do with a visit, and when."""

    most_recalls: Annotated[int, Meta(ge=0, le=20, extra=allowed("a number from 0 to 20"))] = 5
    """How often a number is called again before the next step must be taken."""
    recall_pause_seconds: Seconds = 0
    """Between two calls of one number; the display announces one after another anyway."""
    no_show_after_calls: Turns = 1
    """So often a number must have been called before its visitor counts as not come."""
    grace_minutes: WaitMinutes = 15
    """Who comes back so soon after having been missed keeps the place in the order."""
    next_finishes: bool = False
    """Calling the next one ends the visit in front of the counter."""
    reason_for_choice: bool = False
    """Whoever calls somebody out of turn says why."""
    show_names: bool = True
    """The desk shows by which name somebody booked whom it has called, and of nobody else; False: never."""
    undo_seconds: Seconds = 10
    pause_after_idle_minutes: WaitMinutes = 0
    """A counter whose clerk calls nobody for so long while people wait is paused; 0: never."""


class EmergencySetup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom colleagues ring when one of them calls for help; shown with the alarm at every desk.

    Who has an e-mail address, or a mobile telephone, is told of every alarm at once.
    """

    contact: Text = {}
    """Such as "Wachdienst"."""
    phone: Phone | None = None
    email: EmailAddress | None = None
    language: Literal["de", "en"] = "de"
    """In which alarms are told."""


class OfferedService(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A service as this office offers it; every field is filled in what ``read_setup`` returns."""

    service: Slug
    minutes: Minutes = 0
    modes: Annotated[list[Mode], Meta(min_length=1)] = []
    letter: Letter = ""
    further_minutes: Minutes | None = None
    family_minutes: Minutes | None = None


class CounterSetup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place where visitors are served."""

    number: CounterNumber
    name: Text = {}
    """Filled by ``read_setup`` with "Schalter 3" / "Counter 3" where the file gives none."""
    services: Annotated[list[Slug], Meta(extra={"word_for_every": "all"})] = []
    """Codes that can be served here; ``all`` in the file becomes every service of the office."""
    features: list[Feature] = []
    hours: WeekHours | None = None
    """When it is planned to be open, where that is not as long as the office."""
    breaks: WeekHours = WeekHours()
    """When nobody is called there. A clerk opens, rests and closes; these are for forecasts and reminders."""


class TeamSetup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Clerks at several counters who work on one list: the services that they take."""

    code: Slug
    name: Text
    services: Annotated[list[Slug], Meta(extra={"word_for_every": "all"})] = []


class Staffing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Counters that a pool keeps for appointments week by week; several entries at one time add up."""

    weekdays: Annotated[list[Weekday], Meta(min_length=1)]
    hours: Span
    counters: CounterCount
    breaks: list[Span] = []
    """Within ``hours``; no counter is staffed then."""
    first_day: date | None = msgspec.field(default=None, name="from")
    last_day: date | None = msgspec.field(default=None, name="to")
    """Both inclusive; None: no limit."""
    every_weeks: Annotated[int, Meta(ge=1, le=8, extra=allowed("a number from 1 to 8 (weeks)"))] = 1
    """In the week of ``from`` and every so many weeks after it."""


class Lending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Counters that another pool of the office has at these hours instead of this one."""

    to: Slug
    """Code of the pool that gets them."""
    weekdays: Annotated[list[Weekday], Meta(min_length=1)]
    hours: Span
    counters: CounterCount
    first_day: date | None = msgspec.field(default=None, name="from")
    last_day: date | None = msgspec.field(default=None, name="until")
    """Both inclusive; None: no limit."""


class Contingents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Shares of a pool's or an hour's places in percent: what one channel may take counts for the next."""

    online: Percent = 80
    """What the web may take; a floor for telephone and counter limits it, whatever stands here."""
    phone: Percent = 100
    """What web and telephone may take together."""
    emergency: Percent = 0
    """What is kept for supervisors, so that nobody in need has to be sent away."""


class Release(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a day's places that is opened for booking at a time of its own."""

    percent: Annotated[int, Meta(ge=1, le=100, extra=allowed("a number from 1 to 100 (percent)"))]
    days_before: Annotated[int, Meta(ge=0, le=60, extra=allowed("a number from 0 to 60 (days)"))]
    at: ClockTime = "00:00"
    until: ClockTime | None = None
    """Opened evenly from ``at`` until then; all of it ``at`` once when this isn't given."""


class StaffedHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Counters at some hours of one particular day."""

    hours: Span
    counters: CounterCount
    breaks: list[Span] = []


class StaffingException(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Replaces the weekly staffing on one day, opening hours, holidays and closures included."""

    day: date = msgspec.field(name="date")
    staffing: list[StaffedHours] = []
    """Empty: no appointments on this day."""


class PoolSetup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Interchangeable counters that serve a group of services by appointment."""

    code: Slug
    services: Annotated[list[Slug], Meta(min_length=1)]
    staffing: list[Staffing] = []
    exceptions: list[StaffingException] = []
    lends: list[Lending] = []
    buffer_minutes: BufferMinutes = 0
    """Kept free after each visit, for notes and for the way of the next visitor."""
    contingents: Contingents = Contingents()
    releases: list[Release] = []
    """Empty: all of a day is opened when it comes within the horizon."""
    overbooking_percent: Annotated[
        int, Meta(ge=0, le=30, extra=allowed("a number from 0 to 30 (percent)"))
    ] = 0
    """How many more than there are counters may be booked at most, as far as measured no-shows allow it."""


class OpenConsultation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hours for visitors without appointment, who register on the same day while there are places."""

    code: Slug
    weekdays: Annotated[list[Weekday], Meta(min_length=1)]
    hours: Span
    """When visitors are served."""
    places: EntryPlaces
    """On each day; whoever cancels on the day gives a place back."""
    services: Annotated[list[Slug], Meta(extra={"word_for_every": "all"})] = []
    """``all`` in the file becomes every service that the office offers without appointment."""
    registration_minutes: WaitMinutes = 30
    """How long before ``hours`` places begin to be given out."""


class Price(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What something costs here, in words: who pays what depends on age, pass and day."""

    name: Text
    text: LongText


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something out of the ordinary on some days; both ends are inclusive."""

    title: Text
    first_day: date = msgspec.field(name="from")
    last_day: date = msgspec.field(name="to")
    text: LongText = {}


class TimedEntrySetup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hours with places for many: a swimming hour, a theatre evening, a tour. Paid on site."""

    code: Slug
    title: Text
    price: LongText
    minutes: EntryMinutes
    places: EntryPlaces
    times: Annotated[list[ClockTime], Meta(min_length=1)]
    weekdays: list[Weekday] = []
    """Every week, but for closures and, unless ``on_holidays``, public holidays."""
    dates: list[date] = []
    """Further days, whatever closures and holidays say."""
    first_day: date | None = msgspec.field(default=None, name="from")
    last_day: date | None = msgspec.field(default=None, name="to")
    """Limits of ``weekdays``, both inclusive; None: no limit."""
    on_holidays: bool = False
    most_party: PartySize = 6
    """How many may come by one booking."""
    contingents: Contingents = Contingents()
    releases: list[Release] = []
    """Counted from each hour's day. Empty: all of an hour is opened when its day comes within the horizon."""
    text: LongText = {}
    bring: Annotated[dict[Language, list[Line]], Meta(extra=GERMAN)] = {}
    """What to bring, by language."""


class OfficeSetup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that one office's file says, complete."""

    slug: Slug
    authority: Slug
    name: Text
    address: Address
    time_zone: str = "Europe/Berlin"
    area: Text = {}
    """The waiting area, as named on tickets."""
    areas: list[AreaSetup] = []
    """Parts of the house that displays of their own may show."""
    panel: PanelSetup = []
    """The slides of the information panel, in order."""
    reception: Text = {}
    """A sentence that says where help is to be found, for visitors who are stuck at the kiosk."""
    languages: list[VisitorLanguage] = msgspec.field(default_factory=lambda: list(get_args(VisitorLanguage)))
    """For visitors, at the kiosk and on their ticket's page; German is always among them."""
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    phone: Phone | None = None
    """International form with spaces or hyphens as printed, or a service number such as 115."""
    access: dict[AccessFact, Access] = {}
    opening_hours: WeekHours = WeekHours()
    """When staff are there."""
    walk_ins: Literal["always", "opening_hours", "never"] | WeekHours = "opening_hours"
    """When numbers are given out without an appointment; ``always`` knows no closing, for demonstrations."""
    walk_in_stop: Literal["forecast", "hours"] = "hours"
    """Until when within these hours: to the end, or only to whom the forecast sees called before closing."""
    open_consultation: list[OpenConsultation] = []
    """Services named here get numbers by same-day places alone, whatever ``walk_ins`` says."""
    closures: list[Closure] = []
    notice: LongText = {}
    numbers: NumberSettings = NumberSettings()
    ticket_shows_service: bool = False
    kiosk: KioskSetup = KioskSetup()
    ticket: TicketSetup = TicketSetup()
    order: OrderSetup = OrderSetup()
    visits: VisitSetup = VisitSetup()
    emergency: EmergencySetup = EmergencySetup()
    announcements: AnnouncementSetup = AnnouncementSetup()
    arrival: ArrivalWindow = ArrivalWindow()
    changes_close_hours: Annotated[
        int, Meta(ge=0, le=168, extra=allowed("a number from 0 to 168 (hours)"))
    ] = 0
    """So long before it begins, visitors can no longer move or cancel an appointment themselves."""
    services: list[OfferedService] = []
    counters: list[CounterSetup] = []
    teams: list[TeamSetup] = []
    pools: list[PoolSetup] = []
    prices: list[Price] = []
    events: list[Event] = []
    timed_entries: list[TimedEntrySetup] = []

    @property
    def spoken(self) -> list[str]:
        """The office's languages, in the order in which all offices offer them."""
        return [tag for tag in LANGUAGE_NAMES if tag in self.languages or tag == SOURCE_LANGUAGE]

    def calendar(self, land: str) -> OfficeCalendar:
        """Give the office's hours together with the Land of its authority, for the rules in ``model``."""
        return OfficeCalendar(
            time_zone=self.time_zone,
            land=land,
            opening_hours=self.opening_hours,
            walk_ins=self.walk_ins,
            closures=self.closures,
        )


class Setup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one or several files hold together; applied in the order of its fields."""

    authorities: list[AuthoritySetup] = []
    services: list[ServiceSetup] = []
    offices: list[OfficeSetup] = []


class Known(msgspec.Struct, frozen=True):
    """What is installed already, so that a file may refer to it without repeating it."""

    authorities: frozenset[str] = frozenset()
    services: Mapping[str, ServiceSetup] = {}
    """By code. Minutes, modes and group of the catalogue complete what an office leaves out."""


NOTHING_KNOWN = Known()
