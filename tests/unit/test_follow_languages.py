"""The visitor's own page speaks each of its languages completely, and by that language's grammar."""

import re

import pytest

from queue_service.protocol.languages import (
    LANGUAGE_NAMES,
    SOURCE_LANGUAGE,
    direction,
    in_best_language,
    nearest,
)
from queue_service.web.follow_news import people_ahead
from queue_service.web.languages import preferred_language, read_catalog, texts
from tests.unit.test_web_texts import PLACEHOLDER, every_text_and_place

FOLLOW_FILES = re.compile(r"follow|theme_choice\.html")
TRANSLATIONS = [language for language in LANGUAGE_NAMES if language != SOURCE_LANGUAGE]
OWN = [language for language in TRANSLATIONS if language != "en"]
"""English has the texts of all pages in its catalog."""


@pytest.fixture(scope="module")
def wanted() -> set[str]:
    """Every text on the page, with the frame around it."""
    return {german for german, place in every_text_and_place() if FOLLOW_FILES.search(place)}


def forms(language: str) -> dict[str, tuple[str, ...]]:
    """All forms of each text."""
    return {
        message.id[0] if message.pluralizable else str(message.id): (
            tuple(message.string or ()) if message.pluralizable else (str(message.string),)
        )
        for message in read_catalog(language)
        if message.id
    }


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_nothing_is_missing_and_nothing_left_over(language: str, wanted: set[str]) -> None:
    known = forms(language)
    assert {german for german in wanted if not all(known.get(german, [""]))} == set()
    assert language not in OWN or set(known) == wanted


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_plural_has_as_many_forms_as_the_language_and_no_other_placeholder(language: str) -> None:
    catalog = read_catalog(language)
    for message in catalog:
        if not message.pluralizable:
            continue
        said = tuple(message.string or ())
        assert len(said) == catalog.num_plurals, message.id
        allowed = set(PLACEHOLDER.findall(message.id[1]))
        assert all(set(PLACEHOLDER.findall(form)) <= allowed for form in said), message.id


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("de", 1, "Vor Ihnen wartet noch 1 Person."),
        ("de-simple", 2, "Vor Ihnen warten noch 2 Personen."),
        ("pl", 3, "Przed Państwem czekają jeszcze 3 osoby."),
        ("pl", 12, "Przed Państwem czeka jeszcze 12 osób."),
        ("ru", 21, "Перед вами ждёт ещё 21 человек."),
        ("uk", 4, "Перед вами чекають ще 4 особи."),
        ("ar", 2, "ينتظر قبلك شخصان."),
        ("ar", 7, "ينتظر قبلك 7 أشخاص."),
        ("ar", 30, "ينتظر قبلك 30 شخصًا."),
        ("tr", 5, "Önünüzde 5 kişi var."),
        ("fr", 2, "2 personnes attendent avant vous."),
    ],
)
def test_people_are_counted_as_the_language_counts(language: str, count: int, said: str) -> None:
    assert people_ahead(count, texts(language)) == said


def test_only_arabic_is_written_from_right_to_left() -> None:
    assert [language for language in LANGUAGE_NAMES if direction(language) == "rtl"] == ["ar"]


@pytest.mark.parametrize(
    ("wanted_language", "said"),
    [("en", "Counter 3"), ("tr", "Counter 3"), ("de", "Schalter 3"), ("de-simple", "Schalter 3")],
)
def test_what_an_office_wrote_is_german_to_germans_and_english_to_all_others(
    wanted_language: str, said: str
) -> None:
    words, language = in_best_language({"de": "Schalter 3", "en": "Counter 3"}, wanted_language)
    assert (words, language) == (said, "de" if said == "Schalter 3" else "en")


def test_what_an_office_wrote_in_german_alone_stays_german() -> None:
    assert in_best_language({"de": "Schalter 3"}, "ar") == ("Schalter 3", "de")
    assert in_best_language({}, "ar") == ("", "ar")


def test_the_nearest_language_is_found_by_its_base() -> None:
    spoken = tuple(LANGUAGE_NAMES)
    assert nearest("fr-CA", spoken) == "fr"
    assert nearest("de-simple", ["de", "en"]) == "de"
    assert nearest("tlh", spoken) == SOURCE_LANGUAGE


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("uk-UA,uk;q=0.9,ru;q=0.8", "uk"), ("tlh,ar;q=0.3", "ar"), ("de-simple", "de"), ("nl", "de")],
)
def test_the_browsers_best_language_of_all_ten_is_chosen(accepted: str, language: str) -> None:
    assert preferred_language(accepted, tuple(LANGUAGE_NAMES)) == language
