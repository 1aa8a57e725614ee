"""An estimate that is honest: it grows with the queue, shrinks with counters, and says when it can't."""

from hypothesis import given
from hypothesis import strategies as st

from queue_service.protocol.stream import WaitRange
from queue_service.queueing.wait_forecast import (
    ROUND_TO_MINUTES,
    OpenCounter,
    estimate,
    estimate_for_anyone,
    people_ahead,
    rounded,
)

SERVICES = ("passport", "certificate", "licence")
MINUTES = {"passport": 15, "certificate": 10, "licence": 20}

queues = st.dictionaries(st.sampled_from(SERVICES), st.integers(0, 200))
counters = st.lists(
    st.builds(
        OpenCounter,
        st.frozensets(st.sampled_from(SERVICES), min_size=1),
        st.sampled_from([0, *MINUTES.values()]),
    ),
    max_size=8,
)
services = st.sampled_from(SERVICES)
PASSPORT = OpenCounter(frozenset({"passport"}))


def at_most(one: WaitRange | None, other: WaitRange | None) -> bool:
    """Tell whether one estimate promises no longer wait than the other."""
    assert one is not None
    assert other is not None
    return one.low_minutes <= other.low_minutes and one.high_minutes <= other.high_minutes


@given(services, queues, counters)
def test_there_is_an_estimate_exactly_when_an_open_counter_serves_the_visitor(
    service: str, waiting: dict[str, int], open_counters: list[OpenCounter]
) -> None:
    known = estimate(service, waiting, MINUTES, open_counters)
    assert (known is not None) == any(service in counter.services for counter in open_counters)


@given(services, queues, counters)
def test_an_estimate_is_a_range_in_full_steps(
    service: str, waiting: dict[str, int], open_counters: list[OpenCounter]
) -> None:
    for told in (
        estimate(service, waiting, MINUTES, open_counters),
        estimate_for_anyone(waiting, MINUTES, open_counters),
    ):
        if told is not None:
            assert 0 <= told.low_minutes < told.high_minutes
            assert told.low_minutes % ROUND_TO_MINUTES == told.high_minutes % ROUND_TO_MINUTES == 0


@given(services, queues, services, counters)
def test_one_more_person_ahead_never_shortens_the_wait(
    service: str, waiting: dict[str, int], other: str, open_counters: list[OpenCounter]
) -> None:
    before = estimate(service, waiting, MINUTES, open_counters)
    longer = waiting | {other: waiting.get(other, 0) + 1}
    if before is not None:
        assert at_most(before, estimate(service, longer, MINUTES, open_counters))


@given(services, queues, counters)
def test_where_counters_are_alike_one_more_never_lengthens_the_wait(
    service: str, waiting: dict[str, int], open_counters: list[OpenCounter]
) -> None:
    alike = [OpenCounter(frozenset(SERVICES), counter.busy_minutes) for counter in open_counters]
    before = estimate(service, waiting, MINUTES, alike)
    after = estimate(service, waiting, MINUTES, [*alike, OpenCounter(frozenset(SERVICES))])
    assert after is not None
    if before is not None:
        assert at_most(after, before)


@given(queues, counters)
def test_where_every_counter_serves_everything_a_visitor_of_any_service_is_told_the_same(
    waiting: dict[str, int], open_counters: list[OpenCounter]
) -> None:
    alike = [OpenCounter(frozenset(SERVICES), counter.busy_minutes) for counter in open_counters]
    told = {estimate(service, waiting, MINUTES, alike) for service in SERVICES}
    assert told == {estimate_for_anyone(waiting, MINUTES, alike)}


def test_in_an_empty_hall_with_a_free_counter_nobody_is_told_more_than_five_minutes() -> None:
    assert estimate("passport", {}, MINUTES, [PASSPORT]) == WaitRange(0, 5)
    assert estimate_for_anyone({}, MINUTES, [PASSPORT]) == WaitRange(0, 5)


def test_who_waits_for_another_counter_is_nobodys_delay() -> None:
    licence = OpenCounter(frozenset({"licence"}))
    assert estimate("passport", {"licence": 50}, MINUTES, [PASSPORT, licence]) == WaitRange(0, 5)


def test_work_that_other_counters_can_do_as_well_is_shared_with_them() -> None:
    everything, certificates = OpenCounter(frozenset(SERVICES)), OpenCounter(frozenset({"certificate"}))
    # Ten certificates of ten minutes for two counters: fifty minutes stand before a passport.
    shared = estimate("passport", {"certificate": 10}, MINUTES, [everything, certificates])
    assert shared == rounded(50)
    assert estimate("passport", {"certificate": 10}, MINUTES, [everything]) == rounded(100)


def test_twelve_passports_before_two_counters_are_about_an_hour_and_a_half() -> None:
    # 12 visits of 15 minutes on two counters: 90 minutes expected, told as 0.7 and 1.5 of it.
    assert estimate("passport", {"passport": 12}, MINUTES, [PASSPORT, PASSPORT]) == WaitRange(60, 135)


@given(st.floats(0, 10_000))
def test_the_range_holds_the_expected_wait(expected: float) -> None:
    told = rounded(expected)
    assert told.low_minutes <= expected <= told.high_minutes


@given(services, queues, st.lists(st.frozensets(st.sampled_from(SERVICES)), max_size=5))
def test_people_ahead_are_those_who_compete_for_a_counter(
    service: str, waiting: dict[str, int], reach: list[frozenset[str]]
) -> None:
    ahead = people_ahead(service, waiting, reach)
    assert waiting.get(service, 0) <= ahead <= sum(waiting.values())
    shared = {other for services in reach if service in services for other in services} | {service}
    assert ahead == sum(count for other, count in waiting.items() if other in shared)
