"""Whatever is booked, moved, cancelled, expired or planned anew: what is offered is what a count finds."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from queue_service.booking.model import Channel
from queue_service.entries import service
from queue_service.platform.errors import QueueError, SlotTaken
from queue_service.platform.queries import Connection
from tests.integration.swimming_hall import NOW, book, build, free, hour, lanes

DAYS = (11, 12)


class Party(msgspec.Struct):
    """A booking as an accountant with paper and pencil keeps it."""

    reference: str
    day: int
    size: int
    channel: Channel
    held: bool


class Step(msgspec.Struct, frozen=True):
    """Somebody does something; each verb looks at what it needs."""

    verb: str
    nth: int
    """Which of those who have booked."""
    day: int
    size: int
    channel: Channel
    hold: bool
    places: int
    online: int


steps = st.builds(
    Step,
    st.sampled_from(["book", "book", "book", "move", "move", "cancel", "confirm", "expire", "plan"]),
    st.integers(0, 20),
    st.sampled_from(DAYS),
    st.integers(1, 6),
    st.sampled_from(["online", "phone", "counter"]),
    st.booleans(),
    st.integers(1, 16),
    st.integers(0, 100),
)


def counted(parties: Sequence[Party], day: int, places: int, online: int) -> dict[str, int]:
    """Give what is left for each channel: the least of all shares that it takes from."""
    shares = {
        ("online",): places * min(online, 80) // 100,
        ("online", "phone"): places * 90 // 100,
        ("online", "phone", "counter"): places,
    }
    left = {
        takers: share - sum(party.size for party in parties if party.day == day and party.channel in takers)
        for takers, share in shares.items()
    }
    return {
        channel: max(0, min(rest for takers, rest in left.items() if channel in takers))
        for channel in ("online", "phone", "counter")
    }


async def try_to_book(conn: Connection, party: Party, parties: list[Party], plan: list[int]) -> None:
    """Book, and be refused exactly when paper and pencil say that it can't be."""
    possible = counted(parties, party.day, *plan)[party.channel] >= party.size
    try:
        made = await book(conn, hour(party.day), party=party.size, channel=party.channel, hold=party.held)
    except SlotTaken:
        assert not possible
        return
    assert possible
    party.reference = made.reference
    parties.append(party)


async def take(conn: Connection, step: Step, parties: list[Party], plan: list[int]) -> None:
    """Do it in the service, and with paper and pencil where the service has done it."""
    party = parties[step.nth % len(parties)] if parties else Party("", 0, 0, "phone", held=False)
    with suppress(QueueError):
        match step.verb:
            case "book":
                new = Party("", step.day, step.size, step.channel, step.hold)
                await try_to_book(conn, new, parties, plan)
            case "move":
                await service.move(conn, NOW, party.reference, hour(step.day))
                party.day = step.day
            case "cancel":
                await service.cancel(conn, NOW, party.reference)
                parties.remove(party)
            case "confirm":
                await service.confirm(conn, NOW, party.reference)
                party.held = False
            case "expire":
                await service.expire_holds(conn, NOW + timedelta(hours=1))
                parties[:] = [party for party in parties if not party.held]
            case "plan":
                plan[:] = [step.places, step.online]
                await build(conn, lanes(places=step.places, days=DAYS, online=step.online))


@settings(
    deadline=None,
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(steps, min_size=5, max_size=25))
async def test_what_is_offered_is_what_a_count_of_all_parties_leaves(
    conn: Connection, sequence: list[Step]
) -> None:
    await conn.execute("DELETE FROM entry_booking")
    plan = [10, 80]
    await build(conn, lanes(places=10, days=DAYS))
    await conn.execute(
        "UPDATE timed_entry SET taken = 0, taken_counter = 0, taken_phone = 0, taken_online = 0"
    )
    parties: list[Party] = []
    for step in sequence:
        await take(conn, step, parties, plan)
    assert await service.broken_invariants(conn, NOW) == []
    for day in DAYS:
        assert await free(conn, day) == list(counted(parties, day, *plan).values())
