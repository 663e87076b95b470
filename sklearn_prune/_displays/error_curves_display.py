"""Drawing of error curves: medians, quantiles, axes and legends."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

from .drawing import (
    BAND_REACH,
    LOG_FROM,
    PEAK_REACH,
    draw_mark,
    label_log_axis,
    marks,
    require_matplotlib,
)
from .styles import MEANINGS, styles_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike


def check_theory(theory, shape):
    if theory is not None and np.shape(theory) != shape:
        msg = f"theory has shape {np.shape(theory)}, but (n_curves, n_sizes) is {shape}."
        raise ValueError(msg)


class ErrorCurvesDisplay(ABC):
    """Medians and quantiles of errors against a size; the subclasses say which."""

    errors: ArrayLike
    labels: Sequence[str]
    threshold: float | None
    error_name: str
    theory: ArrayLike | None = None
    dense_error: ArrayLike | None = None

    def plot(
        self,
        ax=None,
        *,
        quantiles=(0.1, 0.9),
        xscale="log",
        yscale="auto",
        legend=True,
        line_kw=None,
        fill_between_kw=None,
    ):
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; those of a new figure if None. If their figure has no layout
            engine, the legend gives it the constrained one, which makes room for it.
        quantiles : tuple of two floats, default=(0.1, 0.9)
            Quantiles over the repeats that bound the band.
        xscale : str, default="log"
            Scale of the x axis.
        yscale : str, default="auto"
            Scale of the y axis. "auto" is "log" if the axis is so already, or all lines are
            positive and the highest point on them (and on axes that share the y axis) is
            over 5 times the lowest; else "linear".
        legend : bool, default=True
            Whether to put a legend, below the axes where it hides nothing.
        line_kw, fill_between_kw : dict, default=None
            Arguments of ``ax.plot`` and ``ax.fill_between`` for all curves.

        Returns
        -------
        display : object
            The display itself.
        """
        mpl = require_matplotlib(f"{type(self).__name__}.plot")
        sizes, size_name, mark = self._sizes()
        sizes, errors, theory, dense = self._check(sizes)
        curves = _summarize(errors, quantiles)
        if ax is None:
            ax = mpl.pyplot.subplots(layout="constrained")[1]
        low, median, high = curves
        _scale_y_axis(ax, yscale, low, median, high, [*theory.flat, *dense, *self._points()])
        ax.set(xscale=xscale, xlabel=size_name, ylabel=self.error_name)
        earlier = [line for line in ax.lines if not line.get_label().startswith("_")]
        line_kw = mpl.cbook.normalize_kwargs(line_kw, mpl.lines.Line2D)
        band_kw = mpl.cbook.normalize_kwargs(fill_between_kw, mpl.collections.Collection)
        self._draw_curves(ax, sizes, curves, theory, earlier, line_kw, band_kw)
        self.dense_line_ = _draw_dense_line(ax, dense)
        self._draw_marks(ax, sizes, mark)
        label_log_axis(ax.xaxis)
        label_log_axis(ax.yaxis)
        self.legend_ = None
        if legend:
            extra = self._point_handles() + _legend_extras(mpl, quantiles, errors, theory)
            self.legend_ = _draw_legend(ax, [*earlier, *self.lines_, self.dense_line_, *extra])
        self.ax_, self.figure_ = ax, ax.figure
        return self

    @abstractmethod
    def _sizes(self) -> tuple[ArrayLike, str, str]:
        """Return the sizes on the x axis, its label, and the name of the mark at n."""

    def _draw_curves(self, ax, sizes, curves, theory, earlier, line_kw, band_kw):
        """Draw a line, a band and the theory for each label, in styles not yet on the axes."""
        self.lines_, self.fill_between_, self.theory_lines_ = [], [], []
        band_kw = {"alpha": min(0.2, 0.6 / len(self.labels))} | band_kw
        styles = styles_of(self.labels, [line.get_label() for line in earlier])
        for k, (label, style) in enumerate(zip(self.labels, styles, strict=True)):
            kw = style.keywords | marks() | ({"linestyle": "-"} if len(theory) else {})
            kw = kw | {"label": label} | line_kw
            line, band = _draw_curve(ax, sizes, curves[:, k], kw, band_kw)
            self.lines_.append(line)
            self.fill_between_.append(band)
            if len(theory):
                dashed = {"color": line.get_color(), "linestyle": "--", "linewidth": 1}
                self.theory_lines_ += ax.plot(sizes, theory[k], **dashed)

    def _draw_marks(self, ax, sizes, mark):
        """Draw a vertical line at each size that stands out."""
        self.threshold_line_ = draw_mark(ax, self.threshold, sizes, mark)

    def _points(self) -> list[float]:
        """Return the heights of single points that have to be seen."""
        return []

    def _point_handles(self) -> list[Any]:
        """Return what the legend says of them."""
        return []

    def _check(self, sizes):
        """Return the data as arrays that fit together; what is None is empty."""
        sizes, errors = np.asarray(sizes, dtype=float), np.asarray(self.errors, dtype=float)
        theory = np.asarray([] if self.theory is None else self.theory, dtype=float)
        dense = [] if self.dense_error is None else [np.median(np.asarray(self.dense_error))]
        if sizes.ndim != 1 or not (np.diff(sizes, prepend=0) > 0).all():
            msg = f"The sizes on the x axis must be positive and increase, but are {sizes}."
            raise ValueError(msg)
        shape = (len(self.labels), len(sizes))
        if errors.ndim != 3 or errors.shape[:2] != shape or np.isnan(errors).all():
            msg = (
                f"errors has shape {errors.shape}: with {shape[0]} labels and {shape[1]} sizes "
                f"it must be {shape} plus one axis of repeats, and not all of it NaN."
            )
            raise ValueError(msg)
        check_theory(self.theory, shape)
        if np.isinf(errors).any():
            msg = "errors are infinite: give finite numbers, and NaN for what is missing."
            raise ValueError(msg)
        return sizes, errors, theory, dense


