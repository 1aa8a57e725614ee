"""The web, the telephone, the counter and supervisors: who still finds a place, when, and why not."""

import asyncio
from datetime import date, timedelta

import msgspec
import pytest

from queue_service.booking import service
from queue_service.booking.model import BookingRequest, Channel, PlaceSearch, PlacesFound
from queue_service.offices.setup_model import Contingents, Lending, PoolSetup, Release
from queue_service.platform.database import Database
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
    hours,
    office,
    places_left,
    pool,
    request,
    restaff,
    search,
    wish,
)

FIVE = pool(counters=5, span=hours(8, 9))
TOMORROW = day_after(1)
TEN_PLACES = Contingents(online=40, phone=60, emergency=20)
"""Of five counters: two for the web, three with the telephone, four with the counter."""


def limited(contingents: Contingents, *releases: Release, entry: PoolSetup = FIVE) -> PoolSetup:
    return msgspec.structs.replace(entry, contingents=contingents, releases=list(releases))


async def take(conn: Connection, channel: Channel, *, emergency: bool = False) -> bool:
    wanted = request(at(8, day=TOMORROW), channel=channel)
    try:
        await service.book(conn, NOW, msgspec.structs.replace(wanted, emergency=emergency))
    except SlotTaken:
        return False
    return True


async def taken(conn: Connection, channel: Channel, *, emergency: bool = False) -> int:
    """Book at eight until it is refused."""
    count = 0
    while await take(conn, channel, emergency=emergency):
        count += 1
    return count


async def seek(conn: Connection, channel: Channel, day: date = TOMORROW, **more: object) -> PlacesFound:
    asked = PlaceSearch(wish("passport"), channel=channel, begin=day, end=day)
    return await service.find_places(conn, NOW, msgspec.structs.replace(asked, **more))


async def test_each_channel_takes_its_share_and_leaves_the_others_theirs(conn: Connection) -> None:
    await build(conn, office("mitte", limited(TEN_PLACES)))
    assert await taken(conn, "online") == 2
    assert await taken(conn, "phone") == 1
    assert await taken(conn, "counter") == 1
    assert await taken(conn, "counter", emergency=True) == 1
    assert await service.verify(conn, NOW) == []


async def test_whoever_reaches_further_may_take_everything_below(conn: Connection) -> None:
    await build(conn, office("mitte", limited(TEN_PLACES)))
    assert await taken(conn, "counter") == 4
    assert not await take(conn, "phone")
    assert not await take(conn, "online")
    assert await service.verify(conn, NOW) == []


async def test_a_hundred_web_bookings_at_once_get_the_web_s_share_and_no_more(
    database: Database, conn: Connection
) -> None:
    await build(conn, office("mitte", limited(TEN_PLACES)))

    async def attempt() -> bool:
        async with database.connection() as own:
            return await take(own, "online")

    assert sum(await asyncio.gather(*(attempt() for _ in range(100)))) == 2
    assert await taken(conn, "phone") == 1
    assert await service.verify(conn, NOW) == []


async def test_a_share_that_is_used_up_is_told_apart_from_a_day_that_is_full(conn: Connection) -> None:
    short = pool(counters=5, span=msgspec.structs.replace(hours(8, 9), closes=8 * 60 + 15))
    await build(conn, office("mitte", limited(TEN_PLACES, entry=short)))
    await taken(conn, "online")
    found = await seek(conn, "online")
    assert found.why_none is not None
    assert found.why_none.code == "contingent_used_up"
    assert (await seek(conn, "phone")).items
    await taken(conn, "counter", emergency=True)
    full = await seek(conn, "online")
    assert full.why_none is not None
    assert full.why_none.code == "full"


async def test_a_place_that_is_given_back_goes_back_to_its_share(conn: Connection) -> None:
    await build(conn, office("mitte", limited(TEN_PLACES)))
    await taken(conn, "online")
    made = await service.book(conn, NOW, request(at(8, day=TOMORROW), channel="phone"))
    await service.cancel(conn, NOW, made.reference)
    assert not await take(conn, "online")
    assert await take(conn, "phone")


