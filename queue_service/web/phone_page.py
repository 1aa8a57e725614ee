"""``/phone``: the 115 console, where an agent finds and books a place while the caller speaks.

The page is delivered with services, offices and spelling names; from there on its scripts use the
public API, as any other program would. What they ask here is only what no program needs: whether
name and number are fine before anything is booked.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from queue_service.accounts.guards import requires
from queue_service.accounts.model import Permission
from queue_service.booking import contact as contacts
from queue_service.booking.model import HORIZON, ConfirmBy, Contact, ContactShown
from queue_service.booking.office_choice import by_distance
from queue_service.booking.reference import DIN_5009_NAMES
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Authority, OfferedService, Office
from queue_service.offices.model import WEEKDAYS
from queue_service.offices.setup_model import Access, AccessFact, Address
from queue_service.platform.errors import InvalidFields
from queue_service.platform.http import json_answer
from queue_service.platform.queries import Connection
from queue_service.web.dates_in_words import weekday_names
from queue_service.web.everyday_words import everyday_words
from queue_service.web.languages import Texts, choose_language, texts
from queue_service.web.quarters import LONGEST_QUARTER, find_quarter
from queue_service.web.rendering import PageRequest, page

TIME_ZONE = "Europe/Berlin"
"""The agents' own clock; appointments are told in the time of their office."""
LONGEST_CALLER = 40
"""Characters of a number that a telephone system hands over, with room for ``tel:`` and spaces."""


class ServiceEntry(msgspec.Struct, frozen=True):
    """A service as the console searches it and reads it out."""

    code: str
    leika_key: str | None
    name: dict[str, str]
    group: dict[str, str]
    minutes: int
    max_quantity: int
    documents: dict[str, list[str]]
    fee: dict[str, str]
    everyday: list[str]


class OfficeEntry(msgspec.Struct, frozen=True):
    """An office as the console names and describes it."""

    slug: str
    name: dict[str, str]
    address: Address
    time_zone: str
    access: dict[AccessFact, Access]
    services: list[str]
    """Codes of what is done there by appointment."""


class Near(msgspec.Struct, frozen=True):
    """Where the caller lives, as far as it helps to find the nearest office."""

    name: str
    position: str
    """As a search takes it."""
    kilometres: dict[str, float]
    """By office, as the crow flies; those without a position are missing."""


class Catalogue(msgspec.Struct, frozen=True):
    """All that the page's scripts know before they ask the API."""

    services: list[ServiceEntry]
    offices: list[OfficeEntry]
    every_office: bool
    """Whether the agent books for all offices; otherwise a search has to name them."""
    emergencies: bool
    """Whether the agent may take places that are kept for emergencies, at all of these offices."""
    spelling_names: dict[str, str]
    horizon_days: int


@get("/phone", opt=requires(Permission.APPOINTMENT_BOOK_PHONE), include_in_schema=False)
async def phone_page(request: PageRequest) -> Response[str]:
    """Answer the console.

    ``?caller=`` is the number that the telephone shows: an offer to fill the form, nobody's proof of
    anything. ``?authority=`` is the slug of whoever was called.
    """
    async with request.app.state.database.connection() as conn:
        listed = await offices.list_offices(conn)
        own = [office for office in listed if _books_for(request, office)]
        catalogue = await _catalogue(conn, request, listed, own)
        authorities = await offices.list_authorities(conn)
    language = choose_language(request)
    return page(
        request,
        "phone.html",
        catalogue=msgspec.json.encode(catalogue).decode(),
        authorities=authorities,
        called=_called(authorities, request.query_params.get("authority", "")),
        caller=caller_shown(request.query_params.get("caller", "")),
        time_zone=TIME_ZONE,
        confirmations=_confirmations(texts(language)),
        weekdays=list(zip(WEEKDAYS, weekday_names(language), strict=True)),
    )


