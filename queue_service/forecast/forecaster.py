"""The forecast of a hall: everybody who waits and whoever might come, from one simulation."""

from collections.abc import Sequence

from queue_service.forecast.calibration import Calibration
from queue_service.forecast.call_order import CallOrder
from queue_service.forecast.drawn_visits import NEVER, Drawing
from queue_service.forecast.hall_run import HallRun, next_call
from queue_service.forecast.knowledge import Knowledge
from queue_service.forecast.model import (
    Answer,
    HallForecast,
    HallState,
    Newcomer,
    Range,
    Spread,
    Unknown,
    hour_of_day,
)
from queue_service.forecast.stretch import LEVELS
from queue_service.forecast.told_range import told_minutes


class Forecaster:
    """Forecasts for one office; made anew when what it has learned is replaced.

    Keeps nothing but drawn sheets between forecasts, so it can be used by several at once.
    """

    def __init__(
        self, knowledge: Knowledge, order: CallOrder, calibration: Calibration | None = None
    ) -> None:
        self.drawing = Drawing(knowledge)
        self.order = order
        self.calibration = calibration or Calibration()

    def forecast(self, state: HallState, now: float, newcomers: Sequence[Newcomer] = ()) -> HallForecast:
        """Return the answer for each ticket that waits and for each of ``newcomers``."""
        run = HallRun(state, now, self.drawing, self.order, newcomers)
        run.play()
        hour = hour_of_day(now, state.day_starts_at)
        classes = [
            *(waiting.visitor_class for waiting in state.waiting),
            *(somebody.visitor_class for somebody in newcomers),
        ]
        answers = [
            self._answer(state, now, run.can_serve[place], run.waits[place], visitor_class, hour)
            for place, visitor_class in enumerate(classes)
        ]
        waiting = len(state.waiting)
        return HallForecast(
            {ticket.ticket: answer for ticket, answer in zip(state.waiting, answers[:waiting], strict=True)},
            dict(zip(newcomers, answers[waiting:], strict=True)),
        )

    def _answer(
        self,
        state: HallState,
        now: float,
        counters: frozenset[int],
        waits: list[float],
        visitor_class: str,
        hour: int,
    ) -> Answer:
        if not state.counters:
            return Unknown("no_counter_open")
        if not counters:
            return Unknown("nobody_serves_this")
        if all(_calls_next(state, index, now) == NEVER for index in counters):
            return Unknown("no_counter_open")
        spread = spread_of(waits)
        if spread is None:
            return Unknown("closes_before")
        calibrated = self.calibration.corrected(spread, visitor_class, hour)
        opens_at = min(_calls_next(state, index, now) for index in counters)
        return Range(
            *told_minutes(calibrated.low, calibrated.high),
            calibrated,
            spread,
            opens_at if opens_at > now else None,
        )


def spread_of(waits: list[float]) -> Spread | None:
    """Return the spread of drawn waits; None when a tenth of them never ends."""
    ordered = sorted(waits)
    high = quantile(ordered, LEVELS["high"])
    if ordered[-1] == NEVER and high == NEVER:
        return None
    ended = [wait for wait in ordered if wait < NEVER]
    return Spread(
        quantile(ordered, LEVELS["low"]),
        quantile(ordered, LEVELS["middle"]),
        high,
        sum(ended) / len(ended),
    )


def quantile(ordered: list[float], level: float) -> float:
    """Return the value below which a share of an ascending sample lies."""
    place = level * len(ordered) - 0.5
    below = max(0, int(place))
    above = min(below + 1, len(ordered) - 1)
    share = max(0.0, place - below)
    if ordered[above] == NEVER:
        return NEVER if share else ordered[below]
    return ordered[below] + (ordered[above] - ordered[below]) * share


def _calls_next(state: HallState, index: int, now: float) -> float:
    begins = next_call(state.counters[index].spans, now)
    return NEVER if begins is None else begins
