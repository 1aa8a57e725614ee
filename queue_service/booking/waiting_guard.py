"""Keeps anybody from standing in many places of the order, or from filling it for everybody else.

Whoever joins online is known by telephone number and e-mail address, and for an hour by the network
address, as a keyed hash: numbers can be invented, and each one who joins may be kept a place at once
and is written to. Staff have no such limit: they can ask why.

Locks: the network address as all online bookings lock it, then the person, then pool-days.
"""

import math
from datetime import datetime

from queue_service.booking import supply_guard_store
from queue_service.booking import waiting_store as store
from queue_service.booking.model import KeptContact
from queue_service.booking.supply_guard import ADDRESS_KEPT, HOTLINE, Asker, person_of
from queue_service.booking.waiting_model import WaitingRequest
from queue_service.platform.errors import TooManyBookings, TooManyFromAddress
from queue_service.platform.installation_secret import installation_secret, keyed_hash
from queue_service.platform.network_address import network_of
from queue_service.platform.queries import Connection

WAITING_ONLINE = 3
"""So many things may one person wait for at once who joined online. Ours: more is not one household's."""
PURPOSE = "waiting_list"


async def admit(
    conn: Connection, now: datetime, request: WaitingRequest, contact: KeptContact, asker: Asker
) -> bytes | None:
    """Let somebody join who is within the limits; gives from where, to be kept with the entry.

    Nobody else of the same address or person joins before the caller's transaction ends. Raises
    TooManyBookings and TooManyFromAddress.
    """
    if request.channel != "online":
        return None
    address = await _address(conn, asker)
    if address is not None:
        await supply_guard_store.lock_claims(conn, [address])
        await _require_few_in_an_hour(conn, now, address, asker.limits.unconfirmed_per_address)
    person = person_of(contact.email) if contact.email else None
    if await store.open_entries_of(conn, contact.phone, person) >= WAITING_ONLINE:
        raise TooManyBookings(
            "You stand on the waiting list as often as one may. Withdraw once, or call 115.",
            limit="waiting",
            most=WAITING_ONLINE,
            phone=HOTLINE,
        )
    return address


async def _address(conn: Connection, asker: Asker) -> bytes | None:
    """Give what is kept of the network address; None where none is known, or any number may join."""
    network = network_of(asker.address) if asker.address else None
    if network is None or not asker.limits.unconfirmed_per_address:
        return None
    return keyed_hash(await installation_secret(conn, PURPOSE), network)


async def _require_few_in_an_hour(conn: Connection, now: datetime, address: bytes, most: int) -> None:
    """Raise TooManyFromAddress; whoever has left the list since counts too, having been written to."""
    full_since = await store.joined_since(conn, address, now - ADDRESS_KEPT, most)
    if full_since is not None:
        raise TooManyFromAddress(
            "As many have joined from your connection as may in an hour. Try again later, or call 115.",
            most=most,
            phone=HOTLINE,
            retry_after=max(1, math.ceil((full_since + ADDRESS_KEPT - now).total_seconds())),
        )


async def forget_addresses(conn: Connection, now: datetime) -> None:
    """Delete from where people joined, after an hour."""
    await store.forget_addresses(conn, now - ADDRESS_KEPT)
