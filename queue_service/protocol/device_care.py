"""What a device and the service say to each other about the device: who it is, how it is, what it does.

Nothing here is about visitors. Shared by the service and by the programs on the devices.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from queue_service.protocol.ticket_layout import TicketLayout

HEALTH_SECONDS = 60.0
"""A device reports so often."""
OVERDUE_AFTER_SECONDS = 200.0
"""Three reports and the time that one takes: then nobody sees to it by itself any more."""
CODE_SECONDS = 15 * 60
"""As long as a code is shown: the walk from the device to the desk, and back."""
TOKEN_PREFIX = "qd_"  # noqa: S105  # what tokens of devices begin with
TOKEN_HASH_DIGITS = 64

Hash = Annotated[str, msgspec.Meta(pattern=f"^[0-9a-f]{{{TOKEN_HASH_DIGITS}}}$")]
"""SHA-256 of a token, hexadecimal."""
ShortText = Annotated[str, msgspec.Meta(max_length=60, pattern=r"^[!-~][ -~]*$")]
"""Printable, and more than blanks."""
Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]
Count = Annotated[int, msgspec.Meta(ge=0, le=10**9)]
Profile = Literal["kiosk", "display"]
PaperState = Literal["ok", "low", "out"]
PrinterState = Literal["ok", "offline", "cover_open", "paper_low", "paper_out", "failed"]


class PairingRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A device asks to be let in. It keeps its token; the service learns only the hash."""

    profile: Profile
    token_hash: Hash
    version: ShortText


class PairingCode(msgspec.Struct, frozen=True):
    """What the device shows until somebody enters it, or until it has had its time."""

    code: str
    """Two groups of letters and digits that can't be taken for one another: ``K7R-MW3``."""
    expires_at: datetime


class DeviceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What staff have chosen for one device; None leaves the choice to the device's own start."""

    language: Literal["de", "en"] | None = None
    theme: Literal["light", "dark"] | None = None
    sound: bool | None = None
    """False: calls are shown and not said."""


class DeviceCard(msgspec.Struct, frozen=True):
    """Who a device is; kept by it for a start without network."""

    id: int
    office: str
    """Slug."""
    profile: Profile
    name: str
    settings: DeviceSettings
    renew_token: bool = False
    """It is to make itself another token now."""
    ticket_layout: TicketLayout | None = None
    """How a kiosk's tickets look; None for a display, and where the office has chosen nothing."""
    told_at: datetime | None = None
    """The service's clock at this answer; its own does not count."""


class DeviceHealth(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a device is. None: it can't know."""

    version: ShortText
    """Of its program."""
    uptime_seconds: Count
    """Since its program started."""
    reconnects: Count = 0
    """How often it lost the service since then."""
    page_open: bool | None = None
    """Whether a browser shows its page."""
    disk_free_megabytes: Count | None = None
    clock_behind_seconds: Annotated[int, msgspec.Meta(ge=-(10**9), le=10**9)] | None = None
    """The device's own clock, against the service's; what it does goes by the service's."""
    memory_megabytes: Count | None = None
    printer: PrinterState | None = None
    numbers_left: Count | None = None
    """Of those that it may give out without the service."""
    unsent: Count | None = None
    """What visitors did while the service was away and it does not know yet."""
    loudness_percent: Percent | None = None
    sound_blocked: bool | None = None
    """The browser refuses to play."""
    last_announcement_at: datetime | None = None


class TokenRenewal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The hash of the token by which a device will be known from now on."""

    token_hash: Hash
