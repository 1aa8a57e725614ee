"""``/plan/{office}/affected`` and ``…/parties``: who has lost a place, the new ones, who was told how.

Appointments without a counter, and parties of hours with more people than places. What is cancelled
instead stands in ``plan_cancel_page``.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

import msgspec
from litestar import Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from queue_service.accounts.model import Permission, Principal
from queue_service.notices.model import TOLD_REASONS, ToldReason
from queue_service.notices.wording import wording
from queue_service.offices import service as offices
from queue_service.offices.catalogue import OfferedService, Office
from queue_service.platform.queries import Connection
from queue_service.rescheduling import parties
from queue_service.rescheduling import service as rescheduling
from queue_service.rescheduling.model import (
    MOST_MOVES,
    MOVES_AT_ONCE,
    Affected,
    AffectedParty,
    MoveAffected,
    MoveItem,
    NewPlace,
    Outcome,
    Outcomes,
    Told,
    Why,
)
from queue_service.web.languages import choose_language, localized, texts
from queue_service.web.plan_page import PATH, SUPERVISE, led_office, reader_of, services_of
from queue_service.web.plan_words import Reader
from queue_service.web.rendering import PageRequest, page
from queue_service.web.sent_once import Sent, new_key, once

SEPARATOR = "|"
"""Between office and start in the value of a choice."""
SENT_FROM = "plan"

MoveThem: TypeAlias = Callable[
    [Connection, datetime, Principal, Office, Sequence[MoveItem], Why], Awaitable[Outcomes]
]
CancelThem: TypeAlias = Callable[[Connection, datetime, Office, Sequence[str], Why], Awaitable[Outcomes]]
ListThem: TypeAlias = Callable[
    [Connection, datetime, Principal, Office], Awaitable[Sequence[Affected | AffectedParty]]
]


class Kind(msgspec.Struct, frozen=True):
    """Who is affected: appointments, or parties."""

    path: str
    """Below the office's plan."""
    listed: ListThem
    move: MoveThem
    cancel: CancelThem

    @property
    def of_parties(self) -> bool:
        """Which words are said."""
        return self is PARTIES


async def _appointments(
    conn: Connection, now: datetime, who: Principal, office: Office
) -> Sequence[Affected]:
    return (await rescheduling.list_affected(conn, now, who, office)).items


async def _parties(
    conn: Connection, now: datetime, _who: Principal, office: Office
) -> Sequence[AffectedParty]:
    return (await parties.list_parties(conn, now, office)).items


async def _move_parties(
    conn: Connection, now: datetime, _who: Principal, office: Office, items: Sequence[MoveItem], why: Why
) -> Outcomes:
    return await parties.move_parties(conn, now, office, items, why)


APPOINTMENTS = Kind("affected", _appointments, rescheduling.move_affected, rescheduling.cancel_affected)
PARTIES = Kind("parties", _parties, _move_parties, parties.cancel_parties)


class PlaceChoice(msgspec.Struct, frozen=True):
    """A place to choose."""

    value: str
    words: str


class AffectedLine(msgspec.Struct, frozen=True):
    """An appointment in a table."""

    reference: str
    former: str
    former_time: str
    """Where the day is known."""
    services: str
    persons: int
    told: str
    reachable: bool
    places: list[PlaceChoice]
    """The proposal first."""
    why_none: str


class OutcomeLine(msgspec.Struct, frozen=True):
    """What became of an appointment, in a table."""

    reference: str
    former: str
    place: str
    told: str


class Results(msgspec.Struct, frozen=True):
    """What was done, by what is left to do about it."""

    told: list[OutcomeLine]
    to_call: list[OutcomeLine]
    at_door: list[OutcomeLine]
    """Too late for a letter, and without a number."""
    unreachable: list[OutcomeLine]
    refused: list[OutcomeLine]
    untouched: int
    """Appointments that a colleague was faster with."""

    @property
    def done(self) -> int:
        """How many were moved or cancelled."""
        return len(self.told) + len(self.to_call) + len(self.at_door) + len(self.unreachable)


