"""Who works and who comes on a played day follows from what the office publishes and what was booked."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from queue_service.simulation.day_preparation import arrivals_of, clerk_names, open_hours
from queue_service.simulation.public_api import Booking, OfficeFacts
from queue_service.simulation.visitor_plan import EARLIEST_BEFORE_OPENING, Visitor

BERLIN = ZoneInfo("Europe/Berlin")
OPENS = datetime(2026, 11, 24, 7, 30, tzinfo=BERLIN)
OFFICE = OfficeFacts(
    "amt",
    {"de": "Amt"},
    "Europe/Berlin",
    {
        "monday": [{"opens": 480, "closes": 720}, {"opens": 780, "closes": 960}],
        **{day: [{"opens": 450, "closes": 1110}] for day in ("tuesday", "wednesday", "thursday", "friday")},
        "saturday": [],
        "sunday": [],
    },
    [{"from": "2026-12-24", "to": "2026-12-31"}],
)


def visitor(**fields: object) -> Visitor:
    known: dict[str, object] = {
        "service": "reisepass",
        "arrives_at": OPENS + timedelta(hours=2),
        "with_appointment": True,
        "walk_in_service": "personalausweis",
        "service_time": timedelta(minutes=10),
        "walk_time": timedelta(seconds=30),
    }
    return Visitor(**(known | fields))  # type: ignore[arg-type]


def booking(hour: int) -> Booking:
    return Booking("K7PX-2M4B", "secret", OPENS.replace(hour=hour, minute=0))


def test_clerks_are_taken_by_number_and_nobody_else() -> None:
    users = dict.fromkeys(["clerk10", "clerk2", "admin", "clerk1", "clerks"], "password")
    assert clerk_names(users) == ["clerk1", "clerk2", "clerk10"]


def test_a_day_lasts_from_the_first_opening_to_the_last_closing() -> None:
    opens, closes = open_hours(OFFICE, date(2026, 11, 23)) or (None, None)
    assert opens == datetime(2026, 11, 23, 8, tzinfo=BERLIN)
    assert closes == datetime(2026, 11, 23, 16, tzinfo=BERLIN)


def test_sundays_and_closures_have_no_hours() -> None:
    assert open_hours(OFFICE, date(2026, 11, 22)) is None
    assert open_hours(OFFICE, date(2026, 12, 28)) is None


def test_with_an_appointment_one_comes_around_its_time() -> None:
    late = visitor(arrives_off=timedelta(minutes=12))
    arrivals = arrivals_of([late], {0: booking(11)}, OPENS, on_the_day=True)
    assert [(arrival.at, arrival.booking) for arrival in arrivals] == [
        (OPENS.replace(hour=11, minute=12), booking(11))
    ]


def test_nobody_stands_at_the_door_long_before_it_opens() -> None:
    early = visitor(arrives_off=timedelta(minutes=-40))
    (arrival,) = arrivals_of([early], {0: Booking("K7PX-2M4B", "secret", OPENS)}, OPENS, on_the_day=True)
    assert arrival.at == OPENS - EARLIEST_BEFORE_OPENING


def test_who_misses_the_appointment_does_not_arrive() -> None:
    assert arrivals_of([visitor(comes=False)], {0: booking(11)}, OPENS, on_the_day=True) == []


def test_who_found_no_place_comes_without_an_appointment_in_any_case() -> None:
    (arrival,) = arrivals_of([visitor(comes=False)], {}, OPENS, on_the_day=True)
    assert arrival.booking is None
    assert arrival.at == OPENS + timedelta(hours=2)


def test_beside_a_running_service_one_comes_when_planned_whatever_time_was_booked() -> None:
    (arrival,) = arrivals_of([visitor()], {0: booking(17)}, OPENS, on_the_day=False)
    assert arrival.booking == booking(17)
    assert arrival.at == OPENS + timedelta(hours=2)
