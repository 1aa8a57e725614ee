"""How high letters must be to be read from afar, and what that is on a screen.

EN 301 549 asks of signs that are read from a distance for capitals of at least a 1/82 of it.
"""

METRES_A_CAPITAL = 82
"""5 m ask for capitals of 61 mm, 10 m for 122 mm."""
MILLIMETRES_A_METRE = 1000
MILLIMETRES_AN_INCH = 25.4


def capitals_mm(metres: float) -> float:
    """Give the least height of capitals that are read from so far."""
    return metres * MILLIMETRES_A_METRE / METRES_A_CAPITAL


def readable_metres(capitals_mm: float) -> float:
    """Give from how far capitals of this height can be read."""
    return capitals_mm * METRES_A_CAPITAL / MILLIMETRES_A_METRE


def pixels_a_millimetre(diagonal_inches: float, width: int, height: int) -> float:
    """Give how fine a screen is whose page measures so many pixels and fills it."""
    diagonal: float = (width**2 + height**2) ** 0.5
    return diagonal / (diagonal_inches * MILLIMETRES_AN_INCH)
