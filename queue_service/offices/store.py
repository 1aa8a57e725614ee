"""The only caller of ``sql/queries/offices.sql``."""

from datetime import datetime
from functools import lru_cache

import msgspec
from asyncpg import Record

from queue_service.offices.catalogue import Authority, OfferedService, Office
from queue_service.offices.setup_model import (
    AuthoritySetup,
    CounterSetup,
    OfficeSetup,
    OrderSetup,
    ServiceSetup,
)
from queue_service.offices.setup_model import OfferedService as OfferedServiceSetup
from queue_service.offices.ticket_setup import as_layout
from queue_service.platform.queries import Connection, load_queries
from queue_service.protocol.ticket_layout import TicketLayout

_queries = load_queries("offices")
_encode = msgspec.json.Encoder().encode


def _json(value: object) -> str:
    return _encode(value).decode()


@lru_cache(maxsize=256)
def _decode_setup(text: str) -> OfficeSetup:
    return msgspec.json.decode(text, type=OfficeSetup)


def _office(row: Record) -> Office:
    order = msgspec.json.decode(row["order"], type=OrderSetup)
    return Office(**{**row, "setup": _decode_setup(row["setup"]), "order": order})


def _texts(text: str) -> dict[str, str]:
    return msgspec.json.decode(text, type=dict[str, str])


def _service(row: Record) -> OfferedService:
    return OfferedService(
        id=row["id"],
        code=row["code"],
        leika_key=row["leika_key"],
        name=_texts(row["name"]),
        group=_texts(row["service_group"]),
        minutes=row["minutes"],
        walk_in=row["walk_in"],
        appointment=row["appointment"],
        letter=row["letter"],
        max_quantity=row["max_quantity"],
        documents=msgspec.json.decode(row["documents"], type=dict[str, list[str]]),
        fee=_texts(row["fee"]),
    )


async def upsert_authority(conn: Connection, authority: AuthoritySetup) -> int:
    """Write one authority; returns its id."""
    made: int = await _queries.upsert_authority(
        conn,
        slug=authority.slug,
        name=_json(authority.name),
        greeting=_json(authority.greeting),
        land=authority.land,
        accent=authority.accent,
        contact_days=authority.contact_days,
    )
    return made


async def upsert_service(conn: Connection, service: ServiceSetup) -> int:
    """Write one service of the catalogue; returns its id."""
    made: int = await _queries.upsert_service(
        conn,
        code=service.code,
        leika_key=service.leika,
        name=_json(service.name),
        service_group=_json(service.group),
        minutes=service.minutes,
        max_quantity=service.max_quantity,
        documents=_json(service.documents),
        fee=_json(service.fee),
        setup=_json(service),
    )
    return made


async def upsert_office(conn: Connection, office: OfficeSetup) -> int:
    """Write the office's own row; returns its id."""
    made: int = await _queries.upsert_office(
        conn,
        slug=office.slug,
        authority=office.authority,
        time_zone=office.time_zone,
        number_digits=office.numbers.digits,
        number_restart=office.numbers.restart_daily,
        order_rules=_json(office.order),
        ticket_layout=_json(as_layout(office.ticket)),
        setup=_json(office),
    )
    return made


async def ticket_layout(conn: Connection, office_id: int) -> TicketLayout:
    """Return how the office's tickets look."""
    kept: str = await _queries.ticket_layout(conn, office_id=office_id)
    return msgspec.json.decode(kept, type=TicketLayout)


async def keep_ticket_layout(conn: Connection, office_id: int, layout: TicketLayout) -> None:
    """Have the office's tickets look so."""
    await _queries.keep_ticket_layout(conn, office_id=office_id, ticket_layout=_json(layout))


async def replace_offered_services(
    conn: Connection, office_id: int, offered: list[OfferedServiceSetup]
) -> None:
    """Make the office offer exactly these services."""
    await _queries.drop_office_services(
        conn, office_id=office_id, codes=[service.service for service in offered]
    )
    for position, service in enumerate(offered):
        await _queries.upsert_office_service(
            conn,
            office_id=office_id,
            code=service.service,
            minutes=service.minutes,
            # Structs that tests and older files make by hand may lack both.
            further_minutes=service.further_minutes or service.minutes,
            family_minutes=service.family_minutes or service.minutes,
            walk_in="walk_in" in service.modes,
            appointment="appointment" in service.modes,
            letter=service.letter,
            position=position,
        )


async def replace_counters(conn: Connection, office_id: int, counters: list[CounterSetup]) -> None:
    """Make the office have exactly these counters; those that are open stay open."""
    await _queries.retire_counters(
        conn, office_id=office_id, numbers=[counter.number for counter in counters]
    )
    for position, counter in enumerate(counters):
        await _queries.upsert_counter(
            conn,
            office_id=office_id,
            number=counter.number,
            name=_json(counter.name),
            features=counter.features,
            codes=counter.services,
            position=position,
        )


async def publish(conn: Connection, office_id: int, kind: str, body: object, now: datetime) -> int:
    """Write a change for the office's screens; returns its version."""
    made: int = await _queries.publish(conn, office_id=office_id, kind=kind, body=_json(body), now=now)
    return made


async def known_authorities(conn: Connection) -> frozenset[str]:
    """Slugs of the authorities that are installed."""
    return frozenset([row["slug"] async for row in _queries.known_authorities(conn)])


async def known_services(conn: Connection) -> dict[str, ServiceSetup]:
    """The installed catalogue by code."""
    services = [
        msgspec.json.decode(row["setup"], type=ServiceSetup) async for row in _queries.known_services(conn)
    ]
    return {service.code: service for service in services}


async def find_office(conn: Connection, slug: str) -> Office | None:
    """One office by slug."""
    row = await _queries.find_office(conn, slug=slug)
    return _office(row) if row else None


async def find_office_by_id(conn: Connection, office_id: int) -> Office | None:
    """One office by its inner id."""
    row = await _queries.find_office_by_id(conn, office_id=office_id)
    return _office(row) if row else None


async def list_offices(conn: Connection) -> list[Office]:
    """All offices by authority and slug."""
    return [_office(row) async for row in _queries.list_offices(conn)]


async def list_authorities(conn: Connection) -> list[Authority]:
    """All authorities by slug."""
    return [
        Authority(row["id"], row["slug"], _texts(row["name"]), _texts(row["greeting"]), row["accent"])
        async for row in _queries.list_authorities(conn)
    ]


async def list_offered_services(conn: Connection, office_id: int) -> list[OfferedService]:
    """What the office offers, in the order of its file."""
    return [_service(row) async for row in _queries.list_offered_services(conn, office_id=office_id)]


async def find_offered_service(conn: Connection, office_id: int, code: str) -> OfferedService | None:
    """One service as the office offers it; None when it doesn't."""
    row = await _queries.find_offered_service(conn, office_id=office_id, code=code)
    return _service(row) if row else None


async def find_service(conn: Connection, code: str) -> OfferedService | None:
    """One service of the catalogue, whether any office offers it or not."""
    row = await _queries.find_service(conn, code=code)
    return _service(row) if row else None


async def service_exists(conn: Connection, code: str) -> bool:
    """Whether the catalogue has this code."""
    return bool(await _queries.service_exists(conn, code=code))


async def list_catalogue(conn: Connection) -> list[OfferedService]:
    """All services that some office offers."""
    return [_service(row) async for row in _queries.list_catalogue(conn)]


async def stop_walk_ins(conn: Connection, office_id: int, *, stopped: bool) -> None:
    """Staff stop giving out numbers, or go on."""
    await _queries.stop_walk_ins(conn, office_id=office_id, stopped=stopped)
