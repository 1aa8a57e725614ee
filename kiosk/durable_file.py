"""Files that outlive a power cut: written, and on the disk, before anybody relies on them."""

import os
from pathlib import Path

ONLY_OWNER = 0o600


def replace_durably(path: Path, content: bytes) -> None:
    """Put this content in the file's place at once: after a crash there is the one or the other.

    Raises OSError.
    """
    draft = path.with_name(path.name + ".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, ONLY_OWNER)
    with os.fdopen(descriptor, "wb") as opened:
        os.fchmod(opened.fileno(), ONLY_OWNER)
        opened.write(content)
        opened.flush()
        sync(opened.fileno())
    draft.replace(path)
    sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Let new and replaced names outlive a power cut. Raises OSError."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)


def sync(descriptor: int) -> None:
    """Wait until what was written is on the disk. Raises OSError."""
    os.fsync(descriptor)
