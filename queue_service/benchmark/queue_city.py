"""The halls in which calls and numbers are timed: 50 offices full of people, and years of past visits."""

from datetime import datetime

import msgspec

from queue_service.accounts import service as accounts
from queue_service.accounts.model import Role
from queue_service.accounts.passwords import make_password
from queue_service.offices import service as offices
from queue_service.offices.setup_model import (
    Address,
    AuthoritySetup,
    CounterSetup,
    OfferedService,
    OfficeSetup,
    ServiceSetup,
    Setup,
)
from queue_service.platform.queries import Connection
from queue_service.queueing import service as queueing

OFFICES, CLIENTS = 50, 64
"""Every office has a counter for each client, so that all can work at one."""
SERVICE = "service-0"
CODES = [f"service-{number}" for number in range(10)]
TICKETS_A_DAY = 800
"""Of an office, as at BSC Mitte."""
PATIENCE_SECONDS = 7200.0
"""For tens of millions of rows at once; the service itself waits for no statement as long."""


class Clerk(msgspec.Struct, frozen=True):
    """Somebody who calls and gives out numbers."""

    user_id: int
    username: str
    password: str

    @property
    def actor(self) -> queueing.Actor:
        """As the timeline names it."""
        return queueing.Actor(f"staff:{self.user_id}", self.user_id)


async def build_halls(conn: Connection, now: datetime) -> list[Clerk]:
    """Build the offices, all alike, and employ a clerk for each client, in the caller's transaction."""
    here = Address("Am Markt 1", "28195", "Bremen")
    catalogue = [ServiceSetup(code, {"de": code}, {"de": "Alles"}, 10) for code in CODES]
    offered = [OfferedService(code, 10, ["walk_in"], "A") for code in CODES]
    counters = [
        CounterSetup(str(number + 1), {"de": f"Schalter {number + 1}"}, CODES) for number in range(CLIENTS)
    ]
    halls = [
        OfficeSetup(
            hall(number), "city", {"de": hall(number)}, here,
            walk_ins="always", services=offered, counters=counters,
        )
        for number in range(OFFICES)
    ]  # fmt: skip
    setup = Setup([AuthoritySetup("city", {"de": "Stadt"}, "HB")], catalogue, halls)
    for office in await offices.apply_setup(conn, setup):
        await offices.finish_setup(conn, now, office)
    return [await _employ(conn, now, f"bench-{number}") for number in range(CLIENTS)]


async def _employ(conn: Connection, now: datetime, name: str) -> Clerk:
    password = make_password()
    user_id = await accounts.create_user(conn, now, name, name, password)
    await accounts.grant(conn, name, Role.SUPERVISOR)
    return Clerk(user_id, name, password)


def hall(number: int) -> str:
    """Name an office."""
    return f"hall-{number}"


def seat(client: int, halls: int) -> tuple[str, int]:
    """Give a client's office and counter, when all share so many offices."""
    return hall(client % halls), client // halls + 1


async def sit_down(conn: Connection, now: datetime, clerks: list[Clerk], halls: int) -> None:
    """Close all counters and seat every clerk anew."""
    await conn.execute(
        "UPDATE counter SET state = 'closed', clerk_id = NULL, opened_at = NULL, serving = '{}'"
    )
    for client, clerk in enumerate(clerks):
        office, number = seat(client, halls)
        counter = await queueing.find_counter(conn, f"{office}.{number}")
        await queueing.open_counter(conn, now, counter, None, clerk.actor)


