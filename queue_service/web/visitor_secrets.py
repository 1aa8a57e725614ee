"""Who may see something without being staff: whoever has its secret.

The secret comes once, typed or by a link, and then stays in a cookie of that one thing: no address
that a browser remembers or sends on holds it. A wrong secret and an unknown reference look alike, and
after too many of either an address has to wait.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import msgspec
from litestar import Response
from litestar.datastructures import Cookie

from queue_service.accounts import service as accounts
from queue_service.accounts.login_limits import PURPOSE, Attempt, address_block, subject
from queue_service.accounts.routes import client_address
from queue_service.booking.reference import parse_reference
from queue_service.platform.installation_secret import installation_secret
from queue_service.platform.queries import Connection
from queue_service.protocol.dictation import without_separators
from queue_service.web.rendering import PageRequest

COOKIE_KEPT = timedelta(hours=1)
"""Time for a confirmation to be printed; then the reference and the secret are asked for again."""
LONGEST_SECRET = 100


def read_access(reference: str, secret: str) -> tuple[str, str]:
    """Give reference and secret as typed; whoever pastes the whole link into a field means both."""
    for typed in (reference, secret):
        linked = dict(parse_qsl(urlsplit(typed.strip()).query))
        if "secret" in linked:
            return linked.get("reference", ""), linked["secret"]
    # It is printed in groups.
    return reference.strip(), "".join(secret.split())


class SecretKind(msgspec.Struct, frozen=True):
    """One kind of things that are opened by reference and secret."""

    name: str
    """In the cookies' names, and apart from other kinds where failures are counted."""

    @property
    def _cookies(self) -> str:
        return f"queue_{self.name}_"

    def remember(self, request: PageRequest, response: Response[str], reference: str, secret: str) -> None:
        """Let this browser open it from now on."""
        response.set_cookie(self._cookie(request, reference, secret, int(COOKIE_KEPT.total_seconds())))

    def forget(self, request: PageRequest, response: Response[str], reference: str) -> None:
        """Let this browser open it no more. Raises AppointmentNotFound for what is no reference."""
        response.set_cookie(self._cookie(request, reference, "", 0))

    def _cookie(self, request: PageRequest, reference: str, secret: str, max_age: int) -> Cookie:
        return Cookie(
            key=f"{self._cookies}{parse_reference(reference)}",
            value=secret,
            path="/",
            max_age=max_age,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )

    def remembered(self, request: PageRequest, reference: str) -> str:
        """Give the secret that this browser has for a reference; empty when it has none."""
        stored = without_separators(reference)
        return str(request.cookies.get(f"{self._cookies}{stored}", ""))[:LONGEST_SECRET]

    def references(self, request: PageRequest) -> Iterator[str]:
        """Give the references for which this browser has a secret."""
        return (
            name.removeprefix(self._cookies) for name in request.cookies if name.startswith(self._cookies)
        )

    async def claim_attempt(
        self, conn: Connection, request: PageRequest, now: datetime, reference: str
    ) -> Attempt:
        """Count a try as a failure before it is looked at; whoever was right is forgiven it.

        So many guesses at once get no further than one after another. Raises TooManyAttempts.
        """
        block = address_block(client_address(request))
        secret = await installation_secret(conn, PURPOSE)
        attempt = Attempt(
            subject(secret, self.name, reference, block), subject(secret, f"any {self.name}", block), now
        )
        await accounts.claim_attempt(conn, attempt)
        return attempt
