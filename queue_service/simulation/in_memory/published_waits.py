"""Simulated waits held against those that an office has published."""

import msgspec

from queue_service.simulation.in_memory.figures import PolicyFigures
from queue_service.simulation.scenario import Published


class Held(msgspec.Struct, frozen=True):
    """One published figure beside the simulated one, in minutes."""

    hour: int | None
    """None: of a figure for the whole year."""
    what: str
    """``mean`` of an hour, or ``median`` and ``p90`` of all hours."""
    published: float
    simulated: float
    tolerance: float

    @property
    def holds(self) -> bool:
        """Whether the simulated figure is near enough."""
        return abs(self.simulated - self.published) <= self.tolerance


def hold_against(published: Published, figures: PolicyFigures) -> list[Held]:
    """Return all published figures; an hour in which nobody came is simulated as 0."""
    held = []
    for one in published.hours:
        hour = figures.hours.get(one.hour)
        simulated = hour.waited if hour is not None else None
        tolerance = max(published.hour_tolerance, one.minutes * published.hour_tolerance_percent / 100)
        held.append(Held(one.hour, "mean", one.minutes, simulated or 0.0, tolerance))
    return [
        *held,
        Held(None, "median", published.median, figures.hour_median, published.median_tolerance),
        Held(None, "p90", published.p90, figures.hour_p90, published.p90_tolerance),
    ]
