"""A process that plays halls forward, so that no caller ever waits for a simulation.

``python -m queue_service.queueing.forecast_process`` reads questions from its standard input and writes
answers to its standard output: four bytes of length, then MessagePack. It has no database and no secrets,
keeps nothing but what it can be told again, and ends when its input does. What is learned from past days
is computed by one of these that ends afterwards, so that the memory for sixty days is not kept.
"""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import Sequence
from contextlib import suppress
from typing import BinaryIO

import msgspec

from queue_service.forecast.calibration import Calibration
from queue_service.forecast.forecaster import Forecaster
from queue_service.forecast.knowledge import Knowledge
from queue_service.forecast.learning import learn
from queue_service.forecast.model import Answer, HallState, Newcomer, Unknown
from queue_service.forecast.office_order import office_order
from queue_service.forecast.past_days import PastDay
from queue_service.forecast.stretch import Promise, fit_stretch
from queue_service.offices.setup_model import OrderSetup
from queue_service.protocol.stream import WaitRange
from queue_service.queueing.told_waits import NewcomerWait, ToldWait

LENGTH_BYTES = 4
ANSWER_SECONDS = 60.0
"""Far above any forecast or night's learning; what takes longer is stuck and is ended."""
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


class Learned(msgspec.Struct, frozen=True, tag=True):
    """What an office knows from now on."""

    knowledge: Knowledge
    calibration: Calibration


Question = Play | Remember | Learn
_encode = msgspec.msgpack.Encoder().encode
_question = msgspec.msgpack.Decoder(Question).decode
_played = msgspec.msgpack.Decoder(Played).decode
_learned = msgspec.msgpack.Decoder(Learned).decode


class ForecastProcessEndedError(RuntimeError):
    """The process has died, or answered nothing; a new one can be asked the same."""


class ForecastProcess:
    """The other end: asked by one task at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.told: dict[int, object] = {}
        """What this process has been told, by office: which knowledge it has."""

    @classmethod
    async def start(cls) -> "ForecastProcess":
        """Start one; it holds about 25 MB."""
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "queue_service.queueing.forecast_process",
                stdin=PIPE,
                stdout=PIPE,
                # Nothing of ours that it doesn't need: no addresses, no passwords.
                env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                # Ctrl-C is for the service, which then lets this one end.
                start_new_session=True,
            )
        )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    async def play(self, question: Play) -> Played:
        """Have a hall played; raises ForecastProcessEndedError."""
        return _played(await self._ask(question))

    async def remember(self, day: PastDay) -> None:
        """Send one of the days for ``learn``; raises ForecastProcessEndedError."""
        try:
            await self._send(Remember(day))
        except OSError as gone:
            raise ForecastProcessEndedError from gone

    async def learn(self, question: Learn) -> Learned:
        """Have the days learned from that were sent; raises ForecastProcessEndedError."""
        return _learned(await self._ask(question))

    async def close(self) -> None:
        """Let it end; it is gone when this returns."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    async def _ask(self, question: Play | Learn) -> bytes:
        stdout = self._process.stdout
        assert stdout is not None, "started with a pipe"
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._send(question)
                length = int.from_bytes(await stdout.readexactly(LENGTH_BYTES))
                return await stdout.readexactly(length)
        except (OSError, asyncio.IncompleteReadError) as gone:
            raise ForecastProcessEndedError from gone

    async def _send(self, question: Question) -> None:
        stdin = self._process.stdin
        assert stdin is not None, "started with a pipe"
        frame = _encode(question)
        stdin.write(len(frame).to_bytes(LENGTH_BYTES) + frame)
        await stdin.drain()


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


def _told(answer: Answer) -> NewcomerWait:
    if isinstance(answer, Unknown):
        return NewcomerWait(reason=answer.reason)
    told = WaitRange(answer.low_minutes, answer.high_minutes)
    return NewcomerWait(told, None, answer.calibrated, answer.simulated)


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
            frame = _encode(answer)
            answers.write(len(frame).to_bytes(LENGTH_BYTES) + frame)
            answers.flush()


if __name__ == "__main__":
    os.nice(NICENESS)
    serve(sys.stdin.buffer, sys.stdout.buffer)
