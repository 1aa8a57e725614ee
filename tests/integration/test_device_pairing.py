"""A device shows a code, somebody enters it, and from then on it is looked after from the office."""

import asyncio
import hashlib
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from queue_service.accounts.model import DeviceProfile, Role
from queue_service.devices import pairing
from queue_service.devices.pairing import CODE_SHOWN, CODES_OF_ADDRESS
from queue_service.platform.database import connect
from queue_service.platform.errors import TooManyAttempts
from queue_service.platform.queries import Connection
from queue_service.protocol.device_care import OVERDUE_AFTER_SECONDS, PairingRequest
from tests.integration.people import MORNING
from tests.integration.running_service import RunningService

OFFICE, OTHER_OFFICE = "bsc-mitte", "bsc-nord"
HEALTH = {"version": "1.0", "uptime_seconds": 60, "printer": "paper_low"}


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def asked(client: httpx.AsyncClient, token: str) -> dict[str, Any]:
    """Ask for a code as a display with this token."""
    answer = await client.post(
        "/api/v1/device-pairings",
        json={"profile": "display", "token_hash": hash_of(token), "version": "1.0"},
    )
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def as_device(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_from_a_code_to_a_device_that_reports(running_service: RunningService) -> None:
    token = "qd_made-by-the-device"
    lead = await running_service.staff_token(Role.SUPERVISOR, office=OFFICE)
    async with running_service.client() as device, running_service.client(lead) as supervisor:
        code = (await asked(device, token))["code"]
        assert (await asked(device, token))["code"] == code, "the same while it holds"
        assert (await device.get("/api/v1/device", headers=as_device(token))).status_code == 401
        typed = code.lower().replace("-", " ")
        let_in = await supervisor.post(
            "/api/v1/devices", json={"code": typed, "office": OFFICE, "name": "Wartebereich"}
        )
        assert let_in.status_code == 201, let_in.text
        again = await supervisor.post("/api/v1/devices", json={"code": code, "office": OFFICE, "name": "x"})
        assert (again.status_code, again.json()["code"]) == (404, "pairing_not_found")
        told = await device.put("/api/v1/device/health", json=HEALTH, headers=as_device(token))
        said = told.json()
        assert datetime.fromisoformat(said.pop("told_at")) == running_service.clock()
        assert "1" in said.pop("announcements")["counters"]
        assert [slide["kind"] for slide in said.pop("panel")] == ["text"], "its pictures are not there yet"
        assert said == {
            "id": let_in.json()["id"], "office": OFFICE, "profile": "display", "name": "Wartebereich",
            "settings": {}, "renew_token": False, "ticket_layout": None,
        }  # fmt: skip
        [listed] = (await supervisor.get("/api/v1/devices", params={"office": OFFICE})).json()["items"]
        assert (listed["overdue"], listed["troubles"]) == (False, ["printer_paper_low"])
        running_service.clock.now += timedelta(seconds=OVERDUE_AFTER_SECONDS + 1)
        [listed] = (await supervisor.get("/api/v1/devices")).json()["items"]
        assert (listed["overdue"], listed["troubles"]) == (True, ["silent"])


async def test_a_token_that_is_renewed_ends_the_former_and_a_revoked_one_opens_nothing(
    running_service: RunningService,
) -> None:
    former, fresh = await running_service.device_token(DeviceProfile.KIOSK, OFFICE), "qd_fresh"
    lead = await running_service.staff_token(Role.SUPERVISOR, office=OFFICE)
    async with running_service.client() as device, running_service.client(lead) as supervisor:
        known = (await device.get("/api/v1/device", headers=as_device(former))).json()["id"]
        await supervisor.post(f"/api/v1/devices/{known}/new-token")
        told = await device.put("/api/v1/device/health", json=HEALTH, headers=as_device(former))
        assert told.json()["renew_token"]
        replaced = await device.put(
            "/api/v1/device/token", json={"token_hash": hash_of(fresh)}, headers=as_device(former)
        )
        assert replaced.status_code == 204
        assert (await device.get("/api/v1/device", headers=as_device(former))).status_code == 401
        own = await device.get("/api/v1/device", headers=as_device(fresh))
        assert (own.json()["id"], own.json()["renew_token"]) == (known, False)
        await supervisor.post(f"/api/v1/devices/{known}/revoke")
        assert (await device.get("/api/v1/device", headers=as_device(fresh))).status_code == 401
        # Nobody comes back by a token that was revoked: the device makes itself another one.
        refused = await device.post(
            "/api/v1/device-pairings",
            json={"profile": "kiosk", "token_hash": hash_of(fresh), "version": "1.0"},
        )
        assert (refused.status_code, refused.json()["code"]) == (409, "device_known")


async def test_a_device_is_moved_only_between_offices_of_ones_own(running_service: RunningService) -> None:
    token = await running_service.device_token(DeviceProfile.DISPLAY, OFFICE)
    here = await running_service.staff_token(Role.SUPERVISOR, office=OFFICE)
    everywhere = await running_service.staff_token(Role.ADMIN)
    move = {"office": OTHER_OFFICE, "name": "Flur", "settings": {"theme": "dark", "sound": False}}
    async with (
        running_service.client(token) as device,
        running_service.client(here) as lead,
        running_service.client(everywhere) as admin,
    ):
        known = (await device.get("/api/v1/device")).json()["id"]
        assert (await lead.patch(f"/api/v1/devices/{known}", json=move)).status_code == 403
        assert (await admin.patch(f"/api/v1/devices/{known}", json=move)).status_code == 200
        moved = (await device.get("/api/v1/device")).json()
        assert (moved["office"], moved["name"], moved["settings"]) == (OTHER_OFFICE, "Flur", move["settings"])
        assert (await lead.patch(f"/api/v1/devices/{known}", json={"name": "x"})).status_code == 404


async def test_of_many_who_enter_one_code_one_gets_the_device(running_service: RunningService) -> None:
    lead = await running_service.staff_token(Role.SUPERVISOR, office=OFFICE)
    async with running_service.client(lead) as supervisor:
        code = (await asked(supervisor, "qd_race"))["code"]
        answers = await asyncio.gather(
            *(
                supervisor.post("/api/v1/devices", json={"code": code, "office": OFFICE, "name": f"{n}"})
                for n in range(16)
            )
        )
    assert sorted(answer.status_code for answer in answers) == [201] + [404] * 15


def request(number: int) -> PairingRequest:
    return PairingRequest("kiosk", hash_of(f"{number}"), "1.0")


async def test_an_address_asks_for_so_many_codes_and_later_again(conn: Connection) -> None:
    for number in range(CODES_OF_ADDRESS):
        await pairing.ask(conn, MORNING, request(number), "192.0.2.7")
    with pytest.raises(TooManyAttempts):
        await pairing.ask(conn, MORNING, request(-1), "192.0.2.7")
    # Others are not kept from it.
    await pairing.ask(conn, MORNING, request(-2), "192.0.2.8")
    await pairing.ask(conn, MORNING + CODE_SHOWN * 1.01, request(-1), "192.0.2.7")


async def test_a_code_that_had_its_time_lets_nobody_in(conn: Connection) -> None:
    code = (await pairing.ask(conn, MORNING, request(1), None)).code
    with pytest.raises(pairing.PairingNotFound):
        await pairing.let_in(conn, MORNING + CODE_SHOWN, code, OFFICE, "Eingang")
    with pytest.raises(pairing.PairingNotFound):
        await pairing.find(conn, MORNING + CODE_SHOWN, code)


async def test_many_devices_that_ask_at_once_get_different_codes(running_service: RunningService) -> None:
    async with running_service.client() as client:
        codes = [(await asked(client, f"qd_{n % 8}"))["code"] for n in range(16)]
    assert codes[:8] == codes[8:]
    assert len(set(codes)) == 8
    conn = await connect(running_service.dsn)
    try:
        assert await conn.fetchval("SELECT count(*) FROM device_pairing") == 8
    finally:
        await conn.close()
