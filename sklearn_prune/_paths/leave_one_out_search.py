"""Leave-one-out by closed forms where there are some, and by n fits elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import linalg

from sklearn_prune._checks.user_warnings import warn_user
from sklearn_prune._pruning.linear_fit import LinearFit
from sklearn_prune._pruning.ranking import rank_rows

from .fold_search import FoldSearch, min_norm_fit
from .leave_one_out_formulas import LeftOutRows
from .row_orders import RowOrders

if TYPE_CHECKING:
    from typing import Self

    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._pruning.recipe import Recipe
    from sklearn_prune._typing import AnyArray, Indices

    from .leave_one_out_formulas import ClosedForm


class _LeftOut(Sequence):
    """The n ways to leave one of n rows out, each made when it is asked for."""

    def __init__(self, n_rows: int) -> None:
        self.n_rows = n_rows

    def __len__(self) -> int:
        return self.n_rows

    def __getitem__(self, i: Any) -> Any:
        rows = np.arange(self.n_rows)
        return np.delete(rows, i), rows[[i]]


def _is_centred(data: TrainingData) -> bool:
    """Return whether the means of the columns and of y vanish to rounding."""
    share = data.weights / data.weights.sum()
    equal = np.full(len(share), 1 / len(share))
    eps = 100 * float(np.finfo(data.X.dtype).eps)
    return any(
        np.all(np.abs(w @ data.X) <= eps * (w @ abs(data.X)))
        and np.all(np.abs(w @ data.y) <= eps * (w @ np.abs(data.y)))
        for w in (equal, share)
    )


class LeaveOneOutSearch(FoldSearch):
    """Paths that are fitted without one row, for every row, and predict it.

    Callables as strategies, "obs", "obs-one-shot", distillation and a `TargetedRidge` are
    fitted n times.
    """

    def __init__(self, data: TrainingData, **options: Any) -> None:
        if len(data.y) < 2:
            msg = "Leave-one-out needs two samples of positive weight, and n_samples = 1."
            raise ValueError(msg)
        super().__init__(data, _LeftOut(len(data.y)), **options)
        if not self.fit_intercept and _is_centred(data):
            warn_user(
                "The columns of X and y have means of zero: if they were centred on all rows, "
                "each row is minus the sum of the others, and leave-one-out sees what it leaves "
                "out. Give fit_intercept=True, or centre inside each fold, by a Pipeline.",
            )
        self._last: tuple[float | None, ClosedForm | None] = None, None

    @property
    def held_out(self) -> list[Indices]:
        return [np.arange(len(self.splits))]

    @property
    def fewest_rows(self) -> int:
        return len(self.splits) - 1

    @cached_property
    def _left_out(self) -> LeftOutRows:
        return LeftOutRows(self.data, fit_intercept=self.fit_intercept)

    def target(self, t: int) -> Self:
        part = super().target(t)
        part._left_out = self._left_out.target(t)
        return part

    def _closed_form(self, alpha: float) -> ClosedForm | None:
        """Return that of a penalty, and remember it for other strategies."""
        if self._part_of is not None:
            whole, t = self._part_of
            shared = whole._closed_form(alpha)
            return None if shared is None else shared.target(t)
        if self._last[0] != alpha:
            self._last = alpha, self._left_out.closed_form(alpha)
        return self._last[1]

    def full_fit(self, recipe: Recipe, alpha: float) -> LinearFit | None:
        last, closed_form = self._last
        if alpha != 0 or last != alpha or closed_form is None:
            return None
        data, coef = self.data, closed_form.coef
        rank = min(len(data.y) - self.fit_intercept, data.X.shape[1])
        solution = coef, self._left_out.intercept(coef), rank
        return min_norm_fit(recipe.estimator, data, solution)

    def rank(self, alpha: float) -> int:
        if self._closed_form(alpha) is None:
            return super().rank(alpha)
        n_samples, n_features = self.data.X.shape
        return min(n_samples - 1 - self.fit_intercept, n_features)

    def selections(self, recipe: Recipe, alpha: float) -> None:
        """Return nothing: supports that differ by one row are nearly the same, and many."""

    def predictions(
        self, recipes: Sequence[Recipe], alpha: float, sizes: Indices
    ) -> list[list[AnyArray]]:
        first, closed_form = recipes[0], None
        plain = first.refit is None or all(recipe.penalty is not None for recipe in recipes)
        if first.strategy.exact_leave_one_out and plain and not first.distill:
            closed_form = self._closed_form(alpha)
        if closed_form is None:
            folds = super().predictions(recipes, alpha, sizes)
            return [[np.concatenate(rows)] for rows in folds]
        rows, retrained = self._left_out, first.refit is not None
        pruned, orders = np.empty((len(self.data.y), len(sizes), rows.targets.shape[1])), []
        blocks = self.progress.each("rows left out", closed_form.blocks())
        for block, exact in blocks:
            coef = exact.astype(self.data.X.dtype, copy=False)
            order = self._orders(first, block, coef, sizes)
            if retrained:
                orders.append(order)
            else:
                pruned[block] = rows.predict_pruned(block, coef, order)
        if not retrained:
            return [[pruned]]
        all_orders = RowOrders.concatenate(orders)
        return [[rows.predict_retrained(all_orders, recipe)] for recipe in recipes]

    def _orders(self, recipe: Recipe, block: slice, coef: AnyArray, sizes: AnyArray) -> RowOrders:
        """Return the features from best to worst without each of the rows of a block."""
        score = recipe.strategy.leave_one_out
        if score is None:  # the same for every model
            fit = LinearFit(None, coef[0], np.zeros(coef.shape[1]), self.fit_intercept)
            return RowOrders.of([recipe.order(fit, self.data)] * len(coef), sizes)
        norms = np.abs(coef[:, 0]) if coef.shape[1] == 1 else linalg.norm(coef, axis=1)
        scores = score(
            norms.astype(np.float64, copy=False), lambda: self._left_out.column_scales(block)
        )
        if recipe.selection is None:
            return RowOrders.of_columns(rank_rows(scores), sizes)
        if recipe.strategy.by_norm:
            scores = np.array(list(map(recipe.selection.norms, scores)))
        elif recipe.selection.has_groups:
            self._left_out.spread_groups(block, coef, recipe.selection, scores)
        orders = map(recipe.order_of, recipe.selection.per_price(scores))
        return RowOrders.of(list(orders), sizes)
