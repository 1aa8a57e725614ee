"""What a kiosk gives out by itself outlives a power cut, and no number is given twice."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from kiosk import durable_file, outage_journal
from kiosk.outage_journal import OutageJournal
from kiosk.outage_numbers import OutageNumbers
from queue_service.device_program.service_clock import ServiceClock
from queue_service.protocol.outage import NumberBlock, NumberBlocks, OutageCheckIn, OutageTicket

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TOKEN = "VA2X_q0DipRQwkmyxeGkxQ"
TODAY, TOMORROW = NOW.date(), NOW.date() + timedelta(days=1)
LEASE = NumberBlocks(
    "bsc-mitte",
    [
        NumberBlock(TODAY, "A", 998, 999, 3),
        NumberBlock(TODAY, "A", 940, 941, 3),
        NumberBlock(TOMORROW, "A", 940, 999, 3),
    ],
    {"reisepass": "A"},
    NOW,
)


def day_of(at: datetime) -> date:
    return at.date()


class Disk:
    """Keeps what was synced, and forgets the rest when the power fails."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._durable: dict[int, bytes] = {}
        self._names: dict[str, int] = {}

    def sync(self, descriptor: int) -> None:
        """As ``os.fsync``: contents of a file, or names of a directory."""
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if path.is_dir():
            self._names = {entry.name: entry.stat().st_ino for entry in path.iterdir()}
        else:
            self._durable[path.stat().st_ino] = path.read_bytes()

    def lose_power(self) -> None:
        """Leave what is on the disk alone."""
        for entry in self._folder.iterdir():
            entry.unlink()
        for name, node in self._names.items():
            (self._folder / name).write_bytes(self._durable.get(node, b""))


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    fake = Disk(tmp_path)
    for module in (durable_file, outage_journal):
        monkeypatch.setattr(module, "sync", fake.sync)
    return fake


class Kiosk:
    """The two files of a kiosk, read anew."""

    def __init__(self, folder: Path) -> None:
        self.journal = OutageJournal(folder / "outage.jsonl")
        self.numbers = OutageNumbers(folder / "outage_numbers.json", ServiceClock(lambda: NOW))

    def give(self) -> str | None:
        """Give the next number, in the journal before it is on paper."""
        number = self.numbers.next("A", TODAY, self.journal.papers, day_of)
        if number is not None:
            self.journal.add(OutageTicket(uuid4(), number, TOKEN, NOW, "reisepass"))
        return number

    def hand_in(self) -> None:
        """Do as after an answer."""
        self.numbers.note_used(self.journal.papers, day_of)
        self.journal.forget({paper.id for paper in self.journal.papers})


def test_numbers_follow_one_another_and_end(tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path)
    assert kiosk.give() is None
    kiosk.numbers.take_lease(LEASE)
    assert (kiosk.numbers.left(TODAY, [], day_of), kiosk.numbers.left(TOMORROW, [], day_of)) == (4, 60)
    assert [kiosk.give(), kiosk.give()] == ["A998", "A999"]
    kiosk.hand_in()
    assert [kiosk.give(), Kiosk(tmp_path).give(), Kiosk(tmp_path).give()] == ["A940", "A941", None]


def test_a_clock_before_the_last_word_of_the_service_is_wrong(tmp_path: Path) -> None:
    Kiosk(tmp_path).numbers.take_lease(LEASE)
    yesterday = OutageNumbers(tmp_path / "outage_numbers.json", ServiceClock(lambda: NOW - timedelta(days=1)))
    assert yesterday.next("A", TODAY, [], day_of) is None


def test_a_power_cut_after_the_paper_loses_no_number(tmp_path: Path, disk: Disk) -> None:
    kiosk = Kiosk(tmp_path)
    kiosk.numbers.take_lease(LEASE)
    printed = [kiosk.give()]
    disk.lose_power()
    kiosk = Kiosk(tmp_path)
    printed.append(kiosk.give())
    assert [paper.number for paper in kiosk.journal.papers] == printed == ["A998", "A999"]
    kiosk.hand_in()
    disk.lose_power()
    kiosk = Kiosk(tmp_path)
    assert (kiosk.journal.papers, kiosk.give()) == ([], "A940")


def test_negative_control_without_waiting_for_the_disk_a_number_is_given_twice(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = Kiosk(tmp_path)
    kiosk.numbers.take_lease(LEASE)
    monkeypatch.setattr(outage_journal, "sync", lambda _: None)
    printed = [kiosk.give()]
    disk.lose_power()
    printed.append(Kiosk(tmp_path).give())
    assert printed == ["A998", "A998"]


@pytest.mark.parametrize("torn", [b'{"ticket":{"id":"7f3c', b"\x00\x00\x00"])
def test_a_torn_last_line_is_cut_off(tmp_path: Path, torn: bytes) -> None:
    kiosk = Kiosk(tmp_path)
    kiosk.numbers.take_lease(LEASE)
    kiosk.give()
    with (tmp_path / "outage.jsonl").open("ab") as opened:
        opened.write(torn)
    kiosk = Kiosk(tmp_path)
    kiosk.give()
    assert [paper.number for paper in Kiosk(tmp_path).journal.papers] == ["A998", "A999"]


def test_a_reference_stands_in_the_journal_alone_and_until_it_is_handed_in(tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path)
    kiosk.numbers.take_lease(LEASE)
    paper = OutageCheckIn(uuid4(), "A998", TOKEN, NOW, "K7RMW3XR", "ar", ["guide_strip"], slow_walk=True)
    kiosk.journal.add(paper)
    assert Kiosk(tmp_path).journal.papers == [paper]
    holding = [path.name for path in tmp_path.iterdir() if b"K7RMW3XR" in path.read_bytes()]
    assert holding == ["outage.jsonl"]
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())
    kiosk.hand_in()
    assert not [path for path in tmp_path.iterdir() if b"K7RMW3XR" in path.read_bytes()]
