"""A feed that is to end ends, also when it hears from the server at that very moment."""

import asyncio

import pytest

from queue_service.platform import change_feed
from queue_service.platform.change_feed import ChangeFeed

TRIES = 60
WITHIN_SECONDS = 20


async def _nothing() -> None:
    """Read nothing."""


async def test_it_ends_whenever_it_is_told_to(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # So that it asks the server all the time, and an answer is as likely as can be when it is told.
    monkeypatch.setattr(change_feed, "HEARTBEAT_SECONDS", 0.0)
    for turn in range(TRIES):
        feed = ChangeFeed(dsn, lambda _office, _version: None, _nothing)
        await feed.start()
        async with asyncio.timeout(WITHIN_SECONDS):
            await feed.connected.wait()
            for _ in range(turn):
                await asyncio.sleep(0)
            await feed.stop()
