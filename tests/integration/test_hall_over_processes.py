"""64 windows of 16 clerks do everything at once over several processes, one of which dies: all is kept."""

import asyncio
from datetime import datetime
from pathlib import Path

from queue_service.accounts import service as accounts
from queue_service.accounts import store
from queue_service.accounts.model import Role
from queue_service.invariants import find_broken_invariants
from queue_service.platform.queries import Connection
from tests.integration.crossing import detect_deadlocks_soon
from tests.integration.crowded_hall import OFFICE, Crowd
from tests.integration.running_service import stored_password
from tests.integration.service_processes import service_processes
from tests.integration.visit_history import broken_histories, gaps

PROCESSES, COUNTERS, WINDOWS, ACTIONS = 3, 16, 64, 6
WAITING = 40
"""Before the windows begin, so that there is somebody to call."""
ANSWERS_BEFORE_DEATH = 200
EVENT_OF_VERB = {"no-show": "no_show"}
COUNTED = (
    "issue",
    "call",
    "start",
    "recall",
    "no-show",
    "resume",
    "requeue",
    "transfer",
    "cancel",
    "undo",
    "send_on",
)
"""Of the others, one answer may stand for two steps, or for one of two."""

VERSIONS_FROM_A_SEQUENCE = """
CREATE SEQUENCE careless_version;
SELECT setval('careless_version', (SELECT max(version) FROM office_version));
CREATE OR REPLACE FUNCTION publish_change(p_office_id integer, p_kind text, p_body jsonb, p_now timestamptz)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v bigint := nextval('careless_version');
BEGIN
    INSERT INTO change (office_id, version, kind, body, at) VALUES (p_office_id, v, p_kind, p_body, p_now);
    UPDATE office_version SET version = greatest(version, v) WHERE office_id = p_office_id;
    PERFORM pg_notify('office_change', p_office_id || ':' || v);
    RETURN v;
END $$;
"""
"""As most systems number what they publish: a number that a rolled back transaction had is nobody's."""


async def staff(conn: Connection, now: datetime, role: Role, count: int) -> list[str]:
    """Give tokens of people who are at the office in this role."""
    tokens = []
    for nth in range(count):
        name = f"{role.value}-{nth}"
        user_id = await store.create_user(conn, name, f"Test {name}", stored_password(), now)
        await accounts.grant(conn, name, role, office=OFFICE, authority=None)
        tokens.append((await accounts._start_session(conn, now, user_id, stored_password())).token)
    return tokens


async def steps_taken(conn: Connection) -> dict[str, int]:
    """Count what was written down, by verb."""
    rows = await conn.fetch("SELECT verb, count(*) AS n FROM ticket_event GROUP BY verb")
    return {row["verb"]: row["n"] for row in rows}


async def test_64_windows_do_everything_at_once_and_nothing_is_lost_or_done_twice_though_a_process_dies(
    conn: Connection, dsn: str, now: datetime, tmp_path: Path
) -> None:
    await detect_deadlocks_soon(conn)
    clerks, [lead] = await staff(conn, now, Role.CLERK, COUNTERS), await staff(conn, now, Role.SUPERVISOR, 1)
    async with service_processes(PROCESSES, dsn, now, lead, tmp_path) as processes:
        crowd = Crowd(processes, clerks, lead, killed_after=ANSWERS_BEFORE_DEATH)
        await asyncio.gather(*(crowd.drain(counter) for counter in range(COUNTERS)))
        await asyncio.gather(*(crowd.issue() for _ in range(WAITING)))
        await asyncio.gather(*(crowd.window(number, ACTIONS) for number in range(WINDOWS)))
        assert crowd.told.unanswered > 0

        crowd.processes = [process for process in processes if process is not crowd.victim]
        await asyncio.gather(*(crowd.drain(counter) for counter in range(COUNTERS)))
        told, taken = crowd.told, await steps_taken(conn)
        answered = {verb: told.done[verb] for verb in COUNTED}
        answered["issue"] += told.done["send_on"]
        assert {verb: taken.get(EVENT_OF_VERB.get(verb, verb), 0) for verb in COUNTED} == answered
        assert min(told.asked[verb] for verb in COUNTED) > 0, "somebody tried every verb"
        left = await conn.fetch(
            """
            SELECT t.id::text, t.state FROM ticket t JOIN office o ON o.id = t.office_id WHERE o.slug = $1
            """,
            OFFICE,
        )
        assert sorted(row["id"] for row in left) == sorted(told.issued)
        assert {row["state"] for row in left} <= {"finished", "cancelled", "no_show", "parked"}
        assert await broken_histories(conn) == []
        assert await find_broken_invariants(conn, now) == []

        # The control: the same crowd, where numbers of changes are given out beside the transaction.
        await conn.execute(VERSIONS_FROM_A_SEQUENCE)
        await asyncio.gather(*(crowd.window(number, ACTIONS) for number in range(COUNTERS)))
        assert await gaps(conn) != []
