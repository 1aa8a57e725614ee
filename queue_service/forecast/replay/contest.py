"""All rules on the same days: fitted and warmed up on the first, judged on the last.

Every rule gets what ours has: a spread fitted on the training days and the same calibration, which
learns from each wait when it has ended and not before.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean, median

import msgspec

from queue_service.forecast.calibration import Calibration
from queue_service.forecast.call_order import CallOrder
from queue_service.forecast.durations import at_quantiles
from queue_service.forecast.forecaster import Forecaster
from queue_service.forecast.knowledge import COUNTER_SECONDS
from queue_service.forecast.learning import learn
from queue_service.forecast.model import Range, Spread, hour_of_day
from queue_service.forecast.past_days import PastDay
from queue_service.forecast.replay.log_states import CounterSkills, Moment, moments
from queue_service.forecast.replay.rival_rules import (
    RULES,
    Averages,
    LinearMix,
    least_absolute,
    least_squares,
)
from queue_service.forecast.replay.scores import Told
from queue_service.forecast.replay.true_waits import true_waits
from queue_service.forecast.stretch import LEVELS, Promise, Stretch, fit_stretch

OURS = "simulation"
MIX = "linear mix"


class NothingToJudgeError(ValueError):
    """On the first days or on the last nobody had to wait: nothing can be learned or judged."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class Case(msgspec.Struct, frozen=True):
    """One visitor at whom all rules guess."""

    day: str
    at: float
    visitor_class: str
    hour: int
    waited: float
    stayed: bool
    simulated: Spread
    guesses: tuple[float, ...]
    """By rule, in the order of RULES."""


class Contest(msgspec.Struct, frozen=True):
    """What came of it."""

    told: dict[str, list[Told]]
    """By rule, of the test days."""
    raw: dict[str, list[Told]]
    """The rivals as their rule says it, nothing fitted."""
    fitted: dict[str, list[Told]]
    """The rivals with the lines of the training days, and no calibration that goes on."""
    classes: list[str]
    unknown_truth: int
    """Visitors of the test days whose wait nobody can know."""
    unknown_told: int
    """Visitors of the test days to whom ours would have told no range."""
    test_days: list[str]


def compete(
    training: Sequence[PastDay],
    test: Sequence[PastDay],
    order: CallOrder,
    planned_minutes: Mapping[str, float],
    progress: Callable[[str], object],
) -> Contest:
    """Return what every rule told on the test days; raises NothingToJudgeError."""
    cases, unknown_truth, unknown_told = cases_of(training, test, order, planned_minutes, progress)
    train_cases = [case for of_day in cases[: len(training)] for case in of_day]
    test_cases = [case for of_day in cases[len(training) :] for case in of_day]
    if not train_cases or not test_cases:
        raise NothingToJudgeError
    told: dict[str, list[Told]] = {}
    raw: dict[str, list[Told]] = {}
    spreads: dict[str, Callable[[Case], Spread]] = {OURS: lambda case: case.simulated}
    for place, name in enumerate(RULES):
        spreads[name] = _fitted(train_cases, place)
        raw[name] = [_told(case, _point(case.guesses[place])) for case in test_cases]
    spreads[MIX] = _mixed(train_cases)
    stretch = fit_stretch(
        [Promise(case.visitor_class, case.hour, case.simulated, case.waited) for case in train_cases]
    )
    fitted = {
        name: [_told(case, spread(case)) for case in test_cases]
        for name, spread in spreads.items()
        if name != OURS
    }
    for name, spread in spreads.items():
        # The rivals' lines are fitted in their spread already.
        lines = stretch if name == OURS else Stretch()
        told[name] = _calibrated(train_cases, test_cases, spread, lines)
    classes = sorted({case.visitor_class for case in (*train_cases, *test_cases)})
    return Contest(told, raw, fitted, classes, unknown_truth, unknown_told, [day.name for day in test])


