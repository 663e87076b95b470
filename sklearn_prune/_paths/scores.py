"""Scores of all models of a path, from their predictions."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import rankdata
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.metrics import check_scoring

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._typing import AnyArray, Indices


class KnownPredictions(RegressorMixin, BaseEstimator):
    """A fitted regressor that predicts what it is given, so that any scorer can judge it."""

    def __init__(self, predictions: Any = None) -> None:
        self.predictions = predictions

    def fit(self, X: Any, y: Any) -> KnownPredictions:
        return self

    def predict(self, X: Any) -> Any:
        return self.predictions

    def __sklearn_is_fitted__(self) -> bool:
        return True


def _resolve_scoring(scoring: Any) -> Callable[..., float] | None:
    """Return the scorer of a parameter `scoring`, None for the negative mean squared error.

    Raises
    ------
    ValueError
        If it is several scores, or none that scikit-learn knows.
    """
    if isinstance(scoring, list | tuple | set | dict):
        msg = f"scoring is {scoring!r}: give one score, by which to choose."
        raise ValueError(msg)
    if scoring is None or scoring == "neg_mean_squared_error":
        return None
    return check_scoring(KnownPredictions(), scoring)


def squared_errors(y: AnyArray, predictions: AnyArray) -> AnyArray:
    """Return the squared error of each row and model, averaged over targets.

    The predictions are overwritten.

    Parameters
    ----------
    y : ndarray of shape (n_rows,) or (n_rows, n_targets)
    predictions : ndarray of shape (n_rows, n_models, n_targets)

    Returns
    -------
    ndarray of shape (n_rows, n_models)
    """
    errors = np.subtract(predictions, y.reshape(len(y), 1, -1), out=predictions)
    np.square(errors, out=errors)
    return errors[:, :, 0] if errors.shape[2] == 1 else errors.mean(axis=2)


class ResultsTable:
    """Scores of all models of a search, one row a model.

    Parameters
    ----------
    scoring : str, callable or None
        What scores predictions; None is the negative mean squared error, weighted.
    data : TrainingData
    held_out : list of ndarray of int
        The rows that are predicted together.
    pooled : bool
        Whether these are all rows, each left out by itself.
    """

    def __init__(
        self,
        scoring: Any,
        data: TrainingData,
        held_out: Sequence[Indices],
        *,
        pooled: bool,
    ) -> None:
        self.scorer = _resolve_scoring(scoring)
        self.data, self.held_out, self.pooled = data, held_out, pooled
        self.models: list[tuple[Any, float, float, int]] = []
        self.means: list[AnyArray] = []
        self.deviations: list[AnyArray] = []
        self.splits: list[AnyArray] = []

    def add(
        self,
        strategy: Any,
        alpha: float,
        retrain_alpha: float | None,
        sizes: Indices,
        predictions: Sequence[AnyArray],
    ) -> None:
        """Score the models of all sizes, from their predictions for the held-out rows.

        The predictions are overwritten.
        """
        refit = np.nan if retrain_alpha is None else retrain_alpha
        self.models += [(strategy, alpha, refit, int(size)) for size in sizes]
        share = np.full(len(self.held_out), 1 / len(self.held_out))
        if self.pooled and self.scorer is None:
            share = self.data.weights / self.data.weights.sum()
            scores = squared_errors(self.data.y, predictions[0])
            np.negative(scores, out=scores)
        else:
            rows = zip(self.held_out, predictions, strict=True)
            scores = np.array([self._score(held_out, part) for held_out, part in rows])
        if not self.pooled:
            self.splits.append(scores.copy())
        mean = share @ scores
        scores -= mean
        deviation = np.sqrt(share @ np.square(scores, out=scores))
        self.means.append(mean)
        if self.pooled and self.scorer is not None:
            deviation = np.full(len(sizes), np.nan)
        self.deviations.append(deviation)

    def _score(self, rows: Indices, predictions: AnyArray) -> AnyArray:
        """Return the score of each model on some rows."""
        y = self.data.y[rows]
        if self.scorer is None:
            errors = squared_errors(y, predictions)
            return -np.average(errors, axis=0, weights=self.data.weights[rows])
        X = self.data.X[rows]
        models = predictions.reshape(*predictions.shape[:2], *y.shape[1:]).swapaxes(0, 1)
        return np.array([self.scorer(KnownPredictions(model), X, y) for model in models])

    def to_dict(self) -> dict[str, AnyArray]:
        """Return the table by columns."""
        mean = np.concatenate(self.means)
        strategies, alphas, retrain_alphas, sizes = zip(*self.models, strict=True)
        strategy_column = np.empty(len(strategies), dtype=object)
        strategy_column[:] = strategies
        splits = np.concatenate(self.splits, axis=1) if self.splits else np.empty((0, 0))
        return {
            "strategy": strategy_column,
            "alpha": np.array(alphas),
            "retrain_alpha": np.array(retrain_alphas),
            "sparsity": np.array(sizes),
            **{f"split{k}_test_score": scores for k, scores in enumerate(splits)},
            "mean_test_score": mean,
            "std_test_score": np.concatenate(self.deviations),
            "rank_test_score": rankdata(-_nan_last(mean), method="min").astype(np.intp),
        }


def _nan_last(scores: AnyArray) -> AnyArray:
    return np.where(np.isnan(scores), -np.inf, scores)


def choose(table: dict[str, AnyArray], n_scores: int, *, one_standard_error: bool) -> int:
    """Return the row of the best mean score, or of the fewest features that come near it.

    Raises
    ------
    ValueError
        If no score is finite, or the standard error of the mean of so many is unknown.
    """
    mean = _nan_last(table["mean_test_score"])
    best = int(np.argmax(mean))
    if not np.isfinite(mean[best]):
        msg = "No model has a finite score: choose another scoring, or another cv."
        raise ValueError(msg)
    if n_missing := np.count_nonzero(np.isneginf(mean)):
        warnings.warn(
            f"{n_missing} of the {len(mean)} mean scores are not finite, and are not chosen.",
            UserWarning,
            stacklevel=3,
        )
    if not one_standard_error:
        return best
    if n_scores < 2 or np.isnan(table["std_test_score"][best]):
        msg = (
            "one_standard_error=True needs several scores of each model: give cv of at least "
            "two folds, or leave scoring at its default with cv=None."
        )
        raise ValueError(msg)
    std_error = table["std_test_score"][best] / np.sqrt(n_scores - 1)
    near = np.flatnonzero(mean >= mean[best] - std_error)
    return int(near[np.lexsort((-mean[near], table["sparsity"][near]))[0]])
