"""A printer that is asked by the Internet Printing Protocol: a CUPS queue, or IPP Everywhere itself."""

import time
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import httpx

from kiosk.errors import (
    PrinterError,
    PrinterNotInstalledError,
    PrinterStoppedError,
    PrinterTimeoutError,
    PrinterUnreachableError,
)
from kiosk.printing.ipp_message import (
    INTEGER,
    KEYWORD,
    MIME_TYPE,
    NAME,
    URI,
    Answer,
    Attribute,
    NotIppError,
    answer,
    request,
)
from kiosk.printing.ipp_paper import paper_for
from kiosk.printing.printer import LOOK_DEADLINE_SECONDS, PRINT_DEADLINE_SECONDS
from kiosk.printing.printer_states import require_printing, state_after
from queue_service.protocol.device_care import PrinterState
from queue_service.ticket_paper.page import TicketSheet

PRINT_JOB, CANCEL_JOB, GET_JOB, GET_PRINTER = 0x0002, 0x0008, 0x0009, 0x000B
"""RFC 8011, 5.4.15."""
NOT_FOUND, NOT_SUPPORTED, BUSY = 0x0406, 0x040B, 0x0507
"""Status codes (RFC 8011, B.1)."""
STOPPED = 5
"""printer-state (RFC 8011, 5.4.11)."""
COMPLETED, ENDED_OTHERWISE = 9, (7, 8)
"""job-state (RFC 8011, 5.3.7): done; cancelled, aborted."""
CONNECT_SECONDS = 2.0
POLL_SECONDS = 0.1
STATE = ("printer-state", "printer-state-reasons", "printer-is-accepting-jobs")
PAPERS = ("media-supported", "media-ready")
IPP_PORT = 631
REASONS: Mapping[str, PrinterState] = {
    "cover-open": "cover_open",
    "door-open": "cover_open",
    "interlock-open": "cover_open",
    "media-empty": "paper_out",
    "media-needed": "paper_out",
    "media-jam": "failed",
    "paused": "failed",
    "moving-to-paused": "failed",
    "spool-area-full": "failed",
    "shutdown": "offline",
    "offline": "offline",
    "connecting-to-device": "offline",
    "timed-out": "offline",
    "media-low": "paper_low",
}
"""printer-state-reasons (RFC 8011, 5.4.12) without their severity; the first that is there counts."""
SEVERITIES = ("-error", "-warning", "-report")
USER = "queue-kiosk"


class SizeNotSupportedError(PrinterStoppedError):
    """The printer does not take a job with such attributes."""


