"""The map of places: office by office and day by day, for those who choose by sight or by ear."""

from datetime import date, datetime

import msgspec

from queue_service.booking import slot_store
from queue_service.booking.contingents import level_of
from queue_service.booking.model import OfficeOverview, Overview, OverviewDay, PlaceSearch
from queue_service.booking.office_choice import by_distance, with_access
from queue_service.booking.search import refuse_unknown, search_period, wanted_services
from queue_service.offices import service as offices
from queue_service.platform.queries import Connection

_decode_days = msgspec.json.Decoder(list[OverviewDay]).decode
"""Thousands of days at once are read twice as fast from JSON as from columns."""


async def overview(conn: Connection, now: datetime, search: PlaceSearch) -> Overview:
    """Give each office's earliest day and about how many such visits fit on each; reads pool-days only.

    Raises ServiceNotFound, OfficeNotFound, and InvalidFields for more of a service than a visit may settle.
    """
    wanted = wanted_services(search.services, search.offices or None, search.persons)
    await refuse_unknown(conn, wanted)
    distances: dict[str, float | None] = {}
    if search.near or search.access:
        listed = with_access(await offices.list_offices(conn), search.access)
        asked = {office.slug for office in listed} & set(search.offices or {office.slug for office in listed})
        wanted = wanted_services(search.services, sorted(asked), search.persons)
        if search.near:
            distances = {office.slug: distance for office, distance in by_distance(listed, search.near)}
    level = level_of(search.channel, emergency=search.emergency)
    rows = await slot_store.overview_days(conn, wanted, level, search_period(now, search))
    items = [
        OfficeOverview(
            office=row.office,
            earliest_day=row.earliest_day,
            distance_km=distances.get(row.office),
            days=_decode_days(row.days),
        )
        for row in rows
    ]
    nearest = {slug: place for place, slug in enumerate(distances)}
    items.sort(
        key=lambda item: (
            item.earliest_day is None,
            nearest.get(item.office, 0),
            item.earliest_day or date.max,
            item.office,
        )
    )
    return Overview(items)
