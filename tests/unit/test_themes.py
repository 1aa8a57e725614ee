"""Light, dark and high contrast: chosen without a script, remembered, and made of tokens alone."""

import re
from typing import Any

import pytest
from litestar import Request, Response
from litestar.testing import create_test_client

from queue_service.platform.errors import CsrfFailed, QueueError, UnknownChoice
from queue_service.web.assets import STATIC
from queue_service.web.theme_page import LONGEST_PATH, choose_theme_page
from queue_service.web.themes import THEMES

KERN = STATIC / "vendor" / "kern"
TOKEN = re.compile(r"(--kern-[\w-]+):")
LIGHT_THEME = re.compile(r"\[data-kern-theme=light\],\.kern-light\{(--[^}]*)\}")
OWN_COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch|lab|lch)a?\(|:\s*(?:black|white|grey|gray)\b", re.IGNORECASE
)
ON_PAPER = {"print.css", "paper.css"}
BY_ITSELF = ("follow.css", "follow_dark.css")
"""The visitor's own page weighs less without the design system, and has its colours in two sheets."""
OWN_TOKEN = re.compile(r"^\s*(--[a-z-]+): oklch", re.MULTILINE)


def answer(form: dict[str, str], **headers: str) -> Any:
    def refused(_request: Request[Any, Any, Any], refusal: Exception) -> Response[None]:
        assert isinstance(refusal, QueueError)
        return Response(None, status_code=refusal.status)

    handlers: dict[int | type[Exception], Any] = {UnknownChoice: refused, CsrfFailed: refused}
    with create_test_client([choose_theme_page], exception_handlers=handlers) as client:
        return client.post("/theme", data=form, headers=headers, follow_redirects=False)


@pytest.mark.parametrize("theme", THEMES)
def test_a_choice_is_remembered_and_leads_back_to_where_it_was_made(theme: str) -> None:
    chosen = answer({"theme": theme, "back": "/booking/places?service=personalausweis&weekday=monday"})
    assert chosen.status_code == 303
    assert chosen.headers["location"] == "/booking/places?service=personalausweis&weekday=monday#theme"
    assert chosen.cookies["queue_theme"] == theme


@pytest.mark.parametrize(
    "back", ["", "//else.example", "/\\else.example", "https://else.example", "/" + "x" * LONGEST_PATH]
)
def test_a_choice_leads_to_no_other_site(back: str) -> None:
    assert answer({"theme": "dark", "back": back}).headers["location"] == "/#theme"


def test_what_was_not_offered_is_refused() -> None:
    assert answer({"theme": "neon", "back": "/"}).status_code == 400
    assert answer({}).status_code == 400


def test_no_other_site_chooses() -> None:
    assert answer({"theme": "dark"}, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_the_dark_sheet_has_every_token_of_the_light_theme() -> None:
    [light] = LIGHT_THEME.findall((KERN / "kern.min.css").read_text())
    assert set(TOKEN.findall(light)) == set(TOKEN.findall((KERN / "dark.css").read_text()))


def test_the_light_page_without_the_design_system_has_a_dark_sheet_for_each_of_its_colours() -> None:
    light, dark = (set(OWN_TOKEN.findall((STATIC / name).read_text())) for name in BY_ITSELF)
    assert light
    assert dark == light


def test_pages_have_no_colour_that_no_theme_can_change() -> None:
    own = [
        sheet
        for sheet in STATIC.rglob("*.css")
        if "vendor" not in sheet.parts and sheet.name not in {*ON_PAPER, *BY_ITSELF}
    ]
    found = [(sheet.name, colour) for sheet in own for colour in OWN_COLOUR.findall(sheet.read_text())]
    assert own
    assert found == []
