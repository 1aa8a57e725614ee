"""A demo service of its own and the distribution's Chromium, for tests that look at pages."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.demo_office import DemoService, Hall
from tests.browser.real_chromium import SHELL, started_chromium

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
AXE_CONTRAST = Path(__file__).with_name("axe_contrast.js")
WCAG_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
STOP_WITHIN_SECONDS = 30
PATIENCE_MS = 10_000
"""How long a page may take until a test gives up on it; the machine may be busy."""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def demo_service() -> Iterator[DemoService]:
    """``queue-service demo`` without devices, in a directory of its own."""
    # Not under pytest's directory: as root the database is another account's, which pytest locks
    # out of that directory whenever a second session starts.
    data_dir = Path(tempfile.mkdtemp(prefix="queue-pages-"))
    program = Path(sys.executable).with_name("queue-service")
    port = str(_free_port())
    log = data_dir / "demo.log"
    command = [str(program), "demo", "--port", port, "--data-dir", str(data_dir), "--no-devices"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("QUEUE_")}
    # Pages that follow a forecast shouldn't make a test wait for it.
    environment["QUEUE_FORECAST_SECONDS"] = "2"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment
        ) as process,
    ):
        assert process.stdout is not None
        ready = any("ready" in line for line in process.stdout)
        try:
            assert ready, log.read_text()
            yield msgspec.json.decode((data_dir / "credentials.json").read_bytes(), type=DemoService)
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=STOP_WITHIN_SECONDS)
            shutil.rmtree(data_dir)


# Not for the whole session: Playwright's loop would still run when the next file's tests want theirs.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The distribution's Chromium, without a window and what belongs to one."""
    with started_chromium(SHELL) as browser:
        yield browser


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages in browsers that know nothing yet; a page that throws an error fails the test."""
    contexts: list[BrowserContext] = []
    thrown: list[str] = []

    def open_one(**options: Any) -> Page:
        wanted = {"locale": "de-DE", "viewport": {"width": 1280, "height": 800}, **options}
        context = chromium.new_context(**wanted)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: thrown.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert thrown == []


@pytest.fixture(scope="session")
def hall_of_the_day(demo_service: DemoService) -> Iterator[Hall]:
    """The office with its people, who log in once."""
    here = Hall(demo_service)
    yield here
    here.close()


@pytest.fixture
def hall(hall_of_the_day: Hall) -> Iterator[Hall]:
    """The office, empty before and after the test."""
    hall_of_the_day.empty()
    yield hall_of_the_day
    hall_of_the_day.empty()


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], None]:
    """Assert that axe-core finds nothing on the page as it is now, and no bad contrast in any theme."""
    source, contrast = AXE.read_text(), AXE_CONTRAST.read_text()
    passed: set[int] = set()

    def check(page: Page) -> None:
        if page.evaluate("window.axe === undefined"):
            page.evaluate(source)
        result = page.evaluate(
            "tags => axe.run(document, {runOnly: tags, rules: {'color-contrast': {enabled: false}}})",
            WCAG_TAGS,
        )
        found = [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in result["violations"]]
        assert found == []
        colours = page.evaluate(contrast, list(passed))
        assert colours["found"] == []
        passed.update(colours["passed"])

    return check
