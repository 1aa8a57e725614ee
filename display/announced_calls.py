"""What this display has already said, remembered over a restart.

Versions and instants only: no number and no counter is kept on the device.
"""

from datetime import datetime
from pathlib import Path
from typing import Literal, Self

import msgspec
import structlog

FILE_NAME = "announced.json"

REMEMBERED_CALLS = 64
"""Several times what a wall or a snapshot shows; the highest version guards all older ones."""

Unsaid = Literal["too_old", "quiet_hours", "sound_off", "other_zone", "everybody_leaves"]
"""Why a call was shown and not said."""

log = structlog.get_logger(__name__)


class AnnouncedCalls(msgspec.Struct, frozen=True, omit_defaults=True):
    """Calls of one office that were said, by version."""

    office: str = ""
    highest: int = 0
    """Everything up to this version was said or was too old to be said."""
    at: dict[int, datetime] = {}
    """When the saying began, or the showing of what is shown alone, for the newest calls."""
    unsaid: dict[int, Unsaid] = {}
    """Of the newest calls those that were not said."""

    def with_call(self, version: int, at: datetime) -> Self:
        """Add a call; the oldest one is forgotten where there are too many."""
        return self._with(max(self.highest, version), {**self.at, version: at}, self.unsaid)

    def without_call(self, version: int, why: Unsaid) -> Self:
        """Add a call that is not said; ``highest`` stays: an older one may still wait for its turn."""
        return self._with(self.highest, self.at, {**self.unsaid, version: why})

    def _with(self, highest: int, at: dict[int, datetime], unsaid: dict[int, Unsaid]) -> Self:
        return type(self)(
            office=self.office,
            highest=highest,
            at=dict(sorted(at.items())[-REMEMBERED_CALLS:]),
            unsaid=dict(sorted(unsaid.items())[-REMEMBERED_CALLS:]),
        )


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
