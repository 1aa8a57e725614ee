"""HTTP for messages that staff look after: parse, authorise, call the service, answer."""

from http import HTTPStatus
from typing import Annotated, Any, TypeAlias
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath, PathParameter, QueryParameter

from queue_service.accounts.guards import requires
from queue_service.accounts.model import Permission, Principal
from queue_service.notices import service
from queue_service.notices.model import ListedMessage, MessageState
from queue_service.offices import service as offices
from queue_service.platform import errors
from queue_service.platform.http import answer, json_answer, refusals
from queue_service.platform.queries import Connection

ApiRequest: TypeAlias = Request[Principal, Any, State]

LONGEST_CODE = 60
MOST_STATES = 20
PHONE = "phone"
"""The channel whose appointments the agents of the hotline look after."""
MANAGE = requires(Permission.MESSAGE_MANAGE, Permission.MESSAGE_MANAGE_PHONE)
OfficePath = Annotated[str, PathParameter(max_length=LONGEST_CODE, description="The office's slug")]
States = Annotated[
    list[MessageState] | None,
    QueryParameter(
        name="state",
        max_items=MOST_STATES,
        description="Of which states; those that somebody has to look after, when none is named",
    ),
]
SIGNED_IN = (errors.NotAuthenticated, errors.NotPermitted)
CHANGED = (
    errors.BadRequest,
    errors.InvalidFields,
    errors.IdempotencyMismatch,
    errors.MessageNotFound,
    errors.IllegalTransition,
    errors.InProgress,
    errors.Unavailable,
)
TO_LOOK_AFTER: list[MessageState] = ["failed", "unclear"]


class Messages(msgspec.Struct, frozen=True):
    """Messages of an office, the newest first."""

    items: list[ListedMessage]


class OfficeMessageController(Controller):
    """What an office has to tell."""

    path = "/api/v1/offices/{office:str}"
    tags = ("messages",)

    @get(
        "/messages",
        operation_id="listMessages",
        opt=MANAGE,
        responses=refusals(
            *SIGNED_IN, errors.BadRequest, errors.InvalidFields, errors.OfficeNotFound, errors.Unavailable
        ),
    )
    async def list_messages(
        self, office: OfficePath, request: ApiRequest, state: State, states: States = None
    ) -> Response[Messages]:
        """Tell what became of messages to visitors; agents see those of appointments by telephone."""
        async with state.database.connection() as conn:
            here = await offices.find_office(conn, office)
            channel = _channel(request.user, here.id, here.authority_id)
            items = await service.list_messages(conn, here.id, states or TO_LOOK_AFTER, channel)
        return json_answer(Messages(items))


class MessageController(Controller):
    """What staff do with a message that did not arrive."""

    path = "/api/v1/messages/{message:uuid}"
    tags = ("messages",)

    @post(
        "/resend",
        operation_id="resendMessage",
        status_code=HTTPStatus.OK,
        opt=MANAGE,
        responses=refusals(*SIGNED_IN, *CHANGED),
    )
    async def resend(
        self, message: FromPath[UUID], request: ApiRequest, state: State
    ) -> Response[ListedMessage]:
        """Send it again; whoever asks for it accepts that an unclear one may arrive twice."""

        async def work(conn: Connection) -> ListedMessage:
            await _require(conn, request.user, message)
            return await service.resend(conn, state.clock(), message)

        return await answer(request, work)

    @post(
        "/settle",
        operation_id="settleMessage",
        status_code=HTTPStatus.OK,
        opt=MANAGE,
        responses=refusals(*SIGNED_IN, *CHANGED),
    )
    async def settle(self, message: FromPath[UUID], request: ApiRequest) -> Response[ListedMessage]:
        """Note that the visitor was told in another way, on the telephone for instance."""

        async def work(conn: Connection) -> ListedMessage:
            await _require(conn, request.user, message)
            return await service.settle(conn, message)

        return await answer(request, work)


def _channel(user: Principal, office_id: int, authority_id: int) -> str | None:
    """Give the channel whose messages somebody may look after there, None for all of them.

    Raises NotPermitted.
    """
    if user.may(Permission.MESSAGE_MANAGE, office_id, authority_id):
        return None
    user.require(Permission.MESSAGE_MANAGE_PHONE, office_id, authority_id)
    return PHONE


async def _require(conn: Connection, user: Principal, message_id: UUID) -> None:
    """Raise MessageNotFound or NotPermitted unless somebody may look after this message."""
    found = await service.find(conn, message_id)
    channel = _channel(user, found.office_id, found.authority_id)
    if channel not in {None, found.channel}:
        raise errors.NotPermitted(permission=Permission.MESSAGE_MANAGE.value)


message_routes = [OfficeMessageController, MessageController]
