"""A kiosk's or display's token: made once, shown once, good for one office and one profile."""

from datetime import datetime

import msgspec

from queue_service.accounts.model import DeviceProfile, Principal
from queue_service.accounts.tokens import make_token, token_hash
from queue_service.devices import store
from queue_service.platform.errors import InvalidFields, NotFound, OfficeNotFound
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import FieldError
from queue_service.protocol.device_care import TOKEN_PREFIX

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


class DeviceNotFound(NotFound):
    """No device has this id."""

    code = "device_not_found"


async def make(conn: Connection, now: datetime, office: str, profile: DeviceProfile, name: str) -> NewDevice:
    """Add a device to the office with this slug and give its token.

    Raises InvalidFields for a name that can't be shown, OfficeNotFound.
    """
    token = make_token(TOKEN_PREFIX)
    device = store.DeviceToBe(office, profile.value, device_name(name), token_hash(token), now)
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
        further_office_ids=frozenset(device.further_office_ids),
    )


async def revoke(conn: Connection, now: datetime, device_id: int) -> None:
    """End the device's token; again is no error. Raises DeviceNotFound."""
    if not await store.revoke_device(conn, require_id(device_id), now):
        raise DeviceNotFound


def device_name(name: str) -> str:
    """Give the name of a device as it is kept. Raises InvalidFields for one that can't be shown."""
    if not (name.strip() and len(name) <= LONGEST_NAME and name.isprintable()):
        raise InvalidFields(errors=[FieldError("name", f"1 to {LONGEST_NAME} printable characters")])
    return name.strip()


def require_id(device_id: int) -> int:
    """Give the id of a device. Raises DeviceNotFound for a number that none can have."""
    if not 0 < device_id <= LARGEST_ID:
        raise DeviceNotFound
    return device_id
