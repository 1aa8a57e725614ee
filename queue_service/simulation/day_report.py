"""The figures of a played day, and the table that shows them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

import msgspec
from rich.table import Table

from queue_service.simulation.day_clock import DayClock
from queue_service.simulation.day_invariants import check_display
from queue_service.simulation.day_ledger import Ledger, MadeCall, SeenCall, Stint
from queue_service.simulation.day_preparation import DayPlan
from queue_service.simulation.player import PlayedDay

SHOWN_COMMANDS = ("issue", "check in", "call next", "recall", "start", "finish", "search", "book")
CLASS_NAMES = {
    "walk_in": "without appointment",
    "appointment": "with appointment",
    "late": "late for the appointment",
    "small_children": "with small children",
}
"""How classes of visitors are called in the table; others by their own word."""


class Wait(msgspec.Struct, frozen=True):
    """Waits of a class of visitors, in simulated minutes."""

    visitors: int
    p50: float
    p90: float


class Figures(msgspec.Struct, frozen=True):
    """A day in numbers."""

    planned: int
    booked: int
    wished: int
    never_came: int
    issued: int
    checked_in: Mapping[str, int]
    """By arrival: early, on time, late."""
    repeated: int
    calls: int
    recalls: int
    served: int
    no_shows: int
    cancelled: int
    seen: int
    missing: int
    doubles: int
    waits: Mapping[str, Wait]


def figures(plan: DayPlan, ledger: Ledger, clock: DayClock) -> Figures:
    """Return the day's numbers."""
    display = check_display(ledger.calls, ledger.seen)
    arrivals = [issue.arrival for issue in ledger.issues.values() if issue.appointment_at is not None]
    return Figures(
        planned=plan.visitors,
        booked=len(plan.bookings),
        wished=plan.wished,
        never_came=plan.never_come,
        issued=len(ledger.issues),
        checked_in={kind: arrivals.count(kind) for kind in ("early", "on_time", "late")},
        repeated=ledger.repeated,
        calls=len(ledger.stints),
        recalls=len(ledger.calls) - len(ledger.stints),
        served=ledger.count("finished"),
        no_shows=ledger.count("no_show"),
        cancelled=ledger.count("cancelled"),
        seen=len(ledger.seen),
        missing=len(display.missing),
        doubles=len(display.doubles),
        waits=waits(ledger.stints, clock),
    )


def waits(stints: Iterable[Stint], clock: DayClock) -> dict[str, Wait]:
    """Return how long visitors waited for their first call, by class.

    From the arrival; with an appointment from its time, if that is later, as nobody waits before it.
    """
    minutes: dict[str, list[float]] = defaultdict(list)
    for stint in stints:
        ticket = stint.ticket
        if not stint.first or ticket.called_at is None:
            continue
        kind = "late" if ticket.appointment and ticket.visitor_class == "walk_in" else ticket.visitor_class
        waited = max(ticket.called_at - ticket.waiting_since, timedelta(0))
        minutes[kind].append(clock.simulated(waited) / timedelta(minutes=1))
    minutes = dict(sorted(minutes.items(), key=lambda entry: -len(entry[1])))
    minutes["all"] = [wait for waited in minutes.values() for wait in waited]
    return {
        kind: Wait(len(waited), quantile(waited, 0.5), quantile(waited, 0.9))
        for kind, waited in minutes.items()
        if waited
    }


def key_to_display(made: Sequence[MadeCall], seen: Sequence[SeenCall]) -> list[float]:
    """Return the seconds from each clerk's request to the display's message."""
    received = {(entry.call.number, entry.call.at): entry.received for entry in seen}
    return [received[call.number, call.at] - call.sent for call in made if (call.number, call.at) in received]


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least ``share`` of the values do not exceed; 0 of none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def table(plan: DayPlan, played: PlayedDay, seconds: Mapping[str, Sequence[float]]) -> Table:
    """Return what is printed at the end; ``seconds`` are the answers' times by command."""
    ledger, clock = played.ledger, played.clock
    day = figures(plan, ledger, clock)
    title = f"{plan.office_name}, {plan.opens:%A %d %B %Y}"
    shown = Table(title=title, show_header=False, title_justify="left")
    shown.add_column(no_wrap=True)
    shown.add_column(justify="right", no_wrap=True)
    shown.add_column()
    for name, value, note in _people(plan, day):
        shown.add_row(name, value, note)
    shown.add_section()
    for kind, wait in day.waits.items():
        name = f"wait, {CLASS_NAMES.get(kind, kind)}"
        shown.add_row(name, f"{wait.p50:.0f} / {wait.p90:.0f}", f"minutes p50 / p90 of {wait.visitors}")
    shown.add_section()
    for name, value, note in _display(played, day):
        shown.add_row(name, value, note)
    shown.add_section()
    for name, value, note in _speed(plan, played, seconds):
        shown.add_row(name, value, note)
    return shown


Row = tuple[str, str, str]


def _people(plan: DayPlan, day: Figures) -> Iterable[Row]:
    yield "visitors planned", str(day.planned), f"{len(plan.shifts)} clerks, one kiosk, one display"
    none = day.wished - day.booked
    yield "appointments booked", str(day.booked), f"{none} found no place and come without" if none else ""
    yield "never came", str(day.never_came), "of those with an appointment"
    arrivals = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in day.checked_in.items())
    yield "issued", str(day.issued), f"checked in: {arrivals}; {day.repeated} asked for twice"
    yield "called", str(day.calls), f"and {day.recalls} times again"
    yield "served", str(day.served), ""
    yield "no-shows", str(day.no_shows), "called in vain"
    yield "cancelled", str(day.cancelled), "gave up while waiting"


def _display(played: PlayedDay, day: Figures) -> Iterable[Row]:
    yield "calls seen by the display", str(day.seen), f"of {day.calls + day.recalls}"
    yield "calls missing", str(day.missing), ""
    yield "doubles", str(day.doubles), ""
    times = key_to_display(played.ledger.calls, played.ledger.seen)
    yield "key to display", _p50_p99(times), "ms p50 / p99, HTTP and stream"


def _speed(plan: DayPlan, played: PlayedDay, seconds: Mapping[str, Sequence[float]]) -> Iterable[Row]:
    for command in SHOWN_COMMANDS:
        if seconds.get(command):
            yield command, _p50_p99(seconds[command]), f"ms p50 / p99 of {len(seconds[command])}"
    requests, messages = played.requests / played.seconds, played.screen_messages / played.seconds
    note = f"{requests:.0f} requests, {messages:.0f} messages to screens a second"
    yield "played in", f"{played.seconds:.0f} s", note
    lag = quantile(played.clock.lags, 0.99)
    note = f"lag p99 {lag * 1000:.0f} ms, {lag * plan.factor:.0f} s of the day"
    yield "times as fast", f"{plan.factor:.0f}", note
    if played.reconnections:
        yield "streams opened again", str(played.reconnections), ""


def _p50_p99(seconds: Sequence[float]) -> str:
    return f"{quantile(seconds, 0.5) * 1000:.1f} / {quantile(seconds, 0.99) * 1000:.1f}"
