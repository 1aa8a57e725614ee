"""The verbs of a message, but its sending: connection and time are arguments."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from msgspec.structs import replace

from queue_service.notices import store
from queue_service.notices.by_sms import is_mobile
from queue_service.notices.lifecycle import MESSAGE
from queue_service.notices.model import AlarmNotice, AppointmentNotice, ListedMessage, MessageState, Way
from queue_service.notices.store import FoundMessage
from queue_service.platform.errors import IllegalTransition, MessageNotFound
from queue_service.platform.queries import Connection

KEPT_AFTER_VISIT = timedelta(days=30)
"""How long it is known that something was sent; what it said is gone by then."""
ALARM_USEFUL = timedelta(minutes=30)
"""Whoever hears of an alarm later than that hears of it in another way."""
UNTOUCHED = timedelta(days=1)
"""A message that nobody has tried for so long means that no process sends at all."""
MOST_LISTED = 200
BY_STAFF = ("resend", "settle")
"""Verbs that somebody may ask for; the others follow from what happens."""


async def next_sequence(conn: Connection, office_id: int, visit_id: UUID) -> int:
    """Give the number of a change for ``AppointmentNotice.sequence``.

    The caller has the appointment, or the booking of an hour, locked, or has just made it.
    """
    return await store.next_sequence(conn, office_id, visit_id)


async def enqueue(
    conn: Connection, now: datetime, office_id: int, notice: AppointmentNotice, ways: Sequence[Way]
) -> None:
    """Write a message for each way, inside the transaction of what it tells.

    What is older and has not been sent about this visit is taken back; a reminder changes
    nothing, and so takes nothing back. Whoever would hear of two changes by the office at once hears of
    one, from the place that they know.
    """
    told = await _from_known_place(conn, now, office_id, notice)
    if notice.kind != "reminder":
        await withdraw(conn, office_id, notice.appointment_id)
    useful_until = notice.respond_by or notice.end
    messages = [(uuid4(), way) for way in ways]
    await store.enqueue(conn, now, office_id, told, messages, useful_until)


async def _from_known_place(
    conn: Connection, now: datetime, office_id: int, notice: AppointmentNotice
) -> AppointmentNotice:
    """Give what the office has done since something about this visit last left the house.

    What visitors change themselves, they know before it.
    """
    if notice.kind not in {"displaced", "called_off"}:
        return notice
    unsent = await store.unsent_displacement(conn, office_id, notice.appointment_id)
    if unsent is None or unsent.previous_start is None or unsent.previous_start <= now:
        return notice
    known_start, known_office = unsent.previous_start, unsent.previous_office or unsent.office
    if notice.kind == "displaced":
        former = known_office if known_office.slug != notice.office.slug else None
        if former is None and known_start == notice.start:
            # Back where it is known to be: a confirmation, which may never have left, misleads nobody.
            return replace(notice, kind="booked", previous_start=None, previous_office=None, reason=None)
        return replace(notice, previous_start=known_start, previous_office=former)
    end = known_start + (notice.end - notice.start)
    return replace(notice, start=known_start, end=end, office=known_office)


async def withdraw(conn: Connection, office_id: int, visit_id: UUID) -> None:
    """Take back what has not been sent about an appointment, or the booking of an hour."""
    await store.withdraw_earlier(conn, office_id, visit_id)


async def enqueue_alarm(
    conn: Connection, now: datetime, office_id: int, alarm_id: int, notice: AlarmNotice
) -> None:
    """Write a message to the office's emergency contact, inside the alarm's transaction.

    By e-mail where there is an address, and as a text message where the telephone is a mobile one.
    """
    to = notice.recipient
    ways: list[Way] = []
    if to.email:
        ways.append("email")
    if to.phone and is_mobile(to.phone):
        ways.append("sms")
    messages = [(uuid4(), way) for way in ways]
    await store.enqueue_alarm(conn, now, office_id, alarm_id, notice, messages, now + ALARM_USEFUL)


async def withdraw_alarm(conn: Connection, office_id: int, alarm_id: int) -> None:
    """Take back what has not been sent about an alarm that is over."""
    await store.withdraw_alarm(conn, office_id, alarm_id)


async def withdraw_about_waiting(conn: Connection, entry_ids: Sequence[UUID]) -> None:
    """Take back what has not been sent about these people's places on the waiting list."""
    await store.withdraw_about_waiting(conn, entry_ids)


async def find(conn: Connection, message_id: UUID) -> FoundMessage:
    """Tell where a message belongs; raises MessageNotFound."""
    found = await store.find_message(conn, message_id)
    if found is None:
        raise MessageNotFound
    return found


async def list_messages(
    conn: Connection, office_id: int, states: Sequence[MessageState], channel: str | None
) -> list[ListedMessage]:
    """Give an office's messages in these states, the newest first; of one channel, or of all."""
    return await store.list_messages(conn, office_id, states, channel, MOST_LISTED)


async def resend(conn: Connection, now: datetime, message_id: UUID) -> ListedMessage:
    """Let a message be sent once more, because a human being decided so.

    Raises MessageNotFound, IllegalTransition.
    """
    changed = await store.resend(conn, now, message_id, MESSAGE.sources("resend"))
    return await _after(conn, message_id, changed)


async def settle(conn: Connection, message_id: UUID) -> ListedMessage:
    """Note that the visitor was told in another way.

    Raises MessageNotFound, IllegalTransition.
    """
    changed = await store.settle(conn, message_id, MESSAGE.sources("settle"))
    return await _after(conn, message_id, changed)


async def _after(conn: Connection, message_id: UUID, changed: bool) -> ListedMessage:
    message = (await find(conn, message_id)).message
    if not changed:
        raise IllegalTransition(
            "The message's state does not allow that.",
            state=message.state,
            allowed=[verb for verb in MESSAGE.allowed(message.state) if verb in BY_STAFF],
        )
    return message


async def tidy_up(conn: Connection, now: datetime) -> None:
    """Take back what is of no use any more, and forget what is long over."""
    await store.withdraw_useless(conn, now)
    await store.forget_messages(conn, before=now - KEPT_AFTER_VISIT)


async def broken_invariants(conn: Connection, now: datetime) -> list[str]:
    """Return a sentence for each message that should have been tried long ago."""
    return [
        f"message {message.id} of {message.office} by {message.way} has not been tried for a day"
        for message in await store.untouched_since(conn, now - UNTOUCHED)
    ]
