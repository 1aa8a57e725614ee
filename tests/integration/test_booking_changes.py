"""Moving and cancelling: the new place and the old one change hands together, or not at all."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from queue_service.booking import service
from queue_service.booking.model import Contact, MoveRequest
from queue_service.platform.errors import (
    AlreadyCheckedIn,
    AppointmentCancelled,
    ChangesClosed,
    HoldExpired,
    InvalidFields,
    OfficeNotFound,
    ServiceNotOffered,
    SlotTaken,
    TooManyAttempts,
)
from queue_service.platform.queries import Connection
from tests.integration.booking_town import (
    NOW,
    TODAY,
    at,
    book,
    build,
    clock,
    day_after,
    fits,
    office,
    places_left,
    pool,
    request,
    search,
)


async def kinds(conn: Connection) -> list[tuple[str, str]]:
    """Give what screens were told, as (office, kind)."""
    rows = await conn.fetch(
        """
        SELECT o.slug, c.kind FROM change c JOIN office o ON o.id = c.office_id
         WHERE c.kind LIKE 'appointment.%' ORDER BY o.slug, c.version
        """
    )
    return [(row["slug"], row["kind"]) for row in rows]


async def test_a_cancelled_place_can_be_booked_again(conn: Connection) -> None:
    await build(conn, office())
    reference = await book(conn, at(8))
    assert (await service.cancel(conn, NOW, reference)).state == "cancelled"
    await book(conn, at(8))
    assert await service.verify(conn, NOW) == []


async def test_an_appointment_is_cancelled_once(conn: Connection) -> None:
    await build(conn, office())
    reference = await book(conn, at(8))
    await service.cancel(conn, NOW, reference)
    with pytest.raises(AppointmentCancelled):
        await service.cancel(conn, NOW, reference)


async def test_a_visitor_who_has_a_number_cancels_at_the_desk(conn: Connection) -> None:
    await build(conn, office())
    reference = await book(conn, at(8))
    found = await service.find_for_check_in(conn, reference)
    await service.mark_arrived(conn, found.office_id, found.id)
    with pytest.raises(AlreadyCheckedIn):
        await service.cancel(conn, NOW, reference)


async def test_a_move_takes_the_new_place_and_gives_the_old_one_back(conn: Connection) -> None:
    await build(conn, office())
    reference = await book(conn, at(8))
    moved = await service.move(conn, NOW, reference, MoveRequest(at(10)))
    assert (moved.starts_at, moved.ends_at) == (at(10), at(10, 15))
    offered = clock((await search(conn)).items)
    assert offered[0] == "08:00"
    assert "10:00" not in offered
    assert await service.verify(conn, NOW) == []


async def test_a_move_may_overlap_the_place_that_it_leaves(conn: Connection) -> None:
    await build(conn, office())
    reference = await book(conn, at(8))
    moved = await service.move(conn, NOW, reference, MoveRequest(at(8, 5)))
    assert moved.starts_at == at(8, 5)
    assert await fits(conn) == 44
    assert await service.verify(conn, NOW) == []


async def test_a_move_to_a_taken_place_changes_nothing(conn: Connection) -> None:
    await build(conn, office())
    reference = await book(conn, at(8))
    await book(conn, at(9))
    with pytest.raises(SlotTaken):
        await service.move(conn, NOW, reference, MoveRequest(at(9)))
    assert (await service.find(conn, reference)).starts_at == at(8)
    assert await service.verify(conn, NOW) == []


async def test_an_appointment_moves_to_another_day_and_office_with_its_contact(conn: Connection) -> None:
    await build(conn, office(), office("nord", pool("north")))
    reference = await book(conn, at(8))
    tomorrow = day_after(1)
    moved = await service.move(conn, NOW, reference, MoveRequest(at(9, day=tomorrow), "nord"))
    assert (moved.office, moved.day, moved.reference) == ("nord", tomorrow, reference.replace("-", ""))
    assert moved.contact is not None
    assert moved.contact.name == "Erika Mustermann"
    assert (await places_left(conn, TODAY))[8 * 12] == 1
    assert (await places_left(conn, tomorrow, "north"))[9 * 12] == 0
    assert await service.verify(conn, NOW) == []


async def test_an_appointment_keeps_its_length_where_the_service_takes_longer(conn: Connection) -> None:
    await build(conn, office(), office("nord", pool("north")))
    reference = await book(conn, at(8))
    await conn.execute(
        "UPDATE office_service SET minutes = 30 WHERE office_id = (SELECT id FROM office WHERE slug = 'nord')"
    )
    moved = await service.move(conn, NOW, reference, MoveRequest(at(9), "nord"))
    assert moved.ends_at - moved.starts_at == timedelta(minutes=15)
    assert await service.verify(conn, NOW) == []


async def test_a_hold_moves_and_stays_a_hold(conn: Connection) -> None:
    await build(conn, office())
    reference = await book(conn, at(8), hold=True)
    moved = await service.move(conn, NOW, reference, MoveRequest(at(9)))
    assert moved.state == "held"
    assert moved.expires_at is not None
    with pytest.raises(HoldExpired):
        await service.move(conn, moved.expires_at, reference, MoveRequest(at(10)))


async def test_a_move_is_refused_where_it_can_not_go(conn: Connection) -> None:
    await build(conn, office(), office("nord", pool("north", ["certificate"])))
    reference = await book(conn, at(8))
    for asked, refusal in (
        (MoveRequest(at(9), "nowhere"), OfficeNotFound),
        (MoveRequest(at(9), "nord"), ServiceNotOffered),
        (MoveRequest(at(9, 1)), InvalidFields),
        (MoveRequest(NOW - timedelta(hours=1)), InvalidFields),
        (MoveRequest(at(13)), SlotTaken),
        (MoveRequest(at(23, 55)), SlotTaken),
        (MoveRequest(at(9, day=day_after(61))), SlotTaken),
        (MoveRequest(at(9, day=day_after(2_900_000))), SlotTaken),
    ):
        with pytest.raises(refusal):
            await service.move(conn, NOW, reference, asked)
    assert (await service.find(conn, reference)).starts_at == at(8)


async def test_so_near_to_the_visit_only_staff_can_change_it(conn: Connection) -> None:
    await build(conn, replace(office(), changes_close_hours=24))
    tomorrow = day_after(1)
    reference = await book(conn, at(9, day=tomorrow))
    late = at(9, 1)
    with pytest.raises(ChangesClosed):
        await service.cancel(conn, late, reference, by_visitor=True)
    with pytest.raises(ChangesClosed):
        await service.move(conn, late, reference, MoveRequest(at(10, day=tomorrow)), by_visitor=True)
    # A place that is only held can be given back at any time.
    held = await book(conn, at(11, day=tomorrow), hold=True)
    assert (await service.cancel(conn, late, held, by_visitor=True)).state == "cancelled"
    assert (await service.cancel(conn, late, reference)).state == "cancelled"


async def test_moving_to_and_fro_writes_no_more_messages_than_somebody_undecided_needs(
    conn: Connection,
) -> None:
    await build(conn, office())
    contact = Contact(name="Erika", email="erika@example.org", confirm_by="email")
    tomorrow = day_after(1)
    made = await service.book(conn, NOW, request(at(9, day=tomorrow), contact=contact))

    async def move(hour: int, *, by_visitor: bool = True, now: datetime = NOW) -> None:
        there = MoveRequest(at(hour, day=tomorrow))
        await service.move(conn, now, made.reference, there, by_visitor=by_visitor)

    for turn in range(11):
        await move(10 - turn % 2)
    with pytest.raises(TooManyAttempts):
        await move(11)
    await move(11, by_visitor=False)
    with pytest.raises(TooManyAttempts):
        await move(10, now=NOW + timedelta(hours=23))


async def test_screens_hear_of_what_changes_today_and_of_nothing_else(conn: Connection) -> None:
    await build(conn, office(), office("nord", pool("north")))
    today, later = await book(conn, at(8)), await book(conn, at(8, day=day_after(3)))
    await conn.execute("DELETE FROM change")
    await service.move(conn, NOW, later, MoveRequest(at(9, day=day_after(3))))
    assert await kinds(conn) == []
    await service.move(conn, NOW, today, MoveRequest(at(9)))
    assert await kinds(conn) == [("mitte", "appointment.moved")]
    await service.move(conn, NOW, today, MoveRequest(at(9), "nord"))
    assert await kinds(conn) == [
        ("mitte", "appointment.moved"),
        ("mitte", "appointment.cancelled"),
        ("nord", "appointment.booked"),
    ]
    await service.cancel(conn, NOW, today)
    assert (await kinds(conn))[-1] == ("nord", "appointment.cancelled")