async def test_the_rest_of_a_day_opens_at_its_hour_and_the_search_says_when(conn: Connection) -> None:
    wave = Release(100, 1, "12:00")
    await build(conn, office("mitte", limited(Contingents(), wave)))
    found = await seek(conn, "phone")
    assert found.items == []
    assert found.why_none is not None
    assert (found.why_none.code, found.why_none.next_release_at) == ("not_released", at(12))
    noon = at(12)
    assert await service.release_places(conn, noon - timedelta(seconds=1)) == 0
    await service.release_places(conn, noon)
    asked = PlaceSearch(wish("passport"), channel="phone", begin=TOMORROW, end=TOMORROW)
    assert clock((await service.find_places(conn, noon, asked)).items, TOMORROW) == [
        "08:00", "08:15", "08:30", "08:45",
    ]  # fmt: skip
    assert await service.verify(conn, noon) == []


async def test_places_open_evenly_through_the_day(conn: Connection) -> None:
    await build(conn, office("mitte", limited(Contingents(), Release(100, 1, "08:00", "10:00"))))
    open_places = []
    for hour in (7, 8, 9, 10):
        await service.release_places(conn, at(hour))
        left = await conn.fetchval(
            """
            SELECT coalesce(cardinality(coalesce(d.counter_planes, d.planes)), 0) FROM pool_day d
              JOIN pool p ON p.id = d.pool_id WHERE p.code = 'citizens' AND d.day = $1
            """,
            TOMORROW,
        )
        open_places.append(left)
    assert open_places == [0, 0, 2, 5]
    assert await service.verify(conn, at(10)) == []


async def test_a_release_that_was_forgotten_is_found(conn: Connection) -> None:
    await build(conn, office("mitte", limited(Contingents(), Release(100, 1, "08:00"))))
    drifts = await service.verify(conn, at(9))
    assert [drift.day for drift in drifts] == [TOMORROW]
    assert "were to be opened" in drifts[0].what


async def test_a_buffer_keeps_time_free_after_each_visit_and_is_no_part_of_it(conn: Connection) -> None:
    await build(conn, office("mitte", msgspec.structs.replace(pool(span=hours(8, 9)), buffer_minutes=5)))
    found = await search(conn)
    assert clock(found.items)[:3] == ["08:00", "08:20", "08:40"]
    assert found.items[0].minutes == 15
    made = await service.book(conn, NOW, request(at(8)))
    assert made.end == at(8, 15)
    with pytest.raises(SlotTaken):
        await book(conn, at(8, 15))
    assert await book(conn, at(8, 20))


async def test_a_family_takes_longer_and_a_second_passport_less(conn: Connection) -> None:
    setup = office()
    offered = [
        msgspec.structs.replace(entry, further_minutes=10, family_minutes=25)
        if entry.service == "passport"
        else entry
        for entry in setup.services
    ]
    await build(conn, msgspec.structs.replace(setup, services=offered))

    async def minutes(persons: int, quantity: int) -> int:
        asked = PlaceSearch(wish(passport=quantity), channel="counter", persons=persons)
        return (await service.find_places(conn, NOW, asked)).items[0].minutes

    assert [await minutes(1, 1), await minutes(1, 3), await minutes(4, 1), await minutes(4, 3)] == [
        15, 35, 25, 45,
    ]  # fmt: skip
    family = BookingRequest("mitte", wish(passport=3), at(8), persons=4, channel="counter")
    assert (await service.book(conn, NOW, family)).end == at(8, 45)


