"""How long it takes from the clerk's key to the picture and to the first sample of the gong.

    .venv/bin/python -m tests.bench.call_to_sound [--calls 30]

starts PostgreSQL, the service, a display that plays by a sound command and one that plays in Chromium, and
lets a clerk call one visitor after the other over HTTP, each when the one before was said to its end. The
key is the moment before the request is sent. The picture is there when the wall page has the state that
shows the call; the sound when the sound command has read the first sample, or when the browser says that
it plays. All clocks are this machine's. Says something only on a machine that does nothing else.
"""

import asyncio
import json
import os
import shlex
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import httpx
from playwright.sync_api import Page, sync_playwright
from rich.console import Console as Terminal
from rich.table import Table
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from queue_service.benchmark.command import TABLE_WIDTH
from queue_service.benchmark.processes import HOST, own_database, running_service
from queue_service.benchmark.verbs import quantile
from queue_service.demo import installation as demo
from queue_service.platform.clock import system_clock
from queue_service.platform.database import Database
from queue_service.platform.migrations import migrate
from tests.browser.real_chromium import WHOLE
from tests.browser.wall_browser import flags_for_tests
from tests.system.display_process import RunningDisplay, running_display

OFFICE, COUNTER, SERVICE = "bsc-mitte", "bsc-mitte.1", "personalausweis"
WITHIN_MS = 300
"""From the key to the first sample (issue 5)."""
HEADER_BYTES = 44
"""Of a WAV; the sample after it is heard first."""
SAID_WITHIN_SECONDS = 30.0
PAUSE_SECONDS = 1.0
"""After an announcement, so that the next call finds both displays at rest."""
AHEAD_WITHIN_SECONDS = 300.0

HEARING = """
    window.heard = [];
    document.addEventListener("playing", ({ target }) => window.heard.push({
        source: target.currentSrc, at: (performance.timeOrigin + performance.now()) / 1000,
    }), true);
"""
"""Writes down when the browser begins to play, in seconds of the day's clock."""


class Ear:
    """Reads what the sound command writes and notes when the first sample comes."""

    def __init__(self, directory: Path) -> None:
        self.pipe = directory / "loudspeaker"
        os.mkfifo(self.pipe)
        self.heard: list[float] = []
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def command(self) -> str:
        """The sound command of the display."""
        return f"dd status=none bs=4k of={shlex.quote(str(self.pipe))}"

    def first_after(self, key: float) -> float:
        """Give the instant of the first sample after the key."""
        return next(at for at in self.heard if at > key)

    def _listen(self) -> None:
        while True:
            with self.pipe.open("rb") as sound:
                if len(sound.read(HEADER_BYTES + 2)) == HEADER_BYTES + 2:
                    self.heard.append(time.time())
                while sound.read(1 << 16):
                    pass


class Eye:
    """Follows a display as its wall page does and notes when it first shows a number large."""

    def __init__(self, display: RunningDisplay) -> None:
        self._address = display.url.replace("http", "ws") + "api/events"
        self.seen: dict[str, float] = {}
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        try:
            with connect(self._address, proxy=None) as page:
                for message in page:
                    at = time.time()
                    current = json.loads(message).get("state", {}).get("current")
                    if current:
                        self.seen.setdefault(current["number"], at)
        except ConnectionClosed:
            return


class Desk:
    """A clerk at one counter, and a kiosk that never runs out of visitors."""

    def __init__(self, port: int, known: demo.Credentials) -> None:
        service = httpx.Client(base_url=f"http://{HOST}:{port}/api/v1", trust_env=False, timeout=10)
        login = {"username": "clerk1", "password": known.users["clerk1"]}
        token = service.post("/session", json=login).raise_for_status().json()["token"]
        self._clerk = service
        self._clerk.headers["authorization"] = f"Bearer {token}"
        self._kiosk = {"authorization": f"Bearer {known.devices[OFFICE]['kiosk']}"}
        self._clerk.post(f"/counters/{COUNTER}/open").raise_for_status()

    def call(self) -> tuple[str, str, float, float]:
        """Call a visitor; gives id and number of the ticket, the instant of the key and of the answer."""
        wish = {"service": SERVICE}
        self._clerk.post(f"/offices/{OFFICE}/tickets", json=wish, headers=self._kiosk).raise_for_status()
        key = time.time()
        answer = self._clerk.post(f"/counters/{COUNTER}/call-next")
        answered = time.time()
        ticket = answer.raise_for_status().json()["ticket"]
        return ticket["id"], ticket["number"], key, answered

    def finish(self, ticket: str) -> None:
        """Serve the visitor in no time."""
        for verb in ("start", "finish"):
            self._clerk.post(f"/tickets/{ticket}/{verb}").raise_for_status()


