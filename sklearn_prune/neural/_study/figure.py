"""The figure of a study, from its table alone."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune._plots import MARKS, STYLES, require_matplotlib

from .reference import reference_curve
from .settings import METHODS

if TYPE_CHECKING:
    from collections.abc import Sequence

TITLES = {
    "magnitude": "pruned by magnitude, retrained",
    "random": "pruned at random, retrained",
    "random-layerwise": "pruned at random in each layer, retrained",
    "no-retraining": "pruned by magnitude, not retrained",
}

Curve = dict[int, list[float]]


def draw_study(rows: Sequence[dict[str, Any]], *, reference: bool = False) -> Any:
    """Draw errors against the width, one column a method: on test images, on training images.

    Parameters
    ----------
    rows : sequence of dict
        The table of one architecture and one data set.
    reference : bool, default=False
        Whether to dot the paper's curves beside, which are those of ResNet-20 on CIFAR-10.

    Returns
    -------
    matplotlib Figure

    Raises
    ------
    ValueError
        If the table is empty, or holds several studies.
    """
    pyplot = require_matplotlib("The figure of a study").pyplot
    kinds = {(row["architecture"], row["data"], row["n_train"]) for row in rows}
    if len(kinds) != 1:
        msg = f"The table has {len(kinds)} kinds of nets and images: give one that has one kind."
        raise ValueError(msg)
    architecture, data, n_train = kinds.pop()
    methods = [method for method in METHODS if any(row["method"] == method for row in rows)]
    figure, axes = pyplot.subplots(
        2,
        max(1, len(methods)),
        sharex=True,
        sharey="row",
        squeeze=False,
        figsize=(3.6 * max(1, len(methods)) + 0.6, 7),
        layout="constrained",
    )
    for column, method in zip(axes.T, methods or ["dense"], strict=True):
        for ax, error in zip(column, ("test_error", "train_error"), strict=True):
            curves = _curves(rows, method, error)
            _draw_panel(ax, curves)
            if reference and error == "test_error":
                _draw_reference(ax, method, curves)
        column[0].set_title(TITLES.get(method, ""), fontsize="medium")
        column[1].set_xlabel("Width k")
    for ax, images in zip(axes[:, 0], ("test", "training"), strict=True):
        ax.set_ylabel(f"Error rate, {images} images")
        ax.set_ylim(bottom=0)
    if architecture == "two-layer":
        axes[0, 0].set_xscale("log", base=2)
        axes[0, 0].xaxis.set_major_formatter("{x:g}")
    n_seeds = len({row["seed"] for row in rows})
    spread = f"; mean and range of {n_seeds} seeds" if n_seeds > 1 else ""
    figure.suptitle(f"{architecture}, {n_train} training images of {data}{spread}")
    _draw_legend(figure, axes)
    return figure


def _curves(rows: Sequence[dict[str, Any]], method: str, error: str) -> dict[int | None, Curve]:
    """Return the errors by base width and width; the dense net has the base width None."""
    curves: dict[int | None, Curve] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row["method"] in ("dense", method):
            curves[row["base_width"]][row["width"]].append(row[error])
    # A net of the base width has nothing to prune: there the curves begin.
    for base_width, curve in curves.items():
        if base_width in curves[None]:
            curve[base_width] = curves[None][base_width]
    return dict(sorted(curves.items(), key=lambda item: item[0] or 0))


def _draw_panel(ax: Any, curves: dict[int | None, Curve]) -> None:
    for (base_width, curve), style in zip(curves.items(), STYLES, strict=False):
        color, marker, line = style
        widths = sorted(curve)
        errors = [curve[width] for width in widths]
        label = "dense" if base_width is None else f"as many weights as width {base_width}"
        ax.plot(
            widths,
            [np.mean(values) for values in errors],
            color=color,
            linestyle=line,
            marker=marker,
            label=label,
            **MARKS,
        )
        low, high = [min(values) for values in errors], [max(values) for values in errors]
        ax.fill_between(widths, low, high, color=color, alpha=0.2, linewidth=0)


def _draw_reference(ax: Any, method: str, curves: dict[int | None, Curve]) -> None:
    """Dot the curves of the paper in the colours of ours."""
    for (base_width, _), (color, _, _) in zip(curves.items(), STYLES, strict=False):
        widths, errors = reference_curve("dense" if base_width is None else method, base_width)
        label = "the same in the paper" if base_width is None else None
        ax.plot(widths, errors, color=color, linestyle=(0, (1, 2)), linewidth=1, label=label)


def _draw_legend(figure: Any, axes: Any) -> None:
    """Put one legend for all panels below them."""
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=min(4, len(handles)))
