"""What people read at the kiosk, in their language: the words of page and ticket, read once at start."""

from pathlib import Path
from typing import Self

from queue_service.ticket_paper.texts import N_, TicketTexts

LOCALES = Path(__file__).parent / "locales"


__all__ = ["LOCALES", "N_", "Texts"]


class Texts(TicketTexts, frozen=True):
    """The tickets' words, most of which the page says too, and the page's own."""

    @classmethod
    def read(cls, *folders: Path) -> Self:
        """Read every catalog; fuzzy entries don't count as translated."""
        return super().read(LOCALES, *folders)
