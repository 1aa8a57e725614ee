"""A number is printed once more where staff want it, marked as a copy, and is no second number."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pypdfium2  # type: ignore[import-untyped]
import pytest

from kiosk.errors import ServiceUnreachableError
from kiosk.office_view import OfficeView
from kiosk.printing.pdf_directory import PdfDirectory
from kiosk.printing.ticket_printing import TicketPrinting
from kiosk.service_api import ServiceApi
from kiosk.texts import Texts
from kiosk.ticket_copies import TicketCopies
from queue_service.accounts.model import DeviceProfile, Role
from queue_service.device_program.token_file import TokenFile
from queue_service.devices.ticket_copies import PRINTED_WITHIN
from queue_service.offices.catalogue import Office
from queue_service.platform.queries import Connection
from queue_service.protocol.stream import KioskChange, KioskSnapshot, WalkIns
from queue_service.protocol.ticket_copy import COPY_ORDERED
from queue_service.protocol.ticket_layout import EVERYDAY
from queue_service.web.rendering import clock_time
from tests.integration.counter_hall import SERVICE, issue
from tests.integration.running_service import RunningService

OFFICE = "bsc-mitte"


class Kiosk:
    """What prints for staff, with its paper."""

    def __init__(self, running: RunningService, office: Office, folder: Path, token: str) -> None:
        folder.mkdir()
        (folder / "token").write_text(token)
        self.view = OfficeView(None)
        self.view.begin(KioskSnapshot(1, office.card("https://t.test"), [], WalkIns(open=True), 0, 1))
        self.api = ServiceApi(running.base_url, TokenFile(folder / "token"))
        self._folder = folder
        printing = TicketPrinting(
            PdfDirectory(folder), Texts.read(), lambda: EVERYDAY, lambda _state: self.view.tell()
        )
        self.printing, self.copies = printing, TicketCopies(self.api, self.view, printing)

    def papers(self) -> list[Path]:
        return sorted(self._folder.glob("*.pdf"))

    async def close(self) -> None:
        self.printing.close()
        await self.api.close()


@pytest.fixture
async def kiosk(running_service: RunningService, bsc_mitte: Office, tmp_path: Path) -> AsyncIterator[Kiosk]:
    token = await running_service.device_token(DeviceProfile.KIOSK, OFFICE)
    kiosk = Kiosk(running_service, bsc_mitte, tmp_path / "kiosk", token)
    yield kiosk
    await kiosk.close()


@pytest.fixture
async def reception(running_service: RunningService) -> AsyncIterator[httpx.AsyncClient]:
    token = await running_service.staff_token(Role.RECEPTION, office=OFFICE)
    async with running_service.client(token) as client:
        yield client


async def ordered(reception: httpx.AsyncClient, ticket: object, **body: Any) -> httpx.Response:
    return await reception.post(f"/api/v1/tickets/{ticket}/copies", json=body)


async def test_a_copy_has_the_number_and_the_time_of_the_first_paper_and_says_that_it_is_one(
    running_service: RunningService,
    conn: Connection,
    bsc_mitte: Office,
    kiosk: Kiosk,
    reception: httpx.AsyncClient,
) -> None:
    ticket = await issue(conn, running_service.clock(), bsc_mitte, language="en")
    before = running_service.clock()
    running_service.clock.move(minutes=2)
    answer = await ordered(reception, ticket.id)
    assert (answer.status_code, answer.json()["number"], answer.json()["told_at"]) == (
        201,
        ticket.number,
        None,
    )
    await kiosk.copies.turn()
    (paper,) = kiosk.papers()
    document = pypdfium2.PdfDocument(paper)
    said = document[0].get_textpage().get_text_bounded()
    document.close()
    assert ticket.number in said
    assert ticket.token in said
    assert f"Copy, {clock_time(running_service.clock(), bsc_mitte.setup.time_zone)}" in said
    assert clock_time(before, bsc_mitte.setup.time_zone) in said
    steps = await reception.get(f"/api/v1/tickets/{ticket.id}/timeline")
    assert [step["verb"] for step in steps.json()["items"]] == ["issue", "copy"]
    assert await conn.fetchval("SELECT count(*) FROM ticket") == 1
    assert await conn.fetchval("SELECT told_at IS NOT NULL AND reason IS NULL FROM ticket_copy")


async def test_an_order_is_printed_once_also_when_the_answer_to_the_service_is_lost(
    running_service: RunningService,
    conn: Connection,
    bsc_mitte: Office,
    kiosk: Kiosk,
    reception: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ticket = await issue(conn, running_service.clock(), bsc_mitte)
    await ordered(reception, ticket.id)

    async def lost(*_: object) -> None:
        raise ServiceUnreachableError

    with monkeypatch.context() as line:
        line.setattr(kiosk.api, "tell_copy", lost)
        with pytest.raises(ServiceUnreachableError):
            await kiosk.copies.turn()
    (paper,) = kiosk.papers()
    printed = paper.stat().st_mtime_ns
    await kiosk.copies.turn()
    assert paper.stat().st_mtime_ns == printed
    assert (await kiosk.api.ticket_copies()).items == []


async def test_the_kiosk_that_gave_the_number_out_prints_it_unless_another_is_chosen(
    running_service: RunningService, bsc_mitte: Office, reception: httpx.AsyncClient
) -> None:
    assert bsc_mitte.slug == OFFICE
    first, second = [await running_service.device_token(DeviceProfile.KIOSK, OFFICE) for _ in range(2)]
    async with running_service.client(first) as here, running_service.client(second) as there:
        for device in (here, there):
            await device.put("/api/v1/device/health", json={"version": "1", "uptime_seconds": 1})
        drawn = (await here.post(f"/api/v1/offices/{OFFICE}/tickets", json={"service": SERVICE})).json()
        ids = [(await device.get("/api/v1/device")).json()["id"] for device in (here, there)]

        async def waiting(device: httpx.AsyncClient) -> list[str]:
            items = (await device.get("/api/v1/device/ticket-copies")).json()["items"]
            return [item["id"] for item in items]

        one = (await ordered(reception, drawn["id"])).json()
        assert (await waiting(here), await waiting(there)) == ([one["id"]], [])
        other = (await ordered(reception, drawn["id"], kiosk=ids[1])).json()
        assert await waiting(there) == [other["id"]]
        foreign = await there.put(f"/api/v1/device/ticket-copies/{one['id']}", json={})
        assert (foreign.status_code, foreign.json()["code"]) == (404, "copy_not_found")
        running_service.clock.move(seconds=PRINTED_WITHIN.total_seconds() + 1)
        assert await waiting(here) == []
        unknown = await ordered(reception, drawn["id"], kiosk=ids[1] + 1000)
        assert (unknown.status_code, unknown.json()["code"]) == (409, "no_kiosk")
        lead = await running_service.staff_token(Role.SUPERVISOR, office=OFFICE)
        async with running_service.client(lead) as supervisor:
            await supervisor.post(f"/api/v1/tickets/{drawn['id']}/cancel")
        over = await ordered(reception, drawn["id"])
        assert (over.status_code, over.json()["code"]) == (409, "illegal_transition")


async def test_a_kiosk_asks_at_each_connection_and_when_it_is_told(kiosk: Kiosk) -> None:
    wanted = kiosk.view.copies_ordered
    assert wanted.is_set(), "a connection began"
    wanted.clear()
    now = datetime(2026, 11, 23, 9, tzinfo=UTC)
    kiosk.view.follow(KioskChange("ticket.issued", 2, now, 1, 1))
    assert not wanted.is_set()
    kiosk.view.follow(KioskChange(COPY_ORDERED, 3, now, 1, 1))
    assert wanted.is_set()
