"""The ticket on paper in every language: whole, inside the roll, letters joined and in their order."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from kiosk.printing.ticket_printing import FONTS
from queue_service.protocol.device_api import IssuedTicket
from queue_service.protocol.languages import LANGUAGE_NAMES, direction
from queue_service.protocol.stream import OfficeCard, WaitRange
from queue_service.protocol.ticket_layout import EVERYDAY, TicketLayout
from queue_service.ticket_paper.fonts import TicketFonts, pdf_name, shaped
from queue_service.ticket_paper.layout import QrItem, TextItem, TicketDrawing, lay_out
from queue_service.ticket_paper.line_order import Part, parts
from queue_service.ticket_paper.page import ticket_sheet
from queue_service.ticket_paper.texts import TicketTexts
from queue_service.ticket_paper.wording import TicketFacts, ticket_words

TEXTS = TicketTexts.read()
OFFICE = OfficeCard(
    slug="bsc-mitte",
    name={"de": "BürgerServiceCenter Mitte", "en": "Citizen Service Centre Mitte"},
    time_zone="Europe/Berlin",
    area={"de": "Wartebereich Erdgeschoss", "en": "Waiting area, ground floor"},
)
TICKET = IssuedTicket(
    id=UUID(int=42),
    number="A042",
    token="Kq3vB7xZ2mN9pR4sT6wY1c",
    people_ahead=12,
    wait=WaitRange(20, 35),
    created_at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC),
    follow_url="https://termine.example.de/t/Kq3vB7xZ2mN9pR4sT6wY1c",
    appointment_at=datetime(2026, 7, 1, 8, 15, tzinfo=UTC),
)
NARROW_AND_LARGE = TicketLayout(roll_mm=58, large_print=True)
ROUNDING_MM = 0.01
WORD = "رقم"
"""Three letters, of which the second and third join: "number"."""


@pytest.fixture(scope="module")
def fonts() -> TicketFonts:
    return TicketFonts.read(FONTS)


def drawn(language: str, fonts: TicketFonts, layout: TicketLayout = EVERYDAY) -> TicketDrawing:
    return lay_out(ticket_words(TicketFacts(TICKET, OFFICE, language), TEXTS, layout), fonts, layout)


def lines(drawing: TicketDrawing) -> list[TextItem]:
    return [item for item in drawing.items if isinstance(item, TextItem)]


@pytest.mark.parametrize("layout", [EVERYDAY, NARROW_AND_LARGE], ids=["everyday", "narrow and large"])
@pytest.mark.parametrize("language", LANGUAGE_NAMES)
def test_every_line_stays_inside_the_roll_and_begins_where_the_language_begins(
    fonts: TicketFonts, language: str, layout: TicketLayout
) -> None:
    drawing = drawn(language, fonts, layout)
    left, right = drawing.margin, drawing.width - drawing.margin
    code = next(item for item in drawing.items if isinstance(item, QrItem))
    begun = 0
    for item in lines(drawing):
        end = item.x + fonts.width(item.text, item.weight) * item.size * item.squeeze
        assert item.x >= left - ROUNDING_MM
        assert end <= right + ROUNDING_MM
        begun += (
            abs(end - right) < ROUNDING_MM
            if direction(language) == "rtl"
            else abs(item.x - left) < ROUNDING_MM
        )
    beside_the_code = sum(code.y < item.y < code.y + code.size for item in lines(drawing))
    assert begun == len(lines(drawing)) - beside_the_code


@pytest.mark.parametrize("language", LANGUAGE_NAMES)
def test_every_sign_on_paper_is_in_the_typeface_that_writes_it(fonts: TicketFonts, language: str) -> None:
    for item in lines(drawn(language, fonts)):
        for part in parts(item.text, language):
            font = pdfmetrics.getFont(pdf_name(item.weight, arabic=part.arabic))
            assert isinstance(font, TTFont)
            missing = [sign for sign in part.text if ord(sign) not in font.face.charToGlyph]
            assert missing == [], item.text


def test_an_arabic_line_is_set_from_the_right_and_its_figures_from_the_left() -> None:
    assert parts("موعدك: 10:15", "ar") == [Part("10:15 :"), Part("موعدك", arabic=True)]


def test_a_line_without_arabic_stays_as_it_is() -> None:
    assert parts("Waiting area, ground floor", "ar") == [Part("Waiting area, ground floor")]


def test_marks_that_only_keep_order_are_not_printed() -> None:
    said = "".join(part.text for part in parts("مثلًا \u2068K7RM-W3XR\u2069", "ar"))
    assert "K7RM-W3XR" in said
    assert "\u2068" not in said


def test_arabic_letters_take_their_joined_forms(fonts: TicketFonts) -> None:
    assert isinstance(fonts, TicketFonts)
    together = shaped(WORD, "regular")
    apart = "".join(shaped(letter, "regular") for letter in reversed(WORD))
    assert together != apart


def test_an_arabic_page_says_its_language(fonts: TicketFonts) -> None:
    sheet = ticket_sheet(TICKET.id, TICKET.number, drawn("ar", fonts))
    assert b"/Lang (ar)" in sheet.pdf
