"""``/entries``: places at pools, museums and theatres, by the hour; without any script.

Three steps, plain forms and addresses: where; when and how many; check and book (here). Nothing is
asked that isn't needed: a name if one likes, and an e-mail address for a confirmation. What was booked
is opened, and given back, by reference and secret (``entry_booking_page``), and moved (``entry_move_page``).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from queue_service.accounts.guards import PUBLIC_FOR_UNKNOWN
from queue_service.booking.model import HORIZON
from queue_service.entries import service as entries
from queue_service.entries.model import MOST_PARTY, EntriesFound, EntryOffered, EntrySearch
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.facility_card import open_today
from queue_service.offices.model import local_day
from queue_service.offices.setup_model import TimedEntrySetup
from queue_service.platform.errors import EntryNotFound
from queue_service.web.booking_contact import LONGEST
from queue_service.web.dates_in_words import day_in_words, time_in_words
from queue_service.web.hold_once import new_proof_challenge
from queue_service.web.languages import Texts, choose_language, texts
from queue_service.web.rendering import PageRequest, page
from queue_service.web.sent_once import new_key

HOURS_SHOWN = 30
"""About what fits on three screens of a telephone; later days are one press away."""
ONE_DAY = timedelta(days=1)
NOTHING_TYPED = {"name": "", "email": ""}


class Choice(msgspec.Struct, frozen=True):
    """What somebody has said so far; it travels in the addresses and holds nothing about a person."""

    party: int = 1
    code: str = ""
    begin: date | None = None

    @property
    def query(self) -> str:
        """For an address, without the question mark."""
        begin = self.begin.isoformat() if self.begin else ""
        fields = (("party", str(self.party)), ("code", self.code), ("from", begin))
        return urlencode([(name, value) for name, value in fields if value])


class HourLine(msgspec.Struct, frozen=True):
    """An hour in the list."""

    hour: EntryOffered
    begins: str
    ends: str


class Day(msgspec.Struct, frozen=True):
    """The hours of a day."""

    name: str
    lines: list[HourLine]


@get("/entries", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def facilities_page(request: PageRequest) -> Response[str]:
    """Answer where places can be booked, and what is open now."""
    now = request.app.state.clock()
    async with request.app.state.database.connection() as conn:
        listed = await offices.list_offices(conn)
    facilities = [
        (office, open_today(office.calendar, now).sentence) for office in listed if office.setup.timed_entries
    ]
    return page(request, "entries.html", facilities=facilities)


@get("/entries/{office:str}", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def hours_page(request: PageRequest, office: FromPath[str]) -> Response[str]:
    """Answer the free hours of a facility, or say why there are none and what else there is."""
    now = request.app.state.clock()
    language = choose_language(request)
    words = texts(language)
    choice = read_choice(request)
    async with request.app.state.database.connection() as conn:
        facility = await offices.find_office(conn, office)
        kinds = facility.setup.timed_entries
        most = max((kind.most_party for kind in kinds), default=1)
        choice = msgspec.structs.replace(choice, party=min(choice.party, most))
        search = EntrySearch(
            offices=[facility.slug],
            codes=[choice.code] if choice.code else [],
            begin=choice.begin,
            party_size=choice.party,
            limit=HOURS_SHOWN,
        )
        found = await entries.find_entries(conn, now, search)
    today = local_day(now, facility.setup.time_zone)
    days, later = by_days(found.items, facility, language, today)
    refused = request.query_params.get("refused", "")
    return page(
        request,
        "entry_hours.html",
        status=409 if refused else 200,
        facility=facility,
        kinds=kinds,
        open_now=open_today(facility.calendar, now).sentence,
        choice=choice,
        most=most,
        today=today,
        last_day=today + HORIZON,
        days=days,
        later=msgspec.structs.replace(choice, begin=later).query if later else "",
        why_none=why_none_in_words(found, facility, language),
        summary=words.gettext("Das hat nicht geklappt"),
        mistakes=[("hours", refused_in_words(refused, words))] if refused else [],
        accent=facility.accent,
    )


def read_choice(request: PageRequest) -> Choice:
    """Give what an address says; what our own pages can't have sent counts as not sent."""
    sent = request.query_params
    party = sent.get("party", "")
    number = int(party) if party.isascii() and party.isdecimal() and len(party) <= len(str(MOST_PARTY)) else 1
    code = sent.get("code", "")
    return Choice(
        min(max(number, 1), MOST_PARTY), code if code.isprintable() else "", read_day(sent.get("from", ""))
    )


