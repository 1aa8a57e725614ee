"""How tickets look is chosen on a page that shows them as they will be printed, before anything is kept."""

import base64
import io
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.browser.demo_office import OFFICE, DemoService, Hall
from tests.browser.people_at_pages import Axe, OpenPage, has_no_sideways_scroll, log_in

GERMAN = "Gedruckte Wartenummer: Deutsch"


@pytest.fixture
def logo(tmp_path: Path) -> Path:
    picture = Image.new("RGBA", (600, 200))
    ImageDraw.Draw(picture).rectangle((20, 20, 180, 180), fill=(179, 0, 27, 255))
    path = tmp_path / "logo.png"
    picture.save(path)
    return path


def height(page: Page) -> int:
    return int(page.get_by_alt_text(GERMAN).get_attribute("height") or 0)


def test_a_ticket_is_previewed_with_what_is_typed_and_kept_only_when_saved(
    demo_service: DemoService, open_page: OpenPage, axe: Axe, logo: Path
) -> None:
    page = open_page()
    address = f"{demo_service.base_url}/admin/ticket/{OFFICE}"
    page.goto(address)
    log_in(page, demo_service, "supervisor1")
    expect(page.get_by_role("heading", name="So wird gedruckt")).to_be_visible()
    before = height(page)
    page.get_by_label("Überschrift · Deutsch").fill("Willkommen")
    page.get_by_label("Logo", exact=True).set_input_files(logo)
    page.get_by_role("button", name="Vorschau zeigen").click()
    expect(page.get_by_alt_text("Jetziges Logo")).to_be_visible()
    assert height(page) > before
    axe(page)
    assert has_no_sideways_scroll(page)
    page.get_by_label("Schlusstext · Deutsch").fill("Bitte 🛂 bereithalten.")
    page.get_by_role("button", name="Vorschau zeigen").click()
    expect(page.get_by_role("alert")).to_contain_text("kann der Drucker nicht setzen: 🛂")
    expect(page.get_by_label("Schlusstext · Deutsch")).to_have_value("Bitte 🛂 bereithalten.")
    page.goto(address)
    expect(page.get_by_label("Überschrift · Deutsch")).to_have_value("")
    page.get_by_label("Überschrift · Deutsch").fill("Willkommen")
    page.get_by_label("Logo", exact=True).set_input_files(logo)
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_role("status")).to_contain_text("Die Automaten drucken innerhalb einer Minute so.")
    with demo_service.kiosk() as kiosk:
        told = kiosk.get("/device").json()["ticket_layout"]
    assert told["headline"] == {"de": "Willkommen"}
    assert Image.open(io.BytesIO(base64.b64decode(told["logo"]))).mode == "1"


def test_a_number_is_printed_again_from_the_reception(
    demo_service: DemoService, hall: Hall, open_page: OpenPage, axe: Axe
) -> None:
    number = hall.arrive()["number"]
    page = open_page()
    page.goto(f"{demo_service.base_url}/reception/{OFFICE}/copies")
    log_in(page, demo_service, "reception1")
    page.get_by_label("Wartenummer").fill("Z999")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Diese Nummer gibt es heute nicht.")
    expect(page.get_by_label("Wartenummer")).to_have_value("Z999")
    page.get_by_label("Wartenummer").fill(number.lower())
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Der Automat druckt die Nummer noch einmal.")
    expect(page.get_by_role("row", name=number)).to_contain_text("wird gedruckt")
    axe(page)
    with demo_service.kiosk() as kiosk:
        for order in kiosk.get("/device/ticket-copies").json()["items"]:
            kiosk.put(f"/device/ticket-copies/{order['id']}", json={"reason": "printer_out_of_paper"})
    page.get_by_role("link", name="Stand neu laden").click()
    expect(page.get_by_role("row", name=number)).to_contain_text("nicht gedruckt: Papier leer")
    assert has_no_sideways_scroll(page)
