"""``/t/{token}``: one number, one sentence, one range, for the visitor who holds the ticket.

In every language that the office speaks, and light: a telephone in a hall may have one bar of network.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Redirect

from queue_service.accounts.guards import PUBLIC_FOR_UNKNOWN
from queue_service.offices import service as offices
from queue_service.platform.errors import TicketNotFound
from queue_service.protocol.languages import LANGUAGE_NAMES, SOURCE_LANGUAGE, direction, in_best_language
from queue_service.queueing import service as queueing
from queue_service.web.follow_news import ENDED, news_of
from queue_service.web.languages import asked_language, preferred_language, texts
from queue_service.web.rendering import PageRequest, clock_time, page

LONGEST_TOKEN = 64
REFRESH_SECONDS = 30
"""For browsers without JavaScript; with it the page asks by itself."""


@get("/t", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def find_page(request: PageRequest) -> Response[Any]:
    """Answer the form for the typed code, or go on to its page."""
    # Whoever pastes the whole address means its last part.
    code = request.query_params.get("code", "").strip().rstrip("/").rpartition("/")[2]
    if code and len(code) <= LONGEST_TOKEN and code.isascii() and code.isprintable():
        return Redirect(f"/t/{code}", status_code=303)
    return _find(request, gone=bool(code))


@get("/t/{token:str}", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def follow_page(request: PageRequest, token: FromPath[str]) -> Response[str]:
    """Answer the ticket's page, or in words that there is no such ticket today."""
    now = request.app.state.clock()
    try:
        async with request.app.state.database.connection() as conn:
            ticket = await queueing.follow(conn, now, token[: LONGEST_TOKEN + 1])
            office = await offices.find_office(conn, ticket.office)
    except TicketNotFound:
        return _find(request, gone=True, status=HTTPStatus.NOT_FOUND)
    language = visitor_language(request, office.setup.spoken, ticket.language)
    return page(
        request,
        "follow.html",
        language=language,
        spoken=office.setup.spoken,
        direction=direction(language),
        ticket=ticket,
        office=in_best_language(office.setup.name, language),
        accent=office.accent,
        news=news_of(ticket, language, texts(language), office.setup.reception),
        ended=ticket.state in ENDED,
        time=clock_time(now, office.setup.time_zone),
        refresh_seconds=REFRESH_SECONDS,
    )


def visitor_language(request: PageRequest, spoken: Sequence[str], chosen_at_kiosk: str = "") -> str:
    """Give the language to answer a visitor in.

    Asked for in the address, remembered by the browser, chosen at the kiosk, or the browser's. German at
    the kiosk may just have been left as it was.
    """
    asked = asked_language(request, spoken)
    if asked:
        return asked
    if chosen_at_kiosk in spoken and chosen_at_kiosk != SOURCE_LANGUAGE:
        return chosen_at_kiosk
    return preferred_language(request.headers.get("Accept-Language", ""), spoken)


def _find(request: PageRequest, *, gone: bool, status: int = HTTPStatus.OK) -> Response[str]:
    language = visitor_language(request, tuple(LANGUAGE_NAMES))
    return page(
        request,
        "follow_find.html",
        status,
        language=language,
        spoken=tuple(LANGUAGE_NAMES),
        direction=direction(language),
        gone=gone,
    )
