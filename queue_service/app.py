"""Composition root: the one place where the service's parts are put together."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import structlog
from litestar import Litestar, Request, Response, Router
from litestar.enums import ScopeType
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import License
from litestar.plugins.prometheus import PrometheusConfig

from queue_service import probes
from queue_service.accounts.guards import (
    PUBLIC_FOR_UNKNOWN,
    Authentication,
    assert_every_route_is_guarded,
    check_access,
)
from queue_service.accounts.routes import SessionController
from queue_service.accounts.service import SESSION_PREFIX, resolve_session
from queue_service.api_document import ApiDocument
from queue_service.assistance.routes import assistance_handlers
from queue_service.audit.routes import ContactAccessController
from queue_service.booking.confirmations import reminding
from queue_service.booking.routes import AppointmentController
from queue_service.booking.slot_routes import SlotController
from queue_service.booking.supply_routes import supply_routes
from queue_service.booking.waiting_routes import waiting_routes
from queue_service.devices import tokens
from queue_service.devices.call_routes import call_routes
from queue_service.devices.care_routes import device_routes
from queue_service.devices.copy_routes import copy_routes
from queue_service.devices.hub import Hub
from queue_service.devices.outage_routes import OutageController
from queue_service.devices.routes import stream
from queue_service.emergency.routes import emergency_routes
from queue_service.entries.confirmations import reminding_parties
from queue_service.entries.routes import entry_routes
from queue_service.hotline.routes import hotline_routes
from queue_service.housekeeping import CHORES, keep_house, open_places
from queue_service.notices.dispatch import LAST_SECONDS, Post, keep_sending
from queue_service.notices.routes import message_routes
from queue_service.notices.text_routes import AuthorityTextController
from queue_service.notices.ways import ways
from queue_service.offices.model import holiday_name
from queue_service.offices.routes import OfficeController
from queue_service.panel.routes import panel_routes
from queue_service.platform import http
from queue_service.platform.change_feed import ChangeFeed
from queue_service.platform.clock import Clock
from queue_service.platform.database import Database
from queue_service.platform.logs import configure_logs
from queue_service.platform.request_body import StrictRequest
from queue_service.protocol.device_care import TOKEN_PREFIX
from queue_service.queueing.routes import queue_routes
from queue_service.queueing.service import keep_forecasting, same_day_places_taken, waiting_figures
from queue_service.rescheduling.party_routes import party_routes
from queue_service.rescheduling.routes import rescheduling_routes
from queue_service.settings import Settings, load_settings
from queue_service.web.error_pages import error_page, wants_page
from queue_service.web.pages import web_handlers

log = structlog.get_logger(__name__)

LARGEST_BODY_BYTES = 64 * 1024
"""Far above any request of the API; what is larger is a mistake or an attack."""
API_VERSION = "1"
SHORTEST_PAUSE = 1.0
"""Seconds between two forecasts of the waits, however fast the clock of a rehearsal runs."""


def create_app(settings: Settings, dsn: str, clock: Clock | None = None) -> Litestar:
    """Return the service; it connects to ``dsn`` when it starts and lets go when it stops.

    ``clock`` is for tests; without one the settings say which time it is.
    """
    configure_logs(settings.log_level, settings.log_format)
    clock = clock or settings.make_clock()
    database = Database(dsn, connections=settings.database_connections)
    hub = Hub(database, clock, settings.visitor_url)
    feed = ChangeFeed(dsn, hub.hint, hub.read_everything)
    ahead = timedelta(hours=settings.reminder_hours)
    chores = (*CHORES, reminding(ahead), reminding_parties(ahead))
    post = Post(database, clock, ways(settings), settings.visitor_url)

    @asynccontextmanager
    async def running(_: Litestar) -> AsyncIterator[None]:
        await database.open()
        await feed.start()
        # The first look reads the calendars of all countries (0.4 s), while nobody is waiting for an answer.
        holidays = asyncio.create_task(asyncio.to_thread(holiday_name, "HB", clock().date()), name="holidays")
        house = asyncio.create_task(keep_house(database, clock, chores), name="housekeeping")
        opening = asyncio.create_task(open_places(database, clock), name="releases")
        forecasting = asyncio.create_task(_forecasting(settings, database, clock), name="forecasts")
        ending = asyncio.Event()
        sending = asyncio.create_task(keep_sending(post, ending), name="sending")
        try:
            yield
        finally:
            ending.set()
            await holidays
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_SECONDS):
                    await sending
            for task in (house, opening, forecasting):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            await feed.stop()
            await hub.close()
            await database.close()

    app = Litestar(
        route_handlers=[
            SessionController,
            OfficeController,
            *entry_routes,
            *queue_routes,
            *emergency_routes,
            SlotController,
            AppointmentController,
            *supply_routes,
            *waiting_routes,
            *hotline_routes,
            *rescheduling_routes,
            *party_routes,
            ContactAccessController,
            *message_routes,
            AuthorityTextController,
            *device_routes,
            *call_routes,
            *panel_routes,
            OutageController,
            *copy_routes,
            *assistance_handlers,
            stream,
            probes.livez,
            probes.readyz,
            probes.metrics,
            *web_handlers,
        ],
        middleware=[_metrics().middleware, Authentication()],
        guards=[check_access],
        exception_handlers={Exception: _answer_error},
        lifespan=[running],
        openapi_config=_openapi(),
        request_max_body_size=LARGEST_BODY_BYTES,
        request_class=StrictRequest,
        # Errors are logged where they are answered; the framework would log tokens in paths.
        logging_config=None,
    )
    app.state.update(
        {
            "settings": settings,
            "clock": clock,
            "database": database,
            "hub": hub,
            "feed": feed,
            "demo_devices": _demo_devices(settings),
            "waiting_figures": waiting_figures,
            "same_day_places_taken": same_day_places_taken,
            "token_resolvers": {SESSION_PREFIX: resolve_session, TOKEN_PREFIX: tokens.resolve},
        }
    )
    assert_every_route_is_guarded(app)
    return app


async def _forecasting(settings: Settings, database: Database, clock: Clock) -> None:
    """Forecast waits, until cancelled; in a rehearsal as often as its clock asks for."""
    if settings.forecast_seconds:
        pause = max(SHORTEST_PAUSE, settings.forecast_seconds / settings.clock_rate)
        await keep_forecasting(database, clock, pause)


def _demo_devices(settings: Settings) -> dict[str, str]:
    if not settings.demo_devices:
        return {}
    return {
        "kiosk": f"http://{settings.host}:{settings.port + 1}/",
        "display": f"http://{settings.host}:{settings.port + 2}/",
    }


def _answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """One place turns whatever was raised into an answer: a page for people, a problem for programs."""
    if wants_page(request):
        return error_page(request, http.queue_error_of(request, error))
    return http.problem_of(request, error)


def _metrics() -> PrometheusConfig:
    # Paths hold tokens and references: only route templates become labels.
    return PrometheusConfig(
        app_name="queue_service", prefix="queue_service", group_path=True, scopes={ScopeType.HTTP}
    )


def _openapi() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Queue service",
        version=API_VERSION,
        openapi_router=Router("/schema", route_handlers=[], opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False),
        render_plugins=[ApiDocument()],
        license=License(name="EUPL-1.2", identifier="EUPL-1.2"),
    )


def app_from_environment() -> Litestar:
    """Make the app in a process of its own, whose environment names the database."""
    settings = load_settings(os.environ)
    return create_app(settings, settings.database_url)
