"""A visitor's request at the kiosk's own API: one number, one paper, an honest answer. Real processes."""

import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pypdfium2  # type: ignore[import-untyped]
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.system.kiosk_processes import (
    KioskProcess,
    StandInProcess,
    kiosk_running,
    stand_in_running,
)
from tests.system.kiosk_service_stand_in import KNOWN_REFERENCE

CREATED = 201
PASSPORT = {"service": "reisepass", "language": "de"}


@pytest.fixture(scope="module")
def service() -> Iterator[StandInProcess]:
    with stand_in_running() as program:
        yield program


@pytest.fixture(scope="module")
def kiosk(service: StandInProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KioskProcess]:
    with kiosk_running(service.url, tmp_path_factory.mktemp("kiosk")) as program:
        yield program.connected()


def text_of(paper: Path) -> str:
    document = pypdfium2.PdfDocument(paper)
    try:
        return str(document[0].get_textpage().get_text_bounded())
    finally:
        document.close()


def paper_of(kiosk: KioskProcess, ticket: UUID | str) -> Path:
    (paper,) = [path for path in kiosk.papers() if str(ticket) in path.name]
    return paper


def test_a_walk_in_gets_a_number_and_its_paper(kiosk: KioskProcess) -> None:
    answer = kiosk.post("/api/tickets", PASSPORT)
    assert answer.status_code == CREATED
    ticket = answer.json()
    assert (ticket["printed"], ticket["print_reason"]) == (True, None)
    assert ticket["people_ahead"] == 12
    assert ticket["wait"] == {"low_minutes": 20, "high_minutes": 35}
    paper = paper_of(kiosk, ticket["id"])
    assert paper.name.startswith(ticket["number"] + "-")
    assert ticket["number"] in text_of(paper)
    assert "Reisepass" not in text_of(paper)


def test_the_paper_speaks_the_visitor_s_language(kiosk: KioskProcess) -> None:
    ticket = kiosk.post("/api/tickets", {"service": "reisepass", "language": "en"}).json()
    assert "ahead of you: 12" in text_of(paper_of(kiosk, ticket["id"]))


def test_a_language_nobody_speaks_still_gets_paper(kiosk: KioskProcess) -> None:
    ticket = kiosk.post("/api/tickets", {"service": "reisepass", "language": "tlh"}).json()
    assert ticket["printed"] is True


@pytest.mark.parametrize("typed", [KNOWN_REFERENCE, "k7rm-w3xr", "K7RM W3XR"])
def test_a_visitor_with_an_appointment_checks_in(kiosk: KioskProcess, typed: str) -> None:
    ticket = kiosk.post("/api/check-ins", {"reference": typed.replace(" ", "-")}).json()
    assert ticket["arrival"] == "on_time"
    assert ticket["appointment_at"]
    assert "Ihr Termin:" in text_of(paper_of(kiosk, ticket["id"]))


def test_the_service_is_asked_with_an_id_a_key_and_the_language(
    kiosk: KioskProcess, service: StandInProcess
) -> None:
    ticket = kiosk.post("/api/tickets", {"service": "anmeldung", "language": "en"}).json()
    request = service.seen("requests")[-1]
    assert request["id"] == request["idempotency_key"] == ticket["id"]
    assert (request["office"], request["language"]) == ("bsc-mitte", "en")


def test_a_lost_answer_gives_the_same_ticket(kiosk: KioskProcess, service: StandInProcess) -> None:
    before = len(service.seen("tickets"))
    service.tell("answers", answers=["commit, lose", "in_progress", "503"])
    answer = kiosk.post("/api/tickets", PASSPORT)
    assert answer.status_code == CREATED
    assert len(service.seen("tickets")) == before + 1
    paper_of(kiosk, answer.json()["id"])


def test_the_same_id_gives_the_same_ticket_and_one_request(
    kiosk: KioskProcess, service: StandInProcess
) -> None:
    request = {**PASSPORT, "id": str(uuid4())}
    first = kiosk.post("/api/tickets", request).json()
    asked = len(service.seen("requests"))
    assert kiosk.post("/api/tickets", request).json() == first
    assert len(service.seen("requests")) == asked


def test_two_touches_at_once_give_one_ticket(kiosk: KioskProcess, service: StandInProcess) -> None:
    request = {**PASSPORT, "id": str(uuid4())}
    answers: list[httpx.Response] = []
    touches = [
        threading.Thread(target=lambda: answers.append(kiosk.post("/api/tickets", request))) for _ in range(4)
    ]
    for touch in touches:
        touch.start()
    for touch in touches:
        touch.join()
    assert {answer.json()["number"] for answer in answers} == {answers[0].json()["number"]}
    assert [ticket["id"] for ticket in service.seen("tickets")].count(request["id"]) == 1


def test_one_id_for_two_different_requests_is_refused(kiosk: KioskProcess) -> None:
    request = {**PASSPORT, "id": str(uuid4())}
    kiosk.post("/api/tickets", request)
    answer = kiosk.post("/api/tickets", {**request, "service": "anmeldung"})
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_mismatch")


