"""What somebody has to know who asks about an office, a pool, a museum: all of it on one card.

Pure rules; ``now`` is an argument. Sentences are made here, because an agent reads them aloud and
a page prints them as they stand.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from babel.dates import format_date

from queue_service.offices.catalogue import OfferedService, Office
from queue_service.offices.model import (
    DayOff,
    OfficeCalendar,
    Span,
    day_off,
    is_open,
    local_day,
    next_opening,
)
from queue_service.offices.setup_model import Access, AccessFact, Address, Event, Price
from queue_service.protocol.stream import WalkIns

ONE_DAY = timedelta(days=1)
DAYS_SHOWN = 7
"""From today on: each weekday once, with the holidays that fall on them."""
DAY_FORMATS = {"de": "EEEE, d. MMMM", "en": "EEEE d MMMM"}
"""As a sentence names a day (Unicode's patterns)."""


class CardHours(msgspec.Struct, frozen=True):
    """From when to when, by the office's wall clock: ``08:00``, ``24:00`` at the day's end."""

    opens: str
    closes: str


class CardDay(msgspec.Struct, frozen=True):
    """One of the coming days. ``day_off`` says why there are no hours on a holiday or in a closure."""

    day: date
    hours: list[CardHours]
    day_off: DayOff | None


class OpenToday(msgspec.Struct, frozen=True):
    """Whether somebody who goes there now finds the door open."""

    open_now: bool
    closes_at: datetime | None
    """While it is open."""
    opens_at: datetime | None
    """While it is closed; None when it isn't known to open again."""
    sentence: dict[str, str]
    """The same to be said: ``{"de": "Jetzt geöffnet, heute bis 18:00 Uhr."}``."""


class CardService(msgspec.Struct, frozen=True):
    """What is settled here, what to bring for it and what it costs."""

    code: str
    name: dict[str, str]
    minutes: int
    modes: list[str]
    documents: dict[str, list[str]]
    fee: dict[str, str]


class CardEntry(msgspec.Struct, frozen=True):
    """A coming hour with places, as ``GET /entries`` gives it."""

    entry: str
    code: str
    title: dict[str, str]
    start: datetime
    end: datetime
    free: int
    price: dict[str, str]
    """Paid on site."""


class CardBring(msgspec.Struct, frozen=True):
    """What to bring to hours of a kind."""

    code: str
    title: dict[str, str]
    text: dict[str, str]
    bring: dict[str, list[str]]


class FacilityCard(msgspec.Struct, frozen=True):
    """An office or facility in full. Texts are by language; German is always there."""

    office: str
    authority: str
    name: dict[str, str]
    area: dict[str, str]
    address: Address
    latitude: float | None
    longitude: float | None
    phone: str | None
    time_zone: str
    notice: dict[str, str]
    today: OpenToday
    days: list[CardDay]
    """Today and the six days after it."""
    walk_ins: WalkIns
    accessibility: dict[AccessFact, Access]
    """A fact that isn't given is unknown, which is not "no"."""
    prices: list[Price]
    events: list[Event]
    """What is on now and to come, the earliest first."""
    services: list[CardService]
    entry_kinds: list[CardBring]
    entries: list[CardEntry]
    """The next hours with places, also those that are full."""


def facility_card(
    office: Office,
    services: Sequence[OfferedService],
    walk_ins: WalkIns,
    entries: Sequence[CardEntry],
    now: datetime,
) -> FacilityCard:
    """Put together what is known of an office at this moment."""
    setup = office.setup
    today = local_day(now, setup.time_zone)
    return FacilityCard(
        office=office.slug,
        authority=office.authority,
        name=setup.name,
        area=setup.area,
        address=setup.address,
        latitude=setup.latitude,
        longitude=setup.longitude,
        phone=setup.phone,
        time_zone=setup.time_zone,
        notice=setup.notice,
        today=open_today(office.calendar, now),
        days=[_day(office.calendar, today + offset * ONE_DAY) for offset in range(DAYS_SHOWN)],
        walk_ins=walk_ins,
        accessibility=setup.access,
        prices=setup.prices,
        events=sorted(
            (event for event in setup.events if event.last_day >= today),
            key=lambda event: (event.first_day, event.last_day),
        ),
        services=[_service(offered) for offered in services],
        entry_kinds=[CardBring(kind.code, kind.title, kind.text, kind.bring) for kind in setup.timed_entries],
        entries=list(entries),
    )


def open_today(calendar: OfficeCalendar, now: datetime) -> OpenToday:
    """Tell whether the office is open now, until when or when again, and the sentence that says so."""
    zone = ZoneInfo(calendar.time_zone)
    local = now.astimezone(zone)
    if is_open(calendar, now):
        closes = _closes(calendar, local)
        words = {
            "de": f"Jetzt geöffnet, heute bis {_clock(closes)} Uhr.",
            "en": f"Open now, until {_clock(closes)} today.",
        }
        midnight = datetime(local.year, local.month, local.day, tzinfo=zone)
        return OpenToday(True, midnight + timedelta(minutes=closes), None, words)
    opening = next_opening(calendar, now)
    opens_at = opening.astimezone(zone) if opening else None
    return OpenToday(False, None, opens_at, _closed_words(calendar, local, opens_at))


def _closes(calendar: OfficeCalendar, local: datetime) -> int:
    """Give the minute of the day at which hours end that hold this moment, over seams between spans."""
    minute = local.hour * 60 + local.minute
    for span in calendar.opening_hours.on(local.date()):
        if span.opens <= minute < span.closes:
            minute = span.closes
    return minute


def _closed_words(calendar: OfficeCalendar, local: datetime, opens_at: datetime | None) -> dict[str, str]:
    if opens_at and opens_at.date() == local.date():
        clock = _clock(opens_at.hour * 60 + opens_at.minute)
        return {
            "de": f"Jetzt geschlossen. Heute ab {clock} Uhr geöffnet.",
            "en": f"Closed now. Open today from {clock}.",
        }
    reason = day_off(calendar, local.date())
    names = reason.name if reason else {}
    german = f"Heute geschlossen ({names['de']})." if names else "Jetzt geschlossen."
    english = f"Closed today ({names.get('en', names['de'])})." if names else "Closed now."
    if opens_at is None:
        return {"de": german, "en": english}
    clock = _clock(opens_at.hour * 60 + opens_at.minute)
    tomorrow = opens_at.date() == local.date() + ONE_DAY
    return {
        "de": f"{german} Wieder geöffnet {'morgen' if tomorrow else 'am'}{',' * tomorrow} "
        f"{_named_day(opens_at, 'de')}, ab {clock} Uhr.",
        "en": f"{english} Open again {'tomorrow,' if tomorrow else 'on'} "
        f"{_named_day(opens_at, 'en')}, from {clock}.",
    }


def _named_day(day: date, language: str) -> str:
    return format_date(day, DAY_FORMATS[language], locale=language)


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"


def _day(calendar: OfficeCalendar, day: date) -> CardDay:
    off = day_off(calendar, day)
    return CardDay(day, [] if off else list(map(_hours, calendar.opening_hours.on(day))), off)


def _hours(span: Span) -> CardHours:
    opens, _, closes = str(span).partition("-")
    return CardHours(opens, closes)


def _service(offered: OfferedService) -> CardService:
    return CardService(
        code=offered.code,
        name=offered.name,
        minutes=offered.minutes,
        modes=offered.modes,
        documents=offered.documents,
        fee=offered.fee,
    )
