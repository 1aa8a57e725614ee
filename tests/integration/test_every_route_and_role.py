"""Every route of the running service, tried by everybody, held against one written table."""

import json
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID

import httpx
import pytest
import websockets
from litestar import Litestar
from litestar.routes import HTTPRoute, WebSocketRoute

from queue_service.accounts.guards import CSRF_HEADER, SAFE_METHODS, SESSION_COOKIE
from queue_service.accounts.model import SESSION_LIFETIME, DeviceProfile, Role
from queue_service.devices import tokens
from queue_service.hotline import service as hotline
from queue_service.hotline.model import NewCallback
from queue_service.offices import service as offices
from queue_service.platform.database import connect
from queue_service.web.assets import fingerprint
from tests.integration.mail_room import write_message
from tests.integration.route_rights import EVERYBODY, TABLE, Line
from tests.integration.running_service import PASSWORD, RunningService

HERE, ELSEWHERE = "bsc-mitte", "bsc-nord"
SERVICE = "personalausweis"
MORNING = "2026-11-24T09:00:00+01:00"
EMPTY_DAY = "2026-12-15"
"""Nobody has an appointment: closing it takes nothing from the other routes."""
HOUR = "rundgang.20261124T0800Z"
"""Of a made-up tour through the office."""
CALLBACK: dict[str, object] = {
    "office": HERE,
    "name": "Test",
    "phone": "0421 3610",
    "subject": "Test",
    "due_at": MORNING,
}
STATUS_OF_SIGN = {"1": 401, "3": 403, "4": 404}
PAGE_FORMS = (
    "/login",
    "/logout",
    "/desk",
    "/letters",
    "/plan",
    "/booking",
    "/appointment",
    "/entries/",
    "/entry-booking",
    "/admin",
)
AUDIENCE = {
    "clerk here": "staff",
    "reception here": "staff",
    "supervisor here": "staff",
    "admin here": "staff",
    "kiosk here": "kiosk",
    "display here": "display",
}
"""What a stream is for whom; nobody else is let in."""


def written(template: str) -> str:
    """Give a route's path as the table writes it: no types, and words for what the build made."""
    untyped = re.sub(r"\{(\w+):\w+\}", r"{\1}", template).replace("{file_path}", "{file}")
    untyped = untyped.replace("/texts/{version}/{file}", "/texts/{fingerprint}/{texts}")
    untyped = untyped.replace("/accent/{file}", "/accent/{accent}")
    return re.sub(r"^/static/[0-9a-f]+/", "/static/{version}/", untyped)


def routes_of(app: Litestar) -> set[str]:
    """Return method and path of all routes; OPTIONS only names the methods."""
    sockets = {f"WS {written(route.path)}" for route in app.routes if isinstance(route, WebSocketRoute)}
    return sockets | {
        f"{method} {written(route.path)}"
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method in route.methods - {"OPTIONS"}
    }


