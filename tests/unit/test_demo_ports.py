"""The demo says at once which of its ports another program has, and starts nothing."""

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from queue_service.cli import main

NEIGHBOURS = range(30_060, 30_090, 3)
"""Ports at which a free row of three is looked for."""


def free_row() -> int:
    """Give the first of three ports in a row that nobody has."""
    for first in NEIGHBOURS:
        listening = []
        try:
            listening = [socket.create_server(("127.0.0.1", first + offset)) for offset in range(3)]
        except OSError:
            continue
        finally:
            for one in listening:
                one.close()
        return first
    pytest.skip("no three free ports in a row")


@pytest.mark.parametrize("offset", [0, 1, 2])
def test_a_taken_port_is_named_and_nothing_is_started(tmp_path: Path, offset: int) -> None:
    first = free_row()
    with socket.create_server(("127.0.0.1", first + offset)):
        told = CliRunner().invoke(main, ["demo", "--port", str(first), "--data-dir", str(tmp_path / "data")])
    assert told.exit_code == 1
    assert f"port {first + offset}: Address already in use" in told.output
    assert not (tmp_path / "data").exists()
