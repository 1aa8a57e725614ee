"""Says one call after another: the only place that lets a sound begin, so none can overlap.

For each call: its text goes up, its sound is made, the player plays it to the end, a short
silence follows. A player that fails or vanishes costs sound, never the next call. When several wait,
they are said behind one gong, each once, and the wall shows each in its turn. What concerns
the whole hall is said in the same line: a pause after the calls before it, an evacuation before
everything else and again and again.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec
import structlog

from display.announced_calls import keep_announced
from display.announcement import NONE_OWN, OwnTexts, Utterance, Wording, announce
from display.announcement_sound import (
    Announced,
    AnnouncementStudio,
    gong_at,
    in_order,
    with_gong,
    without_gong,
)
from display.call_ledger import CallLedger
from display.hall_loudness import USUAL, Loudness
from display.hall_words import announce_hall
from display.player import Clip, Player, SilentPlayer
from display.turns import Turns
from display.waveform import to_wav
from queue_service.protocol.stream import Call, HallState

SILENCE_BETWEEN_SECONDS = 0.8
"""Tells the end of one announcement from the gong of the next."""

GROUPED_FROM = 3
"""Calls that wait to be said from which on they are said together: being called late is worse than once."""

MOST_SAID_TOGETHER = 6
"""Utterances behind one gong, a visitor's language counted: 35 s at most, after which the newest come in."""

GONG_FIRST_AFTER_SECONDS = 0.16
"""Words that are not ready by then are made while the gong sounds: it is heard within 300 ms of the key, of
which page and browser take about 60."""

LEAVE_AGAIN_SECONDS = 8.0
"""Between two requests to leave: long enough to hear the staff, too short to sit down again."""

