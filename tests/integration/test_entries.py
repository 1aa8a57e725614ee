"""Hours with places: contingents, holds, moves, cut plans, the entrance, and why there is nothing."""

from datetime import date, datetime, timedelta

import msgspec
import pytest

from queue_service.booking.model import CONTACT_KEPT, HOLD_TIME, HORIZON
from queue_service.entries import service
from queue_service.entries.model import EntrySearch
from queue_service.offices import service as offices
from queue_service.offices.setup_model import Release
from queue_service.platform import errors
from queue_service.platform.queries import Connection
from tests.integration.swimming_hall import NOW, OFFICE, book, build, free, hour, lanes, why_none

AT_TEN = NOW + timedelta(hours=4)


async def state_of(conn: Connection, reference: str) -> str:
    return (await service.find(conn, reference)).state


async def test_what_the_web_may_not_take_is_left_for_telephone_and_entrance(conn: Connection) -> None:
    await build(conn, lanes(online=100))
    assert await free(conn) == [8, 9, 10]
    await book(conn, party=6, channel="online")
    await book(conn, party=2, channel="online")
    with pytest.raises(errors.SlotTaken):
        await book(conn, channel="online")
    assert await free(conn) == [0, 1, 2]
    await book(conn, channel="phone")
    with pytest.raises(errors.SlotTaken):
        await book(conn, channel="phone")
    await book(conn)
    assert await free(conn) == [0, 0, 0]
    assert await service.broken_invariants(conn, NOW) == []


async def test_a_party_comes_whole_or_not_at_all_and_no_larger_than_the_set_up_allows(
    conn: Connection,
) -> None:
    await build(conn, lanes())
    await book(conn, party=6)
    with pytest.raises(errors.SlotTaken):
        await book(conn, party=5)
    await book(conn, party=4)
    with pytest.raises(errors.InvalidFields) as refused:
        await book(conn, hour(12), party=7)
    assert [error.field for error in refused.value.errors] == ["party_size"]


async def test_a_hold_that_nobody_confirms_gives_its_places_back_and_a_confirmed_one_keeps_them(
    conn: Connection,
) -> None:
    await build(conn, lanes())
    kept = await book(conn, party=2, channel="phone", hold=True)
    lost = await book(conn, party=3, channel="online", hold=True)
    await service.confirm(conn, NOW + timedelta(minutes=4), kept.reference)
    over = NOW + HOLD_TIME["online"]
    assert await service.expire_holds(conn, over) == 1
    with pytest.raises(errors.HoldExpired):
        await service.confirm(conn, over, lost.reference)
    assert (await free(conn))[2] == 8


async def test_a_move_takes_the_new_places_and_gives_the_old_ones_back_or_neither(conn: Connection) -> None:
    await build(conn, lanes(), lanes(code="diving"))
    made = await book(conn, party=4)
    await book(conn, hour(13), party=6)
    await book(conn, hour(13), party=1)
    moved = await service.move(conn, NOW, made.reference, hour(12))
    assert moved.starts_at == datetime.fromisoformat("2027-01-12T10:00:00+01:00")
    with pytest.raises(errors.SlotTaken):
        await service.move(conn, NOW, made.reference, hour(13))
    with pytest.raises(errors.EntryNotFound):
        await service.move(conn, NOW, made.reference, hour(12, "diving"))
    assert [(await free(conn, day))[2] for day in (11, 12, 13)] == [10, 6, 3]
    assert (await service.move(conn, NOW, made.reference, hour(12))).entry_id == moved.entry_id


async def test_a_cancelled_party_has_no_places_and_cannot_be_cancelled_again(conn: Connection) -> None:
    await build(conn, lanes())
    made = await book(conn, party=4, channel="online")
    await service.cancel(conn, NOW, made.reference)
    assert await free(conn) == [8, 9, 10]
    with pytest.raises(errors.AppointmentCancelled):
        await service.cancel(conn, NOW, made.reference)


