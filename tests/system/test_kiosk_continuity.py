"""The kiosk over losses, restarts and bad starts. Real processes, waited for by signals."""

import signal
import socket
from pathlib import Path

import pytest

from tests.system.kiosk_processes import (
    DEVICE_TOKEN,
    KioskProcess,
    Program,
    kiosk_running,
    stand_in_running,
)

PASSPORT = {"service": "reisepass"}
UNUSABLE = 2
"""Exit status of a program that was started wrongly."""


def test_changes_arrive_as_they_happen(tmp_path: Path) -> None:
    with stand_in_running() as service, kiosk_running(service.url, tmp_path / "kiosk") as kiosk:
        kiosk.connected()
        service.tell("queue", code="reisepass", waiting=77, wait={"low_minutes": 5, "high_minutes": 9})
        state = kiosk.until(lambda state: state["waiting"] == 77)
        (passport,) = [one for one in state["services"] if one["code"] == "reisepass"]
        assert passport["wait"] == {"low_minutes": 5, "high_minutes": 9}
        assert state["version"] == 2


def test_a_missing_change_brings_a_fresh_snapshot(tmp_path: Path) -> None:
    with stand_in_running() as service, kiosk_running(service.url, tmp_path / "kiosk") as kiosk:
        kiosk.connected()
        service.tell("gap")
        state = kiosk.until(lambda state: state["connected"] and state["waiting"] == 99)
        assert state["version"] == 3


def test_the_kiosk_comes_back_to_a_service_that_was_away(tmp_path: Path) -> None:
    with stand_in_running() as service:
        port = service.port
        kiosk = KioskProcess(service.url, tmp_path / "kiosk").connected()
    try:
        state = kiosk.until(lambda state: not state["connected"])
        assert state["office"]["slug"] == "bsc-mitte"
        answer = kiosk.post("/api/tickets", PASSPORT)
        assert (answer.status_code, answer.json()["code"]) == (503, "service_unreachable")
        assert kiosk.papers() == []
        with stand_in_running(port):
            kiosk.connected()
            assert kiosk.post("/api/tickets", PASSPORT).json()["printed"] is True
    finally:
        kiosk.stop()


def test_a_retry_after_giving_up_gives_the_ticket_that_was_made(tmp_path: Path) -> None:
    with stand_in_running() as service, kiosk_running(service.url, tmp_path / "kiosk") as kiosk:
        kiosk.connected()
        request = {**PASSPORT, "id": "8f5e7a52-3c39-4c43-9a7e-3d2c1f0a9b11"}
        service.tell("answers", answers=["commit, lose", "502", "502", "502"])
        assert kiosk.post("/api/tickets", request).status_code == 503
        again = kiosk.post("/api/tickets", request).json()
        assert (again["number"], again["printed"]) == ("A042", True)
        assert len(service.seen("tickets")) == 1


def test_a_restarted_device_has_its_page_while_the_service_is_away(tmp_path: Path) -> None:
    with stand_in_running() as service:
        address = service.url
        with kiosk_running(address, tmp_path / "kiosk") as kiosk:
            kiosk.connected()
    with kiosk_running(address, tmp_path / "kiosk") as kiosk:
        state = kiosk.until(lambda _: True)
        assert state["connected"] is False
        assert state["office"]["name"]["de"] == "BürgerServiceCenter Mitte"
        assert len(state["services"]) > 20


def test_a_device_that_was_never_connected_says_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    with kiosk_running(address, tmp_path / "kiosk") as kiosk:
        assert kiosk.until(lambda _: True)["office"] is None
        answer = kiosk.post("/api/tickets", PASSPORT)
        assert (answer.status_code, answer.json()["code"]) == (503, "service_unreachable")


def test_a_device_with_another_token_is_refused_until_it_has_the_right_one(tmp_path: Path) -> None:
    with stand_in_running() as service, kiosk_running(service.url, tmp_path / "kiosk") as kiosk:
        kiosk.connected()
        service.accept_token("another-token")
        kiosk.until(lambda state: state["link"] == "refused")
        assert kiosk.post("/api/tickets", PASSPORT).json()["code"] == "device_refused"
        kiosk.token_file.write_text("another-token\n")
        kiosk.connected()
        assert kiosk.post("/api/tickets", PASSPORT).json()["printed"] is True


