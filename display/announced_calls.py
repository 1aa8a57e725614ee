"""What this display has already said, remembered over a restart.

Versions and instants only: no number and no counter is kept on the device.
"""

from datetime import datetime
from pathlib import Path
from typing import Self

import msgspec
import structlog

FILE_NAME = "announced.json"

REMEMBERED_CALLS = 64
"""Several times what a wall or a snapshot shows; the highest version guards all older ones."""

log = structlog.get_logger(__name__)


class AnnouncedCalls(msgspec.Struct, frozen=True):
    """Calls of one office that were said, by version."""

    office: str = ""
    highest: int = 0
    """Everything up to this version was said or was too old to be said."""
    at: dict[int, datetime] = {}
    """When the saying began, for the newest calls."""

    def with_call(self, version: int, at: datetime) -> Self:
        """Add a call; the oldest one is forgotten where there are too many."""
        newest = sorted({**self.at, version: at}.items())[-REMEMBERED_CALLS:]
        return type(self)(office=self.office, highest=max(self.highest, version), at=dict(newest))


def keep_announced(data_dir: Path, announced: AnnouncedCalls) -> None:
    """Replace the kept file in one step; a full disk is logged and does not silence the hall."""
    target = data_dir / FILE_NAME
    fresh = target.with_suffix(".new")
    try:
        fresh.write_bytes(msgspec.json.encode(announced))
        fresh.replace(target)
    except OSError as error:
        log.warning("announced_calls_not_kept", reason=error.strerror)


def kept_announced(data_dir: Path) -> AnnouncedCalls:
    """Read what was kept; nothing announced where there is no file or it can't be understood."""
    try:
        return msgspec.json.decode((data_dir / FILE_NAME).read_bytes(), type=AnnouncedCalls)
    except FileNotFoundError:
        return AnnouncedCalls()
    except (OSError, msgspec.DecodeError) as error:
        log.warning("kept_announced_calls_unusable", reason=type(error).__name__)
        return AnnouncedCalls()
