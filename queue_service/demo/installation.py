"""Fills an empty database with the Bremen demo, and leaves a full one as it is."""

import hashlib
import json
import os
import secrets
from datetime import datetime
from pathlib import Path

import msgspec

from queue_service.accounts import service as accounts
from queue_service.accounts.model import DeviceProfile, Role
from queue_service.accounts.passwords import make_password
from queue_service.devices import care, tokens
from queue_service.office_loading import load_offices, read_files
from queue_service.offices import service as offices
from queue_service.platform.queries import Connection

BREMEN = Path(__file__).parent / "bremen"
MAIN_OFFICE = "bsc-mitte"
CLERKS = 8
"""Clerks whose passwords are in credentials.json by contract; a day needs more, see DAY_CLERKS."""
DAY_CLERKS = 25
"""About the counters of BSC Mitte."""
PLACES = {DeviceProfile.KIOSK: "Eingang", DeviceProfile.DISPLAY: "Wartebereich"}
"""Where the devices of an office stand."""


class Credentials(msgspec.Struct):
    """What ``credentials.json`` holds, for people and programs that try the demo."""

    base_url: str
    kiosk_url: str | None
    display_url: str | None
    users: dict[str, str]
    devices: dict[str, dict[str, str]]
    offices_digest: str = ""
    """Of the set-up files that were applied; the same files need not be applied at the next start."""


class DemoUser(msgspec.Struct, frozen=True):
    """A made-up member of staff."""

    username: str
    name: str
    role: Role
    office: str | None = None


def demo_users() -> list[DemoUser]:
    """Return everybody who works in the demo."""
    clerks = [
        DemoUser(f"clerk{i}", f"Sachbearbeitung {i}", Role.CLERK, MAIN_OFFICE)
        for i in range(1, DAY_CLERKS + 1)
    ]
    return [
        *clerks,
        DemoUser("agent1", "Bürgertelefon 1", Role.AGENT),
        DemoUser("agent2", "Bürgertelefon 2", Role.AGENT),
        DemoUser("reception1", "Empfang 1", Role.RECEPTION, MAIN_OFFICE),
        DemoUser("supervisor1", "Teamleitung 1", Role.SUPERVISOR, MAIN_OFFICE),
        DemoUser("admin", "Administration", Role.ADMIN),
    ]


async def install(conn: Connection, now: datetime, known: Credentials | None) -> Credentials:
    """Load the offices and make whatever users and devices ``known`` has no secret for.

    Runs in the caller's transaction; applying it to an installed demo changes nothing.
    """
    files = read_files(sorted(BREMEN.glob("*.yaml")))
    digest = hashlib.sha256(json.dumps(sorted(files.values())).encode()).hexdigest()
    if known is None or known.offices_digest != digest or not await offices.list_offices(conn):
        await load_offices(conn, now, files)
    users = dict(known.users) if known else {}
    existing = {user.username for user in await accounts.list_users(conn)}
    for user in demo_users():
        if user.username in existing and user.username in users:
            continue
        users[user.username] = make_password()
        if user.username in existing:
            await accounts.set_password(conn, user.username, users[user.username])
        else:
            await accounts.create_user(conn, now, user.username, user.name, users[user.username])
            await accounts.grant(conn, user.username, user.role, office=user.office, authority=None)
    devices = {slug: dict(held) for slug, held in known.devices.items()} if known else {}
    installed = [found.device for found in await care.list_devices(conn, now)]
    for office in await offices.list_offices(conn):
        held = devices.setdefault(office.slug, {})
        for profile in DeviceProfile:
            there = any((device.office, device.profile) == (office.slug, profile) for device in installed)
            if not there or profile.value not in held:
                made = await tokens.make(conn, now, office.slug, profile, PLACES[profile])
                held[profile.value] = made.token
    return Credentials("", None, None, users, devices, digest)


def read_credentials(file: Path) -> Credentials | None:
    """Return what an earlier start wrote; None when there is nothing to read."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Credentials)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def write_credentials(file: Path, credentials: Credentials) -> None:
    """Write the file for its owner alone, whole or not at all."""
    write_secret(file, json.dumps(msgspec.to_builtins(credentials), indent=1, ensure_ascii=False) + "\n")


def write_secret(file: Path, text: str) -> None:
    """Write ``text`` so that only this account can read it, whole or not at all."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
    draft.replace(file)
