"""Light, dark, or with high contrast: as somebody chose, otherwise as their device is set.

KERN's light theme is what every page has. Its dark one and our high contrast are style sheets of their
own, which a page loads with a media query: so the browser follows the device at once and without a
script, and paper is always light.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar.connection import ASGIConnection

THEME_COOKIE = "queue_theme"
AS_THE_DEVICE = "device"


class Theme(msgspec.Struct, frozen=True):
    """When a page takes which of the two sheets."""

    dark: str
    """Media query of the sheet with dark colours."""
    contrast: str
    """Media query of the sheet with high contrast, on light and on dark alike."""


_DARK_DEVICE = "screen and (prefers-color-scheme: dark)"
_CONTRAST_DEVICE = "screen and (prefers-contrast: more)"
THEMES: Mapping[str, Theme] = {
    AS_THE_DEVICE: Theme(_DARK_DEVICE, _CONTRAST_DEVICE),
    "light": Theme("not all", _CONTRAST_DEVICE),
    "dark": Theme("screen", _CONTRAST_DEVICE),
    "contrast": Theme(_DARK_DEVICE, "screen"),
}
"""By the name that the cookie keeps, in the order of the choice."""


def choose_theme(request: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Give the name of the theme that this browser remembers; the device's for any other name."""
    remembered = request.cookies.get(THEME_COOKIE, "")
    return remembered if remembered in THEMES else AS_THE_DEVICE
