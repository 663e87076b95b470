"""The penalties of first fit and refit, found together."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ._checks import as_floats, check_flag, check_n_samples, check_seed
from ._penalty_search import PenaltyLine
from ._predict_risk import predict_risk
from ._problems.linear_only import check_linear
from ._problems.second_moments import in_units

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._problems.linear_gaussian import LinearGaussianProblem

    Risk = Callable[[float, float], float]

N_GRID = 9
TOLERANCE = 0.02  # of log c: near its minimum a risk is flat
SWEEPS = 4
GAIN = 1e-4  # what a sweep must lower the risk by for another one


class Penalties(NamedTuple):
    """Penalties of a first fit and of a refit, and what they lead to.

    Attributes
    ----------
    alpha : float
        That of the first fit, and of the fits between rounds.
    retrain_alpha : float or None
        That of the last refit; None if there is none.
    risk : float
        Expected squared error on new rows, noise included.
    """

    alpha: float
    retrain_alpha: float | None
    risk: float


def optimal_penalties(
    problem: LinearGaussianProblem,
    n_samples: int,
    *,
    fit_intercept: bool = False,
    random_state: Any = None,
    **pipeline: Any,
) -> Penalties:
    r"""Find the ridge penalties of first fit and refit with which the risk is least.

    What finds the features and what then predicts with them need not be shrunk alike. From
    the best penalty for both, one is improved at a time, by `optimal_alpha`'s search, until
    that lowers the risk by less than one part in ten thousand.

    Parameters
    ----------
    problem : LinearGaussianProblem
        The problem.
    n_samples : int
        Number of training rows, n.
    fit_intercept : bool, default=False
        Whether the models have an intercept.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws; the same ones for all penalties.
    **pipeline : object
        What is done to the dense model: `strategy`, `sparsity`, `retrain`, `n_rounds` and
        all else that `predict_risk` takes, but the penalties.

    Returns
    -------
    Penalties
        Both penalties, and the risk.

    Raises
    ------
    ValueError
        As `predict_risk`, of which it calls many.

    See Also
    --------
    optimal_alpha : One penalty for all fits.
    optimal_strategy : The best pipeline.

    Examples
    --------
    Without noise, features are found best with much shrinkage, and then fitted with little:

    >>> import numpy as np
    >>> from sklearn_prune.theory import LinearGaussianProblem, optimal_penalties
    >>> problem = LinearGaussianProblem(np.ones(400), np.repeat([1.0, 0.0], [20, 380]), 0.5)
    >>> best = optimal_penalties(
    ...     problem, 200, strategy="magnitude", sparsity=40, retrain="same"
    ... )
    """
    check_linear(problem)
    fit_intercept = check_flag(fit_intercept, "fit_intercept")
    n = float(as_floats(check_n_samples(n_samples, fit_intercept=fit_intercept), "n_samples", ()))
    seed = check_seed(random_state).randint(2**31 - 1)
    how = {**pipeline, "fit_intercept": fit_intercept, "random_state": seed}

    @cache
    def risk(alpha: float, retrain_alpha: float | None) -> float:
        return float(
            predict_risk(problem, n_samples, alpha=alpha, retrain_alpha=retrain_alpha, **how)
        )

    centred = in_units(problem.centred() if fit_intercept else problem)
    line = PenaltyLine(centred.spectrum, n - fit_intercept)
    alpha, least = line.least(lambda both: risk(both, None), N_GRID, TOLERANCE)
    if pipeline.get("retrain") is None:
        return Penalties(alpha, None, least)
    return _alternate(risk, line, Penalties(alpha, alpha, least))


def _alternate(risk: Risk, line: PenaltyLine, start: Penalties) -> Penalties:
    """Improve one penalty at a time."""
    best = start
    for _ in range(SWEEPS):
        before = best.risk
        best = _better(best, "retrain_alpha", lambda x, b=best: risk(b.alpha, x), line)
        best = _better(best, "alpha", lambda x, b=best: risk(x, b.retrain_alpha), line)
        if best.risk >= before * (1 - GAIN):
            return best
    return best


def _better(
    best: Penalties, name: str, risk: Callable[[float], float], line: PenaltyLine
) -> Penalties:
    """Return the penalties with another one in the place of one, if that is better."""
    penalty, least = line.least(risk, N_GRID, TOLERANCE)
    return best._replace(**{name: penalty, "risk": least}) if least < best.risk else best
