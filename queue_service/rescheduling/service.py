"""The verbs of team leads: staff a day otherwise, see whom it affects, give them new places, tell them.

Appointments are moved by rounds, each a transaction, every appointment in a savepoint of its own: what
can't be moved is said, and takes nothing from the others. All that a round needs is locked before its
first move, in the order of all verbs: appointments by reference, then pool-days by key. Inside a
caller's transaction there is one round, since what is locked stays locked.

A preview does what would be done and takes it back, so it can't say anything else than what happens.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from typing import TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from queue_service.accounts.model import Permission, Principal
from queue_service.booking import service as booking
from queue_service.booking import staffing_changes
from queue_service.booking.model import HORIZON, KeptAppointment, MoveRequest
from queue_service.booking.reference import parse_reference, shown
from queue_service.booking.staffing import staffing_on
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.model import local_day
from queue_service.platform.errors import AppointmentNotFound, InvalidFields, ServiceNotOffered, SlotTaken
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import FieldError
from queue_service.rescheduling import store
from queue_service.rescheduling.model import (
    FIRST_DAYS,
    MOST_DAYS,
    MOST_MOVES,
    MOVES_AT_ONCE,
    AffectedList,
    AffectedRow,
    MoveItem,
    NewPlace,
    Outcome,
    Outcomes,
    PoolDayPlan,
    StaffingChange,
    StaffingChanged,
    StaffingPlan,
    Why,
    refuse_impossible_hours,
)
from queue_service.rescheduling.place_finder import affected_of, with_places
from queue_service.rescheduling.telling import tell

ONE_DAY = timedelta(days=1)

Moves: TypeAlias = Mapping[str, MoveRequest]
"""Where each appointment goes, by its reference as it is stored."""
Wanted = TypeVar("Wanted")
UNTOLD = Why("")
"""Nobody says anything of it."""


async def staffing_plan(
    conn: Connection, now: datetime, office: Office, first: date | None, last: date | None
) -> StaffingPlan:
    """Give the days from ``first`` to ``last``, or the next ones, pool by pool.

    Needs a connection outside any transaction. Raises InvalidFields for more days than appointments
    are given out for.
    """
    first = first or local_day(now, office.setup.time_zone)
    last = last or first + (FIRST_DAYS - 1) * ONE_DAY
    if not 0 <= (last - first).days < MOST_DAYS:
        raise InvalidFields(errors=[FieldError("to", f"At most {MOST_DAYS} days, in their order.")])
    lost = [(entry.pool, entry.day) for entry in await staffing_changes.displaced(conn, now, office.id)]
    figures = {
        (row.pool, row.day): row for row in await store.pool_day_figures(conn, office.id, first, last, now)
    }
    decided = {
        (entry.pool, entry.day): entry for entry in await staffing_changes.decided_days(conn, now, office)
    }
    items = []
    for day in (first + n * ONE_DAY for n in range((last - first).days + 1)):
        for plan in office.setup.pools:
            key = (plan.code, day)
            if key not in figures:
                continue
            own = decided.get(key)
            items.append(
                PoolDayPlan(
                    day=day,
                    pool=plan.code,
                    planned=staffing_on(day, plan, office.calendar),
                    decided=own.staffing if own else None,
                    reason=own.reason if own else None,
                    booked=figures[key].booked,
                    affected=lost.count(key),
                    free_minutes=figures[key].free_minutes,
                )
            )
    return StaffingPlan(items)


async def change_staffing(
    conn: Connection,
    now: datetime,
    who: Principal,
    office: Office,
    day: date,
    change: StaffingChange,
    *,
    preview: bool,
) -> StaffingChanged:
    """Staff a day otherwise, at once; gives whom this leaves without a counter.

    Raises InvalidFields for impossible hours and days, PoolNotFound.
    """
    if len(change.staffing) > staffing_changes.MOST_HOURS:
        message = f"A day has at most {staffing_changes.MOST_HOURS} entries."
        raise InvalidFields(errors=[FieldError("staffing", message)])
    refuse_impossible_hours(change.staffing)
    async with _kept_unless(conn, preview):
        lost = await staffing_changes.change_day(
            conn,
            now,
            office,
            day,
            change.staffing,
            pools=change.pools,
            reason=change.reason.strip(),
            actor=who.key,
        )
        references = [entry.reference for entry in lost]
        return StaffingChanged(preview, await affected_of(conn, now, who, office, references))


async def restore_staffing(
    conn: Connection, now: datetime, who: Principal, office: Office, day: date, pools: Sequence[str]
) -> StaffingChanged:
    """Staff a day as planned again; gives whom this leaves without a counter. Raises as above."""
    async with conn.transaction():
        lost = await staffing_changes.restore_day(conn, now, office, day, pools=pools)
        references = [entry.reference for entry in lost]
        return StaffingChanged(False, await affected_of(conn, now, who, office, references))


async def count_affected(conn: Connection, now: datetime, office: Office) -> int:
    """Count the coming appointments that have no counter; as ``list_affected``, outside a transaction."""
    lost = await staffing_changes.displaced(conn, now, office.id)
    return len(await store.affected(conn, [entry.reference for entry in lost], now))


async def list_affected(conn: Connection, now: datetime, who: Principal, office: Office) -> AffectedList:
    """Give every coming appointment that has no counter, with its proposal.

    Needs a connection outside any transaction.
    """
    lost = await staffing_changes.displaced(conn, now, office.id)
    references = [entry.reference for entry in lost]
    return AffectedList(await affected_of(conn, now, who, office, references))


async def move_affected(
    conn: Connection,
    now: datetime,
    who: Principal,
    office: Office,
    items: Sequence[MoveItem],
    why: Why = UNTOLD,
) -> Outcomes:
    """Move what has lost its counter, and tell each person by their own ways or by the call list.

    Raises InvalidFields for one appointment named twice, OfficeNotFound and NotPermitted for an office
    where this person may not put appointments. Everything else is said of each appointment.
    """
    named = ((item.reference, MoveRequest(item.start, item.office)) for item in items)
    moves, nonsense = by_reference("items", named)
    for slug in sorted({move.office for move in moves.values() if move.office}):
        there = await offices.find_office(conn, slug)
        who.require(Permission.APPOINTMENT_CHANGE, there.id, there.authority_id)
    references, outcomes = list(moves), []
    at_once = len(moves) or 1 if conn.is_in_transaction() else MOVES_AT_ONCE
    for first in range(0, len(references), at_once):
        of_round = {reference: moves[reference] for reference in references[first : first + at_once]}
        async with conn.transaction():
            outcomes += await _move_all(conn, now, who, office, of_round, why)
    return Outcomes(False, [*outcomes, *nonsense])


async def cancel_affected(
    conn: Connection, now: datetime, office: Office, references: Sequence[str], why: Why
) -> Outcomes:
    """Cancel what has lost its counter, and tell each person by their own ways or by the call list.

    Raises InvalidFields for one appointment named twice; everything else is said of each.
    """
    wanted, nonsense = by_reference("references", ((text, None) for text in references))
    known, outcomes = list(wanted), []
    at_once = len(known) or 1 if conn.is_in_transaction() else MOVES_AT_ONCE
    for first in range(0, len(known), at_once):
        async with conn.transaction():
            outcomes += await _cancel_all(conn, now, office, known[first : first + at_once], why)
    return Outcomes(False, [*outcomes, *nonsense])


async def cancel_day(
    conn: Connection, now: datetime, who: Principal, office: Office, day: date, why: Why, *, preview: bool
) -> Outcomes:
    """Close a day for appointments and cancel those that are still to come; tells each person.

    Raises InvalidFields for a day that is over or too far ahead.
    """
    async with _kept_unless(conn, preview):
        expected = await staffing_changes.expected_on(conn, office, day)
        await store.lock_appointments(conn, office.id, expected)
        rows = await store.affected(conn, expected, now)
        await _close(conn, now, who, office, day, why)
        outcomes = [await _call_off(conn, now, office, row, why) for row in rows]
        return Outcomes(preview, outcomes, await _still_expected(conn, now, office, day))


async def move_day(
    conn: Connection, now: datetime, who: Principal, office: Office, day: date, why: Why, *, preview: bool
) -> Outcomes:
    """Close a day for appointments and move those that are still to come to the places proposed.

    Inside a caller's transaction at most ``MOST_MOVES``, earliest first: for what is left, ask again.
    Raises as ``cancel_day``.
    """
    if preview or conn.is_in_transaction():
        return await _move_some(conn, now, who, office, day, why, MOST_MOVES, preview=preview)
    done: list[Outcome] = []
    while True:
        some = await _move_some(conn, now, who, office, day, why, MOVES_AT_ONCE, preview=False)
        done += some.items
        if not some.left or not any(outcome.status == "moved" for outcome in some.items):
            return Outcomes(False, done, some.left)


async def _move_some(
    conn: Connection,
    now: datetime,
    who: Principal,
    office: Office,
    day: date,
    why: Why,
    most: int,
    *,
    preview: bool,
) -> Outcomes:
    async with _kept_unless(conn, preview):
        # What the places are is known when the day is closed; what is locked for it comes first.
        async with _kept_unless(conn, preview=True):
            await _close(conn, now, who, office, day, why)
            expected = await staffing_changes.expected_on(conn, office, day)
            planned = await affected_of(conn, now, who, office, expected)
        moves = {
            parse_reference(entry.reference): MoveRequest(entry.proposal.start, entry.proposal.office)
            for entry in planned
            if entry.proposal
        }
        moves = dict(list(moves.items())[:most])
        await _lock(conn, now, office, moves, day)
        await _close(conn, now, who, office, day, why)
        outcomes = await _move_all(conn, now, who, office, moves, why)
        return Outcomes(preview, outcomes, await _still_expected(conn, now, office, day))


@asynccontextmanager
async def _kept_unless(conn: Connection, preview: bool) -> AsyncIterator[None]:
    """Run what is inside in a transaction, or savepoint, that a preview takes back with all its locks."""
    transaction = conn.transaction()
    await transaction.start()
    try:
        yield
    except BaseException:
        await transaction.rollback()
        raise
    if preview:
        await transaction.rollback()
    else:
        await transaction.commit()


async def _close(
    conn: Connection, now: datetime, who: Principal, office: Office, day: date, why: Why
) -> None:
    await staffing_changes.change_day(conn, now, office, day, [], reason=why.reason.strip(), actor=who.key)


async def _still_expected(conn: Connection, now: datetime, office: Office, day: date) -> int:
    """Count who would still come: whoever has no place, and whoever has booked in the last moment."""
    expected = await staffing_changes.expected_on(conn, office, day)
    return len(await store.affected(conn, expected, now))


def by_reference(field: str, named: Iterable[tuple[str, Wanted]]) -> tuple[dict[str, Wanted], list[Outcome]]:
    """Give what is wanted by reference as it is stored, and what is said of those that can't be any."""
    wanted: dict[str, Wanted] = {}
    nonsense = []
    for text, of_it in named:
        try:
            reference = parse_reference(text)
        except AppointmentNotFound:
            nonsense.append(Outcome(text, "not_found"))
            continue
        if reference in wanted:
            raise InvalidFields(errors=[FieldError(field, f"{text} is named twice.")])
        wanted[reference] = of_it
    return wanted, nonsense


