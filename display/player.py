"""Where the sound plays: in the wall page, on the device itself, or nowhere.

A player's ``play`` returns when the sound is over, at the latest a moment after it should be
over by its length: nothing outside this program can hold up the calls.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec
import structlog

START_WITHIN_SECONDS = 1.5
"""A page that has not begun by then is taken for gone; measured in Chromium: about 30 ms."""

END_SLACK_SECONDS = 1.5
"""Added to a sound's length: the device's buffer and a busy moment."""

READING_SECONDS = 5.0
"""How long a call without sound has the large place: time to look up and to read it twice."""

log = structlog.get_logger(__name__)


class Clip(msgspec.Struct, frozen=True):
    """A sound to be played."""

    id: str
    wav: bytes
    seconds: float
    calls: tuple[str, ...] = ()
    """Announcements whose words are in it, in order."""
    urgent: bool = False
    """Begins at once, whatever a page still plays."""


class Player(Protocol):
    """Plays one clip at a time."""

    async def play(self, clip: Clip, on_start: Callable[[], None]) -> None:
        """Play to the end; ``on_start`` is called once, when the sound begins or would begin."""
        ...


class HushablePlayer:
    """Plays nothing while ``is_silent``, which staff may change at any time; calls have time to be read."""

    def __init__(self, player: Player, is_silent: Callable[[], bool]) -> None:
        self._player = player
        self._silent = SilentPlayer()
        self._is_silent = is_silent

    async def play(self, clip: Clip, on_start: Callable[[], None]) -> None:
        """Play to the end, or give the readers their time."""
        await (self._silent if self._is_silent() else self._player).play(clip, on_start)


class SilentPlayer:
    """For halls without loudspeakers: each call has the time to be read."""

    async def play(self, clip: Clip, on_start: Callable[[], None]) -> None:
        """Wait for the readers."""
        del clip
        on_start()
        # Readers need this long; without sound nothing else tells when they are done.
        await asyncio.sleep(READING_SECONDS)


class DevicePlayer:
    """Hands the WAV to a command's standard input, ``aplay -q -`` by default."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)

    async def play(self, clip: Clip, on_start: Callable[[], None]) -> None:
        """Run the command; whatever becomes of it, the clip's time passes before the next."""
        begun = time.monotonic()
        on_start()
        try:
            process = await asyncio.create_subprocess_exec(*self._command, stdin=asyncio.subprocess.PIPE)
        except OSError as error:
            log.error("sound_command_failed", command=self._command[0], reason=error.strerror)  # noqa: TRY400 - a fact, not a trace
        else:
            await _feed(process, clip)
        # The sound card plays on after it was fed: the clip is over when its time is.
        await asyncio.sleep(max(0.0, clip.seconds - (time.monotonic() - begun)))


async def _feed(process: asyncio.subprocess.Process, clip: Clip) -> None:
    try:
        async with asyncio.timeout(clip.seconds + END_SLACK_SECONDS):
            await process.communicate(clip.wav)
    except TimeoutError:
        log.warning("sound_command_hangs", pid=process.pid)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode == 0:
        log.info("device_plays")
    else:
        log.warning("sound_command_failed", status=process.returncode)


class PagePlayer:
    """Lets the wall page play and listens to its reports.

    Without a page, or with one that does not answer, the clip's time passes all the same. With
    several pages open each plays; the first report of a kind counts. A page that arrives when the
    sound has begun does not play it (``begun``), so nothing is heard in two places out of step.
    """

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._pages = 0
        self._clip: Clip | None = None
        self._begun = asyncio.Event()
        self._over = asyncio.Event()
        self._refused = False
        self._blocked = False

    @property
    def clip(self) -> Clip | None:
        """What is being played."""
        return self._clip

    @property
    def begun(self) -> bool:
        """Whether the sound has begun."""
        return self._begun.is_set()

    @property
    def blocked(self) -> bool:
        """Whether the newest report said that the browser does not let the page play."""
        return self._blocked

    @property
    def pages(self) -> int:
        """How many wall pages are open."""
        return self._pages

    def page_came(self) -> None:
        """Count a page in."""
        self._pages += 1
        log.info("page_came", pages=self._pages)

    def page_went(self) -> None:
        """Count a page out; without any, nobody knows of a browser that blocks sound."""
        self._pages -= 1
        log.info("page_went", pages=self._pages)
        if not self._pages:
            self._blocked = False

    def page_began(self, clip_id: str) -> None:
        """Take a page's report that it is heard."""
        self._blocked = False
        if self._clip and self._clip.id == clip_id:
            self._begun.set()

    def page_ended(self, clip_id: str) -> None:
        """Take a page's report that it was played to the end."""
        if self._clip and self._clip.id == clip_id:
            self._over.set()

    def page_failed(self, clip_id: str, reason: str) -> None:
        """Take a page's report that it can't play; the hall then has the text alone."""
        log.warning("page_can_not_play", reason=reason)
        self._blocked = True
        if self._clip and self._clip.id == clip_id and not self.begun:
            self._refused = True
            self._begun.set()
        self._on_change()

    async def play(self, clip: Clip, on_start: Callable[[], None]) -> None:
        """Offer the clip to the pages and wait for their reports, or for its time."""
        self._clip = clip
        self._refused = False
        self._begun.clear()
        self._over.clear()
        self._on_change()
        try:
            answered = self._pages > 0 and await _within(START_WITHIN_SECONDS, self._begun)
            heard = answered and not self._refused
            if heard:
                log.info("page_plays", pages=self._pages)
            else:
                log.warning("no_page_plays", pages=self._pages)
                # From here on a page that comes late must not begin: the time runs already.
                self._begun.set()
            on_start()
            if heard:
                await _within(clip.seconds + END_SLACK_SECONDS, self._over)
            else:
                # No page says when it is over: the clip's own length does.
                await asyncio.sleep(clip.seconds)
        finally:
            self._clip = None


async def _within(seconds: float, event: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
