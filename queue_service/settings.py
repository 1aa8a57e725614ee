"""All settings of the service, from the environment and nowhere else.

Each field's variable is ``QUEUE_`` and its name in capitals; ``QUEUE_NAME_FILE`` names a file that
holds the value instead, for secrets. A variable that is misspelt or a value that can't be used
stops the start and is named. ``docs/settings.md`` documents every field; a test compares.
"""

import ipaddress
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from queue_service.platform.clock import Clock, rehearsal_clock, system_clock

PREFIX = "QUEUE_"

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class SettingsError(ValueError):
    """A setting can't be used; the message names the variable."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator can choose. Defaults serve one machine behind a proxy on the same host."""

    database_url: str = ""
    """Empty: embedded PostgreSQL under ``data_dir``."""
    data_dir: Path = Path(".queue-data")
    host: str = "127.0.0.1"
    port: Port = 8080
    workers: Annotated[int, msgspec.Meta(ge=1, le=64)] = 1
    """Service processes on this host; each holds its own connections and one LISTEN."""
    database_connections: Annotated[int, msgspec.Meta(ge=2, le=200)] = 16
    """Largest pool of each process."""
    public_url: str = ""
    """Address under which visitors reach this service; printed on tickets. Empty: http://host:port."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"
    metrics: Literal["off", "loopback", "all"] = "loopback"
    """Who may read /metrics."""
    trusted_proxies: str = "127.0.0.1"
    """Comma-separated addresses or networks whose X-Forwarded-For is believed."""
    smtp_host: str = ""
    """Mail server that takes e-mail to visitors. Empty: none leaves, and staff see so."""
    smtp_port: Port = 587
    smtp_username: str = ""
    smtp_password: str = ""
    smtp_tls: Literal["starttls", "tls", "none"] = "starttls"
    mail_from: str = ""
    """Address that e-mail to visitors comes from."""
    sms_url: str = ""
    """Gateway that text messages are sent to by POST. Empty: none leaves, and staff see so."""
    sms_token: str = ""
    """Sent to the gateway as bearer token."""
    sms_body_type: Literal["json", "form"] = "json"
    sms_body: str = '{"to": "{to}", "text": "{text}"}'
    """What the gateway is sent; ``{to}``, ``{text}`` and ``{id}`` are filled in."""
    reminder_hours: Annotated[int, msgspec.Meta(ge=1, le=168)] = 24
    """How long before the appointment those are reminded who asked for it."""
    notices_to_files: bool = False
    """Messages become files in ``data_dir`` instead of leaving. ``queue-service demo`` sets it."""
    online_bookings_per_service: Annotated[int, msgspec.Meta(ge=1, le=100)] = 2
    """Coming appointments for one service that one telephone number or e-mail address may book online."""
    online_bookings_per_person: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 5
    """The same for all services together."""
    online_holds_per_address: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 10
    """Places that are held at once for a network address, or were booked from there within an hour by
    nobody who can be told apart; and as many may join the waiting list from there within an hour.
    0: any number."""
    online_bookings_per_address: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 60
    """Places that may be held or booked from a network address within an hour, for whomever, also those
    given back since. 0: any number."""
    proof_of_work_bits: Annotated[int, msgspec.Meta(ge=0, le=24)] = 0
    """How hard a sum a program has to solve before it books online; 0: none."""
    forecast_seconds: Annotated[float, msgspec.Meta(ge=0, le=60)] = 10.0
    """How often waits are forecast anew, by one process of the installation. 0: not by this one."""
    clock_start: datetime | None = None
    """Rehearsals only: the service's clock starts at this instant (RFC 3339 with offset)."""
    clock_rate: Annotated[float, msgspec.Meta(gt=0, le=5000)] = 1.0
    """Rehearsals only: how many times faster than real time the clock runs."""
    demo: bool = False
    """Set by ``queue-service demo``; pages say that this is a demonstration."""
    demo_devices: bool = False
    """Set by ``queue-service demo``; ``/staff`` links the kiosk and the display on the next two ports."""

    @property
    def visitor_url(self) -> str:
        """Address that visitors type, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    def make_clock(self) -> Clock:
        """Return real time, or a rehearsal's, which begins when this is called."""
        if self.clock_start is None:
            return system_clock
        return rehearsal_clock(self.clock_start, self.clock_rate)


def load_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings that ``environment`` gives.

    Raises SettingsError naming the variable when one is unknown, unreadable or out of range.
    """
    known = {
        PREFIX + field.encode_name.upper(): field.encode_name for field in msgspec.structs.fields(Settings)
    }
    given: dict[str, object] = {}
    for variable in sorted(name for name in environment if name.startswith(PREFIX)):
        name = variable if variable in known else variable.removesuffix("_FILE")
        if name not in known:
            msg = f"{variable} is not a setting; known are {', '.join(sorted(known))}"
            raise SettingsError(msg)
        if known[name] in given:
            msg = f"{name} and {name}_FILE are both set"
            raise SettingsError(msg)
        given[known[name]] = (
            environment[variable] if name == variable else _read(variable, environment[variable])
        )
    for field, value in given.items():
        _check(field, value)
    settings = _convert(given)
    for proxy in filter(None, map(str.strip, settings.trusted_proxies.split(","))):
        _check_proxy(proxy)
    if settings.clock_start is not None and settings.clock_start.tzinfo is None:
        msg = f"{PREFIX}CLOCK_START needs an offset, like 2026-11-23T08:00:00+01:00"
        raise SettingsError(msg)
    return settings


def _check(field: str, value: object) -> None:
    try:
        _convert({field: value})
    except msgspec.ValidationError as invalid:
        msg = f"{PREFIX}{field.upper()}: {str(invalid).partition(' - at ')[0]}"
        raise SettingsError(msg) from invalid


def _check_proxy(proxy: str) -> None:
    try:
        ipaddress.ip_network(proxy)
    except ValueError as unreadable:
        # A name is never met, and * would let every sender choose the address that limits count.
        msg = f"{PREFIX}TRUSTED_PROXIES: each is an address, or a network like 10.0.0.0/24"
        raise SettingsError(msg) from unreadable


def _convert(given: dict[str, object]) -> Settings:
    return msgspec.convert(given, Settings, strict=False, dec_hook=_path)


def _path(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str) and value:
        return Path(value)
    msg = f"Expected a path, got {value!r}"
    raise ValueError(msg)


def _read(variable: str, file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as unreadable:
        msg = f"{variable}: {unreadable}"
        raise SettingsError(msg) from unreadable
