"""The whole office as `make run` starts it: used, stopped, and its plugs pulled."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def _directory_to_be() -> Iterator[Path]:
    # Not under pytest's directory, which other sessions of the same account lock.
    parent = Path(tempfile.mkdtemp(prefix="queue-demo-"))
    yield parent / "data"
    shutil.rmtree(parent)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with _directory_to_be() as directory:
        yield directory


@pytest.fixture(scope="module")
def running_office() -> Iterator[RunningDemo]:
    with _directory_to_be() as directory, running_demo(directory) as demo:
        yield demo


@pytest.fixture
def office(running_office: RunningDemo) -> Iterator[RunningDemo]:
    """A demo with its devices connected and nobody in its hall."""
    wait_until(
        lambda: _kiosk_is_connected(running_office) and _display_state(running_office)["connected"],
        "devices connected",
    )
    yield running_office
    supervisor = running_office.log_in("supervisor1")
    queue = supervisor.get("/api/v1/offices/bsc-mitte/queue").raise_for_status().json()
    for ticket in [*queue["items"], *queue["others"]]:
        supervisor.post(f"/api/v1/tickets/{ticket['id']}/cancel").raise_for_status()


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


def test_credentials_are_for_their_owner_alone_and_stay_the_same(data_dir: Path) -> None:
    with running_demo(data_dir, "--no-devices") as demo:
        first = demo.credentials
        assert (data_dir / "credentials.json").stat().st_mode & 0o077 == 0
        assert first["kiosk_url"] is None
        assert {f"clerk{number}" for number in range(1, 9)} <= set(first["users"])
        assert {"agent1", "reception1", "supervisor1", "admin"} <= set(first["users"])
        assert {"kiosk", "display"} == set(first["devices"]["bsc-mitte"])
        demo.log_in("clerk1")
    with running_demo(data_dir, "--no-devices") as demo:
        assert demo.credentials["users"] == first["users"]
        assert demo.credentials["devices"] == first["devices"]
        demo.log_in("clerk1")


def test_sigterm_ends_all_of_it(data_dir: Path) -> None:
    demo = start_demo(data_dir)
    wait_until(lambda: _kiosk_is_connected(demo), "kiosk connected")
    assert len(demo.children()) >= 4
    assert stop_demo(demo) == 0
    wait_until(lambda: not demo.children(), "no process left")
    assert not (data_dir / "postgres" / "postmaster.pid").exists()


def test_a_killed_demo_leaves_nothing_running_and_the_next_start_recovers(data_dir: Path) -> None:
    demo = start_demo(data_dir)
    wait_until(lambda: _kiosk_is_connected(demo), "kiosk connected")
    before = _take_number(demo)
    os.kill(demo.process.pid, signal.SIGKILL)
    demo.process.wait(30)
    wait_until(lambda: not demo.children(), "no process left")

    again = start_demo(data_dir, port=demo.port)
    try:
        wait_until(lambda: _kiosk_is_connected(again), "kiosk connected again")
        after = _take_number(again)
        assert int(after["number"][1:]) == int(before["number"][1:]) + 1
    finally:
        stop_demo(again)


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


def test_verify_runs_beside_a_demo_and_finds_what_is_broken(data_dir: Path) -> None:
    with running_demo(data_dir, "--no-devices"):
        program = Path(sys.executable).parent / "queue-service"
        command = [str(program), "verify", "--data-dir", str(data_dir)]
        sound = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (sound.returncode, sound.stdout) == (0, "All invariants hold.\n"), sound.stderr

    # And alone, on a database that somebody has meddled with.
    async def meddle(dsn: str) -> None:
        conn = await asyncpg.connect(dsn)
        await conn.execute(
            "UPDATE pool_day SET planes = '{}' WHERE pool_id = (SELECT min(pool_id) FROM pool_day)"
        )
        await conn.close()

    with EmbeddedPostgres(data_dir) as server:
        asyncio.run(meddle(server.dsn))
    broken = subprocess.run(command, capture_output=True, text=True, check=False)
    assert broken.returncode == 1
    assert "pool" in broken.stdout
