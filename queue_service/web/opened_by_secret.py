"""Opens something at the pages to whoever has its secret: the browser remembers it, or it is typed now.

A wrong secret is told what an unknown reference is told.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Generic, TypeVar

from queue_service.accounts import service as accounts
from queue_service.platform.errors import QueueError
from queue_service.platform.queries import Connection
from queue_service.web.rendering import PageRequest
from queue_service.web.visitor_secrets import LONGEST_SECRET, SecretKind

Kept = TypeVar("Kept")


class OpenedBySecret(Generic[Kept]):
    """One kind of things, as their service finds them and knows their secrets."""

    def __init__(
        self,
        kind: SecretKind,
        find: Callable[[Connection, str], Awaitable[Kept]],
        opens: Callable[[Kept, str], bool],
        unknown: type[QueueError],
    ) -> None:
        self._kind = kind
        self._find = find
        self._opens = opens
        self._unknown = unknown

    async def remembered(self, conn: Connection, request: PageRequest, reference: str) -> Kept:
        """Give it to the browser that has its secret; raises the kind's own NotFound."""
        return await self._open(conn, reference, self._kind.remembered(request, reference))

    async def typed(
        self, conn: Connection, request: PageRequest, now: datetime, reference: str, secret: str
    ) -> Kept:
        """Give it to whoever types its secret, or follows a link with it.

        Raises the kind's own NotFound, and TooManyAttempts.
        """
        attempt = await self._kind.claim_attempt(conn, request, now, reference)
        kept = await self._open(conn, reference, secret[: LONGEST_SECRET + 1])
        await accounts.forgive_attempt(conn, attempt)
        return kept

    async def _open(self, conn: Connection, reference: str, secret: str) -> Kept:
        kept = await self._find(conn, reference)
        if not self._opens(kept, secret):
            raise self._unknown
        return kept
