from datetime import UTC, datetime, timedelta

import pytest

from queue_service.accounts.login_limits import WINDOW, address_block, attempt_of, seconds_left

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
SECRET, OTHER_SECRET = b"this installation's" * 2, b"another one's" * 3


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
    ],
)
def test_all_addresses_of_one_sender_count_together(address: str, block: str) -> None:
    assert address_block(address) == block


def test_a_counted_attempt_holds_neither_the_name_nor_the_address() -> None:
    attempt = attempt_of(SECRET, "clerk1", "192.0.2.7", NOW)
    assert "clerk1" not in repr(attempt)
    assert "192.0.2.7" not in repr(attempt)


def test_who_tries_every_address_finds_none_without_the_secret_of_the_installation() -> None:
    ours, theirs = (attempt_of(secret, "clerk1", "192.0.2.7", NOW) for secret in (SECRET, OTHER_SECRET))
    assert ours != attempt_of(SECRET, "clerk1", "192.0.2.8", NOW)
    assert {ours.address, ours.name_at_address}.isdisjoint({theirs.address, theirs.name_at_address})


def test_names_at_one_address_and_one_name_at_two_addresses_are_counted_apart() -> None:
    subjects = {
        attempt_of(SECRET, name, address, NOW).name_at_address
        for name in ("clerk1", "clerk2")
        for address in ("192.0.2.7", "192.0.2.8")
    }
    assert len(subjects) == 4


def test_no_name_can_be_chosen_so_that_it_counts_as_an_address() -> None:
    attempt = attempt_of(SECRET, "", "192.0.2.7", NOW)
    assert attempt.name_at_address != attempt.address


def test_the_next_attempt_is_allowed_when_the_oldest_failure_has_left_the_window() -> None:
    assert seconds_left(NOW - WINDOW + timedelta(seconds=90), NOW) == 90


def test_a_fraction_of_a_second_is_still_a_second_to_wait() -> None:
    assert seconds_left(NOW - WINDOW + timedelta(milliseconds=1), NOW) == 1
