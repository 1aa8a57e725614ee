"""Says one call after another: the only place that lets a sound begin, so none can overlap.

For each call: its text goes up, its sound is made, the player plays it to the end, a short
silence follows. A player that fails or vanishes costs sound, never the next call. What concerns
the whole hall is said in the same line: a pause after the calls before it, an evacuation before
everything else and again and again.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec
import structlog

from display.announced_calls import keep_announced
from display.announcement import Wording, announce
from display.announcement_sound import AnnouncementStudio
from display.call_ledger import CallLedger
from display.hall_words import announce_hall
from display.player import Clip, Player
from display.waveform import to_wav
from queue_service.protocol.stream import Call, HallState

SILENCE_BETWEEN_SECONDS = 0.8
"""Tells the end of one announcement from the gong of the next."""

REPEATED_UP_TO_WAITING = 3
"""With more calls than this waiting to be said, calls are said once: being called late is worse than once."""

LEAVE_AGAIN_SECONDS = 8.0
"""Between two requests to leave: long enough to hear the staff, too short to sit down again."""

log = structlog.get_logger(__name__)


class Announcement(msgspec.Struct, frozen=True):
    """The call that has the hall's attention."""

    id: str
    call: Call
    shown_at: datetime
    """When its text went up."""


def announcement_id(call: Call) -> str:
    """Name a call's announcement; the instant tells calls apart when a service began its versions anew."""
    return f"{call.version}-{int(call.at.timestamp())}"


class Announcer:
    """Works off the ledger; ``wake`` tells it that a call came in."""

    def __init__(  # noqa: PLR0913 - the composition root is its only caller
        self,
        *,
        ledger: CallLedger,
        studio: AnnouncementStudio,
        player: Player,
        data_dir: Path,
        language: str,
        now: Callable[[], datetime],
        on_change: Callable[[], None],
        hall: Callable[[], HallState],
        reception: Callable[[], bool],
    ) -> None:
        self._ledger = ledger
        self._studio = studio
        self._player = player
        self._data_dir = data_dir
        self._language = language
        self._now = now
        self._on_change = on_change
        self._hall = hall
        self._reception = reception
        self._hall_said: HallState = "open"
        self._came_in = asyncio.Event()
        self._current: Announcement | None = None
        self._last: Announcement | None = None

    @property
    def last(self) -> Announcement | None:
        """The announcement before."""
        return self._last

    @property
    def current(self) -> Announcement | None:
        """The announcement under way."""
        return self._current

    def wake(self) -> None:
        """Look at the ledger again."""
        self._came_in.set()

    async def run(self) -> None:
        """Say calls as they come; ends only by cancellation."""
        while True:
            if self._hall() == "leave":
                await self._ask_to_leave()
            elif self._hall_is_news():
                await self._say_hall(self._hall())
            elif self._ledger.waiting:
                await self._say_next()
            else:
                await self._came_in.wait()
                self._came_in.clear()

    async def sound_of(self, call: Call) -> bytes:
        """A call's announcement as WAV, made again where it is not at hand."""
        return to_wav(await self._studio.produce(self._words_of(call), repeat=True))

    def _words_of(self, call: Call) -> list[Wording]:
        return announce(call, self._language, reception=self._reception())

    def _hall_is_news(self) -> bool:
        """Calls that were made before a pause are said before it; those after it, after its end."""
        hall = self._hall()
        return hall != self._hall_said and (hall == "open" or not self._ledger.waiting)

    async def _ask_to_leave(self) -> None:
        """Say it, and be quiet for a while or until something changes; nobody is sent to a counter."""
        self._ledger.drop_waiting()
        self._came_in.clear()
        await self._say_hall("leave")
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_AGAIN_SECONDS):
                await self._came_in.wait()

    async def _say_hall(self, hall: HallState) -> None:
        self._hall_said = hall
        sound = await self._studio.produce(announce_hall(hall, self._language), repeat=hall == "leave")
        name = f"hall-{hall}-{int(self._now().timestamp())}"
        log.info("hall_announced", hall=hall, seconds=round(sound.seconds, 1))
        await self._player.play(Clip(name, to_wav(sound), sound.seconds), lambda: None)
        self._on_change()
        # As after a call: what comes next is told apart by it.
        await asyncio.sleep(SILENCE_BETWEEN_SECONDS)

    async def _say_next(self) -> None:
        begun = time.perf_counter()
        repeat = len(self._ledger.waiting) - 1 <= REPEATED_UP_TO_WAITING
        call = self._ledger.take(self._now())
        # Kept before it is heard: after a crash a call is rather cut short than said twice.
        self._keep()
        self._current = Announcement(announcement_id(call), call, self._now())
        self._on_change()
        sound = await self._studio.produce(self._words_of(call), repeat=repeat)
        clip = Clip(self._current.id, to_wav(sound), sound.seconds)
        log.info(
            "call_announced",
            version=call.version,
            seconds=round(sound.seconds, 1),
            ready_after_ms=round((time.perf_counter() - begun) * 1000),
            waiting=len(self._ledger.waiting),
        )
        await self._player.play(clip, lambda: self._sound_began(call))
        self._last, self._current = self._current, None
        self._on_change()
        # The pause is what is heard: calls are told apart by it.
        await asyncio.sleep(SILENCE_BETWEEN_SECONDS)

    def _sound_began(self, call: Call) -> None:
        self._ledger.note_start(call, self._now())
        self._keep()
        self._on_change()

    def _keep(self) -> None:
        keep_announced(self._data_dir, self._ledger.announced)
