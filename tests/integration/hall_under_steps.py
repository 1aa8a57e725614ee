"""A hall, its model and its screens: whatever rules do to it, all three must be the same afterwards."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from queue_service.booking import service as booking
from queue_service.booking.model import BookingRequest, Contact, PlaceSearch, ServiceWish
from queue_service.offices import service as offices
from queue_service.platform import errors
from queue_service.platform.database import Database, connect
from queue_service.platform.queries import Connection
from queue_service.protocol.device_api import CheckInRequest
from queue_service.queueing import service
from queue_service.queueing.actor import Actor
from queue_service.queueing.arrival import Admission, admit_appointment, admit_walk_in
from queue_service.queueing.hall import ChangeRecord
from queue_service.queueing.lifecycle import TICKET
from queue_service.queueing.model import Ticket
from tests.integration.conftest import MONDAY_MORNING, QUICKEST_COPY
from tests.integration.counter_hall import KIOSK, issue, make_clerks
from tests.integration.hall_model import HERE, ModelHall, Seat
from tests.integration.visit_history import broken_histories

OFFICE = "bsc-mitte"
COUNTERS = ("1", "8", "9", "17")
"""Two for everything, with induction loop and with interpreter, one for papers, one for certificates."""
SERVICES = ("adresse-aendern", "personalausweis", "fahrzeug-abmelden")
"""Which all four, three and two of them serve."""
APPOINTMENTS = 4
CLOSING = MONDAY_MORNING + timedelta(hours=5)
"""Nobody is let in much later; time stands still then."""

Result = TypeVar("Result")
Verb = Callable[[Connection], Awaitable[Result]]


numbers = st.integers(0, 30)
"""The nth of those there are, round and round."""
seats = st.integers(0, len(COUNTERS) - 1)
codes = st.sampled_from(SERVICES)
some_codes = st.none() | st.lists(codes, min_size=1, unique=True)
needs = st.sampled_from([[], [], ["level_access"], ["interpreter"], ["induction_loop"]])


def nth_of(things: Sequence[Result], nth: int) -> Result:
    """Give the nth, round and round."""
    return things[nth % len(things)]


class World(msgspec.Struct):
    """What every example begins with, in a database that is copied for it."""

    dsn: str
    clerks: list[Actor]
    lead: Actor
    appointments: list[tuple[str, datetime]]
    """References with their times."""
    seats: list[Seat]


async def build_world(dsn: str, now: datetime) -> World:
    """Employ clerks and a team lead, and book some appointments of this morning."""
    conn = await connect(dsn)
    try:
        *clerks, lead = await make_clerks(conn, now, len(COUNTERS) + 1)
        wish = [ServiceWish(SERVICES[1])]
        search = PlaceSearch(wish, [OFFICE], begin=now, channel="counter", limit=12)
        booked = []
        for place in (await booking.find_places(conn, now, search)).items[:: 12 // APPOINTMENTS]:
            request = BookingRequest(OFFICE, wish, place.start, channel="counter", contact=Contact("Erika"))
            booked.append(((await booking.book(conn, now, request)).reference, place.start))
        listed = await service.list_counters(conn, await offices.find_office(conn, OFFICE))
        stands = [
            Seat(one.counter.id, one.counter.number, frozenset(one.services), frozenset(one.counter.features))
            for one in listed
            if one.counter.number in COUNTERS
        ]
    finally:
        await conn.close()
    return World(dsn, clerks, msgspec.structs.replace(lead, any_counter=True), booked, stands)


class HallUnderSteps(RuleBasedStateMachine):
    """One hall in a database of its own: who comes, who sits where, and what always holds."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.now = MONDAY_MORNING
        self.loop = asyncio.Runner()
        self.name = f"steps_{uuid4().hex}"
        self.checked_in: dict[str, UUID] = {}
        """Tickets by reference."""
        self.recent: list[tuple[UUID, Actor]] = []
        """Who did something with whom: the last three."""
        self.run(self._open())

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self.loop.run(work)

    async def _open(self) -> None:
        address = urlsplit(self.world.dsn)
        async with self._server() as server:
            await server.execute(
                f"CREATE DATABASE {self.name} TEMPLATE {address.path[1:]} STRATEGY {QUICKEST_COPY}"
            )
        self.database = Database(
            address._replace(path=f"/{self.name}").geturl(), connections=1 + len(COUNTERS)
        )
        await self.database.open()
        async with self.database.connection() as conn:
            self.office = await offices.find_office(conn, OFFICE)
            self.screen = await service.read_hall(conn, self.office)
        seats = msgspec.convert(msgspec.to_builtins(self.world.seats), list[Seat])
        self.model = ModelHall(seats, self.office.order, self.office.setup.arrival)
        self.version = self.screen.version

    @asynccontextmanager
    async def _server(self) -> AsyncIterator[Connection]:
        conn = await asyncpg.connect(urlsplit(self.world.dsn)._replace(path="/postgres").geturl())
        try:
            yield conn
        finally:
            await conn.close()

    def teardown(self) -> None:
        """Look at all that was written down, and clear up."""
        try:
            self.run(self._look_back())
        finally:
            self.run(self._close())
            self.loop.close()

    async def _look_back(self) -> None:
        async with self.database.connection() as conn:
            assert await broken_histories(conn) == []
            assert await service.broken_invariants(conn) == []

    async def _close(self) -> None:
        await self.database.close()
        async with self._server() as server:
            await server.execute(f"DROP DATABASE {self.name} WITH (FORCE)")

    # What is asked of the service, and what the model says of it

    async def _take(self, verb: Verb[Result]) -> Result:
        async with self.database.transaction() as conn:
            return await verb(conn)

    def take(self, verb: Verb[Result], refusal: str | None, changes: int = 1) -> Result | None:
        """Do it; it is refused with exactly this code, or tells the screens so many changes."""
        try:
            done = self.run(self._take(verb))
        except errors.QueueError as refused:
            if refused.code != refusal:
                raise
            return None
        assert refusal is None, f"should have been refused: {refusal}"
        self.version += changes
        return done

    async def _ticket(self, conn: Connection, ticket_id: UUID, actor: Actor) -> Ticket:
        return (await service.find_ticket(conn, ticket_id, actor)).ticket

    def some(self, nth: int) -> UUID | None:
        """Give the nth ticket; those who are here come first, because more can happen to them."""
        known = sorted(
            self.model.tickets.values(), key=lambda ticket: (ticket.state not in HERE, ticket.number)
        )
        few = known[: 3 + sum(ticket.state in HERE for ticket in known)]
        return nth_of(few, nth).id if few else None

    def who_may(self, verb: str) -> list[Ticket]:
        """Give everybody whose lifecycle allows the step."""
        tickets = self.model.tickets.values()
        return sorted((t for t in tickets if TICKET.target(t.state, verb)), key=lambda t: t.number)

    def free_seats(self) -> list[Seat]:
        """Give the counters that could call."""
        return [seat for seat in self.model.seats.values() if seat.state == "open" and seat.ticket is None]

    def busy_seats(self) -> list[Seat]:
        """Give the counters with a visitor that stay open."""
        seats = self.model.seats.values()
        return [seat for seat in seats if seat.ticket and seat.state == "open" and not seat.closing]

    def closed_seats(self) -> list[Seat]:
        """Give the counters where nobody sits."""
        return [seat for seat in self.model.seats.values() if seat.state == "closed"]

    def seat(self, nth: int) -> Seat:
        return list(self.model.seats.values())[nth]

    def actor(self, nth: int) -> Actor:
        """Give the nth clerk; one more is the team lead, who sits nowhere."""
        return [*self.world.clerks, self.world.lead][nth]

    def _clerk_at(self, seat: Seat) -> Actor:
        """Give who sits there, or anybody."""
        return next((clerk for clerk in self.world.clerks if clerk.key == seat.clerk), self.world.clerks[0])

    def _moved(self, verb: str, ticket: Ticket, actor: Actor) -> None:
        self.model.moved(verb, ticket, actor, self.now)
        self.recent = [(ticket.id, actor), *self.recent][:3]

    @rule(
        code=codes,
        visitor_class=st.sampled_from(["walk_in", "walk_in", "pregnant", "disabled"]),
        wanted=needs,
        further=st.lists(codes, max_size=2, unique=True),
        together=st.booleans(),
    )
    def arrive(
        self, code: str, visitor_class: str, wanted: list[str], further: list[str], *, together: bool
    ) -> None:
        async def verb(conn: Connection) -> Ticket:
            issued = await issue(
                conn, self.now, self.office, code, visitor_class=visitor_class, needs=wanted,
                further_services=further, together=together,
            )  # fmt: skip
            return await self._ticket(conn, issued.id, KIOSK)

        self._joined(self.take(verb, None), admit_walk_in(self.now, visitor_class, self.model.rules))

    @rule(nth=st.integers(0, APPOINTMENTS - 1))
    def check_in(self, nth: int) -> None:
        reference, starts_at = self.world.appointments[nth]

        async def verb(conn: Connection) -> Ticket:
            request = CheckInRequest(reference)
            issued = await service.check_in(conn, self.now, self.office, request, "kiosk", KIOSK, "")
            return await self._ticket(conn, issued.id, KIOSK)

        known = self.model.tickets.get(self.checked_in[reference]) if reference in self.checked_in else None
        refusal = None if known is None else "already_checked_in"
        if known is not None and known.state == "cancelled" and known.merged_into is None:
            refusal = "appointment_cancelled"
        made = self.take(verb, refusal)
        if made:
            self.checked_in[reference] = made.id
            window = self.office.setup.arrival
            self._joined(made, admit_appointment(self.now, starts_at, window, self.model.rules))

    def _joined(self, ticket: Ticket | None, by_rule: Admission) -> None:
        assert ticket is not None
        assert (ticket.state, ticket.counter) == ("waiting", None)
        given = (ticket.visitor_class, ticket.waiting_since, ticket.rank_at, ticket.call_by)
        assert given == (by_rule.visitor_class, by_rule.waiting_since, by_rule.rank_at, by_rule.call_by)
        self.model.joined(ticket)

    @rule(minutes=st.integers(0, 25), seconds=st.integers(0, 12))
    def later(self, minutes: int, seconds: int) -> None:
        # Mostly seconds: what was done can be taken back within ten of them.
        minutes = max(0, minutes - 15)
        self.now = min(self.now + timedelta(minutes=minutes, seconds=seconds), CLOSING)

    @precondition(lambda self: self.closed_seats())
    @rule(nth=seats, who=seats, services=some_codes)
    def sit_down(self, nth: int, who: int, services: list[str] | None) -> None:
        self._sit_down(nth_of(self.closed_seats(), nth), self.actor(who), services)

    @rule(nth=seats, who=seats, services=some_codes)
    def sit_down_anywhere(self, nth: int, who: int, services: list[str] | None) -> None:
        """Also where somebody sits, and to take other services at one's own counter."""
        self._sit_down(self.seat(nth), self.actor(who), services)

    def _sit_down(self, seat: Seat, clerk: Actor, services: list[str] | None) -> None:
        desk = self.model.desk_of(clerk)
        taken = seat.clerk not in (None, clerk.key)
        elsewhere = desk is not None and desk.id != seat.id
        refusal = "counter_taken" if taken else "clerk_elsewhere" if elsewhere else None

        async def verb(conn: Connection) -> object:
            found = await service.find_counter(conn, seat.id)
            return await service.open_counter(conn, self.now, found, services, clerk)

        if self.take(verb, refusal):
            if seat.state == "closed":
                seat.put_back = None
            seat.state, seat.clerk, seat.closing = "open", clerk.key, False
            seat.serving = seat.services if services is None else seat.services & set(services)

    @precondition(lambda self: len(self.closed_seats()) < len(COUNTERS) // 2)
    @rule(nth=seats, after_visit=st.booleans())
    def leave(self, nth: int, *, after_visit: bool) -> None:
        seat = self.seat(nth)
        clerk = self._clerk_at(seat)
        refusal = None if seat.clerk else "counter_not_open"
        if seat.ticket and not after_visit:
            refusal = "still_serving"

        async def verb(conn: Connection) -> object:
            found = await service.find_counter(conn, seat.id)
            return await service.close_counter(conn, self.now, found, clerk, after_visit=after_visit)

        if self.take(verb, refusal):
            if seat.ticket is None:
                seat.leave()
            else:
                seat.closing = True

    @rule(nth=seats)
    def pause_or_go_on(self, nth: int) -> None:
        seat = self.seat(nth)
        clerk, paused = self._clerk_at(seat), seat.state == "paused"

        async def verb(conn: Connection) -> object:
            found = await service.find_counter(conn, seat.id)
            if paused:
                return await service.resume_counter(conn, self.now, found, clerk)
            return await service.pause_counter(conn, self.now, found, clerk, "Pause")

        if self.take(verb, None if seat.clerk else "counter_not_open"):
            seat.state = "open" if paused else "paused"

    async def _changes(self) -> list[ChangeRecord]:
        async with self.database.connection() as conn:
            return await service.changes_since(conn, self.office.id, self.screen.version)

    @invariant()
    def the_hall_is_what_model_and_screens_say(self) -> None:
        self.run(self._compare())

    async def _compare(self) -> None:
        async with self.database.connection() as conn:
            changes = await service.changes_since(conn, self.office.id, self.screen.version)
            if not changes:
                assert self.version == self.screen.version
                return
            fresh = await service.read_hall(conn, self.office)
            seat = self.seat(fresh.version % len(COUNTERS))
            queue = await service.queue(
                conn, self.now, self.office, await service.find_counter(conn, seat.id)
            )
        for change in changes:
            # Refuses a gap.
            self.screen.apply(change)
        assert self.screen == fresh
        assert fresh.version == self.version
        assert fresh.tickets == self.model.here()
        for seat_model in self.model.seats.values():
            shown = fresh.counters[seat_model.id]
            assert (shown.state, shown.clerk, shown.ticket, frozenset(shown.serving), shown.closing) == (
                seat_model.state, seat_model.clerk, seat_model.ticket, seat_model.serving, seat_model.closing,
            )  # fmt: skip
        assert [ticket.number for ticket in queue.items] == [
            ticket.number for ticket in self.model.order(seat, self.now)
        ]
