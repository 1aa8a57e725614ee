"""Who comes to an office on a day, when, for what, and how their visit goes: pure and seeded.

Figures of the field (their origins are in brackets): the profile by hour (waits shown at Moers,
2014-17), the mix of services (Steglitz-Zehlendorf, 2019), no-shows (Bremen: 15-25 %), half with an
appointment (Pankow, 2023: 55 %). What nobody has published is ours and marked "assumed".
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

import msgspec

SHOWN_WAITS = {8: 14, 9: 25, 10: 34, 11: 41, 12: 45, 13: 35, 14: 30, 15: 27, 16: 41, 17: 34}
"""Minutes of wait by hour of the day. The only published profile of a day: taken as the weight of
the arrivals in that hour, because people wait when many have come. Earlier and later hours have
the weight of the nearest."""
MIX: Sequence[tuple[float, tuple[str, ...]]] = (
    (0.185, ("personalausweis",)),
    (0.16, ("wohnsitz-anmelden", "wohnsitz-anmelden-familie", "wohnsitz-abmelden", "adresse-aendern")),
    (0.11, ("reisepass",)),
    (0.09, ("fuehrungszeugnis",)),
)
"""Shares of visits by service codes. The rest, with the shares of services that an office does not
offer, is spread evenly over everything else that it offers."""
WITH_APPOINTMENT = 0.5
APPOINTMENTS_MISSED = 0.20
"""Of those with an appointment: never seen."""
SCATTER = (0.25, 0.6)
"""Range of the squared coefficient of variation of service times (assumed in the field's literature);
each service has its own."""
SHORTEST_SERVICE_MINUTES = 1.0

ON_TIME, EARLY, LATE = (-10, 8), (-40, -11), (11, 30)
PUNCTUALITY: Sequence[tuple[float, tuple[int, int]]] = ((0.70, ON_TIME), (0.20, EARLY), (0.10, LATE))
"""Minutes of arrival from the appointed time, by share (assumed); offices admit -10/+10."""
EARLIEST_BEFORE_OPENING = timedelta(minutes=15)
"""Nobody stands before the door earlier than this (assumed)."""

CLASSES: Sequence[tuple[float, str, tuple[str, ...]]] = (
    (0.92, "walk_in", ()),
    (0.04, "small_children", ()),
    (0.03, "disabled", ("level_access",)),
    (0.01, "pregnant", ()),
)
"""Shares of classes among visitors without an appointment, and the needs that go with them (assumed)."""
NEEDS: Sequence[tuple[float, tuple[str, ...]]] = (
    (0.97, ()),
    (0.02, ("interpreter",)),
    (0.01, ("induction_loop",)),
)
"""Shares of needs among visitors without an appointment (assumed)."""
LANGUAGES: Sequence[tuple[float, str]] = ((0.88, "de"), (0.12, "en"))

HEARS_ONLY_THE_RECALL = 0.05
LEAVES_WITHOUT_A_WORD = 0.04
COMES_BACK = 0.3
"""Of those who left: back after a while, to be put into the queue again."""
GIVES_UP = 0.01
"""Tells a clerk after a while of waiting."""
PARKED = 0.02
SENT_ON = 0.02
KIOSK_REPEATS = 0.02
"""The kiosk did not hear the answer and asks again with the same id. All six shares: assumed."""
WALK_SECONDS = (15, 60)
"""From the call to the counter (assumed)."""
AWAY_MINUTES = (4, 12)
"""Parked, or out of the hall when called (assumed)."""
GIVES_UP_AFTER_MINUTES = (10, 45)


T = TypeVar("T")


class Habits(msgspec.Struct, frozen=True, kw_only=True):
    """How an office's visitors are; what a scenario leaves out is as above."""

    hours: Mapping[int, float] = msgspec.field(default_factory=lambda: dict(SHOWN_WAITS))
    """Weight of the arrivals by hour of the day."""
    mix: Sequence[tuple[float, tuple[str, ...]]] = MIX
    minutes: Mapping[str, float] = {}
    """Mean minutes by service; of others, those that the office plans."""
    scatter: Mapping[str, float] = {}
    with_appointment: float = WITH_APPOINTMENT
    missed: float = APPOINTMENTS_MISSED
    punctuality: Sequence[tuple[float, tuple[int, int]]] = PUNCTUALITY
    classes: Sequence[tuple[float, str, tuple[str, ...]]] = CLASSES
    leaves: float = LEAVES_WITHOUT_A_WORD
    gives_up: float = GIVES_UP
    gives_up_after: tuple[int, int] = GIVES_UP_AFTER_MINUTES


USUAL = Habits()


class Offer(msgspec.Struct, frozen=True):
    """A service as the plan needs it; ``minutes`` are those planned by the office."""

    code: str
    minutes: int
    walk_in: bool
    appointment: bool


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """One person's day. Instants are simulated time."""

    service: str
    arrives_at: datetime
    """Without an appointment: at the kiosk. With one: the time wished for."""
    with_appointment: bool
    arrives_off: timedelta = timedelta(0)
    """With an appointment: arrival from the appointed time, negative when early."""
    comes: bool = True
    walk_in_service: str
    """What to come for when no place can be had."""
    visitor_class: str = "walk_in"
    needs: tuple[str, ...] = ()
    language: str = "de"
    service_time: timedelta
    walk_time: timedelta
    hears_first_call: bool = True
    leaves: bool = False
    comes_back_after: timedelta | None = None
    gives_up_after: timedelta | None = None
    is_parked_for: timedelta | None = None
    sent_on_to: str | None = None
    kiosk_repeats: bool = False


def plan_visitors(
    opens: datetime,
    closes: datetime,
    offers: Sequence[Offer],
    can_be_served: Callable[[str, Sequence[str]], bool],
    count: int,
    seed: int,
    habits: Habits = USUAL,
) -> list[Visitor]:
    """Return ``count`` visitors of a day on which the office is open from ``opens`` to ``closes``.

    ``can_be_served`` tells whether a service, with these needs, can be had until the day's end: nobody
    is planned whom no counter could take. The same arguments give the same day.
    """
    rng = Random(seed)  # noqa: S311 - a plan, not a secret
    served = [offer for offer in offers if can_be_served(offer.code, ())]
    minutes = {offer.code: habits.minutes.get(offer.code, offer.minutes) for offer in served}
    scatter = {offer.code: rng.uniform(*SCATTER) for offer in served} | dict(habits.scatter)
    walk_in = service_weights([offer.code for offer in served if offer.walk_in], habits.mix)
    appointment = service_weights([offer.code for offer in served if offer.appointment], habits.mix)
    hours = arrival_weights(opens, closes, habits.hours)
    share = habits.with_appointment
    visitors = []
    for number in range(count):
        # Every other one where it is half of them, not a coin: half of the day's visitors, however few.
        booked = int((number + 1) * share) > int(number * share) and bool(appointment)
        without = _pick(rng, walk_in)
        service = _pick(rng, appointment) if booked else without
        visitor = Visitor(
            service=service,
            arrives_at=_instant(rng, hours),
            with_appointment=booked,
            walk_in_service=without,
            language=_pick(rng, {language: share for share, language in LANGUAGES}),
            service_time=service_time(rng, minutes[service], scatter[service]),
            walk_time=timedelta(seconds=rng.uniform(*WALK_SECONDS)),
            hears_first_call=rng.random() >= HEARS_ONLY_THE_RECALL,
            kiosk_repeats=rng.random() < KIOSK_REPEATS,
        )
        if booked:
            visitor = _with_appointment(rng, visitor, habits)
        else:
            visitor = _without(rng, visitor, can_be_served, habits)
        visitors.append(_with_turn_of_events(rng, visitor, [code for code in walk_in if code != service]))
    return visitors


def service_weights(
    codes: Sequence[str], mix: Sequence[tuple[float, tuple[str, ...]]] = MIX
) -> dict[str, float]:
    """Return how often each of the codes is asked for, as shares of 1."""
    weights = dict.fromkeys(codes, 0.0)
    for share, named in mix:
        offered = [code for code in named if code in weights]
        for code in offered:
            weights[code] += share / len(offered)
    others = [code for code, weight in weights.items() if weight == 0]
    rest = 1 - sum(weights.values())
    for code in others:
        weights[code] = rest / len(others)
    total = sum(weights.values())
    return {code: weight / total for code, weight in weights.items()}


def arrival_weights(
    opens: datetime, closes: datetime, weight: Mapping[int, float] = SHOWN_WAITS
) -> dict[tuple[datetime, datetime], float]:
    """Return the spans of the open hours, cut at full hours of the local day, and their weights."""
    spans = {}
    begins = opens
    while begins < closes:
        full_hour = begins.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        ends = min(full_hour, closes)
        hour = min(max(begins.hour, min(weight)), max(weight))
        spans[begins, ends] = weight.get(hour, 0) * ((ends - begins) / timedelta(hours=1))
        begins = ends
    return spans


def service_time(rng: Random, mean_minutes: float, scatter: float) -> timedelta:
    """Draw from the gamma distribution with this mean and this squared coefficient of variation."""
    minutes = rng.gammavariate(1 / scatter, mean_minutes * scatter)
    return timedelta(minutes=max(minutes, SHORTEST_SERVICE_MINUTES))


def _with_appointment(rng: Random, visitor: Visitor, habits: Habits) -> Visitor:
    off = _pick(rng, {minutes: share for share, minutes in habits.punctuality})
    return msgspec.structs.replace(
        visitor,
        arrives_off=timedelta(minutes=rng.uniform(*off)),
        comes=rng.random() >= habits.missed,
    )


def _without(
    rng: Random, visitor: Visitor, can_be_served: Callable[[str, Sequence[str]], bool], habits: Habits
) -> Visitor:
    visitor_class, needs = _pick(rng, {(name, needs): share for share, name, needs in habits.classes})
    needs = tuple({*needs, *_pick(rng, {needs: share for share, needs in NEEDS})})
    leaves = rng.random() < habits.leaves
    back = leaves and rng.random() < COMES_BACK
    gives_up = not leaves and rng.random() < habits.gives_up
    return msgspec.structs.replace(
        visitor,
        visitor_class=visitor_class,
        needs=needs if can_be_served(visitor.service, needs) else (),
        leaves=leaves,
        comes_back_after=_minutes(rng, AWAY_MINUTES) if back else None,
        gives_up_after=_minutes(rng, habits.gives_up_after) if gives_up else None,
    )


def _with_turn_of_events(rng: Random, visitor: Visitor, others: Sequence[str]) -> Visitor:
    chance = rng.random()
    if chance < PARKED:
        return msgspec.structs.replace(visitor, is_parked_for=_minutes(rng, AWAY_MINUTES))
    if chance < PARKED + SENT_ON and others and not visitor.needs:
        return msgspec.structs.replace(visitor, sent_on_to=rng.choice(others))
    return visitor


def _instant(rng: Random, weights: Mapping[tuple[datetime, datetime], float]) -> datetime:
    begins, ends = _pick(rng, weights)
    return begins + rng.random() * (ends - begins)


def _minutes(rng: Random, span: tuple[int, int]) -> timedelta:
    return timedelta(minutes=rng.uniform(*span))


def _pick(rng: Random, weights: Mapping[T, float]) -> T:
    return rng.choices(list(weights), list(weights.values()))[0]
