"""What people read, in their language: gettext catalogs, read once at start.

German is written in the source and is the key of its translations; a catalog
``locales/<language tag>.po`` makes a language available. Words that depend on a number have as many
forms as the language has.
"""

from collections.abc import Callable
from gettext import c2py
from pathlib import Path
from typing import Self

import msgspec
from babel.messages.pofile import read_po

from queue_service.protocol.languages import LANGUAGE_NAMES, SOURCE_LANGUAGE, base

LOCALES = Path(__file__).parent / "locales"


def N_(words: str) -> str:  # noqa: N802 - gettext's name for "translated later"
    """Mark words for translation where they are written, without translating them."""
    return words


class Counted(msgspec.Struct, frozen=True):
    """How a language says a number of things."""

    form_of: Callable[[int], int]
    """Which of its forms a number asks for."""
    forms: dict[str, tuple[str, ...]]
    """By the German words for one."""


class Texts(msgspec.Struct, frozen=True):
    """Translations by language tag, then by the German words."""

    by_language: dict[str, dict[str, str]]
    counted: dict[str, Counted]

    @classmethod
    def read(cls, folder: Path = LOCALES) -> Self:
        """Read every catalog of ``folder``; fuzzy entries don't count as translated."""
        found = {path.stem: path for path in folder.glob("*.po")}
        by_language: dict[str, dict[str, str]] = {SOURCE_LANGUAGE: {}}
        counted: dict[str, Counted] = {}
        for tag in [tag for tag in LANGUAGE_NAMES if tag in found]:
            with found[tag].open("rb") as file:
                catalog = read_po(file, locale=base(tag))
            known = [message for message in catalog if message.id and message.string and not message.fuzzy]
            by_language[tag] = {str(one.id): str(one.string) for one in known if not one.pluralizable}
            counted[tag] = Counted(
                c2py(catalog.plural_expr),
                {one.id[0]: tuple(one.string or ()) for one in known if one.pluralizable},
            )
        return cls(by_language, counted)

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages that have a catalog, and German."""
        return tuple(self.by_language)

    def say(self, words: str, language: str, **values: object) -> str:
        """Translate ``words`` and fill in ``{placeholders}``; German where there is no translation."""
        return self.by_language.get(language, {}).get(words, words).format(**values)

    def say_count(self, one: str, many: str, count: int, language: str, **values: object) -> str:
        """Say words for ``count`` of something, which fills in ``{count}``, in the form that it asks for."""
        words = one if count == 1 else many
        if language in self.counted and one in self.counted[language].forms:
            spoken = self.counted[language]
            words = spoken.forms[one][spoken.form_of(count)]
        return words.format(count=count, **values)
