"""The display program: takes its options and runs its parts until SIGTERM or Ctrl-C.

How the screen is started, with sound, is in README.md beside this file.
"""

import contextlib
import logging
import signal
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import structlog
import uvicorn

from display.parts import Display
from display.settings import (
    DisplaySettings,
    SettingError,
    SoundAt,
    Theme,
    VoiceKind,
    command_words,
    service_address,
    voice_directory,
)
from queue_service.device_program.token_file import TOKEN_FILE
from queue_service.protocol.languages import LANGUAGE_NAMES, SOURCE_LANGUAGE

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8082
HIGHEST_PORT = 65535

SHUTDOWN_SECONDS = 3
"""Only pages and their sounds are served: nothing under way is worth a longer wait."""

log = structlog.get_logger(__name__)


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
