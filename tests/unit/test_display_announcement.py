import re
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from display.announcement import SPOKEN_LANGUAGES, announce, speak_place, spell_number
from queue_service.protocol.stream import Call

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NAMES = {"de": "Schalter 3", "en": "Counter 3"}
GERMAN_DIGITS = ["null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"]

LAST_TO_A_COUNTER = 5
"""In a property: those called more often are fetched."""

# Prefix letters are neutral: no I, O, Q; then at least three digits.
numbers = st.from_regex(r"[A-HJ-NPR-Z][0-9]{3,5}", fullmatch=True)
counter_names = st.text(st.sampled_from("Schalter ZimmerRaum-./,äöüß&()0123456789"), min_size=1, max_size=30)


def call(
    number: str = "A042", nth: int = 1, language: str = "de", name: dict[str, str] | None = None
) -> Call:
    return Call(7, number, "3", NAMES if name is None else name, NOON, nth, language)


def test_a_call_is_said_in_the_words_of_the_house() -> None:
    (german,) = announce(call(), "de")
    assert german.first.text == "Nummer A, null, vier, zwei. Bitte zu Schalter drei."
    assert german.again == german.first


def test_english_follows_the_german_only_if_the_visitor_asked_for_it() -> None:
    german, english = announce(call(language="en-GB"), "de")
    assert german.first.text == "Nummer A, null, vier, zwei. Bitte zu Schalter drei."
    assert english.first.text == "Number A, zero, four, two. Please go to Counter three."
    assert [german.first.language, english.first.language] == ["de", "en"]


@pytest.mark.parametrize("language", ["de", "de-simple", "nl", ""])
def test_a_language_that_is_german_or_not_spoken_adds_nothing(language: str) -> None:
    assert [wording.first.language for wording in announce(call(language=language), "de")] == ["de"]


@pytest.mark.parametrize(
    ("nth", "beginning"),
    [(2, "Zweiter Aufruf. "), (3, "Dritter Aufruf. "), (4, "Erneuter Aufruf. "), (40, "Erneuter Aufruf. ")],
)
def test_a_recall_says_so_once_and_is_repeated_without_it(nth: int, beginning: str) -> None:
    (german,) = announce(call(nth=nth), "de")
    assert german.first.text == beginning + german.again.text
    assert german.again.text == "Nummer A, null, vier, zwei. Bitte zu Schalter drei."


@pytest.mark.parametrize(
    ("reception", "german_words", "english_words"),
    [
        (
            True,
            "Bitte warten Sie am Empfang, Sie werden abgeholt.",
            "Please wait at the reception, staff will come for you.",
        ),
        (False, "Bitte warten Sie, Sie werden abgeholt.", "Please wait, staff will come for you."),
    ],
)
def test_whoever_is_fetched_is_sent_to_no_counter(
    german_words: str, english_words: str, *, reception: bool
) -> None:
    fetched = msgspec.structs.replace(call(nth=2, language="en"), pick_up=True)
    german, english = announce(fetched, "de", reception=reception)
    assert german.first.text == f"Zweiter Aufruf. Nummer A, null, vier, zwei. {german_words}"
    assert german.again.text == f"Nummer A, null, vier, zwei. {german_words}"
    assert english.again.text == f"Number A, zero, four, two. {english_words}"


def test_a_place_without_a_number_needs_no_article() -> None:
    (german,) = announce(call(name={"de": "Empfang"}), "de")
    assert german.first.text.endswith("Bitte melden Sie sich hier: Empfang.")


def test_a_counter_without_a_name_in_a_language_is_named_by_its_sign() -> None:
    _, english = announce(call(language="en", name={"de": "Schalter 3"}), "de")
    assert english.first.text.endswith("Please go to counter three.")


@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("Schalter 1", "Schalter eins"),
        ("Schalter 11", "Schalter elf"),
        ("Schalter 20", "Schalter zwanzig"),
        ("Schalter 21", "Schalter einundzwanzig"),
        ("Schalter 37", "Schalter siebenunddreißig"),
        ("Zimmer 214", "Zimmer zwei, eins, vier"),
        ("Raum 2.14", "Raum zwei Punkt vierzehn"),
        ("Platz 07", "Platz null, sieben"),
        ("Schalter 3a", "Schalter drei a"),
        ("Haus B/Zimmer 4", "Haus B Zimmer vier"),
    ],
)
def test_a_place_is_said_as_people_say_it(name: str, spoken: str) -> None:
    assert speak_place(name, "de") == spoken


@given(numbers)
def test_every_sign_of_the_number_is_said_singly_and_in_order(number: str) -> None:
    said = spell_number(number, "de").split(", ")
    assert (
        "".join(str(GERMAN_DIGITS.index(word)) if word in GERMAN_DIGITS else word for word in said) == number
    )


@given(st.integers(0, 99), st.integers(0, 99), st.sampled_from(SPOKEN_LANGUAGES))
def test_two_counters_never_sound_the_same(one: int, other: int, language: str) -> None:
    assert (speak_place(str(one), language) == speak_place(str(other), language)) == (one == other)


@given(
    numbers,
    counter_names,
    st.integers(1, 9),
    st.sampled_from(SPOKEN_LANGUAGES),
    st.sampled_from(SPOKEN_LANGUAGES),
)
def test_nothing_is_left_to_a_voice_to_guess(
    number: str, name: str, nth: int, house: str, visitor: str
) -> None:
    fetched = msgspec.structs.replace(
        call(number, nth, visitor, {"de": name, "en": name}), pick_up=nth > LAST_TO_A_COUNTER
    )
    wordings = announce(fetched, house, reception=nth % 2 == 0)
    assert len(wordings) == (1 if house == visitor else 2)
    for wording in wordings:
        assert wording.first.text.endswith(wording.again.text)
        assert re.fullmatch(r"[^\W\d_][\w ,.:'-]*\.", wording.first.text)
        assert not re.search(r"\d|\s\s|[\n<>\[\]]", wording.first.text)
