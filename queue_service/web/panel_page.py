"""``/admin/panel``: pictures and films for displays are put in and taken away; which slide shows what.

Which slides there are, in what order and with what words, is in the office's set-up; here is what they show.
"""

from urllib.parse import urlencode

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
from queue_service.offices.hall_setup import SlideSetup
from queue_service.panel import service as panel
from queue_service.panel.service import KeptFile
from queue_service.platform.errors import InvalidFields
from queue_service.platform.queries import Connection
from queue_service.protocol.panel import LARGEST_FILM_BYTES, SlideKind
from queue_service.web.device_words import short_day
from queue_service.web.languages import Texts, choose_language, localized, texts
from queue_service.web.rendering import PageRequest, page

PATH = "/admin/panel"
log = structlog.get_logger(__name__)
CONFIGURE = requires(Permission.OFFICE_CONFIGURE)
FORM_BYTES = 64 * 1024
"""For what a form holds beside its file."""
BYTES_A_KILOBYTE = 1000


class SlideLine(msgspec.Struct, frozen=True):
    """A slide of the set-up."""

    kind: str
    shows: str
    """Its file's name, or its words."""
    when: str
    state: str
    """``ok``, ``missing`` or ``other_kind``."""


class FileLine(msgspec.Struct, frozen=True):
    """A file that was put in."""

    name: str
    facts: str
    """What it is, and how large."""
    used: bool


class OfficePanel(msgspec.Struct, frozen=True):
    """What one office has."""

    office: Office
    slides: list[SlideLine]
    files: list[FileLine]


@get(PATH, opt=CONFIGURE, include_in_schema=False)
async def panel_page(request: PageRequest) -> Response[str]:
    """Answer the form for a file, and what each office has."""
    language = choose_language(request)
    words = texts(language)
    async with request.app.state.database.connection() as conn:
        own = await _own_offices(conn, request)
        kept = [(office, await panel.files(conn, office)) for office in own]
    return page(
        request,
        "panel.html",
        offices=own,
        panels=[_of_office(office, files, language) for office, files in kept if files or office.setup.panel],
        done=_done(request.query_params.get("done", ""), words),
        chosen=request.query_params.get("office", ""),
    )


# The CSRF check reads the form before the handler does: what is too large is refused there.
@post(PATH, opt=CONFIGURE, include_in_schema=False, request_max_body_size=LARGEST_FILM_BYTES + FORM_BYTES)
async def put_in(request: PageRequest) -> Redirect:
    """Keep a file."""
    form = await request.form()
    sent, slug = form.get("file"), str(form.get("office", ""))
    content = await sent.read() if isinstance(sent, UploadFile) else b""
    given = str(form.get("name", "")).strip()
    name = given or (sent.filename.lower().replace(" ", "-") if isinstance(sent, UploadFile) else "")
    try:
        async with request.app.state.database.transaction() as conn:
            office = await _own_office(conn, request, slug)
            kept = await panel.put_in(conn, request.app.state.clock(), office, name, content)
    except InvalidFields as refused:
        return _back({"name": "wrong_name", "file": "wrong_file"}.get(refused.errors[0].field, "full"), slug)
    # On record: what hangs in a waiting hall has somebody who put it there.
    log.info("panel_file_put_in", office=slug, file=name, sha256=kept.file.sha256, by=request.user.key)
    return _back("kept", slug)


@post(PATH + "/{office:str}/{name:str}", opt=CONFIGURE, include_in_schema=False)
async def take_away(request: PageRequest, office: FromPath[str], name: FromPath[str]) -> Redirect:
    """Take a file away; displays forget it within a minute."""
    async with request.app.state.database.transaction() as conn:
        await panel.take_away(conn, await _own_office(conn, request, office), name)
    log.info("panel_file_taken_away", office=office, file=name, by=request.user.key)
    return _back("gone", office)


async def _own_offices(conn: Connection, request: PageRequest) -> list[Office]:
    return [
        office
        for office in await offices.list_offices(conn)
        if request.user.may(Permission.OFFICE_CONFIGURE, office.id, office.authority_id)
    ]


async def _own_office(conn: Connection, request: PageRequest, slug: str) -> Office:
    office = await offices.find_office(conn, slug)
    request.user.require(Permission.OFFICE_CONFIGURE, office.id, office.authority_id)
    return office


def _of_office(office: Office, files: list[KeptFile], language: str) -> OfficePanel:
    words = texts(language)
    kept = {file.name: file for file in files}
    named = {slide.file for slide in office.setup.panel}
    return OfficePanel(
        office,
        [_slide(slide, kept, language) for slide in office.setup.panel],
        [
            FileLine(
                file.name,
                f"{_kind(file.kind, words)}, {-(-file.file.bytes // BYTES_A_KILOBYTE)} kB",
                file.name in named,
            )
            for file in files
        ],
    )


def _slide(slide: SlideSetup, kept: dict[str, KeptFile], language: str) -> SlideLine:
    words = texts(language)
    state = "ok"
    if slide.file is not None and not panel.is_complete(slide, kept):
        state = "other_kind" if slide.file in kept else "missing"
    shown = slide.file or localized(slide.text, language).partition("\n")[0]
    return SlideLine(_kind(slide.kind, words), shown, _when(slide, language), state)


def _kind(kind: SlideKind, words: Texts) -> str:
    return {
        "picture": words.gettext("Bild"),
        "film": words.gettext("Film"),
        "text": words.gettext("Text"),
    }[kind]


def _when(slide: SlideSetup, language: str) -> str:
    words = texts(language)
    seconds = words.gettext("%s Sekunden") % slide.seconds
    first, last = (day and short_day(day, language) for day in (slide.first_day, slide.last_day))
    if first and last:
        return f"{seconds}, " + words.gettext("vom %(first)s bis %(last)s") % {"first": first, "last": last}
    if first:
        return f"{seconds}, " + words.gettext("ab %s") % first
    return f"{seconds}, " + words.gettext("bis %s") % last if last else seconds


def _back(done: str, office: str) -> Redirect:
    return Redirect(f"{PATH}?{urlencode({'done': done, 'office': office})}", status_code=303)


def _done(done: str, words: Texts) -> tuple[str, str]:
    """Give the kind of an alert and its sentence; empty for nothing."""
    sentences = {
        "kept": (
            "success",
            words.gettext("Gespeichert. Die Anzeigen holen die Datei innerhalb einer Minute."),
        ),
        "gone": (
            "success",
            words.gettext("Gelöscht. Die Anzeigen vergessen die Datei innerhalb einer Minute."),
        ),
        "wrong_file": (
            "danger",
            words.gettext(
                "Nicht gespeichert: Es geht mit PNG und JPEG bis 5 MB und mit WebM und MP4 bis 20 MB."
            ),
        ),
        "wrong_name": (
            "danger",
            words.gettext(
                "Nicht gespeichert: Der Name besteht aus Kleinbuchstaben, Ziffern, Punkt und Bindestrich."
            ),
        ),
        "full": (
            "danger",
            words.gettext("Nicht gespeichert: Diese Dienststelle hat schon 200 MB. Bitte löschen Sie etwas."),
        ),
    }
    return sentences.get(done, ("", ""))


panel_handlers: list[ControllerRouterHandler] = [panel_page, put_in, take_away]
