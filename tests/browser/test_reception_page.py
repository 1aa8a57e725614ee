"""The reception: alarms larger than anything else, answered by one key, and never a false "no alarm"."""

from contextlib import closing
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.demo_office import OFFICE, Hall
from tests.browser.people_at_pages import Axe, OpenPage, has_no_sideways_scroll, is_connected, log_in
from tests.system.kiosk_processes import kiosk_running


def test_an_alarm_fills_the_screen_until_somebody_comes(hall: Hall, open_page: OpenPage, axe: Axe) -> None:
    page = open_page()
    page.goto(f"{hall.service.base_url}/reception")
    log_in(page, hall.service, "reception1")
    # Whoever works at one office needs not choose it.
    page.wait_for_url(f"{hall.service.base_url}/reception/{OFFICE}")
    is_connected(page)
    expect(page.locator("#calm")).to_be_visible()
    sound = page.get_by_role("switch", name="Ton")
    sound.press("Enter")
    expect(sound).not_to_be_checked()
    page.reload()
    is_connected(page)
    expect(sound).not_to_be_checked()

    hall.open_counter("2")
    with closing(hall.service.api("clerk2")) as clerk:
        raised = clerk.post(f"/offices/{OFFICE}/alarms").raise_for_status().json()
        alarm = page.get_by_role("alert").locator(".alarm")
        expect(alarm).to_contain_text("Alarm: Schalter 2 braucht Hilfe")
        expect(page.locator("#calm")).to_be_hidden()
        expect(page).to_have_title("(1) Alarme – BürgerServiceCenter-Mitte")
        height = alarm.locator("strong").evaluate("words => parseFloat(getComputedStyle(words).fontSize)")
        assert height > 60, "read from some metres away"
        axe(page)
        assert has_no_sideways_scroll(page)
        page.get_by_role("button", name="Ich komme").press("Enter")
        expect(alarm).to_contain_text("Sie kommen.")
        clerk.post(f"/offices/{OFFICE}/alarms/{raised['id']}/end").raise_for_status()
    expect(page.locator("#calm")).to_be_visible()
    expect(page.locator("#past-alarms-list")).to_contain_text("Hilferuf, Schalter 2, bestätigt um")

    # Cut off, nobody may believe that all is quiet.
    page.route_web_socket("**/stream*", lambda socket: socket.close())
    page.reload()
    expect(page.locator("#connection")).to_contain_text("Alarme kommen hier gerade nicht an.")
    expect(page.locator("#calm")).to_be_hidden()


def test_who_asks_for_help_at_the_kiosk_is_seen_at_the_reception_and_told_who_comes(
    hall: Hall, open_page: OpenPage, axe: Axe, tmp_path: Path
) -> None:
    (tmp_path / "kiosk.token").write_text(hall.service.devices[OFFICE]["kiosk"])
    reception = open_page()
    reception.goto(f"{hall.service.base_url}/reception")
    log_in(reception, hall.service, "reception1")
    is_connected(reception)
    with kiosk_running(hall.service.base_url, tmp_path / "kiosk") as kiosk:
        kiosk.connected()
        visitor = open_page(viewport={"width": 1080, "height": 1920})
        visitor.goto(kiosk.url)
        visitor.get_by_role("button", name="Hilfe").click()
        visitor.get_by_role("button", name="Jemanden rufen").click()
        expect(visitor.get_by_text("Bitte bleiben Sie hier.")).to_be_visible()
        axe(visitor)

        asked = reception.locator(".request")
        expect(asked).to_contain_text("Bitte um Hilfe")
        expect(reception).to_have_title("(1) Alarme – BürgerServiceCenter-Mitte")
        axe(reception)
        assert has_no_sideways_scroll(reception)
        asked.get_by_role("button", name="Ich komme").press("Enter")
        expect(asked).to_contain_text("Es kommt schon jemand.")
        expect(visitor.get_by_text("Es kommt jemand zu Ihnen.")).to_be_visible()

        asked.get_by_role("button", name="Erledigt").press("Enter")
        expect(reception.locator("#help-requests")).to_be_hidden()
        expect(visitor.get_by_role("button", name="Jemanden rufen")).to_be_visible()
        visitor.get_by_role("button", name="Jemanden rufen").click()
        expect(asked).to_be_visible()
        visitor.get_by_role("button", name="Ich brauche keine Hilfe mehr").click()
        expect(reception.locator("#help-requests")).to_be_hidden()
