"""The OpenAPI document is complete, its examples work, and no answer is outside it."""

import asyncio
import json
import os
import re
import sys
from base64 import b64decode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from litestar.routes import HTTPRoute
from schemathesis.core import NOT_SET
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from queue_service.accounts import service as accounts
from queue_service.accounts.model import DeviceProfile, Role
from queue_service.api_examples import EXAMPLES, OTHER_TICKET_ID, TICKET_ID
from queue_service.offices import service as offices
from queue_service.panel import service as panel
from queue_service.platform.database import connect
from tests.integration.mail_room import write_message
from tests.integration.running_service import RunningService
from tests.unit.test_errors_are_told import ERRORS

OFFICE = "bsc-mitte"
A_PICTURE = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
"""One black pixel."""
NOT_OF_AN_OPERATION = {
    "method_not_allowed": "any path",
    "internal_error": "a fault of ours",
    "conflict": "the branch, never answered itself",
    "user_not_found": "command line",
    "username_taken": "command line",
    "nothing_to_print": "the letters page",
}
"""Codes that no operation lists, and where they are met."""
HOOKS = "tests.integration.openapi_fuzzing_hooks"
"""Loaded by schemathesis in a process of its own."""
CONFIGURATION = Path(__file__).with_name("openapi_fuzzing.toml")
ANSWER_CHECKS: list[schemathesis.CheckFunction] = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
PROGRESS = re.compile(r"Test cases:\s+(\d+) generated")


@pytest.fixture
async def document(running_service: RunningService) -> dict[str, Any]:
    """Give the document as it is served."""
    async with running_service.client() as client:
        answer = await client.get("/schema/openapi.json")
    assert answer.status_code == 200
    document: dict[str, Any] = answer.json()
    return document


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give method, path and content of all operations."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


def test_the_document_is_well_formed(document: dict[str, Any]) -> None:
    schemathesis.openapi.from_dict(document).validate()
    assert document["openapi"] == "3.1.0"


def test_every_route_for_programs_is_in_it(running_service: RunningService, document: dict[str, Any]) -> None:
    routes = {
        (method, route.path_format)
        for route in running_service.app.routes
        if isinstance(route, HTTPRoute) and route.path.startswith(("/api/", "/livez", "/readyz", "/metrics"))
        for method in route.methods - {"OPTIONS"}
    }
    assert {(method, path) for method, path, _ in operations(document)} == routes


def test_every_code_is_an_error_of_the_tree_and_every_error_is_told_somewhere(
    document: dict[str, Any],
) -> None:
    codes = {
        code
        for _, _, operation in operations(document)
        for answer in operation["responses"].values()
        for content in answer.get("content", {}).values()
        for code in content["schema"].get("properties", {}).get("code", {}).get("enum", [])
    }
    assert codes == {kind.code for kind in ERRORS} - set(NOT_OF_AN_OPERATION)


def test_every_refusal_is_a_problem(document: dict[str, Any]) -> None:
    refusals = {
        (operation["operationId"], status, *answer["content"])
        for _, _, operation in operations(document)
        for status, answer in operation["responses"].items()
        if status >= "400"
    }
    readiness = {refusal for refusal in refusals if refusal[:2] == ("readyz", "503")}
    assert {refusal[2:] for refusal in refusals - readiness} == {("application/problem+json",)}
    assert len(refusals) > 100


def test_every_operation_says_what_it_does_and_has_an_example(document: dict[str, Any]) -> None:
    assert {operation["operationId"] for _, _, operation in operations(document)} == set(EXAMPLES)
    for _, _, operation in operations(document):
        assert operation["summary"].endswith("."), operation["operationId"]
        for parameter in operation.get("parameters", []):
            assert "example" in parameter, (operation["operationId"], parameter["name"])
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert "example" in content, operation["operationId"]


