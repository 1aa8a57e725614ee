"""The PostgreSQL servers that this machine has: the embedded one, and the distribution's."""

from pathlib import Path

import pytest

EMBEDDED = "embedded"
DEBIAN_SERVERS = Path("/usr/lib/postgresql")
VERSIONS = [
    EMBEDDED,
    *(f"system-{binary.parent.parent.name}" for binary in sorted(DEBIAN_SERVERS.glob("*/bin/postgres"))),
]

on_every_server = pytest.mark.parametrize("postgres_server", VERSIONS, indirect=True)
"""For what another server could do otherwise: preparing, migrating, locking, refusing, and the oracle.

Everything else runs on the embedded server alone: its statements are prepared on all of them, and the
oracle searches, books, moves and restaffs on all of them.
"""


def binaries(version: str) -> Path | None:
    """Where the server's programs are; None for the embedded one."""
    return None if version == EMBEDDED else DEBIAN_SERVERS / version.removeprefix("system-") / "bin"
