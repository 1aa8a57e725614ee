"""A letter as the postman, the envelope and the reader meet it: measured on its PDF."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from queue_service.notices import letter_form as form
from queue_service.notices.content import content
from queue_service.notices.letter_address import address_lines, fit_address
from queue_service.notices.letter_fonts import letter_fonts
from queue_service.notices.letter_layout import Letter, QrItem, TextItem, draw_letter
from queue_service.notices.letter_pdf import letters_pdf
from queue_service.notices.model import AppointmentNotice, NoticedAuthority, PostalAddress
from queue_service.notices.sample_notice import sample_notice

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
AUTHORITY = NoticedAuthority("bremen", {"de": "Freie Hansestadt Bremen", "en": "City of Bremen"})
TEXT_OBJECT = 1
"""PDFium's number for it."""
LONG_NAME = "Prof. Dr. Maria-Magdalena Freifrau von Oppenheim-Schleswig-Holstein zu Sonderburg-Glücksburg"
LONG_STREET = "Boulevard du Général-de-Gaulle 117, Résidence Les Jardins de l’Église, Bâtiment C, App. 42"
MANY = 9
SEVENTEEN = "\u0661\u0667"
"""In Arabic digits."""


def notice(language: str = "de", **changes: Any) -> AppointmentNotice:
    return replace(sample_notice("booked", language, AUTHORITY), **changes)


def letter(told: AppointmentNotice, **options: Any) -> Letter:
    return draw_letter(told, content(told, "letter", {}), NOW, letter_fonts(), **options)


def to(name: str = "Erika Mustermann", **address: str) -> AppointmentNotice:
    given = {"street": "Heidestraße 17", "postal_code": "51147", "city": "Köln", **address}
    return notice(recipient=replace(notice().recipient, name=name, postal_address=PostalAddress(**given)))


@contextmanager
def opened(*letters: Letter) -> Iterator[Any]:
    document = pypdfium2.PdfDocument(letters_pdf(letters, "Briefe"))
    try:
        yield document
    finally:
        document.close()


def texts_in_field(document: Any) -> list[tuple[str, bool]]:
    """Texts of the first page that touch the address field, and whether each is wholly inside."""
    page = document[0]
    found = []
    for item in page.get_objects(filter=[TEXT_OBJECT], textpage=page.get_textpage()):
        left, bottom, right, top = (edge / 72 * 25.4 for edge in item.get_bounds())
        top, bottom = form.PAGE_HEIGHT - top, form.PAGE_HEIGHT - bottom
        across = left < 105 and right > 20
        if across and top < 90 and bottom > 45:
            found.append((item.extract(), left >= 20 and right <= 105 and top >= 45 and bottom <= 90))
    return found


@pytest.mark.parametrize(
    ("told", "lines"),
    [
        (to(), ["Erika Mustermann", "Heidestraße 17", "51147 Köln"]),
        (to(LONG_NAME, street=LONG_STREET, postal_code="75008", city="Paris", country="FR"), ["75008 Paris"]),
    ],
    ids=["a common address", "the longest one"],
)
@pytest.mark.parametrize("large_print", [False, True])
def test_the_address_and_nothing_else_shows_in_the_window(
    told: AppointmentNotice, lines: list[str], large_print: bool
) -> None:
    with opened(letter(told, large_print=large_print)) as document:
        shown = texts_in_field(document)
    words = [text for text, _ in shown]
    assert words[0] == "Freie Hansestadt Bremen · Marktplatz 1 · 12345 Musterstadt"
    assert set(lines) <= set(words)
    assert all(inside for _, inside in shown), shown
    assert not any("Termin" in word or "Guten" in word for word in words)


def test_a_letter_that_goes_abroad_names_the_country_in_capitals_last() -> None:
    abroad = to("Siobhán", street="12 Merrion Square", postal_code="D02 XY45", city="Dublin", country="IE")
    assert address_lines(abroad.recipient) == ["Siobhán", "12 Merrion Square", "Dublin D02 XY45", "IRLAND"]


