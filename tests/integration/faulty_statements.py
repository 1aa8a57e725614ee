"""The queue's SQL with a fault in it, for controls: what a race ends in when nothing guards against it."""

from pathlib import Path

import aiosql
import pytest

from queue_service.platform.queries import sql_directory
from queue_service.queueing import store


def let_queue_run(monkeypatch: pytest.MonkeyPatch, directory: Path, *faults: tuple[str, str]) -> None:
    """Let the queue run its statements with the first text of each pair, found once, as the second."""
    text = (sql_directory() / "queries" / "queueing.sql").read_text()
    for right, wrong in faults:
        assert text.count(right) == 1, right
        text = text.replace(right, wrong)
    faulty = directory / "queueing.sql"
    faulty.write_text(text)
    monkeypatch.setattr(store, "_queries", aiosql.from_path(faulty, "asyncpg"))
