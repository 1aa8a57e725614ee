"""Days that are over, as an office learns from them: who came when, was called when and was done when."""

import msgspec

from queue_service.forecast.model import ComingAppointment, Span


class PastVisit(msgspec.Struct, frozen=True):
    """One who came; instants as in ``model``."""

    ticket: str
    visitor_class: str
    services: tuple[str, ...]
    arrived_at: float
    called_at: float | None = None
    """None for somebody who left before being called, or was never called."""
    finished_at: float | None = None
    """When the counter was done with the visit, or gave up calling."""
    left_at: float | None = None
    """When somebody who was not called left."""
    counter: str | None = None
    came_to_counter: bool = True
    """False for a call that nobody answered."""
    appointment_at: float | None = None
    needs: frozenset[str] = frozenset()

    @property
    def waiting_since(self) -> float:
        """What the order counts from."""
        return max(self.arrived_at, self.appointment_at or self.arrived_at)

    @property
    def ended_waiting_at(self) -> float | None:
        """When the wait ended, by a call or by leaving."""
        return self.called_at if self.called_at is not None else self.left_at


class PlannedCounter(msgspec.Struct, frozen=True):
    """A counter as that day's plan had it."""

    name: str
    services: frozenset[str]
    spans: tuple[Span, ...]
    facilities: frozenset[str] = frozenset()


class PastDay(msgspec.Struct, frozen=True):
    """One day of an office."""

    name: str
    starts_at: float
    visits: tuple[PastVisit, ...]
    """By arrival."""
    counters: tuple[PlannedCounter, ...] | None = None
    """None where no plan is known: then who was seen serving was there."""
    missed: tuple[ComingAppointment, ...] = ()
    """Appointments that nobody came to."""
