"""Keeps what is booked online for those who need it: so many coming appointments each, and no more.

Hours with places for a party are counted likewise, and by themselves: nobody who swims every week is
kept from a passport by it.

Somebody is known by a telephone number or an e-mail address, and these are kept as keyed hashes: they
can be counted and not read. Whoever gives neither is known by the network address, for an hour. As
numbers and e-mail addresses can be invented, no network address gets more than so many places in that
hour, whoever they are for. Staff on the telephone and at the counter have no such limit: they can ask why.

Locks, in the order of all verbs: appointment or booking, then these hashes, then pool-days or hours.
"""

import math
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeAlias

import msgspec

from queue_service.booking import supply_guard_store as store
from queue_service.booking.model import BookingRequest, Channel, KeptAppointment, KeptContact
from queue_service.booking.reference import parse_reference
from queue_service.booking.supply_guard_store import ClaimKind, Coming, VisitKind
from queue_service.platform.errors import TooManyBookings, TooManyFromAddress
from queue_service.platform.installation_secret import installation_secret, keyed_hash
from queue_service.platform.network_address import network_of
from queue_service.platform.queries import Connection

PURPOSE = "supply_guard"
ADDRESS_KEPT = timedelta(hours=1)
"""How long it is known, as a hash, from where a place was asked for."""
HOTLINE = "115"

CountComing: TypeAlias = Callable[[Connection, datetime, Sequence[bytes]], Awaitable[Coming]]


class OnlineLimits(msgspec.Struct, frozen=True):
    """How many coming appointments one person may have that were booked online."""

    per_service: int = 2
    altogether: int = 5
    unconfirmed_per_address: int = 10
    """Places held at once for an address, or booked from there in the last hour without number or
    e-mail; 0: any number."""
    hourly_per_address: int = 60
    """Places asked for from an address within ADDRESS_KEPT, for whomever and whatever became of them;
    0: any number."""


class Asker(msgspec.Struct, frozen=True):
    """Who asks online, as far as it matters for the limits."""

    address: str | None = None
    """The network address; None: not known, or somebody else's concern."""
    limits: OnlineLimits = OnlineLimits()


ANYBODY = Asker()


class Claims(msgspec.Struct, frozen=True):
    """What an appointment, or a booking of an hour, will count for once it is made."""

    hashes: Sequence[tuple[ClaimKind, bytes]] = ()
    visit_kind: VisitKind = "appointment"


class WantedHour(msgspec.Struct, frozen=True):
    """An hour with places, as far as its bookings are counted: by its kind, at its office."""

    office_id: int
    code: str
    channel: Channel


async def admit(
    conn: Connection, now: datetime, request: BookingRequest, contact: KeptContact, asker: Asker
) -> Claims:
    """Let a booking through that is within the limits; what it counts for is for ``remember``.

    Nobody else's booking of the same person is counted before the caller's transaction ends. Raises
    TooManyBookings and TooManyFromAddress. Other channels than ``online`` are let through unseen.
    """
    if request.channel != "online":
        return Claims()
    codes = [wish.service for wish in request.services]
    count = partial(store.coming_of, codes=codes, without=None)
    return Claims(await _admitted(conn, now, contact, asker, count))


async def admit_party(
    conn: Connection, now: datetime, hour: WantedHour, contact: KeptContact, asker: Asker
) -> Claims:
    """Let a booking of an hour through as ``admit`` does an appointment's."""
    if hour.channel != "online":
        return Claims(visit_kind="entry")
    count = partial(store.coming_parties_of, office_id=hour.office_id, code=hour.code, without=None)
    return Claims(await _admitted(conn, now, contact, asker, count), "entry")


async def _admitted(
    conn: Connection, now: datetime, contact: KeptContact, asker: Asker, count: CountComing
) -> list[tuple[ClaimKind, bytes]]:
    hashes = await _hashes(conn, contact, asker)
    if hashes:
        await store.lock_claims(conn, [hashed for _, hashed in hashes])
        await _require_few_coming(conn, now, hashes, asker.limits, count)
        await _require_few_unconfirmed(conn, now, hashes, asker.limits)
        await _require_few_in_an_hour(conn, now, hashes, asker.limits)
    return hashes


async def remember(conn: Connection, now: datetime, claims: Claims, reference: str) -> None:
    """Count what was let through, in the transaction that made it."""
    if claims.hashes:
        until, kept = now + ADDRESS_KEPT, parse_reference(reference)
        await store.write_claims(conn, now, claims.visit_kind, kept, claims.hashes, until)


