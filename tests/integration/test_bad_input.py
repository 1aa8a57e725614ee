"""Nonsense is answered with a documented problem, never with a 500, and nothing is lost by it."""

import copy
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from queue_service.accounts.model import DeviceProfile, Role
from queue_service.api_examples import EXAMPLES, TICKET_ID, Example
from queue_service.platform.queries import Connection
from tests.integration.documented_answers import Documented, malformed
from tests.integration.hall_state import state_of
from tests.integration.running_service import RunningService

OFFICE = "bsc-mitte"
TICKETS = f"/api/v1/offices/{OFFICE}/tickets"
JSON = "application/json"
TOO_LARGE = 70_000
"""A little more than the 64 KiB that a body may have."""

BODIES: dict[str, tuple[bytes, str, int, str]] = {
    "cut off": (b"{", JSON, 400, "bad_request"),
    "no JSON": (b"service=personalausweis", JSON, 400, "bad_request"),
    "not UTF-8": (b'{"\xff": 1}', JSON, 400, "bad_request"),
    "UTF-16": ('{"service": "personalausweis"}'.encode("utf-16"), JSON, 400, "bad_request"),
    "a lone surrogate": (b'{"\\ud800": 1}', JSON, 400, "bad_request"),
    "a list": (b"[]", JSON, 400, "invalid_fields"),
    "a text": (b'"personalausweis"', JSON, 400, "invalid_fields"),
    "a number beyond all bounds": (b"9" * 5000, JSON, 400, "invalid_fields"),
    "nested without end": (b"[" * 30_000, JSON, 400, "invalid_fields"),
    "an unknown field": (b'{"unknown": 1}', JSON, 400, "invalid_fields"),
    "an unknown field, nested without end": (
        b'{"unknown": ' + b"[" * 30_000 + b"]" * 30_000 + b"}", JSON, 400, "invalid_fields",
    ),
    "too large": (b'{"service": "' + b"x" * TOO_LARGE + b'"}', JSON, 413, "too_large"),
    "too large and no JSON": (b"\0" * TOO_LARGE, JSON, 413, "too_large"),
    "a form": (b"service=x", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
    "plain text": (b'{"service": "personalausweis"}', "text/plain", 415, "unsupported_media_type"),
    "message pack": (b"\x81\xa1a\x01", "application/x-msgpack", 415, "unsupported_media_type"),
    "a form with files": (b"--x--", "multipart/form-data; boundary=x", 415, "unsupported_media_type"),
    "a type that is none": (b"{}", "nonsense", 415, "unsupported_media_type"),
}  # fmt: skip

VALUES: dict[str, str] = {
    "10,000 characters": json.dumps("x" * 10_000),
    "a NUL": '"nul\\u0000"',
    "a lone surrogate": '"\\ud800"',
    "an integer beyond all bounds": "9" * 400,
    "a number below all bounds": "-1e308",
    "a list in lists": "[" * 200 + "]" * 200,
    "an object": '{"a": {"b": 1}}',
    "a text of blanks": '"\\u00a0\\u2003"',
}
"""JSON that fits no field of any request."""

PATH_VALUES = {
    "10,000 characters": "x" * 10_000,
    "a NUL": "nul%00",
    "a surrogate": "%ED%A0%80",
    "no UTF-8": "%FF%FE",
    "a way up": "..%2F..%2Fetc",
    "blanks": "%20",
    "a quotation": "%27%20OR%201=1--",
    "a number": "99999999999999999999999",
    "right to left": "%E2%80%AE",
}
SLOTS = "/api/v1/slots"
DEVICES_OWN = "/api/v1/device/"
"""What devices tell of themselves, and nobody for them."""
QUERIES: dict[str, tuple[str, int, str]] = {
    "no service": ("", 400, "invalid_fields"),
    "an unknown service": ("service=unknown", 404, "service_not_found"),
    "a service of 10,000 characters": (f"service={'x' * 10_000}", 404, "service_not_found"),
    "a service with a NUL": ("service=%00", 400, "bad_request"),
    "services without number": ("&".join(["service=personalausweis"] * 300), 400, "invalid_fields"),
    "an unknown office": ("service=personalausweis&office=nowhere", 404, "office_not_found"),
    "too many offices": ("service=personalausweis&" + "&".join(["office=x"] * 200), 400, "invalid_fields"),
    "no number": ("service=personalausweis&limit=many", 400, "invalid_fields"),
    "a limit of nothing": ("service=personalausweis&limit=0", 400, "invalid_fields"),
    "a limit beyond all bounds": (f"service=personalausweis&limit={'9' * 400}", 400, "invalid_fields"),
    "nobody": ("service=personalausweis&persons=0", 400, "invalid_fields"),
    "an unknown channel": ("service=personalausweis&channel=fax", 400, "invalid_fields"),
    "no time": ("service=personalausweis&from=soon", 400, "invalid_fields"),
    "a time of 50 characters": (f"service=personalausweis&from={'2' * 50}", 400, "invalid_fields"),
    "the end of time": ("service=personalausweis&to=9999-12-31T23:59:59%2B00:00", 400, "invalid_fields"),
    "a time without an offset": ("service=personalausweis&from=2026-11-24T08:00:00", 400, "invalid_fields"),
}


@pytest.fixture
async def document(running_service: RunningService) -> dict[str, Any]:
    async with running_service.client() as client:
        document: dict[str, Any] = (await client.get("/schema/openapi.json")).json()
    return document


@pytest.fixture
def documented(document: dict[str, Any]) -> Documented:
    return Documented(document)


@pytest.fixture
def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Give the documented operations by id, each with its method and path."""
    return {
        operation["operationId"]: {**operation, "path": path, "method": method.upper()}
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


@pytest.fixture
async def supervisor(running_service: RunningService) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who may do everything here, at counter 3, with the ticket of the examples before her."""
    # An administrator reaches every operation; who else does is another test's matter.
    token = await running_service.staff_token(Role.ADMIN)
    kiosk = await running_service.device_token(DeviceProfile.KIOSK, OFFICE)

    async def as_device_where_one_is_asked_for(request: httpx.Request) -> None:
        if request.url.path.startswith(DEVICES_OWN):
            request.headers["Authorization"] = f"Bearer {kiosk}"

    async with running_service.client(token) as client:
        client.event_hooks["request"].append(as_device_where_one_is_asked_for)
        await client.post(TICKETS, json=EXAMPLES["issueTicket"].body)
        await client.post(f"/api/v1/counters/{OFFICE}.3/open")
        called = await client.post(f"/api/v1/counters/{OFFICE}.3/call-next")
        assert called.json()["ticket"]["id"] == TICKET_ID
        yield client


def bodies_to_spoil(operations: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str, str, Example]]:
    """Give id, method, path and example of all operations that take a body."""
    for operation_id, operation in operations.items():
        if "requestBody" in operation:
            example = EXAMPLES[operation_id]
            yield operation_id, operation["method"], operation["path"].format(**example.path), example


