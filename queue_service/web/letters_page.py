"""``/letters``: what goes by post, and what did not arrive by e-mail or text message.

Printing is a verb of its own, before any file reaches the browser: it makes a batch, whose file can
be opened again and again until somebody says that it is in the post. All of it is forms and links.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from queue_service.accounts.guards import requires
from queue_service.accounts.model import Permission
from queue_service.audit import service as audit
from queue_service.notices import letters
from queue_service.notices import service as notices
from queue_service.notices.letter_model import LetterForm, OpenSheet, WaitingLetter
from queue_service.notices.letters import Batch
from queue_service.notices.model import ListedMessage, MessageState
from queue_service.notices.wording import wording
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.platform.errors import IllegalTransition, NothingToPrint
from queue_service.platform.queries import Connection
from queue_service.web.languages import Texts, choose_language, texts
from queue_service.web.message_words import kind_name, reason, way_name
from queue_service.web.rendering import PageRequest, page

PATH = "/letters"
MANAGE = requires(Permission.MESSAGE_MANAGE)
NOT_ARRIVED: tuple[MessageState, ...] = ("failed", "unclear")


class LetterLine(msgspec.Struct, frozen=True):
    """A letter in a table."""

    id: str
    reference: str
    office: dict[str, str]
    appointment: str
    kind: str
    since: str
    late: bool = False
    """The post may be slower than the visitor."""
    has_phone: bool = False
    former: str = ""
    """When its reader expects to come, where the letter says that it is another time."""
    form: LetterForm | None = None
    """None of what was taken back: its sheet is thrown away."""
    printed_before: bool = False
    to_post: bool = True
    copy: int = 1


class BatchCard(msgspec.Struct, frozen=True):
    """Letters that were printed together."""

    id: str
    printed: str
    to_post: int
    taken_back: int
    large_print: int
    """How many of them are in large print."""
    lines: list[LetterLine]


class FailedLine(msgspec.Struct, frozen=True):
    """A message that did not arrive, or perhaps did not."""

    id: str
    reference: str
    office: dict[str, str]
    appointment: str
    kind: str
    way: str
    reason: str
    since: str
    unclear: bool


class _Clock:
    """Says instants in the reader's language by an office's clock."""

    def __init__(self, language: str, own: Sequence[Office]) -> None:
        self._words = wording(language)
        self._offices = {office.slug: office for office in own}

    def name(self, office: str) -> dict[str, str]:
        return self._offices[office].setup.name

    def tell(self, instant: datetime | None, office: str) -> str:
        if instant is None:
            return "–"
        zone = self._offices[office].setup.time_zone
        words = self._words
        return f"{words.moment(instant, zone, words.short_day)}, {words.moment(instant, zone, words.time)}"


@get(PATH, opt=MANAGE, include_in_schema=False)
async def letters_page(request: PageRequest) -> Response[str]:
    """Answer what there is to print, to post, and to send again; ``?office=`` limits it to one office."""
    now = request.app.state.clock()
    async with request.app.state.database.connection() as conn:
        every = await _own_offices(conn, request)
        asked = request.query_params.get("office", "")
        chosen = [office for office in every if office.slug == asked]
        shown = chosen or every
        waiting = await letters.waiting(conn, now, _ids(shown))
        batches = await letters.open_batches(conn, _ids(shown))
        failed = [
            (office, message)
            for office in shown
            for message in await notices.list_messages(conn, office.id, NOT_ARRIVED, None)
            if message.way != "letter"
        ]
    language = choose_language(request)
    words, clock = texts(language), _Clock(language, every)
    forms = await asyncio.to_thread(_forms, waiting, batches)
    return page(
        request,
        "letters.html",
        offices=every,
        wanted=asked if chosen else "",
        done=_done(request, words),
        fresh=request.query_params.get("batch", ""),
        waiting=[
            LetterLine(
                str(letter.id),
                letter.reference,
                clock.name(letter.office),
                clock.tell(letter.starts_at, letter.office),
                kind_name(letter.kind, words),
                clock.tell(letter.created_at, letter.office),
                form=forms[letter.id],
                late=letters.arrives_late(now, letter.expected_start),
                has_phone=letter.recipient.phone is not None,
                former=clock.tell(letter.previous_start, letter.office) if letter.previous_start else "",
                printed_before=letter.printed_before,
            )
            for letter in waiting
        ],
        batches=[_card(batch, forms, clock, words) for batch in batches],
        failed=[_failed(office, message, clock, words) for office, message in failed],
    )


@post(f"{PATH}/print", opt=MANAGE, include_in_schema=False)
async def print_letters(request: PageRequest) -> Redirect:
    """Print the letters that are ticked, and show the batch."""
    form = await request.form()
    ids = [UUID(str(sent)) for sent in form.getall("letter", []) if _is_id(str(sent))]
    async with request.app.state.database.transaction() as conn:
        own = await _own_offices(conn, request)
        try:
            batch = await letters.take(
                conn, request.app.state.clock(), _ids(own), ids, large_print="large_print" in form
            )
        except NothingToPrint:
            return _back(request, done="chosen_none" if not ids else "nothing")
    return _back(request, done="printed", batch=str(batch))


@get(PATH + "/batches/{batch:uuid}", opt=MANAGE, include_in_schema=False)
async def batch_file(request: PageRequest, batch: FromPath[UUID]) -> Response[bytes]:
    """Answer the batch as a PDF to print; raises NothingToPrint once it is in the post."""
    now = request.app.state.clock()
    async with request.app.state.database.transaction() as conn:
        own = await _own_offices(conn, request)
        found, texts_of_authorities = await letters.sheets(conn, _ids(own), batch)
        seen = [
            (sheet.authority_id, sheet.office_id, sheet.payload.reference.replace("-", "")) for sheet in found
        ]
        await audit.note_access(conn, now, request.user, "letter", audit.by_office(seen))
    words = texts(choose_language(request))
    file = await asyncio.to_thread(
        letters.drawn,
        found,
        texts_of_authorities,
        words.gettext("Briefe"),
        now,
        request.app.state.settings.visitor_url,
    )
    return Response(
        file,
        media_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="briefe-{now:%Y-%m-%d}.pdf"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


@post(PATH + "/batches/{batch:uuid}/again", opt=MANAGE, include_in_schema=False)
async def print_again(request: PageRequest, batch: FromPath[UUID]) -> Redirect:
    """Print a batch once more, as further copies."""
    async with request.app.state.database.transaction() as conn:
        own = await _own_offices(conn, request)
        try:
            again = await letters.take_again(conn, request.app.state.clock(), _ids(own), batch)
        except NothingToPrint:
            return _back(request, done="nothing")
    return _back(request, done="printed", batch=str(again))


@post(PATH + "/batches/{batch:uuid}/posted", opt=MANAGE, include_in_schema=False)
async def mark_posted(request: PageRequest, batch: FromPath[UUID]) -> Redirect:
    """Note that the whole batch is in the post."""
    async with request.app.state.database.transaction() as conn:
        own = await _own_offices(conn, request)
        await letters.post(conn, request.app.state.clock(), _ids(own), batch)
    return _back(request, done="posted")


@post(PATH + "/messages/{message:uuid}/resend", opt=MANAGE, include_in_schema=False)
async def send_again(request: PageRequest, message: FromPath[UUID]) -> Redirect:
    """Put a message, or a single letter, back into the queue."""
    async with request.app.state.database.transaction() as conn:
        await _require(conn, request, message)
        try:
            await notices.resend(conn, request.app.state.clock(), message)
        except IllegalTransition:
            return _back(request, done="changed")
    return _back(request, done="resent")


@post(PATH + "/messages/{message:uuid}/settle", opt=MANAGE, include_in_schema=False)
async def settle(request: PageRequest, message: FromPath[UUID]) -> Redirect:
    """Note that the visitor was told in another way."""
    async with request.app.state.database.transaction() as conn:
        await _require(conn, request, message)
        try:
            await notices.settle(conn, message)
        except IllegalTransition:
            return _back(request, done="changed")
    return _back(request, done="settled")


async def _own_offices(conn: Connection, request: PageRequest) -> list[Office]:
    return [
        office
        for office in await offices.list_offices(conn)
        if request.user.may(Permission.MESSAGE_MANAGE, office.id, office.authority_id)
    ]


async def _require(conn: Connection, request: PageRequest, message: UUID) -> None:
    """Raise MessageNotFound or NotPermitted unless somebody may look after this message."""
    found = await notices.find(conn, message)
    request.user.require(Permission.MESSAGE_MANAGE, found.office_id, found.authority_id)


def _ids(own: Sequence[Office]) -> list[int]:
    return [office.id for office in own]


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _back(request: PageRequest, **told: str) -> Redirect:
    """Show the page anew, with what was done, and for the office that was chosen before."""
    office = request.query_params.get("office", "")
    query = urlencode({**({"office": office} if office else {}), **told})
    return Redirect(f"{PATH}?{query}", status_code=303)


def _done(request: PageRequest, words: Texts) -> tuple[str, str]:
    """Give the kind of an alert and its sentence, for what the form before has done; empty for nothing."""
    sentences = {
        "printed": ("success", words.gettext("Die Druckdatei ist bereit.")),
        "posted": ("success", words.gettext("Die Briefe sind als aufgegeben vermerkt.")),
        "resent": ("success", words.gettext("Wird erneut versucht.")),
        "settled": ("success", words.gettext("Als erledigt vermerkt.")),
        "chosen_none": ("warning", words.gettext("Bitte wählen Sie mindestens einen Brief aus.")),
        "nothing": ("warning", words.gettext("Nichts zu drucken: Jemand anderes war schneller.")),
        "changed": ("warning", words.gettext("Daran hat inzwischen jemand anderes etwas geändert.")),
    }
    return sentences.get(request.query_params.get("done", ""), ("", ""))


def _forms(waiting: Sequence[WaitingLetter], batches: Sequence[Batch]) -> dict[UUID, LetterForm]:
    """Give the form of each letter by its id."""
    return {letter.id: letters.form_of(letter.recipient) for letter in waiting} | {
        sheet.id: letters.form_of(sheet.recipient, large_print=sheet.large_print)
        for batch in batches
        for sheet in batch.sheets
        if sheet.recipient
    }


def _card(batch: Batch, forms: Mapping[UUID, LetterForm], clock: _Clock, words: Texts) -> BatchCard:
    return BatchCard(
        id=str(batch.id),
        printed=clock.tell(batch.printed_at, batch.sheets[0].office),
        to_post=batch.to_post,
        taken_back=len(batch.sheets) - batch.to_post,
        large_print=sum(sheet.large_print and sheet.to_post for sheet in batch.sheets),
        lines=[_sheet(sheet, forms.get(sheet.id), clock, words) for sheet in batch.sheets],
    )


def _sheet(sheet: OpenSheet, form: LetterForm | None, clock: _Clock, words: Texts) -> LetterLine:
    return LetterLine(
        str(sheet.id),
        sheet.reference,
        clock.name(sheet.office),
        clock.tell(sheet.starts_at, sheet.office),
        kind_name(sheet.kind, words),
        "",
        form=form,
        to_post=sheet.to_post,
        copy=sheet.copy,
    )


def _failed(office: Office, message: ListedMessage, clock: _Clock, words: Texts) -> FailedLine:
    return FailedLine(
        str(message.id),
        message.reference,
        office.setup.name,
        clock.tell(message.starts_at, office.slug),
        kind_name(message.kind, words),
        way_name(message.way, words),
        reason(message.last_error, words),
        clock.tell(message.created_at, office.slug),
        unclear=message.state == "unclear",
    )


letters_handlers: list[ControllerRouterHandler] = [
    letters_page,
    print_letters,
    batch_file,
    print_again,
    mark_posted,
    send_again,
    settle,
]
