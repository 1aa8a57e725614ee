"""What a device and the service say to each other about the device: who it is, how it is, what it does.

Nothing here is about visitors. Shared by the service and by the programs on the devices.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from queue_service.protocol.announcing import OfficeAnnouncements
from queue_service.protocol.panel import MOST_SLIDES, PanelSlide
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


DisplayLayout = Literal["calls", "figures", "panel", "side_by_side", "door"]
"""``calls``: calls alone; ``figures``: with waiting figures and the office's notice; ``panel``: with the
information panel; ``side_by_side``: a column for each area or office; ``door``: one counter, large."""
MOST_COLUMNS = 4
"""On one screen: with five, nothing is large any more."""
PlaceCode = Annotated[str, msgspec.Meta(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
"""Of an office or of one of its areas."""
ClockTime = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""``07:30``, by the office's wall clock."""
USUAL_LOUDNESS_PERCENT = 70
"""0 dB: leaves room to be 6 dB louder and a good deal softer."""
LoudnessPercent = Annotated[int, msgspec.Meta(ge=10, le=100)]
MOST_LOUDER_HOURS = 6
MOST_ZONE_COUNTERS = 60
CounterSign = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9-]{1,8}$")]
"""A counter's number as painted on its sign."""


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


class LouderHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of each day in which calls are said louder; over midnight where the end is earlier."""

    begins: ClockTime = msgspec.field(name="from")
    ends: ClockTime = msgspec.field(name="to")
    decibels: Annotated[int, msgspec.Meta(ge=1, le=6)]


class DeviceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What staff have chosen for one device; None leaves the choice to the device's own start."""

    language: Literal["de", "en"] | None = None
    theme: Literal["light", "dark"] | None = None
    sound: bool | None = None
    """False: calls are shown and not said."""
    loudness_percent: LoudnessPercent | None = None
    """How loud calls are said: ``USUAL_LOUDNESS_PERCENT`` is −23 LUFS, each five percent more 1 dB."""
    louder: Annotated[list[LouderHours], msgspec.Meta(max_length=MOST_LOUDER_HOURS)] = []
    """Hours in which the hall is loud, such as the morning's rush."""
    crowd: Annotated[int, msgspec.Meta(ge=1, le=999)] | None = None
    """From so many people waiting on the hall is loud: calls are said 3 dB louder."""
    quiet_from: ClockTime | None = None
    quiet_until: ClockTime | None = None
    """Hours in which calls are shown and not said, by the office's clock; over midnight where the end is
    earlier. Only who must leave the building is told so at any time."""
    zone: Annotated[list[CounterSign], msgspec.Meta(max_length=MOST_ZONE_COUNTERS)] = []
    """Numbers of the counters whose calls are said here; empty: all. The others are shown alone."""
    layout: DisplayLayout | None = None
    """None: ``figures``."""
    screen_inches: Annotated[float, msgspec.Meta(ge=5, le=150)] | None = None
    """Diagonal of the screen."""
    reading_metres: Annotated[float, msgspec.Meta(ge=0.3, le=40)] | None = None
    """From how far calls must be readable; together with the diagonal it sets their least size."""
    areas: Annotated[list[PlaceCode], msgspec.Meta(max_length=MOST_COLUMNS)] = []
    """Of the office's waiting areas: only calls to their counters are shown and said; empty: all."""
    further_offices: Annotated[list[PlaceCode], msgspec.Meta(max_length=MOST_COLUMNS - 1)] = []
    """Of the same authority: their calls are shown beside the own office's, and said."""
    door_counter: CounterSign | None = None
    """Before whose door the display hangs."""


class WallFit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a display's page has measured of itself."""

    rows: Count
    """Earlier calls that it has room for."""
    rows_wanted: Count
    letters_mm: Annotated[float, msgspec.Meta(ge=0, le=10_000)] | None = None
    """Height of the smallest capitals of any call; None where the screen's size is not known."""
    too_small: bool = False
    """They can't be read from as far as they should."""


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
    announcements: OfficeAnnouncements | None = None
    """Of a display: what it has to know to say its office's calls."""
    told_at: datetime | None = None
    """The service's clock at this answer; its own does not count."""
    panel: Annotated[list[PanelSlide], msgspec.Meta(max_length=MOST_SLIDES)] = []
    """Of a display: the slides of its office's information panel, in order."""


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
    """At which calls are said now; 0 while they are only shown."""
    sound_blocked: bool | None = None
    """The browser refuses to play."""
    last_announcement_at: datetime | None = None
    fit: WallFit | None = None
    """Of a display with an open page."""


class TokenRenewal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The hash of the token by which a device will be known from now on."""

    token_hash: Hash
