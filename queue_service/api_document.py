"""The OpenAPI document, complete and true: what the handlers declare and what follows from it.

The framework reads paths, parameters and descriptions from the handlers. Here every body gets the
schema that it is decoded and encoded by, and every operation the answers that nobody has to repeat
at each handler because they follow from how it is called: who may, what is sent, what is kept.
A test sends thousands of requests made from this document and requires that each answer is in it.
"""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, TypeAlias

import msgspec
from litestar import Litestar, Request
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.routes import HTTPRoute

from queue_service.accounts.guards import CSRF_HEADER, SAFE_METHODS, SESSION_COOKIE, Access, declared_access
from queue_service.api_examples import EXAMPLES, Example
from queue_service.api_schemas import Schemas
from queue_service.platform import errors
from queue_service.platform.errors import QueueError
from queue_service.platform.http import (
    IDEMPOTENCY_HEADER,
    LONGEST_IDEMPOTENCY_KEY,
    PROBLEM_MEDIA_TYPE,
    SECRET_HEADER,
    Refusal,
)

Json: TypeAlias = dict[str, Any]

JSON = "application/json"
PROBLEM = "#/components/schemas/Problem"
DESCRIPTION = """\
Appointments and counter queues of public offices.

Every refusal is a problem of RFC 9457, `application/problem+json`, with a stable `code` for programs and,
where fields can't be accepted, `errors` that name each of them. Beside what each operation lists, any path
may answer 405 `method_not_allowed` with `Allow`, a path that is none 404 `not_found`, and a fault of ours
500 `internal_error`.

`GET /api/v1/stream?office={office}` is a WebSocket and not in this list: send
`{"type": "hello", "token": "..."}` (or the token as `Authorization` header), get
`{"type": "snapshot", "version": n, ...}`, and then every change with consecutive versions."""

SECURITY_SCHEMES: Json = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "From `POST /api/v1/session`, or a device's token.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": "Set by the log-in page; for our own pages.",
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": CSRF_HEADER,
        "description": "From the page's head; proves that the page meant what the cookie allows.",
    },
}

IDEMPOTENCY_KEY: Json = {
    "name": IDEMPOTENCY_HEADER,
    "in": "header",
    "required": False,
    "description": "Names this request, so that it can be sent again without harm: the same key and body get "
    "the same answer, once. Another body gets 422 `idempotency_mismatch`, a repeat while the first is under "
    "way 409 `in_progress`. Kept for an hour.",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": LONGEST_IDEMPOTENCY_KEY,
        "pattern": "^[ -~]+$",
    },
    "example": "0d8f3c1e-7f0b-4a57-9f55-4c8d1f0a2b6e",
}
RETRY_AFTER: Json = {
    "Retry-After": {
        "description": "Seconds after which a repeat makes sense.",
        "schema": {"type": "integer", "minimum": 0},
    }
}
HEADERS_OF_STATUS: Mapping[int, Json] = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": {"schema": {"type": "string", "const": "Bearer"}}},
    HTTPStatus.CONFLICT: RETRY_AFTER,
    HTTPStatus.TOO_MANY_REQUESTS: RETRY_AFTER,
    HTTPStatus.SERVICE_UNAVAILABLE: RETRY_AFTER,
}


class ApiDocument(JsonRenderPlugin):
    """Serves the document; made once, at the first request."""

    def __init__(self) -> None:
        super().__init__(path="/openapi.json")
        self._document: bytes | None = None

    def render(self, request: Request[Any, Any, Any], openapi_schema: Json) -> bytes:
        """Give the document as JSON."""
        if self._document is None:
            self._document = msgspec.json.encode(complete(openapi_schema, request.app))
        return self._document


def complete(drawn: Json, app: Litestar) -> Json:
    """Give the document that the framework has drawn, with everything that it doesn't know."""
    schemas = Schemas(app)
    paths = {
        path: {method: _operation(operation, handlers[method], schemas) for method, operation in item.items()}
        for path, item in drawn["paths"].items()
        if (handlers := _handlers(app, path))
    }
    components = {"schemas": schemas.components, "securitySchemes": SECURITY_SCHEMES}
    info = drawn["info"] | {"description": DESCRIPTION}
    return {**drawn, "info": info, "paths": paths, "components": components}


def _handlers(app: Litestar, path: str) -> dict[str, HTTPRouteHandler]:
    return {
        method.lower(): handler
        for route in app.routes
        if isinstance(route, HTTPRoute) and (route.path_format or "/") == path
        for handler in route.route_handlers
        for method in handler.http_methods
    }


