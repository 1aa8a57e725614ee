"""The panel's pictures and films on this device: fetched ahead, checked, and shown without the network.

A file is named by the SHA-256 of what it holds: it is either here and whole or not here. What has been
damaged since, by a power cut or an old card, is noticed before it is shown and fetched again.
"""

import asyncio
import contextlib
import hashlib
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx
import structlog

from queue_service.device_program.token_file import NoToken, TokenFile
from queue_service.protocol.panel import LARGEST_FILM_BYTES, PanelFile, PanelSlide
from queue_service.protocol.reconnect_delay import reconnect_delay

FOLDER = "panel"
DRAFT = ".draft"
FIRST_DELAY_SECONDS = 2.0
LONGEST_DELAY_SECONDS = 300.0
"""A picture that is missing can wait; calls have the line first."""
FETCH_TIMEOUT_SECONDS = 60.0
CHUNK_BYTES = 1024 * 1024

log = structlog.get_logger(__name__)


class FileIncomplete(ValueError):
    """What came is not what was named."""


class PanelFiles:
    """Keeps in ``data_dir`` exactly what the slides name."""

    def __init__(
        self,
        service: str,
        token_file: TokenFile,
        data_dir: Path,
        slides: Callable[[], Sequence[PanelSlide]],
        on_change: Callable[[], None],
    ) -> None:
        """``slides`` gives those of the newest card; ``on_change`` hears of each file that is here."""
        self._token_file = token_file
        self._folder = data_dir / FOLDER
        self._slides = slides
        self._on_change = on_change
        self._http = httpx.AsyncClient(
            base_url=f"{service}/api/v1", timeout=FETCH_TIMEOUT_SECONDS, trust_env=False
        )
        self._here: dict[str, Path] = {}
        self._wanted = asyncio.Event()

    @property
    def here(self) -> frozenset[str]:
        """Digests of the files that are here, whole."""
        return frozenset(self._here)

    def find(self, digest: str) -> tuple[Path, PanelFile] | None:
        """Give where a file of the slides is, and what it is; None for any other name."""
        named = next((file for file in self._named() if file.sha256 == digest), None)
        return (self._here[digest], named) if named and digest in self._here else None

    async def find_whole(self, digest: str) -> tuple[Path, PanelFile] | None:
        """Give the same if it is whole at this moment; what has been damaged is fetched again."""
        found = self.find(digest)
        if found is None or await asyncio.to_thread(_is_whole, found[0]):
            return found
        log.warning("panel_file_damaged", file=digest[:12])
        self._here.pop(digest, None)
        self._on_change()
        self.wake()
        return None

    def wake(self) -> None:
        """Look at the slides again."""
        self._wanted.set()

    async def run(self) -> None:
        """Look what is here, then fetch what is missing whenever the slides change; ends by cancellation."""
        self._here = await asyncio.to_thread(_whole_files, self._folder)
        self._on_change()
        failures = 0
        while True:
            self._wanted.clear()
            failures = 0 if await self._fetch_missing() else failures + 1
            self._forget_unnamed()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_pause(failures)):
                    await self._wanted.wait()

    async def close(self) -> None:
        """Close idle connections."""
        await self._http.aclose()

    async def _fetch_missing(self) -> bool:
        """Tell whether everything that is named is here."""
        for file in self._named():
            if file.sha256 in self._here:
                continue
            try:
                self._here[file.sha256] = await self._fetch(file)
            except (httpx.HTTPError, NoToken, FileIncomplete, OSError) as error:
                log.info("panel_file_not_fetched", file=file.sha256[:12], reason=type(error).__name__)
                return False
            log.info("panel_file_fetched", file=file.sha256[:12], bytes=file.bytes)
            self._on_change()
        return True

    async def _fetch(self, file: PanelFile) -> Path:
        token = await asyncio.to_thread(self._token_file.read)
        draft = self._folder / f"{file.sha256}{DRAFT}"
        await asyncio.to_thread(self._folder.mkdir, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        request = self._http.stream(
            "GET",
            f"/device/panel-files/{file.sha256}",
            headers={"Authorization": f"Bearer {token}"},
        )
        async with request as answer:
            answer.raise_for_status()
            with draft.open("wb") as target:
                async for chunk in answer.aiter_bytes(CHUNK_BYTES):
                    size += len(chunk)
                    if size > LARGEST_FILM_BYTES:
                        raise FileIncomplete
                    digest.update(chunk)
                    await asyncio.to_thread(target.write, chunk)
        if digest.hexdigest() != file.sha256:
            await asyncio.to_thread(draft.unlink)
            raise FileIncomplete
        return await asyncio.to_thread(draft.replace, self._folder / file.sha256)

    def _forget_unnamed(self) -> None:
        named = {file.sha256 for file in self._named()}
        for path in self._folder.glob("*"):
            if path.name not in named:
                path.unlink(missing_ok=True)
                self._here.pop(path.name, None)
                self._on_change()

    def _named(self) -> list[PanelFile]:
        return [slide.file for slide in self._slides() if slide.file]


def _whole_files(folder: Path) -> dict[str, Path]:
    """Give the files whose content is what their name says; others are deleted."""
    found: dict[str, Path] = {}
    for path in folder.glob("*"):
        if _is_whole(path):
            found[path.name] = path
        else:
            log.warning("panel_file_damaged", file=path.name[:12])
            path.unlink()
    return found


def _is_whole(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == path.name
    except OSError:
        return False


def _pause(failures: int) -> float | None:
    """Give the seconds until the next try; None: nothing is missing."""
    if not failures:
        return None
    chance = random.random()  # noqa: S311 - spreads load, guards nothing
    return reconnect_delay(failures, chance, first=FIRST_DELAY_SECONDS, longest=LONGEST_DELAY_SECONDS)
