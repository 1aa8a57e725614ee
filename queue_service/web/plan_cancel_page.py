"""``/plan/{office}/…/cancel``: what the office can't keep is cancelled, and whom that leaves without.

A whole day; or appointments without a counter, and parties without places, for which no other suits.
"""

from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from queue_service.offices.catalogue import Office
from queue_service.platform.queries import Connection
from queue_service.rescheduling import service as rescheduling
from queue_service.rescheduling.model import (
    LONGEST_REASON,
    MOVES_AT_ONCE,
    CancelAffected,
    Outcome,
    Outcomes,
    Why,
)
from queue_service.web.dates_in_words import day_in_words
from queue_service.web.languages import choose_language, texts
from queue_service.web.plan_affected_page import (
    APPOINTMENTS,
    PARTIES,
    SENT_FROM,
    Kind,
    Lines,
    affected_list,
    read_told_reason,
    results_page,
    ticked,
    told_reasons,
)
from queue_service.web.plan_page import PATH, SUPERVISE, led_office, reader_of, services_of
from queue_service.web.rendering import PageRequest, page
from queue_service.web.sent_once import Sent, new_key, once


@get(PATH + "/{office:str}/days/{day:date}/cancel", opt=SUPERVISE, include_in_schema=False)
async def cancel_day_page(request: PageRequest, office: FromPath[str], day: FromPath[date]) -> Response[str]:
    """Answer what cancelling a whole day would do."""
    async with request.app.state.database.connection() as conn:
        return await _day_form(conn, request, await led_office(conn, request, office), day)


@post(PATH + "/{office:str}/days/{day:date}/cancel", opt=SUPERVISE, include_in_schema=False)
async def cancel_day(request: PageRequest, office: FromPath[str], day: FromPath[date]) -> Response[Any]:
    """Cancel the day, tell everybody, and answer who was told how."""
    why = _read_why(await request.form())
    async with request.app.state.database.connection() as conn:
        here = await led_office(conn, request, office)
        if not why.reason:
            return await _day_form(conn, request, here, day, why)
        outcomes = await rescheduling.cancel_day(
            conn, request.app.state.clock(), request.user, here, day, why, preview=False
        )
        return await results_page(conn, request, here, APPOINTMENTS, outcomes, "cancelled")


@post(PATH + "/{office:str}/affected/cancel", opt=SUPERVISE, include_in_schema=False)
async def cancel_affected(request: PageRequest, office: FromPath[str]) -> Response[Any]:
    """Ask once more about what is ticked; then cancel it, tell everybody, and answer who was told how."""
    return await _cancel(request, office, APPOINTMENTS)


@post(PATH + "/{office:str}/parties/cancel", opt=SUPERVISE, include_in_schema=False)
async def cancel_parties(request: PageRequest, office: FromPath[str]) -> Response[Any]:
    """Cancel the parties that are ticked; as appointments."""
    return await _cancel(request, office, PARTIES)


async def _cancel(request: PageRequest, office: str, kind: Kind) -> Response[Any]:
    """Cancel what is ticked; a page that is sent twice is answered alike and tells nobody twice."""
    sent = await request.form()
    references, why = ticked(sent), _read_why(sent)
    async with request.app.state.database.connection() as conn:
        here = await led_office(conn, request, office)
        if not references:
            words = texts(choose_language(request))
            sentence = (
                words.gettext("Bitte wählen Sie mindestens eine Buchung aus.")
                if kind.of_parties
                else words.gettext("Bitte wählen Sie mindestens einen Termin aus.")
            )
            return await affected_list(conn, request, here, kind, sentence)
        if sent.get("do") != "cancel":
            return await _affected_form(conn, request, here, kind, references)
        if not why.reason:
            return await _affected_form(conn, request, here, kind, references, why)

    key = str(sent.get("key", ""))
    outcomes = [
        await _cancel_once(
            request, here, kind, f"{key}.{first}", references[first : first + MOVES_AT_ONCE], why
        )
        for first in range(0, len(references), MOVES_AT_ONCE)
    ]
    done = Outcomes(False, [outcome for round_ in outcomes for outcome in round_.items])
    async with request.app.state.database.connection() as conn:
        return await results_page(conn, request, here, kind, done, "cancelled")


async def _cancel_once(
    request: PageRequest, here: Office, kind: Kind, key: str, references: list[str], why: Why
) -> Outcomes:
    """Cancel one round of appointments, or give what became of them when the page was sent before."""
    now = request.app.state.clock()

    async def cancel(conn: Connection) -> Outcomes:
        return await kind.cancel(conn, now, here, references, why)

    wish = CancelAffected(why.reason, why.told_reason, references=references)
    sent = Sent(f"{SENT_FROM} {kind.path} {request.user.key}", key, wish)
    return await once(request.app.state.database, now, sent, cancel, Outcomes)


async def _day_form(
    conn: Connection,
    request: PageRequest,
    here: Office,
    day: date,
    unreasoned: Why | None = None,
) -> Response[str]:
    now = request.app.state.clock()
    seen = await rescheduling.cancel_day(conn, now, request.user, here, day, Why(""), preview=True)
    return await _form(conn, request, here, APPOINTMENTS, seen.items, unreasoned, day=day)


async def _affected_form(
    conn: Connection,
    request: PageRequest,
    here: Office,
    kind: Kind,
    references: list[str],
    unreasoned: Why | None = None,
) -> Response[str]:
    now = request.app.state.clock()
    listed = await kind.listed(conn, now, request.user, here)
    seen = [
        Outcome(entry.reference, "cancelled", entry.start, told_by=entry.told_by)
        for entry in listed
        if entry.reference in references
    ]
    return await _form(conn, request, here, kind, seen, unreasoned, day=None)


async def _form(
    conn: Connection,
    request: PageRequest,
    here: Office,
    kind: Kind,
    seen: list[Outcome],
    unreasoned: Why | None,
    *,
    day: date | None,
) -> Response[str]:
    """Answer the question before anything is cancelled; ``seen`` is what would be done.

    ``unreasoned`` is what was sent without the reason that colleagues need.
    """
    reader = reader_of(request)
    lines = await Lines.of(conn, here, reader, await services_of(conn, here))
    return page(
        request,
        "plan_cancel.html",
        status=400 if unreasoned else 200,
        office=here,
        accent=here.accent,
        kind=kind,
        day=day,
        day_name=day_in_words(day, reader.language) if day else "",
        results=lines.results(Outcomes(True, seen)),
        references=[entry.reference for entry in seen],
        reason="",
        told_reasons=told_reasons(reader.language),
        told_reason=unreasoned.told_reason if unreasoned else None,
        longest_reason=LONGEST_REASON,
        mistakes=[("reason", reader.words.gettext("Bitte nennen Sie den Grund."))] if unreasoned else [],
        key=new_key(),
    )


def _read_why(sent: FormMultiDict) -> Why:
    return Why(str(sent.get("reason", "")).strip()[:LONGEST_REASON], read_told_reason(sent))


plan_cancel_handlers: list[ControllerRouterHandler] = [
    cancel_day_page,
    cancel_day,
    cancel_affected,
    cancel_parties,
]
