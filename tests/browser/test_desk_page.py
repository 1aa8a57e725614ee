"""The desk: a clerk calls and serves, by keyboard alone, and always sees what is true."""

import re

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from queue_service.accounts.guards import SESSION_COOKIE
from tests.browser.demo_office import DemoService, Hall
from tests.browser.people_at_pages import (
    Axe,
    OpenPage,
    has_no_sideways_scroll,
    is_connected,
    log_in,
    sit_down,
)

STRICT_OFFICE = """
document.addEventListener("readystatechange", () => {
  const desk = document.getElementById("desk");
  const rules = { reason_for_choice: true, recall_pause_seconds: 60, no_show_after_calls: 2 };
  desk.dataset.visits = JSON.stringify({ ...JSON.parse(desk.dataset.visits), ...rules });
});
"""
"""The page of an office that asks more of its clerks than the demo's."""


@pytest.fixture
def desk(hall: Hall, open_page: OpenPage) -> Page:
    """A clerk at counter 3 of an empty office."""
    page = open_page()
    sit_down(page, hall.service)
    return page


def state_is(page: Page, state: str) -> None:
    """Wait until the step is through: while one is under way, keys wait for nobody."""
    expect(page.locator("#visitor")).to_have_attribute("data-state", state)
    expect(page.locator("#primary")).to_have_attribute("aria-busy", "false")


