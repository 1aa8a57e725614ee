"""``queue-service day`` plays a small day against real processes: a demo of its own, and one that runs."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from queue_service.simulation.own_demo import OwnDemo

HEARS_CTRL_C = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
"""A shell makes deaf to Ctrl-C what it starts with `&`, these tests included."""
PROGRAM = f"{HEARS_CTRL_C}; from queue_service.cli import main; main()"
DAY = [sys.executable, "-c", PROGRAM, "day", "--office", "bsc-mitte"]
SMALL = ["--visitors", "60", "--clerks", "4", "--factor", "1500"]
PATIENCE_SECONDS = 240
"""The day takes twenty seconds, and as long again to start and end, on a machine that does nothing else."""


def play(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*DAY, *arguments], capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )


def row(output: str, name: str) -> int:
    """The number in the table's row of this name."""
    (line,) = [line for line in output.splitlines() if line.startswith(f"│ {name} ")]
    return int(line.split("│")[2])


def test_a_small_day_in_a_demo_of_its_own_breaks_no_invariant() -> None:
    played = play(*SMALL)
    output = played.stdout
    assert played.returncode == 0, output + played.stderr
    assert "All invariants hold." in output
    assert "verify: all invariants hold" in output
    assert row(output, "visitors planned") == 60
    assert row(output, "appointments booked") == 30
    assert row(output, "issued") == 60 - row(output, "never came")
    ended = sum(row(output, name) for name in ("served", "no-shows", "cancelled"))
    assert ended == row(output, "issued")
    assert row(output, "calls seen by the display") >= row(output, "called")
    assert row(output, "calls missing") == 0
    assert row(output, "doubles") == 0


@pytest.fixture(name="running", scope="module")
def options_of_a_running_demo() -> Iterator[tuple[str, ...]]:
    """What the command line says of a demo that runs by the real clock."""
    with OwnDemo() as demo:
        credentials = asyncio.run(demo.start())
        yield "--url", credentials.base_url, "--credentials", str(demo.data_dir / "credentials.json")


def test_a_day_can_be_played_beside_a_running_demo(running: tuple[str, ...]) -> None:
    played = play("--visitors", "12", "--clerks", "4", "--factor", "3000", *running)
    assert played.returncode == 0, played.stdout + played.stderr
    assert row(played.stdout, "issued") >= 6
    assert row(played.stdout, "calls missing") == 0


def test_ctrl_c_in_the_middle_of_a_day_leaves_a_running_demo_as_it_was(running: tuple[str, ...]) -> None:
    with subprocess.Popen([*DAY, *SMALL, *running], stdout=subprocess.PIPE, text=True) as day:
        assert day.stdout is not None
        # The line of an hour in which people are served.
        next(line for line in day.stdout if line.startswith("13:"))
        day.send_signal(signal.SIGINT)
        assert day.wait(PATIENCE_SECONDS) == 128 + signal.SIGINT
    # Counters that were still open, clerks still seated or people still in the hall would show here.
    again = play("--visitors", "4", "--clerks", "4", "--factor", "3000", *running)
    assert again.returncode == 0, again.stdout + again.stderr
    assert row(again.stdout, "called") <= 8


def test_ctrl_c_ends_the_day_with_its_demo_and_its_data(tmp_path: Path) -> None:
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen([*DAY, *SMALL], stdout=subprocess.PIPE, text=True, env=environment) as day:
        assert day.stdout is not None
        next(line for line in day.stdout if "4 clerks" in line)
        day.send_signal(signal.SIGINT)
        assert day.wait(PATIENCE_SECONDS) == 128 + signal.SIGINT
    assert list(tmp_path.iterdir()) == []
    assert not [pid for pid in Path("/proc").glob("[0-9]*") if str(tmp_path) in command_line(pid)]


def command_line(process: Path) -> str:
    try:
        return (process / "cmdline").read_text()
    except OSError:
        return ""


def test_an_office_without_devices_is_refused_in_a_sentence(demo_credentials: Path) -> None:
    played = play("--url", "http://127.0.0.1:9", "--credentials", str(demo_credentials))
    assert played.returncode == 1
    assert played.stderr == "Error: the credentials hold no devices of bsc-mitte\n"


def test_a_service_that_does_not_answer_is_told_in_a_sentence(demo_credentials: Path) -> None:
    demo_credentials.write_text(
        demo_credentials.read_text().replace("{}", '{"bsc-mitte": {"kiosk": "k", "display": "d"}}')
    )
    played = play("--url", "http://127.0.0.1:9", "--credentials", str(demo_credentials))
    assert played.returncode == 1
    assert "read office: no answer" in played.stderr
    assert "Traceback" not in played.stderr


@pytest.fixture(name="demo_credentials")
def credentials_of_nobody(tmp_path: Path) -> Path:
    file = tmp_path / "credentials.json"
    file.write_text(
        '{"base_url": "", "kiosk_url": null, "display_url": null, "users": {"clerk1": "x"}, "devices": {}}'
    )
    return file
