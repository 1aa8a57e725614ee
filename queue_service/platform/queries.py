"""Loads ``sql/queries/<area>.sql``; Python holds no SQL of its own."""

from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import aiosql
import asyncpg

Connection: TypeAlias = asyncpg.Connection
"""What every store function takes first: a connection, inside or outside a transaction."""


def sql_directory() -> Path:
    """Return the folder with ``migrations`` and ``queries``: the checkout's, or the wheel's copy."""
    package = Path(__file__).parent.parent
    packaged = package / "_sql"
    return packaged if packaged.is_dir() else package.parent / "sql"


@cache
def load_queries(area: str) -> Any:
    """Return the named queries of ``sql/queries/<area>.sql`` as async functions of a connection.

    Any, because aiosql makes its methods at run time: the stores give them types, and a test
    compares those with what the server says.
    """
    return aiosql.from_path(sql_directory() / "queries" / f"{area}.sql", "asyncpg")
