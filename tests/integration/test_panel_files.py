"""A picture on its way from the office to its displays, which then show it without the network."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import msgspec
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from display.panel_files import FOLDER, PanelFiles
from queue_service.accounts.model import DeviceProfile, Role
from queue_service.device_program.token_file import TokenFile
from queue_service.panel.content_check import media_type_of
from queue_service.protocol.device_care import DeviceCard
from tests.integration.running_service import RunningService
from tests.integration.test_openapi_is_true import A_PICTURE

OFFICE, OTHER_OFFICE = "bsc-mitte", "bsc-nord"
NAME = "willkommen.png"
"""As a slide of the office's set-up calls it."""
DIGEST = hashlib.sha256(A_PICTURE).hexdigest()
NOBODY = "http://127.0.0.1:9"
"""The discard port: nothing listens there."""


@asynccontextmanager
async def files_of(
    service: str, data_dir: Path, card: DeviceCard, *, wanted: set[str]
) -> AsyncIterator[PanelFiles]:
    """Let a display look after its files until those are here that are wanted."""
    changed = asyncio.Event()
    files = PanelFiles(
        service, TokenFile(data_dir / "device.token"), data_dir, lambda: card.panel, changed.set
    )
    running = asyncio.create_task(files.run())
    try:
        async with asyncio.timeout(10):
            await changed.wait()
            while set(files.here) != wanted:
                changed.clear()
                await changed.wait()
        yield files
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await files.close()


async def put_in(admin: httpx.AsyncClient, name: str, content: bytes) -> str:
    """Give what the page then says of it."""
    sent = await admin.post(
        "/admin/panel", data={"office": OFFICE, "name": name}, files={"file": ("x", content, "image/png")}
    )
    assert sent.status_code == 303, sent.text
    return httpx.URL(sent.headers["location"]).params["done"]


async def test_a_picture_is_fetched_checked_kept_without_network_and_forgotten(
    running_service: RunningService, tmp_path: Path
) -> None:
    token = await running_service.device_token(DeviceProfile.DISPLAY, OFFICE)
    (tmp_path / "device.token").write_text(token)
    elsewhere = await running_service.device_token(DeviceProfile.DISPLAY, OTHER_OFFICE)
    base_url = running_service.base_url
    async with (
        running_service.client(await running_service.staff_token(Role.ADMIN)) as admin,
        running_service.client(token) as device,
        running_service.client(elsewhere) as stranger,
    ):

        async def card() -> DeviceCard:
            return msgspec.json.decode((await device.get("/api/v1/device")).content, type=DeviceCard)

        assert [slide.kind for slide in (await card()).panel] == ["text"]
        assert await put_in(admin, "bild.svg", b"<svg onload='x()'/>") == "wrong_file"
        assert await put_in(admin, "../bild.png", A_PICTURE) == "wrong_name"
        assert await put_in(admin, NAME, A_PICTURE[:-1]) == "wrong_file"
        assert await put_in(admin, NAME, A_PICTURE) == "kept"
        told = await card()
        assert [slide.file.sha256 for slide in told.panel if slide.file] == [DIGEST]
        assert (await stranger.get(f"/api/v1/device/panel-files/{DIGEST}")).status_code == 404

        async with files_of(base_url, tmp_path, told, wanted={DIGEST}):
            assert (tmp_path / FOLDER / DIGEST).read_bytes() == A_PICTURE
        async with files_of(NOBODY, tmp_path, told, wanted={DIGEST}):
            pass  # a restart without network
        (tmp_path / FOLDER / DIGEST).write_bytes(A_PICTURE[:20])
        async with files_of(NOBODY, tmp_path, told, wanted=set()):
            assert not (tmp_path / FOLDER / DIGEST).exists()
        async with files_of(base_url, tmp_path, told, wanted={DIGEST}) as files:
            assert await files.find_whole(DIGEST) is not None
            (tmp_path / FOLDER / DIGEST).write_bytes(A_PICTURE[:20])
            assert await files.find_whole(DIGEST) is None, "damaged while the display runs"

        gone = await admin.post(f"/admin/panel/{OFFICE}/{NAME}")
        assert gone.status_code == 303
        async with files_of(base_url, tmp_path, await card(), wanted=set()):
            assert list((tmp_path / FOLDER).iterdir()) == []


async def test_a_display_follows_another_office_only_where_staff_of_both_have_said_so(
    running_service: RunningService,
) -> None:
    token = await running_service.device_token(DeviceProfile.DISPLAY, OFFICE)
    here = await running_service.staff_token(Role.SUPERVISOR, office=OFFICE)
    async with (
        running_service.client(token) as device,
        running_service.client(here) as lead,
        running_service.client(await running_service.staff_token(Role.ADMIN)) as admin,
    ):
        known = (await device.get("/api/v1/device")).json()["id"]

        async def name_further(who: httpx.AsyncClient, *offices: str) -> int:
            settings = {"settings": {"further_offices": list(offices)}}
            return (await who.patch(f"/api/v1/devices/{known}", json=settings)).status_code

        assert await close_code(running_service, token, OTHER_OFFICE) == 4403
        assert await name_further(lead, OTHER_OFFICE) == 403
        assert await name_further(admin, "bremerhaven-mitte") == 400
        assert await name_further(admin, OTHER_OFFICE) == 200
        assert await close_code(running_service, token, OTHER_OFFICE) is None
        assert await close_code(running_service, token, "bsc-stresemannstrasse") == 4403
        # Its calls are all that the display gets of it.
        assert (await device.get(f"/api/v1/offices/{OTHER_OFFICE}/queue")).status_code == 403
        assert await name_further(lead) == 200
        assert await close_code(running_service, token, OTHER_OFFICE) == 4403


async def close_code(service: RunningService, token: str, office: str) -> int | None:
    """Give the code by which the stream of an office is refused; None where it begins."""
    address = service.base_url.replace("http", "ws", 1) + f"/api/v1/stream?office={office}"
    async with connect(address, additional_headers={"Authorization": f"Bearer {token}"}) as socket:
        try:
            first = await socket.recv()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None
    assert msgspec.json.decode(first)["office"]["slug"] == office
    return None


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (A_PICTURE, "image/png"),
        (b"\xff\xd8\xff\xe0" + b"x" * 20 + b"\xff\xd9", "image/jpeg"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", "video/webm"),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00", "video/mp4"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x88matroska", None),
        (b"GIF89a", None),
        (b"<svg/>", None),
        (b"%PDF-1.7", None),
        (b"", None),
    ],
)
def test_a_file_is_what_it_holds_and_not_what_it_is_called(content: bytes, kind: str | None) -> None:
    assert media_type_of(content) == kind
