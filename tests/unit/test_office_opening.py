"""When an office is open, when it opens next, and whether it gives out numbers."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from queue_service.offices.model import (
    LOOK_AHEAD_DAYS,
    STEP,
    WEEKDAYS,
    Closure,
    OfficeCalendar,
    Span,
    WeekHours,
    day_off,
    holiday_name,
    is_closed,
    is_open,
    local_day,
    next_opening,
    walk_ins_now,
)

ANY_PACE = settings(deadline=None)
"""The first look at a year makes its holidays, and other tests may have the machine."""
BERLIN = ZoneInfo("Europe/Berlin")
CLOCKS_GO_FORWARD = date(2026, 3, 29)
CLOCKS_GO_BACK = date(2026, 10, 25)
WEEKLY = WeekHours(
    monday=[Span(480, 1080)],
    tuesday=[Span(480, 720), Span(840, 1080)],
    wednesday=[Span(480, 780)],
)


def calendar(hours: WeekHours = WEEKLY, **more: object) -> OfficeCalendar:
    return OfficeCalendar(time_zone="Europe/Berlin", land="HB", opening_hours=hours, **more)  # type: ignore[arg-type]


def berlin(text: str) -> datetime:
    """Give the instant (UTC) of a time of Berlin's clock: the first of two, unless an offset is given.

    In UTC, because Python holds two equal instants for different in the hour that is there twice.
    """
    shown = datetime.fromisoformat(text)
    return (shown if shown.tzinfo else shown.replace(tzinfo=BERLIN)).astimezone(UTC)


@st.composite
def days_hours(draw: st.DrawFn) -> list[Span]:
    ends = draw(st.lists(st.integers(0, 288), unique=True, max_size=6).map(sorted))
    return [Span(5 * opens, 5 * closes) for opens, closes in zip(ends[::2], ends[1::2], strict=False)]


WEEKS = st.builds(WeekHours, **{weekday: days_hours() for weekday in WEEKDAYS})
AROUND_CLOCK_CHANGES = st.sampled_from([CLOCKS_GO_FORWARD, CLOCKS_GO_BACK]).flatmap(
    lambda day: st.integers(-3 * 1440, 3 * 1440).map(
        lambda minutes: datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minutes)
    )
)


@ANY_PACE
@given(WEEKS, AROUND_CLOCK_CHANGES)
def test_an_office_is_open_exactly_while_its_wall_clock_shows_its_hours(
    hours: WeekHours, now: datetime
) -> None:
    shown = f"{now.astimezone(BERLIN):%H:%M}"
    spans = [str(span).split("-") for span in hours.on(now.astimezone(BERLIN).date())]

    assert is_open(calendar(hours), now) == any(opens <= shown < closes for opens, closes in spans)


@ANY_PACE
@given(WEEKS, AROUND_CLOCK_CHANGES)
def test_an_office_opens_next_at_the_first_moment_at_which_it_is_open(
    hours: WeekHours, now: datetime
) -> None:
    office = calendar(hours)
    opening = next_opening(office, now)
    assume(opening is not None)
    assert opening is not None

    assert opening >= now
    assert is_open(office, opening)
    before = opening - timedelta(minutes=1)
    while before >= now:
        assert not is_open(office, before)
        before -= STEP


@ANY_PACE
@given(AROUND_CLOCK_CHANGES)
def test_an_office_without_hours_never_opens(now: datetime) -> None:
    assert next_opening(calendar(WeekHours()), now) is None


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        ("2026-03-29T01:30", "2026-03-29T03:00"),  # 02:00 to 03:00 isn't there: it opens when clocks go on
        ("2026-10-25T01:30", "2026-10-25T02:15"),
        ("2026-10-25T02:50", "2026-10-25T02:15+01:00"),  # and again when 02:15 comes round
    ],
)
def test_hours_in_the_night_of_a_clock_change_follow_the_wall_clock(now: str, opening: str) -> None:
    office = calendar(WeekHours(sunday=[Span(135, 165), Span(180, 240)]))

    assert next_opening(office, berlin(now)) == berlin(opening)


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        ("2026-06-01T07:59", "2026-06-01T08:00"),
        ("2026-06-01T08:00", "2026-06-01T08:00"),
        ("2026-06-01T12:34:56", "2026-06-01T12:34:56"),
        ("2026-06-01T18:00", "2026-06-02T08:00"),
        ("2026-06-02T12:00:01", "2026-06-02T14:00"),
        ("2026-06-03T13:00", "2026-06-08T08:00"),
        ("2026-12-23T13:00", "2026-12-28T08:00"),  # past Christmas
        ("2026-03-31T18:00", "2026-04-01T08:00"),
        ("2026-04-01T13:00", "2026-04-07T08:00"),  # past Easter Monday
    ],
)
def test_an_office_opens_next(now: str, opening: str) -> None:
    assert next_opening(calendar(), berlin(now)) == berlin(opening)


def test_a_closure_is_closed_on_its_first_and_last_day_and_not_around_them() -> None:
    office = calendar(closures=[Closure(date(2026, 6, 2), date(2026, 6, 8), {"de": "Umbau"})])

    assert [is_closed(date(2026, 6, day), office) for day in (1, 2, 8, 9)] == [False, True, True, False]
    assert next_opening(office, berlin("2026-06-01T18:00")) == berlin("2026-06-09T08:00")


def test_an_office_closed_for_longer_than_anybody_plans_has_no_next_opening() -> None:
    begins = date(2026, 6, 2)
    long = Closure(begins, begins + timedelta(days=LOOK_AHEAD_DAYS + 7), {"de": "Neubau"})

    assert next_opening(calendar(closures=[long]), berlin("2026-06-02T08:00")) is None


def test_public_holidays_are_those_of_the_land() -> None:
    reformation_day, all_saints = date(2026, 10, 31), date(2026, 11, 1)

    assert holiday_name("HB", reformation_day) == "Reformationstag"
    assert holiday_name("HB", reformation_day, "en") == "Reformation Day"
    assert holiday_name("HB", reformation_day, "tr") == "Reformationstag"
    assert holiday_name("HB", all_saints) is None
    assert holiday_name("NW", reformation_day) is None
    assert holiday_name("NW", all_saints) == "Allerheiligen"


def test_a_day_off_says_why_in_every_language_it_knows() -> None:
    office = calendar(closures=[Closure(date(2026, 12, 24), date(2026, 12, 25), {"de": "Heiligabend"})])

    christmas = day_off(office, date(2026, 12, 26))
    closed = day_off(office, date(2026, 12, 25))

    assert christmas is not None
    assert christmas.code == "holiday"
    assert set(christmas.name) == {"de", "en"}
    assert closed is not None
    assert (closed.code, closed.name) == ("closure", {"de": "Heiligabend"})
    assert day_off(office, date(2026, 12, 23)) is None


@pytest.mark.parametrize(
    ("now", "reason", "next_chance"),
    [
        ("2026-06-01T09:00", None, None),
        ("2026-06-01T07:00", "outside_hours", "2026-06-01T08:00"),
        ("2026-04-06T09:00", "holiday", "2026-04-07T08:00"),
        ("2026-06-09T09:00", "closure", "2026-06-10T08:00"),
    ],
)
def test_numbers_are_given_out_during_opening_hours(
    now: str, reason: str | None, next_chance: str | None
) -> None:
    office = calendar(closures=[Closure(date(2026, 6, 9), date(2026, 6, 9), {"de": "Umbau"})])

    answer = walk_ins_now(office, berlin(now))

    assert answer.open == (reason is None)
    assert answer.reason == reason
    assert answer.next_chance_at == (berlin(next_chance) if next_chance else None)


def test_hours_of_their_own_for_numbers_go_before_the_opening_hours() -> None:
    office = calendar(walk_ins=WeekHours(monday=[Span(780, 1005)]))

    morning = walk_ins_now(office, berlin("2026-06-01T09:00"))

    assert morning.reason == "outside_hours"
    assert morning.next_chance_at == berlin("2026-06-01T13:00")
    assert walk_ins_now(office, berlin("2026-06-01T13:00")).open


@ANY_PACE
@given(AROUND_CLOCK_CHANGES)
def test_where_numbers_are_always_given_out_no_night_and_no_holiday_stops_them(now: datetime) -> None:
    assert walk_ins_now(calendar(WeekHours(), walk_ins="always"), now).open


def test_an_office_by_appointment_only_says_so_and_promises_no_time() -> None:
    answer = walk_ins_now(calendar(walk_ins="never"), berlin("2026-06-01T09:00"))

    assert (answer.open, answer.reason, answer.next_chance_at) == (False, "by_appointment_only", None)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-03-28T22:59:59+00:00", date(2026, 3, 28)),
        ("2026-03-28T23:00:00+00:00", CLOCKS_GO_FORWARD),
        ("2026-03-29T21:59:59+00:00", CLOCKS_GO_FORWARD),  # after 23 hours
        ("2026-03-29T22:00:00+00:00", date(2026, 3, 30)),
        ("2026-10-24T22:00:00+00:00", CLOCKS_GO_BACK),
        ("2026-10-25T22:59:59+00:00", CLOCKS_GO_BACK),  # after 25 hours
        ("2026-10-25T23:00:00+00:00", date(2026, 10, 26)),
    ],
)
def test_a_day_begins_and_ends_at_the_offices_own_midnight(instant: str, day: date) -> None:
    assert local_day(datetime.fromisoformat(instant), "Europe/Berlin") == day


def test_hours_read_as_people_write_them() -> None:
    assert str(Span(450, 1440)) == "07:30-24:00"
