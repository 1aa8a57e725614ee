"""Random keys of this installation, and hashes by them: they can be compared and counted, and not read.

A plain hash of a network address or a telephone number hides nothing: there are so few of them that
all can be tried (of IPv4 addresses 2^32, within a minute).
"""

import hashlib
import hmac
import secrets
from typing import Any

from queue_service.platform.queries import Connection, load_queries

SECRET_BYTES = 32
"""As long as what HMAC-SHA256 gives (RFC 2104: no shorter)."""

_platform: Any = load_queries("platform")


async def installation_secret(conn: Connection, purpose: str) -> bytes:
    """Give this installation's key for one purpose, made at first use; the same for all processes."""
    secret: bytes | None = await _platform.find_secret(conn, purpose=purpose)
    if secret is None:
        await _platform.add_secret(conn, purpose=purpose, secret=secrets.token_bytes(SECRET_BYTES))
        secret = await _platform.find_secret(conn, purpose=purpose)
    assert secret is not None, "added by this process or by a faster one"
    return secret


def keyed_hash(secret: bytes, *parts: str) -> bytes:
    """Give what stands for these words, and can't be found by whoever tries them without the secret."""
    return hmac.digest(secret, "\n".join(parts).encode(errors="replace"), hashlib.sha256)
