"""What a clerk may not do with counters is refused with its reason, over HTTP as people meet it."""

from datetime import datetime

import httpx

from queue_service.accounts import service as accounts
from queue_service.accounts.model import Role
from queue_service.offices.catalogue import Office
from queue_service.platform.queries import Connection
from queue_service.queueing import service
from tests.integration.counter_hall import SERVICE, issue
from tests.integration.running_service import RunningService

API = "/api/v1"


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_a_counter_where_somebody_sits_is_taken(running_service: RunningService) -> None:
    first, second = await running_service.clerks(2, "bsc-mitte")
    async with running_service.client(first) as one, running_service.client(second) as two:
        assert (await one.post(f"{API}/counters/bsc-mitte.1/open")).status_code == 200
        assert code(await two.post(f"{API}/counters/bsc-mitte.1/open")) == (409, "counter_taken")


async def test_nobody_is_sent_to_a_counter_that_can_never_call_them(
    running_service: RunningService, conn: Connection, now: datetime, bsc_mitte: Office
) -> None:
    await conn.execute(
        "UPDATE counter SET services = array_remove(services, (SELECT id FROM service WHERE code = $1))"
        " WHERE office_id = $2 AND number = '2'",
        SERVICE,
        bsc_mitte.id,
    )
    clerk = await running_service.staff_token(Role.CLERK, office=bsc_mitte.slug)
    ticket = await issue(conn, now, bsc_mitte)
    async with running_service.client(clerk) as client:
        refused = await client.post(f"{API}/tickets/{ticket.id}/transfer", json={"counter": "2"})
        assert code(refused) == (409, "cannot_serve")
        await conn.execute("UPDATE counter SET retired = true WHERE number = '3'")
        retired = await client.post(f"{API}/tickets/{ticket.id}/transfer", json={"counter": "3"})
        assert code(retired) == (409, "cannot_serve")
        sent = await client.post(f"{API}/tickets/{ticket.id}/transfer", json={"counter": "4"})
        assert (sent.status_code, sent.json()["counter"]) == (200, "bsc-mitte.4")


async def test_a_parked_visitor_is_resumed_at_a_counter_of_the_same_office_only(
    running_service: RunningService, conn: Connection, now: datetime, bsc_mitte: Office
) -> None:
    clerk = await running_service.staff_token(Role.CLERK, office=bsc_mitte.slug)
    await accounts.grant(conn, "clerk-1", Role.CLERK, office="bsc-nord")
    ticket = await issue(conn, now, bsc_mitte)
    async with running_service.client(clerk) as client:
        assert (await client.post(f"{API}/counters/bsc-mitte.1/open")).status_code == 200
        assert (await client.post(f"{API}/counters/bsc-mitte.1/call-next")).status_code == 200
        assert (await client.post(f"{API}/tickets/{ticket.id}/park")).status_code == 200
        assert (await client.post(f"{API}/counters/bsc-mitte.1/close")).status_code == 200
        assert (await client.post(f"{API}/counters/bsc-nord.1/open")).status_code == 200
        assert code(await client.post(f"{API}/tickets/{ticket.id}/resume")) == (409, "counter_not_open")
    assert await service.broken_invariants(conn) == []
