"""A visitor at a kiosk asks for help: one request, one who comes, and everybody sees the same."""

from datetime import datetime
from typing import Any
from uuid import UUID

import httpx

from queue_service.accounts.model import DeviceProfile, Role
from queue_service.assistance import service as assistance
from queue_service.assistance.model import HelpRequest
from queue_service.assistance.service import ANSWERED_WITHIN
from queue_service.devices import tokens
from queue_service.offices.catalogue import Office
from queue_service.platform.database import Database
from queue_service.platform.queries import Connection
from tests.integration.crossing import OFFICES_VERSION, Verb, crossed
from tests.integration.open_screen import open_desk, open_display
from tests.integration.running_service import RunningService

OFFICE = "bsc-mitte"
REQUESTS = f"/api/v1/offices/{OFFICE}/help-requests"
OWN = "/api/v1/device/help"
COLLEAGUES = 16


async def kiosk_of(conn: Connection, service: RunningService) -> tuple[str, int]:
    token = await service.device_token(DeviceProfile.KIOSK, OFFICE)
    return token, await conn.fetchval("SELECT max(id) FROM device")


async def listed(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await client.get(REQUESTS)).json()["items"]
    return items


async def test_from_the_key_at_the_kiosk_to_whoever_comes(
    running_service: RunningService, conn: Connection
) -> None:
    token, device = await kiosk_of(conn, running_service)
    reception = await running_service.staff_token(Role.RECEPTION, office=OFFICE)
    async with running_service.client(token) as kiosk, running_service.client(reception) as staff:
        assert (await kiosk.get(OWN)).json()["state"] == "none"
        assert (await kiosk.post(OWN)).json()["state"] == "asked"
        assert (await kiosk.post(OWN)).json()["state"] == "asked", "pressing again changes nothing"
        [asked] = await listed(staff)
        assert (asked["device"], asked["place"], asked["state"]) == (device, "test kiosk", "asked")
        assert set(asked) == {
            "id", "device", "place", "state", "asked_at", "coming_by", "coming_at", "over_at"
        }, "nothing tells who asks"  # fmt: skip
        came = await staff.post(f"{REQUESTS}/{asked['id']}/come")
        assert came.json()["state"] == "coming"
        assert (await kiosk.get(OWN)).json()["state"] == "coming"
        assert (await staff.post(f"{REQUESTS}/{asked['id']}/finish")).json()["state"] == "over"
        again = await staff.post(f"{REQUESTS}/{asked['id']}/finish")
        assert (again.status_code, again.json()["state"]) == (200, "over")
        assert (await kiosk.get(OWN)).json()["state"] == "none"
        assert await listed(staff) == []
        await kiosk.post(OWN)
        assert (await kiosk.delete(OWN)).status_code == 204
        assert await listed(staff) == []


async def test_staff_hear_of_it_at_once_and_the_hall_does_not(
    running_service: RunningService, conn: Connection
) -> None:
    token, _ = await kiosk_of(conn, running_service)
    clerk = await running_service.staff_token(Role.CLERK, office=OFFICE)
    display_token = await running_service.device_token(DeviceProfile.DISPLAY, OFFICE)
    async with (
        open_desk(running_service, clerk, OFFICE) as desk,
        open_display(running_service, display_token) as display,
        running_service.client(token) as kiosk,
    ):
        await kiosk.post(OWN)
        await desk.read()
        frame = str(await display.socket.recv())
    assert desk.changes[-1].type == "help.asked"
    assert '"type":"unchanged"' in frame
    assert "help" not in frame


async def test_after_some_minutes_without_an_answer_the_device_needs_somebody(
    running_service: RunningService, conn: Connection
) -> None:
    token, device = await kiosk_of(conn, running_service)
    lead = await running_service.staff_token(Role.SUPERVISOR, office=OFFICE)
    async with running_service.client(token) as kiosk, running_service.client(lead) as staff:
        await kiosk.put("/api/v1/device/health", json={"version": "1", "uptime_seconds": 1})
        await kiosk.post(OWN)

        async def troubles() -> list[str]:
            items = (await staff.get("/api/v1/devices")).json()["items"]
            return [trouble for item in items if item["id"] == device for trouble in item["troubles"]]

        assert await troubles() == []
        running_service.clock.now += ANSWERED_WITHIN
        assert await troubles() == ["help_unanswered"]
        [asked] = await listed(staff)
        await staff.post(f"{REQUESTS}/{asked['id']}/come")
        assert await troubles() == []


async def asked_once(conn: Connection, now: datetime, office: Office) -> UUID:
    made = await tokens.make(conn, now, office.slug, DeviceProfile.KIOSK, "Eingang")
    async with conn.transaction():
        return UUID((await assistance.ask(conn, now, office.id, made.id)).id)


async def test_of_all_who_come_at_once_one_stands_in_it_for_everybody(
    conn: Connection, database: Database, now: datetime, bsc_mitte: Office
) -> None:
    asked = await asked_once(conn, now, bsc_mitte)
    coming: list[Verb] = [
        lambda on, who=f"staff:{number}": assistance.come(on, now, bsc_mitte.id, asked, who)  # type: ignore[misc]
        for number in range(COLLEAGUES)
    ]
    answers = await crossed(database, OFFICES_VERSION, bsc_mitte.id, coming)
    assert len({answer.coming_by for answer in answers if isinstance(answer, HelpRequest)}) == 1
    kinds = [row["kind"] for row in await conn.fetch("SELECT kind FROM change WHERE kind = 'help.coming'")]
    assert kinds == ["help.coming"], "told once"


async def test_negative_control_who_looks_and_then_writes_believes_to_be_the_first(
    conn: Connection, database: Database, now: datetime, bsc_mitte: Office
) -> None:
    await asked_once(conn, now, bsc_mitte)

    async def look_then_write(on: Connection, who: str) -> str | None:
        if await on.fetchval("SELECT state FROM help_request") != "asked":
            return None
        await on.execute("SELECT FROM office_version WHERE office_id = $1 FOR UPDATE", bsc_mitte.id)
        await on.execute("UPDATE help_request SET state = 'coming', coming_by = $1, coming_at = now()", who)
        return who

    coming: list[Verb] = [
        lambda on, who=f"staff:{number}": look_then_write(on, who)  # type: ignore[misc]
        for number in range(COLLEAGUES)
    ]
    answers = await crossed(database, OFFICES_VERSION, bsc_mitte.id, coming)
    assert len(set(answers)) > 1
