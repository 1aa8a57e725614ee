"""Booking a place: what is taken, what is answered, and what is refused."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from queue_service.booking import service, taking
from queue_service.booking.model import Contact, ServiceWish
from queue_service.booking.reference import parse_reference, shown, with_check
from queue_service.platform.errors import (
    InvalidFields,
    OfficeNotFound,
    ServiceNotFound,
    ServiceNotOffered,
    SlotTaken,
)
from queue_service.platform.queries import Connection
from tests.integration.booking_town import (
    MOST_AT_ONCE,
    NOW,
    TODAY,
    at,
    book,
    build,
    clock,
    day_after,
    fits,
    hours,
    office,
    places_left,
    pool,
    request,
    search,
)


async def test_a_booking_is_answered_with_all_that_its_visitor_needs(conn: Connection) -> None:
    await build(conn, office())
    made = await service.book(conn, NOW, request(at(8, 30)))
    assert shown(parse_reference(made.reference)) == made.reference
    assert (made.status, made.office, made.expires_at) == ("booked", "mitte", None)
    assert (made.start.isoformat(), made.end.isoformat()) == (
        "2027-01-11T08:30:00+01:00",
        "2027-01-11T08:45:00+01:00",
    )


async def test_the_secret_opens_the_appointment_and_is_not_stored(conn: Connection) -> None:
    await build(conn, office())
    made = await service.book(conn, NOW, request(at(8)))
    kept = await service.find(conn, made.reference)
    assert service.opens(kept, made.secret)
    assert not service.opens(kept, made.secret + "x")
    assert not service.opens(kept, "\ud800")
    assert made.secret.encode() not in kept.secret_hash


async def test_a_booked_place_is_not_offered_again(conn: Connection) -> None:
    await build(conn, office())
    await book(conn, at(8))
    assert clock((await search(conn)).items)[0] == "08:15"
    with pytest.raises(SlotTaken):
        await book(conn, at(8, 10))


async def test_as_many_can_come_at_one_time_as_there_are_counters(conn: Connection) -> None:
    await build(conn, office("mitte", pool(counters=3)))
    for _ in range(3):
        await book(conn, at(9))
    with pytest.raises(SlotTaken):
        await book(conn, at(9))
    assert places_of_nine(await places_left(conn, TODAY)) == 0


def places_of_nine(places: list[int]) -> int:
    return places[9 * 12]


async def test_any_start_on_five_minutes_can_be_booked_offered_or_not(conn: Connection) -> None:
    await build(conn, office())
    assert "08:20" not in clock((await search(conn)).items)
    await book(conn, at(8, 20))
    assert clock((await search(conn)).items)[:2] == ["08:00", "08:35"]


async def test_several_services_take_the_sum_of_their_minutes(conn: Connection) -> None:
    await build(conn, office())
    made = await service.book(conn, NOW, request(at(8), "passport", "certificate"))
    assert made.end - made.start == timedelta(minutes=25)


async def test_several_of_a_service_take_their_minutes_each(conn: Connection) -> None:
    await build(conn, office())
    several = [ServiceWish("passport", 2), ServiceWish("passport")]
    made = await service.book(conn, NOW, replace(request(at(8)), services=several))
    assert made.end - made.start == timedelta(minutes=45)


async def test_more_of_a_service_than_one_visit_settles_is_refused_by_name(conn: Connection) -> None:
    await build(conn, office())
    with pytest.raises(InvalidFields) as refused:
        await service.book(conn, NOW, request(at(8), *["certificate"] * (MOST_AT_ONCE + 1)))
    assert [error.field for error in refused.value.errors] == ["services"]
    assert "'certificate'" in refused.value.errors[0].message


async def test_a_visit_that_would_outlast_the_counters_hours_is_refused(conn: Connection) -> None:
    await build(conn, office())
    with pytest.raises(SlotTaken):
        await book(conn, at(11, 50))
    await book(conn, at(11, 45))


async def test_a_visit_can_not_run_through_the_lunch_break(conn: Connection) -> None:
    await build(conn, office("mitte", pool(span=hours(8, 16), breaks=[hours(12, 13)])))
    with pytest.raises(SlotTaken):
        await book(conn, at(11, 50))
    await book(conn, at(13))


async def test_a_second_pool_serves_when_the_first_is_full(conn: Connection) -> None:
    await build(conn, office("mitte", pool("papers", ["passport"]), pool("all", ["passport", "certificate"])))
    await book(conn, at(8))
    assert places_of_eight(await places_left(conn, TODAY, "papers")) == 0
    assert places_of_eight(await places_left(conn, TODAY, "all")) == 1
    await book(conn, at(8))
    assert places_of_eight(await places_left(conn, TODAY, "all")) == 0
    with pytest.raises(SlotTaken):
        await book(conn, at(8))


def places_of_eight(places: list[int]) -> int:
    return places[8 * 12]


async def test_the_longest_visit_that_fits_is_right_after_every_booking(conn: Connection) -> None:
    await build(conn, office())
    assert await fits(conn) == 48
    await book(conn, at(8))
    assert await fits(conn) == 45
    await book(conn, at(10))
    assert await fits(conn) == 21


async def test_a_start_in_the_past_is_refused(conn: Connection) -> None:
    await build(conn, office())
    with pytest.raises(InvalidFields) as refused:
        await service.book(conn, at(10), request(at(9, 55)))
    assert refused.value.errors[0].field == "start"


@pytest.mark.parametrize("off", [timedelta(minutes=1), timedelta(seconds=1), timedelta(microseconds=1)])
async def test_a_start_between_cells_is_refused(conn: Connection, off: timedelta) -> None:
    await build(conn, office())
    with pytest.raises(InvalidFields) as refused:
        await book(conn, at(9) + off)
    assert refused.value.errors[0].field == "start"


@pytest.mark.parametrize("days", [-3, 61, 62, 400, 2_900_000])
async def test_nothing_can_be_booked_outside_the_horizon(conn: Connection, days: int) -> None:
    await build(conn, office())
    with pytest.raises((InvalidFields, SlotTaken)):
        await book(conn, at(9, day=day_after(days)))


async def test_what_is_not_there_is_named(conn: Connection) -> None:
    await build(conn, office())
    with pytest.raises(OfficeNotFound):
        await book(conn, at(8), office="nowhere")
    with pytest.raises(ServiceNotFound):
        await book(conn, at(8), "dragons")
    with pytest.raises(ServiceNotOffered):
        await book(conn, at(8), "licence")


async def test_a_service_that_is_no_longer_by_appointment_can_not_be_booked(conn: Connection) -> None:
    await build(conn, office())
    await conn.execute("UPDATE office_service SET appointment = false")
    with pytest.raises(ServiceNotOffered):
        await book(conn, at(8))


async def test_a_phone_booking_needs_a_name(conn: Connection) -> None:
    await build(conn, office())
    with pytest.raises(InvalidFields) as refused:
        await service.book(conn, NOW, request(at(8), channel="phone", contact=Contact(name="  ")))
    assert [error.field for error in refused.value.errors] == ["contact.name"]
    assert await fits(conn) == 48


async def test_the_telephone_is_kept_in_e164_and_shown_as_it_is_dialled(conn: Connection) -> None:
    await build(conn, office())
    caller = Contact(name="Jan  Sörensen ", phone="0421 / 361-8888", confirm_by=["none"])
    made = await service.book(conn, NOW, request(at(8), channel="phone", contact=caller))
    contact = service.shown_appointment(await service.find(conn, made.reference)).contact
    assert contact is not None
    assert (contact.name, contact.phone, contact.phone_shown) == (
        "Jan Sörensen",
        "+494213618888",
        "0421 3618888",
    )
    assert contact.confirm_by == ["none"]


async def test_a_booking_for_today_tells_the_screens_and_one_for_tomorrow_does_not(conn: Connection) -> None:
    await build(conn, office())
    await conn.execute("DELETE FROM change")
    made = await service.book(conn, NOW, request(at(8)))
    await book(conn, at(8, day=day_after(1)))
    changes = await conn.fetch("SELECT kind, body::text FROM change")
    assert [change["kind"] for change in changes] == ["appointment.booked"]
    assert "Mustermann" not in changes[0]["body"]
    assert parse_reference(made.reference) not in changes[0]["body"]


async def test_references_that_are_taken_are_passed_over(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await build(conn, office())
    first = parse_reference(await book(conn, at(8)))
    second = with_check("K7RMW3X")
    monkeypatch.setattr(taking, "new_reference", iter([first, first, second]).__next__)
    assert parse_reference(await book(conn, at(9))) == second
