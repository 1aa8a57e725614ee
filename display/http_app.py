"""The display's HTTP app: its routes, its files, and the headers that keep its page to itself."""

import contextlib
from collections.abc import Callable

from litestar import Litestar, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.static_files import create_static_files_router

from display.page import STATIC
from display.routes import HANDLERS, http_problem

RESPONSE_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
        "media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}


def http_app(
    state: State, running: Callable[[Litestar], contextlib.AbstractAsyncContextManager[None]]
) -> Litestar:
    """Give the app; ``running`` lives as long as it does."""
    return Litestar(
        route_handlers=[*HANDLERS, create_static_files_router(path="/static", directories=[STATIC])],
        lifespan=[running],
        exception_handlers={HTTPException: http_problem},
        after_request=_with_headers,
        state=state,
        openapi_config=None,
        logging_config=None,
    )


def _with_headers(response: Response[object]) -> Response[object]:
    for name, value in RESPONSE_HEADERS.items():
        response.headers.setdefault(name, value)
    return response
