"""The only caller of sql/queries/devices.sql."""

from datetime import datetime
from typing import Any

import msgspec

from queue_service.platform.queries import Connection, load_queries

_sql: Any = load_queries("devices")


class DeviceToBe(msgspec.Struct, frozen=True):
    """What a new device is; ``office`` is a slug."""

    office: str
    profile: str
    name: str
    token_hash: bytes
    now: datetime


class AddedRow(msgspec.Struct, frozen=True):
    """A new device's key."""

    id: int
    office_id: int


class TokenRow(msgspec.Struct, frozen=True):
    """The device that a token belongs to."""

    id: int
    office_id: int
    profile: str
    further_office_ids: list[int]


class DeviceRow(msgspec.Struct, frozen=True):
    """A device as its caretakers see it; ``health`` and ``settings`` are JSON."""

    id: int
    office_id: int
    office: str
    authority_id: int
    profile: str
    name: str
    created_at: datetime
    revoked_at: datetime | None
    seen_at: datetime | None
    health: str | None
    settings: str
    renew_since: datetime | None


class PairingRow(msgspec.Struct, frozen=True):
    """A device that shows a code."""

    code: str
    profile: str
    version: str
    asked_at: datetime
    token_hash: bytes


class PairingToBe(msgspec.Struct, frozen=True):
    """What a device that asks for a code is; ``asked_from`` stands for its network address."""

    code: str
    token_hash: bytes
    profile: str
    version: str
    asked_from: bytes
    now: datetime


class AskedRow(msgspec.Struct, frozen=True):
    """How many codes are shown, in all and to one address."""

    of_all: int
    of_address: int


async def add_device(conn: Connection, device: DeviceToBe) -> AddedRow | None:
    """Return the new device's key; None for an office that isn't there."""
    row = await _sql.add_device(conn, **msgspec.structs.asdict(device))
    return AddedRow(**row) if row else None


async def device_by_token(conn: Connection, token_hash: bytes) -> TokenRow | None:
    """Return the device that this token belongs to, unless it is revoked."""
    row = await _sql.device_by_token(conn, token_hash=token_hash)
    return TokenRow(**row) if row else None


async def revoke_device(conn: Connection, device_id: int, now: datetime) -> bool:
    """End the device's token; False for a device that isn't there."""
    return await _sql.revoke_device(conn, device_id=device_id, now=now) is not None


async def devices(conn: Connection, device_id: int | None = None) -> list[DeviceRow]:
    """Return all devices by office, revoked ones too; or one of them."""
    return [DeviceRow(**row) async for row in _sql.devices(conn, device_id=device_id)]


async def change_device(conn: Connection, device_id: int, office_id: int, name: str, settings: str) -> bool:
    """Rename, move and configure; False for a device that isn't there or is revoked."""
    return (
        await _sql.change_device(conn, device_id=device_id, office_id=office_id, name=name, settings=settings)
        is not None
    )


async def ask_for_new_token(conn: Connection, device_id: int, now: datetime) -> bool:
    """Have the device make itself another token; False as above."""
    return await _sql.ask_for_new_token(conn, device_id=device_id, now=now) is not None


async def replace_token(conn: Connection, device_id: int, token_hash: bytes) -> bool:
    """Know the device by another token; False as above."""
    return await _sql.replace_token(conn, device_id=device_id, token_hash=token_hash) is not None


async def report_health(conn: Connection, device_id: int, health: str, now: datetime) -> None:
    """Keep what a device says of itself, JSON."""
    await _sql.report_health(conn, device_id=device_id, health=health, now=now)


async def count_overdue(conn: Connection, before: datetime) -> int:
    """Return how many devices have reported once, and not since then."""
    count: int = await _sql.count_overdue(conn, before=before)
    return count


async def lock_pairings(conn: Connection) -> None:
    """Let nobody else ask for a code before the transaction ends."""
    async for _ in _sql.lock_pairings(conn):
        pass


async def forget_pairings(conn: Connection, before: datetime) -> None:
    """Delete codes that were asked for before."""
    await _sql.forget_pairings(conn, before=before)


async def pairings_asked(conn: Connection, asked_from: bytes) -> AskedRow:
    """Count the codes that are shown."""
    return AskedRow(**await _sql.pairings_asked(conn, asked_from=asked_from))


async def pairing_of(conn: Connection, token_hash: bytes) -> PairingRow | None:
    """Return the code that a device shows already."""
    row = await _sql.pairing_of(conn, token_hash=token_hash)
    return PairingRow(**row) if row else None


async def find_pairing(conn: Connection, code: str) -> PairingRow | None:
    """Return what shows this code."""
    row = await _sql.find_pairing(conn, code=code)
    return PairingRow(**row) if row else None


async def take_pairing(conn: Connection, code: str) -> PairingRow | None:
    """End a code and return what showed it; of two who enter it at once, one gets it."""
    row = await _sql.take_pairing(conn, code=code)
    return PairingRow(**row) if row else None


async def is_known_token(conn: Connection, token_hash: bytes) -> bool:
    """Tell whether a device has, or had until it was revoked, this token."""
    known: bool = await _sql.is_known_token(conn, token_hash=token_hash)
    return known


async def add_pairing(conn: Connection, pairing: PairingToBe) -> bool:
    """Give a device a code; False when another shows the same one."""
    return await _sql.add_pairing(conn, **msgspec.structs.asdict(pairing)) is not None
