"""The service's public HTTP API as the day's people and devices use it; every answer is timed and kept."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from http import HTTPStatus
from time import monotonic
from typing import Any, Self, TypeVar
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from queue_service.offices.setup_model import OrderSetup
from queue_service.protocol.device_api import CheckInRequest, IssuedTicket, Problem, TicketRequest
from queue_service.queueing.model import Queue, Ticket
from queue_service.simulation.http_connections import HttpConnections

API = "/api/v1"
ANSWER_SECONDS = 30.0
"""Longer than any answer may take; then the day is broken off."""

T = TypeVar("T")


class UnexpectedAnswer(Exception):
    """The service answered what it must not, or not at all; the message says what was asked."""


class Exchange(msgspec.Struct, frozen=True):
    """One request with its answer. ``sent`` and ``answered`` are readings of the monotonic clock."""

    status: int
    body: bytes
    sent: float
    answered: float

    def read(self, kind: type[T]) -> T:
        """Decode the body."""
        return msgspec.json.decode(self.body, type=kind)


class Traffic:
    """What was asked, how long the answers took, and which of them should not have been."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)
        """By command."""
        self.unexpected: list[str] = []

    @property
    def requests(self) -> int:
        """How many requests were answered."""
        return sum(len(seconds) for seconds in self.seconds.values())


class OfficeFacts(msgspec.Struct, frozen=True):
    """What a day needs to know of an office. Hours are minutes after midnight of its time zone."""

    slug: str
    name: dict[str, str]
    time_zone: str
    opening_hours: dict[str, list[dict[str, int]]]
    closures: list[dict[str, Any]]


class ServiceFacts(msgspec.Struct, frozen=True):
    """A service on offer."""

    code: str
    minutes: int
    modes: list[str]


class CounterFacts(msgspec.Struct, frozen=True):
    """A counter as it is now."""

    id: str
    number: str
    features: list[str]
    services: list[str]
    state: str


class Items(msgspec.Struct, frozen=True):
    """Services of an office."""

    items: list[ServiceFacts]


class CounterItems(msgspec.Struct, frozen=True):
    """Counters of an office."""

    items: list[CounterFacts]


class Place(msgspec.Struct, frozen=True):
    """A place that can be booked."""

    start: datetime


class WhyNone(msgspec.Struct, frozen=True):
    """Why there is none."""

    code: str


class Places(msgspec.Struct, frozen=True):
    """The earliest places."""

    items: list[Place]
    why_none: WhyNone | None = None


class Booking(msgspec.Struct, frozen=True):
    """An appointment that was made."""

    reference: str
    secret: str
    start: datetime


class Session(msgspec.Struct, frozen=True):
    """Somebody is logged in."""

    token: str
    expires_at: datetime


class Called(msgspec.Struct, frozen=True):
    """The ticket whose turn it is."""

    ticket: Ticket


