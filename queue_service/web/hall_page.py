"""``/hall``: team leads see the whole hall and act on it.

The handlers show the choice of an office and the empty page; its scripts follow the office's stream and
read ``GET /offices/{office}/hall`` after each change.
"""

from typing import Any

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from queue_service.accounts.guards import requires
from queue_service.accounts.model import Permission
from queue_service.offices import service as offices
from queue_service.web.plan_page import reader_of, services_of
from queue_service.web.rendering import PageRequest, page

PATH = "/hall"
SUPERVISE = requires(Permission.OFFICE_SUPERVISE)


@get(PATH, opt=SUPERVISE, include_in_schema=False)
async def choose_hall(request: PageRequest) -> Response[Any]:
    """Answer the offices that somebody leads, or go on at once when there is just one."""
    async with request.app.state.database.connection() as conn:
        listed = await offices.list_offices(conn)
    own = [
        office
        for office in listed
        if request.user.may(Permission.OFFICE_SUPERVISE, office.id, office.authority_id)
    ]
    if len(own) == 1:
        return Redirect(f"{PATH}/{own[0].slug}", status_code=303)
    return page(request, "hall_offices.html", offices=own)


@get(PATH + "/{office:str}", opt=SUPERVISE, include_in_schema=False)
async def hall_page(request: PageRequest, office: FromPath[str]) -> Response[Any]:
    """Answer the page that the scripts fill."""
    async with request.app.state.database.connection() as conn:
        here = await offices.find_office(conn, office)
        request.user.require(Permission.OFFICE_SUPERVISE, here.id, here.authority_id)
        pools = reader_of(request).pools(here, await services_of(conn, here))
    return page(
        request,
        "hall.html",
        office=here,
        accent=here.accent,
        now=request.app.state.clock().isoformat(),
        leads=True,
        pools=pools,
    )


hall_handlers: list[ControllerRouterHandler] = [choose_hall, hall_page]
