"""The five-minute cells of an office's local day, and the instants they stand for.

Cells count elapsed time, so a day on which clocks change has 276 or 300 of them, and the cell of
09:00 is another one on it.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from queue_service.booking.slot_arithmetic import CELL_MINUTES

CELL = timedelta(minutes=CELL_MINUTES)
ONE_DAY = timedelta(days=1)
DAYS_KEPT = 4096
"""Local days whose cells are remembered: a horizon in every time zone that one installation has."""


@lru_cache(DAYS_KEPT)
def day_begins(day: date, zone: ZoneInfo) -> datetime:
    """Give the instant (UTC) at which a local day begins."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


@lru_cache(DAYS_KEPT)
def wall_minutes(day: date, zone: ZoneInfo) -> tuple[int, ...]:
    """Give what the wall clock shows when each cell begins, in minutes after 00:00."""
    begins, ends = day_begins(day, zone), day_begins(day + ONE_DAY, zone)
    walls = ((begins + cell * CELL).astimezone(zone) for cell in range((ends - begins) // CELL))
    return tuple(wall.hour * 60 + wall.minute for wall in walls)


def cell_at(instant: datetime, zone: ZoneInfo) -> tuple[date, int]:
    """Give the local day and the cell that ``instant`` lies in."""
    day = instant.astimezone(zone).date()
    return day, (instant - day_begins(day, zone)) // CELL


def begins_cell(instant: datetime, zone: ZoneInfo) -> bool:
    """Tell whether a cell begins exactly then."""
    day, cell = cell_at(instant, zone)
    return instant_of(day, cell, zone) == instant


def first_cell_from(instant: datetime, day: date, zone: ZoneInfo) -> int:
    """Give the first cell of ``day`` that begins at or after ``instant``; 0 when the day begins later."""
    return max(-((day_begins(day, zone) - instant) // CELL), 0)


def wall_cell(day: date, minute: int, zone: ZoneInfo) -> int:
    """Give the first cell of ``day`` at which the wall clock shows ``minute`` (after 00:00) or later."""
    walls = wall_minutes(day, zone)
    return next((cell for cell, shown in enumerate(walls) if shown >= minute), len(walls))


def instant_of(day: date, cell: int, zone: ZoneInfo) -> datetime:
    """Give the instant at which a cell begins, in the office's own time."""
    return (day_begins(day, zone) + cell * CELL).astimezone(zone)
