"""Sends what is in the outbox: every process does, and each message is one process's alone.

A message is claimed in a transaction of its own before anything leaves the house, and what became
of it is written down afterwards. A process that dies in between leaves it "sending"; once its claim
is over, another process calls it unclear and shows it to staff. So after a crash nothing is sent
twice, and nothing is lost unseen.
"""

import asyncio
import traceback
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import msgspec
import structlog

from queue_service.notices import store
from queue_service.notices.alarm_notice import alarm_message
from queue_service.notices.authority_texts import own_texts
from queue_service.notices.back_off import next_alarm_attempt, next_attempt
from queue_service.notices.carrier import (
    Carrier,
    NotDeliveredError,
    NotReachedError,
    Outgoing,
    RefusedError,
    UnclearError,
)
from queue_service.notices.model import (
    AlarmNotice,
    AppointmentNotice,
    MessageState,
    Notice,
    Way,
    with_address,
)
from queue_service.notices.store import Claimed
from queue_service.notices.texts import compose
from queue_service.platform.clock import Clock
from queue_service.platform.database import Database
from queue_service.platform.errors import Unavailable
from queue_service.platform.queries import Connection

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0
"""How long a new message may lie before somebody looks. A look costs one index probe; a hint of the
database would be quicker, and would need this look as well for what is to be tried again."""
AT_ONCE = 4
"""Messages of one way that a process hands over side by side."""
CLAIM = timedelta(minutes=5)
"""How long a sender has a message to itself: longer than all time-outs of a hand-over together."""
LAST_SECONDS = 8.0
"""How long messages under way may take when the process is told to end."""


class Post(msgspec.Struct, frozen=True):
    """What sending needs: the database, the time, and the ways that lead to visitors."""

    database: Database
    clock: Clock
    carriers: Mapping[Way, Carrier]
    visitor_url: str
    """Where links in messages lead."""


class Outcome(msgspec.Struct, frozen=True):
    """What became of an attempt."""

    state: MessageState
    error: str | None = None
    next_attempt_at: datetime | None = None


async def keep_sending(post: Post, ending: asyncio.Event) -> None:
    """Send what is due until ``ending`` is set; what is under way then is finished."""
    async with asyncio.TaskGroup() as ways:
        for way in post.carriers:
            ways.create_task(_keep_sending(post, way, ending), name=f"sending by {way}")


async def _keep_sending(post: Post, way: Way, ending: asyncio.Event) -> None:
    """Each way by itself, so that a slow mail server holds up no text message."""
    while not ending.is_set():
        sent = 0
        try:
            sent = await send_due(post, way)
        except Unavailable:
            pass  # for a moment; the next look finds what this one could not
        except Exception:
            # A fault of ours is recorded; the other ways, and the next look, must go on.
            log.exception("sending_failed", way=way)
        if not sent:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await ending.wait()


async def send_due(post: Post, way: Way) -> int:
    """Hand over some of the messages that are due by this way; gives how many there were.

    Raises Unavailable.
    """
    now = post.clock()
    async with post.database.transaction() as conn:
        claimed = await store.claim(conn, now, way, AT_ONCE, uuid4(), now + CLAIM)
        own = [await _own_texts(conn, message) for message in claimed]
    # From here on each of them may be in somebody's hands, whatever happens to this process.
    await asyncio.gather(*(_send(post, *message) for message in zip(claimed, own, strict=True)))
    return len(claimed)


async def _own_texts(conn: Connection, claimed: Claimed) -> Mapping[str, str]:
    told = claimed.payload
    if not isinstance(told, AppointmentNotice):
        return {}
    return await own_texts(conn, told.authority.slug, told.kind, claimed.way)


async def _send(post: Post, claimed: Claimed, own: Mapping[str, str]) -> None:
    outcome = await _hand_over(post, claimed, own)
    if outcome.state == "sent":
        log.info("message_sent", way=claimed.way)
    else:
        log.warning("message_not_sent", way=claimed.way, state=outcome.state, error=outcome.error)
    # What can't be noted down is called unclear once the claim is over.
    with suppress(Unavailable):
        async with post.database.connection() as conn:
            await store.note_outcome(
                conn, post.clock(), claimed, outcome.state, outcome.error, outcome.next_attempt_at
            )


async def _hand_over(post: Post, claimed: Claimed, own: Mapping[str, str]) -> Outcome:
    """Try once, and judge by what happened what is to become of the message."""
    if claimed.payload is None:
        return Outcome("failed", "unreadable")
    try:
        await post.carriers[claimed.way].hand_over(_worded(post, claimed, claimed.payload, own))
    except RefusedError as refused:
        return Outcome("failed", refused.code)
    except (NotReachedError, UnclearError) as away:
        # An alarm twice is better than none; of everything else a human being decides.
        sure = isinstance(away, NotReachedError) or isinstance(claimed.payload, AlarmNotice)
        return _again(post, claimed, away) if sure else Outcome("unclear", away.code)
    except Exception as fault:  # noqa: BLE001  # recorded, and shown to staff
        # A fault of ours. Its own words, and those of its causes, may quote the message.
        log.error("message_fault", way=claimed.way, error=type(fault).__name__, at=_place(fault))  # noqa: TRY400
        return Outcome("unclear", "fault")
    return Outcome("sent")


def _worded(post: Post, claimed: Claimed, notice: Notice, own: Mapping[str, str]) -> Outgoing:
    if isinstance(notice, AlarmNotice):
        return Outgoing(claimed.id, notice, alarm_message(notice), post.clock())
    notice = with_address(notice, post.visitor_url)
    return Outgoing(claimed.id, notice, compose(notice, claimed.way, own), post.clock())


def _again(post: Post, claimed: Claimed, why: NotDeliveredError) -> Outcome:
    is_alarm = isinstance(claimed.payload, AlarmNotice)
    again = (next_alarm_attempt if is_alarm else next_attempt)(post.clock(), claimed.attempts)
    # Too late to be of use is never: staff hear of it while they can still do something.
    in_time = again is not None and again < claimed.useful_until
    return Outcome("queued" if in_time else "failed", why.code, again)


def _place(fault: Exception) -> str:
    """Tell in which line something went wrong."""
    frame = traceback.extract_tb(fault.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"


async def note_lost(conn: Connection, now: datetime) -> None:
    """Call unclear what no sender has reported on in time; alarms are sent again."""
    alarms = await store.retry_lost_alarms(conn, now)
    if alarms:
        log.error("alarms_sent_again", messages=alarms)
    lost = await store.lose_claims(conn, now)
    if lost:
        log.error("messages_unclear", messages=lost)
