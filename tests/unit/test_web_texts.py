"""Pages speak every language completely, and say nothing outside the catalogs."""

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

from queue_service.protocol.languages import SOURCE_LANGUAGE
from queue_service.web import languages, rendering
from queue_service.web.assets import STATIC
from queue_service.web.languages import LANGUAGE_NAMES, read_catalog, script_texts, texts

WEB = Path(languages.__file__).parent
TEMPLATES = sorted(rendering.TEMPLATES.rglob("*.html"))
TRANSLATIONS = [language for language in LANGUAGE_NAMES if language != SOURCE_LANGUAGE]
SOURCES = [
    ("node_modules/**", "ignore"),
    ("static/vendor/**", "ignore"),
    ("**.py", "python"),
    ("templates/**.html", "jinja2.ext:babel_extract"),
    ("static/**.js", "javascript"),
]
PLACEHOLDER = re.compile(r"%\(\w+\)s")
SPOKEN_ATTRIBUTES = {"alt", "aria-label", "aria-description", "placeholder", "title", "content"}
LETTERS = re.compile(r"[^\W\d_]{2}")
"""Two letters in a row: a word, and not the name of a key."""


@cache
def every_text_and_place() -> tuple[tuple[str, str], ...]:
    """Give every text in templates, scripts and handlers, with each place where it stands."""
    options = {"templates/**.html": {"trimmed": "true"}}
    return tuple(
        (message if isinstance(message, str) else message[0], f"{file}:{line}")
        for file, line, message, _, _ in extract_from_dir(WEB, SOURCES, options_map=options)
    )


def texts_used() -> dict[str, str]:
    """Give every text, with one of its places."""
    return dict(every_text_and_place())


def test_extraction_sees_templates_scripts_and_handlers() -> None:
    places = texts_used().values()
    for kind in (".html", ".js", ".py"):
        assert any(kind in place for place in places), f"no text found in {kind} files"


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_text_is_translated(language: str) -> None:
    known = script_texts(language)
    missing = [f"{place}: {german}" for german, place in texts_used().items() if not known.get(german)]
    assert missing == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_no_translation_is_left_over(language: str) -> None:
    assert sorted(set(script_texts(language)) - set(texts_used())) == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_translations_keep_the_placeholders(language: str) -> None:
    for message in read_catalog(language):
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        wanted = set(PLACEHOLDER.findall(str(ids[-1])))
        assert set(PLACEHOLDER.findall(str(forms[-1]))) == wanted, message.id


def test_a_text_without_translation_stays_german() -> None:
    assert texts("en").gettext("Dieser Satz steht in keinem Katalog") == "Dieser Satz steht in keinem Katalog"


def test_numbers_choose_their_plural() -> None:
    words = texts("en")
    one, many = "Vor Ihnen wartet noch %(count)s Person.", "Vor Ihnen warten noch %(count)s Personen."
    assert words.ngettext(one, many, 1) % {"count": 1} == "1 person is waiting ahead of you."
    assert words.ngettext(one, many, 7) % {"count": 7} == "7 people are waiting ahead of you."


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("en-GB,en;q=0.9,de;q=0.8", "en"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("tr,en;q=0.5,de;q=0.7", "de"),
        ("tr", "de"),
        ("", "de"),
        ("en;q=quite", "de"),
    ],
)
def test_the_browser_s_best_language_is_chosen(accepted: str, language: str) -> None:
    assert languages.preferred_language(accepted) == language


class _BareText(HTMLParser):
    """Collects words that stand in a template as they are."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "meta" and dict(attrs).get("name") != "description":
            return
        self.words += [value for name, value in attrs if name in SPOKEN_ATTRIBUTES and value]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_say_nothing_outside_gettext(template: Path) -> None:
    # What Jinja fills in is not the template's own text.
    markup = re.sub(
        r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", _without_trans(template.read_text()), flags=re.DOTALL
    )
    reader = _BareText()
    reader.feed(markup)
    assert [word.strip() for word in reader.words if LETTERS.search(word)] == []


def _without_trans(source: str) -> str:
    """Leave out what gettext covers, and the block that names the body's style."""
    translated = r"\{%-?\s*trans\b.*?endtrans\s*-?%\}"
    style_name = r"\{% block body_class %\}.*?\{% endblock %\}"
    return re.sub(f"{translated}|{style_name}", "", source, flags=re.DOTALL)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_inline_code_or_style(template: Path) -> None:
    source = template.read_text()
    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", source) == []
    assert re.findall(r"<style\b|\sstyle=|\son[a-z]+=", source) == []


def test_scripts_put_no_markup_or_style_attributes_into_pages() -> None:
    own = [file for file in STATIC.rglob("*.js") if "vendor" not in file.parts]
    assert own
    for file in own:
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", file.read_text()
        ), file
