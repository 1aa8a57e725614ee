"""A kiosk that dies at any step of an outage: every printed number is in the database once, none twice."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from kiosk.errors import UnknownCodeError
from kiosk.office_view import OfficeView
from kiosk.outage import OutageTickets
from kiosk.outage_ticket import OutageTicketHere
from kiosk.service_api import ServiceApi
from queue_service.accounts.model import DeviceProfile
from queue_service.device_program.service_clock import ServiceClock
from queue_service.device_program.token_file import TokenFile
from queue_service.invariants import find_broken_invariants
from queue_service.offices.catalogue import Office
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import CheckInRequest, TicketRequest
from queue_service.protocol.stream import KioskService, KioskSnapshot, WalkIns
from tests.integration.counter_hall import SERVICE, issue
from tests.integration.running_service import RunningService

REFERENCE = "K7RM-W3XR"
"""Of no appointment, but as one is formed."""
NEEDS = ["level_access"]


class PowerCut(Exception):
    """The kiosk is dead from here on."""


def cut(thing: Any, verb: str, *, done: bool) -> None:
    """Let the power fail at this step: once it is done, or before it begins."""
    step = getattr(thing, verb)

    def cut_step(*given: Any) -> None:
        if done:
            step(*given)
        raise PowerCut

    async def cut_later(*given: Any) -> None:
        if done:
            await step(*given)
        raise PowerCut

    setattr(thing, verb, cut_later if verb == "hand_in" else cut_step)


class Device:
    """A kiosk's outage, its paper, and the disk on which it starts anew."""

    def __init__(self, running: RunningService, folder: Path, office: Office, token: str) -> None:
        self._running, self._folder, self._office = running, folder, office
        folder.mkdir()
        (folder / "token").write_text(token)
        self.printed: list[str] = []
        self._apis: list[ServiceApi] = []
        self.outage = self.start()

    def start(self) -> OutageTickets:
        """Start the program."""
        service = KioskService(SERVICE, {"de": "Ausweis"}, {"de": "Ausweise"}, 15, 0, None)
        snapshot = KioskSnapshot(1, self._office.card("https://t.test"), [service], WalkIns(open=True), 0, 1)
        self.api = ServiceApi(self._running.base_url, TokenFile(self._folder / "token"))
        self._apis.append(self.api)
        self.outage = OutageTickets(
            self.api, OfficeView(snapshot), self._folder, ServiceClock(self._running.clock)
        )
        return self.outage

    async def close(self) -> None:
        """Let go of connections."""
        for api in self._apis:
            await api.close()

    async def draw_and_hand_in(self) -> None:
        """Do what a visitor and a connection make the kiosk do."""
        await self.draw(walk_in())
        await self.outage.turn()

    async def draw(self, give: Callable[[OutageTickets], Awaitable[OutageTicketHere]]) -> None:
        """Give a visitor a paper; nothing comes out of a device that dies before."""
        self.printed.append((await give(self.outage)).number)


def walk_in() -> Callable[[OutageTickets], Awaitable[OutageTicketHere]]:
    request = TicketRequest(SERVICE, id=uuid4(), needs=NEEDS, slow_walk=True)
    return lambda outage: outage.issue(request)


def check_in() -> Callable[[OutageTickets], Awaitable[OutageTicketHere]]:
    request = CheckInRequest(REFERENCE, id=uuid4(), needs=NEEDS, slow_walk=True)
    return lambda outage: outage.check_in(request)


@pytest.fixture
async def device(running_service: RunningService, bsc_mitte: Office, tmp_path: Path) -> AsyncIterator[Device]:
    token = await running_service.device_token(DeviceProfile.KIOSK, "bsc-mitte")
    device = Device(running_service, tmp_path / "kiosk", bsc_mitte, token)
    await device.outage.renew()
    yield device
    await device.close()


STEPS: dict[str, tuple[str, bool]] = {
    "before the journal": ("journal", False),
    "after the journal, before the paper": ("journal", True),
    "before sending": ("send", False),
    "after the service took it, before its answer": ("send", True),
    "after the answer, before the numbers count as used": ("used", False),
    "before the journal forgets": ("used", True),
    "after the journal forgot": ("forget", True),
}


@pytest.mark.parametrize("step", [*STEPS, "never"])
async def test_whenever_the_kiosk_dies_every_paper_is_in_the_queue_once(
    running_service: RunningService,
    conn: Connection,
    bsc_mitte: Office,
    tmp_path: Path,
    device: Device,
    step: str,
) -> None:
    heard_of = TicketRequest(SERVICE, id=uuid4(), needs=NEEDS, slow_walk=True)
    # The service gave this one a number, and its answer was lost.
    await issue(conn, running_service.clock(), bsc_mitte, id=heard_of.id, needs=NEEDS, slow_walk=True)
    await device.draw(lambda outage: outage.issue(heard_of))
    await device.draw(check_in())
    what, done = STEPS.get(step, ("", True))
    verbs = {
        "journal": (device.outage._journal, "add"),
        "send": (device.api, "hand_in"),
        "used": (device.outage._numbers, "note_used"),
        "forget": (device.outage._journal, "forget"),
    }
    if what:
        cut(*verbs[what], done=done)
        with pytest.raises(PowerCut):
            await device.draw_and_hand_in()
        device.start()
    await device.draw(walk_in())
    assert device.outage.numbers_left > 0
    await device.outage.turn()
    await device.draw_and_hand_in()

    assert device.outage.unsent == 0
    rows = await conn.fetch("SELECT number, needs, slow_walk FROM ticket")
    numbers = [row["number"] for row in rows]
    assert {(*row["needs"], row["slow_walk"]) for row in rows} == {(*NEEDS, True)}
    assert len(device.printed) == len(set(device.printed))
    assert sorted(set(numbers) & set(device.printed)) == sorted(device.printed)
    # Whoever got no paper because the device died is in the queue by it all the same, and nobody else.
    unprinted = 1 if step == "after the journal, before the paper" else 0
    assert len(numbers) == len(set(numbers)) == len(device.printed) + unprinted
    assert await find_broken_invariants(conn, running_service.clock()) == []
    for path in (tmp_path / "kiosk").iterdir():
        assert REFERENCE.replace("-", "") not in path.read_text()


async def test_a_code_with_a_slip_is_noticed_without_the_service(device: Device) -> None:
    with pytest.raises(UnknownCodeError):
        await device.outage.check_in(CheckInRequest("K7RM-W3XS", id=uuid4()))
    assert device.outage.unsent == 0