@given(name=st.text(max_size=200), street=st.text(min_size=1, max_size=200))
@settings(max_examples=60, deadline=None)
def test_no_address_leaves_its_zone(name: str, street: str) -> None:
    fonts = letter_fonts()
    lines = [fonts.printable(line) for line in address_lines(to(name, street=street).recipient)]
    fitted = fit_address(lines, 78, 27.3, 16, 1.15, lambda text, size: fonts.width(text, "regular", size))
    assert all(fonts.width(line, "regular", fitted.size) <= 78 for line in fitted.lines)
    assert len(fitted.lines) * fitted.size * 1.15 * form.MM_A_POINT <= 27.3
    assert fitted.lines[-1] == "51147 Köln"


LATIN_OF_DIN_91379 = "A̋ C̀ C̄ C̆ C̈ C̣ C̦ C̨̆ D̂ F̀ F̄ G̀ H̄ H̦ H̱ J́ J̌ K̀ K̂ K̄ K̇ K̛ K̦ L̂ L̥ L̥̄ L̦ M̀ M̂ M̆ N̂ N̄ N̆ N̦"
"""Some of the sequences that German administration must be able to write: marks find their letters."""


@pytest.mark.parametrize(
    "name",
    [
        *("Łukasz Ğül", "Nguyễn Thị Hương", "Жанна Ґалаґан", "Νίκος", "გიორგი", "Խաչատրյան", "ተስፋዬ"),
        "Ma\u1e2bm\u016bd \u02beAbū",  # transcribed Arabic
        *("محمد عبد الرحمن", "علی‌رضا پژمان", "مُحَمَّد", "דוד שָׁלוֹם", LATIN_OF_DIN_91379),
    ],
)
def test_names_are_written_in_their_own_letters(name: str) -> None:
    fonts = letter_fonts()
    assert (fonts.printable(name), fonts.missing(name)) == (unicodedata.normalize("NFC", name), frozenset())
    with opened(letter(to(name))) as document:
        assert "▯" not in document[0].get_textpage().get_text_bounded()


def test_what_no_typeface_has_is_marked_and_told() -> None:
    fonts = letter_fonts()
    assert fonts.printable("田中 Hanako M̐") == "▯▯ Hanako M"
    assert fonts.missing("田中 Hanako M̐") == {"田", "中", "\u0310"}


def test_arabic_is_joined_and_read_from_the_right_digits_from_the_left() -> None:
    fonts = letter_fonts()
    [number, space, street] = fonts.pieces(f"شارع {SEVENTEEN}")
    assert (street.text, street.right_to_left, space.text) == ("شارع", True, " ")
    assert (number.text, number.right_to_left) == (SEVENTEEN, False)
    # Joined letters have other forms, and so another width, than the same ones each alone.
    alone = sum(fonts.width(character, "regular", 11) for character in "محمد")
    assert fonts.width("محمد", "regular", 11) != pytest.approx(alone, rel=0.05)


def test_a_name_does_not_turn_the_line_round_that_it_stands_in() -> None:
    fonts = letter_fonts()
    assert [piece.text for piece in fonts.pieces("Guten Tag (محمد),")] == ["Guten Tag (", "محمد", "),"]
    assert [piece.text for piece in fonts.pieces(f"محمد ({SEVENTEEN})")] == [*("(", SEVENTEEN, ") ", "محمد")]
    # Signs that would turn our own words round are left out.
    assert fonts.printable("\u202eamE\u202c \u2067Muster\u2069") == "amE Muster"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "de",
            ["Ihr Termin am Dienstag, 8. Dezember 2026 um 10:15 Uhr", "Bisheriger Ausweis oder Reisepass"],
        ),
        ("de-simple", ["Sie haben einen Termin.", "Das müssen Sie mitbringen:", "46 Euro für jeden Ausweis"]),
        ("en", ["Your appointment on Tuesday, 8 December 2026 at 10:15", "46.00 euros each"]),
    ],
)
def test_the_file_can_be_read_by_programs_and_holds_its_fonts(language: str, said: list[str]) -> None:
    with opened(letter(notice(language))) as document:
        text = "".join(page.get_textpage().get_text_bounded() for page in document)
        fonts = [item.get_font() for page in document for item in page.get_objects(filter=[TEXT_OBJECT])]
        assert document.get_metadata_value("Title") == "Briefe"
        assert all(font.is_embedded for font in fonts)
        assert {font.get_base_name().rpartition("+")[2] for font in fonts} == {
            "FiraSans-Regular",
            "FiraSans-SemiBold",
        }
    for words in [*said, "K7RM-W3XR", "Köln, sieben, Rostock", "115"]:
        assert words in text


