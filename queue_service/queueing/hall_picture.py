"""The hall as the forecast wants it: who waits, who serves, how long it is open, who might come.

Pure. Everything that binds a ticket to one counter, clerk or team is a need that only this one meets.
What a clerk does beats what is planned: an open counter serves, also in a break that its clerk does not
take and beyond its hours. A plan says when it rests and closes later, when a closed one opens, and when
one that is paused in its planned break goes on; any other pause ends nobody knows when.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

import msgspec
from msgspec.structs import replace

from queue_service.booking.model import ExpectedVisitor
from queue_service.forecast.model import (
    AtCounter,
    ComingAppointment,
    HallState,
    Newcomer,
    Waiting,
    hour_of_day,
)
from queue_service.forecast.model import Counter as Serving
from queue_service.forecast.model import Span as CallingSpan
from queue_service.offices.catalogue import OfferedService, Office
from queue_service.offices.counter_hours import calling_hours, has_plan
from queue_service.offices.model import MINUTES_A_DAY, ONE_DAY, Span, WeekHours, is_closed, local_day
from queue_service.offices.setup_model import FEATURES, VISITOR_CLASSES, CounterSetup
from queue_service.queueing.hall import Hall
from queue_service.queueing.model import Counter, Ticket
from queue_service.queueing.order import reserve
from queue_service.queueing.told_waits import reach_key

APPOINTMENT = "appointment"
TRANSFERRED = "transferred"
"""The one class in which nobody comes through the door."""
UNKNOWN_END = float("inf")
LATE_APPOINTMENT = timedelta(minutes=30)
"""Whoever has not come so long after the appointed time is taken not to come (ours)."""


class HallPicture(msgspec.Struct, frozen=True):
    """One hall at one version, and what is to be asked of it."""

    state: HallState
    newcomers: list[Newcomer]
    """One for each class and group of counters; for a class one after another, as ``reach`` counts."""
    reach: dict[str, int]
    """By service and needs, see ``told_waits.VisitorWaits``."""
    kept_counters: list[str]
    """Names of those that ``reserve`` keeps at the moment."""
    ticket_ids: list[UUID]
    """In the order of ``state.waiting``."""

    @property
    def groups(self) -> int:
        """How many answers each class has."""
        return len(set(self.reach.values()))


def picture(
    hall: Hall,
    office: Office,
    services: Sequence[OfferedService],
    coming: Sequence[ExpectedVisitor],
    cycle_place: int,
    now: datetime,
) -> HallPicture:
    """Return what a forecast of this hall is made from; ``coming`` are today's who have not arrived."""
    day = local_day(now, office.setup.time_zone)
    waiting = [ticket for ticket in hall.tickets.values() if ticket.state == "waiting"]
    open_counters = [
        counter
        for counter in sorted(hall.counters.values(), key=lambda counter: counter.position)
        if counter.state == "open" and not counter.closing
    ]
    spans = calling_spans(office, day, now)
    state = HallState(
        waiting=tuple(_waiting(ticket) for ticket in waiting),
        counters=(
            *(
                _serving(counter, hall.tickets, waiting, planned_spans(office, counter, day, now, spans))
                for counter in open_counters
            ),
            *_still_to_open(office, hall, day, now),
        ),
        day_starts_at=instant(office, day, 0).timestamp(),
        coming=tuple(
            ComingAppointment(visit.starts_at.timestamp(), APPOINTMENT, _wished(visit))
            for visit in coming
            if visit.starts_at > now - LATE_APPOINTMENT
        ),
        memory={"cycle_place": cycle_place},
    )
    reach, asked = _reach(state.counters, [service.code for service in services])
    kept = 0
    if office.order.policy == "reserve":
        kept = reserve.kept_counters(len(open_counters), len(waiting), office.order)
    return HallPicture(
        state=state,
        newcomers=[
            Newcomer(service, visitor_class, needs)
            for visitor_class in newcomer_classes()
            for service, needs in asked
        ],
        reach=reach,
        kept_counters=[counter.id for counter in open_counters[:kept]],
        ticket_ids=[ticket.id for ticket in waiting],
    )


