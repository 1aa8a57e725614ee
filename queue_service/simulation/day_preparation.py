"""Before a day is played: which day, who works, who comes, what is booked, and how fast it can run."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from queue_service.offices.setup_model import OrderSetup
from queue_service.simulation.booking_desk import Wish, book_all
from queue_service.simulation.clerk_shifts import Counter, Shift, can_be_served, plan_shifts
from queue_service.simulation.compression import choose_factor
from queue_service.simulation.kiosk import Arrival
from queue_service.simulation.machine_speed import Speed, measure_speed
from queue_service.simulation.public_api import Booking, CounterFacts, OfficeFacts, PublicApi, ServiceFacts
from queue_service.simulation.screens import stream_address
from queue_service.simulation.staff_session import StaffSession
from queue_service.simulation.visitor_plan import (
    EARLIEST_BEFORE_OPENING,
    USUAL,
    Habits,
    Offer,
    Visitor,
    arrival_weights,
    plan_visitors,
)

DAYS_AHEAD = 7
ONE_DAY = timedelta(days=1)
AGENT = "agent1"
PHONE_BOOKS_EVERY = 2
"""Every second appointment is made by phone."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class NoDayToPlay(Exception):
    """The office can't be played; the message says why."""


class DayOrder(msgspec.Struct, frozen=True):
    """What was asked for."""

    office: str
    visitors: int
    clerks: int
    seed: int
    factor: float | None
    """None: as fast as this machine can."""
    habits: Habits = USUAL
    rules: OrderSetup | None = None
    """By which the day's own demo calls; None: as it is set up."""


class DayPlan(msgspec.Struct, frozen=True):
    """Everything that is known before the first visitor comes. Instants are simulated time."""

    office: str
    office_name: str
    opens: datetime
    closes: datetime
    shifts: list[Shift]
    clerks: list[str]
    """User names, one for each shift."""
    visitors: int
    wished: int
    """How many wanted an appointment."""
    bookings: dict[int, Booking]
    """By the visitor's place in the plan."""
    arrivals: list[Arrival]
    never_come: int
    factor: float
    speed: Speed | None
    """As measured; None when the factor was given."""


async def prepare(
    api: PublicApi,
    base_url: str,
    users: Mapping[str, str],
    order: DayOrder,
    *,
    on_the_day: bool,
) -> DayPlan:
    """Plan the day and book its appointments.

    ``on_the_day``: the service's clock is going to show the planned day, so places are booked where
    visitors wish. Otherwise they are booked in what is left of the real day, if anything is.
    Raises NoDayToPlay, UnexpectedAnswer.
    """
    slug = order.office
    office = await api.office(slug)
    zone = ZoneInfo(office.time_zone)
    now = datetime.now(UTC)
    offers = [_offer(service) for service in await api.services(slug)]
    opens, closes = await _long_day(api, office, offers, now)
    if not sum(arrival_weights(opens, closes, order.habits.hours).values()):
        raise NoDayToPlay(f"by the scenario nobody comes while {slug} is open")
    names = clerk_names(users)[: order.clerks]
    if not names:
        raise NoDayToPlay("the credentials name no clerk")
    sessions = {name: StaffSession(api, name, users[name], lambda: now) for name in names}
    counters = await api.counters(slug, await sessions[names[0]].token())
    if on_the_day:
        free, seated = [_counter(facts) for facts in counters], names
    else:
        free, seated = await _seats(api, counters, sessions)
    shifts = plan_shifts(opens, closes, free[: len(seated)])
    planned = plan_visitors(
        opens,
        closes,
        offers,
        lambda service, needs: can_be_served(shifts, service, needs),
        order.visitors,
        order.seed,
        order.habits,
    )
    agent = StaffSession(api, AGENT, users[AGENT], lambda: now) if AGENT in users else None
    tomorrow = datetime.combine(now.astimezone(zone).date() + ONE_DAY, time.min, zone)
    until = datetime.combine(opens.date() + ONE_DAY, time.min, zone) if on_the_day else tomorrow
    wishes = _wishes(planned, None if on_the_day else now)
    bookings = await book_all(api, slug, wishes, agent, until)
    arrivals = arrivals_of(planned, bookings, opens, on_the_day=on_the_day)
    speed, factor = None, order.factor
    if factor is None:
        seats = [(shift.counter.id, sessions[name]) for shift, name in zip(shifts, seated, strict=False)]
        speed = await measure_speed(api, slug, stream_address(base_url, slug), seats)
        factor = choose_factor([arrival.at for arrival in arrivals], speed)
    return DayPlan(
        office=slug,
        office_name=office.name.get("de", slug),
        opens=opens,
        closes=closes,
        shifts=shifts,
        clerks=seated[: len(shifts)],
        visitors=order.visitors,
        wished=len(wishes),
        bookings=bookings,
        arrivals=arrivals,
        never_come=order.visitors - len(arrivals),
        factor=factor,
        speed=speed,
    )


