"""Every request is asked who sent it and whether they may, before a handler runs."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from litestar import Litestar, Response, WebSocket, get, post
from litestar.datastructures import State
from litestar.exceptions import WebSocketDisconnect
from litestar.handlers import websocket
from litestar.testing import TestClient
from litestar.types import ControllerRouterHandler

from queue_service.accounts import service
from queue_service.accounts.guards import (
    CSRF_FIELD,
    CSRF_HEADER,
    PUBLIC,
    PUBLIC_FOR_UNKNOWN,
    SESSION_COOKIE,
    Authentication,
    UnguardedRouteError,
    assert_every_route_is_guarded,
    check_access,
    csrf_token,
    ended_session_cookie,
    require_own_origin,
    requires,
    session_cookie,
)
from queue_service.accounts.model import SESSION_LIFETIME, DeviceProfile, Permission, Principal, Role
from queue_service.accounts.routes import StaffRequest
from queue_service.accounts.service import SESSION_PREFIX
from queue_service.devices import tokens
from queue_service.platform.database import Database
from queue_service.platform.http import problem_of
from queue_service.platform.queries import Connection
from queue_service.protocol.device_care import TOKEN_PREFIX
from tests.integration.people import HERE, MORNING, PASSWORD, hire


@get("/public", opt=PUBLIC)
async def public_page(request: StaffRequest) -> str:
    return request.user.key


@get("/probe", opt=PUBLIC_FOR_UNKNOWN)
async def probe(request: StaffRequest) -> str:
    return request.user.key


@get("/desk", opt=requires(Permission.COUNTER_WORK))
async def desk(request: StaffRequest) -> str:
    return csrf_token(request)


@post("/call", opt=requires(Permission.COUNTER_WORK))
async def call(request: StaffRequest) -> str:
    return str((await request.form()).get("visitor"))


@post("/kiosk-or-desk", opt=requires(Permission.STREAM_KIOSK, Permission.COUNTER_WORK))
async def kiosk_or_desk() -> str:
    return "ok"


@post("/log-in", opt=PUBLIC_FOR_UNKNOWN)
async def log_in_form(request: StaffRequest) -> Response[str]:
    require_own_origin(request)
    return Response("ok", cookies=[session_cookie(request, "qs_x")])


@post("/log-out", opt=PUBLIC_FOR_UNKNOWN)
async def log_out_form(request: StaffRequest) -> Response[str]:
    return Response("ok", cookies=[ended_session_cookie(request)])


@websocket("/stream", opt=requires(Permission.STREAM_STAFF))
async def stream(socket: WebSocket[Principal, None, State]) -> None:
    await socket.accept()
    await socket.send_text(socket.user.key)
    await socket.close()


HANDLERS: list[ControllerRouterHandler] = [
    public_page,
    probe,
    desk,
    call,
    kiosk_or_desk,
    log_in_form,
    log_out_form,
    stream,
]


def build_app(dsn: str, *more: ControllerRouterHandler) -> Litestar:
    @asynccontextmanager
    async def with_database(app: Litestar) -> AsyncIterator[None]:
        app.state.database = database = Database(dsn, connections=2)
        await database.open()
        yield
        await database.close()

    app = Litestar(
        [*HANDLERS, *more],
        middleware=[Authentication()],
        guards=[check_access],
        exception_handlers={Exception: problem_of},
        lifespan=[with_database],
        openapi_config=None,
        logging_config=None,
    )
    app.state.clock = lambda: MORNING
    app.state.token_resolvers = {SESSION_PREFIX: service.resolve_session, TOKEN_PREFIX: tokens.resolve}
    return app


@pytest.fixture
def client(dsn: str) -> Iterator[TestClient[Litestar]]:
    with TestClient(build_app(dsn)) as client:
        yield client


@pytest.fixture
async def clerk(database: Database, conn: Connection) -> str:
    """Give the token of a clerk who is logged in."""
    await hire(conn, "clerk1", Role.CLERK)
    return (await service.log_in(database.connection, MORNING, "clerk1", PASSWORD, HERE)).token


@pytest.fixture
async def kiosk(conn: Connection) -> str:
    return (await tokens.make(conn, MORNING, "bsc-mitte", DeviceProfile.KIOSK, "Eingang")).token


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def cookie(token: str, **more: str) -> dict[str, str]:
    headers = {name.replace("_", "-"): value for name, value in more.items()}
    return {"Cookie": f"{SESSION_COOKIE}={token}", **headers}


def code_of(
    client: TestClient[Litestar], method: str, path: str, headers: dict[str, str], **sent: object
) -> str:
    """Return the problem's code, or ``ok``."""
    answer = client.request(method, path, headers=headers, **sent)  # type: ignore[arg-type]
    return str(answer.json()["code"]) if answer.is_error else "ok"


def test_who_sends_nothing_is_anonymous_where_everybody_may_come(client: TestClient[Litestar]) -> None:
    assert client.get("/public").text == "anonymous"


