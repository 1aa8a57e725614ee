"""Does what a page asks for once, however often it is sent: two clicks, a reload, a network that repeats.

Each page carries a random key. The same key and wish get the same answer again, its secret included:
who has the key is the browser that was sent it.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

import msgspec

from queue_service.platform.database import Database
from queue_service.platform.errors import BadRequest, InProgress
from queue_service.platform.queries import Connection, load_queries

KEY_BYTES = 18
LONGEST_KEY = 64
TRIES = 40
PAUSE_SECONDS = 0.05
"""With TRIES: as long as the first of two clicks may take until the second gives up."""
STATUS = 200
"""Of the answer that is kept; nothing reads it, but the table wants one."""

Made = TypeVar("Made", bound=msgspec.Struct)
_platform = load_queries("platform")


def new_key() -> str:
    """Make the key of a page."""
    return secrets.token_urlsafe(KEY_BYTES)


class Sent(msgspec.Struct, frozen=True):
    """What was sent: from which page, and to make what."""

    principal: str
    """Which pages; keys of one kind are none of another."""
    key: str
    wish: msgspec.Struct

    @property
    def fingerprint(self) -> bytes:
        """What tells wishes apart that are sent from one page."""
        return hashlib.sha256(msgspec.json.encode(self.wish)).digest()


async def once(
    database: Database,
    now: datetime,
    sent: Sent,
    make: Callable[[Connection], Awaitable[Made]],
    kind: type[Made],
) -> Made:
    """Make it in a transaction of its own, or give what was made when it was sent before.

    Raises what ``make`` raises, BadRequest for a key that no page has, and InProgress when another
    request with this key doesn't come to an end.
    """
    if not 0 < len(sent.key) <= LONGEST_KEY or not sent.key.isascii() or not sent.key.isprintable():
        raise BadRequest
    key = f"{sent.key} {sent.fingerprint.hex()}"
    for _ in range(TRIES):
        async with database.transaction() as conn:
            if await _platform.try_request_key(conn, principal=sent.principal, key=key):
                return await _make_or_repeat(conn, now, key, sent, make, kind)
        await asyncio.sleep(PAUSE_SECONDS)
    raise InProgress


async def _make_or_repeat(
    conn: Connection,
    now: datetime,
    key: str,
    sent: Sent,
    make: Callable[[Connection], Awaitable[Made]],
    kind: type[Made],
) -> Made:
    before = await _platform.find_answered_request(conn, principal=sent.principal, key=key)
    if before is not None:
        return msgspec.json.decode(before["answer"], type=kind)
    made = await make(conn)
    await _platform.keep_answer(
        conn,
        principal=sent.principal,
        key=key,
        fingerprint=sent.fingerprint,
        status=STATUS,
        answer=msgspec.json.encode(made),
        now=now,
    )
    return made
