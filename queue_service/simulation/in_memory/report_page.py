"""A comparison as one HTML file that needs nothing else: charts, the tables beside them, sources."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from queue_service.queueing.order.turn import APPOINTMENT
from queue_service.simulation.in_memory.charts import Column, Row, bars, columns
from queue_service.simulation.in_memory.comparison import Comparison
from queue_service.simulation.in_memory.figures import ALL, PolicyFigures
from queue_service.simulation.in_memory.published_waits import hold_against
from queue_service.simulation.in_memory.report_words import (
    CLASS_NAMES,
    POLICY_NAMES,
    day,
    minutes,
    percent,
    policy_rule,
    written,
)

HERE = Path(__file__).parent
NOTHING = "–"
WALK_IN = "walk_in"


class Table(msgspec.Struct, frozen=True):
    """A chart's figures once more."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    """The first cell is the row's head."""


class Panel(msgspec.Struct, frozen=True):
    """Charts with their table."""

    title: str
    charts: Sequence[tuple[str, Markup]]
    """Of several, each has a name."""
    table: Table


class Section(msgspec.Struct, frozen=True):
    """Charts that answer one question."""

    name: str
    title: str
    text: str
    panels: Sequence[Panel]
    legend: Sequence[tuple[str, str]] = ()
    """Class of the sample and its words."""


def report_page(comparison: Comparison) -> str:
    """Return the page."""
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    first, scenario = comparison.policies[0], comparison.scenario
    return environment.get_template("report.html").render(
        scenario=scenario,
        style=Markup((HERE / "report.css").read_text(encoding="utf-8")),  # noqa: S704 - our own file
        facts=_facts(comparison),
        rules=[
            (POLICY_NAMES[one.policy], policy_rule(one.policy, scenario.order)) for one in comparison.policies
        ],
        deadlines=any(one.policy != "strict-order" for one in comparison.policies),
        promise=first.promise_minutes if APPOINTMENT in first.waits else None,
        cap=first.cap_minutes,
        findings=list(_findings(comparison.policies)),
        sections=list(_sections(comparison)),
        seed=comparison.seed,
    )


def _facts(comparison: Comparison) -> str:
    first = comparison.policies[0]
    missed = f"{written(first.missed / first.days)} weitere hatten einen Termin und kamen nicht. "
    return (
        f"{written(first.days)} Öffnungstage vom {day(comparison.first_day)} bis "
        f"{day(comparison.last_day)}. Im Mittel kamen {written(first.came / first.days)} Menschen am Tag. "
        f"{missed if first.missed else ''}Die Schalter waren zu {percent(first.use)} ausgelastet."
    )


def _findings(policies: Sequence[PolicyFigures]) -> Iterator[str]:
    """Give what the charts show, in sentences; of one policy there is nothing to compare."""
    if len(policies) < 2:
        return
    if all(APPOINTMENT in one.waits for one in policies):
        best = max(policies, key=lambda one: one.promise_kept)
        worst = min(policies, key=lambda one: one.promise_kept)
        yield (
            f"Pünktliche Termine: „{POLICY_NAMES[best.policy]}“ hält das Versprechen am häufigsten "
            f"({percent(best.promise_kept)}), „{POLICY_NAMES[worst.policy]}“ am seltensten "
            f"({percent(worst.promise_kept)})."
        )
    if all(WALK_IN in one.waits for one in policies):
        best = min(policies, key=lambda one: one.waits[WALK_IN].p90)
        worst = max(policies, key=lambda one: one.waits[WALK_IN].p90)
        yield (
            f"Ohne Termin: 9 von 10 warten bei „{POLICY_NAMES[best.policy]}“ höchstens "
            f"{minutes(best.waits[WALK_IN].p90)}, bei „{POLICY_NAMES[worst.policy]}“ höchstens "
            f"{minutes(worst.waits[WALK_IN].p90)}."
        )
    lowest, highest = (choose(policies, key=lambda one: one.use) for choose in (min, max))
    if percent(lowest.use) == percent(highest.use):
        yield "Die Auslastung der Schalter ist bei allen gleich: Eine Reihenfolge schafft keine Zeit."


def _sections(comparison: Comparison) -> Iterator[Section]:
    policies = comparison.policies
    yield _waits(policies)
    yield _promises(policies)
    yield _longest(policies)
    yield _use(policies)
    yield _hours(comparison)
    if comparison.scenario.published is not None:
        yield _published(comparison)


def _waits(policies: Sequence[PolicyFigures]) -> Section:
    panels = []
    kinds = [kind for kind in CLASS_NAMES if any(kind in one.waits for one in policies)]
    # One class alone is the same as all.
    kinds = kinds if len(kinds) > 2 else kinds[:1]
    most = max(one.waits[kind].p99 for kind in kinds for one in policies if kind in one.waits)
    for kind in kinds:
        known = [(one, one.waits[kind]) for one in policies if kind in one.waits]
        rows = [
            Row(
                POLICY_NAMES[one.policy],
                f"{written(waits.p50)} · {written(waits.p90)} · {written(waits.p99)} min",
                (waits.p50, waits.p90, waits.p99),
            )
            for one, waits in known
        ]
        title = CLASS_NAMES[kind]
        panels.append(
            _panel(
                title,
                bars(
                    f"waits-{kind}",
                    f"Wartezeit: {title}",
                    "Balken je Regel: dunkel die Hälfte, hell 9 von 10, Linie 99 von 100.",
                    rows,
                    "min",
                    most,
                ),
                Table(
                    "Wartezeit in Minuten, höchstens",
                    (
                        "Regel",
                        "die Hälfte",
                        "9\N{NO-BREAK SPACE}von 10",
                        "99\N{NO-BREAK SPACE}von 100",
                        "Menschen",
                    ),
                    [
                        (
                            POLICY_NAMES[one.policy],
                            *(written(value) for value in (waits.p50, waits.p90, waits.p99)),
                            written(waits.visitors),
                        )
                        for one, waits in known
                    ],
                ),
            )
        )
    return Section(
        "waits",
        "Wie lange wird gewartet?",
        "Gezählt ab der Ankunft; mit Termin ab der vereinbarten Zeit, wenn jemand früher kommt.",
        panels,
        [("first", "die Hälfte wartet höchstens so lange"), ("second", "9 von 10"), ("third", "99 von 100")],
    )


def _promises(policies: Sequence[PolicyFigures]) -> Section:
    panels = []
    if APPOINTMENT in policies[0].waits:
        title = f"Pünktlich zum Termin: aufgerufen innerhalb von {policies[0].promise_minutes} Minuten"
        panels.append(_shares("promise", title, policies, lambda one: one.promise_kept))
    who = "Alle anderen: aufgerufen" if panels else "Aufgerufen"
    title = f"{who} innerhalb von {policies[0].cap_minutes} Minuten"
    panels.append(_shares("cap", title, policies, lambda one: one.cap_kept))
    text = "Anteil derer, die so bald aufgerufen wurden, wie es die Regeln zusagen."
    return Section("promises", "Wird gehalten, was versprochen ist?", text, panels)


def _longest(policies: Sequence[PolicyFigures]) -> Section:
    kinds = [kind for kind in (APPOINTMENT, WALK_IN) if all(kind in one.waits for one in policies)] or [ALL]
    most = max(one.waits[kind].longest for kind in kinds for one in policies)
    panels = []
    for kind in kinds:
        figures = [(POLICY_NAMES[one.policy], one.waits[kind].longest) for one in policies]
        title = CLASS_NAMES[kind]
        rows = [Row(name, minutes(value), (value,)) for name, value in figures]
        panels.append(
            _panel(
                title,
                bars(
                    f"longest-{kind}",
                    f"Längste Wartezeit: {title}",
                    "Ein Balken je Regel.",
                    rows,
                    "min",
                    most,
                ),
                Table(
                    "Längste Wartezeit in Minuten",
                    ("Regel", "Minuten"),
                    [(name, written(value)) for name, value in figures],
                ),
            )
        )
    text = "Der eine Mensch, der an all diesen Tagen am längsten warten musste."
    return Section("longest", "Wie lange höchstens?", text, panels)


def _use(policies: Sequence[PolicyFigures]) -> Section:
    first = policies[0]
    # When nobody comes any more, the counters that are left serve those who are in.
    hours = [
        (hour, known.use)
        for hour, known in first.hours.items()
        if known.use is not None and known.waited is not None
    ]
    by_hour = [Column(f"{hour % 24}", min(use, 1.0) * 100) for hour, use in hours]
    title = f"Nach Uhrzeit ({POLICY_NAMES[first.policy]})"
    return Section(
        "use",
        "Wie ausgelastet sind die Schalter?",
        "Anteil der besetzten Zeit, in der jemand aufgerufen, bedient oder nachgearbeitet wird. Nach der "
        "Schließung bleiben Schalter besetzt, bis alle bedient sind.",
        [
            _shares("use", "An allen Tagen zusammen", policies, lambda one: one.use),
            _panel(
                title,
                columns(
                    "use-hours", f"Auslastung. {title}", "Eine Säule je Stunde.", by_hour, "Uhr, in %", 100
                ),
                Table(
                    "Auslastung",
                    ("Stunde", "Anteil"),
                    [(f"{hour % 24} Uhr", percent(use)) for hour, use in hours],
                ),
            ),
        ],
    )


def _panel(title: str, chart: Markup, table: Table) -> Panel:
    return Panel(title, [(title, chart)], table)


def _shares(
    name: str, title: str, policies: Sequence[PolicyFigures], share: Callable[[PolicyFigures], float]
) -> Panel:
    figures = [(POLICY_NAMES[one.policy], share(one)) for one in policies]
    rows = [Row(policy, percent(value), (value * 100,)) for policy, value in figures]
    return _panel(
        title,
        bars(name, title, "Ein Balken je Regel, von 0 bis 100 Prozent.", rows, "%", 100),
        Table("Anteil", ("Regel", "Anteil"), [(policy, percent(value)) for policy, value in figures]),
    )


def _hours(comparison: Comparison) -> Section:
    policies, published = comparison.policies, comparison.scenario.published
    marks = {one.hour: one.minutes for one in published.hours} if published else {}
    most = max([*(known.waited or 0.0 for one in policies for known in one.hours.values()), *marks.values()])
    hours = sorted(
        {hour for one in policies for hour, known in one.hours.items() if known.waited is not None}
    )
    description = "Eine Säule je Stunde." + (" Die Linie ist der veröffentlichte Wert." if marks else "")
    charts, waited = [], {}
    for one in policies:
        waited[one.policy] = [known.waited if (known := one.hours.get(hour)) else None for hour in hours]
        title = POLICY_NAMES[one.policy]
        by_hour = [
            Column(str(hour), wait, marks.get(hour))
            for hour, wait in zip(hours, waited[one.policy], strict=True)
        ]
        name, title_of_all = f"hours-{one.policy}", f"Wartezeit nach Uhrzeit: {title}"
        charts.append((title, columns(name, title_of_all, description, by_hour, "Uhr, in Minuten", most)))
    table = Table(
        "Mittlere Wartezeit in Minuten",
        ("Ankunft", *(POLICY_NAMES[one.policy] for one in policies)),
        [
            (f"{hour} Uhr", *(NOTHING if wait is None else written(wait) for wait in waits))
            for hour, *waits in zip(hours, *waited.values(), strict=True)
        ],
    )
    legend = [("second", "gerechnet"), ("mark", "veröffentlicht")] if marks else []
    text = "Mittlere Wartezeit aller, die in dieser Stunde kamen; jeder Tag zählt gleich."
    return Section(
        "hours", "Wann wartet man wie lange?", text, [Panel("Mittlere Wartezeit", charts, table)], legend
    )


def _published(comparison: Comparison) -> Section:
    published, first = comparison.scenario.published, comparison.policies[0]
    assert published is not None, "asked for only then"
    names = {"median": "Hälfte der Stunden", "p90": "9 von 10 Stunden"}
    held = hold_against(published, first)
    rows = [
        Row(
            f"{one.hour} Uhr" if one.hour is not None else names[one.what],
            f"{written(one.published)} veröffentlicht, {written(one.simulated)} gerechnet",
            (one.simulated,),
        )
        for one in held
    ]
    met = sum(one.holds for one in held)
    return Section(
        "published",
        "Stimmt das mit der Wirklichkeit überein?",
        f"{published.source}. {met} von {len(held)} Werten liegen innerhalb der erlaubten Abweichung.",
        [
            _panel(
                f"Veröffentlicht und gerechnet ({POLICY_NAMES[first.policy]})",
                bars(
                    "published",
                    "Gerechnete Wartezeiten",
                    "Ein Balken je Stunde; beide Zahlen stehen darüber.",
                    rows,
                    "min",
                    max(one.simulated for one in held),
                ),
                Table(
                    "Wartezeit in Minuten",
                    ("Wert", "veröffentlicht", "gerechnet", "erlaubt", "hält"),
                    [
                        (
                            f"{one.hour} Uhr" if one.hour is not None else names[one.what],
                            written(one.published),
                            written(one.simulated, 1),
                            f"± {written(one.tolerance, 1)}",
                            "ja" if one.holds else "nein",
                        )
                        for one in held
                    ],
                ),
            )
        ],
    )
