"""Style, scripts and fonts, under an address that changes with their content.

All files stand under ``/static/<fingerprint>/``: relative imports between scripts and from style to
fonts stay within one version, and a browser may keep every file for good.
"""

import gzip
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
from litestar import HttpMethod, MediaType, Request, Response, get, route
from litestar.datastructures import CacheControlHeader
from litestar.params import FromPath

from queue_service.accounts.guards import PUBLIC_FOR_UNKNOWN
from queue_service.platform.errors import NotFound
from queue_service.web.languages import LANGUAGE_NAMES, script_texts

AnyRequest: TypeAlias = Request[Any, Any, Any]
STATIC = Path(__file__).parent / "static"
FINGERPRINT_LENGTH = 12
ACCENT_FILE = re.compile(r"[0-9a-f]{6}\.css")
MEDIA_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
OTHER_MEDIA_TYPE = "application/octet-stream"
WORTH_PACKING = 0.95
"""Of its size; what hardly shrinks is not worth the unpacking."""
NOT_WANTED = {"0", "0.0", "0.00", "0.000"}
"""How ``q=0`` may be written (RFC 9110, 12.4.2)."""
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


class Asset(msgspec.Struct, frozen=True):
    """A file as it is sent, and smaller for those who can unpack it."""

    media_type: str
    plain: bytes
    packed: bytes | None
    """None where packing gains nothing: fonts are packed already."""

    def answer(self, request: AnyRequest) -> Response[bytes]:
        """Give what this sender can read."""
        packed = self.packed if _unpacks(request) else None
        headers = {"Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
        if packed is not None:
            headers["Content-Encoding"] = "gzip"
        return Response(packed or self.plain, media_type=self.media_type, headers=headers)


def _unpacks(request: AnyRequest) -> bool:
    offers = request.headers.get("Accept-Encoding", "").lower().split(",")
    wishes = dict(offer.replace(" ", "").partition(";q=")[::2] for offer in offers)
    return "gzip" in wishes and wishes["gzip"] not in NOT_WANTED


def _asset(media_type: str, plain: bytes) -> Asset:
    packed = gzip.compress(plain, mtime=0)
    return Asset(media_type, plain, packed if len(packed) < len(plain) * WORTH_PACKING else None)


# Only what is the same for everybody is packed. A page holds a token, and words that its sender chose:
# whoever sees its packed length could guess the token letter by letter (BREACH).
@cache
def _file(path: str) -> Asset | None:
    """Give a file of ``static``, read and packed once a process; None when there is none."""
    known = {str(file.relative_to(STATIC)): file for file in STATIC.rglob("*") if file.is_file()}
    if path not in known:
        return None
    return _asset(MEDIA_TYPES.get(known[path].suffix, OTHER_MEDIA_TYPE), known[path].read_bytes())


@cache
def _texts(language: str) -> Asset:
    return _asset("application/json", msgspec.json.encode(script_texts(language)))


@route(
    f"/static/{fingerprint()}/{{file:path}}",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    opt=PUBLIC_FOR_UNKNOWN,
    cache_control=FOR_GOOD,
    include_in_schema=False,
    sync_to_thread=False,
)
def static_file(request: AnyRequest, file: FromPath[str]) -> Response[bytes]:
    """Answer a file of ``static``; raises NotFound."""
    found = _file(file.removeprefix("/"))
    if found is None:
        raise NotFound
    return found.answer(request)


@get(
    "/static/texts/{version:str}/{file:str}",
    opt=PUBLIC_FOR_UNKNOWN,
    cache_control=FOR_GOOD,
    include_in_schema=False,
    sync_to_thread=False,
)
def texts_of_scripts(request: AnyRequest, version: FromPath[str], file: FromPath[str]) -> Response[bytes]:
    """Answer a language's texts; raises NotFound for other languages and versions."""
    language = file.removesuffix(".json")
    if language not in LANGUAGE_NAMES or version != fingerprint():
        raise NotFound
    return _texts(language).answer(request)


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
