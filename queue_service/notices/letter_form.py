"""Where things stand on a business letter: DIN 5008:2020, form B. Millimetres from the top left corner."""

import msgspec

PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
LEFT, RIGHT = 25.0, 190.0
"""Edges of the text: margins of 25 mm and 20 mm."""
TEXT_WIDTH = RIGHT - LEFT
HEAD_TOP = 15.0
ADDRESS_FIELD_LEFT, ADDRESS_FIELD_TOP = 20.0, 45.0
ADDRESS_FIELD_WIDTH, ADDRESS_FIELD_HEIGHT = 85.0, 45.0
"""What shows in the window of a DL envelope, wherever the sheet slips to."""
ADDRESS_INSET = 5.0
"""Text in the field keeps this distance from its left edge."""
WINDOW_EDGE = 2.0
"""Kept free on the right, where the window may cut."""
RETURN_LINE_HEIGHT = 5.0
REMARKS_HEIGHT = 12.7
"""Between the return address and the address: kept for the post's remarks."""
ADDRESS_ZONE_HEIGHT = ADDRESS_FIELD_HEIGHT - RETURN_LINE_HEIGHT - REMARKS_HEIGHT
INFORMATION_LEFT, INFORMATION_TOP = 125.0, 50.0
INFORMATION_WIDTH = 75.0
TEXT_TOP = 98.46
"""Where the subject begins, two lines below the address field."""
BELOW_INFORMATION = 8.46
"""Two lines of 4.23 mm between a long block of information and the subject."""
NEXT_PAGE_TOP = 27.0
TEXT_BOTTOM = 272.0
FOOT = 283.0
"""Base line of page numbers."""
FOLD_MARKS = (105.0, 210.0)
HOLE_MARK = 148.5
MARK_LEFT = 4.0
"""Most printers leave a margin of 4 mm white."""
FOLD_MARK_LENGTH, HOLE_MARK_LENGTH = 4.0, 6.0
HAIRLINE = 0.1
MM_A_POINT = 25.4 / 72


class LetterStyle(msgspec.Struct, frozen=True):
    """How large a letter is written. Sizes in points, spacing as a share of the size."""

    size: float
    spacing: float
    tables: bool
    """Facts and services in columns; otherwise one below the other, which needs no jumping of the eye."""
    information_full: bool
    """With the office's address beside the recipient's; in large letters it stands in the text alone."""

    @property
    def leading(self) -> float:
        """Distance of two base lines in mm."""
        return self.size * self.spacing * MM_A_POINT


NORMAL = LetterStyle(size=11, spacing=1.28, tables=True, information_full=True)
SIMPLE = LetterStyle(size=14, spacing=1.5, tables=False, information_full=False)
"""Leichte Sprache: at least 14 points, lines at one and a half (Netzwerk Leichte Sprache)."""
LARGE = LetterStyle(size=16, spacing=1.4, tables=False, information_full=False)
"""For weak sight: at least 16 points (leserlich.info, of the German association of the blind, DBSV)."""
RETURN_LINE_SIZE = 8.0
"""For the post alone, so never larger; DIN 5008 has no smaller one."""


def style_of(language: str, *, large_print: bool) -> LetterStyle:
    """Give how a letter in this language is written."""
    if large_print:
        return LARGE
    return SIMPLE if language.endswith("-simple") else NORMAL
