"""HTTP for the facility card."""

from typing import Annotated, TypeAlias

from litestar import Controller, Response, get
from litestar.datastructures import State
from litestar.params import PathParameter

from queue_service.accounts.guards import PUBLIC
from queue_service.booking.routes import NOT_STORED, SEARCH, SIGNED_IN, ApiRequest, AsChannel
from queue_service.entries import service as entries
from queue_service.offices import service as offices
from queue_service.offices.facility_card import FacilityCard, facility_card
from queue_service.offices.routes import LONGEST_SLUG
from queue_service.platform import errors
from queue_service.platform.http import json_answer, refusals
from queue_service.queueing.service import walk_ins

OfficePath: TypeAlias = Annotated[
    str, PathParameter(max_length=LONGEST_SLUG, description="The office's or facility's slug")
]


class FacilityCardController(Controller):
    """What an agent tells a caller about a place, and a page a visitor."""

    path = "/api/v1/offices"
    tags = ("offices",)
    response_headers = NOT_STORED

    @get(
        "/{office:str}/card",
        operation_id="readFacilityCard",
        opt=PUBLIC,
        responses=refusals(
            *SIGNED_IN, errors.BadRequest, errors.InvalidFields, errors.OfficeNotFound, errors.Unavailable
        ),
    )
    async def read_card(
        self, office: OfficePath, request: ApiRequest, state: State, channel: AsChannel = "online"
    ) -> Response[FacilityCard]:
        """Tell hours, prices, events, access, services and the next hours with places."""
        if channel != "online":
            request.user.require(SEARCH[channel])
        now = state.clock()
        async with state.database.connection() as conn:
            found = await offices.find_office(conn, office)
            services = await offices.list_offered_services(conn, found)
            hours = await entries.card_entries(conn, now, found, channel)
            numbers = await walk_ins(conn, now, found)
        return json_answer(facility_card(found, services, numbers, hours, now))
