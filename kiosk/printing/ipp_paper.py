"""On which of a printer's papers a ticket is printed: papers by their names (PWG 5101.1), lengths in mm.

Whoever asks for a paper that isn't there gets none: a printer waits for it, and CUPS ends the job.
"""

import re
from collections.abc import Iterable
from itertools import product

import msgspec

from queue_service.ticket_paper.page import TicketSheet

NAMED = re.compile(r"(?P<what>.+)_(?P<width>[0-9]+(\.[0-9]+)?)x(?P<height>[0-9]+(\.[0-9]+)?)(?P<unit>mm|in)")
"""``iso_a4_210x297mm``; ``custom_min_50x30mm`` and ``custom_max_80x1000mm`` for all sizes between."""
MM_AN_INCH = 25.4
FREE = ("custom", "roll")
ALIKE_MM = 1.0
"""A paper this much wider or narrower is the same one: rolls of 80 mm are 79.5 mm wide."""


class Size(msgspec.Struct, frozen=True):
    """A paper that a printer names."""

    name: str
    what: str
    width: float
    height: float

    def is_as_wide_as(self, width: float) -> bool:
        """Tell whether this is a paper of that width."""
        return abs(self.width - width) <= ALIKE_MM


def paper_for(sheet: TicketSheet, supported: Iterable[str], ready: Iterable[str]) -> str | None:
    """Give the paper's name: of the ticket's own length, or the shortest that it fits on.

    None where all are others: the ticket then comes unscaled on whatever paper is usual there. Drivers
    mean by a roll's width that of the paper, or what the print head reaches.
    """
    known, loaded = _sizes(supported), _sizes(ready)
    widths = (sheet.width_mm, sheet.width_mm - 2 * sheet.margin_mm)
    if loaded and not any(paper.is_as_wide_as(width) for paper, width in product(loaded, widths)):
        return None
    for width in widths:
        if not known or _is_free(known, width, sheet.height_mm):
            return f"custom_ticket_{width:g}x{round(sheet.height_mm, 2):g}mm"
        if long_enough := [
            paper for paper in known if paper.is_as_wide_as(width) and paper.height >= sheet.height_mm
        ]:
            return min(long_enough, key=lambda paper: paper.height).name
    return None


def _is_free(known: list[Size], width: float, height: float) -> bool:
    """Tell whether the printer takes any size up to one that this is within."""
    for kind in FREE:
        least = next((paper for paper in known if paper.what == f"{kind}_min"), Size("", "", 0, 0))
        most = next((paper for paper in known if paper.what == f"{kind}_max"), least)
        if least.width <= width <= most.width and least.height <= height <= most.height:
            return True
    return False


def _sizes(names: Iterable[str]) -> list[Size]:
    found = []
    for name in names:
        if (match := NAMED.fullmatch(name)) is not None:
            times = MM_AN_INCH if match["unit"] == "in" else 1
            found.append(
                Size(name, match["what"], float(match["width"]) * times, float(match["height"]) * times)
            )
    return found