async def admit_confirmation(
    conn: Connection, now: datetime, kept: KeptAppointment, contact: KeptContact, limits: OnlineLimits
) -> None:
    """Let a hold be confirmed for this contact, which may not be the one that it was made with.

    Needs the transaction that has locked the appointment. Raises TooManyBookings.
    """
    if kept.channel == "online":
        codes = [wish.service for wish in kept.services]
        count = partial(store.coming_of, codes=codes, without=kept.reference)
        claims = Claims(await _hashes(conn, contact, Asker(limits=limits)))
        await _replace_claims(conn, now, claims, kept.reference, limits, count)


async def admit_party_confirmation(
    conn: Connection,
    now: datetime,
    hour: WantedHour,
    reference: str,
    contact: KeptContact,
    limits: OnlineLimits,
) -> None:
    """Let a hold of places be confirmed, as ``admit_confirmation`` does; ``reference`` as it is kept."""
    if hour.channel == "online":
        count = partial(store.coming_parties_of, office_id=hour.office_id, code=hour.code, without=reference)
        claims = Claims(await _hashes(conn, contact, Asker(limits=limits)), "entry")
        await _replace_claims(conn, now, claims, reference, limits, count)


async def _replace_claims(
    conn: Connection,
    now: datetime,
    claims: Claims,
    reference: str,
    limits: OnlineLimits,
    count: CountComing,
) -> None:
    if not claims.hashes:
        return
    await store.lock_claims(conn, [hashed for _, hashed in claims.hashes])
    await _require_few_coming(conn, now, claims.hashes, limits, count)
    await store.drop_claims(conn, claims.visit_kind, reference)
    await store.write_claims(conn, now, claims.visit_kind, reference, claims.hashes, now)


async def forget_addresses(conn: Connection, now: datetime) -> None:
    """Delete addresses after their hour."""
    await store.forget_addresses(conn, now)


async def forget_claims(conn: Connection, now: datetime) -> None:
    """Delete numbers and e-mail addresses with their appointments."""
    await store.forget_claims(conn, now)


def person_of(email: str) -> str:
    """Give what stands for the owner of an e-mail address: without case, and without a "+tag"."""
    local, _, domain = email.casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


async def _hashes(conn: Connection, contact: KeptContact, asker: Asker) -> list[tuple[ClaimKind, bytes]]:
    known: list[tuple[ClaimKind, str]] = []
    if contact.phone:
        known.append(("phone", contact.phone))
    if contact.email:
        known.append(("email", person_of(contact.email)))
    limited = asker.limits.unconfirmed_per_address or asker.limits.hourly_per_address
    network = network_of(asker.address) if asker.address and limited else None
    if network:
        known.append(("address", network))
    if not known:
        return []
    secret = await installation_secret(conn, PURPOSE)
    return [(kind, keyed_hash(secret, f"{kind}:{text}")) for kind, text in known]


async def _require_few_coming(
    conn: Connection,
    now: datetime,
    hashes: Sequence[tuple[ClaimKind, bytes]],
    limits: OnlineLimits,
    count: CountComing,
) -> None:
    person = [hashed for kind, hashed in hashes if kind != "address"]
    if not person:
        return
    coming = await count(conn, now, person)
    if coming.of_service >= limits.per_service:
        raise TooManyBookings(limit="service", most=limits.per_service, phone=HOTLINE)
    if coming.altogether >= limits.altogether:
        raise TooManyBookings(limit="altogether", most=limits.altogether, phone=HOTLINE)


async def _require_few_unconfirmed(
    conn: Connection, now: datetime, hashes: Sequence[tuple[ClaimKind, bytes]], limits: OnlineLimits
) -> None:
    if not limits.unconfirmed_per_address:
        return
    for kind, hashed in hashes:
        if kind != "address":
            continue
        unconfirmed = await store.unconfirmed_from(conn, now, hashed, now - ADDRESS_KEPT)
        if unconfirmed >= limits.unconfirmed_per_address:
            raise TooManyBookings(
                "Many places are being kept for your connection already. Try again later, or call 115.",
                limit="address",
                most=limits.unconfirmed_per_address,
                phone=HOTLINE,
            )


async def _require_few_in_an_hour(
    conn: Connection, now: datetime, hashes: Sequence[tuple[ClaimKind, bytes]], limits: OnlineLimits
) -> None:
    """Raise TooManyFromAddress; whether a place was confirmed, or for whom, changes nothing here."""
    if not limits.hourly_per_address:
        return
    for kind, hashed in hashes:
        if kind != "address":
            continue
        full_since = await store.full_since(conn, hashed, now - ADDRESS_KEPT, limits.hourly_per_address)
        if full_since is not None:
            raise TooManyFromAddress(
                most=limits.hourly_per_address,
                phone=HOTLINE,
                retry_after=max(1, math.ceil((full_since + ADDRESS_KEPT - now).total_seconds())),
            )
