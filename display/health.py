"""How this display is, for those who look after it."""

from display.call_ledger import CallLedger
from display.hall_loudness import Loudness
from display.page_fit import PageFit
from display.player import PagePlayer
from queue_service.device_program.caretaker import OwnHealth
from queue_service.protocol.device_care import DeviceHealth


def display_health(
    own: OwnHealth,
    losses: int,
    pages: PagePlayer | None,
    ledger: CallLedger,
    fit: PageFit,
    loudness: Loudness,
) -> DeviceHealth:
    """Complete what any device knows of itself: lost connections, page and sound, the last call said."""
    return DeviceHealth(
        version=own.version,
        uptime_seconds=own.uptime_seconds,
        disk_free_megabytes=own.disk_free_megabytes,
        memory_megabytes=own.memory_megabytes,
        clock_behind_seconds=own.clock_behind_seconds,
        reconnects=losses,
        page_open=pages.pages > 0 if pages else None,
        loudness_percent=loudness.percent,
        sound_blocked=pages.blocked if pages else None,
        last_announcement_at=max(ledger.announced.at.values(), default=None),
        fit=fit.newest,
    )
