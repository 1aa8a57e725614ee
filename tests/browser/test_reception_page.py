"""The reception: alarms larger than anything else, answered by one key, and never a false "no alarm"."""

from contextlib import closing

from playwright.sync_api import expect

from tests.browser.demo_office import OFFICE, Hall
from tests.browser.people_at_pages import Axe, OpenPage, has_no_sideways_scroll, is_connected, log_in


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


def test_a_visitor_who_calls_from_the_kiosk_is_seen_until_somebody_has_been_there(
    hall: Hall, open_page: OpenPage, axe: Axe
) -> None:
    page = open_page()
    page.goto(f"{hall.service.base_url}/reception")
    log_in(page, hall.service, "reception1")
    is_connected(page)
    with closing(hall.service.kiosk()) as kiosk:
        kiosk.post("/device/help").raise_for_status()
        call = page.get_by_role("region", name="Hilfe am Gerät").locator(".alarm")
        expect(call).to_contain_text("Jemand braucht Hilfe")
        expect(page.locator("#calm")).to_be_hidden()
        axe(page)
        page.get_by_role("button", name="Ich komme").press("Enter")
        expect(call).to_contain_text("Sie kommen.")
        assert kiosk.get("/device/help").json()["state"] == "coming"
        page.get_by_role("button", name="Erledigt").press("Enter")
        expect(call).to_have_count(0)
        assert kiosk.get("/device/help").json()["state"] == "done"
    expect(page.locator("#calm")).to_be_visible()
