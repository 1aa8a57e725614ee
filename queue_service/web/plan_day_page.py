"""``/plan/{office}/days/{day}``: staff a day otherwise; who is affected is said before anything is done."""

import re
from datetime import date
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from queue_service.offices.catalogue import Office
from queue_service.offices.model import MINUTES_A_DAY, Span
from queue_service.offices.setup_model import StaffedHours
from queue_service.platform.errors import InvalidFields
from queue_service.platform.queries import Connection
from queue_service.rescheduling import service as rescheduling
from queue_service.rescheduling.model import LONGEST_REASON, PoolDayPlan, StaffingChange, StaffingChanged
from queue_service.web.dates_in_words import day_in_words
from queue_service.web.languages import Texts
from queue_service.web.plan_affected_page import Lines
from queue_service.web.plan_page import PATH, SUPERVISE, cell_of, led_office, reader_of, services_of
from queue_service.web.plan_words import Reader
from queue_service.web.rendering import PageRequest, page

SPARE_ROWS = 2
"""Empty rows beneath the hours that a day has."""
LONGEST_BREAKS = 100
MOST_COUNTERS = 500
CLOCK = re.compile(r"([01]?[0-9]|2[0-4])[:.]([0-5][0-9])")
"""As it is typed; browsers send 07:30."""


