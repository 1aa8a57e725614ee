"""The central test of every screen: old snapshot + changes = fresh snapshot, whatever happened."""

import random
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from typing import get_args

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from queue_service.accounts.model import DeviceProfile, Role
from queue_service.emergency import service as emergency
from queue_service.emergency.model import HallAlarmKind
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.setup_model import OrderSetup
from queue_service.platform import errors
from queue_service.platform.queries import Connection
from queue_service.protocol.stream import VersionGapError
from queue_service.queueing import service
from queue_service.queueing.forecast_process import ForecastProcess
from queue_service.queueing.forecasting import forecast_office
from queue_service.queueing.hall import ChangeRecord
from queue_service.queueing.lifecycle import TICKET
from queue_service.queueing.model import FoundCounter
from queue_service.queueing.order_policy import POLICIES
from queue_service.queueing.told_waits import FRESH
from tests.integration.counter_hall import OTHER_SERVICE, SERVICE, issue, open_counters
from tests.integration.open_screen import open_desk, open_display, open_kiosk
from tests.integration.running_service import RunningService, run_service

STEPS = 120
OFTEN_AN_ALARM = 0.2
HALL_KINDS: tuple[HallAlarmKind, ...] = get_args(HallAlarmKind)
VERBS = sorted({step.verb for step in TICKET.transitions} - {"call", "transfer"})


async def _something_happens(  # noqa: C901 - a list of what may happen
    conn: Connection,
    now: datetime,
    office: Office,
    seats: list[tuple[FoundCounter, service.Actor]],
    chance: random.Random,
    process: ForecastProcess,
) -> None:
    """One random verb, legal or not; refusals are part of the day."""
    counter, clerk = chance.choice(seats)
    what = chance.choice(
        [
            "issue",
            "issue",
            "call",
            "call",
            "move",
            "move",
            "move",
            "close",
            "open",
            "transfer",
            "undo",
            "undo",
            "reorder",
            "forecast",
            "forecast",
            "lapse",
        ]
    )
    try:
        if what == "issue":
            await issue(
                conn,
                now,
                office,
                chance.choice([SERVICE, OTHER_SERVICE]),
                needs=chance.choice([[], ["level_access"]]),
            )
        elif what == "call":
            await service.call_next(conn, now, counter, clerk)
        elif what == "close":
            await service.close_counter(conn, now, counter, clerk)
        elif what == "forecast":
            await forecast_office(conn, now, office.slug, process)
        elif what == "lapse":
            await service.lapse_forecasts(conn, now + FRESH)
        else:
            ids = [row["id"] for row in await conn.fetch("SELECT id FROM ticket ORDER BY number")]
            if not ids:
                return
            found = await service.find_ticket(conn, chance.choice(ids), clerk)
            if what == "transfer":
                target = service.Target(service=OTHER_SERVICE, returns=chance.random() < 0.5)
                await service.transfer(conn, now, office, found, clerk, target)
            elif what == "undo":
                async with conn.transaction():
                    await service.undo(conn, now, found, clerk)
            elif what == "reorder":
                policy = chance.choice(list(POLICIES))
                async with conn.transaction():
                    await service.change_order(conn, now, office, OrderSetup(policy=policy))
            else:
                await service.move_ticket(conn, now, found, chance.choice(VERBS), clerk)
    except errors.QueueError:
        return


@pytest.fixture
async def process() -> AsyncIterator[ForecastProcess]:
    """The process that plays halls forward."""
    process = await ForecastProcess.start()
    yield process
    await process.close()


async def _somebody_presses_an_alarm(
    conn: Connection, now: datetime, office: Office, clerk: service.Actor, chance: random.Random
) -> None:
    """Call for help, come, pause or empty the hall; what closed it is mostly over soon."""
    kind = chance.choice(HALL_KINDS)
    with suppress(errors.QueueError):
        async with conn.transaction():
            match chance.choice(["help", "come", "end", "close", "reopen", "reopen", "reopen"]):
                case "help":
                    await emergency.call_for_help(conn, now, office.id, clerk.key, clerk.user_id)
                case "close":
                    await emergency.close_hall(conn, now, office.id, kind, clerk.key)
                case "reopen":
                    await emergency.reopen_hall(conn, now, office.id, kind, clerk.key)
                case verb:
                    for alarm in (await emergency.alarms(conn, now, office.id)).items[:1]:
                        if verb == "come":
                            await emergency.acknowledge(conn, now, office.id, int(alarm.id), clerk.key)
                        else:
                            await emergency.end_help(
                                conn, now, office.id, int(alarm.id), clerk.key, leads=True
                            )


