"""``/api/v1/session`` as programs see it."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from queue_service.accounts import service
from queue_service.accounts.guards import Authentication, assert_every_route_is_guarded, check_access
from queue_service.accounts.login_limits import FAILURES_PER_NAME_AND_ADDRESS
from queue_service.accounts.model import DeviceProfile, Role
from queue_service.accounts.routes import LogIn, SessionController
from queue_service.accounts.service import SESSION_PREFIX
from queue_service.devices import tokens
from queue_service.platform.database import Database
from queue_service.platform.http import problem_of
from queue_service.platform.queries import Connection
from queue_service.platform.request_body import StrictRequest
from queue_service.protocol.device_care import TOKEN_PREFIX
from tests.integration.people import MORNING, PASSWORD, hire

PATH = "/api/v1/session"


def build_app(dsn: str) -> Litestar:
    @asynccontextmanager
    async def with_database(app: Litestar) -> AsyncIterator[None]:
        app.state.database = database = Database(dsn, connections=2)
        await database.open()
        yield
        await database.close()

    app = Litestar(
        [SessionController],
        middleware=[Authentication()],
        guards=[check_access],
        exception_handlers={Exception: problem_of},
        request_class=StrictRequest,
        lifespan=[with_database],
        openapi_config=None,
        logging_config=None,
    )
    app.state.clock = lambda: MORNING
    app.state.token_resolvers = {SESSION_PREFIX: service.resolve_session, TOKEN_PREFIX: tokens.resolve}
    assert_every_route_is_guarded(app)
    return app


@pytest.fixture
def client(dsn: str) -> Iterator[TestClient[Litestar]]:
    with TestClient(build_app(dsn)) as client:
        yield client


@pytest.fixture
async def clerk(conn: Connection) -> int:
    user_id = await hire(conn, "clerk1", Role.CLERK, office="bsc-mitte")
    await service.grant(conn, "clerk1", Role.AGENT, authority="bremen")
    return user_id


def log_in(client: TestClient[Litestar]) -> dict[str, str]:
    """Return the header of a session."""
    answer = client.post(PATH, json={"username": "clerk1", "password": PASSWORD})
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def test_logging_in_gives_a_token_its_end_and_who_it_is(client: TestClient[Litestar], clerk: int) -> None:
    answer = client.post(PATH, json={"username": "clerk1", "password": PASSWORD})
    body = answer.json()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    assert body["token"].startswith("qs_")
    assert datetime.fromisoformat(body["expires_at"]) == MORNING + timedelta(hours=10)
    assert body["user"] == {
        "id": str(clerk),
        "username": "clerk1",
        "display_name": "Clerk1",
        "roles": [{"role": "agent", "authority": "bremen"}, {"role": "clerk", "office": "bsc-mitte"}],
    }


def test_a_session_can_ask_who_it_is(client: TestClient[Litestar], clerk: int) -> None:
    answer = client.get(PATH, headers=log_in(client))
    assert (answer.status_code, answer.json()["user"]["id"]) == (200, str(clerk))


@pytest.mark.usefixtures("clerk")
def test_a_session_that_was_logged_out_is_refused(client: TestClient[Litestar]) -> None:
    session = log_in(client)
    assert client.delete(PATH, headers=session).status_code == 204
    assert client.get(PATH, headers=session).status_code == 401


@pytest.mark.usefixtures("clerk")
def test_a_wrong_log_in_is_refused_and_a_sixth_has_to_wait(client: TestClient[Litestar]) -> None:
    def try_one() -> tuple[int, str, str | None]:
        answer = client.post(PATH, json={"username": "clerk1", "password": "wrong"})
        return answer.status_code, answer.json()["code"], answer.headers.get("Retry-After")

    assert [try_one() for _ in range(FAILURES_PER_NAME_AND_ADDRESS)] == [(401, "wrong_login", None)] * 5
    assert try_one() == (429, "too_many_attempts", "900")


@pytest.mark.usefixtures("clerk")
def test_who_holds_a_token_that_has_run_out_can_log_in(client: TestClient[Litestar]) -> None:
    answer = client.post(
        PATH,
        json={"username": "clerk1", "password": PASSWORD},
        headers={"Authorization": "Bearer qs_over"},
    )
    assert answer.status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'{"username": "clerk1"}',
        b'{"username": "clerk1", "password": 7}',
        b'{"username": "clerk1", "password": ""}',
        b'{"username": "clerk1", "password": "x", "extra": 1}',
        b'{"username": "clerk1", "password": "\\ud800"}',
        b'{"username": "\xff", "password": "x"}',
        b'{"username": "%s", "password": "x"}' % (b"x" * 101),
        b'{"username": "clerk1", "password": "%s"}' % (b"x" * 1025),
    ],
)
def test_a_malformed_log_in_is_answered_400(client: TestClient[Litestar], body: bytes) -> None:
    answer = client.post(PATH, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["code"] in {"bad_request", "invalid_fields"}


@pytest.mark.parametrize("username", ["nul\\u0000", "\\u202e", "O'Brien", "%00", " "])
def test_a_name_that_nobody_can_have_is_just_wrong(client: TestClient[Litestar], username: str) -> None:
    body = f'{{"username": "{username}", "password": "x"}}'
    answer = client.post(PATH, content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_login")


async def test_a_device_has_no_session(client: TestClient[Litestar], conn: Connection) -> None:
    kiosk = await tokens.make(conn, MORNING, "bsc-mitte", DeviceProfile.KIOSK, "Eingang")
    answer = client.get(PATH, headers={"Authorization": f"Bearer {kiosk.token}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")


@pytest.mark.usefixtures("clerk")
def test_no_log_line_holds_a_name_a_password_or_a_token(
    client: TestClient[Litestar], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        session = log_in(client)
        client.post(PATH, json={"username": "clerk1", "password": "Wrong-Password"})
        client.post(PATH, json={"username": "clerk1", "password": 7})
        client.get(PATH, headers=session)
    logged = caplog.text + "".join(capfd.readouterr())
    for secret in ("clerk1", PASSWORD, "Wrong-Password", session["Authorization"].split()[1]):
        assert secret not in logged


def test_what_was_typed_is_not_printed() -> None:
    assert repr(LogIn("clerk1", PASSWORD)) == "LogIn(…)"
