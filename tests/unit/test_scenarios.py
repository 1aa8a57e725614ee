"""A scenario says what it means, or is refused with every mistake and its place."""

from pathlib import Path

import msgspec
import pytest

from queue_service.offices.setup_mistakes import SetupError
from queue_service.simulation.scenario import Part, Scenario
from queue_service.simulation.scenario_file import (
    SHIPPED,
    NoSuchScenario,
    find_scenario,
    read_scenario,
    shipped_names,
)
from queue_service.simulation.scenario_habits import habits_of, most_counters

SMALL = """\
name: Amt
office: amt
land: HB
first_day: 2026-01-05
opening_hours: {monday: 08:00-12:00, tuesday: "08:00-12:00"}
arrivals:
  visitors_a_day: 60
  hours: [{hours: 08:00-12:00, share: 1}]
appointments:
  percent: 40
  missed_percent: 10
  punctuality: [{percent: 80, from: -10, to: 5}, {percent: 20, from: 11, to: 90}]
classes: {disabled: 5, pregnant: 5}
services:
  - {service: ausweis, share: 3, minutes: 12}
  - {service: zeugnis, share: 1, minutes: 5}
staff:
  - {counters: 2, hours: 08:00-12:00, breaks: [10:00-10:15]}
  - {counters: 1, hours: 08:00-12:00, services: [zeugnis]}
desk:
  walk: {from: 10, to: 40}
  afterwards: {from: 10, to: 40}
  in_vain: 120
sources: [Angenommen]
"""
"""Two half days a week, two services, one counter that serves only one of them."""


def mistakes_of(old: str, new: str) -> list[str]:
    assert old in SMALL
    with pytest.raises(SetupError) as wrong:
        read_scenario(SMALL.replace(old, new), "small.yaml")
    return str(wrong.value).splitlines()


@pytest.mark.parametrize("name", ["bsc-mitte", "moers"])
def test_what_comes_along_can_be_read(name: str) -> None:
    assert find_scenario(name).sources
    assert name in shipped_names()


def test_every_figure_that_comes_along_has_a_source_or_is_called_assumed() -> None:
    for path in SHIPPED.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        blocks = [block for block in text.split("\n\n") if any(sign.isdigit() for sign in block)]
        unexplained = [
            block.splitlines()[0] for block in blocks if "#" not in block and "source" not in block
        ]
        assert unexplained == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("minutes: 12", "minuten: 12", "15:34: services[0].minuten: unknown key 'minuten'; did you mean"),
        ("12:00, breaks", "12, breaks", "18:26: staff[0].hours: '08:00-12': allowed are hours such as"),
        ("[zeugnis]", "[zeugniss]", "19:50: staff[1].services[0]: unknown service 'zeugniss'; did you mean"),
        ("10:00-10:15", "11:30-12:00", "18:48: staff[0].breaks[0]: 11:30-12:00 must begin and end within"),
        ("percent: 80", "percent: 70", "12:16: appointments.punctuality: the percent are 90 together"),
        ("from: 11, to: 90", "from: 91, to: 90", "from 91 is later than to 90"),
        ("disabled: 5", "disabled: 99", "classes: are 104 percent together"),
        ("disabled: 5", "appointment: 5", "classes.appointment: nobody comes as such"),
        ("a_day: 60", "a_day: many", "arrivals.visitors_a_day: 'many': allowed is a number"),
        ("name: Amt\n", "", "small.yaml:1:1: name: is missing"),
        ("12:00, breaks", "11:00, breaks", "nobody serves 'ausweis' on monday until it closes at 12:00"),
        ("08:00-12:00, breaks: [10:00-10:15]", "12:00-14:00", "nobody serves 'ausweis' on tuesday until"),
        ("share: 1}]", "share: 1}]\n  weekdays: {monday: 0}", "nobody comes on monday, which is open"),
        ("{hours: 08:00-12:00,", "{hours: 13:00-14:00,", "nobody comes on monday, which is open"),
        ("service: zeugnis", "service: ausweis", "services[1].service: 'ausweis' is listed twice"),
        (SMALL, "", "the file is empty; allowed: name, office, land"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_is_allowed(old: str, new: str, told: str) -> None:
    found = mistakes_of(old, new)
    assert told in "\n".join(found)
    assert all(line.startswith("small.yaml:") for line in found)


def test_every_field_of_a_scenario_is_explained() -> None:
    page = (Path(__file__).parents[2] / "docs" / "simulation.md").read_text(encoding="utf-8")
    blocks: list[type[Part]] = [Scenario, *Part.__subclasses__()]
    fields = {field.encode_name for block in blocks for field in msgspec.structs.fields(block)}
    assert {name for name in fields if f"`{name}`" not in page} == set()


def test_an_unknown_name_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(NoSuchScenario, match="did you mean 'bsc-mitte'"):
        find_scenario("bsc-mite")


def test_a_real_service_is_visited_as_the_scenario_says() -> None:
    scenario = read_scenario(SMALL, "small.yaml")
    habits = habits_of(scenario)
    assert (habits.with_appointment, habits.missed) == (0.4, 0.1)
    assert dict(habits.hours) == dict.fromkeys(range(8, 12), 0.25)
    assert habits.mix == [(0.75, ("ausweis",)), (0.25, ("zeugnis",))]
    assert habits.classes == [
        (0.05, "disabled", ("level_access",)),
        (0.05, "pregnant", ()),
        (0.9, "walk_in", ()),
    ]
    assert habits.minutes == {"ausweis": 12, "zeugnis": 5}
    assert most_counters(scenario) == 3
