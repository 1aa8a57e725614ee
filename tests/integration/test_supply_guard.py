"""Nobody books the city empty online: limits by person, service and address, and a sum to solve."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime, timedelta

import aiosql
import msgspec
import pytest

from queue_service.accounts.model import Role
from queue_service.booking import proof_of_work, service, supply_guard, supply_guard_store
from queue_service.booking.model import BookingMade, Channel, Contact, MoveRequest
from queue_service.booking.proof_of_work import Challenge, new_challenge, require_proof, solves
from queue_service.booking.supply_guard import ADDRESS_KEPT, Asker, OnlineLimits
from queue_service.platform.database import Database
from queue_service.platform.errors import ProofOfWorkNeeded, TooManyBookings, TooManyFromAddress
from queue_service.platform.installation_secret import SECRET_BYTES, installation_secret
from queue_service.platform.network_address import network_of
from queue_service.platform.queries import Connection, sql_directory
from tests.integration.booking_town import NOW, at, build, day_after, office, pool, request
from tests.integration.running_service import RunningService

CLIENTS = 20
"""As many as the fixture's pool has connections: more would wait, and no longer than a request does."""
LIMITS = OnlineLimits(per_service=2, altogether=3, unconfirmed_per_address=4)
HERE = Asker("192.0.2.7", LIMITS)
BITS = 8


async def book(
    conn: Connection,
    email: str | None = None,
    *codes: str,
    hour: int = 9,
    hold: bool = False,
    channel: Channel = "online",
    asker: Asker = Asker(limits=LIMITS),  # noqa: B008  # a frozen Struct
    **contact: str,
) -> BookingMade:
    who = Contact(name="Erika Muster", email=email, **contact)  # type: ignore[arg-type]  # texts alone
    wanted = request(at(hour, day=day_after(1)), *codes, channel=channel, hold=hold, contact=who)
    return await service.book(conn, NOW, wanted, asker=asker)


async def refused(conn: Connection, *args: str, **more: object) -> str:
    """Book what is refused; gives the limit that was reached."""
    with pytest.raises(TooManyBookings) as reached:
        await book(conn, *args, **more)  # type: ignore[arg-type]  # as book takes them
    assert reached.value.extra["phone"] == "115"
    return str(reached.value.extra["limit"])


@asynccontextmanager
async def clients(database: Database) -> AsyncIterator[list[Connection]]:
    """Give connections that know the statements of a booking, so that what they do begins at once.

    Made one after another: on a busy machine, twenty at once take longer than a request may wait.
    """
    async with AsyncExitStack() as lent:
        crowd = [await lent.enter_async_context(database.connection()) for _ in range(CLIENTS)]
        for number, own in enumerate(crowd):
            await book(own, f"{number}@example.org")
        yield crowd


async def places_got(database: Database) -> int:
    """Let one person book many places at once; gives how many it got."""

    async def attempt(own: Connection) -> bool:
        with suppress(TooManyBookings):
            await book(own, "erika@example.org")
            return True
        return False

    async with clients(database) as crowd:
        return sum(await asyncio.gather(*map(attempt, crowd)))


def unlock_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let bookings be counted at the same time, as whoever looks and then writes would."""
    text = (sql_directory() / "queries" / "supply_guard.sql").read_text(encoding="utf-8")
    unlocked = text.replace("pg_advisory_xact_lock(ordered.key)", "ordered.key")
    assert unlocked != text
    monkeypatch.setattr(supply_guard_store, "_queries", aiosql.from_str(unlocked, "asyncpg"))


async def test_of_twenty_bookings_of_one_address_at_once_the_limit_is_made(
    database: Database, conn: Connection
) -> None:
    await build(conn, office("mitte", pool(counters=3 * CLIENTS)))
    assert await places_got(database) == LIMITS.per_service
    assert await service.verify(conn, NOW) == []


async def test_without_the_lock_more_get_through(
    database: Database, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the test before."""
    await build(conn, office("mitte", pool(counters=3 * CLIENTS)))
    unlock_claims(monkeypatch)
    assert await places_got(database) > LIMITS.per_service


