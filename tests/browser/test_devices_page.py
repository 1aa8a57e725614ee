"""A new kiosk and a new display show their codes; somebody enters them; both show their pages."""

import re
from collections.abc import Callable
from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from tests.browser.demo_office import OFFICE, DemoService
from tests.browser.people_at_pages import has_no_sideways_scroll, log_in
from tests.integration.test_openapi_is_true import A_PICTURE
from tests.system.display_process import running_display
from tests.system.kiosk_processes import kiosk_running

KIOSK, WALL = {"width": 1080, "height": 1920}, {"width": 1920, "height": 1080}


def test_new_devices_are_let_in_by_the_codes_that_they_show(
    demo_service: DemoService, open_page: Callable[..., Page], axe: Callable[[Page], None], tmp_path: Path
) -> None:
    service = demo_service.base_url
    (tmp_path / "kiosk.token").write_text("")
    with (
        running_display(service, tmp_path / "display", "--sound", "off", token="") as display,
        kiosk_running(service, tmp_path / "kiosk") as kiosk,
    ):
        wall, touch = open_page(viewport=WALL), open_page(viewport=KIOSK)
        wall.goto(display.url)
        touch.goto(kiosk.url)
        admin = open_page()
        admin.goto(f"{service}/admin/devices")
        log_in(admin, demo_service, "supervisor1")
        for page, name in ((touch, "Eingang links"), (wall, "Halle Süd")):
            expect(page.locator(".pairing-code")).to_be_visible()
            axe(page)
            admin.get_by_label("Code auf dem Bildschirm des Geräts").fill(
                page.locator(".pairing-code").inner_text()
            )
            admin.get_by_label("Wo steht es?").first.fill(name)
            admin.get_by_role("button", name="Gerät anmelden").click()
            expect(admin.get_by_role("status")).to_contain_text("Das Gerät ist angemeldet.")
            axe(admin)
        expect(touch.get_by_role("button", name="Ich habe keinen Termin")).to_be_visible()
        expect(wall.get_by_text("Ihre Nummer erscheint hier")).to_be_visible()
        expect(wall.locator(".pairing-code")).to_be_hidden()
        expect(wall.locator("body")).to_have_attribute("data-layout", "figures")
        wall.evaluate("() => { window.isTheSamePage = true; }")
        choose_announcements(admin, axe)
        # Reports come each minute: what staff choose is there long before.
        expect(wall.locator("body")).to_have_attribute("data-layout", "calls")
        assert wall.evaluate("() => window.isTheSamePage")
        assert b'"loudness_percent":80' in (tmp_path / "display" / "device.json").read_bytes()
        admin.get_by_label("Code auf dem Bildschirm des Geräts").fill("AAA-AAA")
        admin.get_by_label("Wo steht es?").first.fill("Nirgends")
        admin.get_by_role("button", name="Gerät anmelden").click()
        expect(admin.get_by_role("alert")).to_contain_text("Diesen Code zeigt kein Gerät.")
        expect(admin.get_by_label("Code auf dem Bildschirm des Geräts")).to_have_value("AAA-AAA")
        expect(admin.get_by_label("Wo steht es?").first).to_have_value("Nirgends")
        httpx.put(
            f"{service}/api/v1/device/health",
            json={"version": "1.0", "uptime_seconds": 60, "printer": "paper_out"},
            headers={"Authorization": f"Bearer {kiosk.token_file.read_text().strip()}"},
        ).raise_for_status()
        admin.goto(f"{service}/hall/{OFFICE}")
        expect(admin.get_by_text("Eingang links: Papier leer")).to_be_visible()


def test_a_picture_for_the_panel_is_put_in_by_keys_alone_in_the_pages_own_words(
    demo_service: DemoService, open_page: Callable[..., Page], axe: Callable[[Page], None], tmp_path: Path
) -> None:
    picture = tmp_path / "Sommerfest.png"
    picture.write_bytes(A_PICTURE)
    # The browser speaks English; the page does not.
    page = open_page(locale="en-GB")
    page.goto(f"{demo_service.base_url}/login?lang=de")
    log_in(page, demo_service, "admin")
    page.goto(f"{demo_service.base_url}/admin/panel")
    chosen = page.locator(".file-choice__chosen")
    expect(chosen).to_have_text("noch keine ausgewählt")
    axe(page)
    page.get_by_label("Dienststelle").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Datei", exact=True)).to_be_focused()
    with page.expect_file_chooser() as choosing:
        page.keyboard.press("Space")
    choosing.value.set_files(picture)
    expect(chosen).to_have_text("Sommerfest.png")
    page.keyboard.press("Tab")
    page.keyboard.type("fest.png")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Gespeichert.")
    page.goto(f"{demo_service.base_url}/admin/panel?lang=en")
    axe(page)
    assert has_no_sideways_scroll(page)
    delete = page.get_by_role("button", name="Delete fest.png")
    assert delete.evaluate("key => key.scrollWidth <= key.clientWidth"), "its word has room in it"
    delete.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Deleted.")


def choose_announcements(admin: Page, axe: Callable[[Page], None]) -> None:
    """Let the display be loud in the morning and quiet at noon; a counter that can't be is refused."""
    wall = admin.locator(".device", has=admin.get_by_role("heading", name="Halle Süd", exact=True))

    def choose(zone: str) -> None:
        wall.get_by_label("Lautstärke in Prozent").fill("80")
        wall.get_by_label("Lauter von").first.fill("08:00")
        wall.get_by_label("bis", exact=True).first.fill("10:30")
        wall.get_by_label("um Dezibel").first.fill("4")
        wall.get_by_label("nicht ansagen von").fill("12:00")
        wall.get_by_label("bis", exact=True).last.fill("12:30")
        wall.get_by_label("Nur diese Schalter ansagen").fill(zone)
        wall.get_by_label("Aufteilung").select_option("calls")
        wall.get_by_role("button", name="Speichern").click()

    wall.locator("summary").click()
    wall.get_by_label("Lesbar aus Metern").fill("7,5,0")
    choose("1, Schalter?")
    alert = admin.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert).to_contain_text("„Halle Süd“ ist nicht gespeichert.")
    axe(admin)
    alert.get_by_role("link", name="Nummern von Schaltern").click()
    zone, metres = wall.get_by_label("Nur diese Schalter ansagen"), wall.get_by_label("Lesbar aus Metern")
    expect(zone).to_be_focused()
    expect(zone).to_have_value("1, Schalter?")
    expect(zone).to_have_accessible_description(re.compile("Bitte nennen Sie nur Nummern von Schaltern"))
    expect(metres).to_have_attribute("aria-invalid", "true")
    expect(wall.get_by_label("Lauter von").first).to_have_value("08:00")
    metres.fill("7,5")
    choose("1; 2 3")
    expect(admin.get_by_role("status")).to_contain_text("Gespeichert")
    wall.locator("summary").click()
    expect(wall.get_by_label("Nur diese Schalter ansagen")).to_have_value("1, 2, 3")
    expect(wall.get_by_label("Lauter von")).to_have_count(2)
    expect(wall.get_by_label("nicht ansagen von")).to_have_value("12:00")
