"""The kiosk's own page and API, on the loopback interface only."""

import asyncio
import contextlib
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import MediaType, WebSocket, delete, get, post, websocket
from litestar.datastructures import State
from litestar.exceptions import WebSocketDisconnect
from litestar.params import PathParameter
from litestar.response import File

from kiosk.office_view import KioskState
from kiosk.page_events import PageEvents, PageFeed
from kiosk.service_api import ServiceApi
from kiosk.speech import Speech, SpeechRequest
from kiosk.texts import Texts
from kiosk.ticketing import TicketAtKiosk, Ticketing
from queue_service.protocol.device_api import CheckInRequest, TicketRequest
from queue_service.protocol.help import HelpAtDevice
from queue_service.protocol.languages import LINGUA_FRANCA, RIGHT_TO_LEFT, SOURCE_LANGUAGE

PAGE = Path(__file__).parent / "static" / "index.html"
HTTP_OK = 200
LONGEST_NUMBER = 20


class PageTexts(msgspec.Struct, frozen=True):
    """What the page needs to speak every language: translations keyed by the German words."""

    source: str
    second: str
    """What offices write in beside ``source``."""
    right_to_left: list[str]
    names: dict[str, str]
    texts: dict[str, dict[str, str]]
    counted: dict[str, dict[str, dict[str, str]]]
    """Texts with a number, by the German words for one, then by CLDR's plural category."""


@get("/", media_type=MediaType.HTML, sync_to_thread=False)
def page() -> File:
    """Give the touch page."""
    return File(PAGE, content_disposition_type="inline", media_type=MediaType.HTML)


@get("/api/texts", sync_to_thread=False)
def page_texts(state: State) -> PageTexts:
    """Give all words of the page in all languages, so that it can change language without asking."""
    texts: Texts = state.texts
    return PageTexts(
        SOURCE_LANGUAGE,
        LINGUA_FRANCA,
        sorted(RIGHT_TO_LEFT),
        texts.names(),
        texts.by_language,
        texts.counted,
    )


@get("/api/state", sync_to_thread=False)
def current_state(state: State) -> KioskState:
    """Give what the page draws from."""
    current: KioskState = state.view.state()
    return current


@post("/api/tickets")
async def issue_ticket(state: State, data: TicketRequest) -> TicketAtKiosk:
    """Give a number to a visitor without an appointment and print it."""
    ticketing: Ticketing = state.ticketing
    return await ticketing.issue(data)


@post("/api/check-ins")
async def check_in(state: State, data: CheckInRequest) -> TicketAtKiosk:
    """Give the number of an appointment and print it."""
    ticketing: Ticketing = state.ticketing
    return await ticketing.check_in(data)


@post("/api/tickets/{ticket:uuid}/reprint", status_code=HTTP_OK)
async def reprint(state: State, ticket: UUID) -> TicketAtKiosk:
    """Print a ticket of the last minutes once more."""
    ticketing: Ticketing = state.ticketing
    return await ticketing.reprint(ticket)


@get("/api/numbers/{number:str}")
async def look_up(
    state: State, number: Annotated[str, PathParameter(max_length=LONGEST_NUMBER)]
) -> dict[str, Any]:
    """Tell how it stands with a number that somebody has on paper."""
    ticketing: Ticketing = state.ticketing
    return await ticketing.look_up(number)


@post("/api/speech", status_code=HTTP_OK, media_type="audio/wav")
async def say(state: State, data: SpeechRequest) -> bytes:
    """Give a sentence as sound; 404 ``no_voice`` in a language that nothing here speaks."""
    speech: Speech = state.speech
    return await speech.say(data)


@get("/api/help")
async def see_help(state: State) -> HelpAtDevice:
    """Tell whether somebody was asked to come here, and comes."""
    service: ServiceApi = state.service
    return await service.help("GET")


@post("/api/help", status_code=HTTP_OK)
async def ask_for_help(state: State) -> HelpAtDevice:
    """Ask the reception to send somebody; asking again changes nothing."""
    service: ServiceApi = state.service
    return await service.help("POST")


@delete("/api/help", status_code=HTTP_OK)
async def withdraw_help(state: State) -> HelpAtDevice:
    """Ask for nobody any more."""
    service: ServiceApi = state.service
    return await service.help("DELETE")


@websocket("/api/events")
async def events(socket: WebSocket[Any, Any, State]) -> None:
    """Tell the page every change of the state, and tickets as soon as they have a number."""
    page_events: PageEvents = socket.app.state.page_events
    await socket.accept()
    with page_events.feed() as feed:
        # Only a socket that is read notices that its page has gone.
        reading = asyncio.create_task(_until_gone(socket))
        sending = asyncio.create_task(_send_all(socket, feed))
        _, unfinished = await asyncio.wait({reading, sending}, return_when=asyncio.FIRST_COMPLETED)
        for task in unfinished:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def _until_gone(socket: WebSocket[Any, Any, State]) -> None:
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            await socket.receive_data("text")


async def _send_all(socket: WebSocket[Any, Any, State], feed: PageFeed) -> None:
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            for event in await feed.next():
                await socket.send_data(msgspec.json.encode(event), "text", encoding="utf-8")


HANDLERS = (
    page,
    page_texts,
    current_state,
    issue_ticket,
    check_in,
    reprint,
    look_up,
    see_help,
    ask_for_help,
    withdraw_help,
    say,
    events,
)
