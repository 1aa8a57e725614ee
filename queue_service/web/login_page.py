"""``/login`` and ``/logout`` for people; programs use ``/api/v1/session``."""

from contextlib import suppress
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from queue_service.accounts import service as accounts
from queue_service.accounts.guards import (
    PUBLIC,
    PUBLIC_FOR_UNKNOWN,
    ended_session_cookie,
    require_own_origin,
    session_cookie,
)
from queue_service.accounts.model import Permission, Principal
from queue_service.accounts.passwords import LONGEST_PASSWORD
from queue_service.accounts.routes import LONGEST_USERNAME, client_address
from queue_service.platform.errors import CounterNotOpen, StillServing, TooManyAttempts, WrongLogin
from queue_service.platform.queries import Connection
from queue_service.queueing import service as queueing
from queue_service.web.languages import Texts, choose_language, texts
from queue_service.web.rendering import PageRequest, page

SECONDS_A_MINUTE = 60


class LoginField(msgspec.Struct, frozen=True):
    """One field of the form as it is shown."""

    name: str
    label: str
    type: str
    autocomplete: str
    longest: int
    value: str = ""
    mistake: str = ""


@get("/login", opt=PUBLIC, include_in_schema=False)
async def login_page(request: PageRequest) -> Response[Any]:
    """Answer the form, or send somebody who is logged in where the form would lead."""
    wanted = own_path(request.query_params.get("next", ""))
    if request.user.kind == "staff" and not request.query_params.get("lang"):
        return Redirect(wanted or workplace_of(request.user), status_code=303)
    return _form(request, HTTPStatus.OK, wanted)


# A session that has just run out must not keep anybody from logging in again.
@post("/login", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def log_in(request: PageRequest) -> Response[Any]:
    """Log in and go on to where the person wanted; what is wrong is said in the form."""
    require_own_origin(request)
    form = await request.form()
    username, password = (str(form.get(name, "")) for name in ("username", "password"))
    wanted = own_path(str(form.get("next", "")))
    words = texts(choose_language(request))
    missing = missing_fields(username, password, words)
    if missing:
        return _form(request, HTTPStatus.BAD_REQUEST, wanted, username, missing)
    try:
        session = await accounts.log_in(
            request.app.state.database.connection,
            request.app.state.clock(),
            username,
            password,
            client_address(request),
        )
    except WrongLogin as wrong:
        return _form(request, int(wrong.status), wanted, username, {"username": _wrong(words)})
    except TooManyAttempts as refused:
        sentence = _too_many(refused.retry_after or SECONDS_A_MINUTE, words)
        return _form(request, int(refused.status), wanted, username, {"username": sentence})
    redirect = Redirect(wanted or workplace_of(session.user), status_code=303)
    redirect.set_cookie(session_cookie(request, session.token))
    return redirect


@post("/logout", opt=PUBLIC, include_in_schema=False)
async def log_out(request: PageRequest) -> Redirect:
    """End the session and leave a free counter; for somebody not logged in, nothing."""
    if request.user.session_hash is not None:
        async with request.app.state.database.connection() as conn:
            await _leave_counter(conn, request)
            await accounts.log_out(conn, request.user.session_hash)
    redirect = Redirect("/login", status_code=303)
    redirect.set_cookie(ended_session_cookie(request))
    return redirect


async def _leave_counter(conn: Connection, request: PageRequest) -> None:
    """Close the clerk's counter: an open one without a clerk would shorten every estimate."""
    clerk = queueing.Actor(request.user.key, request.user.user_id)
    counter_id = await queueing.my_counter(conn, clerk)
    if counter_id is None:
        return
    counter = await queueing.find_counter(conn, counter_id)
    # With a visitor in front of it the counter stays, and the clerk finds both again.
    with suppress(StillServing, CounterNotOpen):
        await queueing.close_counter(conn, request.app.state.clock(), counter, clerk)


def own_path(wanted: str) -> str:
    """Give the path if it is one of ours, otherwise nothing: a link must not lead to another site."""
    is_own = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if is_own else ""


def workplace_of(user: Principal) -> str:
    """Give the page where this person works; the one with all doors when there are several."""
    pages = [
        path
        for path, permission in (
            ("/desk", Permission.COUNTER_WORK),
            ("/phone", Permission.APPOINTMENT_BOOK_PHONE),
        )
        if user.may(permission)
    ]
    return pages[0] if len(pages) == 1 else "/staff"


def missing_fields(username: str, password: str, words: Texts) -> dict[str, str]:
    """Give a sentence for each field that can't be right as it stands."""
    mistakes = {}
    if not username.strip():
        mistakes["username"] = words.gettext("Bitte geben Sie Ihren Benutzernamen ein.")
    elif len(username) > LONGEST_USERNAME:
        mistakes["username"] = words.gettext("Der Benutzername ist zu lang.")
    if not password:
        mistakes["password"] = words.gettext("Bitte geben Sie Ihr Kennwort ein.")
    elif len(password) > LONGEST_PASSWORD:
        mistakes["password"] = words.gettext("Das Kennwort ist zu lang.")
    return mistakes


def _wrong(words: Texts) -> str:
    # Which of the two it was is nobody's business but the owner's.
    return words.gettext("Benutzername oder Kennwort stimmt nicht. Achten Sie auf Groß- und Kleinschreibung.")


def _too_many(seconds: int, words: Texts) -> str:
    minutes = -(-seconds // SECONDS_A_MINUTE)
    return words.ngettext(
        "Zu viele Versuche. Bitte warten Sie eine Minute.",
        "Zu viele Versuche. Bitte warten Sie %(minutes)s Minuten.",
        minutes,
    ) % {"minutes": minutes}


def _form(
    request: PageRequest, status: int, wanted: str, username: str = "", mistakes: dict[str, str] | None = None
) -> Response[str]:
    mistakes = mistakes or {}
    words = texts(choose_language(request))
    name = LoginField(
        "username", words.gettext("Benutzername"), "text", "username", LONGEST_USERNAME, username
    )
    secret = LoginField(
        "password", words.gettext("Kennwort"), "password", "current-password", LONGEST_PASSWORD
    )
    return page(
        request,
        "login.html",
        status=status,
        next=wanted,
        mistakes=list(mistakes.items()),
        fields=[
            msgspec.structs.replace(field, mistake=mistakes.get(field.name, "")) for field in (name, secret)
        ],
    )