async def test_a_plan_that_is_cut_keeps_what_is_booked_and_lists_it(conn: Connection) -> None:
    await build(conn, lanes())
    made = await book(conn, party=6)
    await book(conn, hour(12), party=2)
    cut = await build(conn, lanes(places=5, days=[11]))
    assert [(hour.places, hour.taken) for hour in cut] == [(5, 6), (0, 2)]
    assert await free(conn, 11) == await free(conn, 12) == [0, 0, 0]
    await service.cancel(conn, NOW, made.reference)
    assert (await free(conn))[2] == 5
    with pytest.raises(errors.SlotTaken):
        await book(conn, hour(12))
    # Nobody had booked the third day: it is gone, and comes back with its plan.
    with pytest.raises(errors.EntryNotFound):
        await book(conn, hour(13))
    await build(conn, lanes())
    assert [(await free(conn, day))[2] for day in (11, 12, 13)] == [10, 8, 10]


async def test_the_entrance_lets_a_party_in_once_on_its_day_at_its_place(conn: Connection) -> None:
    await build(conn, lanes())
    hall = await offices.find_office(conn, OFFICE)
    made, held = await book(conn, party=3), await book(conn, hold=True)
    with pytest.raises(errors.WrongDay):
        await service.arrive(conn, NOW - timedelta(days=1), hall, made.reference)
    with pytest.raises(errors.WrongOffice):
        await service.arrive(conn, AT_TEN, await offices.find_office(conn, "bsc-nord"), made.reference)
    with pytest.raises(errors.AppointmentCancelled):
        await service.arrive(conn, AT_TEN, hall, held.reference)
    assert service.shown_arrival(await service.arrive(conn, AT_TEN, hall, made.reference)).party_size == 3
    with pytest.raises(errors.AlreadyCheckedIn):
        await service.arrive(conn, AT_TEN, hall, made.reference)


async def test_when_an_hour_is_over_its_bookings_end_and_two_days_later_its_names_are_gone(
    conn: Connection,
) -> None:
    await build(conn, lanes())
    hall = await offices.find_office(conn, OFFICE)
    came, stayed_away = await book(conn), await book(conn)
    await service.arrive(conn, AT_TEN, hall, came.reference)
    over = AT_TEN + timedelta(hours=1)
    assert await service.end_past(conn, over - timedelta(seconds=1)) == 0
    assert await service.end_past(conn, over) == 2
    assert await state_of(conn, came.reference) == "fulfilled"
    assert await state_of(conn, stayed_away.reference) == "missed"
    await service.forget_contacts(conn, over + CONTACT_KEPT)
    assert (await service.find(conn, came.reference)).contact is not None
    await service.forget_contacts(conn, over + CONTACT_KEPT + timedelta(seconds=1))
    assert (await service.find(conn, came.reference)).contact is None


async def test_new_days_open_as_they_come_near(conn: Connection) -> None:
    await build(conn, msgspec.structs.replace(lanes(days=[]), weekdays=["monday"]))
    count = "SELECT count(*) FROM timed_entry WHERE code = 'lanes'"
    before = await conn.fetchval(count)
    assert before == HORIZON.days // 7 + 1
    await service.open_days(conn, NOW)
    assert await conn.fetchval(count) == before
    await service.open_days(conn, NOW + timedelta(days=14))
    assert await conn.fetchval(count) == before + 2


async def test_a_search_without_an_hour_says_why(conn: Connection) -> None:
    await build(conn, lanes(places=5, days=[12]))
    asked = date(2027, 1, 12)
    assert await why_none(conn) is None
    assert await why_none(conn, codes=["sauna"]) == "not_offered"
    assert await why_none(conn, end=date(2027, 1, 10)) == "no_such_dates"
    assert await why_none(conn, begin=date(2027, 4, 1)) == "beyond_horizon"
    assert await why_none(conn, begin=date(2027, 1, 13)) == "closed"
    assert await why_none(conn, begin=asked, party_size=7) == "party_too_large"
    await book(conn, hour(12), party=4, channel="online")
    assert await why_none(conn, begin=asked) == "contingent_used_up"
    await book(conn, hour(12))
    assert await why_none(conn, begin=asked) == "full"
    with pytest.raises(errors.OfficeNotFound):
        await why_none(conn, offices=["nowhere"])


