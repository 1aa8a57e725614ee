"""A set-up's hours: on which days, when, how many places for whom, and how each is named."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_service.entries.entry_plan import entry_name, open_places, parse_entry, planned_entries
from queue_service.offices.model import Closure, OfficeCalendar, WeekHours
from queue_service.offices.setup_model import Contingents, Release, TimedEntrySetup
from queue_service.platform.errors import EntryNotFound

EARLY = TimedEntrySetup(
    code="early",
    title={"de": "Frühschwimmen"},
    price={"de": "4 Euro"},
    minutes=90,
    places=60,
    times=["06:30"],
    weekdays=["monday", "friday"],
)
REBUILDING = Closure(date(2026, 12, 18), date(2026, 12, 18), {"de": "Umbau"})
CALENDAR = OfficeCalendar("Europe/Berlin", "HB", WeekHours(), closures=[REBUILDING])
DECEMBER = (date(2026, 12, 14), date(2027, 1, 1))
"""With a closure on the 18th; Christmas Day and New Year's Day are Fridays."""
ZONE = ZoneInfo("Europe/Berlin")
MONDAY = DECEMBER[0]
BEFORE = datetime(2026, 12, 1, tzinfo=UTC)
LONG_BEFORE = datetime(2026, 9, 1, tzinfo=UTC)


def days(kind: TimedEntrySetup, first: date = DECEMBER[0], last: date = DECEMBER[1]) -> list[str]:
    """Give the days on which the kind takes place."""
    return [
        f"{entry.starts_at:%m-%d}" for entry in planned_entries([kind], CALENDAR, first, last, LONG_BEFORE)
    ]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, ["12-14", "12-21", "12-28"]),
        ({"on_holidays": True}, ["12-14", "12-21", "12-25", "12-28", "01-01"]),
        ({"dates": [date(2026, 12, 18)]}, ["12-14", "12-18", "12-21", "12-28"]),
        ({"first_day": date(2026, 12, 15), "last_day": date(2026, 12, 21)}, ["12-21"]),
        ({"weekdays": [], "dates": [date(2026, 12, 31), date(2027, 2, 1)]}, ["12-31"]),
    ],
)
def test_hours_take_place_every_week_but_for_what_the_calendar_and_the_set_up_say(
    more: dict[str, object], expected: list[str]
) -> None:
    assert days(msgspec.structs.replace(EARLY, **more)) == expected


def test_times_are_the_wall_clocks_and_lengths_pass_over_a_change_of_clocks() -> None:
    night = msgspec.structs.replace(EARLY, times=["01:30"], weekdays=["saturday", "sunday"])
    planned = planned_entries([night], CALENDAR, date(2026, 10, 24), date(2026, 10, 25), LONG_BEFORE)
    assert [(entry.starts_at, entry.ends_at) for entry in planned] == [
        (datetime(2026, 10, day, 23, 30, tzinfo=UTC), datetime(2026, 10, day + 1, 1, 0, tzinfo=UTC))
        for day in (23, 24)
    ]


percent = st.integers(0, 100)


@given(st.integers(1, 10_000), st.builds(Contingents, percent, percent, percent), st.integers(1, 100))
def test_no_setting_gives_the_web_the_floor_of_the_others_or_more_than_the_telephone(
    places: int, contingents: Contingents, released: int
) -> None:
    kind = msgspec.structs.replace(
        EARLY, places=places, contingents=contingents, releases=[Release(released, days_before=60)]
    )
    opened = open_places(kind, MONDAY, ZONE, BEFORE)
    assert 0 <= opened.online_places <= opened.phone_places <= opened.counter_places <= places
    assert opened.online_places * 5 <= places * 4


def test_an_hours_places_open_at_the_times_of_its_releases_and_never_shut_again() -> None:
    releases = [Release(50, days_before=3, at="07:00"), Release(50, days_before=1, at="18:00")]
    kind = msgspec.structs.replace(EARLY, contingents=Contingents(50, 100, 10), releases=releases)
    first, second = (datetime.fromisoformat(f"2026-12-{day}+01:00") for day in ("11T07:00", "13T18:00"))
    second_ago = timedelta(seconds=1)
    opened = [open_places(kind, MONDAY, ZONE, at) for at in (first - second_ago, first, second)]
    assert [(at.counter_places, at.phone_places, at.online_places) for at in opened] == [
        (0, 0, 0), (27, 27, 15), (54, 54, 30),
    ]  # fmt: skip
    assert [at.next_release_at for at in opened] == [first, second, None]


@given(st.datetimes(datetime(2000, 1, 1), datetime(2999, 12, 31)))  # noqa: DTZ001  # UTC is put on
def test_an_hours_name_is_read_as_it_was_written(start: datetime) -> None:
    minute = start.replace(second=0, microsecond=0, tzinfo=UTC)
    assert parse_entry(entry_name("early-1", minute)) == ("early-1", minute)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "early",
        "early.20261301T0630Z",
        "early.20261201T0630",
        "é.20261201T0630Z",
        "a.b.c",
        "early.00000101T0000Z",
    ],
)
def test_what_names_no_hour_is_not_found(name: str) -> None:
    with pytest.raises(EntryNotFound):
        parse_entry(name)
