"""A plot of quality over cost as SVG: single models, what routing reaches, and the oracle."""

import math
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from optipath_cli.evaluation.curve import Point, mixtures
from optipath_cli.evaluation.evaluate import Evaluation
from optipath_cli.evaluation.judged import Curve

_WIDTH, _HEIGHT = 960, 600
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 28, 84, 62
_INK, _FAINT, _GRID, _SINGLE = "#1f2933", "#6b7783", "#e4e8ec", "#8a95a1"
_COLOURS: Final = {"balanced": "#1667c9", "costWithin": "#d9660b", "length": "#a3adb8"}
_NAMED: Final = "#0b7a53"
_FONTS: Final = "system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif"
_LETTER: Final = 6.9
"""About the width of a letter of 12 pixels."""
_LONGEST: Final = 30


class _Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "_Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


class _Axes:
    """From dollars a request and quality to pixels."""

    def __init__(self, points: Sequence[Point]) -> None:
        costs = [_log(point.cost) for point in points]
        self.low, self.high = min(costs) - 0.12, max(costs) + 0.12
        qualities = [point.quality for point in points]
        pad = max(0.02, 0.06 * (max(qualities) - min(qualities)))
        self.bottom, self.top = max(0.0, min(qualities) - pad), min(1.0, max(qualities) + pad)

    def x(self, cost: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (_log(cost) - self.low) / (self.high - self.low)

    def y(self, quality: float) -> float:
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (self.top - quality) / (self.top - self.bottom)


def plot(evaluation: Evaluation) -> str:
    """The plot of an evaluation."""
    routed = [each for each in evaluation.judged if not each.baseline]
    named = {each.name: Point(each.cost.value, each.quality.value) for each in evaluation.judged}
    oracle = named["oracle"]
    swept = [point for curve in evaluation.curves for point in curve.points]
    axes = _Axes([*evaluation.singles, oracle, *swept, *(named[each.name] for each in routed)])
    labels = _Labels()
    body = [
        *_frame(axes),
        _line(mixtures(evaluation.singles), axes, _SINGLE, dashed=True),
        *(mark for curve in reversed(evaluation.curves) for mark in _curve(curve, axes)),
    ]
    marks: list[tuple[Point, str, str, str]] = [
        (point, model.rsplit("/", 1)[-1], _SINGLE, "single")
        for model, point in zip(evaluation.recordings.models, evaluation.singles, strict=True)
    ]
    marks += [(named[each.name], each.name, _NAMED, "routed") for each in routed]
    marks.append((oracle, "oracle", _INK, "oracle"))
    for point, _, _, _ in marks:
        labels.keep_free(axes.x(point.cost), axes.y(point.quality))
    # What was asked for is labelled first: others make way.
    for point, name, colour, kind in reversed(marks):
        body += labels.place(name, axes.x(point.cost), axes.y(point.quality), colour, strong=kind != "single")
    body += [_mark(point, name, colour, kind, axes) for point, name, colour, kind in marks]
    return "\n".join([_head(evaluation), *body, *_legend(evaluation.curves), "</svg>\n"])


def _head(evaluation: Evaluation) -> str:
    recordings = evaluation.recordings
    title = f"Quality over cost on {recordings.name}"
    sample = "out of sample" if not evaluation.seen else "NOT out of sample"
    about = f"{len(recordings.rows):,} prompts, {len(recordings.models)} models, {sample}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" '
        f'role="img" aria-label={quoteattr(title)} font-family="{_FONTS}" font-size="12">\n'
        f'<title>{escape(title)}</title>\n<rect width="100%" height="100%" fill="#ffffff"/>\n'
        f'<text x="{_LEFT}" y="32" font-size="19" font-weight="600" fill="{_INK}">{escape(title)}</text>\n'
        f'<text x="{_LEFT}" y="52" font-size="13" fill="{_FAINT}">{escape(about)}</text>'
    )


def _frame(axes: _Axes) -> Iterable[str]:
    floor, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    for quality in _steps(axes.bottom, axes.top):
        y = axes.y(quality)
        yield f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" stroke="{_GRID}"/>'
        yield _text(f"{quality:.2f}", _LEFT - 10, y + 4, _FAINT, anchor="end")
    for cost in _decades(axes.low, axes.high):
        x = axes.x(cost)
        yield f'<line x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{floor}" stroke="{_GRID}"/>'
        yield _text(f"${cost * 1000:.3g}", x, floor + 20, _FAINT, anchor="middle")
    yield _text("cost of 1,000 requests, logarithmic", (_LEFT + right) / 2, _HEIGHT - 16, _INK, anchor="middle")
    middle = (_TOP + floor) / 2
    yield (
        f'<text transform="translate(20 {middle:.0f}) rotate(-90)" text-anchor="middle" fill="{_INK}">mean score</text>'
    )


def _curve(curve: Curve, axes: _Axes) -> Iterable[str]:
    colour = _COLOURS[curve.name]
    yield _line(sorted(curve.points), axes, colour, thin=curve.name == "length")
    if curve.name == "length":
        return
    for value, point in zip(curve.values, curve.points, strict=True):
        said = f"{curve.name}, {curve.setting} {value}: {_said(point)}"
        yield (
            f'<circle class="swept" cx="{axes.x(point.cost):.1f}" cy="{axes.y(point.quality):.1f}" r="2.6" '
            f'fill="{colour}"><title>{escape(said)}</title></circle>'
        )


