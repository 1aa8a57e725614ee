"""A counter's hours and breaks: what forecasts reckon with, and what is shown beside what its clerk does."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from queue_service.forecast.forecaster import Forecaster
from queue_service.forecast.knowledge import from_plan
from queue_service.forecast.model import Newcomer, Range
from queue_service.forecast.office_order import office_order
from queue_service.offices.catalogue import OfferedService, Office
from queue_service.offices.counter_hours import calling_hours
from queue_service.offices.model import Span, WeekHours
from queue_service.offices.setup_model import Address, CounterSetup, OfficeSetup, OrderSetup
from queue_service.protocol.stream import WaitRange
from queue_service.queueing.counter_plan import plan_today
from queue_service.queueing.hall import Hall
from queue_service.queueing.hall_picture import HallPicture, picture
from queue_service.queueing.model import Counter, Ticket
from queue_service.queueing.told_waits import ToldWait, at_least_as_new

MONDAY = date(2026, 11, 23)
PASS = OfferedService(
    id=1, code="pass", leika_key=None, name={}, group={}, minutes=10, walk_in=True, appointment=False,
    letter="A", max_quantity=1, documents={}, fee={},
)  # fmt: skip


def at(hour: int, minute: int = 0) -> datetime:
    """Give an instant of the Monday by the office's clock."""
    return datetime(2026, 11, 23, hour - 1, minute, tzinfo=UTC)


def span(begin: str, end: str) -> Span:
    """Give hours as they are written."""
    opens, closes = (60 * int(text[:2]) + int(text[3:]) for text in (begin, end))
    return Span(opens, closes)


def setup(hours: list[Span] | None = None, breaks: list[Span] | None = None) -> CounterSetup:
    """Give a counter with these on Mondays."""
    week = None if hours is None else WeekHours(monday=hours)
    return CounterSetup(number="1", services=["pass"], hours=week, breaks=WeekHours(monday=breaks or []))


def office(counter: CounterSetup) -> Office:
    """Give an office that is open on Mondays from eight to six, with one counter."""
    here = OfficeSetup(
        slug="hall",
        authority="town",
        name={},
        address=Address("Markt 1", "28195", "Bremen"),
        opening_hours=WeekHours(monday=[span("08:00", "18:00")]),
        counters=[counter],
    )
    return Office(1, "hall", 1, "town", "HB", "", 2, False, OrderSetup(), here)


def counter(state: str = "open", **more: Any) -> Counter:
    """Give the counter as its clerk has it."""
    facts: dict[str, Any] = {
        "id": "hall.1", "number": "1", "name": {}, "features": [], "state": state, "position": 0,
        "serving": ["pass"] if state != "closed" else [], "ticket": None, "opened_at": None, **more,
    }  # fmt: skip
    return Counter(**facts)


def seen(of: CounterSetup, state: str, now: datetime) -> HallPicture:
    """Give the picture of a hall in which one waits for a passport."""
    waiting = Ticket(
        id=uuid4(), number="A001", office="hall", service="pass", state="waiting", visitor_class="walk_in",
        needs=[], language="de", channel="kiosk", counter=None, note="", calls=0, appointment=None,
        created_at=now, arrived_at=now, waiting_since=now, rank_at=now, call_by=now, called_at=None,
        started_at=None, parked_at=None, finished_at=None,
    )  # fmt: skip
    hall = Hall(1, {waiting.id: waiting}, {"hall.1": counter(state)}, [])
    return picture(hall, office(of), [PASS], [], 0, now)


def calls(of: CounterSetup, state: str, now: datetime) -> list[tuple[datetime, datetime]] | None:
    """Give when a forecast takes the counter to call; None when it knows no end, nothing when never."""
    counters = seen(of, state, now).state.counters
    if not counters:
        return []
    spans = counters[0].spans
    if spans is None:
        return None
    return [(datetime.fromtimestamp(s.start, UTC), datetime.fromtimestamp(s.end, UTC)) for s in spans]


