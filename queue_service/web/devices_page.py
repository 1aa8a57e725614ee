"""``/admin/devices``: let devices in by the code that they show, see how they are, look after them.

All of it is forms, so that it works on whatever a supervisor has at hand while standing before a device.
"""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from queue_service.accounts.guards import requires
from queue_service.accounts.model import Permission
from queue_service.devices import care, pairing, tokens
from queue_service.devices.care import FoundDevice
from queue_service.offices import service as offices
from queue_service.offices.catalogue import Office
from queue_service.offices.hall_setup import AreaSetup
from queue_service.platform.errors import InvalidFields
from queue_service.platform.queries import Connection
from queue_service.web.device_form import DeviceForm, Mistakes, form_of, read_form, typed_form
from queue_service.web.device_words import Condition, condition, facts, layout_names, profile_name
from queue_service.web.languages import Texts, choose_language, texts
from queue_service.web.rendering import PageRequest, page

PATH = "/admin/devices"
MANAGE = requires(Permission.DEVICE_MANAGE)
PAIRING_FIELDS = ("code", "office", "name")


class DeviceLine(msgspec.Struct, frozen=True):
    """A device on the page."""

    id: int
    office: str
    profile: str
    is_display: bool
    name: str
    condition: Condition
    facts: list[tuple[str, str]]
    form: DeviceForm
    mistakes: Mistakes
    areas: list[AreaSetup]
    """Of its office."""
    beside: list[Office]
    """Further offices that it may be set up for."""
    renewing: bool
    revoked: bool


class Refused(msgspec.Struct, frozen=True):
    """A form that was not taken, with what stood in it."""

    mistakes: Mistakes
    pairing: dict[str, str] = {}
    """The form for a code."""
    device: int | None = None
    form: DeviceForm | None = None
    """Of that device."""


NOTHING_REFUSED = Refused({})


@get(PATH, opt=MANAGE, include_in_schema=False)
async def devices_page(request: PageRequest) -> Response[str]:
    """Answer the form for a code and all devices of one's own offices."""
    return await _answer(request, NOTHING_REFUSED)


@get(PATH + "/{device:int}", opt=MANAGE, include_in_schema=False)
async def all_devices(request: PageRequest) -> Redirect:
    """Lead to the devices whoever changes the language of a refused form: it has this address."""
    query = urlencode(list(request.query_params.multi_items()))
    return Redirect(f"{PATH}?{query}" if query else PATH, status_code=303)


@post(PATH, opt=MANAGE, include_in_schema=False)
async def let_in(request: PageRequest) -> Response[Any]:
    """Let in the device that shows the code."""
    form = await request.form()
    typed = {name: str(form.get(name, "")).strip() for name in PAIRING_FIELDS}
    words = texts(choose_language(request))
    try:
        async with request.app.state.database.transaction() as conn:
            here = await offices.find_office(conn, typed["office"])
            request.user.require(Permission.DEVICE_MANAGE, here.id, here.authority_id)
            await pairing.let_in(conn, request.app.state.clock(), typed["code"], here.slug, typed["name"])
    except pairing.PairingNotFound:
        sentence = words.gettext(
            "Diesen Code zeigt kein Gerät. Bitte vergleichen Sie ihn mit dem Bildschirm des Geräts."
        )
        return await _answer(request, Refused({"code": sentence}, typed))
    except InvalidFields:
        sentence = words.gettext("Bitte geben Sie an, wo das Gerät steht (höchstens 100 Zeichen).")
        return await _answer(request, Refused({"name": sentence}, typed))
    return _back("let_in")


@post(PATH + "/{device:int}", opt=MANAGE, include_in_schema=False)
async def change(request: PageRequest, device: FromPath[int]) -> Response[Any]:
    """Rename, move and configure a device."""
    form = typed_form(await request.form())
    words = texts(choose_language(request))
    wanted, mistakes = read_form(form, words)
    try:
        async with request.app.state.database.transaction() as conn:
            found = await _own_device(conn, request, device)
            if found.device.revoked_at is not None:
                return _back("gone")
            there = await offices.find_office(conn, form.office)
            request.user.require(Permission.DEVICE_MANAGE, there.id, there.authority_id)
            try:
                await care.require_further_offices(conn, request.user, found, there.authority_id, wanted)
            except InvalidFields:
                mistakes["further_offices"] = words.gettext(
                    "Weitere Dienststellen müssen zu derselben Behörde gehören."
                )
            if not mistakes:
                await care.change(conn, request.app.state.clock(), found, there.id, form.name, wanted)
    except care.DeviceRevoked:
        return _back("gone")
    if mistakes:
        return await _answer(request, Refused(mistakes, device=device, form=form))
    return _back("changed")


