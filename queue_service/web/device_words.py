"""How a device is, in words for whoever looks after it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from queue_service.accounts.model import DeviceProfile
from queue_service.devices.care import Device, Trouble
from queue_service.web.languages import Texts

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
    if device.troubles:
        return Condition("stop", trouble_words(words)[device.troubles[0]])
    return Condition("ok", words.gettext("in Ordnung"))


def trouble_words(words: Texts) -> dict[Trouble, str]:
    """Give what each trouble is called."""
    return {
        "silent": words.gettext("meldet sich nicht mehr"),
        "printer_offline": words.gettext("Drucker nicht erreichbar"),
        "printer_cover_open": words.gettext("Druckerklappe offen"),
        "printer_paper_out": words.gettext("Papier leer"),
        "printer_failed": words.gettext("Drucker gestört"),
        "printer_paper_low": words.gettext("Papier geht zur Neige"),
        "sound_blocked": words.gettext("Ton vom Browser gesperrt"),
        "page_closed": words.gettext("Seite nicht geöffnet"),
        "disk_low": words.gettext("Speicher fast voll"),
    }


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
    if health.printer == "ok":
        told.append((words.gettext("Drucker"), words.gettext("bereit")))
    if len(device.troubles) > 1:
        told.append(
            (words.gettext("Außerdem"), ", ".join(trouble_words(words)[t] for t in device.troubles[1:]))
        )
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
