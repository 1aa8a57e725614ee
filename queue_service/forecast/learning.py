"""What an office learns from its past days; every rule is robust, and shrinks to the plan."""

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import NormalDist, fmean, median

from queue_service.forecast.durations import POINTS, Points, at_quantiles, learned_points, planned_points
from queue_service.forecast.knowledge import (
    NO_SHOW_SECONDS,
    PAUSE_SECONDS,
    ArrivalRate,
    Knowledge,
    Patience,
)
from queue_service.forecast.model import Span, hour_of_day
from queue_service.forecast.past_days import PastDay, PastVisit

LONGEST_PAUSE = 7200.0
"""Seconds after which a counter that calls nobody counts as gone for the day, where there is no plan."""
SURE = 0.01
"""Probability at which chance alone is believed to have made the hours differ."""
LEAST_DIFFERENCE = 0.05
"""Hours that differ by less are left alone: five percent of a wait is no news to anybody."""
HOUR_WEIGHT = 50
"""An hour's factor is shrunk to 1 as if so many visits had shown nothing (ours)."""
FEWEST_IN_HOUR = 20
FEWEST_LEFT = 30
"""Of a class must have left before it has a patience of its own."""
NO_SHOW_WEIGHT = 50
"""A share of no-shows is shrunk to the assumed one as if it came from so many (ours)."""


def learn(days: Sequence[PastDay], planned_minutes: Mapping[str, float]) -> Knowledge:
    """Return what these days teach; ``planned_minutes`` by service, as far as anybody planned."""
    visits = [visit for day in days for visit in day.visits]
    served = [visit for visit in visits if visit.came_to_counter and _counter_time(visit) is not None]
    counter_times, any_time = _counter_times(served, planned_minutes)
    kept = [visit for visit in visits if visit.appointment_at is not None]
    start = Knowledge()
    missed = sum(len(day.missed) for day in days)
    offsets = sorted(
        visit.arrived_at - visit.appointment_at for visit in kept if visit.appointment_at is not None
    )
    return Knowledge(
        counter_times=counter_times,
        any_counter_time=any_time,
        hour_factors=hour_factors(days, served),
        pauses=learned_points(list(_pauses(days)), planned_points(PAUSE_SECONDS)),
        opening_delays=_opening_delays(days),
        no_show=_no_shows(visits),
        no_show_times=learned_points(
            [
                time
                for visit in visits
                if not visit.came_to_counter and (time := _counter_time(visit)) is not None
            ],
            planned_points(NO_SHOW_SECONDS),
        ),
        patience=_patience(visits),
        arrivals=_arrivals(days),
        appointment_no_show=(missed + NO_SHOW_WEIGHT * start.appointment_no_show)
        / (missed + len(kept) + NO_SHOW_WEIGHT),
        punctuality=at_quantiles(offsets, 40) if len(offsets) > FEWEST_LEFT else start.punctuality,
    )


def _counter_time(visit: PastVisit) -> float | None:
    if visit.called_at is None or visit.finished_at is None:
        return None
    return visit.finished_at - visit.called_at


def _counter_times(
    served: Sequence[PastVisit], planned_minutes: Mapping[str, float]
) -> tuple[dict[str, Points], Points]:
    """Return the lengths by service and over all, from visits for one service."""
    seen: dict[str, list[float]] = defaultdict(list)
    for visit in served:
        if len(visit.services) == 1:
            seen[visit.services[0]].append(_counter_time(visit) or 0.0)
    pooled = [length for lengths in seen.values() for length in lengths]
    whole = learned_points(pooled, None) if pooled else Knowledge().any_counter_time
    pace = _pace(seen, planned_minutes)
    times = {}
    for service in {*seen, *planned_minutes}:
        planned = planned_minutes.get(service)
        prior = whole if planned is None else planned_points(planned * 60 * pace)
        times[service] = learned_points(seen.get(service, []), prior)
    return times, whole


def _pace(seen: Mapping[str, Sequence[float]], planned_minutes: Mapping[str, float]) -> float:
    """Return how much longer visits last than planned: the same for a service nobody has seen yet."""
    ratios = [
        length / (planned_minutes[service] * 60)
        for service, lengths in seen.items()
        if planned_minutes.get(service)
        for length in lengths
    ]
    if len(ratios) < FEWEST_LEFT:
        return 1.0
    # Of medians, because one forgotten visit moves a mean; the plan's points have their own skew.
    usual = planned_points(1.0)
    return median(ratios) / median(usual)


def hour_factors(days: Sequence[PastDay], served: Sequence[PastVisit]) -> dict[int, float]:
    """Return factors by hour when the lengths of visits differ between hours by more than chance.

    One-way analysis of variance of the logarithms, less each service's mean; its statistic is taken as
    chi-squared and judged by Wilson and Hilferty's cube root.
    """
    start_of = {id(visit): day.starts_at for day in days for visit in day.visits}
    by_service: dict[tuple[str, ...], list[float]] = defaultdict(list)
    logs = []
    for visit in served:
        length = math.log(max(_counter_time(visit) or 0.0, 1.0))
        by_service[visit.services].append(length)
        logs.append((visit, length))
    centres = {services: fmean(lengths) for services, lengths in by_service.items()}
    by_hour: dict[int, list[float]] = defaultdict(list)
    for visit, length in logs:
        hour = hour_of_day(visit.called_at or visit.arrived_at, start_of[id(visit)])
        by_hour[hour].append(length - centres[visit.services])
    by_hour = {hour: lengths for hour, lengths in by_hour.items() if len(lengths) >= FEWEST_IN_HOUR}
    if len(by_hour) < 2:
        return {}
    rest = [length for lengths in by_hour.values() for length in lengths]
    grand = fmean(rest)
    within = sum((length - fmean(lengths)) ** 2 for lengths in by_hour.values() for length in lengths)
    variance = within / (len(rest) - len(by_hour))
    between = sum(len(lengths) * (fmean(lengths) - grand) ** 2 for lengths in by_hour.values())
    if variance <= 0 or not _beyond_chance(between / variance, len(by_hour) - 1):
        return {}
    factors = {
        hour: math.exp((fmean(lengths) - grand) * len(lengths) / (len(lengths) + HOUR_WEIGHT))
        for hour, lengths in by_hour.items()
    }
    return {hour: factor for hour, factor in factors.items() if abs(factor - 1) >= LEAST_DIFFERENCE}


