"""Which other hour of the same kind each party is proposed, so that all of them can be had together.

Plain rules, as for appointments (``proposals``): the earliest party chooses first, each choice is taken off
what is left before the next one chooses, and nobody is asked to come sooner than they hear of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from queue_service.booking.contingents import Level
from queue_service.rescheduling.proposals import unwelcome

OTHERS = 3
"""Further hours that a party may be given instead."""


class OpenHour(msgspec.Struct, frozen=True):
    """An hour with places; times are the office's own."""

    code: str
    start: datetime
    end: datetime
    most_party: int
    left: Sequence[int]
    """By level, the web's first; below nothing where a level has taken more than its own."""


class PartyWish(msgspec.Struct, frozen=True):
    """A party that needs another hour."""

    reference: str
    code: str
    start: datetime
    """As it is now, in the office's own time."""
    size: int
    level: Level
    not_before: datetime
    """Sooner, the party may not have heard of it."""


def propose(wishes: Iterable[PartyWish], hours: Sequence[OpenHour]) -> Mapping[str, list[OpenHour]]:
    """Give by reference the hours for a party, the one that is proposed first; none where there is none.

    Unlike the proposals, two parties may be shown the same of the further ones.
    """
    left = {(hour.code, hour.start): list(hour.left) for hour in hours}
    found: dict[str, list[OpenHour]] = {}
    for wish in sorted(wishes, key=lambda wish: (wish.start, wish.reference)):
        fitting = [hour for hour in hours if _fits(wish, hour, left[hour.code, hour.start])]
        best = sorted(fitting, key=lambda hour: (hour.start < wish.start, unwelcome(wish.start, hour.start)))
        found[wish.reference] = best[: OTHERS + 1]
        if best:
            for level in range(wish.level, len(best[0].left) + 1):
                left[best[0].code, best[0].start][level - 1] -= wish.size
    return found


def _fits(wish: PartyWish, hour: OpenHour, left: Sequence[int]) -> bool:
    return (
        hour.code == wish.code
        and hour.start != wish.start
        and hour.start >= wish.not_before
        and hour.most_party >= wish.size
        and min(left[wish.level - 1 :]) >= wish.size
    )
