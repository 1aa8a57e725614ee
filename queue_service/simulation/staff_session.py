"""A member of staff who is logged in, and logs in again before the session ends."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from queue_service.simulation.public_api import PublicApi, Session

RENEW_BEFORE = timedelta(minutes=10)
"""A session that ends sooner than this is left for a new one."""


class StaffSession:
    """One user's session at the service; ``service_now`` tells the time by which it ends."""

    def __init__(
        self, api: PublicApi, username: str, password: str, service_now: Callable[[], datetime]
    ) -> None:
        self._api = api
        self._username = username
        self._password = password
        self._service_now = service_now
        self._session: Session | None = None
        self._log_in = asyncio.Lock()

    async def token(self) -> str:
        """Return a token that is good for a while."""
        async with self._log_in:
            if self._session is None or self._session.expires_at - self._service_now() < RENEW_BEFORE:
                self._session, _ = await self._api.log_in(self._username, self._password)
            return self._session.token
