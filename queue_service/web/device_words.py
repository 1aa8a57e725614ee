"""How a device is, in words for whoever looks after it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from queue_service.accounts.model import DeviceProfile
from queue_service.devices.care import Device
from queue_service.protocol.device_care import DeviceHealth
from queue_service.web.languages import Texts

LOW_DISK_MEGABYTES = 200
"""Below it a device may soon keep nothing any more. Ours: a month of tickets and logs fits in."""
SECONDS_A_MINUTE = 60
MINUTES_AN_HOUR = 60
HOURS_A_DAY = 24


class Condition(msgspec.Struct, frozen=True):
    """What stands beside a device's name."""

    tag: str
    """``ok``, ``warning`` or ``stop``."""
    words: str


def condition(device: Device, words: Texts) -> Condition:
    """Say in a few words whether somebody has to go there."""
    if device.revoked_at is not None:
        return Condition("warning", words.gettext("abgemeldet"))
    if device.seen_at is None:
        return Condition("warning", words.gettext("hat sich noch nicht gemeldet"))
    if device.overdue:
        return Condition("stop", words.gettext("meldet sich nicht mehr"))
    troubles = troubles_of(device.health, words) if device.health else []
    if troubles:
        return Condition("stop", troubles[0])
    return Condition("ok", words.gettext("in Ordnung"))


def troubles_of(health: DeviceHealth, words: Texts) -> list[str]:
    """Name everything that somebody should see to, the worst first."""
    printer = {
        "offline": words.gettext("Drucker nicht erreichbar"),
        "cover_open": words.gettext("Druckerklappe offen"),
        "paper_out": words.gettext("Papier leer"),
        "failed": words.gettext("Drucker gestört"),
        "paper_low": words.gettext("Papier geht zur Neige"),
    }
    found = []
    if health.printer in printer:
        found.append(printer[health.printer])
    if health.sound_blocked:
        found.append(words.gettext("Ton vom Browser gesperrt"))
    if health.page_open is False:
        found.append(words.gettext("Seite nicht geöffnet"))
    if health.disk_free_megabytes is not None and health.disk_free_megabytes < LOW_DISK_MEGABYTES:
        found.append(words.gettext("Speicher fast voll"))
    return found


def facts(device: Device, zone: str, words: Texts) -> list[tuple[str, str]]:
    """Give what the device last said, name and value."""
    health = device.health
    if health is None or device.seen_at is None:
        return []
    told = [
        (words.gettext("Zuletzt gemeldet"), moment(device.seen_at, zone)),
        (words.gettext("Programm"), health.version),
        (words.gettext("Läuft seit"), _duration(health.uptime_seconds, words)),
        (words.gettext("Verbindung verloren"), words.ngettext("%(num)s Mal", "%(num)s Mal", health.reconnects)
         % {"num": health.reconnects}),
    ]  # fmt: skip
    if health.printer is not None:
        printer = words.gettext("bereit") if health.printer == "ok" else ", ".join(troubles_of(health, words))
        told.append((words.gettext("Drucker"), printer))
    if health.disk_free_megabytes is not None:
        told.append((words.gettext("Freier Speicher"), f"{health.disk_free_megabytes} MB"))
    if health.memory_megabytes is not None:
        told.append((words.gettext("Arbeitsspeicher"), f"{health.memory_megabytes} MB"))
    if health.loudness_percent is not None:
        told.append((words.gettext("Lautstärke"), f"{health.loudness_percent} %"))
    if health.last_announcement_at is not None:
        told.append((words.gettext("Letzte Ansage"), moment(health.last_announcement_at, zone)))
    if health.numbers_left is not None:
        told.append((words.gettext("Nummern für einen Ausfall"), str(health.numbers_left)))
    if health.unsent:
        told.append((words.gettext("Noch nicht übertragen"), str(health.unsent)))
    return told


def profile_name(profile: DeviceProfile, words: Texts) -> str:
    """Give the kind of a device as staff call it."""
    return {
        DeviceProfile.KIOSK: words.gettext("Wartenummern-Automat"),
        DeviceProfile.DISPLAY: words.gettext("Aufrufanzeige"),
    }[profile]


def moment(instant: datetime, zone: str) -> str:
    """Give day and time at the office, ``22.11.2026, 09:05``."""
    return instant.astimezone(ZoneInfo(zone)).strftime("%d.%m.%Y, %H:%M")


def _duration(seconds: int, words: Texts) -> str:
    minutes = seconds // SECONDS_A_MINUTE
    hours = minutes // MINUTES_AN_HOUR
    days = hours // HOURS_A_DAY
    if days:
        return words.ngettext("%(num)s Tag", "%(num)s Tagen", days) % {"num": days}
    if hours:
        return words.ngettext("%(num)s Stunde", "%(num)s Stunden", hours) % {"num": hours}
    return words.ngettext("%(num)s Minute", "%(num)s Minuten", minutes) % {"num": minutes}
