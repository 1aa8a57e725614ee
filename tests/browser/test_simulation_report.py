"""The simulator's report, as a file that somebody opens: readable by everybody, at every width."""

from pathlib import Path

from playwright.sync_api import expect

from queue_service.queueing.order_policy import POLICIES
from queue_service.simulation.in_memory.comparison import compare_policies
from queue_service.simulation.in_memory.report_page import report_page
from queue_service.simulation.scenario_file import find_scenario
from tests.browser.people_at_pages import Axe, OpenPage, has_no_sideways_scroll


def test_a_report_is_accessible_and_fits_every_window(open_page: OpenPage, axe: Axe, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    report.write_text(report_page(compare_policies(find_scenario("bsc-mitte"), list(POLICIES), 2, 1)))
    page = open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    expect(page.get_by_role("img", name="Wartezeit: Ohne Termin", exact=True)).to_be_visible()
    assert asked == [report.as_uri()]
    assert has_no_sideways_scroll(page)
    page.set_viewport_size({"width": 360, "height": 800})
    assert has_no_sideways_scroll(page)
    axe(page)
