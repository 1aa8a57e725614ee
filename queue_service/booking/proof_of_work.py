"""A small sum for the sender's machine, so that asking a thousand times costs something.

Without any third party: the service signs a challenge, the browser finds the number that belongs to
it, and the challenge is used up with the booking. The answer is ``challenge.number``, and the SHA-256
of these characters begins with as many zero bits as the challenge asks for. It is made short enough
for one block of SHA-256, whatever the number.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

import msgspec

from queue_service.booking import supply_guard_store as store
from queue_service.platform.errors import ProofOfWorkNeeded
from queue_service.platform.installation_secret import installation_secret
from queue_service.platform.queries import Connection

HEADER = "Proof-Of-Work"
PURPOSE = "proof_of_work"
LIFETIME = timedelta(minutes=10)
"""From the challenge to the booking: a form is filled in between."""
NONCE_BYTES = 12
EXPIRES_BYTES = 4
"""Seconds since 1970, up to the year 2106."""
MAC_BYTES = 16
"""Of HMAC-SHA256: half of it is as hard to guess as any key (RFC 2104, section 5)."""
PAYLOAD_BYTES = NONCE_BYTES + EXPIRES_BYTES + 1
LONGEST_ANSWER = 55
"""Characters: what fits into one block of SHA-256 beside its padding (FIPS 180-4)."""


class Challenge(msgspec.Struct, frozen=True):
    """What the sender's machine has to work on; with difficulty 0 there is nothing to do."""

    challenge: str
    difficulty: int
    """Leading zero bits; 16 take 65,536 attempts on average."""
    expires_at: datetime


async def new_challenge(conn: Connection, now: datetime, bits: int) -> Challenge:
    """Give a challenge that nobody has answered; nothing is kept of it."""
    expires_at = (now + LIFETIME).replace(microsecond=0)
    payload = (
        secrets.token_bytes(NONCE_BYTES)
        + int(expires_at.timestamp()).to_bytes(EXPIRES_BYTES, "big")
        + bytes([bits])
    )
    signed = payload + _mac(await installation_secret(conn, PURPOSE), payload)
    return Challenge(base64.urlsafe_b64encode(signed).decode(), bits, expires_at)


async def require_proof(conn: Connection, now: datetime, bits: int, answer: str | None) -> None:
    """Raise ProofOfWorkNeeded unless this answers one of our challenges, in time and for the first time.

    In the transaction of the booking: one that fails has used nothing up.
    """
    if not bits:
        return
    if answer is None or len(answer) > LONGEST_ANSWER or not solves(answer, bits):
        raise ProofOfWorkNeeded
    nonce, expires_at = _opened(await installation_secret(conn, PURPOSE), answer.partition(".")[0])
    if expires_at <= now or not await store.use_challenge(conn, nonce, expires_at):
        raise ProofOfWorkNeeded


async def forget_challenges(conn: Connection, now: datetime) -> None:
    """Delete challenges that are too old to be answered a second time."""
    await store.forget_challenges(conn, now)


def solves(answer: str, bits: int) -> bool:
    """Tell whether the answer's hash begins with so many zero bits."""
    digest = hashlib.sha256(answer.encode(errors="replace")).digest()
    return int.from_bytes(digest, "big") >> (8 * len(digest) - bits) == 0


def _opened(secret: bytes, challenge: str) -> tuple[bytes, datetime]:
    """Give nonce and end of a challenge that this installation has signed; raises ProofOfWorkNeeded."""
    try:
        signed = base64.b64decode(challenge.encode(errors="replace"), altchars=b"-_", validate=True)
    except binascii.Error as wrong:
        raise ProofOfWorkNeeded from wrong
    payload, mac = signed[:PAYLOAD_BYTES], signed[PAYLOAD_BYTES:]
    if not hmac.compare_digest(mac, _mac(secret, payload)):
        raise ProofOfWorkNeeded
    expires = int.from_bytes(payload[NONCE_BYTES : NONCE_BYTES + EXPIRES_BYTES], "big")
    return payload[:NONCE_BYTES], datetime.fromtimestamp(expires, UTC)


def _mac(secret: bytes, payload: bytes) -> bytes:
    return hmac.digest(secret, b"challenge:" + payload, hashlib.sha256)[:MAC_BYTES]
