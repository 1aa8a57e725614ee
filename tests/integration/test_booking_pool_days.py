"""A pool's day is what follows from staffing and appointments, and stays so whatever changes."""

from datetime import UTC, date, timedelta

import pytest

from queue_service.booking import service
from queue_service.booking.model import HORIZON, MoveRequest
from queue_service.offices.model import Closure
from queue_service.offices.setup_model import StaffedHours, StaffingException
from queue_service.platform.errors import SlotTaken
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
    hours,
    office,
    places_left,
    pool,
    request,
    restaff,
    search,
)

GOOD_FRIDAY = date(2027, 3, 26)
CLOCKS_GO_FORWARD = date(2027, 3, 28)
CLOCKS_GO_BACK = date(2026, 10, 25)
MAY_DAY_EVE = date(2027, 4, 30)


async def days(conn: Connection) -> list[date]:
    rows = await conn.fetch(
        "SELECT day FROM pool_day WHERE pool_id = (SELECT id FROM pool WHERE code = 'citizens') ORDER BY day"
    )
    return [row["day"] for row in rows]


async def test_every_day_up_to_the_horizon_is_there(conn: Connection) -> None:
    await build(conn, office())
    assert await days(conn) == [day_after(n) for n in range(HORIZON.days + 1)]


async def test_a_new_day_opens_when_the_day_begins_at_the_office(conn: Connection) -> None:
    await build(conn, office())
    await service.extend_horizon(conn, NOW)
    midnight = at(0, day=day_after(1))
    assert await service.extend_horizon(conn, midnight - timedelta(seconds=1)) == 0
    opened = await service.extend_horizon(conn, midnight)
    assert opened > 0
    assert (await days(conn))[-1] == day_after(1 + HORIZON.days)
    assert await service.extend_horizon(conn, midnight) == 0
    assert await service.verify(conn, midnight) == []


async def test_days_that_were_missed_are_caught_up_with(conn: Connection) -> None:
    await build(conn, office())
    later = NOW + timedelta(days=10)
    await service.extend_horizon(conn, later)
    assert (await days(conn))[-1] == day_after(10 + HORIZON.days)


async def test_staffing_of_an_office_that_is_applied_again_changes_nothing(conn: Connection) -> None:
    setup = office("mitte", pool(counters=2))
    await build(conn, setup)
    await book(conn, at(8))
    before = await places_left(conn, TODAY)
    assert await restaff(conn, setup) == []
    assert await places_left(conn, TODAY) == before


async def test_breaks_and_weekends_are_not_staffed(conn: Connection) -> None:
    await build(conn, office("mitte", pool(span=hours(8, 16), breaks=[hours(12, 13)])))
    left = await places_left(conn, TODAY)
    assert [left[hour * 12] for hour in (7, 8, 11, 12, 13, 15, 16)] == [0, 1, 1, 0, 1, 1, 0]
    assert not any(await places_left(conn, day_after(5)))


async def test_holidays_and_closures_are_not_staffed_but_an_exception_is(conn: Connection) -> None:
    outing = Closure(MAY_DAY_EVE, MAY_DAY_EVE, {"de": "Betriebsausflug"})
    special = StaffingException(GOOD_FRIDAY, [StaffedHours(hours(9, 10), 2)])
    now = at(7, day=date(2027, 3, 22))
    everything = office("mitte", pool(), closures=[outing])
    await build(conn, everything, now=now)
    assert not any(await places_left(conn, GOOD_FRIDAY))
    assert not any(await places_left(conn, MAY_DAY_EVE))
    await restaff(conn, office("mitte", pool(exceptions=[special]), closures=[outing]), now)
    left = await places_left(conn, GOOD_FRIDAY)
    assert (sum(left), left[9 * 12]) == (24, 2)


async def test_an_exception_without_staffing_takes_the_day_off(conn: Connection) -> None:
    await build(conn, office("mitte", pool(exceptions=[StaffingException(TODAY)])))
    assert not any(await places_left(conn, TODAY))
    assert any(await places_left(conn, day_after(1)))


async def test_on_the_day_when_clocks_go_forward_nine_is_an_hour_earlier_in_cells(conn: Connection) -> None:
    now = at(7, day=date(2027, 3, 22))
    await build(conn, office("mitte", pool(weekdays=["sunday"])), now=now)
    left = await places_left(conn, CLOCKS_GO_FORWARD)
    assert (left.index(1), sum(left)) == (7 * 12, 48)
    assert await service.verify(conn, now) == []


async def test_a_visit_in_the_hour_that_clocks_show_twice_is_as_long_as_any(conn: Connection) -> None:
    now = at(7, day=CLOCKS_GO_BACK - timedelta(days=1))
    await build(conn, office("mitte", pool(weekdays=["sunday"], span=hours(1, 4))), now=now)
    first_time, second_time = (at(2, 50, CLOCKS_GO_BACK).replace(fold=fold) for fold in (0, 1))
    made = [await service.book(conn, now, request(start)) for start in (first_time, second_time)]
    for booked, start in zip(made, (first_time, second_time), strict=True):
        assert booked.end.astimezone(UTC) - start.astimezone(UTC) == timedelta(minutes=15)
    moved = await service.move(conn, now, made[1].reference, MoveRequest(at(1, 50, CLOCKS_GO_BACK)))
    assert moved.ends_at - moved.starts_at == timedelta(minutes=15)
    assert await service.verify(conn, now) == []


