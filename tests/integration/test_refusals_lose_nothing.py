"""What the present state does not allow is refused with its reason, and everything stays as it was."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any

import httpx
import pytest

from queue_service.accounts.model import SESSION_LIFETIME, DeviceProfile, Role
from queue_service.booking import service as booking
from queue_service.demo import installation
from queue_service.housekeeping import CHORES, one_round
from queue_service.office_loading import load_offices
from queue_service.platform.database import Database
from queue_service.platform.queries import Connection
from queue_service.queueing.lifecycle import INNER_VERBS, TICKET
from tests.integration.documented_answers import Documented, read_document
from tests.integration.hall_state import state_of
from tests.integration.running_service import RunningService

OFFICE, OTHER_OFFICE = "bsc-mitte", "bsc-nord"
TICKETS = f"/api/v1/offices/{OFFICE}/tickets"
CHECK_INS = f"/api/v1/offices/{OFFICE}/check-ins"
SERVICE = "personalausweis"
MORNING = "2026-11-23T10:30:00+01:00"


class Hall:
    """An office with a kiosk, two clerks and a supervisor, and a look at what has happened."""

    kiosk: httpx.AsyncClient
    clerk: httpx.AsyncClient
    colleague: httpx.AsyncClient
    supervisor: httpx.AsyncClient
    documented: Documented

    def __init__(self, service: RunningService, conn: Connection) -> None:
        self.service = service
        self.conn = conn

    async def open(self, stack: AsyncExitStack) -> None:
        """Let everybody come in."""
        clerks = await self.service.clerks(2, OFFICE)
        supervisor = await self.service.staff_token(Role.SUPERVISOR, office=OFFICE)
        kiosk = await self.service.device_token(DeviceProfile.KIOSK, OFFICE)
        self.clerk, self.colleague, self.supervisor, self.kiosk = [
            await stack.enter_async_context(self.service.client(token))
            for token in (*clerks, supervisor, kiosk)
        ]
        self.documented = await read_document(self.kiosk)

    async def issue(self, **more: object) -> str:
        """Give the id of a new ticket."""
        issued = await self.kiosk.post(TICKETS, json={"service": SERVICE, **more})
        return str(issued.json()["id"])

    async def sit(self, client: httpx.AsyncClient, number: int) -> None:
        """Seat somebody at a counter."""
        assert (await client.post(counter(number, "open"))).status_code == 200

    async def refused(
        self, client: httpx.AsyncClient, path: str, status: int, code: str, body: object = None
    ) -> dict[str, Any]:
        """Give the problem that is answered; requires that nothing has happened."""
        before = await state_of(self.conn)
        answer = await client.post(path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
        assert self.documented.fault(answer) is None
        assert await state_of(self.conn) == before
        problem: dict[str, Any] = answer.json()
        return problem


def counter(number: int, verb: str) -> str:
    """Give the path of a verb at a counter."""
    return f"/api/v1/counters/{OFFICE}.{number}/{verb}"


def ticket(ticket_id: str, verb: str) -> str:
    """Give the path of a verb for a ticket."""
    return f"/api/v1/tickets/{ticket_id}/{verb}"


@pytest.fixture
async def hall(running_service: RunningService, conn: Connection) -> AsyncIterator[Hall]:
    hall = Hall(running_service, conn)
    async with AsyncExitStack() as stack:
        await hall.open(stack)
        yield hall


async def give_numbers_by_opening_hours(conn: Connection, now: datetime) -> None:
    """Load the office's file once more, with numbers given out while it is open."""
    files = {path.name: path.read_text(encoding="utf-8") for path in installation.BREMEN.glob("*.yaml")}
    name = f"{OFFICE}.yaml"
    assert "walk_ins: always" in files[name]
    changed = files | {name: files[name].replace("walk_ins: always", "walk_ins: opening_hours")}
    async with conn.transaction():
        await load_offices(conn, now, changed)


async def test_a_closed_office_says_why_and_when_it_gives_numbers_again(
    hall: Hall, database: Database, now: datetime
) -> None:
    await give_numbers_by_opening_hours(hall.conn, now)
    for at, reason, again in (
        ("2026-11-23T18:00:00+01:00", "outside_hours", "2026-11-24T07:30:00+01:00"),
        ("2026-11-22T12:00:00+01:00", "outside_hours", "2026-11-23T07:30:00+01:00"),
        ("2026-12-24T10:00:00+01:00", "closure", "2026-12-28T07:30:00+01:00"),
        ("2026-12-25T10:00:00+01:00", "holiday", "2026-12-28T07:30:00+01:00"),
    ):
        hall.service.clock.now = datetime.fromisoformat(at)
        # What the service does by itself when time has moved is done before anybody is refused.
        await one_round(database, hall.service.clock(), [*CHORES, booking.release_places])
        problem = await hall.refused(hall.kiosk, TICKETS, 409, "walk_ins_closed", {"service": SERVICE})
        assert problem["reason"] == reason
        assert datetime.fromisoformat(problem["next_chance_at"]) == datetime.fromisoformat(again)
    hall.service.clock.now = datetime.fromisoformat("2026-12-28T07:30:00+01:00")
    assert (await hall.kiosk.post(TICKETS, json={"service": SERVICE})).json()["number"] == "A001"


