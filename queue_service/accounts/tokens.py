"""Random tokens that open something: shown once, stored only as SHA-256."""

import hashlib
import secrets

TOKEN_BYTES = 32
"""256 random bits can't be guessed, so that a plain SHA-256 without salt is enough to store them by."""


def make_token(prefix: str) -> str:
    """Return a new token; the prefix tells whoever reads it which table to ask."""
    return prefix + secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> bytes:
    """Give the 32 bytes under which a token is stored and found."""
    return hashlib.sha256(token.encode(errors="replace")).digest()