class Town:
    """The office HERE with a ticket, an appointment and a counter, and everybody who could ask for them."""

    def __init__(self, service: RunningService) -> None:
        self.service = service
        self.tokens: dict[str, str] = {}
        self.clients: dict[str, httpx.AsyncClient] = {}
        self.fill: dict[str, str] = {}

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Town"]:
        """Keep a connection for everybody who was invited."""
        async with AsyncExitStack() as stack:
            for who, token in self.tokens.items():
                self.clients[who] = await stack.enter_async_context(self.service.client(token or None))
            yield self

    async def fill_in(self) -> None:
        """Issue and book what the routes are about."""
        kiosk = await self.service.device_token(DeviceProfile.KIOSK, HERE)
        async with self.service.client(kiosk) as client:
            ticket = (await client.post(f"/api/v1/offices/{HERE}/tickets", json={"service": SERVICE})).json()
        callback = await self._call_to_make()
        async with self.service.client() as client:
            booked = await client.post("/api/v1/appointments", json=self.body("/api/v1/appointments#online"))
            waiting = await client.post("/api/v1/waiting-list", json=self.body("/api/v1/waiting-list#online"))
        async with self.service.client() as client:
            await self.plan_a_tour()
            party = await client.post(
                "/api/v1/entry-bookings", json=self.body("/api/v1/entry-bookings#online")
            )
        told = booked.json()["reference"]
        message = await write_message(self.service.dsn, self.service.clock(), told, "printed")
        alarm = await self._alarm()
        device = await self._device()
        version = next(
            route.path.split("/")[2]
            for route in self.service.app.routes
            if re.match("/static/[0-9a-f]+/", route.path)
        )
        self.fill = {
            "office": HERE,
            "counter": f"{HERE}.1",
            "ticket": ticket["id"],
            "number": ticket["number"],
            "token": ticket["token"],
            "callback": str(callback),
            "alarm": alarm,
            "help_request": await self._help_request(device),
            "device": device,
            "digest": "0" * 64,
            "name": "nothing.png",
            "code": "ABC-DEF",
            "copy": str(UUID(int=0)),
            "reference": booked.json()["reference"],
            "message": message,
            "booking": party.json()["reference"],
            "entry": waiting.json()["reference"],
            "batch": str(UUID(int=0)),
            "authority": "bremen",
            "kind": "booked",
            "way": "sms",
            "language": "de",
            "day": EMPTY_DAY,
            "version": version,
            "file": "start.css",
            "fingerprint": fingerprint(),
            "texts": "de.json",
            "accent": "b3001b.css",
            "path": "nothing",
        }

    async def _call_to_make(self) -> UUID:
        conn = await connect(self.service.dsn)
        try:
            office = await offices.find_office(conn, HERE)
            new = NewCallback(
                authority_id=office.authority_id,
                office_id=office.id,
                name="Test",
                phone="+494213610",
                subject="Test",
                due_at=self.service.clock(),
            )
            return await hotline.add_callback(conn, self.service.clock(), new)
        finally:
            await conn.close()

    async def _alarm(self) -> str:
        """Let somebody who is not asked further have called for help."""
        conn = await connect(self.service.dsn)
        try:
            alarm = await conn.fetchval(
                """
                INSERT INTO hall_alarm (office_id, kind, actor, at)
                SELECT id, 'staff', 'staff:0', $2 FROM office WHERE slug = $1
                RETURNING id
                """,
                HERE,
                self.service.clock(),
            )
        finally:
            await conn.close()
        return str(alarm)

    async def _help_request(self, device: str) -> str:
        """Let a visitor have asked for somebody."""
        conn = await connect(self.service.dsn)
        try:
            asked = await conn.fetchval(
                """
                INSERT INTO help_request (office_id, device_id, asked_at)
                SELECT office_id, id, $2 FROM device WHERE id = $1
                RETURNING id
                """,
                int(device),
                self.service.clock(),
            )
        finally:
            await conn.close()
        return str(asked)

    async def _device(self) -> str:
        """Give the office a display that asks for nothing itself."""
        conn = await connect(self.service.dsn)
        try:
            made = await tokens.make(conn, self.service.clock(), HERE, DeviceProfile.DISPLAY, "Test")
        finally:
            await conn.close()
        return str(made.id)

    async def plan_a_tour(self) -> None:
        """Give the office an hour with places, which offices of this kind don't have."""
        conn = await connect(self.service.dsn)
        await conn.execute(
            """
            INSERT INTO timed_entry (office_id, code, starts_at, ends_at, title, price, most_party, places,
                                     counter_places, phone_places, online_places)
            SELECT o.id, 'rundgang', '2026-11-24 08:00Z', '2026-11-24 09:00Z', '{}', '{}', 5,
                   1000, 1000, 1000, 800
              FROM office o WHERE o.slug = $1
            """,
            HERE,
        )
        await conn.close()

    async def invite(self) -> None:
        """Log everybody in; whose session is over came ten hours before."""
        self.tokens["any"] = ""
        self.tokens["over"] = await self.service.staff_token(Role.ADMIN)
        self.service.clock.now += SESSION_LIFETIME
        for place, office in (("here", HERE), ("elsewhere", ELSEWHERE)):
            for role in Role:
                self.tokens[f"{role.value} {place}"] = await self.service.staff_token(role, office=office)
            for profile in DeviceProfile:
                token = await self.service.device_token(profile, office)
                self.tokens[f"{profile.value} {place}"] = token

    def body(self, path: str) -> dict[str, object]:
        """Give a body that is well formed, so that the answer is about the right to send it."""
        path, _, channel = path.partition("#")
        if "entry-bookings" in path and not path.endswith(("confirm", "cancel")):
            booked: dict[str, object] = {
                "office": HERE,
                "entry": HOUR,
                "channel": channel,
                "contact": {"name": "Test"},
            }
            return booked if channel else {"entry": HOUR}
        if path == "/api/v1/waiting-list":
            return {
                "offices": [HERE],
                "services": [{"service": SERVICE}],
                "until": MORNING[:10],
                "ways": ["call"],
                "channel": channel,
                "contact": {"name": "Test", "phone": "0421 3610"},
            }
        if channel:
            return {
                "office": HERE,
                "services": [{"service": SERVICE, "quantity": 1}],
                "start": MORNING,
                "channel": channel,
                "contact": {"name": "Test", "phone": "0421 3610", "confirm_by": "none"},
            }
        affected = {"reference": self.fill.get("reference", ""), "start": MORNING}
        by_part: dict[str, dict[str, object]] = {
            "/staffing/": {"reason": "Test", "staffing": []},
            "/days/": {"reason": "Test"},
            "affected-appointments/move": {"items": [affected]},
            "affected-parties/move": {"items": [affected]},
            "affected-appointments/cancel": {"references": [affected["reference"]], "reason": "Test"},
            "affected-parties/cancel": {"references": [affected["reference"]], "reason": "Test"},
        }
        bodies: dict[str, dict[str, object]] = {
            "walk-ins": {"open": True},
            "merge": {"tickets": [self.fill.get("ticket", "")]},
            "tickets": {"service": SERVICE},
            "entry-arrivals": {"reference": self.fill.get("booking", "")},
            "check-ins": {"reference": self.fill.get("reference", "")},
            "call": {"ticket": self.fill.get("ticket", "")},
            "move": {"start": MORNING},
            "session": {"username": "admin-1", "password": PASSWORD},
            "transfer": {"service": "reisepass"},
            "appointment-searches": {"name": "Test"},
            "appointment-duplicates": {"contact": {"name": "Test"}},
            "callbacks": CALLBACK,
            "postpone": {"due_at": MORNING},
            "done": {"result": "angerufen"},
            "resume": {"ends": "pause"},
            "device-pairings": {"profile": "kiosk", "token_hash": "0" * 64, "version": "1"},
            "devices": {"code": "ABC-DEF", "office": HERE, "name": "Test"},
            "health": {"version": "1", "uptime_seconds": 1},
            "{language}": {"text": "{short_day}, {time}, {reference}"},
        }
        found = next((body for part, body in by_part.items() if part in path), None)
        return found or bodies.get(path.rpartition("/")[2], {})

    async def ask(self, client: httpx.AsyncClient, line: Line) -> httpx.Response:
        """Send the line's request; pages' forms as forms, everything else as JSON."""
        path = line.path.partition("#")[0].format(**self.fill)
        if "slots?" in path:
            path += f"&service={SERVICE}"
        if line.method not in {"POST", "PUT", "PATCH"}:
            return await client.request(line.method, path)
        if path.startswith(PAGE_FORMS):
            return await client.post(path, data={"username": "admin-1", "password": PASSWORD})
        return await client.request(line.method, path, json=self.body(line.path))

    async def sign_of(self, who: str, line: Line) -> str:
        """Give the sign that the service's answer stands for; an answer's status where it is another."""
        if line.method == "WS":
            return await self._sign_of_stream(who, line)
        answer = await self.ask(self.clients[who], line)
        # The log-in's form gives a cookie, with which this would be somebody else.
        self.clients[who].cookies.clear()
        return sign(answer)

    async def _sign_of_stream(self, who: str, line: Line) -> str:
        told = await self.follow(line.path.format(**self.fill), self.tokens[who])
        if told == AUDIENCE.get(who, "nobody"):
            return "x"
        return {"4401 not_authenticated": "1", "4403 not_permitted": "3"}.get(told, told)

    async def follow(self, path: str, token: str, **headers: str) -> str:
        """Return the audience that the stream's snapshot is for, or why it was closed."""
        address = self.service.base_url.replace("http", "ws", 1) + path
        async with websockets.connect(address, additional_headers=headers) as socket:
            if not headers:
                await socket.send(json.dumps({"type": "hello", "token": token}))
            try:
                snapshot = json.loads(await socket.recv())
            except websockets.ConnectionClosed:
                return f"{socket.close_code} {socket.close_reason}"
        return str(snapshot["audience"])

    @asynccontextmanager
    async def sessions_kept(self) -> AsyncIterator[None]:
        """Give back the sessions that are ended meanwhile, so that others can end them too."""
        conn = await connect(self.service.dsn)
        await conn.execute("CREATE TEMPORARY TABLE kept AS SELECT * FROM staff_session")
        try:
            yield
            await conn.execute("INSERT INTO staff_session SELECT * FROM kept ON CONFLICT DO NOTHING")
        finally:
            await conn.close()


