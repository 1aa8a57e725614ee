"""A number as people type it."""

import pytest

from queue_service.queueing.typed_number import written_number


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("A042", "A042"), ("a42", "A042"), (" a 0042 ", "A042"), ("A1234", "A1234"), ("42", "042"),
        ("", ""), ("A", "A"), ("A-42", "A-42"), ("Ä42", "Ä42"), ("A٤٢", "A٤٢"),
    ],
)  # fmt: skip
def test_case_blanks_and_leading_zeros_do_not_matter(typed: str, written: str) -> None:
    assert written_number(typed, 3) == written
