"""The verbs of an emergency, each in a transaction of the caller; time is an argument.

Every one of them locks the office's line of versions before it looks: what a change says of the hall
is what the hall is at that version, also when two people press at the same moment.
"""

import re
from datetime import datetime, timedelta
from typing import Literal

from queue_service.emergency import store
from queue_service.emergency.model import Alarm, Alarms, HallAlarmKind
from queue_service.notices import service as notices
from queue_service.notices.model import AlarmNotice, NoticedAuthority, Recipient
from queue_service.platform import errors
from queue_service.platform.queries import Connection

ALARMS_LISTED = timedelta(hours=24)
"""A team lead looks back at a day."""
ALARMS_KEPT = timedelta(days=30)
"""As long as calls are kept with who made them (privacy: anonymous after 30 days)."""


async def call_for_help(
    conn: Connection, now: datetime, office_id: int, actor: str, user_id: int | None
) -> Alarm:
    """Raise this person's alarm, at the counter where they sit; pressing again changes nothing."""
    await store.lock_hall(conn, office_id)
    counter_id = await store.own_counter(conn, office_id, user_id)
    raised = await store.raise_alarm(conn, office_id, "staff", counter_id, actor, now)
    if raised is not None:
        await _tell_contact(conn, now, office_id, raised, "staff")
        return await store.publish_alarm(conn, office_id, raised, "alarm.raised", now)
    return await _find(conn, office_id, await store.open_alarm(conn, office_id, "staff", actor))


async def acknowledge(conn: Connection, now: datetime, office_id: int, alarm_id: int, actor: str) -> Alarm:
    """Say that one is on the way to a colleague; the first who says so stands in it.

    Raises AlarmNotFound, AlarmOver.
    """
    await store.lock_hall(conn, office_id)
    if await store.acknowledge_alarm(conn, office_id, alarm_id, actor, now):
        return await store.publish_alarm(conn, office_id, alarm_id, "alarm.acknowledged", now)
    known = await _find(conn, office_id, alarm_id)
    if known.kind != "staff":
        raise errors.AlarmNotFound
    if known.ended_at is not None:
        raise errors.AlarmOver
    return known


async def end_help(
    conn: Connection, now: datetime, office_id: int, alarm_id: int, actor: str, *, leads: bool
) -> Alarm:
    """End a call for help: whoever raised it, or a team lead; ending it again changes nothing.

    Raises AlarmNotFound, NotPermitted.
    """
    await store.lock_hall(conn, office_id)
    known = await _find(conn, office_id, alarm_id)
    if known.kind != "staff":
        raise errors.AlarmNotFound
    if not leads and known.raised_by != actor:
        raise errors.NotPermitted("Only whoever raised an alarm, or a team lead, may end it.")
    if not await store.end_alarm(conn, office_id, alarm_id, actor, now):
        return known
    await notices.withdraw_alarm(conn, office_id, alarm_id)
    return await store.publish_alarm(conn, office_id, alarm_id, "alarm.ended", now)


async def close_hall(
    conn: Connection, now: datetime, office_id: int, kind: HallAlarmKind, actor: str
) -> Alarm:
    """Let everybody leave, or pause the calling; when it stands already, nothing changes."""
    await store.lock_hall(conn, office_id)
    raised = await store.raise_alarm(conn, office_id, kind, None, actor, now)
    if raised is not None:
        if kind == "leave":
            await _tell_contact(conn, now, office_id, raised, kind)
        return await store.publish_alarm(conn, office_id, raised, None, now)
    return await _find(conn, office_id, await store.open_alarm(conn, office_id, kind, actor))


async def reopen_hall(
    conn: Connection, now: datetime, office_id: int, kind: HallAlarmKind, actor: str
) -> None:
    """End the leaving, or the pause, and never the other by mistake; nothing when it is over already."""
    await store.lock_hall(conn, office_id)
    alarm_id = await store.open_alarm(conn, office_id, kind, actor)
    if alarm_id is not None and await store.end_alarm(conn, office_id, alarm_id, actor, now):
        await notices.withdraw_alarm(conn, office_id, alarm_id)
        await store.publish_alarm(conn, office_id, alarm_id, None, now)


async def alarms(conn: Connection, now: datetime, office_id: int) -> Alarms:
    """Return the hall as it is, and its alarms of the last day."""
    items = await store.alarms_since(conn, office_id, now - ALARMS_LISTED)
    return Alarms(await store.hall_now(conn, office_id), items)


async def require_open_hall(conn: Connection, office_id: int) -> None:
    """Raise HallClosed while nobody may be called."""
    hall = await store.hall_now(conn, office_id)
    if hall != "open":
        raise errors.HallClosed(hall=hall)


async def forget_alarms(conn: Connection, now: datetime) -> None:
    """Delete alarms that were kept long enough."""
    await store.forget_alarms(conn, now - ALARMS_KEPT)


async def _tell_contact(
    conn: Connection, now: datetime, office_id: int, alarm_id: int, kind: Literal["staff", "leave"]
) -> None:
    """Write to whom the office has named; it leaves the house when the alarm stands."""
    place = await store.alarm_place(conn, office_id, alarm_id)
    to = place.contact
    notice = AlarmNotice(
        alarm=kind,
        authority=NoticedAuthority(place.authority, place.authority_name),
        office=place.office,
        counter=place.counter,
        at=place.at,
        time_zone=place.time_zone,
        recipient=Recipient(phone=as_dialled(to.phone), email=to.email, language=to.language),
    )
    await notices.enqueue_alarm(conn, now, office_id, alarm_id, notice)


def as_dialled(printed: str | None) -> str | None:
    """Return a number in E.164 that is printed with spaces and hyphens; None for 115 and its like."""
    return re.sub(r"[ -]", "", printed) if printed and printed.startswith("+") else None


async def _find(conn: Connection, office_id: int, alarm_id: int | None) -> Alarm:
    known = await store.find_alarm(conn, office_id, alarm_id) if alarm_id is not None else None
    if known is None:
        raise errors.AlarmNotFound
    return known