class Lines(msgspec.Struct, frozen=True):
    """Puts appointments of an office into words."""

    office: Office
    offices: Mapping[str, Office]
    services: Mapping[str, OfferedService]
    reader: Reader

    @classmethod
    async def of(
        cls, conn: Connection, office: Office, reader: Reader, services: Mapping[str, OfferedService]
    ) -> "Lines":
        """Look up the names of all offices."""
        listed = {entry.slug: entry for entry in await offices.list_offices(conn)}
        return cls(office, listed, services, reader)

    def affected(self, listed: Sequence[Affected | AffectedParty]) -> list[AffectedLine]:
        """Give appointments, or parties, that need another place."""
        return [self._affected(entry) for entry in listed]

    def _affected(self, entry: Affected | AffectedParty) -> AffectedLine:
        words = self.reader.words
        why = {
            "full": words.gettext("In den nächsten 60 Tagen ist kein Platz frei."),
            "not_offered": words.gettext("Diese Dienstleistung wird hier nicht mehr mit Termin angeboten."),
            None: "",
        }
        places = [entry.proposal, *entry.others] if entry.proposal else entry.others
        return AffectedLine(
            reference=entry.reference,
            former=self._moment(entry.start),
            former_time=self.reader.time(entry.start, self.office),
            services=self._what(entry),
            persons=entry.party_size if isinstance(entry, AffectedParty) else entry.persons,
            told=self.reader.told(entry.told_by),
            reachable=is_told(entry.told_by),
            places=[self._choice(place) for place in places],
            why_none=why[entry.why_none],
        )

    def _what(self, entry: Affected | AffectedParty) -> str:
        if isinstance(entry, AffectedParty):
            return localized(entry.title, self.reader.language)
        return self.reader.services([(wish.service, wish.quantity) for wish in entry.services], self.services)

    def _choice(self, place: NewPlace) -> PlaceChoice:
        value = f"{place.office}{SEPARATOR}{place.start.isoformat()}"
        return PlaceChoice(value, self.reader.place(place, self.office, self.offices))

    def results(self, outcomes: Outcomes) -> Results:
        """Give what was done, sorted by what is left to do."""
        done = [entry for entry in outcomes.items if entry.status in {"moved", "cancelled"}]
        untouched = [entry for entry in outcomes.items if entry.status in {"not_affected", "not_found"}]
        refused = [entry for entry in outcomes.items if entry not in done and entry not in untouched]
        return Results(
            told=[
                self._outcome(entry)
                for entry in done
                if is_told(entry.told_by) and "call" not in entry.told_by
            ],
            to_call=[self._outcome(entry) for entry in done if "call" in entry.told_by],
            at_door=[self._outcome(entry) for entry in done if "door" in entry.told_by],
            unreachable=[self._outcome(entry) for entry in done if not entry.told_by],
            refused=[self._outcome(entry) for entry in refused],
            untouched=len(untouched),
        )

    def _outcome(self, entry: Outcome) -> OutcomeLine:
        place = entry.place or entry.proposal
        return OutcomeLine(
            entry.reference,
            self._moment(entry.previous_start) if entry.previous_start else "",
            self.reader.place(place, self.office, self.offices) if place else "",
            self.reader.told(entry.told_by),
        )

    def _moment(self, start: datetime) -> str:
        return f"{self.reader.day(start.date())}, {self.reader.time(start, self.office)}"


@get(PATH + "/{office:str}/affected", opt=SUPERVISE, include_in_schema=False)
async def affected_page(request: PageRequest, office: FromPath[str]) -> Response[str]:
    """Answer the appointments without a counter, each with a new place to agree to or to change."""
    async with request.app.state.database.connection() as conn:
        here = await led_office(conn, request, office)
        return await affected_list(conn, request, here, APPOINTMENTS)


@get(PATH + "/{office:str}/parties", opt=SUPERVISE, include_in_schema=False)
async def parties_page(request: PageRequest, office: FromPath[str]) -> Response[str]:
    """Answer the parties without places, each with another hour to agree to or to change."""
    async with request.app.state.database.connection() as conn:
        here = await led_office(conn, request, office)
        return await affected_list(conn, request, here, PARTIES)


@post(PATH + "/{office:str}/affected", opt=SUPERVISE, include_in_schema=False)
async def move_affected(request: PageRequest, office: FromPath[str]) -> Response[str]:
    """Move what is ticked to what is chosen, tell everybody, and answer who was told how."""
    return await _move(request, office, APPOINTMENTS)


@post(PATH + "/{office:str}/parties", opt=SUPERVISE, include_in_schema=False)
async def move_parties(request: PageRequest, office: FromPath[str]) -> Response[str]:
    """Move the parties that are ticked to the hours chosen; as appointments."""
    return await _move(request, office, PARTIES)


