"""The search gives the earliest places, complete and in order, or the reason why there are none."""

from datetime import date, timedelta

import pytest

from queue_service.booking import service
from queue_service.booking.model import HORIZON, LEAD_TIME, PlaceSearch, ServiceWish
from queue_service.offices.model import Closure
from queue_service.offices.setup_model import StaffingException
from queue_service.platform.errors import InvalidFields, OfficeNotFound, ServiceNotFound
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
    hours,
    office,
    pool,
    search,
    wish,
)

TOMORROW = day_after(1)


async def test_places_come_earliest_first_over_all_offices(conn: Connection) -> None:
    await build(
        conn,
        office("mitte", pool(span=hours(9, 10))),
        office("nord", pool("north", span=hours(8, 10))),
    )
    found = (await search(conn, limit=8)).items
    assert [(place.office, f"{place.start:%H:%M}") for place in found] == [
        ("nord", "08:00"),
        ("nord", "08:15"),
        ("nord", "08:30"),
        ("nord", "08:45"),
        ("mitte", "09:00"),
        ("nord", "09:00"),
        ("mitte", "09:15"),
        ("nord", "09:15"),
    ]


async def test_a_place_says_when_it_begins_and_ends_in_the_offices_own_time(conn: Connection) -> None:
    await build(conn, office())
    place = (await search(conn, "passport", "certificate")).items[0]
    assert (place.start.isoformat(), place.end.isoformat(), place.minutes) == (
        "2027-01-11T08:00:00+01:00",
        "2027-01-11T08:25:00+01:00",
        25,
    )


async def test_only_the_offices_asked_are_searched(conn: Connection) -> None:
    await build(conn, office(), office("nord", pool("north")), office("west", pool("west")))
    found = (await search(conn, offices=["nord", "west"], limit=40)).items
    assert {place.office for place in found} == {"nord", "west"}


async def test_a_start_that_two_pools_of_an_office_have_is_one_place(conn: Connection) -> None:
    await build(conn, office("mitte", pool("a", span=hours(8, 9)), pool("b", span=hours(8, 10))))
    assert clock((await search(conn, limit=8)).items) == [
        "08:00", "08:15", "08:30", "08:45", "09:00", "09:15", "09:30", "09:45",
    ]  # fmt: skip


async def test_the_search_goes_on_to_later_days_until_there_are_enough(conn: Connection) -> None:
    await build(conn, office("mitte", pool(span=hours(8, 9))))
    found = (await search(conn, limit=50)).items
    assert len(found) == 50
    assert found == sorted(found, key=lambda place: place.start)
    assert clock(found, day_after(16)) == ["08:00", "08:15"]


async def test_a_town_that_is_full_for_weeks_still_has_its_first_free_place_found(conn: Connection) -> None:
    await build(conn, office("mitte", pool(span=hours(8, 9))))
    await conn.execute(
        """
        UPDATE pool_day SET planes = '{}'
         WHERE day < $1 AND pool_id = (SELECT id FROM pool WHERE code = 'citizens')
        """,
        day_after(35),
    )
    assert (await search(conn)).items[0].start == at(8, day=day_after(35))


async def test_a_gap_that_is_too_short_is_passed_over(conn: Connection) -> None:
    await build(conn, office("mitte", pool(span=hours(8, 9))))
    await book(conn, at(8, 10))
    assert (await search(conn, "certificate")).items[0].start == at(8)
    assert (await search(conn, "passport")).items[0].start == at(8, 25)
    assert (await search(conn, "family")).items[0].start == at(8, 25)
    assert (await search(conn, "family", "passport")).items[0].start == at(8, day=TOMORROW)


async def test_what_has_begun_is_not_offered_and_the_rest_does_not_shift(conn: Connection) -> None:
    await build(conn, office())
    assert clock((await search(conn, now=at(9, 1), limit=2)).items) == ["09:15", "09:30"]
    assert clock((await search(conn, now=at(9, 15), limit=2)).items) == ["09:15", "09:30"]


async def test_somebody_on_the_way_is_given_time_to_arrive(conn: Connection) -> None:
    await build(conn, office())
    for channel, lead in LEAD_TIME.items():
        asked = PlaceSearch(wish("passport"), channel=channel, limit=1)
        found = (await service.find_places(conn, at(9), asked)).items
        assert found[0].start == at(9) + lead


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 20, 200])
async def test_a_smaller_limit_gives_the_beginning_of_a_larger_one(conn: Connection, limit: int) -> None:
    await build(conn, office(), office("nord", pool("north", span=hours(10, 13))))
    everything = (await search(conn, limit=500)).items
    assert (await search(conn, limit=limit)).items == everything[:limit]


async def test_from_and_to_may_be_days_of_the_office(conn: Connection) -> None:
    await build(conn, office("mitte", pool(span=hours(8, 9))))
    found = (await search(conn, begin=TOMORROW, end=day_after(2), limit=100)).items
    assert {place.start.date() for place in found} == {TOMORROW, day_after(2)}
    assert len(found) == 8


async def test_from_and_to_may_be_instants(conn: Connection) -> None:
    await build(conn, office())
    found = (await search(conn, begin=at(9, 20), end=at(10))).items
    assert clock(found) == ["09:30", "09:45"]


async def test_midnight_is_where_days_meet(conn: Connection) -> None:
    whole_day = pool(span=hours(0, 24), weekdays=["monday", "tuesday"])
    await build(conn, office("mitte", whole_day))
    found = (await search(conn, begin=at(23, 30), end=at(0, 30, TOMORROW))).items
    assert [f"{place.start:%d %H:%M}" for place in found] == ["11 23:30", "11 23:45", "12 00:00", "12 00:15"]


