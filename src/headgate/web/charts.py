"""Bars drawn on the server, so that charts need no script and print as they look."""

from collections.abc import Sequence

from msgspec import Struct

WIDTH, HEIGHT = 720, 140
_GAP = 0.25  # of a bar's place
_STEPS = (1, 2, 5)


class Bar(Struct, frozen=True):
    """One bar within another, in the chart's own units from its upper left corner, written out."""

    x: str
    width: str
    outer_y: str
    outer_height: str
    inner_y: str
    inner_height: str
    label: str
    outer: int
    inner: int
    address: str


class Bars(Struct, frozen=True):
    """`most` is what the upper edge stands for."""

    bars: list[Bar]
    most: int
    width: int = WIDTH
    height: int = HEIGHT


class Pair(Struct, frozen=True):
    """What one bar shows: so many, and so many of them; and where it leads."""

    label: str
    outer: int
    inner: int
    address: str


def bars(pairs: Sequence[Pair]) -> Bars:
    """Draw the pairs from left to right; the upper edge is a round number."""
    most = round_up(max((pair.outer for pair in pairs), default=0))
    place = WIDTH / max(len(pairs), 1)
    return Bars(
        [_bar(pair, place * number, place, most) for number, pair in enumerate(pairs)], most
    )


def round_up(number: int) -> int:
    """Return the next number that begins with 1, 2 or 5 and goes on with noughts."""
    scale = 1
    while True:
        for step in _STEPS:
            if number <= step * scale:
                return step * scale
        scale *= 10


def _bar(pair: Pair, left: float, place: float, most: int) -> Bar:
    outer, inner = (HEIGHT * each / most for each in (pair.outer, pair.inner))
    width = min(place * (1 - _GAP), 48)
    return Bar(
        x=_written(left + (place - width) / 2),
        width=_written(width),
        outer_y=_written(HEIGHT - outer),
        outer_height=_written(outer),
        inner_y=_written(HEIGHT - inner),
        inner_height=_written(inner),
        label=pair.label,
        outer=pair.outer,
        inner=pair.inner,
        address=pair.address,
    )


def _written(number: float) -> str:
    return f"{round(number, 2):g}"
