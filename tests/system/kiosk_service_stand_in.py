"""A stand-in for the service, speaking its protocol to one kiosk and doing as a test tells it.

Not the service: numbers are counted in memory, there is one office, and ``/control`` makes it
lose answers, refuse, skip versions or close walk-ins. Tests against the real service stand elsewhere.
"""

import asyncio
import contextlib
import socket
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import msgspec
import uvicorn
from litestar import Litestar, Request, Response, WebSocket, delete, get, post, websocket
from litestar.datastructures import State
from litestar.exceptions import WebSocketDisconnect

from queue_service.protocol.device_api import CheckInRequest, IssuedTicket, Problem, TicketRequest
from queue_service.protocol.device_care import PairingCode, PairingRequest
from queue_service.protocol.help import HelpAtDevice
from queue_service.protocol.languages import LANGUAGE_NAMES
from queue_service.protocol.outage import (
    HandedIn,
    HandedInItem,
    NumberBlock,
    NumberBlocks,
    Outage,
    OutageCheckIn,
    OutageTicket,
)
from queue_service.protocol.stream import (
    HallState,
    KioskChange,
    KioskService,
    KioskSnapshot,
    OfficeCard,
    QueueLength,
    WaitRange,
    WalkIns,
    apply_to_kiosk,
)
from queue_service.protocol.ticket_copy import CopyOrders

OFFICE = OfficeCard(
    slug="bsc-mitte",
    name={"de": "BürgerServiceCenter Mitte", "en": "Citizen Service Centre Mitte"},
    time_zone="Europe/Berlin",
    area={"de": "Wartebereich Erdgeschoss", "en": "Waiting area, ground floor"},
    reception={
        "de": "Der Empfang ist rechts neben dem Eingang.",
        "en": "The reception is to the right of the entrance.",
    },
    languages=list(LANGUAGE_NAMES),
    follow_url="http://127.0.0.1:8080/n/",
    accent="#c8102e",
)

LAST_OWN_NUMBER = 999
KNOWN_REFERENCE = "K7RMW3XR"
"""The one appointment of this office."""

WAITS = (None, WaitRange(0, 5), WaitRange(10, 15), WaitRange(20, 35), WaitRange(45, 60))

SERVICES_BY_GROUP = {
    ("Ausweise und Pässe", "Identity cards and passports"): [
        ("personalausweis", "Personalausweis beantragen", "Identity card"),
        ("reisepass", "Reisepass beantragen", "Passport"),
        ("vorlaeufiger-pass", "Vorläufiger Reisepass", "Temporary passport"),
        ("verlust-ausweis", "Verlust des Personalausweises melden", "Report a lost identity card"),
        ("eid-pin", "Online-Ausweis und PIN", "Online identity and PIN"),
        ("abholung", "Ausweis oder Pass abholen", "Collect an identity card or passport"),
    ],
    ("Wohnen und Melden", "Residence"): [
        ("anmeldung", "Wohnsitz anmelden", "Register a residence"),
        ("abmeldung", "Wohnsitz abmelden", "Deregister a residence"),
        ("meldebescheinigung", "Meldebescheinigung", "Certificate of residence"),
        ("auskunft", "Auskunft aus dem Melderegister", "Information from the register"),
        ("auskunftssperre", "Auskunftssperre", "Block on information"),
    ],
    ("Führerschein und Fahrzeug", "Driving licence and vehicle"): [
        ("fuehrerschein-abholung", "Führerschein abholen", "Collect a driving licence"),
        ("umschreibung", "Ausländischen Führerschein umschreiben", "Exchange a foreign driving licence"),
        ("int-fuehrerschein", "Internationaler Führerschein", "International driving permit"),
        ("kfz-abmelden", "Fahrzeug abmelden", "Deregister a vehicle"),
        ("parkausweis", "Bewohnerparkausweis", "Resident parking permit"),
    ],
    ("Urkunden und Zeugnisse", "Certificates"): [
        ("fuehrungszeugnis", "Führungszeugnis", "Certificate of good conduct"),
        ("beglaubigung", "Beglaubigung von Dokumenten", "Certified copies"),
        ("unterschrift", "Beglaubigung einer Unterschrift", "Certified signature"),
    ],
    ("Gewerbe und Sonstiges", "Business and other"): [
        ("gewerbe", "Gewerbe anmelden", "Register a business"),
        ("verpflichtung", "Verpflichtungserklärung", "Declaration of commitment"),
    ],
}


