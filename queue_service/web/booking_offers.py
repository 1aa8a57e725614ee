"""Free places as the booking page shows them: a few days, by office, by time of day.

Somebody who reads needs an overview and not the next twenty places of one hour: each day shows a
few times of every office, and a page of its own shows all times of one office's day.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Literal, TypeAlias, get_args
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec

from queue_service.booking import service as booking
from queue_service.booking.model import HORIZON, MOST_PLACES, Place, PlaceSearch, WhyNone
from queue_service.offices.catalogue import Office
from queue_service.offices.model import MINUTES_A_DAY, Span
from queue_service.platform.queries import Connection
from queue_service.web.booking_wish import Wish
from queue_service.web.languages import Texts

OFFICE_DAYS_SHOWN = 8
"""Offices of all days together, in the overview: what one goes through with a thumb."""
DAYS_SHOWN = 5
TIMES_SHOWN = 4
"""Of one office on one day, in the overview: one row on a telephone."""
TIMES_SHOWN_OF_ONE_OFFICE = 12
NOON = 12 * 60
ONE_DAY = timedelta(days=1)
LONGEST_SLUG = 60

DayTime: TypeAlias = Literal["morning", "afternoon"]
HOURS: Mapping[str, Span] = {"morning": Span(0, NOON), "afternoon": Span(NOON, MINUTES_A_DAY)}
WEEKDAYS = range(1, 8)
"""As ISO 8601 counts them, Monday first."""


class Preferences(msgspec.Struct, frozen=True):
    """What somebody would like, as the address says it."""

    office: str = ""
    begin: date | None = None
    weekdays: tuple[int, ...] = ()
    daytime: str = ""
    level_access: bool = False
    day: date | None = None
    """Only this day, with all its times."""

    @property
    def narrows(self) -> bool:
        """Whether there might be more places without these wishes."""
        return bool(self.office or self.weekdays or self.daytime or self.level_access)

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Names and values that ``read_preferences`` reads."""
        return [
            *([("office", self.office)] if self.office else []),
            *([("from", self.begin.isoformat())] if self.begin else []),
            *(("weekday", str(weekday)) for weekday in self.weekdays),
            *([("daytime", self.daytime)] if self.daytime else []),
            *([("level_access", "yes")] if self.level_access else []),
            *([("day", self.day.isoformat())] if self.day else []),
        ]


class OfferedTimes(msgspec.Struct, frozen=True):
    """Times at one office on one day."""

    office: Office
    shown: list[Place]
    more: int
    """How many times of the day are not shown."""
    all_query: str
    """Address of the page that shows them, without the question mark."""


class OfferedDay(msgspec.Struct, frozen=True):
    """A day on which something is free."""

    day: date
    offices: list[OfferedTimes]


class Offers(msgspec.Struct, frozen=True):
    """What the page shows; ``why_none`` is set exactly when there are no days."""

    days: list[OfferedDay]
    why_none: WhyNone | None = None
    later_query: str = ""
    """Address of the days after these; empty when a look at them is not worth it."""


def read_preferences(fields: Iterable[tuple[str, str]], words: Texts) -> tuple[Preferences, dict[str, str]]:
    """Give the preferences, and a sentence for each field that can't be read."""
    sent = list(fields)
    values = dict(sent)
    mistakes = {}
    begin, day = read_day(values.get("from", "")), read_day(values.get("day", ""))
    if values.get("from") and begin is None:
        mistakes["from"] = words.gettext("Das ist kein Datum. So sieht eines aus: 24.11.2026.")
    weekdays = {int(value) for name, value in sent if name == "weekday" and value in _WEEKDAY_TEXTS}
    daytime = values.get("daytime", "")
    return (
        Preferences(
            office=values.get("office", "")[:LONGEST_SLUG],
            begin=begin,
            weekdays=tuple(sorted(weekdays)),
            daytime=daytime if daytime in get_args(DayTime) else "",
            level_access=values.get("level_access") == "yes",
            day=day,
        ),
        mistakes,
    )


_WEEKDAY_TEXTS = {str(weekday) for weekday in WEEKDAYS}
GERMAN_DATE = "%d.%m.%Y"
"""As it is typed where a browser has no field for dates."""
YEARS = range(2000, 3000)
"""Beyond them, time zones run out of calendar."""


