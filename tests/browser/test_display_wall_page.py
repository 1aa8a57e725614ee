"""The wall page in a real Chromium: what is shown, how large, how clear."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from queue_service.protocol.stream import Call
from tests.system.display_process import RunningDisplay, running_display
from tests.system.display_service_stand_in import StandIn, empty_hall, make_call

# The machine may be busy: how long an expectation waits before it fails.
expect.set_options(timeout=20_000)

Size = tuple[int, int]
LANDSCAPE, PORTRAIT, FOUR_K = (1920, 1080), (1080, 1920), (3840, 2160)

SCREEN_WIDTH_MM = 1218
"""A 55-inch screen of 16:9 is 1,218 mm wide."""

READ_FROM_TEN_METRES_MM = 122
"""Height of capitals: distance / 82 (DOMAIN, accessibility)."""

NEARLY_AS_LARGE = 0.4
"""Of the number's capitals, the least for "Schalter 12" in the narrow portrait format."""

LEAST_MICHELSON = 0.7

CALLED = {"A041": "12", "B108": "3", "A040": "1", "C017": "7", "A039": "24", "A038": "5", "B107": "11"}


def earlier_calls(first_version: int = 3) -> list[Call]:
    """Seven calls of the last half hour, newest first."""
    now = datetime.now(UTC)
    count = len(CALLED)
    return [
        make_call(first_version + count - 1 - back, number, counter, at=now - timedelta(minutes=3 + 4 * back))
        for back, (number, counter) in enumerate(CALLED.items())
    ]


class Hall:
    """A service, a display without sound and its page, on one screen or on several."""

    def __init__(self, service: StandIn, display: RunningDisplay, pages: dict[Size, Page]) -> None:
        self.service = service
        self.display = display
        self.pages = pages

    @property
    def page(self) -> Page:
        """The only page."""
        (page,) = self.pages.values()
        return page

    def on_every_screen(self, check: Callable[[Page], None]) -> None:
        """Hold every screen's page against something; a failure names the screen."""
        for size, page in self.pages.items():
            try:
                check(page)
            except AssertionError as wrong:
                wrong.add_note(f"on a screen of {size}")
                raise


@pytest.fixture
def open_hall(chromium: Browser, tmp_path: Path) -> Iterator[Callable[..., Hall]]:
    halls: list[Hall] = []

    def opened(
        *options: str, sizes: Iterable[Size] = (LANDSCAPE,), calls: list[Call] | None = None, **context: Any
    ) -> Hall:
        service = StandIn.start(empty_hall(version=10, calls=calls or []))
        display = RunningDisplay(service.url, tmp_path / str(len(halls)), "--sound", "off", *options)
        pages = {
            size: chromium.new_page(viewport={"width": size[0], "height": size[1]}, **context)
            for size in sizes
        }
        halls.append(Hall(service, display, pages))
        display.line("service_link_up")
        for page in pages.values():
            page.goto(display.url)
            expect(page.locator("[data-office]")).not_to_be_empty()
        return halls[-1]

    yield opened
    for hall in halls:
        for page in hall.pages.values():
            page.close()
        hall.display.stop()
        hall.service.stop()


def capital_height_px(page: Page, selector: str) -> float:
    """Height of a capital letter as it is drawn in the element, by the font's own metrics."""
    height: float = page.locator(selector).evaluate(
        """element => {
            const style = getComputedStyle(element);
            const context = document.createElement("canvas").getContext("2d");
            context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
            return context.measureText("H").actualBoundingBoxAscent;
        }"""
    )
    return height


def least_michelson(page: Page) -> tuple[float, str]:
    """The lowest contrast of any text that is shown, against the background beneath it."""
    contrast, text = page.evaluate(
        """() => {
            const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
            const luminance = (color) => {
                context.clearRect(0, 0, 1, 1);
                context.fillStyle = color;
                context.fillRect(0, 0, 1, 1);
                const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
                if (a === 0) return null;
                const [lr, lg, lb] = [r, g, b].map((part) => {
                    const share = part / 255;
                    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
                });
                return 0.2126 * lr + 0.7152 * lg + 0.0722 * lb;
            };
            const beneath = (element) => {
                for (let box = element; box; box = box.parentElement) {
                    const found = luminance(getComputedStyle(box).backgroundColor);
                    if (found !== null) return found;
                }
                return 1;
            };
            let worst = [2, ""];
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
                const element = walker.currentNode.parentElement;
                if (!walker.currentNode.textContent.trim() || element.getClientRects().length === 0) continue;
                const [text, ground] = [luminance(getComputedStyle(element).color), beneath(element)];
                const contrast = Math.abs(text - ground) / (text + ground);
                if (contrast < worst[0]) worst = [contrast, walker.currentNode.textContent];
            }
            return worst;
        }"""
    )
    return contrast, text


