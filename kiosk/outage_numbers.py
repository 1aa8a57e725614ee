"""The numbers that this kiosk may give out by itself, and which of them comes next."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path

import msgspec
import structlog

from kiosk.durable_file import replace_durably
from kiosk.outage_journal import Paper
from queue_service.device_program.service_clock import ServiceClock
from queue_service.protocol.outage import NumberBlock, NumberBlocks

FILE_NAME = "outage_numbers.json"

log = structlog.get_logger(__name__)


class _Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """As on the disk."""

    leased: NumberBlocks
    used: dict[str, int] = {}
    """The highest number that was handed in, by block."""


class OutageNumbers:
    """Leased blocks on the disk; the next number follows the highest of those handed in and the journal."""

    def __init__(self, path: Path, clock: ServiceClock) -> None:
        self._path = path
        self._clock = clock
        self._kept = _read(path)

    @property
    def office(self) -> str | None:
        """The office whose numbers these are (slug)."""
        return self._kept.leased.office if self._kept else None

    def now(self) -> datetime:
        """Give the time by the service's clock."""
        return self._clock.now()

    def told_on(self, of: Callable[[datetime], date]) -> date | None:
        """Give the day on which the service was last heard of."""
        return of(self._kept.leased.told_at) if self._kept else None

    def take_lease(self, leased: NumberBlocks) -> None:
        """Keep what the service leases from now on. Raises OSError."""
        named = {_name(block) for block in leased.blocks}
        used = {name: value for name, value in self._used().items() if name in named}
        self._keep(_Kept(leased, used))
        self._clock.hear(leased.told_at)

    def letter_of(self, service: str) -> str | None:
        """Give the letter of a service's numbers."""
        return self._kept.leased.letters.get(service) if self._kept else None

    def first_letter(self) -> str | None:
        """Give the letter for visitors of whom the service alone knows what they come for."""
        return min(self._kept.leased.letters.values(), default=None) if self._kept else None

    def next(
        self, letter: str, day: date, papers: Iterable[Paper], of: Callable[[datetime], date]
    ) -> str | None:
        """Give the number that nobody has yet; None when there is none left, or the clock can't be right.

        ``papers`` are those that aren't handed in; ``of`` tells the office's day of an instant.
        """
        given = [paper for paper in papers if paper.number[0] == letter]
        for block in self._of_day(day):
            if block.letter == letter:
                value = self._next_of(block, given, of)
                if value <= block.last:
                    return block.number(value)
        return None

    def left(self, day: date, papers: Iterable[Paper], of: Callable[[datetime], date]) -> int:
        """Count what may still be given out on a day."""
        given = list(papers)
        return sum(max(0, block.last - self._next_of(block, given, of) + 1) for block in self._of_day(day))

    def note_used(self, papers: Iterable[Paper], of: Callable[[datetime], date]) -> None:
        """Remember that these were handed in: before they leave the journal. Raises OSError."""
        if self._kept is None:
            return
        used = dict(self._used())
        for paper in papers:
            for block in self._kept.leased.blocks:
                if _is_of(paper, block, of):
                    used[_name(block)] = max(used.get(_name(block), 0), _value(paper))
        self._keep(_Kept(self._kept.leased, used))

    def _of_day(self, day: date) -> list[NumberBlock]:
        if self._kept is None or self.now() < self._kept.leased.told_at:
            return []
        return [block for block in self._kept.leased.blocks if block.day in (day, None)]

    def _next_of(self, block: NumberBlock, papers: Iterable[Paper], of: Callable[[datetime], date]) -> int:
        given = [_value(paper) for paper in papers if _is_of(paper, block, of)]
        return max(block.first, self._used().get(_name(block), 0) + 1, *(value + 1 for value in given))

    def _used(self) -> dict[str, int]:
        return self._kept.used if self._kept else {}

    def _keep(self, kept: _Kept) -> None:
        replace_durably(self._path, msgspec.json.encode(kept))
        self._kept = kept


def _is_of(paper: Paper, block: NumberBlock, of: Callable[[datetime], date]) -> bool:
    return (
        paper.number[0] == block.letter
        and block.first <= _value(paper) <= block.last
        and block.day in (of(paper.issued_at), None)
    )


def _value(paper: Paper) -> int:
    return int(paper.number[1:])


def _name(block: NumberBlock) -> str:
    """Name a block by what stays the same while its numbers are used up."""
    return f"{block.day or 'any day'} {block.letter}{block.last}"


def _read(path: Path) -> _Kept | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Kept)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        log.warning("outage_numbers_unusable", reason=type(error).__name__)
        return None
