"""HTTP's side of every verb: problem+json, and a repeated request answered once.

A route parses, authorises, and hands its verb to ``answer``::

    return await answer(request, lambda conn: service.call_next(conn, now, …))
"""

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypeAlias

import asyncpg
import msgspec
import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException
from litestar.openapi import ResponseSpec
from litestar.params import ParameterKwarg

from queue_service.platform import errors
from queue_service.platform.installation_secret import installation_secret, keyed_hash
from queue_service.platform.queries import Connection, load_queries
from queue_service.protocol.device_api import FieldError, Problem

log = structlog.get_logger(__name__)

AnyRequest: TypeAlias = Request[Any, Any, Any]
Work: TypeAlias = Callable[[Connection], Awaitable[object]]

PROBLEM_MEDIA_TYPE = "application/problem+json"
IDEMPOTENCY_HEADER = "Idempotency-Key"
SECRET_HEADER = "Visitor-Secret"  # noqa: S105  # a header's name
"""Opens what its sender has booked; a repeat with another one is another request."""
PURPOSE = "idempotency"
"""Of the installation's secret by which anonymous callers are told apart."""
LONGEST_IDEMPOTENCY_KEY = 200
KIND_OF_STATUS: Mapping[int, type[errors.QueueError]] = {
    404: errors.NotFound,
    405: errors.MethodNotAllowed,
    413: errors.TooLarge,
}
"""What the framework refuses before a route runs."""
MISSING_PARAMETER = re.compile(r"Missing required \w+ parameter '([^']+)'")
"""Litestar's sentence; it gives the name nowhere else."""
BODY = "data"
"""What handlers call the decoded body; Litestar names it when there is none."""

_encode = msgspec.json.Encoder().encode
_platform = load_queries("platform")


def problem(error: errors.QueueError) -> Response[bytes]:
    """Return the error as RFC 9457 says, extension members beside the standard ones."""
    status = error.status
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "code": error.code,
        "detail": error.detail,
    }
    if error.errors:
        body["errors"] = error.errors
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after is not None else {}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    # Own members never replace the standard's.
    return _problem_response(int(status), {**error.extra, **body}, headers)


def problem_of(request: AnyRequest, error: Exception) -> Response[bytes]:
    """Return the problem that stands for whatever was raised; the unforeseen is logged and says nothing."""
    answered = problem(queue_error_of(request, error))
    if isinstance(error, HTTPException):
        # Allow, for a method that isn't.
        answered.headers.update(error.headers or {})
    return answered


def queue_error_of(request: AnyRequest, error: Exception) -> errors.QueueError:
    """Return what a caller is told about whatever was raised; a fault of ours is recorded first."""
    if isinstance(error, errors.QueueError):
        return error
    if isinstance(error, asyncpg.DataError | UnicodeError):
        # A character or number that no column can hold: NUL, a lone surrogate, a year 10,000.
        return errors.BadRequest("A value can't be stored.")
    if isinstance(error, HTTPException) and error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return _refused_by_framework(request, error)
    log_unforeseen(request, error)
    return errors.InternalError()


def _refused_by_framework(request: AnyRequest, error: HTTPException) -> errors.QueueError:
    """Return our error for what was refused before a route ran: unknown paths, bad parameters."""
    if error.status_code != HTTPStatus.BAD_REQUEST:
        return KIND_OF_STATUS.get(error.status_code, errors.BadRequest)()
    missing = MISSING_PARAMETER.match(error.detail)
    if missing:
        return errors.InvalidFields(errors=[FieldError(missing[1], "This is required.")])
    fields = [
        FieldError(_sent_name(request, str(entry.get("key", ""))), str(entry.get("message", "")))
        for entry in (error.extra if isinstance(error.extra, list) else [])
        if isinstance(entry, Mapping)
    ]
    if [entry.field for entry in fields] == [BODY]:
        return errors.BadRequest("A body is required.")
    return errors.InvalidFields(errors=fields) if fields else errors.BadRequest(error.detail)


def _sent_name(request: AnyRequest, name: str) -> str:
    """Return the name under which a parameter is sent: ``from``, for what the code calls ``begin``."""
    handler = request.route_handler
    needed = [provider.parsed_fn_signature for provider in handler.resolve_dependencies().values()]
    for signature in (handler.parsed_fn_signature, *needed):
        parameter = signature.parameters.get(name)
        if parameter and isinstance(parameter.kwarg_definition, ParameterKwarg):
            return parameter.kwarg_definition.name or name
    return name


