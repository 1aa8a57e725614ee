"""HTTP for the words that an authority has of its own."""

from http import HTTPStatus
from typing import Annotated, Any, TypeAlias

import msgspec
from litestar import Controller, Request, Response, delete, get, put
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody, PathParameter
from msgspec import Meta

from queue_service.accounts.guards import requires
from queue_service.accounts.model import Permission, Principal
from queue_service.accounts.service import AuthorityNotFound
from queue_service.notices import authority_texts
from queue_service.notices.authority_texts import AuthorityText
from queue_service.notices.model import Kind, Way
from queue_service.notices.text_template import LONGEST_TEXT
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Authority
from queue_service.platform import errors
from queue_service.platform.http import json_answer, refusals
from queue_service.platform.queries import Connection

ApiRequest: TypeAlias = Request[Principal, Any, State]

LONGEST_SLUG = 60
LONGEST_LANGUAGE = 35
CONFIGURE = requires(Permission.OFFICE_CONFIGURE)
AuthorityPath = Annotated[str, PathParameter(max_length=LONGEST_SLUG, description="The authority's slug")]
LanguagePath = Annotated[
    str,
    PathParameter(
        pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        max_length=LONGEST_LANGUAGE,
        description="A language tag such as de, en or de-simple",
    ),
]
REFUSED = (
    errors.NotAuthenticated,
    errors.NotPermitted,
    errors.BadRequest,
    errors.InvalidFields,
    AuthorityNotFound,
    errors.Unavailable,
)


class TextRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text to use, or only to look at."""

    text: Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)]
    preview: bool = False
    """Answer what it would say, and use it for nothing."""


class AuthorityTextController(Controller):
    """Texts of messages by authority, kind, way and language."""

    path = "/api/v1/authorities/{authority:str}/texts/{kind:str}/{way:str}/{language:str}"
    tags = ("messages",)

    @get("/", operation_id="readAuthorityText", opt=CONFIGURE, responses=refusals(*REFUSED))
    async def read(
        self,
        authority: AuthorityPath,
        kind: FromPath[Kind],
        way: FromPath[Way],
        language: LanguagePath,
        request: ApiRequest,
        state: State,
    ) -> Response[AuthorityText]:
        """Tell the text in use, what may stand in it, and what it says to somebody invented."""
        async with state.database.connection() as conn:
            whose = await _authority(conn, request.user, authority)
            return json_answer(await authority_texts.read(conn, whose, kind, way, language))

    @put("/", operation_id="saveAuthorityText", opt=CONFIGURE, responses=refusals(*REFUSED))
    async def save(
        self,
        authority: AuthorityPath,
        kind: FromPath[Kind],
        way: FromPath[Way],
        language: LanguagePath,
        data: JSONBody[TextRequest],
        request: ApiRequest,
        state: State,
    ) -> Response[AuthorityText]:
        """Use this text from now on, or only show what it would say; both name every fault in it."""
        async with state.database.connection() as conn:
            whose = await _authority(conn, request.user, authority)
            if data.preview:
                return json_answer(authority_texts.preview(whose, kind, way, language, data.text))
            saved = await authority_texts.save(conn, state.clock(), whose, kind, way, language, data.text)
        return json_answer(saved)

    @delete(
        "/",
        operation_id="dropAuthorityText",
        status_code=HTTPStatus.NO_CONTENT,
        opt=CONFIGURE,
        responses=refusals(*REFUSED),
    )
    async def drop(
        self,
        authority: AuthorityPath,
        kind: FromPath[Kind],
        way: FromPath[Way],
        language: LanguagePath,
        request: ApiRequest,
        state: State,
    ) -> None:
        """Use the standard text again."""
        async with state.database.connection() as conn:
            whose = await _authority(conn, request.user, authority)
            await authority_texts.drop(conn, whose, kind, way, language)


async def _authority(conn: Connection, user: Principal, slug: str) -> Authority:
    """The authority, if somebody may decide how it speaks; raises AuthorityNotFound, NotPermitted."""
    listed = await offices.list_authorities(conn)
    found = next((authority for authority in listed if authority.slug == slug), None)
    if found is None:
        raise AuthorityNotFound
    user.require(Permission.OFFICE_CONFIGURE, authority_id=found.id)
    return found
