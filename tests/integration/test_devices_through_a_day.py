"""A kiosk and a display through 24 hours in which lines break and programs are killed, again and again.

Real programs, a real line that fails, real paper: every number that came out is in the database
once, every call was heard once and in order, and nobody's name is left on a device.
"""

import asyncio
import random
import re
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pypdfium2  # type: ignore[import-untyped]
import pytest
from msgspec.structs import replace

from queue_service.accounts.model import DeviceProfile, Role
from queue_service.booking import service as booking
from queue_service.booking.model import Contact
from queue_service.invariants import find_broken_invariants
from queue_service.offices import service as offices
from queue_service.platform.database import connect
from tests.integration.booking_town import NOW, at, build, office, pool, request
from tests.integration.running_service import PASSWORD, RunningService, run_service
from tests.system.display_process import RunningDisplay
from tests.system.faulty_line import FAULTS, FaultyLine
from tests.system.hurried_wall import HurriedWall
from tests.system.kiosk_processes import KioskProcess

OFFICE = "mitte"
SEED = 23
KIOSK_DIES, DISPLAY_DIES, ALL_WELL = "the kiosk is killed", "the display is killed", "all is well"
TROUBLES = (*FAULTS, KIOSK_DIES, DISPLAY_DIES)
HOURS = 24
DAY = (*TROUBLES * 2, *(ALL_WELL,) * (HOURS - 2 * len(TROUBLES)))
"""What goes wrong in each hour; shuffled."""
PATIENCE_SECONDS = 40.0
PRESS_AGAIN_SECONDS = 0.5
LOOK_SECONDS = 0.05
APPOINTMENTS = range(4)
"""Hours in which somebody with an appointment comes, too."""
VISITOR = Contact(name="Gülşen Ünverwechselbar", phone="+49 421 5550199", email="guelsen@beispiel.test")


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
async def town(dsn: str) -> AsyncIterator[RunningService]:
    """A town whose office is open around the clock, and its service."""
    conn = await connect(dsn)
    [built] = await build(conn, replace(office(OFFICE, pool(counters=3)), walk_ins="always"))
    async with conn.transaction():
        await offices.finish_setup(conn, NOW, built)
    await conn.close()
    async with run_service(dsn, NOW) as service:
        yield service