def sign(answer: httpx.Response) -> str:
    """Give the table's sign for an answer; faults of the service stand out."""
    signs = {status: sign for sign, status in STATUS_OF_SIGN.items()}
    at_fault = answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR
    return f"{answer.status_code}" if at_fault else signs.get(answer.status_code, "x")


@pytest.fixture
async def town(running_service: RunningService) -> AsyncIterator[Town]:
    town = Town(running_service)
    await town.fill_in()
    await town.invite()
    async with town.open():
        yield town


def different(line: Line, given: dict[str, str]) -> list[str]:
    """Tell where the answers are not what the line says."""
    return [
        f"{line.method} {line.path} by {who}: {sign} instead of {line.signs[who]}"
        for who, sign in given.items()
        if sign != line.signs[who]
    ]


def test_the_table_has_a_line_for_every_route_and_a_column_for_everybody(
    running_service: RunningService,
) -> None:
    assert {line.route for line in TABLE} == routes_of(running_service.app)
    here_and_there = [
        f"{kind.value} {place}" for kind in (*Role, *DeviceProfile) for place in ("here", "elsewhere")
    ]
    assert ["any", "over", *here_and_there] == EVERYBODY


async def test_everybody_gets_in_exactly_where_the_table_says(town: Town) -> None:
    wrong = []
    for line in TABLE:
        async with town.sessions_kept():
            wrong += different(line, {who: await town.sign_of(who, line) for who in EVERYBODY})
    assert wrong == []


