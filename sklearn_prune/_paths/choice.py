"""Choose a model by its mean score over folds, and say honestly how good the choice is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sklearn_prune._checks.user_warnings import warn_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from sklearn_prune._typing import AnyArray, Array


class Choice(NamedTuple):
    """How a model is chosen.

    Attributes
    ----------
    sizes : ndarray of shape (n_models,)
        Of models whose scores tie, the smallest wins.
    rounding : callable
        From a best mean score to the difference that is no more than rounding.
    one_standard_error : bool
        Whether the smallest is taken whose mean is within one standard error of the best.
    """

    sizes: AnyArray
    rounding: Callable[[float], float]
    one_standard_error: bool

    def of(self, mean: Array, deviation: Array, share: Array) -> int:
        """Return the model that is chosen.

        Parameters
        ----------
        mean, deviation : ndarray of shape (n_models,)
            Of the scores of each model.
        share : ndarray of shape (n_scores,)
            Shares of these scores in the mean.

        Raises
        ------
        ValueError
            If no mean is finite, or the standard error is asked for and unknown.
        """
        ranked = with_ties(mean, self.rounding)
        ties = np.flatnonzero(ranked == ranked.max())
        best = int(ties[np.argmin(self.sizes[ties])])
        if not np.isfinite(ranked[best]):
            msg = "No model has a finite score: choose another scoring, or another cv."
            raise ValueError(msg)
        if not self.one_standard_error:
            return best
        error = standard_error(deviation[best], share)
        if np.isnan(error):
            msg = (
                "one_standard_error=True needs several scores of each model: give cv of at least "
                "two folds, or leave scoring at its default with cv=None."
            )
            raise ValueError(msg)
        mean = nan_last(mean)
        near = np.flatnonzero(mean >= mean[best] - error)
        return int(near[np.lexsort((-mean[near], self.sizes[near]))[0]])

    def without(self, fold: int, scores: Array, share: Array) -> int:
        """Return the model that is chosen by the scores of all folds but one."""
        others = np.delete(share, fold) / np.delete(share, fold).sum()
        mean, deviation = mean_and_deviation(np.delete(scores, fold, axis=0), others)
        return self.of(mean, deviation, others)


def honest_score(choice: Choice, scores: Array, share: Array) -> tuple[float, float]:
    """Return a score of the chosen model that had no part in the choice, and its standard error.

    Each fold scores the model that the other folds would choose.

    Parameters
    ----------
    choice : Choice
    scores : ndarray of shape (n_folds, n_models)
    share : ndarray of shape (n_folds,)
        Shares of the folds in a mean.

    Returns
    -------
    score, std_error : float
        NaN if the folds are too few to choose without one of them.
    """
    if len(share) == 1:
        return np.nan, np.nan
    try:
        chosen = [choice.without(fold, scores, share) for fold in range(len(share))]
    except ValueError:
        return np.nan, np.nan
    judged = scores[np.arange(len(share)), chosen][:, np.newaxis]
    mean, deviation = mean_and_deviation(judged, share)
    return float(mean[0]), standard_error(float(deviation[0]), share)


def mean_and_deviation(scores: Array, share: Array) -> tuple[Array, Array]:
    """Return the mean of each column, and the deviation from it; the scores are overwritten."""
    # So the mean of scores that are all the same, such as 1, is the same.
    first = np.where(np.isfinite(scores[0]), scores[0], 0.0)
    scores -= first
    rest = share @ scores
    scores -= rest
    return first + rest, np.sqrt(share @ np.square(scores, out=scores))


def standard_error(deviation: float, share: Array) -> float:
    """Return that of a mean of scores with some shares, NaN if it is unknown."""
    n_scores = 1 / np.sum(share**2)
    return float(deviation / np.sqrt(n_scores - 1)) if n_scores > 1 else np.nan


def with_ties(mean: Array, rounding: Callable[[float], float]) -> Array:
    """Return means as they are ranked: those that tie with the best are as it is."""
    ranked = nan_last(mean)
    best = float(ranked.max())
    return np.where(ranked >= best - rounding(best), best, ranked) if np.isfinite(best) else ranked


def warn_of_missing(mean: Array) -> None:
    """Warn of models that cannot be chosen."""
    if n_missing := np.count_nonzero(~np.isfinite(mean)):
        warn_user(
            f"{n_missing} of the {len(mean)} mean scores are not finite, and are not chosen.",
        )


def nan_last(scores: AnyArray) -> Any:
    """Return scores, minus infinity where there is none."""
    return np.where(np.isnan(scores), -np.inf, scores)
