"""``queue-service day``: a working day through the public API; exit 1 when an invariant broke."""

import asyncio
import signal
import sys
from contextlib import suppress
from pathlib import Path

import click
import msgspec
from rich.console import Console

from queue_service.demo.installation import Credentials, read_credentials
from queue_service.simulation.clearing_up import clear_up
from queue_service.simulation.day_invariants import broken_invariants
from queue_service.simulation.day_preparation import DayOrder, DayPlan, NoDayToPlay, prepare
from queue_service.simulation.day_progress import DayProgress
from queue_service.simulation.day_report import table
from queue_service.simulation.office_day import OfficeDay, TooSlow
from queue_service.simulation.own_demo import OwnDemo, OwnDemoError
from queue_service.simulation.player import (
    Devices,
    PlayedDay,
    clock_of_player,
    clock_of_service,
    new_day,
    play,
    start_of_rehearsal,
)
from queue_service.simulation.public_api import PublicApi, Traffic, UnexpectedAnswer
from queue_service.simulation.staff_session import StaffSession

MOST_CLERKS = 25
"""About the counters of BSC Mitte."""
VISITORS = 800
"""BSC Mitte: about 200,000 contacts a year."""
SEED = 20260202
"""The day on which BSC Mitte opened in Martinistraße; any number gives another day."""
INTERRUPTED = 130
"""What shells expect of a program that Ctrl-C ended."""
SLOWER = 4
"""By so much, when the machine could not keep up."""
MOST_SHOWN = 40
"""Findings printed; their number is told."""


@click.command()
@click.option("--office", required=True, help="Slug of the office.")
@click.option("--url", help="A running service. Without it, a demo of its own is started and ended.")
@click.option(
    "--credentials",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="credentials.json of the running demo.",
)
@click.option("--visitors", type=click.IntRange(1, 5000), default=VISITORS, show_default=True)
@click.option("--clerks", type=click.IntRange(1, MOST_CLERKS), default=MOST_CLERKS, show_default=True)
@click.option("--seed", type=int, default=SEED, show_default=True, help="Another number, another day.")
@click.option(
    "--factor",
    type=click.FloatRange(1, 5000),
    help="How many times faster than real time; measured when not given.",
)
def day(
    office: str,
    url: str | None,
    credentials: Path | None,
    visitors: int,
    clerks: int,
    seed: int,
    factor: float | None,
) -> None:
    """Play a working day through the public API and check all of it; exit 1 when something broke."""
    if (url is None) != (credentials is None):
        raise click.UsageError("--url and --credentials go together.")
    order = DayOrder(office, visitors, clerks, seed, factor)
    console = Console(highlight=False)
    try:
        broken = asyncio.run(_until_told_to_stop(order, url, credentials, console))
    except (NoDayToPlay, OwnDemoError, TooSlow, UnexpectedAnswer) as wrong:
        raise click.ClickException(str(wrong)) from wrong
    except (KeyboardInterrupt, asyncio.CancelledError):
        console.print("Stopped.")
        sys.exit(INTERRUPTED)
    for finding in broken[:MOST_SHOWN]:
        console.print(finding, markup=False, style="red")
    if broken:
        console.print(f"{len(broken)} invariants broken." if len(broken) > 1 else "1 invariant broken.")
        sys.exit(1)
    console.print("All invariants hold.")


async def _until_told_to_stop(
    order: DayOrder, url: str | None, credentials: Path | None, console: Console
) -> list[str]:
    """Play; SIGTERM ends it like Ctrl-C, with the demo that was started."""
    this = asyncio.current_task()
    assert this is not None, "asyncio.run gives one"
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    if url is None or credentials is None:
        try:
            return await _play_own(order, console)
        except TooSlow as slow:
            # Others use this machine too; what was measured at the start no longer holds.
            slower = slow.factor / SLOWER
            console.print(f"{slow} Once more from the start, {slower:.0f} times as fast as real time.")
            return await _play_own(msgspec.structs.replace(order, factor=slower), console)
    known = read_credentials(credentials)
    if known is None:
        raise click.UsageError(f"{credentials} does not hold what queue-service demo writes.")
    return await _play_at(order, url.rstrip("/"), known, console)


