"""However many wait in front whom a place doesn't fit, or who are just being asked: whom it fits, gets it."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from asyncpg import BitString
from msgspec.structs import replace

from queue_service.booking import service, waiting_list, waiting_store
from queue_service.booking.contingents import level_of
from queue_service.booking.slot_arithmetic import DAY_CELLS, cells_where
from queue_service.booking.waiting_match import day_clock, place_for
from queue_service.booking.waiting_model import DayHours, WaitingRequest, Way, clock_of
from queue_service.offices.model import Span, Weekday
from queue_service.platform.database import connect
from queue_service.platform.queries import Connection
from tests.integration.booking_town import BERLIN, MINUTES, NOW, WORKING_DAYS, build, office, pool
from tests.integration.waiting_people import TOMORROW, entry, join, one_place_a_day, states, wanting

CROWD = 501
"""One more than a freed day looked at, when it looked at those whom it doesn't fit, too."""
PEOPLE = 60
"""Of all kinds."""
MOSTLY_FREE = 0.7
"""Of a day's cells, so that the gaps are short and many."""
CELL_MINUTES = 5
WAYS: list[list[Way]] = [["call"], ["sms"], ["call", "email"]]
EVERY_DAY: list[Weekday] = [*WORKING_DAYS, "saturday", "sunday"]


async def crowd(conn: Connection, reference: str, people: int) -> None:
    """Let so many more ask for the same as this one, after them."""
    await conn.execute(
        """
        WITH more AS (
            INSERT INTO waiting_entry
                   (id, reference, secret_hash, codes, quantities, persons, channel, offices, first_day,
                    last_day, weekdays, opens, closes, notice_hours, ways, asked_at, lapses_at, looked_at)
            SELECT gen_random_uuid(), reference || n, secret_hash, codes, quantities, persons, channel,
                   offices, first_day, last_day, weekdays, opens, closes, notice_hours, ways, asked_at,
                   lapses_at, looked_at
              FROM waiting_entry CROSS JOIN generate_series(1, $2) AS n
             WHERE id = $1
            RETURNING id
        )
        INSERT INTO waiting_contact (entry_id, name, phone, language, confirm_by, remind)
        SELECT more.id, 'Jemand', '+4942136188880', 'de', '{}', false FROM more
        """,
        (await entry(conn, reference)).id,
        people,
    )


@pytest.mark.parametrize(
    "unsuitable",
    [
        wanting(hours=DayHours("08:05", "12:00")),
        wanting(notice=24),
        wanting("family"),
        replace(wanting(), channel="online", ways=["email"]),
    ],
    ids=["other hours", "longer notice", "too long", "what the web may not take"],
)
async def test_behind_a_crowd_whom_it_does_not_fit_the_place_finds_whom_it_fits(
    conn: Connection, unsuitable: WaitingRequest
) -> None:
    (booked,) = await one_place_a_day(conn)
    await crowd(conn, await join(conn, unsuitable), CROWD)
    suited = await join(conn)
    await service.cancel(conn, NOW, booked)
    assert await states(conn, suited) == ["offered"]


async def test_a_turn_goes_on_where_a_transaction_had_to_stop_before_it_came_to_who_waits(
    conn: Connection, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (booked,) = await one_place_a_day(conn)
    asked_elsewhere = [await join(conn) for _ in range(3)]
    suited = await join(conn)
    monkeypatch.setattr("queue_service.booking.waiting_offers.CANDIDATES_READ", 1)
    monkeypatch.setattr("queue_service.booking.waiting_offers.CANDIDATES_AT_MOST", 1)
    other = await connect(dsn)
    async with other.transaction():
        for reference in asked_elsewhere:
            assert await waiting_store.claim_entry(other, (await entry(conn, reference)).id)
        await service.cancel(conn, NOW, booked)
        assert await states(conn, suited) == ["waiting"]
        await waiting_list.look_for_places(conn, NOW + timedelta(seconds=20))
    await other.close()
    assert await states(conn, *asked_elsewhere, suited) == ["waiting"] * 3 + ["offered"]


def people_of_all_kinds(day: date, chance: random.Random) -> list[WaitingRequest]:
    hours = [
        DayHours(clock_of(first), clock_of(first + chance.randrange(1, 500)))
        for first in (chance.randrange(900) for _ in range(PEOPLE))
    ]
    return [
        wanting(
            chance.choice(["passport", "certificate", "family"]),
            first=day,
            last=day,
            hours=asked,
            notice=chance.randrange(48),
            ways=chance.choice(WAYS),
            weekdays=chance.choice([[], [day.isoweekday()], [day.isoweekday() % 7 + 1]]),
        )
        for asked in hours
    ]


@pytest.mark.parametrize("day", [TOMORROW, date(2027, 3, 28), date(2028, 10, 29)], ids=str)
async def test_the_database_finds_just_those_whom_the_rule_would_give_a_place(
    conn: Connection, day: date
) -> None:
    """Also on the days on which clocks change."""
    now = datetime(day.year, day.month, day.day, 6, tzinfo=UTC) - timedelta(days=1)
    chance = random.Random(day.toordinal())  # noqa: S311  # the same people every time
    setup = office("mitte", pool(span=Span(4 * 60, 14 * 60), weekdays=EVERY_DAY))
    (mitte,) = await build(conn, setup, now=now)
    key = (await conn.fetchval("SELECT id FROM pool WHERE office_id = $1", mitte.id), day)
    staffed = await waiting_store.free_cells(conn, key, level_of("counter"))
    await conn.execute("UPDATE pool_day SET planes = '{}'")
    people = [await join(conn, who, now) for who in people_of_all_kinds(day, chance)]
    free = staffed & cells_where(chance.random() < MOSTLY_FREE for _ in range(DAY_CELLS))
    bits = [BitString.from_int(free, DAY_CELLS)]
    await conn.execute("UPDATE pool_day SET planes = $1 WHERE pool_id = $2 AND day = $3", bits, *key)
    found = await waiting_store.candidates(conn, key, day_clock(now, BERLIN, day), after=0, most=PEOPLE)
    fitting = [
        kept.reference
        for kept in [await entry(conn, reference) for reference in people]
        if place_for(kept.wishes, now, BERLIN, day, free, MINUTES[kept.codes[0]] // CELL_MINUTES)
    ]
    assert [one.reference for one in found] == fitting
    assert 0 < len(fitting) < PEOPLE