@pytest.mark.parametrize(
    ("language", "large_print", "smallest"), [("de", False, 11), ("de-simple", False, 14), ("de", True, 16)]
)
def test_all_that_the_reader_reads_is_large_enough(language: str, large_print: bool, smallest: int) -> None:
    drawn = letter(notice(language), large_print=large_print)
    texts = [item for page in drawn.pages for item in page.items if isinstance(item, TextItem)]
    small = [item.text for item in texts if item.size < smallest]
    # The return address is for the post.
    assert [text for text in small if "·" not in text] == []


@pytest.mark.parametrize("language", ["de", "de-simple", "en"])
@pytest.mark.parametrize("large_print", [False, True])
def test_nothing_leaves_the_sheet_or_lies_on_something_else(language: str, large_print: bool) -> None:
    fonts = letter_fonts()
    services = [replace(service, quantity=1) for service in notice().services * MANY]
    for page in letter(notice(language, services=services), large_print=large_print).pages:
        texts = [item for item in page.items if isinstance(item, TextItem)]
        boxes = [
            (
                item.x,
                item.y - 0.6 * item.size * form.MM_A_POINT,
                item.x + fonts.width(item.text, item.weight, item.size),
                item.y,
            )
            for item in texts
        ]
        codes = [(c.x, c.y, c.x + c.size, c.y + c.size) for c in page.items if isinstance(c, QrItem)]
        assert all(
            left >= 20 and right <= 200 and top >= 10 and bottom <= 287 for left, top, right, bottom in boxes
        )
        everything = [*boxes, *codes]
        for index, (left, top, right, bottom) in enumerate(everything):
            for other in everything[:index]:
                assert left >= other[2] or right <= other[0] or top >= other[3] or bottom <= other[1]


def test_what_is_too_long_for_one_page_goes_on_and_every_page_says_which_it_is() -> None:
    services = [
        replace(service, name={"de": f"Anliegen {number}"}, quantity=1)
        for number in range(MANY)
        for service in notice().services
    ]
    with opened(letter(notice(services=services))) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    assert len(pages) == 2
    assert [f"Seite {number} von 2" in page for number, page in enumerate(pages, start=1)] == [True, True]
    assert all(f"Anliegen {number}" in "".join(pages) for number in range(MANY))
    assert "Sie möchten den Termin verlegen" in pages[1]


def test_each_letter_of_a_batch_begins_on_a_new_sheet() -> None:
    long = letter(notice("de-simple"))
    assert len(long.pages) == 2
    with opened(letter(notice()), long, letter(notice("en"))) as document:
        firsts = [
            index
            for index, page in enumerate(document)
            if "Marktplatz 1 · 12345" in page.get_textpage().get_text_bounded()
        ]
    assert firsts == [0, 2, 4]


def test_a_letter_that_was_printed_before_says_so() -> None:
    with opened(letter(notice(), copy=2)) as document:
        assert "2. Ausdruck" in document[0].get_textpage().get_text_bounded()
    with opened(letter(notice())) as document:
        assert "Ausdruck" not in document[0].get_textpage().get_text_bounded()


def test_only_who_has_a_link_gets_a_code_for_it() -> None:
    def codes(told: AppointmentNotice) -> list[str]:
        return [
            item.content for page in letter(told).pages for item in page.items if isinstance(item, QrItem)
        ]

    assert codes(notice()) == [notice().link]
    assert codes(notice(link="")) == []