def log_unforeseen(request: AnyRequest, error: Exception) -> None:
    """Record a fault of ours with its trace, without what the request carried."""
    log.error("request_failed", route=_route(request), error=type(error).__name__, exc_info=error)


def _route(request: AnyRequest) -> str:
    """The route's template: paths hold tokens and references, which no log may keep."""
    return str(request.scope.get("path_template", ""))


def _problem_response(status: int, body: Mapping[str, Any], headers: dict[str, str]) -> Response[bytes]:
    return Response(_encode(body), status_code=status, media_type=PROBLEM_MEDIA_TYPE, headers=headers)


def json_answer(value: object, status: int = HTTPStatus.OK) -> Response[Any]:
    """Return ``value`` as JSON, or an empty 204 for None."""
    if value is None:
        return Response(None, status_code=HTTPStatus.NO_CONTENT)
    return Response(_encode(value), status_code=status, media_type=MediaType.JSON)


async def answer(
    request: AnyRequest, work: Work, *, status: int = HTTPStatus.OK, atomic: bool = False
) -> Response[Any]:
    """Run a verb and answer with what it gives; None becomes 204.

    ``atomic`` puts everything that ``work`` does into one transaction. With an Idempotency-Key the
    verb, and the memory of its answer, are one transaction in any case: a repeat gets the same
    answer, whatever died in between. Only successes are remembered; a refusal is decided anew.
    """
    database = request.app.state.database
    key = request.headers.get(IDEMPOTENCY_HEADER)
    if key is not None:
        return await _answer_once(request, key, work, status)
    async with database.transaction() if atomic else database.connection() as conn:
        value = await work(conn)
    return json_answer(value, status)


async def _key_space(conn: Connection, request: AnyRequest) -> str:
    """Name those who share one set of keys.

    Visitors have no account, and answers to them hold secrets: one who happens to use (or guesses)
    another's key must not be given the other's answer. They are told apart by the address that they
    ask from; as a keyed hash, because nothing else keeps addresses either.
    """
    key: str = request.user.key
    if request.user.kind != "anonymous":
        return key
    address = request.client.host if request.client else ""
    return f"{key}:{keyed_hash(await installation_secret(conn, PURPOSE), address).hex()}"


async def _answer_once(request: AnyRequest, key: str, work: Work, status: int) -> Response[Any]:
    if not 0 < len(key) <= LONGEST_IDEMPOTENCY_KEY or not key.isprintable():
        raise errors.InvalidFields(
            errors=[FieldError(IDEMPOTENCY_HEADER, f"1 to {LONGEST_IDEMPOTENCY_KEY} printable characters")]
        )
    now: datetime = request.app.state.clock()
    # With the query: a visitor's secret may stand in it.
    sent = [request.method.encode(), request.url.path.encode(), request.scope["query_string"]]
    secret = request.headers.get(SECRET_HEADER)
    own = [] if secret is None else [secret.encode()]
    fingerprint = hashlib.sha256(b"\0".join([*sent, await request.body(), *own])).digest()
    async with request.app.state.database.transaction() as conn:
        principal = await _key_space(conn, request)
        if not await _platform.try_request_key(conn, principal=principal, key=key):
            raise errors.InProgress(retry_after=1)
        before = await _platform.find_answered_request(conn, principal=principal, key=key)
        if before is not None:
            if before["fingerprint"] != fingerprint:
                raise errors.IdempotencyMismatch
            return Response(before["answer"] or None, status_code=before["status"], media_type=MediaType.JSON)
        value = await work(conn)
        encoded = b"" if value is None else _encode(value)
        status = HTTPStatus.NO_CONTENT if value is None else status
        await _platform.keep_answer(
            conn,
            principal=principal,
            key=key,
            fingerprint=fingerprint,
            status=int(status),
            answer=encoded,
            now=now,
        )
    return Response(encoded or None, status_code=status, media_type=MediaType.JSON)


@dataclass
class Refusal(ResponseSpec):
    """A status that a route can answer, with every error that it may stand for."""

    kinds: tuple[type[errors.QueueError], ...] = ()


def refusals(*kinds: type[errors.QueueError]) -> dict[int, ResponseSpec]:
    """Return the OpenAPI entries for the errors that a route can answer."""
    by_status: dict[int, list[type[errors.QueueError]]] = {}
    for kind in kinds:
        by_status.setdefault(int(kind.status), []).append(kind)
    return {
        status: Refusal(
            Problem, media_type=PROBLEM_MEDIA_TYPE, generate_examples=False, kinds=tuple(dict.fromkeys(group))
        )
        for status, group in by_status.items()
    }
