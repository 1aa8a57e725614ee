"""An appointment follows its visitor through the office."""

from datetime import timedelta

import asyncpg
import pytest

from queue_service.booking import service
from queue_service.booking.lifecycle import APPOINTMENT, HOLDS_PLACE
from queue_service.booking.model import Contact
from queue_service.platform.errors import AlreadyCheckedIn, AppointmentNotFound
from queue_service.platform.lifecycle import table
from queue_service.platform.queries import Connection
from tests.integration.booking_town import NOW, at, book, build, day_after, fits, office, request, wish


async def arrive(conn: Connection) -> tuple[str, int, object]:
    """Book and arrive; gives the reference, the office's id and the appointment's."""
    await build(conn, office())
    reference = await book(conn, at(8))
    found = await service.find_for_check_in(conn, reference)
    await service.mark_arrived(conn, found.office_id, found.id)
    return reference, found.office_id, found.id


async def test_the_queue_learns_what_it_needs(conn: Connection) -> None:
    await build(conn, office())
    english = Contact(name="Jane", language="en")
    made = await service.book(conn, NOW, request(at(8), "passport", "certificate", contact=english))
    found = await service.find_for_check_in(conn, made.reference.lower().replace("-", " "))
    assert (found.office, found.state, found.language) == ("mitte", "booked", "en")
    assert (found.starts_at, found.ends_at) == (at(8), at(8, 25))
    assert found.services == wish("passport", "certificate")


async def test_somebody_whose_contact_was_deleted_can_still_check_in(conn: Connection) -> None:
    await build(conn, office())
    reference = await book(conn, at(8))
    await conn.execute("DELETE FROM appointment_contact")
    assert (await service.find_for_check_in(conn, reference)).language == "de"
    assert service.shown_appointment(await service.find(conn, reference)).contact is None


async def test_an_unknown_reference_finds_nothing(conn: Connection) -> None:
    for reference in ("2222-2222", "nonsense", ""):
        with pytest.raises(AppointmentNotFound):
            await service.find_for_check_in(conn, reference)


async def test_an_appointment_is_checked_in_once(conn: Connection) -> None:
    _, office_id, appointment_id = await arrive(conn)
    with pytest.raises(AlreadyCheckedIn):
        await service.mark_arrived(conn, office_id, appointment_id)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("verbs", "state"),
    [
        (["start"], "arrived"),
        (["finish"], "fulfilled"),
        (["no_show"], "missed"),
        (["no_show", "requeue"], "arrived"),
        (["requeue"], "arrived"),
        (["cancel"], "cancelled"),
        (["finish", "cancel"], "fulfilled"),
    ],
)
async def test_an_appointment_follows_its_ticket(conn: Connection, verbs: list[str], state: str) -> None:
    reference, office_id, appointment_id = await arrive(conn)
    for verb in verbs:
        async with conn.transaction():
            await service.follow_ticket(conn, NOW, office_id, appointment_id, verb)  # type: ignore[arg-type]
    assert (await service.find(conn, reference)).state == state
    assert await service.verify(conn, NOW) == []


async def test_only_a_cancelled_visit_gives_its_place_back(conn: Connection) -> None:
    _, office_id, appointment_id = await arrive(conn)
    assert await fits(conn) == 45
    async with conn.transaction():
        await service.follow_ticket(conn, NOW, office_id, appointment_id, "no_show")  # type: ignore[arg-type]
    assert await fits(conn) == 45
    async with conn.transaction():
        await service.follow_ticket(conn, NOW, office_id, appointment_id, "requeue")  # type: ignore[arg-type]
        await service.follow_ticket(conn, NOW, office_id, appointment_id, "cancel")  # type: ignore[arg-type]
    assert await fits(conn) == 48


async def test_who_did_not_come_by_the_end_of_the_day_has_missed_the_appointment(conn: Connection) -> None:
    arrived, _, _ = await arrive(conn)
    missed, later = await book(conn, at(9)), await book(conn, at(9, day=day_after(1)))
    midnight = at(0, day=day_after(1))
    assert await service.miss_past(conn, midnight - timedelta(seconds=1)) == 0
    assert await service.miss_past(conn, midnight) == 1
    assert await service.miss_past(conn, midnight) == 0
    states = [(await service.find(conn, reference)).state for reference in (arrived, missed, later)]
    assert states == ["arrived", "missed", "booked"]
    assert await service.verify(conn, NOW) == []


async def test_two_days_after_the_visit_nobody_knows_whose_it_was(conn: Connection) -> None:
    await build(conn, office())
    reference = await book(conn, at(9))
    over = (await service.find(conn, reference)).ends_at
    await service.forget_contacts(conn, over + timedelta(days=2))
    assert await conn.fetchval("SELECT count(*) FROM appointment_contact") == 1
    await service.forget_contacts(conn, over + timedelta(days=2, seconds=1))
    assert await conn.fetchval("SELECT count(*) FROM appointment_contact") == 0
    assert (await service.find(conn, reference)).state == "booked"


async def test_code_and_database_know_the_same_lifecycle(conn: Connection) -> None:
    rows = await conn.fetch("SELECT * FROM lifecycle_transition WHERE lifecycle = 'appointment'")
    in_database = table(*((row["from_state"], row["verb"], row["to_state"]) for row in rows))
    assert sorted(in_database) == sorted(APPOINTMENT.transitions)


async def test_the_database_refuses_a_step_that_the_lifecycle_does_not_have(conn: Connection) -> None:
    await build(conn, office())
    await book(conn, at(8))
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await conn.execute("UPDATE appointment SET state = 'fulfilled'")
    assert refused.value.constraint_name == "appointment_lifecycle"


async def test_the_index_of_places_covers_the_states_that_hold_one(conn: Connection) -> None:
    predicate = await conn.fetchval(
        "SELECT pg_get_expr(indpred, indrelid) FROM pg_index"
        " WHERE indexrelid = 'appointment_pool_day_index'::regclass"
    )
    every_state = {state for step in APPOINTMENT.transitions for state in (step.state, step.to)}
    assert {state for state in every_state if f"'{state}'" in predicate} == set(HOLDS_PLACE)
