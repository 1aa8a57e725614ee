"""An entry of the waiting list as whoever waits reads it: what for, how long, how told, what is on offer."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from queue_service.booking import waiting_list
from queue_service.booking.waiting_match import UNANSWERED_ALLOWED
from queue_service.booking.waiting_model import KeptEntry, Offer, WaitingEntry
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.model import Span
from queue_service.platform.queries import Connection
from queue_service.web.booking_offers import HOURS
from queue_service.web.booking_wish import Chosen, Wish, chosen_services
from queue_service.web.dates_in_words import day_in_words, time_in_words, weekday_names
from queue_service.web.languages import Texts, localized, texts

HOURS_A_DAY = 24
MIDNIGHTS = ("00:00", "24:00")


class OfferView(msgspec.Struct, frozen=True):
    """A place that is kept for somebody, and until when they can answer."""

    office: Office
    day: str
    time: str
    respond_day: str
    respond_time: str
    over: bool
    """The time to answer has passed, and the place goes to the next."""


class WaitingView(msgspec.Struct, frozen=True):
    """Everything that the page tells about one entry, in the reader's language."""

    shown: WaitingEntry
    chosen: list[Chosen]
    offices: list[str]
    """Their names; empty: any."""
    days: str
    hours: str
    notice: str
    told: list[str]
    confirmed: str
    """What was sent of number and key; empty: nothing."""
    offer: OfferView | None

    @property
    def reference(self) -> str:
        """As people see it."""
        return self.shown.reference

    @property
    def wish(self) -> Wish:
        """What the visit is for, to search for it."""
        return Wish({wish.service: wish.quantity for wish in self.shown.services}, self.shown.persons)

    @property
    def gave_up(self) -> bool:
        """Taken off the list because nobody answered, so often."""
        return self.shown.state == "withdrawn" and self.shown.unanswered >= UNANSWERED_ALLOWED


async def waiting_view(conn: Connection, now: datetime, kept: KeptEntry, language: str) -> WaitingView:
    """Look up what an entry's page tells."""
    words = texts(language)
    shown = await waiting_list.show(conn, kept)
    names = {
        office.slug: localized(office.setup.name, language) for office in await offices.list_offices(conn)
    }
    wish = Wish({wanted.service: wanted.quantity for wanted in shown.services}, shown.persons)
    return WaitingView(
        shown=shown,
        chosen=chosen_services(wish, await offices.list_catalogue(conn)),
        offices=[names.get(slug, slug) for slug in shown.offices],
        days=_days(shown, now, language, words),
        hours=_hours(shown, words),
        notice=notice_in_words(shown.notice_hours, words),
        told=_told(shown, words),
        confirmed=_confirmed(shown, words),
        offer=await offer_view(conn, now, shown.offer, language) if shown.offer else None,
    )


async def offer_view(conn: Connection, now: datetime, offer: Offer, language: str) -> OfferView:
    """Give an offer as pages tell it."""
    office = await offices.find_office(conn, offer.office)
    zone, words = office.setup.time_zone, texts(language)
    today = now.astimezone(office.zone).date()
    answer = offer.respond_by.astimezone(office.zone)
    return OfferView(
        office=office,
        day=day_in_words(offer.start.astimezone(office.zone).date(), language),
        time=time_in_words(offer.start, zone, words),
        respond_day=words.gettext("heute")
        if answer.date() == today
        else day_in_words(answer.date(), language, today=today),
        respond_time=time_in_words(offer.respond_by, zone, words),
        over=offer.respond_by <= now,
    )


def _days(shown: WaitingEntry, now: datetime, language: str, words: Texts) -> str:
    until = day_in_words(shown.last_day, language)
    if shown.first_day > now.date():
        span = words.gettext("%(from_day)s bis %(until)s") % {
            "from_day": day_in_words(shown.first_day, language, today=shown.last_day),
            "until": until,
        }
    else:
        span = words.gettext("bis %(until)s") % {"until": until}
    names = weekday_names(language)
    only = ", ".join(names[weekday - 1] for weekday in shown.weekdays)
    return words.gettext("%(days)s, nur %(weekdays)s") % {"days": span, "weekdays": only} if only else span


def _hours(shown: WaitingEntry, words: Texts) -> str:
    """Give the time of day; empty for any."""
    hours = (shown.hours.begin, shown.hours.end)
    if hours == MIDNIGHTS:
        return ""
    asked = Span(shown.hours.opens, shown.hours.closes)
    if asked == HOURS["morning"]:
        return words.gettext("vor 12 Uhr")
    if asked == HOURS["afternoon"]:
        return words.gettext("ab 12 Uhr")
    return words.gettext("von %(begin)s bis %(end)s Uhr") % {"begin": hours[0], "end": hours[1]}


def notice_in_words(hours: int, words: Texts) -> str:
    """Say how long before the visit somebody must know."""
    days, rest = divmod(hours, HOURS_A_DAY)
    if rest or days < 2:
        return words.ngettext("%(num)s Stunde vorher", "%(num)s Stunden vorher", hours) % {"num": hours}
    return words.ngettext("%(num)s Tag vorher", "%(num)s Tage vorher", days) % {"num": days}


def _confirmed(shown: WaitingEntry, words: Texts) -> str:
    # Who is kept a place at once is told of that instead.
    ways = shown.contact.confirm_by if shown.contact and shown.state == "waiting" else []
    if "email" in ways:
        return words.gettext("Die Nummer und einen Link zu dieser Seite schicken wir Ihnen auch per E-Mail.")
    return words.gettext("Die Nummer schicken wir Ihnen auch per SMS.") if "sms" in ways else ""


def _told(shown: WaitingEntry, words: Texts) -> list[str]:
    contact = shown.contact
    if contact is None:
        return []
    told: Mapping[str, str] = {
        "sms": words.gettext("per SMS an %(number)s") % {"number": contact.phone_shown},
        "email": words.gettext("per E-Mail an %(address)s") % {"address": contact.email},
        "call": words.gettext("mit einem Anruf der 115 unter %(number)s") % {"number": contact.phone_shown},
    }
    return [told[way] for way in shown.ways]
