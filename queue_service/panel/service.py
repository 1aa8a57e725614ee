"""An office's panel: files are put in and taken away, and its displays are told which slides to show."""

import hashlib
import re
from datetime import datetime
from typing import cast

import msgspec

from queue_service.offices.catalogue import Office
from queue_service.offices.hall_setup import SlideSetup
from queue_service.panel import store
from queue_service.panel.content_check import media_type_of
from queue_service.platform.errors import InvalidFields, NotFound
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import FieldError
from queue_service.protocol.panel import (
    LARGEST_FILM_BYTES,
    LARGEST_PICTURE_BYTES,
    MediaType,
    PanelFile,
    PanelSlide,
    SlideKind,
)

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
"""As ``hall_setup.FileName``."""
MOST_OFFICE_BYTES = 200 * 1024 * 1024
"""Of all files of an office: a display keeps them on a card that other things are on as well."""


class PanelFileNotFound(NotFound):
    """The office has no such file."""

    code = "panel_file_not_found"


class KeptFile(msgspec.Struct, frozen=True):
    """A file under its name."""

    name: str
    file: PanelFile
    named_at: datetime

    @property
    def kind(self) -> SlideKind:
        """As what a slide shows it."""
        return "film" if self.file.media_type.startswith("video/") else "picture"


async def put_in(conn: Connection, now: datetime, office: Office, name: str, content: bytes) -> KeptFile:
    """Keep a file under a name, in the place of what had the name before; in a transaction of the caller.

    Raises InvalidFields: ``name``, ``file``, or ``office`` for one that keeps as much as it may already.
    """
    if not NAME.fullmatch(name):
        raise InvalidFields(errors=[FieldError("name", "lower-case letters, digits, dots and hyphens")])
    kind = media_type_of(content)
    if kind is None:
        raise InvalidFields(
            errors=[FieldError("file", "neither PNG nor JPEG nor WebM nor MP4, or cut short")]
        )
    largest = LARGEST_FILM_BYTES if kind.startswith("video/") else LARGEST_PICTURE_BYTES
    if len(content) > largest:
        raise InvalidFields(errors=[FieldError("file", f"{len(content)} bytes, at most {largest}")])
    digest = hashlib.sha256(content).digest()
    await store.lock_files(conn, office.id)
    await store.keep_content(conn, store.ContentToBe(office.id, digest, kind, content, now))
    await store.name_file(conn, office.id, name, digest, now)
    await store.drop_unnamed(conn, office.id)
    if await store.bytes_kept(conn, office.id) > MOST_OFFICE_BYTES:
        raise InvalidFields(errors=[FieldError("office", f"keeps at most {MOST_OFFICE_BYTES} bytes")])
    return KeptFile(name, PanelFile(digest.hex(), kind, len(content)), now)


async def take_away(conn: Connection, office: Office, name: str) -> None:
    """Forget a name, and its content when no other name stands for it. Raises PanelFileNotFound."""
    await store.lock_files(conn, office.id)
    if not await store.drop_file(conn, office.id, name):
        raise PanelFileNotFound
    await store.drop_unnamed(conn, office.id)


async def files(conn: Connection, office: Office) -> list[KeptFile]:
    """Return the office's files by name."""
    return [
        KeptFile(
            row.name, PanelFile(row.sha256.hex(), cast("MediaType", row.media_type), row.bytes), row.named_at
        )
        for row in await store.files(conn, office.id)
    ]


async def content(conn: Connection, office_id: int, digest: str) -> bytes:
    """Return a file of this office. Raises PanelFileNotFound."""
    found = await store.content(conn, office_id, bytes.fromhex(digest))
    if found is None:
        raise PanelFileNotFound
    return found


async def slides(conn: Connection, office: Office) -> list[PanelSlide]:
    """Return the slides that the office's displays are to show; none whose file is missing."""
    if not office.setup.panel:
        return []
    kept = {file.name: file for file in await files(conn, office)}
    return [
        _slide(setup, kept.get(setup.file or "")) for setup in office.setup.panel if is_complete(setup, kept)
    ]


def is_complete(setup: SlideSetup, kept: dict[str, KeptFile]) -> bool:
    """Tell whether all that a slide shows is there, and is what it says."""
    return setup.file is None or (setup.file in kept and kept[setup.file].kind == setup.kind)


def _slide(setup: SlideSetup, kept: KeptFile | None) -> PanelSlide:
    return PanelSlide(
        setup.kind,
        setup.seconds,
        {str(language): text for language, text in setup.text.items()},
        kept.file if kept else None,
        setup.first_day,
        setup.last_day,
        setup.sound,
    )
