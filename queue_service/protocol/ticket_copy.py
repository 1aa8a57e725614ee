"""One more paper of a number that exists: what a kiosk is to print, and how it went.

``GET /api/v1/device/ticket-copies`` gives ``CopyOrders``; ``PUT /api/v1/device/ticket-copies/{id}`` takes
``CopyOutcome``. A change of the kind ``COPY_ORDERED`` says that it is time to ask; so is each new connection.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from queue_service.protocol.device_api import IssuedTicket

COPY_ORDERED = "ticket.copy_ordered"
Code = Annotated[str, msgspec.Meta(max_length=60, pattern="^[a-z_]+$")]


class CopyOrder(msgspec.Struct, frozen=True):
    """A ticket as it is now, with the number, the time and the link of its first paper."""

    id: UUID
    ticket: IssuedTicket
    language: str
    service_name: dict[str, str]
    ordered_at: datetime


class CopyOrders(msgspec.Struct, frozen=True):
    """What one kiosk is still to print, in order."""

    items: list[CopyOrder]


class CopyOutcome(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How it went."""

    reason: Code | None = None
    """What kept it from paper; None: it was printed."""
