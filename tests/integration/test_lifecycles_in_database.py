"""PostgreSQL knows the same lifecycles as the program, and refuses every other step."""

from itertools import permutations

import asyncpg
import pytest

from queue_service.assistance.lifecycle import HELP_REQUEST
from queue_service.booking.lifecycle import APPOINTMENT, WAITING
from queue_service.hotline.lifecycle import CALLBACK
from queue_service.notices.lifecycle import MESSAGE, OVER
from queue_service.platform.lifecycle import Lifecycle
from queue_service.platform.queries import Connection
from queue_service.queueing.lifecycle import COUNTER, TICKET, TICKET_UNDO
from tests.integration.servers import on_every_server

pytestmark = on_every_server

LIFECYCLES = (TICKET, TICKET_UNDO, COUNTER, APPOINTMENT, CALLBACK, MESSAGE, WAITING, HELP_REQUEST)

INSERTED = {
    "ticket": """
        INSERT INTO ticket (office_id, id, day, number, state, class, needs, language, service_id, channel,
                            token, counter_id, created_at, arrived_at, waiting_since, rank_at,
                            call_by)
        SELECT o.id, gen_random_uuid(), '2026-11-23', 'A001', $1, 'walk_in', '{}', 'de', s.id, 'kiosk',
               'token', c.id, now(), now(), now(), now(), now()
          FROM office o, counter c, service s
         WHERE o.slug = 'bsc-mitte' AND c.office_id = o.id AND c.number = '1' AND s.code = 'personalausweis'
        """,
    "counter": """
        INSERT INTO counter (office_id, number, name, features, services, position, state, clerk_id)
        SELECT o.id, 'test', '{}', '{}', '{}', 1, $1, CASE WHEN $1 <> 'closed' THEN u.id END
          FROM office o, staff_user u WHERE o.slug = 'bsc-mitte'
        """,
    "appointment": """
        INSERT INTO appointment (office_id, id, pool_id, day, first_cell, cells, starts_at, ends_at, state,
                                 reference, secret_hash, services, persons, channel, created_at, expires_at,
                                 ended_at)
        SELECT p.office_id, gen_random_uuid(), p.id, '2026-11-23', 100, 3, now(), now(), $1,
               'TEST', '', '[]', 1, 'phone', now(), CASE WHEN $1 = 'held' THEN now() END,
               CASE WHEN $1 NOT IN ('held', 'booked', 'arrived') THEN now() END
          FROM pool p LIMIT 1
        """,
    "help": """
        WITH kiosk AS (
            INSERT INTO device (office_id, profile, name, token_hash, created_at)
            SELECT id, 'kiosk', 'Test', sha256('test'), now() FROM office WHERE slug = 'bsc-mitte'
            RETURNING office_id, id)
        INSERT INTO help_request (office_id, device_id, state, asked_at, over_at)
        SELECT office_id, id, $1, now(), CASE WHEN $1 = 'over' THEN now() END FROM kiosk
        """,
    "callback": """
        INSERT INTO callback (id, authority_id, state, name, phone, language, subject, note, due_at, reason,
                              created_at, taken_by, finished_at)
        SELECT gen_random_uuid(), a.id, $1, '', '', 'de', '', '', now(), 'callback', now(),
               CASE WHEN $1 = 'taken' THEN u.id END, CASE WHEN $1 IN ('done', 'withdrawn') THEN now() END
          FROM staff_user u, authority a WHERE a.slug = 'bremen'
        """,
    "message": f"""
        WITH told AS (
            INSERT INTO appointment (office_id, id, pool_id, day, first_cell, cells, starts_at, ends_at,
                                     state, reference, secret_hash, services, persons, channel, created_at)
            SELECT p.office_id, gen_random_uuid(), p.id, '2026-11-23', 100, 3, now(), now(), 'booked',
                   'TOLD', '', '[]', 1, 'phone', now()
              FROM pool p LIMIT 1
            RETURNING office_id, id)
        INSERT INTO outbox (office_id, id, appointment_id, reference, way, kind, payload, state, sequence,
                            next_attempt_at, claimed_until, created_at, useful_until)
        SELECT office_id, gen_random_uuid(), id, 'TOLD', 'email', 'booked',
               CASE WHEN $1 <> ALL (ARRAY{[*OVER]}) THEN '{{}}'::jsonb END, $1, 0,
               now(), CASE WHEN $1 = 'sending' THEN now() END, now(), now()
          FROM told
        """,  # noqa: S608  # our own states
    "waiting": """
        INSERT INTO waiting_entry (id, reference, secret_hash, state, codes, quantities, persons, channel,
                                   offices, first_day, last_day, weekdays, opens, closes, notice_hours, ways,
                                   asked_at, lapses_at, looked_at, ended_at)
        SELECT gen_random_uuid(), 'WAITING', '', $1, '{personalausweis}', '{1}', 1, 'phone',
               '{}', '2026-11-23', '2026-11-23', '{}', 0, 1440, 24, '{call}',
               now(), now(), now(), CASE WHEN $1 NOT IN ('waiting', 'offered') THEN now() END
        """,
}
INSERTED["ticket_undo"] = INSERTED["ticket"]
"""One row in a given state, with everything that the table's other rules ask of that state."""

