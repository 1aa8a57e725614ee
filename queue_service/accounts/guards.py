"""Who is asking, and may they: for every route, before its handler runs.

In the composition root::

    app = Litestar(middleware=[Authentication()], guards=[check_access], …)
    app.state.database, app.state.clock
    app.state.token_resolvers = {SESSION_PREFIX: accounts.service.resolve_session,
                                 TOKEN_PREFIX: devices.tokens.resolve_device}
    assert_every_route_is_guarded(app)

Each handler declares who may call it, and nothing runs without such a declaration::

    @post("/offices/{office:str}/tickets", opt=requires(Permission.TICKET_ISSUE))
    @get("/offices", opt=PUBLIC)

``requires`` asks whether the caller has the permission *anywhere*; a handler that acts on one
office then calls ``request.user.require(permission, office_id, authority_id)``.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

import msgspec
from litestar import Litestar, Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.enums import ScopeType
from litestar.exceptions import WebSocketException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Receive, Scope, Send

from queue_service.accounts.model import ANONYMOUS, Permission, Principal
from queue_service.platform.errors import CsrfFailed, NotAuthenticated, QueueError
from queue_service.platform.queries import Connection

SESSION_COOKIE = "queue_session"
CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf_token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
PREFIX_LENGTH = 3
"""``qs_``, ``qd_``: one look at a token tells which table knows it."""
WEBSOCKET_CLOSE_BASE = 4000
"""Added to an HTTP status it gives the close code of a refused socket (4401, 4403)."""

TokenResolver: TypeAlias = Callable[[Connection, datetime, str], Awaitable[Principal | None]]
AnyConnection: TypeAlias = ASGIConnection[Any, Any, Any, Any]


class Access(msgspec.Struct, frozen=True):
    """Who may call a route."""

    any_of: frozenset[Permission] = frozenset()
    """Having one of them somewhere is enough; empty: open to all."""
    reads_credentials: bool = True
    """Whether the sender's token or cookie is looked up at all."""


def requires(*any_of: Permission) -> dict[str, Access]:
    """Give the ``opt`` of a handler for those who have one of the permissions."""
    return {"access": Access(frozenset(any_of))}


PUBLIC: dict[str, Access] = {"access": Access()}
"""The ``opt`` of a handler for everybody; ``request.user`` still tells who it is."""
PUBLIC_FOR_UNKNOWN: dict[str, Access] = {"access": Access(reads_credentials=False)}
"""The ``opt`` of assets and probes: no database is asked, ``request.user`` is always anonymous."""


class UnguardedRouteError(RuntimeError):
    """A handler says neither ``requires(…)`` nor ``PUBLIC``."""


def declared_access(handler: BaseRouteHandler) -> Access | None:
    """Give what the handler, or a layer above it, declared."""
    access = handler.opt.get("access")
    return access if isinstance(access, Access) else None


def _answers_options_only(handler: BaseRouteHandler) -> bool:
    # Litestar adds such a handler to every path; it tells the allowed methods and nothing else.
    return isinstance(handler, HTTPRouteHandler) and set(handler.http_methods) == {"OPTIONS"}


def assert_every_route_is_guarded(app: Litestar) -> None:
    """Raise UnguardedRouteError naming each handler that doesn't declare who may call it."""
    unguarded = [
        f"{route.path} ({handler})"
        for route in app.routes
        for handler in (route.route_handlers if isinstance(route, HTTPRoute) else [route.route_handler])
        if declared_access(handler) is None and not _answers_options_only(handler)
    ]
    if unguarded:
        raise UnguardedRouteError("; ".join(sorted(unguarded)))


async def resolve_token(app: Litestar, token: str) -> Principal:
    """Give the principal that a session's or device's token stands for.

    Raises NotAuthenticated when it stands for nobody (any more).
    """
    resolvers: Mapping[str, TokenResolver] = app.state.token_resolvers
    resolver = resolvers.get(token[:PREFIX_LENGTH])
    if resolver is None:
        raise NotAuthenticated
    async with app.state.database.connection() as conn:
        principal = await resolver(conn, app.state.clock(), token)
    if principal is None:
        raise NotAuthenticated
    return principal


def bearer_token(connection: AnyConnection) -> str | None:
    """Give the token of the Authorization header; another scheme (Basic) belongs to the proxy before us."""
    scheme, _, token = connection.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


