"""SQL calls in the order that the policy's rules give, and only what a counter can serve."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from queue_service.offices.catalogue import Office
from queue_service.offices.setup_model import FEATURES, OrderSetup
from queue_service.platform.queries import Connection
from queue_service.queueing import service, store
from queue_service.queueing.model import FoundCounter
from queue_service.queueing.order import ratio, reserve
from queue_service.queueing.order.turn import Moment, Waiting
from queue_service.queueing.order_policy import in_calling_order
from queue_service.queueing.service import Actor
from tests.integration.counter_hall import OTHER_SERVICE, SERVICE, open_counters
from tests.unit.waiting_rooms import NOW, ruled_rooms

# Every example fills the room anew inside a transaction that is rolled back.
many_rooms = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


Ruled = tuple[list[Waiting], OrderSetup, Moment]


async def fill(conn: Connection, office: Office, ruled: Ruled) -> None:
    """Let these tickets wait at the office, which calls by these rules and stands here in its cycle."""
    room, rules, moment = ruled
    await store.change_order(conn, office.id, rules)
    await store.lock_call_cycle(conn, office.id)
    await store.turn_call_cycle(conn, office.id, moment.cycle_place)
    await conn.executemany(
        """
        INSERT INTO ticket (office_id, id, day, number, class, needs, language, service_id, channel, token,
                            created_at, arrived_at, waiting_since, rank_at, call_by)
        SELECT $1, $2::uuid, '2026-11-23', $3, $4, '{}', 'de', s.id, 'kiosk', ($2::uuid)::text,
               $5, $5, $5, $6, $7
          FROM service s WHERE s.code = $8
        """,
        [
            (
                office.id, uuid4(), entry.number, entry.visitor_class, entry.waiting_since, entry.rank_at,
                entry.call_by, SERVICE,
            )
            for entry in room
        ],
    )  # fmt: skip


def called_order(ruled: Ruled, *, kept: bool = False) -> list[str]:
    """Give the numbers in the order in which Python's policy calls them."""
    room, rules, moment = ruled
    return [entry.number for entry in in_calling_order(room, rules, replace(moment, kept=kept))]


@many_rooms
@given(ruled_rooms())
async def test_the_queue_stands_in_the_order_of_the_policy(
    conn: Connection, bsc_mitte: Office, ruled: Ruled
) -> None:
    transaction = conn.transaction()
    await transaction.start()
    try:
        await fill(conn, bsc_mitte, ruled)
        queue = await service.queue(conn, NOW, bsc_mitte)
    finally:
        await transaction.rollback()
    assert [ticket.number for ticket in queue.items] == called_order(ruled)


@settings(many_rooms, max_examples=20)
@given(ruled_rooms())
async def test_the_first_counters_by_position_are_kept_as_the_rules_say(
    conn: Connection, bsc_mitte: Office, ruled: Ruled
) -> None:
    room, rules, moment = ruled
    ruled = (room, replace(rules, policy="reserve"), moment)
    transaction = conn.transaction()
    await transaction.start()
    try:
        seats = await open_counters(conn, NOW, bsc_mitte, 3)
        await fill(conn, bsc_mitte, ruled)
        shown = [await service.queue(conn, NOW, bsc_mitte, counter) for counter, _ in seats]
    finally:
        await transaction.rollback()
    kept = reserve.kept_counters(3, len(room), rules)
    for place, queue in enumerate(shown):
        assert [ticket.number for ticket in queue.items] == called_order(ruled, kept=place < kept)


@settings(many_rooms, max_examples=30)
@given(ruled_rooms(largest=8))
async def test_a_visitor_is_told_of_exactly_those_whom_the_policy_calls_before(
    conn: Connection, bsc_mitte: Office, ruled: Ruled
) -> None:
    transaction = conn.transaction()
    await transaction.start()
    try:
        await fill(conn, bsc_mitte, ruled)
        queue = await service.queue(conn, NOW, bsc_mitte)
        ahead = {
            ticket.number: await store.queue_ahead(conn, office_id=bsc_mitte.id, ticket_id=ticket.id, now=NOW)
            for ticket in queue.items
        }
    finally:
        await transaction.rollback()
    order = called_order(ruled)
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


@settings(many_rooms, max_examples=40)
@given(ruled_rooms(largest=8))
async def test_the_order_that_is_shown_is_the_order_in_which_next_calls(
    conn: Connection, bsc_mitte: Office, ruled: Ruled
) -> None:
    """At the only open counter; whether it is kept changes with each call as the queue gets shorter."""
    room, rules, moment = ruled
    left, place, expected = list(room), moment.cycle_place, []
    while left:
        kept = rules.policy == "reserve" and reserve.kept_counters(1, len(left), rules) > 0
        first = in_calling_order(left, rules, Moment(NOW, place, kept=kept))[0]
        place = ratio.next_place(place, rules, called_on_time=first.on_time)
        left.remove(first)
        expected.append(first.number)
    transaction = conn.transaction()
    await transaction.start()
    try:
        await fill(conn, bsc_mitte, ruled)
        [(counter, clerk)] = await open_counters(conn, NOW, bsc_mitte, 1)
        calls = await call_everybody(conn, counter, clerk, NOW)
    finally:
        await transaction.rollback()
    assert [number for number, _ in calls] == expected
    if rules.policy != "strict-order":
        due = [entry.number for entry in room if entry.call_by <= NOW]
        assert [n for n, rule in calls if rule in ("wait_cap", "promise")] == expected[: len(due)]


async def test_new_rules_rearrange_who_waits_and_say_so_to_the_screens(
    conn: Connection, bsc_mitte: Office
) -> None:
    since = NOW - timedelta(minutes=10)
    walk_in = Waiting("A001", "walk_in", since, since, since + timedelta(minutes=90))
    pregnant = Waiting("A002", "pregnant", NOW, NOW, NOW + timedelta(minutes=90))
    await fill(conn, bsc_mitte, ([walk_in, pregnant], bsc_mitte.order, Moment(NOW)))
    before = (await service.queue(conn, NOW, bsc_mitte)).version
    rules = replace(bsc_mitte.order, head_starts={"pregnant": 15}, cap_minutes=60)
    async with conn.transaction():
        await service.change_order(conn, NOW, bsc_mitte, rules)
    queue = await service.queue(conn, NOW, bsc_mitte)
    assert [ticket.number for ticket in queue.items] == ["A002", "A001"]
    assert queue.items[0].rank_at == NOW - timedelta(minutes=15)
    assert queue.items[1].call_by == since + timedelta(minutes=60)
    changes = await service.changes_since(conn, bsc_mitte.id, before)
    assert [change.kind for change in changes] == ["queue.reordered"]


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
        later = NOW + timedelta(hours=2)
        room = [Waiting(f"A{place:03}", "walk_in", since, since, later) for place in range(len(visitors))]
        await fill(conn, bsc_mitte, (room, bsc_mitte.order, Moment(NOW)))
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
    since = NOW - timedelta(minutes=90 - minutes_short_of_the_cap)
    long_waiting = Waiting("A001", "walk_in", since, since, since + timedelta(minutes=90))
    later = NOW + timedelta(minutes=30)
    just_come = Waiting("A002", "appointment", NOW, NOW - timedelta(hours=2), later)
    await fill(conn, bsc_mitte, ([long_waiting, just_come], bsc_mitte.order, Moment(NOW)))
    queue = await service.queue(conn, NOW, bsc_mitte)
    first = "A001" if minutes_short_of_the_cap == 0 else "A002"
    assert queue.items[0].number == first