NO_SOUND = Clip("", b"", 0.0)

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
        own: Callable[[], OwnTexts] = lambda: NONE_OWN,
        loudness: Callable[[], Loudness] = lambda: USUAL,
        turns: Turns | None = None,
    ) -> None:
        """``own``: the office's words; ``turns``: shared with whoever else is heard on this device."""
        self._ledger = ledger
        self._studio = studio
        self._player = player
        self._data_dir = data_dir
        self._language = language
        self._now = now
        self._on_change = on_change
        self._hall = hall
        self._reception = reception
        self._own = own
        self._loudness = loudness
        self._turns = turns or Turns()
        self._silent = SilentPlayer()
        self._hall_said: HallState = "open"
        self._came_in = asyncio.Event()
        self._idle = asyncio.Event()
        self._leaving = asyncio.Event()
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

    def speak(self, language: str) -> None:
        """Say everything in another language first from now on."""
        self._language = language

    def wake(self) -> None:
        """Look at the ledger again, and at the hall."""
        self._came_in.set()
        if self._hall() == "leave":
            self._leaving.set()
        else:
            self._leaving.clear()

    async def run(self) -> None:
        """Say calls as they come; ends only by cancellation."""
        while True:
            if self._hall() == "leave":
                await self._ask_to_leave()
            elif self._hall_is_news():
                await self._until_all_leave(self._in_turn(lambda: self._say_hall(self._hall())))
            elif self._ledger.waiting:
                await self._until_all_leave(self._in_turn(self._say_next))
            else:
                self._idle.set()
                await self._came_in.wait()
                self._idle.clear()
                self._came_in.clear()

    async def _until_all_leave(self, saying: Coroutine[None, None, None]) -> None:
        """Say it, but break off in the middle of a word once everybody has to leave the building."""
        said, leaving = asyncio.create_task(saying), asyncio.create_task(self._leaving.wait())
        try:
            await asyncio.wait({said, leaving}, return_when=asyncio.FIRST_COMPLETED)
            # Cancelled by another office of the house that everybody has to leave.
            if said.done() and not said.cancelled():
                said.result()
            else:
                log.warning("announcement_broken_off")
        finally:
            for task in (said, leaving):
                task.cancel()
            await asyncio.gather(said, leaving, return_exceptions=True)
            self._last, self._current = self._current or self._last, None

    async def _in_turn(self, say: Callable[[], Coroutine[None, None, None]]) -> None:
        """Which calls are said is decided when it is their turn: until then they may grow too old."""
        async with self._turns.ordinary():
            await say()

    async def until_idle(self) -> None:
        """Return once nothing is being said and nothing waits to be."""
        await self._idle.wait()

    async def sound_of(self, call: Call) -> bytes:
        """A call's announcement as WAV, made again where it is not at hand."""
        return to_wav(await self._studio.produce(self._words_of(call), repeat=True))

    def _words_of(self, call: Call) -> list[Wording]:
        return announce(call, self._language, reception=self._reception(), own=self._own())

    def _hall_is_news(self) -> bool:
        """Calls that were made before a pause are said before it; those after it, after its end."""
        hall = self._hall()
        return hall != self._hall_said and (hall == "open" or not self._ledger.waiting)

    async def _ask_to_leave(self) -> None:
        """Say it, and be quiet for a while or until something changes; nobody is sent to a counter."""
        self._ledger.drop_waiting()
        self._came_in.clear()
        async with self._turns.urgent():
            await self._say_hall("leave")
            with suppress(TimeoutError):
                async with asyncio.timeout(LEAVE_AGAIN_SECONDS):
                    await self._came_in.wait()

    async def _say_hall(self, hall: HallState) -> None:
        self._hall_said = hall
        loudness = self._loudness()
        if not loudness.said and hall != "leave":
            return
        # Who must leave is told so in quiet hours too, and never softer than usual.
        decibels = max(loudness.decibels, 0) if hall == "leave" else loudness.decibels
        wordings = announce_hall(hall, self._language, self._own())
        sound = await self._studio.produce(wordings, repeat=hall == "leave", decibels=decibels)
        name = f"hall-{hall}-{int(self._now().timestamp())}"
        log.info("hall_announced", hall=hall, seconds=round(sound.seconds, 1))
        clip = Clip(name, to_wav(sound), sound.seconds, urgent=hall == "leave")
        await self._player.play(clip, lambda: None)
        self._on_change()
        # As after a call: what comes next is told apart by it.
        await asyncio.sleep(SILENCE_BETWEEN_SECONDS)

    async def _say_next(self) -> None:
        self._ledger.expire(self._now())
        loudness = self._loudness()
        calls = self._ledger.take(self._now(), self._how_many() if loudness.said else 1)
        if calls and not loudness.said:
            self._ledger.note_silence(calls[0], loudness.why or "sound_off")
        # Kept before it is heard: after a crash a call is rather cut short than said twice.
        self._keep()
        if not calls:
            self._on_change()
            return
        self._turn_to(calls[0])
        if loudness.said:
            await self._say(calls, loudness.decibels)
        else:
            log.info(
                "call_announced", version=calls[0].version, said=False, waiting=len(self._ledger.waiting)
            )
            await self._silent.play(NO_SOUND, lambda: self._sound_began(calls[0]))
        self._last, self._current = self._current, None
        self._on_change()
        # The pause is what is heard: calls are told apart by it.
        await asyncio.sleep(SILENCE_BETWEEN_SECONDS)

    def _how_many(self) -> int:
        """How many of the calls that wait are said together."""
        waiting = self._ledger.waiting
        if len(waiting) < GROUPED_FROM:
            return 1
        calls = utterances = 0
        for call in waiting:
            utterances += len(self._words_of(call))
            if utterances > MOST_SAID_TOGETHER:
                break
            calls += 1
        return calls

    async def _say(self, calls: Sequence[Call], decibels: float) -> None:
        """Gong and words, each twice where one call is said alone."""
        begun = time.perf_counter()
        repeat = len(calls) == 1
        turns: list[list[Utterance]] = [in_order(self._words_of(call), repeat=repeat) for call in calls]
        making = asyncio.create_task(self._studio.words(turns))
        try:
            done, _ = await asyncio.wait({making}, timeout=GONG_FIRST_AFTER_SECONDS)
            name = announcement_id(calls[0])
            if done:
                announced = await with_gong(making.result(), decibels)
                self._log_said(calls, announced, begun)
                await self._play(name, announced, calls, lambda: self._sound_began(calls[0]))
            else:
                gong = gong_at(decibels)
                log.info("gong_first", version=calls[0].version)
                await self._player.play(
                    Clip(f"{name}-gong", to_wav(gong), gong.seconds), lambda: self._sound_began(calls[0])
                )
                announced = await without_gong(await making, decibels)
                self._log_said(calls, announced, begun)
                if announced.sound.samples:
                    await self._play(name, announced, calls, lambda: None)
        finally:
            making.cancel()

    async def _play(
        self, name: str, announced: Announced, calls: Sequence[Call], on_start: Callable[[], None]
    ) -> None:
        """Play it, and give each call the large place while it is said."""
        turning: list[asyncio.Task[None]] = []

        def started() -> None:
            on_start()
            turning.append(asyncio.create_task(self._turn_in_time(calls, announced.starts)))

        try:
            wav = await asyncio.to_thread(to_wav, announced.sound)
            clip = Clip(name, wav, announced.sound.seconds, tuple(map(announcement_id, calls)))
            await self._player.play(clip, started)
        finally:
            for task in turning:
                task.cancel()

    async def _turn_in_time(self, calls: Sequence[Call], starts: Sequence[float]) -> None:
        begun = time.monotonic()
        for call, at in zip(calls[1:], starts[1:], strict=True):
            # The sound has its own clock: what is seen follows what is heard.
            await asyncio.sleep(max(0.0, begun + at - time.monotonic()))
            self._turn_to(call)
            self._sound_began(call)

    def _turn_to(self, call: Call) -> None:
        self._last = self._current or self._last
        self._current = Announcement(announcement_id(call), call, self._now())
        self._on_change()

    def _log_said(self, calls: Sequence[Call], announced: Announced, begun: float) -> None:
        for call in calls:
            log.info(
                "call_announced",
                version=call.version,
                seconds=round(announced.sound.seconds, 1),
                ready_after_ms=round((time.perf_counter() - begun) * 1000),
                together=len(calls),
                waiting=len(self._ledger.waiting),
            )

    def _sound_began(self, call: Call) -> None:
        self._ledger.note_start(call, self._now())
        self._keep()
        self._on_change()

    def _keep(self) -> None:
        keep_announced(self._data_dir, self._ledger.announced)