@pytest.mark.parametrize(("authority", "place"), [("bremen", "here"), ("bremerhaven", "elsewhere")])
async def test_a_role_at_an_authority_opens_what_it_opens_at_each_of_its_offices(
    running_service: RunningService, authority: str, place: str
) -> None:
    town = Town(running_service)
    await town.fill_in()
    for role in Role:
        token = await running_service.staff_token(role, authority=authority)
        town.tokens[f"{role.value} {place}"] = token
    wrong = []
    async with town.open():
        for line in lines_that_ask_for_the_office():
            wrong += different(line, {who: await town.sign_of(who, line) for who in town.tokens})
    assert wrong == []


def lines_that_ask_for_the_office() -> list[Line]:
    """Give the lines where it matters to which office somebody belongs."""
    return [line for line in TABLE if line.signs["admin here"] != line.signs["admin elsewhere"]]


async def test_a_session_that_is_over_is_nobody_as_a_cookie(town: Town) -> None:
    wrong = []
    async with town.service.client() as browser:
        for line in http_lines():
            browser.cookies.clear()
            browser.cookies.set(SESSION_COOKIE, town.tokens["over"])
            wrong += different(line, {"any": sign(await town.ask(browser, line))})
    assert wrong == []


def http_lines() -> Iterable[Line]:
    """Give the lines that are no sockets."""
    return (line for line in TABLE if line.method != "WS")


