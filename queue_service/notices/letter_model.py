"""Letters between the outbox and the post, as they are stored and as staff see them.

What staff see in a list names nobody: to whom a letter goes is read there only for what its form asks
of whoever prints it.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from queue_service.notices.model import AppointmentNotice, Kind, Recipient


class Sheet(msgspec.Struct, frozen=True):
    """A letter as it is to be printed."""

    id: UUID
    office_id: int
    authority_id: int
    copy: int
    large_print: bool
    payload: AppointmentNotice


class WaitingLetter(msgspec.Struct, frozen=True):
    """A letter that nobody has printed yet, as staff see it."""

    id: UUID
    office: str
    reference: str
    starts_at: datetime | None
    """None for a letter about the waiting list."""
    previous_start: datetime | None
    """When its reader expects to come, until the letter says otherwise."""
    kind: Kind
    created_at: datetime
    printed_before: bool
    """Somebody put it back into the queue."""
    recipient: Recipient

    @property
    def expected_start(self) -> datetime | None:
        """When its reader may set out: to the former visit or to the new one, whichever is earlier."""
        return min((at for at in (self.previous_start, self.starts_at) if at), default=None)


class LetterForm(msgspec.Struct, frozen=True):
    """How a letter is printed, and what whoever prints it has to look at first."""

    large_print: bool
    simple: bool
    """In Leichte Sprache."""
    letters_missing: bool = False
    """Something in name or address has letters that can't be printed."""
    address_foreign: bool = False
    """The address is not in Latin letters, which are the ones that the post reads."""


class OpenSheet(msgspec.Struct, frozen=True):
    """A printed letter that may lie on somebody's desk."""

    batch: UUID
    printed_at: datetime
    copy: int
    large_print: bool
    id: UUID
    office: str
    reference: str
    starts_at: datetime | None
    """None for a letter about the waiting list."""
    kind: Kind
    to_post: bool
    """False: it was taken back since, because there is something newer to tell."""
    recipient: Recipient | None
    """None of what was taken back."""
