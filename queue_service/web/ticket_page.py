"""``/admin/ticket``: how an office's tickets look, shown as they will be printed before anything is kept.

A form: "preview" draws what stands in it and keeps nothing, "save" keeps it. A chosen logo travels in
the form, as dots, from the first preview on: a browser never fills a file's field again.
"""

import asyncio
import base64
import binascii
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import structlog
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from queue_service.accounts.guards import requires
from queue_service.accounts.model import Permission
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.ticket_setup import TicketSetup, as_layout
from queue_service.platform.queries import Connection
from queue_service.protocol.languages import LANGUAGE_NAMES, LINGUA_FRANCA, SOURCE_LANGUAGE, direction
from queue_service.protocol.ticket_layout import TicketLayout
from queue_service.ticket_paper.logo import LARGEST_FILE_BYTES, NotALogo, logo_dots
from queue_service.ticket_paper.preview import Sample, pictures, unprintable
from queue_service.web.languages import Texts, choose_language, texts
from queue_service.web.rendering import PageRequest, page

PATH = "/admin/ticket"
MANAGE = requires(Permission.DEVICE_MANAGE)
FONTS = Path(__file__).parent / "static" / "vendor"
UNPROCESSABLE = 422

log = structlog.get_logger(__name__)


class Mistake(Exception):
    """What stands in the form can't be printed."""

    def __init__(self, sentence: str, field: str) -> None:
        super().__init__(field)
        self.sentence = sentence
        self.field = field


class Language(msgspec.Struct, frozen=True):
    """A language of the office, with what is written in it."""

    tag: str
    name: str
    direction: str
    headline: str
    closing: str


class Preview(msgspec.Struct, frozen=True):
    """A picture of a ticket with what it shows."""

    title: str
    lang: str
    """Of the title; empty for the page's own."""
    data: str
    """Of a PNG, for an address that holds its picture."""
    width: int
    height: int


@get(PATH, opt=MANAGE, include_in_schema=False)
async def choose_ticket_office(request: PageRequest) -> Response[Any]:
    """Answer the offices whose tickets one looks after, or go on at once when there is just one."""
    async with request.app.state.database.connection() as conn:
        listed = await offices.list_offices(conn)
    own = [one for one in listed if request.user.may(Permission.DEVICE_MANAGE, one.id, one.authority_id)]
    if len(own) == 1:
        return Redirect(f"{PATH}/{own[0].slug}", status_code=303)
    return page(request, "ticket_offices.html", offices=own)


@get(PATH + "/{office:str}", opt=MANAGE, include_in_schema=False)
async def ticket_page(request: PageRequest, office: FromPath[str]) -> Response[str]:
    """Answer the form with what holds, and pictures of it."""
    async with request.app.state.database.connection() as conn:
        here = await _own_office(conn, request, office)
        layout = await offices.ticket_layout(conn, here.id)
    return await _answer(request, here, layout, saved=request.query_params.get("done") == "saved")


@post(PATH + "/{office:str}", opt=MANAGE, include_in_schema=False)
async def change_ticket(request: PageRequest, office: FromPath[str]) -> Response[Any]:
    """Show what stands in the form, or keep it."""
    form = await request.form()
    async with request.app.state.database.connection() as conn:
        here = await _own_office(conn, request, office)
        kept = await offices.ticket_layout(conn, here.id)
    words = texts(choose_language(request))
    try:
        logo = await _logo(form, words)
        layout = await _typed(form, here, logo, words)
    except Mistake as mistake:
        shown = msgspec.structs.replace(kept, **_switches(form))
        return await _answer(request, here, shown, typed=form, mistake=mistake)
    if form.get("do") != "save":
        return await _answer(request, here, layout)
    async with request.app.state.database.transaction() as conn:
        await offices.keep_ticket_layout(conn, here.id, layout)
    log.info("ticket_layout_kept", office=here.slug, by=request.user.key)
    return Redirect(f"{PATH}/{here.slug}?done=saved", status_code=303)


async def _own_office(conn: Connection, request: PageRequest, slug: str) -> Office:
    here = await offices.find_office(conn, slug)
    request.user.require(Permission.DEVICE_MANAGE, here.id, here.authority_id)
    return here


