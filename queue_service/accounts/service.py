"""Logging in and out, and looking after the people who may."""

import re
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import TypeAlias

import msgspec

from queue_service.accounts import login_limits, store
from queue_service.accounts.model import SESSION_LIFETIME, Grant, Principal, Role
from queue_service.accounts.passwords import (
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    hash_password,
    hashing_slot,
    is_outdated,
    is_password,
)
from queue_service.accounts.tokens import make_token, token_hash
from queue_service.platform.errors import InvalidFields, NotFound, OfficeNotFound, TooManyAttempts, WrongLogin
from queue_service.platform.installation_secret import installation_secret
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import FieldError

SESSION_PREFIX = "qs_"
USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,99}")
USERNAME_RULE = "1 to 100 characters: a-z, 0-9, dot, hyphen, underscore, @; the first a letter or digit"
LONGEST_DISPLAY_NAME = 100

Connect: TypeAlias = Callable[[], AbstractAsyncContextManager[Connection]]
"""Lends a connection: ``database.connection``."""


class NewSession(msgspec.Struct, frozen=True):
    """Somebody has just logged in. The token is given out here once and stored nowhere."""

    token: str
    expires_at: datetime
    user: Principal

    def __repr__(self) -> str:
        """Name the session without its token, which logs and tracebacks must not hold."""
        return f"NewSession({self.user.key}, until {self.expires_at:%Y-%m-%dT%H:%M:%SZ})"


class User(msgspec.Struct, frozen=True):
    """A member of staff as an administrator sees one."""

    id: int
    username: str
    display_name: str
    disabled: bool
    grants: tuple[Grant, ...]


class UserNotFound(NotFound):
    """No user has this name."""

    code = "user_not_found"


class AuthorityNotFound(NotFound):
    """No authority has this name."""

    code = "authority_not_found"


async def log_in(
    connect: Connect, now: datetime, username: str, password: str, client_address: str
) -> NewSession:
    """Start a session for whoever has this name and this password.

    Takes the same time for unknown, disabled and known users, and holds no connection while it
    hashes. Raises WrongLogin or TooManyAttempts.
    """
    username = canonical_username(username)
    async with hashing_slot():
        async with connect() as conn:
            secret = await installation_secret(conn, login_limits.PURPOSE)
            attempt = login_limits.attempt_of(secret, username, client_address, now)
            await claim_attempt(conn, attempt)
            known = await store.user_password(conn, username) if USERNAME.fullmatch(username) else None
        right = await is_password(known.password_hash if known else None, password)
        if known is None or known.disabled or not right:
            raise WrongLogin
        newer = await hash_password(password) if is_outdated(known.password_hash) else None
    async with connect() as conn, conn.transaction():
        await store.clear_attempts(conn, attempt)
        if newer:
            await store.replace_password_hash(conn, known.id, known.password_hash, newer)
        return await _start_session(conn, now, known.id, newer or known.password_hash)


async def claim_attempt(conn: Connection, attempt: login_limits.Attempt) -> None:
    """Count an attempt to log in, or raise TooManyAttempts with the seconds until the next is allowed."""
    async with conn.transaction():
        await store.lock_attempts(conn, attempt.address)
        full_since = await store.claim_attempt(conn, attempt)
    if full_since is not None:
        raise TooManyAttempts(retry_after=login_limits.seconds_left(full_since, attempt.at))


async def forgive_attempt(conn: Connection, attempt: login_limits.Attempt) -> None:
    """Strike out an attempt that was right, and the failures before it under the same name and address."""
    await store.clear_attempts(conn, attempt)


async def _start_session(conn: Connection, now: datetime, user_id: int, verified_hash: str) -> NewSession:
    token = make_token(SESSION_PREFIX)
    expires_at = now + SESSION_LIFETIME
    session = store.SessionStart(token_hash(token), user_id, now, expires_at)
    if not await store.start_session(conn, session, verified_hash):
        raise WrongLogin
    user = await resolve_session(conn, now, token)
    if user is None:
        raise WrongLogin
    return NewSession(token, expires_at, user)


def canonical_username(username: str) -> str:
    """Give the form in which user names are stored and compared."""
    return username.strip().lower()


async def log_out(conn: Connection, session_hash: bytes) -> None:
    """End the session; ending it again is no error."""
    await store.end_session(conn, session_hash)


async def resolve_session(conn: Connection, now: datetime, token: str) -> Principal | None:
    """Give who is logged in by this token, or None when it was never given out or is over."""
    session_hash = token_hash(token)
    rows = await store.session(conn, session_hash, now)
    if not rows:
        return None
    return Principal(
        kind="staff",
        key=f"staff:{rows[0].user_id}",
        user_id=rows[0].user_id,
        username=rows[0].username,
        display_name=rows[0].display_name,
        grants=_grants(rows),
        session_hash=session_hash,
        expires_at=rows[0].expires_at,
    )


