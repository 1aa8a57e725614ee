"""What staff choose for a display's announcements, as fields of the page for devices."""

import re
from collections.abc import Mapping

from queue_service.protocol.device_care import MOST_LOUDER_HOURS, DeviceSettings

LISTED = re.compile(r"[\s,;]+")
"""Between counters as people list them."""

NUMBER = re.compile("[0-9]{1,3}")


def announcing_choice(form: Mapping[str, object]) -> dict[str, object]:
    """Give the settings that the form holds, to be checked by who makes ``DeviceSettings`` of them."""
    typed = {name: str(value).strip() for name, value in form.items()}
    return {
        "loudness_percent": _number(typed.get("loudness", "")),
        "crowd": _number(typed.get("crowd", "")),
        "quiet_from": typed.get("quiet_from") or None,
        "quiet_until": typed.get("quiet_until") or None,
        "zone": [counter for counter in LISTED.split(typed.get("zone", "")) if counter],
        "louder": [
            {"from": begins, "to": ends, "decibels": _number(typed.get(f"louder_decibels_{row}", "")) or 0}
            for row in range(MOST_LOUDER_HOURS)
            if (begins := typed.get(f"louder_from_{row}")) and (ends := typed.get(f"louder_to_{row}"))
        ],
    }


def louder_rows(settings: DeviceSettings) -> list[tuple[str, str, int | str]]:
    """Give the hours that are chosen and an empty row for one more."""
    rows: list[tuple[str, str, int | str]] = [
        (span.begins, span.ends, span.decibels) for span in settings.louder
    ]
    return [*rows, ("", "", "")][:MOST_LOUDER_HOURS]


def _number(text: str) -> int | str | None:
    """Give a whole number; what is none stays as typed, and is refused."""
    return int(text) if NUMBER.fullmatch(text) else text or None
