"""Whom no open counter can call, why, and who is stranded when a counter closes."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from queue_service.queueing.hall_overview import service_queues
from queue_service.queueing.model import Counter, CounterWithServices, Ticket
from queue_service.queueing.servable import only_at, unservable

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
EVERYTHING = ["ausweis", "kfz", "pass"]


def ticket(number: str, service: str = "ausweis", **more: Any) -> Ticket:
    facts: dict[str, Any] = {
        "state": "waiting", "visitor_class": "walk_in", "needs": [], "language": "de", "channel": "kiosk",
        "counter": None, "note": "", "calls": 0, "appointment": None,
        "created_at": NOON, "arrived_at": NOON, "waiting_since": NOON, "rank_at": NOON, "call_by": NOON,
        "called_at": None, "started_at": None, "parked_at": None, "finished_at": None, **more,
    }  # fmt: skip
    return Ticket(id=uuid4(), number=number, office="mitte", service=service, **facts)


def counter(number: str, serving: list[str] | None = None, **more: Any) -> CounterWithServices:
    facts: dict[str, Any] = {
        "state": "open", "features": [], "ticket": None, "opened_at": NOON, "position": int(number), **more,
    }  # fmt: skip
    serves = (["ausweis"] if serving is None else serving) if facts["state"] != "closed" else []
    return CounterWithServices(
        Counter(id=f"mitte.{number}", number=number, name={}, serving=serves, **facts), EVERYTHING
    )


@pytest.mark.parametrize(
    ("waiting", "hall", "obstacle", "could"),
    [
        (ticket("A1"), [counter("1", state="paused")], "paused", ["mitte.1"]),
        (ticket("A1"), [counter("1", state="closed")], "service", ["mitte.1"]),
        (ticket("A1"), [counter("1", closing=True), counter("2", ["kfz"])], "service", ["mitte.1"]),
        (
            ticket("A1", needs=["level_access"]),
            [counter("1"), counter("2", state="closed", features=["level_access"])],
            "needs",
            ["mitte.2"],
        ),
        (ticket("A1", counter="mitte.2"), [counter("1"), counter("2", state="closed")], "bound", ["mitte.2"]),
        (ticket("A1", clerk="staff:7"), [counter("1"), counter("2", ["kfz"], clerk="staff:7")], "bound", []),
        (ticket("A1", team="kfz"), [counter("1"), counter("2", ["kfz"], team="kfz")], "bound", []),
        (
            ticket("A1", together=True, further_services=["pass"]),
            [counter("1"), counter("2", state="closed")],
            "together",
            ["mitte.2"],
        ),
    ],
)
def test_somebody_whom_no_open_counter_can_call_is_reported_with_why_and_who_could(
    waiting: Ticket, hall: list[CounterWithServices], obstacle: str, could: list[str]
) -> None:
    [stuck] = unservable([waiting], hall)
    assert (stuck.ticket, stuck.obstacle, stuck.counters) == (waiting, obstacle, could)


def test_somebody_whom_a_counter_can_call_is_not_reported() -> None:
    waiting = ticket("A1", needs=["level_access"], team="pass")
    assert unservable([waiting], [counter("1", features=["level_access"], team="pass")]) == []


@pytest.mark.parametrize("bond", [{"clerk": "staff:7"}, {"team": "kfz"}])
def test_a_colleague_or_a_team_that_has_gone_home_keeps_nobody_waiting(bond: dict[str, str]) -> None:
    waiting = ticket("A1", **bond)
    there = counter("2", ["kfz"], **bond)
    gone = counter("2", state="closed", team=bond.get("team"))
    assert [one.ticket for one in unservable([waiting], [counter("1"), there])] == [waiting]
    assert unservable([waiting], [counter("1"), gone]) == []


def test_who_is_stranded_when_a_counter_closes() -> None:
    everyday, cars = ticket("A1"), ticket("B1", "kfz")
    hall = [counter("1"), counter("2", ["ausweis", "kfz"]), counter("3", ["kfz"], state="paused")]
    every = [entry.counter for entry in hall]
    assert [only_at(entry.counter, [everyday, cars], every) for entry in hall] == [[], [cars], []]


def test_a_service_tells_its_classes_and_the_counters_that_call_for_it() -> None:
    early = NOON.replace(hour=10)
    waiting = [
        ticket("B1", "kfz"),
        ticket("A1", waiting_since=early),
        ticket("A2", visitor_class="appointment"),
        ticket("A3"),
    ]
    every = [counter("1").counter, counter("2", state="paused").counter]
    first, second = service_queues(waiting, every, {"ausweis": {"de": "Ausweis"}})
    assert (first.service, first.waiting, first.by_class) == ("ausweis", 3, {"appointment": 1, "walk_in": 2})
    assert (first.waiting_since, first.open_counters, second.open_counters) == (early, 1, 0)
