"""A visitor calls from the kiosk: one open call a device, one colleague who comes, nothing left over."""

from datetime import datetime, timedelta
from pathlib import Path

import aiosql
import pytest

from queue_service.accounts.model import DeviceProfile, Role
from queue_service.devices import tokens
from queue_service.help_requests import service, store
from queue_service.help_requests.model import HelpRequest
from queue_service.offices.catalogue import Office
from queue_service.platform.database import Database
from queue_service.platform.queries import Connection, sql_directory
from queue_service.protocol.help_request import HelpCall
from tests.integration.crossing import OFFICES_VERSION, Verb, crossed
from tests.integration.open_screen import open_kiosk
from tests.integration.running_service import RunningService

COLLEAGUES = 8
HELP = "/api/v1/device/help"
REQUESTS = "/api/v1/offices/bsc-mitte/help-requests"


async def kiosk(conn: Connection, now: datetime, office: Office) -> int:
    async with conn.transaction():
        return (await tokens.make(conn, now, office.slug, DeviceProfile.KIOSK, "Eingang links")).id


async def everybody_comes(database: Database, conn: Connection, now: datetime, office: Office) -> set[str]:
    """All colleagues press at once; give what the service has told each that it was them."""
    device = await kiosk(conn, now, office)
    async with conn.transaction():
        await service.ask(conn, now, office.id, device)
    [request] = (await service.open_requests(conn, now, office.id)).items
    verbs: list[Verb] = [
        lambda own, actor=f"staff:{number}": service.acknowledge(own, now, office.id, int(request.id), actor)  # type: ignore[misc]
        for number in range(COLLEAGUES)
    ]
    answers = await crossed(database, OFFICES_VERSION, office.id, verbs)
    assert len(answers) == COLLEAGUES
    return {
        str(answer.acknowledged_by) if isinstance(answer, HelpRequest) else repr(answer) for answer in answers
    }


async def test_of_all_who_come_at_once_one_stands_in_the_call_and_the_others_are_told_who(
    conn: Connection, database: Database, now: datetime, bsc_mitte: Office
) -> None:
    assert len(await everybody_comes(database, conn, now, bsc_mitte)) == 1
    told = await conn.fetchval("SELECT count(*) FROM change WHERE kind = 'help.coming'")
    assert told == 1


async def test_negative_control_without_the_state_in_the_statement_each_is_told_it_was_them(
    conn: Connection,
    database: Database,
    now: datetime,
    bsc_mitte: Office,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    guard = "AND id = :request_id AND state = 'waiting'"
    text = (sql_directory() / "queries" / "help_requests.sql").read_text()
    assert text.count(guard) == 1
    faulty = tmp_path / "help_requests.sql"
    faulty.write_text(text.replace(guard, "AND id = :request_id"))
    monkeypatch.setattr(store, "_queries", aiosql.from_path(faulty, "asyncpg"))
    assert len(await everybody_comes(database, conn, now, bsc_mitte)) > 1


async def test_a_call_is_heard_by_staff_alone_answered_and_told_to_the_kiosk(
    running_service: RunningService, conn: Connection, bsc_mitte: Office
) -> None:
    device_token = await running_service.device_token(DeviceProfile.KIOSK, bsc_mitte.slug)
    staff_token = await running_service.staff_token(Role.RECEPTION, office=bsc_mitte.slug)
    async with (
        running_service.client(device_token) as device,
        running_service.client(staff_token) as staff,
        open_kiosk(running_service, device_token) as screen,
    ):
        assert (await device.get(HELP)).json()["state"] is None
        asked = await device.post(HELP)
        assert (asked.status_code, asked.json()["state"]) == (201, "waiting")
        assert '"type":"unchanged"' in str(await screen.socket.recv())
        assert (await device.post(HELP)).json() == asked.json()
        [call] = (await staff.get(REQUESTS)).json()["items"]
        assert not call["unanswered"]
        await staff.post(f"{REQUESTS}/{call['id']}/acknowledge")
        assert (await device.get(HELP)).json()["state"] == "coming"
        await staff.post(f"{REQUESTS}/{call['id']}/finish")
        assert (await device.get(HELP)).json()["state"] == "done"
        assert (await staff.get(REQUESTS)).json()["items"] == []
        unknown = await staff.post(f"{REQUESTS}/999/acknowledge")
        assert unknown.json()["code"] == "help_request_not_found"
    kinds = [row["kind"] for row in await conn.fetch("SELECT kind FROM change ORDER BY version DESC LIMIT 3")]
    assert kinds == ["help.done", "help.coming", "help.asked"]


async def test_a_call_that_nobody_answers_is_marked_and_one_that_nobody_ends_does_not_silence_the_next(
    conn: Connection, now: datetime, bsc_mitte: Office
) -> None:
    device = await kiosk(conn, now, bsc_mitte)
    async with conn.transaction():
        await service.ask(conn, now, bsc_mitte.id, device)
    for later, unanswered in ((timedelta(minutes=3), False), (timedelta(minutes=3, seconds=1), True)):
        [call] = (await service.open_requests(conn, now + later, bsc_mitte.id)).items
        assert call.unanswered == unanswered
    await service.end_left_over(conn, now + service.ENDED_AFTER)
    assert len((await service.open_requests(conn, now, bsc_mitte.id)).items) == 1
    evening = now + service.ENDED_AFTER + timedelta(seconds=1)
    await service.end_left_over(conn, evening)
    assert (await service.open_requests(conn, evening, bsc_mitte.id)).items == []
    async with conn.transaction():
        assert await service.ask(conn, evening, bsc_mitte.id, device) == HelpCall("waiting", evening)
    await service.forget(conn, evening + service.KEPT + timedelta(seconds=1))
    assert await conn.fetchval("SELECT count(*) FROM help_request") == 1
