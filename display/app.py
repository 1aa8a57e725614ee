"""The display program: puts its parts together and runs them until SIGTERM or Ctrl-C.

How the screen is started, with sound, is in README.md beside this file.
"""

import asyncio
import contextlib
import logging
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import structlog
import uvicorn
from litestar import Litestar, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.static_files import create_static_files_router

from display.announced_calls import kept_announced
from display.announcement import announce
from display.announcement_sound import AnnouncementStudio
from display.announcer import Announcer
from display.call_ledger import CallLedger
from display.hall_loudness import SOUND_OFF, Loudness, loudness_now
from display.health import display_health
from display.loopback_guard import LoopbackGuard
from display.office_view import OfficeView
from display.page import STATIC, render_page
from display.player import DevicePlayer, PagePlayer, Player, SilentPlayer
from display.routes import HANDLERS, http_problem
from display.said_ahead import HallAhead, SaidAhead, highest_called
from display.service_link import ServiceLink
from display.settings import (
    DisplaySettings,
    SettingError,
    SoundAt,
    Theme,
    VoiceKind,
    as_chosen,
    command_words,
    service_address,
    voice_directory,
)
from display.speech_cache import SpeechCache
from display.texts import Texts
from display.voice_choice import chosen_voices
from display.wall import Wall
from display.zone import in_zone
from queue_service.device_program.caretaker import Caretaker, kept_card
from queue_service.device_program.service_clock import ServiceClock
from queue_service.device_program.supervision import Supervision
from queue_service.device_program.token_file import TOKEN_FILE, TokenFile
from queue_service.protocol.announcing import OfficeAnnouncements
from queue_service.protocol.device_care import DeviceSettings
from queue_service.protocol.languages import LANGUAGE_NAMES, SOURCE_LANGUAGE, base
from queue_service.protocol.stream import Call

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8082
HIGHEST_PORT = 65535

NOTHING_CHOSEN = DeviceSettings()
NO_OFFICE = OfficeAnnouncements()

SHUTDOWN_SECONDS = 3
"""Only pages and their sounds are served: nothing under way is worth a longer wait."""

RESPONSE_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
        "media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}

log = structlog.get_logger(__name__)


class Display:
    """All parts of one running display."""

    def __init__(self, settings: DisplaySettings, port: int, own_clock: Callable[[], datetime]) -> None:
        texts = Texts.read()
        clock = ServiceClock(own_clock)
        ledger = CallLedger(
            kept_announced(settings.data_dir), lambda call: in_zone(call, self._chosen().zone)
        )
        self._view = OfficeView(ledger)
        self._sound = settings.sound
        self._clock = clock
        self._called: dict[str, int] = {}
        voices = chosen_voices(settings)
        self._studio = AnnouncementStudio(voices.first, SpeechCache(settings.data_dir), voices.other)
        pages = PagePlayer(self._view.tell) if settings.sound is SoundAt.PAGE else None
        self._announcer = Announcer(
            ledger=ledger,
            studio=self._studio,
            player=pages or _player(settings),
            data_dir=settings.data_dir,
            language=base(settings.language),
            now=clock.now,
            on_change=self._view.tell,
            hall=lambda: self._view.hall,
            reception=lambda: self._view.has_reception,
            own=lambda: self._office_announcements().texts,
            loudness=self._loudness,
        )
        self._ahead = SaidAhead(self._studio, self._hall_ahead, self._announcer.until_idle)
        self._view.when_called(self._announcer.wake)
        token_file = TokenFile(settings.token_file)
        self._caretaker = Caretaker(
            service=settings.service,
            profile="display",
            token_file=token_file,
            data_dir=settings.data_dir,
            clock=clock,
            health=lambda own: display_health(own, self._link.losses, pages, ledger, self._loudness()),
            changed=lambda: self._view.show_code(self._caretaker.code),
        )
        self._link = ServiceLink(settings.service, token_file, self._view, clock, self._caretaker.let_in)
        self._language = base(settings.language)
        page = render_page(texts, settings.language, settings.theme)
        wall = Wall(
            view=self._view,
            ledger=ledger,
            announcer=self._announcer,
            pages=pages,
            now=clock.now,
            texts=texts,
            language=settings.language,
            page_digest=page.digest,
            own=lambda: self._office_announcements().texts,
        )
        state = State({"wall": wall, "view": self._view, "page": page, "page_player": pages}, deep_copy=False)
        self.app = LoopbackGuard(_litestar(state, self._running), port)
        self.failure: BaseException | None = None
        """What ended the display, if it was not told to end."""
        self.stop: Callable[[], None] = lambda: None
        """Ends the server; set by whoever runs it."""

    @asynccontextmanager
    async def _running(self, _: Litestar) -> AsyncIterator[None]:
        tasks = [
            asyncio.create_task(part)
            for part in (
                Supervision().run(),
                self._link.run(),
                self._announcer.run(),
                self._say_ahead(),
                self._caretaker.run(),
            )
        ]
        for task in tasks:
            task.add_done_callback(self._part_ended)
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._caretaker.close()
            await self._studio.close()

    async def _say_ahead(self) -> None:
        """Load the gong and the voices before the first call needs them, then speak what comes next."""
        sample = Call(0, "A100", "1", {}, datetime.fromtimestamp(0, UTC), language="en")
        await self._studio.produce(announce(sample, self._language), repeat=False)
        log.info("voice_ready")
        await self._ahead.run()

    def _chosen(self) -> DeviceSettings:
        """What staff have chosen for this display, as last told."""
        return self._caretaker.card.settings if self._caretaker.card else NOTHING_CHOSEN

    def _office_announcements(self) -> OfficeAnnouncements:
        card = self._caretaker.card
        return (card.announcements if card else None) or NO_OFFICE

    def _loudness(self) -> Loudness:
        if self._sound is SoundAt.OFF:
            return SOUND_OFF
        snapshot = self._view.snapshot
        here = ZoneInfo(snapshot.office.time_zone) if snapshot else UTC
        return loudness_now(
            self._chosen(), self._clock.now().astimezone(here), snapshot.waiting if snapshot else 0
        )

    def _hall_ahead(self) -> HallAhead:
        snapshot = self._view.snapshot
        self._called = highest_called(snapshot.calls, self._called) if snapshot and snapshot.calls else {}
        return HallAhead(
            self._office_announcements(), self._called, self._language, reception=self._view.has_reception
        )

    def _part_ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or (error := task.exception()) is None:
            return
        # Half a display is worse than none: systemd starts a whole one.
        self.failure = error
        self.stop()


