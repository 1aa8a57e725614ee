"""What a ticket says, in the visitor's language. Never a name; the service only where the office wants it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from babel.dates import format_date, format_time

from queue_service.protocol.device_api import IssuedTicket
from queue_service.protocol.languages import base, in_best_language
from queue_service.protocol.stream import OfficeCard, WaitRange
from queue_service.protocol.ticket_layout import EVERYDAY, TicketLayout
from queue_service.ticket_paper.texts import N_, TicketTexts

BABEL_LOCALES = {"en": "en_GB"}
"""Where a language is written with another country's dates than its first: 22 November, 24 hours."""
NO_BREAK = "\u00a0"
"""A time of day stays in one line with its "Uhr"."""

DURING_OUTAGE = N_("Die Verbindung ist unterbrochen. Ihre Nummer gilt.")
"""In the place of the figures that nobody knows then; staff tell by the high number where it comes from."""
CALLED = N_("Bitte warten Sie, bis Ihre Nummer angezeigt und aufgerufen wird.")
FETCHED = N_("Bitte warten Sie am Empfang. Jemand holt Sie dort ab und geht mit Ihnen zum Schalter.")


class TicketWords(msgspec.Struct, frozen=True):
    """The lines of one ticket; an empty one is left out."""

    language: str
    number: str
    area: str
    """Empty for whoever is fetched, who waits elsewhere."""
    issued: str
    appointment: str
    ahead: str
    wait: str
    service: str
    advice: str
    follow_hint: str
    follow_url: str
    """As the QR code carries it."""
    follow_address: str
    """As a person types it."""
    office: str
    headline: str = ""
    closing: str = ""
    copy: str = ""
    """That the paper is not the first of its number."""
    reception: str = ""
    """Where that is, for whoever is fetched there."""


class TicketFacts(msgspec.Struct, frozen=True):
    """What is told of one ticket on paper."""

    ticket: IssuedTicket
    office: OfficeCard
    language: str
    service_name: dict[str, str] = {}
    outage: bool = False
    """Given out while nobody knew how many are ahead."""
    copied_at: datetime | None = None
    """When staff had it printed once more; a visitor's own second try is no copy."""


def ticket_words(facts: TicketFacts, texts: TicketTexts, layout: TicketLayout = EVERYDAY) -> TicketWords:
    """Put a ticket into words; instants are shown in the office's time zone.

    A language without words gets the nearest that has some, German in the end.
    """
    ticket, office, language = facts.ticket, facts.office, facts.language
    language = texts.best_language(language)
    zone = ZoneInfo(office.time_zone)
    appointment = ""
    if ticket.appointment_at:
        at = time_of_day(ticket.appointment_at.astimezone(zone), language)
        appointment = _unbroken(texts.say("Ihr Termin: {time} Uhr", language, time=at), at)
    copy = ""
    if facts.copied_at:
        at = time_of_day(facts.copied_at.astimezone(zone), language)
        copy = texts.say("Zweitdruck, {time} Uhr", language, time=at)
    ahead = (
        texts.say(DURING_OUTAGE, language)
        if facts.outage
        else texts.say("vor Ihnen: {count}", language, count=ticket.people_ahead)
        if ticket.people_ahead
        else texts.say("vor Ihnen: niemand", language)
    )
    return TicketWords(
        language=language,
        number=ticket.number,
        area="" if ticket.pick_up else in_best_language(office.area, language)[0],
        issued=_date_and_time(ticket.created_at.astimezone(zone), language, texts),
        appointment=appointment,
        ahead=ahead,
        wait=wait_words(ticket.wait, language, texts, ticket.wait_reason),
        service=in_best_language(facts.service_name, language)[0] if office.ticket_shows_service else "",
        advice=texts.say(FETCHED if ticket.pick_up else CALLED, language),
        follow_hint=texts.say("Wartezeit am Handy", language) if ticket.follow_url else "",
        follow_url=ticket.follow_url,
        follow_address=ticket.follow_url.partition("://")[2] or ticket.follow_url,
        office=in_best_language(office.name, language)[0],
        headline=in_best_language(layout.headline, language)[0],
        closing=in_best_language(layout.closing, language)[0],
        copy=copy,
        reception=in_best_language(office.reception, language)[0] if ticket.pick_up else "",
    )


def wait_words(wait: WaitRange | None, language: str, texts: TicketTexts, reason: str | None = None) -> str:
    """Say a range of minutes; empty when nothing is known, unless it matters for whoever goes on waiting.

    That no counter is open is not printed: paper stays, and the counter opens.
    """
    if wait is None and reason == "closes_before":
        return texts.say("Ob Sie heute noch an die Reihe kommen, ist ungewiss.", language)
    if wait is None:
        return ""
    low, high = wait.low_minutes, wait.high_minutes
    if low <= 0:
        return texts.say_count(
            "weniger als {count} Minute", "weniger als {count} Minuten", max(high, 2), language
        )
    if low == high:
        return texts.say_count("etwa {count} Minute", "etwa {count} Minuten", max(high, 2), language)
    return texts.say_count("etwa {low}–{count} Minute", "etwa {low}–{count} Minuten", high, language, low=low)


def time_of_day(local: datetime, language: str) -> str:
    """Hours and minutes as on a German clock: ``08:15``."""
    return format_time(local, "HH:mm", locale=_babel_locale(language))


def _date_and_time(local: datetime, language: str, texts: TicketTexts) -> str:
    pattern = texts.say("EEEE, dd.MM.y", language)
    day = format_date(local, pattern, locale=_babel_locale(language))
    time = time_of_day(local, language)
    return _unbroken(texts.say("{day}, {time} Uhr", language, day=day, time=time), time)


def _unbroken(words: str, time: str) -> str:
    before, time, after = words.rpartition(time)
    return before + time + after.replace(" ", NO_BREAK)


def _babel_locale(language: str) -> str:
    return BABEL_LOCALES.get(language, base(language))
