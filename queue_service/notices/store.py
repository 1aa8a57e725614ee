"""The only caller of ``sql/queries/notices.sql``."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from queue_service.notices.model import (
    AlarmNotice,
    AppointmentNotice,
    ListedMessage,
    MessageState,
    Notice,
    Way,
)
from queue_service.platform.queries import Connection, load_queries

_queries: Any = load_queries("notices")
_encode = msgspec.json.Encoder().encode
_alarm_notice = msgspec.json.Decoder(AlarmNotice).decode
_notice = msgspec.json.Decoder(AppointmentNotice).decode


class Claimed(msgspec.Struct, frozen=True):
    """A message that one sender has for a while, and nobody else."""

    id: UUID
    way: Way
    attempts: int
    """This one included."""
    claim: UUID
    useful_until: datetime
    payload: Notice | None
    """None for what another version has written, and this one can't read."""


class FoundMessage(msgspec.Struct, frozen=True):
    """A message with the place that it belongs to."""

    office_id: int
    authority_id: int
    channel: str | None
    """By which its visit was booked, or is waited for; None of an alarm."""
    message: ListedMessage


class UntouchedMessage(msgspec.Struct, frozen=True):
    """A message that nobody has tried to send."""

    office: str
    id: UUID
    way: Way


async def next_sequence(conn: Connection, office_id: int, visit_id: UUID) -> int:
    """Give the number of the next change of a locked or new visit, from 0."""
    return int(await _queries.next_sequence(conn, office_id=office_id, visit_id=visit_id))


async def enqueue(
    conn: Connection,
    now: datetime,
    office_id: int,
    notice: AppointmentNotice,
    messages: Sequence[tuple[UUID, Way]],
    useful_until: datetime,
) -> None:
    """Write one message for each way, by its new id."""
    await _queries.enqueue(
        conn,
        office_id=office_id,
        ids=[message_id for message_id, _ in messages],
        ways=[way for _, way in messages],
        visit_id=notice.appointment_id,
        reference=notice.reference,
        kind=notice.kind,
        payload=_encode(notice).decode(),
        sequence=notice.sequence,
        useful_until=useful_until,
        now=now,
    )


async def unsent_displacement(conn: Connection, office_id: int, visit_id: UUID) -> AppointmentNotice | None:
    """Give the notice of a move by the office of which nobody has been told, and keep senders from it."""
    rows = [row async for row in _queries.unsent_displacement(conn, office_id=office_id, visit_id=visit_id)]
    return _readable(rows[0]["payload"]) if rows else None


async def withdraw_earlier(conn: Connection, office_id: int, visit_id: UUID) -> None:
    """Take back what has not been sent about a visit."""
    await _queries.withdraw_earlier(conn, office_id=office_id, visit_id=visit_id)


async def withdraw_about_waiting(conn: Connection, entry_ids: Sequence[UUID]) -> None:
    """Take back what has not been sent about these places on the waiting list."""
    await _queries.withdraw_about_waiting(conn, entry_ids=list(entry_ids))


async def claim(
    conn: Connection, now: datetime, way: Way, most: int, claim: UUID, claimed_until: datetime
) -> list[Claimed]:
    """Take the messages that are due, so that no other sender gets them."""
    rows = _queries.claim(conn, way=way, most=most, claim=claim, now=now, claimed_until=claimed_until)
    return [_claimed(dict(row)) async for row in rows]


def _claimed(row: dict[str, Any]) -> Claimed:
    read = _alarm_notice if row.pop("kind") == "alarm" else _notice
    return Claimed(**{**row, "payload": _readable(row["payload"], read)})


def _readable(payload: str, read: Callable[[str], Any] = _notice) -> Any:
    try:
        return read(payload)
    except msgspec.ValidationError:
        return None


async def enqueue_alarm(
    conn: Connection,
    now: datetime,
    office_id: int,
    alarm_id: int,
    notice: AlarmNotice,
    messages: Sequence[tuple[UUID, Way]],
    useful_until: datetime,
) -> None:
    """Write one message for each way, to be sent before everything else."""
    await _queries.enqueue_alarm(
        conn,
        office_id=office_id,
        alarm_id=alarm_id,
        ids=[message_id for message_id, _ in messages],
        ways=[way for _, way in messages],
        payload=_encode(notice).decode(),
        useful_until=useful_until,
        now=now,
    )


async def withdraw_alarm(conn: Connection, office_id: int, alarm_id: int) -> None:
    """Take back what has not been sent about an alarm."""
    await _queries.withdraw_alarm(conn, office_id=office_id, alarm_id=alarm_id)


async def retry_lost_alarms(conn: Connection, now: datetime) -> int:
    """Put alarms back into the queue whose sender has not reported in time; gives how many."""
    return len([row async for row in _queries.retry_lost_alarms(conn, now=now)])


async def note_outcome(
    conn: Connection,
    now: datetime,
    claimed: Claimed,
    state: MessageState,
    error: str | None = None,
    next_attempt_at: datetime | None = None,
) -> bool:
    """Write down what became of a message; False when it is no longer this sender's."""
    noted = await _queries.note_outcome(
        conn,
        id=claimed.id,
        claim=claimed.claim,
        state=state,
        last_error=error,
        next_attempt_at=next_attempt_at,
        now=now,
    )
    return noted is not None


async def lose_claims(conn: Connection, now: datetime) -> int:
    """Call unclear what no sender has reported on in time; gives how many."""
    return len([row async for row in _queries.lose_claims(conn, now=now)])


async def find_message(conn: Connection, message_id: UUID) -> FoundMessage | None:
    """Tell where a message belongs."""
    row = await _queries.find_message(conn, id=message_id)
    if row is None:
        return None
    columns = dict(row)
    place = {name: columns.pop(name) for name in ("office_id", "authority_id", "channel")}
    return FoundMessage(**place, message=ListedMessage(**columns))


async def resend(conn: Connection, now: datetime, message_id: UUID, from_states: Sequence[str]) -> bool:
    """Put a message back into the queue; False when another verb was faster."""
    return await _queries.resend(conn, id=message_id, from_states=from_states, now=now) is not None


async def settle(conn: Connection, message_id: UUID, from_states: Sequence[str]) -> bool:
    """Note that the visitor was told in another way; False when another verb was faster."""
    return await _queries.settle(conn, id=message_id, from_states=from_states) is not None


async def list_messages(
    conn: Connection, office_id: int, states: Sequence[str], channel: str | None, most: int
) -> list[ListedMessage]:
    """Give an office's messages in these states, the newest first."""
    rows = _queries.list_messages(conn, office_id=office_id, states=states, channel=channel, most=most)
    return [ListedMessage(**row) async for row in rows]


async def withdraw_useless(conn: Connection, now: datetime) -> None:
    """Take back what would tell nobody anything any more."""
    await _queries.withdraw_useless(conn, now=now)


async def forget_messages(conn: Connection, before: datetime) -> None:
    """Delete the messages that are over and were of use until before this instant."""
    await _queries.forget_messages(conn, before=before)


async def untouched_since(conn: Connection, before: datetime) -> list[UntouchedMessage]:
    """Give the messages that should have been tried before this instant and never were."""
    return [UntouchedMessage(**row) async for row in _queries.untouched_since(conn, before=before)]