async def _authenticate(connection: AnyConnection) -> Principal:
    access = declared_access(connection.route_handler)
    if access is not None and not access.reads_credentials:
        return ANONYMOUS
    token = bearer_token(connection)
    if token is not None:
        return await resolve_token(connection.app, token)
    cookie = connection.cookies.get(SESSION_COOKIE)
    if not cookie:
        return ANONYMOUS
    try:
        principal = await resolve_token(connection.app, cookie)
    except NotAuthenticated:
        # A page then shows its log-in; an answer of 401 would lock the browser out of it.
        return ANONYMOUS
    return msgspec.structs.replace(principal, by_cookie=True)


class Authentication(ASGIMiddleware):
    """Sets ``request.user`` to the Principal who asks; at most one query a request.

    A bearer token that is wrong or expired is refused with 401 on every route, so that a program
    notices; a cookie that is, counts as none.
    """

    scopes = (ScopeType.HTTP, ScopeType.WEBSOCKET)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Resolve the sender and go on."""
        try:
            scope["user"] = await _authenticate(ASGIConnection(scope))
        except QueueError as refused:
            raise _for_transport(scope, refused) from refused
        scope["auth"] = None
        await next_app(scope, receive, send)


async def check_access(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Refuse whoever lacks every permission that the handler declares, and forged requests.

    The application's only guard; raises NotAuthenticated, NotPermitted or CsrfFailed.
    """
    if _answers_options_only(handler):
        return
    access = declared_access(handler)
    if access is None:
        raise UnguardedRouteError(str(handler))
    principal: Principal = connection.user
    try:
        if access.any_of and not any(principal.may(permission) for permission in access.any_of):
            principal.require(min(access.any_of))
        if principal.by_cookie:
            await _require_intent(connection)
    except QueueError as refused:
        raise _for_transport(connection.scope, refused) from refused


def _for_transport(scope: Scope, refused: QueueError) -> Exception:
    """Give the error as it stands, or for a WebSocket as a close with the error's code as reason."""
    if scope["type"] != ScopeType.WEBSOCKET:
        return refused
    return WebSocketException(detail=refused.code, code=WEBSOCKET_CLOSE_BASE + refused.status)


async def _require_intent(connection: AnyConnection) -> None:
    """Refuse what another site made the browser send along with our cookie."""
    if not isinstance(connection, Request):
        require_own_origin(connection)
        return
    if connection.method in SAFE_METHODS:
        return
    sent = connection.headers.get(CSRF_HEADER)
    if sent is None and connection.content_type[0] in FORM_TYPES:
        # Read once: the handler gets the same form.
        field = (await connection.form()).get(CSRF_FIELD)
        sent = field if isinstance(field, str) else None
    expected = csrf_token(connection).encode()
    if sent is None or not hmac.compare_digest(sent.encode(errors="replace"), expected):
        # Litestar closes the form's files after a handler, and none will run.
        await (await connection.form()).close()
        raise CsrfFailed


def csrf_token(connection: AnyConnection) -> str:
    """Give what forms of this page must send back; empty without a session's cookie.

    Derived from the session's token, which the page's scripts and other sites can't read, and
    so never stored.
    """
    session = connection.cookies.get(SESSION_COOKIE)
    if not session:
        return ""
    return hmac.new(session.encode(), b"csrf", hashlib.sha256).hexdigest()


def require_own_origin(connection: AnyConnection) -> None:
    """Raise CsrfFailed when a browser says that another site's page sent this.

    For requests that can't carry a token: the log-in form, and sockets. A sender without these
    headers is no browser and has nobody's cookies.
    """
    site = connection.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise CsrfFailed
        return
    origin = connection.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != connection.headers.get("Host"):
        raise CsrfFailed


def session_cookie(connection: AnyConnection, token: str) -> Cookie:
    """Give the cookie that keeps somebody logged in until the browser or the session ends."""
    return Cookie(
        key=SESSION_COOKIE,
        value=token,
        path="/",
        httponly=True,
        samesite="lax",
        secure=connection.url.scheme == "https",
    )


def ended_session_cookie(connection: AnyConnection) -> Cookie:
    """Give the cookie that makes the browser forget the session."""
    cookie = session_cookie(connection, "")
    cookie.max_age = 0
    return cookie
