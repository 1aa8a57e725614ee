"""What the citizens' pages decide without asking anybody: addresses, typed words, faults, sentences."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_service.booking.model import MOST_PERSONS, MOST_SERVICES, WhyNone
from queue_service.offices.catalogue import OfferedService
from queue_service.platform import errors
from queue_service.web.appointment_view import in_groups, spelling
from queue_service.web.booking_contact import checked_contact, read_contact
from queue_service.web.booking_offers import chosen_place, read_preferences
from queue_service.web.booking_refusals import refusal_in_words, refused_in_words, why_none_in_words
from queue_service.web.booking_search import search_services
from queue_service.web.booking_wish import MOST_OF_ONE, Wish, chosen_services, read_wish
from queue_service.web.dates_in_words import day_in_words
from queue_service.web.languages import texts
from queue_service.web.visitor_secrets import read_access

GERMAN, ENGLISH = texts("de"), texts("en")
CODES = st.from_regex(r"[a-z][a-z0-9-]{0,30}", fullmatch=True)
SECRET = "aB3-_xyzaB3-_xyzaB3-_xyzaB3-_xyz"


def service(code: str, name: str, *, most: int = 1, appointment: bool = True) -> OfferedService:
    """Give a service as the catalogue has it."""
    return OfferedService(
        id=1,
        code=code,
        leika_key=None,
        name={"de": name},
        group={"de": "Alles"},
        minutes=15,
        walk_in=True,
        appointment=appointment,
        letter="A",
        max_quantity=most,
        documents={},
        fee={},
    )


@given(
    st.dictionaries(CODES, st.integers(1, MOST_OF_ONE), max_size=MOST_SERVICES), st.integers(1, MOST_PERSONS)
)
def test_what_is_wanted_survives_its_way_through_an_address(quantities: dict[str, int], persons: int) -> None:
    wish = Wish(quantities, persons)
    assert read_wish(wish.fields) == wish


@given(st.lists(st.tuples(st.sampled_from(["service", "quantity-a", "persons", "x"]), st.text(max_size=70))))
def test_whatever_an_address_holds_is_a_wish_within_bounds(fields: list[tuple[str, str]]) -> None:
    wish = read_wish(fields)
    assert len(wish.quantities) <= MOST_SERVICES
    assert all(1 <= quantity <= MOST_OF_ONE for quantity in wish.quantities.values())
    assert 1 <= wish.persons <= MOST_PERSONS


def test_nobody_gets_more_of_a_service_than_a_visit_settles_or_one_without_appointments() -> None:
    catalogue = [service("pass", "Reisepass", most=3), service("zettel", "Zettel", appointment=False)]
    chosen = chosen_services(Wish({"pass": 9, "zettel": 1, "gone": 1}), catalogue)
    assert [(entry.service.code, entry.quantity) for entry in chosen] == [("pass", 3)]


@pytest.mark.parametrize(
    "typed", ["Führerschein", "fuehrerschein", "fuhrerschein", "FÜHRER", "Lappen", "schein führer", "führ"]
)
def test_a_service_is_found_as_people_type_it(typed: str) -> None:
    catalogue = [service("licence", "Führerschein abholen"), service("pass", "Reisepass beantragen")]
    assert [found.code for found in search_services(catalogue, typed)] == ["licence"]


def test_a_short_word_has_to_begin_one() -> None:
    catalogue = [service("a", "Reisepass beantragen"), service("b", "Online-Ausweis und PIN")]
    assert [found.code for found in search_services(catalogue, "pin")] == ["b"]
    assert search_services(catalogue, "ass") == []


def test_only_the_chosen_way_s_fields_are_kept() -> None:
    form = read_contact({
        "name": "  Erika   Muster ", "confirm_by": "email", "email": " e@beispiel.de ",
        "phone": "0151 23456789", "city": "Bremen", "remind_sms": "yes",
    })  # fmt: skip
    contact, mistakes = checked_contact(form, "en", GERMAN)
    assert mistakes == {}
    assert (contact.name, contact.email, contact.phone, contact.postal_address) == (
        "Erika Muster", "e@beispiel.de", None, None,
    )  # fmt: skip
    assert (contact.confirm_by, contact.language, contact.remind) == ("email", "en", False)
    assert dict(form.hidden) == {"name": "Erika Muster", "confirm_by": "email", "email": "e@beispiel.de"}


def test_a_letter_is_as_its_reader_wishes_and_other_ways_ask_for_no_form() -> None:
    typed = {
        "name": "Erika", "street": "Am Wall 4", "postal_code": "28195", "city": "Bremen",
        "large_print": "yes", "simple": "yes", "email": "e@beispiel.de",
    }  # fmt: skip
    forms = [read_contact({**typed, "confirm_by": way}) for way in ("letter", "email")]
    contacts = [checked_contact(form, "de", GERMAN)[0] for form in forms]
    assert [(contact.letter_form, contact.language) for contact in contacts] == [
        ("large_print", "de-simple"),
        ("standard", "de"),
    ]
    assert [("simple", "yes") in form.hidden for form in forms] == [True, False]


def test_nothing_at_all_is_needed_when_the_page_is_confirmation_enough() -> None:
    assert checked_contact(read_contact({"confirm_by": "none"}), "de", GERMAN)[1] == {}


@pytest.mark.parametrize(
    ("sent", "faulty"),
    [
        ({}, {"confirm_by"}),
        ({"confirm_by": "pigeon"}, {"confirm_by"}),
        ({"confirm_by": "email"}, {"email"}),
        ({"confirm_by": "email", "email": "nobody"}, {"email"}),
        ({"confirm_by": "sms", "phone": "0421 361 12345"}, {"phone"}),
        ({"confirm_by": "letter"}, {"name", "street", "postal_code", "city"}),
        (
            {"confirm_by": "letter", "name": "E", "street": "S 1", "postal_code": "2819x", "city": "B"},
            {"postal_code"},
        ),
        ({"confirm_by": "none", "name": "x" * 201}, {"name"}),
    ],
)
def test_each_faulty_field_gets_its_sentence(sent: dict[str, str], faulty: set[str]) -> None:
    assert set(checked_contact(read_contact(sent), "de", GERMAN)[1]) == faulty


@given(st.dictionaries(st.sampled_from(["name", "confirm_by", "email", "phone", "postal_code"]), st.text()))
def test_whatever_is_typed_is_a_contact_or_named_as_faulty(sent: dict[str, str]) -> None:
    contact, mistakes = checked_contact(read_contact(sent), "de", GERMAN)
    assert contact.name.isprintable()
    assert set(mistakes) <= {"name", "confirm_by", "email", "phone", "street", "postal_code", "city"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mitte",
        "mitte ",
        " 2026-11-24T10:15:00+01:00",
        "mitte 2026-11-24T10:15:00",
        "mitte 9999-12-31T23:59:00-14:00",
    ],
)
def test_what_names_no_place_is_none(text: str) -> None:
    assert chosen_place(text) is None


def test_a_date_is_read_as_a_browser_sends_it_and_as_it_is_typed() -> None:
    for typed in ("2026-11-24", "24.11.2026"):
        assert read_preferences([("from", typed)], GERMAN)[0].begin == date(2026, 11, 24)
    assert set(read_preferences([("from", "next week")], GERMAN)[1]) == {"from"}


def test_reference_and_secret_are_read_as_typed_in_groups_or_as_the_whole_link() -> None:
    link = f"https://termine.test/appointment?reference=K7RM-W3XA&secret={SECRET}"
    grouped = " ".join(in_groups(SECRET))
    assert read_access(" k7rm w3xa ", grouped) == ("k7rm w3xa", SECRET)
    assert read_access(link, "") == read_access("", link) == ("K7RM-W3XA", SECRET)


def test_a_reference_is_spelled_with_cities_and_in_german_with_words_for_digits() -> None:
    assert [word for _, word in spelling("K7RM-W3XA", "de")][:3] == ["Köln", "sieben", "Rostock"]
    assert [word for _, word in spelling("K7RM-W3XA", "en")][:3] == ["Köln", "7", "Rostock"]


def test_a_refusal_says_how_long_to_wait() -> None:
    assert refusal_in_words(errors.TooManyAttempts(retry_after=61), ENGLISH).endswith(
        "Please wait 2 minutes."
    )


def test_a_code_or_reason_that_a_later_version_makes_still_gets_a_sentence() -> None:
    assert "115" in refused_in_words("made_later", GERMAN)
    assert why_none_in_words(WhyNone("full", ""), GERMAN)


def test_days_are_told_as_people_say_them() -> None:
    day = date(2026, 11, 24)
    assert day_in_words(day, "de") == "Dienstag, 24. November 2026"
    assert day_in_words(day, "en", today=date(2026, 1, 1)) == "Tuesday, 24 November"