@post(
    "/phone/contact",
    opt=requires(Permission.APPOINTMENT_BOOK_PHONE),
    include_in_schema=False,
    status_code=HTTPStatus.OK,
    sync_to_thread=False,
)
def check_contact(data: JSONBody[Contact]) -> Response[ContactShown]:
    """Answer the contact as it would be kept and read out; nothing is kept here.

    Raises InvalidFields as booking would, so that mistakes are heard while the caller can mend them.
    """
    return json_answer(contacts.shown(contacts.checked(data, "phone", held=False)))


@get("/phone/near", opt=requires(Permission.APPOINTMENT_BOOK_PHONE), include_in_schema=False)
async def near(
    request: PageRequest, where: Annotated[str, QueryParameter(name="where", max_length=LONGEST_QUARTER)]
) -> Response[Near | None]:
    """Answer where a postal code or quarter lies and how far the offices are; null for an unknown one."""
    quarter = find_quarter(where)
    if quarter is None:
        return json_answer(None)
    async with request.app.state.database.connection() as conn:
        listed = await offices.list_offices(conn)
    kilometres = {
        office.slug: distance
        for office, distance in by_distance(listed, quarter.position)
        if distance is not None
    }
    return json_answer(Near(quarter.name, "{},{}".format(*quarter.position), kilometres))


def caller_shown(sent: str) -> str:
    """Give the caller's number as it is dialled; empty for what is no number, or a withheld one."""
    # A "+" that nobody encoded has become a space on its way.
    number = sent.strip().removeprefix("tel:")
    if sent.startswith(" "):
        number = f"+{number}"
    if not number or len(number) > LONGEST_CALLER:
        return ""
    try:
        kept = contacts.checked(Contact(phone=number), "online", held=True)
    except InvalidFields:
        return ""
    return contacts.phone_shown(kept.phone) if kept.phone else ""


async def _catalogue(
    conn: Connection, request: PageRequest, every: Sequence[Office], own: Sequence[Office]
) -> Catalogue:
    offered = {office.slug: await offices.list_offered_services(conn, office) for office in own}
    bookable = {service.code for services in offered.values() for service in services if service.appointment}
    services = [service for service in await offices.list_catalogue(conn) if service.code in bookable]
    return Catalogue(
        services=[_service(service) for service in services],
        offices=[_office(office, offered[office.slug]) for office in own],
        every_office=len(own) == len(every),
        emergencies=bool(own) and all(_supervises(request, office) for office in own),
        spelling_names=DIN_5009_NAMES,
        horizon_days=HORIZON.days,
    )


def _service(service: OfferedService) -> ServiceEntry:
    return ServiceEntry(
        code=service.code,
        leika_key=service.leika_key,
        name=service.name,
        group=service.group,
        minutes=service.minutes,
        max_quantity=service.max_quantity,
        documents=service.documents,
        fee=service.fee,
        everyday=everyday_words(service.name.get("de", "")),
    )


def _office(office: Office, offered: Sequence[OfferedService]) -> OfficeEntry:
    return OfficeEntry(
        slug=office.slug,
        name=office.setup.name,
        address=office.setup.address,
        time_zone=office.setup.time_zone,
        access=office.setup.access,
        services=[service.code for service in offered if service.appointment],
    )


def _books_for(request: PageRequest, office: Office) -> bool:
    return bool(request.user.may(Permission.APPOINTMENT_BOOK_PHONE, office.id, office.authority_id))


def _supervises(request: PageRequest, office: Office) -> bool:
    return bool(request.user.may(Permission.OFFICE_SUPERVISE, office.id, office.authority_id))


def _called(authorities: Sequence[Authority], asked: str) -> str:
    slugs = [authority.slug for authority in authorities]
    return asked if asked in slugs else next(iter(slugs), "")


def _confirmations(words: Texts) -> list[tuple[ConfirmBy, str]]:
    """All ways are equal: nobody is sent to another one because it is cheaper."""
    return [
        ("sms", words.gettext("SMS")),
        ("email", words.gettext("E-Mail")),
        ("letter", words.gettext("Brief")),
        ("none", words.gettext("nur telefonisch")),
    ]


phone_handlers: list[ControllerRouterHandler] = [phone_page, check_contact, near]
