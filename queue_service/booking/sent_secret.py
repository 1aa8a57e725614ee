"""Where a visitor's request carries its secret: in a header, or in the query as links do.

Proxies write queries into their logs and browsers into their histories; headers stay out of both.
"""

from collections.abc import Mapping
from typing import Annotated, TypeAlias

from litestar.di import NamedDependency, Provide
from litestar.params import HeaderParameter, QueryParameter

from queue_service.platform.http import SECRET_HEADER

LONGEST_SECRET = 100

Secret: TypeAlias = NamedDependency[str | None]
"""What a handler's parameter ``secret`` is, below ``OPENED_BY_SECRET``; None: nothing was sent."""


def sent_secret(
    in_header: Annotated[
        str | None,
        HeaderParameter(
            name=SECRET_HEADER,
            max_length=LONGEST_SECRET,
            description="What booking or joining was answered with; staff of the office need none. Better "
            "here than in the query, which proxies write into their logs; where both are sent, this counts",
        ),
    ] = None,
    in_query: Annotated[
        str | None,
        QueryParameter(
            name="secret",
            max_length=LONGEST_SECRET,
            description=f"The same as the header `{SECRET_HEADER}`",
        ),
    ] = None,
) -> str | None:
    """Give the secret as it was sent; an empty one is one, and wrong."""
    return in_query if in_header is None else in_header


OPENED_BY_SECRET: Mapping[str, Provide] = {"secret": Provide(sent_secret, sync_to_thread=False)}
"""A controller's dependencies whose handlers take a ``secret``."""
