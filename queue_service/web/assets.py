"""Style, scripts and fonts, under an address that changes with their content.

All files stand under ``/static/<fingerprint>/``: relative imports between scripts and from style to
fonts stay within one version, and a browser may keep every file for good.
"""

import hashlib
from functools import cache
from pathlib import Path

import msgspec
from litestar import Response, get
from litestar.datastructures import CacheControlHeader
from litestar.params import FromPath
from litestar.static_files import create_static_files_router

from queue_service.accounts.guards import PUBLIC_FOR_UNKNOWN
from queue_service.platform.errors import NotFound
from queue_service.web.languages import LANGUAGE_NAMES, script_texts

STATIC = Path(__file__).parent / "static"
FINGERPRINT_LENGTH = 12
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
    "/favicon.ico",
    opt=PUBLIC_FOR_UNKNOWN,
    cache_control=CacheControlHeader(max_age=86_400),
    include_in_schema=False,
    sync_to_thread=False,
)
def favicon() -> Response[bytes]:
    """Answer the sign that browsers ask for by themselves, as SVG."""
    return Response((STATIC / "sign.svg").read_bytes(), media_type="image/svg+xml")