class IppPrinter:
    """Prints as any account may; nothing of a visitor but the number is in the job's name."""

    _also: tuple[str, ...] = ()
    """What else it is asked for."""

    def __init__(
        self, kind: str, uri: str, transport: Callable[[], httpx.BaseTransport] = httpx.HTTPTransport
    ) -> None:
        self.kind = kind
        self._uri = uri
        parts = urlsplit(uri)
        secure = "s" if parts.scheme == "ipps" else ""
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        self._url = f"http{secure}://{host}:{parts.port or IPP_PORT}{parts.path}"
        self._transport = transport

    def look(self) -> PrinterState | None:
        """Ask the printer."""
        try:
            return self.state(time.monotonic() + LOOK_DEADLINE_SECONDS)
        except PrinterError as error:
            return state_after(error)

    def put_on_paper(self, sheet: TicketSheet) -> None:
        """Hand in a job and wait until it is done; one that is not in time is taken back."""
        ends = time.monotonic() + PRINT_DEADLINE_SECONDS
        said = self._said_of_itself(ends)
        # Paper that comes hours later misleads: a stopped queue gets nothing.
        require_printing(self._expected(said, ends))
        job = self._handed_in(sheet, said, ends)
        try:
            self._wait_until_done(job, ends)
        except PrinterError:
            self._take_back(job)
            raise

    def state(self, ends: float) -> PrinterState:
        """Give how it is. Raises PrinterError when it doesn't say so in time."""
        return self._found(self._said_of_itself(ends), ends)

    def _found(self, said: Answer, ends: float) -> PrinterState:  # noqa: ARG002 - a queue asks further
        """Give how the printer is, after what was said."""
        return state_said(said)

    def _expected(self, said: Answer, ends: float) -> PrinterState:
        """Give how it will be to a ticket."""
        return self._found(said, ends)

    def _said_of_itself(self, ends: float) -> Answer:
        wanted = Attribute("requested-attributes", KEYWORD, (*STATE, *PAPERS, *self._also))
        return self.ask(GET_PRINTER, [wanted], ends)

    def _handed_in(self, sheet: TicketSheet, said: Answer, ends: float) -> int:
        """Send the job and give its number."""
        about = [
            Attribute("requesting-user-name", NAME, (USER,)),
            Attribute("job-name", NAME, (sheet.number,)),
            Attribute("document-format", MIME_TYPE, ("application/pdf",)),
        ]
        job = [Attribute("print-scaling", KEYWORD, ("none",))]
        if paper := paper_for(sheet, *(map(str, said.of_printer(papers)) for papers in PAPERS)):
            job.append(Attribute("media", KEYWORD, (paper,)))
        try:
            answered = self.ask(PRINT_JOB, about, ends, job, sheet.pdf)
        except SizeNotSupportedError:
            # Some know but the roll that is in them, and print on it what comes.
            answered = self.ask(PRINT_JOB, about, ends, [], sheet.pdf)
        return next((number for number in answered.of_job("job-id") if isinstance(number, int)), 0)

    def _wait_until_done(self, job: int, ends: float) -> None:
        about = [
            Attribute("job-id", INTEGER, (job,)),
            Attribute("requested-attributes", KEYWORD, ("job-state",)),
        ]
        while True:
            states = self.ask(GET_JOB, about, ends).of_job("job-state")
            if COMPLETED in states:
                return
            if any(state in states for state in ENDED_OTHERWISE):
                require_printing(self.state(ends))
                raise PrinterStoppedError
            if time.monotonic() + POLL_SECONDS > ends:
                require_printing(self.state(time.monotonic() + CONNECT_SECONDS))
                raise PrinterTimeoutError
            # IPP is asked: a printer tells nobody by itself that a job is done.
            time.sleep(POLL_SECONDS)

    def _take_back(self, job: int) -> None:
        try:
            about = [
                Attribute("job-id", INTEGER, (job,)),
                Attribute("requesting-user-name", NAME, (USER,)),
            ]
            self.ask(CANCEL_JOB, about, time.monotonic() + CONNECT_SECONDS)
        except PrinterError:
            # It ended meanwhile, or nobody answers; that it failed is told already.
            return

    def ask(
        self,
        operation: int,
        about: list[Attribute],
        ends: float,
        job: list[Attribute] | None = None,
        document: bytes = b"",
    ) -> Answer:
        """Have an operation carried out. Raises PrinterError."""
        message = request(
            operation, [Attribute("printer-uri", URI, (self._uri,)), *about], job or [], document
        )
        while (said := self._answer(message, ends)).status == BUSY:
            # It prints somebody else's job.
            if time.monotonic() + POLL_SECONDS > ends:
                raise PrinterTimeoutError
            # IPP is asked: a printer tells nobody by itself that a job is done.
            time.sleep(POLL_SECONDS)
        if said.status == NOT_FOUND:
            raise PrinterNotInstalledError
        if said.status == NOT_SUPPORTED:
            raise SizeNotSupportedError
        if not said.accepted:
            raise PrinterStoppedError(f"status {said.status:#06x}")
        return said

    def _answer(self, message: bytes, ends: float) -> Answer:
        """Send a request and read what is answered. Raises PrinterError for no answer."""
        left = max(ends - time.monotonic(), POLL_SECONDS)
        timeout = httpx.Timeout(left, connect=min(left, CONNECT_SECONDS))
        try:
            with httpx.Client(transport=self._transport(), timeout=timeout, trust_env=False) as http:
                given = http.post(self._url, content=message, headers={"Content-Type": "application/ipp"})
            return answer(given.content if given.is_success else b"")
        except NotIppError as error:
            # Somebody is there who knows of no printer at this address, or speaks with others alone.
            raise PrinterNotInstalledError from error
        except httpx.ConnectError as error:
            raise PrinterUnreachableError from error
        except httpx.TimeoutException as error:
            raise PrinterTimeoutError from error
        except httpx.TransportError as error:
            raise PrinterUnreachableError from error


def state_said(said: Answer) -> PrinterState:
    """Put what a printer or a queue says of itself into one word."""
    reasons = {_without_severity(str(reason)) for reason in said.of_printer("printer-state-reasons")}
    for reason, state in REASONS.items():
        if reason in reasons and (state != "paper_low" or not is_down(said)):
            return state
    return "failed" if is_down(said) else "ok"


def is_down(said: Answer) -> bool:
    """Tell whether nothing that is handed in now would be printed."""
    return STOPPED in said.of_printer("printer-state") or False in said.of_printer(
        "printer-is-accepting-jobs"
    )


def _without_severity(reason: str) -> str:
    for severity in SEVERITIES:
        reason = reason.removesuffix(severity)
    return reason
