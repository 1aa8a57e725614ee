"""A message is tried again ever more seldom, and in the end no more."""

from datetime import UTC, datetime, timedelta

from queue_service.notices.back_off import MOST_ATTEMPTS, PAUSES, next_attempt

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_pauses_grow_from_a_minute_to_six_hours() -> None:
    assert list(PAUSES) == sorted(set(PAUSES))
    assert (PAUSES[0], PAUSES[-1]) == (timedelta(minutes=1), timedelta(hours=6))


def test_after_each_attempt_but_the_last_there_is_another() -> None:
    again = [next_attempt(NOW, attempts) for attempts in range(1, MOST_ATTEMPTS + 1)]
    assert again == [*(NOW + pause for pause in PAUSES), None]
    assert MOST_ATTEMPTS == 8
