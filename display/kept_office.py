"""The office that was shown last, so that a display that starts without a network has its name and time.

No call, no number and no figure is kept: what nobody can vouch for is not shown.
"""

from pathlib import Path

import msgspec
import structlog

from queue_service.protocol.stream import DisplaySnapshot, OfficeCard

FILE_NAME = "office.json"
NOT_HEARD_YET = 0
"""The version of a snapshot of which only the office is known; real ones begin with 1."""

log = structlog.get_logger(__name__)


def keep_office(data_dir: Path, office: OfficeCard) -> None:
    """Replace the kept file in one step; a full disk is logged and does not darken the wall."""
    target = data_dir / FILE_NAME
    fresh = target.with_suffix(".new")
    try:
        fresh.write_bytes(msgspec.json.encode(office))
        fresh.replace(target)
    except OSError as error:
        log.warning("office_not_kept", reason=error.strerror)


def kept_office(data_dir: Path) -> DisplaySnapshot | None:
    """Give a hall of which nothing but the office is known; None where nothing usable was kept."""
    try:
        office = msgspec.json.decode((data_dir / FILE_NAME).read_bytes(), type=OfficeCard)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        log.warning("kept_office_unusable", reason=type(error).__name__)
        return None
    return DisplaySnapshot(NOT_HEARD_YET, office, [], 0, 0, None)