def read_day(text: str) -> date | None:
    """Give the day that was typed, or None."""
    for form in ("%Y-%m-%d", GERMAN_DATE):
        try:
            # Only the day is taken: the time zone is the office's.
            day = datetime.strptime(text.strip(), form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
        return day if day.year in YEARS else None
    return None


def has_level_access(office: Office) -> bool:
    """Tell whether the office's door is known to be without steps."""
    fact = office.setup.access.get("level_entrance")
    return bool(fact and fact.available)


def offices_meant(wanted: Preferences, offices: Sequence[Office]) -> list[Office]:
    """Give those of the offices that somebody would go to."""
    return [
        office
        for office in offices
        if wanted.office in {"", office.slug} and (has_level_access(office) or not wanted.level_access)
    ]


async def find_offers(
    conn: Connection, now: datetime, wish: Wish, wanted: Preferences, offices: Sequence[Office]
) -> Offers:
    """Give the first days with free places at these offices; ``offices`` are those to choose among.

    Raises what ``booking.find_places`` raises.
    """
    among = offices_meant(wanted, offices)
    if not among:
        return Offers([], WhyNone("not_offered", ""))
    by_slug = {office.slug: office for office in among}
    search = PlaceSearch(
        services=wish.services,
        offices=list(by_slug),
        weekdays=list(wanted.weekdays) or None,
        hours=HOURS.get(wanted.daytime),
        persons=wish.persons,
    )
    days: list[OfferedDay] = []
    begin = wanted.day or wanted.begin
    while not _enough(days, wanted):
        first = await booking.find_places(
            conn, now, msgspec.structs.replace(search, begin=begin, end=wanted.day, limit=1)
        )
        if not first.items:
            return Offers(days, None if days else first.why_none)
        day = first.items[0].start.date()
        found = await booking.find_places(
            conn, now, msgspec.structs.replace(search, begin=day, end=day, limit=MOST_PLACES)
        )
        days.append(_offered_day(day, found.items, by_slug, wish, wanted))
        begin = day + ONE_DAY
    return Offers(days, later_query=_later(now, begin, wish, wanted))


def _enough(days: Sequence[OfferedDay], wanted: Preferences) -> bool:
    if wanted.day:
        return bool(days)
    return len(days) >= DAYS_SHOWN or sum(len(day.offices) for day in days) >= OFFICE_DAYS_SHOWN


def _offered_day(
    day: date, places: Sequence[Place], by_slug: Mapping[str, Office], wish: Wish, wanted: Preferences
) -> OfferedDay:
    by_office: dict[str, list[Place]] = {}
    for place in places:
        by_office.setdefault(place.office, []).append(place)
    most = TIMES_SHOWN_OF_ONE_OFFICE if wanted.office else TIMES_SHOWN
    offices = []
    for slug, times in by_office.items():
        shown = times if wanted.day or len(times) <= most + 1 else times[:most]
        one_day = msgspec.structs.replace(wanted, office=slug, begin=None, day=day)
        all_query = urlencode([*wish.fields, *one_day.fields])
        offices.append(OfferedTimes(by_slug[slug], shown, len(times) - len(shown), all_query))
    return OfferedDay(day, offices)


def _later(now: datetime, begin: date | None, wish: Wish, wanted: Preferences) -> str:
    if begin is None or wanted.day or begin > (now + HORIZON).date():
        return ""
    later = msgspec.structs.replace(wanted, begin=begin)
    return urlencode([*wish.fields, *later.fields])


def chosen_place(text: str) -> tuple[str, datetime] | None:
    """Read which place a button stands for, ``bsc-mitte 2026-11-24T10:15:00+01:00``."""
    slug, _, instant = text.partition(" ")
    try:
        start = datetime.fromisoformat(instant)
    except ValueError:
        return None
    known = 0 < len(slug) <= LONGEST_SLUG and start.tzinfo is not None and start.year in YEARS
    return (slug, start) if known else None


def local_start(start: datetime, office: Office) -> datetime:
    """Give a start by the office's clock."""
    return start.astimezone(ZoneInfo(office.setup.time_zone))
