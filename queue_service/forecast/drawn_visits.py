"""How long each visit lasts in each run, drawn once from what an office has learned.

Runs are drawn from sheets: shuffled lists in which every part of a length occurs equally often, so
that few runs suffice. A sheet is chosen by the ticket's own name, so the same ticket has the same
visits in any hall, with one counter more or somebody ahead: what differs between two forecasts is the
halls, not the luck.
"""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple
from zlib import crc32

from queue_service.forecast.durations import Points, at_quantiles
from queue_service.forecast.knowledge import Knowledge
from queue_service.forecast.model import Counter, Waiting

SHEETS = 48
"""Different sheets of one kind of visit; with their turns, some thousand different drawings."""
NEVER = float("inf")

Row = Sequence[float]
Kind = tuple[tuple[str, ...], str, int]
"""Services, class and hour: what a visit's length depends on."""


class Entry(NamedTuple):
    """One who waits, in one forecast."""

    waiting: Waiting
    lasts: Row
    """By run: seconds until the counter calls again."""
    leaves: Row | None
    """By run: when its visitor gives up."""
    place: int
    """Of its record; -1 for those nobody asked about."""
    newcomer: bool
    """Somebody who might come: is asked about and takes no counter's time."""


class Drawing:
    """Sheets of drawn visits; they last as long as the knowledge and are drawn once."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self._sheets: dict[tuple[Kind, int], list[list[float]]] = {}
        self._arrivals: dict[int, list[list[float]]] = {}

    def visit(self, waiting: Waiting, hour: int, runs: int) -> Row:
        """Return by run how long a visit keeps its counter, the pause after it included."""
        kind = (waiting.services, waiting.visitor_class, hour if self.knowledge.hour_factors else 0)
        sheets = self._sheets.get((kind, runs))
        if sheets is None:
            sheets = self._sheets[kind, runs] = self._draw(kind, runs)
        chosen = crc32(waiting.ticket.encode())
        sheet, turn = sheets[chosen % SHEETS], chosen // SHEETS % runs
        return sheet[turn:] + sheet[:turn]

    def arrival(self, appointment: str, runs: int) -> Row:
        """Return by run how late somebody with an appointment comes, in seconds; NEVER: not at all."""
        sheets = self._arrivals.get(runs)
        if sheets is None:
            sheets = self._arrivals[runs] = self._draw_arrivals(runs)
        chosen = crc32(appointment.encode())
        sheet, turn = sheets[chosen % SHEETS], chosen // SHEETS % runs
        return sheet[turn:] + sheet[:turn]

    def length(self, services: Sequence[str], hour: int) -> list[Points]:
        """Return the lengths of the services of a visit at an hour."""
        known = self.knowledge
        factor = known.hour_factors.get(hour, 1.0)
        lengths = [known.counter_times.get(service, known.any_counter_time) for service in services]
        return [tuple(second * factor for second in points) for points in lengths] if factor != 1 else lengths

    def _draw_arrivals(self, runs: int) -> list[list[float]]:
        chance = Random(runs)  # noqa: S311 - drawn visits, no secret
        late = list(at_quantiles(self.knowledge.punctuality, runs))
        sheets = []
        for _ in range(SHEETS):
            chance.shuffle(late)
            sheet = late.copy()
            for run in range(int(self.knowledge.appointment_no_show * runs + chance.random())):
                sheet[run] = NEVER
            chance.shuffle(sheet)
            sheets.append(sheet)
        return sheets

    def _draw(self, kind: Kind, runs: int) -> list[list[float]]:
        services, visitor_class, hour = kind
        chance = Random(crc32(repr(kind).encode()))  # noqa: S311 - drawn visits, no secret
        lengths = [list(at_quantiles(points, runs)) for points in self.length(services, hour)]
        pauses = list(at_quantiles(self.knowledge.pauses, runs))
        in_vain = list(at_quantiles(self.knowledge.no_show_times, runs))
        absent = self.knowledge.no_show.get(visitor_class, 0.0)
        sheets = []
        for _ in range(SHEETS):
            for row in (*lengths, pauses, in_vain):
                chance.shuffle(row)
            sheet = [sum(parts) for parts in zip(*lengths, pauses, strict=True)]
            # Rounded by chance, so that over all sheets the share is met.
            none_answers = int(absent * runs + chance.random())
            for run in range(none_answers):
                sheet[run] = in_vain[run] + pauses[run]
            chance.shuffle(sheet)
            sheets.append(sheet)
        return sheets


def eligible(waiting: Waiting, counters: Sequence[Counter]) -> frozenset[int]:
    """Return which counters can serve all of a visit's services and needs."""
    return frozenset(
        index
        for index, counter in enumerate(counters)
        if counter.services.issuperset(waiting.services) and waiting.needs <= counter.facilities
    )
