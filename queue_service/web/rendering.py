"""From a template to an answer: one language, the strict headers, what every page's head needs.

A handler ends with ``return page(request, "desk.html", …)``. Templates write ``{{ _("…") }}`` and
``{% trans %}``, ``asset("desk/desk.css")`` for files under ``static``, and ``names | localized`` for
texts that offices keep by language.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import jinja2
from litestar import MediaType, Request, Response
from litestar.datastructures import Cookie

from queue_service.accounts.guards import CSRF_FIELD, csrf_token
from queue_service.accounts.model import ANONYMOUS
from queue_service.protocol.languages import LANGUAGE_NAMES as ALL_LANGUAGE_NAMES
from queue_service.web.assets import accent_url, asset_url, texts_url
from queue_service.web.languages import (
    LANGUAGE_COOKIE,
    LANGUAGE_NAMES,
    LANGUAGE_QUERY,
    choose_language,
    localized,
    texts,
)
from queue_service.web.themes import THEMES, choose_theme

TEMPLATES = Path(__file__).parent / "templates"
SECRET_QUERY = "secret"  # noqa: S105  # its name in addresses
"""What a link in a message opens something by; no page repeats it."""
A_YEAR_IN_SECONDS = 365 * 24 * 60 * 60
PageRequest: TypeAlias = Request[Any, Any, Any]

PAGE_HEADERS: Mapping[str, str] = {
    # KERN's icons are data: images within its style sheet.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Addresses of follow pages and appointments hold secrets; no other site may learn them.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language, Cookie",
}


@cache
def _environment(language: str) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_translations(texts(language), newstyle=True)  # type: ignore[attr-defined]
    environment.filters["localized"] = lambda by_language: localized(by_language, language)
    environment.filters["clock"] = clock_time
    environment.globals["asset"] = asset_url
    environment.globals["accent_style"] = accent_url
    return environment


def clock_time(instant: datetime, zone: str) -> str:
    """Give the time of day at a place, ``09:05``."""
    return instant.astimezone(ZoneInfo(zone)).strftime("%H:%M")


def _own_query(request: PageRequest) -> list[tuple[str, str]]:
    """Give what the page was asked with, but the secret of a link that led nowhere."""
    return [(name, value) for name, value in request.query_params.multi_items() if name != SECRET_QUERY]


def own_address(request: PageRequest) -> str:
    """Give where the choice of a theme leads back to: this page; empty for the answer to a form."""
    if request.method != "GET":
        return ""
    query = urlencode(_own_query(request))
    return f"{request.url.path}?{query}" if query else request.url.path


def language_link(request: PageRequest, language: str) -> str:
    """Give this page's own address in another language."""
    query = [(name, value) for name, value in _own_query(request) if name != LANGUAGE_QUERY]
    return f"{request.url.path}?{urlencode([*query, (LANGUAGE_QUERY, language)])}"


def render(
    request: PageRequest,
    template: str,
    *,
    language: str = "",
    spoken: Sequence[str] = tuple(LANGUAGE_NAMES),
    **context: Any,
) -> str:
    """Give the page's HTML in ``language``, otherwise in its reader's, with links to all that are spoken."""
    language = language or choose_language(request)
    return (
        _environment(language)
        .get_template(template)
        .render(
            language=language,
            language_links=[(tag, ALL_LANGUAGE_NAMES[tag], language_link(request, tag)) for tag in spoken],
            texts_url=texts_url(language),
            csrf=csrf_token(request),
            csrf_field=CSRF_FIELD,
            demo=request.app.state.settings.demo,
            theme=choose_theme(request),
            themes=THEMES,
            theme_back=own_address(request),
            # An address that no route knows is answered before anybody is recognised.
            user=request.scope.get("user", ANONYMOUS),
            **{"accent": "", **context},
        )
    )


def page(
    request: PageRequest, template: str, status: int = 200, *, language: str = "", **context: Any
) -> Response[str]:
    """Answer a page; a language asked for in the address is remembered."""
    language = language or choose_language(request)
    chosen = request.query_params.get(LANGUAGE_QUERY) == language
    return Response(
        render(request, template, language=language, **context),
        status_code=status,
        media_type=MediaType.HTML,
        headers={**PAGE_HEADERS, "Content-Language": language},
        cookies=[_language_cookie(request, language)] if chosen else [],
    )


def _language_cookie(request: PageRequest, language: str) -> Cookie:
    return Cookie(
        key=LANGUAGE_COOKIE,
        value=language,
        path="/",
        max_age=A_YEAR_IN_SECONDS,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
