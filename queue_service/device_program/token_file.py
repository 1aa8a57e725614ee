"""The token that names this device to the service: in one file, which nobody else can read.

A token on its way in stands beside it until the service knows it: whatever dies in between, the device
has both and tries them.
"""

import hashlib
import os
import secrets
from pathlib import Path

import structlog

from queue_service.protocol.device_care import TOKEN_PREFIX

TOKEN_BYTES = 32
"""256 random bits can't be guessed."""
ONLY_OWNER = 0o600
TOKEN_FILE = "device.token"  # noqa: S105  # a file's name
"""In the data directory, unless another is named."""

log = structlog.get_logger(__name__)


class NoToken(Exception):
    """The device has no token that could be shown to the service."""


class TokenFile:
    """The file with the token, and the one beside it with the next."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._next = path.with_name(path.name + ".next")

    def read(self) -> str:
        """Read the token anew, so that it may be replaced while we run. Raises NoToken."""
        return _token(self._path)

    def upcoming(self) -> str:
        """Give the next token: the one that waits, or a new one, on the disk before anybody hears of it.

        Raises OSError.
        """
        try:
            return _token(self._next)
        except NoToken:
            token = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
            _write(self._next, token)
            return token

    def waiting(self) -> str | None:
        """Give the next token, if there is one."""
        try:
            return _token(self._next)
        except NoToken:
            return None

    def discard_upcoming(self) -> None:
        """Forget the next token: the service will never know it."""
        self._next.unlink(missing_ok=True)

    def take_upcoming(self) -> None:
        """Make the next token the token: the service knows it. Raises OSError."""
        self._next.replace(self._path)
        _sync(self._path.parent)


def hash_of(token: str) -> str:
    """Give what the service keeps of a token: SHA-256, hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def _token(path: Path) -> str:
    try:
        token = path.read_text(encoding="ascii").strip()
    except FileNotFoundError as error:
        raise NoToken from error
    except (OSError, UnicodeDecodeError) as error:
        log.warning("device_token_unreadable", reason=type(error).__name__)
        raise NoToken from error
    if not token or not token.isprintable() or " " in token:
        log.warning("device_token_unreadable", reason="empty or more than one word")
        raise NoToken
    return token


def _write(path: Path, token: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, ONLY_OWNER)
    with os.fdopen(descriptor, "w") as opened:
        os.fchmod(opened.fileno(), ONLY_OWNER)
        opened.write(token + "\n")
        opened.flush()
        os.fsync(opened.fileno())
    _sync(path.parent)


def _sync(directory: Path) -> None:
    """Let a new name outlive a power cut."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
