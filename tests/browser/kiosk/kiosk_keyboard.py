"""A visitor who has a keyboard and no finger: goes from stop to stop, and knows the words of one language."""

from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Page, expect

from kiosk.texts import Texts
from queue_service.protocol.languages import LANGUAGE_NAMES, base, direction
from tests.browser.conftest import AXE, WCAG_TAGS
from tests.browser.kiosk.kiosk_visitor import LANDSCAPE
from tests.browser.wall_browser import CHECKOUT

WALK = CHECKOUT / "tests" / "browser" / "keyboard_walk.js"
TEXTS = Texts.read()

# Colours are the same in every language: they are looked at in one, and once more in high contrast.
WITH_COLOURS: dict[str, Any] = {"runOnly": WCAG_TAGS}
WITHOUT_COLOURS: dict[str, Any] = {"runOnly": WCAG_TAGS, "rules": {"color-contrast": {"enabled": False}}}
HIGH_CONTRAST: dict[str, Any] = {"runOnly": ["color-contrast-enhanced"]}
"""7:1."""


class KeyboardVisitor:
    """One page that many visitors use, one after the other."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.language = "de"
        self.rules = WITH_COLOURS
        self.walks_in_full = False
        """Whether every stop of every step is walked to, and not only those on the way."""
        self.screens: Sequence[tuple[int, int]] = ()
        """Before which the visitor looks as well."""
        self.number = ""
        self.thrown: list[str] = []
        page.on("pageerror", lambda error: self.thrown.append(str(error)))
        self._url = url
        self._tools = f"{AXE.read_text()};{WALK.read_text()}"
        self._german: dict[str, set[str]] = {}
        """What was written in German where somebody stood, by the place."""

    def come(self, url: str = "") -> None:
        """Stand before the device, which knows nobody."""
        self.language = "de"
        self.page.goto(url or self._url)
        self.page.evaluate(self._tools)

    def say(self, words: str) -> str:
        """Give the words as they stand on the screen."""
        return TEXTS.say(words, self.language)

    def of_office(self, german: str, english: str) -> str:
        """Give what an office has written in two languages."""
        return german if base(self.language) == "de" else english

    def speak(self, language: str) -> None:
        """Choose a language at the start."""
        self.language = language
        self.page.locator(".step-start .language").first.wait_for()
        self.press(LANGUAGE_NAMES[language])
        expect(self.page.locator("html")).to_have_attribute("lang", language)

    def press(self, words: str, key: str = "Enter") -> None:
        """Go stop by stop to what begins with these words, and press it."""
        steps = self.page.evaluate("(words) => walk.way(words)", words)
        for _ in range(abs(steps)):
            self.page.keyboard.press("Tab" if steps > 0 else "Shift+Tab")
        self.page.keyboard.press(key)
        self._has_walked_well()

    def go_on(self, words: str, step: str) -> None:
        """Press what begins with these words, and stand at the next step."""
        self.press(self.say(words))
        self.arrive(step)

    def choose(self, at: int, step: str) -> None:
        """Without sight: take the so-and-so-many-th of the choices, or begin to."""
        for _ in range(at):
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("ArrowRight" if self.page.locator(".spoken").count() else "ArrowDown")
        self.arrive(step)

    def arrive(self, step: str) -> None:
        """Wait for a step."""
        self.page.locator(f"main.step-{step}").wait_for()

    def back_to(self, step: str) -> None:
        """Go back by a key."""
        self.page.keyboard.press("Escape")
        self.arrive(step)

    def look(self, place: str) -> None:
        """Find nothing wrong where one stands: for readers, the eye, the keyboard and the language."""
        seen = self.page.evaluate("(options) => walk.look(options)", self.rules)
        texts = set(seen.pop("texts"))
        wanted = {
            "axe": [], "cutOff": [], "sideways": False, "focus": True,
            "lang": self.language, "dir": direction(self.language),
        }  # fmt: skip
        wrong = {name: found for name, found in seen.items() if found != wanted[name]}
        assert wrong == {}, f"{self.language}, {place}: {wrong}"
        self._is_in_its_language(place, texts)
        for width, height in self.screens:
            self.page.set_viewport_size({"width": width, "height": height})
            cut = self.page.evaluate("walk.cutOff()")
            assert cut == [], f"{self.language}, {place}, {width}×{height}: {cut}"
        if self.screens:
            self.page.set_viewport_size({"width": LANDSCAPE[0], "height": LANDSCAPE[1]})
        if self.walks_in_full:
            self._walk_through()

    def _is_in_its_language(self, place: str, texts: set[str]) -> None:
        """No text of the page is the same as in German."""
        if self.language == "de":
            self._german.setdefault(place, set()).update(texts)
        elif base(self.language) != "de":
            german = texts & self._german.get(place, set())
            assert german == set(), f"{self.language}, {place}: still German: {german}"

    def _walk_through(self) -> None:
        """Go through every stop of the step, and on from the last: nobody is held."""
        heading = self.page.locator("h1")
        heading.focus()
        for _ in range(self.page.evaluate("walk.wayThroughAll()") + 1):
            self.page.keyboard.press("Tab")
            # A person looks before the next key: by then the page has scrolled.
            self.page.evaluate("new Promise(requestAnimationFrame)")
        heading.focus()
        self._has_walked_well()

    def _has_walked_well(self) -> None:
        """Every stop since the last time was seen, and came in the order of reading."""
        faults = self.page.evaluate("walk.walked()")
        assert faults == [], "\n".join([self.language, *faults])
