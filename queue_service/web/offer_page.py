"""An appointment that is only offered, to somebody who waits: its messages lead to ``/appointment``.

The page there says until when it is kept and what yes and no mean, and takes the answer.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any, Literal

from litestar import Response, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from queue_service.accounts.guards import PUBLIC_FOR_UNKNOWN, require_own_origin
from queue_service.booking import service as booking
from queue_service.booking import waiting_list
from queue_service.booking.model import KeptAppointment
from queue_service.booking.supply_routes import asker_of
from queue_service.booking.waiting_model import Offer, OfferedFor
from queue_service.platform.errors import AppointmentNotFound, QueueError
from queue_service.platform.queries import Connection
from queue_service.web.appointment_access import opened
from queue_service.web.appointment_view import view_of
from queue_service.web.languages import choose_language
from queue_service.web.rendering import PageRequest, page
from queue_service.web.waiting_view import offer_view

OfferState = Literal["open", "refused", "over"]


def offer_state(kept: KeptAppointment, offered: OfferedFor | None, now: datetime) -> OfferState | None:
    """Tell how an offer stands; None for whatever is an appointment by now, or never was an offer."""
    if offered is None:
        return None
    if kept.state == "expired" or (kept.expires_at is not None and kept.expires_at <= now):
        return "over"
    if kept.state == "held":
        return "open"
    return "refused" if offered.answer == "refused" else None


async def offer_page(request: PageRequest, conn: Connection, kept: KeptAppointment) -> Response[str] | None:
    """Answer the offer; None when this isn't one, or not any more."""
    now, language = request.app.state.clock(), choose_language(request)
    offered = await waiting_list.offered_for(conn, kept)
    state = offer_state(kept, offered, now)
    if state is None or offered is None:
        return None
    shown = booking.shown_appointment(kept)
    offer = Offer(
        shown.reference, shown.office, shown.start, shown.end, shown.created_at, kept.expires_at or now
    )
    view = await view_of(conn, kept, language)
    return page(
        request,
        "appointment_offer.html",
        status=HTTPStatus.OK,
        view=view,
        accent=view.office.accent,
        offer=await offer_view(conn, now, offer, language),
        state=state,
        waits=offered.state in {"waiting", "offered"},
    )


@post("/appointment/{reference:str}/accept", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def accept_offer(request: PageRequest, reference: FromPath[str]) -> Response[Any]:
    """Make the offer an appointment; too late, its page says so."""
    verb = partial(waiting_list.accept_place, asker=asker_of(request))
    return await _answered(request, reference, verb)


@post("/appointment/{reference:str}/refuse", opt=PUBLIC_FOR_UNKNOWN, include_in_schema=False)
async def refuse_offer(request: PageRequest, reference: FromPath[str]) -> Response[Any]:
    """Let the place go to the next; one that is an appointment by now stays."""
    return await _answered(request, reference, waiting_list.refuse_place)


async def _answered(
    request: PageRequest,
    reference: str,
    verb: Callable[[Connection, datetime, KeptAppointment], Awaitable[KeptAppointment]],
) -> Response[Any]:
    require_own_origin(request)
    try:
        async with request.app.state.database.connection() as conn:
            await verb(conn, request.app.state.clock(), await opened(conn, request, reference))
    except AppointmentNotFound:
        return Redirect("/appointment", status_code=303)
    except QueueError:
        # Too late, or sent twice: its page says how it stands.
        return Redirect(f"/appointment/{reference}", status_code=303)
    return Redirect(f"/appointment/{reference}", status_code=303)


offer_handlers: list[ControllerRouterHandler] = [accept_offer, refuse_offer]
