"""Draws plots as SVG: lines over a number, and horizontal bars.

The ground is transparent and colours are of a middle tone, so that a plot is
readable on light pages and on dark ones. What changes from one run to the next
(dates, names of elements) is left out: the same data gives the same bytes with
the same version of Matplotlib, which each plot names.
"""

import io
from typing import NamedTuple

import matplotlib
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, LogLocator, MaxNLocator, NullLocator

GREY = "#7d8590"
COLOURS = [GREY, "#2f81f7", "#e5603b", "#2da46a", "#b8860b", "#a371f7", "#0f9d9d", "#d6569b"]
STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "objprelink",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.edgecolor": GREY,
    "axes.labelcolor": GREY,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": GREY,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "grid.color": GREY,
    "grid.alpha": 0.3,
    "text.color": GREY,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "legend.frameon": False,
}
MAKER = f"Matplotlib v{matplotlib.__version__}"
# Inches, without the legend; a browser shows 96 pixels for each.
WIDTH, HEIGHT = 6.4, 4


class Line(NamedTuple):
    """Points are (x, y), or (x, y, low, high) to show an interval."""

    name: str
    points: list
    dashed: bool = False


def number(value):
    """For an axis: 1.5k is shorter than 1500, but 0.9 is not 900m."""
    return f"{value:.4g}" if value < 1000 else EngFormatter(sep="")(value)


def is_ours(svg):
    """Whether this version of Matplotlib has made a plot."""
    return f">{MAKER}<" in svg


def document(figure):
    out = io.StringIO()
    metadata = {"Date": None, "Creator": MAKER}
    figure.savefig(out, format="svg", transparent=True, bbox_inches="tight", metadata=metadata)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def mark(axis, values, log):
    """Ticks of an axis: all steps of 1, 2 and 5 where there are few powers of 10."""
    low, high = min(values), max(values)
    steps = (1, 2, 5) if log and high / low < 5000 else (1,)
    axis.set_major_locator(LogLocator(subs=steps, numticks=20) if log else MaxNLocator(6))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(lambda value, _: number(value))


@matplotlib.rc_context(STYLE)
def lines(title, x_label, y_label, data, log_x=True, log_y=False):
    """A plot of some lines over a number of classes or the like."""
    figure = Figure(figsize=(WIDTH, HEIGHT))
    axes = figure.add_subplot(title=title, xlabel=x_label, ylabel=y_label)
    axes.set_xscale("log" if log_x else "linear")
    axes.set_yscale("log" if log_y else "linear")
    axes.grid(axis="y")
    for i, line in enumerate(data):
        colour = COLOURS[i % len(COLOURS)]
        x, y, *_ = zip(*line.points)
        axes.plot(x, y, "--" if line.dashed else "-", color=colour, label=line.name,
                  marker="o", markersize=3)  # fmt: skip
        if bounds := [point for point in line.points if len(point) == 4]:
            x, _, low, high = zip(*bounds)
            axes.fill_between(x, low, high, color=colour, alpha=0.15, linewidth=0)
    points = [point for line in data for point in line.points]
    mark(axes.xaxis, [point[0] for point in points], log_x)
    mark(axes.yaxis, [value for point in points for value in point[1:]], log_y)
    if not log_y:
        axes.set_ylim(bottom=0)
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1))
    return document(figure)


@matplotlib.rc_context(STYLE)
def bars(title, unit, rows):
    """Horizontal bars: (name, value, what stands behind it, colour's number)."""
    figure = Figure(figsize=(WIDTH, 0.6 + 0.27 * len(rows)))
    axes = figure.add_subplot(title=title, xlabel=unit)
    names, values, words, colours = zip(*rows)
    drawn = axes.barh(range(len(rows)), values, color=[COLOURS[c] for c in colours])
    axes.bar_label(drawn, words, padding=4)
    axes.set_yticks(range(len(rows)), names)
    axes.invert_yaxis()
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    mark(axes.xaxis, values, False)
    return document(figure)
