"""Every layout on every size of screen: nothing cut off, clear, and as large as the distance asks for."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from queue_service.protocol.device_care import DeviceCard, DeviceSettings, DisplayLayout
from queue_service.protocol.panel import PanelSlide
from queue_service.protocol.reading_distance import MILLIMETRES_AN_INCH, capitals_mm
from queue_service.protocol.stream import ShownCounter, WaitingArea
from tests.browser.test_display_wall_page import (
    LEAST_MICHELSON,
    Size,
    capital_height_px,
    earlier_calls,
    least_michelson,
    overflowing,
    size_of,
)
from tests.system.display_process import RunningDisplay
from tests.system.display_service_stand_in import StandIn, empty_hall

SIZES: tuple[Size, ...] = ((1080, 1920), (1920, 1080), (1280, 800))
LAYOUTS: tuple[DisplayLayout, ...] = ("calls", "figures", "panel", "side_by_side", "door")
CALL = "[data-number], [data-place-box], [data-listed-rows] td, .column-number, .column-place, .door-number"
AREAS = [
    WaitingArea("a", {"de": "Erdgeschoss"}, ["1", "3", "5"]),
    WaitingArea("b", {"de": "1. Stock"}, ["7", "11"]),
    WaitingArea("c", {"de": "2. Stock"}, ["12"]),
    WaitingArea("d", {"de": "Nebengebäude"}, ["24"]),
]
WORDS = {"de": "Termine auch ohne Internet\nUnter 115 buchen wir für Sie in jedem Amt der Stadt."}


class Wall:
    """A display whose settings a test changes by writing the card that it starts with."""

    def __init__(self, chromium: Browser, data_dir: Path) -> None:
        hall = empty_hall(version=10, calls=earlier_calls())
        hall = msgspec.structs.replace(
            hall,
            office=msgspec.structs.replace(hall.office, areas=AREAS),
            counters=[ShownCounter("3", {"de": "Schalter 3"}, "open", "A042", called=True)],
        )
        self.service = StandIn.start(hall)
        self.pages = {
            size: chromium.new_page(viewport={"width": size[0], "height": size[1]}, bypass_csp=True)
            for size in SIZES
        }
        self._data_dir = data_dir
        data_dir.mkdir()
        self.display: RunningDisplay | None = None

    def show(self, layout: DisplayLayout, **chosen: object) -> None:
        """Start the display with these settings, as after a restart, and open its pages."""
        self.stop_display()
        areas = [area.code for area in AREAS] if layout == "side_by_side" else []
        settings = {"layout": layout, "areas": areas, "door_counter": "3", **chosen}
        card = DeviceCard(
            1, "rathaus", "display", "Wand", msgspec.convert(settings, DeviceSettings),
            panel=[PanelSlide("text", 30, WORDS)],
        )  # fmt: skip
        (self._data_dir / "device.json").write_bytes(msgspec.json.encode(card))
        self.display = RunningDisplay(self.service.url, self._data_dir, "--sound", "off")
        self.display.line("service_link_up")
        for page in self.pages.values():
            page.goto(self.display.url)
            expect(page.locator("body")).to_have_attribute("data-layout", layout)
            page.evaluate("() => document.fonts.ready")

    def stop_display(self) -> None:
        if self.display:
            self.display.stop()
        self.display = None


@pytest.fixture(scope="module")
def wall(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wall]:
    wall = Wall(chromium, tmp_path_factory.mktemp("wall") / "data")
    yield wall
    wall.stop_display()
    wall.service.stop()
    for page in wall.pages.values():
        page.close()


def cut_off(page: Page) -> list[str]:
    """Words of calls that are larger than their boxes."""
    found: list[str] = page.locator(CALL).evaluate_all(
        """all => all.filter((e) => e.getClientRects().length && e.scrollWidth > e.clientWidth + 1)
            .map((e) => e.textContent)
            .concat([...document.querySelectorAll(".column-call, .door-card, .panel")]
                .filter((e) => e.getClientRects().length && e.scrollHeight > e.clientHeight + 1)
                .map((e) => e.className))"""
    )
    return found


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_whole_and_clear_on_every_screen(
    wall: Wall, axe: Callable[[Page], None], layout: DisplayLayout
) -> None:
    wall.show(layout)
    for size, page in wall.pages.items():
        assert page.locator(CALL).filter(visible=True).count() > 0, size
        assert overflowing(page) == [], size
        assert cut_off(page) == [], size
        contrast, words = least_michelson(page)
        assert contrast >= LEAST_MICHELSON, (size, words)
    axe(wall.pages[SIZES[0]])


INCHES, METRES = 55.0, 7.0


@pytest.mark.parametrize("layout", ["figures", "panel", "side_by_side"])
def test_no_call_is_smaller_than_can_be_read_from_the_chosen_distance(
    wall: Wall, layout: DisplayLayout
) -> None:
    wall.show(layout, screen_inches=INCHES, reading_metres=METRES)
    for size, page in wall.pages.items():
        least = capitals_mm(METRES) * math.hypot(*size_of(page)) / (INCHES * MILLIMETRES_AN_INCH)
        shown = page.locator(CALL).filter(visible=True)
        smallest = min(capital_height_px(page, one) for one in visible_selectors(page))
        assert shown.count() > 0
        # The column layout of four areas has no room for it on a tall screen, and says so (below).
        if not (layout == "side_by_side" and too_small(page)):
            assert smallest >= 0.99 * least, size
        assert overflowing(page) == [], size
        assert cut_off(page) == [], size


def visible_selectors(page: Page) -> list[str]:
    """Selectors of the parts of calls that are shown."""
    parts = [part.strip() for part in CALL.split(",")]
    return [
        f"{part} >> visible=true >> nth=0"
        for part in parts
        if page.locator(part).filter(visible=True).count()
    ]


def too_small(page: Page) -> bool:
    """Whether the page has given up on the distance: then it tells so."""
    least: str = page.evaluate("() => document.documentElement.style.getPropertyValue('--least')")
    return least == "0px"