def test_who_sends_nothing_is_asked_to_log_in_elsewhere(client: TestClient[Litestar]) -> None:
    answer = client.get("/desk")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_a_bearer_token_says_who_it_is(client: TestClient[Litestar], clerk: str, kiosk: str) -> None:
    assert client.get("/public", headers=bearer(clerk)).text.startswith("staff:")
    assert client.get("/public", headers=bearer(kiosk)).text.startswith("device:")
    assert client.get("/desk", headers={"Authorization": f"bearer  {clerk} "}).status_code == 200


@pytest.mark.parametrize("token", ["", "qs_wrong", "qd_wrong", "xx_wrong", "q", "Bearer"])
def test_a_wrong_bearer_token_is_refused_even_where_everybody_may_come(
    client: TestClient[Litestar], token: str
) -> None:
    assert code_of(client, "GET", "/public", bearer(token)) == "not_authenticated"


def test_a_probe_does_not_look_at_tokens(client: TestClient[Litestar], clerk: str) -> None:
    assert client.get("/probe", headers=bearer("qs_wrong")).text == "anonymous"
    assert client.get("/probe", headers=bearer(clerk)).text == "anonymous"


def test_another_scheme_is_the_proxys_matter(client: TestClient[Litestar]) -> None:
    assert client.get("/public", headers={"Authorization": "Basic b3BlbjpzZXNhbWU="}).text == "anonymous"


def test_a_cookie_says_who_it_is(client: TestClient[Litestar], clerk: str) -> None:
    assert client.get("/public", headers=cookie(clerk)).text.startswith("staff:")


@pytest.mark.parametrize("token", ["", "qs_wrong", "nonsense"])
def test_a_wrong_cookie_counts_as_none(client: TestClient[Litestar], token: str) -> None:
    assert client.get("/public", headers=cookie(token)).text == "anonymous"
    assert code_of(client, "GET", "/desk", cookie(token)) == "not_authenticated"


def test_a_session_that_is_over_is_refused_as_a_token_and_ignored_as_a_cookie(
    client: TestClient[Litestar], clerk: str
) -> None:
    client.app.state.clock = lambda: MORNING + SESSION_LIFETIME
    assert code_of(client, "GET", "/public", bearer(clerk)) == "not_authenticated"
    assert client.get("/public", headers=cookie(clerk)).text == "anonymous"


def test_a_token_that_is_sent_counts_more_than_the_cookie(
    client: TestClient[Litestar], clerk: str, kiosk: str
) -> None:
    assert client.get("/public", headers={**cookie(clerk), **bearer(kiosk)}).text.startswith("device:")


def test_who_lacks_the_permission_is_refused(client: TestClient[Litestar], kiosk: str) -> None:
    assert code_of(client, "GET", "/desk", bearer(kiosk)) == "not_permitted"


def test_one_of_several_permissions_is_enough(client: TestClient[Litestar], clerk: str, kiosk: str) -> None:
    assert code_of(client, "POST", "/kiosk-or-desk", bearer(clerk)) == "ok"
    assert code_of(client, "POST", "/kiosk-or-desk", bearer(kiosk)) == "ok"
    assert code_of(client, "POST", "/kiosk-or-desk", {}) == "not_authenticated"


def test_asking_for_the_methods_of_a_path_needs_no_permission(client: TestClient[Litestar]) -> None:
    assert client.options("/desk").headers["Allow"] == "GET, OPTIONS"


def test_what_a_form_sends_by_cookie_needs_the_pages_token(client: TestClient[Litestar], clerk: str) -> None:
    token = client.get("/desk", headers=cookie(clerk)).text
    forms = {"visitor": "A042"}
    assert code_of(client, "POST", "/call", cookie(clerk), data=forms) == "csrf_failed"
    assert code_of(client, "POST", "/call", cookie(clerk), data=forms | {CSRF_FIELD: "ä"}) == "csrf_failed"
    assert code_of(client, "POST", "/call", cookie(clerk, X_CSRF_Token="wrong")) == "csrf_failed"
    sent = client.post("/call", headers=cookie(clerk), data=forms | {CSRF_FIELD: token})
    assert (sent.status_code, sent.text) == (201, "A042")


def test_the_pages_token_may_come_in_a_header_or_in_a_form_with_files(
    client: TestClient[Litestar], clerk: str
) -> None:
    token = client.get("/desk", headers=cookie(clerk)).text
    by_header = client.post("/call", headers={**cookie(clerk), CSRF_HEADER: token}, data={"visitor": "A042"})
    with_file = client.post(
        "/call", headers=cookie(clerk), data={"visitor": "A042", CSRF_FIELD: token}, files={"scan": b"x"}
    )
    assert [(sent.status_code, sent.text) for sent in (by_header, with_file)] == [(201, "A042")] * 2


def test_a_file_in_the_place_of_the_pages_token_is_refused(client: TestClient[Litestar], clerk: str) -> None:
    assert code_of(client, "POST", "/call", cookie(clerk), files={CSRF_FIELD: b"x"}) == "csrf_failed"


