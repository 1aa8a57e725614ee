"""What is left of a pool's day, as bitmap planes: taking a place, and where a visit can begin.

A local day is cut into cells of five minutes, counted in elapsed time from local midnight; an
ordinary day has 288 of them, the days on which clocks change 276 and 300. A *plane* is a set of
cells kept as an ``int``: written out in ``DAY_CELLS`` binary digits it is the day from left to
right, so that cell 0 is the most significant digit. PostgreSQL's ``bit(300)`` reads the same way,
which makes every rule here the same expression there.

``planes[k - 1]`` is the set of cells in which at least k places are left. Each plane is a subset
of the one before it, and the last one is never empty: a full day is the empty list.
"""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

CELL_MINUTES = 5
DAY_CELLS = 300
"""25 hours, the longest local day there is."""

Plane: TypeAlias = int
Planes: TypeAlias = list[Plane]

NO_CELLS: Plane = 0


def visit_cells(first_cell: int, cells: int) -> Plane:
    """Give the cells that a visit of ``cells`` cells covers when it begins at ``first_cell``."""
    return ((1 << cells) - 1) << (DAY_CELLS - first_cell - cells)


def cells_where(flags: Iterable[bool]) -> Plane:
    """Give the set of cells whose flag is true; cells beyond the last flag are not in it."""
    return int("".join("1" if flag else "0" for flag in flags).ljust(DAY_CELLS, "0"), 2)


def cells_in(plane: Plane) -> list[int]:
    """List the cells of a plane in the order of the day."""
    return [cell for cell, digit in enumerate(f"{plane:0{DAY_CELLS}b}") if digit == "1"]


def places_left(planes: Planes) -> list[int]:
    """Count the places left in each of the ``DAY_CELLS`` cells."""
    counts = [0] * DAY_CELLS
    for plane in planes:
        for cell in cells_in(plane):
            counts[cell] += 1
    return counts


def planes_of(places: Sequence[int]) -> Planes:
    """Give the planes of a day from its places per cell."""
    return [cells_where(count > k for count in places) for k in range(max(places, default=0))]


def add_places(planes: Planes, cells: Plane, places: int) -> Planes:
    """Give the planes of a day with ``places`` more places in ``cells``.

    One more place ripples down the planes like a carry: a cell that a plane holds already goes
    on to the next.
    """
    grown = list(planes)
    for _ in range(places):
        carry = cells
        for k, plane in enumerate(grown):
            grown[k], carry = plane | carry, plane & carry
        if carry:
            grown.append(carry)
    return grown


def take_place(planes: Planes, cells: Plane) -> Planes:
    """Give the planes after one place was taken in each of ``cells``.

    A cell with nothing left stays at nothing: whether the place was there to be taken is the
    caller's question (``has_place``).
    """
    shifted = [
        (plane & ~cells) | (following & cells)
        for plane, following in zip(planes, [*planes, NO_CELLS][1:], strict=True)
    ]
    while shifted and not shifted[-1]:
        shifted.pop()
    return shifted


def has_place(planes: Planes, cells: Plane) -> bool:
    """Tell whether a place is left in every one of ``cells``."""
    return bool(planes) and planes[0] & cells == cells


def longest_visit(planes: Planes) -> int:
    """Give the cells of the longest visit that still has a start, 0 when the day is full."""
    return longest_run(planes[0]) if planes else 0


def longest_run(plane: Plane) -> int:
    """Give the number of cells in the longest run of neighbours."""
    return max(map(len, f"{plane:b}".split("0")))


def offered_starts(plane: Plane, cells: int, *, first: int = 0, end: int = DAY_CELLS) -> list[int]:
    """List the cells at which a visit of ``cells`` cells is offered, not before ``first``, before ``end``.

    A visit may begin at any cell where it fits, but offering 10:00, 10:05 and 10:10 side by side
    shows one place three times, and a visit booked at 10:05 leaves a hole of five minutes that
    nobody can use. So offers follow one another from the beginning of each free run, each where
    the one before would end, and the clock moves on without changing them. When ``first`` lies
    behind the last such offer of a run that still has room, the run's earliest possible start is
    offered: a list is empty only if nothing fits.
    """
    offered: list[int] = []
    for run_start, run_end in free_runs(plane):
        earliest, latest = max(run_start, first), min(run_end - cells, end - 1)
        if earliest > latest:
            continue
        aligned = run_start + -(-(earliest - run_start) // cells) * cells
        offered.extend(range(aligned, latest + 1, cells) if aligned <= latest else [earliest])
    return offered


def free_runs(plane: Plane) -> list[tuple[int, int]]:
    """List the runs of neighbouring cells in a plane as (first cell, cell after the last)."""
    runs: list[tuple[int, int]] = []
    begins = plane & ~(plane >> 1)
    ends = plane & ~(plane << 1)
    while begins:
        runs.append((DAY_CELLS - begins.bit_length(), DAY_CELLS - ends.bit_length() + 1))
        begins ^= 1 << (begins.bit_length() - 1)
        ends ^= 1 << (ends.bit_length() - 1)
    return runs
