"""Who a visit was for is forgotten some days after nobody has to come any more, however that came about."""

from datetime import datetime, timedelta

import asyncpg
import pytest

from queue_service.booking import confirmations, service, supply_guard
from queue_service.booking.model import CONTACT_KEPT, BookingMade, Contact
from queue_service.entries import service as entries
from queue_service.platform.queries import Connection
from tests.integration import swimming_hall
from tests.integration.booking_town import NOW, at, build, day_after, office, pool, request

ERIKA = Contact(name="Erika", phone="+4915112345678", email="erika@example.org", confirm_by=["email"])
LATER = NOW + timedelta(hours=1)
MOMENT = timedelta(seconds=1)


async def book(conn: Connection, days: int, *, hold: bool = False) -> BookingMade:
    """Book online for Erika, so many days ahead."""
    wanted = request(at(9, day=day_after(days)), channel="online", hold=hold, contact=ERIKA)
    return await service.book(conn, NOW, wanted)


async def forget(conn: Connection, now: datetime) -> None:
    """Do what housekeeping does about what somebody could be known by."""
    await service.forget_contacts(conn, now)
    await entries.forget_contacts(conn, now)
    await confirmations.forget_secrets(conn, now)
    await supply_guard.forget_claims(conn, now)


async def known(conn: Connection) -> dict[str, int]:
    """Count what is kept of people."""
    tables = (
        "appointment_contact", "appointment_secret", "entry_contact", "entry_secret", "online_claim",
    )  # fmt: skip
    counted = {table: await conn.fetchval(f"SELECT count(*) FROM {table}") for table in tables}  # noqa: S608
    return {table: count for table, count in counted.items() if count}


async def test_two_days_after_it_was_cancelled_nobody_knows_whose_appointment_it_was(
    conn: Connection,
) -> None:
    await build(conn, office("mitte", pool(counters=9)))
    made = await book(conn, days=28)
    await service.cancel(conn, LATER, made.reference)
    await forget(conn, LATER + CONTACT_KEPT)
    assert await known(conn) == {"appointment_contact": 1, "appointment_secret": 1}, "and counts for nothing"
    stays = await book(conn, days=28)
    await forget(conn, LATER + CONTACT_KEPT + MOMENT)
    assert await known(conn) == {"appointment_contact": 1, "appointment_secret": 1, "online_claim": 2}
    assert (await service.find(conn, stays.reference)).contact is not None


async def test_a_visit_that_is_settled_early_counts_from_then_and_one_that_was_missed_from_its_end(
    conn: Connection,
) -> None:
    await build(conn, office("mitte", pool(counters=9)))
    early, missed = await book(conn, days=0), await book(conn, days=0)
    found = await service.find_for_check_in(conn, early.reference)
    await service.mark_arrived(conn, found.office_id, found.id)
    await service.follow_ticket(conn, at(9, 5), found.office_id, found.id, "finish")
    await service.miss_past(conn, at(0, day=day_after(1)))
    for over, left in ((at(9, 5), 2), (at(9, 5) + MOMENT, 1), (at(9, 15), 1), (at(9, 15) + MOMENT, 0)):
        await service.forget_contacts(conn, over + CONTACT_KEPT)
        assert await conn.fetchval("SELECT count(*) FROM appointment_contact") == left
    assert (await service.find(conn, missed.reference)).state == "missed"


async def test_whoever_let_a_hold_run_out_is_forgotten_at_once(conn: Connection) -> None:
    await build(conn, office("mitte", pool(counters=9)))
    await swimming_hall.build(conn, swimming_hall.lanes())
    await book(conn, days=28, hold=True)
    await swimming_hall.book(conn, channel="online", hold=True, contact=ERIKA)
    assert (await known(conn)).keys() == {"appointment_contact", "entry_contact", "online_claim"}
    assert await service.expire_holds(conn, LATER) == await entries.expire_holds(conn, LATER) == 1
    await forget(conn, LATER + MOMENT)
    assert await known(conn) == {}


async def test_a_party_that_cancelled_is_forgotten_as_others_are(conn: Connection) -> None:
    await swimming_hall.build(conn, swimming_hall.lanes())
    made = await swimming_hall.book(conn, channel="online", contact=ERIKA)
    await entries.cancel(conn, swimming_hall.NOW, made.reference)
    await forget(conn, swimming_hall.NOW + CONTACT_KEPT)
    assert await known(conn) == {"entry_contact": 1, "entry_secret": 1}
    await forget(conn, swimming_hall.NOW + CONTACT_KEPT + MOMENT)
    assert await known(conn) == {}


async def test_an_authority_says_how_many_days(conn: Connection) -> None:
    await build(conn, office("mitte", pool(counters=9)))
    await conn.execute("UPDATE authority SET contact_days = 5")
    made = await book(conn, days=28)
    await service.cancel(conn, LATER, made.reference)
    await forget(conn, LATER + timedelta(days=5))
    assert "appointment_contact" in await known(conn)
    await forget(conn, LATER + timedelta(days=5) + MOMENT)
    assert await known(conn) == {}


async def test_no_visit_ends_without_saying_when(conn: Connection) -> None:
    await build(conn, office("mitte", pool(counters=9)))
    await book(conn, days=0)
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await conn.execute("UPDATE appointment SET state = 'cancelled'")
    assert refused.value.constraint_name == "appointment_ended_check"