def _line(points: Sequence[Point], axes: _Axes, colour: str, *, dashed: bool = False, thin: bool = False) -> str:
    path = " ".join(f"{axes.x(point.cost):.1f},{axes.y(point.quality):.1f}" for point in points)
    dashes = ' stroke-dasharray="5 4"' if dashed else ""
    width = 1.4 if dashed or thin else 2.2
    look = f'fill="none" stroke="{colour}" stroke-width="{width}"{dashes} stroke-linejoin="round"'
    return f'<polyline points="{path}" {look}/>'


def _mark(point: Point, name: str, colour: str, kind: str, axes: _Axes) -> str:
    x, y = axes.x(point.cost), axes.y(point.quality)
    said = f"<title>{escape(f'{name}: {_said(point)}')}</title>"
    if kind == "single":
        look = f'fill="#ffffff" stroke="{colour}" stroke-width="1.8"'
        return f'<circle class="single" cx="{x:.1f}" cy="{y:.1f}" r="4.2" {look}>{said}</circle>'
    size = 6.5
    corners = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in ((0, -size), (size, 0), (0, size), (-size, 0)))
    look = f'fill="{colour}" stroke="#ffffff" stroke-width="1.2"'
    return f'<polygon class="{kind}" points="{corners}" {look}>{said}</polygon>'


class _Labels:
    """Labels beside marks, where there is room; none where there is not."""

    def __init__(self) -> None:
        self._taken: list[_Box] = []

    def keep_free(self, x: float, y: float) -> None:
        """Let no label cover a mark."""
        self._taken.append(_Box(x - 6, y - 6, x + 6, y + 6))

    def place(self, name: str, x: float, y: float, colour: str, *, strong: bool) -> Iterable[str]:
        """The label, or nothing; a tooltip has the name anyway."""
        text = name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
        width = _LETTER * len(text) * (1.25 if strong else 1.0)
        for left, base in (
            (x + 10, y + 4),
            (x - 10 - width, y + 4),
            (x - width / 2, y - 11),
            (x - width / 2, y + 20),
            (x + 9, y - 9),
            (x + 9, y + 17),
            (x - 9 - width, y - 9),
            (x - 9 - width, y + 17),
        ):
            box = _Box(left - 2, base - 11, left + width + 2, base + 3)
            inside = (
                box.left >= _LEFT and box.right <= _WIDTH and box.top >= _TOP - 8 and box.bottom < _HEIGHT - _BOTTOM
            )
            if inside and not any(box.meets(other) for other in self._taken):
                self._taken.append(box)
                look = f'fill="{colour if strong else _FAINT}"' + (' font-weight="600"' if strong else "")
                at = f'x="{left:.1f}" y="{base:.1f}"'
                # Twice, for not every viewer knows paint-order.
                halo = f'<text {at} stroke="#ffffff" stroke-width="3.5" aria-hidden="true" {look}>{escape(text)}</text>'
                return halo, f"<text {at} {look}>{escape(text)}</text>"
        return ()


def _legend(curves: Sequence[Curve]) -> Iterable[str]:
    entries = [
        *(
            (
                f"{curve.name}, by {curve.setting}" if curve.name != "length" else "the longest to the strongest",
                _COLOURS[curve.name],
                "",
            )
            for curve in curves
        ),
        ("single models mixed at random", _SINGLE, ' stroke-dasharray="5 4"'),
    ]
    x = float(_LEFT)
    for text, colour, dashes in entries:
        yield f'<line x1="{x:.0f}" y1="70" x2="{x + 22:.0f}" y2="70" stroke="{colour}" stroke-width="2.4"{dashes}/>'
        yield _text(text, x + 28, 74, _INK)
        x += 28 + 6.3 * len(text) + 14


def _text(text: str, x: float, y: float, colour: str, *, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}">{escape(text)}</text>'


def _said(point: Point) -> str:
    return f"{point.quality:.4f} for ${point.cost * 1000:.4g} a thousand"


def _steps(low: float, high: float) -> list[float]:
    """Round numbers between two others, six or so."""
    rough = (high - low) / 6
    unit = 10 ** math.floor(math.log10(rough))
    step = next(each * unit for each in (1, 2, 5, 10) if each * unit >= rough)
    first = math.ceil(low / step - 1e-9)
    return [number * step for number in range(first, math.floor(high / step + 1e-9) + 1)]


def _decades(low: float, high: float) -> list[float]:
    """1, 2 and 5 of each power of ten; where that is too many, 1 alone."""
    wide = high - low > 4
    found = [
        digit * 10.0**power
        for power in range(math.floor(low), math.ceil(high) + 1)
        for digit in ((1,) if wide else (1, 2, 5))
    ]
    return [cost for cost in found if low <= math.log10(cost) <= high]


def _log(cost: float) -> float:
    return math.log10(max(cost, 1e-9))
