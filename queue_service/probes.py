"""``/livez``, ``/readyz``, ``/metrics``: is the process alive, can it serve, what has it done."""

import ipaddress
from http import HTTPStatus
from typing import Any

import msgspec
import prometheus_client
from litestar import MediaType, Request, Response, get
from litestar.datastructures import State
from litestar.openapi import ResponseSpec

from queue_service.accounts.guards import PUBLIC_FOR_UNKNOWN
from queue_service.platform import errors
from queue_service.platform.http import refusals
from queue_service.platform.migrations import is_migrated


class Alive(msgspec.Struct, frozen=True):
    """The process answers."""

    alive: bool = True


class Readiness(msgspec.Struct, frozen=True):
    """What must hold before visitors are sent here."""

    database: bool
    migrations: bool
    change_feed: bool

    @property
    def ready(self) -> bool:
        """Whether all of it holds."""
        return self.database and self.migrations and self.change_feed


@get("/livez", operation_id="livez", opt=PUBLIC_FOR_UNKNOWN, tags=["operation"])
async def livez() -> Alive:
    """Tell that the process runs; asks nothing else."""
    return Alive()


@get(
    "/readyz",
    operation_id="readyz",
    opt=PUBLIC_FOR_UNKNOWN,
    tags=["operation"],
    responses={
        HTTPStatus.SERVICE_UNAVAILABLE: ResponseSpec(
            Readiness, generate_examples=False, description="Something of it is missing."
        )
    },
)
async def readyz(state: State) -> Response[Readiness]:
    """Tell whether the database answers, its migrations are complete and changes are heard."""
    readiness = await _readiness(state)
    status = HTTPStatus.OK if readiness.ready else HTTPStatus.SERVICE_UNAVAILABLE
    return Response(readiness, status_code=status)


async def _readiness(state: State) -> Readiness:
    hears = state.feed.connected.is_set()
    try:
        async with state.database.connection() as conn:
            return Readiness(database=True, migrations=await is_migrated(conn), change_feed=hears)
    except errors.Unavailable:
        return Readiness(database=False, migrations=False, change_feed=hears)


@get(
    "/metrics",
    operation_id="metrics",
    opt=PUBLIC_FOR_UNKNOWN,
    tags=["operation"],
    media_type=MediaType.TEXT,
    responses=refusals(errors.NotFound),
)
async def metrics(request: Request[Any, Any, Any], state: State) -> Response[bytes]:
    """Give this process's figures to Prometheus, as far as QUEUE_METRICS lets them be read."""
    allowed = state.settings.metrics == "all" or (state.settings.metrics == "loopback" and _is_local(request))
    if not allowed:
        raise errors.NotFound
    return Response(
        prometheus_client.generate_latest(), headers={"Content-Type": prometheus_client.CONTENT_TYPE_LATEST}
    )


def _is_local(request: Request[Any, Any, Any]) -> bool:
    if request.client is None:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
