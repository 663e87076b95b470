"""Paths that are fitted to all rows, and judged by a criterion instead of by folds."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune._checks.progress import SILENT
from sklearn_prune._least_squares.design import EPS
from sklearn_prune._pruning.extended_bic import above_rounding, log_choices
from sklearn_prune._pruning.linear_fit import fit_columns

from .criteria import Criterion, variances
from .path_freedom import freedom_of_moments, freedom_of_rows
from .path_models import PathModels, path_models
from .scores import ROUNDING
from .summed_rows import SummedRows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._pruning.linear_fit import LinearFit
    from sklearn_prune._pruning.ranking import Order
    from sklearn_prune._pruning.recipe import Recipe
    from sklearn_prune._typing import Array, Indices

    from .scores import ResultsTable


class CriterionSearch:
    """Least-squares paths of all rows.

    Parameters
    ----------
    data : TrainingData
        Rows, or a few that stand for many.
    estimator_of : callable
        From a penalty to the dense model.
    name : str
        The criterion.
    noise_variance : object
        What the user gave, checked but for the number of targets.
    fit_intercept : bool
    n_samples : int, optional
        How many rows there were, those of the data if None.
    """

    def __init__(
        self,
        data: TrainingData,
        estimator_of: Callable[[float], Any],
        name: str,
        noise_variance: Any = None,
        *,
        fit_intercept: bool,
        n_samples: int | None = None,
    ) -> None:
        self.data, self.estimator_of, self.name = data, estimator_of, name
        self.fit_intercept = fit_intercept
        self.n_samples = len(data.y) if n_samples is None else n_samples
        self.n_targets = data.y[0].size
        self.given_noise = variances(noise_variance, self.n_targets)
        self.splits: list[tuple[Indices, Indices]] = []
        self.progress = SILENT
        self._fits: dict[float, LinearFit] = {}
        self._scores: dict[tuple[Any, float], Array] = {}

    @property
    def fewest_rows(self) -> int:
        """Return the number of rows that are fitted."""
        return self.n_samples

    @property
    def scale(self) -> float:
        """Return by how much criteria change when all errors change by their own size."""
        return 0.0 if self.name == "gcv" else float(self.n_samples * self.n_targets)

    def rank(self, alpha: float) -> int:
        """Return the rank of the rows, the largest that it can be with a ridge."""
        largest = min(self.n_samples - self.fit_intercept, self.data.X.shape[1])
        return int(getattr(self.dense(alpha).model, "rank_", largest))

    @cached_property
    def summed(self) -> SummedRows | None:
        """Return the moments of all rows, if these are many."""
        if not self.data.is_tall(self.data.X.shape[1]):
            return None
        return SummedRows.of_rows(self.data, centred=self.fit_intercept)

    def dense(self, alpha: float) -> LinearFit:
        """Return the dense fit of one penalty."""
        if alpha not in self._fits:
            self._fits[alpha] = self._fit(alpha)
        return self._fits[alpha]

    def _fit(self, alpha: float) -> LinearFit:
        model = self.estimator_of(alpha)
        known = None if self.summed is None else self.summed.penalised(model, alpha)
        return fit_columns(model, self.data) if known is None else known

    def full_fit(self, recipe: Recipe, alpha: float) -> LinearFit | None:
        """Return the dense fit that is pruned, if it is a fitted model."""
        dense = self.dense(alpha)
        return dense if hasattr(dense.model, "coef_") else None

    def full_scores(self, recipe: Recipe, dense: LinearFit) -> Array | None:
        """Return the scores of this fit, if they are known by the way."""
        alpha = self.penalty_of(dense)
        return None if alpha is None else self.feature_scores(recipe, alpha)

    def penalty_of(self, dense: LinearFit) -> float | None:
        """Return the penalty of a dense fit, None if it is none of these."""
        return next((alpha for alpha, fit in self._fits.items() if fit is dense), None)

    def selections(self, recipe: Recipe, alpha: float) -> None:
        """Return nothing: there are no folds that could select different features."""

    def scores(
        self, recipes: Sequence[Recipe], alpha: float, sizes: Indices, table: ResultsTable
    ) -> Iterator[Array]:
        """Yield the negative criterion of every size, of shape (1, n_sizes), a recipe."""
        order = recipes[0].order_of(self.feature_scores(recipes[0], alpha))
        choices = _log_choices(recipes[0], order, sizes)
        for recipe in recipes:
            yield -self._criteria(recipe, alpha, order, sizes, choices)[np.newaxis]

    def _criteria(
        self, recipe: Recipe, alpha: float, order: Order, sizes: Indices, choices: Array
    ) -> Array:
        """Return the criterion of every size."""
        errors, freedom = self._path(recipe, alpha, order, sizes)
        errors = above_rounding(errors, self._null_errors, self._rounding)
        return self.criterion.of_squares(errors, freedom, choices)

    def feature_scores(self, recipe: Recipe, alpha: float) -> Array:
        """Return the scores of the features, from the moments of the rows where they tell."""
        key = recipe.strategy, alpha
        if key not in self._scores:
            dense, scores = self.dense(alpha), None
            if self.summed is not None:
                scores = self.summed.scores(recipe, dense)
            self._scores[key] = recipe.scores(dense, self.data) if scores is None else scores
        return self._scores[key]

    def _path(
        self, recipe: Recipe, alpha: float, order: Order, sizes: Indices
    ) -> tuple[Array, Array]:
        """Return the errors (n_sizes, n_targets) of models, and their degrees of freedom."""
        dense = self.dense(alpha)
        summed = None if recipe.distill else self.summed
        known = None if summed is None else summed.path(recipe, dense, order, sizes)
        penalties = alpha, recipe.penalty
        columns, counts = order.kept(sizes[-1]), order.counts(sizes)
        if summed is not None and known is not None:
            freedom = freedom_of_moments(summed.rows, penalties, columns, counts)
            if freedom is not None:
                return known[1], freedom
        taught = recipe.refit_data(dense, self.data)
        models = path_models(recipe, dense, order, sizes, taught)
        errors = np.concatenate([piece.squared_errors(self.data) for piece in models])
        return errors, freedom_of_rows(
            self.data, taught, penalties, columns, counts, centred=self.fit_intercept
        )

    @cached_property
    def criterion(self) -> Criterion:
        """Return what judges the models."""
        return Criterion(self.name, self.n_samples, self.noise_variance)

    @cached_property
    def noise_variance(self) -> Array | None:
        """Return the variances of the noise, if the criterion needs some, or they were given."""
        if self.given_noise is not None or self.name != "cp":
            return self.given_noise
        dense = self.dense(0.0)
        left = self.n_samples - self.rank(0.0) - self.fit_intercept
        if left <= 0:
            msg = (
                'criterion="cp" takes the variance of the noise from the dense fit, which leaves '
                "no residuals: give noise_variance, or more samples than features."
            )
            raise ValueError(msg)
        width = np.array([self.data.X.shape[1]])
        coef = np.atleast_2d(dense.coef)[np.newaxis]
        every = PathModels(np.arange(width[0]), width, coef, np.atleast_2d(dense.intercept))
        errors = every.squared_errors(self.data)
        errors = above_rounding(errors, self._null_errors, self._rounding)
        variance: Array = errors[0] * (self.n_samples / left)
        return variance

    @property
    def _rounding(self) -> float:
        """Return the share of a squared error that is none."""
        return max(EPS, float(ROUNDING * np.finfo(self.data.X.dtype).eps) ** 2)

    @cached_property
    def _null_errors(self) -> Array:
        """Return the squared errors without features."""
        share = self.data.weights / self.data.weights.sum()
        targets = self.data.y.reshape(len(share), -1).astype(np.float64, copy=False)
        if self.fit_intercept:
            targets = targets - share @ targets
        null: Array = share @ targets**2
        return null


def _log_choices(recipe: Recipe, order: Order, sizes: Indices) -> Array:
    """Return the logarithm of the number of supports of each size, of groups that may go."""
    n_stays = 0 if recipe.selection is None else int(recipe.selection.stays.sum())
    n_groups = 1 + np.searchsorted(order.ends, order.counts(sizes))
    return log_choices(len(order.ends) - n_stays, n_groups - n_stays)
