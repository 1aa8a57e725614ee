"""How long the 115 console takes from a key to the painted answer, step by step.

    .venv/bin/python -m tests.bench.console_steps [--repetitions 30]

starts PostgreSQL, the service and Chromium, plays calls by keyboard alone in a city of fifty offices
that is full for 25 working days, and prints a table. A step's time begins when the browser gets the key
and ends after the frame that shows the answer was painted: frames come every 17 ms, so that much of each
figure is waiting for the screen. Says something about the console only on a machine that does nothing else.
"""

import asyncio
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from playwright.sync_api import expect
from rich.console import Console as Terminal
from rich.table import Table

from queue_service.benchmark.command import TABLE_WIDTH
from queue_service.benchmark.installation import OFFICES, install_city
from queue_service.benchmark.processes import HOST, own_database, running_service
from queue_service.benchmark.slot_city import FULL_DAYS, fill_city
from queue_service.benchmark.verbs import quantile
from queue_service.platform.clock import system_clock
from queue_service.platform.database import Database
from queue_service.platform.migrations import migrate
from tests.browser.demo_office import DemoService
from tests.browser.phone.phone_console import AGENT, Agent, Console
from tests.browser.real_chromium import WHOLE, started_chromium

IN_PAGE = Path(__file__).with_name("key_to_paint.js")
WITHIN_MS = 100
"""The answer to a key that feels like no waiting (issue 3, "every step answers within 100 ms")."""
KEYS_OF_A_BOOKING = 12
"""Key strokes from the first key to "booked" in the common case, typed words not counted."""
WARM_UP = 2
"""Calls before the clock runs: statements are prepared, scripts compiled."""
SERVICE = "personalausweis"