async def _move(request: PageRequest, office: str, kind: Kind) -> Response[str]:
    """Move what is ticked; a page that is sent twice is answered alike and tells nobody twice."""
    sent = await request.form()
    items = [
        item
        for reference in ticked(sent)
        if (item := _item(reference, str(sent.get(f"place-{reference}", ""))))
    ]
    why = Why("", read_told_reason(sent))
    async with request.app.state.database.connection() as conn:
        here = await led_office(conn, request, office)
        if not items:
            words = texts(choose_language(request))
            sentence = (
                words.gettext("Bitte wählen Sie mindestens eine Buchung mit einer neuen Zeit aus.")
                if kind.of_parties
                else words.gettext("Bitte wählen Sie mindestens einen Termin mit einem neuen Platz aus.")
            )
            return await affected_list(conn, request, here, kind, sentence)

    key = str(sent.get("key", ""))
    outcomes = [
        await _move_once(request, here, kind, f"{key}.{first}", items[first : first + MOVES_AT_ONCE], why)
        for first in range(0, len(items), MOVES_AT_ONCE)
    ]
    done = Outcomes(False, [outcome for round_ in outcomes for outcome in round_.items])
    async with request.app.state.database.connection() as conn:
        return await results_page(conn, request, here, kind, done, "moved")


async def _move_once(
    request: PageRequest, here: Office, kind: Kind, key: str, items: list[MoveItem], why: Why
) -> Outcomes:
    """Move one round of appointments, or give what became of them when the page was sent before."""
    now = request.app.state.clock()

    async def move(conn: Connection) -> Outcomes:
        return await kind.move(conn, now, request.user, here, items, why)

    wish = MoveAffected(items, why.told_reason)
    sent = Sent(f"{SENT_FROM} {kind.path} {request.user.key}", key, wish)
    return await once(request.app.state.database, now, sent, move, Outcomes)


async def results_page(
    conn: Connection, request: PageRequest, here: Office, kind: Kind, outcomes: Outcomes, what: str
) -> Response[str]:
    """Answer who was told how, and what is left to do."""
    reader = reader_of(request)
    lines = await Lines.of(conn, here, reader, await services_of(conn, here))
    return page(
        request,
        "plan_results.html",
        office=here,
        accent=here.accent,
        what=what,
        kind=kind,
        results=lines.results(outcomes),
        left=outcomes.left,
        calls=request.user.may(Permission.CALLBACK_HANDLE, here.id, here.authority_id),
    )


async def affected_list(
    conn: Connection, request: PageRequest, here: Office, kind: Kind, mistake: str = ""
) -> Response[str]:
    """Answer the list, with what was wrong about what was ticked."""
    reader = reader_of(request)
    listed = await kind.listed(conn, request.app.state.clock(), request.user, here)
    lines = await Lines.of(conn, here, reader, await services_of(conn, here))
    ways: list[Sequence[Told]] = [entry.told_by for entry in listed if entry.proposal]
    return page(
        request,
        "plan_affected.html",
        status=400 if mistake else 200,
        office=here,
        accent=here.accent,
        changed=request.query_params.get("done") == "changed",
        mistakes=[("affected", mistake)] if mistake else [],
        kind=kind,
        affected=lines.affected(listed),
        most=MOST_MOVES,
        calls=sum("call" in told for told in ways),
        at_door=sum("door" in told for told in ways),
        unreachable=sum(not told for told in ways),
        told_reasons=told_reasons(reader.language),
        told_reason=None,
        key=new_key(),
    )


def is_told(ways: Sequence[Told]) -> bool:
    """Tell whether somebody hears of it before they leave home."""
    return bool(ways) and "door" not in ways


def ticked(sent: FormMultiDict) -> list[str]:
    """Give the references that were ticked."""
    return [str(reference) for reference in sent.getall("reference", [])][:MOST_MOVES]


def read_told_reason(sent: FormMultiDict) -> ToldReason | None:
    """Give what visitors are to be told of why; None for nothing, or what no page has sent."""
    return next((code for code in TOLD_REASONS if code == sent.get("told_reason")), None)


def told_reasons(language: str) -> list[tuple[ToldReason, str]]:
    """Give what visitors can be told of why, in the words in which they read it."""
    words = wording(language).reasons
    return [(code, words[code][:1].upper() + words[code][1:]) for code in TOLD_REASONS]


def _item(reference: str, value: str) -> MoveItem | None:
    """Give what was chosen for an appointment; None for nothing, or what no page has sent."""
    slug, _, start = value.partition(SEPARATOR)
    try:
        begins = datetime.fromisoformat(start)
    except ValueError:
        return None
    return MoveItem(reference, begins, slug) if begins.tzinfo else None


plan_affected_handlers: list[ControllerRouterHandler] = [
    affected_page,
    move_affected,
    parties_page,
    move_parties,
]
