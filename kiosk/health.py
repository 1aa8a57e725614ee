"""How this kiosk is, for those who look after it."""

from queue_service.device_program.caretaker import OwnHealth
from queue_service.protocol.device_care import DeviceHealth, PrinterState


def kiosk_health(
    own: OwnHealth, losses: int, pages: int, printer: PrinterState | None, numbers_left: int, unsent: int
) -> DeviceHealth:
    """Complete what any device knows of itself: connection, open pages, printer, numbers for an outage."""
    return DeviceHealth(
        version=own.version,
        uptime_seconds=own.uptime_seconds,
        disk_free_megabytes=own.disk_free_megabytes,
        memory_megabytes=own.memory_megabytes,
        clock_behind_seconds=own.clock_behind_seconds,
        reconnects=losses,
        page_open=pages > 0,
        printer=printer,
        numbers_left=numbers_left,
        unsent=unsent,
    )