def services() -> list[KioskService]:
    """Give every service with some queue."""
    given: list[KioskService] = []
    for (group_de, group_en), members in SERVICES_BY_GROUP.items():
        given.extend(
            KioskService(
                code=code,
                name={"de": name_de, "en": name_en},
                group={"de": group_de, "en": group_en},
                minutes=10,
                waiting=len(given),
                wait=WAITS[(len(given) + index + 2) % len(WAITS)],
            )
            for index, (code, name_de, name_en) in enumerate(members)
        )
    return given


class Told(msgspec.Struct):
    """What a test told this stand-in to do; ``answers`` are for the next requests, one each."""

    answers: list[str] = []


class StandIn:
    """All state of the stand-in; gone with its process."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.snapshot = KioskSnapshot(
            version=1,
            office=OFFICE,
            services=services(),
            walk_ins=WalkIns(open=True),
            waiting=12,
            open_counters=8,
        )
        self.tickets: dict[UUID, IssuedTicket] = {}
        self.requests: list[dict[str, Any]] = []
        self.answers: list[str] = []
        self.help = HelpAtDevice("none")
        self.own_numbers = 0
        """How many numbers the kiosk may give out by itself."""
        self.papers: dict[str, str] = {}
        """Those that were handed in: the id by number."""
        self.answers_papers = asyncio.Event()
        self.answers_papers.set()
        self.sockets: set[asyncio.Queue[bytes]] = set()

    def change(self, **facts: Any) -> None:
        """Make a change with the next version and send it to everybody."""
        change = KioskChange(
            type="ticket.issued",
            version=self.snapshot.version + 1,
            at=datetime.now(UTC),
            waiting=facts.pop("waiting", self.snapshot.waiting),
            open_counters=self.snapshot.open_counters,
            **{"hall": self.snapshot.hall, **facts},
        )
        self.snapshot = apply_to_kiosk(self.snapshot, change)
        self.send(msgspec.json.encode(change))

    def send(self, message: bytes) -> None:
        """Send to everybody as it is."""
        for outgoing in self.sockets:
            outgoing.put_nowait(message)

    def ticket(self, request: TicketRequest | CheckInRequest, letter: str) -> IssuedTicket:
        """Give the ticket of this id, a new one when there is none."""
        key = request.id or uuid4()
        if key not in self.tickets:
            now = datetime.now(UTC)
            token = "Kq3vB7xZ2mN9pR4sT6wY1c"
            self.tickets[key] = IssuedTicket(
                id=key,
                number=f"{letter}{42 + len(self.tickets):03d}",
                token=token,
                people_ahead=12,
                wait=WaitRange(20, 35),
                created_at=now,
                follow_url=OFFICE.follow_url + token,
                appointment_at=now + timedelta(minutes=5) if letter == "T" else None,
                arrival="on_time" if letter == "T" else None,
                pick_up=request.pick_up,
            )
        return self.tickets[key]


def stand_in(state: State) -> StandIn:
    """Give the state of this process."""
    given: StandIn = state.stand_in
    return given


@websocket("/api/v1/stream")
async def stream(socket: WebSocket[Any, Any, State]) -> None:
    """Send the snapshot, then whatever happens."""
    here = stand_in(socket.app.state)
    if socket.headers.get("authorization") != f"Bearer {here.token}":
        await socket.close(code=1008)
        return
    await socket.accept()
    outgoing: asyncio.Queue[bytes] = asyncio.Queue()
    here.sockets.add(outgoing)
    await socket.send_data(msgspec.json.encode(here.snapshot), "text", encoding="utf-8")

    async def send_all() -> None:
        while message := await outgoing.get():
            await socket.send_data(message, "text", encoding="utf-8")
        await socket.close(code=1011)

    sending = asyncio.create_task(send_all())
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            await socket.receive_data("text")
    here.sockets.discard(outgoing)
    sending.cancel()


@post("/api/v1/offices/{office:str}/tickets")
async def issue(state: State, request: Request[Any, Any, State], office: str, data: TicketRequest) -> Any:
    """Give a number."""
    return await answer(stand_in(state), request, office, data, lambda here: here.ticket(data, "A"))


@post("/api/v1/offices/{office:str}/check-ins")
async def check_in(state: State, request: Request[Any, Any, State], office: str, data: CheckInRequest) -> Any:
    """Give the number of the one appointment."""
    if data.reference.replace("-", "").upper() != KNOWN_REFERENCE:
        return problem(404, "appointment_not_found", "Diesen Termin gibt es nicht.")
    return await answer(stand_in(state), request, office, data, lambda here: here.ticket(data, "T"))


@get("/api/v1/offices/{office:str}/numbers/{number:str}")
async def standing(state: State, office: str, number: str) -> Any:
    """Tell how it stands with a number that was given out here."""
    known = next((ticket for ticket in stand_in(state).tickets.values() if ticket.number == number), None)
    if known is None:
        return problem(404, "ticket_not_found", "Diese Nummer gibt es nicht.")
    return {
        "number": number, "office": office, "state": "waiting", "people_ahead": 11,
        "wait": {"low_minutes": 15, "high_minutes": 30}, "counter": None, "counter_name": None,
        "called_at": None,
    }  # fmt: skip


@post("/api/v1/device/number-blocks", status_code=200)
async def lease(state: State) -> NumberBlocks:
    """Lease numbers from the top, for any day."""
    here = stand_in(state)
    first = 1000 - here.own_numbers + len(here.papers)
    blocks = [NumberBlock(None, "A", first, 999, 3)] if first <= LAST_OWN_NUMBER else []
    letters = {service.code: "A" for service in here.snapshot.services}
    return NumberBlocks(OFFICE.slug, blocks, letters, datetime.now(UTC))


@get("/api/v1/device/ticket-copies")
async def nothing_to_print() -> CopyOrders:
    """Order no copies."""
    return CopyOrders([])


@get("/api/v1/device/help")
async def see_help(state: State) -> HelpAtDevice:
    """Tell whether somebody was asked to come."""
    return stand_in(state).help


@post("/api/v1/device/help", status_code=200)
async def call_help(state: State) -> HelpAtDevice:
    """Ask somebody to come."""
    stand_in(state).help = HelpAtDevice("asked", datetime.now(UTC))
    return stand_in(state).help


@delete("/api/v1/device/help")
async def withdraw_help(state: State) -> None:
    """Ask nobody any more."""
    stand_in(state).help = HelpAtDevice("none")


@post("/api/v1/device-pairings", status_code=200)
async def pair(data: PairingRequest) -> PairingCode:  # noqa: ARG001 - read to be checked
    """Give a device without a token the code that it shows."""
    return PairingCode("K7R-MW3", datetime.now(UTC) + timedelta(minutes=10))


@post("/api/v1/device/outage-tickets", status_code=200)
async def hand_in(state: State, data: Outage) -> HandedIn:
    """Take papers, each once; or take them and never say so."""
    here = stand_in(state)
    items = []
    papers: list[OutageTicket | OutageCheckIn] = [*data.tickets, *data.check_ins]
    for paper in sorted(papers, key=lambda paper: paper.issued_at):
        known = here.papers.setdefault(paper.number, str(paper.id))
        items.append(HandedInItem(paper.id, "known" if known == str(paper.id) else "refused"))
    if not here.answers_papers.is_set():
        print("papers held", flush=True)  # noqa: T201 - read by the test
        await here.answers_papers.wait()
    return HandedIn(items)


class ToldNumbers(msgspec.Struct):
    """How many numbers the kiosk gets for an outage, and whether papers are answered."""

    own: int = 60
    hold: bool = False


@post("/control/numbers")
async def told_numbers(state: State, data: ToldNumbers) -> None:
    """Lease so many numbers from now on."""
    here = stand_in(state)
    here.own_numbers = data.own
    if data.hold:
        here.answers_papers.clear()
    else:
        here.answers_papers.set()


@get("/control/papers")
async def papers(state: State) -> list[dict[str, str]]:
    """Give every paper that was handed in."""
    return [{"number": number, "id": paper} for number, paper in stand_in(state).papers.items()]


async def answer(
    here: StandIn,
    request: Request[Any, Any, State],
    office: str,
    data: TicketRequest | CheckInRequest,
    ticket: Callable[[StandIn], IssuedTicket],
) -> Any:
    """Answer as told: ``commit, lose`` commits and hangs up, ``502`` and so on are statuses."""
    here.requests.append(
        {
            "office": office,
            "id": str(data.id),
            "idempotency_key": request.headers.get("idempotency-key"),
            "language": request.headers.get("accept-language"),
            "body": msgspec.to_builtins(data),
        }
    )
    if request.headers.get("authorization") != f"Bearer {here.token}":
        return problem(401, "not_authenticated", "Wer sind Sie?")
    if not here.snapshot.walk_ins.open and isinstance(data, TicketRequest):
        facts = msgspec.to_builtins(here.snapshot.walk_ins)
        return problem(409, "walk_ins_closed", "Heute nicht mehr.", **facts)
    match here.answers.pop(0) if here.answers else "":
        case "":
            return ticket(here)
        case "commit, lose":
            ticket(here)
            raise HungUp
        case "nonsense":
            return Response(b"<h1>It works!</h1>", media_type="text/html", status_code=201)
        case "in_progress":
            return problem(409, "in_progress", "Noch nicht fertig.")
        case status:
            return problem(int(status), "told_so", f"Status {status}, wie befohlen.")


class HungUp(Exception):
    """The connection goes without an answer."""


def problem(status: int, code: str, detail: str, **extra: Any) -> Response[Any]:
    """Say no as the service does."""
    body = msgspec.to_builtins(Problem(status=status, code=code, detail=detail, title=code))
    return Response({**body, **extra}, status_code=status, media_type="application/problem+json")


def hang_up(request: Request[Any, Any, State], _: HungUp) -> Response[Any]:
    """Close the connection under the answer's nose."""
    extensions = cast("dict[str, Any]", request.scope)["extensions"]
    extensions["test.transport"].abort()
    return Response(None)


