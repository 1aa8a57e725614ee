"""The kiosk program: puts its parts together and runs them until SIGTERM or Ctrl-C.

The device's browser shows the page full screen, for example with
``chromium --kiosk --app=http://127.0.0.1:8081/``.
"""

import asyncio
import logging
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import click
import structlog
import uvicorn
from litestar import Litestar
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.static_files import create_static_files_router

from kiosk.errors import KioskError
from kiosk.health import kiosk_health
from kiosk.last_snapshot import keep_snapshot, kept_snapshot
from kiosk.loopback_guard import LoopbackGuard
from kiosk.office_view import OfficeView
from kiosk.outage import OutageTickets
from kiosk.page_events import PageEvents
from kiosk.printing.pdf_directory import PdfDirectory
from kiosk.printing.ticket_printing import TicketPrinting, chosen_printer, ticket_layout
from kiosk.problem_answers import http_error, kiosk_error, unexpected_error
from kiosk.routes import HANDLERS
from kiosk.service_api import ServiceApi
from kiosk.service_link import ServiceLink
from kiosk.settings import PRINTER_FORMS, KioskSettings, SettingError, printer_choice, service_address
from kiosk.speech import Speech
from kiosk.texts import Texts
from kiosk.ticket_copies import TicketCopies
from kiosk.ticketing import Ticketing, utc_now
from queue_service.device_program.caretaker import Caretaker
from queue_service.device_program.service_clock import ServiceClock
from queue_service.device_program.supervision import Supervision
from queue_service.device_program.token_file import TOKEN_FILE, TokenFile

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8081
HIGHEST_PORT = 65535

LARGEST_BODY_BYTES = 16 * 1024
"""A request of the page has a few hundred bytes."""

SHUTDOWN_SECONDS = 15
"""Longer than a request to the service and a print together may take."""

FORGET_EVERY_SECONDS = 6 * 3600
"""Old tickets are looked for at the start and several times a day; a device may run for months."""

STATIC = Path(__file__).parent / "static"

log = structlog.get_logger(__name__)


def build_app(
    settings: KioskSettings, port: int, own_clock: Callable[[], datetime] = utc_now
) -> LoopbackGuard:
    """Put the parts together; ``port`` is the one that the page is served at."""
    texts = Texts.read()
    clock = ServiceClock(own_clock)
    view = OfficeView(kept_snapshot(settings.data_dir))
    page_events = PageEvents(view)
    printer = chosen_printer(settings)
    speech = Speech()
    printing = TicketPrinting(printer, texts, lambda: ticket_layout(caretaker.card), view.show_printer)
    token_file = TokenFile(settings.token_file)
    service = ServiceApi(settings.service, token_file)
    caretaker = Caretaker(
        service=settings.service,
        profile="kiosk",
        token_file=token_file,
        data_dir=settings.data_dir,
        clock=clock,
        health=lambda own: kiosk_health(
            own, link.losses, page_events.pages, printing.state, outage.numbers_left, outage.unsent
        ),
        changed=lambda: view.show_code(caretaker.code),
    )
    outage = OutageTickets(service, view, settings.data_dir, clock)
    view.goes_on = outage.can_go_on
    copies = TicketCopies(service, view, printing)
    ticketing = Ticketing(service, outage, view, printing, clock.now, page_events.tell_ticket)
    link = ServiceLink(
        settings.service,
        token_file,
        view,
        lambda snapshot: keep_snapshot(settings.data_dir, snapshot),
        caretaker.let_in,
    )

    @asynccontextmanager
    async def running(_: Litestar) -> AsyncIterator[None]:
        parts = (Supervision(), link, caretaker, outage, printing, copies)
        tasks = [asyncio.create_task(part.run()) for part in parts]
        if isinstance(printer, PdfDirectory):
            tasks.append(asyncio.create_task(_forget_old_tickets(printer, own_clock)))
        for task in tasks:
            task.add_done_callback(_end_if_failed)
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await ticketing.finish()
            await service.close()
            await caretaker.close()
            await speech.close()
            await asyncio.to_thread(printing.close)

    app = Litestar(
        route_handlers=[*HANDLERS, create_static_files_router(path="/static", directories=[STATIC])],
        lifespan=[running],
        exception_handlers={
            KioskError: kiosk_error,
            HTTPException: http_error,
            Exception: unexpected_error,
        },
        state=State(
            {
                "texts": texts,
                "view": view,
                "page_events": page_events,
                "ticketing": ticketing,
                "speech": speech,
                "service": service,
            },
            deep_copy=False,
        ),
        openapi_config=None,
        logging_config=None,
        request_max_body_size=LARGEST_BODY_BYTES,
    )
    return LoopbackGuard(app, port, texts)


def _end_if_failed(task: asyncio.Task[None]) -> None:
    """Stop the program when a lasting task breaks: a fresh start helps more than half a kiosk."""
    if not task.cancelled() and (error := task.exception()):
        log.critical("kiosk_part_failed", exc_info=error)
        signal.raise_signal(signal.SIGTERM)


async def _forget_old_tickets(tickets: PdfDirectory, own_clock: Callable[[], datetime]) -> None:
    while True:
        # How old a file is says the clock that has dated it.
        await asyncio.to_thread(tickets.forget_old, own_clock())
        # A chore by the clock: nothing happens that could be waited for.
        await asyncio.sleep(FORGET_EVERY_SECONDS)


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
    "--printer",
    default="pdf",
    show_default=True,
    help=f"One of {PRINTER_FORMS}; pdf keeps files in the data directory.",
)
def main(service: str, token_file: Path | None, port: int, data_dir: Path, printer: str) -> None:
    """Serve the touch page of one kiosk on this device."""
    try:
        settings = KioskSettings(
            service_address(service),
            token_file or data_dir / TOKEN_FILE,
            port,
            data_dir,
            printer_choice(printer),
        )
        data_dir.mkdir(parents=True, exist_ok=True)
        listening = socket.create_server((LOOPBACK, port))
    except SettingError as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"port {port} or {data_dir}: {error.strerror}") from error
    _log_as_lines()
    for ending in (signal.SIGTERM, signal.SIGINT):
        # The server passes a signal on once it has shut down; then nothing is left to do.
        signal.signal(ending, lambda _number, _frame: sys.exit(0))
    run(settings, listening)


def run(settings: KioskSettings, listening: socket.socket) -> None:
    """Serve until told to stop; in-flight tickets are finished, sockets closed with 1012."""
    port = listening.getsockname()[1]
    log.info("kiosk_serves", page=f"http://{LOOPBACK}:{port}/", service=settings.service)
    server = uvicorn.Server(
        uvicorn.Config(
            build_app(settings, port),
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        )
    )
    server.run(sockets=[listening])


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
