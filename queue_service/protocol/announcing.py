"""What an office has chosen for its announcements, as its displays are told and keep it.

A text is a sentence or two with ``{number}`` and ``{counter}`` where the words for these go: number words
are the display's business, in every language. What an office leaves out, the display says in its own words.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

SpokenLanguage = Literal["de", "en", "tr", "ar", "uk", "ru", "pl", "fr", "bg"]
"""In which calls are said; Leichte Sprache is spoken as German."""

LONGEST_TEXT = 160
"""Characters: about 15 s of clear speech, and a call is said twice."""

SpokenText = Annotated[
    str,
    Meta(max_length=LONGEST_TEXT, extra={"allowed": f"text of up to {LONGEST_TEXT} characters"}),
]


class AnnouncementTexts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An office's own words in one language; empty: the display's."""

    call: SpokenText = ""
    """``Nummer {number}. Bitte zu {counter}.``"""
    recall: SpokenText = ""
    """From the second call of a number on."""
    pick_up: SpokenText = ""
    """For visitors whom staff fetch: with ``{number}`` and no counter."""
    paused: SpokenText = ""
    """Shown too: its first sentence large."""
    resumed: SpokenText = ""
    leave: SpokenText = ""
    """Everybody leaves the building; shown too."""


class OfficeAnnouncements(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a display has to know to say an office's calls, and to have their words ready before."""

    texts: Mapping[str, AnnouncementTexts] = {}
    """By language."""
    counters: Mapping[str, Mapping[str, str]] = {}
    """Names by language of each counter, by its number."""
    letters: list[str] = []
    """First letters of numbers."""
    digits: int = 3
    """Of a number, after its letter."""
