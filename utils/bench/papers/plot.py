"""Draws plots as SVG: lines over a number, and horizontal bars.

Colours are of a middle tone, and paper and ink follow what the reader prefers, so
that a plot is readable on light pages and on dark ones. Numbers are rounded
before they are written: the same data gives the same bytes everywhere.
"""

import math
from html import escape
from typing import NamedTuple

COLOURS = ["#7d8590", "#2f81f7", "#e5603b", "#2da46a", "#b8860b", "#a371f7"]
COLOURS += ["#0f9d9d", "#d6569b"]
STYLE = """
  svg { --paper: #ffffff; --ink: #1f2328; --grid: #d8dee4; }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #0d1117; --ink: #e6edf3; --grid: #30363d; }
  }
  .paper { fill: var(--paper); }
  text { fill: var(--ink); font: 13px system-ui, sans-serif; }
  .title { font-size: 15px; font-weight: 600; }
  .small { font-size: 12px; }
  .end { text-anchor: end; }
  .middle { text-anchor: middle; }
  .grid { stroke: var(--grid); }
  .axis { stroke: var(--ink); }
  .line { fill: none; stroke-width: 2; }
  .band { stroke: none; fill-opacity: 0.15; }
"""
WIDTH, LEGEND = 800, 230
LEFT, TOP, BOTTOM = 66, 64, 52


class Line(NamedTuple):
    """Points are (x, y), or (x, y, low, high) to show an interval."""

    name: str
    points: list
    dashed: bool = False


def number(value):
    """For an axis: 1.5k is shorter than 1500."""
    for limit, unit in (1e6, "M"), (1e3, "k"):
        if abs(value) >= limit:
            return f"{value / limit:.4g}{unit}"
    return f"{value:.4g}"


def place(value):
    return f"{value:.1f}".removesuffix(".0")


class Axis:
    """From values to places; logarithmic, or linear from 0."""

    def __init__(self, values, first, last, log):
        self.first, self.last, self.log = first, last, log
        low, high = min(values), max(values)
        if log:
            self.low, self.high = math.log10(low), math.log10(high)
            if self.low == self.high:
                self.high += 1
            self.ticks = self.log_ticks(low, high)
            return
        step = 10 ** math.floor(math.log10(high or 1))
        step = next(s for s in (step / 5, step / 2, step, 2 * step) if high / s <= 6)
        count = math.ceil(high / step - 1e-9) or 1
        self.low, self.high = 0, count * step
        self.ticks = [round(i * step, 9) for i in range(count + 1)]

    @staticmethod
    def log_ticks(low, high):
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        steps = (1, 2, 5) if high / low < 5000 else (1,)
        ticks = [step * 10.0**power for power in powers for step in steps]
        return [t for t in ticks if low * 0.999 <= t <= high * 1.001]

    def __call__(self, value):
        value = math.log10(value) if self.log else value
        share = (value - self.low) / (self.high - self.low)
        return self.first + share * (self.last - self.first)


def document(title, height, parts):
    title = escape(title)
    head = [
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" '
        f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">',
        f"<title>{title}</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{height}"/>',
        f'<text class="title" x="16" y="26">{title}</text>',
    ]
    return "\n".join([*head, *parts, "</svg>"]) + "\n"


def text(x, y, words, style=""):
    style = f' class="{style}"' if style else ""
    return f'<text x="{place(x)}" y="{place(y)}"{style}>{escape(words)}</text>'


def rule(x1, y1, x2, y2, style):
    ends = zip(("x1", "y1", "x2", "y2"), (x1, y1, x2, y2))
    ends = " ".join(f'{name}="{place(value)}"' for name, value in ends)
    return f'<line class="{style}" {ends}/>'


def draw_line(line, colour, x, y):
    points = [f"{place(x(p[0]))},{place(y(p[1]))}" for p in line.points]
    if bounds := [p for p in line.points if len(p) == 4]:
        edge = [f"{place(x(p[0]))},{place(y(p[2]))}" for p in bounds]
        edge += [f"{place(x(p[0]))},{place(y(p[3]))}" for p in reversed(bounds)]
        yield f'<polygon class="band" fill="{colour}" points="{" ".join(edge)}"/>'
    dashes = ' stroke-dasharray="6 4"' if line.dashed else ""
    yield (
        f'<polyline class="line" stroke="{colour}"{dashes} points="{" ".join(points)}"/>'
    )
    for point in points:
        cx, cy = point.split(",")
        yield f'<circle cx="{cx}" cy="{cy}" r="2.5" fill="{colour}"/>'


def lines(title, x_label, y_label, data, log_x=True, log_y=False, height=400):
    """A plot of some lines over a number of classes or the like."""
    right, bottom = WIDTH - LEGEND, height - BOTTOM
    points = [point for line in data for point in line.points]
    x = Axis([p[0] for p in points], LEFT, right, log_x)
    y = Axis([v for p in points for v in p[1:]], bottom, TOP, log_y)
    parts = [text(16, 48, y_label, "small")]
    for tick in y.ticks:
        parts.append(rule(LEFT, y(tick), right, y(tick), "grid"))
        parts.append(text(LEFT - 8, y(tick) + 4, number(tick), "small end"))
    for tick in x.ticks:
        parts.append(rule(x(tick), bottom, x(tick), bottom + 5, "axis"))
        parts.append(text(x(tick), bottom + 20, number(tick), "small middle"))
    parts.append(rule(LEFT, bottom, right, bottom, "axis"))
    parts.append(text((LEFT + right) / 2, height - 12, x_label, "small middle"))
    for i, line in enumerate(data):
        colour = COLOURS[i % len(COLOURS)]
        parts += draw_line(line, colour, x, y)
        at = TOP + 8 + 20 * i
        sample = Line("", [(right + 16, at), (right + 40, at)], line.dashed)
        parts += draw_line(sample, colour, float, float)
        parts.append(text(right + 48, at + 4, line.name, "small"))
    return document(title, height, parts)


def bars(title, unit, rows):
    """Horizontal bars: (name, value, what stands behind it, colour's number)."""
    left, step = 190, 24
    right, bottom = WIDTH - 110, 52 + step * len(rows)
    x = Axis([row[1] for row in rows], left, right, False)
    parts = []
    for tick in x.ticks:
        parts.append(rule(x(tick), 44, x(tick), bottom, "grid"))
        parts.append(text(x(tick), bottom + 18, number(tick), "small middle"))
    for i, (name, value, words, colour) in enumerate(rows):
        top = 52 + step * i
        width = place(max(x(value) - left, 0.5))
        parts.append(text(left - 8, top + 13, name, "small end"))
        parts.append(
            f'<rect x="{left}" y="{top}" width="{width}" height="{step - 7}" '
            f'fill="{COLOURS[colour]}"/>'
        )
        parts.append(text(x(value) + 6, top + 13, words, "small"))
    parts.append(rule(left, 44, left, bottom, "axis"))
    parts.append(text((left + right) / 2, bottom + 38, unit, "small middle"))
    return document(title, bottom + 50, parts)
