"""Style, scripts and fonts, under an address that changes with their content.

All files stand under ``/static/<fingerprint>/``: relative imports between scripts and from style to
fonts stay within one version, and a browser may keep every file for good.
"""

import hashlib
import re
from functools import cache
from pathlib import Path

import msgspec
from litestar import MediaType, Response, get
from litestar.datastructures import CacheControlHeader
from litestar.params import FromPath
from litestar.static_files import create_static_files_router

from queue_service.accounts.guards import PUBLIC_FOR_UNKNOWN
from queue_service.platform.errors import NotFound
from queue_service.web.languages import LANGUAGE_NAMES, script_texts

STATIC = Path(__file__).parent / "static"
FINGERPRINT_LENGTH = 12
ACCENT_FILE = re.compile(r"[0-9a-f]{6}\.css")
FOR_GOOD = CacheControlHeader(public=True, immutable=True, max_age=365 * 24 * 60 * 60)


@cache
def fingerprint() -> str:
    """Give what names this version of the assets, texts of the scripts included."""
    seen = hashlib.sha256()
    for file in sorted(path for path in STATIC.rglob("*") if path.is_file()):
        seen.update(str(file.relative_to(STATIC)).encode())
        seen.update(file.read_bytes())
    for language in LANGUAGE_NAMES:
        seen.update(msgspec.json.encode(script_texts(language), order="sorted"))
    return seen.hexdigest()[:FINGERPRINT_LENGTH]


def asset_url(path: str) -> str:
    """Give the address of a file of ``static``; raises FileNotFoundError when there is none."""
    if not (STATIC / path).is_file():
        raise FileNotFoundError(STATIC / path)
    return f"/static/{fingerprint()}/{path}"


def texts_url(language: str) -> str:
    """Give the address of the scripts' texts in a language."""
    return f"/static/texts/{fingerprint()}/{language}.json"


def accent_url(colour: str) -> str:
    """Give the address of the style for ``#b3001b``; empty for an authority without a colour of its own."""
    return f"/static/accent/{colour.removeprefix('#').lower()}.css" if colour else ""


static_router = create_static_files_router(
    path=f"/static/{fingerprint()}",
    directories=[STATIC],
    cache_control=FOR_GOOD,
    opt=PUBLIC_FOR_UNKNOWN,
    name="static",
)


@get(
    "/static/texts/{version:str}/{file:str}",
    opt=PUBLIC_FOR_UNKNOWN,
    cache_control=FOR_GOOD,
    include_in_schema=False,
    sync_to_thread=False,
)
def texts_of_scripts(version: FromPath[str], file: FromPath[str]) -> dict[str, str | list[str]]:
    """Answer a language's texts; raises NotFound for other languages and versions."""
    language = file.removesuffix(".json")
    if language not in LANGUAGE_NAMES or version != fingerprint():
        raise NotFound
    return script_texts(language)


@get(
    "/static/accent/{file:str}",
    opt=PUBLIC_FOR_UNKNOWN,
    cache_control=FOR_GOOD,
    include_in_schema=False,
    sync_to_thread=False,
)
def accent_style(file: FromPath[str]) -> Response[str]:
    """Answer the style that sets an authority's colour, ``b3001b.css``; pages may hold no inline style."""
    if not ACCENT_FILE.fullmatch(file):
        raise NotFound
    return Response(f":root {{ --accent: #{file.removesuffix('.css')}; }}\n", media_type=MediaType.CSS)


@get(
    "/favicon.ico",
    opt=PUBLIC_FOR_UNKNOWN,
    cache_control=CacheControlHeader(max_age=86_400),
    include_in_schema=False,
    sync_to_thread=False,
)
def favicon() -> Response[bytes]:
    """Answer the sign that browsers ask for by themselves, as SVG."""
    return Response((STATIC / "sign.svg").read_bytes(), media_type="image/svg+xml")
