"""Where a display fetches the files of its panel."""

from typing import Annotated, Any

from litestar import Controller, Request, Response, get
from litestar.datastructures import State
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from queue_service.accounts.guards import requires
from queue_service.accounts.model import Permission, Principal
from queue_service.panel import service as panel
from queue_service.platform import errors
from queue_service.platform.http import refusals

DigestPath = Annotated[
    str, PathParameter(max_length=64, description="SHA-256 of the file, as the device's card names it")
]
DIGEST_DIGITS = 64
HEXADECIMAL = frozenset("0123456789abcdef")


class PanelFileController(Controller):
    """Pictures and films."""

    path = "/api/v1/device"
    tags = ("devices",)

    @get(
        "/panel-files/{digest:str}",
        operation_id="readPanelFile",
        media_type="application/octet-stream",
        opt=requires(Permission.DEVICE_OWN),
        responses=refusals(
            errors.NotAuthenticated, errors.NotPermitted, errors.Unavailable, panel.PanelFileNotFound
        ),
    )
    async def read(
        self, digest: DigestPath, request: Request[Principal, Any, State], state: State
    ) -> Response[bytes]:
        """Give a file of the panel of the device's own office."""
        office_id = request.user.device_office_id
        if office_id is None or len(digest) != DIGEST_DIGITS or not HEXADECIMAL.issuperset(digest):
            raise panel.PanelFileNotFound
        async with state.database.connection() as conn:
            # What it is, the card says.
            content = await panel.content(conn, office_id, digest)
        return Response(content)


panel_routes: list[ControllerRouterHandler] = [PanelFileController]