def lines_that_need_a_pages_token() -> list[Line]:
    """Give what can be done with a session's cookie and does something."""
    return [
        line
        for line in http_lines()
        # Where even an expired token gets in, nobody's credentials are read.
        if line.method not in SAFE_METHODS
        and line.signs["over"] != "x"
        # What only devices may, no session's cookie opens.
        and line.signs["admin here"] != "3"
    ]


async def test_what_a_browser_sends_by_itself_does_nothing_without_the_pages_token(town: Town) -> None:
    wrong = []
    async with town.service.client() as browser:
        browser.cookies.set(SESSION_COOKIE, town.tokens["admin here"])
        for line in lines_that_need_a_pages_token():
            answer = await town.ask(browser, line)
            if (answer.status_code, answer.json().get("code")) != (403, "csrf_failed"):
                wrong.append(f"{line.method} {line.path}: {answer.status_code} {answer.text[:100]}")
        assert wrong == []
        assert sign(await browser.get("/api/v1/session")) == "x"
    assert len(lines_that_need_a_pages_token()) > 20


async def test_with_the_pages_token_a_browser_gets_in_where_its_user_may(town: Town) -> None:
    wrong = []
    session = town.tokens["admin here"]
    async with town.service.client() as browser:
        browser.cookies.set(SESSION_COOKIE, session)
        page = await browser.get("/", headers={"Accept": "text/html"})
        found = re.search(r'name="csrf-token" content="(\w+)"', page.text)
        assert found
        browser.headers[CSRF_HEADER] = found[1]
        for line in lines_that_need_a_pages_token():
            async with town.sessions_kept():
                wrong += different(line, {"admin here": sign(await town.ask(browser, line))})
            # The log-out has made the browser forget it.
            browser.cookies.clear()
            browser.cookies.set(SESSION_COOKIE, session)
    assert wrong == []


async def test_another_sites_page_cannot_follow_the_stream_with_our_cookie(town: Town) -> None:
    cookie = f"{SESSION_COOKIE}={town.tokens['clerk here']}"
    path = f"/api/v1/stream?office={HERE}"
    foreign = {"Cookie": cookie, "Origin": "https://evil.example"}
    own = {"Cookie": cookie, "Origin": town.service.base_url}
    assert await town.follow(path, "", **own) == "staff"
    with pytest.raises(websockets.InvalidStatus) as refused:
        await town.follow(path, "", **foreign)
    assert refused.value.response.status_code == httpx.codes.FORBIDDEN


async def test_a_person_without_a_session_is_led_to_the_log_in_and_back(town: Town) -> None:
    pages = [line for line in http_lines() if line.method == "GET" and not line.path.startswith("/api")]
    guarded = [line for line in pages if line.signs["any"] == "1"]
    assert {line.path for line in guarded} >= {"/desk", "/phone"}
    async with town.service.client() as browser:
        for line in guarded:
            path = line.path.format(**town.fill)
            answer = await browser.get(path, headers={"Accept": "text/html"})
            assert answer.status_code == httpx.codes.SEE_OTHER, path
            assert httpx.URL(answer.headers["Location"]).params["next"] == path
