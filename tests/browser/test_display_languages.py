"""Every layout of the wall in every language of a house: clean for readers, whole, each word in its own."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from queue_service.protocol.languages import LANGUAGE_NAMES, base
from tests.browser.conftest import AXE, WCAG_TAGS
from tests.browser.display_stage import TEXTS, Stage, hall
from tests.browser.wall_browser import CHECKOUT

LOOK = CHECKOUT / "tests" / "browser" / "wall_by_language.js"
FULL_HD, PORTRAIT, SMALL = (1920, 1080), (1080, 1920), (1280, 800)
LONG_WORDS = {"ru": (PORTRAIT, SMALL), "fr": (PORTRAIT, SMALL), "ar": (PORTRAIT,), "de": (PORTRAIT,)}
"""Whose walls are looked at on the other screens too."""
# Colours are the same in every language (test_wall_layouts, test_display_wall_page).
RULES: dict[str, Any] = {"runOnly": WCAG_TAGS, "rules": {"color-contrast": {"enabled": False}}}
NEXT = dict(zip(LANGUAGE_NAMES, [*list(LANGUAGE_NAMES)[1:], "de"], strict=True))
"""For each language of a house another one, which its visitors have asked for."""


@pytest.fixture(scope="module")
def stage(chromium: Browser) -> Iterator[Stage]:
    page = chromium.new_page(viewport={"width": FULL_HD[0], "height": FULL_HD[1]}, reduced_motion="reduce")
    yield Stage(page)
    page.close()


def everything_shown(stage: Stage, house: str) -> Iterator[str]:
    """Show one thing after the other, and stop at each with its name."""
    visitor = NEXT[house]
    busy = hall(visitor)
    for layout in ("calls", "figures", "panel", "door"):
        stage.show(layout, busy)
        yield layout
    stage.show("side_by_side", busy, areas=["a", "b", "c"])
    yield "side by side"
    stage.show("calls", hall(visitor, calls=busy.calls[2:]))
    yield "fetched"
    stage.show("figures", hall(calls=[], waiting=1, wait=None, open_counters=0))
    yield "empty"
    stage.show("door", hall(counters=[]))
    yield "door without a counter"
    stage.show("calls", hall(calls=[], hall="paused"))
    yield "paused"
    stage.show("calls", hall(calls=[], hall="leave"))
    yield "leave"
    stage.show("figures", busy, connected=False, sound_blocked=True)
    yield "lost"
    stage.show("figures", busy, code="K7R-MW3")
    yield "pairing"


def _german_words() -> set[str]:
    """Every sentence of the wall's own as it is in the source."""
    return {words for words in TEXTS.by_language["en"] if len(words) > 1}


@pytest.mark.parametrize("house", LANGUAGE_NAMES)
def test_every_layout_is_whole_and_says_its_languages(stage: Stage, house: str) -> None:
    german = _german_words() if base(house) != "de" else set()
    page = stage.page
    stage.open(house)
    page.evaluate(f"{AXE.read_text()};{LOOK.read_text()}")
    for place in everything_shown(stage, house):
        seen = page.evaluate("(options) => wall.look(options)", RULES)
        written = set(seen.pop("house"))
        wrong = {name: found for name, found in seen.items() if found}
        assert wrong == {}, f"{house}, {place}: {wrong}"
        assert written & german == set(), f"{house}, {place}: still German"
        for width, height in LONG_WORDS.get(house, ()):
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("wall.cutOffHere()") == [], f"{house}, {place}, {width}×{height}"
        page.set_viewport_size({"width": FULL_HD[0], "height": FULL_HD[1]})
