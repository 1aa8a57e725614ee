"""What time a device takes it to be."""

from datetime import UTC, datetime, timedelta

import pytest

from queue_service.device_program.service_clock import ServiceClock

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Box:
    """A device whose clock was set wrongly, and may be set again."""

    def __init__(self) -> None:
        self.behind = timedelta(minutes=7)
        self.passed = 0.0
        self.clock = ServiceClock(lambda: NOON + timedelta(seconds=self.passed) - self.behind, self.elapsed)

    def elapsed(self) -> float:
        return 5000 + self.passed

    @property
    def truth(self) -> datetime:
        return NOON + timedelta(seconds=self.passed)


def test_a_device_believes_its_own_clock_until_the_service_was_heard() -> None:
    box = Box()
    assert box.clock.now() == NOON - box.behind
    assert box.clock.own_clock_behind_seconds is None
    box.clock.hear(NOON)
    box.passed = 90
    assert box.clock.now() == box.truth
    assert box.clock.own_clock_behind_seconds == box.behind.total_seconds()


def test_a_clock_that_is_set_during_an_outage_changes_nothing() -> None:
    box = Box()
    box.clock.hear(NOON)
    box.behind, box.passed = timedelta(hours=-3), 60
    assert box.clock.now() == box.truth


def test_an_answer_is_measured_in_the_middle_of_its_way() -> None:
    box = Box()
    answered = box.clock.asked()
    box.passed = 1
    there = box.truth
    box.passed = 3
    answered(there)
    assert box.clock.now() == pytest.approx(box.truth, abs=timedelta(seconds=1))
    assert box.clock.now() == there + timedelta(seconds=1.5)


def test_a_change_that_comes_late_never_puts_the_clock_back() -> None:
    box = Box()
    box.clock.hear(NOON)
    box.passed = 30
    box.clock.hear(NOON + timedelta(seconds=10))
    assert box.clock.now() == box.truth
