"""``queue-service day``: a working day through the public API; exit 1 when an invariant broke.

With ``--scenario`` the day is that of a file, and with ``--in-memory`` there are many of them, without a
service.
"""

import asyncio
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import click
import msgspec
from click.core import ParameterSource
from rich.console import Console

from queue_service.demo.installation import Credentials, read_credentials
from queue_service.offices.setup_mistakes import SetupError
from queue_service.queueing.order_policy import POLICIES
from queue_service.simulation.clearing_up import clear_up
from queue_service.simulation.day_invariants import broken_invariants
from queue_service.simulation.day_preparation import DayOrder, DayPlan, NoDayToPlay, prepare
from queue_service.simulation.day_progress import DayProgress
from queue_service.simulation.day_report import table
from queue_service.simulation.in_memory.comparison import compare_policies
from queue_service.simulation.in_memory.comparison_table import tables
from queue_service.simulation.in_memory.report_page import report_page
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
from queue_service.simulation.scenario import Scenario
from queue_service.simulation.scenario_file import NoSuchScenario, find_scenario
from queue_service.simulation.scenario_habits import habits_of, most_counters
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
TEAM_LEAD = "supervisor1"
"""Leads the demo's main office."""
DAYS = 250
"""About a year's open days."""
TABLE_WIDTH = 132
OF_A_SERVICE = {"office", "url", "credentials", "visitors", "clerks", "factor"}
IN_MEMORY_ONLY = {"days", "policies", "report"}
MOST_SHOWN = 40
"""Findings printed; their number is told."""


@click.command()
@click.option("--office", help="Slug of the office; a scenario names its own.")
@click.option("--scenario", "scenario_name", help="A scenario's file, or the name of one that comes along.")
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
@click.option(
    "--in-memory", is_flag=True, help="Play the scenario's days by the pure rules, without a service."
)
@click.option("--days", type=click.IntRange(1, 2000), default=DAYS, show_default=True, help="In memory.")
@click.option(
    "--policy",
    "policies",
    type=click.Choice(list(POLICIES)),
    multiple=True,
    help="In memory: a policy to compare, once for each; the scenario's own when none is given.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="In memory: an HTML file with charts.",
)
@click.pass_context
def day(context: click.Context, /, **options: Any) -> None:
    """Play a working day through the public API and check all of it; exit 1 when something broke."""
    _check_usage(context, options)
    console = Console(highlight=False)
    scenario = _scenario(options["scenario_name"])
    if options["in_memory"]:
        assert scenario is not None, "checked"
        _compare(scenario, options)
        return
    order = _order(context, options, scenario)
    try:
        broken = asyncio.run(_until_told_to_stop(order, options["url"], options["credentials"], console))
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


def _check_usage(context: click.Context, options: dict[str, Any]) -> None:
    """Refuse options that don't belong together. Raises click.UsageError."""
    given = {name for name in options if context.get_parameter_source(name) is ParameterSource.COMMANDLINE}
    if options["in_memory"]:
        if "scenario_name" not in given:
            raise click.UsageError("--in-memory needs --scenario.")
        useless = given & OF_A_SERVICE
        if useless:
            raise click.UsageError(f"--in-memory has no service: {_written(useless)} can't be given.")
        return
    useless = given & IN_MEMORY_ONLY
    if useless:
        raise click.UsageError(f"{_written(useless)} only with --in-memory.")
    if options["office"] is None and options["scenario_name"] is None:
        raise click.UsageError("Missing option '--office' (or '--scenario').")
    if (options["url"] is None) != (options["credentials"] is None):
        raise click.UsageError("--url and --credentials go together.")


def _written(names: Iterable[str]) -> str:
    return ", ".join(sorted(f"--{'policy' if name == 'policies' else name}" for name in names))


def _scenario(name: str | None) -> Scenario | None:
    try:
        return find_scenario(name) if name is not None else None
    except SetupError as wrong:
        click.echo(str(wrong), err=True)
        sys.exit(1)
    except (NoSuchScenario, OSError, UnicodeDecodeError) as unreadable:
        raise click.ClickException(str(unreadable)) from unreadable


def _order(context: click.Context, options: dict[str, Any], scenario: Scenario | None) -> DayOrder:
    """Return what is to be played; what is given on the command line goes before the scenario."""
    order = DayOrder(
        options["office"], options["visitors"], options["clerks"], options["seed"], options["factor"]
    )
    if scenario is None:
        return order
    by_scenario = {
        "office": scenario.office,
        "visitors": scenario.arrivals.visitors_a_day,
        "clerks": min(most_counters(scenario), MOST_CLERKS),
    }
    for name in by_scenario:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            by_scenario[name] = options[name]
    return msgspec.structs.replace(order, **by_scenario, habits=habits_of(scenario), rules=scenario.order)


def _compare(scenario: Scenario, options: dict[str, Any]) -> None:
    """Play the days, print the tables and write the report."""
    console = Console(highlight=False, width=TABLE_WIDTH)
    policies = tuple(dict.fromkeys(options["policies"])) or (scenario.order.policy,)
    with console.status(scenario.name) as status:

        def show(date: date) -> None:
            status.update(f"{scenario.name}: {date}")

        comparison = compare_policies(scenario, policies, options["days"], options["seed"], show)
    for table_of_policies in tables(comparison):
        console.print(table_of_policies)
    report: Path | None = options["report"]
    if report is not None:
        try:
            report.write_text(report_page(comparison), encoding="utf-8")
        except OSError as refused:
            raise click.ClickException(str(refused)) from refused
        console.print(f"{report} written.", markup=False)


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
            await _follow_rules(api, credentials, order)
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


async def _follow_rules(api: PublicApi, credentials: Credentials, order: DayOrder) -> None:
    """Let our own demo call as the scenario does; at a service that isn't ours the office's rules stay."""
    if order.rules is not None:
        session, _ = await api.log_in(TEAM_LEAD, credentials.users[TEAM_LEAD])
        await api.change_order(order.office, session.token, order.rules)


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