@post("/control/answers")
async def told_answers(state: State, data: Told) -> None:
    """Set how the next requests are answered."""
    stand_in(state).answers = data.answers


@post("/control/walk-ins")
async def told_walk_ins(state: State, data: WalkIns) -> None:
    """Open or close walk-ins."""
    stand_in(state).change(walk_ins=data)


class ToldHall(msgspec.Struct):
    """Whether the hall is as usual."""

    hall: HallState


@post("/control/hall")
async def told_hall(state: State, data: ToldHall) -> None:
    """Pause the calling, let everybody leave, or go on."""
    stand_in(state).change(hall=data.hall)


@post("/control/queue")
async def told_queue(state: State, data: QueueLength) -> None:
    """Change one service's queue."""
    stand_in(state).change(services=[data], waiting=data.waiting)


@post("/control/office")
async def told_office(state: State, data: OfficeCard) -> None:
    """Change the office and hang up, as the service does when a snapshot has to be taken anew."""
    here = stand_in(state)
    here.snapshot = msgspec.structs.replace(here.snapshot, office=data)
    here.send(b"")


class Asked(msgspec.Struct):
    """What visitors are asked, and of which service how many are to be had at once."""

    asks: list[str]
    several: str = ""
    most: int = 5


@post("/control/asks")
async def told_asks(state: State, data: Asked) -> None:
    """Ask from now on, and hang up, as after a change of the set-up."""
    here = stand_in(state)
    services = [
        msgspec.structs.replace(service, max_quantity=data.most if service.code == data.several else 1)
        for service in here.snapshot.services
    ]
    here.snapshot = msgspec.structs.replace(here.snapshot, asks=data.asks, services=services)
    here.send(b"")


