"""Films of the information panel in a real Chromium: they run, give way to calls, and never leave a hole."""

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from queue_service.panel.content_check import media_type_of
from queue_service.protocol.device_care import DeviceCard, DeviceSettings
from queue_service.protocol.panel import PanelFile, PanelSlide
from tests.browser.real_chromium import WHOLE
from tests.browser.wall_browser import flags_for_tests
from tests.system.display_process import RunningDisplay, running_display
from tests.system.display_service_stand_in import StandIn, empty_hall

LOWERED = 0.1
"""−20 dB, as panel.js lowers a film."""

FILMING = """
    () => new Promise((done) => {
        const canvas = document.body.appendChild(document.createElement("canvas"));
        const pen = canvas.getContext("2d");
        const tone = new AudioContext();
        const [oscillator, microphone] = [tone.createOscillator(), tone.createMediaStreamDestination()];
        oscillator.connect(microphone);
        oscillator.start();
        const stream = canvas.captureStream(25);
        stream.addTrack(microphone.stream.getAudioTracks()[0]);
        const camera = new MediaRecorder(stream, { mimeType: "video/webm;codecs=vp8,opus" });
        const takes = [];
        camera.ondataavailable = (take) => takes.push(take.data);
        camera.onstop = () => {
            const reader = new FileReader();
            reader.onload = () => done(reader.result.split(",")[1]);
            reader.readAsDataURL(new Blob(takes));
        };
        let drawn = 0;
        const drawing = setInterval(() => {
            pen.fillStyle = `hsl(${drawn * 9} 80% 50%)`;
            pen.fillRect(0, 0, canvas.width, canvas.height);
            drawn += 1;
            if (drawn === 40) { clearInterval(drawing); camera.stop(); }
        }, 40);
        camera.start();
    })
"""
"""A film of 1.6 s with a tone, by the browser's own camera on a canvas."""

WATCHING = """
    window.seen = [];
    for (const event of ["playing", "ended"]) {
        document.addEventListener(event, ({ target }) => window.seen.push({
            event, kind: target.localName, second: target.currentTime, muted: target.muted,
            source: target.currentSrc,
            film: document.querySelector("video")?.volume,
        }), true);
    }
    window.levels = [];
    setInterval(() => window.levels.push(document.querySelector("video")?.volume), 50);
"""


def seen(page: Page, kind: str, event: str) -> list[dict[str, Any]]:
    """What the browser itself said of its films and sounds."""
    found: list[dict[str, Any]] = page.evaluate(
        "([kind, event]) => window.seen.filter((one) => one.kind === kind && one.event === event)",
        [kind, event],
    )
    return found


@pytest.fixture(scope="module")
def wall_chromium(chromium: Browser) -> Iterator[Browser]:
    browser = chromium.browser_type.launch(executable_path=WHOLE, args=flags_for_tests())
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def film(wall_chromium: Browser) -> bytes:
    page = wall_chromium.new_page()
    content = base64.b64decode(page.evaluate(FILMING))
    page.close()
    assert media_type_of(content) == "video/webm"
    return content


@pytest.fixture
def service() -> Iterator[StandIn]:
    stand_in = StandIn.start(empty_hall(version=10))
    yield stand_in
    stand_in.stop()


def put_panel(data_dir: Path, *slides: tuple[PanelSlide, bytes]) -> None:
    """Leave on the device what the service told and sent it before it was away."""
    folder = data_dir / "panel"
    folder.mkdir(parents=True)
    named = []
    for slide, content in slides:
        digest = hashlib.sha256(content).hexdigest()
        (folder / digest).write_bytes(content)
        file = PanelFile(digest, "video/webm", len(content)) if content else None
        named.append(msgspec.structs.replace(slide, file=file))
    card = DeviceCard(1, "rathaus", "display", "Wand", DeviceSettings(layout="panel"), panel=named)
    (data_dir / "device.json").write_bytes(msgspec.json.encode(card))


def open_wall(wall_chromium: Browser, display: RunningDisplay) -> Page:
    page = wall_chromium.new_page()
    page.add_init_script(WATCHING)
    page.goto(display.url)
    return page


def wait_for_film_level(page: Page, level: float) -> None:
    page.wait_for_function(
        "level => Math.abs(document.querySelector('video')?.volume - level) < 0.001", arg=level
    )


def test_films_run_in_turn_without_the_service_and_a_broken_one_leaves_no_hole(
    wall_chromium: Browser, service: StandIn, tmp_path: Path, film: bytes
) -> None:
    broken = film[:64] + bytes(range(256)) * 8
    put_panel(
        tmp_path,
        (PanelSlide("film", 60), film),
        (PanelSlide("film", 60), broken),
        (PanelSlide("text", 1, {"de": "Danach"}), b""),
        (PanelSlide("film", 60, sound=True), film),
    )
    with running_display(service.url, tmp_path) as display:
        display.line("service_link_up")
        service.kill()
        display.line("service_link_lost")
        page = open_wall(wall_chromium, display)
        expect(page.locator("[data-panel]")).to_have_text("Danach")
        left_out = display.line("panel_file_not_shown")
        page.wait_for_function("() => window.seen.filter((one) => one.event === 'ended').length >= 2")
        played, ended = seen(page, "video", "playing"), seen(page, "video", "ended")
        page.close()
    assert left_out["file"] == hashlib.sha256(broken).hexdigest()[:12]
    assert len(display.events("panel_file_not_shown")) == 1
    good = hashlib.sha256(film).hexdigest()
    assert [one["source"].endswith(good) for one in (*played[:2], *ended)] == [True] * 4
    assert [one["muted"] for one in played[:2]] == [True, False]
    assert all(one["second"] > 1 for one in ended)


@pytest.mark.parametrize("sound", ["page", "device"])
def test_a_films_sound_is_low_while_a_call_is_heard_and_comes_back_gently(
    wall_chromium: Browser, service: StandIn, tmp_path: Path, film: bytes, sound: str
) -> None:
    put_panel(tmp_path, (PanelSlide("film", 60, sound=True), film))
    options = ("--voice", "off", "--sound", sound, "--sound-command", "dd status=none of=/dev/null")
    with running_display(service.url, tmp_path, *options) as display:
        display.line("service_link_up")
        page = open_wall(wall_chromium, display)
        wait_for_film_level(page, 1)
        service.call("A042", "3")
        wait_for_film_level(page, LOWERED)
        display.line(f"{sound}_plays")
        assert page.evaluate("() => document.querySelector('video').volume") == pytest.approx(LOWERED)
        wait_for_film_level(page, 1)
        gong = seen(page, "audio", "ended")
        levels = page.evaluate("() => window.levels.filter((level) => level !== undefined)")
        page.close()
    assert [one["film"] for one in gong] == pytest.approx([LOWERED] * (sound == "page"))
    rising = [level for level in levels[levels.index(min(levels)) :] if LOWERED < level < 1]
    assert len(rising) >= 5
    assert rising == sorted(rising)