class TimedConsole:
    """The console with a clock beside it: each step is one key and what it has to bring about."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.taken: dict[str, list[float]] = defaultdict(list)
        """By step: milliseconds from the key to the painted answer."""
        self.keys = 0
        """Of the last booking in the common way."""
        console.page.evaluate(IN_PAGE.read_text())

    def step(self, name: str, key: str, answer: str) -> None:
        """Press the key and wait until the answer is painted."""
        page = self.console.page
        page.evaluate("answer => keyToPaint.arm(answer)", answer)
        self.console.press(key)
        self.taken[name].append(page.evaluate("() => keyToPaint.painted()"))

    def book(self, name: str, phone: str) -> str:
        """Book the earliest place in the common way; gives the reference."""
        first, rest = SERVICE[0], SERVICE[1:5]
        self.console.begin_call()
        self.step("first letter → services", first, "listed")
        self.console.pressed = 0  # it belongs to a typed word
        self.console.type(rest)
        self.step("service → places of the city", "Enter", "offered")
        self.step("1–9 → held, with countdown", "1", "held")
        self.console.type(name)
        self.console.press("Tab")
        self.console.type(phone)
        self.console.press("Tab", "ArrowLeft")
        self.step("contact → read back", "Enter", "read back")
        self.step("confirm → booked, code spelled", "Enter", "booked")
        self.keys = self.console.pressed
        reference = self.console.page.locator("#booked-reference").inner_text()
        self.step("next call", "F9", "at a new call")
        return reference

    def move(self, reference: str) -> None:
        """Find the appointment by its number and give it another place."""
        self.console.press("F8")
        self.console.type(reference)
        self.step("find by reference", "Enter", "one found")
        self.console.press("Tab")
        self.step("move → new places", "Enter", "new places")
        self.step("move: 1–9 → read back", "2", "move read back")
        self.step("move → moved", "Enter", "booked")
        self.console.begin_call()

    def cancel(self, name: str, phone: str) -> None:
        """Find the appointment by name, then by telephone, and cancel it."""
        self.console.press("F8")
        self.console.type(name)
        self.step("find by name", "Enter", "hits listed")
        self.console.begin_call()
        self.console.press("F8")
        self.console.type(phone)
        self.step("find by telephone", "Enter", "hits listed")
        self.step("open a hit", "1", "one found")
        self.console.press("Tab", "Tab")
        self.step("cancel → sure?", "Enter", "sure to cancel")
        self.step("cancel → cancelled", "Enter", "cancelled")

    def look_around(self) -> None:
        """Turn pages, narrow down, open the calendar and the facility card."""
        self.console.begin_call()
        self.console.choose_service(SERVICE)
        self.step("0 → nine more places", "0", "turned")
        self.step("T → mornings only", "t", "in the morning")
        self.step("K → calendar", "k", "mapped")
        self.step("calendar → places of a day", "Enter", "chosen in the map")
        self.step("F7 → facility card", "F7", "carded")
        self.console.press("Escape")


def play_calls(timed: TimedConsole, repetitions: int) -> None:
    """Play so many rounds of calls; each books, moves, finds and cancels for another person."""
    for number in range(repetitions + WARM_UP):
        if number == WARM_UP:
            timed.taken.clear()
        name, phone = f"Messung {_as_letters(number)}", f"0421 36{100_000 + number}"
        timed.move(timed.book(name, phone))
        timed.cancel(name, phone)
        timed.look_around()
    if timed.keys > KEYS_OF_A_BOOKING:
        raise SystemExit(f"{timed.keys} key strokes for a booking, {KEYS_OF_A_BOOKING} are allowed")


def _as_letters(number: int) -> str:
    """A number as a surname has it: names hold no digits."""
    return "".join(chr(ord("a") + int(digit)) for digit in f"{number:03}").capitalize()


def table_of(timed: TimedConsole) -> Table:
    """Give the steps as a table, in the order in which they were first taken."""
    table = Table("from the key to the painted answer", "p50 ms", "p95 ms", "max ms", f"over {WITHIN_MS} ms")
    for name, taken in timed.taken.items():
        over = sum(value > WITHIN_MS for value in taken)
        figures = (quantile(taken, 0.5), quantile(taken, 0.95), max(taken))
        table.add_row(name, *(f"{value:.0f}" for value in figures), f"{over} of {len(taken)}")
    return table


async def build(dsn: str) -> dict[str, str]:
    """Build the city in an empty database; gives its people's passwords."""
    await migrate(dsn)
    database = Database(dsn, connections=1)
    await database.open()
    async with database.transaction() as conn:
        city = await install_city(conn, system_clock())
    async with database.connection() as conn:
        await fill_city(conn)
    await database.close()
    return city.credentials.users


@contextmanager
def agent_in_the_city() -> Iterator[Agent]:
    """Give an agent who has logged in; browser, service and database are gone afterwards."""
    with own_database() as (dsn, directory):
        users = asyncio.run(build(dsn))  # before the browser, whose driver brings an event loop of its own
        with running_service(dsn, directory) as (port, _), started_chromium(WHOLE) as chromium:
            agent = Agent(DemoService(f"http://{HOST}:{port}", users, {}), chromium, AGENT)
            yield agent
            agent.leave()


@click.command()
@click.option("--repetitions", default=30, show_default=True, help="Calls of each kind that are timed.")
def main(repetitions: int) -> None:
    """Measure the console's steps and print them."""
    terminal = Terminal(highlight=False, width=TABLE_WIDTH)
    with agent_in_the_city() as agent:
        timed = TimedConsole(agent.console)
        play_calls(timed, repetitions)
        expect(agent.console.page.locator("#error")).to_be_empty()
        terminal.print(f"{OFFICES} offices, full for {FULL_DAYS} working days")
        terminal.print(table_of(timed))
        terminal.print(f"{timed.keys} key strokes from the first key to “booked”, beside the typed words")
        if agent.console.thrown:
            sys.exit("\n".join(agent.console.thrown))


if __name__ == "__main__":
    main()
