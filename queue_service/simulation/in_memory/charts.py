"""Charts as inline SVG, drawn for reading: every bar has its name and its figures beside it.

Nothing is told by colour alone, and nothing needs a script. A chart is as wide as a telephone, so that
its letters have the size of the text around it there; on wider pages it grows a little.
"""

from collections.abc import Iterator, Sequence

import msgspec
from markupsafe import Markup, escape

WIDTH = 340.0
"""Of the drawing; one unit is one CSS pixel where the page is 360 wide."""
RIGHT = 14.0
"""Room for half of the axis' last figure."""
LABEL_HEIGHT, BAR_HEIGHT, ROW_GAP = 19.0, 14.0, 13.0
AXIS_HEIGHT = 24.0
FEW_TICKS = 4
STEPS = (1, 2, 5, 10, 15, 20, 25, 30, 50, 60, 100, 120, 200, 240, 300, 480, 600)
"""Between two lines of an axis, in its unit."""
COLUMNS_HEIGHT = 110.0
COLUMNS_LEFT = 30.0


class Row(msgspec.Struct, frozen=True):
    """A bar with its name above it."""

    label: str
    figures: str
    """As written at the other end of the line."""
    most: tuple[float, ...]
    """Where its parts end, ascending: the first is drawn boldest, of three the last as a line."""


class Column(msgspec.Struct, frozen=True):
    """An hour."""

    label: str
    value: float | None
    mark: float | None = None
    """A second figure, drawn as a line across."""


def bars(name: str, title: str, description: str, rows: Sequence[Row], unit: str, most: float) -> Markup:
    """Draw bars one below the other on a scale from 0 to ``most``; ``name`` is the chart's id on the page."""
    step, end = scale(most)
    height = len(rows) * (LABEL_HEIGHT + BAR_HEIGHT + ROW_GAP)
    width = WIDTH - RIGHT

    def x(value: float) -> float:
        return min(value, end) / end * width

    parts = [_ticks(step, end, unit, width, height)]
    for nth, row in enumerate(rows):
        top = nth * (LABEL_HEIGHT + BAR_HEIGHT + ROW_GAP)
        base = top + LABEL_HEIGHT - 5
        parts.append(Markup('<text x="0" y="{}" class="label">{}</text>').format(_n(base), row.label))
        parts.append(
            Markup('<text x="{}" y="{}" class="figures">{}</text>').format(_n(WIDTH), _n(base), row.figures)
        )
        parts += _bar([x(value) for value in row.most], top + LABEL_HEIGHT)
    return _drawing(name, title, description, height + AXIS_HEIGHT, parts)


def columns(
    name: str, title: str, description: str, hours: Sequence[Column], unit: str, most: float
) -> Markup:
    """Draw a column for each hour on a scale from 0 to ``most``."""
    step, end = scale(most)
    pitch = (WIDTH - COLUMNS_LEFT) / max(len(hours), 1)

    def y(value: float) -> float:
        return 12 + COLUMNS_HEIGHT * (1 - min(value, end) / end)

    parts = []
    for tick in range(0, int(end) + 1, step):
        parts.append(
            Markup('<line x1="{}" x2="{}" y1="{y}" y2="{y}" class="grid"/>').format(
                _n(COLUMNS_LEFT), _n(WIDTH), y=_n(y(tick))
            )
        )
        parts.append(
            Markup('<text x="{}" y="{}" class="tick end">{}</text>').format(
                _n(COLUMNS_LEFT - 5), _n(y(tick) + 4), tick
            )
        )
    # A mark is dark, and must be seen on its column.
    shade = "second" if any(hour.mark is not None for hour in hours) else "first"
    for nth, hour in enumerate(hours):
        left = COLUMNS_LEFT + nth * pitch
        if hour.value is not None:
            parts.append(_box(shade, left + pitch * 0.14, y(hour.value), pitch * 0.72, y(0) - y(hour.value)))
        if hour.mark is not None:
            parts.append(
                Markup('<line x1="{}" x2="{}" y1="{y}" y2="{y}" class="mark"/>').format(
                    _n(left), _n(left + pitch), y=_n(y(hour.mark))
                )
            )
        parts.append(
            Markup('<text x="{}" y="{}" class="tick middle">{}</text>').format(
                _n(left + pitch / 2), _n(y(0) + 17), hour.label
            )
        )
    parts.append(
        Markup('<text x="{}" y="{}" class="tick end">{}</text>').format(_n(WIDTH), _n(y(0) + 34), unit)
    )
    return _drawing(name, title, description, y(0) + 40, parts)


def scale(most: float) -> tuple[int, float]:
    """Return the distance of an axis' lines and its end, so that all fits and few lines are needed."""
    step = next((step for step in STEPS if step * FEW_TICKS >= most), STEPS[-1])
    return step, float(step * max(1, -(-most // step)))


def _bar(ends: Sequence[float], top: float) -> Iterator[Markup]:
    classes = ("first", "second")
    begins = 0.0
    for name, end in zip(classes, ends, strict=False):
        yield _box(name, begins, top, max(end - begins, 0.0), BAR_HEIGHT)
        begins = max(begins, end)
    if len(ends) > len(classes):
        middle = top + BAR_HEIGHT / 2
        yield Markup('<path d="M{} {m}H{e}M{e} {}V{}" class="third"/>').format(
            _n(begins), _n(top + 2), _n(top + BAR_HEIGHT - 2), m=_n(middle), e=_n(max(ends[-1], begins))
        )
    # Even nothing must be seen to be something that was measured.
    yield Markup('<path d="M0 {}V{}" class="zero"/>').format(_n(top - 2), _n(top + BAR_HEIGHT + 2))


def _ticks(step: int, end: float, unit: str, width: float, height: float) -> Markup:
    lines = []
    for tick in range(0, int(end) + 1, step):
        x = tick / end * width
        where = "start" if not tick else "middle"
        lines.append(
            Markup('<line x1="{x}" x2="{x}" y1="0" y2="{}" class="grid"/>').format(_n(height), x=_n(x))
        )
        lines.append(
            Markup('<text x="{}" y="{}" class="tick {}">{}</text>').format(
                _n(x), _n(height + 16), where, tick or f"{tick} {unit}"
            )
        )
    return Markup("").join(lines)


def _box(name: str, x: float, y: float, width: float, height: float) -> Markup:
    return Markup('<rect x="{}" y="{}" width="{}" height="{}" class="{}"/>').format(
        _n(x), _n(y), _n(width), _n(height), name
    )


def _drawing(name: str, title: str, description: str, height: float, parts: Sequence[Markup]) -> Markup:
    return Markup(
        '<svg viewBox="0 0 {} {}" role="img" aria-labelledby="{n}-title" aria-describedby="{n}-desc">'
        '<title id="{n}-title">{}</title><desc id="{n}-desc">{}</desc>{}</svg>'
    ).format(_n(WIDTH), _n(height), escape(title), escape(description), Markup("").join(parts), n=name)


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
