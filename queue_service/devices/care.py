"""Looking after devices: how each one is, where it stands, what it does, and by which token it is known."""

from collections.abc import Container
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

import msgspec

from queue_service.accounts.model import DeviceProfile, Permission, Principal
from queue_service.assistance import service as assistance
from queue_service.devices import store
from queue_service.devices.care_announcements import office_announcements
from queue_service.devices.tokens import DeviceNotFound, device_name, require_id
from queue_service.offices import service as offices
from queue_service.panel import service as panel
from queue_service.platform.errors import Conflict, InvalidFields
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import FieldError
from queue_service.protocol.device_care import (
    OVERDUE_AFTER_SECONDS,
    DeviceCard,
    DeviceHealth,
    DeviceSettings,
    Profile,
    TokenRenewal,
)

OVERDUE_AFTER = timedelta(seconds=OVERDUE_AFTER_SECONDS)
LOW_DISK_MEGABYTES = 200
"""Below it a device may soon keep nothing any more. Ours: a month of tickets and logs fits in."""
Trouble: TypeAlias = Literal[
    "help_unanswered",
    "silent",
    "printer_offline",
    "printer_cover_open",
    "printer_paper_out",
    "printer_failed",
    "printer_paper_low",
    "sound_blocked",
    "page_closed",
    "letters_too_small",
    "disk_low",
]


class Device(msgspec.Struct, frozen=True):
    """A device as its caretakers see it."""

    id: int
    office: str
    """Slug."""
    profile: DeviceProfile
    name: str
    """Where it stands."""
    created_at: datetime
    revoked_at: datetime | None
    seen_at: datetime | None
    """When it last reported; None: not yet."""
    overdue: bool
    """It has reported once, and for some minutes no more."""
    troubles: list[Trouble]
    """What somebody should see to, the worst first; ``silent`` for one that is overdue."""
    settings: DeviceSettings
    health: DeviceHealth | None
    """As it last said."""
    renew_since: datetime | None
    """Since when it is to make itself another token."""


class FoundDevice(msgspec.Struct, frozen=True):
    """A device and where it belongs, for the question of who may look after it."""

    device: Device
    office_id: int
    authority_id: int


class DeviceRevoked(Conflict):
    """The device is no longer let in; it can be paired again."""

    code = "device_revoked"


async def list_devices(conn: Connection, now: datetime) -> list[FoundDevice]:
    """Return all devices by office, revoked ones too."""
    in_vain = await assistance.waiting_in_vain(conn, now)
    return [_found(row, now, in_vain) for row in await store.devices(conn)]


async def find_device(conn: Connection, now: datetime, device_id: int) -> FoundDevice:
    """Return one device. Raises DeviceNotFound."""
    rows = await store.devices(conn, require_id(device_id))
    if not rows:
        raise DeviceNotFound
    return _found(rows[0], now, await assistance.waiting_in_vain(conn, now))


def troubles_of(health: DeviceHealth) -> list[Trouble]:
    """Name what somebody should see to in a device that reports."""
    low = health.disk_free_megabytes is not None and health.disk_free_megabytes < LOW_DISK_MEGABYTES
    found: list[tuple[bool, Trouble]] = [
        (health.printer == "offline", "printer_offline"),
        (health.printer == "cover_open", "printer_cover_open"),
        (health.printer == "paper_out", "printer_paper_out"),
        (health.printer == "failed", "printer_failed"),
        (bool(health.sound_blocked), "sound_blocked"),
        (health.page_open is False, "page_closed"),
        (health.fit is not None and health.fit.too_small, "letters_too_small"),
        (low, "disk_low"),
        (health.printer == "paper_low", "printer_paper_low"),
    ]
    return [trouble for there, trouble in found if there]


