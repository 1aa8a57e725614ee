"""What a receipt printer says of itself: the bytes that it answers to ESC/POS questions.

Questions and bits as in Epson's ESC/POS reference (DLE EOT, GS r). The real-time ones are answered at
once, also by a printer that is off line with a full buffer; the one in turn only when everything before
it was worked off.
"""

from escpos.constants import DLE, EOT, GS

from queue_service.protocol.device_care import PrinterState

PRINTER, CAUSE, ERROR, PAPER = (DLE + EOT + bytes([kind]) for kind in (1, 2, 3, 4))
REAL_TIME = (PRINTER, CAUSE, ERROR, PAPER)
IN_TURN = GS + b"r\x01"
CLEAR = DLE + b"\x14\x08\x01\x03\x14\x01\x06\x02\x08"
"""Forget what was sent and not printed: half a ticket is not to come out with the next roll (DLE DC4 8)."""

FIXED_MASK, FIXED = 0b10010011, 0b00010010
"""Bits that every real-time answer has alike; no other answer has them, nor have XON and XOFF."""
TURN_MASK, TURN_FIXED = 0b10010000, 0b00000000

OFF_LINE = 0b00001000
COVER_OPEN = 0b00000100
STOPPED_BY_PAPER_END = 0b00100000
HAS_ERROR = 0b01000000
CUTTER_OR_WORSE = 0b00101000
PAPER_NEAR_END = 0b00001100
PAPER_END = 0b01100000


def is_real_time(answer: int) -> bool:
    """Tell whether a byte answers a real-time question."""
    return answer & FIXED_MASK == FIXED


def is_in_turn(answer: int) -> bool:
    """Tell whether a byte answers the question in turn."""
    return answer & TURN_MASK == TURN_FIXED


def state_of(printer: int, cause: int, error: int, paper: int) -> PrinterState:
    """Put the answers to ``REAL_TIME`` into one word, the one that says best what to do."""
    # An open lid lifts the roll off its sensor: "no paper" would send somebody for a roll in vain.
    if cause & COVER_OPEN:
        return "cover_open"
    if paper & PAPER_END == PAPER_END or cause & STOPPED_BY_PAPER_END:
        return "paper_out"
    if cause & HAS_ERROR or error & CUTTER_OR_WORSE:
        return "failed"
    if printer & OFF_LINE:
        return "offline"
    if paper & PAPER_NEAR_END == PAPER_NEAR_END:
        return "paper_low"
    return "ok"
