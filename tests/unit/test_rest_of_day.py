"""The outlook of a hall: how full it will be, how long one will wait, who is not reached before closing."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from queue_service.forecast.calibration import Calibration
from queue_service.forecast.call_order import HeadStarts
from queue_service.forecast.drawn_visits import Drawing
from queue_service.forecast.durations import POINTS
from queue_service.forecast.knowledge import ArrivalRate, Knowledge, Patience, from_plan
from queue_service.forecast.model import ComingAppointment, Counter, HallState, Span, Waiting
from queue_service.forecast.rest_of_day import DayAhead, DayOutlook, People, look_ahead

HOUR = 3600.0
NOW = 10 * HOUR
NOON = 12 * HOUR
ORDER = HeadStarts({"appointment": 1800.0}, cap=5400.0)
TEN_MINUTES = Knowledge(
    {"pass": (600.0,) * POINTS}, pauses=(0.0,), appointment_no_show=0.0, punctuality=(0.0,)
)
"""Visits that all last ten minutes, and nothing left to chance."""
UNTIL_NOON = DayAhead(NOON, closes=True, numbers_until=NOON, services=("pass",))


def hall(waiting: int, counters: int, closes: float = NOON) -> HallState:
    """Give a hall in which nobody is served yet."""
    return HallState(
        tuple(
            Waiting(f"A{n:03}", "walk_in", ("pass",), NOW - 60 * n, NOW - 60 * n)
            for n in range(waiting, 0, -1)
        ),
        tuple(Counter(str(n), frozenset({"pass"}), spans=(Span(NOW, closes),)) for n in range(counters)),
        0.0,
    )


def outlook(state: HallState, knowledge: Knowledge = TEN_MINUTES, ahead: DayAhead = UNTIL_NOON) -> DayOutlook:
    """Give what the rest of the day will be like from ten on."""
    return look_ahead(state, NOW, Drawing(knowledge), ORDER, Calibration(), ahead)


def surely(count: int) -> People:
    """Give a number that is known."""
    return People(count, count, count)


def middle_minutes(seen: DayOutlook) -> list[float]:
    """Give the middle of the wait at each look, in minutes."""
    return [look.wait.calibrated.middle / 60 for look in seen.looks if look.wait]


def test_a_queue_that_is_served_in_step_empties_in_step() -> None:
    seen = outlook(hall(8, 1))
    assert [look.at / HOUR for look in seen.looks] == [10, 10.5, 11, 11.5]
    # At ten nobody is called yet; at half past, three have been and a fourth is about to be.
    assert [look.waiting for look in seen.looks] == [surely(n) for n in (8, 5, 2, 0)]
    assert middle_minutes(seen) == [80, 50, 20, 0]
    assert (seen.unserved, seen.counts_walk_ins) == (surely(0), False)


def test_whoever_is_not_reached_before_closing_is_counted_and_told_to_nobody_as_a_wait() -> None:
    seen = outlook(hall(16, 1))
    # Twelve are called from ten to ten to twelve.
    assert seen.unserved == surely(4)
    assert [look.why_none for look in seen.looks] == ["closes_before"] * 4
    # Whom nobody serves waits until the evening.
    stuck = replace(hall(2, 1), waiting=(*hall(2, 1).waiting, Waiting("A099", "walk_in", ("dog",), NOW, NOW)))
    assert outlook(stuck).looks[-1].waiting == outlook(stuck).unserved == surely(1)
    # Nobody who has given up is left behind: all are gone after an hour at most.
    impatient = replace(TEN_MINUTES, patience={"walk_in": Patience((HOUR,), (0.0,))})
    assert outlook(hall(16, 1), impatient).unserved == surely(0)


def test_planned_breaks_and_openings_count() -> None:
    state = hall(6, 1)
    resting = replace(state.counters[0], spans=(Span(NOW, NOW + 600), Span(11 * HOUR, NOON)))
    opening = replace(state.counters[0], name="late", spans=(Span(11.5 * HOUR, NOON),))
    seen = outlook(replace(state, counters=(resting, opening)))
    assert [look.counters for look in seen.looks] == [1, 0, 1, 2]
    assert [look.waiting.middle for look in seen.looks] == [6, 5, 5, 2]


def test_appointments_and_walk_ins_to_come_are_counted_as_they_come() -> None:
    coming = tuple(ComingAppointment(10.75 * HOUR, "appointment", ("pass",)) for _ in range(9))
    seen = outlook(replace(hall(0, 1), coming=coming))
    assert [look.waiting for look in seen.looks] == [surely(n) for n in (0, 0, 7, 4)]
    crowd = replace(TEN_MINUTES, arrivals={"walk_in": ArrivalRate({10: 12.0, 11: 12.0}, (("pass",),))})
    crowded = outlook(hall(0, 1), crowd)
    # Twelve an hour come and six are served; how many exactly, nobody knows.
    assert crowded.counts_walk_ins
    assert crowded.unserved is not None
    assert crowded.unserved.low < 12 < crowded.unserved.high
    # Once the kiosk gives out no numbers nobody comes, and nobody is told a wait.
    early = replace(UNTIL_NOON, numbers_until=11 * HOUR)
    stopped = outlook(hall(0, 1), crowd, early)
    assert stopped.unserved is not None
    assert stopped.unserved.high < crowded.unserved.middle
    assert [look.why_none for look in stopped.looks] == [None, None, "no_numbers", "no_numbers"]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 30), st.integers(1, 5))
def test_one_counter_more_never_leaves_more_people(waiting: int, counters: int) -> None:
    plan = from_plan({"pass": 10})
    fewer, more = (outlook(hall(waiting, count), plan) for count in (counters, counters + 1))
    for before, after in zip(fewer.looks, more.looks, strict=True):
        assert after.waiting.middle <= before.waiting.middle
    assert fewer.unserved is not None
    assert more.unserved is not None
    assert more.unserved.high <= fewer.unserved.high


def test_nothing_is_said_where_nothing_can_be_known() -> None:
    assert outlook(hall(3, 0)).reason == "no_counter_open"
    assert outlook(hall(3, 1, closes=NOW)).reason == "no_counter_open"
    assert outlook(hall(3, 1), ahead=replace(UNTIL_NOON, until=NOW)).reason == "closed"
    # Without a known end the look ends somewhere, and nobody is said to be left behind.
    open_ended = replace(hall(3, 1).counters[0], spans=None)
    seen = outlook(replace(hall(3, 1), counters=(open_ended,)), ahead=replace(UNTIL_NOON, closes=False))
    assert (len(seen.looks), seen.unserved) == (4, None)
    nobody = outlook(replace(hall(3, 1)), ahead=replace(UNTIL_NOON, services=("gewerbe",)))
    assert nobody.looks[0].why_none == "nobody_serves_this"


def test_a_full_day_of_a_large_office_takes_no_longer_than_a_breath() -> None:
    day = replace(
        from_plan({"pass": 10}),
        arrivals={"walk_in": ArrivalRate(dict.fromkeys(range(8, 18), 80.0), (("pass",),))},
    )
    ahead = DayAhead(18 * HOUR, closes=True, numbers_until=18 * HOUR, services=("pass",))
    began = time.process_time()
    seen = outlook(hall(60, 16, closes=18 * HOUR), day, ahead)
    assert time.process_time() - began < 1.0
    assert len(seen.looks) == 16
