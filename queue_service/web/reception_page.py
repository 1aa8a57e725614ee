"""``/reception``: whoever keeps an eye on the office sees alarms there, large and loud, and answers them.

The handlers show the choice of an office and the empty page; its script follows the office's stream.
"""

from typing import Any

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from queue_service.accounts.guards import requires
from queue_service.accounts.model import Permission
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.web.rendering import PageRequest, page

PATH = "/reception"
WATCH = requires(Permission.ALARM_RAISE)


@get(PATH, opt=WATCH, include_in_schema=False)
async def choose_reception(request: PageRequest) -> Response[Any]:
    """Answer the offices where somebody works, or go on at once when there is just one."""
    async with request.app.state.database.connection() as conn:
        listed = await offices.list_offices(conn)
    own = [office for office in listed if _works_at(request, office)]
    if len(own) == 1:
        return Redirect(f"{PATH}/{own[0].slug}", status_code=303)
    return page(request, "reception_offices.html", offices=own)


@get(PATH + "/{office:str}", opt=WATCH, include_in_schema=False)
async def reception_page(request: PageRequest, office: FromPath[str]) -> Response[Any]:
    """Answer the page that the script fills."""
    async with request.app.state.database.connection() as conn:
        here = await offices.find_office(conn, office)
        request.user.require(Permission.ALARM_RAISE, here.id, here.authority_id)
    may_end = request.user.may(Permission.OFFICE_SUPERVISE, here.id, here.authority_id)
    leads: dict[str, Any] = {"leads": True} if may_end else {}
    return page(
        request,
        "reception.html",
        office=here,
        accent=here.accent,
        now=request.app.state.clock().isoformat(),
        # The banner asks whether it is there.
        **leads,
    )


def _works_at(request: PageRequest, office: Office) -> bool:
    return bool(request.user.may(Permission.ALARM_RAISE, office.id, office.authority_id))


reception_handlers: list[ControllerRouterHandler] = [choose_reception, reception_page]