async def _play_own(order: DayOrder, console: Console) -> list[str]:
    """Start a demo, book the day before, start it again with the day's clock, play, verify."""
    with OwnDemo() as demo:
        console.print("Starting a demo, booking appointments …")
        traffic = Traffic()
        credentials = await demo.start()
        devices = _devices(order, credentials)
        async with PublicApi(credentials.base_url, traffic) as api:
            plan = await prepare(api, credentials.base_url, credentials.users, order, on_the_day=True)
        demo.stop()
        _tell(console, plan)
        credentials = await demo.start((start_of_rehearsal(plan), plan.factor))
        async with PublicApi(credentials.base_url, traffic) as api:
            first = plan.clerks[0]
            clock = await clock_of_service(api, first, credentials.users[first], plan.factor)
            day = new_day(api, credentials.base_url, plan, clock)
            sessions = _sessions(day, plan, credentials)
            played = await play(day, plan, sessions, devices, DayProgress(console, plan).watch)
        verified = await demo.verify(clock.now())
        broken = _tell_outcome(console, plan, played, traffic, alone=True)
        console.print("verify: " + ("all invariants hold" if not verified else f"{len(verified)} findings"))
        demo.keep = bool(broken or verified)
        if demo.keep:
            console.print(f"The data are kept in {demo.data_dir}.")
        return [*broken, *(f"verify: {finding}" for finding in verified)]


async def _play_at(order: DayOrder, url: str, credentials: Credentials, console: Console) -> list[str]:
    """Play at a service that runs by the real clock, beside whoever uses it."""
    credentials.base_url = url
    devices = _devices(order, credentials)
    traffic = Traffic()
    async with PublicApi(url, traffic) as api:
        plan = await prepare(api, credentials.base_url, credentials.users, order, on_the_day=False)
        _tell(console, plan)
        day = new_day(api, url, plan, clock_of_player(plan))
        sessions = _sessions(day, plan, credentials)
        try:
            played = await play(day, plan, sessions, devices, DayProgress(console, plan).watch)
        finally:
            # Whatever is refused here is noted in the traffic.
            with suppress(UnexpectedAnswer):
                await clear_up(api, plan, sessions, day.tickets)
    broken = _tell_outcome(console, plan, played, traffic, alone=False)
    console.print("verify: not run, the database is not ours")
    return broken


def _sessions(day: OfficeDay, plan: DayPlan, credentials: Credentials) -> dict[str, StaffSession]:
    """The clerks' log-ins by the counters where they are going to sit."""
    return {
        shift.counter.id: StaffSession(day.api, name, credentials.users[name], day.clock.service_now)
        for shift, name in zip(plan.shifts, plan.clerks, strict=True)
    }


def _devices(order: DayOrder, credentials: Credentials) -> Devices:
    held = credentials.devices.get(order.office)
    if held is None:
        raise NoDayToPlay(f"the credentials hold no devices of {order.office}")
    return Devices(held["kiosk"], held["display"])


def _tell(console: Console, plan: DayPlan) -> None:
    measured = ""
    if plan.speed is not None:
        commands, answer = plan.speed.commands_a_second, plan.speed.answer_seconds * 1000
        measured = f" ({commands:.0f} commands a second, an answer in {answer:.0f} ms)"
    console.print(
        f"{plan.office_name}, {plan.opens:%a %d %b %H:%M}-{plan.closes:%H:%M}: {len(plan.arrivals)} of "
        f"{plan.visitors} visitors come, {len(plan.bookings)} booked, {len(plan.shifts)} clerks; "
        f"{plan.factor:.0f} times as fast{measured}"
    )


def _tell_outcome(
    console: Console, plan: DayPlan, played: PlayedDay, traffic: Traffic, *, alone: bool
) -> list[str]:
    console.print(table(plan, played, traffic.seconds))
    if played.broken_off:
        # What is half done by then is no finding of its own.
        return [*traffic.unexpected, *played.ledger.findings]
    return [*traffic.unexpected, *broken_invariants(played.ledger, alone=alone)]
