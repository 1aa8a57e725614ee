"""From set-up files to a working office: checked, applied, and its days opened for booking."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from queue_service.booking import service as booking
from queue_service.entries import service as entries
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.setup_file import read_setup
from queue_service.platform.queries import Connection


def read_files(paths: list[Path]) -> dict[str, str]:
    """Return the texts of set-up files by name. Raises OSError, UnicodeDecodeError."""
    return {str(path): path.read_text(encoding="utf-8") for path in paths}


async def load_offices(conn: Connection, now: datetime, files: Mapping[str, str]) -> list[Office]:
    """Check the files and make the installation what they say, in the caller's transaction.

    Raises SetupError with every mistake and its place; then nothing has been changed.
    """
    setup = read_setup(files, await offices.known(conn))
    loaded = await offices.apply_setup(conn, setup)
    for office in loaded:
        await booking.apply_pools(conn, now, office, office.setup.pools)
    for office in loaded:
        await entries.apply_entries(conn, now, office)
    for office in loaded:
        await offices.finish_setup(conn, now, office)
    return loaded
