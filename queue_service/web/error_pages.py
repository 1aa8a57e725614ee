"""What people see instead of problem+json when a page can't be shown.

The composition root asks ``wants_page`` in its exception handler and answers ``error_page``.
"""

from http import HTTPStatus
from urllib.parse import urlencode

from litestar import MediaType, Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from queue_service.accounts.guards import SAFE_METHODS
from queue_service.platform.errors import QueueError
from queue_service.web.languages import Texts, choose_language, texts
from queue_service.web.rendering import PageRequest, page

PROGRAMS = ("/api/", "/schema", "/static/", "/metrics", "/livez", "/readyz")
"""Addresses that are never opened by a person."""


def wants_page(request: PageRequest) -> bool:
    """Tell whether a person with a browser waits for this answer."""
    return not request.url.path.startswith(PROGRAMS) and MediaType.HTML in request.headers.get("Accept", "")


def status_of(error: Exception) -> int:
    """Give the HTTP status that an error stands for; 500 for one that nobody foresaw."""
    if isinstance(error, QueueError):
        return int(error.status)
    return error.status_code if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR


def error_page(request: PageRequest, error: Exception) -> Response[str] | Redirect:
    """Answer in words what went wrong and where to go on; somebody not logged in gets the log-in."""
    status = status_of(error)
    if status == HTTPStatus.UNAUTHORIZED:
        back = own_address(request) if request.method in SAFE_METHODS else "/staff"
        return Redirect(f"/login?{urlencode({'next': back})}", status_code=303)
    heading, sentence = _words(status, texts(choose_language(request)))
    return page(request, "error.html", status=status, heading=heading, sentence=sentence)


def own_address(request: PageRequest) -> str:
    """Give the page's path with its query, which may hold the number of somebody who is calling."""
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


def _words(status: int, words: Texts) -> tuple[str, str]:
    match status:
        case HTTPStatus.NOT_FOUND:
            return (
                words.gettext("Diese Seite gibt es nicht"),
                words.gettext("Vielleicht ist die Adresse unvollständig oder nicht mehr gültig."),
            )
        case HTTPStatus.FORBIDDEN:
            return (
                words.gettext("Das ist mit Ihrer Anmeldung nicht möglich"),
                words.gettext(
                    "Bitte melden Sie sich mit einem anderen Konto an oder fragen Sie Ihre Leitung."
                ),
            )
        case HTTPStatus.SERVICE_UNAVAILABLE:
            return (
                words.gettext("Der Dienst ist gerade nicht erreichbar"),
                words.gettext("Bitte versuchen Sie es in einer Minute noch einmal."),
            )
        case _ if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return (
                words.gettext("Das hat nicht geklappt"),
                words.gettext("Bitte laden Sie die vorige Seite neu und versuchen Sie es noch einmal."),
            )
        case _:
            return (
                words.gettext("Hier ist etwas schiefgegangen"),
                words.gettext(
                    "Der Fehler liegt bei uns und wurde festgehalten. Bitte versuchen Sie es noch einmal."
                ),
            )