class HoursRow(msgspec.Struct, frozen=True):
    """One row of the form, as typed."""

    opens: str = ""
    closes: str = ""
    counters: str = ""
    breaks: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it."""
        return not (self.opens or self.closes or self.counters or self.breaks)


class DayForm(msgspec.Struct, frozen=True):
    """What was typed about a day."""

    pool: str
    """Empty: all of the office."""
    closed: bool
    rows: list[HoursRow]
    reason: str

    def staffing(self, words: Texts) -> tuple[list[StaffedHours], list[tuple[str, str]]]:
        """Give the hours, and the mistakes as (field, sentence)."""
        if self.closed:
            return [], []
        staffing, mistakes = [], []
        for number, row in enumerate(self.rows, 1):
            if row.is_empty:
                continue
            try:
                staffing.append(_read_row(row))
            except ValueError:
                sentence = words.gettext(
                    "Zeile %(number)s: Bitte geben Sie Zeiten wie 08:00 und die Anzahl an."
                )
                mistakes.append((f"opens-{number}", sentence % {"number": number}))
        if not staffing and not mistakes:
            sentence = words.gettext("Bitte geben Sie Zeiten an oder wählen Sie „Keine Termine“.")
            mistakes.append(("opens-1", sentence))
        return staffing, mistakes


@get(PATH + "/{office:str}/days/{day:date}", opt=SUPERVISE, include_in_schema=False)
async def day_page(request: PageRequest, office: FromPath[str], day: FromPath[date]) -> Response[str]:
    """Answer the form for a day, filled with what counts now; ``?pool=`` chooses one."""
    asked = request.query_params.get("pool", "")
    async with request.app.state.database.connection() as conn:
        here = await led_office(conn, request, office)
        planned = await _planned(conn, request, here, day)
        chosen = [entry for entry in planned if entry.pool == asked] or (planned if len(planned) == 1 else [])
        form = DayForm(
            pool=chosen[0].pool if chosen else "",
            closed=not (chosen and chosen[0].staffing),
            rows=[_row(entry) for entry in chosen[0].staffing] if chosen else [],
            reason=(chosen[0].reason or "") if chosen else "",
        )
        return await _answer(conn, request, here, day, planned, form)


@post(PATH + "/{office:str}/days/{day:date}", opt=SUPERVISE, include_in_schema=False)
async def change_day(request: PageRequest, office: FromPath[str], day: FromPath[date]) -> Response[Any]:
    """Say who would be affected, or, with ``do=apply``, change the day and go on to whoever is."""
    sent = await request.form()
    form = _read_form(sent)
    reader = reader_of(request)
    apply = str(sent.get("do", "")) == "apply"
    now = request.app.state.clock()
    async with request.app.state.database.connection() as conn:
        here = await led_office(conn, request, office)
        staffing, mistakes = form.staffing(reader.words)
        if not form.reason:
            mistakes.append(("reason", reader.words.gettext("Bitte nennen Sie den Grund.")))
        changed = None
        if not mistakes:
            change = StaffingChange(form.reason, staffing, [form.pool] if form.pool else [])
            try:
                changed = await rescheduling.change_staffing(
                    conn, now, request.user, here, day, change, preview=not apply
                )
            except InvalidFields:
                sentence = reader.words.gettext(
                    "Bitte prüfen Sie Tag und Zeiten: Sie beginnen vor ihrem Ende, auf volle fünf Minuten, "
                    "und Pausen liegen darin."
                )
                mistakes.append(("opens-1", sentence))
        if changed is not None and apply:
            if changed.affected:
                return Redirect(f"{PATH}/{here.slug}/affected?done=changed", status_code=303)
            return Redirect(f"{PATH}/{here.slug}?done=changed", status_code=303)
        planned = await _planned(conn, request, here, day)
        return await _answer(conn, request, here, day, planned, form, mistakes, changed)


@post(PATH + "/{office:str}/days/{day:date}/restore", opt=SUPERVISE, include_in_schema=False)
async def restore_day(request: PageRequest, office: FromPath[str], day: FromPath[date]) -> Redirect:
    """Staff the day as planned again."""
    sent = await request.form()
    pool = str(sent.get("pool", ""))
    now = request.app.state.clock()
    async with request.app.state.database.connection() as conn:
        here = await led_office(conn, request, office)
        await rescheduling.restore_staffing(conn, now, request.user, here, day, [pool] if pool else [])
    return Redirect(f"{PATH}/{here.slug}?done=restored", status_code=303)


async def _planned(conn: Connection, request: PageRequest, here: Office, day: date) -> list[PoolDayPlan]:
    return (await rescheduling.staffing_plan(conn, request.app.state.clock(), here, day, day)).items


async def _answer(
    conn: Connection,
    request: PageRequest,
    here: Office,
    day: date,
    planned: list[PoolDayPlan],
    form: DayForm,
    mistakes: list[tuple[str, str]] | None = None,
    changed: StaffingChanged | None = None,
) -> Response[str]:
    reader = reader_of(request)
    known = await services_of(conn, here)
    names = reader.pools(here, known)
    lines = await Lines.of(conn, here, reader, known)
    return page(
        request,
        "plan_day.html",
        status=400 if mistakes else 200,
        office=here,
        accent=here.accent,
        day=day,
        day_name=day_in_words(day, reader.language),
        cells=[cell_of(entry, names, reader) for entry in planned],
        pools=names,
        form=form,
        rows=[*form.rows, *[HoursRow()] * SPARE_ROWS],
        mistakes=mistakes or [],
        longest_reason=LONGEST_REASON,
        longest_breaks=LONGEST_BREAKS,
        most_counters=MOST_COUNTERS,
        preview=changed is not None,
        wanted=_wanted(form, reader),
        affected=lines.affected(changed.affected) if changed else [],
    )


def _wanted(form: DayForm, reader: Reader) -> list[str]:
    staffing, mistakes = form.staffing(reader.words)
    return [] if mistakes else reader.hours(staffing)


def _read_form(sent: Any) -> DayForm:
    columns = [
        [str(value).strip() for value in sent.getall(name, [])]
        for name in ("opens", "closes", "counters", "breaks")
    ]
    rows = [HoursRow(*row) for row in zip(*columns, strict=False)]
    return DayForm(
        pool=str(sent.get("pool", "")),
        closed=str(sent.get("closed", "")) == "yes",
        rows=[row for row in rows if not row.is_empty],
        reason=str(sent.get("reason", "")).strip()[:LONGEST_REASON],
    )


def _row(entry: StaffedHours) -> HoursRow:
    opens, _, closes = str(entry.hours).partition("-")
    return HoursRow(opens, closes, str(entry.counters), ", ".join(map(str, entry.breaks)))


def _read_row(row: HoursRow) -> StaffedHours:
    """Give what a row says; raises ValueError."""
    counters = int(row.counters)
    if not 1 <= counters <= MOST_COUNTERS:
        raise ValueError(row.counters)
    breaks = [part for part in row.breaks.replace("–", "-").split(",") if part.strip()]
    return StaffedHours(
        Span(_minutes(row.opens), _minutes(row.closes)),
        counters,
        [Span(*map(_minutes, part.split("-", 1))) for part in breaks],
    )


def _minutes(text: str) -> int:
    clock = CLOCK.fullmatch(text.strip())
    if clock is None:
        raise ValueError(text)
    minutes = 60 * int(clock[1]) + int(clock[2])
    if minutes > MINUTES_A_DAY:
        raise ValueError(text)
    return minutes


plan_day_handlers: list[ControllerRouterHandler] = [day_page, change_day, restore_day]