async def test_numbers_that_staff_have_stopped_are_not_given(hall: Hall) -> None:
    await hall.conn.execute("UPDATE office SET walk_ins_stopped = true WHERE slug = $1", OFFICE)
    problem = await hall.refused(hall.kiosk, TICKETS, 409, "walk_ins_closed", {"service": SERVICE})
    assert (problem["reason"], problem["next_chance_at"]) == ("stopped_by_staff", None)


async def test_what_an_office_does_not_offer_is_not_queued_for(hall: Hall) -> None:
    await hall.refused(hall.kiosk, TICKETS, 404, "service_not_found", {"service": "unknown"})
    elsewhere = await hall.conn.fetchval(
        """
        SELECT s.code FROM service s WHERE NOT EXISTS (
            SELECT FROM office_service os JOIN office o ON o.id = os.office_id
             WHERE os.service_id = s.id AND o.slug = $1) LIMIT 1
        """,
        OFFICE,
    )
    await hall.refused(hall.kiosk, TICKETS, 409, "service_not_offered", {"service": elsewhere})


async def test_one_clerk_a_counter_and_one_counter_a_clerk(hall: Hall) -> None:
    await hall.sit(hall.clerk, 1)
    await hall.refused(hall.colleague, counter(1, "open"), 409, "counter_taken")
    problem = await hall.refused(hall.clerk, counter(2, "open"), 409, "clerk_elsewhere")
    assert problem["counter"] == f"{OFFICE}.1"
    await hall.refused(hall.colleague, counter(1, "close"), 409, "counter_not_open")
    await hall.refused(hall.colleague, counter(1, "call-next"), 409, "counter_not_open")
    await hall.refused(hall.clerk, counter(99, "open"), 404, "counter_not_found")
    problem = await hall.refused(
        hall.clerk, counter(1, "open"), 400, "unknown_choice", {"services": [SERVICE, "unknown"]}
    )
    assert [error["field"] for error in problem["errors"]] == ["services[1]"]


async def test_a_counter_with_a_visitor_takes_no_other_and_is_not_left(hall: Hall) -> None:
    first, second = await hall.issue(), await hall.issue()
    await hall.sit(hall.clerk, 1)
    await hall.clerk.post(counter(1, "call-next"))
    for verb, body in (("call-next", None), ("call", {"ticket": second}), ("close", None)):
        problem = await hall.refused(hall.clerk, counter(1, verb), 409, "still_serving", body)
        assert problem["ticket"]["id"] == first


async def test_a_visitor_is_not_called_where_the_counter_is_wrong(hall: Hall) -> None:
    needs_a_closed_room = await hall.issue(needs=["closed_room"])
    await hall.sit(hall.clerk, 1)
    problem = await hall.refused(
        hall.clerk, counter(1, "call"), 409, "cannot_serve", {"ticket": needs_a_closed_room}
    )
    assert problem["needs"] == ["closed_room"]
    promised = await hall.issue()
    await hall.supervisor.post(ticket(promised, "transfer"), json={"counter": "2"})
    problem = await hall.refused(
        hall.clerk, counter(1, "call"), 409, "reason_required", {"ticket": promised, "reason": " "}
    )
    assert problem["counter"] == f"{OFFICE}.2"
    assert (await hall.clerk.post(counter(1, "call-next"))).status_code == 204


async def test_another_counters_visitor_is_left_alone_by_every_verb(hall: Hall) -> None:
    called = await hall.issue()
    await hall.sit(hall.clerk, 1)
    await hall.sit(hall.colleague, 2)
    await hall.clerk.post(counter(1, "call-next"))
    for verb in ("recall", "start", "no-show", "park", "requeue", "cancel"):
        problem = await hall.refused(hall.colleague, ticket(called, verb), 403, "not_your_ticket")
        assert problem["counter"] == f"{OFFICE}.1"
    await hall.refused(
        hall.colleague, ticket(called, "transfer"), 403, "not_your_ticket", {"service": "reisepass"}
    )
    await hall.refused(hall.colleague, counter(2, "call"), 409, "illegal_transition", {"ticket": called})
    assert (await hall.supervisor.post(ticket(called, "start"))).json()["state"] == "serving"


WAY_TO = {
    "waiting": [],
    "called": ["call-next"],
    "serving": ["call-next", "start"],
    "parked": ["call-next", "park"],
    "no_show": ["call-next", "no-show"],
    "finished": ["call-next", "start", "finish"],
    "cancelled": ["call-next", "cancel"],
}
"""Verbs by which a ticket gets into each state."""
BODY_OF_VERB = {"transfer": {"service": "reisepass"}}


