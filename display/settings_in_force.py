"""What holds for this display now: the options of its start, and what staff have chosen over them."""

from collections.abc import Callable

from display.settings import DisplaySettings, as_chosen
from queue_service.protocol.device_care import DeviceCard, DeviceSettings

NOTHING_CHOSEN = DeviceSettings()


class SettingsInForce:
    """Changes whenever the service tells the running display another card; who acts on it listens."""

    def __init__(self, own: DisplaySettings, card: DeviceCard | None) -> None:
        """``own`` are the options of the program's start, ``card`` the one kept from the last run."""
        self._own = own
        self._card = card
        self._now = as_chosen(own, card.settings) if card else own
        self._listeners: list[Callable[[], None]] = []

    @property
    def now(self) -> DisplaySettings:
        """What holds now."""
        return self._now

    @property
    def card(self) -> DeviceCard | None:
        """Who this display is and what its office has set up for it; None before it was ever told."""
        return self._card

    @property
    def chosen(self) -> DeviceSettings:
        """What staff have chosen, as last told; nothing before that."""
        return self._card.settings if self._card else NOTHING_CHOSEN

    def when_changed(self, hear: Callable[[], None]) -> None:
        """Have ``hear`` run after each new card, in the order of the listeners."""
        self._listeners.append(hear)

    def take(self, card: DeviceCard | None) -> None:
        """Let a card hold from now on; the same one again, or none, changes nothing."""
        if card is None or card == self._card:
            return
        self._card = card
        self._now = as_chosen(self._own, card.settings)
        for hear in self._listeners:
            hear()
