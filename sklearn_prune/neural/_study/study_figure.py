"""The figure of a study, from its table alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune._displays.drawing import (
    LOG_FROM,
    label_log_axis,
    marks,
    require_matplotlib,
)
from sklearn_prune._displays.styles import styles_of
from sklearn_prune.neural._checks import check_choice, check_file

from .reference_curves import reference_curve
from .results_table import read_table
from .settings import METHODS
from .study_curves import curves_by_share, curves_by_width

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .study_curves import Curves, Nets, Row

    Lines = dict[Nets, dict[str, Any]]  # style and label of each curve

NETS = {"resnet20": "ResNet-20", "two-layer": "Two-layer net"}
IMAGES = {"cifar10": "CIFAR-10", "mnist": "MNIST", "digits": "scikit-learn's digits"}
TITLES = {
    "dense": "not pruned",
    "magnitude": "pruned by magnitude, retrained",
    "random": "pruned at random, retrained",
    "random-layerwise": "pruned at random in each layer, retrained",
    "no-retraining": "pruned by magnitude, not retrained",
}

ERRORS = {"test_error": "test", "train_error": "training"}

# What the paper shows.
REFERENCE = ("resnet20", "cifar10")
# A column of panels has room for so many entries of the legend side by side.
LEGEND_COLUMNS = 2
# A figure that is narrower, in inches, has no room for its title.
LEAST_WIDTH = 6

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

    Of a study of sparsities the errors are drawn against the share of the weights that is kept,
    from all of them on the left to the fewest on the right, as in [2]_. Errors on training
    images are by the labels that the nets were given, the wrong ones of label noise included.

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
        the width of ResNet-20 on CIFAR-10 and a reference is asked for.

    See Also
    --------
    ResNet20 : One of the architectures.
    TwoLayerNet : The other one.

    References
    ----------
    .. [1] X. Chang, Y. Li, S. Oymak, C. Thrampoulidis, "Provable Benefits of
       Overparameterization in Model Compression: From Double Descent to Pruning
       Neural Networks", AAAI 2021. arXiv:2012.08749
    .. [2] Z. He, Z. Xie, Q. Zhu, Z. Qin, "Sparse Double Descent: Where Network Pruning
       Aggravates Overfitting", ICML 2022. arXiv:2206.08684

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
    by_share = any(row["sparsity"] is not None for row in rows)
    if reference and by_share:
        msg = f"reference is True, but {table} is of sparsities: the paper's curves are of widths."
        raise ValueError(msg)
    curves_of = curves_by_share if by_share else curves_by_width
    panels = {
        (method, error): curves_of(rows, method, error) for method in methods for error in ERRORS
    }
    lines = _lines(panels.values())
    figure, axes = pyplot.subplots(
        2,
        len(methods),
        sharex=True,
        sharey="row",
        squeeze=False,
        figsize=(max(3.6 * len(methods) + 0.6, LEAST_WIDTH), 7),
        layout="constrained",
    )
    for column, method in zip(axes.T, methods, strict=True):
        for ax, error in zip(column, ERRORS, strict=True):
            curves = panels[method, error]
            _draw_curves(ax, curves, lines)
            if reference and error == "test_error":
                _draw_reference(ax, method, curves, lines)
        column[0].set_title(TITLES[method], fontsize="medium")
        column[1].set_xlabel("Share of the weights kept" if by_share else "Width k before pruning")
    for row, images in zip(axes, ERRORS.values(), strict=True):
        row[0].set_ylabel(f"Error rate, {images} images")
        _scale_errors(row)
    if by_share:
        axes[0, 0].set_xscale("log")
        axes[0, 0].xaxis.set_inverted(True)
        label_log_axis(axes[0, 0].xaxis)
    elif rows[0]["architecture"] == "two-layer":
        axes[0, 0].set_xscale("log", base=2)
        axes[0, 0].xaxis.set_major_formatter("{x:g}")
    figure.suptitle(title, wrap=True)
    drawn = {line.get_label(): line for ax in axes[0] for line in ax.get_lines()}
    handles = [line for label, line in drawn.items() if not label.startswith("_")]
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
    widths = {row["width"] for row in rows}
    width = f" of width {widths.pop()}" if len(widths) == 1 else ""
    n_seeds = len({row["seed"] for row in rows})
    spread = f"; mean and range of {n_seeds} seeds" if n_seeds > 1 else ""
    return (
        f"{NETS[study['architecture']]}{width}, {study['n_train']:,} training images of "
        f"{IMAGES[study['data']]}, {epochs} epochs{spread}"
    )


def _lines(panels: Iterable[Curves]) -> Lines:
    """Return how the curves of a figure look, the same in all of its panels."""
    nets = list(dict.fromkeys(nets for curves in panels for nets in curves))
    labels = [one.label(nets) for one in nets]
    return {
        one: style.keywords | {"label": label}
        for one, label, style in zip(nets, labels, styles_of(labels), strict=True)
    }


def _draw_curves(ax: Any, curves: Curves, lines: Lines) -> None:
    """Draw means and ranges over the seeds."""
    for nets, curve in curves.items():
        errors = list(curve.values())
        ax.plot(list(curve), list(map(np.mean, errors)), **lines[nets] | marks())
        low, high = list(map(min, errors)), list(map(max, errors))
        color = lines[nets]["color"]
        ax.fill_between(list(curve), low, high, color=color, alpha=0.2, linewidth=0)


def _draw_reference(ax: Any, method: str, curves: Curves, lines: Lines) -> None:
    """Dot the curves of the paper, in the colours of ours."""
    for nets in curves:
        if nets.label_noise:
            continue
        dense = nets.base_width is None
        widths, errors = reference_curve("dense" if dense else method, nets.base_width)
        label = "the same in the paper" if dense else None
        line = {"color": lines[nets]["color"], "linestyle": (0, (1, 2)), "linewidth": 1}
        ax.plot(widths, errors, label=label, **line)


def _scale_errors(axes: Sequence[Any]) -> None:
    """Give axes of one scale a logarithmic one, if their lines are positive and differ by much."""
    values = np.concatenate([line.get_ydata() for ax in axes for line in ax.lines])
    if values.min() > 0 and values.max() > LOG_FROM * values.min():
        axes[0].set_yscale("log")
        label_log_axis(axes[0].yaxis)