class PublicApi:
    """One service; an async context manager that holds its connections."""

    def __init__(self, base_url: str, traffic: Traffic) -> None:
        self._connections = HttpConnections(base_url)
        self.traffic = traffic

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._connections.close()

    async def ask(
        self,
        command: str,
        method: str,
        path: str,
        *,
        token: str | None = None,
        body: object = None,
        params: Mapping[str, str | int] | None = None,
        expected: Collection[int] = (HTTPStatus.OK,),
    ) -> Exchange:
        """Send one request; ``command`` is the name under which its times are kept.

        Raises UnexpectedAnswer for a status that is not expected, and when there is no answer.
        """
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        content = b""
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = msgspec.json.encode(body)
        address = f"{API}{path}?{urlencode(params)}" if params else API + path
        sent = monotonic()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                status, answer = await self._connections.request(method, address, headers, content)
        except OSError as lost:
            # TimeoutError is one as well.
            raise self._note(f"{command}: no answer ({type(lost).__name__} {lost})") from lost
        answered = monotonic()
        self.traffic.seconds[command].append(answered - sent)
        if status not in expected:
            raise self._note(f"{command}: answered {status} {_code(answer)}".rstrip())
        return Exchange(status, answer, sent, answered)

    def _note(self, finding: str) -> UnexpectedAnswer:
        self.traffic.unexpected.append(finding)
        return UnexpectedAnswer(finding)

    async def office(self, slug: str) -> OfficeFacts:
        """Return the office's public facts."""
        return (await self.ask("read office", "GET", f"/offices/{slug}")).read(OfficeFacts)

    async def services(self, slug: str) -> list[ServiceFacts]:
        """Return what the office offers."""
        return (await self.ask("list services", "GET", f"/offices/{slug}/services")).read(Items).items

    async def counters(self, slug: str, token: str) -> list[CounterFacts]:
        """Return the office's counters in their order."""
        answer = await self.ask("list counters", "GET", f"/offices/{slug}/counters", token=token)
        return answer.read(CounterItems).items

    async def queue(self, slug: str, token: str) -> Queue:
        """Return everybody who is still in the office."""
        return (await self.ask("read queue", "GET", f"/offices/{slug}/queue", token=token)).read(Queue)

    async def change_order(self, slug: str, token: str, rules: OrderSetup) -> None:
        """Let the office call by these rules."""
        await self.ask("change order", "PUT", f"/offices/{slug}/order", token=token, body=rules)

    async def log_in(self, username: str, password: str) -> tuple[Session, Exchange]:
        """Start a session."""
        body = {"username": username, "password": password}
        answer = await self.ask("log in", "POST", "/session", body=body, expected=(HTTPStatus.CREATED,))
        return answer.read(Session), answer

    async def find_places(
        self, slug: str, service: str, begin: datetime | date, end: datetime | date, limit: int = 1
    ) -> Places:
        """Return the office's earliest places from ``begin`` on."""
        params: dict[str, str | int] = {
            "office": slug,
            "service": service,
            "from": begin.isoformat(),
            "to": end.isoformat(),
            "limit": limit,
        }
        return (await self.ask("search", "GET", "/slots", params=params)).read(Places)

    async def book(
        self, slug: str, service: str, start: datetime, contact: Mapping[str, str], token: str | None
    ) -> Booking | None:
        """Take a place: by phone with an agent's token, online without one; None when it is taken."""
        body = {
            "office": slug,
            "services": [{"service": service}],
            "start": start,
            "channel": "phone" if token else "online",
            "contact": contact,
        }
        expected = (HTTPStatus.CREATED, HTTPStatus.CONFLICT)
        answer = await self.ask("book", "POST", "/appointments", token=token, body=body, expected=expected)
        if answer.status == HTTPStatus.CONFLICT:
            self._require(answer, "book", ("slot_taken",))
            return None
        return answer.read(Booking)

    async def cancel_booking(self, booking: Booking) -> None:
        """Give a place back."""
        path = f"/appointments/{booking.reference}/cancel"
        await self.ask("cancel booking", "POST", path, params={"secret": booking.secret})

    async def issue(self, slug: str, token: str, request: TicketRequest) -> tuple[IssuedTicket, Exchange]:
        """Get a number without an appointment."""
        path, created = f"/offices/{slug}/tickets", (HTTPStatus.CREATED,)
        answer = await self.ask("issue", "POST", path, token=token, body=request, expected=created)
        return answer.read(IssuedTicket), answer

    async def check_in(self, slug: str, token: str, request: CheckInRequest) -> tuple[IssuedTicket, Exchange]:
        """Get a number for an appointment."""
        path, created = f"/offices/{slug}/check-ins", (HTTPStatus.CREATED,)
        answer = await self.ask("check in", "POST", path, token=token, body=request, expected=created)
        return answer.read(IssuedTicket), answer

    async def open_counter(self, counter: str, token: str) -> str | None:
        """Sit down; None when it worked, else why not: ``counter_taken`` or ``clerk_elsewhere``."""
        path, expected = f"/counters/{counter}/open", (HTTPStatus.OK, HTTPStatus.CONFLICT)
        answer = await self.ask("open counter", "POST", path, token=token, expected=expected)
        if answer.status == HTTPStatus.CONFLICT:
            return self._require(answer, "open counter", ("counter_taken", "clerk_elsewhere"))
        return None

    async def close_counter(self, counter: str, token: str) -> None:
        """Leave."""
        await self.ask("close counter", "POST", f"/counters/{counter}/close", token=token)

    async def call_next(self, counter: str, token: str) -> tuple[Ticket | None, Exchange]:
        """Call whoever is next; None when nobody can be called."""
        expected = (HTTPStatus.OK, HTTPStatus.NO_CONTENT)
        path = f"/counters/{counter}/call-next"
        answer = await self.ask("call next", "POST", path, token=token, expected=expected)
        if answer.status == HTTPStatus.NO_CONTENT:
            return None, answer
        return answer.read(Called).ticket, answer

    async def step(self, verb: str, ticket: UUID, token: str, body: object = None) -> tuple[Ticket, Exchange]:
        """Take a ticket one step, named as in the address: ``start``, ``no-show``, ``transfer``."""
        answer = await self.ask(verb, "POST", f"/tickets/{ticket}/{verb}", token=token, body=body)
        return answer.read(Ticket), answer

    async def cancel(self, ticket: UUID, token: str) -> tuple[Ticket | None, Exchange]:
        """End the visit of somebody who waits; None when a counter was quicker and has called."""
        expected = (HTTPStatus.OK, HTTPStatus.CONFLICT, HTTPStatus.FORBIDDEN)
        path = f"/tickets/{ticket}/cancel"
        answer = await self.ask("cancel", "POST", path, token=token, expected=expected)
        if answer.status != HTTPStatus.OK:
            self._require(answer, "cancel", ("illegal_transition", "not_your_ticket"))
            return None, answer
        return answer.read(Ticket), answer

    def _require(self, answer: Exchange, command: str, codes: Sequence[str]) -> str:
        code = answer.read(Problem).code
        if code not in codes:
            raise self._note(f"{command}: answered {answer.status} {code}")
        return code


def _code(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=Problem).code
    except msgspec.MsgspecError:
        return ""
