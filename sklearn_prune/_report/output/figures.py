"""The pictures of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune._displays.drawing import (
    MARKS,
    STYLES,
    draw_mark,
    label_log_axis,
    require_matplotlib,
)
from sklearn_prune._report.answer.choices import fold_values
from sklearn_prune._report.comparison.records import (
    DENSE,
    DISTILLED,
    PLAIN,
    PRUNED,
    PURSUED,
    RANDOM,
    RETRAINED,
    RIDGE,
    SMALL,
)

if TYPE_CHECKING:
    from sklearn_prune._report.answer.choices import Row
    from sklearn_prune._report.answer.findings import Findings

# The axes end at this many variances of the target: predicting its mean has an error of one.
TOP = 10

WIDTH_CURVES = (RETRAINED, PRUNED, DISTILLED, DENSE)
KEPT_CURVES = (SMALL, RETRAINED, PRUNED)
LEVELS = {SMALL: ("-", "black"), RANDOM: ((0, (6, 2)), "0.35"), PURSUED: (":", "0.35")}
SETTING_NAMES = {PLAIN: "plain least squares", RIDGE: "with a ridge"}


def draw_width(findings: Findings) -> Any:
    """Draw error against width: a column a budget, a row for plain and one for ridge."""
    pyplot = require_matplotlib("Report.plot").pyplot
    budgets = findings.plan.budgets
    figure, axes = pyplot.subplots(
        2,
        len(budgets),
        sharex=True,
        sharey="row",
        squeeze=False,
        figsize=(4.2 * len(budgets) + 0.6, 8.2),
        layout="constrained",
    )
    for row, setting in zip(axes, SETTING_NAMES, strict=True):
        for ax, budget in zip(row, budgets, strict=True):
            _draw_budget(ax, findings, setting, budget)
            title = "1 feature kept" if budget == 1 else f"{budget} features kept"
            ax.set_title(f"{title}, {SETTING_NAMES[setting]}", fontsize=10.5, pad=8)
            ax.label_outer()
    _finish(figure, axes, "Number of random features before pruning, p", legend_rows=2)
    figure.suptitle(f"Small, or large and pruned? {findings.name}", parse_math=False)
    return figure


def _draw_budget(ax: Any, findings: Findings, setting: str, budget: int) -> None:
    """Draw one budget: curves over the width, and levels of what has no width to choose."""
    widths = findings.plan.widths
    for k, method in enumerate(WIDTH_CURVES):
        points = {}
        for width in widths:
            found = fold_values(findings.rows, _at_width(findings, method, setting, width))
            key = width if method == DENSE else budget
            if key in found:
                points[width] = found[key]
        if points:
            _draw_curve(ax, k, method, points)
    for method, (style, color) in LEVELS.items():
        level = np.median(_chosen(findings, method, setting)[budget])
        ax.axhline(level, linestyle=style, color=color, linewidth=1.4, label=method)
    if setting == PLAIN:
        _draw_theory(ax, findings, budget)
    ax.set(xscale="log", yscale="log", ylabel="Mean squared error / variance")
    label_log_axis(ax.xaxis)
    draw_mark(ax, findings.n_train, widths, "p = n")


def _at_width(findings: Findings, method: str, setting: str, width: int) -> Any:
    """Return what picks the models of one width, of the strategy that inner folds choose."""
    best: dict[tuple[int, int, int], tuple[float, str]] = {}
    for row in findings.rows:
        r = row.record
        if (r.method, r.setting, r.width) == (method, setting, width):
            key = row.repeat, row.fold, r.budget
            error = row.inner_error if np.isfinite(row.inner_error) else np.inf
            if key not in best or error < best[key][0]:
                best[key] = error, r.strategy

    def use(row: Row) -> bool:
        r = row.record
        key = row.repeat, row.fold, r.budget
        return (r.method, r.setting, r.width) == (method, setting, width) and (
            r.strategy == best[key][1]
        )

    return use


def _chosen(findings: Findings, method: str, setting: str) -> dict[int, Any]:
    which = method, setting
    return fold_values(findings.rows, lambda row: row.chosen and row.record[:2] == which)


def _draw_curve(ax: Any, style: int, label: str, points: dict[int, Any], **kw: Any) -> None:
    """Draw medians, and bands between the quartiles, of errors by size."""
    color, marker, line = STYLES[style]
    low, median, high = np.quantile(list(points.values()), (0.25, 0.5, 0.75), axis=1)
    kw = {"color": color, "marker": marker, "linestyle": line, "label": label} | MARKS | kw
    ax.plot(list(points), median, **kw)
    ax.fill_between(list(points), low, high, color=color, alpha=0.15, linewidth=0)


def _draw_theory(ax: Any, findings: Findings, budget: int) -> None:
    """Draw the predicted errors where they may be trusted."""
    theory = findings.theory
    retrained = {w: risk for (s, w), risk in theory.retrained.items() if s == budget}
    for points, style, label in [
        (retrained, 0, "theory, retrained"),
        (theory.dense, 3, "theory, not pruned"),
    ]:
        if points:
            color, marker, _ = STYLES[style]
            kw = {"color": color, "marker": marker, "markerfacecolor": "none", "markersize": 10}
            ax.plot(list(points), list(points.values()), linestyle="--", label=label, **kw)


def draw_kept(findings: Findings) -> Any:
    """Draw error against the number of features kept, from the widest model."""
    pyplot = require_matplotlib("Report.plot").pyplot
    figure, axes = pyplot.subplots(
        1, 2, sharey=True, squeeze=False, figsize=(9.4, 4.8), layout="constrained"
    )
    width, strategy = findings.plan.widths[-1], findings.plan.strategies[0]
    for ax, setting in zip(axes[0], SETTING_NAMES, strict=True):
        for method, style in zip(KEPT_CURVES, (3, 0, 1), strict=True):

            def use(row: Row, which: Any = (method, setting)) -> bool:
                r = row.record
                return r[:2] == which and (r.method == SMALL or r[2:4] == (strategy, width))

            _draw_curve(ax, style, method, fold_values(findings.rows, use))
        widest = _widest(findings, setting)
        ax.axhline(np.median(widest), color="0.35", linewidth=1.4, label=DENSE)
        ax.set(xscale="log", yscale="log", ylabel="Mean squared error / variance")
        ax.set_title(SETTING_NAMES[setting], fontsize=10.5)
        label_log_axis(ax.xaxis)
        ax.label_outer()
    _finish(figure, axes, "Number of features kept, s", legend_rows=1)
    title = f"{findings.name}: pruned from {width} features by {strategy}"
    figure.suptitle(title, parse_math=False)
    return figure


def _widest(findings: Findings, setting: str) -> Any:
    widest = findings.plan.widths[-1]
    dense = fold_values(findings.rows, lambda row: row.record[:2] == (DENSE, setting))
    return dense[widest]


def _finish(figure: Any, axes: Any, xlabel: str, *, legend_rows: int) -> None:
    """Set the limits of the axes that each row shares, and put the legend below."""
    for row in axes:
        drawn = np.concatenate([line.get_ydata() for ax in row for line in ax.lines[:-1]])
        drawn = drawn[np.isfinite(drawn) & (drawn > 0)]
        row[0].set_ylim(drawn.min() / 1.2, min(TOP, max(1.1, 1.1 * drawn.max())))
        label_log_axis(row[0].yaxis)
    for ax in axes[-1]:
        ax.set_xlabel(xlabel)
    found: dict[str, Any] = {}
    for ax in axes.flat:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            found.setdefault(label, handle)
    figure.legend(
        found.values(),
        found.keys(),
        loc="outside lower center",
        ncols=-(-len(found) // legend_rows),
        frameon=False,
    )


FIGURES = {"width": draw_width, "kept": draw_kept}


def draw(findings: Findings, kind: str) -> Any:
    """Draw the errors against width, or against the number of features kept.

    Raises
    ------
    ValueError
        If `kind` is neither "width" nor "kept".
    """
    if kind not in FIGURES:
        msg = f"kind is {kind!r}: give one of {', '.join(map(repr, FIGURES))}"
        raise ValueError(msg)
    return FIGURES[kind](findings)
