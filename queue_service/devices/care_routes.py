"""HTTP for devices: a code for whoever asks to be let in, its entry, and the care of those that are in."""

from http import HTTPStatus
from typing import Annotated, Any, TypeAlias

import msgspec
from litestar import Controller, Request, Response, get, patch, post, put
from litestar.datastructures import State
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler

from queue_service.accounts.guards import PUBLIC, requires
from queue_service.accounts.model import Permission, Principal
from queue_service.devices import care, pairing, tokens
from queue_service.devices.care import Device, FoundDevice
from queue_service.offices import service as offices
from queue_service.platform import errors
from queue_service.platform.http import answer, json_answer, refusals
from queue_service.platform.queries import Connection
from queue_service.protocol.device_care import (
    DeviceCard,
    DeviceHealth,
    DeviceSettings,
    PairingCode,
    PairingRequest,
    TokenRenewal,
)

ApiRequest: TypeAlias = Request[Principal, Any, State]

LONGEST_CODE = 20
"""With the separators that people type."""
LONGEST_ID = 10
CodePath = Annotated[str, PathParameter(max_length=LONGEST_CODE, description="What the device shows")]
DevicePath = Annotated[
    str, PathParameter(max_length=LONGEST_ID, description="The id that `GET /devices` gives")
]
OfficeQuery = Annotated[str | None, QueryParameter(max_length=60, description="Only of this office (slug)")]
MANAGE = requires(Permission.DEVICE_MANAGE)
OWN = requires(Permission.DEVICE_OWN)
ASKED = (errors.NotAuthenticated, errors.NotPermitted, errors.Unavailable)
ANYBODY = (errors.BadRequest, errors.IdempotencyMismatch, errors.InProgress, errors.Unavailable)
STORED = (*ANYBODY, errors.NotAuthenticated, errors.NotPermitted)


class LetInRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The code that a device shows, the office that it serves, and where it stands."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_CODE)]
    office: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=tokens.LONGEST_NAME)]


class DeviceChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be another from now on; None stays as it is."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=tokens.LONGEST_NAME)] | None = None
    office: Annotated[str, msgspec.Meta(min_length=1, max_length=60)] | None = None
    settings: DeviceSettings | None = None


class DeviceList(msgspec.Struct, frozen=True):
    """Devices by office, revoked ones too."""

    items: list[Device]


class PairingController(Controller):
    """A device without a token asks for a code; whoever stands before it looks the code up."""

    path = "/api/v1/device-pairings"
    tags = ("devices",)

    @post(
        "",
        operation_id="askForPairing",
        opt=PUBLIC,
        responses=refusals(*ANYBODY, errors.TooManyAttempts, pairing.DeviceKnown),
    )
    async def ask(
        self, data: JSONBody[PairingRequest], request: ApiRequest, state: State
    ) -> Response[PairingCode]:
        """Give a device a code to show; asking again gives the same one while it holds."""
        address = request.client.host if request.client else None

        async def work(conn: Connection) -> PairingCode:
            return await pairing.ask(conn, state.clock(), data, address)

        return await answer(request, work, status=HTTPStatus.CREATED, atomic=True)

    @get(
        "/{code:str}",
        operation_id="readPairing",
        opt=MANAGE,
        responses=refusals(*ASKED, pairing.PairingNotFound),
    )
    async def read(self, code: CodePath, state: State) -> Response[pairing.Pairing]:
        """Tell what shows a code."""
        async with state.database.connection() as conn:
            return json_answer(await pairing.find(conn, state.clock(), code))