def test_a_ticket_can_be_printed_again(kiosk: KioskProcess) -> None:
    ticket = kiosk.post("/api/tickets", PASSPORT).json()
    paper_of(kiosk, ticket["id"]).unlink()
    again = kiosk.post(f"/api/tickets/{ticket['id']}/reprint", {})
    assert (again.status_code, again.json()["printed"]) == (200, True)
    paper_of(kiosk, ticket["id"])


def test_a_ticket_of_nobody_can_not_be_printed(kiosk: KioskProcess) -> None:
    answer = kiosk.post(f"/api/tickets/{uuid4()}/reprint", {})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_ticket")


def test_closed_walk_ins_are_passed_on_with_why_and_when(
    kiosk: KioskProcess, service: StandInProcess
) -> None:
    service.tell("walk-ins", open=False, reason="holiday", next_chance_at="2026-11-23T07:00:00Z")
    kiosk.until(lambda state: not state["walk_ins"]["open"])
    answer = kiosk.post("/api/tickets", PASSPORT)
    service.tell("walk-ins", open=True)
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "walk_ins_closed")
    assert (problem["reason"], problem["next_chance_at"]) == ("holiday", "2026-11-23T07:00:00Z")
    assert problem["detail"] == "Heute nicht mehr."


def test_an_unknown_reference_is_the_service_s_to_refuse(kiosk: KioskProcess) -> None:
    answer = kiosk.post("/api/check-ins", {"reference": "ZZZZ-ZZZZ"})
    assert (answer.status_code, answer.json()["code"]) == (404, "appointment_not_found")


@pytest.mark.parametrize(
    ("told", "status", "code"),
    [
        ("500", 502, "service_answer_unusable"),
        ("nonsense", 502, "service_answer_unusable"),
        ("401", 503, "device_refused"),
        ("429", 429, "told_so"),
    ],
)
def test_whatever_the_service_says_gets_a_documented_answer(
    kiosk: KioskProcess, service: StandInProcess, told: str, status: int, code: str
) -> None:
    service.tell("answers", answers=[told])
    answer = kiosk.post("/api/tickets", PASSPORT)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"service": 3}',
        b'{"service": "reisepass", "id": "x"}',
        b'{"service": "reisepass", "surname": "Meier"}',
        b'{"service": "reisepass", "needs": "level_access"}',
        b"\xff\xfe",
        '{"service": "reisepass", "language": "dé"}'.encode(),
        b'{"service": "reisepass", "language": "de\\r\\nX-Other: 1"}',
    ],
)
def test_bad_requests_are_named_and_never_a_500(kiosk: KioskProcess, body: bytes) -> None:
    answer = httpx.post(f"{kiosk.url}/api/tickets", content=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_absurdly_long_request_is_refused(kiosk: KioskProcess) -> None:
    answer = kiosk.post("/api/check-ins", {"reference": "A" * 100_000})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_problems_speak_the_page_s_language(kiosk: KioskProcess) -> None:
    path = f"/api/tickets/{uuid4()}/reprint"
    assert kiosk.post(path, {}).json()["detail"] == "Diese Nummer kann hier nicht mehr gedruckt werden."
    english = kiosk.post(path, {}, **{"Accept-Language": "en"}).json()["detail"]
    assert english == "This number can no longer be printed here."


def test_other_pages_can_not_use_the_kiosk(kiosk: KioskProcess, service: StandInProcess) -> None:
    asked = len(service.seen("requests"))
    foreign = kiosk.post("/api/tickets", PASSPORT, Origin="https://evil.example")
    rebound = kiosk.post("/api/tickets", PASSPORT, Host="evil.example")
    assert (foreign.status_code, foreign.json()["code"]) == (403, "foreign_page")
    assert (rebound.status_code, rebound.json()["code"]) == (421, "wrong_host")
    assert len(service.seen("requests")) == asked


def test_other_pages_can_not_listen_to_the_kiosk(kiosk: KioskProcess) -> None:
    address = kiosk.url.replace("http", "ws") + "/api/events"
    with pytest.raises(InvalidStatus) as refusal, connect(address, origin=Origin("https://evil.example")):
        pass
    assert refusal.value.response.status_code == 403


def test_the_page_forbids_inline_code_and_frames(kiosk: KioskProcess) -> None:
    page = httpx.get(kiosk.url)
    policy = page.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "<style" not in page.text
    assert " style=" not in page.text


def test_neither_log_nor_disk_keeps_a_reference_or_a_token(kiosk: KioskProcess) -> None:
    ticket = kiosk.post("/api/check-ins", {"reference": "K7RM-W3XR"}).json()
    kiosk.line(lambda line: ticket["id"] in line)
    log = "\n".join(kiosk.lines)
    stored = b"".join(
        path.read_bytes() for path in kiosk.data_dir.rglob("*") if path.suffix != ".pdf" and path.is_file()
    )
    for secret in ("K7RM", "k7rm", "Kq3vB7xZ2mN9pR4sT6wY1c"):
        assert secret not in log
        assert secret.encode() not in stored
