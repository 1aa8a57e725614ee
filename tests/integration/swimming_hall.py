"""A pool with two kinds of hours for the tests of entries, and ways to look behind."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import msgspec

from queue_service.booking.model import Channel, Contact
from queue_service.booking.supply_guard import ANYBODY, Asker
from queue_service.entries import service
from queue_service.entries.entry_plan import entry_name
from queue_service.entries.model import EntryBookingMade, EntryBookingRequest, EntrySearch, OverbookedEntry
from queue_service.offices import service as offices
from queue_service.offices.setup_model import (
    Address,
    AuthoritySetup,
    Contingents,
    OfficeSetup,
    Release,
    Setup,
    TimedEntrySetup,
)
from queue_service.platform.queries import Connection

NOW = datetime(2027, 1, 11, 5, tzinfo=UTC)
"""A Monday, six in the morning in Bremen."""
OFFICE = "hall"
ERIKA = Contact(name="Erika Mustermann")


def lanes(
    *,
    places: int = 10,
    code: str = "lanes",
    days: Sequence[int] = (11, 12, 13),
    online: int = 80,
    emergency: int = 0,
    releases: Sequence[Release] = (),
) -> TimedEntrySetup:
    """Give a kind of hour at ten o'clock on these days of January."""
    return TimedEntrySetup(
        code=code,
        title={"de": "Bahnen"},
        price={"de": "4 Euro"},
        minutes=60,
        places=places,
        times=["10:00"],
        dates=[date(2027, 1, day) for day in days],
        contingents=Contingents(online, 90, emergency),
        releases=list(releases),
    )


def hour(day: int = 11, code: str = "lanes") -> str:
    """Name the hour of a day."""
    return entry_name(code, datetime(2027, 1, day, 9, tzinfo=UTC))


async def build(
    conn: Connection, *kinds: TimedEntrySetup, now: datetime = NOW, closes: int = 0
) -> list[OverbookedEntry]:
    """Apply the hall's set-up, where visitors' changes close so many hours before; gives overbooked hours."""
    hall = OfficeSetup(
        slug=OFFICE,
        authority="bremen",
        name={"de": "Bad"},
        address=Address("Am Markt 1", "28195", "Bremen"),
        walk_ins="never",
        changes_close_hours=closes,
        timed_entries=list(kinds),
    )
    setup = Setup([AuthoritySetup("bremen", {"de": "Bremen"}, "HB")], [], [hall])
    async with conn.transaction():
        [built] = await offices.apply_setup(conn, setup)
        return await service.apply_entries(conn, now, built)


async def book(  # noqa: PLR0913 - each test says what it is about
    conn: Connection,
    entry: str | None = None,
    *,
    party: int = 1,
    channel: Channel = "counter",
    hold: bool = False,
    emergency: bool = False,
    now: datetime = NOW,
    contact: Contact = ERIKA,
    asker: Asker = ANYBODY,
) -> EntryBookingMade:
    """Book places, at the entrance if nothing else is said."""
    request = EntryBookingRequest(
        OFFICE, entry or hour(), party, channel, hold=hold, emergency=emergency, contact=contact
    )
    return await service.book(conn, now, request, asker=asker)


async def free(conn: Connection, day: int = 11, *, code: str = "lanes") -> list[int]:
    """Give how many may still come by web, telephone and counter; none where nothing is offered."""
    left = []
    channels: tuple[Channel, ...] = ("online", "phone", "counter")
    for channel in channels:
        asked = EntrySearch([OFFICE], [code], date(2027, 1, day), date(2027, 1, day), channel=channel)
        found = await service.find_entries(conn, NOW, asked)
        left.append(sum(offered.free for offered in found.items))
    return left


async def why_none(conn: Connection, **asked: object) -> str | None:
    """Give why a search by web finds nothing; None when it finds something."""
    search = msgspec.structs.replace(EntrySearch([OFFICE], ["lanes"]), **asked)
    found = await service.find_entries(conn, NOW, search)
    return found.why_none.code if found.why_none else None
