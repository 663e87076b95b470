"""The panels of a report's pictures: what each of them shows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sklearn_prune._displays.drawing import draw_mark, label_log_axis, marks
from sklearn_prune._displays.styles import MEANINGS
from sklearn_prune._report.answer.choices import fold_values
from sklearn_prune._report.comparison.records import (
    BOOSTED,
    COLUMNS_RETRAINED,
    DENSE,
    DISTILLED,
    LINEAR,
    LOGISTIC,
    PLAIN,
    PRUNED,
    PURSUED,
    RANDOM,
    REFERENCES,
    RETRAINED,
    RIDGE,
    SMALL,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sklearn_prune._report.answer.choices import Row
    from sklearn_prune._report.answer.findings import Findings

# The axes end at this many variances of the target: predicting its mean has an error of one.
TOP = 10

WIDTH_CURVES = (RETRAINED, PRUNED, DISTILLED, DENSE)
KEPT_CURVES = (SMALL, RETRAINED, PRUNED, COLUMNS_RETRAINED)
LEVELS = (SMALL, RANDOM, PURSUED, COLUMNS_RETRAINED)
SETTING_NAMES = {PLAIN: "plain least squares", RIDGE: "with a ridge"}
STYLES = {
    SMALL: MEANINGS["small"],
    PRUNED: MEANINGS["pruned"],
    RETRAINED: MEANINGS["retrained"],
    DISTILLED: MEANINGS["distilled"],
    RANDOM: MEANINGS["random"],
    PURSUED: MEANINGS["pursued"],
    DENSE: MEANINGS["dense"],
    COLUMNS_RETRAINED: MEANINGS["columns"],
    LINEAR: MEANINGS["all columns"],
    LOGISTIC: MEANINGS["logistic"],
    BOOSTED: MEANINGS["boosting"],
}


class Panel(NamedTuple):
    """One pair of axes: its title, and what draws on them."""

    title: str
    draw: Callable[[Any], None]


class Picture(NamedTuple):
    """Panels in rows.

    Attributes
    ----------
    title, xlabel : str
    rows : list of list of Panel
    size : tuple of float
        Width and height of a panel, in inches.
    alike : bool
        Whether the panels of a row share the axis of errors.
    """

    title: str
    xlabel: str
    rows: list[list[Panel]]
    size: tuple[float, float]
    alike: bool


def width_picture(findings: Findings) -> Picture:
    """Return error against width: a column a budget, a row for plain and one for ridge."""
    rows = [
        [
            Panel(
                f"{_kept(budget)}, {name}",
                partial(_draw_budget, findings=findings, setting=setting, budget=budget),
            )
            for budget in findings.plan.budgets
        ]
        for setting, name in SETTING_NAMES.items()
    ]
    title = f"Small, or large and pruned? {findings.name}"
    return Picture(
        title, "Number of random features before pruning, p", rows, (4.2, 3.7), alike=True
    )


def kept_picture(findings: Findings) -> Picture:
    """Return error against the number of features, or of columns, that are kept."""
    row = [
        Panel(name, partial(_draw_kept, findings=findings, setting=setting))
        for setting, name in SETTING_NAMES.items()
    ]
    return Picture(
        f"{findings.name}: {what_is_pruned(findings)}",
        "Number of features kept, s",
        [row],
        (4.7, 4.2),
        alike=False,
    )


def what_is_pruned(findings: Findings) -> str:
    """Say what the curves of features kept start from."""
    plan = findings.plan
    pruned = f"{plan.widths[-1]} random features"
    if plan.column_budgets:
        pruned += f" and {plan.n_columns} prepared columns"
    return f"{pruned}, pruned by {plan.strategies[0]}"


PICTURES = {"width": width_picture, "kept": kept_picture}


def scale_errors(picture: Picture, axes: Sequence[Any]) -> None:
    """Give the axes of a row limits that suit all their curves, or each its own."""
    for together in [axes] if picture.alike else [[ax] for ax in axes]:
        _limit_errors(together)


def labelled(ax: Any) -> list[Any]:
    """Return the lines that a legend names."""
    return [line for line in ax.lines if not line.get_label().startswith("_")]


def _limit_errors(axes: Sequence[Any]) -> None:
    drawn = np.concatenate([line.get_ydata() for ax in axes for line in labelled(ax)])
    drawn = drawn[np.isfinite(drawn) & (drawn > 0)]
    limits = drawn.min() / 1.2, min(TOP, max(1.1, 1.1 * drawn.max()))
    for ax in axes:
        ax.set_ylim(limits)
        label_log_axis(ax.yaxis)


def _kept(budget: int) -> str:
    return "1 feature kept" if budget == 1 else f"{budget} features kept"


def _draw_budget(ax: Any, findings: Findings, setting: str, budget: int) -> None:
    """Draw one budget: curves over the width, and levels of what has no width to choose."""
    widths = findings.plan.widths
    if len(widths) == 1:  # one point, and a mark at the same place, have no extent
        ax.set_xlim(widths[0] / 2, 2 * widths[0])
    for method in WIDTH_CURVES:
        points = {}
        for width in widths:
            found = fold_values(findings.rows, _at_width(findings, method, setting, width))
            key = width if method == DENSE else budget
            if key in found:
                points[width] = found[key]
        if points:
            _draw_curve(ax, method, points)
    for method in LEVELS:
        chosen = _chosen(findings, method, setting)
        if budget in chosen:
            _draw_level(ax, method, chosen[budget])
    _draw_references(ax, findings, setting)
    if setting == PLAIN:
        _draw_theory(ax, findings, budget)
    _scale(ax)
    first = "" if findings.plan.cut.independent else " of the smallest fold"
    draw_mark(ax, findings.n_train, widths, f"p = n{first}")


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


def _draw_curve(ax: Any, method: str, points: dict[int, Any]) -> None:
    """Draw medians, and bands between the quartiles, of errors by size."""
    style = STYLES[method]
    low, median, high = np.quantile(list(points.values()), (0.25, 0.5, 0.75), axis=1)
    ax.plot(list(points), median, label=method, **style.keywords, **marks())
    ax.fill_between(list(points), low, high, color=style.color, alpha=0.15, linewidth=0)


def _draw_level(ax: Any, method: str, errors: Any) -> None:
    """Draw the median error of what has no size to choose, behind the curves."""
    keywords = STYLES[method].keywords | {"marker": "", "label": method, "zorder": 1.8}
    ax.axhline(np.median(errors), linewidth=1.4, **keywords)


def _draw_references(ax: Any, findings: Findings, setting: str) -> None:
    """Draw the levels of what keeps to no budget, beside the models with a ridge."""
    if setting == RIDGE:
        for method in REFERENCES:
            rows = [row for row in findings.rows if row.record.method == method]
            if rows:
                _draw_level(ax, method, [row.record.error for row in rows])


def _scale(ax: Any) -> None:
    ax.set(xscale="log", yscale="log", ylabel="Mean squared error / variance")
    label_log_axis(ax.xaxis)


def _draw_theory(ax: Any, findings: Findings, budget: int) -> None:
    """Draw the predicted errors where they may be trusted."""
    theory = findings.theory
    retrained = {w: risk for (s, w), risk in theory.retrained.items() if s == budget}
    for points, style, label in [
        (retrained, STYLES[RETRAINED], "theory, retrained"),
        (theory.dense, STYLES[DENSE], "theory, not pruned"),
    ]:
        if points:
            hollow = {"linestyle": "", "markerfacecolor": "none", "markersize": 10}
            keywords = style.keywords | hollow | {"label": label}
            ax.plot(list(points), list(points.values()), **keywords)


def _draw_kept(ax: Any, findings: Findings, setting: str) -> None:
    """Draw the curves of one setting, and the levels of what is not pruned."""
    for method in KEPT_CURVES:
        points = _kept_points(findings, method, setting)
        if points:
            _draw_curve(ax, method, points)
    _draw_level(ax, DENSE, _widest(findings, setting))
    _draw_references(ax, findings, setting)
    _scale(ax)


def _kept_points(findings: Findings, method: str, setting: str) -> dict[int, Any]:
    """Return errors by number of features kept, of the widest model and the first strategy."""
    plan = findings.plan
    width = plan.n_columns if method == COLUMNS_RETRAINED else plan.widths[-1]

    def use(row: Row) -> bool:
        r = row.record
        pruned = r[2:4] == (plan.strategies[0], width)
        return r[:2] == (method, setting) and (pruned or method == SMALL)

    return fold_values(findings.rows, use)


def _widest(findings: Findings, setting: str) -> Any:
    widest = findings.plan.widths[-1]
    dense = fold_values(findings.rows, lambda row: row.record[:2] == (DENSE, setting))
    return dense[widest]
