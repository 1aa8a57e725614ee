"""Logging in as a person: with and without scripts, with mistakes, and back to where one wanted."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.demo_office import DemoService
from tests.browser.people_at_pages import Axe, OpenPage, has_no_sideways_scroll, log_in


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_logging_in_leads_back_to_the_page_one_wanted(
    demo_service: DemoService, open_page: OpenPage, javascript: bool
) -> None:
    page = open_page(java_script_enabled=javascript)
    page.goto(f"{demo_service.base_url}/desk/bsc-mitte/counter")
    expect(page).to_have_url(re.compile(r"/login\?next="))
    log_in(page, demo_service, "clerk1")
    expect(page).to_have_url(f"{demo_service.base_url}/desk/bsc-mitte/counter")


def test_logging_in_without_a_wish_leads_to_the_place_of_work(
    demo_service: DemoService, open_page: OpenPage
) -> None:
    page = open_page()
    page.goto(f"{demo_service.base_url}/login")
    log_in(page, demo_service, "clerk1")
    expect(page.get_by_role("heading", name="An welchem Schalter sitzen Sie?")).to_be_visible()


def test_a_link_can_not_lead_to_another_site_after_logging_in(
    demo_service: DemoService, open_page: OpenPage
) -> None:
    page = open_page()
    page.goto(f"{demo_service.base_url}/login?next=//elsewhere.example/desk")
    log_in(page, demo_service, "supervisor1")
    expect(page).to_have_url(f"{demo_service.base_url}/staff")


def test_a_wrong_password_is_said_beside_the_field_and_at_the_top(
    demo_service: DemoService, open_page: OpenPage, axe: Axe
) -> None:
    page = open_page()
    page.goto(f"{demo_service.base_url}/login")
    log_in(page, demo_service, "clerk3", "not the password")
    sentence = "Benutzername oder Kennwort stimmt nicht. Achten Sie auf Groß- und Kleinschreibung."
    expect(page.get_by_role("alert").get_by_role("link", name=sentence)).to_be_visible()
    expect(page.get_by_label("Benutzername")).to_have_accessible_description(sentence)
    expect(page.get_by_label("Benutzername")).to_have_value("clerk3")
    expect(page).to_have_title(re.compile("^Fehler: "))
    axe(page)


def test_empty_fields_are_named_and_can_be_reached_from_the_summary(
    demo_service: DemoService, open_page: OpenPage
) -> None:
    page = open_page()
    page.goto(f"{demo_service.base_url}/login")
    page.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name="Bitte geben Sie Ihr Kennwort ein.").click()
    expect(page.get_by_label("Kennwort")).to_be_focused()


def test_logging_out_ends_the_session(demo_service: DemoService, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(f"{demo_service.base_url}/login")
    log_in(page, demo_service, "agent1")
    page.goto(f"{demo_service.base_url}/staff")
    before = page.context.cookies()
    page.get_by_role("button", name="Abmelden").click()
    expect(page).to_have_url(f"{demo_service.base_url}/login")
    # The cookie itself opens nothing any more, even when somebody has kept it.
    page.context.add_cookies(before)  # type: ignore[arg-type]  # what one gives back is what one was given
    page.goto(f"{demo_service.base_url}/desk")
    expect(page).to_have_url(re.compile("/login"))


def test_the_language_is_chosen_once_and_kept(demo_service: DemoService, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(f"{demo_service.base_url}/login")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.goto(f"{demo_service.base_url}/t")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_browser_s_language_is_taken_at_first(demo_service: DemoService, open_page: OpenPage) -> None:
    page = open_page(locale="en-GB")
    page.goto(f"{demo_service.base_url}/login")
    expect(page.get_by_role("button", name="Log in")).to_be_visible()


@pytest.mark.parametrize("path", ["/staff", "/offices", "/login", "/t", "/t/unknown", "/nowhere"])
@pytest.mark.parametrize(("language", "width"), [("de", 320), ("en", 1280)])
def test_public_pages_are_accessible_and_fit(
    demo_service: DemoService, open_page: OpenPage, axe: Axe, path: str, language: str, width: int
) -> None:
    # 320 CSS pixels are a telephone, and a wide screen at 400 % (WCAG 1.4.10); German is the longer.
    page = open_page(viewport={"width": width, "height": 800})
    page.goto(f"{demo_service.base_url}{path}?lang={language}")
    assert has_no_sideways_scroll(page)
    axe(page)


def test_an_unknown_address_is_answered_in_words(demo_service: DemoService, open_page: OpenPage) -> None:
    page = open_page()
    answer = page.goto(f"{demo_service.base_url}/nowhere")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", name="Diese Seite gibt es nicht")).to_be_visible()


def test_somebody_else_s_place_of_work_is_refused_in_words(
    demo_service: DemoService, open_page: OpenPage
) -> None:
    page = open_page()
    page.goto(f"{demo_service.base_url}/login")
    log_in(page, demo_service, "agent1")
    answer = page.goto(f"{demo_service.base_url}/desk")
    assert answer is not None
    assert answer.status == 403
    expect(page.get_by_role("heading", name="Das ist mit Ihrer Anmeldung nicht möglich")).to_be_visible()


def test_pages_forbid_inline_code_and_framing(demo_service: DemoService, open_page: OpenPage) -> None:
    answer = open_page().goto(f"{demo_service.base_url}/login")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
