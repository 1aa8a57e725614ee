"""A name is told to whom the visitor stands before, to nobody else, and never where the office shows none."""

from typing import Any

import httpx

from queue_service.accounts.model import DeviceProfile, Role
from queue_service.platform.queries import Connection
from tests.integration.running_service import RunningService

OFFICE = "bsc-mitte"
TODAY = "2026-11-23T10:30:00+01:00"
NAME = "Erika Mustermann"


async def _came_for_an_appointment(service: RunningService) -> str:
    """Book for today and check in; gives the ticket's id."""
    lead = await service.staff_token(Role.SUPERVISOR, office=OFFICE)
    kiosk = await service.device_token(DeviceProfile.KIOSK, OFFICE)
    wish = {
        "office": OFFICE, "services": [{"service": "personalausweis"}], "start": TODAY, "channel": "counter",
        "contact": {"name": NAME, "confirm_by": "none"},
    }  # fmt: skip
    async with service.client(lead) as counter, service.client(kiosk) as arrival:
        booked = (await counter.post("/api/v1/appointments", json=wish)).json()
        came = await arrival.post(
            f"/api/v1/offices/{OFFICE}/check-ins", json={"reference": booked["reference"]}
        )
    return str(came.json()["id"])


async def _name(clerk: httpx.AsyncClient, ticket: str) -> Any:
    answer = await clerk.get(f"/api/v1/tickets/{ticket}/visitor")
    assert answer.status_code == 200, answer.text
    return answer.json()["name"]


async def test_only_who_has_called_the_visitor_reads_the_name_and_it_is_noted(
    running_service: RunningService, conn: Connection
) -> None:
    ticket = await _came_for_an_appointment(running_service)
    own = await running_service.staff_token(Role.CLERK, office=OFFICE)
    async with running_service.client(own) as clerk:
        await clerk.post(f"/api/v1/counters/{OFFICE}.1/open")
        assert await _name(clerk, ticket) is None, "nobody picks whom to call by a name"
        assert (await clerk.post(f"/api/v1/counters/{OFFICE}.1/call-next")).json()["ticket"]["id"] == ticket
        assert await _name(clerk, ticket) == NAME
        noted = "SELECT count(*) FROM contact_access WHERE what = 'desk'"
        assert await conn.fetchval(noted) == 1
        await conn.execute(
            """
            UPDATE office SET setup = setup || '{"visits": {"show_names": false}}' WHERE slug = $1
            """,
            OFFICE,
        )
        assert await _name(clerk, ticket) is None, "the office shows no names"
    other = await running_service.staff_token(Role.SUPERVISOR, office=OFFICE)
    async with running_service.client(other) as colleague:
        assert await _name(colleague, ticket) is None
    assert await conn.fetchval(noted) == 1
