"""How a device is, in words for whoever looks after it."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec
from babel.dates import format_date
from babel.numbers import format_decimal

from queue_service.accounts.model import DeviceProfile
from queue_service.devices.care import Device, Trouble
from queue_service.protocol.device_care import DeviceHealth, DisplayLayout, WallFit
from queue_service.protocol.reading_distance import readable_metres
from queue_service.web.languages import Texts

SECONDS_A_MINUTE = 60
MINUTES_AN_HOUR = 60
HOURS_A_DAY = 24
DAY: Mapping[str, str] = {"de": "dd.MM.y", "en": "d MMM y"}
"""Patterns of Unicode's locale data (CLDR); English as in Britain."""


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
        "letters_too_small": words.gettext("Aufrufe aus dem gewählten Abstand nicht lesbar"),
        "disk_low": words.gettext("Speicher fast voll"),
        "help_unanswered": words.gettext("Jemand wartet dort auf Hilfe"),
    }


def facts(device: Device, zone: str, words: Texts, language: str) -> list[tuple[str, str]]:
    """Give what the device last said, name and value."""
    health = device.health
    if health is None or device.seen_at is None:
        return []
    told = [
        (words.gettext("Zuletzt gemeldet"), moment(device.seen_at, zone, language)),
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
    return told + [(name, value) for name, value in _measured(health, zone, words, language) if value]


def _measured(health: DeviceHealth, zone: str, words: Texts, language: str) -> list[tuple[str, str | None]]:
    """Give what only some devices know; None: this one doesn't, or there is nothing to say."""
    free, memory, loudness = health.disk_free_megabytes, health.memory_megabytes, health.loudness_percent
    announced, numbers = health.last_announcement_at, health.numbers_left
    return [
        (words.gettext("Freier Speicher"), None if free is None else f"{free} MB"),
        (words.gettext("Arbeitsspeicher"), None if memory is None else f"{memory} MB"),
        (words.gettext("Uhr des Geräts"), _clock_words(health.clock_behind_seconds or 0, words)),
        (words.gettext("Lesbarkeit"), reading_words(health.fit, words, language)),
        (words.gettext("Lautstärke"), None if loudness is None else f"{loudness} %"),
        (words.gettext("Letzte Ansage"), moment(announced, zone, language) if announced else None),
        (words.gettext("Nummern für einen Ausfall"), None if numbers is None else str(numbers)),
        (words.gettext("Noch nicht übertragen"), str(health.unsent) if health.unsent else None),
    ]


def reading_words(fit: WallFit | None, words: Texts, language: str) -> str | None:
    """Say from how far a display's calls can be read, and what that costs."""
    if fit is None:
        return None
    told = []
    if fit.letters_mm is not None:
        told.append(
            words.gettext("Schrift der Aufrufe %(mm)s mm, lesbar aus %(metres)s m")
            % {
                "mm": round(fit.letters_mm),
                "metres": decimal(int(readable_metres(fit.letters_mm) * 10) / 10, language),
            }
        )
    if fit.rows < fit.rows_wanted:
        told.append(
            words.gettext("Platz für %(rows)s von %(wanted)s früheren Aufrufen")
            % {"rows": fit.rows, "wanted": fit.rows_wanted}
        )
    if fit.too_small:
        told.append(words.gettext("für den gewählten Abstand braucht es einen größeren Bildschirm"))
    return "; ".join(told) or None


def decimal(number: float | None, language: str) -> str:
    """Give a number as people write it, ``7,5`` or ``7.5``; empty for none."""
    return "" if number is None else str(format_decimal(number, "0.##", locale=language))


def layout_names(words: Texts) -> list[tuple[DisplayLayout, str]]:
    """Give what the layouts of displays are called."""
    return [
        ("calls", words.gettext("Nur Aufrufe")),
        ("figures", words.gettext("Aufrufe und Wartezeit")),
        ("panel", words.gettext("Aufrufe und Informationen")),
        ("side_by_side", words.gettext("Spalten für Bereiche oder Dienststellen")),
        ("door", words.gettext("Türschild eines Schalters")),
    ]


def profile_name(profile: DeviceProfile, words: Texts) -> str:
    """Give the kind of a device as staff call it."""
    return {
        DeviceProfile.KIOSK: words.gettext("Wartenummern-Automat"),
        DeviceProfile.DISPLAY: words.gettext("Aufrufanzeige"),
    }[profile]


def moment(instant: datetime, zone: str, language: str) -> str:
    """Give day and time at the office, ``22.11.2026, 09:05`` or ``22 Nov 2026, 09:05``."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{short_day(local.date(), language)}, {local:%H:%M}"


def short_day(day: date, language: str) -> str:
    """Give a date in figures, or as short as people write it: ``22.11.2026``, ``22 Nov 2026``."""
    return str(format_date(day, DAY[language], locale=language))


def _clock_words(behind: int, words: Texts) -> str | None:
    if abs(behind) < SECONDS_A_MINUTE:
        return None
    told = (
        words.gettext("geht nach, Abstand von %s")
        if behind > 0
        else words.gettext("geht vor, Abstand von %s")
    )
    return told % _duration(abs(behind), words)


def _duration(seconds: int, words: Texts) -> str:
    minutes = seconds // SECONDS_A_MINUTE
    hours = minutes // MINUTES_AN_HOUR
    days = hours // HOURS_A_DAY
    if days:
        return words.ngettext("%(num)s Tag", "%(num)s Tagen", days) % {"num": days}
    if hours:
        return words.ngettext("%(num)s Stunde", "%(num)s Stunden", hours) % {"num": hours}
    return words.ngettext("%(num)s Minute", "%(num)s Minuten", minutes) % {"num": minutes}
