"""A citizen with a browser that knows no scripts: addresses, forms, cookies and nothing else."""

import re
from html.parser import HTMLParser
from urllib.parse import urlencode

import httpx
import msgspec

from tests.integration.running_service import RunningService

FIRST_PLACES = "/booking/places?service=personalausweis"


class Form(msgspec.Struct):
    """A form of a page, as it would be sent."""

    method: str
    action: str
    fields: list[tuple[str, str]] = []
    buttons: list[tuple[str, str]] = []


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(given["method"], given["action"]))
        elif tag == "input" and given.get("type") == "hidden":
            self.found[-1].fields.append((given["name"], given["value"]))
        elif tag == "button" and "name" in given:
            self.found[-1].buttons.append((given["name"], given["value"]))


class Citizen:
    """Somebody at the pages; every page that is answered is kept as ``page``."""

    def __init__(self, service: RunningService) -> None:
        self.browser = httpx.AsyncClient(
            base_url=service.base_url, headers={"Accept": "text/html", "Accept-Language": "de"}, timeout=30
        )
        self.page: httpx.Response

    async def goes_to(self, path: str) -> httpx.Response:
        """Open an address and follow where it leads."""
        self.page = await self.browser.get(path, follow_redirects=True)
        return self.page

    def form(self, action: str) -> Form:
        """Give the form of the present page that does something at an address ending like this."""
        reader = _Forms()
        reader.feed(self.page.text)
        posted = [form for form in reader.found if form.method == "post"]
        return next(form for form in posted if form.action.endswith(action))

    async def sends(self, action: str, button: int | None = None, /, **typed: str) -> httpx.Response:
        """Fill in a form of the page, send it, by one of its buttons when one is named."""
        form = self.form(action)
        pressed = [] if button is None else [form.buttons[button]]
        self.page = await self.post(form.action, [*form.fields, *pressed, *typed.items()])
        return self.page

    async def post(self, path: str, fields: list[tuple[str, str]]) -> httpx.Response:
        """Send fields as a form does."""
        return await self.browser.post(
            path,
            content=urlencode(fields, errors="surrogatepass"),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            follow_redirects=True,
        )

    async def holds(self, button: int = 0) -> str:
        """Take one of the first places and stand before the question of contact; gives the reference."""
        await self.goes_to(FIRST_PLACES)
        await self.sends("/booking/hold", button)
        return self.reference

    async def books(self) -> str:
        """Book one of the first places, confirmed by the page alone; gives the reference."""
        await self.holds()
        await self.sends("/check", confirm_by="none")
        await self.sends("/confirm")
        return self.reference

    @property
    def reference(self) -> str:
        """Whose page is open."""
        return self.page.url.path.split("/")[2]

    @property
    def heading(self) -> str:
        """What the page is about."""
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.page.text, re.DOTALL)
        assert found, self.page.text
        return found[1].strip()

    @property
    def secret(self) -> str:
        """What opens the appointment whose confirmation is open."""
        found = re.search(r"secret=([\w-]+)", self.page.text)
        assert found, "the page shows no link with a secret"
        return found[1]

    @property
    def printed_secret(self) -> str:
        """The key as it stands on the page in groups, typed together."""
        found = re.search(r'<p class="secret">(.*?)</p>', self.page.text, re.DOTALL)
        assert found, "the page shows no key"
        return "".join(re.findall(r"<span>(.*?)</span>", found[1]))