@pytest.mark.parametrize("seed", range(3))
async def test_every_audience_ends_with_what_a_fresh_snapshot_says(
    running_service: RunningService,
    conn: Connection,
    now: datetime,
    bsc_mitte: Office,
    process: ForecastProcess,
    seed: int,
) -> None:
    seats = await open_counters(conn, now, bsc_mitte, 4)
    chance = random.Random(seed)  # noqa: S311 - a repeatable day
    display_token = await running_service.device_token(DeviceProfile.DISPLAY, bsc_mitte.slug)
    kiosk_token = await running_service.device_token(DeviceProfile.KIOSK, bsc_mitte.slug)
    desk_token = await running_service.staff_token(Role.CLERK, office=bsc_mitte.slug)
    async with (
        open_display(running_service, display_token) as display,
        open_kiosk(running_service, kiosk_token) as kiosk,
        open_desk(running_service, desk_token, bsc_mitte.slug) as desk,
    ):
        for _ in range(STEPS):
            running_service.clock.move(seconds=20)
            await _something_happens(conn, running_service.clock(), bsc_mitte, seats, chance, process)
            if chance.random() < OFTEN_AN_ALARM:
                _, clerk = chance.choice(seats)
                await _somebody_presses_an_alarm(conn, running_service.clock(), bsc_mitte, clerk, chance)
        version = await conn.fetchval("SELECT version FROM office_version WHERE office_id = $1", bsc_mitte.id)
        for screen in (display, kiosk, desk):
            await screen.read_until(version)
        assert (display.snapshots, kiosk.snapshots, desk.snapshots) == (1, 1, 1)
        assert [change.version for change in display.changes] == list(
            range(version - len(display.changes) + 1, version + 1)
        )
        # Another process knows nothing of what came before: its snapshots come from the database.
        async with (
            run_service(running_service.dsn, running_service.clock()) as fresh,
            open_display(fresh, display_token) as fresh_display,
            open_kiosk(fresh, kiosk_token) as fresh_kiosk,
            open_desk(fresh, desk_token, bsc_mitte.slug) as fresh_desk,
        ):
            assert display.state == fresh_display.state
            assert kiosk.state == fresh_kiosk.state
            assert desk.state == fresh_desk.state


async def test_a_gap_is_noticed(conn: Connection, now: datetime, bsc_mitte: Office) -> None:
    office = await offices.find_office(conn, bsc_mitte.slug)
    hall = await service.read_hall(conn, office)
    for _ in range(2):
        await issue(conn, now, office)
    changes = await service.changes_since(conn, office.id, hall.version)
    with pytest.raises(VersionGapError):
        hall.apply(changes[1])
    for change in changes:
        assert isinstance(change, ChangeRecord)
        hall.apply(change)
    assert hall == await service.read_hall(conn, office)


async def test_a_display_is_told_neither_service_nor_ticket(
    running_service: RunningService, conn: Connection, now: datetime, bsc_mitte: Office
) -> None:
    seats = await open_counters(conn, now, bsc_mitte, 1)
    token = await running_service.device_token(DeviceProfile.DISPLAY, bsc_mitte.slug)
    async with open_display(running_service, token) as display:
        issued = await issue(conn, now, bsc_mitte)
        await service.call_next(conn, now, *seats[0])
        frames = [str(await display.socket.recv()) for _ in range(2)]
    told = " ".join(frames)
    assert issued.number in frames[1]
    for secret in (SERVICE, str(issued.id), issued.token, "staff:"):
        assert secret not in told


async def test_a_screen_back_after_a_blink_is_told_what_it_missed(
    running_service: RunningService, conn: Connection, now: datetime, bsc_mitte: Office
) -> None:
    token = await running_service.device_token(DeviceProfile.DISPLAY, bsc_mitte.slug)
    async with open_display(running_service, token) as stays:
        known = stays.state.version
        for _ in range(3):
            await issue(conn, now, bsc_mitte)
        await stays.read_until(known + 3)
        address = running_service.base_url.replace("http", "ws", 1) + "/api/v1/stream"
        async with connect(address) as socket:
            await socket.send(f'{{"type":"hello","token":"{token}","since":{known}}}')
            frames = [str(await socket.recv()) for _ in range(3)]
    assert [f'"version":{known + step}' in frame for step, frame in enumerate(frames, start=1)] == [True] * 3
    assert all('"type":"ticket.issued"' in frame for frame in frames)


async def test_a_listener_that_was_killed_is_replaced_and_nothing_is_lost(
    running_service: RunningService, conn: Connection, now: datetime, bsc_mitte: Office
) -> None:
    token = await running_service.device_token(DeviceProfile.DISPLAY, bsc_mitte.slug)
    async with open_display(running_service, token) as display:
        version = display.state.version
        killed = await conn.fetchval(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query ILIKE 'LISTEN%'"
        )
        assert killed == 1
        # A burst while nobody listens: only the re-read after the reconnect can tell of it.
        for _ in range(25):
            await issue(conn, now, bsc_mitte)
        state = await display.read_until(version + 25)
        assert state.waiting == 25
        assert display.snapshots == 1
        await running_service.app.state.feed.connected.wait()
        await issue(conn, now, bsc_mitte)
        assert (await display.read_until(version + 26)).waiting == 26


async def test_two_service_processes_tell_their_screens_the_same(
    running_service: RunningService, conn: Connection, bsc_mitte: Office
) -> None:
    token = await running_service.device_token(DeviceProfile.DISPLAY, bsc_mitte.slug)
    kiosk = await running_service.device_token(DeviceProfile.KIOSK, bsc_mitte.slug)
    async with (
        run_service(running_service.dsn, running_service.clock()) as other,
        open_display(running_service, token) as here,
        open_display(other, token) as there,
        other.client(kiosk) as client,
    ):
        answer = await client.post("/api/v1/offices/bsc-mitte/tickets", json={"service": SERVICE})
        assert answer.status_code == 201
        version = await conn.fetchval("SELECT version FROM office_version WHERE office_id = $1", bsc_mitte.id)
        assert await here.read_until(version) == await there.read_until(version)
        assert here.state.waiting == 1


async def test_a_revoked_token_opens_no_stream(
    running_service: RunningService, conn: Connection, bsc_mitte: Office
) -> None:
    token = await running_service.device_token(DeviceProfile.DISPLAY, bsc_mitte.slug)
    await conn.execute("UPDATE device SET revoked_at = $1", running_service.clock())
    with pytest.raises((ConnectionClosed, InvalidStatus)):
        async with open_display(running_service, token):
            pass
