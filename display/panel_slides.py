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
    sound: bool = False
    """Of a film: whether it is heard."""


def slides_due(
    slides: Sequence[PanelSlide], here: Collection[str], today: date, language: str, *, is_heard: bool
) -> list[Slide]:
    """Give what is shown today; ``here`` are the digests of the files that this device holds, whole.

    Where calls are not said, by choice or in quiet hours, no film is heard: ``is_heard`` is then False.
    """
    return [
        _slide(slide, language, is_heard=is_heard)
        for slide in slides
        if slide.is_due(today) and (slide.file is None or slide.file.sha256 in here)
    ]


def _slide(slide: PanelSlide, language: str, *, is_heard: bool) -> Slide:
    words, tag = in_best_language(slide.text, language)
    source = f"/api/panel/{slide.file.sha256}" if slide.file else ""
    return Slide(
        slide.kind, slide.seconds, Line(words, tag) if words else None, source, slide.sound and is_heard
    )