class Story:
    """Sends documented examples one after another and holds each answer against the document."""

    def __init__(self, document: dict[str, Any], client: httpx.AsyncClient) -> None:
        self._schema = schemathesis.openapi.from_dict(document)
        self._client = client
        self._labels = {
            operation["operationId"]: (method, path) for method, path, operation in operations(document)
        }
        self.told: set[str] = set()
        self.known: dict[str, str] = {}
        """What nobody can choose: the reference, the secret and the token that were answered."""
        self.token = ""
        """Of whoever asks now."""

    async def send(self, operation_id: str, status: int = 200) -> Any:
        """Send the example; requires this status, and an answer as documented."""
        method, path = self._labels[operation_id]
        example = EXAMPLES[operation_id]
        body = self._with_known(example.body)
        path_parameters, query = self._with_known(example.path), self._with_known(example.query)
        answer = await self._client.request(
            method, path.format(**path_parameters), params=query, json=body if body is not None else None
        )
        assert answer.status_code == status, f"{operation_id}: {answer.text}"
        case = self._schema[path][method].Case(
            path_parameters=path_parameters, query=query, body=NOT_SET if body is None else body
        )
        case.validate_response(answer, checks=ANSWER_CHECKS)
        self.told.add(operation_id)
        return answer.json() if answer.content and "json" in answer.headers["Content-Type"] else None

    def _with_known(self, values: Any) -> Any:
        if not hasattr(values, "items"):
            return values
        return {name: self.known.get(name, value) for name, value in values.items()}

    def log_in(self, token: str) -> None:
        """Let this session ask from now on."""
        self.token = token
        self._client.headers["Authorization"] = f"Bearer {token}"


@pytest.fixture
async def story(running_service: RunningService, document: dict[str, Any]) -> AsyncIterator[Story]:
    """The user of the log-in's example works at the office, and nobody has logged in yet."""
    login = EXAMPLES["logIn"].body
    conn = await connect(running_service.dsn)
    await accounts.create_user(conn, running_service.clock(), login["username"], "Clerk", login["password"])
    for role in (Role.SUPERVISOR, Role.ADMIN):
        await accounts.grant(conn, login["username"], role, office=OFFICE)
    await accounts.grant(conn, login["username"], Role.RECEPTION, office="suedbad")
    await accounts.grant(conn, login["username"], Role.ADMIN, authority="bremen")
    await conn.close()
    async with running_service.client() as client:
        yield Story(document, client)


async def test_every_documented_example_works(story: Story, running_service: RunningService) -> None:
    for facts in ("livez", "readyz", "metrics", "listOffices", "readOffice", "listServices", "listCatalogue"):
        await story.send(facts)
    for calls in ("listPublicCalls", "readPublicCalls"):
        await story.send(calls)

    story.log_in((await story.send("logIn", 201))["token"])
    await story.send("readSession")
    await story.send("readFacilityCard")
    await _a_visit_with_every_turn(story, running_service)
    story.known.update(await _an_appointment(story))
    await story.send("cancelAppointment")
    story.known.update(await _an_appointment(story))
    await story.send("confirmAppointment")
    await story.send("moveAppointment")
    await story.send("readAppointment")
    await _words_of_its_own(story)
    await _what_nobody_was_told(story, running_service)
    await _a_call_to_make(story)
    await _a_wait_for_a_place(story)
    await _a_device(story, running_service)
    await _a_day_staffed_otherwise(story)

    party = await _a_party(story)

    running_service.clock.now = running_service.clock.now.fromisoformat("2027-01-11T06:20:00+01:00")
    story.log_in((await story.send("logIn", 201))["token"])
    visit, story.known = story.known, party
    await story.send("arriveForEntry", 201)
    for verb in (
        "listOverbookedEntries",
        "listAffectedParties",
        "moveAffectedParties",
        "cancelAffectedParties",
    ):
        await story.send(verb)
    story.known = visit
    running_service.clock.now = running_service.clock.now.fromisoformat("2027-01-11T08:55:00+01:00")
    story.log_in((await story.send("logIn", 201))["token"])
    await story.send("checkIn", 201)
    await story.send("closeCounter")
    await story.send("logOut", 204)
    assert story.told | {"cancelTicket", "mergeTickets"} == set(EXAMPLES)


async def _words_of_its_own(story: Story) -> None:
    await story.send("readAuthorityText")
    await story.send("saveAuthorityText")
    await story.send("dropAuthorityText", 204)


async def _what_nobody_was_told(story: Story, service: RunningService) -> None:
    for verb in ("resendMessage", "settleMessage"):
        reference, now = story.known["reference"], service.clock()
        story.known["message"] = await write_message(service.dsn, now, reference, "failed")
        await story.send("listMessages")
        await story.send(verb)
    del story.known["message"]


async def _a_call_to_make(story: Story) -> None:
    for asked in ("listAuthorities", "readChallenge", "readNoShows", "searchAppointments", "findDuplicates"):
        await story.send(asked)
    story.known["callback"] = (await story.send("addCallback", 201))["id"]
    for step in (
        "listCallbacks", "countCallbacks", "takeCallback", "releaseCallback", "takeCallback",
        "postponeCallback", "takeCallback", "finishCallback", "listContactAccesses",
    ):  # fmt: skip
        await story.send(step)


