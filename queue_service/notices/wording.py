"""How a language says things: dates, labels and the standard texts, read from ``standard_texts``."""

from collections.abc import Mapping
from datetime import date as local_date
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import yaml
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime

from queue_service.notices.model import SOURCE_LANGUAGE, Kind, ToldReason, Way, fallbacks

STANDARD_TEXTS = Path(__file__).parent / "standard_texts"
FULL_DAY = "full"
"""CLDR's longest form of a date: weekday, day, month in words, year."""


class Labels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands before the facts."""

    when: str
    where: str
    access: str
    persons: str
    reference: str
    spelled: str
    service: str
    documents: str
    fee: str
    times: str
    """With ``{quantity}``."""
    phone: str
    date: str
    page: str
    """With ``{page}`` and ``{pages}``."""
    copy: str
    """With ``{copy}``, on a letter that was printed before."""


class Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A language, complete. Patterns of dates are CLDR's."""

    locale: str
    day: str
    short_day: str
    time: str
    respond_by: str
    short_respond_by: str
    date: str
    """Of a letter."""
    greeting: str
    labels: Labels
    parts: dict[str, str]
    """What several texts say alike, by the placeholder that stands for it."""
    reasons: dict[ToldReason, str]
    texts: dict[Kind, dict[Way, str]]
    """A letter without a text of its own says what the e-mail says."""
    parts_on_paper: dict[str, str] = {}
    """Those that a letter has in other words."""
    parts_of_hours: dict[str, str] = {}
    """Those that are other words for a party that comes for an hour, by whatever way."""
    greeting_unnamed: str = ""
    """For somebody whose name isn't known; empty: as for others."""

    def standard_text(self, kind: Kind, way: Way) -> str:
        """Give the text that is used where an authority has none of its own."""
        texts = self.texts[kind]
        return texts[way] if way in texts else texts["email"]

    def parts_for(self, way: Way, *, of_hour: bool = False) -> dict[str, str]:
        """Give what stands for the placeholders of parts."""
        parts = self.parts | self.parts_on_paper if way == "letter" else self.parts
        return parts | self.parts_of_hours if of_hour else parts

    def greet(self, name: str) -> str:
        """Give the words before the comma."""
        return f"{self.greeting} {name}" if name else self.greeting_unnamed or self.greeting

    def moment(self, instant: datetime, time_zone: str, pattern: str) -> str:
        """Give an instant by the clock of a place."""
        return format_datetime(instant, pattern, ZoneInfo(time_zone), self.locale)

    def day_in_words(self, day: local_date) -> str:
        """Give a day that no hour belongs to."""
        return format_date(day, self.day, self.locale)


@cache
def standard_wordings() -> Mapping[str, Wording]:
    """Give all languages that we speak, by tag."""
    return {
        file.stem: msgspec.convert(yaml.safe_load(file.read_text(encoding="utf-8")), Wording)
        for file in STANDARD_TEXTS.glob("*.yaml")
    }


@cache
def wording(language: str) -> Wording:
    """Give how a language says things.

    In a language that we don't speak, for which an authority has texts of its own, days and months
    are said in that language, and the rest in German.
    """
    known = standard_wordings()
    tag = next(tag for tag in fallbacks(language) if tag in known)
    if tag.partition("-")[0] == language.partition("-")[0]:
        return known[tag]
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return known[SOURCE_LANGUAGE]
    day = locale.date_formats[FULL_DAY].pattern
    return msgspec.structs.replace(
        known[tag],
        locale=str(locale),
        day=day,
        short_day="ccc dd.MM.y",
        time="HH:mm",
        respond_by=f"{day}, HH:mm",
        short_respond_by="ccc dd.MM., HH:mm",
        date="dd.MM.y",
    )
