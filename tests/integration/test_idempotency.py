"""The same key and body get the same answer, once: repeated, at once, under way, and after a crash."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiosql
import httpx
import pytest

from queue_service.accounts.model import DeviceProfile, Role
from queue_service.api_examples import EXAMPLES
from queue_service.platform import http
from queue_service.platform.database import connect
from queue_service.platform.installation_secret import installation_secret, keyed_hash
from queue_service.platform.queries import Connection, sql_directory
from tests.integration.hall_state import state_of
from tests.integration.running_service import DevicesOwn, RunningService

OFFICE = "bsc-mitte"
TICKETS = f"/api/v1/offices/{OFFICE}/tickets"
COUNTER = f"/api/v1/counters/{OFFICE}.1"
SERVICE = {"service": "personalausweis"}
OTHER_SERVICE = {"service": "reisepass"}
AFTER_PARKING = {"current": "park"}
NOTED = {"reason": "Foto"}
TODAY, LATER, TOMORROW = (
    "2026-11-23T10:30:00+01:00",
    "2026-11-23T11:30:00+01:00",
    "2026-11-24T10:30:00+01:00",
)
AT_ONCE = 50
WAIT_SECONDS = 20
"""For what happens in a moment; longer means that it doesn't happen."""


def key(name: str) -> dict[str, str]:
    """Give the header that names a request."""
    return {"Idempotency-Key": name}


def booking(start: str, **more: object) -> dict[str, object]:
    """Give a booking at the counter."""
    return {
        "office": OFFICE,
        "services": [{**SERVICE, "quantity": 1}],
        "start": start,
        "channel": "counter",
        "contact": {"name": "Erika Mustermann"},
        **more,
    }


async def until_blocked(conn: Connection, statement: str, *, backends: int = 1) -> list[int]:
    """Wait until backends are held up in this statement by somebody's lock; give their process ids."""
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            rows = await conn.fetch(
                """
                SELECT pid FROM pg_stat_activity
                 WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE $1
                """,
                f"%{statement}%",
            )
            if len(rows) >= backends:
                return [row["pid"] for row in rows]


@pytest.fixture
async def kiosk(running_service: RunningService) -> AsyncIterator[httpx.AsyncClient]:
    token = await running_service.device_token(DeviceProfile.KIOSK, OFFICE)
    async with running_service.client(token) as client:
        yield client


@pytest.fixture
async def supervisor(running_service: RunningService) -> AsyncIterator[httpx.AsyncClient]:
    token = await running_service.staff_token(Role.SUPERVISOR, office=OFFICE)
    async with running_service.client(token) as client:
        yield client


class Repeater:
    """Sends each request for the first time, again, and with another body under the same key."""

    def __init__(self, client: httpx.AsyncClient, conn: Connection) -> None:
        self._client = client
        self._conn = conn
        self._sent = 0
        self.kinds: set[str] = set()

    async def send(self, path: str, body: object = None, other: object = None) -> Any:
        """Give the first answer; requires that the repeat gets it too, and that nothing happens twice."""
        self._sent += 1
        named = key(f"request {self._sent}")
        first = await self._post(path, body, named)
        assert first.is_success, f"{path}: {first.text}"
        after = await state_of(self._conn)
        again = await self._post(path, body, named)
        assert (again.status_code, again.content) == (first.status_code, first.content), path
        mismatch = await self._post(path, {"another": "body"} if other is None else other, named)
        assert (mismatch.status_code, mismatch.json().get("code")) == (422, "idempotency_mismatch"), path
        assert await state_of(self._conn) == after, path
        self.kinds.add(path.rpartition("/")[2].partition("?")[0])
        return first.json() if first.content else None

    async def _post(self, path: str, body: object, named: dict[str, str]) -> httpx.Response:
        content = {} if body is None else {"json": body}
        return await self._client.post(path, headers=named, **content)  # type: ignore[arg-type]  # one of its words


