import ast
import re
from pathlib import Path

import pytest

from display.announcement import SPOKEN_LANGUAGES
from display.page import TEMPLATES
from display.texts import LOCALES, SOURCE_LANGUAGE, Texts, localized
from display.wall_state import AGAIN, LOST

DISPLAY = LOCALES.parent
TRANSLATIONS = sorted(set(SPOKEN_LANGUAGES) - {SOURCE_LANGUAGE})


def words_in_source() -> set[str]:
    """Everything marked with ``N_`` in Python or ``_`` in the template."""
    marked = set()
    for path in DISPLAY.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_":
                marked.add(ast.literal_eval(node.args[0]))
    for path in TEMPLATES.iterdir():
        marked |= set(re.findall(r'\{\{ _\("([^"]+)"\) \}\}', path.read_text(encoding="utf-8")))
    return marked


def template_text(path: Path) -> str:
    without_code = re.sub(
        r"\{\{.*?\}\}|\{%.*?%\}|<[^>]*>", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL
    )
    return without_code.strip()


def test_the_words_of_page_and_program_are_found() -> None:
    assert {LOST, *AGAIN, "Zuletzt aufgerufen"} <= words_in_source()


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_word_is_translated_and_nothing_else_is(language: str) -> None:
    assert set(Texts.read().by_language[language]) == words_in_source()


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_translations_fill_in_what_the_german_fills_in(language: str) -> None:
    for german, translated in Texts.read().by_language[language].items():
        assert sorted(re.findall(r"\{\w+\}", german)) == sorted(re.findall(r"\{\w+\}", translated))


def test_the_template_holds_no_word_outside_the_catalog() -> None:
    for path in TEMPLATES.iterdir():
        assert not re.search(r"[A-Za-zÄÖÜäöüß]", template_text(path))


def test_a_name_is_given_in_the_wanted_language_else_in_german_else_in_any() -> None:
    names = {"en": "Counter 3", "de": "Schalter 3"}
    assert localized(names, "en") == ("Counter 3", "en")
    assert localized(names, "tr") == ("Schalter 3", "de")
    assert localized({"fr": "Guichet 3"}, "en") == ("Guichet 3", "fr")
    assert localized({}, "en") == ("", "en")
