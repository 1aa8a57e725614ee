"""Which calls still have to be said: none lost, none twice, none that nobody waits for any more."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta

from display.announced_calls import AnnouncedCalls
from queue_service.protocol.stream import Call, DisplaySnapshot

MISSED_CALL_IS_SAID_FOR = timedelta(minutes=2)
"""Age up to which a call that was missed (outage, restart) is said after all.

About as long as a clerk waits before a visitor counts as not appeared; later the announcement
would send somebody to a counter that serves another by now.
"""


class CallLedger:
    """Calls that came in, in the order of their versions, until each has been said.

    A call enters once: ``_entered`` is the highest version seen, and versions of an office
    only grow. A snapshot that is behind it comes from a service that began anew.
    """

    def __init__(self, announced: AnnouncedCalls) -> None:
        self._announced = announced
        self._entered = announced.highest
        self._waiting: deque[Call] = deque()

    @property
    def waiting(self) -> tuple[Call, ...]:
        """Calls still to be said, oldest first."""
        return tuple(self._waiting)

    @property
    def announced(self) -> AnnouncedCalls:
        """What has been said."""
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
        self._enter(call for call in unseen if service_now - call.at <= MISSED_CALL_IS_SAID_FOR)
        self._entered = max(self._entered, snapshot.version)

    def follow(self, call: Call) -> None:
        """Enter a call that has just been made."""
        self._enter([call])
        self._entered = max(self._entered, call.version)

    def take(self, at: datetime) -> Call:
        """Take out the next call and note that it is said from ``at`` on; IndexError when none waits."""
        call = self._waiting.popleft()
        self.note_start(call, at)
        return call

    def drop_waiting(self) -> None:
        """Say none of the calls that still wait: nobody may go to a counter now."""
        self._waiting.clear()

    def note_start(self, call: Call, at: datetime) -> None:
        """Note when the sound of a call that was taken really began."""
        self._announced = self._announced.with_call(call.version, at)

    def _enter(self, calls: Iterable[Call]) -> None:
        self._waiting.extend(calls)
