"""Everything that a visitor reads exists in every language of the kiosk."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from kiosk.texts import LOCALES, SOURCE_LANGUAGE, Texts

KIOSK = LOCALES.parent
TRANSLATED_BY = {"t": None, "say": None, "N_": None}
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def words_in_source() -> set[str]:
    found: set[str] = set()
    sources = [*KIOSK.rglob("*.py"), *(KIOSK / "static" / "page").rglob("*.js")]
    for path in sources:
        kind = "python" if path.suffix == ".py" else "javascript"
        with path.open("rb") as file:
            for _, message, _, _ in extract(kind, file, TRANSLATED_BY, options={"encoding": "utf-8"}):
                found.add(message[0] if isinstance(message, tuple) else message)
    return found


def catalog(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file) if m.id and not m.fuzzy}


@pytest.mark.parametrize("path", sorted(LOCALES.glob("*.po")), ids=lambda path: path.stem)
def test_every_word_is_translated_and_none_is_left_over(path: Path) -> None:
    translations = catalog(path)
    assert {words for words in words_in_source() if not translations.get(words)} == set()
    assert set(translations) - words_in_source() == set()


@pytest.mark.parametrize("path", sorted(LOCALES.glob("*.po")), ids=lambda path: path.stem)
def test_translations_keep_the_placeholders(path: Path) -> None:
    for words, translated in catalog(path).items():
        assert set(PLACEHOLDER.findall(words)) == set(PLACEHOLDER.findall(translated)), words


def test_words_are_found_in_both_kinds_of_source() -> None:
    assert {"Haben Sie einen Termin?", "Wartezeit am Handy"} <= words_in_source()


def test_a_language_calls_itself_by_its_own_name() -> None:
    assert Texts.read().names() == {"de": "Deutsch", "en": "English"}


def test_an_unknown_language_falls_back_to_its_nearest_and_then_to_german() -> None:
    texts = Texts.read()
    assert texts.best_language("en-US") == "en"
    assert texts.best_language("tlh") == SOURCE_LANGUAGE
    assert texts.say("Hilfe", "tlh") == "Hilfe"