def test_a_form_without_a_boundary_is_malformed(client: TestClient[Litestar], clerk: str) -> None:
    headers = cookie(clerk, Content_Type="multipart/form-data")
    assert code_of(client, "POST", "/call", headers, content=b"x") == "bad_request"


async def test_a_token_of_another_session_is_refused(
    client: TestClient[Litestar], database: Database, clerk: str
) -> None:
    other = await service.log_in(database.connection, MORNING, "clerk1", PASSWORD, HERE)
    token = client.get("/desk", headers=cookie(other.token)).text
    assert code_of(client, "POST", "/call", cookie(clerk, X_CSRF_Token=token)) == "csrf_failed"


def test_a_bearer_token_needs_no_token_of_a_page(client: TestClient[Litestar], clerk: str) -> None:
    assert code_of(client, "POST", "/call", bearer(clerk)) == "ok"


def test_who_is_not_logged_in_by_cookie_has_no_token_for_forms(
    client: TestClient[Litestar], clerk: str
) -> None:
    assert client.get("/desk", headers=bearer(clerk)).text == ""


@pytest.mark.parametrize(
    ("headers", "answer"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, "ok"),
        ({"Sec-Fetch-Site": "none"}, "ok"),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver.local"}, "csrf_failed"),
        ({"Sec-Fetch-Site": "same-site"}, "csrf_failed"),
        ({"Origin": "http://testserver.local"}, "ok"),
        ({"Origin": "http://evil.example"}, "csrf_failed"),
        ({"Origin": "null"}, "csrf_failed"),
        ({"Origin": "http://["}, "csrf_failed"),
        ({}, "ok"),
    ],
)
def test_another_site_cannot_fill_in_the_log_in_form(
    client: TestClient[Litestar], headers: dict[str, str], answer: str
) -> None:
    assert code_of(client, "POST", "/log-in", headers) == answer


def connect(client: TestClient[Litestar], headers: dict[str, str]) -> str:
    """Return the principal's key that the socket tells, or the reason for which it was closed."""
    try:
        with client.websocket_connect("/stream", headers=headers) as socket:
            return socket.receive_text()
    except WebSocketDisconnect as closed:
        return f"{closed.code} {closed.detail}"


def test_a_socket_asks_the_same(client: TestClient[Litestar], clerk: str, kiosk: str) -> None:
    assert connect(client, bearer(clerk)).startswith("staff:")
    assert connect(client, cookie(clerk)).startswith("staff:")
    assert connect(client, {}) == "4401 not_authenticated"
    assert connect(client, bearer("qs_wrong")) == "4401 not_authenticated"
    assert connect(client, bearer(kiosk)) == "4403 not_permitted"


def test_another_sites_page_cannot_open_a_socket_with_our_cookie(
    client: TestClient[Litestar], clerk: str
) -> None:
    assert connect(client, cookie(clerk, Origin="https://evil.example")) == "4403 csrf_failed"
    assert connect(client, cookie(clerk, Origin="http://testserver.local")).startswith("staff:")


@pytest.mark.parametrize(
    ("address", "attributes"),
    [
        ("https://testserver.local", "HttpOnly; Path=/; SameSite=lax; Secure"),
        ("http://testserver.local", "HttpOnly; Path=/; SameSite=lax"),
    ],
)
def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites_and_of_http_where_there_is_https(
    dsn: str, address: str, attributes: str
) -> None:
    with TestClient(build_app(dsn), base_url=address) as client:
        assert client.post("/log-in").headers["Set-Cookie"] == f"queue_session=qs_x; {attributes}"


def test_the_browser_forgets_the_cookie_at_once(client: TestClient[Litestar]) -> None:
    assert "Max-Age=0" in client.post("/log-out").headers["Set-Cookie"]


def test_an_application_with_an_undeclared_route_does_not_start(dsn: str) -> None:
    @get("/forgotten")
    async def forgotten() -> None:
        pass

    with pytest.raises(UnguardedRouteError, match="/forgotten"):
        assert_every_route_is_guarded(build_app(dsn, forgotten))
    assert_every_route_is_guarded(build_app(dsn))


def test_an_undeclared_route_answers_nobody(dsn: str, clerk: str) -> None:
    @get("/forgotten")
    async def forgotten() -> str:
        return "secret"

    with TestClient(build_app(dsn, forgotten), raise_server_exceptions=False) as client:
        answer = client.get("/forgotten", headers=bearer(clerk))
    assert answer.status_code == 500
    assert "secret" not in answer.text


async def test_a_lost_database_is_answered_as_unavailable(client: TestClient[Litestar], clerk: str) -> None:
    client.app.state.database = Database("postgresql:///none?host=/nowhere", connections=2)
    assert code_of(client, "GET", "/desk", bearer(clerk)) == "unavailable"
    assert client.get("/probe").text == "anonymous"
