"""An office's waiting areas and its information panel: what its displays show beside the calls."""

from datetime import date
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta

from queue_service.offices.model import GERMAN, Language, Text, allowed
from queue_service.offices.setup_mistakes import Findings, Path, echo
from queue_service.protocol.panel import LONGEST_SLIDE_SECONDS, MOST_SLIDES, SHORTEST_SLIDE_SECONDS, SlideKind

AreaCode = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
        max_length=60,
        extra=allowed("up to 60 lower-case letters (a-z), digits and single hyphens between them"),
    ),
]
AreaCounter = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9-]{1,8}$", extra=allowed("the number of one of the office's counters"))
]
SlideSeconds = Annotated[
    int,
    Meta(
        ge=SHORTEST_SLIDE_SECONDS,
        le=LONGEST_SLIDE_SECONDS,
        extra=allowed(f"a number from {SHORTEST_SLIDE_SECONDS} to {LONGEST_SLIDE_SECONDS} (seconds)"),
    ),
]
FileName = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9][a-z0-9._-]{0,59}$",
        extra=allowed("a name such as sommerfest.jpg: lower-case letters, digits, dots, hyphens"),
    ),
]
"""As the office puts the file in at ``/admin/panel``."""
DEFAULT_SLIDE_SECONDS = 15


class AreaSetup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the house where people wait, and the counters to which they are called from there."""

    code: AreaCode
    name: Text
    counters: Annotated[list[AreaCounter], Meta(min_length=1)]


SlideText = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=1000,
        extra={"lines": True, **allowed("text of 1 to 1000 characters")},
    ),
]
"""Of several lines, as they are to stand on the wall."""


class SlideSetup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One slide of the panel: a picture or a film with or without words, or words alone."""

    kind: SlideKind
    file: FileName | None = None
    text: Annotated[dict[Language, SlideText], Meta(extra=GERMAN)] = {}
    """The first line stands out."""
    seconds: SlideSeconds = DEFAULT_SLIDE_SECONDS
    first_day: date | None = msgspec.field(default=None, name="from")
    last_day: date | None = msgspec.field(default=None, name="to")
    """Both inclusive; None: no limit."""
    sound: bool = False
    """Of a film alone: whether it is heard."""


PanelSetup: TypeAlias = Annotated[list[SlideSetup], Meta(max_length=MOST_SLIDES)]


def check_areas(findings: Findings, path: Path, areas: list[AreaSetup], counters: set[str]) -> None:
    """Note areas of one name and counters that the office hasn't got."""
    seen: set[str] = set()
    for at, area in enumerate(areas):
        if area.code in seen:
            findings.note((*path, "areas", at, "code"), f"area '{echo(area.code)}' is there twice")
        seen.add(area.code)
        for nth, number in enumerate(area.counters):
            if number not in counters:
                where = (*path, "areas", at, "counters", nth)
                findings.note_consequence(where, f"the office has no counter '{echo(number)}'")


def check_panel(findings: Findings, path: Path, slides: list[SlideSetup]) -> None:
    """Note slides that would show nothing, or at no time."""
    for at, slide in enumerate(slides):
        where = (*path, "panel", at)
        if slide.kind == "text" and (slide.file or not slide.text):
            findings.note_consequence(where, "a text slide has 'text' and no 'file'")
        if slide.kind != "text" and not slide.file:
            findings.note_consequence(where, f"a {slide.kind} needs a 'file'")
        if slide.sound and slide.kind != "film":
            findings.note_consequence((*where, "sound"), f"a {slide.kind} has no sound")
        if slide.first_day and slide.last_day and slide.first_day > slide.last_day:
            findings.note_consequence((*where, "from"), "is after 'to'")
