"""Plays halls forward and learns from past days: a program of its own, so that no caller ever waits for it.

``python -m queue_service.queueing.hall_player`` reads questions from its standard input and writes
answers to its standard output: four bytes of length, then MessagePack. It has no database and no secrets,
keeps nothing but what it can be told again, and ends when its input does.
"""

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import BinaryIO

import msgspec

from queue_service.forecast.calibration import Calibration
from queue_service.forecast.forecaster import Forecaster
from queue_service.forecast.knowledge import Knowledge
from queue_service.forecast.learning import learn
from queue_service.forecast.model import Answer, HallState, Newcomer, Unknown
from queue_service.forecast.office_order import office_order
from queue_service.forecast.past_days import PastDay
from queue_service.forecast.rest_of_day import DayAhead, DayOutlook, look_ahead
from queue_service.forecast.stretch import Promise, fit_stretch
from queue_service.offices.setup_model import OrderSetup
from queue_service.protocol.stream import WaitRange
from queue_service.queueing.told_waits import NewcomerWait, ToldWait

LENGTH_BYTES = 4
NICENESS = 5
"""Below the service itself: a call never waits for a forecast."""


class Play(msgspec.Struct, frozen=True, tag=True):
    """Asks how long everybody will wait."""

    office: int
    now: float
    state: HallState
    newcomers: list[Newcomer]
    rules: OrderSetup
    kept_counters: list[str]
    calibration: Calibration
    knowledge: Knowledge | None
    """None: as last time."""
    ahead: DayAhead | None = None
    """Asks for the rest of the day as well."""


class Remember(msgspec.Struct, frozen=True, tag=True):
    """One of the days to learn from; answered by nothing."""

    day: PastDay


class Learn(msgspec.Struct, frozen=True, tag=True):
    """Asks what the days that were sent teach."""

    planned_minutes: dict[str, float]
    promises: list[Promise]
    """In the order in which they were made."""


class Played(msgspec.Struct, frozen=True, tag=True):
    """Answers in the order of the question."""

    tickets: list[ToldWait]
    newcomers: list[NewcomerWait]
    rest_of_day: DayOutlook | None = None


class Learned(msgspec.Struct, frozen=True, tag=True):
    """What an office knows from now on."""

    knowledge: Knowledge
    calibration: Calibration


Question = Play | Remember | Learn
_encode = msgspec.msgpack.Encoder().encode
_question = msgspec.msgpack.Decoder(Question).decode


def framed(message: Question | Played | Learned) -> bytes:
    """Return a message as it travels."""
    content = _encode(message)
    return len(content).to_bytes(LENGTH_BYTES) + content


class _Answering:
    """What the process itself does: one question after another."""

    def __init__(self) -> None:
        self._knowledge: dict[int, Knowledge] = {}
        self._forecasters: dict[int, tuple[object, Forecaster]] = {}
        self._days: list[PastDay] = []

    def answer(self, question: Question) -> Played | Learned | None:
        match question:
            case Play():
                return self._play(question)
            case Remember():
                self._days.append(question.day)
                return None
            case Learn():
                return Learned(learn(self._days, question.planned_minutes), recalibrated(question.promises))

    def _play(self, question: Play) -> Played:
        forecaster = self._forecaster(question)
        forecaster.calibration = question.calibration
        told = forecaster.forecast(question.state, question.now, question.newcomers)
        return Played(
            [_told(told.tickets[waiting.ticket]).told for waiting in question.state.waiting],
            [_told(told.newcomers[newcomer]) for newcomer in question.newcomers],
            _rest_of_day(forecaster, question) if question.ahead else None,
        )

    def _forecaster(self, question: Play) -> Forecaster:
        """Give the office's forecaster: kept, because what it has drawn is of use the next time."""
        if question.knowledge is not None:
            self._knowledge[question.office] = question.knowledge
            self._forecasters.pop(question.office, None)
        made_for = (question.rules, question.kept_counters)
        kept = self._forecasters.get(question.office)
        if kept is not None and kept[0] == made_for:
            return kept[1]
        order = office_order(question.rules, question.kept_counters)
        forecaster = Forecaster(self._knowledge.get(question.office, Knowledge()), order)
        self._forecasters[question.office] = (made_for, forecaster)
        return forecaster


def _rest_of_day(forecaster: Forecaster, question: Play) -> DayOutlook:
    assert question.ahead is not None, "asked for"
    return look_ahead(
        question.state,
        question.now,
        forecaster.drawing,
        forecaster.order,
        forecaster.calibration,
        question.ahead,
    )


def _told(answer: Answer) -> NewcomerWait:
    if isinstance(answer, Unknown):
        return NewcomerWait(reason=answer.reason)
    told = WaitRange(answer.low_minutes, answer.high_minutes)
    opens_at = datetime.fromtimestamp(answer.opens_at, UTC) if answer.opens_at else None
    return NewcomerWait(told, None, opens_at, answer.calibrated, answer.simulated)


def recalibrated(promises: Sequence[Promise]) -> Calibration:
    """Return the corrections as they would be now, had the stretch that fits these promises been told."""
    calibration = Calibration(fit_stretch(promises))
    for promise in promises:
        told = calibration.corrected(promise.simulated, promise.visitor_class, promise.hour)
        calibration.observe(told, promise.visitor_class, promise.hour, promise.waited)
    return calibration


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer until there are no more questions."""
    answering = _Answering()
    while len(length := questions.read(LENGTH_BYTES)) == LENGTH_BYTES:
        question = _question(questions.read(int.from_bytes(length)))
        answer = answering.answer(question)
        if answer is not None:
            answers.write(framed(answer))
            answers.flush()


if __name__ == "__main__":
    os.nice(NICENESS)
    serve(sys.stdin.buffer, sys.stdout.buffer)
