"""Which calls still have to be said: none lost, none twice, none that nobody waits for any more."""

from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog

from display.announced_calls import AnnouncedCalls, Unsaid
from queue_service.protocol.stream import Call, DisplaySnapshot

CALL_IS_SAID_FOR = timedelta(minutes=2)
"""Age up to which a call is said: one that was missed (outage, restart), or that waits behind many others.

About as long as a clerk waits before a visitor counts as not appeared; later the announcement
would send somebody to a counter that serves another by now.
"""

log = structlog.get_logger(__name__)


class _Waiting(NamedTuple):
    call: Call
    until: datetime
    """By the service's clock: then it is too old."""


class CallLedger:
    """Calls that came in, in the order of their versions, until each has been said or can't be any more.

    A call enters once: ``_entered`` is the highest version seen, and versions of an office
    only grow. A snapshot that is behind it comes from a service that began anew. Whatever is not
    said is logged with the reason, and remembered like what is.
    """

    def __init__(self, announced: AnnouncedCalls, concerns: Callable[[Call], bool] = lambda _: True) -> None:
        """``concerns`` tells the calls that are to be said here from those of other parts of the house."""
        self._announced = announced
        self._entered = announced.highest
        self._waiting: deque[_Waiting] = deque()
        self._concerns = concerns

    @property
    def waiting(self) -> tuple[Call, ...]:
        """Calls still to be said, oldest first."""
        return tuple(waiting.call for waiting in self._waiting)

    @property
    def announced(self) -> AnnouncedCalls:
        """What has been said, and what was not and why."""
        return self._announced

    def begin(self, snapshot: DisplaySnapshot, service_now: datetime) -> None:
        """Enter the calls of a snapshot that were not seen before and are young enough to be said."""
        if snapshot.office.slug != self._announced.office or snapshot.version < self._entered:
            self._announced = AnnouncedCalls(office=snapshot.office.slug)
            self._entered = 0
            self._waiting.clear()
        unseen = sorted(
            (call for call in snapshot.calls if call.version > self._entered), key=lambda call: call.version
        )
        for call in unseen:
            self._enter(_Waiting(call, call.at + CALL_IS_SAID_FOR))
        self._entered = max(self._entered, snapshot.version)
        self.expire(service_now)

    def follow(self, call: Call, service_now: datetime) -> None:
        """Enter a call that has just been made, whatever its own instant says."""
        self._enter(_Waiting(call, service_now + CALL_IS_SAID_FOR))
        self._entered = max(self._entered, call.version)

    def expire(self, service_now: datetime) -> None:
        """Take out what has become too old to be said."""
        late = [waiting.call for waiting in self._waiting if waiting.until < service_now]
        self._waiting = deque(waiting for waiting in self._waiting if waiting.until >= service_now)
        self._leave_unsaid(late, "too_old")

    def take(self, at: datetime, most: int = 1) -> list[Call]:
        """Take out the next calls, ``most`` or fewer, and note that they are said from ``at`` on."""
        taken = [self._waiting.popleft().call for _ in range(min(most, len(self._waiting)))]
        for call in taken:
            self.note_start(call, at)
        return taken

    def drop_waiting(self) -> None:
        """Say none of the calls that still wait: nobody may go to a counter now."""
        dropped = self.waiting
        self._waiting.clear()
        self._leave_unsaid(dropped, "everybody_leaves")

    def note_start(self, call: Call, at: datetime) -> None:
        """Note when the sound of a call that was taken really began."""
        self._announced = self._announced.with_call(call.version, at)

    def note_silence(self, call: Call, why: Unsaid) -> None:
        """Note that a call that was taken has its turn on the wall alone."""
        self._leave_unsaid([call], why)

    def _enter(self, waiting: _Waiting) -> None:
        if self._concerns(waiting.call):
            self._waiting.append(waiting)
        else:
            self._leave_unsaid([waiting.call], "other_zone")

    def _leave_unsaid(self, calls: Iterable[Call], why: Unsaid) -> None:
        for call in calls:
            log.info("call_not_said", version=call.version, why=why)
            self._announced = self._announced.without_call(call.version, why)
