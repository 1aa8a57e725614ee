"""The form of one device: what holds in it, what was typed, and what of that can't be."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import msgspec
from litestar.datastructures import FormMultiDict

from queue_service.devices.care import Device
from queue_service.devices.tokens import device_name
from queue_service.platform.errors import InvalidFields
from queue_service.protocol.device_care import MOST_LOUDER_HOURS, ClockTime, DeviceSettings
from queue_service.web.device_words import decimal
from queue_service.web.languages import Texts

DECIMAL = re.compile(r"[0-9]{1,3}([.,][0-9]{1,2})?")
"""With the comma of German or the point of English; neither ever stands between thousands here."""
NUMBER = re.compile("[0-9]{1,3}")
CLOCK = re.compile("([0-9]):([0-9]{2})")
"""The hour in one figure, as many write it."""
LISTED = re.compile(r"[\s,;]+")
"""Between counters as people list them."""
Decibels = Annotated[int, msgspec.Meta(ge=1, le=6)]

Mistakes = dict[str, str]
"""Sentences by the field's name in the form."""


class LouderRow(msgspec.Struct, frozen=True):
    """Hours in which it is louder, as they stand in the form."""

    begins: str = ""
    ends: str = ""
    decibels: str = ""


class DeviceForm(msgspec.Struct, frozen=True):
    """What stands in the form, in its order, each field as text; empty for no choice."""

    name: str
    office: str
    language: str = ""
    theme: str = ""
    sound: str = ""
    layout: str = ""
    screen_inches: str = ""
    reading_metres: str = ""
    areas: list[str] = []
    further_offices: list[str] = []
    door_counter: str = ""
    loudness_percent: str = ""
    crowd: str = ""
    louder: list[LouderRow] = []
    quiet_from: str = ""
    quiet_until: str = ""
    zone: str = ""


def form_of(device: Device, language: str) -> DeviceForm:
    """Give the form with what holds, and a row for one more louder stretch."""
    chosen = device.settings
    louder = [LouderRow(span.begins, span.ends, str(span.decibels)) for span in chosen.louder]
    return DeviceForm(
        name=device.name,
        office=device.office,
        language=chosen.language or "",
        theme=chosen.theme or "",
        sound={True: "on", False: "off", None: ""}[chosen.sound],
        layout=chosen.layout or "",
        screen_inches=decimal(chosen.screen_inches, language),
        reading_metres=decimal(chosen.reading_metres, language),
        areas=chosen.areas,
        further_offices=chosen.further_offices,
        door_counter=chosen.door_counter or "",
        loudness_percent=str(chosen.loudness_percent or ""),
        crowd=str(chosen.crowd or ""),
        louder=[*louder, LouderRow()][:MOST_LOUDER_HOURS],
        quiet_from=chosen.quiet_from or "",
        quiet_until=chosen.quiet_until or "",
        zone=", ".join(chosen.zone),
    )


def typed_form(sent: FormMultiDict) -> DeviceForm:
    """Give the form as it was sent."""
    typed: Mapping[str, str] = {name: str(sent.get(name, "")).strip() for name in sent}
    lists = {name: [str(one) for one in sent.getall(name, [])] for name in ("areas", "further_offices")}
    rows = [
        LouderRow(*(typed.get(f"louder_{part}_{row}", "") for part in ("from", "to", "decibels")))
        for row in range(MOST_LOUDER_HOURS)
    ]
    filled = max((place for place, row in enumerate(rows, 1) if row != LouderRow()), default=0)
    texts = {name: typed.get(name, "") for name in DeviceForm.__struct_fields__ if name not in lists}
    return msgspec.convert({**texts, **lists, "louder": rows[: filled + 1]}, DeviceForm)


def read_form(form: DeviceForm, words: Texts) -> tuple[DeviceSettings, Mistakes]:
    """Give the settings that can be, and what is wrong with the others, in the form's order."""
    sentences = _sentences(words)
    mistakes = dict(_mistaken_hours(form, words))
    try:
        device_name(form.name)
    except InvalidFields:
        mistakes["name"] = words.gettext("Bitte geben Sie an, wo das Gerät steht (höchstens 100 Zeichen).")
    possible: dict[str, object] = {}
    # The settings' own limits decide; each is tried alone, so that all mistakes are told at once.
    for setting, value in _settings(form).items():
        if _can_be({setting: value}, DeviceSettings):
            possible[setting] = value
        elif setting != "louder":
            mistakes[setting] = sentences[setting]
    order = DeviceForm.__struct_fields__
    told = sorted(mistakes.items(), key=lambda told: order.index(re.sub("^louder_.*", "louder", told[0])))
    return msgspec.convert(possible, DeviceSettings), dict(told)