def newcomer_classes() -> list[str]:
    """Return the classes in which somebody may come."""
    return [visitor_class for visitor_class in VISITOR_CLASSES if visitor_class != TRANSFERRED]


def ticket_name(ticket: Ticket) -> str:
    """Name a ticket so that the lower number goes first, as in the queue."""
    return f"{ticket.number} {ticket.id}"


def hour_now(state: HallState, now: datetime) -> int:
    """Return the local hour as the forecast counts it."""
    return hour_of_day(now.timestamp(), state.day_starts_at)


def calling_spans(office: Office, day: date, now: datetime) -> tuple[CallingSpan, ...] | None:
    """Return when open counters call visitors from now on; None when no end is known.

    A counter that is open outside the hours goes on until its clerk goes home.
    """
    spans = [_span(office, day, span) for span in _open_hours(office, day)]
    if not any(span.start <= now.timestamp() < span.end for span in spans):
        return None
    return tuple(span for span in spans if span.end > now.timestamp())


def planned_spans(
    office: Office, counter: Counter, day: date, now: datetime, spans: tuple[CallingSpan, ...] | None
) -> tuple[CallingSpan, ...] | None:
    """Return when an open counter goes on calling by its own plan; ``spans`` are its office's."""
    setup = _setup_of(office, counter)
    if setup is None or is_closed(day, office.calendar):
        return spans
    at = now.timestamp()
    own = [_span(office, day, span) for span in setup.hours.on(day)] if setup.hours else []
    # Open before its hours or between them: it has begun early. Beyond them it goes on as long as the office
    # does, or without a known end.
    until = next((span.end for span in own if at < span.end), None)
    ends = until or (spans[0].end if spans else UNKNOWN_END)
    goes_on = [
        CallingSpan(at, ends),
        *(span for span in (own if until else spans or ()) if span.start >= ends),
    ]
    for pause in _breaks(office, setup, day):
        if pause.start > at:
            goes_on = [part for span in goes_on for part in _without(span, pause)]
    return None if goes_on == [CallingSpan(at, UNKNOWN_END)] else tuple(goes_on)


def _still_to_open(office: Office, hall: Hall, day: date, now: datetime) -> Iterable[Serving]:
    """Give counters that call nobody now and are planned to, later today."""
    if is_closed(day, office.calendar):
        return
    for counter in sorted(hall.counters.values(), key=lambda counter: counter.position):
        setup = _setup_of(office, counter)
        if setup is None or counter.state == "open":
            continue
        later = _later_spans(office, counter, setup, day, now.timestamp())
        if later:
            facilities = frozenset([*counter.features, f"counter {counter.id}"])
            services = counter.serving if counter.state == "paused" else setup.services
            yield Serving(counter.id, frozenset(services), facilities, spans=later)


def _later_spans(
    office: Office, counter: Counter, setup: CounterSetup, day: date, at: float
) -> tuple[CallingSpan, ...]:
    """Return when a counter calls that does not call now; nothing when nobody has written that down."""
    if counter.state == "paused":
        if not any(pause.start <= at < pause.end for pause in _breaks(office, setup, day)):
            return ()
        planned = calling_hours(setup, day, office.setup.opening_hours.on(day))
        return tuple(span for span in (_span(office, day, span) for span in planned) if span.start > at)
    # A clerk who has not come when the hours began does not come because a break is over.
    to_come = [
        span for span in (setup.hours.on(day) if setup.hours else []) if _span(office, day, span).start > at
    ]
    planned = calling_hours(replace(setup, hours=None), day, to_come)
    return tuple(_span(office, day, span) for span in planned)


def _breaks(office: Office, setup: CounterSetup, day: date) -> list[CallingSpan]:
    return [_span(office, day, span) for span in setup.breaks.on(day)]


def _setup_of(office: Office, counter: Counter) -> CounterSetup | None:
    """Return the counter's set-up if it has a plan."""
    return next(
        (setup for setup in office.setup.counters if setup.number == counter.number and has_plan(setup)), None
    )


