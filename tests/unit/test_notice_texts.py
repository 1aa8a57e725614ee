"""What visitors are told: complete in every language, discreet, and safe against whatever is in a name."""

import re
from pathlib import Path
from typing import get_args

import pytest
from msgspec.structs import replace

from queue_service.notices import by_email, by_sms, to_files, ways
from queue_service.notices.content import content
from queue_service.notices.model import (
    KINDS,
    WAYS,
    AppointmentNotice,
    Kind,
    NoticedAuthority,
    PostalAddress,
    Way,
)
from queue_service.notices.sample_notice import sample_notice
from queue_service.notices.short_message import LONGEST_GSM, fits, plain, units
from queue_service.notices.text_template import KINDS_OF_WAITING, check
from queue_service.notices.texts import compose
from queue_service.notices.wording import standard_wordings
from queue_service.platform.errors import InvalidFields
from queue_service.web.languages import texts
from queue_service.web.message_words import reason, reasons

AUTHORITY = NoticedAuthority("bremen", {"de": "Freie Hansestadt Bremen", "en": "City of Bremen"})
LANGUAGES = sorted(standard_wordings())
CARRIERS = (by_email, by_sms, to_files, ways)
MATTER = re.compile(r"ausweis|identity|foto|photo|euro", re.IGNORECASE)
every_language = pytest.mark.parametrize("language", LANGUAGES)
every_kind = pytest.mark.parametrize("kind", get_args(Kind))


def notice(kind: Kind = "booked", language: str = "de") -> AppointmentNotice:
    return sample_notice(kind, language, AUTHORITY)


@every_language
@every_kind
def test_every_message_says_when_and_which_and_leaves_nothing_unfilled(kind: Kind, language: str) -> None:
    for way in WAYS:
        message = compose(notice(kind, language), way)
        whole = f"{message.subject}\n{message.text}"
        assert "K7RM-W3XR" in whole
        assert kind in KINDS_OF_WAITING or "10:15" in whole
        assert not re.search(r"[{}]", whole + message.html)


@every_language
@every_kind
def test_a_text_message_is_one_message_and_says_nothing_of_the_matter(kind: Kind, language: str) -> None:
    shown = notice(kind, language)
    address = PostalAddress("Stresemannstraße 48", "28207", "Bremen")
    office = replace(shown.office, name={"de": "BürgerServiceCenter-Stresemannstraße"}, address=address)
    text = compose(replace(shown, office=office), "sms").text
    assert fits(text), units(text)
    assert not MATTER.search(text)


@every_language
@every_kind
def test_the_subject_of_an_e_mail_tells_neither_office_nor_matter(kind: Kind, language: str) -> None:
    subject = compose(notice(kind, language), "email").subject
    assert not MATTER.search(subject)
    assert "amt" not in subject.lower()


@every_language
@every_kind
def test_our_own_texts_pass_the_check_that_an_authority_s_texts_must_pass(kind: Kind, language: str) -> None:
    for way in WAYS:
        check(standard_wordings()[language].standard_text(kind, way), kind, way)


@every_kind
def test_leichte_sprache_has_one_sentence_a_line(kind: Kind) -> None:
    lines = compose(notice(kind, "de-simple"), "letter").text.splitlines()
    assert [line for line in lines if re.search(r"(?<!\d)[.!?] [A-ZÄÖÜ]", line)] == []


def test_what_to_bring_what_it_costs_and_how_to_change_is_in_the_e_mail() -> None:
    text = compose(notice(), "email").text
    for said in ("Digitales biometrisches Foto", "46,00 Euro je Ausweis", "telefonisch: 115", "(2-mal)"):
        assert said in text
    assert "Buchstabiert: Köln, sieben, Rostock, München, Wuppertal, drei, Xanten, Aachen" in text


def test_a_line_whose_fact_is_not_known_is_left_out() -> None:
    bare = replace(notice(), link="", persons=1, office=replace(notice().office, phone=None, access=[]))
    text = compose(bare, "email").text
    assert not re.search("Internet|telefonisch|Personen|Zugang", text)
    assert "- persönlich: am Empfang" in text


def test_what_somebody_is_called_is_neither_filled_in_nor_markup() -> None:
    called = replace(notice().recipient, name="{link} <script>alert(1)</script>")
    message = compose(replace(notice(), recipient=called), "email")
    assert "Guten Tag {link} <script>" in message.text
    assert "<script>" not in message.html
    assert "&lt;script&gt;" in message.html


