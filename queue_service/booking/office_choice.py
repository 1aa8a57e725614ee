"""Which offices a search asks, and in which order: by what they have, and by how far they are."""

from collections.abc import Iterable, Sequence
from math import asin, cos, radians, sin, sqrt

from queue_service.offices.catalogue import Office
from queue_service.offices.setup_model import AccessFact

EARTH_RADIUS_KM = 6371.0
"""Mean radius (IUGG)."""


def with_access(offices: Iterable[Office], facts: Sequence[AccessFact]) -> list[Office]:
    """Give the offices that are known to have all of it; what is unknown doesn't count."""
    return [
        office
        for office in offices
        if all(fact in office.setup.access and office.setup.access[fact].available for fact in facts)
    ]


def by_distance(
    offices: Iterable[Office], position: tuple[float, float]
) -> list[tuple[Office, float | None]]:
    """Give offices with their distance in kilometres, nearest first; None, and last, without a position."""
    measured = [(office, distance_km(office, position)) for office in offices]
    return sorted(measured, key=lambda pair: (pair[1] is None, pair[1] or 0.0, pair[0].slug))


def distance_km(office: Office, position: tuple[float, float]) -> float | None:
    """Give the way to an office as the crow flies (haversine), in kilometres to a tenth."""
    setup = office.setup
    if setup.latitude is None or setup.longitude is None:
        return None
    north, east = radians(position[0]), radians(position[1])
    to_north, to_east = radians(setup.latitude), radians(setup.longitude)
    half = sin((to_north - north) / 2) ** 2 + cos(north) * cos(to_north) * sin((to_east - east) / 2) ** 2
    return round(2 * EARTH_RADIUS_KM * asin(sqrt(half)), 1)
