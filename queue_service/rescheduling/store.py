"""The only caller of ``sql/queries/rescheduling.sql``: looks at booking's tables, and locks them in order."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from asyncpg import BitString

from queue_service.booking.contingents import Left
from queue_service.booking.model import ServiceWish
from queue_service.booking.search import wanted_services
from queue_service.booking.slot_arithmetic import Planes
from queue_service.offices.catalogue import Office
from queue_service.platform.queries import Connection, load_queries
from queue_service.rescheduling.model import AffectedPartyRow, AffectedRow, PoolDayFigures, ServingPool
from queue_service.rescheduling.party_proposals import OpenHour
from queue_service.rescheduling.proposals import OpenDay

_queries: Any = load_queries("rescheduling")
_texts = msgspec.json.Decoder(dict[str, str]).decode
_wishes = msgspec.json.Decoder(list[ServiceWish]).decode


async def affected(conn: Connection, references: Sequence[str], now: datetime) -> list[AffectedRow]:
    """Give those of these appointments that are booked and still to come, earliest first."""
    rows = _queries.affected(conn, references=list(references), now=now)
    return [AffectedRow(**{**row, "services": _wishes(row["services"])}) async for row in rows]


async def lock_appointments(conn: Connection, office_id: int, references: Iterable[str]) -> set[str]:
    """Keep other verbs away from these appointments until the transaction ends; gives the office's own."""
    rows = _queries.lock_appointments(conn, office_id=office_id, references=sorted(references))
    return {row["reference"] async for row in rows}


async def lock_days(conn: Connection, days: Iterable[tuple[int, date]]) -> None:
    """Keep bookings away from these days (office id, day) until the transaction ends."""
    pairs = sorted(set(days))
    rows = _queries.lock_days(
        conn, office_ids=[office_id for office_id, _ in pairs], days=[day for _, day in pairs]
    )
    async for _ in rows:
        pass


async def serving_pools(
    conn: Connection, services: Sequence[ServiceWish], persons: int, offices: Sequence[str]
) -> list[ServingPool]:
    """Give the pools that can serve a visit alone, in the order in which a move asks them."""
    wanted = wanted_services(services, list(offices), persons)
    rows = _queries.serving_pools(conn, **msgspec.structs.asdict(wanted))
    return [ServingPool(**row) async for row in rows]


async def open_days(
    conn: Connection, offices: Sequence[str], first_day: date, last_day: date
) -> list[OpenDay]:
    """Give the pool-days of offices that have any place left."""
    rows = _queries.open_days(conn, offices=list(offices), first_day=first_day, last_day=last_day)
    return [
        OpenDay(
            row["office"],
            row["time_zone"],
            row["pool_id"],
            row["day"],
            Left(
                _planes(row["planes"]),
                *(
                    None if row[column] is None else _planes(row[column])
                    for column in ("counter_planes", "phone_planes", "online_planes")
                ),
            ),
        )
        async for row in rows
    ]


async def affected_parties(conn: Connection, office_id: int, now: datetime) -> list[AffectedPartyRow]:
    """Give the parties of an office's coming hours for whom there are no places, earliest first."""
    rows = _queries.affected_parties(conn, office_id=office_id, now=now)
    return [AffectedPartyRow(**{**row, "title": _texts(row["title"])}) async for row in rows]


async def lock_parties(conn: Connection, office_id: int, references: Iterable[str]) -> set[str]:
    """Keep other verbs away from these bookings until the transaction ends; gives the office's own."""
    rows = _queries.lock_parties(conn, office_id=office_id, references=sorted(references))
    return {row["reference"] async for row in rows}


async def lock_hours(
    conn: Connection, office_id: int, references: Iterable[str], starts: Iterable[datetime]
) -> None:
    """Keep bookings away from the hours of these parties, and from those of the office that begin then."""
    rows = _queries.lock_hours(
        conn, office_id=office_id, references=sorted(references), starts=sorted(set(starts))
    )
    async for _ in rows:
        pass


async def open_hours(conn: Connection, office: Office, codes: Sequence[str], now: datetime) -> list[OpenHour]:
    """Give the office's coming hours of these kinds that have any place left, earliest first."""
    rows = _queries.open_hours(conn, office_id=office.id, codes=list(codes), now=now)
    return [
        OpenHour(
            row["code"],
            row["starts_at"].astimezone(office.zone),
            row["ends_at"].astimezone(office.zone),
            row["most_party"],
            row["places_left"],
        )
        async for row in rows
    ]


def _planes(bits: Iterable[BitString]) -> Planes:
    return [plane.to_int() for plane in bits]


async def pool_day_figures(
    conn: Connection, office_id: int, first_day: date, last_day: date, now: datetime
) -> list[PoolDayFigures]:
    """Give how full each pool's day is, by day and pool."""
    rows = _queries.pool_day_figures(
        conn, office_id=office_id, first_day=first_day, last_day=last_day, now=now
    )
    return [PoolDayFigures(**row) async for row in rows]
