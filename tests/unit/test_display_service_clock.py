"""What time the display takes it to be."""

from datetime import UTC, datetime, timedelta

from display.service_clock import ServiceClock

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_a_display_whose_clock_is_wrong_learns_the_services_time() -> None:
    clock = ServiceClock()
    ours = NOON - timedelta(minutes=7)
    assert clock.at(ours) == ours
    clock.hear(at=NOON, now=ours)
    assert clock.at(ours + timedelta(seconds=90)) == NOON + timedelta(seconds=90)
