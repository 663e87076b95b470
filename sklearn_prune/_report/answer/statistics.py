"""Differences that are paired over folds, and whether they are beyond noise."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn_prune._typing import Array

# Chance of finding a difference at any budget where there is none: so low that of twenty
# tables without one, at least nineteen are told to have none.
LEVEL = 0.02
# Chance that a model seems better than the mean, at one budget, if it is not.
BETTER_THAN_MEAN = 0.05
# Smaller differences, as a share of the larger error, are not worth a decision.
RELEVANT = 0.01

LARGE_WINS, SMALL_WINS, EQUAL, NOTHING = "large", "small", "equal", "nothing"


class Folds(NamedTuple):
    """What the outer folds are like.

    Attributes
    ----------
    ratio : float
        How many rows are judged for each that is trained on, the mean over the folds.
    mean_error : float or ndarray of shape (n_folds,)
        The error of predicting the mean of the rows that are trained on.
    """

    ratio: float
    mean_error: Array | float = 1.0


class Comparison(NamedTuple):
    """Small against large, at one budget.

    Attributes
    ----------
    budget : int
        Number of features kept.
    small, large : float
        Mean errors over the folds.
    gain, std_error : float
        Mean of small - large, and its corrected standard error.
    p_value : float
        Two-sided, adjusted for the number of budgets.
    verdict : str
        "large", "small", "equal" (not beyond noise, or not worth a decision) or "nothing"
        (neither is better than predicting the mean, beyond noise).
    """

    budget: int
    small: float
    large: float
    gain: float
    std_error: float
    p_value: float
    verdict: str


def mean_and_error(values: Array, ratio: float) -> tuple[float, float]:
    """Return the mean over folds and its standard error.

    Training sets overlap, so the variance between J folds is multiplied by 1/J + r instead of
    1/J, where r is the ratio of judged to training rows [1]_: 1/(k - 1) for k folds, of which J
    is a multiple.

    References
    ----------
    .. [1] C. Nadeau, Y. Bengio, "Inference for the generalization error", Machine Learning
       52, 239-281, 2003.
    """
    variance = np.var(values, ddof=1) * (1 / len(values) + ratio)
    return float(np.mean(values)), float(np.sqrt(variance))


def compare(small: dict[int, Array], large: dict[int, Array], folds: Folds) -> list[Comparison]:
    """Compare small and large at every budget.

    A difference has to pass a t-test with J - 1 degrees of freedom, adjusted by Holm's method.

    Parameters
    ----------
    small, large : dict of int to ndarray of shape (n_folds,)
        Errors by budget, on the same folds.
    folds : Folds
    """
    differences = {s: mean_and_error(small[s] - large[s], folds.ratio) for s in small}
    p_values = holm(
        [p_value(gain, error, len(small[s]) - 1) for s, (gain, error) in differences.items()]
    )
    comparisons = []
    for (budget, (gain, std_error)), p in zip(differences.items(), p_values, strict=True):
        means = float(small[budget].mean()), float(large[budget].mean())
        useful = beats_mean(small[budget], folds), beats_mean(large[budget], folds)
        verdict = _judge(*means, p) if useful[int(means[1] < means[0])] else EQUAL
        verdict = verdict if any(useful) else NOTHING
        comparisons.append(Comparison(budget, *means, gain, std_error, p, verdict))
    return comparisons


def p_value(mean: float, std_error: float, freedom: int) -> float:
    """Return the two-sided p-value of a t-test against zero."""
    if std_error == 0:
        return 1.0 if mean == 0 else 0.0
    return float(2 * stats.t.sf(abs(mean) / std_error, freedom))


def beats_mean(errors: Array, folds: Folds) -> bool:
    """Return whether errors are below that of predicting the mean, beyond noise."""
    mean, std_error = mean_and_error(errors - (folds.mean_error - 1), folds.ratio)
    one_sided = p_value(1 - mean, std_error, len(errors) - 1) / 2
    return mean < 1 and one_sided < BETTER_THAN_MEAN


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p-values for their number, by the step-down method of Holm (1979)."""
    order = np.argsort(p_values, kind="stable")
    factors = np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(factors * np.take(p_values, order)), 1)
    return adjusted.tolist()


def _judge(small: float, large: float, p: float) -> str:
    if p >= LEVEL or abs(small - large) < RELEVANT * max(small, large):
        return EQUAL
    return LARGE_WINS if large < small else SMALL_WINS
