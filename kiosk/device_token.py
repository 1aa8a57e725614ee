"""The token that names this device to the service."""

from pathlib import Path

import structlog

from kiosk.errors import DeviceRefusedError

log = structlog.get_logger(__name__)


def device_token(path: Path) -> str:
    """Read the token anew, so that a device that is paired again goes on without a restart.

    Raises DeviceRefusedError when there is none.
    """
    try:
        token = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        log.warning("device_token_unreadable", reason=type(error).__name__)
        raise DeviceRefusedError from error
    if not token.isprintable() or " " in token or not token:
        log.warning("device_token_unreadable", reason="empty or more than one word")
        raise DeviceRefusedError
    return token
