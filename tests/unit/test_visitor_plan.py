"""A planned day looks like a day at an office, and the same seed gives the same day."""

from collections import Counter
from datetime import datetime, timedelta
from random import Random
from statistics import fmean, pvariance
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_service.simulation.visitor_plan import (
    LATE,
    SCATTER,
    SHORTEST_SERVICE_MINUTES,
    SHOWN_WAITS,
    Offer,
    Visitor,
    arrival_weights,
    plan_visitors,
    service_time,
    service_weights,
)

BERLIN = ZoneInfo("Europe/Berlin")
OPENS = datetime(2026, 11, 24, 7, 30, tzinfo=BERLIN)
CLOSES = datetime(2026, 11, 24, 18, 30, tzinfo=BERLIN)
OFFERS = [
    Offer("personalausweis", 15, walk_in=True, appointment=True),
    Offer("reisepass", 15, walk_in=True, appointment=True),
    Offer("fuehrungszeugnis", 5, walk_in=True, appointment=True),
    Offer("meldebescheinigung", 10, walk_in=True, appointment=True),
    Offer("familie-ausweise", 35, walk_in=False, appointment=True),
    Offer("fahrzeug-abmelden", 10, walk_in=True, appointment=False),
]
MANY = 2000


def plan(count: int = MANY, seed: int = 1) -> list[Visitor]:
    return plan_visitors(OPENS, CLOSES, OFFERS, lambda _service, _needs: True, count, seed)


def test_the_same_seed_gives_the_same_day_and_another_seed_another() -> None:
    assert plan(50, seed=7) == plan(50, seed=7)
    assert plan(50, seed=7) != plan(50, seed=8)


@given(st.integers(0, 60))
def test_as_many_visitors_are_planned_as_were_asked_for_and_half_want_an_appointment(count: int) -> None:
    visitors = plan(count)
    assert len(visitors) == count
    assert sum(visitor.with_appointment for visitor in visitors) == count // 2


def test_everybody_comes_while_the_office_is_open() -> None:
    assert all(OPENS <= visitor.arrives_at < CLOSES for visitor in plan())


def test_arrivals_follow_the_published_profile_by_hour() -> None:
    by_hour = Counter(visitor.arrives_at.hour for visitor in plan())
    for hour, weight in SHOWN_WAITS.items():
        share = weight / (sum(SHOWN_WAITS.values()) + 14 / 2 + 34 / 2)
        assert by_hour[hour] / MANY == pytest.approx(share, abs=0.03)


def test_half_an_open_hour_weighs_half() -> None:
    weights = arrival_weights(OPENS, CLOSES)
    assert next(iter(weights.values())) == SHOWN_WAITS[8] / 2
    assert list(weights.values())[-1] == SHOWN_WAITS[17] / 2
    assert sum((ends - begins for begins, ends in weights), timedelta(0)) == CLOSES - OPENS


def test_a_service_is_wanted_in_a_way_in_which_it_is_offered() -> None:
    for visitor in plan():
        assert visitor.walk_in_service != "familie-ausweise"
        if visitor.with_appointment:
            assert visitor.service != "fahrzeug-abmelden"
        else:
            assert visitor.service == visitor.walk_in_service


def test_known_shares_of_services_are_kept_and_the_rest_is_spread_evenly() -> None:
    weights = service_weights([offer.code for offer in OFFERS])
    assert weights["personalausweis"] == pytest.approx(0.185)
    assert weights["reisepass"] == pytest.approx(0.11)
    assert weights["meldebescheinigung"] == weights["fahrzeug-abmelden"]
    assert sum(weights.values()) == pytest.approx(1)


def test_an_office_that_offers_only_services_with_known_shares_gets_all_visitors_for_them() -> None:
    assert service_weights(["reisepass", "personalausweis"])["reisepass"] == pytest.approx(0.11 / 0.295)


def test_every_fifth_appointment_is_missed() -> None:
    with_appointment = [visitor for visitor in plan() if visitor.with_appointment]
    assert fmean(not visitor.comes for visitor in with_appointment) == pytest.approx(0.2, abs=0.04)


def test_some_come_too_early_and_some_too_late_for_their_appointment() -> None:
    minutes = [visitor.arrives_off / timedelta(minutes=1) for visitor in plan() if visitor.with_appointment]
    assert fmean(off < -10 for off in minutes) == pytest.approx(0.2, abs=0.04)
    assert fmean(off > 10 for off in minutes) == pytest.approx(0.1, abs=0.04)
    assert max(minutes) <= LATE[1]


@pytest.mark.parametrize("scatter", SCATTER)
def test_service_times_scatter_around_the_planned_minutes_as_asked(scatter: float) -> None:
    rng = Random(3)  # noqa: S311 - a draw, not a secret
    minutes = [service_time(rng, 15, scatter) / timedelta(minutes=1) for _ in range(20_000)]
    assert fmean(minutes) == pytest.approx(15, rel=0.03)
    # The shortest service cuts a little of the distribution off.
    assert pvariance(minutes) / fmean(minutes) ** 2 == pytest.approx(scatter, rel=0.08)
    assert min(minutes) >= SHORTEST_SERVICE_MINUTES


def test_nobody_comes_for_what_no_counter_serves() -> None:
    visitors = plan_visitors(
        OPENS, CLOSES, OFFERS, lambda service, needs: service == "reisepass" and not needs, 200, 1
    )
    assert {visitor.service for visitor in visitors} == {"reisepass"}
    assert not any(visitor.needs for visitor in visitors)


def test_needs_are_planned_where_they_can_be_met() -> None:
    assert any(visitor.needs == ("interpreter",) for visitor in plan())


def test_nobody_is_sent_on_to_the_service_that_was_just_had() -> None:
    sent_on = [visitor for visitor in plan() if visitor.sent_on_to]
    assert sent_on
    assert all(visitor.sent_on_to != visitor.service for visitor in sent_on)
