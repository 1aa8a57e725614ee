"""Style and scripts are sent small to whoever can unpack them, and as they are to everybody else."""

import gzip
from typing import Any

import pytest
from litestar import Request, Response
from litestar.testing import create_test_client

from queue_service.platform.errors import NotFound
from queue_service.web.assets import STATIC, asset_url, static_file, texts_of_scripts, texts_url

STYLE = "vendor/kern/kern.min.css"
FONT = "vendor/kern/fonts/fira-sans/FiraSans-Bold.woff2"
BOOKING_PAGE = (
    STYLE, "base.css", "booking/booking.css", "booking/service_filter.js", "sign.svg",
    "vendor/kern/fonts/fira-sans.css",
)  # fmt: skip
MOST_BYTES = 60_000
"""For all of these; with the page's own 20 kB the booking page stays below 100 kB without fonts."""


def sent(path: str, accepts: str) -> tuple[bytes, dict[str, str]]:
    """Give the bytes as they travel, and the headers."""
    with (
        create_test_client([static_file, texts_of_scripts]) as client,
        client.stream("GET", path, headers={"Accept-Encoding": accepts}) as answer,
    ):
        assert answer.status_code == 200
        return b"".join(answer.iter_raw()), dict(answer.headers)


def test_what_is_packed_unpacks_to_the_file() -> None:
    raw, headers = sent(asset_url(STYLE), "br, gzip")
    assert (headers["content-encoding"], headers["vary"]) == ("gzip", "Accept-Encoding")
    assert headers["content-type"].startswith("text/css")
    assert gzip.decompress(raw) == (STATIC / STYLE).read_bytes()


@pytest.mark.parametrize("accepts", ["", "identity", "br", "gzip;q=0"])
def test_whoever_can_t_unpack_gets_the_file(accepts: str) -> None:
    raw, headers = sent(asset_url(STYLE), accepts)
    assert "content-encoding" not in headers
    assert raw == (STATIC / STYLE).read_bytes()


def test_fonts_are_packed_already() -> None:
    raw, headers = sent(asset_url(FONT), "gzip")
    assert (headers.get("content-encoding"), headers["content-type"]) == (None, "font/woff2")
    assert raw == (STATIC / FONT).read_bytes()


def test_the_booking_page_is_light() -> None:
    paths = [*(asset_url(name) for name in BOOKING_PAGE), texts_url("de")]
    assert sum(len(sent(path, "gzip")[0]) for path in paths) < MOST_BYTES


def test_nothing_beside_the_files_can_be_asked_for() -> None:
    def not_found(_request: Request[Any, Any, Any], _refusal: Exception) -> Response[None]:
        return Response(None, status_code=404)

    refused: dict[int | type[Exception], Any] = {NotFound: not_found}
    with create_test_client([static_file], exception_handlers=refused) as client:
        for name in ("../assets.py", "..%2fassets.py", "vendor", "none.css", "%00"):
            assert client.get(asset_url("base.css").replace("base.css", name)).status_code == 404
        assert client.get(asset_url("base.css")).status_code == 200