def test_breaks_are_cut_out_of_hours() -> None:
    own = setup([span("08:00", "12:00"), span("14:00", "16:00")], [span("10:00", "10:15")])
    assert calling_hours(own, MONDAY, []) == [
        span("08:00", "10:00"), span("10:15", "12:00"), span("14:00", "16:00")
    ]  # fmt: skip
    all_day = setup(None, [span("08:00", "08:10"), span("17:30", "18:00")])
    assert calling_hours(all_day, MONDAY, [span("08:00", "18:00")]) == [span("08:10", "17:30")]


def test_an_open_counter_rests_and_closes_as_planned_in_a_forecast() -> None:
    own = setup([span("08:00", "12:00"), span("14:00", "16:00")], [span("10:00", "10:15")])
    assert calls(own, "open", at(9)) == [(at(9), at(10)), (at(10, 15), at(12)), (at(14), at(16))]
    # A break that the clerk does not take, and staying beyond the hours, beat the plan.
    assert calls(own, "open", at(10, 5)) == [(at(10, 5), at(12)), (at(14), at(16))]
    assert calls(own, "open", at(16, 30)) == [(at(16, 30), at(18))]
    assert calls(own, "open", at(7, 50)) == [(at(7, 50), at(10)), (at(10, 15), at(12)), (at(14), at(16))]
    # Without a plan nothing is different from before.
    assert calls(setup(), "open", at(9)) == [(at(8), at(18))]
    assert calls(setup(), "open", at(7, 50)) is None


def test_a_counter_that_is_planned_to_open_is_waited_for_and_one_that_pauses_otherwise_is_not() -> None:
    own = setup([span("08:00", "12:00"), span("14:00", "16:00")], [span("10:00", "10:15")])
    assert calls(own, "closed", at(7, 40)) == [(at(8), at(10)), (at(10, 15), at(12)), (at(14), at(16))]
    # The clerk is late; nobody knows how late, and the end of a break brings nobody.
    assert calls(own, "closed", at(8, 5)) == [(at(14), at(16))]
    assert calls(own, "closed", at(15)) == []
    assert calls(own, "paused", at(10, 5)) == [(at(10, 15), at(12)), (at(14), at(16))]
    assert calls(own, "paused", at(11)) == []
    assert calls(setup(), "closed", at(7, 40)) == []


def test_before_opening_the_wait_counts_from_the_planned_opening() -> None:
    here = seen(setup([span("08:00", "12:00")]), "closed", at(7, 40))
    forecaster = Forecaster(from_plan({"pass": 10}), office_order(OrderSetup()))
    newcomer = Newcomer("pass", "walk_in")
    answer = forecaster.forecast(here.state, at(7, 40).timestamp(), [newcomer]).newcomers[newcomer]
    assert isinstance(answer, Range)
    assert answer.opens_at == at(8).timestamp()
    assert answer.simulated.low >= 20 * 60
    told = ToldWait(WaitRange(answer.low_minutes, answer.high_minutes), opens_at=at(8))
    # The hall knows of no open counter: what counts on the plan is told, what counted on a counter is not.
    assert at_least_as_new(told, None, "open", any_counter_open=False) == told
    gone = ToldWait(WaitRange(0, 5))
    assert at_least_as_new(gone, None, "open", any_counter_open=False) == ToldWait(reason="no_counter_open")


def test_desk_and_hall_are_told_the_day_s_plan() -> None:
    own = office(setup([span("08:00", "12:00")], [span("10:00", "10:15")]))
    plan = plan_today(own, "1", at(9))
    assert plan is not None
    assert plan.hours is not None
    assert [(time.begin, time.end) for time in plan.hours + plan.breaks] == [
        (at(8), at(12)), (at(10), at(10, 15))
    ]  # fmt: skip
    assert not plan.beyond_hours
    late = plan_today(own, "1", at(12))
    assert late is not None
    assert late.beyond_hours
    assert plan_today(office(setup()), "1", at(9)) is None
    assert plan_today(own, "7", at(9)) is None
