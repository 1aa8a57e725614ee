"""The slides of a display's information panel, as the service names them and the display keeps them."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

import msgspec

SHORTEST_SLIDE_SECONDS = 5
"""Time to look up and to read a line."""
LONGEST_SLIDE_SECONDS = 60
MOST_SLIDES = 40
LARGEST_PICTURE_BYTES = 5 * 1024 * 1024
"""A photograph as large as the largest screen takes about two."""
LARGEST_FILM_BYTES = 20 * 1024 * 1024
"""A minute at 2.5 Mbit/s, which looks well on a part of a screen."""

SlideKind = Literal["picture", "text", "film"]
MediaType = Literal["image/png", "image/jpeg", "video/webm", "video/mp4"]
Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
"""SHA-256 of a file, hexadecimal: its name everywhere but in the office."""


class PanelFile(msgspec.Struct, frozen=True):
    """A picture or a film, by what it holds."""

    sha256: Digest
    media_type: MediaType
    bytes: int


class PanelSlide(msgspec.Struct, frozen=True, omit_defaults=True):
    """One slide; a text slide has no file, the others may have words beside theirs."""

    kind: SlideKind
    seconds: int
    text: Mapping[str, str] = {}
    """By language."""
    file: PanelFile | None = None
    first_day: date | None = None
    last_day: date | None = None
    """By the office's calendar, both inclusive; None: no limit."""
    sound: bool = False
    """Whether a film's sound is heard; lowered while anything is announced."""

    def is_due(self, today: date) -> bool:
        """Tell whether the slide is shown on this day."""
        return (self.first_day is None or self.first_day <= today) and (
            self.last_day is None or today <= self.last_day
        )
