"""Letters between the outbox and the post, as they are stored and as staff see them."""

from datetime import datetime
from uuid import UUID

import msgspec

from queue_service.notices.model import AppointmentNotice, Kind


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
    starts_at: datetime
    kind: Kind
    created_at: datetime
    printed_before: bool
    """Somebody put it back into the queue."""


class OpenSheet(msgspec.Struct, frozen=True):
    """A printed letter that may lie on somebody's desk."""

    batch: UUID
    printed_at: datetime
    copy: int
    large_print: bool
    id: UUID
    office: str
    reference: str
    starts_at: datetime
    kind: Kind
    to_post: bool
    """False: it was taken back since, because there is something newer to tell."""
