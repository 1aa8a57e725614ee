"""Days, hours and people of the staffing plan in words."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

import msgspec
from babel.dates import format_date

from queue_service.offices.catalogue import OfferedService, Office
from queue_service.offices.model import Span
from queue_service.offices.setup_model import StaffedHours
from queue_service.protocol.languages import SOURCE_LANGUAGE
from queue_service.rescheduling.model import NewPlace, Told
from queue_service.web.dates_in_words import day_in_words, time_in_words
from queue_service.web.languages import Texts, localized
from queue_service.web.message_words import way_name

SHORT_DAY: Mapping[str, str] = {"de": "EEE d. MMMM", "en": "EEE d MMMM"}
"""Patterns of Unicode's locale data (CLDR), for what has to fit into a choice; within sixty days the year
goes without saying."""
WORD_JOINER = "\u2060"
"""Keeps both ends of a span on one line."""
GROUPS_NAMED = 2
"""Headings of services that name a pool; more would be a list."""


class Reader(msgspec.Struct, frozen=True):
    """Who reads the page: in which language, in whose words."""

    language: str
    words: Texts
    today: date
    """Days of this year are named without it."""

    def day(self, day: date) -> str:
        """Give weekday and date."""
        return day_in_words(day, self.language, today=self.today)

    def time(self, instant: datetime, office: Office) -> str:
        """Give the time of day at an office."""
        return time_in_words(instant, office.setup.time_zone, self.words)

    def place(self, place: NewPlace, here: Office, offices: Mapping[str, Office]) -> str:
        """Give a place: day, time, and the office where it is another one."""
        pattern = SHORT_DAY.get(self.language, SHORT_DAY[SOURCE_LANGUAGE])
        day = format_date(place.start.date(), pattern, locale=self.language)
        said = f"{day}, {self.time(place.start, offices[place.office])}"
        if place.office == here.slug:
            return said
        return f"{said}, {localized(offices[place.office].setup.name, self.language)}"

    def told(self, ways: Sequence[Told]) -> str:
        """Give how somebody hears of it."""
        if not ways:
            return self.words.gettext("nicht erreichbar")
        if "door" in ways:
            return self.words.gettext("Brief, zu spät: bitte an der Tür abfangen")
        names = [
            self.words.gettext("Anruf (115)") if way == "call" else way_name(way, self.words)
            for way in ways
            if way != "door"
        ]
        return ", ".join(names)

    def hours(self, staffing: Sequence[StaffedHours]) -> list[str]:
        """Give staffed hours, one line each; none for a day without appointments."""
        return [self._entry(entry) for entry in staffing]

    def _entry(self, entry: StaffedHours) -> str:
        counters = self.words.ngettext("%(num)s Schalter", "%(num)s Schalter", entry.counters)
        said = f"{_clock(entry.hours)}: {counters % {'num': entry.counters}}"
        if not entry.breaks:
            return said
        pauses = self.words.gettext("Pause %(hours)s") % {"hours": ", ".join(map(_clock, entry.breaks))}
        return f"{said}, {pauses}"

    def duration(self, minutes: int) -> str:
        """Give free time of counters: ``6 Std. 30 Min.``, ``6 Std.`` or ``30 Min.`` as it is."""
        hours, rest = divmod(minutes, 60)
        parts = []
        if hours or not rest:
            parts.append(self.words.gettext("%(hours)s Std.") % {"hours": hours})
        if rest:
            parts.append(self.words.gettext("%(minutes)s Min.") % {"minutes": rest})
        return " ".join(parts)

    def services(self, codes: Iterable[tuple[str, int]], known: Mapping[str, OfferedService]) -> str:
        """Give what a visit settles; a service that is no longer offered by its code."""
        return ", ".join(
            (f"{quantity} × " if quantity > 1 else "")
            + (localized(known[code].name, self.language) if code in known else code)
            for code, quantity in codes
        )

    def pools(self, office: Office, known: Mapping[str, OfferedService]) -> dict[str, str]:
        """Give each pool by its code the headings of what it serves; with the code where two are alike."""
        names = {}
        for pool in office.setup.pools:
            groups = list(
                dict.fromkeys(
                    localized(known[code].group, self.language) for code in pool.services if code in known
                )
            )
            more = self.words.gettext(" u. a.") if len(groups) > GROUPS_NAMED else ""
            names[pool.code] = ", ".join(groups[:GROUPS_NAMED]) + more or pool.code
        alike = list(names.values())
        return {code: name if alike.count(name) == 1 else f"{name} ({code})" for code, name in names.items()}


def _clock(span: Span) -> str:
    """Give hours as they are printed: ``08:00–12:00``."""
    return str(span).replace("-", f"–{WORD_JOINER}")
