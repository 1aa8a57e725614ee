"""The city in which searches and bookings are timed: 30 offices, 20 services, 60 days, mostly full."""

import random
from datetime import date, datetime

from asyncpg import BitString

from queue_service.booking import service as booking
from queue_service.booking.slot_arithmetic import DAY_CELLS, visit_cells
from queue_service.offices import service as offices
from queue_service.offices.model import WEEKDAYS, Span
from queue_service.offices.setup_model import (
    Address,
    AuthoritySetup,
    Contingents,
    OfferedService,
    OfficeSetup,
    PoolSetup,
    Release,
    ServiceSetup,
    Setup,
    Staffing,
)
from queue_service.platform.queries import Connection

OFFICES, POOLS, SERVICES_PER_POOL, COUNTERS = 30, 4, 5, 5
FULL_DAYS = 25
"""Working days on which only gaps of five minutes are left."""
MINUTES = 15
CODES = [f"service-{number}" for number in range(POOLS * SERVICES_PER_POOL)]
PATIENCE_SECONDS = 3600.0
"""For ten million rows at once; the service itself waits for no statement as long."""
WAVE_OFFICE, WAVE_SERVICE, WAVE_PLACES = "wave", "wave-service", 540
"""An office of its own whose places all open at one moment: 15 counters, nine hours, quarters of an hour."""


async def build_city(conn: Connection, now: datetime) -> None:
    """Build the offices, all alike, and the one whose places nobody can book before they are opened."""
    here = Address("Am Markt 1", "28195", "Bremen")
    weekdays = list(WEEKDAYS[:5])
    pools = [
        PoolSetup(
            f"pool-{number}",
            CODES[number * SERVICES_PER_POOL : (number + 1) * SERVICES_PER_POOL],
            [Staffing(weekdays, Span(480, 1020), COUNTERS, [Span(720, 750)])],
        )
        for number in range(POOLS)
    ]
    offered = [OfferedService(code, MINUTES, ["appointment"], "A") for code in CODES]
    wave = PoolSetup(
        "wave",
        [WAVE_SERVICE],
        [Staffing(list(WEEKDAYS), Span(480, 1020), 15)],
        contingents=Contingents(online=80),
        releases=[Release(100, 0, "23:55")],
    )
    setup = Setup(
        [AuthoritySetup("city", {"de": "Stadt"}, "HB")],
        [
            *(ServiceSetup(code, {"de": code}, {"de": "Alles"}, MINUTES) for code in CODES),
            ServiceSetup(WAVE_SERVICE, {"de": WAVE_SERVICE}, {"de": "Alles"}, MINUTES),
        ],
        [
            *(
                OfficeSetup(f"office-{n}", "city", {"de": f"Amt {n}"}, here, services=offered, pools=pools)
                for n in range(OFFICES)
            ),
            OfficeSetup(
                WAVE_OFFICE,
                "city",
                {"de": "Amt mit Freigabe"},
                here,
                services=[OfferedService(WAVE_SERVICE, MINUTES, ["appointment"], "A")],
                pools=[wave],
            ),
        ],
    )
    async with conn.transaction():
        for office in await offices.apply_setup(conn, setup):
            await booking.apply_pools(conn, now, office, office.setup.pools)


async def fill_city(conn: Connection) -> date:
    """Take every place of the first working days but for short gaps; gives the first free day."""
    chance = random.Random(1)  # noqa: S311  # the same city every time
    rows = await conn.fetch(
        """
        SELECT d.pool_id, d.day FROM pool_day d JOIN office o ON o.id = d.office_id
         WHERE d.fits_empty > 0 AND o.slug <> $1 ORDER BY d.day, d.pool_id
        """,
        WAVE_OFFICE,
    )
    days = sorted({row["day"] for row in rows})
    gaps = [
        (BitString.from_int(visit_cells(chance.randrange(96, 200), 1), DAY_CELLS), row["pool_id"], row["day"])
        for row in rows
        if row["day"] < days[FULL_DAYS]
    ]
    await conn.executemany(
        """
        UPDATE pool_day SET planes = ARRAY[$1::bit(300) & planes[1]],
               online_planes = ARRAY[$1::bit(300) & planes[1]]
         WHERE pool_id = $2 AND day = $3
        """,
        gaps,
    )
    await conn.execute("VACUUM ANALYZE pool_day")
    first_free: date = days[FULL_DAYS]
    return first_free


async def add_past(conn: Connection, now: datetime, appointments: int) -> None:
    """Write so many appointments of the last ten years; nobody may have noticed them afterwards."""
    # Their keys are right by construction; checking each of ten million takes minutes.
    await conn.execute("SET session_replication_role = replica; SET statement_timeout = 0")
    await conn.execute(
        """
        INSERT INTO appointment (office_id, id, pool_id, day, first_cell, cells, starts_at, ends_at, state,
                                 reference, secret_hash, services, persons, channel, created_at, ended_at)
        SELECT p.office_id, gen_random_uuid(), p.id, past.day, past.cell, 3,
               past.day + past.cell * interval '5 minutes', past.day + (past.cell + 3) * interval '5 minutes',
               'fulfilled', lpad(n::text, 12, '0'), '\\x00', '[{"service": "service-0", "quantity": 1}]', 1,
               'phone', past.day - interval '9 days', past.day + (past.cell + 3) * interval '5 minutes'
          FROM (SELECT array_agg(id ORDER BY id) AS ids FROM pool) AS every
         CROSS JOIN generate_series(1, $1::bigint) AS n
         CROSS JOIN LATERAL (SELECT ($2::timestamptz - interval '1 day' * (1 + n % 3650))::date AS day,
                                    (96 + n % 100)::smallint AS cell) AS past
          JOIN pool p ON p.id = every.ids[1 + n % cardinality(every.ids)]
        """,
        appointments,
        now,
        timeout=PATIENCE_SECONDS,
    )
    await conn.execute("VACUUM ANALYZE appointment", timeout=PATIENCE_SECONDS)
    await conn.execute("SET session_replication_role = DEFAULT; RESET statement_timeout")
