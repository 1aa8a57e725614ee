"""Every route of the running service, tried by everybody, held against one written table."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
import websockets
from litestar import Litestar
from litestar.routes import HTTPRoute

from queue_service.accounts.model import DeviceProfile, Role
from tests.integration.running_service import RunningService

WHO_MAY = """
                                                   anyone clerk reception agent supervisor admin kiosk display
GET    /                                           x      x     x         x     x          x     x     x
GET    /login                                      x      x     x         x     x          x     x     x
POST   /login                                      x      x     x         x     x          x     x     x
POST   /logout                                     x      x     x         x     x          x     x     x
GET    /t                                          x      x     x         x     x          x     x     x
GET    /t/{token}                                  x      x     x         x     x          x     x     x
GET    /desk                                       -      x     -         -     x          x     -     -
GET    /desk/{office}                              -      x     -         -     x          x     -     -
GET    /desk/{office}/counter                      -      x     -         -     x          x     -     -
POST   /desk/{office}/counter                      -      x     -         -     x          x     -     -
GET    /phone                                      -      -     -         x     x          x     -     -
POST   /phone/contact                              -      -     -         x     x          x     -     -
GET    /favicon.ico                                x      x     x         x     x          x     x     x
GET    /static/{version}/{file}                    x      x     x         x     x          x     x     x
HEAD   /static/{version}/{file}                    x      x     x         x     x          x     x     x
GET    /static/texts/{version}/{file}              x      x     x         x     x          x     x     x
GET    /static/accent/{file}                       x      x     x         x     x          x     x     x
GET    /schema                                     x      x     x         x     x          x     x     x
GET    /schema/{path}                              x      x     x         x     x          x     x     x
GET    /schema/openapi.json                        x      x     x         x     x          x     x     x
GET    /livez                                      x      x     x         x     x          x     x     x
GET    /readyz                                     x      x     x         x     x          x     x     x
GET    /metrics                                    x      x     x         x     x          x     x     x
POST   /api/v1/session                             x      x     x         x     x          x     x     x
GET    /api/v1/session                             -      x     x         x     x          x     -     -
GET    /api/v1/services                            x      x     x         x     x          x     x     x
GET    /api/v1/offices                             x      x     x         x     x          x     x     x
GET    /api/v1/offices/{office}                    x      x     x         x     x          x     x     x
GET    /api/v1/offices/{office}/services           x      x     x         x     x          x     x     x
GET    /api/v1/offices/{office}/counters           -      x     x         -     x          x     -     -
GET    /api/v1/offices/{office}/queue              -      x     x         -     x          x     -     -
POST   /api/v1/offices/{office}/tickets            -      -     x         -     x          x     x     -
POST   /api/v1/offices/{office}/check-ins          -      -     x         -     x          x     x     -
GET    /api/v1/tickets/by-token/{token}            x      x     x         x     x          x     x     x
POST   /api/v1/tickets/{ticket}/recall             -      x     -         -     x          x     -     -
POST   /api/v1/tickets/{ticket}/start              -      x     -         -     x          x     -     -
POST   /api/v1/tickets/{ticket}/finish             -      x     -         -     x          x     -     -
POST   /api/v1/tickets/{ticket}/no-show            -      x     -         -     x          x     -     -
POST   /api/v1/tickets/{ticket}/park               -      x     -         -     x          x     -     -
POST   /api/v1/tickets/{ticket}/resume             -      x     -         -     x          x     -     -
POST   /api/v1/tickets/{ticket}/transfer           -      x     -         -     x          x     -     -
POST   /api/v1/tickets/{ticket}/requeue            -      x     -         -     x          x     -     -
POST   /api/v1/tickets/{ticket}/cancel             -      x     -         -     x          x     -     -
POST   /api/v1/counters/{counter}/open             -      x     -         -     x          x     -     -
POST   /api/v1/counters/{counter}/call-next        -      x     -         -     x          x     -     -
POST   /api/v1/counters/{counter}/call             -      x     -         -     x          x     -     -
POST   /api/v1/counters/{counter}/close            -      x     -         -     x          x     -     -
GET    /api/v1/slots?channel=online                x      x     x         x     x          x     -     -
GET    /api/v1/slots?channel=phone                 -      -     -         x     x          x     -     -
GET    /api/v1/slots?channel=counter               -      x     x         -     x          x     -     -
POST   /api/v1/appointments#online                 x      x     x         x     x          x     -     -
POST   /api/v1/appointments#phone                  -      -     -         x     x          x     -     -
POST   /api/v1/appointments#counter                -      x     x         -     x          x     -     -
GET    /api/v1/appointments/{reference}            x      x     x         x     x          x     x     x
POST   /api/v1/appointments/{reference}/confirm    x      x     x         x     x          x     x     x
POST   /api/v1/appointments/{reference}/move       x      x     x         x     x          x     x     x
POST   /api/v1/appointments/{reference}/cancel     x      x     x         x     x          x     x     x
DELETE /api/v1/session                             -      x     x         x     x          x     -     -
"""
"""An x: the answer is about the request; a dash: 401 for anyone, 403 for everybody else. An appointment
is found by its visitor's secret or by staff of its office alone; for others it doesn't exist (404)."""

AT_ONE_OFFICE = {
    "GET /desk/{office}": Role.CLERK,
    "GET /desk/{office}/counter": Role.CLERK,
    "POST /desk/{office}/counter": Role.CLERK,
    "GET /api/v1/offices/{office}/counters": Role.CLERK,
    "GET /api/v1/offices/{office}/queue": Role.CLERK,
    "POST /api/v1/offices/{office}/tickets": Role.RECEPTION,
    "POST /api/v1/offices/{office}/check-ins": Role.RECEPTION,
    "POST /api/v1/counters/{counter}/open": Role.CLERK,
    "POST /api/v1/counters/{counter}/call-next": Role.CLERK,
    "POST /api/v1/counters/{counter}/call": Role.CLERK,
    "POST /api/v1/counters/{counter}/close": Role.CLERK,
    "POST /api/v1/appointments#phone": Role.AGENT,
    "POST /api/v1/appointments#counter": Role.CLERK,
}
"""Routes that act on the office they name, each with a role that may call them at its own."""

HEADER, *LINES = (re.split(r"\s+", line.strip()) for line in WHO_MAY.strip("\n").splitlines())
TABLE = {f"{method} {path}": dict(zip(HEADER, marks, strict=True)) for method, path, *marks in LINES}
OFFICE = "bsc-mitte"
SERVICE = "personalausweis"
FILL = {
    "office": OFFICE,
    "counter": f"{OFFICE}.1",
    "ticket": "00000000-0000-4000-8000-000000000000",
    "token": "unknown",
    "reference": "ABCDEFGH",
    "version": "0",
    "file": "de.js",
    "path": "nothing",
}


def body_of(route: str) -> dict[str, object] | None:
    """Give a body that is well formed, so that the answer is about the right to send it."""
    if "/appointments#" in route:
        contact = {"name": "Test", "phone": "0421 3610", "confirm_by": "none"}
        return {
            "office": OFFICE,
            "services": [{"service": SERVICE, "quantity": 1}],
            "start": "2026-11-24T09:00:00+01:00",
            "persons": 1,
            "channel": route.partition("#")[2],
            "contact": contact,
        }
    bodies: dict[str, dict[str, object]] = {
        "tickets": {"service": SERVICE},
        "check-ins": {"reference": FILL["reference"]},
        "call": {"ticket": FILL["ticket"]},
        "move": {"start": "2026-11-24T09:00:00+01:00"},
    }
    return bodies.get(route.rpartition("/")[2], {})


async def ask(client: httpx.AsyncClient, route: str) -> httpx.Response:
    method, _, template = route.partition(" ")
    path = template.partition("#")[0].format(**FILL)
    if "?" in path:
        path += f"&service={SERVICE}"
    sends = method == "POST" and not path.startswith(("/log", "/desk"))
    return await client.request(method, path, json=body_of(route) if sends else None)


def is_refused(answer: httpx.Response) -> bool:
    """Tell a refusal of the right from a log-in with wrong words, which is no matter of rights."""
    return answer.status_code in {401, 403} and "wrong_login" not in answer.text


def written(template: str) -> str:
    """Give the path as the table writes it: no types, one name for the file, no version of the assets."""
    untyped = re.sub(r"\{(\w+):\w+\}", r"{\1}", template).replace("{file_path}", "{file}")
    return re.sub(r"^/static/[0-9a-f]+/", "/static/{version}/", untyped)


def routes_of(app: Litestar) -> set[str]:
    """Return method and path of all HTTP routes; OPTIONS only names the methods."""
    return {
        f"{method} {written(route.path)}"
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method in route.methods - {"OPTIONS"}
    }


@pytest.fixture
async def everybody(running_service: RunningService) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """Give a client for each column of the table; staff and devices belong to OFFICE."""
    tokens: dict[str, str | None] = {"anyone": None}
    for role in Role:
        tokens[role.value] = await running_service.staff_token(role, office=OFFICE)
    for profile in DeviceProfile:
        tokens[profile.value] = await running_service.device_token(profile, OFFICE)
    async with AsyncExitStack() as stack:
        yield {
            who: await stack.enter_async_context(running_service.client(token))
            for who, token in tokens.items()
        }


def test_the_table_has_a_line_for_every_route(running_service: RunningService) -> None:
    assert {re.split(r"[?#]", route)[0] for route in TABLE} == routes_of(running_service.app)


ENDS_THE_SESSION = ["POST /logout", "DELETE /api/v1/session"]
TURNS = {
    "all that leave the session as it is": [route for route in TABLE if route not in ENDS_THE_SESSION],
    **{route: [route] for route in ENDS_THE_SESSION},
}


@pytest.mark.parametrize("routes", TURNS.values(), ids=TURNS)
async def test_everybody_is_let_through_exactly_where_the_table_says(
    everybody: dict[str, httpx.AsyncClient], routes: list[str]
) -> None:
    wrong = []
    for route in routes:
        marks = TABLE[route]
        for who, client in everybody.items():
            answer = await ask(client, route)
            refusal = 401 if who == "anyone" else 403
            as_written = not is_refused(answer) if marks[who] == "x" else answer.status_code == refusal
            if not as_written or answer.status_code >= 500:
                wrong.append(f"{route} by {who}: {answer.status_code} {answer.text[:200]}")
    assert wrong == []


@pytest.mark.parametrize(
    "place",
    [{"office": "bsc-nord"}, {"authority": "bremerhaven"}],
    ids=["another office", "another authority"],
)
async def test_a_role_elsewhere_opens_nothing_here(
    running_service: RunningService, place: dict[str, str]
) -> None:
    wrong = []
    clients = {}
    async with AsyncExitStack() as stack:
        for role in sorted(set(AT_ONE_OFFICE.values())):
            token = await running_service.staff_token(role, **place)
            clients[role] = await stack.enter_async_context(running_service.client(token))
        for route, role in AT_ONE_OFFICE.items():
            answer = await ask(clients[role], route)
            if answer.status_code != 403:
                wrong.append(f"{route} by {role}: {answer.status_code} {answer.text[:200]}")
    assert wrong == []


async def test_a_role_at_the_authority_opens_what_it_opens_at_the_office(
    running_service: RunningService,
) -> None:
    wrong = []
    clients = {}
    async with AsyncExitStack() as stack:
        for role in sorted(set(AT_ONE_OFFICE.values())):
            token = await running_service.staff_token(role, authority="bremen")
            clients[role] = await stack.enter_async_context(running_service.client(token))
        for route, role in AT_ONE_OFFICE.items():
            answer = await ask(clients[role], route)
            if is_refused(answer):
                wrong.append(f"{route} by {role}: {answer.status_code} {answer.text[:200]}")
    assert wrong == []


async def test_a_kiosk_of_another_office_gives_out_no_number_here(running_service: RunningService) -> None:
    token = await running_service.device_token(DeviceProfile.KIOSK, "bsc-nord")
    async with running_service.client(token) as client:
        for verb in ("tickets", "check-ins"):
            answer = await ask(client, f"POST /api/v1/offices/{{office}}/{verb}")
            assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")


async def follow(service: RunningService, token: str | None) -> str:
    """Return the audience that the stream's snapshot is for, or the reason for which it was closed."""
    address = service.base_url.replace("http", "ws", 1) + f"/api/v1/stream?office={OFFICE}"
    async with websockets.connect(address) as socket:
        await socket.send(json.dumps({"type": "hello", "token": token or ""}))
        try:
            snapshot = json.loads(await socket.recv())
        except websockets.ConnectionClosed:
            return f"{socket.close_code} {socket.close_reason}"
    return str(snapshot.get("audience", "staff"))


async def test_everybody_follows_the_stream_as_what_they_are(running_service: RunningService) -> None:
    answers = {"anyone": await follow(running_service, None)}
    for role in Role:
        answers[role.value] = await follow(
            running_service, await running_service.staff_token(role, office=OFFICE)
        )
    for profile in DeviceProfile:
        answers[profile.value] = await follow(
            running_service, await running_service.device_token(profile, OFFICE)
        )
    assert answers == {
        "anyone": "4401 not_authenticated",
        "clerk": "staff",
        "reception": "staff",
        "agent": "4403 not_permitted",
        "supervisor": "staff",
        "admin": "staff",
        "kiosk": "kiosk",
        "display": "display",
    }


async def test_nobody_follows_another_office(running_service: RunningService) -> None:
    clerk = await running_service.staff_token(Role.CLERK, office="bsc-nord")
    display = await running_service.device_token(DeviceProfile.DISPLAY, "bsc-nord")
    assert await follow(running_service, clerk) == "4403 not_permitted"
    assert await follow(running_service, display) == "4403 not_permitted"
