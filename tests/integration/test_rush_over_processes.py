"""A rush over several service processes, one of which dies in it: as many get a place as there are."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from queue_service.accounts import service as accounts
from queue_service.accounts import store
from queue_service.accounts.model import Role
from queue_service.invariants import find_broken_invariants
from queue_service.platform.queries import Connection
from tests.integration.booking_town import NOW, at, build, day_after, office, pool
from tests.integration.running_service import stored_password
from tests.integration.service_processes import ServiceProcess, service_processes

ATTEMPTS = 500
PLACES = 40
PROCESSES = 3
APPOINTMENTS = "/api/v1/appointments"
NINE, TEN = at(9, day=day_after(1)), at(10, day=day_after(1))
PAUSE_SECONDS = 0.05


def booking(start: datetime) -> dict[str, Any]:
    """Ask for a passport at the counter, as an agent does for a caller."""
    return {
        "office": "mitte",
        "services": [{"service": "passport"}],
        "start": start.isoformat(),
        "channel": "phone",
        "contact": {"name": "Erika Mustermann"},
    }


async def agent(conn: Connection) -> str:
    """Give the token of somebody at the hotline, known to all processes."""
    user_id = await store.create_user(conn, "agent", "Test Agent", stored_password(), NOW)
    await accounts.grant(conn, "agent", Role.AGENT, office=None, authority=None)
    return (await accounts._start_session(conn, NOW, user_id, stored_password())).token


class Rush:
    """Callers who want the same place, and what became of their requests."""

    def __init__(self, processes: Sequence[ServiceProcess], victim: ServiceProcess) -> None:
        self.processes = processes
        self.victim = victim
        self.answered: list[str] = []
        """References of all that were answered with 201."""
        self.refused = 0
        self.unanswered = 0

    async def attempt(self, nth: int) -> None:
        """Ask one process after another, with one key, until there is an answer."""
        turn = nth
        while True:
            asked = self.processes[turn % len(self.processes)]
            try:
                status, answer = await asked.post(APPOINTMENTS, booking(NINE), f"caller-{nth}")
            except OSError:
                assert asked is self.victim, "only one process was killed"
                self.unanswered += 1
                turn += 1
                continue
            if answer.get("code") != "in_progress":
                break
            # The database has not noticed yet that the process is dead.
            await asyncio.sleep(PAUSE_SECONDS)
        if status == HTTPStatus.CREATED:
            self.answered.append(answer["reference"].replace("-", ""))
            if asked is self.victim:
                # With its first answer, while it is at work on a hundred others.
                self.victim.kill()
        else:
            assert (status, answer["code"]) == (409, "slot_taken"), answer
            self.refused += 1


async def references(conn: Connection, start: datetime) -> list[str]:
    rows = await conn.fetch(
        "SELECT reference FROM appointment WHERE starts_at = $1 AND state = 'booked' ORDER BY reference",
        start,
    )
    return [row["reference"] for row in rows]


async def until_made(conn: Connection, start: datetime) -> list[str]:
    """Wait until somebody has booked."""
    while True:
        if made := await references(conn, start):
            return made
        await asyncio.sleep(PAUSE_SECONDS)  # a bounded poll of the database, not a guess at time


async def test_of_500_attempts_over_three_processes_as_many_win_as_there_are_places_though_one_is_killed(
    conn: Connection, dsn: str, tmp_path: Path
) -> None:
    await build(conn, office("mitte", pool(counters=PLACES)))
    token = await agent(conn)
    async with service_processes(PROCESSES, dsn, NOW, token, tmp_path) as processes:
        victim, *others = processes
        # Its answer is lost on the way: the booking is made, and the caller has not heard of it.
        async with victim.asked_in_vain(APPOINTMENTS, booking(TEN), "lost"):
            made = await until_made(conn, TEN)

        rush = Rush(processes, victim)
        await asyncio.gather(*(rush.attempt(nth) for nth in range(ATTEMPTS)))
        assert (len(rush.answered), rush.refused) == (PLACES, ATTEMPTS - PLACES)
        assert sorted(rush.answered) == await references(conn, NINE)
        assert rush.unanswered > 0

        for other in others:
            status, again = await other.post(APPOINTMENTS, booking(TEN), "lost")
            assert (status, [again["reference"].replace("-", "")]) == (HTTPStatus.CREATED, made)
        assert await references(conn, TEN) == made
        # The control: without its key, the same repeat is a second booking.
        await others[0].post(APPOINTMENTS, booking(TEN))
        assert len(await references(conn, TEN)) == 2
    assert await find_broken_invariants(conn, NOW) == []