async def hourly_places_got(database: Database, most: int) -> int:
    """Let one address book for as many invented people at once as it can; gives how many places it got."""
    school = Asker(HERE.address, OnlineLimits(unconfirmed_per_address=0, hourly_per_address=most))

    async def attempt(own: Connection, number: int) -> bool:
        with suppress(TooManyFromAddress):
            await book(own, f"invented{number}@example.org", asker=school)
            return True
        return False

    async with clients(database) as crowd:
        return sum(await asyncio.gather(*map(attempt, crowd, range(CLIENTS))))


async def test_of_twenty_bookings_for_invented_people_from_one_address_the_hours_limit_is_made(
    database: Database, conn: Connection
) -> None:
    await build(conn, office("mitte", pool(counters=3 * CLIENTS)))
    assert await hourly_places_got(database, 7) == 7


async def test_without_the_lock_an_address_gets_more_than_its_hours_limit(
    database: Database, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the test before."""
    await build(conn, office("mitte", pool(counters=3 * CLIENTS)))
    unlock_claims(monkeypatch)
    assert await hourly_places_got(database, 7) > 7


async def test_an_address_takes_places_again_once_the_first_of_so_many_is_an_hour_old(
    conn: Connection,
) -> None:
    await build(conn, office("mitte", pool(counters=9)))
    school = Asker(HERE.address, OnlineLimits(unconfirmed_per_address=0, hourly_per_address=2))

    async def take(minutes: int, *, hold: bool = False) -> BookingMade:
        person = Contact(name="Erika", email=f"{minutes}@example.org")
        wanted = request(at(9, day=day_after(1)), channel="online", hold=hold, contact=person)
        return await service.book(conn, NOW + timedelta(minutes=minutes), wanted, asker=school)

    first = await take(0)
    await service.cancel(conn, NOW, first.reference)
    held = await take(10, hold=True)
    await service.confirm(conn, NOW + timedelta(minutes=11), held.reference, asker=school)
    with pytest.raises(TooManyFromAddress) as refused:
        await take(20)
    assert refused.value.retry_after == 40 * 60
    await take(60)
    with pytest.raises(TooManyFromAddress):
        await take(61)


async def test_a_person_is_limited_by_service_and_altogether_and_freed_by_cancelling(
    conn: Connection,
) -> None:
    await build(conn, office("mitte", pool(counters=20)))
    first = await book(conn, "erika@example.org")
    await book(conn, "ERIKA+zwei@Example.ORG", hold=True)
    assert await refused(conn, "erika+drei@example.org") == "service"
    await book(conn, "erika@example.org", "certificate", phone="0151 23456789")
    assert await refused(conn, "erika@example.org", "family") == "altogether"
    await book(conn, "somebody@example.org", "family", phone="+49 151 23456789")
    await book(conn, None, "family", phone="0151 2345-6789")
    assert await refused(conn, "other@example.org", "passport", phone="0151-23456789") == "altogether"
    await book(conn, "max@example.org")
    for channel in ("phone", "counter"):
        await book(conn, "erika@example.org", channel=channel)
    await service.cancel(conn, NOW, first.reference)
    await book(conn, "erika@example.org", hour=10)


async def test_holds_that_ran_out_and_visits_that_are_over_count_no_more_and_moved_ones_do(
    conn: Connection,
) -> None:
    await build(conn, office("mitte", pool(counters=9)), office("nord", pool("north")))
    made = [await book(conn, "erika@example.org", hold=hold) for hold in (True, False)]
    await service.move(conn, NOW, made[1].reference, MoveRequest(at(9, day=day_after(2)), "nord"))
    assert await refused(conn, "erika@example.org") == "service"
    wanted = request(at(11, day=day_after(3)), channel="online", contact=Contact(email="erika@example.org"))
    for later in (NOW + timedelta(minutes=15), at(10, day=day_after(2))):
        await service.book(conn, later, wanted, asker=Asker(limits=LIMITS))
    await supply_guard.forget_claims(conn, at(9, 30, day=day_after(2)))
    kept = await conn.fetchval("SELECT count(*) FROM online_claim")
    assert kept == 2, "of two that are to come"


async def test_a_hold_is_confirmed_for_somebody_who_has_no_more_than_the_limit(conn: Connection) -> None:
    await build(conn, office("mitte", pool(counters=9)))
    holds = [await book(conn, hold=True) for _ in range(3)]
    erika = Contact(name="Erika", email="erika@example.org")
    for hold in holds[:2]:
        await service.confirm(conn, NOW, hold.reference, erika, asker=Asker(limits=LIMITS))
    with pytest.raises(TooManyBookings):
        await service.confirm(conn, NOW, holds[2].reference, erika, asker=Asker(limits=LIMITS))
    assert (await service.find(conn, holds[2].reference)).state == "held"
    await service.confirm(conn, NOW, holds[2].reference, Contact(name="Max", email="max@example.org"))


async def test_an_address_is_limited_while_nothing_names_the_person_and_forgotten_after_an_hour(
    conn: Connection,
) -> None:
    await build(conn, office("mitte", pool(counters=30)))
    for hold in (True, True, False):
        await book(conn, hold=hold, asker=HERE)
    held = await book(conn, "erika@example.org", hold=True, asker=HERE)
    assert await refused(conn, asker=HERE) == "address"
    await book(conn, asker=Asker("198.51.100.1", LIMITS))
    await service.confirm(conn, NOW, held.reference, asker=HERE)
    await book(conn, asker=HERE)
    for unlimited in (
        Asker("127.0.0.1", LIMITS),
        Asker(HERE.address, OnlineLimits(unconfirmed_per_address=0)),
    ):
        for _ in range(5):
            await book(conn, asker=unlimited)
    rows = await conn.fetch("SELECT hash FROM online_claim")
    assert all(len(row["hash"]) == 32 for row in rows)
    await supply_guard.forget_addresses(conn, NOW + ADDRESS_KEPT)
    assert await conn.fetchval("SELECT count(*) FROM online_claim WHERE kind = 'address'") == 0


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::1", None),
        ("127.0.0.2", None),
        ("unknown", None),
    ],
)
def test_a_network_is_one_household(address: str, network: str | None) -> None:
    assert network_of(address) == network


async def test_an_installation_has_one_secret_whoever_asks_first(database: Database) -> None:
    async def asked() -> bytes:
        async with database.connection() as conn:
            return await installation_secret(conn, supply_guard.PURPOSE)

    secrets = await asyncio.gather(*(asked() for _ in range(20)))
    assert len(set(secrets)) == 1
    assert len(secrets[0]) == SECRET_BYTES


def solved(challenge: Challenge, bits: int = BITS) -> str:
    number = 0
    while not solves(f"{challenge.challenge}.{number}", bits):
        number += 1
    return f"{challenge.challenge}.{number}"


async def uses_of_one_proof(database: Database) -> int:
    """Send the proof of one challenge many times at once; gives how often it was taken."""

    async def use(own: Connection, answer: str) -> bool:
        async with own.transaction():
            with suppress(ProofOfWorkNeeded):
                await require_proof(own, NOW, BITS, answer)
                return True
        return False

    async with clients(database) as crowd:
        answer = solved(await new_challenge(crowd[0], NOW, BITS))
        return sum(await asyncio.gather(*(use(own, answer) for own in crowd)))


async def test_a_challenge_is_good_for_one_booking_however_many_use_it_at_once(
    database: Database, conn: Connection
) -> None:
    await build(conn, office("mitte", pool(counters=3 * CLIENTS)))
    assert await uses_of_one_proof(database) == 1


async def test_whoever_looks_whether_a_challenge_was_used_and_then_notes_it_takes_it_twice(
    database: Database, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the test before."""
    await build(conn, office("mitte", pool(counters=3 * CLIENTS)))
    note = supply_guard_store.use_challenge
    readers, two_have_looked = itertools.count(1), asyncio.Event()

    async def careless(own: Connection, nonce: bytes, expires_at: datetime) -> bool:
        used = await own.fetchval("SELECT true FROM used_challenge WHERE nonce = $1", nonce)
        # However busy the machine is, nobody notes it before somebody else has looked, too.
        if next(readers) > 1:
            two_have_looked.set()
        await two_have_looked.wait()
        await note(own, nonce, expires_at)
        return used is None

    monkeypatch.setattr(supply_guard_store, "use_challenge", careless)
    assert await uses_of_one_proof(database) > 1


async def test_what_is_forged_too_easy_or_too_late_proves_nothing(conn: Connection) -> None:
    challenge = await new_challenge(conn, NOW, BITS)
    assert (challenge.difficulty, challenge.expires_at) == (BITS, NOW + proof_of_work.LIFETIME)
    letter = "A" if challenge.challenge[0] != "A" else "B"
    forged = msgspec.structs.replace(challenge, challenge=letter + challenge.challenge[1:])
    late = NOW + proof_of_work.LIFETIME
    for answer, now in (
        (None, NOW),
        ("", NOW),
        ("ä.1", NOW),
        (solved(msgspec.structs.replace(challenge, challenge="AAAA")), NOW),
        (solved(forged), NOW),
        (solved(challenge) + "0" * 60, NOW),
        (solved(challenge), late),
    ):
        with pytest.raises(ProofOfWorkNeeded):
            await require_proof(conn, now, BITS, answer)
    await require_proof(conn, NOW, BITS, solved(challenge))
    await proof_of_work.forget_challenges(conn, late)
    assert await conn.fetchval("SELECT count(*) FROM used_challenge") == 0


async def test_a_program_books_with_proof_and_within_its_limits_and_an_agent_without(
    running_service: RunningService,
) -> None:
    state = running_service.app.state
    state.settings = msgspec.structs.replace(state.settings, proof_of_work_bits=BITS)
    agent = await running_service.staff_token(Role.AGENT)
    wish = {"service": "personalausweis", "office": "bsc-mitte", "limit": "1"}
    async with running_service.client() as anybody, running_service.client(agent) as staff:
        start = (await anybody.get("/api/v1/slots", params=wish)).json()["items"][0]["start"]
        body = {
            "office": "bsc-mitte",
            "services": [{"service": "personalausweis"}],
            "start": start,
            "contact": {"name": "Erika", "email": "erika@example.org"},
        }
        bare = await anybody.post("/api/v1/appointments", json=body)
        assert (bare.status_code, bare.json()["code"]) == (403, "proof_of_work_needed")
        answers = []
        for _ in range(3):
            told = (await anybody.get("/api/v1/challenges")).json()
            header = {"Proof-Of-Work": solved(msgspec.convert(told, Challenge))}
            answers.append(await anybody.post("/api/v1/appointments", json=body, headers=header))
        assert [answer.status_code for answer in answers] == [201, 201, 409]
        refusal = answers[2].json()
        assert (refusal["code"], refusal["limit"], refusal["most"]) == ("too_many_bookings", "service", 2)
        assert (await staff.post("/api/v1/appointments", json=body | {"contact": {}})).status_code == 201


async def test_no_shows_are_told_by_pool_to_who_plans(running_service: RunningService) -> None:
    supervisor = await running_service.staff_token(Role.SUPERVISOR, office="bsc-mitte")
    async with running_service.client(supervisor) as client:
        wish = {"service": "personalausweis", "office": "bsc-mitte", "limit": "1"}
        start = (await client.get("/api/v1/slots", params=wish)).json()["items"][0]["start"]
        body = {"office": "bsc-mitte", "services": [{"service": "personalausweis"}], "start": start}
        assert (await client.post("/api/v1/appointments", json=body)).status_code == 201
        running_service.clock.move(hours=8)
        async with running_service.app.state.database.connection() as conn:
            tomorrow = running_service.clock() + timedelta(days=1)
            assert await service.miss_past(conn, tomorrow) == 1
        running_service.clock.move(hours=24)
        token = await running_service.staff_token(Role.SUPERVISOR, office="bsc-mitte")
    async with running_service.client(token) as client:
        told = (await client.get("/api/v1/offices/bsc-mitte/no-shows")).json()
    assert told["last_day"] == "2026-11-23"
    assert sum(entry["missed"] for entry in told["items"]) == 1
    (entry,) = [entry for entry in told["items"] if entry["missed"]]
    assert (entry["rate"], entry["came"], entry["overbooking_places"]) == (1.0, 0, 0)
    assert "personalausweis" in entry["services"]
    assert entry["counters"] > 1