def test_the_link_can_be_pressed_in_the_e_mail() -> None:
    shown = replace(notice(), link='https://termine.example.org/a?x=1&y="2"')
    html = compose(shown, "email").html
    assert '<a href="https://termine.example.org/a?x=1&amp;y=&#34;2&#34;">' in html


def test_an_authority_s_own_text_comes_before_ours_in_its_language_alone() -> None:
    own = {"de": "Moin! {short_day}, {time}, {reference}"}
    assert compose(notice(), "sms", own).text == "Moin! Di 08.12.2026, 10:15 Uhr, K7RM-W3XR"
    assert compose(notice(language="en"), "sms", own).text.startswith("Your appointment")
    assert compose(notice(language="de-simple"), "sms", own).text.startswith("Sie haben einen Termin.")


def test_a_language_that_only_the_authority_speaks_has_its_own_days() -> None:
    own = {"pl": "Termin\n\n{greeting},\n\n{day}, {time}, {reference}"}
    assert "wtorek, 8 grudnia 2026, 10:15" in compose(notice(language="pl"), "email", own).text
    assert "Dienstag, 8. Dezember 2026" in compose(notice(language="pl"), "email").text


@pytest.mark.parametrize(
    ("way", "text", "fault"),
    [
        ("sms", "{day}, {time}, {reference}, {datum}", "Line 1: {datum} is not known here"),
        ("sms", "{day}, {time}, {reference}\n{services}", "Line 2: {services} is not known here"),
        ("sms", "{day}, {time}", "The reference is missing"),
        ("sms", "{day}, {time}, {reference}, {respond_by}", "{respond_by} is not known here"),
        ("sms", "{day}, {time}, {reference} }", "Line 1: a brace without its partner"),
        ("email", "{office}\n\n{appointment}", "Line 1: {office} can't be in the subject"),
        ("email", "Termin\n{appointment}", "The first line is the subject"),
        ("letter", "Termin\n\nWann: {appointment}", "Line 3: {appointment} must stand alone"),
        ("letter", "Termin\n\n{closing}", "The day is missing"),
    ],
)
def test_a_text_that_can_not_be_used_is_refused_by_name_and_line(way: Way, text: str, fault: str) -> None:
    with pytest.raises(InvalidFields) as refused:
        check(text, "booked", way)
    assert any(fault in error.message for error in refused.value.errors)


def test_a_text_message_loses_the_link_before_it_becomes_two() -> None:
    short = replace(notice(), link="https://t.de/a")
    assert "https://t.de/a" in compose(short, "sms").text
    assert "https://" not in compose(notice(), "sms").text


def test_a_text_message_rather_becomes_two_than_lose_when_and_which() -> None:
    own = {"de": "{short_day}\n{time}\n" + "x" * LONGEST_GSM + " {reference}"}
    text = compose(notice(), "sms", own).text
    assert not fits(text)
    assert "K7RM-W3XR" in text


@pytest.mark.parametrize(
    ("text", "taken"),
    [("ä" * 160, (160, 160)), ("€" * 80, (160, 160)), ("ж" * 70, (70, 70)), ("😀", (2, 70))],
)
def test_characters_count_as_the_network_counts_them(text: str, taken: tuple[int, int]) -> None:
    assert units(text) == taken


def test_typography_does_not_halve_a_text_message() -> None:
    assert plain("„Łódź“ – Ismaïl’s") == '"Lodz" - Ismail\'s'


def test_every_reason_why_a_message_did_not_arrive_has_words() -> None:
    sources = "".join(Path(str(module.__file__)).read_text(encoding="utf-8") for module in CARRIERS)
    codes = set(re.findall(r'(?:Error|_reaching|Nobody)\("(\w+)"\)|', sources)) - {""}
    assert {"mail_server_away", "not_mobile", "no_sms_gateway"} <= codes
    assert codes <= set(reasons(texts("de")))
    assert "(503)" in reason("gateway_answered_503", texts("de"))


def test_every_kind_and_way_is_written_in_every_language() -> None:
    for words in standard_wordings().values():
        assert set(words.texts) == set(KINDS)
        assert all({"email", "sms"} <= set(words.texts[kind]) for kind in KINDS)


def test_a_block_that_has_nothing_to_show_is_not_there() -> None:
    said = content(replace(notice(), services=[]), "email", {})
    assert all(type(block).__name__ != "Services" for block in said.blocks)
