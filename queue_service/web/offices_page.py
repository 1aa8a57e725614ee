"""``/offices``: where to go without an appointment, and how full it is there now."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from litestar import Response, get

from queue_service.accounts.guards import PUBLIC_FOR_UNKNOWN
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.model import Span, day_off, local_day, next_opening
from queue_service.offices.open_consultation import walk_ins_of
from queue_service.queueing import service as queueing
from queue_service.queueing.fullness import WaitingFigures
from queue_service.web.dates_in_words import day_in_words, time_in_words
from queue_service.web.languages import Texts, choose_language, localized, texts
from queue_service.web.rendering import PageRequest, clock_time, page

TIME_ZONE = "Europe/Berlin"
"""Whose clock the page shows beside figures of offices that may lie in several zones."""


class OfficeLine(msgspec.Struct, frozen=True):
    """One office in the table."""

    office: Office
    today: str
    """Its hours of this day, or why it is closed."""
    without_appointment: str
    waiting: int
    open_counters: int
    wait: str
    """Of somebody who comes now, as the displays have it, or why nobody can say."""


@get("/offices", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def offices_page(request: PageRequest) -> Response[str]:
    """Answer all offices with today's hours and the figures of this moment."""
    now = request.app.state.clock()
    async with request.app.state.database.connection() as conn:
        listed = await offices.list_offices(conn)
        figures = await queueing.waiting_figures(conn)
        taken = await queueing.same_day_places_taken(conn, now)
    language = choose_language(request)
    words = texts(language)
    lines = [
        OfficeLine(
            office,
            hours_today(office, now, language, words),
            without_appointment(office, now, taken.get(office.slug, {}), language, words),
            figures[office.slug].waiting,
            figures[office.slug].open_counters,
            wait_now(figures[office.slug], words),
        )
        # A pool or a theatre has no counters: nobody draws a number there.
        for office in listed
        if office.setup.counters
    ]
    return page(request, "offices.html", offices=lines, time=clock_time(now, TIME_ZONE))


def wait_now(figures: WaitingFigures, words: Texts) -> str:
    """Say how long somebody waits who comes now; empty where the open counters say it all."""
    if figures.wait is not None:
        low, high = figures.wait.low_minutes, figures.wait.high_minutes
        said = (
            words.gettext("Wartezeit jetzt %(low)s–%(high)s Minuten")
            if low
            else words.gettext("Wartezeit jetzt bis %(high)s Minuten")
        )
        return said % {"low": low, "high": high}
    match figures.wait_reason:
        case "hall_paused":
            return words.gettext("Aufruf gerade unterbrochen")
        case "closes_before":
            return words.gettext("Wartezeit heute vielleicht zu lang")
        case _:
            return ""


def hours_today(office: Office, now: datetime, language: str, words: Texts) -> str:
    """Say when the office is open today, or why it is not."""
    calendar = office.calendar
    today = local_day(now, calendar.time_zone)
    off = day_off(calendar, today)
    if off is not None:
        return words.gettext("heute geschlossen: %(reason)s") % {"reason": localized(off.name, language)}
    spans = calendar.opening_hours.on(today)
    if not spans:
        return words.gettext("heute geschlossen")
    return words.gettext("heute geöffnet %(hours)s Uhr") % {"hours": _hours(spans, words)}


def _hours(spans: Sequence[Span], words: Texts) -> str:
    return words.gettext(" und ").join(str(span).replace("-", "–") for span in spans)


def without_appointment(
    office: Office, now: datetime, taken: Mapping[str, int], language: str, words: Texts
) -> str:
    """Say whether numbers are given out now, how many same-day places are left, and otherwise when again.

    ``taken``: same-day places taken today, by the code of the open consultation.
    """
    walk_ins = walk_ins_of(office, now, taken)
    if walk_ins.open and walk_ins.places_left is not None:
        count = walk_ins.places_left
        return words.ngettext(
            "Wartenummern gibt es jetzt, heute ist noch %(count)s Platz frei",
            "Wartenummern gibt es jetzt, heute sind noch %(count)s Plätze frei",
            count,
        ) % {"count": count}
    if walk_ins.open:
        return words.gettext("Wartenummern gibt es jetzt")
    if walk_ins.reason == "stopped_by_staff":
        return words.gettext("zurzeit keine Wartenummern mehr")
    if walk_ins.reason == "by_appointment_only":
        return words.gettext("nur mit Termin")
    chance = walk_ins.next_chance_at or next_opening(office.calendar, now)
    if chance is None:
        return words.gettext("zurzeit keine Wartenummern")
    if walk_ins.reason == "contingent_used_up":
        sentence = words.gettext("alle Plätze vergeben, nächste Anmeldung am %(day)s ab %(time)s")
    elif walk_ins.begins_at:
        sentence = words.gettext("Anmeldung zur offenen Sprechstunde am %(day)s ab %(time)s")
    else:
        sentence = words.gettext("Wartenummern wieder am %(day)s ab %(time)s")
    zone = office.setup.time_zone
    return sentence % {
        "day": day_in_words(local_day(chance, zone), language, today=local_day(now, zone)),
        "time": time_in_words(chance, zone, words),
    }
