"""Offices and services as the running system sees them: read from the database, never changed here."""

from zoneinfo import ZoneInfo

import msgspec

from queue_service.offices.model import OfficeCalendar
from queue_service.offices.setup_model import OfficeSetup, OrderSetup
from queue_service.protocol.stream import OfficeCard, WaitingArea


class Office(msgspec.Struct, frozen=True):
    """An office with its set-up. ``id`` stays inside; to the world an office is its slug."""

    id: int
    slug: str
    authority_id: int
    authority: str
    land: str
    accent: str
    contact_days: int
    """How long its authority keeps who a visit was for."""
    walk_ins_stopped: bool
    """Staff have stopped giving out numbers by hand."""
    order: OrderSetup
    """By which visitors are called now: as the set-up says, or as team leads have changed it since."""
    setup: OfficeSetup

    @property
    def zone(self) -> ZoneInfo:
        """The office's own time zone, in which its days begin."""
        return ZoneInfo(self.setup.time_zone)

    @property
    def calendar(self) -> OfficeCalendar:
        """Hours, closures and holidays."""
        return self.setup.calendar(self.land)

    def card(self, visitor_url: str) -> OfficeCard:
        """What a device of this office shows at its head."""
        return OfficeCard(
            slug=self.slug,
            name=self.setup.name,
            time_zone=self.setup.time_zone,
            area=self.setup.area,
            reception=self.setup.reception,
            languages=self.setup.spoken,
            notice=self.setup.notice,
            follow_url=f"{visitor_url}/t/",
            accent=self.accent,
            ticket_shows_service=self.setup.ticket_shows_service,
            areas=[WaitingArea(area.code, area.name, area.counters) for area in self.setup.areas],
        )


class OfferedService(msgspec.Struct, frozen=True):
    """A service as one office offers it (or, in the catalogue, as any office does)."""

    id: int
    code: str
    leika_key: str | None
    name: dict[str, str]
    group: dict[str, str]
    minutes: int
    walk_in: bool
    appointment: bool
    letter: str
    max_quantity: int
    documents: dict[str, list[str]]
    fee: dict[str, str]

    @property
    def modes(self) -> list[str]:
        """Ways to get it, in the words of the contract."""
        return ["appointment"] * self.appointment + ["walk_in"] * self.walk_in


class Authority(msgspec.Struct, frozen=True):
    """A tenant, with what a 115 agent says when it was called."""

    id: int
    slug: str
    name: dict[str, str]
    greeting: dict[str, str]
    accent: str
