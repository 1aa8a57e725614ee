"""What the wall's pages have measured of themselves: whether calls are large enough, and how many fit."""

from queue_service.protocol.device_care import WallFit


class PageFit:
    """The newest measurement, as long as a page is open."""

    def __init__(self) -> None:
        self._pages = 0
        self._newest: WallFit | None = None

    @property
    def newest(self) -> WallFit | None:
        """What the page that changed last can hold; None without a page."""
        return self._newest

    def page_came(self) -> None:
        """Count a page in."""
        self._pages += 1

    def page_went(self) -> None:
        """Count a page out."""
        self._pages -= 1
        if not self._pages:
            self._newest = None

    def take(self, fit: WallFit) -> None:
        """Take a page's measurement."""
        self._newest = fit
