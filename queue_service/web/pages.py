"""All pages, as the composition root mounts them."""

from litestar.types import ControllerRouterHandler

from queue_service.web.assets import favicon, static_router, texts_of_scripts

web_handlers: list[ControllerRouterHandler] = [
    static_router,
    texts_of_scripts,
    favicon,
]
