import ast
import re
from pathlib import Path

import pytest

from display.announcement import SPOKEN_LANGUAGES, spell_number
from display.call_card import AGAIN
from display.page import TEMPLATES
from display.texts import LOCALES, Texts
from display.voice import VOICE_NAMES
from display.wall_state import LOST
from queue_service.protocol.languages import LANGUAGE_NAMES, SOURCE_LANGUAGE, base

DISPLAY = LOCALES.parent
TRANSLATIONS = sorted(set(LANGUAGE_NAMES) - {SOURCE_LANGUAGE})
TEXTS = Texts.read()


def words_in_source() -> set[str]:
    """Everything marked with ``N_`` or counted in Python, or marked with ``_`` in the template."""
    marked = set()
    for path in DISPLAY.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if called in {"N_", "say_count"}:
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
    spoken = TEXTS.counted[language]
    assert set(TEXTS.by_language[language]) | set(spoken.forms) == words_in_source()
    assert all(all(forms) for forms in spoken.forms.values())


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_translations_fill_in_what_the_german_fills_in(language: str) -> None:
    counted = TEXTS.counted[language].forms.items()
    said = [*TEXTS.by_language[language].items(), *((german, forms[-1]) for german, forms in counted)]
    for german, translated in said:
        assert sorted(re.findall(r"\{\w+\}", german)) == sorted(re.findall(r"\{\w+\}", translated))


def test_the_template_holds_no_word_outside_the_catalog() -> None:
    for path in TEMPLATES.iterdir():
        assert not re.search(r"[A-Za-zÄÖÜäöüß]", template_text(path))


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("de", 1, "1 Person wartet"),
        ("en", 2, "2 people are waiting"),
        ("pl", 3, "Czekają 3 osoby"),
        ("ru", 21, "Ждёт 21 человек"),
        ("ar", 2, "ينتظر شخصان"),
    ],
)
def test_people_are_counted_as_the_language_counts(language: str, count: int, said: str) -> None:
    assert TEXTS.say_count("{count} Person wartet", "{count} Personen warten", count, language) == said


def test_every_language_of_visitors_can_be_said_and_has_a_voice() -> None:
    assert {base(language) for language in LANGUAGE_NAMES} == set(SPOKEN_LANGUAGES) == set(VOICE_NAMES)


@pytest.mark.parametrize("language", ["ar", "bg", "ru", "uk"])
def test_a_number_s_letter_is_said_by_its_name_where_the_language_has_other_letters(language: str) -> None:
    # Two letters sound alike in Arabic, which has no p; the German before it has told them apart.
    names = {spell_number(letter, language) for letter in "ABCDEFGHJKLMNPRSTUVWXYZ"}
    assert not any(re.search("[A-Z]", name) for name in names)
    assert len(names) >= len("ABCDEFGHJKLMNPRSTUVWXYZ") - 1
