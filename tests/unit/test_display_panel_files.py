"""A panel's file is taken only when it is what the slide names, and goes when no slide names it any more."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from display import panel_files
from display.panel_files import FOLDER, PanelFiles
from queue_service.device_program.token_file import TokenFile
from queue_service.protocol.panel import PanelFile, PanelSlide

PICTURE = b"a picture, whole"
DIGEST = hashlib.sha256(PICTURE).hexdigest()
SLIDE = PanelSlide("picture", 10, file=PanelFile(DIGEST, "image/png", len(PICTURE)))


@asynccontextmanager
async def service_that_sends(content: bytes, promised: int) -> AsyncIterator[str]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (promised, content))
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(
    ("content", "promised", "largest", "is_kept"),
    [
        (PICTURE, len(PICTURE), 100, True),
        (PICTURE.replace(b"whole", b"other"), len(PICTURE), 100, False),
        (PICTURE[:-1], len(PICTURE) - 1, 100, False),
        (PICTURE[:-1], len(PICTURE), 100, False),
        (PICTURE, len(PICTURE), len(PICTURE) - 1, False),
    ],
    ids=["whole", "another one", "too short", "cut off on its way", "too large"],
)
async def test_only_what_the_slide_names_is_kept(
    content: bytes,
    promised: int,
    largest: int,
    is_kept: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(panel_files, "LARGEST_FILM_BYTES", largest)
    (tmp_path / "device.token").write_text("qd_token")
    changed = asyncio.Event()
    async with service_that_sends(content, promised) as address:
        files = PanelFiles(
            address, TokenFile(tmp_path / "device.token"), tmp_path, lambda: [SLIDE], changed.set
        )
        assert await files._fetch_missing() is is_kept
        await files.close()
    assert files.here == ({DIGEST} if is_kept else set())
    files._forget_unnamed()
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == [DIGEST] * is_kept


def test_a_file_that_no_slide_names_any_more_leaves_the_device(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    for name in (DIGEST, "0" * 64):
        (tmp_path / FOLDER / name).write_bytes(PICTURE)
    files = PanelFiles(
        "http://127.0.0.1:9", TokenFile(tmp_path / "device.token"), tmp_path, lambda: [SLIDE], lambda: None
    )
    files._forget_unnamed()
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == [DIGEST]
