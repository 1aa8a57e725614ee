"""Days and times as an office writes them: "Dienstag, 24. November 2026", "10:15 Uhr".

``gettext`` knows no calendar: names of days and months are Babel's, by language tag.
"""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from queue_service.protocol.languages import SOURCE_LANGUAGE
from queue_service.web.languages import Texts

DAY: Mapping[str, str] = {"de": "EEEE, d. MMMM y", "en": "EEEE, d MMMM y"}
"""Patterns of Unicode's locale data (CLDR); English as in Britain, where the day stands first too."""
DAY_OF_THIS_YEAR: Mapping[str, str] = {"de": "EEEE, d. MMMM", "en": "EEEE, d MMMM"}


def day_in_words(day: date, language: str, *, today: date | None = None) -> str:
    """Give weekday and date; without the year when ``today`` falls in the same."""
    patterns = DAY_OF_THIS_YEAR if today and today.year == day.year else DAY
    pattern = patterns.get(language, patterns[SOURCE_LANGUAGE])
    return str(format_date(day, pattern, locale=language))


def weekday_names(language: str) -> list[str]:
    """Give the names of the weekdays, Monday first."""
    monday = date(2027, 1, 4)
    return [str(format_date(monday.replace(day=4 + n), "EEEE", locale=language)) for n in range(7)]


def time_in_words(instant: datetime, zone: str, words: Texts) -> str:
    """Give the time of day at a place, ``09:05 Uhr`` (DIN 5008 writes both digits)."""
    local = instant.astimezone(ZoneInfo(zone))
    return words.gettext("%(time)s Uhr") % {"time": f"{local:%H:%M}"}
