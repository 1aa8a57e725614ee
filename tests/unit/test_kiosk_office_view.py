"""What the kiosk knows of its office, over changes, losses and restarts."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from kiosk.last_snapshot import FILE_NAME, keep_snapshot, kept_snapshot
from kiosk.office_view import Link, OfficeView
from queue_service.protocol.stream import (
    KioskChange,
    KioskService,
    KioskSnapshot,
    OfficeCard,
    QueueLength,
    VersionGapError,
    WaitRange,
    WalkIns,
    apply_to_kiosk,
)

SNAPSHOT = KioskSnapshot(
    version=7,
    office=OfficeCard("bsc-mitte", {"de": "Mitte"}, "Europe/Berlin"),
    services=[KioskService("pass", {"de": "Reisepass"}, {"de": "Ausweise"}, 15, 3, WaitRange(10, 15))],
    walk_ins=WalkIns(open=True),
    waiting=3,
    open_counters=2,
)


def change(version: int) -> KioskChange:
    return KioskChange(
        type="ticket.issued",
        version=version,
        at=datetime(2026, 7, 1, 8, tzinfo=UTC),
        waiting=4,
        open_counters=2,
        services=[QueueLength("pass", 4, WaitRange(15, 20))],
    )


def test_changes_give_what_a_fresh_snapshot_would_give() -> None:
    view, fresh = OfficeView(None), OfficeView(None)
    view.begin(SNAPSHOT)
    view.follow(change(8))
    fresh.begin(apply_to_kiosk(SNAPSHOT, change(8)))
    assert view.state() == fresh.state()


def test_a_missing_change_is_noticed_and_alters_nothing() -> None:
    view = OfficeView(None)
    view.begin(SNAPSHOT)
    with pytest.raises(VersionGapError):
        view.follow(change(9))
    assert view.state().version == SNAPSHOT.version


def test_a_lost_connection_keeps_the_services_and_says_so() -> None:
    view = OfficeView(None)
    view.begin(SNAPSHOT)
    view.lose(Link.CONNECTING)
    assert view.state().connected is False
    assert view.state().services == SNAPSHOT.services


def test_a_device_that_never_was_connected_knows_nothing() -> None:
    state = OfficeView(None).state()
    assert (state.connected, state.office, state.version) == (False, None, None)


def test_listeners_hear_of_changes_but_not_of_the_same_loss_twice() -> None:
    view = OfficeView(SNAPSHOT)
    with view.listening() as changed:
        view.lose(Link.REFUSED)
        assert changed.is_set()
        changed.clear()
        view.lose(Link.REFUSED)
        assert not changed.is_set()


def test_the_last_snapshot_survives_a_restart(tmp_path: Path) -> None:
    keep_snapshot(tmp_path, SNAPSHOT)
    assert kept_snapshot(tmp_path) == SNAPSHOT


@pytest.mark.parametrize("content", [b"", b"{", b'{"type": "snapshot", "version": "x"}', b"\xff"])
def test_a_damaged_snapshot_counts_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    assert kept_snapshot(tmp_path) is None


def test_a_full_disk_does_not_stop_the_kiosk(tmp_path: Path) -> None:
    keep_snapshot(tmp_path / "missing", SNAPSHOT)
    assert kept_snapshot(tmp_path / "missing") is None


def test_what_is_kept_holds_nothing_of_any_visitor(tmp_path: Path) -> None:
    keep_snapshot(tmp_path, SNAPSHOT)
    kept = msgspec.json.decode((tmp_path / FILE_NAME).read_bytes())
    assert set(kept) == {
        "type", "version", "office", "services", "walk_ins", "waiting", "open_counters", "audience",
        "hall", "asks",
    }  # fmt: skip