async def _a_picture(service: RunningService) -> str:
    """Put in a file for the office's displays, and give its digest."""
    conn = await connect(service.dsn)
    try:
        office = await offices.find_office(conn, OFFICE)
        kept = await panel.put_in(conn, service.clock(), office, "example.png", A_PICTURE)
    finally:
        await conn.close()
    return kept.file.sha256


async def _a_device(story: Story, service: RunningService) -> None:
    """Tell of one that shows its code and is let in, and of another one's own turns."""
    visit, story.known = story.known, {}
    story.known = {"code": (await story.send("askForPairing", 201))["code"]}
    await story.send("readPairing")
    story.known["device"] = str((await story.send("letDeviceIn", 201))["id"])
    for step in ("changeDevice", "renewDeviceToken", "listDevices", "revokeDevice"):
        await story.send(step)
    staff = story.token
    story.log_in(await service.device_token(DeviceProfile.DISPLAY, OFFICE))
    story.known["digest"] = await _a_picture(service)
    for step in ("readOwnDevice", "reportDeviceHealth", "readPanelFile"):
        await story.send(step)
    await story.send("replaceDeviceToken", 204)
    story.log_in(await service.device_token(DeviceProfile.KIOSK, OFFICE))
    for step in ("leaseNumbers", "handInOutage", "readOwnHelp", "askForHelp"):
        await story.send(step)
    kiosk = story.token
    story.log_in(staff)
    asked = (await story.send("listHelpRequests"))["items"][0]["id"]
    story.known = {"help_request": asked}
    for step in ("comeToHelp", "finishHelp"):
        await story.send(step)
    story.log_in(kiosk)
    await story.send("withdrawHelp", 204)
    story.log_in(staff)
    story.known = visit


async def _a_wait_for_a_place(story: Story) -> None:
    """Tell of three who wait: there are places, so each is offered one at once and answers otherwise."""
    visit, story.known = story.known, {}
    for verbs in (("listWaiting", "listWaitingCalls", "refuseOffer", "readWaiting"), ("acceptOffer",)):
        waiting = await story.send("joinWaitingList", 201)
        assert waiting["state"] == "offered"
        story.known = {"entry": waiting["reference"], "secret": waiting["secret"]}
        for verb in verbs:
            await story.send(verb)
        story.known.clear()
    waiting = await story.send("joinWaitingList", 201)
    story.known = {"entry": waiting["reference"], "secret": waiting["secret"]}
    await story.send("leaveWaitingList")
    story.known = visit


async def _a_day_staffed_otherwise(story: Story) -> None:
    """Ask what would happen: the day's visitor is still to come."""
    for verb in (
        "readStaffing", "changeStaffing", "restoreStaffing", "listAffectedAppointments",
        "moveAffectedAppointments", "cancelAffectedAppointments", "cancelDay", "moveDay",
    ):  # fmt: skip
        await story.send(verb)


async def _a_party(story: Story) -> dict[str, str]:
    """Tell what becomes of places for two; gives what is known of those who have booked in the end."""
    hours = await story.send("findEntries")
    assert hours["items"][0]["entry"] == EXAMPLES["bookEntry"].body["entry"]
    visit, story.known = story.known, {}
    for verbs in (("moveEntryBooking", "readEntryBooking", "cancelEntryBooking"), ("confirmEntryBooking",)):
        booked = await story.send("bookEntry", 201)
        reference, secret = booked["reference"], booked["secret"]
        story.known = {"booking": reference, "reference": reference, "secret": secret}
        for verb in verbs:
            await story.send(verb)
    party, story.known = story.known, visit
    return party


async def _an_appointment(story: Story) -> dict[str, str]:
    await story.send("overviewSlots")
    await story.send("overviewSlots")
    slots = await story.send("findSlots")
    assert slots["items"][0]["office"] == OFFICE
    booked = await story.send("bookAppointment", 201)
    return {"reference": booked["reference"], "secret": booked["secret"]}


async def _one_more_paper(story: Story, service: RunningService) -> None:
    staff, visit = story.token, story.known
    kiosk = await service.device_token(DeviceProfile.KIOSK, OFFICE)
    story.log_in(kiosk)
    story.known = {"kiosk": (await story.send("readOwnDevice"))["id"]}
    story.log_in(staff)
    story.known["copy"] = (await story.send("printTicketAgain", 201))["id"]
    story.log_in(kiosk)
    await story.send("listTicketCopies")
    await story.send("tellTicketCopy", 204)
    story.log_in(staff)
    story.known = visit


