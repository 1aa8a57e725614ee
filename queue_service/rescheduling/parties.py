"""What team leads do about hours with more people than places: who is affected, another hour, who is told.

Whoever booked first keeps their places; of those who booked last, as many are affected as are too many. All
that is needed is locked before the first party moves, in the order of all verbs: bookings by reference,
then hours by id. Each party then has a savepoint of its own, so what can't be done takes nothing from the
others.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from queue_service.booking.model import KeptVisit
from queue_service.booking.reference import shown
from queue_service.entries import service as entries
from queue_service.entries.entry_plan import entry_name
from queue_service.offices.catalogue import Office
from queue_service.platform.errors import EntryNotFound, InvalidFields, SlotTaken
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import FieldError
from queue_service.rescheduling import store
from queue_service.rescheduling.model import (
    AffectedParties,
    AffectedParty,
    AffectedPartyRow,
    MoveItem,
    NewPlace,
    Outcome,
    Outcomes,
    Told,
    Why,
)
from queue_service.rescheduling.party_proposals import OpenHour, PartyWish, propose
from queue_service.rescheduling.service import by_reference
from queue_service.rescheduling.telling import tell, time_to_tell, told_by


async def count_parties(conn: Connection, now: datetime, office: Office) -> int:
    """Count the parties of coming hours for whom there are no places."""
    return len(await store.affected_parties(conn, office.id, now))


async def list_parties(conn: Connection, now: datetime, office: Office) -> AffectedParties:
    """Give every party for whom there are no places, with its proposals, earliest first."""
    rows = await store.affected_parties(conn, office.id, now)
    hours = await _hours_for(conn, now, office, rows)
    return AffectedParties([_affected(row, office, now, hours[row.reference]) for row in rows])


async def move_parties(
    conn: Connection, now: datetime, office: Office, items: Sequence[MoveItem], why: Why
) -> Outcomes:
    """Move parties that have no places to other hours of their kind, and tell each, or have it rung.

    Raises InvalidFields for one party named twice, or another office. Everything else is said of each.
    """
    if any(item.office not in {None, office.slug} for item in items):
        raise InvalidFields(errors=[FieldError("items", "A party stays at its place.")])
    starts, nonsense = by_reference("items", [(item.reference, item.start) for item in items])
    async with conn.transaction():
        known, rows = await _lock(conn, now, office, starts, starts.values())
        outcomes = [await _move_one(conn, now, office, row, starts[row.reference], why) for row in rows]
        outcomes = await _with_next_best(conn, now, office, rows, outcomes)
        return Outcomes(False, [*outcomes, *_untouched(starts, known, rows), *nonsense])


async def cancel_parties(
    conn: Connection, now: datetime, office: Office, references: Sequence[str], why: Why
) -> Outcomes:
    """Cancel parties that have no places, and tell each, or have it rung. Raises as ``move_parties``."""
    wanted, nonsense = by_reference("references", [(reference, None) for reference in references])
    async with conn.transaction():
        known, rows = await _lock(conn, now, office, wanted, [])
        outcomes = [await _call_off(conn, now, office, row, why) for row in rows]
        return Outcomes(False, [*outcomes, *_untouched(wanted, known, rows), *nonsense])


async def _lock(
    conn: Connection, now: datetime, office: Office, wanted: Collection[str], starts: Iterable[datetime]
) -> tuple[set[str], list[AffectedPartyRow]]:
    """Lock bookings of the office and all hours that are touched.

    Gives the references that the office has, and those of them that have no places, earliest first.
    """
    known = await store.lock_parties(conn, office.id, wanted)
    await store.lock_hours(conn, office.id, known, starts)
    affected = await store.affected_parties(conn, office.id, now)
    return known, [row for row in affected if row.reference in known]


async def _move_one(
    conn: Connection, now: datetime, office: Office, row: AffectedPartyRow, start: datetime, why: Why
) -> Outcome:
    reference, former = shown(row.reference), row.starts_at.astimezone(office.zone)
    try:
        async with conn.transaction():
            before = await entries.find(conn, row.reference)
            hour = entry_name(row.code, start)
            after = await entries.move(
                conn, now, row.reference, hour, told="displaced", told_reason=why.told_reason
            )
            told = await tell(conn, now, office, before, after, "moved", why.reason)
    except SlotTaken:
        return Outcome(reference, "slot_taken", former)
    except (InvalidFields, EntryNotFound):
        return Outcome(reference, "invalid_fields", former)
    return Outcome(reference, "moved", former, _place_of(after, office), told)


async def _call_off(
    conn: Connection, now: datetime, office: Office, row: AffectedPartyRow, why: Why
) -> Outcome:
    before = await entries.find(conn, row.reference)
    after = await entries.cancel(conn, now, row.reference, told="called_off", told_reason=why.told_reason)
    told = await tell(conn, now, office, before, after, "cancelled", why.reason)
    return Outcome(shown(row.reference), "cancelled", row.starts_at.astimezone(office.zone), told_by=told)


async def _with_next_best(
    conn: Connection,
    now: datetime,
    office: Office,
    rows: Sequence[AffectedPartyRow],
    outcomes: Sequence[Outcome],
) -> list[Outcome]:
    """Give outcomes in which each party that could not be moved has the next proposal."""
    refused = [row for row, outcome in zip(rows, outcomes, strict=True) if outcome.status != "moved"]
    hours = await _hours_for(conn, now, office, refused)
    best = {shown(reference): _place(office, found[0]) for reference, found in hours.items() if found}
    return [
        Outcome(outcome.reference, outcome.status, outcome.previous_start, proposal=best[outcome.reference])
        if outcome.reference in best
        else outcome
        for outcome in outcomes
    ]


def _untouched(
    wanted: Iterable[str], known: Collection[str], rows: Sequence[AffectedPartyRow]
) -> list[Outcome]:
    """Give what is said of parties that have their places, and of those of other offices."""
    kept = set(known) - {row.reference for row in rows}
    return [
        *(Outcome(shown(reference), "not_affected") for reference in sorted(kept)),
        *(Outcome(shown(reference), "not_found") for reference in sorted(set(wanted) - set(known))),
    ]


async def _hours_for(
    conn: Connection, now: datetime, office: Office, rows: Sequence[AffectedPartyRow]
) -> dict[str, list[OpenHour]]:
    codes = sorted({row.code for row in rows})
    hours = await store.open_hours(conn, office, codes, now) if codes else []
    wishes = [
        PartyWish(
            reference=row.reference,
            code=row.code,
            start=row.starts_at.astimezone(office.zone),
            size=row.party_size,
            level=row.level,
            not_before=now + time_to_tell(_told_by(row, now)),
        )
        for row in rows
    ]
    return dict(propose(wishes, hours))


def _affected(
    row: AffectedPartyRow, office: Office, now: datetime, hours: Sequence[OpenHour]
) -> AffectedParty:
    places = [_place(office, hour) for hour in hours]
    return AffectedParty(
        reference=shown(row.reference),
        office=office.slug,
        code=row.code,
        title=row.title,
        start=row.starts_at.astimezone(office.zone),
        end=row.ends_at.astimezone(office.zone),
        party_size=row.party_size,
        channel=row.channel,
        told_by=_told_by(row, now),
        proposal=places[0] if places else None,
        why_none=None if places else "full",
        others=places[1:],
    )


def _told_by(row: AffectedPartyRow, now: datetime) -> list[Told]:
    return told_by(row.confirm_by, now, row.expected_start, has_phone=row.has_phone)


def _place(office: Office, hour: OpenHour) -> NewPlace:
    return NewPlace(office.slug, hour.start, hour.end)


def _place_of(kept: KeptVisit, office: Office) -> NewPlace:
    return NewPlace(office.slug, kept.starts_at.astimezone(office.zone), kept.ends_at.astimezone(office.zone))
