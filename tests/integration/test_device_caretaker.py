"""The part of kiosk and display that keeps the device let in, against the real service."""

import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from queue_service.accounts.model import Role
from queue_service.device_program.caretaker import Caretaker, OwnHealth, ServiceSaysNo
from queue_service.device_program.service_clock import ServiceClock
from queue_service.device_program.token_file import NoToken, TokenFile, hash_of
from queue_service.protocol.device_care import HEALTH_SECONDS, DeviceHealth
from tests.integration.running_service import RunningService

OFFICE = "bsc-mitte"
WRONG_BY = timedelta(minutes=7)
"""The device's own clock is behind."""


class Device:
    """A display's caretaker with its directory, as after each start of the program."""

    def __init__(self, service: str, directory: Path) -> None:
        self.tokens = TokenFile(directory / "device.token")
        self.directory = directory
        self.changes = 0
        self.clock = ServiceClock(lambda: datetime.now(UTC) - WRONG_BY)
        self.caretaker = Caretaker(
            service=service,
            profile="display",
            token_file=self.tokens,
            data_dir=directory,
            clock=self.clock,
            health=self._health,
            changed=self._count,
        )

    def _health(self, own: OwnHealth) -> DeviceHealth:
        return DeviceHealth(
            own.version,
            own.uptime_seconds,
            memory_megabytes=own.memory_megabytes,
            clock_behind_seconds=own.clock_behind_seconds,
        )

    def _count(self) -> None:
        self.changes += 1


@asynccontextmanager
async def started(service: RunningService, directory: Path) -> AsyncIterator[Device]:
    device = Device(service.base_url, directory)
    try:
        yield device
    finally:
        await device.caretaker.close()


@pytest.fixture
async def lead(running_service: RunningService) -> AsyncIterator[httpx.AsyncClient]:
    token = await running_service.staff_token(Role.SUPERVISOR, office=OFFICE)
    async with running_service.client(token) as client:
        yield client


def kept_in(directory: Path) -> dict[str, int]:
    """Give what a device keeps, by name, with who may read it."""
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in directory.iterdir()}


async def let_in(lead: httpx.AsyncClient, code: str | None) -> dict[str, Any]:
    answer = await lead.post("/api/v1/devices", json={"code": code, "office": OFFICE, "name": "Flur"})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_a_device_without_a_token_shows_a_code_until_it_is_let_in(
    running_service: RunningService, lead: httpx.AsyncClient, tmp_path: Path
) -> None:
    async with started(running_service, tmp_path) as device:
        await device.caretaker.turn()
        code = device.caretaker.code
        await device.caretaker.turn()
        assert (device.caretaker.code, device.changes) == (code, 1), "the same, and told once"
        known = await let_in(lead, code)
        assert not device.caretaker.let_in.is_set()
        await device.caretaker.turn()
        assert (device.caretaker.code, device.caretaker.let_in.is_set()) == (None, True)
        assert await device.caretaker.turn() == HEALTH_SECONDS
        card = device.caretaker.card
        assert card
        assert (card.id, card.office, card.name) == (known["id"], OFFICE, "Flur")
    assert kept_in(tmp_path) == {"device.token": 0o600, "device.json": 0o644}
    [listed] = (await lead.get("/api/v1/devices")).json()["items"]
    assert listed["health"]["memory_megabytes"] > 0


async def test_who_restarts_before_or_after_being_let_in_goes_on_with_the_same_token(
    running_service: RunningService, lead: httpx.AsyncClient, tmp_path: Path
) -> None:
    async with started(running_service, tmp_path) as device:
        await device.caretaker.turn()
        code = device.caretaker.code
    async with started(running_service, tmp_path) as device:
        await device.caretaker.turn()
        assert device.caretaker.code == code
    await let_in(lead, code)
    async with started(running_service, tmp_path) as device:
        await device.caretaker.turn()
        assert await device.caretaker.turn() == HEALTH_SECONDS
    async with started(running_service, tmp_path) as device:
        assert device.caretaker.card, "known before the service has said anything"


@pytest.mark.parametrize("dies", ["after the answer", "before the request"])
async def test_a_token_that_is_being_renewed_survives_a_power_cut(
    running_service: RunningService, lead: httpx.AsyncClient, tmp_path: Path, dies: str
) -> None:
    async with started(running_service, tmp_path) as device:
        await device.caretaker.turn()
        known = await let_in(lead, device.caretaker.code)
        await device.caretaker.turn()
    former = TokenFile(tmp_path / "device.token").read()
    await lead.post(f"/api/v1/devices/{known['id']}/new-token")
    upcoming = TokenFile(tmp_path / "device.token").upcoming()
    if dies == "after the answer":
        async with running_service.client(former) as client:
            replaced = await client.put("/api/v1/device/token", json={"token_hash": hash_of(upcoming)})
            assert replaced.status_code == 204
    async with started(running_service, tmp_path) as device:
        while await device.caretaker.turn() != HEALTH_SECONDS:
            assert device.caretaker.code is None, "nobody has to come and enter a code"
        assert device.tokens.read() == upcoming
        assert device.tokens.waiting() is None


async def test_a_device_that_was_signed_off_asks_again_with_another_token(
    running_service: RunningService, lead: httpx.AsyncClient, tmp_path: Path
) -> None:
    async with started(running_service, tmp_path) as device:
        await device.caretaker.turn()
        known = await let_in(lead, device.caretaker.code)
        await device.caretaker.turn()
        former = device.tokens.read()
        await lead.post(f"/api/v1/devices/{known['id']}/revoke")
        await device.caretaker.turn()
        again = await let_in(lead, device.caretaker.code)
        await device.caretaker.turn()
        assert device.tokens.read() != former
        assert again["id"] != known["id"]


async def test_a_token_that_was_revoked_before_its_code_was_entered_is_given_up(
    running_service: RunningService, lead: httpx.AsyncClient, tmp_path: Path
) -> None:
    async with started(running_service, tmp_path) as device:
        await device.caretaker.turn()
        stolen = device.tokens.upcoming()
        known = await let_in(lead, device.caretaker.code)
        await lead.post(f"/api/v1/devices/{known['id']}/revoke")
        with pytest.raises(ServiceSaysNo):
            await device.caretaker.turn()
        await device.caretaker.turn()
        assert device.tokens.upcoming() != stolen
        assert device.caretaker.code


def test_what_is_no_token_is_none(tmp_path: Path) -> None:
    file = tmp_path / "device.token"
    for content in (b"", b"two words", b"\xff\xfe", b"\n"):
        file.write_bytes(content)
        with pytest.raises(NoToken):
            TokenFile(file).read()


async def test_a_device_whose_clock_is_wrong_goes_by_the_services_and_says_so(
    running_service: RunningService, lead: httpx.AsyncClient, tmp_path: Path
) -> None:
    async with started(running_service, tmp_path) as device:
        await device.caretaker.turn()
        await let_in(lead, device.caretaker.code)
        await device.caretaker.turn()
        await device.caretaker.turn()
        assert abs(device.clock.now() - running_service.clock()) < timedelta(seconds=5)
        changes = device.changes
        await device.caretaker.turn()
        assert device.changes == changes, "the same card of another minute is no other card"
    [listed] = (await lead.get("/api/v1/devices")).json()["items"]
    truth = running_service.clock() - datetime.now(UTC) + WRONG_BY
    assert listed["health"]["clock_behind_seconds"] == pytest.approx(truth.total_seconds(), abs=5)
