"""HTTP's side of every verb: problem+json, and a repeated request answered once.

A route parses, authorises, and hands its verb to ``answer``::

    return await answer(request, lambda conn: service.call_next(conn, now, …))
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypeAlias

import asyncpg
import msgspec
import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException
from litestar.openapi import ResponseSpec

from queue_service.platform import errors
from queue_service.platform.queries import Connection, load_queries
from queue_service.protocol.device_api import FieldError, Problem

log = structlog.get_logger(__name__)

AnyRequest: TypeAlias = Request[Any, Any, Any]
Work: TypeAlias = Callable[[Connection], Awaitable[object]]

PROBLEM_MEDIA_TYPE = "application/problem+json"
IDEMPOTENCY_HEADER = "Idempotency-Key"
LONGEST_IDEMPOTENCY_KEY = 200
CODE_OF_STATUS: Mapping[int, str] = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
}
"""Codes of what the framework refuses before a route runs."""

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
    if isinstance(error, errors.QueueError):
        return problem(error)
    if isinstance(error, asyncpg.DataError | UnicodeEncodeError):
        # A character or number that no column can hold: NUL, a lone surrogate, a year 10,000.
        return problem(errors.BadRequest("A value can't be stored."))
    if isinstance(error, HTTPException) and error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        fields = _fields(error.extra)
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(error.status_code).phrase,
            "status": error.status_code,
            "code": "invalid_fields" if fields else CODE_OF_STATUS.get(error.status_code, "bad_request"),
            "detail": errors.InvalidFields().detail if fields else error.detail,
        }
        if fields:
            body["errors"] = fields
        return _problem_response(error.status_code, body, dict(error.headers or {}))
    log_unforeseen(request, error)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    body = {"type": "about:blank", "title": status.phrase, "status": int(status), "code": "internal_error"}
    return _problem_response(int(status), {**body, "detail": "The fault is ours and has been recorded."}, {})


def is_unforeseen(error: Exception) -> bool:
    """Tell whether an error is a fault of ours."""
    if isinstance(error, HTTPException):
        return error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
    return not isinstance(error, errors.QueueError)


def log_unforeseen(request: AnyRequest, error: Exception) -> None:
    """Record a fault of ours with its trace, without what the request carried."""
    log.error("request_failed", route=_route(request), error=type(error).__name__, exc_info=error)


def _route(request: AnyRequest) -> str:
    """The route's template: paths hold tokens and references, which no log may keep."""
    return str(request.scope.get("path_template", ""))


def _fields(extra: object) -> list[FieldError]:
    if not isinstance(extra, list):
        return []
    return [
        FieldError(str(entry.get("key", "")), str(entry.get("message", "")))
        for entry in extra
        if isinstance(entry, Mapping)
    ]


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


async def _answer_once(request: AnyRequest, key: str, work: Work, status: int) -> Response[Any]:
    if not 0 < len(key) <= LONGEST_IDEMPOTENCY_KEY or not key.isprintable():
        raise errors.InvalidFields(
            errors=[FieldError(IDEMPOTENCY_HEADER, f"1 to {LONGEST_IDEMPOTENCY_KEY} printable characters")]
        )
    now: datetime = request.app.state.clock()
    principal: str = request.user.key
    fingerprint = hashlib.sha256(
        b"\0".join([request.method.encode(), request.url.path.encode(), await request.body()])
    ).digest()
    async with request.app.state.database.transaction() as conn:
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


def refusals(*kinds: type[errors.QueueError]) -> dict[int, ResponseSpec]:
    """Return the OpenAPI entries for the errors that a route can answer."""
    by_status: dict[int, list[type[errors.QueueError]]] = {}
    for kind in kinds:
        by_status.setdefault(int(kind.status), []).append(kind)
    return {
        status: ResponseSpec(
            Problem,
            description=" ".join(f"`{kind.code}`: {(kind.__doc__ or '').strip()}" for kind in group),
            media_type=PROBLEM_MEDIA_TYPE,
            generate_examples=False,
        )
        for status, group in by_status.items()
    }
