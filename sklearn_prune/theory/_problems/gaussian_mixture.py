"""Two classes of Gaussian features."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr

from sklearn_prune.theory._checks import as_floats, as_number, check_count, check_model, check_seed

from .classifier_metrics import check_metric, check_overlaps
from .linear_gaussian import LinearGaussianProblem, deferred_problem
from .normal_score import last_negative, mean_softplus
from .second_moments import SecondMoments, multiply, rescale

if TYPE_CHECKING:
    from sklearn_prune._typing import Array


class GaussianMixtureProblem:
    r"""Two Gaussian classes that differ by their means.

    .. math::

        P(y = 1) = \pi, \qquad x \mid y \sim \mathcal{N}(y\mu, \Sigma), \qquad y \in \{-1, +1\}.

    Parameters
    ----------
    covariance : array-like of shape (n_features,) or (n_features, n_features)
        :math:`\Sigma` within a class, or its diagonal if it is diagonal.

    mean : array-like of shape (n_features,)
        :math:`\mu`, half of what the class means are apart.

    prior : float, default=0.5
        :math:`\pi`, between 0 and 1.

    Attributes
    ----------
    covariance : ndarray of shape (n_features,) or (n_features, n_features)
        :math:`\Sigma`.

    mean : ndarray of shape (n_features,)
        :math:`\mu`.

    prior : float
        :math:`\pi`.

    prevalence : float
        The same, under the name that it has in `BinaryProblem`.

    linear : LinearGaussianProblem
        The problem that least squares with the labels as targets sees.

    n_features : float
        The number of features, p.

    See Also
    --------
    BinaryProblem : Gaussian features with labels that depend on a projection.
    predict_risk : Errors of dense, pruned and retrained classifiers.

    Notes
    -----
    Least squares on the labels is a linear problem with the covariance
    :math:`\Sigma+w\mu\mu'` of all features, :math:`w=\mathrm{Var}(y)=4\pi(1-\pi)` (1
    without an intercept). That these are no Gaussian features concerns one direction only.
    Where :math:`\Sigma` is diagonal, the rank-one term changes no more than a factor of
    :math:`\mu` (Sherman and Morrison), and everything stays in closed form.

    Examples
    --------
    Fisher's linear discriminant is the best classifier, wrong as often as
    :math:`\Phi(-\sqrt{\mu'\Sigma^{-1}\mu})`:

    >>> from sklearn_prune.theory import GaussianMixtureProblem
    >>> problem = GaussianMixtureProblem([1.0, 4.0], [1.0, 2.0])
    >>> round(problem.risk([1.0, 0.5]), 4)
    0.0786
    >>> X, y = problem.sample(3, random_state=0)
    >>> X.shape
    (3, 2)
    """

    def __init__(self, covariance: Any, mean: Any, *, prior: float = 0.5) -> None:
        self._within = SecondMoments(covariance, np.zeros(np.shape(covariance)[:1]), 0.0, None)
        self.mean = as_floats(mean, "mean", self._within.coef.shape)
        self.prior = as_number(prior, "prior")
        if not 0 < self.prior < 1:
            msg = f"prior is {self.prior:.6g}: give a probability between 0 and 1."
            raise ValueError(msg)
        self.covariance = self._within.covariance
        self.n_features = self._within.n_features
        self.prevalence, self.target_mean = self.prior, 2 * self.prior - 1

    @cached_property
    def linear(self) -> LinearGaussianProblem:
        """The problem of the labels as targets of least squares.

        Returns
        -------
        LinearGaussianProblem
            Made when it is first asked for.
        """
        within = np.diag(self.covariance) if self.covariance.ndim == 1 else self.covariance
        second = within + np.outer(self.mean, self.mean)
        mean = self.target_mean * self.mean
        return deferred_problem(second, self.mean, 1.0, mean, self.target_mean)

    def scaled(self, scale: Any) -> GaussianMixtureProblem:
        r"""Return the problem of the features :math:`s_ix_i`.

        Parameters
        ----------
        scale : array-like of shape (n_features,)
            Factors s.

        Returns
        -------
        GaussianMixtureProblem
            With the same labels.
        """
        scale = as_floats(scale, "scale", self.mean.shape)
        covariance = rescale(self.covariance, scale)
        return GaussianMixtureProblem(covariance, self.mean * scale, prior=self.prior)

    def sample(self, n_samples: int, random_state: Any = None) -> tuple[Array, Array]:
        """Draw features and labels.

        Parameters
        ----------
        n_samples : int
            Number of rows.
        random_state : int, RandomState instance or None, default=None
            Seed.

        Returns
        -------
        X : ndarray of shape (n_samples, n_features)
            Features.
        y : ndarray of shape (n_samples,)
            Labels, -1 or +1.
        """
        n_samples, rng = check_count(n_samples, "n_samples", 0), check_seed(random_state)
        basis = self._within.eigenbasis
        y = np.where(rng.uniform(size=n_samples) < self.prior, 1.0, -1.0)
        coordinates = rng.standard_normal((n_samples, len(basis.eigenvalues)))
        X = basis.to_features(coordinates * np.sqrt(basis.eigenvalues))
        return X + np.outer(y, self.mean), y

    def risk(self, coef: Any, intercept: Any = 0.0, metric: str = "zero_one") -> Any:
        r"""Return the exact error of the score :math:`f=x'b+b_0`.

        Parameters
        ----------
        coef : array-like of shape (..., n_features)
            :math:`b`, one or several.
        intercept : float or array-like of shape (...), default=0.0
            :math:`b_0`.
        metric : {"zero_one", "squared_error", "log_loss"}, default="zero_one"
            How often the sign of f is not the label; :math:`\mathbb{E}(y-f)^2`; or
            :math:`\mathbb{E}\log(1+e^{-yf})`.

        Returns
        -------
        float or ndarray of shape (...)
            The error.
        """
        coef, b0 = check_model(coef, intercept, len(self.mean))
        square = np.sum(coef * multiply(self.covariance, coef), axis=-1)
        return self.risk_of(coef @ self.mean, square, b0, metric)

    def risk_of(self, signal: Any, square: Any, intercept: Any, metric: str) -> Any:
        r"""Return the error of a score that is normal within either class.

        Parameters
        ----------
        signal, square, intercept : float or ndarray
            :math:`\mu'b`, :math:`b'\Sigma b` and :math:`b_0`; they broadcast.
        metric : {"zero_one", "squared_error", "log_loss"}
            The error.

        Returns
        -------
        float or ndarray
            Of the common shape.
        """
        check_metric(metric)
        signal, square, b0 = check_overlaps(signal, square, intercept)
        spread = np.sqrt(np.maximum(square, 0.0))
        above, below = b0 + signal, b0 - signal
        if metric == "squared_error":
            losses = square + (1 - above) ** 2, square + (1 + below) ** 2
        elif metric == "log_loss":
            losses = mean_softplus(-above, spread), mean_softplus(below, spread)
        else:
            losses = ndtr(last_negative(above, spread)), ndtr(-last_negative(below, spread))
        risk = self.prior * losses[0] + (1 - self.prior) * losses[1]
        return risk if np.ndim(risk) else float(risk)
