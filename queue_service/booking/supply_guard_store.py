"""The only caller of ``sql/queries/supply_guard.sql``."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal

import msgspec

from queue_service.offices.setup_model import PoolSetup
from queue_service.platform.queries import Connection, load_queries

_queries: Any = load_queries("supply_guard")

ClaimKind = Literal["phone", "email", "address"]
VisitKind = Literal["appointment", "entry"]


class Coming(msgspec.Struct, frozen=True):
    """Coming visits of one person: altogether, and of the service of which there are most."""

    altogether: int
    of_service: int


class Attendance(msgspec.Struct, frozen=True):
    """How many came to a pool's appointments, and how many did not."""

    pool: str
    plan: PoolSetup
    missed: int
    came: int


async def lock_claims(conn: Connection, hashes: Sequence[bytes]) -> None:
    """Let no other booking be counted for any of these until the transaction ends."""
    _ = [row async for row in _queries.lock_claims(conn, hashes=list(hashes))]


async def coming_of(
    conn: Connection, now: datetime, hashes: Sequence[bytes], codes: Sequence[str], without: str | None
) -> Coming:
    """Count the coming appointments of any one of these hashes, the most."""
    row = await _queries.coming_of(conn, hashes=list(hashes), codes=list(codes), without=without, now=now)
    return Coming(**row)


async def coming_parties_of(
    conn: Connection, now: datetime, hashes: Sequence[bytes], office_id: int, code: str, without: str | None
) -> Coming:
    """Count the coming bookings of hours of any one of these hashes; of this kind, and altogether."""
    row = await _queries.coming_parties_of(
        conn, hashes=list(hashes), office_id=office_id, code=code, without=without, now=now
    )
    return Coming(**row)


async def unconfirmed_from(conn: Connection, now: datetime, address: bytes, since: datetime) -> int:
    """Count the places that are kept for somebody at this address whom nothing names."""
    counted: int = await _queries.unconfirmed_from(conn, hash=address, since=since, now=now)
    return counted


async def full_since(conn: Connection, address: bytes, since: datetime, most: int) -> datetime | None:
    """Give when the last but so many of the visits was asked for from an address; None for fewer."""
    at: datetime | None = await _queries.full_since(conn, hash=address, since=since, most=most)
    return at


async def write_claims(
    conn: Connection,
    now: datetime,
    visit_kind: VisitKind,
    reference: str,
    claims: Sequence[tuple[ClaimKind, bytes]],
    address_until: datetime,
) -> None:
    """Let the visit count for these hashes."""
    await _queries.write_claims(
        conn,
        visit_kind=visit_kind,
        reference=reference,
        kinds=[kind for kind, _ in claims],
        hashes=[hashed for _, hashed in claims],
        now=now,
        address_until=address_until,
    )


async def drop_claims(conn: Connection, visit_kind: VisitKind, reference: str) -> None:
    """Let the visit count for nobody's number or address any more."""
    await _queries.drop_claims(conn, visit_kind=visit_kind, reference=reference)


async def forget_addresses(conn: Connection, now: datetime) -> None:
    """Delete from where was asked for a visit an hour ago."""
    await _queries.forget_addresses(conn, now=now)


async def forget_claims(conn: Connection, now: datetime) -> None:
    """Delete for whom visits need not be counted any more."""
    await _queries.forget_claims(conn, now=now)


async def use_challenge(conn: Connection, nonce: bytes, expires_at: datetime) -> bool:
    """Note that the challenge was answered; False when it was before."""
    used = await _queries.use_challenge(conn, nonce=nonce, expires_at=expires_at)
    return used is not None


async def forget_challenges(conn: Connection, now: datetime) -> None:
    """Delete challenges that are too old to be answered."""
    await _queries.forget_challenges(conn, now=now)


async def attendance(conn: Connection, office_id: int, first_day: date, today: date) -> list[Attendance]:
    """Give who came and who did not by pool, from the first day to the day before today."""
    rows = _queries.attendance(conn, office_id=office_id, first_day=first_day, today=today)
    return [
        Attendance(**{**row, "plan": msgspec.json.decode(row["plan"], type=PoolSetup)}) async for row in rows
    ]
