"""Announcements in a real Chromium with the documented flags: that they play, in order, never at once."""

import asyncio
import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import espeakng_loader
import pytest
from playwright.sync_api import Browser, Page, expect

from display.announcement import announce
from display.announcement_sound import AnnouncementStudio
from display.speech_cache import SpeechCache
from display.voice import EspeakLibrary
from tests.browser.real_chromium import WHOLE
from tests.browser.wall_browser import AUTOPLAY, documented_flags, flags_for_tests
from tests.system.display_process import RunningDisplay, running_display
from tests.system.display_service_stand_in import StandIn, empty_hall, make_call

# The machine may be busy: how long an expectation waits before it fails.
expect.set_options(timeout=20_000)

HEARING = """
    window.heard = [];
    for (const event of ["playing", "timeupdate", "ended"]) {
        document.addEventListener(event, ({ target }) => window.heard.push({
            event, source: target.currentSrc, second: target.currentTime, length: target.duration,
            at: performance.timeOrigin + performance.now(),
        }), true);
    }
"""
"""Writes down what the page's audio element does, by the browser's own account."""


@pytest.fixture
def service() -> Iterator[StandIn]:
    stand_in = StandIn.start(empty_hall(version=10))
    yield stand_in
    stand_in.stop()


def speak_ahead(data_dir: Path) -> None:
    """Have the calls of these tests spoken, as a display has in its quiet minutes: one sound each."""

    async def speak() -> None:
        voice = EspeakLibrary(espeakng_loader.get_library_path(), espeakng_loader.get_data_path())
        studio = AnnouncementStudio(voice, SpeechCache(data_dir))
        for number, counter in (("A042", "3"), ("B101", "12")):
            await studio.produce(announce(make_call(0, number, counter), "de"), repeat=False)
        await studio.close()

    # In a thread of its own: the browser's driver has this one's event loop.
    with ThreadPoolExecutor() as threads:
        threads.submit(asyncio.run, speak()).result()


@pytest.fixture
def display(service: StandIn, tmp_path: Path) -> Iterator[RunningDisplay]:
    speak_ahead(tmp_path)
    with running_display(service.url, tmp_path) as started:
        started.line("service_link_up")
        started.line("voice_ready")
        yield started


@contextmanager
def wall_page(chromium: Browser, display: RunningDisplay, flags: list[str]) -> Iterator[Page]:
    """The wall in a browser of its own, started as flags say, and nobody clicks.

    Looking into a page through Playwright counts as a click in Chromium, so a test first waits for
    what the display logs and only then looks.
    """
    browser = chromium.browser_type.launch(executable_path=WHOLE, args=flags)
    page = browser.new_page()
    page.add_init_script(HEARING)
    page.goto(display.url)
    display.line("page_came")
    yield page
    browser.close()


def heard(page: Page, event: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate("kind => window.heard.filter((h) => h.event === kind)", event)
    return found


def wait_heard(page: Page, event: str, count: int = 1) -> list[dict[str, Any]]:
    """Wait until the audio element has fired an event so often; two announcements take half a minute."""
    page.evaluate(
        """([kind, count]) => new Promise((done, failed) => {
            const audio = document.querySelector("[data-audio]");
            const look = () => window.heard.filter((h) => h.event === kind).length >= count && done();
            audio.addEventListener(kind, look);
            setTimeout(() => failed(new Error(`no ${kind} number ${count}`)), 60000);
            look();
        })""",
        [event, count],
    )
    return heard(page, event)


def source(sound: dict[str, Any]) -> str:
    return str(sound["source"])


def position(page: Page) -> float:
    seconds: float = page.evaluate("() => document.querySelector('[data-audio]').currentTime")
    return seconds


def test_the_documented_command_lets_sound_play_without_a_click() -> None:
    assert AUTOPLAY in documented_flags()
    assert "--kiosk" in documented_flags()


def test_an_announcement_really_plays_and_is_reported(
    chromium: Browser, service: StandIn, display: RunningDisplay
) -> None:
    with wall_page(chromium, display, flags_for_tests()) as page:
        call = service.call("A042", "3")
        display.line("page_plays")
        first = position(page)
        wait_heard(page, "timeupdate", 3)
        assert position(page) > first
        (ended,) = wait_heard(page, "ended")
        state = display.state()
    assert ended["second"] == pytest.approx(ended["length"], abs=0.1)
    assert ended["length"] > 10
    assert state["sound_blocked"] is False
    assert datetime.fromisoformat(state["calls"][0]["announced_at"]) >= call.at
    assert display.events("no_page_plays") == []


def test_without_the_flag_the_browser_blocks_sound_and_the_wall_says_so(
    chromium: Browser, service: StandIn, display: RunningDisplay
) -> None:
    flags = [flag for flag in flags_for_tests() if flag != AUTOPLAY]
    with wall_page(chromium, display, flags) as page:
        service.call("A042", "3")
        blocked = display.line("page_can_not_play")
        expect(page.locator("[data-bar]")).to_have_text("Zurzeit ohne Ton – bitte achten Sie auf die Anzeige")
        assert heard(page, "playing") == []
        assert display.state()["sound_blocked"] is True
        assert blocked["reason"] == "NotAllowedError"


def test_two_calls_of_the_same_second_are_heard_in_order_and_never_at_once(
    chromium: Browser, service: StandIn, display: RunningDisplay
) -> None:
    with wall_page(chromium, display, flags_for_tests()) as page:
        service.call("A042", "3")
        service.call("B101", "12")
        display.line("page_plays")
        expect(page.locator("[data-number]")).to_have_text("A042")
        expect(page.locator("[data-listed-rows] tr")).to_have_text("B10112")
        ended = wait_heard(page, "ended", 2)
        # A busy machine may let a sound wait for a moment and play on, which fires once more.
        playing = [next(group) for _, group in itertools.groupby(heard(page, "playing"), key=source)]
        expect(page.locator("[data-number]")).to_have_text("B101")
    assert list(map(source, playing)) == list(map(source, ended))
    assert "/11-" in playing[0]["source"]
    assert "/12-" in playing[1]["source"]
    for over, begun in itertools.pairwise(sorted(playing + ended, key=lambda sound: sound["at"])):
        assert {over["event"], begun["event"]} == {"playing", "ended"}
    assert playing[1]["at"] >= ended[0]["at"]
    assert ended[0]["second"] == pytest.approx(ended[0]["length"], abs=0.1)


def test_a_page_that_closes_while_it_plays_does_not_hold_up_the_next_call(
    chromium: Browser, service: StandIn, display: RunningDisplay
) -> None:
    with wall_page(chromium, display, flags_for_tests()):
        service.call("A042", "3")
        service.call("B101", "12")
        display.line("page_plays")
    display.line("call_announced", nth=2)
    assert display.state()["pages"] == 0


def test_a_page_that_is_reloaded_does_not_begin_the_announcement_again(
    chromium: Browser, service: StandIn, display: RunningDisplay
) -> None:
    with wall_page(chromium, display, flags_for_tests()) as page:
        service.call("A042", "3")
        display.line("page_plays")
        page.reload()
        service.call("B101", "12")
        display.line("page_plays", nth=2)
        sources = set(map(source, heard(page, "playing")))
    assert len(sources) == 1
    assert "/12-" in sources.pop()