UPDATED = {
    "ticket": "UPDATE ticket SET state = $2 WHERE state = $1",
    "ticket_undo": "UPDATE ticket SET state = $2, undone = undone + 1 WHERE state = $1",
    "counter": """
        UPDATE counter
           SET state = $2, clerk_id = CASE WHEN $2 <> 'closed' THEN (SELECT id FROM staff_user) END
         WHERE number = 'test' AND state = $1
        """,
    "appointment": """
        UPDATE appointment
           SET state = $2, expires_at = CASE WHEN $2 = 'held' THEN now() END,
               ended_at = CASE WHEN $2 NOT IN ('held', 'booked', 'arrived') THEN now() END
         WHERE state = $1
        """,
    "callback": """
        UPDATE callback
           SET state = $2, taken_by = CASE WHEN $2 = 'taken' THEN (SELECT id FROM staff_user) END,
               finished_at = CASE WHEN $2 IN ('done', 'withdrawn') THEN now() END
         WHERE state = $1
        """,
    "help": """
        UPDATE help_request SET state = $2, over_at = CASE WHEN $2 = 'over' THEN now() END WHERE state = $1
        """,
    "message": f"""
        UPDATE outbox SET state = $2, claimed_until = CASE WHEN $2 = 'sending' THEN now() END,
               payload = CASE WHEN $2 <> ALL (ARRAY{[*OVER]}) THEN '{{}}'::jsonb END
         WHERE state = $1
        """,  # noqa: S608  # our own states
    "waiting": """
        UPDATE waiting_entry SET state = $2,
               ended_at = CASE WHEN $2 NOT IN ('waiting', 'offered') THEN now() END
         WHERE state = $1
        """,
}

every_lifecycle = pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda lifecycle: lifecycle.name)


@pytest.fixture(autouse=True)
async def clerk(conn: Connection) -> None:
    """Somebody must sit at an open counter."""
    await conn.execute(
        """
        INSERT INTO staff_user (username, display_name, password_hash, created_at)
        VALUES ('clerk', 'Clerk', '!', now())
        """
    )


async def refusal(conn: Connection, lifecycle: Lifecycle, before: str, after: str) -> str | None:
    """Try one step on a row of its own; give the rule that refused it, and leave no trace."""
    attempt = conn.transaction()
    await attempt.start()
    try:
        assert await conn.execute(INSERTED[lifecycle.name], before) == "INSERT 0 1"
        assert await conn.execute(UPDATED[lifecycle.name], before, after) == "UPDATE 1"
    except asyncpg.CheckViolationError as refused:
        return str(refused.constraint_name)
    finally:
        await attempt.rollback()
    return None


async def test_both_tables_are_one(conn: Connection) -> None:
    rows = await conn.fetch("SELECT lifecycle, from_state, verb, to_state FROM lifecycle_transition")
    assert {tuple(row) for row in rows} == {
        (lifecycle.name, step.state, step.verb, step.to)
        for lifecycle in LIFECYCLES
        for step in lifecycle.transitions
    }


@every_lifecycle
async def test_every_step_of_the_table_can_be_taken(conn: Connection, lifecycle: Lifecycle) -> None:
    refused = {
        (step.state, step.to): rule
        for step in lifecycle.transitions
        if step.state != step.to and (rule := await refusal(conn, lifecycle, step.state, step.to))
    }
    assert refused == {}


@every_lifecycle
async def test_every_other_step_is_refused(conn: Connection, lifecycle: Lifecycle) -> None:
    states = {state for step in lifecycle.transitions for state in (step.state, step.to)}
    allowed = {(step.state, step.to) for step in lifecycle.transitions}
    forbidden = set(permutations(sorted(states), 2)) - allowed
    answers = {step: await refusal(conn, lifecycle, *step) for step in forbidden}
    assert answers == dict.fromkeys(forbidden, f"{lifecycle.name}_lifecycle")


async def test_a_state_that_no_table_names_is_refused(conn: Connection) -> None:
    for lifecycle in LIFECYCLES:
        assert await refusal(conn, lifecycle, lifecycle.initial, "lost") == f"{lifecycle.name}_lifecycle"
