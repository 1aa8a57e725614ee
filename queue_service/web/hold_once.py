"""Holds a place for a page that was sent twice: two clicks, a reload, a network that repeats.

Each page of places carries a random key. The same key and place get the same hold again, its
secret included: who has the key is the browser that was sent it.
"""

import asyncio
import hashlib
import secrets
from datetime import datetime

import msgspec

from queue_service.booking import service as booking
from queue_service.booking.model import BookingMade, BookingRequest
from queue_service.booking.proof_of_work import Challenge, new_challenge, require_proof
from queue_service.booking.supply_guard import Asker
from queue_service.platform.database import Database
from queue_service.platform.errors import BadRequest, InProgress
from queue_service.platform.queries import load_queries

PRINCIPAL = "booking-page"
KEY_BYTES = 18
LONGEST_KEY = 64
TRIES = 40
PAUSE_SECONDS = 0.05
"""With TRIES: as long as the first of two clicks may take until the second gives up."""
STATUS = 200
"""Of the answer that is kept; nothing reads it, but the table wants one."""

_platform = load_queries("platform")


def new_key() -> str:
    """Make the key of a page."""
    return secrets.token_urlsafe(KEY_BYTES)


class Sender(msgspec.Struct, frozen=True):
    """Who holds, as far as the supply is guarded."""

    asker: Asker
    proof_bits: int
    """How hard the sum was that the browser had to do; 0: none."""
    proof: str
    """Its result."""


async def new_proof_challenge(database: Database, now: datetime, bits: int) -> Challenge | None:
    """Give the sum that the page's script does meanwhile; None where none is asked for."""
    if not bits:
        return None
    async with database.connection() as conn:
        return await new_challenge(conn, now, bits)


async def hold_once(
    database: Database, now: datetime, key: str, request: BookingRequest, sender: Sender
) -> BookingMade:
    """Hold the place, or give the hold that this page has already got for it.

    Raises what ``booking.book`` raises, ProofOfWorkNeeded, BadRequest for a key that no page has, and
    InProgress when another request with this key doesn't come to an end.
    """
    if not 0 < len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise BadRequest
    wanted = hashlib.sha256(msgspec.json.encode(request)).digest()
    for _ in range(TRIES):
        try:
            return await _hold(database, now, f"{key} {wanted.hex()}", wanted, request, sender)
        except InProgress:
            await asyncio.sleep(PAUSE_SECONDS)
    raise InProgress


async def _hold(
    database: Database, now: datetime, key: str, wanted: bytes, request: BookingRequest, sender: Sender
) -> BookingMade:
    async with database.transaction() as conn:
        if not await _platform.try_request_key(conn, principal=PRINCIPAL, key=key):
            raise InProgress
        before = await _platform.find_answered_request(conn, principal=PRINCIPAL, key=key)
        if before is not None:
            return msgspec.json.decode(before["answer"], type=BookingMade)
        await require_proof(conn, now, sender.proof_bits, sender.proof)
        made = await booking.book(conn, now, request, asker=sender.asker)
        await _platform.keep_answer(
            conn,
            principal=PRINCIPAL,
            key=key,
            fingerprint=wanted,
            status=STATUS,
            answer=msgspec.json.encode(made),
            now=now,
        )
    return made