class DeviceController(Controller):
    """The devices of an office, for those who look after them."""

    path = "/api/v1/devices"
    tags = ("devices",)

    @get("", operation_id="listDevices", opt=MANAGE, responses=refusals(*ASKED, errors.OfficeNotFound))
    async def list_devices(
        self, request: ApiRequest, state: State, office: OfficeQuery = None
    ) -> Response[DeviceList]:
        """List devices of the offices that one looks after, with how each of them is."""
        async with state.database.connection() as conn:
            wanted = None
            if office is not None:
                wanted = await offices.find_office(conn, office)
                request.user.require(Permission.DEVICE_MANAGE, wanted.id, wanted.authority_id)
            listed = await care.list_devices(conn, state.clock())
        return json_answer(
            DeviceList(
                [
                    one.device
                    for one in listed
                    if request.user.may(Permission.DEVICE_MANAGE, one.office_id, one.authority_id)
                    and (wanted is None or wanted.id == one.office_id)
                ]
            )
        )

    @post(
        "",
        operation_id="letDeviceIn",
        opt=MANAGE,
        responses=refusals(*STORED, errors.OfficeNotFound, pairing.PairingNotFound),
    )
    async def let_in(
        self, data: JSONBody[LetInRequest], request: ApiRequest, state: State
    ) -> Response[Device]:
        """Let in the device that shows the code, for an office and a place."""

        async def work(conn: Connection) -> Device:
            here = await offices.find_office(conn, data.office)
            request.user.require(Permission.DEVICE_MANAGE, here.id, here.authority_id)
            now = state.clock()
            added = await pairing.let_in(conn, now, data.code, data.office, data.name)
            return (await care.find_device(conn, now, added)).device

        return await answer(request, work, status=HTTPStatus.CREATED, atomic=True)

    @patch(
        "/{device:str}",
        operation_id="changeDevice",
        opt=MANAGE,
        responses=refusals(*STORED, errors.OfficeNotFound, tokens.DeviceNotFound, care.DeviceRevoked),
    )
    async def change(
        self, device: DevicePath, data: JSONBody[DeviceChange], request: ApiRequest, state: State
    ) -> Response[Device]:
        """Rename a device, move it to another office, or have it do something else."""

        async def work(conn: Connection) -> Device:
            found = await _device(conn, device, request, state)
            office_id, authority_id = found.office_id, found.authority_id
            if data.office is not None:
                there = await offices.find_office(conn, data.office)
                request.user.require(Permission.DEVICE_MANAGE, there.id, there.authority_id)
                office_id, authority_id = there.id, there.authority_id
            if data.settings is not None:
                await care.require_further_offices(conn, request.user, found, authority_id, data.settings)
            known = found.device
            await care.change(
                conn,
                state.clock(),
                found,
                office_id,
                known.name if data.name is None else data.name,
                known.settings if data.settings is None else data.settings,
            )
            return (await care.find_device(conn, state.clock(), known.id)).device

        return await answer(request, work, atomic=True)

    @post(
        "/{device:str}/new-token",
        operation_id="renewDeviceToken",
        status_code=HTTPStatus.OK,
        opt=MANAGE,
        responses=refusals(*STORED, tokens.DeviceNotFound, care.DeviceRevoked),
    )
    async def new_token(self, device: DevicePath, request: ApiRequest, state: State) -> Response[Device]:
        """Have a device make itself another token; the former ends once it has."""

        async def work(conn: Connection) -> Device:
            found = await _device(conn, device, request, state)
            await care.ask_for_new_token(conn, state.clock(), found.device.id)
            return (await care.find_device(conn, state.clock(), found.device.id)).device

        return await answer(request, work, atomic=True)

    @post(
        "/{device:str}/revoke",
        operation_id="revokeDevice",
        status_code=HTTPStatus.OK,
        opt=MANAGE,
        responses=refusals(*STORED, tokens.DeviceNotFound),
    )
    async def revoke(self, device: DevicePath, request: ApiRequest, state: State) -> Response[Device]:
        """Let a device in no more; it then shows a code again."""

        async def work(conn: Connection) -> Device:
            found = await _device(conn, device, request, state)
            await tokens.revoke(conn, state.clock(), found.device.id)
            return (await care.find_device(conn, state.clock(), found.device.id)).device

        return await answer(request, work, atomic=True)


class OwnDeviceController(Controller):
    """What a device asks and tells about itself."""

    path = "/api/v1/device"
    tags = ("devices",)

    @get("", operation_id="readOwnDevice", opt=OWN, responses=refusals(*ASKED))
    async def read(self, request: ApiRequest, state: State) -> Response[DeviceCard]:
        """Tell a device who it is and what it is to do; 401 for one that is not let in (yet, or any more)."""
        async with state.database.connection() as conn:
            return json_answer(await care.card(conn, state.clock(), own_id(request)))

    @put("/health", operation_id="reportDeviceHealth", opt=OWN, responses=refusals(*ASKED, errors.BadRequest))
    async def report(
        self, data: JSONBody[DeviceHealth], request: ApiRequest, state: State
    ) -> Response[DeviceCard]:
        """Keep how a device is, and answer as ``GET /device``."""
        async with state.database.transaction() as conn:
            return json_answer(await care.report(conn, state.clock(), own_id(request), data))

    @put(
        "/token",
        operation_id="replaceDeviceToken",
        status_code=HTTPStatus.NO_CONTENT,
        opt=OWN,
        responses=refusals(*ASKED, errors.BadRequest, care.TokenTaken, care.DeviceRevoked),
    )
    async def replace_token(self, data: JSONBody[TokenRenewal], request: ApiRequest, state: State) -> None:
        """Know the device by another token from now on."""
        async with state.database.transaction() as conn:
            await care.renew_token(conn, own_id(request), data)


def own_id(request: ApiRequest) -> int:
    """Give the id of the device that asks."""
    return int(request.user.key.partition(":")[2])


async def _device(conn: Connection, text: str, request: ApiRequest, state: State) -> FoundDevice:
    """Find a device that this person looks after; raises DeviceNotFound for any other."""
    if not (text.isascii() and text.isdigit()):
        raise tokens.DeviceNotFound
    found = await care.find_device(conn, state.clock(), int(text))
    if not request.user.may(Permission.DEVICE_MANAGE, found.office_id, found.authority_id):
        raise tokens.DeviceNotFound
    return found


device_routes: list[ControllerRouterHandler] = [PairingController, DeviceController, OwnDeviceController]
