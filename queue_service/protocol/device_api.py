"""What a kiosk asks of the service over HTTP, and what it is answered.

Requests: ``POST /api/v1/offices/{office}/tickets`` with ``TicketRequest`` and
``POST /api/v1/offices/{office}/check-ins`` with ``CheckInRequest``; both answer 201 with
``IssuedTicket`` or a ``Problem``.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from queue_service.protocol.stream import WaitRange

LanguageTag = Annotated[str, Meta(max_length=35, pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
"""BCP 47; 35 characters hold every tag in use (RFC 5646, 4.4.1)."""
MOST_NEEDS = 20
"""More than there are; the same need again and again would travel to every screen."""

MOST_SERVICES = 9
"""Beside the first; a visit of ten services is no visit."""


class TicketRequest(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"visitor_class": "class"}
):
    """A visitor without an appointment wants a number for a service."""

    service: str
    language: LanguageTag = "de"
    visitor_class: str = "walk_in"
    needs: Annotated[list[str], Meta(max_length=MOST_NEEDS)] = []
    pick_up: bool = False
    """Staff are to fetch the visitor at the reception."""
    slow_walk: bool = False
    """The visitor needs longer for the way."""
    further_services: Annotated[list[str], Meta(max_length=MOST_SERVICES)] = []
    """Codes of what else the visitor has come for, in order."""
    together: bool = False
    """One counter is to do it all."""
    id: UUID | None = None
    """Chosen by the kiosk, so that sending the same request again gives the same ticket."""


class CheckInRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A visitor with an appointment has arrived; spaces, hyphens and case of the reference don't matter.

    What is not asked for is not sent: a service that is older than its kiosk knows no needs here.
    """

    reference: str
    language: LanguageTag = "de"
    id: UUID | None = None
    needs: Annotated[list[str], Meta(max_length=MOST_NEEDS)] = []
    pick_up: bool = False
    slow_walk: bool = False


class IssuedTicket(msgspec.Struct, frozen=True):
    """A number was given out. What is printed is all in here."""

    id: UUID
    number: str
    token: str
    """Follows this ticket until the end of its day; part of the address in the QR code."""
    people_ahead: int
    wait: WaitRange | None
    created_at: datetime
    follow_url: str
    """Short address of the follow page of this ticket."""
    appointment_at: datetime | None = None
    arrival: str | None = None
    """For a check-in: ``early``, ``on_time``, ``late`` or ``too_late``; None for a walk-in."""
    wait_reason: str | None = None
    """Why there is no wait: ``no_counter_open``, ``nobody_serves_this``, ``closes_before``,
    ``hall_paused``."""
    pick_up: bool = False
    """Somebody fetches the visitor at the reception; no number is to be watched for."""


class FieldError(msgspec.Struct, frozen=True):
    """One field that could not be accepted."""

    field: str
    message: str


class Problem(msgspec.Struct, frozen=True, rename={"kind": "type"}):
    """RFC 9457 problem details; ``code`` is stable and meant for programs, ``detail`` for people."""

    status: int
    code: str
    title: str = ""
    detail: str = ""
    kind: str = "about:blank"
    errors: list[FieldError] = []
