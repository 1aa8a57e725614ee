"""An office's newest calls as text, for visitors who can't hear them: on their telephone, or on a board.

Only where the office has opened it (``announcements.public_calls``), and no more than its wall shows: numbers
and counters.
"""

from typing import Annotated

import msgspec
from litestar import Controller, MediaType, Response, get
from litestar.datastructures import State
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from queue_service.accounts.guards import PUBLIC_FOR_UNKNOWN
from queue_service.devices.hub import Hub
from queue_service.offices import service as offices
from queue_service.platform import errors
from queue_service.platform.http import json_answer, refusals
from queue_service.protocol.stream import Call, DisplaySnapshot, HallState

FRESH_SECONDS = 2
"""How long an answer may be kept on its way: a hall hears a call about as late."""

OfficePath = Annotated[str, PathParameter(max_length=60, description="The office's slug")]


class CallsNotPublic(errors.NotFound):
    """The office shows its calls in its hall alone."""

    code = "calls_not_public"


class PublicCalls(msgspec.Struct, frozen=True):
    """The newest calls, newest first."""

    version: int
    """Of the office; grows with every change."""
    hall: HallState
    """``paused``: nobody is called for a while. ``leave``: everybody leaves the building."""
    items: list[Call]


class PublicCallController(Controller):
    """What a wall shows, as text."""

    path = "/api/v1/offices/{office:str}"
    tags = ("offices",)

    @get(
        "/calls.json",
        operation_id="listPublicCalls",
        opt=PUBLIC_FOR_UNKNOWN,
        responses=refusals(errors.BadRequest, errors.OfficeNotFound, CallsNotPublic, errors.Unavailable),
    )
    async def as_json(self, office: OfficePath, state: State) -> Response[PublicCalls]:
        """Tell the newest calls of an office that allows it."""
        snapshot = await _snapshot(office, state)
        answer = json_answer(PublicCalls(snapshot.version, snapshot.hall, snapshot.calls))
        answer.headers["cache-control"] = f"public, max-age={FRESH_SECONDS}"
        return answer

    @get(
        "/calls.txt",
        operation_id="readPublicCalls",
        media_type=MediaType.TEXT,
        opt=PUBLIC_FOR_UNKNOWN,
        responses=refusals(errors.BadRequest, errors.OfficeNotFound, CallsNotPublic, errors.Unavailable),
    )
    async def as_text(self, office: OfficePath, state: State) -> Response[bytes]:
        """Tell the same in lines of number and counter, newest first; ``*`` for whom staff fetch."""
        snapshot = await _snapshot(office, state)
        lines = [f"{call.number} {'*' if call.pick_up else call.counter}\n" for call in snapshot.calls]
        headers = {"cache-control": f"public, max-age={FRESH_SECONDS}"}
        return Response("".join(lines).encode(), media_type=MediaType.TEXT, headers=headers)


async def _snapshot(slug: str, state: State) -> DisplaySnapshot:
    """Give what the office's displays show. Raises OfficeNotFound, CallsNotPublic, Unavailable."""
    async with state.database.connection() as conn:
        office = await offices.find_office(conn, slug)
    if not office.setup.announcements.public_calls:
        raise CallsNotPublic
    hub: Hub = state.hub
    subscriber = await hub.subscribe(office.id, office.slug, "display", None)
    try:
        return msgspec.json.decode(await subscriber.next_message(), type=DisplaySnapshot)
    finally:
        await hub.unsubscribe(office.id, subscriber)


call_routes: list[ControllerRouterHandler] = [PublicCallController]