def overflowing(page: Page) -> list[str]:
    """Elements with text that stand outside the screen, and a page that scrolls."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("body *")]
            .filter((e) => e.childElementCount === 0 && e.textContent.trim())
            .filter((e) => e.getClientRects().length)
            .filter((e) => !e.closest(".kern-sr-only"))
            .filter((e) => {
                const box = e.getBoundingClientRect();
                const beyond = box.right > innerWidth + 1 || box.bottom > innerHeight + 1;
                return box.left < 0 || box.top < 0 || beyond;
            })
            .map((e) => e.textContent)
            .concat(document.documentElement.scrollHeight > innerHeight ? ["page scrolls down"] : [])
            .concat(document.documentElement.scrollWidth > innerWidth ? ["page scrolls sideways"] : [])"""
    )
    return found


def test_whoever_is_fetched_reads_all_of_it_in_the_large_place(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall(sizes=[LANDSCAPE, PORTRAIT])
    hall.service.call("A042", "3", pick_up=True, nth=2, language="en")

    def fits(page: Page) -> None:
        expect(page.locator("[data-place]")).to_have_text("Sie werden abgeholt")
        expect(page.locator("[data-fetched]")).to_have_text("Bitte warten Sie.")
        expect(page.locator("[data-again]")).to_have_text("Zweiter Aufruf")
        expect(page.locator("[data-arrow]")).to_be_hidden()
        expect(page.get_by_text("Schalter 3")).to_have_count(0)
        words = page.locator("[data-place], [data-fetched], [data-again], [data-second]")
        ends = words.evaluate_all("all => all.map((e) => e.getBoundingClientRect().bottom)")
        assert max(ends) <= page.locator("[data-call]").evaluate("e => e.getBoundingClientRect().bottom")

    hall.on_every_screen(fits)


@pytest.mark.parametrize("number", ["A042", "W1042"])
def test_the_number_can_be_read_from_ten_metres_on_a_55_inch_screen(
    open_hall: Callable[..., Hall], number: str
) -> None:
    hall = open_hall(sizes=[LANDSCAPE, PORTRAIT, FOUR_K], calls=earlier_calls())
    hall.service.call(number, "12")

    def is_large(page: Page) -> None:
        expect(page.locator("[data-number]")).to_have_text(number)
        mm_per_px = SCREEN_WIDTH_MM / max(size_of(page))
        number_mm = capital_height_px(page, "[data-number]") * mm_per_px
        place_mm = capital_height_px(page, "[data-place]") * mm_per_px
        assert number_mm >= READ_FROM_TEN_METRES_MM
        assert place_mm >= NEARLY_AS_LARGE * number_mm
        assert overflowing(page) == []

    hall.on_every_screen(is_large)


def size_of(page: Page) -> Size:
    assert page.viewport_size
    return page.viewport_size["width"], page.viewport_size["height"]


def test_arrow_counter_and_its_number_stay_in_one_line(open_hall: Callable[..., Hall]) -> None:
    def is_one_line(page: Page) -> None:
        expect(page.locator("[data-place]")).to_have_text("Schalter 12")
        lines, beside_arrow = page.evaluate(
            """() => {
                const [arrow, place] = [".arrow", "[data-place]"].map((name) => document.querySelector(name));
                const [line, ...more] = place.getClientRects();
                return [1 + more.length, arrow.getBoundingClientRect().bottom > line.top];
            }"""
        )
        assert lines == 1
        assert beside_arrow

    open_hall(sizes=[LANDSCAPE, PORTRAIT], calls=earlier_calls()).on_every_screen(is_one_line)


def test_nothing_scrolls_or_is_cut_off_whatever_the_counter_is_called(
    open_hall: Callable[..., Hall],
) -> None:
    hall = open_hall(sizes=[LANDSCAPE, PORTRAIT, (1366, 768), (1280, 1024)], calls=earlier_calls())
    hall.service.call(
        "A042",
        "Servicepunkt",
        name={
            "de": "Ausländerbehörde, Servicepunkt im Erdgeschoss",
            "en": "Immigration office, service point",
        },
        language="en",
        nth=2,
    )
    hall.on_every_screen(lambda page: expect(page.locator("[data-number]")).to_have_text("A042"))
    hall.service.call("B109", "Servicepunkt", name={"de": "Servicepunkt"})

    def is_whole(page: Page) -> None:
        expect(page.locator("[data-listed-rows] tr").first).to_contain_text("Servicepunkt")
        cut = page.evaluate(
            """() => [...document.querySelectorAll("[data-number], [data-place-box], .listed-counter")]
                .filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.textContent)"""
        )
        assert cut == []
        assert overflowing(page) == []

    hall.on_every_screen(is_whole)


def test_every_word_is_clear_enough_for_weak_sight_and_axe_finds_nothing_in_every_state_and_theme(
    open_hall: Callable[..., Hall], axe: Callable[[Page], None]
) -> None:
    # axe comes in as a script from outside, which the page's own policy forbids.
    halls = {theme: open_hall("--theme", theme, bypass_csp=True) for theme in ("light", "dark")}
    found = {}

    def look(state: str) -> None:
        for theme, hall in halls.items():
            found[state, theme] = least_michelson(hall.page)
            axe(hall.page)

    look("empty")
    for hall in halls.values():
        hall.service.call("A041", "3", language="en", nth=2)
        hall.service.call("A042", "4")
    for hall in halls.values():
        expect(hall.page.locator("[data-listed-rows] tr")).to_have_count(1)
        expect(hall.page.locator("[data-call]")).to_have_class(re.compile("is-new"))
    look("new")
    for hall in halls.values():
        expect(hall.page.locator("[data-call]")).not_to_have_class(re.compile("is-new"))
        hall.service.kill()
    for hall in halls.values():
        expect(hall.page.locator("[data-bar]")).to_be_visible()
    look("lost")
    assert all(contrast >= LEAST_MICHELSON for contrast, _ in found.values()), found


def test_an_empty_wall_says_what_will_happen_here(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    expect(hall.page.locator("[data-call]")).to_contain_text("Ihre Nummer erscheint hier")
    expect(hall.page.locator("[data-listed-empty]")).to_have_text("Noch keine weiteren Aufrufe")
    expect(hall.page.locator("[data-waiting]")).to_have_text("12 Personen warten")
    expect(hall.page.locator("[data-wait]")).to_have_text("Wartezeit etwa 20–35 Minuten")
    expect(hall.page.locator("[data-notice]")).to_have_text("Heute ist bis 18 Uhr geöffnet.")
    expect(hall.page.locator("[data-office]")).to_have_text("BürgerServiceCenter Mitte")


def test_the_clock_and_the_date_are_those_of_the_office(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall(timezone_id="Asia/Tokyo")
    shown = hall.page.locator("[data-clock]").inner_text()
    expected = hall.page.evaluate(
        """() => [0, 60000].map((later) => new Intl.DateTimeFormat("de",
            { timeZone: "Europe/Berlin", hour: "2-digit", minute: "2-digit" }).format(Date.now() - later))"""
    )
    assert shown in expected
    assert re.fullmatch(r"\w+tag|Mittwoch", hall.page.locator("[data-date]").inner_text().split(",")[0])


def test_the_last_five_calls_stand_in_aligned_columns(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall(calls=earlier_calls())
    rows = hall.page.locator("[data-listed-rows] tr")
    expect(rows).to_have_count(5)
    assert [row.split() for row in rows.all_inner_texts()] == [
        ["B108", "3"],
        ["A040", "1"],
        ["C017", "7"],
        ["A039", "24"],
        ["A038", "5"],
    ]
    widths = hall.page.locator("[data-listed-rows] td").first.evaluate(
        """cell => [..."0123456789"].map((digit) => {
            const span = document.createElement("span");
            span.textContent = digit;
            cell.append(span);
            return span.getBoundingClientRect().width;
        })"""
    )
    assert max(widths) - min(widths) < 0.1


def test_a_new_call_stands_out_for_eight_seconds_with_three_pulses_and_then_rests(
    open_hall: Callable[..., Hall],
) -> None:
    hall = open_hall(calls=earlier_calls())
    card = hall.page.locator("[data-call]")
    hall.page.evaluate(
        """() => {
            window.seen = [];
            const card = document.querySelector("[data-call]");
            const note = () => window.seen.push([performance.now(), card.classList.contains("is-new")]);
            new MutationObserver(note).observe(card, { attributeFilter: ["class"] });
        }"""
    )
    hall.service.call("A042", "3")
    expect(card).to_have_class(re.compile("is-new"))
    pulses = card.evaluate("""card => getComputedStyle(card, "::after").animationIterationCount""")
    expect(card).not_to_have_class(re.compile("is-new"))
    seen = hall.page.evaluate("() => window.seen")
    began = next(at for at, is_new in seen if is_new)
    assert 7_500 <= seen[-1][0] - began <= 8_500
    assert int(pulses) <= 3


def test_whoever_asked_for_less_motion_sees_no_pulse(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall(reduced_motion="reduce")
    hall.service.call("A042", "3")
    card = hall.page.locator("[data-call]")
    expect(card).to_have_class(re.compile("is-new"))
    assert card.evaluate("""card => getComputedStyle(card, "::after").animationName""") == "none"


def test_the_visitors_language_is_marked_as_such(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    hall.service.call("A042", "3", language="en", nth=2)
    second = hall.page.locator("[data-second]")
    expect(second).to_have_text("Counter 3")
    expect(second).to_have_attribute("lang", "en")
    expect(hall.page.locator("[data-place]")).to_have_attribute("lang", "de")
    expect(hall.page.locator("[data-again]")).to_have_text("Zweiter Aufruf")
    assert hall.page.locator("html").get_attribute("lang") == "de"
    assert hall.page.locator("[data-call]").get_attribute("aria-live") == "polite"


def test_what_concerns_everybody_is_shown_in_two_languages_and_fits_every_screen(
    open_hall: Callable[..., Hall],
) -> None:
    hall = open_hall(sizes=(LANDSCAPE, PORTRAIT), calls=earlier_calls())

    def shows(german: str, english: str) -> Callable[[Page], None]:
        def check(page: Page) -> None:
            sign = page.locator("[data-hall]")
            expect(sign.locator("[lang=de] p").first).to_have_text(german)
            expect(sign.locator("[lang=en] p").first).to_have_text(english)
            expect(page.locator("[data-call]")).to_be_hidden()
            assert sign.evaluate("e => e.scrollHeight <= e.clientHeight && e.scrollWidth <= e.clientWidth")

        return check

    hall.service.set_hall("paused")
    hall.on_every_screen(shows("Der Aufruf ist kurz unterbrochen.", "Calls are paused for a short time."))
    hall.service.set_hall("leave")
    hall.on_every_screen(shows("Bitte verlassen Sie jetzt das Gebäude.", "Please leave the building now."))
    hall.service.set_hall("open")
    hall.on_every_screen(lambda page: expect(page.locator("[data-number]")).to_be_visible())


def test_the_wall_keeps_its_state_and_says_so_while_the_service_is_away(
    open_hall: Callable[..., Hall],
) -> None:
    hall = open_hall(calls=earlier_calls())
    hall.service.kill()
    bar = hall.page.locator("[data-bar]")
    expect(bar).to_have_text("Anzeige wird aktualisiert – Aufrufe erfolgen auch mündlich")
    expect(hall.page.locator("[data-number]")).to_have_text("A041")
    again = StandIn.start(hall.service.snapshot, hall.service.port)
    try:
        expect(bar).to_be_hidden()
    finally:
        again.stop()


def test_the_wall_says_so_by_itself_when_its_own_program_is_away(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall(calls=earlier_calls())
    hall.display.stop()
    bar = hall.page.locator("[data-bar]")
    expect(bar).to_have_text("Anzeige wird aktualisiert – Aufrufe erfolgen auch mündlich")
    expect(hall.page.locator("[data-number]")).to_have_text("A041")


def test_no_script_and_no_style_stands_in_the_page_itself(open_hall: Callable[..., Hall]) -> None:
    hall = open_hall()
    html = hall.display.client.get("/").text
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html)


def test_the_browser_has_nothing_to_complain_about(chromium: Browser, tmp_path: Path) -> None:
    service = StandIn.start(empty_hall(version=10, calls=earlier_calls()))
    complaints: list[str] = []
    with running_display(service.url, tmp_path, "--sound", "off") as display:
        page = chromium.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(display.url)
        expect(page.locator("[data-number]")).to_have_text("A041")
        service.call("A042", "3", language="en")
        expect(page.locator("[data-number]")).to_have_text("A042")
        page.close()
    service.stop()
    assert complaints == []