async def test_several_of_a_service_count_whether_named_often_or_by_quantity(conn: Connection) -> None:
    await build(conn, office())
    often = PlaceSearch(wish("passport", "passport"), channel="counter")
    counted = PlaceSearch([ServiceWish("passport", 2)], channel="counter")
    found = await service.find_places(conn, NOW, often)
    assert found == await service.find_places(conn, NOW, counted)
    assert found.items[0].minutes == 30


async def test_a_service_may_take_longer_at_one_office_than_at_another(conn: Connection) -> None:
    await build(conn, office(), office("nord", pool("north")))
    await conn.execute(
        "UPDATE office_service SET minutes = 60 WHERE office_id = (SELECT id FROM office WHERE slug = 'nord')"
    )
    found = (await search(conn, limit=40)).items
    assert {(place.office, place.minutes) for place in found} == {("mitte", 15), ("nord", 60)}


async def test_unknown_names_are_named(conn: Connection) -> None:
    await build(conn, office())
    with pytest.raises(ServiceNotFound) as refused:
        await search(conn, "passport", "dragons")
    assert refused.value.extra["services"] == ["dragons"]
    with pytest.raises(OfficeNotFound) as elsewhere:
        await search(conn, offices=["mitte", "nowhere"])
    assert elsewhere.value.extra["offices"] == ["nowhere"]


async def test_more_than_one_visit_settles_is_refused(conn: Connection) -> None:
    await build(conn, office())
    with pytest.raises(InvalidFields):
        await search(conn, *["family"] * (MOST_AT_ONCE + 1))


async def why(conn: Connection, *codes: str, **more: object) -> tuple[str, object]:
    found = await search(conn, *codes, **more)  # type: ignore[arg-type]
    assert found.items == []
    assert found.why_none is not None
    assert found.why_none.message
    return found.why_none.code, found.why_none.next_release_at


async def test_found_places_need_no_reason(conn: Connection) -> None:
    await build(conn, office())
    assert (await search(conn)).why_none is None


async def test_a_service_that_nobody_gives_appointments_for_is_not_offered(conn: Connection) -> None:
    await build(conn, office(), office("nord", pool("north", ["certificate"])))
    assert await why(conn, "licence") == ("not_offered", None)
    assert await why(conn, "passport", offices=["nord"]) == ("not_offered", None)


async def test_services_of_two_pools_are_offered_one_after_the_other_where_an_office_has_both(
    conn: Connection,
) -> None:
    await build(conn, office("mitte", pool(), pool("cars", ["licence"])), office("nord", pool("north")))
    found = await search(conn, "passport", "licence", limit=2)
    assert [(place.office, place.minutes) for place in found.items] == [("mitte", 35), ("mitte", 35)]
    nowhere = await search(conn, "passport", "licence", offices=["nord"])
    assert nowhere.why_none is not None
    assert nowhere.why_none.code == "not_offered"


async def test_times_that_are_over_or_end_before_they_begin_are_no_dates(conn: Connection) -> None:
    await build(conn, office())
    for begin, end in (
        (None, day_after(-1)),
        (None, NOW),
        (at(10), at(9)),
        (at(10), at(10)),
        (day_after(3), day_after(2)),
        (day_after(3), at(8, day=day_after(1))),
    ):
        assert await why(conn, begin=begin, end=end) == ("no_such_dates", None)


async def test_beyond_the_horizon_the_answer_is_when_that_day_opens(conn: Connection) -> None:
    await build(conn, office())
    far = TODAY + HORIZON + timedelta(days=10)
    assert await why(conn, begin=far) == ("beyond_horizon", at(0, day=day_after(10)))
    assert await why(conn, begin=date(2999, 12, 31)) == (
        "beyond_horizon",
        at(0, day=date(2999, 12, 31) - HORIZON),
    )


async def test_days_without_staffing_are_closed(conn: Connection) -> None:
    whole_week = Closure(TODAY, day_after(6), {"de": "Umzug"})
    await build(conn, office("mitte", pool(), closures=[whole_week]))
    assert await why(conn, end=day_after(6)) == ("closed", None)
    assert await why(conn, begin=day_after(12), end=day_after(13)) == ("closed", None)


async def test_a_visit_longer_than_any_staffed_time_is_too_long(conn: Connection) -> None:
    await build(conn, office("mitte", pool(span=hours(8, 9))))
    assert await why(conn, "family", "family") == ("too_long", None)


async def test_a_full_office_says_when_its_next_day_opens(conn: Connection) -> None:
    await build(conn, office("mitte", pool(span=hours(8, 9))))
    await conn.execute("UPDATE pool_day SET planes = '{}'")
    # 60 days from Monday is a Friday: the next day with staffing is Monday the 15th, opened in three days.
    assert await why(conn) == ("full", at(0, day=day_after(3)))
    assert await why(conn, end=day_after(10)) == ("full", None)


async def test_a_holiday_is_not_the_next_day_that_opens(conn: Connection) -> None:
    day_off = StaffingException(day_after(63), [])
    await build(conn, office("mitte", pool(span=hours(8, 9), exceptions=[day_off])))
    await conn.execute("UPDATE pool_day SET planes = '{}'")
    assert await why(conn) == ("full", at(0, day=day_after(4)))