def test_without_a_token_file_the_page_is_there_and_the_device_refused(tmp_path: Path) -> None:
    with stand_in_running() as service, kiosk_running(service.url, tmp_path / "kiosk") as kiosk:
        kiosk.connected()
        kiosk.token_file.unlink()
        assert kiosk.post("/api/tickets", PASSPORT).json()["code"] == "device_refused"


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_program_cleanly(tmp_path: Path, sign: signal.Signals) -> None:
    with stand_in_running() as service:
        kiosk = KioskProcess(service.url, tmp_path / "kiosk").connected()
        assert kiosk.stop(sign) == 0
        assert "Traceback" not in "\n".join(kiosk.lines)


@pytest.mark.parametrize(
    ("option", "value", "named"),
    [("--service", "nowhere", "nowhere"), ("--printer", "laser", "laser"), ("--port", "70000", "70000")],
)
def test_a_bad_option_ends_the_start_with_its_name(
    tmp_path: Path, option: str, value: str, named: str
) -> None:
    options = {
        "--service": "http://127.0.0.1:1",
        "--token-file": str(tmp_path / "token"),
        "--data-dir": str(tmp_path / "kiosk"),
        option: value,
    }
    program = Program(["kiosk.app", *(word for pair in options.items() for word in pair)])
    assert program.process.wait(20) == UNUSABLE
    program.stop()
    assert named in "\n".join(program.lines)
    assert "Traceback" not in "\n".join(program.lines)


def test_a_taken_port_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        program = Program(
            [
                "kiosk.app", "--service", "http://127.0.0.1:1", "--token-file", str(tmp_path / "token"),
                "--data-dir", str(tmp_path / "kiosk"), "--port", str(port),
            ]
        )  # fmt: skip
        program.process.wait(20)
        program.stop()
    assert f"port {port}" in "\n".join(program.lines)
    assert "Traceback" not in "\n".join(program.lines)


def test_the_device_token_is_never_logged(tmp_path: Path) -> None:
    with stand_in_running() as service, kiosk_running(service.url, tmp_path / "kiosk") as kiosk:
        kiosk.connected()
        service.tell("gap")
        kiosk.line(lambda line: "service_link_lost" in line)
        assert DEVICE_TOKEN not in "\n".join(kiosk.lines)


def test_through_an_outage_numbers_go_on_and_a_kiosk_killed_at_the_answer_hands_in_once(
    tmp_path: Path,
) -> None:
    with stand_in_running() as service:
        service.tell("numbers", own=2)
        kiosk = KioskProcess(service.url, tmp_path / "kiosk")
        kiosk.line(lambda line: "outage_numbers_leased" in line)
        port = service.port
    try:
        assert kiosk.until(lambda state: not state["connected"])["goes_on"] is True
        first = kiosk.post("/api/tickets", PASSPORT).json()
        assert (first["number"], first["outage"], first["printed"]) == ("A998", True, True)
        arrived = kiosk.post("/api/check-ins", {"reference": "k7rm w3xr", "pick_up": True}).json()
        assert (arrived["number"], arrived["pick_up"], arrived["printed"]) == ("A999", True, True)
        assert kiosk.until(lambda _: True)["goes_on"] is False
        assert kiosk.post("/api/tickets", PASSPORT).json()["code"] == "service_unreachable"
        kiosk.stop(signal.SIGKILL)
        with stand_in_running(port) as back:
            back.tell("numbers", hold=True)
            kiosk = KioskProcess(service.url, tmp_path / "kiosk")
            back.line(lambda line: line == "papers held")
            kiosk.stop(signal.SIGKILL)
            back.tell("numbers")
            kiosk = KioskProcess(service.url, tmp_path / "kiosk")
            kiosk.line(lambda line: "outage_handed_in" in line)
            assert [paper["number"] for paper in back.seen("papers")] == ["A998", "A999"]
            assert (tmp_path / "kiosk" / "outage.jsonl").read_bytes() == b""
            assert len(kiosk.papers()) == 2
    finally:
        kiosk.stop()