def _summarize(errors, quantiles):
    """Return the lower quantile, the median and the upper quantile over the last axis."""
    low, high = quantiles
    if not 0 <= low <= 0.5 <= high <= 1:
        msg = f"quantiles is {quantiles!r}: give one from 0 to 0.5, and one from 0.5 to 1."
        raise ValueError(msg)
    known = ~np.isnan(errors).all(axis=-1)
    summary = np.full((3, *known.shape), np.nan)
    summary[:, known] = np.nanquantile(errors[known], (low, 0.5, high), axis=-1)
    return summary


def _scale_y_axis(ax, yscale, lows, medians, highs, others):
    """Choose scale and limits: see LOG_FROM, BAND_REACH and PEAK_REACH."""
    drawn = np.append(medians, others)
    drawn = drawn[np.isfinite(drawn)]
    bottom, top = drawn.min(), drawn.max()
    neighbours = ax.get_shared_y_axes().get_siblings(ax)
    seen = ax.get_ylim() if any(other.has_data() for other in neighbours) else ()
    if yscale == "auto":
        lowest, highest = min(bottom, *seen, top), max(bottom, *seen, top)
        wide = lowest > 0 and highest > LOG_FROM * lowest
        yscale = "log" if wide or ax.get_yscale() == "log" else "linear"
    ax.set_yscale(yscale)
    if bottom > 0:
        limit = PEAK_REACH * np.quantile(drawn, 0.75, method="lower")
        bottom = max(bottom / BAND_REACH, min(bottom, np.nanmin(lows)))
        top = min(top * BAND_REACH, max(top, np.nanmax(highs)), limit)
        pad = max((top / bottom) ** 0.05, 1.02)
        limits = [bottom / pad, top * pad, *(value for value in seen if value > 0)]
        ax.set_ylim(min(limits), max(limits))


def _draw_curve(ax, sizes, summary, line_kw, band_kw):
    low, median, high = summary
    (line,) = ax.plot(sizes, median, **line_kw)
    band_kw = {"color": line.get_color(), "linewidth": 0} | band_kw
    return line, ax.fill_between(sizes, low, high, **band_kw)


def _draw_dense_line(ax, dense):
    if not dense:
        return None
    style = MEANINGS["dense"].keywords | {"marker": "", "label": "dense model"}
    return ax.axhline(dense[0], linewidth=1.4, **style)


def _draw_legend(ax, handles):
    """Put the legend below the label of the x axis, in as few rows as its width allows."""
    figure = ax.figure.canvas.figure
    if figure.get_layout_engine() is None:
        figure.set_layout_engine("constrained")
    handles = [handle for handle in handles if handle is not None]
    where = {"loc": "upper center", "bbox_to_anchor": (0.5, 0), "borderaxespad": 4}
    for n_rows in range(1, len(handles) + 1):
        ncols = -(-len(handles) // n_rows)
        legend = ax.legend(
            handles=handles,
            ncols=ncols,
            columnspacing=1.2,
            handlelength=2.8,
            frameon=False,
            **where,
        )
        if legend.get_window_extent().width <= 1.2 * ax.bbox.width:  # layout widens the axes
            break
    return legend


def _legend_extras(mpl, quantiles, errors, theory):
    """Return handles for what belongs to all curves: the band, and the theory."""
    extras = []
    if len(theory):
        line = {"linestyle": "--", "linewidth": 1, "color": "0.5"}
        extras.append(mpl.lines.Line2D([], [], label="theory", **line))
    if errors.shape[-1] > 1:
        low, high = (f"{100 * q:.3g}%" for q in quantiles)
        label = f"{low} to {high}"
        extras.append(mpl.patches.Patch(color="0.5", alpha=0.3, linewidth=0, label=label))
    return extras