async def test_every_step_that_no_table_has_is_refused_with_what_is_allowed(hall: Hall) -> None:
    """Every verb in every state, over HTTP: 7 states, 10 verbs."""
    verbs = sorted({step.verb for step in TICKET.transitions} - {"call"} - INNER_VERBS)
    await hall.sit(hall.clerk, 1)
    for state, way in WAY_TO.items():
        ticket_id = await hall.issue()
        for verb in way:
            path = counter(1, verb) if verb == "call-next" else ticket(ticket_id, verb)
            assert (await hall.clerk.post(path)).status_code == 200
        for verb in verbs:
            if TICKET.target(state, verb) is None:
                path = ticket(ticket_id, verb.replace("_", "-"))
                problem = await hall.refused(
                    hall.clerk, path, 409, "illegal_transition", BODY_OF_VERB.get(verb)
                )
                allowed = [verb for verb in TICKET.allowed(state) if verb not in INNER_VERBS]
                assert (problem["state"], problem["allowed"]) == (state, allowed)
        # Out of the way for the next one.
        await hall.clerk.post(ticket(ticket_id, "cancel"))
        await hall.clerk.post(ticket(ticket_id, "finish"))


async def test_a_session_that_has_run_out_does_nothing_and_loses_nothing(hall: Hall) -> None:
    waiting = await hall.issue()
    await hall.sit(hall.clerk, 1)
    hall.service.clock.now += SESSION_LIFETIME
    for path in (counter(1, "call-next"), ticket(waiting, "cancel"), counter(1, "close")):
        await hall.refused(hall.clerk, path, 401, "not_authenticated")
    read = await hall.clerk.get(f"/api/v1/offices/{OFFICE}/queue")
    assert (read.status_code, read.headers["WWW-Authenticate"]) == (401, "Bearer")


async def test_a_revoked_device_does_nothing(hall: Hall) -> None:
    await hall.conn.execute("UPDATE device SET revoked_at = now()")
    await hall.refused(hall.kiosk, TICKETS, 401, "not_authenticated", {"service": SERVICE})


async def booked(hall: Hall, **more: object) -> dict[str, Any]:
    """Give an appointment that was booked at the counter of this office, this morning."""
    wish = {
        "office": OFFICE,
        "services": [{"service": SERVICE}],
        "start": MORNING,
        "channel": "counter",
        "contact": {"name": "Erika Mustermann"},
        **more,
    }
    answer = await hall.supervisor.post("/api/v1/appointments", json=wish)
    assert answer.status_code == 201, answer.text
    appointment: dict[str, Any] = answer.json()
    return appointment


async def test_a_check_in_that_cannot_be_says_what_is_wrong(hall: Hall) -> None:
    today = await booked(hall)
    tomorrow = await booked(hall, start="2026-11-24T10:30:00+01:00")
    held = await booked(hall, hold=True, start="2026-11-23T11:00:00+01:00")
    kiosk_elsewhere = await hall.service.device_token(DeviceProfile.KIOSK, OTHER_OFFICE)
    elsewhere = f"/api/v1/offices/{OTHER_OFFICE}/check-ins"
    async with hall.service.client(kiosk_elsewhere) as other:
        problem = await hall.refused(
            other, elsewhere, 409, "appointment_elsewhere", {"reference": today["reference"]}
        )
        assert problem["office"] == OFFICE
    problem = await hall.refused(
        hall.kiosk, CHECK_INS, 409, "appointment_not_today", {"reference": tomorrow["reference"]}
    )
    assert datetime.fromisoformat(problem["starts_at"]) == datetime.fromisoformat(tomorrow["start"])
    await hall.refused(hall.kiosk, CHECK_INS, 409, "appointment_cancelled", {"reference": held["reference"]})
    for nonsense in ("BCDF-GHJK", "", "x" * 10_000, "%", "ß"):
        await hall.refused(hall.kiosk, CHECK_INS, 404, "appointment_not_found", {"reference": nonsense})
    dictated = today["reference"].replace("-", " ").lower()
    unknown = {"reference": dictated, "needs": ["quiet"]}
    await hall.refused(hall.kiosk, CHECK_INS, 400, "unknown_choice", unknown)
    assert (await hall.kiosk.post(CHECK_INS, json={"reference": dictated})).status_code == 201
    await hall.refused(hall.kiosk, CHECK_INS, 409, "already_checked_in", {"reference": today["reference"]})


async def test_a_wrong_secret_is_told_the_same_as_an_unknown_reference(hall: Hall) -> None:
    appointment = f"/api/v1/appointments/{(await booked(hall))['reference']}"
    unknown = "/api/v1/appointments/BCDF-GHJK"
    async with hall.service.client() as visitor:
        for verb, body in (("confirm", {}), ("move", {"start": MORNING}), ("cancel", None)):
            wrong = await hall.refused(
                visitor, f"{appointment}/{verb}?secret=x", 404, "appointment_not_found", body
            )
            none = await hall.refused(
                visitor, f"{unknown}/{verb}?secret=x", 404, "appointment_not_found", body
            )
            assert wrong == none
