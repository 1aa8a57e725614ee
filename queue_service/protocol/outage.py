"""What a kiosk gives out while the service is away, and how it hands that in afterwards.

Before: ``POST /api/v1/device/number-blocks`` leases numbers, answered by ``NumberBlocks``. Afterwards:
``POST /api/v1/device/outage-tickets`` with ``Outage``, answered by ``HandedIn``. What was answered need
not be sent again; what was sent again does no harm.
"""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from queue_service.protocol.device_api import MOST_NEEDS, MOST_SERVICES, LanguageTag

TOKEN_BYTES = 16
"""128 random bits, as for every ticket; on paper as base64url."""
MOST_AT_ONCE = 50
"""A request's tickets, or its check-ins: each is a transaction of a few milliseconds."""

ServiceCode = Annotated[str, Meta(pattern="^[a-z0-9-]{1,60}$")]
Word = Annotated[str, Meta(pattern="^[a-z_]{1,60}$")]
"""The name of a class of visitors, or of a need."""
Reference = Annotated[str, Meta(pattern="^[0-9A-Za-z -]{1,60}$")]
PaperNumber = Annotated[str, Meta(pattern="^[A-Z][0-9]{3,7}$")]
PaperToken = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{22}$")]


class NumberBlock(msgspec.Struct, frozen=True):
    """Numbers that this device alone may give out, in ascending order."""

    day: date | None
    """The office's local day on which they hold; None: on any, where numbers never restart."""
    letter: str
    first: int
    last: int
    digits: int

    def number(self, value: int) -> str:
        """Give a number as it is printed."""
        return f"{self.letter}{value:0{self.digits}}"


class NumberBlocks(msgspec.Struct, frozen=True):
    """All that a kiosk needs to go on alone."""

    office: str
    """Slug."""
    blocks: list[NumberBlock]
    """In the order of their use."""
    letters: dict[str, str]
    """The letter of each service's numbers, by code."""
    told_at: datetime
    """The service's clock: one that shows less is wrong."""


class OutageTicket(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"visitor_class": "class"}
):
    """A number that was given to a visitor without an appointment; the fields of ``TicketRequest``."""

    id: UUID
    """As it was sent to the service first, which may have heard of it."""
    number: PaperNumber
    token: PaperToken
    issued_at: datetime
    service: ServiceCode
    language: LanguageTag = "de"
    visitor_class: Word = "walk_in"
    needs: Annotated[list[Word], Meta(max_length=MOST_NEEDS)] = []
    pick_up: bool = False
    slow_walk: bool = False
    further_services: Annotated[list[ServiceCode], Meta(max_length=MOST_SERVICES)] = []
    together: bool = False


class OutageCheckIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A number that was given to a visitor who named an appointment; the fields of ``CheckInRequest``."""

    id: UUID
    number: PaperNumber
    token: PaperToken
    issued_at: datetime
    reference: Reference
    language: LanguageTag = "de"
    needs: Annotated[list[Word], Meta(max_length=MOST_NEEDS)] = []
    pick_up: bool = False
    slow_walk: bool = False


class Outage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What visitors did meanwhile."""

    tickets: Annotated[list[OutageTicket], Meta(max_length=MOST_AT_ONCE)] = []
    check_ins: Annotated[list[OutageCheckIn], Meta(max_length=MOST_AT_ONCE)] = []


class HandedInItem(msgspec.Struct, frozen=True):
    """What became of one paper."""

    id: UUID
    state: Literal["taken", "known", "refused"]
    """``known``: it had been handed in before."""
    code: Literal["number_not_leased", "number_taken", "no_service"] | None = None
    """Why it was refused."""


class HandedIn(msgspec.Struct, frozen=True):
    """One item for each that was sent, in the order of their issue."""

    items: list[HandedInItem]
