"""Alarms: help comes without the hall's knowing, nobody is called into a hall that is paused or left."""

from collections.abc import Sequence
from datetime import datetime

import pytest

from queue_service.accounts.model import DeviceProfile, Role
from queue_service.emergency import service as emergency
from queue_service.emergency.model import Alarm, HallAlarmKind
from queue_service.offices.catalogue import Office
from queue_service.platform import errors
from queue_service.platform.database import Database
from queue_service.platform.queries import Connection
from queue_service.queueing import service
from queue_service.queueing.calling import Called
from queue_service.queueing.model import FoundCounter
from queue_service.queueing.service import Actor
from queue_service.queueing.told_waits import ToldWait
from tests.integration.counter_hall import SERVICE, issue, issue_many, open_counters
from tests.integration.crossing import OFFICES_VERSION, Verb, crossed
from tests.integration.documented_answers import read_document
from tests.integration.open_screen import open_desk, open_display, open_kiosk
from tests.integration.running_service import RunningService

COUNTERS = 16
HALL = "/api/v1/offices/bsc-mitte/hall"
ALARMS = "/api/v1/offices/bsc-mitte/alarms"
TICKETS = "/api/v1/offices/bsc-mitte/tickets"


def closing(now: datetime, office: Office, kind: HallAlarmKind, lead: str) -> Verb:
    return lambda conn: emergency.close_hall(conn, now, office.id, kind, lead)


def calls(now: datetime, seats: Sequence[tuple[FoundCounter, Actor]]) -> list[Verb]:
    return [
        lambda conn, counter=counter, clerk=clerk: service.call_next(conn, now, counter, clerk)  # type: ignore[misc]
        for counter, clerk in seats
    ]


async def _pause_and_calls_cross(
    database: Database, conn: Connection, now: datetime, office: Office
) -> tuple[list[object], list[object]]:
    """Two team leads pause while everybody calls: all have looked at the hall before anybody is through."""
    seats = await open_counters(conn, now, office, COUNTERS)
    await issue_many(database, now, office, COUNTERS)
    leads = [closing(now, office, "pause", f"staff:lead{number}") for number in (1, 2)]
    answers = await crossed(database, OFFICES_VERSION, office.id, leads, calls(now, seats))
    return answers[:2], answers[2:]


async def test_no_call_comes_after_the_pause_that_crossed_it(
    conn: Connection, database: Database, now: datetime, bsc_mitte: Office
) -> None:
    pauses, called = await _pause_and_calls_cross(database, conn, now, bsc_mitte)
    first, second = pauses
    assert isinstance(first, Alarm)
    assert first == second, "both team leads see the one pause"
    assert all(isinstance(answer, errors.HallClosed) for answer in called)
    kinds = [row["kind"] for row in await conn.fetch("SELECT kind FROM change ORDER BY version DESC LIMIT 1")]
    assert kinds == ["hall.paused"]


async def test_negative_control_without_the_check_at_the_version_calls_come_after_the_pause(
    conn: Connection, database: Database, now: datetime, bsc_mitte: Office
) -> None:
    await conn.execute("ALTER TABLE change DISABLE TRIGGER hall_open_check")
    _, called = await _pause_and_calls_cross(database, conn, now, bsc_mitte)
    assert any(isinstance(answer, Called) for answer in called)


async def test_a_call_for_help_reaches_colleagues_and_looks_like_nothing_to_the_hall(
    running_service: RunningService, conn: Connection, now: datetime, bsc_mitte: Office
) -> None:
    [(_, clerk)] = await open_counters(conn, now, bsc_mitte, 1)
    display_token = await running_service.device_token(DeviceProfile.DISPLAY, bsc_mitte.slug)
    kiosk_token = await running_service.device_token(DeviceProfile.KIOSK, bsc_mitte.slug)
    desk_token = await running_service.staff_token(Role.CLERK, office=bsc_mitte.slug)
    async with (
        open_display(running_service, display_token) as display,
        open_kiosk(running_service, kiosk_token) as kiosk,
        open_desk(running_service, desk_token, bsc_mitte.slug) as desk,
    ):
        async with conn.transaction():
            alarm = await emergency.call_for_help(conn, now, bsc_mitte.id, clerk.key, clerk.user_id)
        frames = [str(await screen.socket.recv()) for screen in (display, kiosk)]
        await desk.read_until(display.state.version + 1)
    assert desk.state.alarms == [alarm]
    assert alarm.counter == "bsc-mitte.1"
    for frame in frames:
        assert '"type":"unchanged"' in frame
        assert not any(secret in frame for secret in ("alarm", clerk.key, "bsc-mitte.1"))