def clerk_names(users: Mapping[str, str]) -> list[str]:
    """Return the users that are clerks by name, ``clerk1`` first."""
    numbered = [name for name in users if name.startswith("clerk") and name.removeprefix("clerk").isdigit()]
    return sorted(numbered, key=lambda name: int(name.removeprefix("clerk")))


def arrivals_of(
    visitors: Sequence[Visitor], bookings: Mapping[int, Booking], opens: datetime, *, on_the_day: bool
) -> list[Arrival]:
    """Return who comes when; with an appointment, around its time, and not everybody does."""
    arrivals = []
    for index, visitor in enumerate(visitors):
        booking = bookings.get(index)
        if booking is None:
            arrivals.append(Arrival(visitor.arrives_at, visitor, None))
        elif visitor.comes:
            appointed = booking.start.astimezone(opens.tzinfo) if on_the_day else visitor.arrives_at
            at = max(appointed + visitor.arrives_off, opens - EARLIEST_BEFORE_OPENING)
            arrivals.append(Arrival(at, visitor, booking))
    return arrivals


def open_hours(office: OfficeFacts, day: date) -> tuple[datetime, datetime] | None:
    """Return when the office opens first and closes last on a day; None on days without hours."""
    if any(closure["from"] <= day.isoformat() <= closure["to"] for closure in office.closures):
        return None
    spans = office.opening_hours[WEEKDAYS[day.weekday()]]
    if not spans:
        return None
    midnight = datetime.combine(day, time.min, ZoneInfo(office.time_zone))
    opens = min(span["opens"] for span in spans)
    closes = max(span["closes"] for span in spans)
    return midnight + timedelta(minutes=opens), midnight + timedelta(minutes=closes)


async def _long_day(
    api: PublicApi, office: OfficeFacts, offers: Sequence[Offer], now: datetime
) -> tuple[datetime, datetime]:
    """The longest day of the next week, the earliest of several; holidays are known by their places."""
    today = now.astimezone(ZoneInfo(office.time_zone)).date()
    days = [today + ahead * ONE_DAY for ahead in range(1, DAYS_AHEAD + 1)]
    hours = [open_hours(office, day) for day in days]
    # sorted() keeps the earlier of two equally long days first.
    longest = sorted((span for span in hours if span), key=lambda span: span[0] - span[1])
    bookable = next((offer.code for offer in offers if offer.appointment), None)
    for opens, closes in longest:
        if bookable is None:
            return opens, closes
        places = await api.find_places(office.slug, bookable, opens.date(), opens.date())
        if places.why_none is None or places.why_none.code != "closed":
            return opens, closes
    raise NoDayToPlay(f"{office.slug} is not open on any of the next {DAYS_AHEAD} days")


async def _seats(
    api: PublicApi, counters: Sequence[CounterFacts], sessions: Mapping[str, StaffSession]
) -> tuple[list[Counter], list[str]]:
    """Find a free counter for each clerk who sits nowhere, by sitting down and getting up again."""
    free = iter([facts for facts in counters if facts.state == "closed"])
    found: list[Counter] = []
    seated: list[str] = []
    facts = next(free, None)
    for name, session in sessions.items():
        while facts is not None:
            refused = await api.open_counter(facts.id, await session.token())
            if refused == "clerk_elsewhere":
                break
            if refused is None:
                await api.close_counter(facts.id, await session.token())
                found.append(_counter(facts))
                seated.append(name)
            facts = next(free, None)
            if refused is None:
                break
    if not found:
        raise NoDayToPlay("no counter is free, or every clerk already sits at one")
    return found, seated


def _wishes(visitors: Sequence[Visitor], begin: datetime | None) -> list[Wish]:
    wishing = [(index, visitor) for index, visitor in enumerate(visitors) if visitor.with_appointment]
    return [
        Wish(
            visitor=index,
            service=visitor.service,
            begin=begin or visitor.arrives_at,
            by_phone=turn % PHONE_BOOKS_EVERY == 0,
            language=visitor.language,
        )
        for turn, (index, visitor) in enumerate(wishing)
    ]


def _offer(service: ServiceFacts) -> Offer:
    return Offer(service.code, service.minutes, "walk_in" in service.modes, "appointment" in service.modes)


def _counter(facts: CounterFacts) -> Counter:
    return Counter(facts.id, frozenset(facts.services), frozenset(facts.features))
