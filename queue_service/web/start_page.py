"""``/``: the doors to everything, and how full each office is."""

from typing import Any

import msgspec
from litestar import Response, get

from queue_service.accounts.guards import PUBLIC
from queue_service.accounts.model import Permission, Principal
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.setup_model import Address
from queue_service.queueing import service as queueing
from queue_service.web.languages import Texts, choose_language, texts
from queue_service.web.rendering import PageRequest, clock_time, page

TIME_ZONE = "Europe/Berlin"
"""Whose clock the page shows beside figures of offices that may lie in several zones."""


class Door(msgspec.Struct, frozen=True):
    """One way on from the start page."""

    href: str
    name: str
    about: str


class OfficeLine(msgspec.Struct, frozen=True):
    """One office in the table."""

    name: dict[str, str]
    address: Address
    waiting: int
    open_counters: int


@get("/", opt=PUBLIC, include_in_schema=False)
async def start_page(request: PageRequest) -> Response[str]:
    """Answer the start page."""
    async with request.app.state.database.connection() as conn:
        listed = await offices.list_offices(conn)
        figures = await queueing.waiting_figures(conn)
    words = texts(choose_language(request))
    return page(
        request,
        "start.html",
        doors=doors_for(request.user, words, request.app.state.get("demo_devices", {})),
        offices=[_line(office, figures[office.slug]) for office in listed],
        time=clock_time(request.app.state.clock(), TIME_ZONE),
    )


def doors_for(user: Principal, words: Texts, demo_devices: dict[str, str]) -> list[Door]:
    """Give the ways on that make sense for this person; ``demo_devices`` are addresses by profile."""
    doors = []
    anonymous = user.kind == "anonymous"
    if anonymous or user.may(Permission.COUNTER_WORK):
        doors.append(
            Door(
                "/desk", words.gettext("Am Schalter arbeiten"), words.gettext("Nummern aufrufen und bedienen")
            )
        )
    if anonymous or user.may(Permission.APPOINTMENT_BOOK_PHONE):
        doors.append(
            Door(
                "/phone", words.gettext("Bürgertelefon 115"), words.gettext("Termine suchen und vereinbaren")
            )
        )
    doors.append(
        Door(
            "/t",
            words.gettext("Wartenummer verfolgen"),
            words.gettext("Mit der Zeichenfolge von Ihrem Zettel sehen, wie lange es noch dauert"),
        )
    )
    if "kiosk" in demo_devices:
        doors.append(
            Door(
                demo_devices["kiosk"],
                words.gettext("Automat im Eingang"),
                words.gettext("Wartenummer ziehen (Vorführung)"),
            )
        )
    if "display" in demo_devices:
        doors.append(
            Door(
                demo_devices["display"],
                words.gettext("Anzeige im Wartebereich"),
                words.gettext("Aufrufe sehen und hören (Vorführung)"),
            )
        )
    return doors


def _line(office: Office, figures: Any) -> OfficeLine:
    return OfficeLine(office.setup.name, office.setup.address, figures.waiting, figures.open_counters)
