"""Reading a scenario: a name of those that come with the program, or a file; all mistakes at once."""

from pathlib import Path as FilePath

from queue_service.offices.model import WEEKDAYS, Span, Weekday
from queue_service.offices.setup_mistakes import Findings, SetupError, unknown
from queue_service.offices.setup_model import VisitorClass
from queue_service.offices.setup_yaml import read_yaml
from queue_service.simulation.scenario import Scenario, Staff

SHIPPED = FilePath(__file__).with_name("scenarios")
ENDING = ".yaml"
ALL_PERCENT = 100
COME_ABOUT: tuple[VisitorClass, ...] = ("walk_in", "appointment", "transferred")
"""Classes that a visit gets from what happens to it."""


class NoSuchScenario(Exception):
    """There is no file and no shipped scenario of this name; the message lists the shipped ones."""


def shipped_names() -> list[str]:
    """Return what can be named without a file."""
    return sorted(path.stem for path in SHIPPED.glob(f"*{ENDING}"))


def find_scenario(name: str) -> Scenario:
    """Return the scenario of this name or in this file; a file goes first.

    Raises NoSuchScenario, SetupError, OSError, UnicodeDecodeError.
    """
    path = FilePath(name)
    if path.is_file():
        return read_scenario(path.read_text(encoding="utf-8"), path.name)
    if name not in shipped_names():
        raise NoSuchScenario(f"no such file; {unknown('scenario', name, shipped_names())}")
    return read_scenario((SHIPPED / f"{name}{ENDING}").read_text(encoding="utf-8"), f"{name}{ENDING}")


def read_scenario(text: str, file: str) -> Scenario:
    """Read a scenario. Raises SetupError with every mistake; nothing else, whatever the text is."""
    findings = Findings(file)
    scenario = read_yaml(text, Scenario, findings)
    _check_visitors(scenario, findings)
    _check_services(scenario, findings)
    _check_staff(scenario, findings)
    if not findings.mistakes():
        _check_days(scenario, findings)
    mistakes = findings.mistakes()
    if mistakes:
        raise SetupError(mistakes)
    return scenario


def _check_visitors(scenario: Scenario, findings: Findings) -> None:
    classes = sum(scenario.classes.values())
    if classes > ALL_PERCENT:
        findings.note_consequence(("classes",), f"are {classes} percent together; 100 is everybody")
    for needless in COME_ABOUT:
        if needless in scenario.classes:
            message = "nobody comes as such: it follows from how somebody comes"
            findings.note_consequence(("classes", needless), message)
    punctuality = scenario.appointments.punctuality
    path = ("appointments", "punctuality")
    together = sum(one.percent for one in punctuality)
    if together != ALL_PERCENT:
        findings.note_consequence(path, f"the percent are {together} together; they must be 100")
    for at, one in enumerate(punctuality):
        if one.earliest > one.latest:
            findings.note_consequence((*path, at), f"from {one.earliest} is later than to {one.latest}")


def _check_services(scenario: Scenario, findings: Findings) -> None:
    for name, seconds in (("walk", scenario.desk.walk), ("afterwards", scenario.desk.afterwards)):
        if seconds.shortest > seconds.longest:
            findings.note_consequence(("desk", name), "from is longer than to")
    if not sum(one.share for one in scenario.services):
        findings.note_consequence(("services",), "no service has a share above 0")
    codes = [one.service for one in scenario.services]
    for at, code in enumerate(codes):
        if code in codes[:at]:
            findings.note_consequence(("services", at, "service"), f"'{code}' is listed twice")


def _check_staff(scenario: Scenario, findings: Findings) -> None:
    codes = [one.service for one in scenario.services]
    for at, row in enumerate(scenario.staff):
        for nth, code in enumerate(row.services):
            if code not in codes:
                message = unknown("service", code, codes)
                findings.note_consequence(("staff", at, "services", nth), message, ("services",))
        for nth, rest in enumerate(row.breaks):
            if not row.hours.holds(rest) or rest.closes >= row.hours.closes:
                message = f"{rest} must begin and end within {row.hours}, with work after it"
                findings.note_consequence(("staff", at, "breaks", nth), message, ("staff", at, "hours"))


def _check_days(scenario: Scenario, findings: Findings) -> None:
    """Note days on which nobody could come, or somebody would never be served."""
    open_days = {day: spans for day in WEEKDAYS if (spans := getattr(scenario.opening_hours, day))}
    if not open_days:
        findings.note(("opening_hours",), "the office is never open")
    for day, spans in open_days.items():
        arrivals = scenario.arrivals
        come = sum(shared_minutes(one.hours, spans) * one.share for one in arrivals.hours)
        if not come * arrivals.weekdays.get(day, 1.0):
            findings.note(("arrivals", "hours"), f"nobody comes on {day}, which is open")
        closes = spans[-1].closes
        for one in scenario.services:
            if not any(stays(row, day, closes) and serves(row, one.service) for row in scenario.staff):
                time = Span(closes, closes + 1)
                message = f"nobody serves '{one.service}' on {day} until it closes at {str(time)[:5]}"
                findings.note(("staff",), message)


def shared_minutes(hours: Span, spans: list[Span]) -> int:
    """Return how many minutes of ``hours`` lie within the spans."""
    return sum(max(0, min(hours.closes, one.closes) - max(hours.opens, one.opens)) for one in spans)


def works_on(row: Staff, day: Weekday) -> bool:
    """Tell whether a row's counters are staffed on such a day."""
    return not row.weekdays or day in row.weekdays


def stays(row: Staff, day: Weekday, closes: int) -> bool:
    """Tell whether a row's counters serve until nobody is left."""
    return works_on(row, day) and row.hours.opens < closes <= row.hours.closes


def serves(row: Staff, service: str) -> bool:
    """Tell whether a row's counters serve it."""
    return not row.services or service in row.services
