"""References: what is dictated arrives as it was meant, or is noticed to be wrong."""

import re
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_service.booking.reference import (
    DIN_5009_NAMES,
    LENGTH,
    new_reference,
    parse_reference,
    shown,
    spelled,
    with_check,
)
from queue_service.platform.errors import AppointmentNotFound
from queue_service.protocol.dictation import ALPHABET

KIOSK_STEP = Path(__file__).parents[2] / "kiosk" / "static" / "page" / "steps" / "check_in.js"
stems = st.text(ALPHABET, min_size=LENGTH - 1, max_size=LENGTH - 1)


def is_refused(text: str) -> bool:
    try:
        parse_reference(text)
    except AppointmentNotFound:
        return True
    return False


def test_the_alphabet_has_nothing_that_is_taken_for_something_else() -> None:
    assert not set(ALPHABET) & set("01IOQ")
    assert set(ALPHABET) < set(string.ascii_uppercase + string.digits)


@given(stems)
def test_a_reference_is_read_whatever_its_case_spaces_and_hyphens(stem: str) -> None:
    reference = with_check(stem)
    for heard in (
        reference,
        shown(reference),
        shown(reference).lower(),
        " ".join(reference),
        f" {reference[:4]} - {reference[4:]}\t",
        f"{reference[:4]}–{reference[4:]}",
    ):
        assert parse_reference(heard) == reference


@given(stems)
def test_every_single_wrong_character_is_noticed(stem: str) -> None:
    reference = with_check(stem)
    for place in range(LENGTH):
        for other in set(ALPHABET) - {reference[place]}:
            assert is_refused(reference[:place] + other + reference[place + 1 :])


@given(stems)
def test_any_two_characters_that_changed_places_are_noticed(stem: str) -> None:
    reference = with_check(stem)
    for left in range(LENGTH):
        for right in range(left + 1, LENGTH):
            swapped = list(reference)
            swapped[left], swapped[right] = swapped[right], swapped[left]
            assert reference[left] == reference[right] or is_refused("".join(swapped))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "AAAA",
        "K7RM-W3X",
        "K7RM-W3XAA",
        "0000-0000",
        "IIII-OOOO",
        "K7RM_W3XA",
        "ÄÖÜß-ÄÖÜß",
        "A" * 100_000,
    ],
)
def test_what_can_not_be_a_reference_is_an_unknown_one(text: str) -> None:
    with pytest.raises(AppointmentNotFound):
        parse_reference(text)


def test_new_references_are_valid_and_shown_in_two_groups_of_four() -> None:
    references = {new_reference() for _ in range(1000)}
    assert len(references) == 1000
    for reference in references:
        assert parse_reference(shown(reference)) == reference
        assert [len(group) for group in shown(reference).split("-")] == [4, 4]


def test_letters_are_dictated_with_the_names_of_din_5009_and_digits_in_german() -> None:
    assert spelled("K7RM-W3XA") == [
        "Köln", "sieben", "Rostock", "München", "Wuppertal", "drei", "Xanten", "Aachen",
    ]  # fmt: skip


def test_every_letter_has_a_name_that_begins_with_it() -> None:
    assert list(DIN_5009_NAMES) == list(string.ascii_uppercase)
    assert all(name.startswith(letter) for letter, name in DIN_5009_NAMES.items())


@given(stems)
def test_every_character_of_a_reference_can_be_dictated(stem: str) -> None:
    reference = with_check(stem)
    assert len(spelled(shown(reference))) == LENGTH
    assert all(spelled(reference))


def test_the_example_that_the_kiosk_shows_could_be_somebody_s() -> None:
    shown_at_kiosk = re.search(r"zum Beispiel (\w{4}-\w{4})", KIOSK_STEP.read_text())
    assert shown_at_kiosk is not None
    assert not is_refused(shown_at_kiosk[1])
