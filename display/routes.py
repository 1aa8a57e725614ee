"""The display's own page and API, on the loopback interface only."""

from http import HTTPStatus
from typing import Annotated, Any

from litestar import MediaType, Request, Response, WebSocket, get, websocket
from litestar.datastructures import State
from litestar.exceptions import HTTPException, NotFoundException
from litestar.params import Parameter
from litestar.response import File

from display.page_feed import serve_page
from display.panel_files import PanelFiles
from display.text_feed import CallFeed, as_lines, etag_of
from display.wall import DisplayState, Wall

PROBLEM = "application/problem+json"

CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed"}


@get("/", media_type=MediaType.HTML, sync_to_thread=False)
def page(state: State) -> str:
    """Give the wall page."""
    html: str = state.page.html
    return html


@get("/api/state", sync_to_thread=False)
def current_state(state: State) -> DisplayState:
    """Give what the display knows and does."""
    wall: Wall = state.wall
    return wall.state()


@get("/api/announcements/{file:str}", media_type="audio/wav")
async def announcement(state: State, file: Annotated[str, Parameter(max_length=64)]) -> bytes:
    """Give the announcement ``{id}.wav`` of a call that is being said or still shown."""
    wall: Wall = state.wall
    name, dot, ending = file.rpartition(".")
    wav = await wall.announcement_wav(name) if dot and ending == "wav" else None
    if wav is None:
        raise NotFoundException("no such announcement")
    return wav


@get("/api/panel/{digest:str}")
async def panel_file(state: State, digest: Annotated[str, Parameter(max_length=64)]) -> File:
    """Give a picture or a film of the information panel."""
    files: PanelFiles = state.panel_files
    found = await files.find_whole(digest)
    if found is None:
        raise NotFoundException("no such file")
    path, file = found
    return File(path, media_type=file.media_type, content_disposition_type="inline")


@get("/feed.json", sync_to_thread=False)
def json_feed(request: Request[Any, Any, State], state: State) -> Response[Any]:
    """Give the newest calls to a program on this device; 304 while they are those that it has."""
    wall: Wall = state.wall
    return _unless_known(request, wall.feed(), MediaType.JSON)


@get("/feed.txt", sync_to_thread=False)
def text_feed(request: Request[Any, Any, State], state: State) -> Response[Any]:
    """Give the newest calls to a board that shows lines of text, one a line, newest first."""
    wall: Wall = state.wall
    return _unless_known(request, as_lines(wall.feed()), MediaType.TEXT)


def _unless_known(
    request: Request[Any, Any, State], content: CallFeed | str, kind: MediaType
) -> Response[Any]:
    tag = etag_of(content)
    if request.headers.get("if-none-match") == tag:
        return Response(None, status_code=HTTPStatus.NOT_MODIFIED, headers={"etag": tag})
    return Response(content, media_type=kind, headers={"etag": tag})


@websocket("/api/events")
async def events(socket: WebSocket[Any, Any, State]) -> None:
    """Tell the page every change of the state and take its reports of what it plays."""
    await socket.accept()
    state = socket.app.state
    await serve_page(socket, state.wall, state.view, state.page_player, state.page_fit)


@get("/livez", media_type=MediaType.TEXT, sync_to_thread=False)
def livez() -> str:
    """Say that the program runs; whether it is connected is in ``/api/state``."""
    return "ok"


def http_problem(_: Request[Any, Any, State], error: HTTPException) -> Response[dict[str, object]]:
    """Answer a request that can't be served as RFC 9457 asks."""
    return Response(
        {
            "type": "about:blank",
            "status": error.status_code,
            "code": CODES.get(error.status_code, "request_refused"),
            "title": error.detail if error.status_code < 500 else "internal error",
        },
        status_code=error.status_code,
        media_type=PROBLEM,
        headers=error.headers,
    )


HANDLERS = (page, current_state, announcement, panel_file, json_feed, text_feed, events, livez)
