"""Whose announcement is heard now, where several offices call on one device: one after another, each whole.

A turn is held from the gong to the pause after the words: a gong and the words that follow it may be two
sounds, and nobody else's may come between them.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class Turns:
    """Gives turns in the order in which they are asked for; who must leave the building is told first."""

    def __init__(self, on_change: Callable[[], None] = lambda: None) -> None:
        """``on_change`` hears of every beginning and end of a turn."""
        self._on_change = on_change
        self._line = asyncio.Lock()
        self._sound = asyncio.Lock()
        self._holder: asyncio.Task[object] | None = None
        self._urgent = 0
        self._calm = asyncio.Event()
        self._calm.set()

    @property
    def taken(self) -> bool:
        """Whether somebody has the turn."""
        return self._sound.locked()

    @asynccontextmanager
    async def ordinary(self) -> AsyncIterator[None]:
        """Wait for one's turn; the task that holds it is cancelled when somebody must be told to leave."""
        async with self._line:
            # Woken waiters run later than those who have begun anew meanwhile.
            while self._urgent:
                await self._calm.wait()
            async with self._heard():
                self._holder = asyncio.current_task()
                try:
                    yield
                finally:
                    self._holder = None

    @asynccontextmanager
    async def urgent(self) -> AsyncIterator[None]:
        """Break off whoever has the turn, and let nobody else have one before this ends."""
        self._urgent += 1
        self._calm.clear()
        if self._holder:
            self._holder.cancel()
        try:
            async with self._heard():
                yield
        finally:
            self._urgent -= 1
            if not self._urgent:
                self._calm.set()

    @asynccontextmanager
    async def _heard(self) -> AsyncIterator[None]:
        try:
            async with self._sound:
                self._on_change()
                yield
        finally:
            self._on_change()