async def test_a_cut_names_the_appointments_that_lose_their_counter_and_never_goes_below_zero(
    conn: Connection,
) -> None:
    await build(conn, office("mitte", pool(counters=3)))
    await book(conn, at(9))
    second = await book(conn, at(9, 5), now=NOW + timedelta(seconds=1))
    third = await book(conn, at(9, 10), now=NOW + timedelta(seconds=2))
    await book(conn, at(11), now=NOW + timedelta(seconds=3))
    lost = await restaff(conn, office("mitte", pool(counters=1)))
    assert [entry.reference for entry in lost] == [second.replace("-", ""), third.replace("-", "")]
    assert {(entry.office, entry.pool, entry.day) for entry in lost} == {("mitte", "citizens", TODAY)}
    assert lost[0].starts_at == at(9, 5)
    assert (await places_left(conn, TODAY))[9 * 12 + 2] == 0
    assert await service.verify(conn, NOW) == []


async def test_a_booking_keeps_its_counter_before_a_hold_and_a_visitor_who_is_here_before_both(
    conn: Connection,
) -> None:
    await build(conn, office("mitte", pool(counters=3)))
    held = await book(conn, at(9), hold=True)
    booked = await book(conn, at(9))
    arrived = await book(conn, at(9))
    found = await service.find_for_check_in(conn, arrived)
    await service.mark_arrived(conn, found.office_id, found.id)
    lost = await restaff(conn, office("mitte", pool(counters=1)))
    assert [entry.reference for entry in lost] == [booked.replace("-", ""), held.replace("-", "")]


async def test_cancelling_one_of_too_many_does_not_free_a_place_that_is_not_there(conn: Connection) -> None:
    await build(conn, office("mitte", pool(counters=2)))
    first, _ = await book(conn, at(9)), await book(conn, at(9))
    await restaff(conn, office("mitte", pool(counters=1)))
    await service.cancel(conn, NOW, first)
    assert (await places_left(conn, TODAY))[9 * 12] == 0
    with pytest.raises(SlotTaken):
        await book(conn, at(9))
    assert await service.verify(conn, NOW) == []


async def test_a_pool_that_the_file_no_longer_names_offers_nothing_and_loses_nobody(conn: Connection) -> None:
    await build(conn, office("mitte", pool(), pool("cars", ["licence"])))
    reference = await book(conn, at(9), "licence")
    lost = await restaff(conn, office("mitte", pool()))
    assert [entry.pool for entry in lost] == ["cars"]
    assert (await service.find(conn, reference)).state == "booked"
    assert not any(await places_left(conn, TODAY, "cars"))
    assert await service.verify(conn, NOW) == []


async def test_a_pool_comes_back_with_its_appointments(conn: Connection) -> None:
    both = office("mitte", pool(), pool("cars", ["licence"]))
    await build(conn, both)
    await book(conn, at(9), "licence")
    await restaff(conn, office("mitte", pool()))
    assert await restaff(conn, both) == []
    left = await places_left(conn, TODAY, "cars")
    assert (left[9 * 12], left[10 * 12]) == (0, 1)


async def test_drift_is_found_and_named(conn: Connection) -> None:
    await build(conn, office())
    await book(conn, at(9))
    assert await service.verify(conn, NOW) == []
    # Somebody gave a place back without asking what else is booked.
    await conn.execute("UPDATE appointment SET state = 'cancelled', ended_at = now()")
    drifts = await service.verify(conn, NOW)
    assert [(drift.office, drift.pool, drift.day) for drift in drifts] == [("mitte", "citizens", TODAY)]
    # The web's share is rounded down in one hour of the four.
    assert drifts[0].what == "fits [33, 33, 33, 33] of 48, should be [36, 48, 48, 48] of 48"
    async with conn.transaction():
        pool_id = await conn.fetchval("SELECT id FROM pool WHERE code = 'citizens'")
        await service.recompute(conn, NOW, [(pool_id, TODAY)])
    assert await service.verify(conn, NOW) == []
    assert await fits(conn) == 48


async def test_the_same_sum_in_the_wrong_cells_is_drift_too(conn: Connection) -> None:
    await build(conn, office("mitte", pool(counters=2)))
    await book(conn, at(9))
    await conn.execute(
        """
        UPDATE pool_day SET planes = ARRAY[planes[1], planes[2] | (planes[2] >> 3)]
         WHERE day = $1 AND pool_id = (SELECT id FROM pool WHERE code = 'citizens')
        """,
        TODAY,
    )
    assert len(await service.verify(conn, NOW)) == 1


async def test_what_is_recomputed_is_what_the_search_finds(conn: Connection) -> None:
    await build(conn, office("mitte", pool(counters=1, span=hours(8, 9))))
    await restaff(conn, office("mitte", pool(counters=1, span=hours(14, 15))))
    assert clock((await search(conn, limit=4)).items) == ["14:00", "14:15", "14:30", "14:45"]
