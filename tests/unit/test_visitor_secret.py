"""A visitor's secret can be typed from paper, and one from before still opens."""

from hypothesis import given
from hypothesis import strategies as st

from queue_service.booking.visitor_secret import LENGTH, hash_of_secret, new_secret, opens
from queue_service.protocol.dictation import ALPHABET

EARLIER = "aB3-_xyzaB3-_xyzaB3-_xyzaB3-_xyz"


@given(st.booleans(), st.sampled_from([" ", "-", "", "\N{NO-BREAK SPACE}", " \N{EN DASH} "]))
def test_a_secret_is_read_as_people_type_it(small: bool, separator: str) -> None:
    secret = new_secret()
    assert len(secret) == LENGTH
    assert set(secret) <= set(ALPHABET)
    typed = separator.join(secret[start : start + 4] for start in range(0, LENGTH, 4))
    assert opens(typed.lower() if small else typed, [hash_of_secret(secret)])


def test_one_from_before_opens_as_it_was_sent_and_not_otherwise() -> None:
    kept = [hash_of_secret(new_secret()), hash_of_secret(EARLIER)]
    assert opens(EARLIER, kept)
    assert not opens(EARLIER.lower(), kept)
    assert not opens(EARLIER.replace("-", ""), kept)


@given(st.text(max_size=100))
def test_nothing_else_opens_anything(typed: str) -> None:
    assert not opens(typed, [hash_of_secret(new_secret()), hash_of_secret(EARLIER)])
    assert not opens(typed, [])
