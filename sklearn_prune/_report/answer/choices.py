"""What is chosen inside each training fold, and the table of all models with it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sklearn_prune._report.comparison.records import (
    COLUMNS,
    LARGE,
    LINEAR,
    LOGISTIC,
    PURSUED,
    RANDOM,
    RIDGE,
    SMALL,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sklearn_prune._report.comparison.plan import Plan
    from sklearn_prune._report.comparison.records import Part, Record, Results
    from sklearn_prune._typing import Array


# Methods that are chosen among together: what stands for large and pruned, and for columns.
FAMILIES = dict.fromkeys(LARGE, "large") | dict.fromkeys(COLUMNS, "columns")


class Choice(NamedTuple):
    """What a large model, or a model of columns, may choose."""

    method: str
    setting: str
    strategy: str
    width: int
    budget: int


class Row(NamedTuple):
    """One model, judged on one outer fold.

    Attributes
    ----------
    repeat, fold : int
        The outer fold.
    record : Record
        The model and its errors.
    inner_error : float
        Mean error over the inner folds, NaN where nothing is chosen.
    chosen : bool
        Whether its width and strategy are those of the least inner error, of its method,
        setting and budget.
    answer : bool
        Whether its inner error is the least of all methods, too: this model stands for
        *large and pruned*, or for *columns, pruned*, in its setting.
    """

    repeat: int
    fold: int
    record: Record
    inner_error: float
    chosen: bool
    answer: bool


def choose(plan: Plan, results: Results) -> list[Row]:
    """Return all models of the outer folds, and which of them the inner folds choose."""
    return [
        row
        for part, records in results.items()
        if part.inner is None
        for row in _fold_rows(plan, part, records, _inner_errors(results, part))
    ]


def _inner_errors(results: Results, outer: Part) -> dict[Choice, float]:
    """Return the mean error of every choice over the inner folds of an outer one."""
    return mean_errors(
        records
        for part, records in results.items()
        if part[:2] == outer[:2] and part.inner is not None
    )


def _fold_rows(
    plan: Plan, outer: Part, records: list[Record], inner: dict[Choice, float]
) -> Iterator[Row]:
    """Return the models of an outer fold, with what its inner folds say of them."""
    best, answers = _best(inner, by_method=True), _best(inner, by_method=False)
    for record in records:
        choice = Choice(*record[:5])
        single = record.method in (SMALL, RANDOM, PURSUED) and record.budget in plan.budgets
        error, chosen = inner.get(choice, np.nan), single or choice in best
        yield Row(outer.repeat, outer.fold, record, error, chosen, choice in answers)


def is_small(row: Row) -> bool:
    """Return whether a model stands for *small* in the answer, which is with ridge."""
    return row.chosen and (row.record.method, row.record.setting) == (SMALL, RIDGE)


def is_large(row: Row) -> bool:
    """Return whether a model stands for *large and pruned* in the answer."""
    return row.answer and row.record.setting == RIDGE and row.record.method in LARGE


def is_pruned_columns(row: Row) -> bool:
    """Return whether a model stands for *columns, pruned* in the answer."""
    return row.answer and row.record.method in COLUMNS


def is_linear(row: Row) -> bool:
    """Return whether a model is that of all columns with a ridge."""
    return row.record.method == LINEAR


def is_logistic(row: Row) -> bool:
    """Return whether a model is the logistic regression on all columns."""
    return row.record.method == LOGISTIC


def fold_values(
    rows: Sequence[Row], use: Callable[[Row], bool], field: str = "error"
) -> dict[int, Array]:
    """Return a field of the rows that are asked for, by budget and in the order of the folds."""
    values: dict[int, list[float]] = {}
    for row in sorted((row for row in rows if use(row)), key=lambda row: (row.repeat, row.fold)):
        values.setdefault(row.record.budget, []).append(getattr(row.record, field))
    return {budget: np.array(found) for budget, found in values.items()}


def mean_errors(parts: Iterable[list[Record]]) -> dict[Choice, float]:
    """Return the mean error of every choice over several inner folds."""
    errors: dict[Choice, list[float]] = defaultdict(list)
    for records in parts:
        for record in records:
            if record.method in FAMILIES:
                errors[Choice(*record[:5])].append(record.error)
    return {choice: float(np.mean(values)) for choice, values in errors.items()}


def overall_choice(results: Results, methods: Sequence[str], budget: int) -> Choice:
    """Return the choice with a ridge of least inner error over all outer folds: for a final model.

    Parameters
    ----------
    results : Results
    methods : sequence of str
        Those of a family: `LARGE` or `COLUMNS`.
    budget : int
    """
    inner = mean_errors(records for part, records in results.items() if part.inner is not None)
    (choice,) = (
        c
        for c in _best(inner, by_method=False)
        if c.method in methods and (c.setting, c.budget) == (RIDGE, budget)
    )
    return choice


def _best(inner: dict[Choice, float], *, by_method: bool) -> set[Choice]:
    """Return the choices of least error, one a setting, budget and family (or method)."""
    best: dict[Any, Choice] = {}
    for choice, error in inner.items():
        kind = choice.method if by_method else FAMILIES[choice.method]
        group = choice.setting, choice.budget, kind
        if group not in best or error < inner[best[group]]:
            best[group] = choice
    return set(best.values())
