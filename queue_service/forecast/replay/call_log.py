"""Reads a log of calls: one line a customer, tab-separated, the columns named in the head line.

The form is that of the call centre of a bank which its university published ("Anonymous Bank", 1999):
``date`` as YYMMDD, times as H:MM:SS, ``outcome`` AGENT for the served, HANG for those who hung up, PHANTOM
for what was no call. Other columns may stand there too.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from queue_service.forecast.past_days import PastDay, PastVisit

COLUMNS = (
    "priority",
    "type",
    "date",
    "vru_exit",
    "q_start",
    "q_exit",
    "q_time",
    "outcome",
    "ser_start",
    "ser_exit",
    "server",
)
OUTCOMES = ("AGENT", "HANG", "PHANTOM")
NOBODY = "NO_SERVER"
LATEST_HOUR = 47
"""A day that goes on after midnight counts on from 24."""
FEWEST_DAYS = 2
"""One to learn from and one to test on."""


class MalformedLogError(ValueError):
    """The log can't be read: says in which line, and why."""

    def __init__(self, line: int, wrong: str) -> None:
        super().__init__(f"line {line}: {wrong}")
        self.line = line


def read_call_log(path: Path) -> list[PastDay]:
    """Return the days of a log in order; raises MalformedLogError."""
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            return days_of(lines)
    except UnicodeDecodeError as wrong:
        raise MalformedLogError(1, f"is no text in UTF-8 ({wrong.reason})") from wrong


def days_of(lines: Iterable[str]) -> list[PastDay]:
    """Return the days in the lines of a log; raises MalformedLogError."""
    numbered = enumerate(lines, start=1)
    head = next(numbered, (1, ""))[1].rstrip("\r\n").split("\t")
    missing = [column for column in COLUMNS if column not in head]
    if missing:
        raise MalformedLogError(1, f"the head line lacks {', '.join(missing)}")
    by_day: dict[str, list[PastVisit]] = defaultdict(list)
    for number, line in numbered:
        if not line.strip():
            continue
        values = line.rstrip("\r\n").split("\t")
        if len(values) != len(head):
            raise MalformedLogError(number, f"has {len(values)} columns, the head line {len(head)}")
        fields = {column: value.strip() for column, value in zip(head, values, strict=True)}
        call = _call(number, fields)
        if call is not None:
            by_day[fields["date"]].append(call)
    if len(by_day) < FEWEST_DAYS:
        raise MalformedLogError(1, f"the log has {len(by_day)} days; it takes {FEWEST_DAYS}: learn, test")
    return [
        PastDay(
            day,
            _midnight(day),
            tuple(sorted(visits, key=lambda visit: (visit.arrived_at, visit.ticket))),
        )
        for day, visits in sorted(by_day.items())
    ]


def _call(number: int, fields: dict[str, str]) -> PastVisit | None:
    """Return the visit that a line tells of; None for a phantom."""
    outcome = fields["outcome"]
    if outcome not in OUTCOMES:
        raise MalformedLogError(number, f"outcome is {outcome!r}, not one of {', '.join(OUTCOMES)}")
    try:
        midnight = _midnight(fields["date"])
    except ValueError as wrong:
        raise MalformedLogError(number, f"date is {fields['date']!r}, not YYMMDD") from wrong
    if outcome == "PHANTOM":
        return None
    queued = _whole(number, "q_time", fields) > 0
    arrived = midnight + _seconds(number, "q_start" if queued else "vru_exit", fields)
    visit = PastVisit(f"{number:07}", fields["priority"], (fields["type"],), arrived)
    if outcome == "HANG":
        left = midnight + _seconds(number, "q_exit", fields) if queued else arrived
        return msgspec.structs.replace(visit, left_at=left)
    called = midnight + _seconds(number, "q_exit", fields) if queued else arrived
    if called < arrived:
        raise MalformedLogError(number, "is called before it arrives")
    server, ended = fields["server"], _seconds(number, "ser_exit", fields)
    visit = msgspec.structs.replace(visit, called_at=called)
    # A service whose end nobody noted stands as 0:00:00: it was called, and says nothing else.
    if server == NOBODY or not ended:
        return visit
    return msgspec.structs.replace(visit, finished_at=max(called, midnight + ended), counter=server)


def _midnight(day: str) -> float:
    return datetime.strptime(day, "%y%m%d").replace(tzinfo=UTC).timestamp()


def _whole(number: int, column: str, fields: dict[str, str]) -> int:
    if not fields[column].isascii() or not fields[column].isdigit():
        raise MalformedLogError(number, f"{column} is {fields[column]!r}, not a number of seconds")
    return int(fields[column])


def _seconds(number: int, column: str, fields: dict[str, str]) -> int:
    parts = fields[column].split(":")
    if len(parts) == 3 and all(part.isascii() and part.isdigit() for part in parts):
        hours, minutes, seconds = map(int, parts)
        if hours <= LATEST_HOUR and minutes < 60 and seconds < 60:
            return hours * 3600 + minutes * 60 + seconds
    raise MalformedLogError(number, f"{column} is {fields[column]!r}, not H:MM:SS")