async def test_a_body_that_cannot_be_read_is_told_so_everywhere(
    supervisor: httpx.AsyncClient,
    conn: Connection,
    operations: dict[str, dict[str, Any]],
    documented: Documented,
) -> None:
    before = await state_of(conn)
    wrong = []
    for operation_id, method, path, _ in bodies_to_spoil(operations):
        for name, (content, kind, status, code) in BODIES.items():
            answer = await supervisor.request(method, path, content=content, headers={"Content-Type": kind})
            told = documented.fault(answer) or (answer.status_code, answer.json()["code"])
            if told != (status, code):
                wrong.append(f"{operation_id}, {name}: {told}")
    assert not wrong, "\n".join(wrong)
    assert await state_of(conn) == before


async def test_a_body_that_is_missing_is_told_so_where_one_is_needed(
    supervisor: httpx.AsyncClient, operations: dict[str, dict[str, Any]]
) -> None:
    told = {}
    for operation_id, method, path, _ in bodies_to_spoil(operations):
        answer = await supervisor.request(method, path)
        told[operation_id] = answer.status_code == 400 and answer.json()["detail"] == "A body is required."
    assert told == {
        operation_id: operations[operation_id]["requestBody"]["required"]
        for operation_id, *_ in bodies_to_spoil(operations)
    }


