"""What somebody says who would wait for a place: until when, which days, how much notice, how to be told.

Nothing else is asked, but for a name if one likes. What the visit is for, and where, comes along from the
search that found nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import get_args

import msgspec

from queue_service.booking import contact as contacts
from queue_service.booking.model import Contact
from queue_service.booking.waiting_list import LATEST_DAYS
from queue_service.booking.waiting_model import DEFAULT_NOTICE_HOURS, DayHours, WaitingRequest, Way, clock_of
from queue_service.platform.errors import InvalidFields
from queue_service.web.booking_contact import LONGEST, typed_line
from queue_service.web.booking_offers import HOURS, Preferences, read_day, read_preferences
from queue_service.web.booking_refusals import contact_mistakes
from queue_service.web.booking_wish import Wish
from queue_service.web.languages import Texts

NOTICES = (2, DEFAULT_NOTICE_HOURS, 48, 7 * 24)
"""Hours to choose from: the same day, the next, the one after, a week."""
SUGGESTED_WAIT = timedelta(weeks=4)
"""Stands in the field at first: about as far as a city that is full gives appointments out. Ours."""
LONGEST_DATE = 20
LATEST = timedelta(days=LATEST_DAYS)
WAYS: tuple[Way, ...] = get_args(Way)
FIELD_OF_WAY: Mapping[str, str] = {"sms": "mobile", "email": "email", "call": "phone"}
"""Two telephone numbers, so that what is typed beside one way is never sent by the other."""


class WaitingForm(msgspec.Struct, frozen=True):
    """The form as it was sent, or as it stands at first."""

    wanted: Preferences
    until: str
    """As typed, or as a browser's field for dates wants it."""
    notice: int = DEFAULT_NOTICE_HOURS
    way: str = ""
    mobile: str = ""
    email: str = ""
    phone: str = ""
    name: str = ""

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What came along from the search and is not asked again."""
        asked = msgspec.structs.replace(self.wanted, weekdays=(), daytime="", day=None)
        return asked.fields


def first_form(sent: Iterable[tuple[str, str]], today: date, words: Texts) -> WaitingForm:
    """Give the form before anything is typed: the days and hours searched for, and four weeks."""
    wanted, _ = read_preferences(sent, words)
    begin = max(wanted.begin or today, today)
    return WaitingForm(wanted, (begin + SUGGESTED_WAIT).isoformat())


def read_form(sent: list[tuple[str, str]], words: Texts) -> WaitingForm:
    """Give the form; what our own page can't have sent counts as not sent."""
    fields = dict(sent)
    notice = fields.get("notice", "")
    return WaitingForm(
        wanted=read_preferences(sent, words)[0],
        until=typed_line(fields.get("until", ""))[:LONGEST_DATE],
        notice=next((hours for hours in NOTICES if str(hours) == notice), DEFAULT_NOTICE_HOURS),
        way=fields.get("way", "") if fields.get("way") in WAYS else "",
        **{field: typed_line(fields.get(field, "")) for field in (*FIELD_OF_WAY.values(), "name")},
    )


def waiting_request(
    form: WaitingForm, wish: Wish, offices: list[str], today: date, language: str, words: Texts
) -> tuple[WaitingRequest | None, dict[str, str]]:
    """Give what the waiting list takes, or a sentence for each field that can't stay as it is."""
    until = read_day(form.until)
    mistakes = (
        _until_mistake(form, until, today, words)
        | _way_mistakes(form, language, words)
        | _name_mistake(form, words)
    )
    way = next((known for known in WAYS if known == form.way), None)
    if mistakes or until is None or way is None:
        return None, mistakes
    hours = HOURS.get(form.wanted.daytime)
    return WaitingRequest(
        services=wish.services,
        persons=wish.persons,
        offices=offices,
        first_day=max(form.wanted.begin, today) if form.wanted.begin else None,
        last_day=until,
        weekdays=list(form.wanted.weekdays),
        hours=DayHours(clock_of(hours.opens), clock_of(hours.closes)) if hours else DayHours(),
        notice_hours=form.notice,
        ways=[way],
        contact=_contact(form, language),
    ), {}


def _until_mistake(form: WaitingForm, until: date | None, today: date, words: Texts) -> dict[str, str]:
    if not form.until:
        return {"until": words.gettext("Bitte geben Sie an, bis wann der Termin noch hilft.")}
    if until is None:
        return {"until": words.gettext("Das ist kein Datum. So sieht eines aus: 24.11.2026.")}
    if until < max(form.wanted.begin or today, today):
        return {"until": words.gettext("Dieser Tag ist schon vorbei oder liegt vor Ihrem ersten Tag.")}
    if until > today + LATEST:
        return {"until": words.gettext("Das ist mehr als ein Jahr entfernt.")}
    return {}


def _way_mistakes(form: WaitingForm, language: str, words: Texts) -> dict[str, str]:
    field = FIELD_OF_WAY.get(form.way)
    if field is None:
        return {"way": words.gettext("Bitte wählen Sie, wie wir Ihnen Bescheid sagen sollen.")}
    if field == "phone" and not form.phone:
        return {"phone": words.gettext("Für einen Anruf brauchen wir Ihre Telefonnummer.")}
    if len(getattr(form, field)) > LONGEST["email" if field == "email" else "phone"]:
        return {field: words.gettext("Das ist zu lang.")}
    try:
        contacts.checked(_contact(form, language), "online", held=False)
    except InvalidFields as refused:
        # The contact has one telephone number, and the page two fields for it.
        return dict.fromkeys([field], next(iter(contact_mistakes(refused, words).values())))
    return {}


def _name_mistake(form: WaitingForm, words: Texts) -> dict[str, str]:
    return {"name": words.gettext("Das ist zu lang.")} if len(form.name) > LONGEST["name"] else {}


def _contact(form: WaitingForm, language: str) -> Contact:
    return Contact(
        name=form.name[: LONGEST["name"]],
        email=form.email or None if form.way == "email" else None,
        phone={"sms": form.mobile, "call": form.phone}.get(form.way) or None,
        language=language,
        confirm_by="sms" if form.way == "sms" else "email" if form.way == "email" else "none",
    )
