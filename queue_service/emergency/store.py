"""The only caller of ``sql/queries/emergency.sql``."""

from datetime import datetime

import msgspec

from queue_service.emergency.model import Alarm, AlarmKind
from queue_service.offices.setup_model import EmergencySetup
from queue_service.platform.queries import Connection, load_queries
from queue_service.protocol.stream import HallState

_queries = load_queries("emergency")
_name = msgspec.json.Decoder(dict[str, str]).decode
_contact = msgspec.json.Decoder(EmergencySetup).decode
_alarm = msgspec.json.Decoder(Alarm).decode


async def lock_hall(conn: Connection, office_id: int) -> None:
    """Keep everybody else from publishing until the transaction ends."""
    await _queries.lock_hall(conn, office_id=office_id)


async def raise_alarm(
    conn: Connection, office_id: int, kind: AlarmKind, counter_id: int | None, actor: str, now: datetime
) -> int | None:
    """Open an alarm; None when the same is open."""
    alarm_id: int | None = await _queries.raise_alarm(
        conn, office_id=office_id, kind=kind, counter_id=counter_id, actor=actor, now=now
    )
    return alarm_id


async def open_alarm(conn: Connection, office_id: int, kind: AlarmKind, actor: str) -> int | None:
    """The open alarm of this kind, or of this person."""
    alarm_id: int | None = await _queries.open_alarm(conn, office_id=office_id, kind=kind, actor=actor)
    return alarm_id


async def acknowledge_alarm(
    conn: Connection, office_id: int, alarm_id: int, actor: str, now: datetime
) -> bool:
    """Note who is on the way; False when nobody has to be."""
    done = await _queries.acknowledge_alarm(
        conn, office_id=office_id, alarm_id=alarm_id, actor=actor, now=now
    )
    return done is not None


async def end_alarm(conn: Connection, office_id: int, alarm_id: int, actor: str, now: datetime) -> bool:
    """End an alarm; False when it is over."""
    done = await _queries.end_alarm(conn, office_id=office_id, alarm_id=alarm_id, actor=actor, now=now)
    return done is not None


async def publish_alarm(
    conn: Connection, office_id: int, alarm_id: int, staff_kind: str | None, now: datetime
) -> Alarm:
    """Tell the office's screens; the alarm must exist."""
    row = await _queries.publish_alarm(
        conn, office_id=office_id, alarm_id=alarm_id, staff_kind=staff_kind, now=now
    )
    return _alarm(row["alarm"])


class AlarmPlace(msgspec.Struct, frozen=True):
    """Where an alarm was raised, and whom its office has named for it."""

    authority: str
    authority_name: dict[str, str]
    office: dict[str, str]
    time_zone: str
    counter: dict[str, str] | None
    at: datetime
    contact: EmergencySetup


async def alarm_place(conn: Connection, office_id: int, alarm_id: int) -> AlarmPlace:
    """What there is to tell of an alarm that exists."""
    row = await _queries.alarm_place(conn, office_id=office_id, alarm_id=alarm_id)
    return AlarmPlace(
        row["authority"],
        _name(row["authority_name"]),
        _name(row["office"]),
        row["time_zone"],
        _name(row["counter"]) if row["counter"] else None,
        row["at"],
        _contact(row["contact"]) if row["contact"] else EmergencySetup(),
    )


async def find_alarm(conn: Connection, office_id: int, alarm_id: int) -> Alarm | None:
    """One alarm of the office."""
    text = await _queries.find_alarm(conn, office_id=office_id, alarm_id=alarm_id)
    return _alarm(text) if text is not None else None


async def alarms_since(conn: Connection, office_id: int, since: datetime) -> list[Alarm]:
    """Open alarms and those raised since then."""
    return [
        _alarm(row["alarm"]) async for row in _queries.alarms_since(conn, office_id=office_id, since=since)
    ]


async def hall_now(conn: Connection, office_id: int) -> HallState:
    """What stands over the hall."""
    state: HallState = await _queries.hall_now(conn, office_id=office_id)
    return state


async def own_counter(conn: Connection, office_id: int, user_id: int | None) -> int | None:
    """Where the person sits in this office."""
    counter_id: int | None = await _queries.own_counter(conn, office_id=office_id, user_id=user_id)
    return counter_id


async def forget_alarms(conn: Connection, before: datetime) -> None:
    """Delete alarms that were over by then."""
    await _queries.forget_alarms(conn, before=before)
