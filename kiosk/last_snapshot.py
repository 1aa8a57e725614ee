"""The last snapshot on disk, so that a restarted device has a page before it has a network.

It holds services, opening facts and counts; nothing about any visitor.
"""

from pathlib import Path

from queue_service.device_program.last_known import keep_known, kept_known
from queue_service.protocol.stream import KioskSnapshot

FILE_NAME = "last_snapshot.json"


def keep_snapshot(data_dir: Path, snapshot: KioskSnapshot) -> None:
    """Keep it for the next start."""
    keep_known(data_dir / FILE_NAME, snapshot)


def kept_snapshot(data_dir: Path) -> KioskSnapshot | None:
    """Read the kept snapshot; None where there is none or it can't be understood any more."""
    return kept_known(data_dir / FILE_NAME, KioskSnapshot)
