"""A quarter or a postal code is a position to a kilometre; what is not in the table has none."""

import pytest

from queue_service.web.quarters import QUARTERS, Quarter, find_quarter


@pytest.mark.parametrize(
    ("typed", "name", "position"),
    [
        ("28195", "28195 Mitte", (53.08, 8.81)),
        ("D-28195 Bremen", "28195 Mitte", (53.08, 8.81)),
        ("Überseestadt", "Überseestadt", (53.09, 8.78)),
        ("ueberseestadt ", "Überseestadt", (53.09, 8.78)),
        ("schwachh", "Schwachhausen", (53.09, 8.84)),
        ("lehe", "Lehe", (53.56, 8.59)),
    ],
)
def test_a_quarter_is_found_as_people_type_it(typed: str, name: str, position: tuple[float, float]) -> None:
    assert find_quarter(typed) == Quarter(name, position)


@pytest.mark.parametrize("typed", ["", " ", "-", "28816", "Atlantis", "ha", "281", "1" * 60])
def test_what_names_no_quarter_or_several_has_no_position(typed: str) -> None:
    assert find_quarter(typed) is None


def test_every_quarter_lies_in_the_land_and_is_found_by_its_full_name() -> None:
    for code, (_, _, names) in QUARTERS.items():
        for typed in (code, *names):
            found = find_quarter(typed)
            assert found is not None, typed
            latitude, longitude = found.position
            # Bremen and Bremerhaven lie between Arsten and Weddewarden, Rekum and Mahndorf.
            assert 53.01 < latitude < 53.61, typed
            assert 8.48 < longitude < 8.99, typed