@click.command()
@click.option("--service", required=True, help="Address of the service, such as https://termine.example.de")
@click.option(
    "--token-file",
    type=click.Path(path_type=Path),
    help="File with the device token; device.token in the data directory, if not named",
)
@click.option("--port", default=DEFAULT_PORT, show_default=True, type=click.IntRange(0, HIGHEST_PORT))
@click.option("--data-dir", required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--language",
    default=SOURCE_LANGUAGE,
    show_default=True,
    type=click.Choice(list(LANGUAGE_NAMES)),
    help="Of the page, and spoken first",
)
@click.option(
    "--theme", default=Theme.LIGHT.value, show_default=True, type=click.Choice([kind.value for kind in Theme])
)
@click.option(
    "--sound",
    default=SoundAt.PAGE.value,
    show_default=True,
    type=click.Choice([kind.value for kind in SoundAt]),
    help="page: in the browser; device: by --sound-command; off: calls are only shown",
)
@click.option(
    "--sound-command", default="aplay -q -", show_default=True, help="Plays a WAV from its standard input"
)
@click.option(
    "--voice",
    default=VoiceKind.LIBRARY.value,
    show_default=True,
    type=click.Choice([kind.value for kind in VoiceKind]),
    help="espeak-command is the system's espeak-ng; pack and piper need --voice-dir; off leaves the gong",
)
@click.option(
    "--voice-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="Directory of a recorded voice or of Piper's models",
)
@click.option(
    "--piper-command",
    default="piper",
    show_default=True,
    help="Piper, with options of its own if it needs some",
)
def main(  # noqa: PLR0913 - one parameter an option
    *,
    service: str,
    token_file: Path | None,
    port: int,
    data_dir: Path,
    language: str,
    theme: str,
    sound: str,
    sound_command: str,
    voice: str,
    voice_dir: Path | None,
    piper_command: str,
) -> None:
    """Serve the wall page of one waiting room on this device and announce its calls."""
    try:
        settings = DisplaySettings(
            service=service_address(service),
            token_file=token_file or data_dir / TOKEN_FILE,
            port=port,
            data_dir=data_dir,
            language=language,
            theme=Theme(theme),
            sound=SoundAt(sound),
            sound_command=command_words(sound_command),
            voice=VoiceKind(voice),
            voice_dir=voice_directory(VoiceKind(voice), voice_dir),
            piper_command=command_words(piper_command, "--piper-command"),
        )
        data_dir.mkdir(parents=True, exist_ok=True)
        if card := kept_card(data_dir):
            settings = as_chosen(settings, card.settings)
        listening = socket.create_server((LOOPBACK, port))
    except SettingError as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"port {port} or {data_dir}: {error.strerror}") from error
    _log_as_lines()
    for ending in (signal.SIGTERM, signal.SIGINT):
        # The server passes a signal on once it has shut down; then, or before it runs, nothing is left to do.
        signal.signal(ending, lambda _number, _frame: sys.exit(0))
    run(settings, listening)


def run(settings: DisplaySettings, listening: socket.socket) -> None:
    """Serve until told to stop; a part that fails ends the program with its error."""
    port = listening.getsockname()[1]
    display = Display(settings, port, utc_now)
    server = uvicorn.Server(
        uvicorn.Config(
            display.app,
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        )
    )
    display.stop = lambda: setattr(server, "should_exit", True)
    log.info("display_serves", page=f"http://{LOOPBACK}:{port}/", service=settings.service)
    with contextlib.closing(listening):
        server.run(sockets=[listening])
    if display.failure:
        raise display.failure


def utc_now() -> datetime:
    """The one place that reads the device's clock for dates."""
    return datetime.now(UTC)


def _litestar(
    state: State, running: Callable[[Litestar], contextlib.AbstractAsyncContextManager[None]]
) -> Litestar:
    return Litestar(
        route_handlers=[*HANDLERS, create_static_files_router(path="/static", directories=[STATIC])],
        lifespan=[running],
        exception_handlers={HTTPException: http_problem},
        after_request=_with_headers,
        state=state,
        openapi_config=None,
        logging_config=None,
    )


def _with_headers(response: Response[object]) -> Response[object]:
    for name, value in RESPONSE_HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _player(settings: DisplaySettings) -> Player:
    return DevicePlayer(settings.sound_command) if settings.sound is SoundAt.DEVICE else SilentPlayer()


def _log_as_lines() -> None:
    """One JSON object a line on standard error, where systemd takes it from."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


if __name__ == "__main__":
    main()
