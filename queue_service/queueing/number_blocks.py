"""Numbers that a kiosk holds, so that it can go on while the service is away.

They come from the top of each day's range, so that daily life shows no gap and a high number tells
staff, and nobody else, where it came from.
"""

from datetime import date, datetime, timedelta

from queue_service.offices import service as offices
from queue_service.offices.model import local_day
from queue_service.platform.queries import Connection
from queue_service.protocol.outage import NumberBlocks
from queue_service.queueing import outage_store
from queue_service.queueing.issuing import NEVER_RESTARTED

BLOCK_SIZE = 60
"""Of a letter. A large office issues about 800 numbers in nine hours (DOMAIN.md, "Volumes"), half of them
to visitors with an appointment, at several kiosks and letters: two to three hours of one kiosk. Eight
kiosks fit into half of a range of three digits; a ninth gets numbers of four."""
DAYS_AHEAD = 5
"""Today and as far as Tuesday from a Friday: a line that breaks before a long weekend is mended by then."""


async def lease(conn: Connection, now: datetime, office_id: int, device_id: int) -> NumberBlocks:
    """Give a device its numbers for today and the days to come, in the caller's transaction.

    Asking again gives the same, and more where it has used half of them.
    """
    office = await offices.find_office_by_id(conn, office_id)
    offered = await offices.list_offered_services(conn, office)
    letters = {service.code: service.letter for service in offered}
    in_use = sorted(set(letters.values()))
    today = local_day(now, office.setup.time_zone)
    days: list[date] = [NEVER_RESTARTED]
    if office.setup.numbers.restart_daily:
        days = [today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)]
    await outage_store.lock_numbers(conn, office.id, days, in_use)
    await outage_store.lease_numbers(conn, office.id, device_id, days, in_use, BLOCK_SIZE, now)
    blocks = await outage_store.own_blocks(conn, device_id, office.id, days)
    return NumberBlocks(office.slug, blocks, letters, now)
