"""Waits are told from the last forecast, which follows the hall, lapses when nobody renews it, and learns."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import msgspec
import pytest

from queue_service.accounts.model import DeviceProfile
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.platform import errors
from queue_service.platform.database import Database
from queue_service.platform.queries import Connection
from queue_service.queueing import forecast_store, forecasting, service
from queue_service.queueing.forecast_process import ForecastProcess
from queue_service.queueing.told_waits import ToldWait
from tests.integration.counter_hall import OTHER_SERVICE, SERVICE, issue, open_counters
from tests.integration.open_screen import open_display, open_kiosk
from tests.integration.running_service import RunningService, run_service

NOON_IS_NEAR = timedelta(hours=1)
A_WHILE = timedelta(seconds=10)


@pytest.fixture
async def process() -> AsyncIterator[ForecastProcess]:
    """The process that plays halls."""
    process = await ForecastProcess.start()
    yield process
    await process.close()


async def test_what_is_told_with_a_number_is_what_was_forecast(
    conn: Connection, now: datetime, bsc_mitte: Office, process: ForecastProcess
) -> None:
    simple = await issue(conn, now, bsc_mitte)
    assert (simple.wait, simple.wait_reason) == (None, "no_counter_open")
    await open_counters(conn, now, bsc_mitte, 1)
    for _ in range(6):
        await issue(conn, now, bsc_mitte)
    assert await forecasting.one_round(conn, now, process) >= 1
    told = (await service.read_hall(conn, bsc_mitte)).forecast
    assert told is not None
    later = now + A_WHILE
    issued = await issue(conn, later, bsc_mitte)
    assert issued.wait is not None
    assert issued.wait == told.services[SERVICE].wait
    followed = await service.follow(conn, later, issued.token)
    assert followed.wait == issued.wait
    # The first in the queue has a wait of its own, and a shorter one.
    first = await service.follow(conn, later, simple.token)
    assert first.wait is not None
    assert first.wait.high_minutes < issued.wait.low_minutes


async def test_a_forecast_that_nobody_renews_gives_way_to_the_simple_estimate(
    conn: Connection, now: datetime, bsc_mitte: Office, process: ForecastProcess
) -> None:
    await open_counters(conn, now, bsc_mitte, 1)
    await issue(conn, now, bsc_mitte)
    await forecasting.one_round(conn, now, process)
    # A forecast that nothing else would say.
    await conn.execute(
        """
        UPDATE wait_forecast
           SET body = jsonb_set(body, '{newcomers,walk_in}',
                                (SELECT jsonb_agg('{"wait": {"low_minutes": 70, "high_minutes": 90}}'::jsonb)
                                   FROM jsonb_array_elements(body -> 'newcomers' -> 'walk_in')))
         WHERE office_id = $1
        """,
        bsc_mitte.id,
    )
    young = await issue(conn, now + A_WHILE, bsc_mitte)
    old = await issue(conn, now + timedelta(minutes=3), bsc_mitte)
    assert young.wait is not None
    assert old.wait is not None
    assert (young.wait.low_minutes, old.wait.low_minutes < 70) == (70, True)
    assert await forecasting.lapse_forecasts(conn, now + timedelta(minutes=1)) == 0
    assert await forecasting.lapse_forecasts(conn, now + timedelta(minutes=3)) >= 1
    assert (await service.read_hall(conn, bsc_mitte)).forecast is None


async def test_anybody_reads_the_wait_that_the_displays_have(
    conn: Connection, now: datetime, bsc_mitte: Office, process: ForecastProcess
) -> None:
    minutes = {
        offered.code: offered.minutes for offered in await offices.list_offered_services(conn, bsc_mitte)
    }

    async def read() -> ToldWait:
        figures = (await service.waiting_figures(conn))[bsc_mitte.slug]
        hall = await service.read_hall(conn, bsc_mitte)
        assert (figures.waiting, figures.open_counters) == (hall.waiting, hall.open_count)
        told = ToldWait(figures.wait, figures.wait_reason)
        assert told == hall.wait_for_anyone(minutes)
        return told

    assert (await read()).reason == "no_counter_open"
    seats = await open_counters(conn, now, bsc_mitte, 2)
    for step in range(12):
        await issue(conn, now, bsc_mitte, [SERVICE, OTHER_SERVICE][step % 2])
    await service.call_next(conn, now, *seats[0])
    simple = await read()
    await forecasting.one_round(conn, now, process)
    forecast = await read()
    assert None not in (simple.wait, forecast.wait)
    assert simple != forecast


async def test_every_screen_follows_the_forecast(
    running_service: RunningService,
    conn: Connection,
    now: datetime,
    bsc_mitte: Office,
    process: ForecastProcess,
) -> None:
    display_token = await running_service.device_token(DeviceProfile.DISPLAY, bsc_mitte.slug)
    kiosk_token = await running_service.device_token(DeviceProfile.KIOSK, bsc_mitte.slug)
    async with (
        open_display(running_service, display_token) as display,
        open_kiosk(running_service, kiosk_token) as kiosk,
    ):
        seats = await open_counters(conn, now, bsc_mitte, 2)
        for step in range(12):
            await issue(conn, now, bsc_mitte, [SERVICE, OTHER_SERVICE][step % 2])
        await service.call_next(conn, now, *seats[0])
        await forecasting.one_round(conn, now, process)
        hall = await service.read_hall(conn, bsc_mitte)
        assert hall.forecast is not None
        told = await display.read_until(hall.version)
        assert told.wait == hall.forecast.anyone.wait is not None
        await kiosk.read_until(hall.version)
        # Nothing that is told has changed: no screen is troubled.
        await forecasting.one_round(conn, now, process)
        assert (await service.read_hall(conn, bsc_mitte)).version == hall.version
        for counter, clerk in seats[1:]:
            await service.close_counter(conn, now, counter, clerk)
        await forecasting.lapse_forecasts(conn, now + timedelta(minutes=3))
        version = (await service.read_hall(conn, bsc_mitte)).version
        for screen in (display, kiosk):
            await screen.read_until(version)
        # Another process knows nothing of what came before, as after a restart.
        async with (
            run_service(running_service.dsn, running_service.clock()) as fresh,
            open_display(fresh, display_token) as fresh_display,
            open_kiosk(fresh, kiosk_token) as fresh_kiosk,
        ):
            assert display.state == fresh_display.state
            assert kiosk.state == fresh_kiosk.state


async def test_one_process_forecasts_and_the_next_takes_over(
    database: Database, conn: Connection, now: datetime, bsc_mitte: Office, process: ForecastProcess
) -> None:
    async with database.connection() as first, database.connection() as second:
        assert await forecast_store.try_to_be_alone(first)
        assert not await forecast_store.try_to_be_alone(second)
        await open_counters(conn, now, bsc_mitte, 1)
        await issue(conn, now, bsc_mitte)
        await forecasting.one_round(first, now, process)
        before = await service.read_hall(conn, bsc_mitte)
        await first.close()
        assert await forecast_store.try_to_be_alone(second)
        # What the first one made is still told, and the new one goes on from it.
        assert (await service.read_hall(conn, bsc_mitte)).forecast == before.forecast is not None
        fresh = await ForecastProcess.start()
        await forecasting.one_round(second, now, fresh)
        await fresh.close()
        assert (await service.read_hall(conn, bsc_mitte)).version == before.version


async def test_a_call_shows_whether_the_range_held_and_the_night_teaches_nothing_about_clerks(
    conn: Connection, now: datetime, bsc_mitte: Office, process: ForecastProcess
) -> None:
    seats = await open_counters(conn, now, bsc_mitte, 1)
    counter, clerk = seats[0]
    await forecasting.one_round(conn, now, process)
    issued = await issue(conn, now, bsc_mitte)
    await issue(conn, now, bsc_mitte)
    called = await service.call_next(conn, now + timedelta(minutes=40), counter, clerk)
    assert called is not None
    assert called.ticket.id == issued.id
    found = await service.find_ticket(conn, issued.id, clerk)
    await service.move_ticket(conn, now + timedelta(minutes=41), found, "start", clerk)
    await forecasting.one_round(conn, now + timedelta(minutes=41), process)
    calibration = await forecast_store.find_calibration(conn, bsc_mitte.id)
    # Forty minutes where hardly any were promised: the upper bound goes up, for all, class and hour.
    assert sorted(calibration.offsets["high"]) == ["", "class walk_in", "hour 10"]
    assert min(calibration.offsets["high"].values()) > 0
    waited = await conn.fetchval("SELECT waited FROM told_wait WHERE ticket_id = $1", issued.id)
    assert waited == 40 * 60
    found = await service.find_ticket(conn, issued.id, clerk)
    await service.finish(conn, now + timedelta(minutes=55), found, clerk)
    assert await service.learn_waits(conn, now + timedelta(days=1)) == 1
    body = await conn.fetchval("SELECT body::text FROM forecast_knowledge WHERE office_id = $1", bsc_mitte.id)
    assert SERVICE in body
    staff = await conn.fetch("SELECT id, username, display_name FROM staff_user")
    for person in staff:
        for name in (f"staff:{person['id']}", person["username"]):
            assert name not in body
    learned = await forecast_store.find_knowledge(conn, bsc_mitte.id)
    assert learned is not None
    # Whatever a person did shows in lengths alone: there is no field that could name anybody.
    assert set(msgspec.structs.asdict(learned.body)) == {
        "counter_times", "any_counter_time", "hour_factors", "pauses", "opening_delays", "no_show",
        "no_show_times", "patience", "arrivals", "appointment_no_show", "punctuality",
    }  # fmt: skip


async def test_numbers_end_with_whom_the_counters_still_reach(
    conn: Connection, now: datetime, bsc_mitte: Office, process: ForecastProcess
) -> None:
    await conn.execute(
        """
        UPDATE office SET setup = setup || '{"walk_in_stop": "forecast", "walk_ins": "opening_hours"}'
         WHERE id = $1
        """,
        bsc_mitte.id,
    )
    office = await offices.find_office(conn, bsc_mitte.slug)
    await open_counters(conn, now, office, 1)
    first = await issue(conn, now, office)
    assert first.number
    await forecasting.one_round(conn, now, process)
    await issue(conn, now, office)
    for _ in range(60):
        await issue(conn, now, office)
    await forecasting.one_round(conn, now, process)
    with pytest.raises(errors.WalkInsClosed) as closed:
        await issue(conn, now, office)
    assert closed.value.extra["reason"] == "not_served_today"
    assert closed.value.extra["next_chance_at"] > now
    # Where only the hours decide, the number is given out, and the visitor is told.
    by_hours = msgspec.structs.replace(
        office, setup=msgspec.structs.replace(office.setup, walk_in_stop="hours")
    )
    issued = await issue(conn, now, by_hours)
    assert (issued.wait, issued.wait_reason) == (None, "closes_before")


async def test_the_rest_of_the_day_is_told_as_it_was_seen_last_and_not_made_anew_each_time(
    conn: Connection, now: datetime, bsc_mitte: Office, process: ForecastProcess
) -> None:
    assert (await forecasting.outlook(conn, now, bsc_mitte)).reason == "no_forecast"
    await conn.execute(
        """UPDATE office SET setup = setup || '{"walk_ins": "opening_hours"}' WHERE id = $1""", bsc_mitte.id
    )
    office = await offices.find_office(conn, bsc_mitte.slug)
    await forecasting.forecast_office(conn, now, office.slug, process)
    assert (await forecasting.outlook(conn, now, office)).reason == "no_counter_open"
    await open_counters(conn, now, office, 1)
    for _ in range(60):
        await issue(conn, now, office)
    # Nothing was said, so it is looked again at once; what was said stands for a minute.
    await forecasting.forecast_office(conn, now, office.slug, process)
    await forecasting.forecast_office(conn, now + A_WHILE, office.slug, process)
    assert (await forecasting.outlook(conn, now, office)).made_at == now
    later = now + timedelta(minutes=1)
    await forecasting.forecast_office(conn, later, office.slug, process)
    seen = await forecasting.outlook(conn, later, office)
    assert (seen.made_at, seen.reason, seen.items[0].at) == (later, None, later)
    assert seen.closes_at is not None
    assert [point.at.minute for point in seen.items[1:3]] in ([0, 30], [30, 0])
    assert seen.items[-1].at < seen.closes_at
    assert seen.items[0].waiting.middle == 60
    # One counter doesn't serve sixty people before the evening.
    assert seen.unserved is not None
    assert seen.unserved.low > 10
    assert seen.items[0].reason == "closes_before"
    # After closing there is an outlook only as long as somebody still calls.
    evening = seen.closes_at + timedelta(minutes=5)
    assert (await forecasting.outlook(conn, evening, office)).reason == "no_forecast"
    await forecasting.forecast_office(conn, evening, office.slug, process)
    late = await forecasting.outlook(conn, evening, office)
    assert (late.closes_at, late.unserved, late.items[0].reason) == (None, None, "no_numbers")


async def test_before_a_counter_opens_the_wait_is_told_from_its_planned_opening(
    conn: Connection, now: datetime, bsc_mitte: Office, process: ForecastProcess
) -> None:
    await conn.execute(
        """
        UPDATE office
           SET setup = jsonb_set(setup, '{counters,0,hours}', '{"monday": [{"opens": 645, "closes": 780}]}')
         WHERE id = $1
        """,
        bsc_mitte.id,
    )
    await forecasting.one_round(conn, now, process)
    issued = await issue(conn, now + A_WHILE, bsc_mitte)
    # Ten o'clock: nobody is there, and counter 1 opens at a quarter to eleven.
    assert issued.wait is not None
    assert 40 <= issued.wait.low_minutes <= 45 <= issued.wait.high_minutes
    # It should be open now, and is not: nobody knows when somebody comes.
    late = now + timedelta(minutes=50)
    await forecasting.one_round(conn, late, process)
    unknown = await issue(conn, late, bsc_mitte)
    assert (unknown.wait, unknown.wait_reason) == (None, "no_counter_open")
