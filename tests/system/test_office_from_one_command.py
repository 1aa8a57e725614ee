"""The whole office as `make run` starts it: used, stopped, and its plugs pulled."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from queue_service.platform.embedded_postgres import EmbeddedPostgres
from tests.system.running_demo import (
    RunningDemo,
    answers,
    read_json,
    running_demo,
    start_demo,
    stop_demo,
    wait_until,
)

SERVICE = "personalausweis"


class OfficeOnDisk:
    """The directory of a demo, which is started when a test wants it to run: each start takes seconds."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._demo: RunningDemo | None = None

    def running(self) -> RunningDemo:
        """The demo with its devices connected."""
        if self._demo is None or self._demo.process.poll() is not None:
            self._demo = start_demo(self.data_dir)
        demo = self._demo
        wait_until(
            lambda: _kiosk_is_connected(demo) and _display_state(demo)["connected"], "devices connected"
        )
        return demo

    def stopped(self) -> Path:
        """The directory of a demo that has run and was ended."""
        if not self.data_dir.exists():
            self.running()
        self.end()
        return self.data_dir

    def end(self) -> None:
        """End the demo as an operator does."""
        if self._demo is not None:
            stop_demo(self._demo)


@pytest.fixture(scope="module")
def office_on_disk() -> Iterator[OfficeOnDisk]:
    # Not under pytest's directory, which other sessions of the same account lock.
    parent = Path(tempfile.mkdtemp(prefix="queue-demo-"))
    office = OfficeOnDisk(parent / "data")
    yield office
    office.end()
    shutil.rmtree(parent)


@pytest.fixture
def office(office_on_disk: OfficeOnDisk) -> Iterator[RunningDemo]:
    """A demo with its devices connected and nobody in its hall."""
    demo = office_on_disk.running()
    yield demo
    if demo.process.poll() is None:
        supervisor = demo.log_in("supervisor1")
        queue = supervisor.get("/api/v1/offices/bsc-mitte/queue").raise_for_status().json()
        for ticket in [*queue["items"], *queue["others"]]:
            supervisor.post(f"/api/v1/tickets/{ticket['id']}/cancel").raise_for_status()


@pytest.fixture
def data_dir(office_on_disk: OfficeOnDisk) -> Path:
    """The directory of a demo that has run and was ended."""
    return office_on_disk.stopped()


def _kiosk_is_connected(demo: RunningDemo) -> bool:
    state = read_json(f"{demo.url('kiosk')}/api/state")
    return state is not None and bool(state["connected"])


def _display_state(demo: RunningDemo) -> dict[str, Any]:
    return read_json(f"{demo.url('display')}/api/state") or {"connected": False, "calls": []}


def _take_number(demo: RunningDemo) -> dict[str, Any]:
    answer = httpx.post(
        f"{demo.url('kiosk')}/api/tickets", json={"service": SERVICE, "language": "de"}, timeout=30
    )
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json())


def test_from_the_first_ticket_to_the_announced_call(office: RunningDemo) -> None:
    ticket = _take_number(office)
    printed = list((office.data_dir / "kiosk" / "tickets").glob(f"{ticket['number']}-*.pdf"))
    assert len(printed) == 1
    assert printed[0].read_bytes().startswith(b"%PDF")
    clerk = office.log_in("clerk1")
    counters = clerk.get("/api/v1/offices/bsc-mitte/counters").json()["items"]
    assert clerk.post(f"/api/v1/counters/{counters[0]['id']}/open").status_code == 200
    called = clerk.post(f"/api/v1/counters/{counters[0]['id']}/call-next")
    assert called.json()["ticket"]["number"] == ticket["number"]

    wait_until(lambda: bool(_display_state(office)["calls"]), "the display knows the call")
    call = _display_state(office)["calls"][0]
    assert (call["number"], call["counter"]) == (ticket["number"], "1")
    wait_until(lambda: bool(_display_state(office)["calls"][0]["announced_at"]), "the call is announced")


@pytest.mark.parametrize("victim", ["service", "database"])
def test_a_killed_service_or_database_comes_back_and_the_screens_follow(
    office: RunningDemo, victim: str
) -> None:
    before = _take_number(office)
    words = " serve " if victim == "service" else f"-D {office.data_dir}/postgres"
    os.kill(office.child(words), signal.SIGKILL)
    wait_until(lambda: not answers(f"{office.url()}/readyz"), "the service is away")
    wait_until(lambda: answers(f"{office.url()}/readyz"), "the service is back")
    wait_until(
        lambda: _kiosk_is_connected(office) and _display_state(office)["connected"], "devices are back"
    )
    after = _take_number(office)
    assert int(after["number"][1:]) == int(before["number"][1:]) + 1
    clerk = office.log_in("clerk2")
    assert clerk.post("/api/v1/counters/bsc-mitte.2/open").status_code == 200
    called = clerk.post("/api/v1/counters/bsc-mitte.2/call-next").json()["ticket"]
    assert called["number"] == before["number"]
    wait_until(
        lambda: [call["number"] for call in _display_state(office)["calls"]][:1] == [before["number"]],
        "the display shows the call",
    )


