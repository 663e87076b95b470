"""Dense fits, paths and held-out errors of a fold, from the moments of its rows alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sklearn_prune._least_squares.blocks import slices
from sklearn_prune._least_squares.design import constant_norm
from sklearn_prune._least_squares.leading_columns import leading_normal
from sklearn_prune._least_squares.tall import NormalEquations
from sklearn_prune._pruning.linear_fit import LinearFit, penalised_model

from .fold_fits import RCOND
from .path_models import PathModels

if TYPE_CHECKING:
    from sklearn_prune._least_squares.row_moments import Moments
    from sklearn_prune._pruning.ranking import Order
    from sklearn_prune._pruning.recipe import Recipe
    from sklearn_prune._typing import Array, Indices

# Errors are differences of squares. Below this share of them, too many digits are lost.
LEAST_SHARE = 1e-6

# Models of so many sizes are scored at once, with the columns of the largest.
BLOCK_SIZES = 64


class MomentRows(NamedTuple):
    """The rows of a fold, of which nothing but moments is known.

    Attributes
    ----------
    training : Moments
        Of the columns of ``[X y]``.
    held_out : Moments
    n_features : int
    centred : bool
        Whether the models have an intercept.
    target_shape : tuple
        Shape of y without that of its rows.
    dtype : dtype
        That of X, and of coefficients.
    least_rcond : float
        Reciprocal condition of a Gram matrix, of columns of unit norm, that is too small
        for scores to agree with those of refits to eight digits.
    """

    training: Moments
    held_out: Moments
    n_features: int
    centred: bool
    target_shape: tuple[int, ...] = ()
    dtype: Any = np.float64
    least_rcond: float = RCOND

    def leading(self, width: int) -> MomentRows:
        """Return the rows with the first columns of X."""
        n_columns = len(self.training.offset)
        columns = np.append(np.arange(width), np.arange(self.n_features, n_columns))
        return self._columns(columns)._replace(n_features=width)

    def target(self, t: int) -> MomentRows:
        """Return the rows with one of several targets, as a vector."""
        columns = np.append(np.arange(self.n_features), self.n_features + t)
        return self._columns(columns)._replace(target_shape=())

    def _columns(self, columns: Indices) -> MomentRows:
        training, held_out = self.training.columns(columns), self.held_out.columns(columns)
        return self._replace(training=training, held_out=held_out)

    @property
    @np.errstate(over="ignore", invalid="ignore")
    def scale(self) -> Array:
        """Return the root mean square of each feature, 0 if constant up to rounding."""
        moments, features = self.training, slice(self.n_features)
        squares, mean = moments.scatter.diagonal()[features], moments.mean[features]
        if not self.centred:
            squares = squares + moments.weight * mean**2
        noise = constant_norm(mean if self.centred else None, moments.weight)
        norms = np.sqrt(squares)
        return np.where(norms > noise, norms, 0.0) / np.sqrt(moments.weight)

    @np.errstate(over="ignore", invalid="ignore")
    def dense(self, alpha: float) -> LinearFit | None:
        """Return the dense fit of one penalty, or None where digits would be lost."""
        equations = NormalEquations.of(
            self.training, self.n_features, centred=self.centred, alpha=alpha
        )
        if equations is None or not equations.rcond > self.least_rcond:
            return None
        coef = equations.unscaled(equations.solve(equations.right_side)).T
        intercept = self._intercept(coef, slice(None))
        return LinearFit(
            penalised_model(alpha, fit_intercept=self.centred),
            coef.astype(self.dtype).reshape(*self.target_shape, self.n_features),
            intercept.astype(self.dtype).reshape(self.target_shape),
            self.centred,
        )

    def dense_errors(self, dense: LinearFit) -> Array | None:
        """Return the errors (1, n_targets) of a dense fit, or None (see `errors`)."""
        width = self.n_features
        coef, intercept = np.atleast_2d(dense.coef), np.atleast_1d(dense.intercept)
        return self.errors(
            PathModels(np.arange(width), np.array([width]), coef[np.newaxis], intercept[np.newaxis])
        )

    def gram(self, columns: Indices) -> Array:
        """Return the products of ordered columns, zero for those that are constant."""
        squares = self.training.squares(centred=self.centred)
        gram, _ = self._split(squares, columns)
        idle = self.scale[columns] == 0
        gram[idle], gram[:, idle] = 0, 0
        return gram

    def feature_scores(self, recipe: Recipe, dense: LinearFit) -> Array | None:
        """Return the scores of the features of a dense fit, or None where digits would be lost."""
        squares = self.training.squares(centred=self.centred)
        return recipe.scores_of_moments(dense, squares, self.scale)

    def path(self, recipe: Recipe, dense: LinearFit, order: Order, sizes: Indices) -> PathModels:
        """Return the pruned models of a dense fit at every size (see `path_models`)."""
        columns, counts = order.kept(sizes[-1]), order.counts(sizes)
        if recipe.penalty is None:
            return self.masked(np.atleast_2d(dense.coef), columns, counts)
        return self.refitted(columns, counts, alpha=recipe.penalty.alpha)

    def masked(self, coef: Array, columns: Indices, counts: Indices) -> PathModels:
        """Return models whose coefficients, of shape (n_targets, n_features), are cut off."""
        kept = np.arange(len(columns)) < counts[:, np.newaxis, np.newaxis]
        return self._models(np.where(kept, coef[:, columns], 0.0), columns, counts)

    def refitted(self, columns: Indices, counts: Indices, *, alpha: float) -> PathModels:
        """Return refits to the first of ordered columns."""
        squares = self.training.squares(centred=self.centred)
        gram, moments = self._split(squares, columns)
        idle = self.scale[columns] == 0
        if idle.any():  # they have the coefficient zero
            gram[idle], gram[:, idle], moments[idle] = 0, 0, 0
            gram[idle, idle] = 1
        return self._models(leading_normal(gram, moments, counts, alpha=alpha), columns, counts)

    @np.errstate(over="ignore", invalid="ignore")
    def errors(self, models: PathModels) -> Array | None:
        """Return the mean squared errors (n_models, n_targets) on the rows that are held out.

        None where one is so small a difference of squares that it loses digits.
        """
        squares = self._held_out_squares()
        gram, moments = self._split(squares, models.columns)
        targets = squares.diagonal()[self.n_features :]
        errors = np.empty(models.coef.shape[:2])
        for part in slices(range(len(errors)), 1, entries=BLOCK_SIZES):
            width = models.counts[part][-1]
            for t, right_side in enumerate(moments[:width].T):
                coef = models.coef[part, t, :width]
                fitted = coef @ gram[:width, :width]
                fitted -= 2 * right_side
                errors[part, t] = targets[t] + np.einsum("ij,ij->i", fitted, coef)
                size = targets[t] + coef**2 @ gram.diagonal()[:width]
                if not np.all(errors[part, t] > LEAST_SHARE * size):
                    return None
        return errors / self.held_out.weight

    def _held_out_squares(self) -> Array:
        """Return the sums of products of all columns of the rows that are held out."""
        if self.centred:
            return self.held_out.squares_about(self.training)
        return self.held_out.squares(centred=False)

    def _split(self, squares: Array, columns: Indices) -> tuple[Array, Array]:
        """Return products of ordered columns with each other, and with the targets."""
        rows = squares.take(columns, axis=0)
        return rows.take(columns, axis=1), rows[:, self.n_features :].copy()

    def _models(self, coef: Array, columns: Indices, counts: Indices) -> PathModels:
        return PathModels(columns, counts[: len(coef)], coef, self._intercept(coef, columns))

    def _intercept(self, coef: Array, columns: Indices | slice) -> Array:
        """Return the intercepts of coefficients of shape (..., n_targets, n_columns)."""
        if not self.centred:
            return np.zeros(coef.shape[:-1])
        mean = self.training.mean
        intercept: Array = mean[self.n_features :] - coef @ mean[: self.n_features][columns]
        return intercept