async def let_wait(conn: Connection, now: datetime, waiting: int, halls: int = OFFICES) -> None:
    """Let so many people wait in each of the first offices: all classes, all services, up to two hours."""
    await conn.execute("DELETE FROM ticket WHERE channel = 'reception' AND state = 'waiting'")
    await conn.execute(
        """
        INSERT INTO ticket (office_id, id, day, number, class, needs, language, service_id, channel, token,
                            created_at, arrived_at, waiting_since, rank_at, call_by)
        SELECT o.id, gen_random_uuid(), $1::timestamptz::date, 'B' || lpad(n::text, 5, '0'),
               (ARRAY['walk_in', 'appointment', 'pregnant', 'transferred', 'walk_in'])[1 + n % 5], '{}', 'de',
               s.id, 'reception', gen_random_uuid()::text, since, since, since,
               since - CASE WHEN n % 5 BETWEEN 1 AND 3 THEN interval '25 minutes' ELSE interval '0' END,
               since + CASE n % 5 WHEN 1 THEN interval '30 minutes' ELSE interval '90 minutes' END
          FROM generate_series(1, $2::int) AS n
         CROSS JOIN LATERAL (SELECT $1::timestamptz - n * 7919 % 7200 * interval '1 second' AS since) AS waits
          JOIN service s ON s.code = 'service-' || n % 10
         CROSS JOIN office o WHERE o.slug = ANY ($3::text[])
        """,
        now,
        waiting,
        [hall(number) for number in range(halls)],
    )
    await conn.execute("VACUUM ANALYZE ticket", timeout=PATIENCE_SECONDS)


async def add_past(conn: Connection, now: datetime, tickets: int) -> None:
    """Write so many finished visits, office by office and day by day, each with its beginning and its end.

    Ids and tokens are counted up instead of drawn: that fills the same indexes in a tenth of the time.
    """
    # Their keys are right by construction; checking each of twenty million takes minutes.
    await conn.execute("SET session_replication_role = replica; SET statement_timeout = 0")
    await conn.execute(
        """
        INSERT INTO ticket (office_id, id, day, number, class, needs, language, service_id, channel, token,
                            created_at, arrived_at, waiting_since, rank_at, call_by, called_at, started_at,
                            finished_at, calls, state, counter_id)
        SELECT h.office_id, lpad(to_hex(n), 32, '0')::uuid, past.day, 'A' || lpad((n % $3)::text, 3, '0'),
               'walk_in', '{}', 'de', s.id, 'kiosk', lpad(n::text, 22, '0'),
               past.at, past.at, past.at, past.at, past.at + interval '2 hours',
               past.at + interval '20 minutes', past.at + interval '21 minutes',
               past.at + interval '35 minutes', 1, 'finished', h.counters[1 + n % cardinality(h.counters)]
          FROM (SELECT o.id AS office_id, row_number() OVER (ORDER BY o.id) - 1 AS nth,
                       (SELECT array_agg(c.id) FROM counter c WHERE c.office_id = o.id) AS counters
                  FROM office o) AS h
         CROSS JOIN LATERAL generate_series(h.nth * $2::bigint, (h.nth + 1) * $2::bigint - 1) AS n
         CROSS JOIN LATERAL (SELECT ($1::timestamptz - interval '1 day' * (1 + n / $3))::date AS day,
                                    $1::timestamptz - interval '1 day' * (1 + n / $3) AS at) AS past
          JOIN service s ON s.code = 'service-' || n % 10
        """,
        now,
        tickets // OFFICES,
        TICKETS_A_DAY,
        timeout=PATIENCE_SECONDS,
    )
    await conn.execute(
        """
        INSERT INTO ticket_event (office_id, ticket_id, at, verb, to_state, counter_id, actor)
        SELECT t.office_id, t.id, done.at, done.verb, done.state, t.counter_id, 'staff:1'
          FROM ticket t
         CROSS JOIN LATERAL (VALUES (t.created_at, 'issue', 'waiting'), (t.finished_at, 'finish', 'finished'))
                    AS done (at, verb, state)
         WHERE t.state = 'finished'
        """,
        timeout=PATIENCE_SECONDS,
    )
    await conn.execute("VACUUM ANALYZE ticket", timeout=PATIENCE_SECONDS)
    await conn.execute("VACUUM ANALYZE ticket_event", timeout=PATIENCE_SECONDS)
    await conn.execute("SET session_replication_role = DEFAULT; RESET statement_timeout")
