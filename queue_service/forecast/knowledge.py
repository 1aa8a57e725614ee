"""What an office has learned about itself: plain data, kept as JSON, replaced as a whole.

Nothing in it is about a person: lengths are learned by service and hour, never by clerk.
"""

from bisect import bisect_left

import msgspec

from queue_service.forecast.durations import Points, planned_points

COUNTER_SECONDS = 600.0
"""Mean of a visit for which nobody planned anything: ten minutes, the most frequent plan."""
PAUSE_SECONDS = 30.0
"""Mean time from the end of a visit to the next call while somebody waits, before it is learned (ours)."""
NO_SHOW_SECONDS = 90.0
"""Mean time that a call in vain takes: two calls and a look (ours), before it is learned."""


class Patience(msgspec.Struct, frozen=True):
    """How many still wait after which time, by Kaplan and Meier.

    Whoever was called says only: would have waited longer.
    """

    seconds: tuple[float, ...] = ()
    """When somebody left, ascending."""
    staying: tuple[float, ...] = ()
    """Share that still waits just after."""

    def leaving_after(self, waited: float, count: int) -> tuple[float, ...]:
        """Return ``count`` equally likely times until somebody who has waited so long leaves."""
        past = bisect_left(self.seconds, waited)
        here = self.staying[past - 1] if past else 1.0
        gone = [-share for share in self.staying]
        times = []
        for step in range(count):
            place = bisect_left(gone, -here * (1 - (step + 0.5) / count), past)
            times.append(self.seconds[place] - waited if place < len(gone) else float("inf"))
        return tuple(times)


class ArrivalRate(msgspec.Struct, frozen=True):
    """How often somebody of a class comes without an appointment, and what for."""

    per_hour: dict[int, float] = {}
    """Mean number by local hour."""
    visits: tuple[tuple[str, ...], ...] = ()
    """Services of visits, as often as they came."""


class Knowledge(msgspec.Struct, frozen=True):
    """Everything learned; a new office starts with ``from_plan``."""

    counter_times: dict[str, Points] = {}
    """Seconds from the call to the end of a visit, by service."""
    any_counter_time: Points = planned_points(COUNTER_SECONDS)
    """For services nobody planned and nobody saw."""
    hour_factors: dict[int, float] = {}
    """How much longer visits last in an hour than over the day; empty where no test says so."""
    pauses: Points = planned_points(PAUSE_SECONDS)
    """Seconds from the end of a visit to the counter's next call while somebody waits."""
    opening_delays: Points = (0.0,)
    """Seconds from the planned beginning of a span to the counter's first call while somebody waits."""
    no_show: dict[str, float] = {}
    """Share of calls that nobody answers, by class."""
    no_show_times: Points = planned_points(NO_SHOW_SECONDS)
    patience: dict[str, Patience] = {}
    """By class; none for those of whom nobody leaves unseen."""
    arrivals: dict[str, ArrivalRate] = {}
    """By class, without appointments."""
    appointment_no_show: float = 0.2
    """Bremen: 15-25 %, until it is learned."""
    punctuality: Points = (-900.0, -600.0, -480.0, -300.0, -180.0, -60.0, 120.0, 600.0)
    """Seconds of arrival from the appointed time (assumed, until it is learned)."""


def from_plan(minutes: dict[str, float]) -> Knowledge:
    """Return what is known on the first day: the planned minutes by service."""
    return Knowledge({service: planned_points(planned * 60) for service, planned in minutes.items()})