async def build(dsn: str) -> demo.Credentials:
    """Install the demo in an empty database."""
    await migrate(dsn)
    database = Database(dsn, connections=1)
    await database.open()
    async with database.transaction() as conn:
        known = await demo.install(conn, system_clock(), None)
    await database.close()
    return known


@contextmanager
def wall_page(display: RunningDisplay) -> Iterator[Page]:
    """The wall in a browser of its own, with the documented flags."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=WHOLE, args=flags_for_tests())
        page = browser.new_page()
        page.add_init_script(HEARING)
        page.goto(display.url)
        display.line("page_came")
        yield page
        browser.close()


def wait_until_said_ahead(display: RunningDisplay) -> int:
    """Wait until the next hours' sentences are there; gives how many."""
    deadline = time.monotonic() + AHEAD_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if made := display.events("said_ahead"):
            return int(made[0]["sentences"])
        # A bounded poll of what another process logs.
        time.sleep(PAUSE_SECONDS)
    sys.exit("the sentences of the next hours were not made in time")


def wait_until_said(displays: list[RunningDisplay], number: str) -> None:
    """Wait until both have said a call to its end."""
    deadline = time.monotonic() + SAID_WITHIN_SECONDS
    while time.monotonic() < deadline:
        states = [display.state() for display in displays]
        said = [call for state in states for call in state["calls"] if call["number"] == number]
        over = all(state["announcing"] is None and not state["to_be_said"] for state in states)
        if over and all(call["announced_at"] for call in said) and len(said) == len(displays):
            time.sleep(PAUSE_SECONDS)
            return
        time.sleep(PAUSE_SECONDS / 4)
    sys.exit(f"{number} was not said")


def measure(
    desk: Desk, loud: RunningDisplay, shown: RunningDisplay, ear: Ear, page: Page, calls: int
) -> Table:
    """Call so many visitors and give the times."""
    eye = Eye(shown)
    taken: dict[str, list[float]] = defaultdict(list)
    for _ in range(calls):
        ticket, number, key, answered = desk.call()
        wait_until_said([loud, shown], number)
        # The gong, where it sounds before the words.
        heard = page.evaluate("key => window.heard.find(({ at }) => at > key).at", key)
        taken["the clerk's own answer"].append(answered - key)
        taken["picture: the wall page has the call"].append(eye.seen[number] - key)
        taken["sound: first sample at the sound command"].append(ear.first_after(key) - key)
        taken["sound: Chromium plays"].append(heard - key)
        desk.finish(ticket)
    table = Table("from the clerk's key to", "p50 ms", "p90 ms", "p99 ms", "max ms", f"over {WITHIN_MS} ms")
    for name, seconds in taken.items():
        ms = [1000 * value for value in seconds]
        figures = (quantile(ms, 0.5), quantile(ms, 0.9), quantile(ms, 0.99), max(ms))
        over = sum(value > WITHIN_MS for value in ms)
        table.add_row(name, *(f"{value:.0f}" for value in figures), f"{over} of {len(ms)}")
    return table


@click.command()
@click.option("--calls", default=30, show_default=True, help="Calls that are timed; each takes 13 s.")
@click.option("--ahead/--cold", default=True, help="Whether the words were made before, or are made now.")
def main(calls: int, *, ahead: bool) -> None:
    """Measure calls and print the times."""
    terminal = Terminal(highlight=False, width=TABLE_WIDTH)
    with own_database() as (dsn, directory):
        known = asyncio.run(build(dsn))
        token = known.devices[OFFICE]["display"]
        ear = Ear(directory)
        by_command = ("--sound", "device", "--sound-command", ear.command)
        with (
            running_service(dsn, directory) as (port, _),
            running_display(f"http://{HOST}:{port}", directory / "loud", *by_command, token=token) as loud,
            running_display(f"http://{HOST}:{port}", directory / "shown", token=token) as shown,
            wall_page(shown) as page,
        ):
            for display in (loud, shown):
                display.line("service_link_up")
                display.line("voice_ready")
                if ahead:
                    terminal.print(f"{wait_until_said_ahead(display)} sentences were spoken ahead")
            terminal.print(measure(Desk(port, known), loud, shown, ear, page, calls))


if __name__ == "__main__":
    main()