def number_shown(page: Page, number: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(number)
    expect(page.locator("#primary")).to_have_attribute("aria-busy", "false")


def primary_says(page: Page, label: str) -> None:
    expect(page.locator("#primary-label")).to_have_text(label)
    expect(page.locator("#primary")).to_have_attribute("aria-busy", "false")


def queue_rows(page: Page) -> list[str]:
    return page.locator("#queue-list .row__number").all_text_contents()


def test_a_visit_goes_from_call_to_end_by_one_key(hall: Hall, desk: Page) -> None:
    first, second = hall.arrive(), hall.arrive()
    desk.keyboard.press("n")
    number_shown(desk, first["number"])
    primary_says(desk, "Beginnen")
    desk.keyboard.press("n")
    primary_says(desk, "Beenden und nächste")
    desk.keyboard.press("n")
    number_shown(desk, second["number"])
    expect(desk.locator("#primary")).to_be_focused()


def test_the_clerk_is_told_why_it_was_this_number(hall: Hall, desk: Page) -> None:
    number = hall.arrive()["number"]
    desk.keyboard.press("n")
    expect(desk.locator("#message")).to_have_text(f"{number} ist aufgerufen: am längsten gewartet (0 Min.)")


def test_an_empty_queue_is_said_in_words(desk: Page) -> None:
    desk.keyboard.press("n")
    expect(desk.locator("#message")).to_have_text("Niemand wartet gerade.")
    primary_says(desk, "Nächste Nummer")


def test_the_queue_follows_without_reloading_in_calling_order(hall: Hall, desk: Page) -> None:
    walk_in = hall.arrive()
    expect(desk.locator("#queue-list")).to_contain_text(walk_in["number"])
    expect(desk.locator("#waiting-count")).to_have_text("1 Person wartet")
    pregnant = hall.arrive(**{"class": "pregnant"})
    expect(desk.locator("#queue-list .row__number").first).to_have_text(pregnant["number"])
    expect(desk.locator("#queue-list .row").first).to_contain_text("Vorrang")
    assert queue_rows(desk) == [pregnant["number"], walk_in["number"]]


def test_needs_and_language_stand_as_words_beside_the_number(hall: Hall, desk: Page) -> None:
    number = hall.arrive(needs=["level_access"], language="en")["number"]
    row = desk.locator("#queue-list .row", has_text=number)
    expect(row).to_contain_text("stufenloser Platz")
    expect(row).to_contain_text("Englisch")


def test_a_chosen_visitor_is_called_with_the_arrow_keys(hall: Hall, desk: Page) -> None:
    hall.arrive()
    chosen = hall.arrive()
    expect(desk.locator("#queue-list .row")).to_have_count(2)
    desk.keyboard.press("w")
    desk.keyboard.press("ArrowDown")
    expect(desk.get_by_role("button", name=f"{chosen['number']} aufrufen")).to_be_focused()
    desk.keyboard.press("Enter")
    number_shown(desk, chosen["number"])
    # The row is gone; the focus went on to a place that is still there.
    assert desk.evaluate("document.activeElement !== document.body")


def test_the_keyboard_alone_parks_takes_back_and_sends_on(hall: Hall, desk: Page) -> None:
    number = hall.arrive()["number"]
    desk.keyboard.press("n")
    primary_says(desk, "Beginnen")
    desk.keyboard.press("n")
    primary_says(desk, "Beenden und nächste")
    desk.keyboard.press("p")
    expect(desk.get_by_label("Grund (freiwillig)")).to_be_focused()
    desk.keyboard.type("nur noch Foto")
    desk.keyboard.press("Tab")
    desk.keyboard.type("15")
    desk.keyboard.press("Enter")
    parked = desk.locator("#parked-list")
    expect(parked).to_contain_text("nur noch Foto")
    expect(parked).to_contain_text("Erinnerung um")
    expect(desk.locator("#primary")).to_be_focused()
    expect(desk.get_by_role("button", name="Zurücknehmen")).to_contain_text("noch")
    desk.keyboard.press("z")
    primary_says(desk, "Beenden und nächste")
    expect(parked.get_by_role("listitem")).to_have_count(0)
    desk.keyboard.press("p")
    desk.keyboard.press("Enter")
    state_is(desk, "idle")
    desk.keyboard.press("g")
    expect(desk.get_by_role("button", name=f"{number}: Fortsetzen")).to_be_focused()
    desk.keyboard.press("Enter")
    primary_says(desk, "Beenden und nächste")
    desk.keyboard.press("l")
    desk.keyboard.type("Reisep")
    desk.keyboard.press("Enter")
    expect(desk.locator("#queue-list .row", has_text=number)).to_contain_text("Reisepass beantragen")
    desk.keyboard.press("z")
    number_shown(desk, number)
    expect(desk.get_by_role("button", name="Zurücknehmen")).to_have_count(0)


def test_what_is_left_of_a_visit_waits_on(hall: Hall, desk: Page) -> None:
    number = hall.arrive(further_services=["fuehrungszeugnis"])["number"]
    desk.keyboard.press("n")
    primary_says(desk, "Beginnen")
    desk.keyboard.press("n")
    further = desk.get_by_role("checkbox", name="Führungszeugnis beantragen")
    expect(further).to_be_checked()
    more = desk.get_by_role("group", name="Anzahl Personalausweis beantragen").get_by_role(
        "button", name="eine mehr"
    )
    more.click()
    further.uncheck()
    expect(desk.locator("#performed-onward")).to_have_text(
        f"Noch offen: Führungszeugnis beantragen. {number} wartet danach weiter."
    )
    # A box is no field to type in: keys go on working.
    desk.keyboard.press("b")
    expect(desk.locator("#message")).to_have_text(f"{number} wartet weiter: Führungszeugnis beantragen.")
    desk.keyboard.press("n")
    number_shown(desk, number)
    desk.keyboard.press("v")
    timeline = desk.get_by_role("region", name=f"Verlauf von {number}")
    expect(timeline).to_contain_text("2 × Personalausweis beantragen")
    expect(timeline).to_contain_text("am längsten gewartet")


def test_a_family_goes_on_with_one_number_and_is_described(hall: Hall, desk: Page, axe: Axe) -> None:
    parked = hall.arrive()
    desk.keyboard.press("n")
    primary_says(desk, "Beginnen")
    desk.keyboard.press("p")
    desk.keyboard.press("Enter")
    primary_says(desk, "Nächste Nummer")
    first, second, stranger = hall.arrive(), hall.arrive(), hall.arrive("reisepass")
    desk.keyboard.press("n")
    primary_says(desk, "Beginnen")
    desk.keyboard.press("n")
    primary_says(desk, "Beenden und nächste")
    desk.keyboard.press("f")
    desk.get_by_role("checkbox", name=f"{parked['number']} gehört dazu").check()
    expect(desk.get_by_role("button", name=f"{parked['number']}: Fortsetzen")).to_be_hidden()
    desk.locator("#queue-list input").first.focus()
    expect(desk.get_by_role("checkbox", name=f"{second['number']} gehört dazu")).to_be_focused()
    desk.keyboard.press("Space")
    desk.keyboard.press("Enter")
    expect(desk.locator("#message")).to_contain_text(
        f"{first['number']} geht auch für {second['number']}, {parked['number']} weiter"
    )
    expect(desk.get_by_role("group", name="Anzahl Personalausweis beantragen")).to_contain_text("3")
    expect(desk.locator("#queue-list .row__number")).to_have_text([stranger["number"]])
    desk.keyboard.press("a")
    form = desk.get_by_role("form", name=f"Angaben zu {first['number']}")
    form.get_by_label("braucht länger für den Weg").check()
    form.get_by_label("Sprache").select_option(label="Ukrainisch")
    axe(desk)
    form.get_by_label("Notiz").press("Enter")
    expect(desk.locator("#visitor-tags")).to_contain_text("braucht länger für den Weg")
    expect(desk.locator("#visitor-tags")).to_contain_text("Ukrainisch")


def test_what_the_office_asks_of_calls_is_shown_and_said(hall: Hall, desk: Page) -> None:
    desk.add_init_script(STRICT_OFFICE)
    desk.reload()
    is_connected(desk)
    hall.arrive()
    chosen = hall.arrive()["number"]
    desk.get_by_role("button", name=f"{chosen} aufrufen").click()
    desk.keyboard.press("Enter")
    form = desk.get_by_role("form", name=f"Warum {chosen} vor den anderen?")
    expect(form.get_by_role("alert")).to_have_text("Bitte nennen Sie einen Grund.")
    desk.keyboard.type("Rollstuhl")
    desk.keyboard.press("Enter")
    number_shown(desk, chosen)
    expect(desk.locator("#message")).to_contain_text("ausgewählt, weil: Rollstuhl")
    recall = desk.get_by_role("button", name="Erneut aufrufen")
    expect(recall).to_have_attribute("aria-disabled", "true")
    expect(recall).to_have_accessible_description(
        re.compile(r"Zwischen zwei Aufrufen ist eine Pause: noch \d+ s\.")
    )
    desk.keyboard.press("x")
    expect(desk.locator("#error")).to_have_text("Erst nach dem 2. Aufruf; dies war der 1.")


def test_somebody_elses_visitor_is_called_for_a_reason(hall: Hall, desk: Page) -> None:
    hall.open_counter("2")
    sent = hall.arrive()
    hall.transfer(sent["id"], counter="2")
    row = desk.locator("#queue-list li", has_text=sent["number"])
    expect(row).to_contain_text("wartet auf Schalter 2")
    row.get_by_role("button").click()
    form = desk.get_by_role("form", name=f"{sent['number']} wartet auf Schalter 2. Warum rufen Sie auf?")
    form.get_by_label("Grund").fill("Kollegin telefoniert")
    desk.keyboard.press("Enter")
    number_shown(desk, sent["number"])
    expect(desk.locator("#message")).to_contain_text("ausgewählt, weil: Kollegin telefoniert")


def test_a_counter_pauses_goes_on_and_closes_after_its_visit(hall: Hall, desk: Page) -> None:
    hall.arrive()
    desk.keyboard.press("u")
    primary_says(desk, "Pause beenden")
    expect(desk.locator("#counter-state")).to_have_text("Pause")
    desk.keyboard.press("n")
    primary_says(desk, "Nächste Nummer")
    desk.keyboard.press("n")
    primary_says(desk, "Beginnen")
    desk.get_by_role("button", name="Danach schließen").click()
    expect(desk.locator("#counter-state")).to_have_text("schließt nach diesem Besuch")
    desk.keyboard.press("x")
    expect(desk.get_by_role("heading", name="An welchem Schalter sitzen Sie?")).to_be_visible()


def test_missed_visitors_stay_on_the_list_and_can_come_back(hall: Hall, desk: Page) -> None:
    number = hall.arrive()["number"]
    desk.keyboard.press("n")
    number_shown(desk, number)
    desk.keyboard.press("x")
    expect(desk.locator("#missed-list")).to_contain_text(number)
    desk.reload()
    expect(desk.locator("#missed-list")).to_contain_text("Platz bleibt bis")
    desk.get_by_role("button", name=f"{number}: Einreihen").click()
    expect(desk.locator("#queue-list")).to_contain_text(number)


def test_a_visitor_is_sent_on_with_a_note(hall: Hall, desk: Page, axe: Axe) -> None:
    number = hall.arrive()["number"]
    desk.keyboard.press("n")
    number_shown(desk, number)
    desk.keyboard.press("l")
    form = desk.get_by_role("form", name=f"{number} weiterleiten")
    form.get_by_role("button", name="Weiterleiten").click()
    expect(form.get_by_role("alert")).to_have_text("Bitte wählen Sie eine Dienstleistung oder ein Ziel.")
    axe(desk)
    form.get_by_label("Dienstleistung").select_option(label="Reisepass beantragen")
    # "n" and "x" are letters here, and no commands.
    form.get_by_label("Notiz").fill("")
    form.get_by_label("Notiz").press_sequentially("nur noch Foto, Express")
    form.get_by_role("button", name="Weiterleiten").click()
    row = desk.locator("#queue-list .row", has_text=number)
    expect(row).to_contain_text("Reisepass beantragen")
    expect(row).to_contain_text("weitergeleitet")
    desk.keyboard.press("n")
    expect(desk.locator("#visitor-note")).to_contain_text("nur noch Foto, Express")


def test_a_step_that_is_not_possible_says_why(desk: Page) -> None:
    finish = desk.get_by_role("button", name="Beenden", exact=True)
    expect(finish).to_have_attribute("aria-disabled", "true")
    finish.focus()
    expect(desk.locator("#verb-reason")).to_have_text("An Ihrem Schalter ist gerade niemand.")
    expect(finish).to_have_accessible_description("An Ihrem Schalter ist gerade niemand.")
    desk.keyboard.press("e")
    expect(desk.locator("#error")).to_have_text("An Ihrem Schalter ist gerade niemand.")


def test_documents_and_planned_minutes_are_shown(hall: Hall, desk: Page) -> None:
    hall.arrive("personalausweis")
    desk.keyboard.press("n")
    primary_says(desk, "Beginnen")
    desk.keyboard.press("n")
    expect(desk.locator("#visitor-planned")).to_have_text("geplant 15 Min.")
    expect(desk.get_by_role("region", name="Bitte prüfen").get_by_role("listitem").first).to_be_visible()


def test_single_keys_can_be_switched_off(hall: Hall, desk: Page, axe: Axe) -> None:
    hall.arrive()
    desk.keyboard.press("?")
    dialog = desk.get_by_role("dialog", name="Tasten am Arbeitsplatz")
    axe(desk)
    dialog.get_by_label("Einzelne Tasten sind eingeschaltet").uncheck()
    dialog.get_by_role("button", name="Schließen").click()
    desk.keyboard.press("n")
    expect(desk.locator("#primary-key")).to_be_hidden()
    primary_says(desk, "Nächste Nummer")
    # The button itself still works.
    desk.locator("#primary").press("Enter")
    primary_says(desk, "Beginnen")


def test_a_visitor_whom_a_colleague_was_quicker_to_call_is_said_and_leaves_the_list(
    hall: Hall, demo_service: DemoService, open_page: OpenPage
) -> None:
    page = open_page()
    silent: list[bool] = []

    def forward_until_silent(route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        server.on_message(lambda message: None if silent else route.send(message))

    page.route_web_socket(re.compile("/api/v1/stream"), forward_until_silent)
    sit_down(page, demo_service)
    contested = hall.arrive()
    button = page.get_by_role("button", name=f"{contested['number']} aufrufen")
    expect(button).to_be_visible()
    hall.open_counter("1")
    silent.append(True)
    hall.call("1", contested["id"])
    button.click()
    expect(page.locator("#error")).to_contain_text("Der Stand hat sich inzwischen geändert")
    silent.clear()
    page.reload()
    is_connected(page)
    expect(button).to_have_count(0)


def test_a_lost_stream_is_said_and_comes_back_by_itself(
    hall: Hall, demo_service: DemoService, open_page: OpenPage
) -> None:
    page = open_page()
    streams: list[WebSocketRoute] = []

    def pass_through(route: WebSocketRoute) -> None:
        route.connect_to_server()
        streams.append(route)

    page.route_web_socket(re.compile("/api/v1/stream"), pass_through)
    sit_down(page, demo_service)
    page.clock.install()
    streams[-1].close(code=1012)
    expect(page.locator("#connection")).to_contain_text("Verbindung unterbrochen")
    number = hall.arrive()["number"]
    page.clock.run_for(2_000)
    is_connected(page)
    expect(page.locator("#queue-list")).to_contain_text(number)


def test_an_unreachable_service_is_said_and_nothing_is_lost(hall: Hall, desk: Page) -> None:
    number = hall.arrive()["number"]
    expect(desk.locator("#queue-list")).to_contain_text(number)
    desk.context.set_offline(True)
    desk.keyboard.press("n")
    expect(desk.locator("#error")).to_contain_text("Keine Antwort vom Dienst")
    desk.context.set_offline(False)
    desk.keyboard.press("n")
    number_shown(desk, number)


def test_two_quick_presses_call_one_visitor(hall: Hall, desk: Page) -> None:
    first, second = hall.arrive(), hall.arrive()
    expect(desk.locator("#queue-list .row")).to_have_count(2)
    desk.evaluate("for (const _ of [1, 2]) document.getElementById('primary').click()")
    number_shown(desk, first["number"])
    expect(desk.locator("#queue-list")).to_contain_text(second["number"])


def test_reloading_in_the_middle_of_a_visit_loses_nothing(hall: Hall, desk: Page) -> None:
    number = hall.arrive()["number"]
    desk.keyboard.press("n")
    primary_says(desk, "Beginnen")
    desk.reload()
    number_shown(desk, number)
    primary_says(desk, "Beginnen")


def test_an_ended_session_leads_to_the_log_in_and_back_to_the_visitor(hall: Hall, desk: Page) -> None:
    number = hall.arrive()["number"]
    desk.keyboard.press("n")
    primary_says(desk, "Beginnen")
    token = next(cookie["value"] for cookie in desk.context.cookies() if cookie["name"] == SESSION_COOKIE)
    hall.end_session(token)
    desk.keyboard.press("n")
    expect(desk.get_by_role("heading", name="Anmelden")).to_be_visible()
    log_in(desk, hall.service, "clerk1")
    number_shown(desk, number)
    primary_says(desk, "Beginnen")


def test_logging_out_leaves_a_free_counter(hall: Hall, desk: Page) -> None:
    desk.get_by_role("button", name="Abmelden").click()
    expect(desk.get_by_role("heading", name="Anmelden")).to_be_visible()
    assert hall.counter_state("3") == "closed"


def test_logging_out_keeps_a_counter_with_its_visitor(hall: Hall, desk: Page) -> None:
    hall.arrive()
    desk.keyboard.press("n")
    primary_says(desk, "Beginnen")
    desk.get_by_role("button", name="Abmelden").click()
    expect(desk.get_by_role("heading", name="Anmelden")).to_be_visible()
    assert hall.counter_state("3") == "open"


def test_a_taken_counter_can_not_be_chosen(
    hall: Hall, demo_service: DemoService, open_page: OpenPage, axe: Axe
) -> None:
    hall.open_counter("5")
    page = open_page()
    page.goto(f"{demo_service.base_url}/desk")
    log_in(page, demo_service, "clerk1")
    expect(page.get_by_label("Schalter 5 besetzt")).to_be_disabled()
    page.get_by_role("button", name="Schalter öffnen").click()
    expect(
        page.get_by_role("alert").get_by_role("link", name="Bitte wählen Sie einen Schalter.")
    ).to_be_visible()
    axe(page)


def test_a_clerk_may_serve_a_part_of_the_services(
    demo_service: DemoService, open_page: OpenPage, hall: Hall
) -> None:
    page = open_page()
    page.goto(f"{demo_service.base_url}/desk")
    log_in(page, demo_service, "clerk1")
    page.get_by_label("Schalter 4 frei", exact=True).check()
    page.get_by_text("Was Sie bedienen").click()
    page.get_by_role("button", name="Keine").click()
    page.get_by_label("Reisepass beantragen", exact=True).check()
    page.get_by_role("button", name="Schalter öffnen").click()
    is_connected(page)
    other, mine = hall.arrive("personalausweis"), hall.arrive("reisepass")
    expect(page.locator("#queue-list .row", has_text=other["number"])).to_contain_text(
        "nicht in Ihrer Auswahl"
    )
    page.keyboard.press("n")
    number_shown(page, mine["number"])


@pytest.mark.parametrize(("language", "width"), [("de", 1280), ("en", 900), ("de", 640), ("de", 480)])
def test_every_state_is_accessible_and_fits(
    hall: Hall, desk: Page, axe: Axe, language: str, width: int
) -> None:
    # 640 CSS pixels are 1280 at 200 %.
    desk.set_viewport_size({"width": width, "height": 720})
    desk.goto(f"{desk.url}?lang={language}")
    hall.arrive(needs=["induction_loop", "interpreter"], language="tr")
    for _ in range(3):
        hall.arrive("verlust-personalausweis", **{"class": "small_children"})
    expect(desk.locator("#queue-list .row")).to_have_count(4)
    axe(desk)
    for keys, state in (
        ("n", "called"),
        ("n", "serving"),
        (("p", "Enter"), "idle"),
        ("n", "called"),
        ("x", "idle"),
    ):
        for key in keys:
            desk.keyboard.press(key)
        state_is(desk, state)
        assert has_no_sideways_scroll(desk)
    expect(desk.locator("#missed-list .row")).to_have_count(1)
    desk.keyboard.press("n")
    state_is(desk, "called")
    axe(desk)
