"""The figure of the report: error against width, one panel for each budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ._double_descent_display import DoubleDescentDisplay
from ._plots import label_log_axis, require_matplotlib
from ._report import DENSE, PRUNED, SMALL, fold_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

# The axes end at this many variances of the target: predicting its mean has an error of one.
TOP = 3


def draw_report(results: pd.DataFrame, budgets: Sequence[int], *, n_train: int, title: str) -> Any:
    """Draw medians and quartiles over the folds of what `compare` found.

    Parameters
    ----------
    results : DataFrame
        With the columns width, fold, method, budget, error.
    budgets : sequence of int
        Numbers of features kept, one panel each.
    n_train : int
        Number of training samples, which the panels mark.
    title : str
        Name of the data.

    Returns
    -------
    matplotlib Figure
    """
    pyplot = require_matplotlib("The report").pyplot
    size = (4.4 * len(budgets) + 0.4, 5)
    figure, axes = pyplot.subplots(
        1, len(budgets), sharey=True, squeeze=False, figsize=size, layout="constrained"
    )
    for ax, budget in zip(axes[0], budgets, strict=True):
        handles = _draw_panel(ax, results, budget, n_train)
    medians = results.groupby(["method", "budget", "width"])["error"].median()
    ax.set_ylim(min(medians.min(), TOP / 2) / 1.3, TOP)
    label_log_axis(ax.yaxis)
    figure.legend(handles=handles, loc="outside lower center", ncols=4, frameon=False)
    n_folds = results["fold"].nunique()
    figure.suptitle(
        f"Small, or large and pruned? {title} (median and quartiles of {n_folds} folds)"
    )
    return figure


def _draw_panel(ax: Any, results: pd.DataFrame, budget: int, n_train: int) -> list[Any]:
    """Draw one budget and return the handles of the legend."""
    widths = np.sort(results["width"].unique())
    methods = [*PRUNED, DENSE]
    display = DoubleDescentDisplay(
        widths=widths,
        errors=[[_errors(results, m, budget, width) for width in widths] for m in methods],
        labels=methods,
        threshold=n_train,
        width_name="Number of random features p",
        error_name="Mean squared error / variance of the target",
    )
    display.plot(ax, quantiles=(0.25, 0.75), yscale="log", legend=False)
    small = [
        ax.axhline(
            fold_errors(results, method, budget, budget).median(),
            color="0.25",
            linestyle=style,
            linewidth=1.2,
            label=method,
        )
        for method, style in zip(SMALL, (":", "-"), strict=True)
    ]
    ax.set_title(f"{budget} features kept")
    ax.label_outer()
    return [*small, *display.lines_]


def _errors(results: pd.DataFrame, method: str, budget: int, width: int) -> NDArray[np.float64]:
    """Return the errors by fold, NaN if the method was not tried at this width."""
    errors = fold_errors(results, method, width if method == DENSE else budget, width)
    return errors.to_numpy() if len(errors) else np.full(results["fold"].nunique(), np.nan)
