from datetime import UTC, datetime, timedelta
from pathlib import Path

from display.announced_calls import (
    FILE_NAME,
    REMEMBERED_CALLS,
    AnnouncedCalls,
    keep_announced,
    kept_announced,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_what_was_said_is_known_after_a_restart(tmp_path: Path) -> None:
    announced = AnnouncedCalls(office="rathaus").with_call(7, NOON).with_call(9, NOON + timedelta(seconds=14))
    keep_announced(tmp_path, announced)
    assert kept_announced(tmp_path) == announced


def test_a_new_device_has_said_nothing(tmp_path: Path) -> None:
    assert kept_announced(tmp_path) == AnnouncedCalls()


def test_a_broken_file_counts_as_nothing_said(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b'{"office": "rathaus", "highest"')
    assert kept_announced(tmp_path) == AnnouncedCalls()


def test_a_folder_that_can_not_be_written_does_not_silence_the_hall(tmp_path: Path) -> None:
    keep_announced(tmp_path / "missing", AnnouncedCalls(office="rathaus"))
    assert kept_announced(tmp_path / "missing") == AnnouncedCalls()


def test_the_memory_stays_small_and_its_highest_version_guards_the_rest() -> None:
    announced = AnnouncedCalls(office="rathaus")
    for version in range(1, REMEMBERED_CALLS + 11):
        announced = announced.with_call(version, NOON)
    assert sorted(announced.at) == list(range(11, REMEMBERED_CALLS + 11))
    assert announced.highest == REMEMBERED_CALLS + 10


def test_no_number_and_no_counter_is_kept_on_the_device(tmp_path: Path) -> None:
    keep_announced(tmp_path, AnnouncedCalls(office="rathaus").with_call(7, NOON))
    kept = (tmp_path / FILE_NAME).read_text()
    assert kept == '{"office":"rathaus","highest":7,"at":{"7":"2026-11-23T12:00:00Z"}}'
