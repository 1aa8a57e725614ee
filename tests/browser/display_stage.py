"""The wall's page without a program behind it: the real page, and the states that the program makes."""

import mimetypes
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from playwright.sync_api import Page, Route, WebSocketRoute

from display.page import STATIC, WallPage
from display.page_feed import StateMessage
from display.panel_slides import slides_due
from display.settings import DisplaySettings, SoundAt, Theme, VoiceKind
from display.settings_in_force import SettingsInForce
from display.texts import Texts
from display.wall_state import Sight, wall_state
from queue_service.protocol.device_care import DeviceSettings, DisplayLayout
from queue_service.protocol.panel import PanelSlide
from queue_service.protocol.stream import (
    Call,
    DisplaySnapshot,
    OfficeCard,
    ShownCounter,
    WaitingArea,
    WaitRange,
)
from tests.system.display_service_stand_in import make_call

ADDRESS = "http://display.test/"
TEXTS = Texts.read()
NOW = datetime.now(UTC)
WORDS = {
    "de": "Termine auch ohne Internet\nUnter 115 buchen wir für Sie in jedem Amt der Stadt.",
    "en": "Appointments without the internet\nDial 115 and we book for you in any office.",
}
OFFICE = OfficeCard(
    slug="rathaus",
    name={"de": "BürgerServiceCenter Mitte", "en": "Citizen Service Centre Mitte"},
    time_zone="Europe/Berlin",
    reception={"de": "Der Empfang ist rechts.", "en": "The reception is on the right."},
    notice={"de": "Heute ist bis 18 Uhr geöffnet.", "en": "Open until 6 pm today."},
    accent="#b3001b",
    areas=[
        WaitingArea("a", {"de": "Erdgeschoss", "en": "Ground floor"}, ["1", "3"]),
        WaitingArea("b", {"de": "1. Stock", "en": "First floor"}, ["12"]),
        WaitingArea("c", {"de": "Nebengebäude", "en": "Annexe"}, ["24"]),
    ],
)


def hall(visitor: str = "de", **facts: Any) -> DisplaySnapshot:
    """A hall in which visitors of one language were called, one of them to be fetched."""
    calls = [
        _call(9, "B108", "12", 0, language=visitor, nth=2),
        _call(8, "A041", "3", 1, language=visitor),
        _call(7, "A040", "24", 2, language=visitor, pick_up=True),
        _call(6, "C017", "12", 3),
        _call(5, "A039", "1", 4),
        _call(4, "A038", "24", 5),
    ]
    counters = [ShownCounter("3", {"de": "Schalter 3", "en": "Counter 3"}, "open", "A041", called=True)]
    known: dict[str, Any] = {
        "calls": calls, "waiting": 23, "open_counters": 5, "wait": WaitRange(20, 35), "counters": counters
    }  # fmt: skip
    return DisplaySnapshot(version=10, office=OFFICE, **{**known, **facts})


def _call(version: int, number: str, counter: str, minutes: int, **more: Any) -> Call:
    return make_call(version, number, counter, at=NOW - timedelta(minutes=minutes), **more)


class Stage:
    """One page, one language of the house after the other."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._sockets: list[WebSocketRoute] = []
        self._shown = 0
        page.route(f"{ADDRESS}**", self._answer)
        page.route_web_socket("ws://display.test/api/events", self._connected)

    def _connected(self, socket: WebSocketRoute) -> None:
        self._sockets.append(socket)

    def open(self, house: str) -> None:
        """Open the page in a language of the house."""
        own = DisplaySettings(
            "", Path(), 0, Path(), house, Theme.LIGHT, SoundAt.OFF, (), VoiceKind.OFF
        )  # fmt: skip
        self._wall = WallPage(TEXTS, SettingsInForce(own, None))
        self._house = house
        self.page.goto(ADDRESS)
        self.page.evaluate("() => document.fonts.ready")

    def show(
        self, layout: DisplayLayout, snapshot: DisplaySnapshot, *, areas: Sequence[str] = (), **sight: Any
    ) -> None:
        """Have the program say what is so, and wait until it is shown."""
        self._shown += 1
        chosen = DeviceSettings(layout=layout, areas=list(areas), door_counter="3")
        slides = slides_due([PanelSlide("text", 30, WORDS)], [], NOW.date(), self._house, is_heard=True)
        seen = Sight(
            snapshot=snapshot, announcement=None, waiting_to_be_said=[], last_shown=None, playing=None,
            page=self._wall.digest, chosen=chosen, slides=slides,
            **{"connected": True, "sound_blocked": False, **sight},
        )  # fmt: skip
        # The accent is nobody's text: it tells the states apart.
        accent = f"#b3{self._shown:04x}"
        state = msgspec.structs.replace(wall_state(seen, TEXTS, self._house, now=NOW), accent=accent)
        self._sockets[-1].send(msgspec.json.encode(StateMessage(state)).decode())
        self.page.wait_for_function(
            "(accent) => document.body.style.getPropertyValue('--accent') === accent", arg=accent
        )

    def _answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path == "/":
            route.fulfill(body=self._wall.html, content_type="text/html; charset=utf-8")
            return
        file = STATIC / path.removeprefix("/static/")
        route.fulfill(body=file.read_bytes(), content_type=mimetypes.guess_type(file.name)[0])