def _beyond_chance(chi_squared: float, freedom: int) -> bool:
    spread = 2 / (9 * freedom)
    standard = ((chi_squared / freedom) ** (1 / 3) - (1 - spread)) / math.sqrt(spread)
    return bool(standard > NormalDist().inv_cdf(1 - SURE))


def _pauses(days: Iterable[PastDay]) -> Iterable[float]:
    """Give the seconds from the end of a visit to the counter's next call, where somebody waited then."""
    for day in days:
        arrivals = sorted(visit.arrived_at for visit in day.visits)
        ends = sorted(at for visit in day.visits if (at := visit.ended_waiting_at) is not None)
        plans = {counter.name: counter.spans for counter in day.counters or ()}
        by_counter: dict[str, list[PastVisit]] = defaultdict(list)
        for visit in day.visits:
            if visit.counter is not None and visit.finished_at is not None and visit.called_at is not None:
                by_counter[visit.counter].append(visit)
        for name, visits in by_counter.items():
            visits.sort(key=lambda visit: visit.called_at or 0.0)
            for visit, after in zip(visits, [*visits[1:], None], strict=True):
                done = visit.finished_at or 0.0
                if bisect_right(arrivals, done) <= bisect_right(ends, done):
                    continue
                called = after.called_at if after is not None else None
                if day.counters is None:
                    # Who calls no more is gone: a pause too, as far as those who wait can tell.
                    yield max(0.0, min(LONGEST_PAUSE, (called or float("inf")) - done))
                elif called is not None and _one_span_holds(plans.get(name, ()), done, called):
                    yield max(0.0, called - done)


def _opening_delays(days: Iterable[PastDay]) -> Points:
    """Return how late counters begin their spans where somebody waits; on time while too few were seen."""
    delays = []
    for day in days:
        for counter in day.counters or ():
            calls = sorted(
                visit.called_at
                for visit in day.visits
                if visit.counter == counter.name and visit.called_at is not None
            )
            for span in counter.spans:
                first = next((at for at in calls if span.start <= at < span.end), None)
                if first is not None and any(
                    visit.arrived_at <= span.start <= (visit.ended_waiting_at or span.end)
                    and counter.services.issuperset(visit.services)
                    for visit in day.visits
                ):
                    delays.append(first - span.start)
    return at_quantiles(sorted(delays), POINTS) if len(delays) >= FEWEST_IN_HOUR else (0.0,)


def _one_span_holds(spans: Sequence[Span], start: float, end: float) -> bool:
    return any(span.start <= start and end <= span.end for span in spans)


def _no_shows(visits: Sequence[PastVisit]) -> dict[str, float]:
    """Return the share of calls in vain by class, shrunk to that of all."""
    called: Counter[str] = Counter()
    in_vain: Counter[str] = Counter()
    for visit in visits:
        if visit.called_at is not None:
            called[visit.visitor_class] += 1
            in_vain[visit.visitor_class] += not visit.came_to_counter
    if not in_vain.total():
        return {}
    overall = in_vain.total() / called.total()
    return {
        visitor_class: (in_vain[visitor_class] + NO_SHOW_WEIGHT * overall) / (count + NO_SHOW_WEIGHT)
        for visitor_class, count in called.items()
    }


def _patience(visits: Sequence[PastVisit]) -> dict[str, Patience]:
    by_class: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for visit in visits:
        ended = visit.ended_waiting_at
        if ended is not None and ended > visit.arrived_at:
            by_class[visit.visitor_class].append((ended - visit.arrived_at, visit.left_at is not None))
    return {
        visitor_class: kaplan_meier(waits)
        for visitor_class, waits in by_class.items()
        if sum(left for _, left in waits) >= FEWEST_LEFT
    }


def kaplan_meier(waits: Iterable[tuple[float, bool]]) -> Patience:
    """Return how many still wait after which time; each wait says whether it ended by leaving."""
    ordered = sorted(waits)
    staying, seconds, shares = 1.0, [], []
    for index, (wait, left) in enumerate(ordered):
        if left:
            staying *= 1 - 1 / (len(ordered) - index)
            seconds.append(wait)
            shares.append(staying)
    return Patience(tuple(seconds), tuple(shares))


def _arrivals(days: Sequence[PastDay]) -> dict[str, ArrivalRate]:
    """Return how many of each class come in each hour; an hour counts on days on which anybody came in it."""
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    visits: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    open_days: Counter[int] = Counter()
    for day in days:
        hours = set()
        for visit in day.visits:
            hour = hour_of_day(visit.arrived_at, day.starts_at)
            hours.add(hour)
            if visit.appointment_at is None:
                counts[visit.visitor_class][hour] += 1
                visits[visit.visitor_class].append(visit.services)
        open_days.update(hours)
    return {
        visitor_class: ArrivalRate(
            {hour: count / open_days[hour] for hour, count in by_hour.items()},
            # Every n-th is as good a mix as all of them.
            tuple(visits[visitor_class][:: 1 + len(visits[visitor_class]) // 200]),
        )
        for visitor_class, by_hour in counts.items()
    }
