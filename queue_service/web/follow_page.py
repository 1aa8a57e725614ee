"""``/t/{token}``: one number, one sentence, one range, for the visitor who holds the ticket."""

from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Redirect

from queue_service.accounts.guards import PUBLIC_FOR_UNKNOWN
from queue_service.offices import service as offices
from queue_service.platform.errors import TicketNotFound
from queue_service.queueing import service as queueing
from queue_service.queueing.model import FollowedTicket
from queue_service.web.languages import Texts, choose_language, localized, texts
from queue_service.web.rendering import PageRequest, clock_time, page

LONGEST_TOKEN = 64
REFRESH_SECONDS = 30
"""For browsers without JavaScript; with it the page asks by itself."""
ENDED = ("finished", "cancelled")


class News(msgspec.Struct, frozen=True):
    """What the visitor is told."""

    headline: str
    range: str = ""
    advice: str = ""


@get("/t", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def find_page(request: PageRequest) -> Response[Any]:
    """Answer the form for the typed code, or go on to its page."""
    # Whoever pastes the whole address means its last part.
    code = request.query_params.get("code", "").strip().rstrip("/").rpartition("/")[2]
    if code and len(code) <= LONGEST_TOKEN and code.isascii() and code.isprintable():
        return Redirect(f"/t/{code}", status_code=303)
    return page(request, "follow_find.html", gone=bool(code))


@get("/t/{token:str}", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def follow_page(request: PageRequest, token: FromPath[str]) -> Response[str]:
    """Answer the ticket's page, or in words that there is no such ticket today."""
    now = request.app.state.clock()
    try:
        async with request.app.state.database.connection() as conn:
            ticket = await queueing.follow(conn, now, token[: LONGEST_TOKEN + 1])
            office = await offices.find_office(conn, ticket.office)
    except TicketNotFound:
        return page(request, "follow_find.html", status=HTTPStatus.NOT_FOUND, gone=True)
    language = choose_language(request)
    news = news_of(ticket, language, texts(language))
    return page(
        request,
        "follow.html",
        ticket=ticket,
        office=office.setup,
        accent=office.accent,
        headline=news.headline,
        range=news.range,
        advice=news.advice,
        ended=ticket.state in ENDED,
        time=clock_time(now, office.setup.time_zone),
        refresh_seconds=REFRESH_SECONDS,
    )


def news_of(ticket: FollowedTicket, language: str, words: Texts) -> News:
    """Put a ticket's state into words for its visitor."""
    if ticket.state == "waiting":
        headline = _people_ahead(ticket.people_ahead or 0, words)
        return News(headline, _range(ticket, words), _advice(ticket, words))
    counter = {"counter": localized(ticket.counter_name or {}, language)}
    headline, advice = {
        "called": (
            words.gettext("Sie sind dran: bitte zu %(counter)s") % counter,
            words.gettext("Wenn Sie Hilfe auf dem Weg brauchen, fragen Sie am Empfang."),
        ),
        "serving": (
            words.gettext("Sie werden bedient: %(counter)s") % counter,
            words.gettext("Bewahren Sie die Nummer auf, bis alles erledigt ist."),
        ),
        "parked": (
            words.gettext("Ihr Anliegen ist kurz unterbrochen"),
            words.gettext("Kommen Sie zurück an den Schalter, sobald Sie so weit sind."),
        ),
        "no_show": (
            words.gettext("Ihre Nummer wurde schon aufgerufen"),
            words.gettext("Bitte melden Sie sich am Empfang. Sie kommen dann wieder an die Reihe."),
        ),
        "finished": (words.gettext("Ihr Besuch ist beendet"), words.gettext("Auf Wiedersehen.")),
        "cancelled": (
            words.gettext("Diese Nummer gilt nicht mehr"),
            words.gettext("Bitte ziehen Sie eine neue Nummer oder fragen Sie am Empfang."),
        ),
    }[ticket.state]
    return News(headline, advice=advice)


def _people_ahead(count: int, words: Texts) -> str:
    if count == 0:
        return words.gettext("Sie sind als Nächstes dran")
    return words.ngettext(
        "Vor Ihnen wartet noch eine Person", "Vor Ihnen warten noch %(count)s Personen", count
    ) % {"count": count}


def _range(ticket: FollowedTicket, words: Texts) -> str:
    if ticket.wait is None:
        return _no_range(ticket.wait_reason, words)
    if ticket.wait.low_minutes == 0:
        return words.gettext("weniger als %(high)s Minuten") % {"high": ticket.wait.high_minutes}
    return words.gettext("etwa %(low)s bis %(high)s Minuten") % {
        "low": ticket.wait.low_minutes,
        "high": ticket.wait.high_minutes,
    }


def _no_range(reason: str | None, words: Texts) -> str:
    """Say why there is no range: in the visitor's words, not in the forecast's."""
    match reason:
        case "no_counter_open":
            return words.gettext("Wie lange es dauert, ist noch offen: Zurzeit ist kein Schalter besetzt")
        case "nobody_serves_this":
            return words.gettext(
                "Wie lange es dauert, ist noch offen: Für Ihr Anliegen ist gerade kein Schalter besetzt"
            )
        case "closes_before":
            return words.gettext("Ob Sie heute noch an die Reihe kommen, ist ungewiss")
        case _:
            return words.gettext("Wie lange es dauert, lässt sich gerade nicht sagen")


def _advice(ticket: FollowedTicket, words: Texts) -> str:
    if ticket.wait_reason == "closes_before":
        return words.gettext(
            "Vor Ihnen warten viele, und wir schließen bald. Bitte fragen Sie am Empfang, "
            "ob sich das Warten lohnt oder ob Sie einen Termin nehmen möchten."
        )
    return words.gettext(
        "Bitte bleiben Sie in der Nähe. Aufgerufen werden Sie im Wartebereich und hier auf dieser Seite."
    )
