"""What a device was told last, kept on disk, so that it has a page before it has a network."""

from pathlib import Path
from typing import TypeVar

import msgspec
import structlog

Known = TypeVar("Known", bound=msgspec.Struct)

log = structlog.get_logger(__name__)


def keep_known(file: Path, known: msgspec.Struct) -> None:
    """Replace the kept file in one step; a full disk is logged and stops no device."""
    fresh = file.with_suffix(".new")
    try:
        fresh.write_bytes(msgspec.json.encode(known))
        fresh.replace(file)
    except OSError as error:
        log.warning("last_known_not_kept", file=file.name, reason=error.strerror)


def kept_known(file: Path, kind: type[Known]) -> Known | None:
    """Read what was kept; None where there is nothing or it can't be understood any more."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        log.warning("last_known_unusable", file=file.name, reason=type(error).__name__)
        return None
