"""Nobody is called into a hall that is left or paused: the database refuses, here it is said why."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from queue_service.platform import errors

HALL_OPEN = "hall_open_check"
"""The trigger on ``change`` that lets no call and no number through which the hall's state forbids."""


@contextmanager
def closed_hall_refuses() -> Iterator[None]:
    """Turn the database's refusal into HallClosed.

    A statement that was refused so has ended its transaction, as every error of the database does.
    """
    try:
        yield
    except asyncpg.CheckViolationError as refused:
        if refused.constraint_name != HALL_OPEN:
            raise
        raise errors.HallClosed(hall=refused.detail) from refused
