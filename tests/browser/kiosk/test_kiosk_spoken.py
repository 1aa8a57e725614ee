"""The kiosk without seeing and without touching: a keypad leads to a number, and everything is said."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.browser.kiosk.kiosk_visitor import PORTRAIT, Visitor
from tests.system.kiosk_processes import KioskProcess, StandInProcess

MOST_KEYS = 60


class Listener:
    """Presses keys and knows nothing but what the page asks to be said."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.said: list[dict[str, Any]] = []
        page.on("request", self._hear)
        Visitor(page, url)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def hears(self, words: str) -> None:
        """Wait until something with these words is said."""
        heard = any(words in one["text"] for one in self.said)
        if not heard:
            self.page.wait_for_event(
                "request",
                lambda request: (
                    request.url.endswith("/api/speech")
                    and words in str((request.post_data_json or {}).get("text"))
                ),
            )

    def walk_to(self, words: str) -> None:
        """Go on until the choice with these words is reached, and choose it."""
        for _ in range(MOST_KEYS):
            self.said.clear()
            self.press("2")
            if words in self.page.evaluate("document.activeElement.textContent"):
                self.hears(words)
                self.press("5")
                return
        pytest.fail(f"never came to {words}")

    def _hear(self, request: Request) -> None:
        if request.url.endswith("/api/speech"):
            self.said.append(request.post_data_json)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": PORTRAIT[0], "height": PORTRAIT[1]}, reduced_motion="reduce")
    page.set_default_timeout(15_000)
    yield page
    page.close()


def test_a_number_is_taken_by_ear_and_keypad_alone_and_its_visitor_is_fetched(
    page: Page, kiosk: KioskProcess, service: StandInProcess
) -> None:
    listener = Listener(page, kiosk.url)
    listener.press("5")
    listener.hears("Vorlesen ist an.")
    listener.walk_to("Ich habe keinen Termin")
    expect(page.get_by_role("heading", level=1)).to_have_text("Was möchten Sie erledigen?")
    listener.walk_to("Ausweise und Pässe")
    listener.press("4")
    expect(page.get_by_role("heading", level=1)).to_have_text("Was möchten Sie erledigen?")
    listener.walk_to("Ausweise und Pässe")
    listener.press("2")
    listener.hears("1 von ")
    listener.walk_to("Reisepass beantragen")
    expect(page.locator(".number")).to_be_visible()
    spelled = ", ".join(page.locator(".number").inner_text())
    listener.hears(spelled)
    expect(page.get_by_text("Wir holen Sie am Empfang ab")).to_be_visible()
    assert service.seen("requests")[-1]["body"]["pick_up"] is True
    expect(page.get_by_role("button", name="Fertig")).to_be_visible(timeout=15_000)
    listener.said.clear()
    listener.press("0")
    listener.hears(spelled)
    listener.walk_to("Fertig")

    # Nothing of this visitor is there for the next: no speech, no number, and nothing stored.
    expect(page.get_by_role("button", name="Vorlesen")).to_have_attribute("aria-pressed", "false")
    listener.said.clear()
    listener.press("2")
    assert listener.said == []
    assert page.locator(".number").count() == 0
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.evaluate("document.cookie") == ""


def test_each_language_is_chosen_by_its_own_name_in_its_own_voice(page: Page, kiosk: KioskProcess) -> None:
    listener = Listener(page, kiosk.url)
    listener.press("MediaPlayPause")
    listener.walk_to("English")
    assert {"language": "en", "text": "English"} in listener.said
    page.wait_for_function("document.documentElement.lang === 'en'")
    listener.said.clear()
    listener.press("+")
    listener.hears("Volume 2")
    listener.press("Escape")
    expect(page.get_by_role("button", name="Read aloud")).to_have_attribute("aria-pressed", "false")
    listener.said.clear()
    listener.press("5")
    listener.hears("Reading aloud is on.")
    listener.press("-")
    listener.hears("It cannot be softer.")
