"""Forest plot and trends of the signals, drawn by matplotlib as SVG pictures that lie inside the page.

A picture cannot run anything, whatever its labels; the same numbers stand in the page's table, for who cannot see it.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from pv.page.words import Words
from pv.signals.signal import Signal, TrendPoint

_TEXT, _MUTED, _LINE, _ACCENT, _GRAVE = "#1b2733", "#52606d", "#aab4be", "#0b5394", "#a3242f"
_STYLE: dict[Any, Any] = {
    # Letters as text, in the reader's own font; the same picture from the same numbers; no formula in a name.
    "svg.fonttype": "none",
    "svg.hashsalt": "pv",
    "text.parse_math": False,
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": _TEXT,
    "axes.edgecolor": _LINE,
    "axes.labelcolor": _MUTED,
    "xtick.color": _MUTED,
    "ytick.color": _TEXT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
}
# Inches; a picture has 72 points an inch, which a browser shows as 96 pixels.
_WIDTH, _ROW, _MARGIN = 12.1, 0.27, 0.75
_SPARK = (1.7, 0.45)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as the address that holds it, and the words for who cannot see it."""

    address: str
    words: str


def forest(signals: Sequence[Signal], words: Words) -> Picture:
    """Draw the IC of each signal with its 95 % interval, in the order given; those wholly above 0 stand out."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH, _MARGIN + _ROW * len(signals)), layout="constrained")
        axes = figure.subplots()
        axes.axvline(0, color=_MUTED, linewidth=1, linestyle=(0, (4, 3)))
        for place, s in enumerate(signals):
            _interval(axes, place, s)
        _label(axes, [f"{words.drug(s.drug)} – {s.event} ({s.n})" for s in signals])
        _label(axes.twinx(), [_numbers(s, words) for s in signals])
        axes.grid(axis="x", color=_LINE, linewidth=0.4)
        axes.set_axisbelow(True)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.number(value)))
        axes.set_xlabel(words("signals.forest_axis"))
        return Picture(_svg(figure), words("signals.forest_words", n=len(signals)))


def _interval(axes: Axes, place: int, s: Signal) -> None:
    """Draw one line of the forest plot: filled where the whole interval lies above 0, else hollow."""
    if s.ic is None or s.ic025 is None or s.ic975 is None:
        return
    above = s.ic025 > 0
    colour = _GRAVE if above else _MUTED
    axes.plot([s.ic025, s.ic975], [place, place], color=colour, linewidth=1.6, solid_capstyle="butt")
    axes.plot([s.ic], [place], marker="s" if above else "o", markersize=5.5, color=colour,
              markerfacecolor=colour if above else "white")  # fmt: skip


def _label(axes: Axes, labels: Sequence[str]) -> None:
    """Write one label a line, the first line on top."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)


def _numbers(s: Signal, words: Words) -> str:
    if s.ic is None or s.ic025 is None or s.ic975 is None:
        return ""
    value, low, high = (words.number(x, 2) for x in (s.ic, s.ic025, s.ic975))
    return f"{value} [{low} ; {high}]"


def trend(points: Sequence[TrendPoint], words: Words) -> Picture | None:
    """Draw the IC of one combination over the kept screenings, with its interval; None for fewer than two."""
    known = [p for p in points if p.ic is not None and p.ic025 is not None and p.ic975 is not None]
    if len(known) < 2:
        return None
    moments = [p.as_of.timestamp() for p in known]
    values = [p.ic or 0.0 for p in known]
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=_SPARK)
        axes = figure.add_axes((0.02, 0.06, 0.94, 0.88))
        axes.set_axis_off()
        axes.axhline(0, color=_MUTED, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.fill_between(moments, [p.ic025 or 0.0 for p in known], [p.ic975 or 0.0 for p in known], color="#d8eafc")
        axes.plot(moments, values, color=_ACCENT, linewidth=1.4)
        axes.plot(moments[-1:], values[-1:], marker="o", markersize=3.5, color=_ACCENT)
        return Picture(_svg(figure), _trend_words(known, words))


def _trend_words(known: Sequence[TrendPoint], words: Words) -> str:
    first, last = known[0], known[-1]
    return words(
        "signals.trend_words",
        n=len(known),
        first=words.number(first.ic or 0.0, 1),
        since=words.date(first.as_of.date().isoformat()),
        last=words.number(last.ic or 0.0, 1),
        until=words.date(last.as_of.date().isoformat()),
    )


def _svg(figure: Figure) -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return "data:image/svg+xml;base64," + base64.b64encode(buffer.getvalue()).decode()
