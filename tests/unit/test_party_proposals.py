"""Parties that have lost their places are proposed hours that all of them can have together."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from queue_service.booking.contingents import LEVELS, Level
from queue_service.rescheduling.party_proposals import OpenHour, PartyWish, propose

MONDAY = datetime(2027, 1, 11, 10, tzinfo=UTC)
LONG_AGO = MONDAY - timedelta(days=30)


def hour(day: int, left: int = 9, *, code: str = "lanes", at: int = 10) -> OpenHour:
    start = MONDAY.replace(hour=at) + timedelta(days=day)
    return OpenHour(code, start, start + timedelta(hours=1), 6, [left] * 4)


def wish(reference: str = "A", *, size: int = 1, not_before: datetime = LONG_AGO) -> PartyWish:
    return PartyWish(reference, "lanes", MONDAY, size, 3, not_before)


def proposed(*hours: OpenHour, size: int = 1, not_before: datetime = LONG_AGO) -> list[datetime]:
    found = propose([wish(size=size, not_before=not_before)], hours)["A"]
    return [one.start for one in found]


def test_the_nearest_hour_comes_first_and_earlier_ones_after_all_that_follow() -> None:
    before, evening, later = hour(-1), hour(1, at=18), hour(3)
    assert proposed(before, later, evening) == [evening.start, later.start, before.start]


def test_an_hour_that_is_too_full_too_soon_its_own_or_of_another_kind_is_none() -> None:
    full, other_kind, soon, own = hour(1, left=1), hour(2, code="diving"), hour(3), hour(0)
    assert proposed(full, other_kind, soon, own, size=2, not_before=soon.end) == []
    assert proposed(hour(1), size=7) == []


hours = st.lists(st.builds(hour, st.integers(1, 9), st.integers(0, 8)), unique_by=lambda one: one.start)
sizes = st.lists(st.tuples(st.integers(1, 6), st.sampled_from(LEVELS)), max_size=8)


@given(hours, sizes)
def test_all_proposals_can_be_had_together(
    open_hours: list[OpenHour], parties: list[tuple[int, Level]]
) -> None:
    wishes = [
        PartyWish(str(n), "lanes", MONDAY, size, level, LONG_AGO) for n, (size, level) in enumerate(parties)
    ]
    first = {reference: found[0] for reference, found in propose(wishes, open_hours).items() if found}
    for one in open_hours:
        comers = [wish for wish in wishes if first.get(wish.reference) == one]
        for level, left in zip(LEVELS, one.left, strict=True):
            assert sum(wish.size for wish in comers if wish.level <= level) <= left