async def test_whoever_raised_an_alarm_or_a_lead_ends_it_and_the_first_who_comes_stands_in_it(
    conn: Connection, now: datetime, bsc_mitte: Office
) -> None:
    office = bsc_mitte.id
    async with conn.transaction():
        alarm = await emergency.call_for_help(conn, now, office, "staff:1", None)
        assert await emergency.call_for_help(conn, now, office, "staff:1", None) == alarm
        first = await emergency.acknowledge(conn, now, office, int(alarm.id), "staff:2")
        assert await emergency.acknowledge(conn, now, office, int(alarm.id), "staff:3") == first
        assert first.acknowledged_by == "staff:2"
        with pytest.raises(errors.NotPermitted):
            await emergency.end_help(conn, now, office, int(alarm.id), "staff:2", leads=False)
        ended = await emergency.end_help(conn, now, office, int(alarm.id), "staff:1", leads=False)
        assert ended.ended_by == "staff:1"
        with pytest.raises(errors.AlarmOver):
            await emergency.acknowledge(conn, now, office, int(alarm.id), "staff:3")
        # Nobody may end an evacuation by the way of a call for help.
        leave = await emergency.close_hall(conn, now, office, "leave", "staff:4")
        with pytest.raises(errors.AlarmNotFound):
            await emergency.end_help(conn, now, office, int(leave.id), "staff:4", leads=True)


async def test_in_a_pause_the_wait_is_unknown_because_of_it_and_known_again_afterwards(
    conn: Connection, now: datetime, bsc_mitte: Office
) -> None:
    await open_counters(conn, now, bsc_mitte, 1)

    async def reasons() -> set[str | None]:
        issued = await issue(conn, now, bsc_mitte)
        followed = await service.follow(conn, now, issued.token)
        hall = await service.read_hall(conn, bsc_mitte)
        told = [hall.wait_for_anyone({SERVICE: 15}), hall.wait_for(SERVICE, {SERVICE: 15})]
        figures = (await service.waiting_figures(conn))[bsc_mitte.slug]
        told.append(ToldWait(figures.wait, figures.wait_reason))
        return {issued.wait_reason, followed.wait_reason, *(wait.reason for wait in told)}

    assert await reasons() == {None}
    await emergency.close_hall(conn, now, bsc_mitte.id, "pause", "staff:1")
    assert await reasons() == {"hall_paused"}


async def test_in_a_pause_numbers_go_on_and_calls_do_not(
    running_service: RunningService, conn: Connection, now: datetime, bsc_mitte: Office
) -> None:
    waiting, called = [await issue(conn, now, bsc_mitte) for _ in range(2)]
    [token, other] = await running_service.clerks(2, "bsc-mitte")
    lead_token = await running_service.staff_token(Role.SUPERVISOR, office="bsc-mitte")
    kiosk_token = await running_service.device_token(DeviceProfile.KIOSK, "bsc-mitte")
    async with (
        running_service.client(token) as clerk,
        running_service.client(other) as colleague,
        running_service.client(lead_token) as lead,
        running_service.client(kiosk_token) as kiosk,
    ):
        documented = await read_document(kiosk)
        for number, person in ((1, clerk), (2, colleague)):
            await person.post(f"/api/v1/counters/bsc-mitte.{number}/open")
        await clerk.post("/api/v1/counters/bsc-mitte.1/call", json={"ticket": str(called.id)})
        assert (await lead.post(f"{HALL}/pause")).json()["hall"] == "paused"
        assert (await kiosk.post(TICKETS, json={"service": SERVICE})).status_code == 201
        refused = [
            await colleague.post("/api/v1/counters/bsc-mitte.2/call-next"),
            await colleague.post("/api/v1/counters/bsc-mitte.2/call", json={"ticket": str(waiting.id)}),
            await clerk.post(f"/api/v1/tickets/{called.id}/recall"),
        ]
        # Who leaves need not come back for a pause: both end on their own.
        await lead.post(f"{HALL}/leave")
        refused.append(await kiosk.post(TICKETS, json={"service": SERVICE}))
        assert (await lead.post(f"{HALL}/resume", json={"ends": "pause"})).json()["hall"] == "leave"
        refused.append(await colleague.post("/api/v1/counters/bsc-mitte.2/call-next"))
        assert (await lead.post(f"{HALL}/resume", json={"ends": "leave"})).json()["hall"] == "open"
        assert (await colleague.post("/api/v1/counters/bsc-mitte.2/call-next")).status_code == 200
    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(409, "hall_closed")] * 5
    assert [answer.json()["hall"] for answer in refused] == ["paused"] * 3 + ["leave"] * 2
    assert [fault for answer in refused if (fault := documented.fault(answer))] == []
