"""How a device is let in: it shows a code, somebody who looks after devices enters it.

The device makes its token itself and sends only the hash. Whoever enters the code names office and
place; from then on the device's token opens what its profile may, and the code nothing any more.
"""

import secrets
from datetime import datetime, timedelta

import msgspec

from queue_service.accounts.model import DeviceProfile
from queue_service.devices import store
from queue_service.devices.tokens import device_name
from queue_service.platform.errors import Conflict, NotFound, OfficeNotFound, TooManyAttempts
from queue_service.platform.installation_secret import installation_secret, keyed_hash
from queue_service.platform.network_address import network_of
from queue_service.platform.queries import Connection
from queue_service.protocol.device_care import CODE_SECONDS, PairingCode, PairingRequest, Profile
from queue_service.protocol.dictation import ALPHABET, without_separators

CODE_CHARACTERS = 6
"""Of 31: with all codes shown that may be, one in two million is somebody else's."""
GROUP = 3
CODES_AT_ONCE = 400
"""Shown in all; a town's whole fleet can be set up on one morning."""
CODES_OF_ADDRESS = 40
"""Shown behind one network address: all devices of a large office."""
CODE_SHOWN = timedelta(seconds=CODE_SECONDS)
PURPOSE = "device_pairing"


class Pairing(msgspec.Struct, frozen=True):
    """What shows a code, for whoever is about to enter it."""

    code: str
    profile: Profile
    version: str
    asked_at: datetime
    expires_at: datetime


class PairingNotFound(NotFound):
    """No device shows this code, or not any more. The device shows a new one by itself."""

    code = "pairing_not_found"


class DeviceKnown(Conflict):
    """A device with this token is let in already, or was until it was revoked."""

    code = "device_known"


async def ask(conn: Connection, now: datetime, request: PairingRequest, address: str | None) -> PairingCode:
    """Give the device a code, or the one that it shows already; in the caller's transaction.

    Raises DeviceKnown, and TooManyAttempts when as many wait as may.
    """
    await store.lock_pairings(conn)
    await store.forget_pairings(conn, now - CODE_SHOWN)
    token = bytes.fromhex(request.token_hash)
    shown = await store.pairing_of(conn, token)
    if shown is not None:
        return PairingCode(in_groups(shown.code), shown.asked_at + CODE_SHOWN)
    if await store.is_known_token(conn, token):
        raise DeviceKnown
    network = network_of(address) if address else None
    asked_from = keyed_hash(await installation_secret(conn, PURPOSE), network or "")
    asked = await store.pairings_asked(conn, asked_from)
    if asked.of_all >= CODES_AT_ONCE or (network and asked.of_address >= CODES_OF_ADDRESS):
        raise TooManyAttempts(retry_after=int(CODE_SHOWN.total_seconds()))
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_CHARACTERS))
        pairing = store.PairingToBe(code, token, request.profile, request.version, asked_from, now)
        if await store.add_pairing(conn, pairing):
            return PairingCode(in_groups(code), now + CODE_SHOWN)


async def find(conn: Connection, now: datetime, code: str) -> Pairing:
    """Tell what shows a code. Raises PairingNotFound."""
    row = await store.find_pairing(conn, without_separators(code))
    if row is None or row.asked_at + CODE_SHOWN <= now:
        raise PairingNotFound
    profile: Profile = "kiosk" if row.profile == "kiosk" else "display"
    return Pairing(in_groups(row.code), profile, row.version, row.asked_at, row.asked_at + CODE_SHOWN)


async def let_in(conn: Connection, now: datetime, code: str, office: str, name: str) -> int:
    """Let in what shows the code, for an office (slug) and a place; gives the device's id.

    In the caller's transaction. Raises PairingNotFound, InvalidFields, OfficeNotFound.
    """
    name = device_name(name)
    row = await store.take_pairing(conn, without_separators(code))
    if row is None or row.asked_at + CODE_SHOWN <= now:
        raise PairingNotFound
    profile = DeviceProfile(row.profile).value
    added = await store.add_device(conn, store.DeviceToBe(office, profile, name, row.token_hash, now))
    if added is None:
        raise OfficeNotFound
    return added.id


def in_groups(code: str) -> str:
    """Give a code as the device shows it."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))
