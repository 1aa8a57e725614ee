"""A range of 80 % holds in 80 % of the waits, in each class and hour, also where the simulation is wrong."""

from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queue_service.forecast.calibration import Calibration
from queue_service.forecast.knowledge import from_plan
from queue_service.forecast.model import Spread
from queue_service.forecast.stretch import Promise, Stretch, fit_stretch
from queue_service.forecast.told_range import told_minutes

SAID = Spread(300, 600, 900, 620)
WAITS = 4000
CLASSES = {"walk_in": 1.0, "appointment": 0.6, "disabled": 1.5}
HOURS = {9: 0.8, 10: 1.0, 11: 1.3}
"""By how much longer waits really are."""


def waits(seed: int) -> list[tuple[str, int, float]]:
    """Give class, hour and wait of visitors whose waits scatter twice as much as was said."""
    chance = Random(seed)  # noqa: S311 - no secret
    drawn = []
    for _ in range(WAITS):
        visitor_class, hour = chance.choice(list(CLASSES)), chance.choice(list(HOURS))
        wait = 600 * CLASSES[visitor_class] * HOURS[hour] * chance.lognormvariate(0, 0.6)
        drawn.append((visitor_class, hour, wait))
    return drawn


def coverage(calibration: Calibration, *, learns: bool) -> dict[str, float]:
    """Give the share that each group's ranges held over the second half of the waits."""
    held: dict[str, list[bool]] = {}
    for index, (visitor_class, hour, wait) in enumerate(waits(7)):
        told = calibration.corrected(SAID, visitor_class, hour)
        if index >= WAITS // 2:
            for group in ("all", visitor_class, str(hour)):
                held.setdefault(group, []).append(told.low <= wait <= told.high)
        if learns:
            calibration.observe(told, visitor_class, hour, wait)
    return {group: sum(members) / len(members) for group, members in held.items()}


def test_a_calibrated_range_holds_in_each_class_and_hour() -> None:
    for group, share in coverage(Calibration(), learns=True).items():
        assert share == pytest.approx(0.8, abs=0.03), group


def test_without_learning_the_same_ranges_do_not_hold() -> None:
    shares = coverage(Calibration(), learns=False)
    assert all(abs(share - 0.8) > 0.03 for share in shares.values()), shares


@settings(max_examples=40)
@given(
    st.lists(st.floats(0, 1e5), min_size=3, max_size=3),
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(7, 18), st.floats(0, 1e5)), max_size=60),
)
def test_whatever_was_learned_bounds_never_cross(
    bounds: list[float], seen: list[tuple[str, int, float]]
) -> None:
    calibration = Calibration()
    low, middle, high = sorted(bounds)
    for visitor_class, hour, wait in seen:
        told = calibration.corrected(Spread(low, middle, high, middle), visitor_class, hour)
        assert 0 <= told.low <= told.middle <= told.high
        calibration.observe(told, visitor_class, hour, wait)


def test_a_simulation_that_is_wrong_by_the_same_share_is_put_right() -> None:
    chance = Random(3)  # noqa: S311 - no secret
    promises = []
    for _ in range(1500):
        true = chance.uniform(100, 3000)
        wait = true * chance.lognormvariate(0, 0.3)
        said = Spread(0.4 * true, 0.5 * true, 0.6 * true, 0.5 * true)
        promises.append(Promise("walk_in", 10, said, wait))
    stretch = fit_stretch(promises)
    assert stretch.middle.times == pytest.approx(2, rel=0.1)
    held = sum(
        stretch.of(one.simulated).low <= one.waited <= stretch.of(one.simulated).high for one in promises
    )
    assert held / len(promises) == pytest.approx(0.8, abs=0.03)


def test_few_promises_change_little() -> None:
    assert fit_stretch([]) == Stretch()
    line = fit_stretch([Promise("walk_in", 10, SAID, 6000.0)]).middle
    assert line.at(600) == pytest.approx(600 + 5400 / 101, rel=0.01)


@given(st.floats(0, 1e5), st.floats(0, 1e5))
def test_rounding_only_widens(one: float, other: float) -> None:
    low, high = sorted((one, other))
    low_minutes, high_minutes = told_minutes(low, high)
    assert low_minutes * 60 <= low
    assert high <= high_minutes * 60
    assert low_minutes < high_minutes


def test_short_waits_are_told_to_the_minute_and_long_ones_by_fives() -> None:
    assert told_minutes(130, 290) == (2, 5)
    assert told_minutes(1290, 1990) == (20, 35)


def test_what_was_learned_is_kept_as_plain_data() -> None:
    calibration = Calibration(fit_stretch([Promise("walk_in", 10, SAID, 6000.0)]))
    calibration.observe(SAID, "walk_in", 10, 100.0)
    knowledge = from_plan({"ausweis": 10})
    for kept in (calibration, knowledge):
        assert msgspec.json.decode(msgspec.json.encode(kept), type=type(kept)) == kept


def test_a_simulation_that_is_sure_and_wrong_is_put_right_within_some_hundred_waits() -> None:
    chance = Random(5)  # noqa: S311 - no secret
    calibration, sure, held = Calibration(), Spread(300, 305, 310, 305), []
    for _ in range(200):
        wait = 305 + chance.uniform(-150, 250)
        told = calibration.corrected(sure, "walk_in", 7)
        held.append(told.low <= wait <= told.high)
        calibration.observe(told, "walk_in", 7, wait)
    assert sum(held[:50]) / 50 < 0.6, "otherwise there is nothing to put right"
    assert sum(held[100:]) / 100 == pytest.approx(0.8, abs=0.06)
