"""Which hours an office's set-up makes, with how many places for whom. Pure rules.

An hour is named ``code.20270112T0530Z``: its kind and its beginning in UTC, which tells the two
hours of an autumn night apart. Times are the office's wall clock; in the hour that spring leaves
out, an entry begins when the clocks have gone on.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from queue_service.booking.contingents import WHOLE, open_shares, release_times, released
from queue_service.entries.model import OpenPlaces, PlannedEntry
from queue_service.offices.model import WEEKDAYS, OfficeCalendar, day_off
from queue_service.offices.setup_model import TimedEntrySetup
from queue_service.platform.errors import EntryNotFound

ONE_DAY = timedelta(days=1)
NAME = re.compile(r"(?P<code>[a-z0-9-]{1,60})\.(?P<start>[0-9]{8}T[0-9]{4})Z")
START_FORMAT = "%Y%m%dT%H%MZ"


def entry_name(code: str, starts_at: datetime) -> str:
    """Give the name by which programs and links refer to an hour of an office."""
    return f"{code}.{starts_at.astimezone(UTC):{START_FORMAT}}"


def parse_entry(name: str) -> tuple[str, datetime]:
    """Give kind and beginning (UTC) of an hour; raises EntryNotFound for what names none."""
    match = NAME.fullmatch(name)
    if match is None:
        raise EntryNotFound
    try:
        start = datetime.strptime(f"{match['start']}Z", START_FORMAT)  # noqa: DTZ007  # the zone is next
    except ValueError as wrong:
        raise EntryNotFound from wrong
    return match["code"], start.replace(tzinfo=UTC)


def planned_entries(
    kinds: list[TimedEntrySetup], calendar: OfficeCalendar, first: date, last: date, now: datetime
) -> list[PlannedEntry]:
    """Give the hours of all kinds from the first to the last local day, by beginning and kind.

    With the places that are open for booking at ``now``.
    """
    planned = [
        _planned(kind, calendar, day, clock, now)
        for kind in kinds
        for day in _days(kind, calendar, first, last)
        for clock in kind.times
    ]
    return sorted(planned, key=lambda entry: (entry.starts_at, entry.code))


def _days(kind: TimedEntrySetup, calendar: OfficeCalendar, first: date, last: date) -> Iterator[date]:
    for day in (first + offset * ONE_DAY for offset in range((last - first).days + 1)):
        if day in kind.dates or _is_weekly(kind, calendar, day):
            yield day


def _is_weekly(kind: TimedEntrySetup, calendar: OfficeCalendar, day: date) -> bool:
    if WEEKDAYS[day.weekday()] not in kind.weekdays:
        return False
    if not (kind.first_day or date.min) <= day <= (kind.last_day or date.max):
        return False
    off = day_off(calendar, day)
    return off is None or (off.code == "holiday" and kind.on_holidays)


def _planned(
    kind: TimedEntrySetup, calendar: OfficeCalendar, day: date, clock: str, now: datetime
) -> PlannedEntry:
    zone = ZoneInfo(calendar.time_zone)
    starts_at = datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)
    opened = open_places(kind, day, zone, now)
    return PlannedEntry(
        code=kind.code,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=kind.minutes),
        title=kind.title,
        price=kind.price,
        most_party=kind.most_party,
        places=kind.places,
        counter_places=opened.counter_places,
        phone_places=opened.phone_places,
        online_places=opened.online_places,
        next_release_at=opened.next_release_at,
    )


def open_places(kind: TimedEntrySetup, day: date, zone: ZoneInfo, now: datetime) -> OpenPlaces:
    """Give how many of an hour's places each channel may take at ``now``, as it is for a pool's day.

    Rounded down: a share is never exceeded. Whatever is set, the floor stays out of the web's reach.
    """
    opened, next_release_at = released(release_times(day, zone, kind.releases), now)
    online, phone, counter = (kind.places * share // WHOLE for share in open_shares(kind.contingents, opened))
    return OpenPlaces(counter, phone, online, next_release_at)
