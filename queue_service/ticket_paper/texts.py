"""What people read on devices and paper, in their language: gettext catalogs, read once at start.

German is written in the source and is the key of its translations; a catalog
``<folder>/<language tag>.po`` makes a language available. Words that depend on a number have a form for
each of the language's plural categories (CLDR: ``one``, ``few``, ``many`` …), by which page and paper
choose alike.
"""

from functools import cache
from gettext import c2py
from pathlib import Path
from typing import Self

import msgspec
from babel import Locale
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from queue_service.protocol.languages import LANGUAGE_NAMES, SOURCE_LANGUAGE, base, nearest

TICKET_LOCALES = Path(__file__).parent / "locales"
NUMBERS_OF_EVERY_CATEGORY = range(201)
"""The languages' rules look at the last two digits; 0 to 200 meets each of them (CLDR, plural rules)."""


def N_(words: str) -> str:  # noqa: N802 - gettext's name for "translated later"
    """Mark words for translation where they are written, without translating them."""
    return words


class TicketTexts(msgspec.Struct, frozen=True):
    """Translations by language tag, then by the German words."""

    by_language: dict[str, dict[str, str]]
    counted: dict[str, dict[str, dict[str, str]]]
    """By language tag, by the German words for one, then by plural category."""

    @classmethod
    def read(cls, *folders: Path) -> Self:
        """Read the catalogs of tickets, and those of further folders; fuzzy entries don't count."""
        by_language: dict[str, dict[str, str]] = {SOURCE_LANGUAGE: {}}
        counted: dict[str, dict[str, dict[str, str]]] = {SOURCE_LANGUAGE: {}}
        for folder in (TICKET_LOCALES, *folders):
            found = {path.stem: path for path in folder.glob("*.po")}
            for tag in [tag for tag in LANGUAGE_NAMES if tag in found]:
                with found[tag].open("rb") as file:
                    catalog = read_po(file, locale=base(tag))
                known = [
                    message for message in catalog if message.id and message.string and not message.fuzzy
                ]
                by_language.setdefault(tag, {}).update(
                    {str(one.id): str(one.string) for one in known if not one.pluralizable}
                )
                counted.setdefault(tag, {}).update(
                    {
                        one.id[0]: _by_category(one, tag, catalog.plural_expr)
                        for one in known
                        if one.pluralizable
                    }
                )
        return cls(by_language, counted)

    def say(self, words: str, language: str, **values: object) -> str:
        """Translate ``words`` and fill in ``{placeholders}``; German where there is no translation."""
        translated = self.by_language.get(language, {}).get(words, words)
        return translated.format(**values)

    def say_count(self, one: str, many: str, count: int, language: str, **values: object) -> str:
        """Say words for ``count`` of something, which fills in ``{count}``, in the form that it asks for."""
        forms = self.counted.get(language, {}).get(one)
        if forms is None:
            return (one if count == 1 else many).format(count=count, **values)
        category = Locale.parse(base(language)).plural_form(count)
        return forms[category].format(count=count, **values)

    def best_language(self, wanted: str) -> str:
        """Give the language with a catalog that comes closest to the tag ``wanted``."""
        return nearest(wanted, tuple(self.by_language))

    def names(self) -> dict[str, str]:
        """Each language's name in that language: ``{"de": "Deutsch", "en": "English"}``."""
        return {tag: name for tag, name in LANGUAGE_NAMES.items() if tag in self.by_language}


def _by_category(message: Message, language: str, plural_expression: str) -> dict[str, str]:
    """Give a text's forms by category; a catalog numbers them by a rule of its own."""
    index, forms = c2py(plural_expression), tuple(message.string or ())
    return {category: forms[index(count)] for category, count in _categories(base(language)).items()}


@cache
def _categories(language: str) -> dict[str, int]:
    """Give a number of each plural category.

    Found once a language: for each text anew, a kiosk would start a tenth of a second later.
    """
    locale = Locale.parse(language)
    return {locale.plural_form(count): count for count in NUMBERS_OF_EVERY_CATEGORY}
