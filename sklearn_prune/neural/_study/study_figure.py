"""The figure of a study, from its table alone."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune._displays.drawing import (
    LOG_FROM,
    label_log_axis,
    marks,
    require_matplotlib,
)
from sklearn_prune._displays.styles import Style, styles_of
from sklearn_prune.neural._checks import check_choice, check_file

from .reference_curves import reference_curve
from .results_table import read_table
from .settings import METHODS

if TYPE_CHECKING:
    from collections.abc import Sequence

    Row = dict[str, Any]
    # Errors by base width, None for dense nets, and by width: one a seed.
    Curves = dict[int | None, dict[int, list[float]]]
    Styles = dict[int | None, Style]  # by base width

NETS = {"resnet20": "ResNet-20", "two-layer": "Two-layer net"}
IMAGES = {"cifar10": "CIFAR-10", "mnist": "MNIST", "digits": "scikit-learn's digits"}
TITLES = {
    "dense": "not pruned",
    "magnitude": "pruned by magnitude, retrained",
    "random": "pruned at random, retrained",
    "random-layerwise": "pruned at random in each layer, retrained",
    "no-retraining": "pruned by magnitude, not retrained",
}

# What the paper shows.
REFERENCE = ("resnet20", "cifar10")
# A column of panels has room for so many entries of the legend side by side.
LEGEND_COLUMNS = 2

# What all runs of one study have in common.
COMMON = (
    "architecture",
    "data",
    "n_train",
    "epochs",
    "retrain",
    "retrain_epochs",
    "batch_size",
    "learning_rate",
    "augmentation",
    "precision",
)


def plot_study(table, *, reference=False):
    """Draw the table of a study: errors against the width of the nets before pruning.

    One column a way to prune, with the errors on test images above those on training
    images. Lines are means over the seeds, and bands reach from the least to the largest.

    Parameters
    ----------
    table : path-like
        The ``results.csv`` of ``python -m sklearn_prune.neural``, of one study.
    reference : bool, default=False
        Whether to dot the curves of the paper's ResNet-20 on CIFAR-10 beside, read off
        Figures 1 and 5 of [1]_ to about 0.01.

    Returns
    -------
    figure : matplotlib Figure
        What was drawn.

    Raises
    ------
    TypeError
        If the table is no path.
    ValueError
        If the table is empty or damaged, or holds runs of several studies, or is not one of
        ResNet-20 on CIFAR-10 and a reference is asked for.

    See Also
    --------
    ResNet20 : One of the architectures.
    TwoLayerNet : The other one.

    References
    ----------
    .. [1] X. Chang, Y. Li, S. Oymak, C. Thrampoulidis, "Provable Benefits of
       Overparameterization in Model Compression: From Double Descent to Pruning
       Neural Networks", AAAI 2021. arXiv:2012.08749

    Examples
    --------
    >>> from sklearn_prune.neural import plot_study
    >>> figure = plot_study("resnet20_study/results.csv", reference=True)  # doctest: +SKIP
    """
    pyplot = require_matplotlib("plot_study").pyplot
    check_choice("reference", reference, (True, False))
    rows = list(read_table(check_file("table", table)).values())
    title = _title(rows, table)
    methods = [method for method in METHODS if any(row["method"] == method for row in rows)]
    methods = methods or ["dense"]
    if reference and {(row["architecture"], row["data"]) for row in rows} != {REFERENCE}:
        msg = f"reference is True, but {table} is not of {NETS[REFERENCE[0]]} on CIFAR-10."
        raise ValueError(msg)
    base_widths = sorted({row["base_width"] for row in rows} - {None})
    labels = {None: "dense"} | {width: f"pruned to {width}" for width in base_widths}
    styles = dict(zip(labels, styles_of(labels.values()), strict=True))
    figure, axes = pyplot.subplots(
        2,
        len(methods),
        sharex=True,
        sharey="row",
        squeeze=False,
        figsize=(3.6 * len(methods) + 0.6, 7),
        layout="constrained",
    )
    for column, method in zip(axes.T, methods, strict=True):
        for ax, error in zip(column, ("test_error", "train_error"), strict=True):
            curves = _curves(rows, method, error)
            _draw_curves(ax, curves, styles)
            if reference and error == "test_error":
                _draw_reference(ax, method, curves, styles)
        column[0].set_title(TITLES[method], fontsize="medium")
        column[1].set_xlabel("Width k before pruning")
    for row, images in zip(axes, ("test", "training"), strict=True):
        row[0].set_ylabel(f"Error rate, {images} images")
        _scale_errors(row)
    if rows[0]["architecture"] == "two-layer":
        axes[0, 0].set_xscale("log", base=2)
        axes[0, 0].xaxis.set_major_formatter("{x:g}")
    figure.suptitle(title)
    lines = {line.get_label(): line for ax in axes[0] for line in ax.get_lines()}
    handles = [line for label, line in lines.items() if not label.startswith("_")]
    columns = min(len(handles), LEGEND_COLUMNS * len(methods))
    figure.legend(handles=handles, loc="outside lower center", ncols=columns, frameon=False)
    return figure


def _title(rows: Sequence[Row], table: Any) -> str:
    """Return what all rows have in common.

    Raises
    ------
    ValueError
        If that is not all but the nets, the ways to prune and the seeds.
    """
    study: Row = {}
    for name in COMMON:
        values = {row[name] for row in rows} - {None}
        if len(values) > 1 or not rows:
            given = " and ".join(map(str, sorted(values))) or "no run"
            raise ValueError(f"{table} has {given} as {name}: give a table of one study.")
        study[name] = values.pop() if values else None
    epochs = " + ".join(str(study[name]) for name in ("epochs", "retrain_epochs") if study[name])
    n_seeds = len({row["seed"] for row in rows})
    spread = f"; mean and range of {n_seeds} seeds" if n_seeds > 1 else ""
    return (
        f"{NETS[study['architecture']]}, {study['n_train']:,} training images of "
        f"{IMAGES[study['data']]}, {epochs} epochs{spread}"
    )


def _curves(rows: Sequence[Row], method: str, error: str) -> Curves:
    """Return the curves of the dense nets and of one method."""
    curves: Curves = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row["method"] in ("dense", method):
            curves[row["base_width"]][row["width"]].append(row[error])
    # A net of the base width has nothing to prune: there its curve begins.
    dense = curves.get(None, {})
    for base_width, curve in curves.items():
        if base_width in dense:
            curve[base_width] = dense[base_width]
    return dict(sorted(curves.items(), key=lambda item: item[0] or 0))


def _draw_curves(ax: Any, curves: Curves, styles: Styles) -> None:
    """Draw means and ranges over the seeds."""
    for base_width, curve in curves.items():
        style = styles[base_width]
        widths = sorted(curve)
        errors = [curve[width] for width in widths]
        label = "dense" if base_width is None else f"pruned to the size of width {base_width}"
        line = style.keywords | marks() | {"label": label}
        ax.plot(widths, list(map(np.mean, errors)), **line)
        low, high = list(map(min, errors)), list(map(max, errors))
        ax.fill_between(widths, low, high, color=style.color, alpha=0.2, linewidth=0)


def _draw_reference(ax: Any, method: str, curves: Curves, styles: Styles) -> None:
    """Dot the curves of the paper, in the colours of ours."""
    for base_width in curves:
        widths, errors = reference_curve("dense" if base_width is None else method, base_width)
        label = "the same in the paper" if base_width is None else None
        line = {"color": styles[base_width].color, "linestyle": (0, (1, 2)), "linewidth": 1}
        ax.plot(widths, errors, label=label, **line)


def _scale_errors(axes: Sequence[Any]) -> None:
    """Give axes of one scale a logarithmic one, if their lines are positive and differ by much."""
    values = np.concatenate([line.get_ydata() for ax in axes for line in ax.lines])
    if values.min() > 0 and values.max() > LOG_FROM * values.min():
        axes[0].set_yscale("log")
        label_log_axis(axes[0].yaxis)
