"""The secret of a visitor's appointment, booking or entry: long enough to guess nothing, fit to be typed.

Whoever has no device prints or copies it from a page and types it weeks later: so it has the
characters of a reference, in which nothing looks like anything else, and neither case nor separators
count. Only its hash is kept.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable

from queue_service.protocol.dictation import ALPHABET, without_separators

LENGTH = 32
"""Of 31 characters: 158 random bits. Eight groups of four on paper. Whoever knows a reference, as a
whole waiting room may, opens nothing by it."""


def new_secret() -> str:
    """Make a secret as it is told: without separators."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def hash_of_secret(secret: str) -> bytes:
    """Give what is kept of a secret: random as it is, it needs no salt."""
    return hashlib.sha256(secret.encode(errors="replace")).digest()


def opens(secret: str, kept: Iterable[bytes]) -> bool:
    """Tell, in a time that doesn't depend on the answer, whether one of these was kept of a secret.

    As it was sent, since earlier ones tell capitals from small letters; and as it was meant.
    """
    sent = [hash_of_secret(secret), hash_of_secret(without_separators(secret))]
    # All of them are compared, whichever it is.
    return sum([hmac.compare_digest(one, known) for known in kept for one in sent]) > 0
