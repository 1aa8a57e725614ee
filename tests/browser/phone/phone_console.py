"""What a 115 agent does at the console, key by key, and what others do at the same time."""

from functools import cached_property
from typing import Any
from urllib.parse import quote

import httpx
from playwright.sync_api import Browser, Locator, Page, StorageState, ViewportSize, expect

from tests.browser.demo_office import DemoService
from tests.browser.people_at_pages import OpenPage, log_in

AGENT = "agent1"
DESK: ViewportSize = {"width": 1200, "height": 800}
"""The smallest window that the console is made for."""
PATIENCE_MS = 10_000
"""How long the page may take until a test gives up on it; the machine may be busy."""


class Console:
    """The page in front of an agent, who has a keyboard and nothing else."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = 0
        """Keys pressed that are not letters of a typed word."""
        self.thrown: list[str] = []
        """Errors of the page itself."""
        page.on("pageerror", lambda error: self.thrown.append(str(error)))

    def begin_call(self) -> None:
        """Leave the call before wherever it stands; what it held is given back."""
        expect(self.page.locator("#phone")).not_to_have_attribute("aria-busy", "true")
        while self.page.locator("dialog[open]").count():
            self.page.keyboard.press("Escape")
        service = self.page.locator("#service")
        self.page.keyboard.press("F9")
        if service.evaluate("field => field !== document.activeElement"):
            self.page.keyboard.press("F9")  # it asks before it drops what was not booked
        expect(service).to_be_focused()
        self.pressed = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)

    @property
    def focused(self) -> Locator:
        return self.page.locator(":focus")

    @property
    def offers(self) -> Locator:
        return self.page.locator(".offer")

    def offer(self, number: int) -> tuple[str, str]:
        """Office and start of the place that has this key."""
        office, start = (self.offers.nth(number - 1).get_attribute("data-offer") or "").split(" ")
        return office, start

    def choose_service(self, words: str) -> None:
        self.type(words)
        self.press("Enter")
        expect(self.focused).to_have_attribute("name", "place")

    def hold(self, key: str = "1") -> None:
        self.press(key)
        expect(self.page.locator("#contact-name")).to_be_focused()

    def give_name_and_number(self, name: str, phone: str) -> None:
        """Fill in the form from its first field on, the confirmation being by telephone only."""
        self.type(name)
        self.press("Tab")
        self.type(phone)
        self.press("Tab", "ArrowLeft", "Enter")

    def is_read_back(self) -> None:
        expect(self.page.get_by_role("button", name="Verbindlich buchen")).to_be_focused()

    def book(self) -> str:
        """Confirm what was read back; gives the reference."""
        self.is_read_back()
        self.press("Enter")
        reference = self.page.locator("#booked-reference")
        expect(reference).to_be_focused()
        return reference.inner_text()

    def reads(self, sentence: str) -> None:
        """Wait until the line above the columns says this."""
        expect(self.page.locator("#message-line")).to_contain_text(sentence)


class Others:
    """Colleagues, and whoever looks an appointment up afterwards, through the public API."""

    def __init__(self, api: httpx.Client) -> None:
        self._api = api
        self._booked: list[str] = []

    def __call__(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self._api.request(method, f"/appointments{path}", **options)

    def appointment(self, reference: str) -> Any:
        """The appointment as it is now."""
        return self("GET", f"/{quote(reference)}").raise_for_status().json()

    def take_all(self, office: str, start: str, service: str) -> list[str]:
        """Book whatever is left at this time; gives the references."""
        body = {
            "office": office, "services": [{"service": service, "quantity": 1}], "start": start,
            "channel": "phone", "contact": {"name": "Jan Kollege"},
        }  # fmt: skip
        while (answer := self("POST", "", json=body)).is_success:
            self._booked.append(answer.json()["reference"])
        assert answer.json()["code"] == "slot_taken", answer.text
        return list(self._booked)

    def book_for(self, service: str, **contact: str) -> str:
        """Book the earliest place for somebody; gives the reference."""
        place = self.earliest(service)
        body = {
            "office": place["office"], "services": [{"service": service, "quantity": 1}],
            "start": place["start"], "channel": "phone", "contact": contact,
        }  # fmt: skip
        reference = str(self("POST", "", json=body).raise_for_status().json()["reference"])
        self._booked.append(reference)
        return reference

    def wait_for_a_place(self, service: str, **contact: str) -> str:
        """Put somebody on the waiting list; gives the entry's reference."""
        body = {
            "services": [{"service": service, "quantity": 1}], "until": self.earliest(service)["start"][:10],
            "ways": ["call"], "channel": "phone", "contact": contact,
        }  # fmt: skip
        return str(self._api.post("/waiting-list", json=body).raise_for_status().json()["reference"])

    def earliest(self, service: str) -> Any:
        """The earliest place anywhere."""
        question: dict[str, str | int] = {"service": service, "channel": "phone", "limit": 1}
        return self._api.get("/slots", params=question).raise_for_status().json()["items"][0]

    def is_free(self, office: str, start: str, service: str) -> bool:
        """Whether this place can be had."""
        question: dict[str, str | int] = {
            "service": service,
            "office": office,
            "from": start,
            "channel": "phone",
            "limit": 1,
        }
        items = self._api.get("/slots", params=question).raise_for_status().json()["items"]
        return bool(items) and items[0]["start"] == start

    def cancel(self, reference: str) -> None:
        """Give the place back."""
        self("POST", f"/{quote(reference)}/cancel")

    def tidy(self) -> None:
        """Cancel what was booked here."""
        for reference in self._booked:
            self.cancel(reference)


class Agent:
    """Somebody at the 115 who has logged in this morning."""

    def __init__(self, service: DemoService, chromium: Browser, username: str = AGENT) -> None:
        self.service = service
        self.api = service.api(username)
        self._chromium = chromium
        page = chromium.new_context(locale="de-DE").new_page()
        page.goto(f"{service.base_url}/login")
        log_in(page, service, username)
        self._session: StorageState = page.context.storage_state()
        page.context.close()

    @cached_property
    def console(self) -> Console:
        """The console, opened once and kept open from call to call."""
        return self.opens_console(self._open_page)

    @cached_property
    def console_with_own_clock(self) -> Console:
        """The console on a computer whose clock the test can put forward."""
        page = self._open_page(**self._wanted({}))
        page.clock.install()
        # Every answer tells the page the service's time, by which it would go on as before.
        page.route("**/callbacks/count", lambda route: route.abort())
        return self._at_console(page, "")

    def opens_console(self, open_page: OpenPage, query: str = "", **options: Any) -> Console:
        """Open the console in a window of its own; ``query`` as a telephone system adds it."""
        return self._at_console(open_page(**self._wanted(options)), query)

    def leave(self) -> None:
        """Hang up and go home."""
        self.api.close()

    def _wanted(self, options: dict[str, Any]) -> dict[str, Any]:
        return {"viewport": DESK, "storage_state": self._session, **options}

    def _open_page(self, **options: Any) -> Page:
        context = self._chromium.new_context(locale="de-DE", **options)
        context.set_default_timeout(PATIENCE_MS)
        return context.new_page()

    def _at_console(self, page: Page, query: str) -> Console:
        page.goto(f"{self.service.base_url}/phone{query}")
        expect(page.locator("#service")).to_be_focused()
        return Console(page)