def _settings(form: DeviceForm) -> dict[str, object]:
    """Give the settings' values, not yet checked."""
    return {
        "language": form.language or None,
        "theme": form.theme or None,
        "sound": {"on": True, "off": False, "": None}.get(form.sound, form.sound),
        "layout": form.layout or None,
        "screen_inches": _decimal(form.screen_inches),
        "reading_metres": _decimal(form.reading_metres),
        "areas": form.areas,
        "further_offices": form.further_offices,
        "door_counter": form.door_counter or None,
        "loudness_percent": _number(form.loudness_percent),
        "crowd": _number(form.crowd),
        "louder": [
            {"from": _clock(row.begins), "to": _clock(row.ends), "decibels": _number(row.decibels)}
            for row in form.louder
            if row.begins or row.ends
        ],
        "quiet_from": _clock(form.quiet_from) or None,
        "quiet_until": _clock(form.quiet_until) or None,
        "zone": [counter for counter in LISTED.split(form.zone) if counter],
    }


def _sentences(words: Texts) -> Mapping[str, str]:
    """Give what is said of each setting that can't be; of louder hours each field has its own."""
    choice = words.gettext("Diese Auswahl gibt es nicht.")
    time = words.gettext("Bitte geben Sie Uhrzeiten so an: 08:30.")
    return {
        "language": choice,
        "theme": choice,
        "sound": choice,
        "layout": choice,
        "screen_inches": words.gettext("Der Bildschirm misst 5 bis 150 Zoll, zum Beispiel 43 oder 31,5."),
        "reading_metres": words.gettext("Der Abstand beträgt 0,3 bis 40 Meter, zum Beispiel 7,5."),
        "areas": words.gettext("Bitte wählen Sie höchstens vier Bereiche."),
        "further_offices": words.gettext("Bitte wählen Sie höchstens drei weitere Dienststellen."),
        "door_counter": words.gettext(
            "Bitte geben Sie einen einzigen Schalter an: höchstens acht Buchstaben und Ziffern."
        ),
        "loudness_percent": words.gettext("Die Lautstärke ist eine ganze Zahl von 10 bis 100."),
        "crowd": words.gettext("Bitte geben Sie eine ganze Zahl von 1 bis 999 an, oder nichts."),
        "quiet_from": time,
        "quiet_until": time,
        "zone": words.gettext("Bitte nennen Sie nur Nummern von Schaltern, mit Komma: 1, 2, 3."),
    }


def _mistaken_hours(form: DeviceForm, words: Texts) -> Iterator[tuple[str, str]]:
    time = words.gettext("Bitte geben Sie Uhrzeiten so an: 08:30.")
    for place, row in enumerate(form.louder):
        if not (row.begins or row.ends):
            continue
        for part, text in (("from", row.begins), ("to", row.ends)):
            if not _can_be(_clock(text), ClockTime):
                yield f"louder_{part}_{place}", time
        if not _can_be(_number(row.decibels), Decibels):
            yield f"louder_decibels_{place}", words.gettext("Möglich sind 1 bis 6 Dezibel.")
    if bool(form.quiet_from) != bool(form.quiet_until):
        missing = "quiet_until" if form.quiet_from else "quiet_from"
        yield missing, words.gettext("Bitte geben Sie Anfang und Ende der Ruhezeit an.")


def _can_be(value: object, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _clock(text: str) -> str:
    return CLOCK.sub(r"0\1:\2", text) if CLOCK.fullmatch(text) else text


def _number(text: str) -> int | str | None:
    """Give a whole number; what is none stays as typed, and is refused."""
    return int(text) if NUMBER.fullmatch(text) else text or None


def _decimal(text: str) -> float | str | None:
    """Give a number; what is none stays as typed, and is refused."""
    return float(text.replace(",", ".")) if DECIMAL.fullmatch(text) else text or None
