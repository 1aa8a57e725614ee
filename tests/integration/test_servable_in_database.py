"""What is said of whom no open counter can call is what the database does when every counter calls."""

import random
from datetime import datetime

import pytest
from prometheus_client import REGISTRY

from queue_service.offices.catalogue import Office
from queue_service.platform.queries import Connection
from queue_service.queueing import service, stuck
from queue_service.queueing.stuck import StuckWatch
from tests.conftest import LoggedBy
from tests.integration.counter_hall import OTHER_SERVICE, SERVICE, issue, open_counters

OFFICE = "bsc-mitte"
TICKETS = 30
COUNTERS = 4


@pytest.mark.parametrize("seed", range(2))
async def test_those_reported_as_stuck_are_those_whom_nobody_calls(
    conn: Connection, now: datetime, bsc_mitte: Office, logged_by: LoggedBy, seed: int
) -> None:
    await issue(conn, now, bsc_mitte)
    # Before the doors open it is nobody's fault that nobody can be called.
    assert (await StuckWatch().count_stuck(conn, now))[OFFICE] == []
    chance = random.Random(seed)  # noqa: S311 - a repeatable hall
    seats = await open_counters(conn, now, bsc_mitte, COUNTERS)
    for place, (counter, clerk) in enumerate(seats):
        await service.open_counter(conn, now, counter, [chance.choice([SERVICE, OTHER_SERVICE])], clerk)
        if place == 0:
            await service.pause_counter(conn, now, counter, clerk)
    for _ in range(TICKETS):
        issued = await issue(
            conn,
            now,
            bsc_mitte,
            chance.choice([SERVICE, OTHER_SERVICE, "fuehrungszeugnis"]),
            needs=chance.choice([[], ["level_access"], ["closed_room"], ["interpreter"]]),
            further_services=chance.choice([[], [OTHER_SERVICE]]),
            together=chance.random() < 0.5,
        )
        counter, clerk = chance.choice(seats)
        await conn.execute(
            "UPDATE ticket SET counter_id = $1, clerk_id = $2 WHERE id = $3",
            chance.choice([None, None, counter.id]),
            chance.choice([None, None, clerk.user_id]),
            issued.id,
        )

    reported = (await service.queue(conn, now, bsc_mitte)).unservable
    watch = StuckWatch()
    logged = logged_by(stuck)
    assert sorted((await watch.count_stuck(conn, now))[OFFICE]) == sorted(reported)
    await watch.count_stuck(conn, now)
    assert [line["numbers"] for line in logged] == [sorted(reported)]
    assert REGISTRY.get_sample_value("queue_service_unservable_tickets", {"office": OFFICE}) == len(reported)
    assert 0 < len(reported) < TICKETS

    for counter, clerk in seats[1:]:
        while called := await service.call_next(conn, now, counter, clerk):
            found = await service.find_ticket(conn, called.ticket.id, clerk)
            await service.move_ticket(conn, now, found, "park", clerk)
    left = [ticket.number for ticket in (await service.queue(conn, now, bsc_mitte)).items]
    assert sorted(left) == sorted(reported)
