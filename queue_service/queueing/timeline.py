"""A visit from its first number to its end, as those who work at the counters read it."""

import msgspec

from queue_service.offices import service as offices
from queue_service.platform.queries import Connection
from queue_service.queueing import store
from queue_service.queueing.model import FoundTicket, TimelineEntry
from queue_service.queueing.timeline_words import Names, sentences


async def timeline(conn: Connection, found: FoundTicket) -> list[TimelineEntry]:
    """Return everything that happened to a visit, in order and in words, with the why of each call."""
    steps = await store.timeline(conn, found.office_id, found.ticket.id)
    office = await offices.find_office(conn, found.office)
    sent_on = any(step.verb == "send_on" for step in steps)
    names = Names(
        counters={
            entry.counter.number: entry.counter.name
            for entry in await store.list_counters(conn, found.office_id)
        },
        services={service.code: service.name for service in await offices.list_catalogue(conn)},
        teams={team.code: team.name for team in office.setup.teams},
        offices={one.slug: one.setup.name for one in await offices.list_offices(conn)} if sent_on else {},
    )
    return [TimelineEntry(**msgspec.structs.asdict(step), text=sentences(step, names)) for step in steps]