def _operation(drawn: Json, handler: HTTPRouteHandler, schemas: Schemas) -> Json:
    access = declared_access(handler) or Access()
    example = EXAMPLES.get(drawn["operationId"], Example())
    summary, _, rest = (handler.fn.__doc__ or "").strip().partition("\n")
    details = [" ".join(rest.split()), _needed(access)]
    operation = drawn | {
        "summary": summary,
        "security": _security(access, handler),
        "responses": _responses(drawn, handler, schemas),
    }
    if any(details):
        operation["description"] = "\n\n".join(filter(None, details))
    parameters = [_with_example(parameter, example) for parameter in drawn.get("parameters", [])]
    if keeps_answers(handler):
        parameters.append(IDEMPOTENCY_KEY)
    if parameters:
        operation["parameters"] = parameters
    body = schemas.of_body(handler)
    if body is not None:
        content: Json = {"schema": body} | ({"example": example.body} if example.body is not None else {})
        field = handler.parsed_data_field
        required = field is not None and not field.is_optional
        operation["requestBody"] = {"required": required, "content": {JSON: content}}
    return operation


def _needed(access: Access) -> str:
    if not access.any_of:
        return ""
    return f"Permission: {' or '.join(f'`{permission.value}`' for permission in sorted(access.any_of))}."


def _security(access: Access, handler: HTTPRouteHandler) -> list[Json]:
    """Tell every way to say who one is; an empty one where nobody has to."""
    if not access.reads_credentials:
        return []
    by_cookie: Json = {"session": []} if handler.http_methods & SAFE_METHODS else {"session": [], "csrf": []}
    return [{"token": []}, by_cookie, *([] if access.any_of else [{}])]


def _with_example(parameter: Json, example: Example) -> Json:
    # What a visitor's header takes is what the query takes.
    headers = {SECRET_HEADER: example.query["secret"]} if "secret" in example.query else {}
    given = {"query": example.query, "path": example.path, "header": headers}[parameter["in"]]
    return parameter | ({"example": given[parameter["name"]]} if parameter["name"] in given else {})


def keeps_answers(handler: HTTPRouteHandler) -> bool:
    """Tell whether a repeat with the same Idempotency-Key gets the first answer.

    Everything that is posted by somebody who is known does. The log-in does not: its answer would
    have to be stored, and with it the token.
    """
    access = declared_access(handler)
    return "POST" in handler.http_methods and access is not None and access.reads_credentials


def _responses(drawn: Json, handler: HTTPRouteHandler, schemas: Schemas) -> Json:
    declared = handler.responses or {}
    answers: Json = {
        status: answer
        for status, answer in drawn["responses"].items()
        if int(status) == handler.status_code
        or (int(status) in declared and not isinstance(declared[int(status)], Refusal))
    }
    success = answers[str(handler.status_code)]
    success["description"] = HTTPStatus(handler.status_code).phrase
    schema = schemas.of_answer(handler)
    if schema is not None:
        success["content"] = {JSON: {"schema": schema}}
    by_status: dict[int, dict[str, type[QueueError]]] = {}
    for kind in (*_declared(handler), *_implied(drawn, handler)):
        by_status.setdefault(int(kind.status), {})[kind.code] = kind
    refused = {str(status): _refusal(status, kinds) for status, kinds in by_status.items()}
    return dict(sorted((refused | answers).items()))


def _refusal(status: int, kinds: Mapping[str, type[QueueError]]) -> Json:
    sentences = [f"`{code}`: {(kind.__doc__ or '').strip()}" for code, kind in sorted(kinds.items())]
    schema = {"$ref": PROBLEM, "properties": {"status": {"const": status}, "code": {"enum": sorted(kinds)}}}
    refusal = {"description": " ".join(sentences), "content": {PROBLEM_MEDIA_TYPE: {"schema": schema}}}
    return refusal | ({"headers": HEADERS_OF_STATUS[status]} if status in HEADERS_OF_STATUS else {})


def _declared(handler: HTTPRouteHandler) -> Iterator[type[QueueError]]:
    for response in (handler.responses or {}).values():
        if isinstance(response, Refusal):
            yield from response.kinds


def _implied(drawn: Json, handler: HTTPRouteHandler) -> Iterator[type[QueueError]]:
    """Give the errors that follow from how an operation is called."""
    access = declared_access(handler) or Access()
    parameters = drawn.get("parameters", [])
    takes_body = handler.parsed_data_field is not None
    if access.reads_credentials:
        yield from (errors.NotAuthenticated, errors.Unavailable)
        if not handler.http_methods & SAFE_METHODS:
            yield errors.CsrfFailed
    if access.any_of:
        yield errors.NotPermitted
    if parameters or takes_body:
        yield from (errors.BadRequest, errors.InvalidFields)
    if any(parameter["in"] == "path" for parameter in parameters):
        # What doesn't have the form, or holds a slash, is no path of ours.
        yield errors.NotFound
    if takes_body:
        yield errors.UnsupportedMediaType
    if keeps_answers(handler):
        yield from (errors.InvalidFields, errors.InProgress, errors.IdempotencyMismatch)
    if takes_body or keeps_answers(handler):
        yield errors.TooLarge