class Day:
    """The office's devices, their line, and what came of everything."""

    def __init__(self, service: RunningService, line: FaultyLine, folder: Path) -> None:
        self._service = service
        self._line = line
        self.suffered = line.suffered
        self._folder = folder
        self.papers: list[str] = []
        """Numbers that visitors hold."""
        self.shown: list[str] = []
        self.cut_short = 0
        """Announcements during which the display was killed, at most."""
        self.logs: list[str] = []
        self.references: list[str] = []

    async def begin(self) -> None:
        """Set up devices and clerk."""
        self._tokens = {
            profile: await self._service.device_token(profile, OFFICE)
            for profile in (DeviceProfile.KIOSK, DeviceProfile.DISPLAY)
        }
        self._clerk = self._service.client(await self._service.staff_token(Role.CLERK, office=OFFICE))
        listed = (await self._clerk.get(f"/api/v1/offices/{OFFICE}/counters")).json()["items"]
        self._counter = f"/api/v1/counters/{listed[0]['id']}"
        await self._post(f"{self._counter}/open")
        await asyncio.to_thread(self._start_kiosk)
        await asyncio.to_thread(self._start_display)

    async def end(self) -> None:
        """Stop the programs and keep what they wrote."""
        await self._clerk.aclose()
        for end in (self._end_kiosk, self._end_display):
            await asyncio.to_thread(end, signal.SIGTERM)

    async def live_through(self, hour: int, trouble: str, calls: int, reference: str | None) -> None:
        """Visitors come and are called while something goes wrong; then all is well again."""
        if hour % 4 == 3:
            await self._come_back_from_break()
        self._service.clock.move(hours=1)
        for fault in FAULTS:
            if fault == trouble:
                self._line.break_down(fault)
        visitors = [asyncio.create_task(self._draw(uuid4().hex)) for _ in range(2)]
        if reference:
            self.references.append(reference)
            visitors.append(asyncio.create_task(self._check_in(reference)))
        await self._call(calls)
        if trouble == KIOSK_DIES:
            await asyncio.to_thread(self._end_kiosk, signal.SIGKILL)
            await asyncio.to_thread(self._start_kiosk)
        if trouble == DISPLAY_DIES:
            self.cut_short += 1
            await asyncio.to_thread(self._end_display, signal.SIGKILL)
            await asyncio.to_thread(self._start_display)
        await asyncio.gather(*visitors)
        self._line.mend()
        await self._until(self._kiosk_is_well, f"kiosk at {hour}, {trouble}")
        await self._until(self._all_said, f"display at {hour}, {trouble}")

    async def calls(self) -> list[int]:
        """Versions of all calls that were made."""
        conn = await connect(self._service.dsn)
        try:
            rows = await conn.fetch(
                "SELECT version FROM change WHERE kind IN ('ticket.called', 'ticket.recalled')"
            )
        finally:
            await conn.close()
        return [row["version"] for row in rows]

    async def tickets(self) -> list[tuple[str, str]]:
        """Number and id of every ticket that the service knows."""
        conn = await connect(self._service.dsn)
        try:
            rows = await conn.fetch("SELECT number, id FROM ticket")
        finally:
            await conn.close()
        return [(row["number"], str(row["id"])) for row in rows]

    def printed(self) -> list[tuple[str, str]]:
        """Number and ticket of everything that came out of the kiosk."""
        return [
            (number, ticket)
            for number, _, ticket in (paper.stem.partition("-") for paper in self._kiosk.papers())
        ]

    def left_behind(self) -> dict[str, str]:
        """Every file of both devices as text, and what their programs logged."""
        files = [path for path in self._folder.rglob("*") if path.is_file()]
        return {"log": "\n".join(self.logs)} | {
            str(path.relative_to(self._folder)): _text_of(path) for path in files
        }

    async def _draw(self, first: str) -> None:
        """Press until there is a number: what is lost on the way is asked for again by the same id."""
        await self._press("/api/tickets", {"service": "passport", "id": str(UUID(first))})

    async def _check_in(self, reference: str) -> None:
        await self._press("/api/check-ins", {"reference": reference, "id": str(uuid4())})

    async def _press(self, path: str, body: dict[str, Any]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                try:
                    answer = await asyncio.to_thread(self._kiosk.post, path, body)
                except httpx.TransportError:
                    # The kiosk was killed: its page comes up anew and knows of no request.
                    body = {**body, "id": str(uuid4())}
                    await asyncio.sleep(PRESS_AGAIN_SECONDS)
                    continue
                if answer.status_code == HTTPStatus.CREATED:
                    self.papers.append(answer.json()["number"])
                    return
                assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE, answer.text
                # As a visitor who reads that it did not work, and tries again.
                await asyncio.sleep(PRESS_AGAIN_SECONDS)

    async def _call(self, count: int) -> None:
        for _ in range(count):
            if called := await self._post(f"{self._counter}/call-next"):
                await self._post(f"/api/v1/tickets/{called['ticket']['id']}/no-show")

    async def _come_back_from_break(self) -> None:
        """Log in once more: a session does not last around the clock."""
        who = (await self._clerk.get("/api/v1/session")).json()["user"]["username"]
        answer = await self._clerk.post("/api/v1/session", json={"username": who, "password": PASSWORD})
        self._clerk.headers["Authorization"] = f"Bearer {answer.json()['token']}"

    async def _post(self, path: str) -> dict[str, Any]:
        """Ask as the clerk; gives nothing where nobody waits."""
        answer = await self._clerk.post(path)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else {}

    def _start_kiosk(self) -> None:
        folder = self._folder / "kiosk"
        (self._folder / "kiosk.token").write_text(self._tokens[DeviceProfile.KIOSK])
        self._kiosk = KioskProcess(self._line.address, folder).connected()

    def _start_display(self) -> None:
        token = self._tokens[DeviceProfile.DISPLAY]
        self._display = RunningDisplay(self._line.address, self._folder / "display", token=token)
        self._wall = HurriedWall(self._display.url, self.shown)

    def _end_kiosk(self, sign: signal.Signals) -> None:
        self._kiosk.stop(sign)
        self.logs += self._kiosk.lines

    def _end_display(self, sign: signal.Signals) -> None:
        self._display.stop(sign)
        self._wall.join()
        self.logs += self._display.lines

    def _all_said(self) -> bool:
        state = self._display.state()
        return bool(state["connected"] and not state["announcing"] and not state["to_be_said"])

    def _kiosk_is_well(self) -> bool:
        state = httpx.get(f"{self._kiosk.url}/api/state", trust_env=False).json()
        journal = self._folder / "kiosk" / "outage.jsonl"
        return state["connected"] and not (journal.exists() and journal.stat().st_size)

    async def _until(self, good: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if await asyncio.to_thread(good):
                return
            await asyncio.sleep(LOOK_SECONDS)  # a bounded poll of real programs, not a guess at time
        pytest.fail(f"the {what} did not come back")


def _text_of(path: Path) -> str:
    if path.suffix != ".pdf":
        return path.read_bytes().decode("utf-8", "replace")
    with pypdfium2.PdfDocument(path) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


@asynccontextmanager
async def devices_of(service: RunningService, folder: Path) -> AsyncIterator[Day]:
    """Run a kiosk and a display behind one line."""
    port = httpx.URL(service.base_url).port
    assert port
    async with FaultyLine(port) as line:
        day = Day(service, line, folder)
        await day.begin()
        try:
            yield day
        finally:
            await day.end()


async def test_through_a_day_of_faults_nothing_is_lost_and_nothing_comes_twice(
    town: RunningService, tmp_path: Path
) -> None:
    conn = await connect(town.dsn)
    async with devices_of(town, tmp_path) as day:
        chance = random.Random(SEED)  # noqa: S311 - no secret
        for hour, trouble in enumerate(chance.sample(DAY, HOURS)):
            reference = None
            if hour in APPOINTMENTS:
                start = at(8 + hour, 30)
                asked = request(start, contact=VISITOR)
                reference = (await booking.book(conn, town.clock(), asked)).reference
            await day.live_through(hour, trouble, chance.randrange(1, 3), reference)
        calls = await day.calls()
    assert set(day.suffered) == set(FAULTS), "each fault has touched something"
    printed, tickets = day.printed(), await day.tickets()
    assert len(printed) >= 2 * HOURS, "every visitor has paper"
    assert Counter(printed) <= Counter(tickets), "each number on paper is in the queue, as it was printed"
    assert set(day.papers) <= {number for number, _ in printed}
    assert max(Counter(ticket for _, ticket in printed).values()) == 1, "no ticket has two papers"
    assert len(calls) >= HOURS, "there was something to say"
    shown = [int(name.partition("-")[0]) for name in day.shown]
    assert shown == sorted(set(shown)), "in order, and none twice"
    assert set(shown) <= set(calls)
    assert len(set(calls) - set(shown)) <= day.cut_short, "only what a kill cut short is missing"
    assert await find_broken_invariants(conn, town.clock()) == []
    await conn.close()
    left = day.left_behind()
    assert {"kiosk/outage.jsonl", "kiosk/outage_numbers.json", "display/announced.json", "log"} <= set(left)
    assert len(day.references) == len(APPOINTMENTS)
    personal = [VISITOR.name, "Ünverwechselbar", "5550199", VISITOR.email, *day.references]
    found = {
        name: word
        for name, text in left.items()
        for word in personal
        if word and re.sub(r"[-\s]", "", word).lower() in re.sub(r"[-\s]", "", text).lower()
    }
    assert found == {}, "nobody's name, number or code stays on a device"