def _grants(rows: Sequence[store.SessionRow | store.UserRow]) -> tuple[Grant, ...]:
    return tuple(
        Grant(Role(row.role), row.authority_id, row.office_id, row.authority, row.office)
        for row in rows
        if row.role is not None
    )


async def create_user(
    conn: Connection, now: datetime, username: str, display_name: str, password: str
) -> int:
    """Add a user without any role and return the id.

    Raises InvalidFields naming each bad field, or UsernameTaken.
    """
    username = canonical_username(username)
    mistakes = [
        *([] if USERNAME.fullmatch(username) else [FieldError("username", USERNAME_RULE)]),
        *_display_name_mistakes(display_name),
        *_password_mistakes(password),
    ]
    if mistakes:
        raise InvalidFields(errors=mistakes)
    async with hashing_slot():
        hashed = await hash_password(password)
    return await store.create_user(conn, username, display_name, hashed, now)


def _display_name_mistakes(name: str) -> list[FieldError]:
    if name.strip() and len(name) <= LONGEST_DISPLAY_NAME and name.isprintable():
        return []
    return [FieldError("display_name", f"1 to {LONGEST_DISPLAY_NAME} printable characters")]


def _password_mistakes(password: str) -> list[FieldError]:
    if SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return []
    return [FieldError("password", f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")]


async def set_password(conn: Connection, username: str, password: str) -> None:
    """Give the user another password and end all sessions; raises InvalidFields or UserNotFound."""
    if mistakes := _password_mistakes(password):
        raise InvalidFields(errors=mistakes)
    async with hashing_slot():
        hashed = await hash_password(password)
    async with conn.transaction():
        user_id = await store.set_password_hash(conn, canonical_username(username), hashed)
        if user_id is None:
            raise UserNotFound
        await store.end_sessions_of(conn, user_id)


async def grant(
    conn: Connection, username: str, role: Role, *, office: str | None = None, authority: str | None = None
) -> None:
    """Give the role at an office, an authority (by slug), or with neither everywhere; again is no error.

    Raises UserNotFound, OfficeNotFound, AuthorityNotFound; ValueError for both places at once.
    """
    user_id, authority_id, office_id = await _whom_and_where(conn, username, office, authority)
    await store.grant_role(conn, user_id, role, authority_id, office_id)


async def withdraw(
    conn: Connection, username: str, role: Role, *, office: str | None = None, authority: str | None = None
) -> None:
    """Take back exactly what ``grant`` with the same arguments gave; errors as there."""
    user_id, authority_id, office_id = await _whom_and_where(conn, username, office, authority)
    await store.withdraw_role(conn, user_id, role, authority_id, office_id)


async def _whom_and_where(
    conn: Connection, username: str, office: str | None, authority: str | None
) -> tuple[int, int | None, int | None]:
    if office is not None and authority is not None:
        msg = "a role reaches one office or one authority, not both"
        raise ValueError(msg)
    user_id = await store.user_id(conn, canonical_username(username))
    if user_id is None:
        raise UserNotFound
    office_id = await store.office_id(conn, office) if office is not None else None
    if office is not None and office_id is None:
        raise OfficeNotFound
    authority_id = await store.authority_id(conn, authority) if authority is not None else None
    if authority is not None and authority_id is None:
        raise AuthorityNotFound
    return user_id, authority_id, office_id


async def disable(conn: Connection, now: datetime, username: str) -> None:
    """Bar the user and end all sessions at once; raises UserNotFound."""
    async with conn.transaction():
        user_id = await store.disable_user(conn, canonical_username(username), now)
        if user_id is None:
            raise UserNotFound
        await store.end_sessions_of(conn, user_id)


async def enable(conn: Connection, username: str) -> None:
    """Let a disabled user log in again; raises UserNotFound."""
    if await store.enable_user(conn, canonical_username(username)) is None:
        raise UserNotFound


async def list_users(conn: Connection) -> list[User]:
    """Return all users by name."""
    by_user: dict[int, list[store.UserRow]] = {}
    for row in await store.users(conn):
        by_user.setdefault(row.user_id, []).append(row)
    return [
        User(rows[0].user_id, rows[0].username, rows[0].display_name, rows[0].disabled, _grants(rows))
        for rows in by_user.values()
    ]


async def sweep(conn: Connection, now: datetime) -> None:
    """Delete what has expired; for the service's periodic housekeeping."""
    await store.sweep(conn, now, now - login_limits.WINDOW)
