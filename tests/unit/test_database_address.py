"""What an operator reads when the database can't be used: one line, and no password in it."""

import pytest
from click.testing import CliRunner

from queue_service.cli import main
from queue_service.platform.database import OLDEST_SERVER, UnusableDatabaseError, require_supported

NOBODY_LISTENS = "postgresql://127.0.0.1:1/queue"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("mysql://127.0.0.1/queue", "scheme"),
        ("postgresql://queue:gehe/im@127.0.0.1/queue", "%2F"),
        ("postgresql://queue@127.0.0.1:port/queue", "5432"),
        ("postgresql://nowhere.invalid/queue", ""),
        (NOBODY_LISTENS, "Connect call failed"),
    ],
)
def test_a_database_that_cant_be_used_is_told_in_one_line(address: str, reason: str) -> None:
    told = CliRunner().invoke(main, ["migrate"], env={"QUEUE_DATABASE_URL": address})
    assert told.exit_code == 1
    assert told.output.startswith("Error: database: ")
    assert reason in told.output
    assert told.output.count("\n") == 1
    assert "gehe" not in told.output


def test_a_data_directory_that_cant_be_written_is_told_in_one_line() -> None:
    told = CliRunner().invoke(main, ["migrate", "--data-dir", "/proc/nowhere"])
    assert told.exit_code == 1
    assert told.output.startswith("Error: ")
    assert "/proc/nowhere" in told.output
    assert told.output.count("\n") == 1


def test_a_server_that_is_too_old_is_named_with_what_is_needed() -> None:
    require_supported(OLDEST_SERVER)
    with pytest.raises(UnusableDatabaseError, match=r"PostgreSQL 14; 15 or later"):
        require_supported(OLDEST_SERVER - 1)