async def test_a_repeat_of_every_kind_gets_the_first_answer_and_changes_nothing(
    supervisor: httpx.AsyncClient, conn: Connection
) -> None:
    repeat = Repeater(supervisor, conn)
    first = await repeat.send(TICKETS, SERVICE, OTHER_SERVICE)
    second = await repeat.send(TICKETS, SERVICE, OTHER_SERVICE)
    assert (first["number"], second["number"]) == ("A001", "A002")

    await repeat.send(f"{COUNTER}/open", {"services": ["personalausweis", "reisepass"]}, {})
    called = await repeat.send(f"{COUNTER}/call-next", other=AFTER_PARKING)
    assert called["ticket"]["id"] == first["id"]
    ticket = f"/api/v1/tickets/{first['id']}"
    for verb, other in (
        ("recall", None),
        ("start", None),
        ("park", NOTED),
        ("resume", None),
        ("requeue", None),
    ):
        await repeat.send(f"{ticket}/{verb}", other=other)
    await repeat.send(f"{ticket}/transfer", {**OTHER_SERVICE, "note": "x"}, OTHER_SERVICE)
    await repeat.send(f"{COUNTER}/call", {"ticket": first["id"]}, {"ticket": second["id"]})
    await repeat.send(f"{ticket}/start")
    await repeat.send(f"{ticket}/finish", other={"services": [{"service": "personalausweis"}]})
    await repeat.send(f"{COUNTER}/call-next", other=AFTER_PARKING)
    await repeat.send(f"/api/v1/tickets/{second['id']}/no-show")
    third = await repeat.send(TICKETS, SERVICE, OTHER_SERVICE)
    await repeat.send(f"/api/v1/tickets/{third['id']}/cancel")
    # An answer without content is remembered as well.
    assert await repeat.send(f"{COUNTER}/call-next", other=AFTER_PARKING) is None
    await repeat.send(f"{COUNTER}/close", other={"after_visit": True})

    held = await repeat.send("/api/v1/appointments", booking(TODAY, hold=True), booking(TODAY))
    appointment = f"/api/v1/appointments/{held['reference']}"
    await repeat.send(f"{appointment}/confirm", {}, {"contact": {"name": "Max Mustermann"}})
    await repeat.send(f"{appointment}/move", {"start": LATER}, {"start": TODAY})
    await repeat.send(
        f"/api/v1/offices/{OFFICE}/check-ins", {"reference": held["reference"]}, {"reference": "B"}
    )
    other = await repeat.send("/api/v1/appointments", booking(TOMORROW), booking(LATER))
    await repeat.send(f"/api/v1/appointments/{other['reference']}/cancel")
    assert repeat.kinds == {
        "tickets", "check-ins", "open", "close", "call-next", "call", "recall", "start", "finish", "no-show",
        "park", "resume", "transfer", "requeue", "cancel", "appointments", "confirm", "move",
    }  # fmt: skip


