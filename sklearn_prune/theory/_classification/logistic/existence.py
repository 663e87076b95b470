"""Whether a logistic fit without penalty exists: the phase transition of Candes and Sur."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import ndtr

from sklearn_prune.theory._checks import check_flag, check_n_samples, shown

from .label_law import LabelLaw, of_signs
from .row_rule import REACH

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

# Nodes of the rule for the score.
N_NODES = 1001


def mle_exists(problem: Any, n_samples: Any, fit_intercept: bool = False) -> Any:
    r"""Tell whether an unpenalised logistic fit exists in the limit of many rows.

    It does not where a hyperplane separates the classes. Then the loss has no minimum:
    the fit goes to infinity in the direction of the largest margin. With high probability
    that is so from a ratio :math:`p/n` of features to rows on, the threshold h of [1]_,

    .. math:: h = \min_t\mathbb{E}\,(Z-tV)_+^2,

    where Z is standard normal and V the label times the score that it depends on, divided
    by the standard deviation of the score. An intercept adds a multiple of the label, and
    h is the minimum over both multiples.

    Parameters
    ----------
    problem : BinaryProblem
        The problem.
    n_samples : int or array-like of int
        Number of rows.
    fit_intercept : bool, default=False
        Whether the model has an intercept.

    Returns
    -------
    bool or ndarray of bool
        Of the shape of `n_samples`.

    Raises
    ------
    ValueError
        If the problem has no binary labels.

    See Also
    --------
    predict_risk : Errors of classifiers.

    References
    ----------
    .. [1] E. J. Candes, P. Sur, "The phase transition for the existence of the maximum
       likelihood estimate in high-dimensional logistic regression", Annals of Statistics
       48(1), 2020. arXiv:1804.09753

    Examples
    --------
    Of a hundred features with a score of deviation 2 it takes 290 rows, for h is .345:

    >>> import numpy as np
    >>> from sklearn_prune.theory import BinaryProblem, mle_exists
    >>> problem = BinaryProblem(np.ones(100), np.full(100, 0.2), link="logistic")
    >>> mle_exists(problem, [200, 289, 291, 400])
    array([False, False,  True,  True])
    """
    if not hasattr(problem, "label_link"):
        msg = f"problem is {shown(problem)}: give a BinaryProblem."
        raise ValueError(msg)
    fit_intercept = check_flag(fit_intercept, "fit_intercept")
    n = check_n_samples(n_samples, fit_intercept=fit_intercept)
    spectrum = problem.second_moments.spectrum
    labels = LabelLaw(problem.label_link, problem.latent_variance)
    energy = float(spectrum.energy.sum())
    return (spectrum.rank < n * threshold(labels, energy, fit_intercept=fit_intercept))[()]


def threshold(labels: LabelLaw, energy: float, *, fit_intercept: bool = False) -> float:
    r"""Return h, the ratio of features to rows from which on classes are separable.

    Parameters
    ----------
    labels : LabelLaw
        The law of the labels.
    energy : float
        How much of the variance of their score the features know.
    fit_intercept : bool, default=False
        Whether there is an intercept.

    Returns
    -------
    float
    """
    signs, size = labels.signs, np.sqrt(energy)
    V, weights = _normal_rule()
    p, slope = labels.link.smoothed(signs * size * V, max(labels.variance - energy, 0.0))
    weights = (weights * of_signs(signs, p, slope)[0]).ravel()
    parts = np.broadcast_arrays(V, signs)[: 1 + (fit_intercept and len(signs) > 1)]
    return _least_mean_square(np.stack([part.ravel() for part in parts]), weights)


def _normal_rule() -> tuple[Array, Array]:
    """Return nodes and weights of the normal law that resolve any scale about zero."""
    smallest = 1e-6
    t = np.arcsinh(REACH / smallest) * np.linspace(-1, 1, N_NODES)
    nodes = smallest * np.sinh(t)
    weights = np.exp(-(nodes**2) / 2) * np.cosh(t)
    return nodes, weights / weights.sum()


def _least_mean_square(V: Array, weights: Array) -> float:
    r"""Return the minimum of :math:`\mathbb{E}(Z-t'V)_+^2`, a convex function of t."""

    def value(t: Array) -> tuple[float, Array]:
        c = t @ V
        density, tail = np.exp(-(c**2) / 2) / np.sqrt(2 * np.pi), ndtr(-c)
        square, slope = (1 + c**2) * tail - c * density, -2 * (density - c * tail)
        return float(square @ weights), V @ (slope * weights)

    def curvature(t: Array) -> Array:
        return (V * (2 * ndtr(-t @ V) * weights)) @ V.T

    start = np.zeros(len(V))
    options = {"gtol": 1e-12}
    found = minimize(value, start, jac=True, hess=curvature, method="trust-exact", options=options)
    return float(found.fun)