@post("/control/gap")
async def told_gap(state: State) -> None:
    """Lose one change on the way."""
    here = stand_in(state)
    here.snapshot = msgspec.structs.replace(here.snapshot, version=here.snapshot.version + 1)
    here.change(waiting=99)


@post("/control/token")
async def told_token(state: State, token: str) -> None:
    """Accept another token from now on, and hang up."""
    stand_in(state).token = token
    stand_in(state).send(b"")


@get("/control/requests")
async def requests(state: State) -> list[dict[str, Any]]:
    """Give every request for a ticket so far."""
    return stand_in(state).requests


@get("/control/tickets")
async def tickets(state: State) -> list[IssuedTicket]:
    """Give every ticket that exists."""
    return list(stand_in(state).tickets.values())


def with_transport(app: Litestar) -> Any:
    """Let a route hang up, which HTTP frameworks have no word for."""

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            transport = getattr(getattr(send, "__self__", None), "transport", None)
            scope.setdefault("extensions", {})["test.transport"] = transport
        await app(scope, receive, send)

    return wrapped


def main() -> None:
    """Serve at the port given (0: a free one), after saying which on standard output."""
    port, token = int(sys.argv[1]), sys.argv[2]
    listening = socket.create_server(("127.0.0.1", port))
    print(listening.getsockname()[1], flush=True)  # noqa: T201 - read by the test
    app = Litestar(
        route_handlers=[
            stream,
            issue,
            check_in,
            standing,
            lease,
            nothing_to_print,
            see_help,
            call_help,
            withdraw_help,
            pair,
            hand_in,
            told_numbers,
            papers,
            told_answers,
            told_walk_ins,
            told_hall,
            told_queue,
            told_office,
            told_asks,
            told_gap,
            told_token,
            requests,
            tickets,
        ],
        exception_handlers={HungUp: hang_up},
        state=State({"stand_in": StandIn(token)}, deep_copy=False),
        openapi_config=None,
    )
    config = uvicorn.Config(with_transport(app), ws="websockets-sansio", log_level="error")
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