def read_day(text: str) -> date | None:
    """Give the day that a form has sent; None for what is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # As far as calendars of time zones reach.
    return day if 2000 <= day.year < 3000 else None


def by_days(
    hours: Sequence[EntryOffered], facility: Office, language: str, today: date, *, limit: int = HOURS_SHOWN
) -> tuple[list[Day], date | None]:
    """Group hours by day, and give the first of later days; a day that was cut off is left to them.

    ``limit`` is how many were searched for.
    """
    grouped = [(day, list(of_day)) for day, of_day in groupby(hours, key=lambda hour: hour.start.date())]
    later = None
    if len(hours) == limit:
        cut = len(grouped) > 1
        later = grouped[-1][0] if cut else grouped[-1][0] + ONE_DAY
        grouped = grouped[:-1] if cut else grouped
    zone, words = facility.setup.time_zone, texts(language)
    days = [
        Day(
            day_in_words(day, language, today=today),
            [HourLine(hour, f"{hour.start:%H:%M}", time_in_words(hour.end, zone, words)) for hour in of_day],
        )
        for day, of_day in grouped
    ]
    return days, later


def why_none_in_words(found: EntriesFound, facility: Office, language: str) -> str:
    """Say why nothing is free, and when there will be more, where that is known; empty when something is."""
    words = texts(language)
    if found.why_none is None:
        return ""
    if found.why_none.code == "not_released" and found.why_none.next_release_at:
        at = found.why_none.next_release_at
        sentence = words.gettext(
            "Diese Plätze sind noch nicht freigegeben. Die nächsten gibt es am %(day)s ab %(time)s."
        )
        return sentence % {
            "day": day_in_words(at.date(), language),
            "time": time_in_words(at, facility.setup.time_zone, words),
        }
    sentences = {
        "not_offered": words.gettext("Das wird hier nicht angeboten."),
        "beyond_horizon": words.gettext("So weit im Voraus werden noch keine Plätze vergeben."),
        "party_too_large": words.gettext("Für so viele Personen rufen Sie bitte an."),
        "contingent_used_up": words.gettext(
            "Im Internet sind alle Plätze vergeben. Am Telefon und an der Kasse gibt es noch welche."
        ),
        "full": words.gettext("Für so viele Personen ist nichts mehr frei."),
    }
    return sentences.get(found.why_none.code, words.gettext("In dieser Zeit findet nichts statt."))


def refused_in_words(code: str, words: Texts) -> str:
    """Give the sentence for a refusal."""
    if code == "slot_taken":
        return words.gettext("Diese Plätze wurden gerade vergeben. Bitte wählen Sie eine andere Zeit.")
    if code == "too_many_bookings":
        return words.gettext(
            "Mehr Buchungen sind im Internet auf einmal nicht möglich. Geben Sie eine zurück, oder rufen Sie"
            " die 115 an."
        )
    if code == "proof_of_work_needed":
        return words.gettext(
            "Bitte wählen Sie noch einmal. Geht es wieder nicht, rufen Sie bitte die 115 an."
        )
    if code == "too_many_attempts":
        return words.gettext("Diese Buchung wurde heute schon oft verlegt. Bitte rufen Sie die 115 an.")
    return words.gettext("Diese Zeit kann nicht mehr gebucht werden. Bitte wählen Sie eine andere.")


@get("/entries/{office:str}/book", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def check_page(request: PageRequest, office: FromPath[str]) -> Response[Any]:
    """Answer everything once more before it counts, and ask for a name, if one likes."""
    choice = read_choice(request)
    async with request.app.state.database.connection() as conn:
        facility = await offices.find_office(conn, office)
        try:
            hour = await entries.find_entry(conn, facility, request.query_params.get("entry", ""))
        except EntryNotFound:
            return Redirect(f"/entries/{facility.slug}?{choice.query}", status_code=303)
    return await check(request, facility, hour, choice)


async def check(
    request: PageRequest,
    facility: Office,
    hour: EntryOffered,
    choice: Choice,
    typed: Mapping[str, str] = NOTHING_TYPED,
    mistakes: Sequence[tuple[str, str]] = (),
) -> Response[str]:
    """Give the page on which the last word is said."""
    return page(
        request,
        "entry_check.html",
        status=400 if mistakes else 200,
        facility=facility,
        hour=hour,
        kind=kind_of(facility, hour.code),
        choice=choice,
        typed=typed,
        longest=LONGEST,
        key=new_key(),
        challenge=await new_proof_challenge(
            request.app.state.database,
            request.app.state.clock(),
            request.app.state.settings.proof_of_work_bits,
        ),
        mistakes=list(mistakes),
        accent=facility.accent,
        **when(hour.start, hour.end, facility, choose_language(request)),
    )


def kind_of(facility: Office, code: str) -> TimedEntrySetup | None:
    """Give what the set-up says of a kind of hours; None when it is no longer offered."""
    return next((kind for kind in facility.setup.timed_entries if kind.code == code), None)


def when(start: datetime, end: datetime, facility: Office, language: str) -> dict[str, Any]:
    """Give day and time as pages tell them."""
    return {
        "day": day_in_words(start.astimezone(facility.zone).date(), language),
        "begins": f"{start.astimezone(facility.zone):%H:%M}",
        "ends": time_in_words(end, facility.setup.time_zone, texts(language)),
    }


entry_handlers: list[ControllerRouterHandler] = [facilities_page, hours_page, check_page]