async def _lock(
    conn: Connection, now: datetime, office: Office, moves: Moves, *own_days: date
) -> tuple[set[str], list[AffectedRow]]:
    """Lock the appointments of the office and all days that their moves touch.

    Gives the references that the office has, and those that can still be moved, earliest first.
    """
    known = await store.lock_appointments(conn, office.id, moves)
    rows = await store.affected(conn, sorted(known), now)
    by_slug = {entry.slug: entry for entry in await offices.list_offices(conn)}
    days = {(office.id, day) for day in own_days} | {(row.office_id, row.day) for row in rows}
    for move in moves.values():
        # Beyond, nobody gets a place, and calendars end somewhere.
        if now <= move.start <= now + HORIZON + ONE_DAY:
            there = by_slug[move.office] if move.office else office
            days.add((there.id, move.start.astimezone(there.zone).date()))
    await store.lock_days(conn, days)
    return known, rows


async def _move_all(
    conn: Connection, now: datetime, who: Principal, office: Office, moves: Moves, why: Why
) -> list[Outcome]:
    """Move each appointment that has no counter, in the order in which places were proposed."""
    known, rows = await _lock(conn, now, office, moves)
    without = await _without_counter(conn, now, rows)
    outcomes = []
    refused: list[AffectedRow] = []
    for row in rows:
        if row.reference not in without:
            outcomes.append(_untouched(row, office))
            continue
        outcome = await _move_one(conn, now, office, row, moves[row.reference], why)
        outcomes.append(outcome)
        if outcome.status != "moved":
            refused.append(row)
    next_best = {
        entry.reference: entry.proposal for entry in await with_places(conn, now, who, office, refused)
    }
    outcomes = [_with_proposal(outcome, next_best.get(outcome.reference)) for outcome in outcomes]
    return [*outcomes, *_not_to_come(moves, known, rows)]


