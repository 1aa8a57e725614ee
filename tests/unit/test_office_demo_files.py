"""The Bremen demonstration: set-up files that are read without a mistake and hold what is promised."""

from importlib.resources import files

import pytest

from queue_service.offices.setup_file import read_setup
from queue_service.offices.setup_model import OfficeSetup, Setup, VisitSetup

COUNTERS_THAT_TAKE_ANYBODY = [str(number) for number in range(1, 9)]


@pytest.fixture(scope="module")
def demo() -> Setup:
    folder = files("queue_service") / "demo" / "bremen"
    texts = {file.name: file.read_text("utf-8") for file in folder.iterdir() if file.name.endswith(".yaml")}
    return read_setup(texts)


@pytest.fixture
def bsc_mitte(demo: Setup) -> OfficeSetup:
    return next(office for office in demo.offices if office.slug == "bsc-mitte")


def test_both_cities_have_their_offices(demo: Setup) -> None:
    of_authority = {(office.authority, office.slug) for office in demo.offices}

    assert {authority.slug for authority in demo.authorities} == {"bremen", "bremerhaven"}
    assert {
        ("bremen", "bsc-mitte"),
        ("bremen", "bsc-nord"),
        ("bremen", "bsc-stresemannstrasse"),
        ("bremerhaven", "bremerhaven-nord"),
    } <= of_authority


def test_about_twenty_services_carry_a_leika_key_and_some_share_one(demo: Setup) -> None:
    keys = [service.leika for service in demo.services if service.leika]

    assert len(keys) >= 20
    assert len(set(keys)) < len(keys) < len(demo.services)


def test_visitors_read_every_text_in_german_and_english(demo: Setup) -> None:
    for service in demo.services:
        for text in (service.name, service.group, service.documents, service.fee):
            assert {"de", "en"} <= text.keys(), service.code
        assert len(service.documents["de"]) == len(service.documents["en"]), service.code
    for office in demo.offices:
        for text in (office.name, office.area, *(counter.name for counter in office.counters)):
            assert {"de", "en"} <= text.keys(), office.slug


def test_eight_counters_of_bsc_mitte_serve_whoever_comes_without_appointment(bsc_mitte: OfficeSetup) -> None:
    walk_in = {offered.service for offered in bsc_mitte.services if "walk_in" in offered.modes}
    able = [counter.number for counter in bsc_mitte.counters if walk_in <= set(counter.services)]

    assert len(bsc_mitte.counters) == 25
    assert able == COUNTERS_THAT_TAKE_ANYBODY


def test_whoever_reads_the_demo_finds_teams_limits_for_clerks_and_both_ways_to_end_the_numbers(
    demo: Setup, bsc_mitte: OfficeSetup
) -> None:
    assert any(office.teams for office in demo.offices)
    assert bsc_mitte.visits == VisitSetup()
    assert {office.walk_in_stop for office in demo.offices} == {"forecast", "hours"}


def test_bsc_mitte_gives_out_numbers_on_a_sunday_night_and_says_so(bsc_mitte: OfficeSetup) -> None:
    assert bsc_mitte.walk_ins == "always"
    assert "jederzeit" in bsc_mitte.notice["de"]


def test_whatever_is_offered_by_appointment_has_staffed_counters_every_week(demo: Setup) -> None:
    for office in demo.offices:
        staffed = {code for pool in office.pools if pool.staffing for code in pool.services}
        offered = {offered.service for offered in office.services if "appointment" in offered.modes}
        assert offered <= staffed, office.slug


def test_a_visit_fits_into_the_staffed_hours(demo: Setup) -> None:
    for office in demo.offices:
        minutes = {offered.service: offered.minutes for offered in office.services}
        for pool in office.pools:
            longest = max(shift.hours.closes - shift.hours.opens for shift in pool.staffing)
            assert max(minutes[code] for code in pool.services) <= longest, (office.slug, pool.code)


def test_every_office_can_be_found_on_a_map_of_the_land_bremen(demo: Setup) -> None:
    for office in demo.offices:
        assert office.latitude is not None
        assert office.longitude is not None
        assert 53.0 < office.latitude < 53.65, office.slug
        assert 8.45 < office.longitude < 9.0, office.slug
