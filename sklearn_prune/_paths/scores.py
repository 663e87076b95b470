"""Scores of all models of a path, from their predictions."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import rankdata
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.metrics import check_scoring, get_scorer
from sklearn.utils import _safe_indexing

from .choice import Choice, honest_score, mean_and_deviation, warn_of_missing, with_ties
from .selections import SelectionFrequency

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._typing import AnyArray, Array, Indices

    from .selections import Selections

# Predictions are off by so many times the rounding of the largest target, and scores by so
# many times their own.
ROUNDING = 100


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


def resolve_scoring(
    scoring: Any, model: Any = None, default: str = "neg_mean_squared_error"
) -> Callable[..., Any] | None:
    """Return the scorer of a parameter `scoring` for a kind of model, None for the default.

    Raises
    ------
    ValueError
        If it is several scores, or none that scikit-learn knows.
    """
    if isinstance(scoring, list | tuple | set | dict):
        msg = f"scoring is {scoring!r}: give one score, by which to choose."
        raise ValueError(msg)
    if scoring is None or scoring == default:
        return None
    return check_scoring(KnownPredictions() if model is None else model, scoring)


def reads_predictions(scorer: Any) -> bool:
    """Return whether a scorer, or its name, is known to look at nothing but predictions."""
    return isinstance(scorer, str | type(get_scorer("r2")))


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
    given : tuple
        X and y as the user gave them, which scorers see.
    held_out : list of ndarray of int
        The rows that are predicted together.
    pooled : bool
        Whether these are all rows, each left out by itself.
    """

    default = "neg_mean_squared_error"

    def __init__(
        self,
        scoring: Any,
        data: TrainingData,
        given: tuple[Any, Any],
        held_out: Sequence[Indices],
        *,
        pooled: bool,
    ) -> None:
        self.data = data
        self.scorer = resolve_scoring(scoring, self._known(None), self.default)
        self.given, self.held_out, self.pooled = given, held_out, pooled
        # Whether the scorer may look at fitted models, of which there is one a fold.
        self.reads_models = (
            not pooled and self.scorer is not None and not reads_predictions(self.scorer)
        )
        self.share = self._shares()
        self.models: list[tuple[Any, float, float, float]] = []
        self.means: list[AnyArray] = []
        self.deviations: list[AnyArray] = []
        self.splits: list[AnyArray] = []
        self.selections: list[tuple[Selections, Indices]] = []

    @property
    def is_of_moments(self) -> bool:
        """Return whether means and second moments of the rows tell the scores."""
        return self.scorer is None

    def _shares(self) -> Array:
        """Return the share of each score in the mean.

        With weights of the rows, the default scores of folds count by what is held out.
        """
        weights = self.data.weights
        if self.scorer is None and self.pooled:
            return weights / weights.sum()
        if self.scorer is None and self.data.sample_weight is not None:
            total = np.array([weights[rows].sum() for rows in self.held_out])
            return total / total.sum()
        return np.full(len(self.held_out), 1 / len(self.held_out))

    def score(self, folds: Sequence[Any]) -> AnyArray:
        """Score the models of all sizes.

        Parameters
        ----------
        folds : sequence
            Fitted models of each fold, or their predictions for the rows that are held out,
            of shape (n_held_out, n_sizes, n_targets), which are overwritten.

        Returns
        -------
        ndarray of shape (n_folds, n_sizes)
            Of shape (n_rows, n_sizes) if pooled rows have a score each.
        """
        if self.pooled and self.scorer is None:
            return self._row_scores(self.data.y, folds[0])
        rows = zip(self.held_out, folds, strict=True)
        return np.array([self._score(held_out, part) for held_out, part in rows])

    def add(
        self,
        strategy: Any,
        alpha: float,
        retrain_alpha: float | None,
        sizes: Indices,
        scores: AnyArray,
        selections: Selections | None,
    ) -> None:
        """Add the models of all sizes.

        Parameters
        ----------
        strategy, alpha, retrain_alpha : object
            Which models they are.
        sizes : ndarray of shape (n_sizes,)
        scores : ndarray of shape (n_folds, n_sizes)
            Their scores, which are overwritten.
        selections : Selections or None
            Which features they kept in every fold, if it is known.
        """
        if selections is not None:
            self.selections.append((selections, sizes))
        refit = np.nan if retrain_alpha is None else retrain_alpha
        self.models += [(strategy, alpha, refit, size) for size in sizes.tolist()]
        if not self.pooled:
            self.splits.append(scores.copy())
        mean, deviation = self._summary(scores)
        self.means.append(mean)
        self.deviations.append(deviation)

    def _summary(self, scores: AnyArray) -> tuple[Array, Array]:
        """Return the mean score of each size, and the deviation if it means something."""
        mean, deviation = mean_and_deviation(scores, self.share)
        if self.pooled and self.scorer is not None:
            deviation = np.full(len(mean), np.nan)
        return mean, deviation

    def _score(self, rows: Indices, models: Any) -> AnyArray:
        """Return the score of each model on some rows."""
        y = self.data.y[rows]
        if isinstance(models, np.ndarray) and self.scorer is None:
            scores = self._row_scores(y, models)
            return np.average(scores, axis=0, weights=self.data.weights[rows])
        if isinstance(models, np.ndarray):
            shape = (*models.shape[:2], *y.shape[1:])
            models = [self._known(p) for p in models.reshape(shape).swapaxes(0, 1)]
        given = rows if self.data.rows is None else self.data.rows[rows]
        X, y = (_safe_indexing(values, given) for values in self.given)
        return np.array([self._call(model, X, y) for model in models])

    def _row_scores(self, y: AnyArray, predictions: AnyArray) -> AnyArray:
        """Return the default score of each row and model; the predictions are overwritten."""
        scores = squared_errors(y, predictions)
        return np.negative(scores, out=scores)

    def _known(self, predictions: Any) -> Any:
        """Return a model that predicts what it is given."""
        return KnownPredictions(predictions)

    def _call(self, model: Any, X: Any, y: Any) -> float:
        try:
            score = self.scorer(model, X, y) if self.scorer is not None else np.nan
        except AttributeError as error:
            if not self.pooled:
                raise
            msg = (
                f"The scorer looks at the model ({error}), but with cv=None there is none that "
                "predicts all rows: give a number of folds as cv, or a scorer of predictions."
            )
            raise ValueError(msg) from error
        if not isinstance(score, Real):
            msg = f"The scorer returned {score!r}: it has to return a number."
            raise ValueError(msg)
        return float(score)

    def _rounding(self, best: float) -> float:
        """Return the difference of scores that is no more than rounding.

        It is that between the scores of exact predictions and of others that are off by
        rounding, and the last digits of the best score itself.
        """
        y = self.data.y
        eps = float(np.finfo(self.data.X.dtype).eps)
        error = ROUNDING * eps * float(np.abs(y).max(initial=0.0))
        tie = ROUNDING * float(np.finfo(np.float64).eps) * abs(best)
        if self.scorer is None:
            return tie + error**2 + 2 * error * float(np.sqrt(abs(best)))
        if not reads_predictions(self.scorer):
            return tie
        sign = np.where(np.arange(len(y)) % 2, 1.0, -1.0).reshape(-1, *[1] * (y.ndim - 1))
        every_row = np.arange(len(y))
        exact, off = (
            self._score(every_row, p.reshape(len(y), 1, -1)) for p in (y, y + error * sign)
        )
        return tie + abs(float(exact[0] - off[0]))

    def to_dict(self) -> dict[str, AnyArray]:
        """Return the table by columns. Scores that tie with the best have its rank."""
        mean = np.concatenate(self.means)
        strategies, alphas, retrain_alphas, sizes = zip(*self.models, strict=True)
        strategy_column = np.empty(len(strategies), dtype=object)
        strategy_column[:] = strategies
        splits = np.concatenate(self.splits, axis=1) if self.splits else np.empty((0, 0))
        ranked = with_ties(mean, self._rounding)
        return {
            "strategy": strategy_column,
            "alpha": np.array(alphas),
            "retrain_alpha": np.array(retrain_alphas),
            "sparsity": np.array(sizes),
            **{f"split{k}_test_score": scores for k, scores in enumerate(splits)},
            "mean_test_score": mean,
            "std_test_score": np.concatenate(self.deviations),
            "rank_test_score": rankdata(-ranked, method="min").astype(np.intp),
            **selection_columns(self.selections),
        }

    def choose(self, table: dict[str, AnyArray], *, one_standard_error: bool) -> int:
        """Return the row of the best mean score, or of the fewest features that come near it.

        Of scores that tie, the fewest features win.

        Raises
        ------
        ValueError
            If no score is finite, or the standard error of the mean of so many is unknown.
        """
        mean, deviation = table["mean_test_score"], table["std_test_score"]
        chosen = self._choice(one_standard_error).of(mean, deviation, self.share)
        warn_of_missing(mean)
        return chosen

    def honest_score(self, *, one_standard_error: bool) -> tuple[float, float] | None:
        """Return the score of the chosen model without its own part in the choice.

        And its standard error; or None if there are no folds (see `honest_score`).
        """
        if not self.splits:
            return None
        scores = np.concatenate(self.splits, axis=1)
        return honest_score(self._choice(one_standard_error), scores, self.share)

    def _choice(self, one_standard_error: bool) -> Choice:
        sizes = np.array([size for *_, size in self.models])
        return Choice(sizes, self._rounding, one_standard_error)


def selection_columns(known: Sequence[tuple[Selections, Indices]]) -> dict[str, AnyArray]:
    """Return the columns that tell what was selected in the folds, if it is known."""
    if not known:
        return {}
    rows = [SelectionFrequency(parts, size) for parts, sizes in known for size in sizes.tolist()]
    frequencies = np.empty(len(rows), dtype=object)
    for k, frequency in enumerate(rows):  # as they are, not as the arrays that they can be
        frequencies[k] = frequency
    stability = [selections.stability(sizes) for selections, sizes in known]
    return {"selection_frequency": frequencies, "stability": np.concatenate(stability)}
