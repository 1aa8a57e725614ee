"""The only caller of ``sql/queries/forecast.sql``."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from queue_service.forecast.calibration import Calibration
from queue_service.forecast.knowledge import Knowledge
from queue_service.forecast.model import Spread
from queue_service.platform.queries import Connection, load_queries
from queue_service.queueing.hall_outlook import HallOutlook
from queue_service.queueing.told_waits import HallWaits, NewcomerWait, ToldWait, VisitorWaits

_queries: Any = load_queries("forecast")
_hall_waits = msgspec.json.Decoder(HallWaits | None).decode
_told = msgspec.json.Decoder(ToldWait).decode
_newcomer = msgspec.json.Decoder(NewcomerWait).decode
_outlook = msgspec.json.Decoder(HallOutlook).decode
_spread = msgspec.json.Decoder(Spread).decode


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


class TicketForecast(msgspec.Struct, frozen=True):
    """What the last forecast says of one ticket."""

    own: ToldWait | None
    newcomer: NewcomerWait | None
    visitor_class: str
    hour: int


class KeptPromise(msgspec.Struct, frozen=True):
    """What a visitor was told with the number, and what came of it."""

    told_at: datetime
    visitor_class: str
    hour: int
    told: Spread
    simulated: Spread
    waited: float


class VisitRecord(msgspec.Struct, frozen=True):
    """A past visit up to the end of its first time at a counter."""

    number: str
    visitor_class: str
    services: list[str]
    arrived_at: datetime
    appointment_at: datetime | None
    called_at: datetime | None
    finished_at: datetime | None
    end_verb: str | None
    counter: str | None
    """Its number: who sat there is nobody's business."""
    left_at: datetime | None


class KnownFacts(msgspec.Struct, frozen=True):
    """What an office has learned, and when."""

    learned_at: datetime
    body: Knowledge


async def try_to_be_alone(conn: Connection) -> bool:
    """Whether this connection makes the forecasts from now on."""
    return bool(await _queries.try_to_be_alone(conn))


async def let_go(conn: Connection) -> None:
    """Leave the forecasts to another."""
    await _queries.let_go(conn)


async def offices_due(conn: Connection, rested_before: datetime) -> list[str]:
    """The offices that need another forecast now, by slug."""
    return [row["slug"] async for row in _queries.offices_due(conn, rested_before=rested_before)]


async def cycle_place(conn: Connection, office_id: int) -> int:
    """The office's place in its cycle of appointments and walk-ins."""
    return await _queries.cycle_place(conn, office_id=office_id) or 0


async def lock_told(conn: Connection, office_id: int) -> HallWaits | None:
    """What the screens were told last; nobody else tells them until this transaction ends."""
    told = await _queries.lock_told(conn, office_id=office_id)
    return _hall_waits(told) if told else None


async def tell_screens(conn: Connection, office_id: int, told: HallWaits, now: datetime) -> int:
    """Tell every screen; returns the version of the change."""
    version: int = await _queries.tell_screens(conn, office_id=office_id, told=_json(told), now=now)
    return version


async def keep_forecast(
    conn: Connection, office_id: int, version: int, told: HallWaits, body: VisitorWaits, now: datetime
) -> None:
    """Keep the last forecast."""
    await _queries.keep_forecast(
        conn, office_id=office_id, version=version, told=_json(told), body=_json(body), now=now
    )


async def outlook_made_at(conn: Connection, office_id: int) -> datetime | None:
    """When the office's outlook was made; None when it has none that says anything."""
    made: datetime | None = await _queries.outlook_made_at(conn, office_id=office_id)
    return made


async def keep_outlook(conn: Connection, office_id: int, outlook: HallOutlook, now: datetime) -> None:
    """Replace the office's outlook."""
    await _queries.keep_outlook(conn, office_id=office_id, body=_json(outlook), now=now)


async def find_outlook(conn: Connection, office_id: int, since: datetime) -> HallOutlook | None:
    """The office's outlook; None when it is older."""
    body = await _queries.find_outlook(conn, office_id=office_id, since=since)
    return _outlook(body) if body else None


