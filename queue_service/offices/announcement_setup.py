"""How an office's calls are said and who may read them, and what its own words must hold to be said right."""

import re
from collections.abc import Mapping

import msgspec

from queue_service.offices.setup_mistakes import Findings, Path, echo
from queue_service.protocol.announcing import AnnouncementTexts, SpokenLanguage

PLACEHOLDERS: Mapping[str, tuple[str, ...]] = {
    "call": ("number", "counter"),
    "recall": ("number", "counter"),
    "pick_up": ("number",),
    "paused": (),
    "resumed": (),
    "leave": (),
}
"""By text: what stands in it, each once."""

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
UNSPEAKABLE = re.compile(r"[^\w .,:;!?'’–-]|[\d_]")
"""Signs that voices leave out or read each in its own way. Digits too: what is to be said is written out."""


class AnnouncementSetup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An office's announcements."""

    texts: dict[SpokenLanguage, AnnouncementTexts] = {}
    """Its own words by language; without them, the display has words of its own."""
    public_calls: bool = False
    """Whether the newest calls may be read outside the hall, as text, by visitors who can't hear them."""


def check_announcements(findings: Findings, path: Path, setup: AnnouncementSetup) -> None:
    """Note texts that would be said wrong: unknown or missing placeholders, signs that no voice reads."""
    for language, texts in setup.texts.items():
        for name, wanted in PLACEHOLDERS.items():
            text = getattr(texts, name)
            if text and (message := _mistake(text, wanted)):
                findings.note((*path, "texts", language, name), message)


def _mistake(text: str, wanted: tuple[str, ...]) -> str | None:
    found = PLACEHOLDER.findall(text)
    shown = " and ".join(f"{{{name}}}" for name in wanted) or "no placeholder"
    if sorted(found) != sorted(wanted):
        return f"must hold {shown}, each once" if wanted else "holds no number and no counter: no braces"
    rest = PLACEHOLDER.sub("", text)
    if sign := UNSPEAKABLE.search(rest):
        return f"no voice reads '{echo(sign.group())}' as it is meant: write it in words"
    if not any(character.isalpha() for character in rest):
        return "holds no words"
    return None