def _without(span: CallingSpan, pause: CallingSpan) -> list[CallingSpan]:
    parts = [
        CallingSpan(span.start, min(span.end, pause.start)),
        CallingSpan(max(span.start, pause.end), span.end),
    ]
    return [part for part in parts if part.start < part.end]


def closing_today(office: Office, now: datetime) -> datetime | None:
    """Return when the office closes for the day, which may be over; None when no closing is known."""
    day = local_day(now, office.setup.time_zone)
    spans = _open_hours(office, day)
    return instant(office, day, spans[-1].closes) if spans else None


def _open_hours(office: Office, day: date) -> list[Span]:
    hours = office.setup.walk_ins if isinstance(office.setup.walk_ins, WeekHours) else None
    if office.setup.walk_ins == "always" or is_closed(day, office.calendar):
        return []
    # Clerks stay until the office closes, also where numbers are given out for a shorter time.
    return office.setup.opening_hours.on(day) or (hours.on(day) if hours else [])


def _span(office: Office, day: date, span: Span) -> CallingSpan:
    return CallingSpan(
        instant(office, day, span.opens).timestamp(), instant(office, day, span.closes).timestamp()
    )


def instant(office: Office, day: date, minute: int) -> datetime:
    """Return the instant at which the office's clock shows this minute; 1440 is the next midnight."""
    days, minute = divmod(minute, MINUTES_A_DAY)
    return datetime.combine(day + days * ONE_DAY, time(minute // 60, minute % 60), office.zone)


def _waiting(ticket: Ticket) -> Waiting:
    return Waiting(
        ticket_name(ticket),
        ticket.visitor_class,
        (ticket.service, *ticket.further_services) if ticket.together else (ticket.service,),
        ticket.waiting_since.timestamp(),
        ticket.rank_at.timestamp(),
        frozenset(_needs(ticket)),
    )


def _needs(ticket: Ticket) -> Iterable[str]:
    yield from ticket.needs
    if ticket.counter:
        yield f"counter {ticket.counter}"
    if ticket.clerk:
        yield f"clerk {ticket.clerk}"
    if ticket.team:
        yield f"team {ticket.team}"


def _serving(
    counter: Counter,
    tickets: Mapping[UUID, Ticket],
    waiting: Sequence[Ticket],
    spans: tuple[CallingSpan, ...] | None,
) -> Serving:
    facilities = frozenset(
        [*counter.features, f"counter {counter.id}", f"clerk {counter.clerk}", f"team {counter.team}"]
    )
    serving = frozenset(counter.serving)
    visit = tickets.get(counter.ticket) if counter.ticket else None
    at_counter = None
    if visit is not None:
        begun = visit.called_at or visit.started_at or visit.arrived_at
        at_counter = AtCounter((visit.service,), begun.timestamp())
    away_since = None
    if visit is None and counter.idle_since is not None:
        could_call = [
            ticket.arrived_at
            for ticket in waiting
            if ticket.service in serving and facilities.issuperset(_needs(ticket))
        ]
        if could_call:
            away_since = max(counter.idle_since, min(could_call)).timestamp()
    return Serving(counter.id, serving, facilities, at_counter, away_since, spans)


def _wished(visit: ExpectedVisitor) -> tuple[str, ...]:
    return tuple(wish.service for wish in visit.services for _ in range(wish.quantity))


def _reach(
    counters: Sequence[Serving], services: Sequence[str]
) -> tuple[dict[str, int], list[tuple[str, frozenset[str]]]]:
    """Return which visitors the same counters can serve, and one of each such group."""
    groups: dict[frozenset[str], int] = {}
    asked: list[tuple[str, frozenset[str]]] = []
    reach = {}
    for service in services:
        for needs in ([], *([feature] for feature in FEATURES)):
            able = frozenset(
                counter.name
                for counter in counters
                if service in counter.services and counter.facilities.issuperset(needs)
            )
            if able not in groups:
                groups[able] = len(groups)
                asked.append((service, frozenset(needs)))
            reach[reach_key(service, needs)] = groups[able]
    return reach, asked
