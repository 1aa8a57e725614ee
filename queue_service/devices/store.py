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


class DeviceRow(msgspec.Struct, frozen=True):
    """A device as an administrator sees it."""

    id: int
    office: str
    profile: str
    name: str
    created_at: datetime
    revoked_at: datetime | None


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


async def devices(conn: Connection) -> list[DeviceRow]:
    """Return all devices by office, revoked ones too."""
    return [DeviceRow(**row) async for row in _sql.devices(conn)]
