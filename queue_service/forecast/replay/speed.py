"""How long a forecast takes, by how many wait."""

import time
from collections.abc import Iterator
from random import Random

import msgspec

from queue_service.forecast.call_order import HeadStarts
from queue_service.forecast.forecaster import Forecaster
from queue_service.forecast.knowledge import from_plan
from queue_service.forecast.model import (
    AtCounter,
    ComingAppointment,
    Counter,
    HallState,
    Newcomer,
    Span,
    Waiting,
)

COUNTERS = 25
"""About the counters of BSC Mitte."""
MARKS = {20: 0.020, 200: 0.020, 2000: 0.200}
"""Seconds that a forecast of so many who wait may take."""
REPEATS = 9
NOW = 10 * 3600.0
HEAD_STARTS = {"appointment": 1800.0, "disabled": 1200.0}
CLASSES = ("walk_in",) * 8 + ("appointment",) * 6 + ("disabled",)
SERVICES = ("ausweis", "reisepass", "wohnsitz", "zeugnis", "fahrzeug", "gewerbe")


class Timing(msgspec.Struct, frozen=True):
    """Seconds of processor time, which others on the machine don't lengthen as they do the clock's."""

    waiting: int
    median: float
    worst: float
    mark: float


def crowded_hall(waiting: int) -> HallState:
    """Return a hall of three classes and two kinds of counters, with a break and appointments ahead."""
    chance = Random(waiting)  # noqa: S311 - no secret
    tickets = []
    for number in range(waiting):
        visitor_class = chance.choice(CLASSES)
        since = NOW - chance.random() * 3600
        rank_at = since - HEAD_STARTS.get(visitor_class, 0.0)
        tickets.append(Waiting(f"A{number:04}", visitor_class, (chance.choice(SERVICES),), since, rank_at))
    spans = (Span(NOW, NOW + 2 * 3600), Span(NOW + 2.5 * 3600, NOW + 40 * 3600))
    counters = tuple(
        Counter(
            str(index),
            frozenset(SERVICES if index % 3 else SERVICES[:4]),
            visit=AtCounter((SERVICES[0],), NOW - 300 * chance.random()),
            spans=spans,
        )
        for index in range(COUNTERS)
    )
    coming = tuple(ComingAppointment(NOW + place * 120, "appointment", (SERVICES[0],)) for place in range(40))
    return HallState(tuple(tickets), counters, 0.0, coming)


def timings() -> Iterator[Timing]:
    """Give how long forecasts of small, full and absurd halls take, newcomers of every service included."""
    knowledge = from_plan(dict.fromkeys(SERVICES, 10.0))
    newcomers = [Newcomer(service, "walk_in") for service in SERVICES]
    forecaster = Forecaster(knowledge, HeadStarts(HEAD_STARTS, cap=5400.0))
    for waiting, mark in MARKS.items():
        state = crowded_hall(waiting)
        forecaster.forecast(state, NOW, newcomers)
        taken = []
        for _ in range(REPEATS):
            before = time.process_time()
            forecaster.forecast(state, NOW, newcomers)
            taken.append(time.process_time() - before)
        taken.sort()
        yield Timing(waiting, taken[REPEATS // 2], taken[-1], mark)
