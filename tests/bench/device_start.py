"""How soon a kiosk and a display have their page after a power cut, and what they hold of the machine.

    .venv/bin/python -m tests.bench.device_start [--repetitions 10]

starts PostgreSQL, the service, both programs and Chromium, with the programs bound to one core. A start
counts from the program's birth to the page that shows the office in a browser that was there already; how
long a box takes to boot up to there is its own affair. Memory is proportional (what is shared with other
processes counts by its share), of the program and its helpers, after it has served its page; the processor's
share is of one core, over half a minute in which nothing happens.
"""

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from playwright.sync_api import Page, expect
from rich.console import Console
from rich.table import Table

from queue_service.accounts.model import DeviceProfile
from queue_service.benchmark.command import TABLE_WIDTH
from queue_service.benchmark.installation import install_city
from queue_service.benchmark.processes import HOST, own_database, running_service
from queue_service.benchmark.verbs import quantile
from queue_service.devices import tokens
from queue_service.platform.clock import system_clock
from queue_service.platform.database import connect
from queue_service.platform.migrations import migrate
from tests.browser.real_chromium import WHOLE, started_chromium
from tests.system.display_process import RunningDisplay
from tests.system.kiosk_processes import KioskProcess

OFFICE = "bsc-mitte"
IDLE_SECONDS = 30.0
ONE_CORE = {0}

Start = Callable[[str], KioskProcess | RunningDisplay]
"""Starts a program for a service at an address."""


@contextmanager
def on_one_core() -> Iterator[None]:
    """Let what is started here share one core, as on a small box."""
    own = os.sched_getaffinity(0)
    os.sched_setaffinity(0, ONE_CORE)
    try:
        yield
    finally:
        os.sched_setaffinity(0, own)


def seconds_to_page(start: Start, service: str, page: Page, *, wanted: str) -> float:
    """Start the program, open its page, and wait until it shows what is wanted."""
    born = time.perf_counter()
    with on_one_core():
        device = start(service)
    page.goto(device.url)
    expect(page.get_by_text(wanted).first).to_be_visible(timeout=30_000)
    taken = time.perf_counter() - born
    page.goto("about:blank")
    device.stop()
    return taken


def weigh(start: Start, service: str, page: Page) -> tuple[float, float]:
    """Give megabytes and the share of one core of a program that serves its page and has nothing to do."""
    with on_one_core():
        device = start(service)
    page.goto(device.url)
    family = [device.pid, *_children_of(device.pid)]
    before = sum(map(_processor_seconds, family))
    # The measurement itself: so long is looked at what it does when nothing happens.
    time.sleep(IDLE_SECONDS)
    share = (sum(map(_processor_seconds, family)) - before) / IDLE_SECONDS
    megabytes = sum(map(_megabytes, family))
    page.goto("about:blank")
    device.stop()
    return megabytes, share


def _children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _megabytes(pid: int) -> float:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024


async def _two_tokens(dsn: str) -> tuple[str, str]:
    await migrate(dsn)
    conn = await connect(dsn)
    async with conn.transaction():
        await install_city(conn, system_clock())
    made = [
        (await tokens.make(conn, system_clock(), OFFICE, profile, "bench")).token
        for profile in (DeviceProfile.KIOSK, DeviceProfile.DISPLAY)
    ]
    await conn.close()
    return made[0], made[1]


@click.command()
@click.option("--repetitions", default=10, show_default=True)
def main(repetitions: int) -> None:
    """Measure starts with the service there and away, memory and idling."""
    table = Table("program", "service", "to the page, p50 s", "slowest s", "memory MB", "idle, of a core")
    with (
        own_database() as (dsn, directory),
        TemporaryDirectory() as folder,
        ExitStack() as until_the_end,
    ):
        # Before the browser, whose driver takes the event loop of this thread.
        kiosk_token, display_token = asyncio.run(_two_tokens(dsn))
        browser = until_the_end.enter_context(started_chromium(WHOLE))
        (Path(folder) / "kiosk.token").write_text(kiosk_token)
        programs: dict[str, tuple[Start, str]] = {
            "kiosk": (lambda service: KioskProcess(service, Path(folder) / "kiosk"), "Ich habe einen Termin"),
            "display": (
                lambda service: RunningDisplay(service, Path(folder) / "display", token=display_token),
                "BürgerServiceCenter-Mitte",
            ),
        }
        page = browser.new_page()
        held: dict[str, tuple[float, float]] = {}
        with running_service(dsn, directory) as (port, _):
            service = f"http://{HOST}:{port}"
            for name, (start, wanted) in programs.items():
                taken = [seconds_to_page(start, service, page, wanted=wanted) for _ in range(repetitions)]
                held[name] = weigh(start, service, page)
                _add(table, name, "there", taken, held[name])
        for name, (start, wanted) in programs.items():
            taken = [seconds_to_page(start, service, page, wanted=wanted) for _ in range(repetitions)]
            _add(table, name, "away", taken, None)
    Console(width=TABLE_WIDTH).print(table)


def _add(table: Table, name: str, service: str, taken: list[float], held: tuple[float, float] | None) -> None:
    figures = (f"{held[0]:.0f}", f"{held[1]:.1%}") if held else ("", "")
    table.add_row(name, service, f"{quantile(taken, 0.5):.1f}", f"{max(taken):.1f}", *figures)


if __name__ == "__main__":
    main()
