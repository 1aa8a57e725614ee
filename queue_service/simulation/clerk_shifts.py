"""Who sits at the counters when: early and late shifts with a break each, pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

LONGEST_SHIFT = timedelta(hours=8, minutes=30)
"""Eight hours of work and the break that German law asks for after six (ArbZG §4)."""
BREAK = timedelta(minutes=30)
FIRST_BREAK_AFTER = timedelta(hours=3)
BREAK_STEP = timedelta(minutes=30)
BREAK_TURNS = 4
"""Breaks begin in so many turns, so that the hall never stands still."""
BREAK_FROM = timedelta(hours=6)
"""Shorter shifts have none."""
READY_BEFORE = timedelta(minutes=10)
"""Everybody is logged in before the door opens."""
EARLY_EVERY = 3
"""Two late shifts for each early one: the second half of the day is the fuller one."""
FEW = 4
"""With fewer clerks everybody stays all day."""


class Counter(msgspec.Struct, frozen=True):
    """What can be had at a counter."""

    id: str
    services: frozenset[str]
    features: frozenset[str]

    def can_serve(self, service: str, needs: Sequence[str]) -> bool:
        """Tell whether a visitor with these needs can have the service here."""
        return service in self.services and self.features.issuperset(needs)


class Shift(msgspec.Struct, frozen=True):
    """One clerk's day at one counter."""

    counter: Counter
    begins: datetime
    ends: datetime
    break_begins: datetime | None = None
    stays_to_the_end: bool = True
    """Serves until nobody is left, after closing too."""


def plan_shifts(opens: datetime, closes: datetime, counters: Sequence[Counter]) -> list[Shift]:
    """Seat a clerk at each of the counters, early and late shifts mixed."""
    shifts = []
    for position, counter in enumerate(counters):
        begins, ends = opens, closes
        early = False
        if len(counters) >= FEW and closes - opens > LONGEST_SHIFT:
            early = position % EARLY_EVERY == 0
            begins, ends = (opens, opens + LONGEST_SHIFT) if early else (closes - LONGEST_SHIFT, closes)
        pause = None
        if ends - begins >= BREAK_FROM:
            pause = begins + FIRST_BREAK_AFTER + position % BREAK_TURNS * BREAK_STEP
        shifts.append(Shift(counter, begins - READY_BEFORE, ends, pause, stays_to_the_end=not early))
    return shifts


def can_be_served(shifts: Sequence[Shift], service: str, needs: Sequence[str]) -> bool:
    """Tell whether somebody who stays to the end can serve this."""
    return any(shift.stays_to_the_end and shift.counter.can_serve(service, needs) for shift in shifts)
