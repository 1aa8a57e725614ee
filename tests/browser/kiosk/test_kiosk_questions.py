"""What visitors who touch are asked beside the service: how many, and what they need."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.kiosk.kiosk_visitor import LANDSCAPE, PORTRAIT, Visitor
from tests.browser.kiosk.test_kiosk_accessibility import CUT_OFF, PRESSABLE, ROUNDING_PX, TARGET_PX
from tests.system.kiosk_processes import KioskProcess, StandInProcess, asking_stand_in


@pytest.fixture(scope="module")
def service() -> Iterator[StandInProcess]:
    """The stand-in of an office that asks six things, and gives several passports at once."""
    with asking_stand_in() as program:
        yield program


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(reduced_motion="reduce")
    page.set_default_timeout(10_000)
    yield page
    page.close()


@pytest.mark.parametrize("window", [PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
def test_quantity_and_needs_are_large_within_reach_and_go_with_the_ticket(
    page: Page,
    kiosk: KioskProcess,
    service: StandInProcess,
    axe: Callable[[Page], None],
    window: tuple[int, int],
) -> None:
    page.set_viewport_size({"width": window[0], "height": window[1]})
    visitor = Visitor(page, kiosk.url)
    visitor.touch("Tasten nach unten")
    visitor.touch("Ich habe keinen Termin")
    visitor.touch("Ausweise und Pässe")
    visitor.touch("Reisepass beantragen")
    _is_easy(page, axe, window)
    visitor.touch("3")
    expect(visitor.title()).to_have_text("Brauchen Sie etwas Besonderes?")
    first = page.locator(".act button").first
    expect(first).to_have_text("Nein, weiter")
    _is_easy(page, axe, window)
    visitor.touch("Ich nutze ein Hörgerät")
    visitor.touch("Ich habe kleine Kinder dabei")
    axe(page)
    visitor.touch("Ich habe kleine Kinder dabei")
    visitor.touch("Bitte holen Sie mich ab")
    expect(first).to_have_text("Weiter")
    first.click()
    visitor.number()
    expect(page.get_by_text("Bitte warten Sie am Empfang.")).to_be_visible()
    body = service.seen("requests")[-1]["body"]
    assert (body["needs"], body["pick_up"], body["class"]) == (["induction_loop"], True, "walk_in")
    assert (body["further_services"], body["together"]) == (["reisepass", "reisepass"], True)
    assert visitor.faults == []


def test_whoever_needs_nothing_passes_by_one_touch(
    page: Page, kiosk: KioskProcess, service: StandInProcess
) -> None:
    visitor = Visitor(page, kiosk.url, "en")
    for words in ("I don’t have an appointment", "Residence", "Register a residence", "No, continue"):
        visitor.touch(words)
    visitor.number()
    body = service.seen("requests")[-1]["body"]
    assert (body["needs"], body["pick_up"], body["slow_walk"], body["further_services"]) == (
        [], False, False, [],
    )  # fmt: skip


def test_with_an_appointment_the_same_is_asked_once_but_for_the_classes(
    page: Page, kiosk: KioskProcess, service: StandInProcess
) -> None:
    visitor = Visitor(page, kiosk.url)
    visitor.touch("Ich habe einen Termin")
    page.keyboard.type("K7RMW3X2")
    visitor.touch("Anmelden")
    expect(visitor.title()).to_have_text("Brauchen Sie etwas Besonderes?")
    expect(page.get_by_text("Ich habe kleine Kinder dabei")).to_have_count(0)
    visitor.touch("Ich nutze ein Hörgerät")
    visitor.touch("Bitte holen Sie mich ab")
    visitor.touch("Weiter")
    expect(visitor.title()).to_have_text("Bitte geben Sie Ihren Code ein")
    visitor.touch("Löschen")
    page.keyboard.type("R")
    visitor.touch("Anmelden")
    visitor.number()
    expect(page.get_by_text("Bitte warten Sie am Empfang.")).to_be_visible()
    body = service.seen("requests")[-1]["body"]
    assert (body["reference"], body["needs"], body["pick_up"]) == ("K7RMW3XR", ["induction_loop"], True)
    assert "slow_walk" not in body
    assert visitor.faults == []


def _is_easy(page: Page, axe: Callable[[Page], None], window: tuple[int, int]) -> None:
    """Clean for readers, nothing cut off, and every key in sight is large and in the lower half."""
    axe(page)
    assert page.evaluate(CUT_OFF) == []
    least, half = TARGET_PX[window] - ROUNDING_PX, window[1] / 2 - ROUNDING_PX
    keys = page.evaluate(PRESSABLE)
    assert [one for one in keys if one["width"] < least or one["height"] < least] == []
    assert [one["words"] for one in keys if one["bottom"] > 0 and one["top"] < half] == []
