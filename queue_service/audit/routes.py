"""HTTP for whoever watches over contact data."""

from typing import Annotated, Any

from litestar import Controller, Request, Response, get
from litestar.datastructures import State
from litestar.params import QueryParameter

from queue_service.accounts.guards import requires
from queue_service.accounts.model import Permission, Principal
from queue_service.audit import service
from queue_service.audit.model import DEFAULT_ACCESSES, MOST_ACCESSES, ContactAccesses
from queue_service.offices import service as offices
from queue_service.platform import errors
from queue_service.platform.http import json_answer, refusals

LARGEST_ID = 2**63 - 1
OfOffice = Annotated[str, QueryParameter(name="office", max_length=60, description="The office's slug")]
Before = Annotated[
    int | None,
    QueryParameter(name="before", ge=0, le=LARGEST_ID, description="What the answer before gave as `next`"),
]
Limit = Annotated[
    int, QueryParameter(name="limit", ge=1, le=MOST_ACCESSES, description="At most so many accesses")
]


class ContactAccessController(Controller):
    """Who has seen what."""

    path = "/api/v1/contact-accesses"
    tags = ("audit",)

    @get(
        "/",
        operation_id="listContactAccesses",
        opt=requires(Permission.CONTACT_AUDIT),
        responses=refusals(
            errors.NotAuthenticated, errors.NotPermitted, errors.BadRequest, errors.InvalidFields,
            errors.OfficeNotFound, errors.Unavailable,
        ),
    )  # fmt: skip
    async def list_accesses(
        self,
        office: OfOffice,
        request: Request[Principal, Any, State],
        state: State,
        before: Before = None,
        limit: Limit = DEFAULT_ACCESSES,
    ) -> Response[ContactAccesses]:
        """Tell who of the staff was shown contact data of this office, the latest first.

        Names each appointment by its reference and each callback by its id, and never what was
        searched for. Kept for a year.
        """
        async with state.database.connection() as conn:
            found = await offices.find_office(conn, office)
            request.user.require(Permission.CONTACT_AUDIT, found.id, found.authority_id)
            return json_answer(await service.accesses_at(conn, found.id, before_id=before, limit=limit))
