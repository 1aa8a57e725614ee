"""Which requests the kiosk's own API takes."""

import pytest

from kiosk.errors import ForeignPageError, RequestError, WrongHostError
from kiosk.loopback_guard import refusal

PORT = 8081
OWN = {"host": "127.0.0.1:8081"}


@pytest.mark.parametrize(
    "headers",
    [
        OWN,
        {"host": "localhost:8081"},
        {**OWN, "origin": "http://127.0.0.1:8081", "sec-fetch-site": "same-origin"},
        {**OWN, "sec-fetch-site": "none"},
    ],
)
def test_the_own_page_may(headers: dict[str, str]) -> None:
    assert refusal(headers, PORT) is None


@pytest.mark.parametrize(
    ("headers", "error"),
    [
        ({}, WrongHostError),
        ({"host": "evil.example"}, WrongHostError),
        ({"host": "evil.example:8081"}, WrongHostError),
        ({"host": "127.0.0.1"}, WrongHostError),
        ({"host": "127.0.0.1:8082"}, WrongHostError),
        ({**OWN, "origin": "http://evil.example"}, ForeignPageError),
        ({**OWN, "origin": "https://127.0.0.1:8081"}, ForeignPageError),
        ({**OWN, "origin": "http://127.0.0.1:8082"}, ForeignPageError),
        ({**OWN, "origin": "null"}, ForeignPageError),
        ({**OWN, "sec-fetch-site": "cross-site"}, ForeignPageError),
        ({**OWN, "sec-fetch-site": "same-site"}, ForeignPageError),
    ],
)
def test_nobody_else_may(headers: dict[str, str], error: type[RequestError]) -> None:
    assert isinstance(refusal(headers, PORT), error)
