"""Finds the places that appointments without a counter are proposed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from queue_service.accounts.model import Permission, Principal
from queue_service.booking.chains import chains_for
from queue_service.booking.contingents import LEVELS
from queue_service.booking.model import HORIZON
from queue_service.booking.office_choice import by_distance
from queue_service.booking.reference import shown
from queue_service.booking.search import wanted_services
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.model import local_day
from queue_service.platform.queries import Connection
from queue_service.rescheduling import store
from queue_service.rescheduling.model import Affected, AffectedRow, NewPlace, Told
from queue_service.rescheduling.proposals import Course, Part, Place, Supply, Wish, ends, nearest, propose
from queue_service.rescheduling.telling import time_to_tell, told_by

SOON = timedelta(days=14)
"""Another office is proposed when one's own has nothing within two weeks of the former visit."""
NEAREST_OFFICES = 5
"""Of those that can serve the visit; further ones are nobody's next choice."""
OTHERS_HERE = 6
"""Places to choose from beside the proposal, at the same office."""
OTHERS_ELSEWHERE = 1
"""The same at each of the others, once they were asked."""


async def affected_of(
    conn: Connection, now: datetime, who: Principal, office: Office, references: Sequence[str]
) -> list[Affected]:
    """Give these appointments with what each is proposed, as far as they are still to come."""
    rows = await store.affected(conn, references, now)
    return await with_places(conn, now, who, office, rows)


async def with_places(
    conn: Connection, now: datetime, who: Principal, office: Office, rows: Sequence[AffectedRow]
) -> list[Affected]:
    """Give appointments with a proposal and others to choose from, all proposals to be had together.

    Other offices of the authority are asked for whom the own one has nothing soon; only those where
    this person may put appointments.
    """
    if not rows:
        return []
    here, nearby = office.slug, await _nearby(conn, who, office)
    wishes = await _wishes(conn, now, rows, [here, *nearby])
    today = local_day(now, office.setup.time_zone)
    supply = Supply(await store.open_days(conn, [here], today, today + HORIZON))
    proposed = propose(wishes, supply, [here], SOON)
    asked = [here]
    if nearby and len(proposed) < len(wishes):
        homeless = _without(wishes, proposed)
        serving = {slug for wish in homeless for slug in wish.courses}
        nearby = [slug for slug in nearby if slug in serving]
        supply.add(await store.open_days(conn, nearby, today, today + HORIZON))
        proposed |= propose(homeless, supply, nearby, SOON)
        asked += nearby
    proposed |= propose(_without(wishes, proposed), supply, [here], HORIZON)
    return [
        _affected(now, row, wish, proposed.get(row.reference), _others(wish, supply, asked))
        for row, wish in zip(rows, wishes, strict=True)
    ]


async def _nearby(conn: Connection, who: Principal, office: Office) -> list[str]:
    """Give other offices of the authority, the nearest first; by name where a position isn't known."""
    others = [
        entry
        for entry in await offices.list_offices(conn)
        if entry.authority_id == office.authority_id
        and entry.id != office.id
        and who.may(Permission.APPOINTMENT_CHANGE, entry.id, entry.authority_id)
    ]
    latitude, longitude = office.setup.latitude, office.setup.longitude
    if latitude is not None and longitude is not None:
        others = [entry for entry, _ in by_distance(others, (latitude, longitude))]
    return [entry.slug for entry in others]


async def _wishes(
    conn: Connection, now: datetime, rows: Iterable[AffectedRow], asked: Sequence[str]
) -> list[Wish]:
    """Give what each appointment needs; who can serve it is looked up once for each different visit."""
    known: dict[bytes, Mapping[str, Sequence[Course]]] = {}
    wishes = []
    for row in rows:
        # An appointment that has always gone to one pool keeps its length.
        kept = row.cells if len(row.pool_ids) == 1 else None
        visit = msgspec.json.encode((row.services, row.persons, kept, row.minutes))
        if visit not in known:
            known[visit] = await _courses(conn, row, asked, kept)
        wishes.append(
            Wish(
                reference=row.reference,
                office=row.office,
                start=row.starts_at.astimezone(ZoneInfo(row.time_zone)),
                level=LEVELS[row.level - 1],
                not_before=now + time_to_tell(_told_by(row, now)),
                courses=known[visit],
            )
        )
    return wishes


async def _courses(
    conn: Connection, row: AffectedRow, asked: Sequence[str], kept_cells: int | None
) -> dict[str, list[Course]]:
    """Give the ways through each office that offers all the services: one pool, or several in each order."""
    courses: dict[str, list[Course]] = {}
    for pool in await store.serving_pools(conn, row.services, row.persons, asked):
        minutes = row.minutes if kept_cells else pool.minutes
        course = Course([Part(pool.pool_id, 0, kept_cells or pool.cells)], minutes)
        courses.setdefault(pool.office, []).append(course)
    several = [office for office in asked if office not in courses]
    for chain in await chains_for(conn, wanted_services(row.services, several, row.persons)):
        parts = [Part(leg.pool.pool_id, leg.first_cell, leg.pool.cells) for leg in chain.legs(row.day, 0)]
        courses.setdefault(chain.pools[0].office, []).append(Course(parts, chain.minutes))
    nearest_first = [office for office in asked if office in courses]
    return {office: courses[office] for office in nearest_first[: NEAREST_OFFICES + 1]}


def _without(wishes: Iterable[Wish], proposed: dict[str, Place]) -> list[Wish]:
    return [wish for wish in wishes if wish.reference not in proposed]


def _others(wish: Wish, supply: Supply, asked: Sequence[str]) -> list[Place]:
    here, *elsewhere = asked
    return [
        *nearest(wish, supply, here, SOON, most=OTHERS_HERE),
        *(
            place
            for office in elsewhere
            for place in nearest(wish, supply, office, SOON, most=OTHERS_ELSEWHERE)
        ),
    ]


def _told_by(row: AffectedRow, now: datetime) -> list[Told]:
    return told_by(row.confirm_by, now, row.expected_start, has_phone=row.has_phone)


def _affected(
    now: datetime, row: AffectedRow, wish: Wish, proposal: Place | None, others: Sequence[Place]
) -> Affected:
    def new_place(place: Place) -> NewPlace:
        office, start = place
        return NewPlace(office, start, ends(start, wish.courses[office][0].minutes))

    why_none = None if proposal else "full" if wish.courses else "not_offered"
    return Affected(
        reference=shown(row.reference),
        office=row.office,
        pool=row.pool,
        start=wish.start,
        end=ends(wish.start, row.minutes),
        services=row.services,
        persons=row.persons,
        channel=row.channel,
        told_by=_told_by(row, now),
        proposal=new_place(proposal) if proposal else None,
        why_none=why_none,  # type: ignore[arg-type]  # one of two words
        others=[new_place(place) for place in others if place != proposal],
    )
