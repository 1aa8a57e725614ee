"""What is looked after without anybody asking: devices that have fallen silent, codes that nobody entered."""

from datetime import datetime

from prometheus_client import Gauge

from queue_service.devices import care, store
from queue_service.devices.pairing import CODE_SHOWN
from queue_service.platform.queries import Connection

OVERDUE = Gauge("queue_service_devices_overdue", "Devices that reported once and no longer do")


async def note_overdue(conn: Connection, now: datetime) -> None:
    """Count devices that have fallen silent, for whoever watches the figures."""
    OVERDUE.set(await care.count_overdue(conn, now))


async def forget_codes(conn: Connection, now: datetime) -> None:
    """Delete codes that have had their time."""
    await store.forget_pairings(conn, now - CODE_SHOWN)
