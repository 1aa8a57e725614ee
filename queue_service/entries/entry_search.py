"""Finds the earliest hours with places for a party, and says why there are none."""

from datetime import UTC, date, datetime

from queue_service.booking.day_cells import day_begins
from queue_service.booking.model import HORIZON, LEAD_TIME
from queue_service.entries import store
from queue_service.entries.model import EntriesFound, EntrySearch, WhyNoEntry
from queue_service.entries.store import Asked, Searched
from queue_service.offices import service as offices
from queue_service.offices.model import local_day
from queue_service.platform.queries import Connection

MESSAGES = {
    "no_such_dates": "The time asked for is over, or ends before it begins.",
    "not_offered": "Nothing of this kind is offered here.",
    "beyond_horizon": f"Places are given out {HORIZON.days} days ahead.",
    "closed": "Nothing takes place in this time.",
    "party_too_large": "So many can't come by one booking; please ask at the facility.",
    "not_released": "The places of this time are not open for booking yet.",
    "contingent_used_up": "The places for this way of booking are taken; another way has some left.",
    "full": "No places for so many are left in this time.",
}


async def find_entries(conn: Connection, now: datetime, search: EntrySearch) -> EntriesFound:
    """Give the earliest hours with places for the whole party by this channel.

    Hours that begin sooner than somebody gets there are not offered (``LEAD_TIME``). Raises
    OfficeNotFound.
    """
    for slug in search.offices:
        await offices.find_office(conn, slug)
    asked = _asked(now, search)
    found = await store.search(conn, asked, search.level, search.limit)
    return EntriesFound(found, None if found else await _why_none(conn, now, search, asked))


def _asked(now: datetime, search: EntrySearch) -> Asked:
    earliest = now + LEAD_TIME[search.channel]
    begin, end = search.begin, search.end
    return Asked(
        offices=search.offices or None,
        codes=search.codes or None,
        not_before=max(begin, earliest) if isinstance(begin, datetime) else earliest,
        before=end if isinstance(end, datetime) else None,
        first_day=None if isinstance(begin, datetime) else begin,
        last_day=None if isinstance(end, datetime) else end,
        party_size=search.party_size,
    )


async def _why_none(conn: Connection, now: datetime, search: EntrySearch, asked: Asked) -> WhyNoEntry:
    met = await store.searched(conn, asked)
    if not met.offered:
        return _why("not_offered")
    slug = next(iter(search.offices), None)
    office = await offices.find_office(conn, slug) if slug else (await offices.list_offices(conn))[0]
    begin_day = max(asked.first_day or date.min, asked.not_before.astimezone(office.zone).date())
    ended = asked.before is not None and asked.before.astimezone(UTC) <= asked.not_before
    if ended or (asked.last_day and asked.last_day < begin_day):
        return _why("no_such_dates")
    if begin_day > local_day(now, office.setup.time_zone) + HORIZON:
        opens_at = day_begins(begin_day - HORIZON, office.zone)
        return _why("beyond_horizon", opens_at.astimezone(office.zone))
    if met.left_for_others and met.next_release_at:
        return _why("not_released", met.next_release_at.astimezone(office.zone))
    return _why(_why_code(met))


def _why_code(met: Searched) -> str:
    """Give why hours that there are at this time, if there are any, are none for the party."""
    if not met.planned:
        return "closed"
    if not met.party_fits:
        return "party_too_large"
    return "contingent_used_up" if met.left_for_others else "full"


def _why(code: str, next_release_at: datetime | None = None) -> WhyNoEntry:
    return WhyNoEntry(code, MESSAGES[code], next_release_at)  # type: ignore[arg-type]
