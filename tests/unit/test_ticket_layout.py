"""The ticket on paper: large enough, inside the roll, nothing over anything else."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from kiosk.printing.ticket_printing import FONTS
from queue_service.protocol.ticket_layout import TicketLayout
from queue_service.ticket_paper.fonts import TicketFonts, pdf_name
from queue_service.ticket_paper.layout import (
    NARROWEST,
    PRINTABLE_MM,
    DotsItem,
    QrItem,
    RuleItem,
    TextItem,
    TicketDrawing,
    Weight,
    lay_out,
)
from queue_service.ticket_paper.wording import TicketWords

ASKED_HEIGHT_MM = 20.0
"""Height of the number's capitals by the design."""
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
"""Neutral letters without I, O and Q."""
ROUNDING_MM = 0.01
POINTS_A_MM = 72 / 25.4
LARGE_PRINT_POINTS = 14
"""Where large print begins (DBSV)."""

numbers = st.builds(
    lambda letter, digits: f"{letter}{digits:03d}", st.sampled_from(LETTERS), st.integers(1, 9999)
)
layouts = st.builds(
    TicketLayout, large_print=st.booleans(), code=st.booleans(), roll_mm=st.sampled_from([58, 80])
)
words = st.text(alphabet=st.sampled_from("abcdefgäöüßABC MW-/1.,"), max_size=120)


@pytest.fixture(scope="module")
def fonts() -> TicketFonts:
    return TicketFonts.read(FONTS)


def ticket(number: str = "A042", **other: str) -> TicketWords:
    facts = {
        "area": "Wartebereich Erdgeschoss",
        "issued": "Sonntag, 22.11.2026, 11:46 Uhr",
        "appointment": "",
        "ahead": "vor Ihnen: 12",
        "wait": "etwa 20–35 Minuten",
        "service": "",
        "advice": "Bitte warten Sie, bis Ihre Nummer angezeigt und aufgerufen wird.",
        "follow_hint": "Wartezeit am Handy",
        "follow_url": "https://termine.example.de/n/Kq3vB7xZ2mN9pR4sT6wY1c",
        "follow_address": "termine.example.de/n/Kq3vB7xZ2mN9pR4sT6wY1c",
        "office": "BürgerServiceCenter Mitte",
    }
    return TicketWords(language="de", number=number, **{**facts, **other})


def texts(drawing: TicketDrawing) -> Iterator[TextItem]:
    return (item for item in drawing.items if isinstance(item, TextItem))


def the_number(drawing: TicketDrawing) -> TextItem:
    return next(texts(drawing))


def width(item: TextItem, fonts: TicketFonts) -> float:
    return fonts.width(item.text, item.weight) * item.size * item.squeeze


@pytest.mark.parametrize("number", ["A042", "W1234", "M888", "A1", "W9999"])
def test_a_number_stands_twenty_millimetres_high_and_fits_the_roll(fonts: TicketFonts, number: str) -> None:
    item = the_number(lay_out(ticket(number), fonts))
    assert fonts.top(number, "bold") * item.size >= ASKED_HEIGHT_MM
    assert width(item, fonts) <= PRINTABLE_MM[80] + ROUNDING_MM


def test_a_short_number_keeps_its_own_shape(fonts: TicketFonts) -> None:
    assert the_number(lay_out(ticket("A042"), fonts)).squeeze == 1


def test_only_a_number_that_fits_in_no_other_way_is_made_smaller(fonts: TicketFonts) -> None:
    item = the_number(lay_out(ticket("W1234567"), fonts))
    assert item.squeeze == pytest.approx(NARROWEST)
    assert fonts.top(item.text, "bold") * item.size < ASKED_HEIGHT_MM
    assert width(item, fonts) == pytest.approx(PRINTABLE_MM[80])


@settings(deadline=None)
@given(number=numbers)
def test_every_number_of_a_day_is_at_its_full_height(fonts: TicketFonts, number: str) -> None:
    item = the_number(lay_out(ticket(number), fonts))
    assert fonts.top(number, "bold") * item.size >= ASKED_HEIGHT_MM
    assert width(item, fonts) <= PRINTABLE_MM[80] + ROUNDING_MM


@settings(deadline=None)
@given(area=words, advice=words, office=words, address=words, appointment=words, layout=layouts)
def test_nothing_leaves_the_printable_part_or_covers_anything_else(
    fonts: TicketFonts,
    area: str,
    advice: str,
    office: str,
    address: str,
    appointment: str,
    layout: TicketLayout,
) -> None:
    drawing = lay_out(
        ticket(area=area, advice=advice, office=office, follow_address=address, appointment=appointment),
        fonts,
        layout,
    )
    assert drawing.width == layout.roll_mm
    for item in drawing.items:
        wide = width(item, fonts) if isinstance(item, TextItem) else _width(item)
        assert item.x >= drawing.margin
        assert item.x + wide <= drawing.width - drawing.margin + ROUNDING_MM
        assert 0 <= item.y <= drawing.height
    left = [item for item in texts(drawing) if item.x == drawing.margin]
    for above, below in pairwise(left):
        assert below.y - below.size * fonts.top("H", below.weight) > above.y


def _width(item: RuleItem | QrItem | DotsItem) -> float:
    return item.size if isinstance(item, QrItem) else item.width


def test_an_address_that_is_too_long_is_broken_before_what_names_the_ticket(fonts: TicketFonts) -> None:
    drawing = lay_out(ticket(follow_address="warten.bremerhaven.example.de/n/Kq3vB7xZ2mN9pR4sT6wY1c"), fonts)
    lines = [item.text for item in texts(drawing)]
    assert "warten.bremerhaven.example.de/n/" in lines
    assert "Kq3vB7xZ2mN9pR4sT6wY1c" in lines


def test_a_ticket_that_can_not_be_followed_has_no_code(fonts: TicketFonts) -> None:
    drawing = lay_out(ticket(follow_url="", follow_address="", follow_hint=""), fonts)
    assert not any(isinstance(item, QrItem) for item in drawing.items)


def test_what_an_office_has_chosen_is_on_paper_in_its_place(fonts: TicketFonts) -> None:
    words = ticket(headline="Willkommen", closing="Ausweis bereithalten.", copy="Zweitdruck")
    chosen = lay_out(words, fonts, TicketLayout(large_print=True, code=False))
    lines = [item.text for item in texts(chosen)]
    assert lines[:2] == ["Willkommen", "A042"]
    assert lines[-3] == "Ausweis bereithalten."
    assert lines[-1] == "Zweitdruck"
    assert not any(isinstance(item, QrItem) for item in chosen.items)
    # What is typed from paper is rather made a little smaller than broken anywhere.
    typed = {"termine.example.de/n/", "Kq3vB7xZ2mN9pR4sT6wY1c"}
    sizes = [item.size * POINTS_A_MM for item in texts(chosen) if item.text not in typed]
    assert min(sizes) >= LARGE_PRINT_POINTS


@pytest.mark.usefixtures("fonts")
@pytest.mark.parametrize("weight", ["regular", "bold"])
def test_the_fonts_on_paper_have_every_letter_of_european_names(weight: Weight) -> None:
    font = pdfmetrics.getFont(pdf_name(weight))
    assert isinstance(font, TTFont)
    glyphs = font.face.charToGlyph
    latin = [chr(code) for code in (*range(0x20, 0x7F), *range(0xA0, 0x17F))]
    assert [character for character in (*latin, *"ẞȘșȚț€–„“’…") if ord(character) not in glyphs] == []