async def _logo(form: Mapping[str, Any], words: Texts) -> bytes:
    """Give the logo's dots: of a new file, or those that the form carries. Raises Mistake."""
    if form.get("no_logo"):
        return b""
    chosen = form.get("logo")
    if isinstance(chosen, UploadFile) and chosen.filename:
        file = await chosen.read(LARGEST_FILE_BYTES + 1)
    else:
        try:
            file = base64.b64decode(str(form.get("kept_logo", "")), validate=True)
        except binascii.Error:
            file = b"?"
    if not file:
        return b""
    try:
        return await asyncio.to_thread(logo_dots, file)
    except NotALogo as wrong:
        raise Mistake(
            words.gettext("Das Logo muss eine PNG-Datei mit höchstens 64 kB sein, dunkel auf hellem Grund."),
            "logo",
        ) from wrong


async def _typed(form: Mapping[str, Any], here: Office, logo: bytes, words: Texts) -> TicketLayout:
    """Read the form. Raises Mistake."""
    written = {
        kind: {
            tag: text
            for tag in here.setup.spoken
            if (text := " ".join(str(form.get(f"{kind}_{tag}", "")).split()))
        }
        for kind in ("headline", "closing")
    }
    for kind, by_language in written.items():
        for tag, text in by_language.items():
            if signs := await asyncio.to_thread(unprintable, text, FONTS):
                raise Mistake(
                    words.gettext("Diese Zeichen kann der Drucker nicht setzen: %(signs)s")
                    % {"signs": " ".join(signs)},
                    f"{kind}_{tag}",
                )
    try:
        return as_layout(msgspec.convert({**written, **_switches(form)}, TicketSetup), logo)
    except msgspec.ValidationError as wrong:
        raise Mistake(
            words.gettext("Die Überschrift darf 60, der Schlusstext 200 Zeichen lang sein."), "headline_de"
        ) from wrong


def _switches(form: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "large_print": bool(form.get("large_print")),
        "code": bool(form.get("code")),
        "roll_mm": 58 if form.get("roll_mm") == "58" else 80,
    }


async def _answer(
    request: PageRequest,
    here: Office,
    layout: TicketLayout,
    *,
    typed: Mapping[str, Any] | None = None,
    mistake: Mistake | None = None,
    saved: bool = False,
) -> Response[str]:
    """Answer the form; after a mistake with what was typed, and pictures of what holds."""
    now, state = request.app.state.clock(), request.app.state
    words = texts(choose_language(request))
    drawn = await asyncio.to_thread(
        pictures,
        _samples(here.setup.spoken),
        here.card(state.settings.visitor_url),
        layout,
        now,
        FONTS,
    )
    return page(
        request,
        "ticket.html",
        UNPROCESSABLE if mistake else 200,
        office=here,
        layout=layout,
        logo=base64.b64encode(layout.logo).decode(),
        languages=[
            _language(tag, layout, typed)
            # German and English before all that is folded away.
            for tag in sorted(here.setup.spoken, key=lambda tag: tag not in {SOURCE_LANGUAGE, LINGUA_FRANCA})
        ],
        mistake=mistake,
        saved=saved,
        previews=[
            Preview(
                _title(one.sample, words),
                _title_language(one.sample),
                base64.b64encode(one.png).decode(),
                one.width,
                one.height,
            )
            for one in drawn
        ],
    )


def _language(tag: str, layout: TicketLayout, typed: Mapping[str, Any] | None) -> Language:
    headline, closing = layout.headline.get(tag, ""), layout.closing.get(tag, "")
    if typed is not None:
        headline, closing = str(typed.get(f"headline_{tag}", "")), str(typed.get(f"closing_{tag}", ""))
    return Language(tag, LANGUAGE_NAMES[tag], direction(tag), headline, closing)


def _samples(languages: list[str]) -> list[Sample]:
    return [
        *(Sample(tag, appointment=tag == SOURCE_LANGUAGE) for tag in languages),
        Sample(SOURCE_LANGUAGE, fetched=True),
        Sample(SOURCE_LANGUAGE, outage=True),
        Sample(SOURCE_LANGUAGE, copy=True),
    ]


def _title(sample: Sample, words: Texts) -> str:
    if sample.outage:
        return words.gettext("Während einer Störung")
    if sample.fetched:
        return words.gettext("Wer am Empfang abgeholt wird")
    if sample.copy:
        return words.gettext("Zweitdruck durch Beschäftigte")
    return LANGUAGE_NAMES[sample.language]


def _title_language(sample: Sample) -> str:
    return "" if sample.outage or sample.copy or sample.fetched else sample.language


ticket_handlers: list[ControllerRouterHandler] = [choose_ticket_office, ticket_page, change_ticket]