async def test_every_operation_that_documents_the_key_honours_it(
    running_service: RunningService, supervisor: httpx.AsyncClient
) -> None:
    """A key that can't be one is refused where keys are read, and nowhere else."""
    supervisor.auth = DevicesOwn(await running_service.device_token(DeviceProfile.KIOSK, OFFICE))
    document = (await supervisor.get("/schema/openapi.json")).json()
    answers, documented = {}, {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method != "post":
                continue
            example = EXAMPLES[operation["operationId"]]
            answer = await supervisor.post(
                path.format(**example.path),
                params=dict(example.query),
                json=example.body,
                headers=key("x" * 201),
            )
            problem = answer.json()
            fields = [error["field"] for error in problem.get("errors", [])]
            answers[path] = (answer.status_code, fields) == (400, ["Idempotency-Key"])
            documented[path] = "Idempotency-Key" in {
                parameter["name"] for parameter in operation.get("parameters", [])
            }
    assert answers == documented
    assert list(documented.values()).count(False) == 1  # the log-in


@pytest.mark.parametrize("bad", ["", "x" * 201, "tab\tinside"])
async def test_a_key_that_cannot_be_one_is_named(
    kiosk: httpx.AsyncClient, conn: Connection, bad: str
) -> None:
    answer = await kiosk.post(TICKETS, json=SERVICE, headers=key(bad))
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_fields")
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"
    assert await conn.fetchval("SELECT count(*) FROM ticket") == 0


async def test_a_key_belongs_to_whoever_sent_it_and_to_one_path(
    kiosk: httpx.AsyncClient, supervisor: httpx.AsyncClient
) -> None:
    mine = await kiosk.post(TICKETS, json=SERVICE, headers=key("1"))
    theirs = await supervisor.post(TICKETS, json=SERVICE, headers=key("1"))
    assert (mine.json()["number"], theirs.json()["number"]) == ("A001", "A002")
    elsewhere = await kiosk.post(
        f"/api/v1/offices/{OFFICE}/check-ins", json={"reference": "BCDF"}, headers=key("1")
    )
    assert elsewhere.json()["code"] == "idempotency_mismatch"


async def test_a_refusal_is_not_remembered(supervisor: httpx.AsyncClient, kiosk: httpx.AsyncClient) -> None:
    closed = await supervisor.post(f"{COUNTER}/call-next", headers=key("next"))
    assert closed.json()["code"] == "counter_not_open"
    await supervisor.post(f"{COUNTER}/open")
    await kiosk.post(TICKETS, json=SERVICE)
    called = await supervisor.post(f"{COUNTER}/call-next", headers=key("next"))
    assert called.json()["ticket"]["number"] == "A001"


@asynccontextmanager
async def office_held(dsn: str) -> AsyncIterator[Connection]:
    """Hold the office's line of versions, which every verb takes last, until the block ends."""
    holder = await connect(dsn)
    try:
        async with holder.transaction():
            await holder.execute("SELECT FROM office_version FOR UPDATE")
            yield holder
    finally:
        await holder.close()


async def test_a_repeat_while_the_first_is_under_way_is_told_to_come_back(
    kiosk: httpx.AsyncClient, conn: Connection, dsn: str
) -> None:
    async with office_held(dsn):
        first = asyncio.create_task(kiosk.post(TICKETS, json=SERVICE, headers=key("k")))
        await until_blocked(conn, "INSERT INTO ticket_number")
        repeat = await kiosk.post(TICKETS, json=SERVICE, headers=key("k"))
        assert (repeat.status_code, repeat.json()["code"]) == (409, "in_progress")
        assert int(repeat.headers["Retry-After"]) >= 1
    answered = await first
    assert answered.status_code == 201
    later = await kiosk.post(TICKETS, json=SERVICE, headers=key("k"))
    assert (later.status_code, later.content) == (201, answered.content)
    assert await conn.fetchval("SELECT count(*) FROM ticket") == 1


async def test_an_answer_that_was_lost_on_the_way_is_given_to_the_repeat(
    kiosk: httpx.AsyncClient, conn: Connection, dsn: str
) -> None:
    async with office_held(dsn):
        leaving = asyncio.create_task(kiosk.post(TICKETS, json=SERVICE, headers=key("k")))
        await until_blocked(conn, "INSERT INTO ticket_number")
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
    answer = await until_answered(lambda: kiosk.post(TICKETS, json=SERVICE, headers=key("k")))
    assert answer.json()["number"] == "A001"
    assert await conn.fetchval("SELECT count(*) FROM ticket") == 1


async def until_answered(send: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """Repeat a request as its sender would, as long as the first is under way."""
    async with asyncio.timeout(WAIT_SECONDS):
        while (answer := await send()).status_code == httpx.codes.CONFLICT:
            assert answer.json()["code"] == "in_progress"
    return answer


async def send_at_once(kiosk: httpx.AsyncClient) -> list[httpx.Response]:
    """Send the same request many times, none waiting for another."""
    return await asyncio.gather(
        *(kiosk.post(TICKETS, json=SERVICE, headers=key("one")) for _ in range(AT_ONCE))
    )


async def test_fifty_at_once_are_one_ticket(kiosk: httpx.AsyncClient, conn: Connection) -> None:
    answers = await send_at_once(kiosk)
    issued = [answer for answer in answers if answer.status_code == httpx.codes.CREATED]
    refused = [answer for answer in answers if answer.status_code == httpx.codes.CONFLICT]
    assert issued
    assert len(issued) + len(refused) == AT_ONCE
    assert {answer.json()["code"] for answer in refused} <= {"in_progress"}
    assert len({answer.content for answer in issued}) == 1
    assert await conn.fetchval("SELECT array_agg(number) FROM ticket") == ["A001"]
    later = await kiosk.post(TICKETS, json=SERVICE, headers=key("one"))
    assert later.content == issued[0].content


async def test_negative_control_without_the_lock_fifty_at_once_are_several_tickets(
    kiosk: httpx.AsyncClient, conn: Connection, dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What others do: look whether the key is known, work, and note the key at the end."""
    text = (sql_directory() / "queries" / "platform.sql").read_text(encoding="utf-8")
    lock = "pg_try_advisory_xact_lock(hashtextextended(:principal || ' ' || :key, 0))"
    note = "VALUES (:principal, :key, :fingerprint, :status, :answer, :now)"
    assert (text.count(lock), text.count(note)) == (1, 1)
    broken = tmp_path / "platform.sql"
    broken.write_text(
        text.replace(lock, "(:principal || :key) IS NOT NULL").replace(note, f"{note} ON CONFLICT DO NOTHING")
    )
    monkeypatch.setattr(http, "_platform", aiosql.from_path(broken, "asyncpg"))
    async with office_held(dsn):
        sending = asyncio.create_task(send_at_once(kiosk))
        await until_blocked(conn, "INSERT INTO ticket_number", backends=2)
    await sending
    assert await conn.fetchval("SELECT count(*) FROM ticket") > 1


async def test_a_crash_between_the_verb_and_its_answer_loses_both(
    kiosk: httpx.AsyncClient, conn: Connection, dsn: str
) -> None:
    """Everything is done but the answer is not yet noted: then the connection dies."""
    before = await state_of(conn)
    blocker = await connect(dsn)
    transaction = blocker.transaction()
    await transaction.start()
    principal = await conn.fetchval("SELECT 'device:' || id FROM device")
    await blocker.execute("INSERT INTO answered_request VALUES ($1, 'k', '', 200, '', now())", principal)
    dying = asyncio.create_task(kiosk.post(TICKETS, json=SERVICE, headers=key("k")))
    [pid] = await until_blocked(conn, "INSERT INTO answered_request")
    await conn.execute("SELECT pg_terminate_backend($1)", pid)
    lost = await dying
    assert (lost.status_code, lost.json()["code"]) == (503, "unavailable")
    assert int(lost.headers["Retry-After"]) >= 1
    await transaction.rollback()
    await blocker.close()
    assert await state_of(conn) == before
    assert await conn.fetchval("SELECT count(*) FROM answered_request") == 0

    repeat = await kiosk.post(TICKETS, json=SERVICE, headers=key("k"))
    assert (repeat.status_code, repeat.json()["number"]) == (201, "A001")


async def test_a_ticket_that_the_kiosk_named_itself_is_issued_once_without_a_key(
    kiosk: httpx.AsyncClient, conn: Connection
) -> None:
    ticket_id = str(uuid4())
    body = SERVICE | {"id": ticket_id}
    answers = [await kiosk.post(TICKETS, json=body) for _ in range(2)]
    assert {answer.json()["number"] for answer in answers} == {"A001"}
    other = await kiosk.post(TICKETS, json=OTHER_SERVICE | {"id": ticket_id})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert await conn.fetchval("SELECT count(*) FROM ticket") == 1


async def test_answers_are_forgotten_with_their_keys(kiosk: httpx.AsyncClient, conn: Connection) -> None:
    await kiosk.post(TICKETS, json=SERVICE, headers=key("k"))
    await http._platform.forget_old_answers(
        conn, before=await conn.fetchval("SELECT now() + interval '99 years'")
    )
    again = await kiosk.post(TICKETS, json=SERVICE, headers=key("k"))
    assert again.json()["number"] == "A002"


async def test_an_anonymous_key_keeps_no_address_that_could_be_tried_out(
    running_service: RunningService, conn: Connection
) -> None:
    """There are only four thousand million of them: what is kept must need the installation's secret."""
    body = booking(TOMORROW, channel="online")
    async with running_service.client() as anybody:
        made = await anybody.post("/api/v1/appointments", json=body, headers=key("k"))
    assert made.status_code == httpx.codes.CREATED
    kept = await conn.fetchval("SELECT principal FROM answered_request")
    address = "127.0.0.1"
    assert hashlib.sha256(address.encode()).hexdigest() not in kept
    secret = await installation_secret(conn, http.PURPOSE)
    assert kept == f"anonymous:{keyed_hash(secret, address).hex()}"
