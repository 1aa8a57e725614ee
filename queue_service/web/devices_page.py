"""``/admin/devices``: let devices in by the code that they show, see how they are, look after them.

All of it is forms, so that it works on whatever a supervisor has at hand while standing before a device.
"""

from collections.abc import Mapping
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
from queue_service.protocol.device_care import DeviceSettings
from queue_service.web.announcing_choice import announcing_choice, louder_rows
from queue_service.web.device_words import Condition, condition, decimal, facts, layout_names, profile_name
from queue_service.web.languages import Texts, choose_language, texts
from queue_service.web.rendering import PageRequest, page
from queue_service.web.showing_choice import showing_choice

PATH = "/admin/devices"
MANAGE = requires(Permission.DEVICE_MANAGE)
CHOICES = ("language", "theme", "sound")
"""What staff choose for a display, by the form's field."""


class DeviceLine(msgspec.Struct, frozen=True):
    """A device on the page."""

    id: int
    office: str
    profile: str
    is_display: bool
    name: str
    condition: Condition
    facts: list[tuple[str, str]]
    settings: DeviceSettings
    louder: list[tuple[str, str, int | str]]
    """Hours in which it is louder, and a row for one more."""
    areas: list[AreaSetup]
    """Of its office."""
    beside: list[Office]
    """Further offices that it may be set up for."""
    renewing: bool
    revoked: bool


@get(PATH, opt=MANAGE, include_in_schema=False)
async def devices_page(request: PageRequest) -> Response[str]:
    """Answer the form for a code and all devices of one's own offices."""
    now = request.app.state.clock()
    async with request.app.state.database.connection() as conn:
        own = await _own_offices(conn, request)
        found = [one for one in await care.list_devices(conn, now) if one.device.office in own]
    language = choose_language(request)
    words = texts(language)
    lines = [_line(one, own[one.device.office], list(own.values()), language) for one in found]
    return page(
        request,
        "devices.html",
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
        decimal=decimal,
        typed={name: request.query_params.get(name, "") for name in ("code", "office", "name")},
    )


@post(PATH, opt=MANAGE, include_in_schema=False)
async def let_in(request: PageRequest) -> Redirect:
    """Let in the device that shows the code."""
    form = await request.form()
    typed = {name: str(form.get(name, "")).strip() for name in ("code", "office", "name")}
    try:
        async with request.app.state.database.transaction() as conn:
            here = await offices.find_office(conn, typed["office"])
            request.user.require(Permission.DEVICE_MANAGE, here.id, here.authority_id)
            await pairing.let_in(conn, request.app.state.clock(), typed["code"], here.slug, typed["name"])
    except pairing.PairingNotFound:
        return _back("unknown_code", office=typed["office"], name=typed["name"])
    except InvalidFields:
        return _back("no_name", code=typed["code"], office=typed["office"])
    return _back("let_in")


@post(PATH + "/{device:int}", opt=MANAGE, include_in_schema=False)
async def change(request: PageRequest, device: FromPath[int]) -> Redirect:
    """Rename, move and configure a device."""
    form = await request.form()
    chosen = {name: str(form.get(name, "")) for name in CHOICES}
    settings: Mapping[str, object] = {
        "language": chosen["language"] or None,
        "theme": chosen["theme"] or None,
        "sound": {"on": True, "off": False}.get(chosen["sound"]),
        **announcing_choice(form),
        **showing_choice(form),
    }
    try:
        wanted = msgspec.convert(settings, DeviceSettings)
    except msgspec.ValidationError:
        return _back("not_understood")
    try:
        async with request.app.state.database.transaction() as conn:
            found = await _own_device(conn, request, device)
            there = await offices.find_office(conn, str(form.get("office", "")))
            request.user.require(Permission.DEVICE_MANAGE, there.id, there.authority_id)
            try:
                await care.require_further_offices(conn, request.user, found, there.authority_id, wanted)
            except InvalidFields:
                return _back("not_understood")
            await care.change(
                conn, request.app.state.clock(), found, there.id, str(form.get("name", "")), wanted
            )
    except InvalidFields:
        return _back("no_name")
    except care.DeviceRevoked:
        return _back("gone")
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


def _line(found: FoundDevice, office: Office, own: list[Office], language: str) -> DeviceLine:
    device, words = found.device, texts(language)
    beside = [one for one in own if one.authority_id == office.authority_id and one.slug != office.slug]
    return DeviceLine(
        device.id,
        device.office,
        profile_name(device.profile, words),
        device.profile.value == "display",
        device.name,
        condition(device, words),
        facts(device, office.setup.time_zone, words, language),
        device.settings,
        louder_rows(device.settings),
        office.setup.areas,
        beside,
        device.renew_since is not None,
        device.revoked_at is not None,
    )


def _back(done: str, **typed: str) -> Redirect:
    """Show the page anew, with what was done and what need not be typed again."""
    query = urlencode({"done": done, **{name: value for name, value in typed.items() if value}})
    return Redirect(f"{PATH}?{query}", status_code=303)


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
        "unknown_code": (
            "danger",
            words.gettext(
                "Diesen Code zeigt kein Gerät. Bitte vergleichen Sie ihn mit dem Bildschirm des Geräts."
            ),
        ),
        "no_name": (
            "danger",
            words.gettext("Bitte geben Sie an, wo das Gerät steht (höchstens 100 Zeichen)."),
        ),
        "not_understood": (
            "danger",
            words.gettext(
                "Nicht gespeichert: Eine der Angaben ist nicht möglich. "
                "Bitte prüfen Sie Zahlen, Uhrzeiten und Schalter."
            ),
        ),
        "gone": ("warning", words.gettext("Dieses Gerät ist inzwischen abgemeldet.")),
    }  # fmt: skip
    return sentences.get(request.query_params.get("done", ""), ("", ""))


device_handlers: list[ControllerRouterHandler] = [devices_page, let_in, change, new_token, revoke]