async def _cancel_all(
    conn: Connection, now: datetime, office: Office, references: Sequence[str], why: Why
) -> list[Outcome]:
    """Cancel each appointment that has no counter, earliest first."""
    known = await store.lock_appointments(conn, office.id, references)
    rows = await store.affected(conn, sorted(known), now)
    without = await _without_counter(conn, now, rows)
    outcomes = [
        await _call_off(conn, now, office, row, why) if row.reference in without else _untouched(row, office)
        for row in rows
    ]
    return [*outcomes, *_not_to_come(references, known, rows)]


async def _without_counter(conn: Connection, now: datetime, rows: Sequence[AffectedRow]) -> set[str]:
    """Give the references of those that have no counter, which stays so until the transaction ends."""
    held = {(pool_id, row.day) for row in rows for pool_id in row.pool_ids}
    return {entry.reference for entry in await booking.recompute(conn, now, held)}


def _not_to_come(wanted: Iterable[str], known: Collection[str], rows: Sequence[AffectedRow]) -> list[Outcome]:
    """Give what is said of appointments that nobody comes to any more, and of those of other offices."""
    over = set(known) - {row.reference for row in rows}
    return [
        *(Outcome(shown(reference), "not_affected") for reference in sorted(over)),
        *(Outcome(shown(reference), "not_found") for reference in sorted(set(wanted) - set(known))),
    ]


