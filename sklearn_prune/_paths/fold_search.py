"""Predictions for the rows that folds hold out, by the models of all sparsities."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.parallel import Parallel, delayed

from sklearn_prune._pruning.linear_fit import LinearFit
from sklearn_prune._pruning.ranking import rank_features
from sklearn_prune._pruning.retraining import distillation_data
from sklearn_prune._pruning.strategies import looks_at_rows, score_features

from .fold_fits import FoldFits, training_rows
from .path_models import masked_piece, refitted_pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._pruning.strategies import Strategy
    from sklearn_prune._typing import AnyArray, Indices


class FoldSearch:
    """Paths that are fitted to the training rows of folds, and predict the others.

    Parameters
    ----------
    data : TrainingData
    splits : sequence of tuple of ndarray of int
        Rows to train on, and rows that are held out.
    resolve : callable
        From a strategy as the user gives it, and the weights of the rows, to the function
        that scores.
    fit_intercept : bool
    n_jobs : int or None
        Number of threads over the folds.
    """

    def __init__(
        self,
        data: TrainingData,
        splits: Sequence[tuple[Indices, Indices]],
        *,
        resolve: Callable[[Any, AnyArray], Strategy],
        fit_intercept: bool,
        n_jobs: int | None,
    ) -> None:
        self.data, self.splits, self.resolve = data, splits, resolve
        self.fit_intercept, self.n_jobs = fit_intercept, n_jobs

    @property
    def held_out(self) -> list[Indices]:
        """Return the rows of each array of predictions."""
        return [rows for _, rows in self.splits]

    @property
    def fewest_rows(self) -> int:
        """Return the size of the smallest training set."""
        return min(len(train) for train, _ in self.splits)

    @cached_property
    def _folds(self) -> FoldFits:
        rows = [train for train, _ in self.splits]
        return FoldFits(self.data, rows, fit_intercept=self.fit_intercept)

    @cached_property
    def _fits(self) -> dict[float, list[LinearFit]]:
        return {}

    def dense_fits(self, alpha: float) -> list[LinearFit]:
        """Return the dense fits of all folds with one penalty."""
        if alpha not in self._fits:
            self._fits[alpha] = self._folds.fit(alpha)
        return self._fits[alpha]

    def full_fit(self, alpha: float) -> LinearFit | None:
        """Return the dense fit to all rows with one penalty, if it is known by the way."""
        return None

    def rank(self, alpha: float) -> int:
        """Return the least rank of the training rows."""
        n_features = self.data.X.shape[1]
        ranks = [
            getattr(fit.model, "rank_", min(len(train) - self.fit_intercept, n_features))
            for fit, (train, _) in zip(self.dense_fits(alpha), self.splits, strict=True)
        ]
        return min(ranks)

    def predictions(
        self, strategy: Any, alpha: float, refits: Sequence[Any], sizes: Indices
    ) -> list[list[AnyArray]]:
        """Return the predictions for the held-out rows of every fold, a list a refit.

        Parameters
        ----------
        strategy : str or callable
        alpha : float
            Penalty of the dense model.
        refits : sequence of regressor or None
            What the kept features are refitted with; None if they are not.
        sizes : ndarray of shape (n_sizes,)
            Numbers of features kept, increasing.
        """
        folds = Parallel(n_jobs=self.n_jobs, prefer="threads")(
            delayed(fold_predictions)(
                self.data,
                split,
                fit,
                self.resolve(strategy, self.data.weights[split[0]]),
                refits,
                sizes,
            )
            for fit, split in zip(self.dense_fits(alpha), self.splits, strict=True)
        )
        return [list(predictions) for predictions in zip(*folds, strict=True)]


def fold_predictions(
    data: TrainingData,
    split: tuple[Indices, Indices],
    fit: LinearFit,
    strategy: Strategy,
    refits: Sequence[Any],
    sizes: Indices,
) -> list[AnyArray]:
    """Prune and retrain the dense model of a fold, and predict the rows that are held out.

    Parameters
    ----------
    data : TrainingData
        With unlabelled samples if the refits are distillations.
    split : tuple of ndarray of int
        Rows to train on, and rows to predict.
    fit : LinearFit
        The dense model.
    strategy : callable
        ``(coef, X, y) -> scores``.
    refits : sequence of regressor or None
        What the kept features are refitted with; None if they are not.
    sizes : ndarray of shape (n_sizes,)
        Numbers of features kept, increasing.

    Returns
    -------
    list of ndarray of shape (n_held_out, n_sizes, n_targets)
        One for each of the refits.
    """
    train, held_out = split
    weights = data.weights[train]
    X_train = data.X[train] if looks_at_rows(strategy) else data.X
    order = rank_features(score_features(strategy, fit.coef, X_train, data.y[train]))
    columns = order[: sizes[-1]]
    part = data._replace(X=data.X[:, columns])
    samples = training_rows(part, train)
    every = np.arange(len(columns))

    def pieces(refit: Any) -> Iterator[Any]:
        if refit is None:
            kept = LinearFit(fit.model, fit.coef[..., columns], fit.intercept)
            return iter([masked_piece(kept, every, sizes, *samples[:2], weights)])
        if data.unlabeled is None:
            return refitted_pieces(refit, every, sizes, samples, weights)
        X, y, sample_weight = distillation_data(fit, data.X[train], data.unlabeled, samples[2])
        ones = np.ones(X.shape[0] - len(weights))
        stacked = X[:, columns], y, sample_weight
        return refitted_pieces(refit, every, sizes, stacked, np.append(weights, ones))

    rows = part.X[held_out]
    return [
        np.concatenate([piece.predict(rows) for piece in pieces(refit)], axis=1) for refit in refits
    ]
