"""What may be recommended for a budget, and how it did: small, large and pruned, or columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sklearn_prune._report.comparison.records import COLUMNS, LINEAR, LOGISTIC, SMALL

from .choices import is_large, is_linear, is_logistic, is_pruned_columns, is_small
from .number_words import either

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sklearn_prune._report.comparison.plan import Plan
    from sklearn_prune._typing import Array

    from .choices import Row


class Contender(NamedTuple):
    """The models of all folds that stand for one way to keep to a budget.

    Attributes
    ----------
    budget : int
        Number of features that may be kept.
    rows : tuple of Row
        One a fold, in their order.
    """

    budget: int
    rows: tuple[Row, ...]

    @property
    def method(self) -> str:
        """Return the method, that of the first fold where folds chose among several."""
        return self.rows[0].record.method

    def values(self, field: str = "error") -> Array:
        """Return a field of the records, by fold."""
        return np.array([getattr(row.record, field) for row in self.rows])

    @property
    def error(self) -> float:
        """Return the mean error over the folds."""
        return float(self.values().mean())

    @property
    def widths(self) -> tuple[int, ...]:
        """Return the widths that folds chose, each once."""
        return tuple(sorted({row.record.width for row in self.rows}))

    def described(self) -> str:
        """Return what it is in words."""
        if self.method == LINEAR:
            return f"all {self.widths[0]} prepared columns with a ridge"
        if self.method == LOGISTIC:
            return f"all {self.widths[0]} prepared columns with logistic regression"
        if self.method in COLUMNS:
            return f"{self.widths[0]} prepared columns pruned to {self.budget}"
        if self.method == SMALL:
            return f"{self.budget} random features trained directly"
        return f"{large_models(self.widths)}, pruned to {self.budget}"


def large_models(widths: tuple[int, ...]) -> str:
    """Return which widths large models have, of which each fold chose one."""
    chose = ", as the folds chose" if len(widths) > 1 else ""
    return f"large models of {either(widths)} random features{chose}"


def small(rows: Iterable[Row], budget: int) -> Contender:
    """Return random features trained directly."""
    return _contender(rows, budget, lambda row: is_small(row) and row.record.budget == budget)


def large(rows: Iterable[Row], budget: int) -> Contender:
    """Return random features pruned to the budget."""
    return _contender(rows, budget, lambda row: is_large(row) and row.record.budget == budget)


def columns(rows: Iterable[Row], plan: Plan, budget: int, *, logistic: bool) -> Contender:
    """Return prepared columns pruned to the budget; all of them if they are no more.

    Parameters
    ----------
    rows : iterable of Row
    plan : Plan
    budget : int
    logistic : bool
        Whether logistic regression on all of them may take the place of a ridge.
    """
    if budget not in plan.column_budgets:
        linear = _contender(rows, budget, is_linear)
        other = _contender(rows, budget, is_logistic)
        return other if logistic and other.rows and other.error < linear.error else linear
    return _contender(
        rows, budget, lambda row: is_pruned_columns(row) and row.record.budget == budget
    )


def _contender(rows: Iterable[Row], budget: int, use: Callable[[Row], bool]) -> Contender:
    found = sorted(filter(use, rows), key=lambda row: (row.repeat, row.fold))
    return Contender(budget, tuple(found))