async def _call_off(conn: Connection, now: datetime, office: Office, row: AffectedRow, why: Why) -> Outcome:
    before = await booking.find(conn, row.reference)
    after = await booking.cancel(conn, now, row.reference, told="called_off", told_reason=why.told_reason)
    told = await tell(conn, now, office, before, after, "cancelled", why.reason)
    return Outcome(shown(row.reference), "cancelled", before.starts_at.astimezone(office.zone), told_by=told)


async def _move_one(
    conn: Connection, now: datetime, office: Office, row: AffectedRow, move: MoveRequest, why: Why
) -> Outcome:
    reference, start = shown(row.reference), row.starts_at.astimezone(office.zone)
    try:
        async with conn.transaction():
            before = await booking.find(conn, row.reference)
            after = await booking.move(
                conn, now, row.reference, move, told="displaced", told_reason=why.told_reason
            )
            told = await tell(conn, now, office, before, after, "moved", why.reason)
    except SlotTaken:
        return Outcome(reference, "slot_taken", start)
    except ServiceNotOffered:
        return Outcome(reference, "service_not_offered", start)
    except InvalidFields:
        return Outcome(reference, "invalid_fields", start)
    return Outcome(reference, "moved", start, _place_of(after), told)


def _untouched(row: AffectedRow, office: Office) -> Outcome:
    start, end = row.starts_at.astimezone(office.zone), row.ends_at.astimezone(office.zone)
    return Outcome(shown(row.reference), "not_affected", place=NewPlace(row.office, start, end))


def _with_proposal(outcome: Outcome, proposal: NewPlace | None) -> Outcome:
    return replace(outcome, proposal=proposal) if proposal else outcome


def _place_of(kept: KeptAppointment) -> NewPlace:
    zone = ZoneInfo(kept.time_zone)
    return NewPlace(kept.office, kept.starts_at.astimezone(zone), kept.ends_at.astimezone(zone))
