"""What visitors did while the service was away: on the disk before any paper, until it was handed in.

A line for each, as JSON. What a power cut tears is the last line, whose visitor has no paper yet.
"""

import os
from collections.abc import Collection
from pathlib import Path
from typing import TypeAlias
from uuid import UUID

import msgspec
import structlog

from kiosk.durable_file import ONLY_OWNER, replace_durably, sync, sync_directory
from queue_service.protocol.outage import OutageCheckIn, OutageTicket

FILE_NAME = "outage.jsonl"
Paper: TypeAlias = OutageTicket | OutageCheckIn

log = structlog.get_logger(__name__)


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One of both."""

    ticket: OutageTicket | None = None
    check_in: OutageCheckIn | None = None


class OutageJournal:
    """Everything that the service has not confirmed yet, in the order of its issue."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._papers = _read(path)

    @property
    def papers(self) -> list[Paper]:
        """What is to be handed in."""
        return list(self._papers)

    def find(self, ticket: UUID) -> Paper | None:
        """Give the paper of this id."""
        return next((paper for paper in self._papers if paper.id == ticket), None)

    def add(self, paper: Paper) -> None:
        """Write one line; when this returns it outlives a power cut.

        Raises OSError, and then nothing is added.
        """
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, ONLY_OWNER)
        with os.fdopen(descriptor, "ab") as opened:
            before = os.fstat(opened.fileno()).st_size
            try:
                opened.write(_line(paper))
                opened.flush()
                sync(opened.fileno())
            except OSError:
                opened.truncate(before)
                raise
        sync_directory(self._path.parent)
        self._papers.append(paper)

    def forget(self, tickets: Collection[UUID]) -> None:
        """Drop what the service has. Raises OSError, and then all of it stays."""
        kept = [paper for paper in self._papers if paper.id not in tickets]
        replace_durably(self._path, b"".join(map(_line, kept)))
        self._papers = kept


def _line(paper: Paper) -> bytes:
    line = _Line(ticket=paper) if isinstance(paper, OutageTicket) else _Line(check_in=paper)
    return msgspec.json.encode(line) + b"\n"


def _read(path: Path) -> list[Paper]:
    """Read every whole line, and cut off what a power cut has torn. Raises OSError."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    whole, newline, torn = content.rpartition(b"\n")
    if torn:
        log.warning("outage_journal_torn", octets=len(torn))
        os.truncate(path, len(whole) + len(newline))
    papers: list[Paper] = []
    for line in whole.splitlines():
        try:
            read = msgspec.json.decode(line, type=_Line)
        except msgspec.DecodeError as error:
            log.warning("outage_journal_line_unreadable", reason=type(error).__name__)
            continue
        paper = read.ticket or read.check_in
        if paper is not None:
            papers.append(paper)
    return papers
