"""A visitor at the kiosk's page: touches what is on the screen, one step after the other."""

from collections.abc import Iterator
from typing import Self

from playwright.sync_api import Locator, Page, expect

PORTRAIT = (1080, 1920)
LANDSCAPE = (1280, 800)

WORDS = {
    "de": {
        "have": "Ich habe einen Termin",
        "have_not": "Ich habe keinen Termin",
        "papers": "Ausweise und Pässe",
        "passport": "Reisepass beantragen",
        "search": "Dienstleistung suchen",
        "number": "Ich habe schon eine Nummer",
        "help": "Hilfe",
        "back": "← Zurück",
        "done": "Fertig",
        "check_in": "Anmelden",
        "own_name": "Deutsch",
        "larger": "Größere Schrift",
        "contrast": "Mehr Kontrast",
        "low": "Tasten nach unten",
    },
    "en": {
        "have": "I have an appointment",
        "have_not": "I don’t have an appointment",
        "papers": "Identity cards and passports",
        "passport": "Passport",
        "search": "Search for a service",
        "number": "I already have a number",
        "help": "Help",
        "back": "← Back",
        "done": "Done",
        "check_in": "Check in",
        "own_name": "English",
        "larger": "Larger text",
        "contrast": "More contrast",
        "low": "Keys lower down",
    },
}


class Visitor:
    """Knows the words on the screen in one language and nothing of the program behind it."""

    def __init__(self, page: Page, url: str, language: str = "de") -> None:
        self.page = page
        self.words = WORDS[language]
        self.language = language
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._note)
        page.goto(url)
        self.arrive()

    def arrive(self) -> Self:
        """Stand before the first question, in one's own language."""
        expect(self.page.locator(".choice")).to_have_count(2)
        if self.language != "de":
            self.touch(self.words["own_name"])
        return self

    def touch(self, words: str) -> None:
        """Touch a key or row by the first of its words."""
        self.key(words).click()

    def key(self, words: str) -> Locator:
        """Find a key or row by the beginning of its words."""
        return self.page.locator("button:visible").filter(has_text=words).first

    def title(self) -> Locator:
        """Give the heading of the step."""
        return self.page.get_by_role("heading", level=1)

    def type(self, characters: str) -> None:
        """Type on the keys of the screen."""
        for character in characters:
            self.page.locator(".key").get_by_text(character, exact=True).click()

    def take_number(self) -> str:
        """Go from the first question to a number; give it."""
        self.touch(self.words["have_not"])
        self.touch(self.words["papers"])
        self.touch(self.words["passport"])
        return self.number()

    def number(self) -> str:
        """Wait for the number and its paper, and read it."""
        expect(self.key(self.words["done"])).to_be_visible()
        return self.page.locator(".number").inner_text()

    def steps(self) -> Iterator[str]:
        """Go through every step; stop at each with its name."""
        words = self.words
        yield "start"
        self.touch(words["have_not"])
        yield "groups"
        self.touch(words["search"])
        yield "search"
        self.type("PASS")
        yield "search with results"
        self.touch(words["back"])
        self.touch(words["papers"])
        yield "services"
        self.touch(words["help"])
        yield "help"
        for _ in range(3):
            self.touch(words["back"])
        self.touch(words["number"])
        yield "number"
        self.touch(words["back"])
        self.touch(words["have"])
        yield "check-in"
        self.type("K7RM2222")
        self.touch(words["check_in"])
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "unknown code"
        self.touch(words["back"])
        # With the number the visit is over, and the page as it was for everybody.
        self.touch(words["have_not"])
        self.touch(words["papers"])
        self.touch(words["passport"])
        self.number()
        yield "ticket"

    def _note(self, message: object) -> None:
        kind, text = getattr(message, "type", ""), str(getattr(message, "text", ""))
        # A refused request is logged by the browser as an error of the page's; it is none.
        if kind == "error" and "the server responded with a status of" not in text:
            self.faults.append(text)
