"""The last snapshot on disk, so that a restarted device has a page before it has a network.

It holds services, opening facts and counts; nothing about any visitor.
"""

from pathlib import Path

import msgspec
import structlog

from queue_service.protocol.stream import KioskSnapshot

FILE_NAME = "last_snapshot.json"

log = structlog.get_logger(__name__)


def keep_snapshot(data_dir: Path, snapshot: KioskSnapshot) -> None:
    """Replace the kept snapshot in one step; a full disk is logged and does not stop the kiosk."""
    target = data_dir / FILE_NAME
    fresh = target.with_suffix(".new")
    try:
        fresh.write_bytes(msgspec.json.encode(snapshot))
        fresh.replace(target)
    except OSError as error:
        log.warning("snapshot_not_kept", reason=error.strerror)


def kept_snapshot(data_dir: Path) -> KioskSnapshot | None:
    """Read the kept snapshot; None where there is none or it can't be understood any more."""
    try:
        return msgspec.json.decode((data_dir / FILE_NAME).read_bytes(), type=KioskSnapshot)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        log.warning("kept_snapshot_unusable", reason=type(error).__name__)
        return None
