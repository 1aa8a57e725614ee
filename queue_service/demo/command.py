"""``queue-service demo``: the whole office on one machine, from one command."""

import asyncio
import os
import socket
import sys
import urllib.error
import urllib.request
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from queue_service.demo import installation
from queue_service.demo.supervisor import Program, end, supervise
from queue_service.platform.database import Database
from queue_service.platform.embedded_postgres import EmbeddedPostgres
from queue_service.platform.migrations import migrate
from queue_service.settings import PREFIX, Settings
from queue_service.shell import data_dir_option, shell_settings

PROBE_SECONDS = 1.0
LOOPBACK = "127.0.0.1"
"""Where kiosk and display listen, whatever the service does."""
SHOWN_USERS = ("clerk1", "clerk2", "agent1", "reception1", "supervisor1", "admin")


async def prepare(dsn: str, settings: Settings, now: datetime, *, devices: bool) -> installation.Credentials:
    """Migrate, install the demo and write ``credentials.json``."""
    await migrate(dsn)
    database = Database(dsn, connections=2)
    await database.open()
    file = settings.data_dir / "credentials.json"
    try:
        async with database.transaction() as conn:
            credentials = await installation.install(conn, now, installation.read_credentials(file))
    finally:
        await database.close()
    credentials.base_url = f"http://{settings.host}:{settings.port}"
    if devices:
        credentials.kiosk_url = f"http://{settings.host}:{settings.port + 1}"
        credentials.display_url = f"http://{settings.host}:{settings.port + 2}"
    installation.write_credentials(file, credentials)
    return credentials


def run(service: Program, settings: Settings, credentials: installation.Credentials) -> None:
    """Run the service and, where wanted, one kiosk and one display, until told to stop."""
    programs = [service, *_devices(settings, credentials)]
    supervise(programs, lambda: _is_ready(credentials.base_url), lambda: tell(credentials))


def _service(dsn: str, settings: Settings, *, with_devices: bool) -> Program:
    environment = {
        f"{PREFIX}DATABASE_URL": dsn,
        f"{PREFIX}HOST": settings.host,
        f"{PREFIX}PORT": str(settings.port),
        f"{PREFIX}DATA_DIR": str(settings.data_dir),
        f"{PREFIX}DEMO": "true",
        f"{PREFIX}NOTICES_TO_FILES": "true",
        # Whoever tries it out books for Erika Mustermann again and again, all from one machine.
        f"{PREFIX}ONLINE_BOOKINGS_PER_SERVICE": "100",
        f"{PREFIX}ONLINE_BOOKINGS_PER_PERSON": "1000",
        f"{PREFIX}ONLINE_BOOKINGS_PER_ADDRESS": "1000",
        f"{PREFIX}DEMO_DEVICES": str(with_devices).lower(),
        f"{PREFIX}LOG_FORMAT": "console" if sys.stderr.isatty() else settings.log_format,
    }
    return Program("service", "queue_service.cli:main", ["serve"], environment, needs="queue_service.app")


def _devices(settings: Settings, credentials: installation.Credentials) -> list[Program]:
    tokens = credentials.devices[installation.MAIN_OFFICE]
    programs = []
    for name, offset, url in (("kiosk", 1, credentials.kiosk_url), ("display", 2, credentials.display_url)):
        if url is None:
            continue
        token_file = settings.data_dir / f"{name}.token"
        installation.write_secret(token_file, tokens[name] + "\n")
        arguments = [
            *("--service", credentials.base_url, "--token-file", str(token_file)),
            *("--port", str(settings.port + offset), "--data-dir", str(settings.data_dir / name)),
        ]
        programs.append(Program(name, f"{name}.app:main", arguments, None))
    return programs


def _is_ready(base_url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base_url}/readyz", timeout=PROBE_SECONDS) as answer:  # noqa: S310 - our own
            return answer.status == 200  # type: ignore[no-any-return]
    except (urllib.error.URLError, OSError):
        return False


def tell(credentials: installation.Credentials) -> None:
    """Print where everything is and who can log in."""
    console = Console(stderr=False, highlight=False)
    places = Table(box=None, show_header=False, pad_edge=False)
    places.add_row("Appointments (citizens)", f"{credentials.base_url}/")
    places.add_row("Desk (clerks)", f"{credentials.base_url}/desk")
    places.add_row("115 console (agents)", f"{credentials.base_url}/phone")
    if credentials.kiosk_url:
        places.add_row("Kiosk (visitors)", credentials.kiosk_url)
    if credentials.display_url:
        places.add_row("Wall display", credentials.display_url)
    people = Table("user", "password", box=None, pad_edge=False)
    for username in SHOWN_USERS:
        people.add_row(username, credentials.users[username])
    console.print("\n[bold]BürgerServiceCenter-Mitte, Bremen: ready.[/bold]\n")
    console.print(places)
    console.print()
    console.print(people)
    console.print("\nCtrl-C ends all of it.\n")


def require_free_ports(settings: Settings, *, devices: bool) -> None:
    """Raise ClickException naming the first port that another program has.

    Before anything is started: a service that can't listen would be started again and again, while
    whoever has its port answers for it.
    """
    places = [(settings.host, settings.port)]
    if devices:
        places += [(LOOPBACK, settings.port + offset) for offset in (1, 2)]
    for host, port in places:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            socket.create_server((host, port), family=family).close()
        except OSError as taken:
            msg = f"{host}, port {port}: {taken.strerror}; choose other ports with --port"
            raise click.ClickException(msg) from taken


def own_settings(settings: Settings, port: int | None, data_dir: Path | None) -> Settings:
    """Return the settings with what the command line says."""
    changed: dict[str, object] = {"demo": True}
    if port is not None:
        changed["port"] = port
    changed["data_dir"] = (data_dir or settings.data_dir).resolve()
    os.environ.pop(f"{PREFIX}DATABASE_URL_FILE", None)
    return msgspec.structs.replace(settings, **changed)


@click.command()
@click.option("--port", type=click.IntRange(1, 65533), help="Service; kiosk and display take the next two.")
@data_dir_option
@click.option("--no-devices", is_flag=True, help="No kiosk, no display.")
def demo(port: int | None, data_dir: Path | None, no_devices: bool) -> None:
    """Bremen to try out: service, kiosk, display and database, until Ctrl-C."""
    settings = own_settings(shell_settings(data_dir), port, data_dir)
    require_free_ports(settings, devices=not no_devices)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    server = None if settings.database_url else EmbeddedPostgres(settings.data_dir)
    dsn = settings.database_url if server is None else server.dsn
    service = _service(dsn, settings, with_devices=not no_devices)
    # Its modules are loaded while the database starts and is filled: that is most of the wait.
    service.load()
    try:
        with server or nullcontext():
            now = settings.make_clock()()
            credentials = asyncio.run(prepare(dsn, settings, now, devices=not no_devices))
            run(service, settings, credentials)
    finally:
        end([service])
