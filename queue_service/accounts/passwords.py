"""How passwords are kept: argon2id, never more than two at work at once in a process."""

import asyncio
import secrets
import unicodedata
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cache

from anyio.lowlevel import RunVar
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

MEMORY_KIB = 19_456
PASSES = 2
LANES = 1
"""The three together: the argon2id setting of OWASP's Password Storage Cheat Sheet with 19 MiB."""
HASHES_AT_ONCE = 2
"""Per process: bounds memory to 2 x 19 MiB, and no log-in storm takes more than two cores."""
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1024
"""In characters; the upper bound keeps absurd input from being hashed."""

MADE_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""For passwords that people copy from paper: nothing that looks like something else (0 o, 1 l i)."""
MADE_GROUPS = 4
MADE_GROUP_LENGTH = 4
"""16 characters of 31: 79 bits."""

_hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
# Threads of their own: each keeps the memory of its last hash, and the default pool has more of them.
_threads = ThreadPoolExecutor(HASHES_AT_ONCE, thread_name_prefix="passwords")
_slots: RunVar[asyncio.Semaphore] = RunVar("password_hashing_slots")


@asynccontextmanager
async def hashing_slot() -> AsyncIterator[None]:
    """Wait for one of the places at which passwords may be hashed."""
    try:
        slots = _slots.get()
    except LookupError:
        slots = asyncio.Semaphore(HASHES_AT_ONCE)
        _slots.set(slots)
    async with slots:
        yield


def make_password() -> str:
    """Return a random password that can be typed from paper."""
    groups = (
        "".join(secrets.choice(MADE_ALPHABET) for _ in range(MADE_GROUP_LENGTH)) for _ in range(MADE_GROUPS)
    )
    return "-".join(groups)


def _canonical(password: str) -> bytes:
    # Keyboards and systems write the same umlaut in different ways.
    return unicodedata.normalize("NFKC", password).encode(errors="replace")


async def hash_password(password: str) -> str:
    """Return what is stored; call inside a ``hashing_slot``."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, _canonical(password))


async def is_password(stored: str | None, password: str) -> bool:
    """Tell whether the password is the stored one; call inside a ``hashing_slot``.

    ``None`` (no such user) is never right and takes the same time.
    """
    return await asyncio.get_running_loop().run_in_executor(_threads, _verify, stored, password)


def _verify(stored: str | None, password: str) -> bool:
    try:
        _hasher.verify(_nobodys_hash() if stored is None else stored, _canonical(password))
    except (VerifyMismatchError, InvalidHashError):
        return False
    return stored is not None


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_bytes())


def is_outdated(stored: str) -> bool:
    """Tell whether the password was stored with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)
