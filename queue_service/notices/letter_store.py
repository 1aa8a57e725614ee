"""The only caller of ``sql/queries/letters.sql``."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from queue_service.notices.letter_model import OpenSheet, Sheet, WaitingLetter
from queue_service.notices.model import AppointmentNotice, Kind, Recipient, Way
from queue_service.platform.queries import Connection, load_queries

_queries: Any = load_queries("letters")
_notice = msgspec.json.Decoder(AppointmentNotice).decode
_recipient = msgspec.json.Decoder(Recipient).decode


async def take_letters(
    conn: Connection,
    now: datetime,
    office_ids: Sequence[int],
    ids: Sequence[UUID] | None,
    batch: UUID,
    large_print: bool,
    most: int,
) -> list[UUID]:
    """Print what waits at these offices, all of it or the letters named; gives what was taken.

    Each in the form that was wished for, or all of them in large print.
    """
    rows = _queries.take_letters(
        conn, office_ids=office_ids, ids=ids, batch=batch, large_print=large_print, now=now, most=most
    )
    return [row["id"] async for row in rows]


async def reprint_letters(
    conn: Connection, now: datetime, office_ids: Sequence[int], batch: UUID, new_batch: UUID
) -> list[UUID]:
    """Take a batch's letters into a new one as further copies; gives what was taken."""
    rows = _queries.reprint_letters(conn, batch=batch, office_ids=office_ids, new_batch=new_batch, now=now)
    return [row["id"] async for row in rows]


async def post_letters(conn: Connection, now: datetime, office_ids: Sequence[int], batch: UUID) -> list[UUID]:
    """Note that a batch is in the post; gives the letters of which that is news."""
    rows = _queries.post_letters(conn, batch=batch, office_ids=office_ids, now=now)
    return [row["id"] async for row in rows]


async def sheets_of_batch(conn: Connection, office_ids: Sequence[int], batch: UUID) -> list[Sheet]:
    """Give what is to be printed for a batch."""
    rows = _queries.sheets_of_batch(conn, batch=batch, office_ids=office_ids)
    return [Sheet(**{**row, "payload": _notice(row["payload"])}) async for row in rows]


async def letters_to_print(conn: Connection, now: datetime, office_ids: Sequence[int]) -> list[WaitingLetter]:
    """Give what waits to be printed, by office, the nearest appointment first."""
    rows = _queries.letters_to_print(conn, office_ids=office_ids, now=now)
    return [WaitingLetter(**{**row, "recipient": _recipient(row["recipient"])}) async for row in rows]


async def open_sheets(conn: Connection, office_ids: Sequence[int]) -> list[OpenSheet]:
    """Give what was printed and is not known to be in the post, the newest batch first."""
    rows = _queries.open_sheets(conn, office_ids=office_ids)
    return [
        OpenSheet(**{**row, "recipient": _recipient(row["recipient"]) if row["recipient"] else None})
        async for row in rows
    ]


async def own_texts(conn: Connection, authority: str, kind: Kind, way: Way) -> dict[str, str]:
    """Give an authority's own words, by language."""
    rows = _queries.own_texts(conn, authority=authority, kind=kind, way=way)
    return {row["language"]: row["text"] async for row in rows}


async def save_own_text(
    conn: Connection, now: datetime, authority_id: int, kind: Kind, way: Way, language: str, text: str
) -> None:
    """Make this the authority's text."""
    await _queries.save_own_text(
        conn, authority_id=authority_id, kind=kind, way=way, language=language, text=text, now=now
    )


async def drop_own_text(conn: Connection, authority_id: int, kind: Kind, way: Way, language: str) -> None:
    """Go back to the standard text."""
    await _queries.drop_own_text(conn, authority_id=authority_id, kind=kind, way=way, language=language)
