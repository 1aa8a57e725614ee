"""A kiosk's or display's token: made once, shown once, good for one office and one profile."""

from datetime import datetime

import msgspec

from queue_service.accounts.model import DeviceProfile, Principal
from queue_service.accounts.tokens import make_token, token_hash
from queue_service.devices import store
from queue_service.platform.errors import InvalidFields, NotFound, OfficeNotFound
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import FieldError

DEVICE_PREFIX = "qd_"
LONGEST_NAME = 100
LARGEST_ID = 2**31 - 1
"""PostgreSQL's integer."""


class NewDevice(msgspec.Struct, frozen=True):
    """A device was added. The token is given out here once and stored nowhere."""

    id: int
    office_id: int
    token: str

    def __repr__(self) -> str:
        """Name the device without its token, which logs and tracebacks must not hold."""
        return f"NewDevice({self.id}, office {self.office_id})"


class Device(msgspec.Struct, frozen=True):
    """A device as an administrator sees it."""

    id: int
    office: str
    profile: DeviceProfile
    name: str
    created_at: datetime
    revoked_at: datetime | None


class DeviceNotFound(NotFound):
    """No device has this id."""

    code = "device_not_found"


async def make(conn: Connection, now: datetime, office: str, profile: DeviceProfile, name: str) -> NewDevice:
    """Add a device to the office with this slug and give its token.

    Raises InvalidFields for a name that can't be shown, OfficeNotFound.
    """
    if not (name.strip() and len(name) <= LONGEST_NAME and name.isprintable()):
        raise InvalidFields(errors=[FieldError("name", f"1 to {LONGEST_NAME} printable characters")])
    token = make_token(DEVICE_PREFIX)
    device = store.DeviceToBe(office, profile.value, name.strip(), token_hash(token), now)
    added = await store.add_device(conn, device)
    if added is None:
        raise OfficeNotFound
    return NewDevice(added.id, added.office_id, token)


async def resolve(conn: Connection, now: datetime, token: str) -> Principal | None:  # noqa: ARG001 - a TokenResolver
    """Give the device that this token belongs to, or None when it was never given out or is revoked."""
    device = await store.device_by_token(conn, token_hash(token))
    if device is None:
        return None
    return Principal(
        kind="device",
        key=f"device:{device.id}",
        profile=DeviceProfile(device.profile),
        device_office_id=device.office_id,
    )


async def revoke(conn: Connection, now: datetime, device_id: int) -> None:
    """End the device's token; again is no error. Raises DeviceNotFound."""
    if not 0 < device_id <= LARGEST_ID or not await store.revoke_device(conn, device_id, now):
        raise DeviceNotFound


async def list_devices(conn: Connection) -> list[Device]:
    """Return all devices by office, revoked ones too."""
    return [
        Device(row.id, row.office, DeviceProfile(row.profile), row.name, row.created_at, row.revoked_at)
        for row in await store.devices(conn)
    ]