@post(PATH + "/{device:int}/new-token", opt=MANAGE, include_in_schema=False)
async def new_token(request: PageRequest, device: FromPath[int]) -> Redirect:
    """Have a device make itself another token."""
    try:
        async with request.app.state.database.transaction() as conn:
            found = await _own_device(conn, request, device)
            await care.ask_for_new_token(conn, request.app.state.clock(), found.device.id)
    except care.DeviceRevoked:
        return _back("gone")
    return _back("renewing")


@post(PATH + "/{device:int}/revoke", opt=MANAGE, include_in_schema=False)
async def revoke(request: PageRequest, device: FromPath[int]) -> Redirect:
    """Let a device in no more."""
    async with request.app.state.database.transaction() as conn:
        found = await _own_device(conn, request, device)
        await tokens.revoke(conn, request.app.state.clock(), found.device.id)
    return _back("revoked")


async def _answer(request: PageRequest, refused: Refused) -> Response[str]:
    """Answer the page, with all that was typed in a form that was refused."""
    now = request.app.state.clock()
    async with request.app.state.database.connection() as conn:
        own = await _own_offices(conn, request)
        found = [one for one in await care.list_devices(conn, now) if one.device.office in own]
    language = choose_language(request)
    words = texts(language)
    lines = [_line(one, own[one.device.office], list(own.values()), language, refused) for one in found]
    at_device = "" if refused.device is None else f"-{refused.device}"
    return page(
        request,
        "devices.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if refused.mistakes else HTTPStatus.OK,
        offices=list(own.values()),
        by_office=[
            (office, here)
            for office in own.values()
            if (here := [line for line in lines if line.office == office.slug and not line.revoked])
        ],
        revoked=[line for line in lines if line.revoked],
        office_names={slug: office.setup.name for slug, office in own.items()},
        done=_done(request, words),
        layouts=layout_names(words),
        typed={name: refused.pairing.get(name, "") for name in PAIRING_FIELDS},
        mistakes=[(f"{field}{at_device}", sentence) for field, sentence in refused.mistakes.items()],
        summary=_summary(lines, refused, words),
    )


async def _own_offices(conn: Connection, request: PageRequest) -> dict[str, Office]:
    return {
        office.slug: office
        for office in await offices.list_offices(conn)
        if request.user.may(Permission.DEVICE_MANAGE, office.id, office.authority_id)
    }


async def _own_device(conn: Connection, request: PageRequest, device_id: int) -> FoundDevice:
    """Find a device that this person looks after; raises DeviceNotFound for any other."""
    found = await care.find_device(conn, request.app.state.clock(), device_id)
    if not request.user.may(Permission.DEVICE_MANAGE, found.office_id, found.authority_id):
        raise tokens.DeviceNotFound
    return found


def _line(
    found: FoundDevice, office: Office, own: list[Office], language: str, refused: Refused
) -> DeviceLine:
    device, words = found.device, texts(language)
    beside = [one for one in own if one.authority_id == office.authority_id and one.slug != office.slug]
    typed = refused.form if refused.device == device.id else None
    return DeviceLine(
        device.id,
        device.office,
        profile_name(device.profile, words),
        device.profile.value == "display",
        device.name,
        condition(device, words),
        facts(device, office.setup.time_zone, words, language),
        typed or form_of(device, language),
        refused.mistakes if typed else {},
        office.setup.areas,
        beside,
        device.renew_since is not None,
        device.revoked_at is not None,
    )


def _summary(lines: list[DeviceLine], refused: Refused, words: Texts) -> str:
    """Say that nothing was kept, and of which device."""
    names = [line.name for line in lines if line.id == refused.device]
    if names:
        return words.gettext("„%s“ ist nicht gespeichert. Bitte prüfen Sie Ihre Angaben.") % names[0]
    return words.gettext("Das Gerät ist nicht angemeldet. Bitte prüfen Sie Ihre Angaben.")


def _back(done: str) -> Redirect:
    """Show the page anew, with what was done."""
    return Redirect(f"{PATH}?{urlencode({'done': done})}", status_code=303)


def _done(request: PageRequest, words: Texts) -> tuple[str, str]:
    """Give the kind of an alert and its sentence; empty for nothing."""
    sentences = {
        "let_in": (
            "success",
            words.gettext("Das Gerät ist angemeldet. Es zeigt in wenigen Sekunden seine Seite."),
        ),
        "changed": (
            "success",
            words.gettext(
                "Gespeichert. Das Gerät richtet sich innerhalb einer Minute danach."
            ),
        ),
        "renewing": ("success", words.gettext("Das Gerät erneuert seinen Schlüssel innerhalb einer Minute.")),
        "revoked": ("success", words.gettext("Das Gerät ist abgemeldet. Es zeigt nun wieder einen Code.")),
        "gone": ("warning", words.gettext("Dieses Gerät ist inzwischen abgemeldet.")),
    }  # fmt: skip
    return sentences.get(request.query_params.get("done", ""), ("", ""))


device_handlers: list[ControllerRouterHandler] = [
    devices_page,
    all_devices,
    let_in,
    change,
    new_token,
    revoke,
]
