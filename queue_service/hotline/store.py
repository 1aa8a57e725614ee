"""The only caller of ``sql/queries/hotline.sql``."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from asyncpg import Record

from queue_service.accounts.model import Reach
from queue_service.booking.model import ServiceWish
from queue_service.hotline.model import (
    CallbackEvent,
    CallbackState,
    DuplicateSearch,
    ExpectedVisit,
    FoundDuplicate,
    KeptCallback,
    NewCallback,
)
from queue_service.platform.queries import Connection, load_queries

_queries: Any = load_queries("hotline")
_wishes = msgspec.json.Decoder(list[ServiceWish]).decode
_texts = msgspec.json.Decoder(dict[str, str]).decode
_timeline = msgspec.json.Decoder(list[CallbackEvent]).decode


class Person(msgspec.Struct, frozen=True):
    """Whom a search is about; the telephone number in E.164."""

    name: str | None
    phone: str | None
    email: str | None


class FoundVisit(msgspec.Struct, frozen=True):
    """Something that somebody has booked."""

    kind: Literal["appointment", "entry"]
    reference: str


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """A step of an item's lifecycle, by whom, and what is said with it."""

    verb: str
    from_states: list[str]
    to_state: str | None
    user_id: int | None
    """None: the service itself."""
    anyones: bool = False
    """Whether it may be what somebody else has taken."""
    note: str = ""
    due_at: datetime | None = None


def _callback(row: Record) -> KeptCallback:
    return KeptCallback(**{**row, "timeline": _timeline(row["timeline"])})


def _places(reach: Reach) -> dict[str, Any]:
    return {
        "everywhere": reach.everywhere,
        "authority_ids": list(reach.authority_ids),
        "office_ids": list(reach.office_ids),
    }


async def visits_of(
    conn: Connection, reach: Reach, person: Person, *, after: str | None, limit: int
) -> list[FoundVisit]:
    """Give what people whose contact fits have booked, the one booked last first."""
    rows = _queries.visits_of(
        conn, **msgspec.structs.asdict(person), **_places(reach), after=after, limit=limit
    )
    return [FoundVisit(**row) async for row in rows]


async def duplicates(
    conn: Connection,
    now: datetime,
    reach: Reach,
    person: Person,
    asked: DuplicateSearch,
    *,
    without: str | None,
    limit: int,
) -> list[FoundDuplicate]:
    """Give what the same person has booked, what has one of the services or kinds of hours first."""
    rows = _queries.duplicates(
        conn,
        **msgspec.structs.asdict(person),
        **_places(reach),
        codes=asked.services,
        hours=asked.hours,
        start=asked.start,
        without=without,
        now=now,
        limit=limit,
    )
    return [_duplicate(row) async for row in rows]


def _duplicate(row: Record) -> FoundDuplicate:
    columns = {**row, "services": _wishes(row["services"])}
    return FoundDuplicate(**columns | {"title": _texts(row["title"]) if row["title"] else None})


async def add_callback(
    conn: Connection, now: datetime, callback_id: UUID, new: NewCallback, user_id: int | None
) -> UUID | None:
    """Put somebody on the call list; gives the item's id, or None when no service has this code."""
    kept: UUID | None = await _queries.add_callback(
        conn, id=callback_id, user_id=user_id, now=now, **msgspec.structs.asdict(new)
    )
    return kept


async def expected_visit(conn: Connection, reference: str) -> ExpectedVisit | None:
    """Give what the visitor believes whom an open call about a change is for; locks the call."""
    row = await _queries.expected_visit(conn, reference=reference)
    return ExpectedVisit(**row) if row else None


async def move_callback(conn: Connection, now: datetime, callback_id: UUID, move: Move) -> bool:
    """Take the item to another state; False when it isn't in one of those any more, or not for this user."""
    moved = await _queries.move_callback(conn, id=callback_id, now=now, **msgspec.structs.asdict(move))
    return moved is not None


async def find_callback(conn: Connection, callback_id: UUID) -> KeptCallback | None:
    """Give the item as it is."""
    row = await _queries.find_callback(conn, id=callback_id)
    return _callback(row) if row else None


async def list_callbacks(
    conn: Connection,
    reach: Reach,
    state: CallbackState,
    *,
    due_before: datetime | None,
    mine: int | None,
    after: UUID | None,
    limit: int,
) -> list[KeptCallback]:
    """Give the items in a state that the reach covers, the most urgent first."""
    rows = _queries.list_callbacks(
        conn,
        state=state,
        due_before=due_before,
        **_places(reach),
        mine=mine,
        after=after,
        limit=limit,
    )
    return [_callback(row) async for row in rows]


async def count_callbacks(conn: Connection, reach: Reach, user_id: int | None) -> tuple[int, int]:
    """Give how many items that the reach covers wait for a call, and how many this user has taken."""
    row = await _queries.count_callbacks(conn, **_places(reach), user_id=user_id)
    return row["open"], row["mine"]


async def withdraw_stale(conn: Connection, due_before: datetime, now: datetime) -> None:
    """End items that were due before then."""
    await _queries.withdraw_stale(conn, due_before=due_before, now=now)


async def forget_callbacks(conn: Connection, now: datetime) -> None:
    """Empty what names somebody in items that ended long enough ago."""
    await _queries.forget_callbacks(conn, now=now)
