"""What people read, in their language: gettext catalogs, read once at start.

German is written in the source and is the key of its translations; a catalog
``locales/<language tag>.po`` makes a language available.
"""

from pathlib import Path
from typing import Self

import msgspec
from babel.messages.pofile import read_po

SOURCE_LANGUAGE = "de"
LOCALES = Path(__file__).parent / "locales"


def N_(words: str) -> str:  # noqa: N802 - gettext's name for "translated later"
    """Mark words for translation where they are written, without translating them."""
    return words


class Texts(msgspec.Struct, frozen=True):
    """Translations by language tag, then by the German words."""

    by_language: dict[str, dict[str, str]]

    @classmethod
    def read(cls, folder: Path = LOCALES) -> Self:
        """Read every catalog of ``folder``; fuzzy entries don't count as translated."""
        by_language: dict[str, dict[str, str]] = {SOURCE_LANGUAGE: {}}
        for path in sorted(folder.glob("*.po")):
            with path.open("rb") as file:
                catalog = read_po(file, locale=path.stem)
            by_language[path.stem] = {
                str(message.id): str(message.string)
                for message in catalog
                if message.id and message.string and not message.fuzzy
            }
        return cls(by_language)

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages that have a catalog, and German."""
        return tuple(self.by_language)

    def say(self, words: str, language: str, **values: object) -> str:
        """Translate ``words`` and fill in ``{placeholders}``; German where there is no translation."""
        return self.by_language.get(language, {}).get(words, words).format(**values)


def localized(by_language: dict[str, str], language: str) -> tuple[str, str]:
    """Pick the words of ``language``, else German, else any, and say in which they are; empty for none."""
    for tag in (language, SOURCE_LANGUAGE, *by_language):
        if by_language.get(tag):
            return by_language[tag], tag
    return "", language
