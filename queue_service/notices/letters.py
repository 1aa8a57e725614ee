"""Letters from the outbox to the post: printed as a batch, opened again if need be, marked as posted.

A letter is printed the moment somebody takes it, before any file has reached a browser. So what dies
in between loses nothing: the batch is there, can be opened again, and stays in sight until somebody
says that it is in the post.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID, uuid4

import msgspec

from queue_service.notices import authority_texts, letter_store
from queue_service.notices.content import content
from queue_service.notices.letter_address import address_lines, in_latin_letters
from queue_service.notices.letter_fonts import letter_fonts
from queue_service.notices.letter_layout import draw_letter
from queue_service.notices.letter_model import LetterForm, OpenSheet, Sheet, WaitingLetter
from queue_service.notices.letter_pdf import letters_pdf
from queue_service.notices.model import SIMPLE_LANGUAGE, Kind, Recipient, with_address
from queue_service.platform.errors import NothingToPrint
from queue_service.platform.queries import Connection

MOST_A_BATCH = 500
"""Letters of one file: a tray of paper, and some seconds to draw."""
POST_TAKES = timedelta(days=4)
"""By law 99 of 100 letters are there on the fourth working day, 95 on the third (Postgesetz 2024, § 18).
Whoever comes earlier than four days from now may not have the letter, and is better telephoned."""

OwnTexts = Mapping[tuple[str, Kind], Mapping[str, str]]
"""By authority and kind, then by language."""


class Batch(msgspec.Struct, frozen=True):
    """Letters that were printed together."""

    id: UUID
    printed_at: datetime
    sheets: list[OpenSheet]

    @property
    def to_post(self) -> int:
        """How many of them go to the post."""
        return sum(sheet.to_post for sheet in self.sheets)


async def waiting(conn: Connection, now: datetime, office_ids: Sequence[int]) -> list[WaitingLetter]:
    """Give what waits to be printed, by office, the nearest appointment first."""
    return await letter_store.letters_to_print(conn, now, office_ids)


async def open_batches(conn: Connection, office_ids: Sequence[int]) -> list[Batch]:
    """Give the batches of which nobody has said yet that they are in the post, the newest first."""
    sheets = await letter_store.open_sheets(conn, office_ids)
    return [
        Batch(batch, members[0].printed_at, members)
        for batch, group in groupby(sheets, key=lambda sheet: sheet.batch)
        if (members := list(group))
    ]


def arrives_late(now: datetime, starts_at: datetime | None) -> bool:
    """Tell whether the post may need longer than there is time; None: nothing begins."""
    return starts_at is not None and starts_at - now < POST_TAKES


def form_of(recipient: Recipient, *, large_print: bool = False) -> LetterForm:
    """Tell how a letter is printed and what to look at before; ``large_print`` where that was decided.

    Reads the fonts the first time: not for an event loop.
    """
    written = "".join(address_lines(recipient))
    return LetterForm(
        large_print=large_print or recipient.letter_form == "large_print",
        simple=recipient.language == SIMPLE_LANGUAGE,
        letters_missing=bool(letter_fonts().missing(written)),
        address_foreign=not in_latin_letters(written),
    )


async def take(
    conn: Connection,
    now: datetime,
    office_ids: Sequence[int],
    ids: Sequence[UUID] | None = None,
    *,
    large_print: bool = False,
) -> UUID:
    """Print what waits at these offices, all of it or the letters named; gives the batch.

    Each in the form that was wished for; with ``large_print`` all of them in large print. Raises
    NothingToPrint, also when somebody else was faster.
    """
    batch = uuid4()
    taken = await letter_store.take_letters(conn, now, office_ids, ids, batch, large_print, MOST_A_BATCH)
    if not taken:
        raise NothingToPrint
    return batch


async def take_again(conn: Connection, now: datetime, office_ids: Sequence[int], batch: UUID) -> UUID:
    """Print the letters of a batch as they were once more, marked as further copies; gives the new batch.

    Raises NothingToPrint when all of them are in the post, or in a later batch.
    """
    new_batch = uuid4()
    if not await letter_store.reprint_letters(conn, now, office_ids, batch, new_batch):
        raise NothingToPrint
    return new_batch


async def post(conn: Connection, now: datetime, office_ids: Sequence[int], batch: UUID) -> int:
    """Note that a batch is in the post; gives for how many letters that is news."""
    return len(await letter_store.post_letters(conn, now, office_ids, batch))


async def sheets(conn: Connection, office_ids: Sequence[int], batch: UUID) -> tuple[list[Sheet], OwnTexts]:
    """Give what ``drawn`` needs for a batch, so that drawing needs no connection.

    Raises NothingToPrint.
    """
    found = await letter_store.sheets_of_batch(conn, office_ids, batch)
    if not found:
        raise NothingToPrint
    kinds = {(sheet.payload.authority.slug, sheet.payload.kind) for sheet in found}
    return found, {
        (authority, kind): await authority_texts.own_texts(conn, authority, kind, "letter")
        for authority, kind in kinds
    }


def drawn(found: Sequence[Sheet], own: OwnTexts, title: str, now: datetime, visitor_url: str) -> bytes:
    """Give the batch as one PDF, dated ``now``; some milliseconds a letter, so not for an event loop."""
    fonts = letter_fonts()
    letters = []
    for sheet in found:
        notice = with_address(sheet.payload, visitor_url)
        said = content(notice, "letter", own[notice.authority.slug, notice.kind])
        letters.append(draw_letter(notice, said, now, fonts, large_print=sheet.large_print, copy=sheet.copy))
    return letters_pdf(letters, title)
