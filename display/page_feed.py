"""The open wall page: it is sent each new state and reports what it plays."""

import asyncio
import contextlib
from typing import Any, Literal

import msgspec
import structlog
from litestar import WebSocket
from litestar.datastructures import State
from litestar.exceptions import WebSocketDisconnect

from display.office_view import OfficeView
from display.page_fit import PageFit
from display.player import PagePlayer
from display.wall import Wall
from display.wall_state import WallState
from queue_service.protocol.device_care import WallFit

ALIVE_EVERY_SECONDS = 5.0
"""The page takes three missed ones for a lost program (``ALIVE_WITHIN_MS`` in wall.js)."""

POLICY_VIOLATION = 1008

log = structlog.get_logger(__name__)


class StateMessage(msgspec.Struct, frozen=True, tag="state", tag_field="type"):
    """Replaces all that the page showed."""

    state: WallState


class AliveMessage(msgspec.Struct, frozen=True, tag="alive", tag_field="type"):
    """Nothing is new; a page that hears nothing at all says so on the wall."""


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What became of a sound or a slide that the page was to play."""

    event: Literal["began", "ended", "failed", "slide_failed"]
    """The last: of a picture or a film, which the page then leaves out."""
    id: str
    reason: str = ""
    """The browser's name for the failure."""


class FitReport(WallFit, frozen=True, forbid_unknown_fields=True, tag="fits", tag_field="event"):
    """What the page has room for now."""

    def as_told(self) -> WallFit:
        """Give it as the service is told."""
        return WallFit(self.rows, self.rows_wanted, self.letters_mm, self.too_small)


class _Kind(msgspec.Struct):
    event: str


async def serve_page(
    socket: WebSocket[Any, Any, State], wall: Wall, view: OfficeView, player: PagePlayer | None, fit: PageFit
) -> None:
    """Serve one page until it goes."""
    fit.page_came()
    if player:
        player.page_came()
    reading = asyncio.create_task(_take_reports(socket, player, fit))
    sending = asyncio.create_task(_send_states(socket, wall, view))
    try:
        # Only a socket that is read notices that its page has gone.
        done, _ = await asyncio.wait({reading, sending}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in (reading, sending):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, WebSocketDisconnect):
                await task
        fit.page_went()
        if player:
            player.page_went()


async def _take_reports(socket: WebSocket[Any, Any, State], player: PagePlayer | None, fit: PageFit) -> None:
    while True:
        try:
            text = await socket.receive_data("text")
        except WebSocketDisconnect:
            return
        try:
            if msgspec.json.decode(text, type=_Kind).event == "fits":
                fit.take(msgspec.json.decode(text, type=FitReport).as_told())
                continue
            report = msgspec.json.decode(text, type=Report)
            if report.event == "slide_failed":
                log.warning("panel_file_not_shown", file=report.id[:12], reason=report.reason)
                continue
        except msgspec.DecodeError:
            log.warning("page_report_not_understood")
            await socket.close(code=POLICY_VIOLATION, reason="bad_report")
            return
        if player:
            _pass_on(report, player)


def _pass_on(report: Report, player: PagePlayer) -> None:
    match report.event:
        case "began":
            player.page_began(report.id)
        case "ended":
            player.page_ended(report.id)
        case "failed":
            player.page_failed(report.id, report.reason)


async def _send_states(socket: WebSocket[Any, Any, State], wall: Wall, view: OfficeView) -> None:
    with contextlib.suppress(WebSocketDisconnect), view.listening() as changed:
        changed.set()
        sent: WallState | None = None
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ALIVE_EVERY_SECONDS):
                    await changed.wait()
            state = wall.wall_state()
            message: StateMessage | AliveMessage = AliveMessage()
            # Slides change by the calendar and fall silent by the clock, without any news.
            if changed.is_set() or sent is None or state.slides != sent.slides:
                changed.clear()
                message, sent = StateMessage(state), state
            await socket.send_data(msgspec.json.encode(message), "text", encoding="utf-8")
