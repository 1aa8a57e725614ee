"""``/reception/…/copies``: print a number once more, for a visitor who lost the paper or never got it.

A form, so that it works at any desk; below it stands what became of the last orders.
"""

import re
from datetime import datetime
from urllib.parse import urlencode

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from queue_service.accounts.guards import requires
from queue_service.accounts.model import DeviceProfile, Permission
from queue_service.devices import care, ticket_copies
from queue_service.devices.ticket_copies import PRINTED_WITHIN, TicketCopy
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.platform.errors import IllegalTransition, TicketNotFound
from queue_service.platform.queries import Connection
from queue_service.queueing import service as queueing
from queue_service.web.languages import Texts, choose_language, texts
from queue_service.web.rendering import PageRequest, clock_time, page

PATH = "/reception/{office:str}/copies"
AT_THE_OFFICE = requires(Permission.OFFICE_READ_QUEUE)
LONGEST_NUMBER = 20
DEVICE_ID = re.compile("[0-9]{1,9}")
MOST_LISTED = 10


class CopyLine(msgspec.Struct, frozen=True):
    """An order on the page."""

    number: str
    kiosk: str
    at: str
    tag: str
    """``ok``, ``warning`` or ``stop``."""
    outcome: str


@get(PATH, opt=AT_THE_OFFICE, include_in_schema=False)
async def copies_page(request: PageRequest, office: FromPath[str]) -> Response[str]:
    """Answer the form and the last orders."""
    now = request.app.state.clock()
    async with request.app.state.database.connection() as conn:
        here = await _own_office(conn, request, office)
        kiosks = [
            found.device
            for found in await care.list_devices(conn, now)
            if found.office_id == here.id
            and found.device.profile is DeviceProfile.KIOSK
            and found.device.revoked_at is None
        ]
        copies = await ticket_copies.copies_at(conn, now, here.id)
    words = texts(choose_language(request))
    return page(
        request,
        "ticket_copies.html",
        office=here,
        accent=here.accent,
        kiosks=kiosks,
        typed=request.query_params.get("number", ""),
        chosen=request.query_params.get("kiosk", ""),
        done=_done(request, words),
        copies=[_line(one, here, now, words) for one in copies[:MOST_LISTED]],
    )


@post(PATH, opt=AT_THE_OFFICE, include_in_schema=False)
async def order_copy(request: PageRequest, office: FromPath[str]) -> Redirect:
    """Have a kiosk print the number."""
    form = await request.form()
    number, kiosk = str(form.get("number", "")).strip()[:LONGEST_NUMBER], str(form.get("kiosk", ""))
    now = request.app.state.clock()
    done = "ordered"
    async with request.app.state.database.transaction() as conn:
        here = await _own_office(conn, request, office)
        try:
            ticket = await queueing.ticket_of_number(conn, now, here, number)
            found = await queueing.find_ticket(conn, ticket, queueing.Actor(request.user.key))
            wanted = int(kiosk) if DEVICE_ID.fullmatch(kiosk) else None
            await ticket_copies.order(conn, now, found, wanted, request.user)
        except TicketNotFound:
            done = "unknown"
        except IllegalTransition:
            done = "over"
        except ticket_copies.NoKiosk:
            done = "no_kiosk"
    typed = {} if done == "ordered" else {"number": number, "kiosk": kiosk}
    query = urlencode({"done": done, **typed})
    return Redirect(f"{PATH.replace('{office:str}', here.slug)}?{query}", status_code=303)


async def _own_office(conn: Connection, request: PageRequest, slug: str) -> Office:
    here = await offices.find_office(conn, slug)
    request.user.require(Permission.OFFICE_READ_QUEUE, here.id, here.authority_id)
    return here


def _line(copy: TicketCopy, here: Office, now: datetime, words: Texts) -> CopyLine:
    tag, outcome = _outcome(copy, now, words)
    return CopyLine(copy.number, copy.kiosk, clock_time(copy.ordered_at, here.setup.time_zone), tag, outcome)


def _outcome(copy: TicketCopy, now: datetime, words: Texts) -> tuple[str, str]:
    if copy.told_at is None:
        if now - copy.ordered_at > PRINTED_WITHIN:
            return "stop", words.gettext("nicht gedruckt: Der Automat hat sich nicht gemeldet.")
        return "warning", words.gettext("wird gedruckt …")
    if copy.reason is None:
        return "ok", words.gettext("gedruckt")
    reasons = {
        "printer_out_of_paper": words.gettext("nicht gedruckt: Papier leer"),
        "printer_open": words.gettext("nicht gedruckt: Druckerklappe offen"),
        "printer_unreachable": words.gettext("nicht gedruckt: Drucker nicht erreichbar"),
        "printer_timeout": words.gettext("nicht gedruckt: Drucker nicht erreichbar"),
    }
    return "stop", reasons.get(copy.reason, words.gettext("nicht gedruckt: Drucker gestört"))


def _done(request: PageRequest, words: Texts) -> tuple[str, str]:
    """Give the kind of an alert and its sentence; empty for nothing."""
    sentences = {
        "ordered": ("success", words.gettext("Der Automat druckt die Nummer noch einmal.")),
        "unknown": (
            "danger",
            words.gettext("Diese Nummer gibt es heute nicht. Bitte vergleichen Sie sie mit der Warteliste."),
        ),
        "over": ("danger", words.gettext("Diese Nummer ist schon bedient oder gestrichen.")),
        "no_kiosk": ("danger", words.gettext("Hier ist kein Automat angemeldet, der drucken könnte.")),
    }
    return sentences.get(request.query_params.get("done", ""), ("", ""))


copy_handlers: list[ControllerRouterHandler] = [copies_page, order_copy]