def _found(row: store.DeviceRow, now: datetime, in_vain: Container[int]) -> FoundDevice:
    """``in_vain``: devices at which a visitor waits for somebody who doesn't come."""
    in_use = row.revoked_at is None and row.seen_at is not None
    overdue = in_use and row.seen_at is not None and now - row.seen_at > OVERDUE_AFTER
    health = msgspec.json.decode(row.health, type=DeviceHealth) if row.health else None
    troubles: list[Trouble] = ["silent"] if overdue else troubles_of(health) if in_use and health else []
    if row.id in in_vain:
        troubles = ["help_unanswered", *troubles]
    device = Device(
        row.id,
        row.office,
        DeviceProfile(row.profile),
        row.name,
        row.created_at,
        row.revoked_at,
        row.seen_at,
        overdue,
        troubles,
        msgspec.json.decode(row.settings, type=DeviceSettings),
        health,
        row.renew_since,
    )
    return FoundDevice(device, row.office_id, row.authority_id)


async def change(
    conn: Connection, now: datetime, found: FoundDevice, office_id: int, name: str, settings: DeviceSettings
) -> None:
    """Rename, move and configure a device, and tell it at once. Raises InvalidFields, DeviceRevoked."""
    kept = msgspec.json.encode(settings).decode()
    if not await store.change_device(conn, found.device.id, office_id, device_name(name), kept):
        raise DeviceRevoked
    # Where it listens still.
    await offices.tell_screens(conn, now, found.office_id)


async def require_further_offices(
    conn: Connection, user: Principal, found: FoundDevice, authority_id: int, settings: DeviceSettings
) -> None:
    """Raise unless a device may be set up to show the further offices that its settings name.

    They are of the device's authority (else InvalidFields), and whoever names one looks after its devices
    too (else NotPermitted); one that stands there already may stay. Raises OfficeNotFound.
    """
    before = found.device.settings.further_offices if authority_id == found.authority_id else []
    for slug in settings.further_offices:
        office = await offices.find_office(conn, slug)
        if office.authority_id != authority_id:
            raise InvalidFields(errors=[FieldError("settings.further_offices", "of the same authority")])
        if slug not in before:
            user.require(Permission.DEVICE_MANAGE, office.id, office.authority_id)


async def ask_for_new_token(conn: Connection, now: datetime, device_id: int) -> None:
    """Have a device make itself another token at its next report. Raises DeviceRevoked."""
    if not await store.ask_for_new_token(conn, device_id, now):
        raise DeviceRevoked


async def report(conn: Connection, now: datetime, device_id: int, health: DeviceHealth) -> DeviceCard:
    """Keep what a device says of itself, and tell it who it is and what to do."""
    await store.report_health(conn, device_id, msgspec.json.encode(health).decode(), now)
    return await card(conn, now, device_id)


async def card(conn: Connection, now: datetime, device_id: int) -> DeviceCard:
    """Tell a device who it is."""
    found = await find_device(conn, now, device_id)
    device = found.device
    profile: Profile = "kiosk" if device.profile is DeviceProfile.KIOSK else "display"
    paper = await offices.ticket_layout(conn, found.office_id) if profile == "kiosk" else None
    office = await offices.find_office(conn, device.office)
    is_display = profile == "display"
    return DeviceCard(
        device.id,
        device.office,
        profile,
        device.name,
        device.settings,
        device.renew_since is not None,
        ticket_layout=paper,
        announcements=office_announcements(office.setup) if is_display else None,
        told_at=now,
        panel=await panel.slides(conn, office) if is_display else [],
    )


async def renew_token(conn: Connection, device_id: int, renewal: TokenRenewal) -> None:
    """Know a device by another token from now on. Raises DeviceRevoked, TokenTaken."""
    token = bytes.fromhex(renewal.token_hash)
    await store.lock_pairings(conn)
    if await store.is_known_token(conn, token):
        raise TokenTaken
    if not await store.replace_token(conn, device_id, token):
        raise DeviceRevoked


class TokenTaken(Conflict):
    """A device is known by this token already."""

    code = "token_taken"


async def count_overdue(conn: Connection, now: datetime) -> int:
    """Return how many devices once reported and no longer do."""
    return await store.count_overdue(conn, now - OVERDUE_AFTER)
