"""Everything that a visitor reads exists in every language of the kiosk."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from kiosk.texts import LOCALES, Texts
from queue_service.protocol.languages import LANGUAGE_NAMES, SOURCE_LANGUAGE, base
from queue_service.ticket_paper.texts import TICKET_LOCALES

KIOSK = LOCALES.parent
CATALOGS = sorted(LOCALES.glob("*.po"))
TRANSLATED_BY = {"t": None, "say": None, "N_": None, "tn": (1, 2), "say_count": (1, 2)}
PLACEHOLDER = re.compile(r"\{(\w+)\}")


@cache
def words_in_source() -> set[str]:
    found: set[str] = set()
    sources = [
        *KIOSK.rglob("*.py"),
        *TICKET_LOCALES.parent.glob("*.py"),
        *(KIOSK / "static" / "page").rglob("*.js"),
    ]
    for path in sources:
        kind = "python" if path.suffix == ".py" else "javascript"
        with path.open("rb") as file:
            for _, message, _, _ in extract(kind, file, TRANSLATED_BY, options={"encoding": "utf-8"}):
                found.add(message[0] if isinstance(message, tuple) else message)
    return found


def catalog(path: Path) -> dict[str, tuple[str, ...]]:
    """All forms of each text, by its German words for one."""
    with path.open("rb") as file:
        found = read_po(file, locale=base(path.stem))
    forms = {
        m.id[0] if m.pluralizable else str(m.id): tuple(m.string or ())
        if m.pluralizable
        else (str(m.string),)
        for m in found
        if m.id and not m.fuzzy
    }
    assert {len(forms[m.id[0]]) for m in found if m.pluralizable} == {found.num_plurals}
    return forms


def test_there_is_a_catalog_for_each_language_of_visitors() -> None:
    assert {path.stem for path in CATALOGS} == set(LANGUAGE_NAMES) - {SOURCE_LANGUAGE}


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.stem)
def test_every_word_is_translated_and_none_is_left_over(path: Path) -> None:
    translations = {**catalog(path), **catalog(TICKET_LOCALES / path.name)}
    assert {words for words in words_in_source() if not all(translations.get(words, [""]))} == set()
    assert set(translations) - words_in_source() == set()


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.stem)
def test_translations_keep_the_placeholders(path: Path) -> None:
    for words, forms in (catalog(path) | catalog(TICKET_LOCALES / path.name)).items():
        wanted = set(PLACEHOLDER.findall(words))
        assert set(PLACEHOLDER.findall(forms[-1])) == wanted, words
        # "One minute" and "two minutes" may be words, where a language has words for them.
        assert all(set(PLACEHOLDER.findall(form)) <= wanted for form in forms), words


def test_words_are_found_in_both_kinds_of_source() -> None:
    assert {"Haben Sie einen Termin?", "Wartezeit am Handy"} <= words_in_source()


def test_a_language_calls_itself_by_its_own_name() -> None:
    assert Texts.read().names() == LANGUAGE_NAMES


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("de", 1, "etwa 1 Minute"),
        ("en", 35, "about 35 minutes"),
        ("pl", 22, "około 22 minut"),
        ("ru", 31, "примерно 31 минута"),
        ("uk", 24, "приблизно 24 хвилини"),
        ("ar", 5, "5 دقائق تقريبًا"),
        ("ar", 20, "20 دقيقة تقريبًا"),
    ],
)
def test_numbers_choose_the_form_of_their_language(language: str, count: int, said: str) -> None:
    assert Texts.read().say_count("etwa {count} Minute", "etwa {count} Minuten", count, language) == said


def test_an_unknown_language_falls_back_to_its_nearest_and_then_to_german() -> None:
    texts = Texts.read()
    assert texts.best_language("en-US") == "en"
    assert texts.best_language("tlh") == SOURCE_LANGUAGE
    assert texts.say("Hilfe", "tlh") == "Hilfe"
