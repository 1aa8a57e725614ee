"""``/plan/{office}/affected``: appointments without a counter, their new places, and who was told how."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from queue_service.accounts.model import Permission
from queue_service.offices import service as offices
from queue_service.offices.catalogue import OfferedService, Office
from queue_service.platform.queries import Connection
from queue_service.rescheduling import service as rescheduling
from queue_service.rescheduling.model import (
    MOST_MOVES,
    MOVES_AT_ONCE,
    Affected,
    MoveAffected,
    MoveItem,
    NewPlace,
    Outcome,
    Outcomes,
    Told,
)
from queue_service.web.dates_in_words import day_in_words
from queue_service.web.languages import choose_language, texts
from queue_service.web.plan_page import PATH, SUPERVISE, led_office, reader_of, services_of
from queue_service.web.plan_words import Reader
from queue_service.web.rendering import PageRequest, page
from queue_service.web.sent_once import Sent, new_key, once

SEPARATOR = "|"
"""Between office and start in the value of a choice."""
SENT_FROM = "plan"
LONGEST_REASON = 200


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
    unreachable: list[OutcomeLine]
    refused: list[OutcomeLine]
    untouched: int
    """Appointments that a colleague was faster with."""

    @property
    def done(self) -> int:
        """How many were moved or cancelled."""
        return len(self.told) + len(self.to_call) + len(self.unreachable)


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

    def affected(self, listed: Sequence[Affected]) -> list[AffectedLine]:
        """Give appointments that need another place."""
        return [self._affected(entry) for entry in listed]

    def _affected(self, entry: Affected) -> AffectedLine:
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
            services=self.reader.services(
                [(wish.service, wish.quantity) for wish in entry.services], self.services
            ),
            persons=entry.persons,
            told=self.reader.told(entry.told_by),
            reachable=bool(entry.told_by),
            places=[self._choice(place) for place in places],
            why_none=why[entry.why_none],
        )

    def _choice(self, place: NewPlace) -> PlaceChoice:
        value = f"{place.office}{SEPARATOR}{place.start.isoformat()}"
        return PlaceChoice(value, self.reader.place(place, self.office, self.offices))

    def results(self, outcomes: Outcomes) -> Results:
        """Give what was done, sorted by what is left to do."""
        done = [entry for entry in outcomes.items if entry.status in {"moved", "cancelled"}]
        untouched = [entry for entry in outcomes.items if entry.status in {"not_affected", "not_found"}]
        refused = [entry for entry in outcomes.items if entry not in done and entry not in untouched]
        return Results(
            told=[self._outcome(entry) for entry in done if entry.told_by and "call" not in entry.told_by],
            to_call=[self._outcome(entry) for entry in done if "call" in entry.told_by],
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
        return await _list(conn, request, here)


@post(PATH + "/{office:str}/affected", opt=SUPERVISE, include_in_schema=False)
async def move_affected(request: PageRequest, office: FromPath[str]) -> Response[str]:
    """Move what is ticked to what is chosen, tell everybody, and answer who was told how.

    A page that is sent twice is answered alike and tells nobody twice.
    """
    sent = await request.form()
    ticked = [str(reference) for reference in sent.getall("reference", [])][:MOST_MOVES]
    items = [
        item for reference in ticked if (item := _item(reference, str(sent.get(f"place-{reference}", ""))))
    ]
    async with request.app.state.database.connection() as conn:
        here = await led_office(conn, request, office)
        if not items:
            return await _list(conn, request, here, mistake=True)

    key = str(sent.get("key", ""))
    outcomes = [
        await _move_once(request, here, f"{key}.{first}", items[first : first + MOVES_AT_ONCE])
        for first in range(0, len(items), MOVES_AT_ONCE)
    ]
    done = Outcomes(False, [outcome for round_ in outcomes for outcome in round_.items])
    async with request.app.state.database.connection() as conn:
        return await results_page(conn, request, here, done, "moved")


async def _move_once(request: PageRequest, here: Office, key: str, items: list[MoveItem]) -> Outcomes:
    """Move one round of appointments, or give what became of them when the page was sent before."""
    now = request.app.state.clock()

    async def move(conn: Connection) -> Outcomes:
        return await rescheduling.move_affected(conn, now, request.user, here, items)

    sent = Sent(f"{SENT_FROM} {request.user.key}", key, MoveAffected(items))
    return await once(request.app.state.database, now, sent, move, Outcomes)


async def results_page(
    conn: Connection, request: PageRequest, here: Office, outcomes: Outcomes, what: str
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
        results=lines.results(outcomes),
        left=outcomes.left,
        calls=request.user.may(Permission.CALLBACK_HANDLE, here.id, here.authority_id),
    )


async def _list(
    conn: Connection, request: PageRequest, here: Office, *, mistake: bool = False
) -> Response[str]:
    reader = reader_of(request)
    listed = await rescheduling.list_affected(conn, request.app.state.clock(), request.user, here)
    lines = await Lines.of(conn, here, reader, await services_of(conn, here))
    ways: list[Sequence[Told]] = [entry.told_by for entry in listed.items if entry.proposal]
    return page(
        request,
        "plan_affected.html",
        status=400 if mistake else 200,
        office=here,
        accent=here.accent,
        changed=request.query_params.get("done") == "changed",
        mistakes=[("affected", _nothing_chosen(request))] if mistake else [],
        affected=lines.affected(listed.items),
        most=MOST_MOVES,
        calls=sum("call" in told for told in ways),
        unreachable=sum(not told for told in ways),
        key=new_key(),
    )


def _nothing_chosen(request: PageRequest) -> str:
    words = texts(choose_language(request))
    return words.gettext("Bitte wählen Sie mindestens einen Termin mit einem neuen Platz aus.")


def _item(reference: str, value: str) -> MoveItem | None:
    """Give what was chosen for an appointment; None for nothing, or what no page has sent."""
    slug, _, start = value.partition(SEPARATOR)
    try:
        begins = datetime.fromisoformat(start)
    except ValueError:
        return None
    return MoveItem(reference, begins, slug) if begins.tzinfo else None


@get(PATH + "/{office:str}/days/{day:date}/cancel", opt=SUPERVISE, include_in_schema=False)
async def cancel_page(request: PageRequest, office: FromPath[str], day: FromPath[date]) -> Response[str]:
    """Answer what cancelling a whole day would do."""
    return await _cancel_form(request, office, day, [])


@post(PATH + "/{office:str}/days/{day:date}/cancel", opt=SUPERVISE, include_in_schema=False)
async def cancel_day(request: PageRequest, office: FromPath[str], day: FromPath[date]) -> Response[Any]:
    """Cancel the day, tell everybody, and answer who was told how."""
    sent = await request.form()
    reason = str(sent.get("reason", "")).strip()[:LONGEST_REASON]
    if not reason:
        words = texts(choose_language(request))
        return await _cancel_form(
            request, office, day, [("reason", words.gettext("Bitte nennen Sie den Grund."))]
        )
    async with request.app.state.database.connection() as conn:
        here = await led_office(conn, request, office)
        outcomes = await rescheduling.cancel_day(
            conn, request.app.state.clock(), request.user, here, day, reason, preview=False
        )
        return await results_page(conn, request, here, outcomes, "cancelled")


async def _cancel_form(
    request: PageRequest, slug: str, day: date, mistakes: list[tuple[str, str]]
) -> Response[str]:
    reader = reader_of(request)
    async with request.app.state.database.connection() as conn:
        here = await led_office(conn, request, slug)
        seen = await rescheduling.cancel_day(
            conn, request.app.state.clock(), request.user, here, day, "", preview=True
        )
        lines = await Lines.of(conn, here, reader, await services_of(conn, here))
    return page(
        request,
        "plan_cancel.html",
        status=400 if mistakes else 200,
        office=here,
        accent=here.accent,
        day=day,
        day_name=day_in_words(day, reader.language),
        results=lines.results(seen),
        mistakes=mistakes,
    )


plan_affected_handlers: list[ControllerRouterHandler] = [
    affected_page,
    move_affected,
    cancel_page,
    cancel_day,
]
