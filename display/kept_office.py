"""The office that was shown last, so that a display that starts without a network has its name and time.

No call, no number and no figure is kept: what nobody can vouch for is not shown.
"""

from pathlib import Path

from queue_service.device_program.last_known import keep_known, kept_known
from queue_service.protocol.stream import DisplaySnapshot, OfficeCard

FILE_NAME = "office.json"
NOT_HEARD_YET = 0
"""The version of a snapshot of which only the office is known; real ones begin with 1."""


def keep_office(data_dir: Path, office: OfficeCard) -> None:
    """Keep it for the next start."""
    keep_known(data_dir / FILE_NAME, office)


def kept_office(data_dir: Path) -> DisplaySnapshot | None:
    """Give a hall of which nothing but the office is known; None where nothing usable was kept."""
    office = kept_known(data_dir / FILE_NAME, OfficeCard)
    return DisplaySnapshot(NOT_HEARD_YET, office, [], 0, 0, None) if office else None
