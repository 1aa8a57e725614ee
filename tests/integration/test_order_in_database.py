"""SQL calls in the order that the policy's rules give, and only what a counter can serve."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from queue_service.offices.catalogue import Office
from queue_service.offices.setup_model import FEATURES
from queue_service.platform.queries import Connection
from queue_service.queueing import service, store
from queue_service.queueing.model import FoundCounter
from queue_service.queueing.order_policy import Waiting, sort_key
from queue_service.queueing.service import Actor
from tests.integration.counter_hall import OTHER_SERVICE, SERVICE, open_counters
from tests.unit.waiting_rooms import NOW, caps, rooms

# Every example fills the room anew inside a transaction that is rolled back.
many_rooms = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


async def fill(conn: Connection, office: Office, room: Sequence[Waiting], cap: timedelta) -> None:
    """Let these tickets wait at the office, whose cap is this."""
    await conn.execute("UPDATE office SET walk_in_cap = $2 WHERE id = $1", office.id, cap)
    await conn.executemany(
        """
        INSERT INTO ticket (office_id, id, day, number, class, needs, language, service_id, channel, token,
                            created_at, arrived_at, waiting_since, rank_at)
        SELECT $1, $2::uuid, '2026-11-23', $3, $4, '{}', 'de', s.id, 'kiosk', ($2::uuid)::text, $5, $5, $5, $6
          FROM service s WHERE s.code = $7
        """,
        [
            (
                office.id,
                uuid4(),
                entry.number,
                entry.visitor_class,
                entry.waiting_since,
                entry.rank_at,
                SERVICE,
            )
            for entry in room
        ],
    )


def called_order(room: Sequence[Waiting], cap: timedelta) -> list[str]:
    """Give the numbers in the order in which Python's policy calls them."""
    return [entry.number for entry in sorted(room, key=lambda entry: sort_key(entry, NOW, cap))]


@many_rooms
@given(rooms(), caps)
async def test_the_queue_stands_in_the_order_of_the_policy(
    conn: Connection, bsc_mitte: Office, room: list[Waiting], cap: timedelta
) -> None:
    transaction = conn.transaction()
    await transaction.start()
    try:
        await fill(conn, bsc_mitte, room, cap)
        queue = await service.queue(conn, NOW, bsc_mitte)
    finally:
        await transaction.rollback()
    assert [ticket.number for ticket in queue.items] == called_order(room, cap)


@many_rooms
@given(rooms(largest=8), caps)
async def test_a_visitor_is_told_of_exactly_those_whom_the_policy_calls_before(
    conn: Connection, bsc_mitte: Office, room: list[Waiting], cap: timedelta
) -> None:
    transaction = conn.transaction()
    await transaction.start()
    try:
        await fill(conn, bsc_mitte, room, cap)
        ahead = {
            entry.number: await store.queue_ahead(
                conn, office_id=bsc_mitte.id, waiting_since=entry.waiting_since, rank_at=entry.rank_at,
                number=entry.number, now=NOW,
            )
            for entry in room
        }  # fmt: skip
    finally:
        await transaction.rollback()
    order = called_order(room, cap)
    assert {number: sum(before.waiting.values()) for number, before in ahead.items()} == {
        number: order.index(number) for number in order
    }


async def call_everybody(
    conn: Connection, counter: FoundCounter, clerk: Actor, now: datetime
) -> list[tuple[str, str]]:
    """Call and finish until nobody comes; give numbers and the rule that each call was explained by."""
    calls: list[tuple[str, str]] = []
    while called := await service.call_next(conn, now, counter, clerk):
        calls.append((called.ticket.number, called.why.rule))
        for verb in ("start", "finish"):
            found = await service.find_ticket(conn, called.ticket.id, clerk)
            await service.move_ticket(conn, now, found, verb, clerk)
    return calls


@settings(many_rooms, max_examples=20)
@given(rooms(largest=8), caps)
async def test_next_calls_one_after_another_as_the_policy_says_and_says_why(
    conn: Connection, bsc_mitte: Office, room: list[Waiting], cap: timedelta
) -> None:
    transaction = conn.transaction()
    await transaction.start()
    try:
        [(counter, clerk)] = await open_counters(conn, NOW, bsc_mitte, 1)
        await fill(conn, bsc_mitte, room, cap)
        calls = await call_everybody(conn, counter, clerk, NOW)
    finally:
        await transaction.rollback()
    assert [number for number, _ in calls] == called_order(room, cap)
    beyond = [entry.number for entry in room if NOW - entry.waiting_since >= cap]
    assert {number for number, _ in takewhile(lambda call: call[1] == "wait_cap", calls)} == set(beyond)


@settings(many_rooms, max_examples=20)
@given(
    st.lists(
        st.tuples(st.sampled_from([SERVICE, OTHER_SERVICE]), st.sets(st.sampled_from(FEATURES))), max_size=8
    ),
    st.sets(st.sampled_from(FEATURES)),
    st.sets(st.sampled_from([SERVICE, OTHER_SERVICE]), min_size=1),
)
async def test_needs_and_services_bind_the_counter(
    conn: Connection,
    bsc_mitte: Office,
    visitors: list[tuple[str, set[str]]],
    features: set[str],
    serving: set[str],
) -> None:
    transaction = conn.transaction()
    await transaction.start()
    try:
        [(counter, clerk)] = await open_counters(conn, NOW, bsc_mitte, 1)
        await conn.execute("UPDATE counter SET features = $2 WHERE id = $1", counter.id, list(features))
        await service.open_counter(conn, NOW, counter, list(serving), clerk)
        since = NOW - timedelta(minutes=5)
        await fill(
            conn,
            bsc_mitte,
            [Waiting(f"A{place:03}", "walk_in", since, since) for place in range(len(visitors))],
            timedelta(hours=2),
        )
        for place, (code, needs) in enumerate(visitors):
            await conn.execute(
                """
                UPDATE ticket SET needs = $2, service_id = (SELECT id FROM service WHERE code = $3)
                 WHERE number = $1
                """,
                f"A{place:03}", list(needs), code,
            )  # fmt: skip
        calls = await call_everybody(conn, counter, clerk, NOW)
    finally:
        await transaction.rollback()
    assert [number for number, _ in calls] == [
        f"A{place:03}"
        for place, (code, needs) in enumerate(visitors)
        if code in serving and needs <= features
    ]


@pytest.mark.parametrize("minutes_short_of_the_cap", [0, 1])
async def test_the_cap_holds_from_its_very_instant(
    conn: Connection, bsc_mitte: Office, minutes_short_of_the_cap: int
) -> None:
    cap = timedelta(minutes=90)
    long_waiting = NOW - cap + timedelta(minutes=minutes_short_of_the_cap)
    just_come = Waiting("A002", "appointment", NOW, NOW - timedelta(hours=2))
    await fill(conn, bsc_mitte, [Waiting("A001", "walk_in", long_waiting, long_waiting), just_come], cap)
    queue = await service.queue(conn, NOW, bsc_mitte)
    first = "A001" if minutes_short_of_the_cap == 0 else "A002"
    assert queue.items[0].number == first