def cases_of(
    training: Sequence[PastDay],
    test: Sequence[PastDay],
    order: CallOrder,
    planned_minutes: Mapping[str, float],
    progress: Callable[[str], object],
) -> tuple[list[list[Case]], int, int]:
    """Return by day whom the rules guess at, and how many truths and answers of the test days are unknown."""
    knowledge = learn(training, planned_minutes)
    averages = _averages(training)
    ours = Forecaster(knowledge, order)
    skills = CounterSkills(list(training))
    pause = median(knowledge.pauses)
    cases: list[list[Case]] = []
    unknown_truth = unknown_told = 0
    for index, day in enumerate((*training, *test)):
        waits = true_waits(day, order, pause)
        of_day = []
        for moment in moments(day, order, skills):
            waited = waits.get(moment.visit.ticket)
            answer = ours.forecast(moment.state, moment.at).tickets[moment.visit.ticket]
            in_test = index >= len(training)
            if waited is None:
                unknown_truth += in_test
            elif not isinstance(answer, Range):
                unknown_told += in_test
            else:
                of_day.append(_case(day, moment, waited, answer, averages))
        cases.append(of_day)
        progress(day.name)
    return cases, unknown_truth, unknown_told


def _averages(training: Sequence[PastDay]) -> Averages:
    lengths: dict[str, list[float]] = defaultdict(list)
    waits = []
    for day in training:
        for visit in day.visits:
            if visit.called_at is not None and visit.finished_at is not None and visit.came_to_counter:
                lengths[visit.services[0]].append(visit.finished_at - visit.called_at)
            if visit.called_at is not None and visit.called_at > visit.arrived_at:
                waits.append(visit.called_at - visit.arrived_at)
    every = [length for of_service in lengths.values() for length in of_service]
    return Averages(
        fmean(every) if every else COUNTER_SECONDS,
        {service: fmean(of_service) for service, of_service in lengths.items()},
        fmean(waits) if waits else 0.0,
    )


def _case(day: PastDay, moment: Moment, waited: float, answer: Range, averages: Averages) -> Case:
    return Case(
        day.name,
        moment.at,
        moment.visit.visitor_class,
        hour_of_day(moment.at, day.starts_at),
        waited,
        moment.visit.called_at is not None,
        answer.simulated,
        tuple(rule(moment, averages) for rule in RULES.values()),
    )


def _point(guess: float) -> Spread:
    return Spread(guess, guess, guess, guess)


def _told(case: Case, spread: Spread) -> Told:
    return Told(case.visitor_class, case.hour, spread, case.waited, case.stayed)


def _fitted(cases: Sequence[Case], place: int) -> Callable[[Case], Spread]:
    """Return a rival's spread: its guess, stretched as its errors on the training days were."""
    waits = [case.waited for case in cases]
    rows = [(case.guesses[place],) for case in cases]
    return _spread_around(
        cases, lambda case: (case.guesses[place],), least_squares(rows, waits), least_absolute(rows, waits)
    )


def _mixed(cases: Sequence[Case]) -> Callable[[Case], Spread]:
    waits = [case.waited for case in cases]
    rows = [case.guesses for case in cases]
    return _spread_around(
        cases, lambda case: case.guesses, least_squares(rows, waits), least_absolute(rows, waits)
    )


def _spread_around(
    cases: Sequence[Case], row: Callable[[Case], Sequence[float]], mean: LinearMix, middle: LinearMix
) -> Callable[[Case], Spread]:
    """Return a spread whose mean and middle are fitted and whose bounds grow with the middle."""
    usual = fmean(case.waited for case in cases)
    errors = sorted((case.waited - (centre := middle.at(row(case)))) / (centre + usual) for case in cases)
    quantiles = at_quantiles(errors, 100)
    low, high = (quantiles[int(LEVELS[bound] * 100)] for bound in ("low", "high"))

    def spread(case: Case) -> Spread:
        values = row(case)
        centre = middle.at(values)
        scale = centre + usual
        return Spread(max(0.0, centre + low * scale), centre, centre + high * scale, mean.at(values))

    return spread


def _calibrated(
    training: Sequence[Case], test: Sequence[Case], spread: Callable[[Case], Spread], stretch: Stretch
) -> list[Told]:
    """Return what is told with a calibration that knows of a wait only when it has ended."""
    calibration = Calibration(stretch)
    ending: list[tuple[float, int, Case, Spread]] = []
    told = []
    for index, case in enumerate((*training, *test)):
        while ending and ending[0][0] <= case.at:
            _, _, over, promised = heapq.heappop(ending)
            calibration.observe(promised, over.visitor_class, over.hour, over.waited)
        promise = calibration.corrected(spread(case), case.visitor_class, case.hour)
        if index >= len(training):
            told.append(_told(case, promise))
        heapq.heappush(ending, (case.at + case.waited, index, case, promise))
    return told
