"""Names of lines in the right margin of axes, none on another."""

from __future__ import annotations

import numpy as np
from sklearn.isotonic import isotonic_regression

from .drawing import require_matplotlib

# Names are so many of their letters' heights apart, and begin so many points from the axes.
SPACING, REACH = 1.3, 18


def label_in_margin(ax, heights, names, colors):
    """Write a name for each height on the right edge of axes, and join both.

    Where there are too many for the height of the axes, letters are smaller.

    Parameters
    ----------
    ax : matplotlib Axes
        With limits that stay as they are.
    heights : array-like of shape (n_names,)
        Decreasing, in units of the y axis.
    names : list of str
        What to write.
    colors : list
        Of the lines that join names and heights.

    Returns
    -------
    list of Annotation
        The names.
    """
    if not names:
        return []
    figure = ax.figure.canvas.figure
    if figure.get_layout_engine() is None:
        figure.set_layout_engine("constrained")
    figure.draw_without_rendering()  # which makes the axes as high as they will be
    height = ax.bbox.height * 72 / figure.dpi
    size = min(9.0, height / (SPACING * len(names)))
    low, high = ax.get_ylim()
    places = spread((np.asarray(heights) - low) / (high - low), SPACING * size / height)
    margin = require_matplotlib("plot").transforms.ScaledTranslation(
        REACH / 72, 0, figure.dpi_scale_trans
    )
    style = {"arrowstyle": "-", "linewidth": 1, "shrinkA": 2, "shrinkB": 0, "relpos": (0, 0.5)}
    return [
        ax.annotate(
            name,
            xy=(1, at),
            xycoords=ax.get_yaxis_transform(),
            xytext=(1, place),
            textcoords=ax.transAxes + margin,
            va="center",
            fontsize=size,
            annotation_clip=False,
            arrowprops=style | {"color": color},
        )
        for name, at, place, color in zip(names, heights, places, colors, strict=True)
    ]


def spread(places, gap):
    """Move decreasing numbers apart, as little as can be, and within 0 and 1.

    Parameters
    ----------
    places : ndarray of shape (n_places,)
        Decreasing.
    gap : float
        The least distance of two, at most 1 / n_places.

    Returns
    -------
    ndarray of shape (n_places,)
        Decreasing, half a gap or more from 0 and 1.
    """
    below = gap * np.arange(len(places))
    level = isotonic_regression(places + below, increasing=False)
    return np.clip(level, below[-1] + gap / 2, max(1 - gap / 2, below[-1] + gap / 2)) - below
