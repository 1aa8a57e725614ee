"""The units that are shipped: commands that exist, programs locked in, no device that waits for a network."""

import configparser
import shlex
from collections.abc import Mapping
from pathlib import Path

import click
import pytest

from display.app import main as display
from kiosk.app import main as kiosk
from queue_service.cli import main as service

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
PROGRAMS: Mapping[str, click.Command] = {
    "queue-service": service,
    "queue-kiosk": kiosk,
    "queue-display": display,
}
LOCKED_IN = {
    "DynamicUser": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "RestrictNamespaces": "yes",
    "UMask": "0077",
    "Restart": "always",
}
ENVIRONMENT = {
    "${QUEUE_SERVICE_URL}": "https://termine.example.de",
    "${PRINTER}": "pdf",
    "${SOUND}": "page",
    "%S": "/var/lib",
}


def unit(name: str) -> configparser.ConfigParser:
    """Read a unit; of a directive that stands several times, the last line."""
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters="=")
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # directives keep their capitals
    parser.read(UNITS / f"{name}.service", encoding="utf-8")
    return parser


def command(name: str) -> list[str]:
    line = unit(name)["Service"]["ExecStart"]
    for variable, value in ENVIRONMENT.items():
        line = line.replace(variable, value)
    return shlex.split(line)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_units_command_is_one_that_its_program_understands(name: str) -> None:
    program, *arguments = command(name)
    assert Path(program).name == name
    with PROGRAMS[name].make_context(name, arguments) as context:
        if isinstance(PROGRAMS[name], click.Group):
            known = PROGRAMS[name].list_commands(context)  # type: ignore[attr-defined]
            assert arguments[0] in known


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_is_locked_in_and_started_again(name: str) -> None:
    directives = unit(name)["Service"]
    assert {directive: directives[directive] for directive in LOCKED_IN} == LOCKED_IN


@pytest.mark.parametrize("name", ["kiosk", "display"])
def test_a_device_starts_without_network_and_is_watched(name: str) -> None:
    told = unit(f"queue-{name}")
    assert "network" not in told["Unit"]["After"]
    assert told["Unit"]["StartLimitIntervalSec"] == "0", "it is never given up"
    assert (told["Service"]["Type"], told["Service"]["WatchdogSec"]) == ("notify", "30")


@pytest.mark.parametrize("name", ["kiosk", "display"])
def test_a_screen_shows_the_page_of_its_program_and_may_sound(name: str) -> None:
    told = unit(f"queue-{name}-screen")
    assert told["Unit"]["Requires"] == f"queue-{name}.service"
    port = command(f"queue-{name}")[command(f"queue-{name}").index("--port") + 1]
    words = command(f"queue-{name}-screen")
    assert words[-1] == f"http://127.0.0.1:{port}/"
    assert "--autoplay-policy=no-user-gesture-required" in words
