"""The only caller of ``sql/queries/panel.sql``."""

from datetime import datetime
from typing import Any

import msgspec

from queue_service.platform.queries import Connection, load_queries

_sql: Any = load_queries("panel")


class FileRow(msgspec.Struct, frozen=True):
    """A file by the name that its office gave it."""

    name: str
    sha256: bytes
    media_type: str
    bytes: int
    named_at: datetime


class ContentToBe(msgspec.Struct, frozen=True):
    """A content that an office wants to keep."""

    office_id: int
    sha256: bytes
    media_type: str
    content: bytes
    now: datetime


async def lock_files(conn: Connection, office_id: int) -> None:
    """Let nobody else change the office's files before the transaction ends."""
    async for _ in _sql.lock_files(conn, office_id=office_id):
        pass


async def keep_content(conn: Connection, content: ContentToBe) -> None:
    """Keep a content; again is no second one."""
    await _sql.keep_content(conn, **msgspec.structs.asdict(content))


async def name_file(conn: Connection, office_id: int, name: str, sha256: bytes, now: datetime) -> None:
    """Call a content that is kept by a name."""
    await _sql.name_file(conn, office_id=office_id, name=name, sha256=sha256, now=now)


async def bytes_kept(conn: Connection, office_id: int) -> int:
    """Return how much the office keeps."""
    kept: int = await _sql.bytes_kept(conn, office_id=office_id)
    return kept


async def drop_file(conn: Connection, office_id: int, name: str) -> bool:
    """Take a name away; False where there was none."""
    return await _sql.drop_file(conn, office_id=office_id, name=name) is not None


async def drop_unnamed(conn: Connection, office_id: int) -> None:
    """Delete contents without a name."""
    await _sql.drop_unnamed(conn, office_id=office_id)


async def files(conn: Connection, office_id: int) -> list[FileRow]:
    """Return the office's files by name."""
    return [FileRow(**row) async for row in _sql.files(conn, office_id=office_id)]


async def content(conn: Connection, office_id: int, sha256: bytes) -> bytes | None:
    """Return a content of the office."""
    found: bytes | None = await _sql.content(conn, office_id=office_id, sha256=sha256)
    return found
