"""Holds a place for a page, once however often its form is sent, and where asked, for a sum that was done.

The sum is asked for in the same way wherever a page books for somebody whom nobody knows.
"""

from datetime import datetime

import msgspec

from queue_service.booking import service as booking
from queue_service.booking.model import BookingMade, BookingRequest
from queue_service.booking.proof_of_work import Challenge, new_challenge, require_proof
from queue_service.booking.supply_guard import Asker
from queue_service.platform.database import Database
from queue_service.platform.queries import Connection
from queue_service.web.sent_once import Sent, once

PRINCIPAL = "booking-page"


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


async def require_sent_proof(conn: Connection, now: datetime, sender: Sender) -> None:
    """Raise ProofOfWorkNeeded for a proof that is none, in the transaction of the booking.

    Whoever has no script sends none, and is limited by address alone: nobody is shut out for it.
    """
    if sender.proof:
        await require_proof(conn, now, sender.proof_bits, sender.proof)


async def hold_once(
    database: Database, now: datetime, key: str, request: BookingRequest, sender: Sender
) -> BookingMade:
    """Hold the place, or give the hold that this page has already got for it.

    Raises what ``booking.book`` and ``once`` raise, and ProofOfWorkNeeded for a proof that is none.
    """

    async def hold(conn: Connection) -> BookingMade:
        await require_sent_proof(conn, now, sender)
        return await booking.book(conn, now, request, asker=sender.asker)

    return await once(database, now, Sent(PRINCIPAL, key, request), hold, BookingMade)
