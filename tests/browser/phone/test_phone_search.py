"""The 115 console's search: services by what callers say, then places by office, day, time and nearness."""

import re
from itertools import pairwise

from playwright.sync_api import Browser, expect

from tests.browser.demo_office import DemoService
from tests.browser.people_at_pages import OpenPage
from tests.browser.phone.phone_console import Agent, Console


def test_services_are_found_by_what_callers_say_and_how_agents_type(console: Console) -> None:
    wanted = {
        "perso": "Personalausweis beantragen",
        "fuehrungs": "Führungszeugnis beantragen",
        "fuhrungs": "Führungszeugnis beantragen",
        "99036008003000": "Fahrzeug abmelden",
        "auto abm": "Fahrzeug abmelden",
        "heiraten": "Eheschließung anmelden",
        "umgezogen": "Wohnsitz an- oder ummelden",
        "reispass": "Reisepass beantragen",
        "gewrebe": "Gewerbe anmelden",
        "personalausweiss": "Personalausweis beantragen",
        "reisepas": "Reisepass beantragen",
        "ummelden": "Wohnsitz an- oder ummelden",
        "internat führerschain": "Internationaler Führerschein",
        "umzg": "Wohnsitz an- oder ummelden",
        "kinderreisepass": "Reisepass beantragen",
        "geburtsurkunde": "Geburts-, Ehe- oder Sterbeurkunde",
        "pin vergessen": "Online-Ausweis und PIN",
        "certificate of conduct": "Führungszeugnis beantragen",
    }
    found = {}
    for typed in wanted:
        console.type(typed)
        first = console.page.get_by_label("Gefundene Dienstleistungen").get_by_role("option", selected=True)
        found[typed] = first.inner_text().rpartition(" ")[0].rpartition(" ")[0]
        console.press("Escape")
    assert found == wanted


def test_words_that_fit_nothing_are_answered_in_words(console: Console) -> None:
    console.type("xyzzy")
    expect(console.page.get_by_text("Keine Dienstleistung gefunden.")).to_be_visible()
    console.press("Enter")
    expect(console.page.locator("#service")).to_be_focused()


def test_offers_are_the_earliest_of_all_offices_in_order(console: Console) -> None:
    console.choose_service("perso")
    expect(console.offers).to_have_count(9)
    offers = [console.offer(number) for number in range(1, 10)]
    assert all(earlier[1] <= later[1] for earlier, later in pairwise(offers))
    assert len({office for office, _ in offers}) > 1
    console.press("0")
    expect(console.page.locator("#places-count")).to_contain_text("Seite 2")
    assert console.offer(1)[1] >= offers[-1][1]


def test_why_there_is_no_place_is_said_in_words(console: Console) -> None:
    console.choose_service("perso")
    console.press("F2")
    console.type("steuererkl")
    console.press("Enter")
    expect(console.page.locator("#places-note")).to_contain_text(
        "Kein Standort bietet alles zusammen mit Termin an."
    )
    console.reads("Nichts frei.")


def test_a_day_on_which_nothing_can_be_booked_is_refused_in_words(console: Console) -> None:
    console.choose_service("perso")
    console.page.get_by_label("Ab", exact=True).fill("2020-01-01")
    console.press("Enter")
    console.reads("Termine gibt es vom ")


def test_a_narrower_search_shows_one_office_in_the_afternoon(console: Console) -> None:
    console.choose_service("perso")
    console.press("F3")
    console.page.locator("#filter-office").select_option("bsc-nord")
    console.press("Enter")
    expect(console.focused).to_have_attribute("name", "place")
    console.press("t", "t")
    expect(console.page.get_by_label("Tageszeit")).to_have_value("afternoon")
    expect(console.offers.first).to_have_attribute("data-offer", re.compile(r"^bsc-nord \S+T1[2-9]:"))
    offers = [console.offer(number) for number in range(1, 10)]
    assert {office for office, _ in offers} == {"bsc-nord"}
    assert all(start[11:13] >= "12" for _, start in offers)


def test_the_nearest_offices_come_first_with_their_distance(console: Console) -> None:
    console.choose_service("perso")
    near = console.page.get_by_label("In der Nähe von")
    near.focus()
    console.type("Vegesack")
    console.press("Enter")
    expect(console.focused).to_have_attribute("name", "place")
    console.reads("Zuerst die Standorte nahe Vegesack.")
    assert console.offer(1)[0] == "bsc-nord"
    expect(console.offers.first).to_contain_text("1,1 km")
    near.focus()
    console.press("Control+a")
    console.type("Atlantis")
    console.press("Enter")
    console.reads("Diesen Stadtteil oder diese Postleitzahl kennt das Verzeichnis nicht.")
    expect(near).to_be_focused()


def test_only_days_of_the_wanted_weekday_are_offered(console: Console) -> None:
    console.choose_service("perso")
    console.page.get_by_label("Wochentag").select_option("thursday")
    console.page.get_by_label("Tageszeit").select_option("morning")
    expect(console.page.locator(".day__heading").first).to_contain_text("Donnerstag")
    headings = console.page.locator(".day__heading").all_inner_texts()
    assert all("Donnerstag" in heading for heading in headings)
    assert all(console.offer(number)[1][11:13] < "12" for number in range(1, 10))


def test_the_calendar_leads_to_the_places_of_one_office_from_one_day_on(console: Console) -> None:
    console.choose_service("perso")
    console.press("k")
    expect(console.focused).to_have_accessible_name(re.compile(", frühester Tag: "))
    console.press("ArrowDown", "End")
    last = console.focused
    while "noch etwa" not in (last.get_attribute("aria-label") or ""):
        console.press("ArrowLeft")  # to an open day
    office, _, day, _ = (last.get_attribute("aria-label") or "").split(", ")
    console.press("Enter")
    expect(console.page.locator(".day__heading").first).to_contain_text(day.rpartition(" ")[0])
    expect(console.focused).to_have_attribute("name", "place")
    expect(console.page.locator("#filter-office option:checked")).to_have_text(office)
    assert len({console.offer(number)[0] for number in range(1, 10)}) == 1


def test_a_full_day_in_the_calendar_is_refused_in_words(console: Console) -> None:
    console.choose_service("perso")
    console.press("k")
    console.page.locator("#day-map td", has_text="–").first.click()
    dialog = console.page.get_by_role("dialog", name="Kalender")
    expect(dialog.get_by_role("alert")).to_have_text(re.compile("An diesem Tag ist dort nichts frei."))


def test_supervisors_alone_are_offered_places_kept_for_emergencies(
    console: Console, chromium: Browser, demo_service: DemoService, open_page: OpenPage
) -> None:
    expect(console.page.locator("#emergency-possible")).to_be_hidden()
    supervisor = Agent(demo_service, chromium, "supervisor1")
    urgent = supervisor.opens_console(open_page)
    urgent.choose_service("perso")
    urgent.page.get_by_label("mit Notfallplätzen").check()
    expect(urgent.page.locator("#places-count")).to_contain_text("9 Termine")
    urgent.press("F4")
    with urgent.page.expect_response("**/api/v1/appointments") as held:
        urgent.hold()
    assert held.value.status == 201
    assert '"emergency":true' in (held.value.request.post_data or "")
    urgent.press("Escape")
    expect(urgent.focused).to_have_attribute("name", "place")
    supervisor.leave()
