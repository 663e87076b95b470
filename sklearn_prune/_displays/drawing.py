"""What the pictures share: marks, axes, and matplotlib itself."""

from __future__ import annotations

from math import inf
from typing import Any

# What is labelled of a decade, where the axis reaches no further than so many times its start.
STEPS = {5: (1, 2, 3, 4, 5, 7), 20: (1, 2, 5), 1000: (1, 3), inf: (1,)}
# Factors: from LOG_FROM between the lowest and the highest line, the y axis is logarithmic;
# it ends at most BAND_REACH beyond them, and PEAK_REACH above their upper quartile.
LOG_FROM, BAND_REACH, PEAK_REACH = 5, 3, 1000


def require_matplotlib(caller):
    """Import matplotlib, which nothing but a plot needs.

    Parameters
    ----------
    caller : str
        What needs it.

    Returns
    -------
    module
        matplotlib, with its `pyplot`.

    Raises
    ------
    ImportError
        If it is not installed; the message says what to install.
    """
    try:
        import matplotlib.pyplot  # noqa: ICN001, PLC0415
    except ImportError as error:
        msg = f"{caller} needs matplotlib: pip install matplotlib"
        raise ImportError(msg) from error
    return matplotlib


def marks() -> dict[str, Any]:
    """Return how markers look, set off from lines by the colour behind them."""
    behind = require_matplotlib("plot").rcParams["axes.facecolor"]
    return {"markersize": 5.5, "markeredgecolor": behind, "markeredgewidth": 0.5}


def label_log_axis(axis):
    """Label a logarithmic axis at steps that suit its range, and 100 rather than 10^2."""
    if axis.get_scale() != "log":
        return
    ticker = require_matplotlib("plot").ticker
    low, high = sorted(axis.get_view_interval())
    steps = next(steps for reach, steps in STEPS.items() if high < reach * low)
    axis.set_major_locator(ticker.LogLocator(subs=steps))
    axis.set_minor_formatter(ticker.NullFormatter())
    if low > 1e-4 and high < 1e5:
        axis.set_major_formatter("{x:g}")


def draw_mark(ax, size, sizes, mark):
    """Draw a vertical line if it lies within the sizes, and write its name above the axes."""
    if size is None or not sizes[0] <= size <= sizes[-1]:
        return None
    top = ax.secondary_xaxis("top")
    top.set_xticks([size], labels=[mark])
    top.minorticks_off()
    return ax.axvline(size, color="0.5", linewidth=1, linestyle=":", zorder=1)
