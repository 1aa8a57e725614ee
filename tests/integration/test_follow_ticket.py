"""What a ticket's own link tells its visitor, and for how long."""

from datetime import datetime, timedelta

import pytest

from queue_service.emergency import service as emergency
from queue_service.offices.catalogue import Office
from queue_service.platform import errors
from queue_service.platform.queries import Connection
from queue_service.queueing import service
from tests.integration.counter_hall import issue


async def test_it_tells_language_fetching_and_how_the_hall_is(
    conn: Connection, now: datetime, bsc_mitte: Office
) -> None:
    ticket = await issue(conn, now, bsc_mitte, language="ar", pick_up=True)
    followed = await service.follow(conn, now, ticket.token)
    assert (followed.language, followed.pick_up, followed.hall) == ("ar", True, "open")
    await emergency.close_hall(conn, now, bsc_mitte.id, "pause", "staff:1")
    assert (await service.follow(conn, now, ticket.token)).hall == "paused"


async def test_a_token_dies_with_its_day(conn: Connection, now: datetime, bsc_mitte: Office) -> None:
    ticket = await issue(conn, now, bsc_mitte)
    await service.follow(conn, now, ticket.token)
    with pytest.raises(errors.TicketNotFound):
        await service.follow(conn, now + timedelta(days=1), ticket.token)
