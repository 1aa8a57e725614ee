"""The information panel's slides as the page shows them: those that are due and whose files are here."""

from collections.abc import Collection, Sequence
from datetime import date

import msgspec

from display.call_card import Line
from queue_service.protocol.languages import in_best_language
from queue_service.protocol.panel import PanelSlide, SlideKind


class Slide(msgspec.Struct, frozen=True):
    """One slide."""

    kind: SlideKind
    seconds: int
    text: Line | None
    source: str
    """Where the page finds the picture or the film; empty for words alone."""


def slides_due(
    slides: Sequence[PanelSlide], here: Collection[str], today: date, language: str
) -> list[Slide]:
    """Give what is shown today; ``here`` are the digests of the files that this device holds, whole."""
    return [
        _slide(slide, language)
        for slide in slides
        if slide.is_due(today) and (slide.file is None or slide.file.sha256 in here)
    ]


def _slide(slide: PanelSlide, language: str) -> Slide:
    words, tag = in_best_language(slide.text, language)
    source = f"/api/panel/{slide.file.sha256}" if slide.file else ""
    return Slide(slide.kind, slide.seconds, Line(words, tag) if words else None, source)