async def test_whoever_stands_at_the_entrance_may_join_until_the_end_others_until_the_beginning(
    conn: Connection,
) -> None:
    await build(conn, lanes())
    with pytest.raises(errors.InvalidFields):
        await book(conn, channel="phone", now=AT_TEN)
    await book(conn, now=AT_TEN + timedelta(minutes=59))
    with pytest.raises(errors.InvalidFields):
        await book(conn, now=AT_TEN + timedelta(minutes=60))


async def test_a_miscount_is_found(conn: Connection) -> None:
    await build(conn, lanes())
    await book(conn, party=2, channel="phone")
    await conn.execute("UPDATE timed_entry SET taken = 3 WHERE taken = 2")
    [told] = await service.broken_invariants(conn, NOW)
    assert "[3, 2, 2, 0] places are kept as taken, [2, 2, 2, 0] are booked" in told


async def test_supervisors_take_what_is_kept_for_emergencies_and_move_it_as_what_it_is_visitors_do_not(
    conn: Connection,
) -> None:
    await build(conn, lanes(emergency=20))
    await book(conn, party=6)
    await book(conn, party=2, channel="online")
    with pytest.raises(errors.SlotTaken):
        await book(conn)
    assert await why_none(conn, end=date(2027, 1, 11), channel="counter") == "contingent_used_up"
    urgent = await book(conn, party=2, channel="phone", emergency=True)
    with pytest.raises(errors.SlotTaken):
        await book(conn, channel="phone", emergency=True)
    await book(conn, hour(12), party=6)
    await book(conn, hour(12), party=2)
    await service.move(conn, NOW, urgent.reference, hour(12))
    # Those who gave way were not the counter's, so nothing comes back to it.
    assert await free(conn, 11) == await free(conn, 12) == [0, 0, 0]
    assert await service.broken_invariants(conn, NOW) == []
    with pytest.raises(errors.SlotTaken):
        await service.move(conn, NOW, urgent.reference, hour(11), by_visitor=True)
    moved = await service.move(conn, NOW, urgent.reference, hour(13), by_visitor=True)
    assert not moved.emergency
    assert await service.broken_invariants(conn, NOW) == []


async def test_places_open_when_they_are_released_and_one_that_was_forgotten_is_found(
    conn: Connection,
) -> None:
    eight, ten = NOW + timedelta(hours=2), NOW + timedelta(hours=4)
    releases = [Release(50, days_before=1, at="08:00"), Release(50, days_before=1, at="10:00")]
    await build(conn, lanes(days=[12], releases=releases))
    found = await service.find_entries(conn, NOW, EntrySearch([OFFICE], ["lanes"]))
    assert found.why_none is not None
    assert (found.why_none.code, found.why_none.next_release_at) == ("not_released", eight)
    with pytest.raises(errors.SlotTaken):
        await book(conn, hour(12))
    assert await service.release_places(conn, eight - timedelta(seconds=1)) == 0
    assert "were to be opened" in (await service.broken_invariants(conn, ten))[0]
    assert await service.release_places(conn, eight) == 1
    assert await free(conn, 12) == [4, 4, 5]
    await book(conn, hour(12), party=4, channel="online")
    await service.release_places(conn, ten)
    # A plan that is applied again opens as much as the clock says, and no less.
    await build(conn, lanes(days=[12], releases=releases), now=ten)
    assert await free(conn, 12) == [4, 5, 6]
    assert await service.broken_invariants(conn, ten + timedelta(hours=1)) == []
