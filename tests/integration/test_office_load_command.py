"""``queue-service office load``: what somebody reads who wrote the file."""

from pathlib import Path

from click.testing import CliRunner

from queue_service.administration import office


def test_a_mistake_far_below_is_one_line_that_begins_with_its_place(dsn: str, tmp_path: Path) -> None:
    file = tmp_path / f"{'city' * 30}.yaml"
    file.write_text("\n" * 99 + "ofices: []\n", encoding="utf-8")
    outcome = CliRunner().invoke(office, ["load", "--check", str(file)], env={"QUEUE_DATABASE_URL": dsn})
    assert outcome.exit_code == 1
    [mistake] = outcome.stderr.splitlines()
    assert mistake.startswith(f"{file}:100:1: ")