async def _a_visit_with_every_turn(story: Story, service: RunningService) -> None:
    await story.send("listCounters")
    issued = await story.send("issueTicket", 201)
    assert issued["id"] == TICKET_ID
    story.known["token"] = issued["token"]
    await story.send("followTicket")
    await story.send("followNumber")
    await _one_more_paper(story, service)
    await story.send("readQueue")
    for operation in ("readOrder", "previewOrder", "changeOrder", "setWalkIns"):
        await story.send(operation)
    await story.send("openCounter")
    await _an_emergency(story)
    for verb in (
        "pauseCounter", "resumeCounter",
        "callNext", "readVisitor", "recallTicket", "startTicket", "describeTicket",
        "parkTicket", "undoStep", "parkTicket", "resumeTicket", "requeueTicket", "callTicket",
        "missTicket", "requeueTicket", "transferTicket", "callNext", "startTicket", "finishTicket",
        "readTimeline",
    ):  # fmt: skip
        await story.send(verb)
    await story.send("callNext", 204)
    await story.send("pauseHall")


async def _an_emergency(story: Story) -> None:
    story.known["alarm"] = (await story.send("raiseAlarm", 201))["id"]
    await story.send("readOutlook")
    for verb in ("readHall", "listAlarms", "acknowledgeAlarm", "endAlarm", "leaveHall", "resumeHall"):
        await story.send(verb)
    del story.known["alarm"]


async def test_a_documented_ticket_can_be_cancelled(story: Story) -> None:
    story.log_in((await story.send("logIn", 201))["token"])
    await story.send("issueTicket", 201)
    cancelled = await story.send("cancelTicket")
    assert cancelled["state"] == "cancelled"


async def test_documented_tickets_of_a_family_become_one(story: Story) -> None:
    story.log_in((await story.send("logIn", 201))["token"])
    await story.send("issueTicket", 201)
    story.known["id"] = OTHER_TICKET_ID
    await story.send("issueTicket", 201)
    assert (await story.send("mergeTickets"))["further_services"] == ["personalausweis"]


@asynccontextmanager
async def _hall_in_use(service: RunningService) -> AsyncIterator[dict[str, Any]]:
    """Give the plan for the fuzzing of a hall where people wait, are served, and have appointments."""
    staff = [await service.staff_token(role, office=OFFICE) for role in Role]
    devices = [await service.device_token(profile, OFFICE) for profile in DeviceProfile]
    elsewhere = await service.staff_token(Role.CLERK, office="bsc-nord")
    leaving = [await service.staff_token(Role.CLERK, office=OFFICE) for _ in range(2)]
    kiosk = devices[0]
    tickets, tokens = [], []
    async with service.client(kiosk) as client:
        for _ in range(12):
            issued = await client.post(
                f"/api/v1/offices/{OFFICE}/tickets", json={"service": "personalausweis"}
            )
            tickets.append(issued.json()["id"])
            tokens.append(issued.json()["token"])
    async with service.client(staff[0]) as clerk:
        await clerk.post(f"/api/v1/counters/{OFFICE}.1/open")
        await clerk.post(f"/api/v1/counters/{OFFICE}.1/call-next")
    async with service.client() as visitor:
        booked = await visitor.post(
            "/api/v1/appointments", json=EXAMPLES["bookAppointment"].body | {"channel": "online"}
        )
        party = await visitor.post("/api/v1/entry-bookings", json=EXAMPLES["bookEntry"].body)
    yield {
        # A supervisor gets furthest, so that the larger part is about more than rights.
        "tokens": ["", *staff, *devices, elsewhere, *4 * [staff[3]]],
        "leaving": ["", kiosk, *leaving],
        "known": {
            "office": [OFFICE, "bsc-nord"],
            "counter": [f"{OFFICE}.{number}" for number in range(1, 5)],
            "ticket": tickets,
            "token": tokens,
            "reference": [booked.json()["reference"]],
            "booking": [party.json()["reference"]],
        },
    }


async def test_no_answer_to_anybody_is_outside_the_document(
    running_service: RunningService, tmp_path: Path
) -> None:
    async with _hall_in_use(running_service) as plan:
        (tmp_path / "plan.json").write_text(json.dumps(plan))
        fuzzing = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "schemathesis.cli", "--config-file", CONFIGURATION,
            "run", f"{running_service.base_url}/schema/openapi.json",
            cwd=tmp_path,
            env={**os.environ, "SCHEMATHESIS_HOOKS": HOOKS, "FUZZING": str(tmp_path / "plan.json"),
                 "PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        report = (await fuzzing.communicate())[0].decode()
    assert fuzzing.returncode == 0, report
    tried = PROGRESS.search(report)
    assert tried, report
    assert int(tried[1]) > 1000, report
