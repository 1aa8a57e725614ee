"""HTTP for slots and appointments."""

from litestar.types import ControllerRouterHandler

booking_routes: list[ControllerRouterHandler] = []
