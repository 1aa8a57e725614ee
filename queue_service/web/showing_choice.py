"""What staff choose for a display's layout and sizes, as fields of the page for devices."""

import re
from collections.abc import Mapping

from litestar.datastructures import FormMultiDict

DECIMAL = re.compile(r"[0-9]{1,3}([.,][0-9]{1,2})?")
"""With the comma of German or the point of English; neither ever stands between thousands here."""


def showing_choice(form: FormMultiDict) -> dict[str, object]:
    """Give the settings that the form holds, to be checked by who makes ``DeviceSettings`` of them."""
    typed: Mapping[str, str] = {name: str(form.get(name, "")).strip() for name in form}
    return {
        "layout": typed.get("layout") or None,
        "screen_inches": _decimal(typed.get("screen_inches", "")),
        "reading_metres": _decimal(typed.get("reading_metres", "")),
        "areas": [str(code) for code in form.getall("areas", [])],
        "further_offices": [str(slug) for slug in form.getall("further_offices", [])],
        "door_counter": typed.get("door_counter") or None,
    }


def _decimal(text: str) -> float | str | None:
    """Give a number; what is none stays as typed, and is refused."""
    return float(text.replace(",", ".")) if DECIMAL.fullmatch(text) else text or None
