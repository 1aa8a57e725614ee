"""A stream lasts as long as the right to it, and no feed is lost on the way."""

import asyncio
import base64

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from queue_service.accounts import service as accounts
from queue_service.accounts.guards import resolve_token
from queue_service.accounts.model import DeviceProfile, Role
from queue_service.devices import hub, routes
from queue_service.offices.catalogue import Office
from queue_service.platform.clock import system_clock
from queue_service.platform.database import Database
from queue_service.platform.queries import Connection
from tests.integration.counter_hall import issue
from tests.integration.open_screen import open_desk, open_display
from tests.integration.running_service import RunningService

SOON = 0.02
"""Seconds between two looks at a right or a database, where a service waits longer."""
PATIENCE = 10.0
"""Seconds after which something will not happen any more, even on a busy machine."""


async def test_a_clerk_who_no_longer_works_here_loses_the_stream(
    running_service: RunningService, conn: Connection, bsc_mitte: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "RECHECK_SECONDS", SOON)
    token = await running_service.staff_token(Role.CLERK, office=bsc_mitte.slug)
    await accounts.grant(conn, "clerk-1", Role.CLERK, office="bsc-nord")
    async with open_desk(running_service, token, bsc_mitte.slug) as desk:
        await accounts.withdraw(conn, "clerk-1", Role.CLERK, office=bsc_mitte.slug)
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(desk.socket.recv(), PATIENCE)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4403


async def test_a_proxy_with_a_password_of_its_own_does_not_end_a_page_s_stream(
    running_service: RunningService,
    conn: Connection,
    bsc_mitte: Office,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(routes, "RECHECK_SECONDS", SOON)
    token = await running_service.staff_token(Role.CLERK, office=bsc_mitte.slug)
    proxy = base64.b64encode(b"proxy:secret").decode()
    address = running_service.base_url.replace("http", "ws", 1) + "/api/v1/stream?office=bsc-mitte"
    headers = {"Authorization": f"Basic {proxy}", "Cookie": f"queue_session={token}"}
    looked = asyncio.Event()

    async def look(*asked: object) -> object:
        looked.set()
        return await resolve_token(*asked)  # type: ignore[arg-type]  # passed on as they come

    monkeypatch.setattr(routes, "resolve_token", look)
    async with connect(address, additional_headers=headers) as socket, asyncio.timeout(PATIENCE):
        await socket.recv()
        await looked.wait()
        await issue(conn, running_service.clock(), bsc_mitte)
        assert '"type":"ticket.issued"' in str(await socket.recv())
        looked.clear()
        await looked.wait()
        assert socket.close_code is None


async def test_a_version_of_thousands_of_digits_is_answered_with_a_snapshot(
    running_service: RunningService, bsc_mitte: Office
) -> None:
    token = await running_service.device_token(DeviceProfile.DISPLAY, bsc_mitte.slug)
    address = running_service.base_url.replace("http", "ws", 1) + f"/api/v1/stream?since={'9' * 5000}"
    async with connect(address, additional_headers={"Authorization": f"Bearer {token}"}) as socket:
        assert '"type":"snapshot"' in str(await socket.recv())


async def test_the_last_screen_of_a_failed_feed_leaves_the_new_one_alone(
    database: Database, bsc_mitte: Office
) -> None:
    screens = hub.Hub(database, system_clock, "http://test")
    left = await screens.subscribe(bsc_mitte.id, bsc_mitte.slug, "display", None)
    failed = screens._feeds[bsc_mitte.id]
    failed.failed = True
    coming = asyncio.create_task(screens.subscribe(bsc_mitte.id, bsc_mitte.slug, "display", None))
    await asyncio.sleep(0)
    assert screens._feeds[bsc_mitte.id] is not failed
    await screens.unsubscribe(bsc_mitte.id, left)
    await coming
    assert screens.screens == 1
    await screens.close()


async def test_what_could_not_be_read_is_read_as_soon_as_it_can_be(
    database: Database,
    conn: Connection,
    bsc_mitte: Office,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hub, "RETRY_SECONDS", SOON)
    screens = hub.Hub(database, system_clock, "http://test")
    display = await screens.subscribe(bsc_mitte.id, bsc_mitte.slug, "display", None)
    assert b'"type":"snapshot"' in await display.next_message()
    await issue(conn, system_clock(), bsc_mitte)
    await database.close()
    screens.hint(bsc_mitte.id, 1)
    refused = asyncio.create_task(display.next_message())
    # Long enough to be refused, far shorter than any office's next change.
    done, _ = await asyncio.wait([refused], timeout=SOON)
    assert not done
    await database.open()
    assert b'"type":"ticket.issued"' in await asyncio.wait_for(refused, PATIENCE)
    await screens.close()


@pytest.mark.parametrize(("elsewhere", "refusal"), [("bsc-nord", 4403), ("bsc%00mitte", 4404)])
async def test_a_display_hears_nothing_of_another_office(
    running_service: RunningService, conn: Connection, bsc_mitte: Office, elsewhere: str, refusal: int
) -> None:
    token = await running_service.device_token(DeviceProfile.DISPLAY, bsc_mitte.slug)
    address = running_service.base_url.replace("http", "ws", 1) + f"/api/v1/stream?office={elsewhere}"
    async with connect(address, additional_headers={"Authorization": f"Bearer {token}"}) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == refusal
    async with open_display(running_service, token) as own:
        await issue(conn, running_service.clock(), bsc_mitte)
        await own.read()
        assert own.state.waiting == 1
