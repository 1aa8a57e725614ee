"""A visitor at the kiosk who does not see: presses keys, and knows what is said."""

import json

from playwright.sync_api import Page, Request, expect

PATIENCE_MS = 10_000


class Listener:
    """Knows the keys of the keypad, and hears what the page has spoken."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.heard: list[tuple[str, str]] = []
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", self._note)
        page.goto(url)
        expect(page.locator(".choice")).to_have_count(2)

    def press(self, key: str, until: str) -> None:
        """Press a key, and wait until the page asks for speech that holds these words."""
        with self.page.expect_request(
            lambda request: _is_speech(request) and until in _spoken(request)[1], timeout=PATIENCE_MS
        ):
            self.page.keyboard.press(key)

    def find(self, words: str, by: str = "2") -> None:
        """Go through the choices, on or back, until this one is heard."""
        current = self.page.locator("[aria-current=true] .row-words")
        expect(current).to_be_visible()
        while words not in (now := current.inner_text()):
            self.page.keyboard.press(by)
            expect(current).not_to_have_text(now)

    def choose(self, words: str, until: str, by: str = "2") -> None:
        """Find a choice and take it; something else is heard then."""
        self.find(words, by)
        self.press("5", until)

    def said(self) -> str:
        """All that was said so far, and forget it."""
        words = " | ".join(text for _, text in self.heard)
        self.heard.clear()
        return words

    def _note(self, request: Request) -> None:
        if _is_speech(request):
            self.heard.append(_spoken(request))


def _is_speech(request: Request) -> bool:
    return request.url.endswith("/api/speech")


def _spoken(request: Request) -> tuple[str, str]:
    """Give language and words."""
    asked = json.loads(request.post_data or "{}")
    return asked["language"], asked["text"]
