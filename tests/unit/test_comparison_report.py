"""The report of a comparison says in every chart and table what was counted, and needs nothing else."""

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from queue_service.cli import main
from queue_service.queueing.order_policy import POLICIES
from queue_service.simulation.in_memory.charts import scale
from queue_service.simulation.in_memory.comparison import Comparison, compare_policies
from queue_service.simulation.in_memory.report_page import report_page
from queue_service.simulation.in_memory.report_words import POLICY_NAMES, percent
from queue_service.simulation.scenario_file import find_scenario, read_scenario
from tests.unit.test_scenarios import SMALL

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def compared() -> Comparison:
    """Three days of a small office under all policies."""
    return compare_policies(read_scenario(SMALL, "small.yaml"), list(POLICIES), 3, 1)


@pytest.fixture(scope="module")
def page(compared: Comparison) -> str:
    return report_page(compared)


def tables(page: str) -> dict[str, list[list[str]]]:
    """All tables' rows by the name of their region."""
    found = {}
    for name, table in re.findall(r'aria-label="Tabelle: ([^"]+)".*?(<tbody>.*?</tbody>)', page, re.DOTALL):
        rows = ET.fromstring(table)  # noqa: S314 - our own page
        found[name] = [["".join(cell.itertext()) for cell in row] for row in rows]
    return found


def test_every_chart_has_its_figures_in_a_table_beside_it(page: str, compared: Comparison) -> None:
    found = tables(page)
    for one in compared.policies:
        name = POLICY_NAMES[one.policy]
        waits = one.waits["walk_in"]
        row = next(row for row in found["Wie lange wird gewartet? Ohne Termin"] if row[0] == name)
        assert row[1:] == [f"{waits.p50:.0f}", f"{waits.p90:.0f}", f"{waits.p99:.0f}", str(waits.visitors)]
        shown = f"{waits.p50:.0f} · {waits.p90:.0f} · {waits.p99:.0f} min"
        assert f">{shown}<" in page
        [promise] = [rows for title, rows in found.items() if "Pünktlich zum Termin" in title]
        assert [name, percent(one.promise_kept)] in promise
        assert [name, percent(one.use)] in found["Wie ausgelastet sind die Schalter? An allen Tagen zusammen"]
        assert [name, f"{one.waits['walk_in'].longest:.0f}"] in found["Wie lange höchstens? Ohne Termin"]
    assert len(re.findall("<figure", page)) == len(found)


def test_every_drawing_is_well_formed_and_has_a_name_of_its_own(page: str) -> None:
    drawings = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(drawings) > 10
    for drawing in drawings:
        ET.fromstring(drawing)  # noqa: S314 - our own page
    names = re.findall(r' id="([^"]+)"', page)
    assert len(names) == len(set(names))


def test_the_page_asks_nobody_for_anything(page: str) -> None:
    assert not re.search(r"<script|<link|<img|https?:|url\(|@import", page)


def test_words_of_a_scenario_are_words_and_no_markup(compared: Comparison) -> None:
    hostile = replace(compared, scenario=replace(compared.scenario, name="<b>Amt</b>", sources=["<i>"]))
    assert "<b>" not in report_page(hostile)
    assert "<i>" not in report_page(hostile)


def test_published_waits_stand_beside_the_simulated_ones() -> None:
    moers = find_scenario("moers")
    page = report_page(compare_policies(moers, ["strict-order"], 5, 1))
    rows = tables(page)[
        "Stimmt das mit der Wirklichkeit überein? Veröffentlicht und gerechnet (Strenge Folge)"
    ]
    assert rows[0][:2] == ["8 Uhr", "14"]
    assert len(rows) == 12


@pytest.mark.parametrize(("most", "step", "end"), [(0, 1, 1), (3.2, 1, 4), (100, 25, 100), (121, 50, 150)])
def test_an_axis_has_few_lines_and_room_for_everything(most: float, step: int, end: float) -> None:
    assert scale(most) == (step, end)


@pytest.mark.parametrize(
    ("share", "told"), [(1, "100,0 %"), (0.99999, "99,9 %"), (0.5, "50,0 %"), (0, "0,0 %")]
)
def test_a_share_is_told_as_all_only_when_it_is_all(share: float, told: str) -> None:
    assert percent(share) == told


@pytest.fixture(name="run")
def command_line() -> Run:
    """Run ``queue-service day`` with arguments."""
    return lambda *arguments: CliRunner().invoke(main, ["day", *arguments])


def test_the_command_prints_the_table_and_writes_the_report(run: Run, tmp_path: Path) -> None:
    scenario, report = tmp_path / "small.yaml", tmp_path / "out.html"
    scenario.write_text(SMALL)
    options = ["--in-memory", "--days", "3", "--seed", "1", "--policy", "ratio", "--policy", "head-start"]
    ran = run("--scenario", str(scenario), *options, "--report", str(report))
    assert ran.exit_code == 0, ran.output
    assert ran.output.index("│ ratio ") < ran.output.index("│ head-start ")
    again = compare_policies(read_scenario(SMALL, "small.yaml"), ["ratio", "head-start"], 3, 1)
    assert report.read_text(encoding="utf-8") == report_page(again)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "Missing option '--office' (or '--scenario')."),
        (["--in-memory"], "--in-memory needs --scenario."),
        (["--office", "amt", "--policy", "ratio"], "--policy only with --in-memory."),
        (["--scenario", "moers", "--days", "3"], "--days only with --in-memory."),
        (["--scenario", "moers", "--in-memory", "--visitors", "3"], "--visitors can't be given."),
        (["--scenario", "paris", "--in-memory"], "no such file; unknown scenario 'paris'"),
        (["--office", "amt", "--url", "http://x"], "--url and --credentials go together."),
    ],
)
def test_options_that_do_not_belong_together_are_told_in_a_sentence(
    run: Run, arguments: list[str], told: str
) -> None:
    ran = run(*arguments)
    assert ran.exit_code != 0
    assert told in ran.output


def test_a_mistake_in_a_scenario_is_told_with_its_line(run: Run, tmp_path: Path) -> None:
    scenario = tmp_path / "amt.yaml"
    scenario.write_text(SMALL.replace("land: HB", "land: XX"))
    ran = run("--scenario", str(scenario), "--in-memory")
    assert ran.exit_code == 1
    assert "amt.yaml:3:7: land: unknown choice 'XX'" in ran.output