def test_sigterm_ends_all_of_it(office: RunningDemo) -> None:
    assert len(office.children()) >= 4
    assert stop_demo(office) == 0
    wait_until(lambda: not office.children(), "no process left")
    assert not (office.data_dir / "postgres" / "postmaster.pid").exists()


def test_credentials_are_for_their_owner_alone_and_stay_the_same(data_dir: Path) -> None:
    first = json.loads((data_dir / "credentials.json").read_text())
    assert {f"clerk{number}" for number in range(1, 9)} <= set(first["users"])
    assert {"agent1", "reception1", "supervisor1", "admin"} <= set(first["users"])
    assert {"kiosk", "display"} == set(first["devices"]["bsc-mitte"])
    with running_demo(data_dir, "--no-devices") as demo:
        assert (data_dir / "credentials.json").stat().st_mode & 0o077 == 0
        assert demo.credentials["kiosk_url"] is None
        assert demo.credentials["users"] == first["users"]
        assert demo.credentials["devices"] == first["devices"]
        demo.log_in("clerk1")


def test_a_killed_demo_leaves_nothing_running_and_the_next_start_recovers(
    office: RunningDemo, office_on_disk: OfficeOnDisk
) -> None:
    before = _take_number(office)
    os.kill(office.process.pid, signal.SIGKILL)
    office.process.wait(30)
    wait_until(lambda: not office.children(), "no process left")
    after = _take_number(office_on_disk.running())
    assert int(after["number"][1:]) == int(before["number"][1:]) + 1


def test_verify_runs_beside_a_demo_and_finds_what_is_broken(
    office: RunningDemo, office_on_disk: OfficeOnDisk
) -> None:
    program = Path(sys.executable).parent / "queue-service"
    command = [str(program), "verify", "--data-dir", str(office.data_dir)]
    sound = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (sound.returncode, sound.stdout) == (0, "All invariants hold.\n"), sound.stderr

    # And alone, on a copy of its database that somebody has meddled with.
    async def meddle(dsn: str) -> None:
        conn = await asyncpg.connect(dsn)
        await conn.execute(
            "UPDATE pool_day SET planes = '{}' WHERE pool_id = (SELECT min(pool_id) FROM pool_day)"
        )
        await conn.close()

    stopped = office_on_disk.stopped()
    copy = stopped.with_name("meddled")
    # As root the database's files are another account's, and stay so in the copy.
    subprocess.run(["cp", "--archive", stopped, copy], check=True)
    with EmbeddedPostgres(copy) as server:
        asyncio.run(meddle(server.dsn))
    broken = subprocess.run([*command[:-1], str(copy)], capture_output=True, text=True, check=False)
    assert broken.returncode == 1
    assert "pool" in broken.stdout


def test_an_appointment_from_the_telephone_to_the_announced_call(data_dir: Path) -> None:
    # A Monday morning, whatever day it is for those who run the tests.
    monday = {"QUEUE_CLOCK_START": "2027-01-11T09:00:00+01:00"}
    with running_demo(data_dir, settings=monday) as demo:
        agent = demo.log_in("agent1")
        wish = f"service={SERVICE}&office=bsc-mitte&channel=phone&limit=1"
        [place] = agent.get(f"/api/v1/slots?{wish}").json()["items"]
        assert place["start"].startswith("2027-01-11")
        booked = agent.post(
            "/api/v1/appointments",
            json={
                "office": "bsc-mitte",
                "services": [{"service": SERVICE, "quantity": 1}],
                "start": place["start"],
                "persons": 1,
                "channel": "phone",
                "contact": {"name": "Erika Beispiel", "phone": "0421 3618888"},
            },
        )
        assert booked.status_code == 201, booked.text
        wait_until(
            lambda: _kiosk_is_connected(demo) and _display_state(demo)["connected"], "devices connected"
        )
        walk_in = _take_number(demo)
        checked_in = httpx.post(
            f"{demo.url('kiosk')}/api/check-ins", json={"reference": booked.json()["reference"]}, timeout=30
        ).json()
        assert checked_in["printed"]
        again = httpx.post(
            f"{demo.url('kiosk')}/api/check-ins", json={"reference": booked.json()["reference"]}, timeout=30
        )
        assert (again.status_code, again.json()["code"]) == (409, "already_checked_in")
        clerk = demo.log_in("clerk1")
        queue = clerk.get("/api/v1/offices/bsc-mitte/queue").json()["items"]
        assert {ticket["number"] for ticket in queue} == {walk_in["number"], checked_in["number"]}
        clerk.post("/api/v1/counters/bsc-mitte.1/open")
        called = [clerk.post("/api/v1/counters/bsc-mitte.1/call-next").json()["ticket"]]
        assert called[0]["number"] == queue[0]["number"]
        wait_until(lambda: len(_display_state(demo)["calls"]) == 1, "the display shows the call")
        # Nothing of the caller is on the devices.
        kept = b"".join(
            file.read_bytes()
            for device in ("kiosk", "display")
            for file in (data_dir / device).rglob("*")
            if file.is_file()
        )
        for secret in (b"Beispiel", b"3618888", booked.json()["reference"].encode()):
            assert secret not in kept
