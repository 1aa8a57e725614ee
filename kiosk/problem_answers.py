"""Turns what went wrong into ``application/problem+json``, in the language of the page."""

from http import HTTPStatus
from typing import Any, Final

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.status_codes import HTTP_500_INTERNAL_SERVER_ERROR

from kiosk.errors import BadRequestError, KioskError
from kiosk.texts import Texts
from queue_service.protocol.languages import SOURCE_LANGUAGE

PROBLEM_JSON = "application/problem+json"

CODES: Final = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}
"""Codes of what the framework itself refuses."""

log = structlog.get_logger(__name__)


def kiosk_error(request: Request[Any, Any, Any], error: KioskError) -> Response[dict[str, Any]]:
    """Answer with the error's own status, code and words."""
    texts: Texts = request.app.state.texts
    problem = error.problem()
    detail = problem.get("detail") or texts.say(error.words, _language(request, texts))
    return _answer(int(problem["status"]), {**problem, "detail": detail})


def http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, Any]]:
    """Answer to what the framework refused before any of our code ran."""
    if error.status_code == BadRequestError.status:
        return kiosk_error(request, BadRequestError(_fields(error)))
    code = CODES.get(error.status_code, "refused")
    title = HTTPStatus(error.status_code).phrase
    return _answer(
        error.status_code, {"type": "about:blank", "status": error.status_code, "code": code, "title": title}
    )


def unexpected_error(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    """Answer to a fault of this program; the log holds where, never what the visitor typed."""
    log.error("kiosk_failed", path=request.url.path, kind=type(error).__name__, exc_info=error)
    failure = KioskError()
    texts: Texts = request.app.state.texts
    detail = texts.say(failure.words, _language(request, texts))
    return _answer(HTTP_500_INTERNAL_SERVER_ERROR, {**failure.problem(), "detail": detail})


def _answer(status: int, problem: dict[str, Any]) -> Response[dict[str, Any]]:
    return Response(problem, status_code=status, media_type=PROBLEM_JSON)


def _language(request: Request[Any, Any, Any], texts: Texts) -> str:
    """First language that the page asks for."""
    wanted = request.headers.get("accept-language", SOURCE_LANGUAGE)
    return texts.best_language(wanted.split(",")[0].split(";")[0].strip())


def _fields(error: HTTPException) -> list[dict[str, str]]:
    """Name the fields at fault without repeating their values."""
    extra = error.extra if isinstance(error.extra, list) else []
    fields = [
        {"field": str(item.get("key", "")), "message": str(item.get("message", ""))}
        for item in extra
        if isinstance(item, dict)
    ]
    return fields or [{"field": "", "message": "not readable as JSON"}]
