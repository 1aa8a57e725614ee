"""A set-up file is taken as it is written, and what it leaves out is filled in."""

from typing import get_args

import msgspec
import pytest

from queue_service.offices.model import Closure, Span
from queue_service.offices.setup_file import SetupError, read_setup
from queue_service.offices.setup_model import FEATURES, VISITOR_CLASSES, Known, OfficeSetup, Setup
from queue_service.offices.ticket_setup import TicketSetup
from queue_service.protocol.kiosk_questions import COUNTER_NEEDS, ClassNeed
from queue_service.protocol.languages import LANGUAGE_NAMES

CATALOGUE = """\
authorities:
  - {slug: town, name: {de: Stadt}, land: HB}
services:
  - {code: reisepass, name: {de: Reisepass}, group: &papers {de: Ausweise}, minutes: 15}
  - {code: ausweis, name: {de: Ausweis}, group: *papers, minutes: 10, modes: [walk_in]}
  - {code: auto, name: {de: Auto}, group: {de: Verkehr}, minutes: 10}
"""
OFFICE = """\
offices:
  - slug: hall
    authority: town
    name: {de: Rathaus}
    address: {street: Markt 1, postal_code: 01067, city: Ort}
"""


def office_of(*lines: str) -> OfficeSetup:
    """Read the catalogue and an office with further lines."""
    text = OFFICE + "".join(f"    {line}\n" for line in lines)
    return read_setup({"catalogue.yaml": CATALOGUE, "office.yaml": text}).offices[0]


def test_times_are_times_and_not_yamls_base_sixty() -> None:
    hours = office_of("opening_hours: {monday: 08:00-18:00, sunday: 0:00-24:00}").opening_hours

    assert hours.monday == [Span(480, 1080)]
    assert hours.sunday == [Span(0, 1440)]


def test_a_postal_code_keeps_its_zero() -> None:
    assert office_of().address.postal_code == "01067"


def test_the_words_no_and_off_are_text_where_text_is_meant() -> None:
    assert office_of("notice: {de: no, en: off}").notice == {"de": "no", "en": "off"}


def test_yes_and_no_are_truth_where_truth_is_meant() -> None:
    office = office_of("ticket_shows_service: yes", "access: {lift: {available: no}}")

    assert office.ticket_shows_service is True
    assert office.access["lift"].available is False


def test_a_kiosk_asks_nothing_unless_told_to_and_only_what_a_ticket_can_hold() -> None:
    assert office_of().kiosk.asks == []
    assert office_of("kiosk: {asks: [pick_up, small_children]}").kiosk.asks == ["pick_up", "small_children"]
    assert set(COUNTER_NEEDS) == set(FEATURES)
    assert set(get_args(ClassNeed)) < set(VISITOR_CLASSES)


def test_a_file_says_how_tickets_look() -> None:
    office = office_of("ticket: {headline: {de: Willkommen}, large_print: yes, code: no, roll_mm: 58}")
    assert office.ticket == TicketSetup({"de": "Willkommen"}, {}, large_print=True, code=False, roll_mm=58)


def test_spans_of_a_day_are_put_in_order() -> None:
    hours = office_of("opening_hours: {monday: [14:00-18:00, 08:00-12:00]}").opening_hours

    assert hours.monday == [Span(480, 720), Span(840, 1080)]


def test_decomposed_umlauts_and_folded_lines_become_plain_text() -> None:
    assert office_of("notice:", "  de: >", "    Gescha\u0308ft", "    geschlossen").notice == {
        "de": "Gesch\u00e4ft geschlossen"
    }


def test_a_slide_keeps_its_lines_of_which_the_first_stands_out() -> None:
    slide = 'panel: [{kind: text, text: {de: "Neu:  \\n\\n Ab 1. Juni  auch\\tsamstags"}}]'
    assert office_of(slide).panel[0].text == {"de": "Neu:\nAb 1. Juni auch samstags"}
    for wrong, why in (("\\n \\n", "text of 1 to 1000"), ("a\\n\\x07", "control character")):
        with pytest.raises(SetupError, match=why):
            office_of(f'panel: [{{kind: text, text: {{de: "{wrong}"}}}}]')


def test_an_offered_service_has_the_catalogues_minutes_and_modes_unless_it_says_otherwise() -> None:
    office = office_of(
        "services: [ausweis, {service: auto, minutes: 25, modes: [appointment]}]", "walk_ins: never"
    )

    assert [(offered.minutes, offered.modes) for offered in office.services] == [
        (10, ["walk_in"]),
        (25, ["appointment"]),
    ]


def test_letters_come_from_the_service_its_group_or_the_office_in_this_order() -> None:
    office = office_of(
        "services: [{service: ausweis, letter: C}, reisepass, auto]",
        "numbers: {letter: B, letters_by_group: {Verkehr: D}}",
        "walk_ins: never",
    )

    assert [offered.letter for offered in office.services] == ["C", "B", "D"]


def test_a_counter_without_services_serves_all_and_is_named_by_its_number() -> None:
    office = office_of(
        "services: [ausweis, auto]",
        "walk_ins: always",
        "counters: [{number: 7}, {number: 8, services: all, name: {de: Zimmer 8}}]",
    )

    assert [counter.services for counter in office.counters] == [["ausweis", "auto"]] * 2
    assert office.counters[0].name == {"de": "Schalter 7", "en": "Counter 7"}
    assert office.counters[1].name == {"de": "Zimmer 8", "en": "Counter 8"}


def test_an_office_may_refer_to_what_is_installed_already() -> None:
    installed = read_setup({"catalogue.yaml": CATALOGUE})
    known = Known(
        authorities=frozenset({"town"}),
        services={service.code: service for service in installed.services},
    )
    text = f"{OFFICE}    services: [reisepass]\n    walk_ins: never\n"

    assert read_setup({"office.yaml": text}, known).offices[0].services[0].minutes == 15
    with pytest.raises(SetupError, match="unknown authority"):
        read_setup({"office.yaml": text})


def test_what_is_read_survives_the_way_into_the_database_and_back() -> None:
    closure = "closures: [{from: 2026-12-24, to: 2026-12-26, reason: {de: Weihnachten}}]"
    setup = Setup(
        offices=[office_of(closure, "services: [auto]", "counters: [{number: 1}]", "walk_ins: always")]
    )

    again = msgspec.json.decode(msgspec.json.encode(setup), type=Setup)

    assert again == setup
    assert isinstance(again.offices[0].closures[0], Closure)


def test_an_office_speaks_all_languages_unless_it_names_some_and_german_always() -> None:
    assert office_of().spoken == list(LANGUAGE_NAMES)
    assert office_of("languages: [tr, en]").spoken == ["de", "en", "tr"]
