"""``/api/v1/session``: logging in, logging out, and who am I."""

from datetime import datetime
from typing import Annotated, Any, TypeAlias

import msgspec
from litestar import Controller, Request, delete, get, post
from litestar.datastructures import CacheControlHeader, State
from litestar.params import JSONBody

from queue_service.accounts import service
from queue_service.accounts.guards import PUBLIC_FOR_UNKNOWN, requires
from queue_service.accounts.model import Grant, Permission, Principal, Role
from queue_service.accounts.passwords import LONGEST_PASSWORD
from queue_service.platform import errors
from queue_service.platform.http import refusals

LONGEST_USERNAME = 100

StaffRequest: TypeAlias = Request[Principal, None, State]


class LogIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """User name and password, as typed."""

    username: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_USERNAME)]
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_PASSWORD)]

    def __repr__(self) -> str:
        """Hide both: people type passwords into the wrong field."""
        return "LogIn(…)"


class RoleHeld(msgspec.Struct, frozen=True, omit_defaults=True):
    """A role at one office, at all offices of an authority, or (with neither) everywhere; slugs."""

    role: Role
    office: str | None = None
    authority: str | None = None


class SessionUser(msgspec.Struct, frozen=True):
    """Who is logged in."""

    id: str
    username: str
    display_name: str
    roles: list[RoleHeld]


class SessionStarted(msgspec.Struct, frozen=True):
    """Goes into ``Authorization: Bearer <token>`` until ``expires_at``."""

    token: str
    expires_at: datetime
    user: SessionUser


class SessionNow(msgspec.Struct, frozen=True):
    """The session that the request was made in."""

    expires_at: datetime
    user: SessionUser


SIGNED_IN = (errors.NotAuthenticated, errors.NotPermitted, errors.Unavailable)


class SessionController(Controller):
    """One resource: the session of whoever asks."""

    path = "/api/v1/session"
    tags = ("session",)
    cache_control = CacheControlHeader(no_store=True)

    # A token that has just run out must not keep anybody from logging in again. An Idempotency-Key is
    # not honoured: the answer would have to be stored, and with it the token.
    @post(
        "/",
        operation_id="logIn",
        opt=PUBLIC_FOR_UNKNOWN,
        responses=refusals(
            errors.BadRequest,
            errors.InvalidFields,
            errors.WrongLogin,
            errors.TooManyAttempts,
            errors.Unavailable,
        ),
    )
    async def log_in(self, data: JSONBody[LogIn], request: StaffRequest, state: State) -> SessionStarted:
        """Start a session."""
        session = await service.log_in(
            state.database.connection,
            state.clock(),
            data.username,
            data.password,
            client_address(request),
        )
        return SessionStarted(session.token, session.expires_at, session_user(session.user))

    @get(
        "/",
        operation_id="readSession",
        opt=requires(Permission.SESSION_OWN),
        responses=refusals(*SIGNED_IN),
    )
    async def read_session(self, request: StaffRequest) -> SessionNow:
        """Tell who is logged in, with which roles, until when."""
        if request.user.expires_at is None:
            raise errors.NotAuthenticated
        return SessionNow(request.user.expires_at, session_user(request.user))

    @delete(
        "/",
        operation_id="logOut",
        opt=requires(Permission.SESSION_OWN),
        responses=refusals(*SIGNED_IN, errors.CsrfFailed),
    )
    async def log_out(self, request: StaffRequest, state: State) -> None:
        """End the session; its token opens nothing any more."""
        if request.user.session_hash is None:
            raise errors.NotAuthenticated
        async with state.database.connection() as conn:
            await service.log_out(conn, request.user.session_hash)


def client_address(request: Request[Any, Any, Any]) -> str:
    """Give the sender's address as the server sees it, past the proxies that it trusts."""
    return request.client.host if request.client else "unknown"


def session_user(user: Principal) -> SessionUser:
    """Give a member of staff as answers name one."""
    return SessionUser(
        id=str(user.user_id),
        username=user.username,
        display_name=user.display_name,
        roles=[_role_held(grant) for grant in user.grants],
    )


def _role_held(grant: Grant) -> RoleHeld:
    return RoleHeld(grant.role, office=grant.office, authority=grant.authority)
