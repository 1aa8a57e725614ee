"""One kiosk and the stand-in that it talks to, for each file of tests of its page."""

from collections.abc import Iterator

import pytest

from tests.system.kiosk_processes import KioskProcess, StandInProcess, kiosk_running, stand_in_running


@pytest.fixture(scope="module")
def service() -> Iterator[StandInProcess]:
    """What the kiosk takes for the service."""
    with stand_in_running() as program:
        yield program


@pytest.fixture(scope="module")
def kiosk(service: StandInProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KioskProcess]:
    """The kiosk's program, connected."""
    with kiosk_running(service.url, tmp_path_factory.mktemp("kiosk")) as program:
        yield program.connected()