async def offices_lapsed(conn: Connection, before: datetime) -> list[int]:
    """Offices whose screens show an older forecast."""
    return [row["office_id"] async for row in _queries.offices_lapsed(conn, before=before)]


async def lapse_forecast(conn: Connection, office_id: int, before: datetime, now: datetime) -> bool:
    """Take an old forecast from the screens; False when somebody was faster."""
    version = await _queries.lapse_forecast(conn, office_id=office_id, before=before, now=now)
    return version is not None


async def ticket_forecast(
    conn: Connection, office_id: int, ticket_id: UUID, since: datetime
) -> TicketForecast | None:
    """What a forecast that is young enough says of a ticket; None without one."""
    row = await _queries.ticket_forecast(conn, office_id=office_id, ticket_id=ticket_id, since=since)
    if row is None:
        return None
    return TicketForecast(
        own=_told(row["own"]) if row["own"] else None,
        newcomer=_newcomer(row["newcomer"]) if row["newcomer"] else None,
        visitor_class=row["visitor_class"],
        hour=row["hour"],
    )


async def newcomer_forecast(
    conn: Connection, office_id: int, visitor_class: str, reach: str, since: datetime
) -> NewcomerWait | None:
    """What a forecast that is young enough says to somebody who comes now; None without one."""
    found = await _queries.newcomer_forecast(
        conn, office_id=office_id, visitor_class=visitor_class, reach=reach, since=since
    )
    return _newcomer(found) if found else None


async def note_told(
    conn: Connection,
    office_id: int,
    ticket_id: UUID,
    visitor_class: str,
    hour: int,
    told: Spread,
    simulated: Spread,
    now: datetime,
) -> None:
    """Keep what a visitor is told with the number."""
    await _queries.note_told(
        conn,
        office_id=office_id,
        ticket_id=ticket_id,
        visitor_class=visitor_class,
        hour=hour,
        told=_json(told),
        simulated=_json(simulated),
        now=now,
    )


def _promise(row: Any) -> KeptPromise:
    return KeptPromise(**{**row, "told": _spread(row["told"]), "simulated": _spread(row["simulated"])})


async def observe_waits(conn: Connection, office_id: int, since: datetime) -> list[KeptPromise]:
    """The promises made since then whose waits have ended, each given once."""
    return [_promise(row) async for row in _queries.observe_waits(conn, office_id=office_id, since=since)]


async def kept_promises(conn: Connection, office_id: int, since: datetime, limit: int) -> list[KeptPromise]:
    """The last promises whose waits have ended, the latest first."""
    rows = _queries.kept_promises(conn, office_id=office_id, since=since, limit=limit)
    return [_promise(row) async for row in rows]


async def forget_told(conn: Connection, before: datetime) -> None:
    """Delete older promises."""
    await _queries.forget_told(conn, before=before)


async def find_knowledge(conn: Connection, office_id: int) -> KnownFacts | None:
    """What the office has learned; None before its first night."""
    row = await _queries.find_knowledge(conn, office_id=office_id)
    return KnownFacts(row["learned_at"], msgspec.json.decode(row["body"], type=Knowledge)) if row else None


async def keep_knowledge(conn: Connection, office_id: int, knowledge: Knowledge, now: datetime) -> None:
    """Replace what the office has learned."""
    await _queries.keep_knowledge(conn, office_id=office_id, body=_json(knowledge), now=now)


async def find_calibration(conn: Connection, office_id: int) -> Calibration:
    """The office's corrections; those that correct nothing before its first."""
    body = await _queries.find_calibration(conn, office_id=office_id)
    return msgspec.json.decode(body, type=Calibration) if body else Calibration()


async def keep_calibration(conn: Connection, office_id: int, calibration: Calibration) -> None:
    """Replace the office's corrections."""
    await _queries.keep_calibration(conn, office_id=office_id, body=_json(calibration))


async def past_visits(conn: Connection, office_id: int, day: date) -> Sequence[VisitRecord]:
    """Who came on a day, and when each was called and done with."""
    return [VisitRecord(**row) async for row in _queries.past_visits(conn, office_id=office_id, day=day)]