def places_of(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Give the way to every single value of an example."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places_of(value[key], (*path, key))
    else:
        yield path


def spoiled(body: Any, place: tuple[str | int, ...], value: str) -> bytes:
    """Give the body as JSON with this JSON in that place."""
    body = copy.deepcopy(body)
    inner = body
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = "@@"
    return json.dumps(body).replace('"@@"', value).encode()


FINE: set[tuple[str, str | int, str]] = {
    ("bookAppointment", "name", "a text of blanks"),
    ("bookAppointment", "phone", "a text of blanks"),
    ("bookEntry", "name", "a text of blanks"),
    ("bookEntry", "phone", "a text of blanks"),
    ("transferTicket", "note", "a text of blanks"),
    ("addCallback", "note", "a text of blanks"),
    ("addCallback", "phone", "a text of blanks"),
    ("findDuplicates", "name", "a text of blanks"),
    ("findDuplicates", "phone", "a text of blanks"),
    ("findDuplicates", 0, "a text of blanks"),
    ("searchAppointments", "name", "a text of blanks"),
    ("searchAppointments", "phone", "a text of blanks"),
    # Each item has an answer of its own.
    ("moveAffectedAppointments", "reference", "a text of blanks"),
    ("moveAffectedAppointments", "reference", "a NUL"),
    ("moveAffectedAppointments", "office", "a text of blanks"),
    ("moveAffectedAppointments", "office", "a NUL"),
    ("moveAffectedParties", "reference", "a text of blanks"),
    ("moveAffectedParties", "reference", "a NUL"),
    ("cancelAffectedAppointments", 0, "a text of blanks"),
    ("cancelAffectedAppointments", 0, "a NUL"),
    ("cancelAffectedAppointments", "reason", "a NUL"),
    ("cancelAffectedParties", 0, "a text of blanks"),
    ("cancelAffectedParties", 0, "a NUL"),
    ("cancelAffectedParties", "reason", "a NUL"),
    ("pauseCounter", "reason", "a text of blanks"),
    ("parkTicket", "reason", "a text of blanks"),
}
"""What may be left empty, or is looked for in vain."""


async def test_a_value_that_fits_nowhere_is_refused_in_every_field(
    supervisor: httpx.AsyncClient,
    conn: Connection,
    operations: dict[str, dict[str, Any]],
    documented: Documented,
) -> None:
    before = await state_of(conn)
    wrong, sent = [], 0
    for operation_id, method, path, example in bodies_to_spoil(operations):
        for place in places_of(example.body):
            for name, value in VALUES.items():
                if (operation_id, place[-1], name) in FINE:
                    continue
                answer = await supervisor.request(
                    method, path, content=spoiled(example.body, place, value), headers={"Content-Type": JSON}
                )
                sent += 1
                if told := documented.fault(answer):
                    wrong.append(f"{operation_id} {place}, {name}: {told}")
    assert not wrong, "\n".join(wrong)
    assert sent > 200
    assert await state_of(conn) == before


async def test_a_mistake_is_named_by_its_place(supervisor: httpx.AsyncClient) -> None:
    booking = EXAMPLES["bookAppointment"].body
    for change, field in (
        ({"services": [{"service": "personalausweis", "quantity": "2"}]}, "services[0].quantity"),
        ({"services": [{}]}, "services[0].service"),
        ({"contact": {"phone": 421}}, "contact.phone"),
        ({"contact": {"fax": "0421"}}, "contact.fax"),
        ({"start": "tomorrow"}, "start"),
        ({"persons": 0}, "persons"),
        ({"colour": "red"}, "colour"),
    ):
        answer = await supervisor.post("/api/v1/appointments", json=booking | change)
        assert answer.json()["code"] == "invalid_fields"
        assert [error["field"] for error in answer.json()["errors"]] == [field]
        assert answer.json()["errors"][0]["message"]


async def test_a_path_that_names_nothing_is_told_so_everywhere(
    supervisor: httpx.AsyncClient,
    conn: Connection,
    operations: dict[str, dict[str, Any]],
    documented: Documented,
) -> None:
    before = await state_of(conn)
    wrong = []
    for operation_id, operation in operations.items():
        for parameter in EXAMPLES[operation_id].path:
            for name, value in PATH_VALUES.items():
                path = operation["path"].format(**{**EXAMPLES[operation_id].path, parameter: value})
                answer = await supervisor.request(operation["method"], path, json=EXAMPLES[operation_id].body)
                if told := documented.fault(answer):
                    wrong.append(f"{operation_id} {parameter}, {name}: {told}")
    assert not wrong, "\n".join(wrong)
    assert await state_of(conn) == before


NOWHERE = {
    "/api/v1/offices/nowhere": "office_not_found",
    "/api/v1/offices/nowhere/services": "office_not_found",
    "/api/v1/offices/nowhere/queue": "office_not_found",
    "/api/v1/tickets/by-token/unknown": "ticket_not_found",
    "/api/v1/appointments/BCDF-GHJK": "appointment_not_found",
    "/api/v1/appointments/BCDF-GHJK?secret=unknown": "appointment_not_found",
    "/api/v1/entries?office=nowhere": "office_not_found",
    "/api/v1/entry-bookings/BCDF-GHJK": "entry_booking_not_found",
    "/api/v1/entry-bookings/BCDF-GHJK?secret=unknown": "entry_booking_not_found",
    "/api/v1/nothing": "not_found",
    "/api/v2/offices": "not_found",
    "/api": "not_found",
    "/nothing/at/all": "not_found",
    "/api/v1/offices/bsc-mitte/tickets/": "method_not_allowed",
}


async def test_what_is_not_there_is_named(supervisor: httpx.AsyncClient) -> None:
    answers = {path: await supervisor.get(path) for path in NOWHERE}
    assert {path: answer.json()["code"] for path, answer in answers.items()} == NOWHERE
    assert [malformed(answer) for answer in answers.values() if malformed(answer)] == []


async def test_a_method_that_nothing_has_is_told_the_ones_there_are(
    supervisor: httpx.AsyncClient, operations: dict[str, dict[str, Any]]
) -> None:
    methods: dict[str, set[str]] = {}
    for operation in operations.values():
        methods.setdefault(operation["path"], set()).add(operation["method"])
    for operation_id, operation in operations.items():
        path = operation["path"].format(**EXAMPLES[operation_id].path)
        for method in {"PUT", "PATCH", "TRACE"} - methods[operation["path"]]:
            answer = await supervisor.request(method, path)
            assert (answer.status_code, malformed(answer)) == (405, None)
            assert answer.json()["code"] == "method_not_allowed"
            allowed = set(answer.headers["Allow"].split(", ")) - {"OPTIONS"}
            assert allowed == methods[operation["path"]]


async def test_a_search_that_makes_no_sense_is_told_why(running_service: RunningService) -> None:
    told = {}
    async with running_service.client() as client:
        for name, (query, *_) in QUERIES.items():
            answer = await client.get(f"{SLOTS}?{query}")
            told[name] = (query, answer.status_code, malformed(answer) or answer.json()["code"])
    assert told == QUERIES


async def test_a_field_of_a_query_is_called_what_its_sender_calls_it(running_service: RunningService) -> None:
    async with running_service.client() as client:
        for query, field in (
            ("", "service"),
            ("service=x&from=" + "2" * 50, "from"),
            ("service=x&limit=0", "limit"),
        ):
            errors = (await client.get(f"{SLOTS}?{query}")).json()["errors"]
            assert [error["field"] for error in errors] == [field]


async def test_a_token_that_is_none_is_refused(running_service: RunningService) -> None:
    async with running_service.client() as client:
        for header in (
            b"Bearer",
            b"Bearer \xff\xfe",
            b"Bearer qs_" + b"x" * 10_000,
            b"Bearer qd_%00",
            b"bearer x y",
        ):
            answer = await client.get("/api/v1/session", headers={b"Authorization": header})
            assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
            assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_programs_get_problems_whatever_they_accept(running_service: RunningService) -> None:
    async with running_service.client() as client:
        for accept in ("text/html", "application/json", "image/png", "nonsense"):
            assert malformed(await client.get("/api/v1/offices/nowhere", headers={"Accept": accept})) is None


async def test_people_get_a_page_that_says_what_went_wrong(running_service: RunningService) -> None:
    token = await running_service.staff_token(Role.CLERK, office=OFFICE)
    async with running_service.client(token) as client:
        for path in (
            "/t/nul%00",
            "/t/%ED%A0%80",
            "/t/" + "x" * 10_000,
            "/desk/nul%00",
            "/desk/nowhere",
            "/nothing",
        ):
            answer = await client.get(path, headers={"Accept": "text/html"})
            assert answer.status_code in {400, 404}, path
            assert answer.headers["Content-Type"].startswith("text/html"), path


async def test_forms_of_pages_survive_the_same(running_service: RunningService, conn: Connection) -> None:
    before = await state_of(conn)
    form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
    async with running_service.client() as client:
        for content in (
            b"",
            b"username=%00&password=%00",
            b"\xff\xfe",
            b"username=" + b"x" * TOO_LARGE,
            b"=&=&&",
        ):
            answer = await client.post("/login", content=content, headers=form)
            assert 400 <= answer.status_code < 500, content[:40]
        malformed = {"Content-Type": "multipart/form-data", "Accept": "text/html"}
        assert (await client.post("/login", content=b"x", headers=malformed)).status_code == 400
    assert await state_of(conn) == before


async def test_devices_cannot_send_what_no_ticket_should_carry(
    running_service: RunningService, conn: Connection
) -> None:
    """A language and needs travel to every screen of the office."""
    before = await state_of(conn)
    kiosk = await running_service.device_token(DeviceProfile.KIOSK, OFFICE)
    async with running_service.client(kiosk) as client:
        for more, code in (
            ({"language": "x" * 10_000}, "invalid_fields"),
            ({"language": "deutsch bitte"}, "invalid_fields"),
            ({"needs": ["level_access"] * 10_000}, "too_large"),
            ({"needs": ["level_access"] * 1_000}, "invalid_fields"),
            ({"needs": ["a chair"]}, "unknown_choice"),
            ({"class": "vip"}, "unknown_choice"),
            ({"id": "1"}, "invalid_fields"),
        ):
            answer = await client.post(TICKETS, json={"service": "personalausweis", **more})
            assert (malformed(answer), answer.json()["code"]) == (None, code), more
    assert await state_of(conn) == before