async def test_counters_that_one_pool_lends_are_there_and_no_longer_here(conn: Connection) -> None:
    lending = Lending("cars", ["monday"], hours(9, 10), 2)
    giving = msgspec.structs.replace(pool(counters=3), lends=[lending])
    await build(conn, office("mitte", giving, pool("cars", ["licence"], counters=1)))
    nine, eleven = 9 * 12, 11 * 12
    here, there = await places_left(conn, TODAY), await places_left(conn, TODAY, "cars")
    assert (here[nine], here[eleven], there[nine], there[eleven]) == (1, 3, 3, 1)
    # Nobody lends what is not staffed.
    fewer = msgspec.structs.replace(pool(counters=1), lends=[lending])
    await restaff(conn, office("mitte", fewer, pool("cars", ["licence"], counters=1)))
    here, there = await places_left(conn, TODAY), await places_left(conn, TODAY, "cars")
    assert (here[nine], there[nine]) == (0, 2)
    assert await service.verify(conn, NOW) == []


async def test_a_shift_of_every_second_week_is_there_every_second_week(conn: Connection) -> None:
    entry = pool(span=hours(8, 9))
    every_second = msgspec.structs.replace(entry.staffing[0], first_day=TODAY, every_weeks=2)
    await build(conn, office("mitte", msgspec.structs.replace(entry, staffing=[every_second])))
    days = {place.start.date() for place in (await search(conn, limit=100)).items}
    weeks = {(day - TODAY).days // 7 for day in days}
    assert {0, 2, 4}.issubset(weeks)
    assert not weeks & {1, 3, 5}


async def test_a_pool_is_overbooked_as_far_as_those_who_stayed_away_allow_it(conn: Connection) -> None:
    twenty = msgspec.structs.replace(pool(counters=20, span=hours(8, 9)), overbooking_percent=10)
    await build(conn, office("mitte", twenty))
    assert (await places_left(conn, TOMORROW))[8 * 12] == 20
    # Two of ten stay away, seen often enough to count on most of it.
    await conn.execute(
        """
        INSERT INTO appointment (office_id, id, pool_id, day, first_cell, cells, starts_at, ends_at, state,
                                 reference, secret_hash, services, persons, channel, created_at, ended_at)
        SELECT p.office_id, gen_random_uuid(), p.id, $1::date - 7, 96, 3, $2, $2,
               CASE WHEN n % 5 = 0 THEN 'missed' ELSE 'fulfilled' END, 'past' || n, '', '[]', 1, 'phone',
               $2, $2
          FROM pool p CROSS JOIN generate_series(1, 500) AS n WHERE p.code = 'citizens'
        """,
        TODAY,
        NOW - timedelta(days=7),
    )
    assert await service.measure_no_shows(conn, NOW) == 1
    assert 20 < (await places_left(conn, TOMORROW))[8 * 12] <= 22
    assert await service.measure_no_shows(conn, NOW) == 0
    assert await service.verify(conn, NOW) == []


async def test_a_search_keeps_to_weekdays_and_hours(conn: Connection) -> None:
    await build(conn, office())
    found = await search(conn, "family", weekdays=[3, 5], hours=hours(10, 11), limit=4)
    assert [(place.start.isoweekday(), f"{place.start:%H:%M}") for place in found.items] == [
        (3, "10:20"), (3, "10:55"), (5, "10:20"), (5, "10:55"),
    ]  # fmt: skip


async def test_the_overview_knows_each_office_s_earliest_day_and_what_is_left_of_it(conn: Connection) -> None:
    await build(
        conn, office("mitte", pool(span=hours(8, 9))), office("nord", pool("north", span=hours(8, 9)))
    )
    await book(conn, at(8), "family")
    await book(conn, at(8, 35))
    asked = PlaceSearch(wish("passport"), channel="counter", offices=["mitte", "nord"])
    seen = await service.overview(conn, NOW, asked)
    assert [(item.office, item.earliest_day) for item in seen.items] == [("nord", TODAY), ("mitte", TOMORROW)]
    mitte = {entry.day: entry for entry in seen.items[1].days}
    assert (mitte[TODAY].staffed, mitte[TODAY].visits, mitte[TOMORROW].visits) == (True, 0, 4)
    sunday = day_after(6)
    assert (mitte[sunday].staffed, mitte[sunday].visits) == (False, 0)
    later = await service.overview(conn, at(8, 40), asked)
    assert {item.office: item.days[0].visits for item in later.items} == {"nord": 1, "mitte": 0}
