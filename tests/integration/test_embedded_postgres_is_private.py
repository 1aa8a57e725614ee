"""The embedded server belongs to one account: others can neither read it, nor reach it, nor lock it."""

import shutil
import stat
import tempfile
from pathlib import Path

from queue_service.platform.embedded_postgres import EmbeddedPostgres

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def test_other_accounts_get_at_nothing_of_it() -> None:
    directory = Path(tempfile.mkdtemp(prefix="queue-tests-"))
    try:
        with EmbeddedPostgres(directory) as server:
            mine = [
                directory / "postgres.lock",
                directory / "postgres.log",
                server.cluster,
                server.cluster / ".s.PGSQL.5432",
            ]
            open_to_others = [file.name for file in mine if file.stat().st_mode & OTHERS]
            assert open_to_others == []
    finally:
        shutil.rmtree(directory)
