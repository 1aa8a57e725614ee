"""A ticket is printed on paper that the printer has: its own length of a roll, or a sheet that holds it."""

from uuid import UUID

import pytest

from kiosk.printing.ipp_paper import paper_for
from queue_service.ticket_paper.page import TicketSheet

TICKET = TicketSheet(UUID(int=1), "A042", b"", 80, 126.125, 4)
ROLL = ["custom_min_50x30mm", "custom_max_80x1000mm", "om_80x200mm_80x200mm"]
A4 = "iso_a4_210x297mm"


@pytest.mark.parametrize(
    ("supported", "ready", "paper"),
    [
        ([], [], "custom_ticket_80x126.12mm"),
        (ROLL, [], "custom_ticket_80x126.12mm"),
        (["roll_min_1.97x1in", "roll_max_3.15x40in"], ["roll_current_80x0mm"], "custom_ticket_80x126.12mm"),
        # A driver that means what the print head reaches.
        (["custom_min_48x30mm", "custom_max_72x1000mm"], [], "custom_ticket_72x126.12mm"),
        # A roll that is sold in lengths.
        (["om_a_80x80mm", "om_c_80x300mm", "om_b_79.5x150mm", "om_d_58x150mm"], [], "om_b_79.5x150mm"),
        (["custom_min_50x30mm", "custom_max_80x100mm"], [], None),
        # An office's printer could take such a paper if somebody put it in.
        (["custom_min_76.2x100mm", "custom_max_216x356mm", A4], [A4], None),
        ([A4, "na_letter_8.5x11in", "photo", "choice_iso_a4_210x297mm_na_letter"], [], None),
    ],
)
def test_nobody_asks_for_paper_that_a_printer_has_not(
    supported: list[str], ready: list[str], paper: str | None
) -> None:
    assert paper_for(TICKET, supported, ready) == paper
