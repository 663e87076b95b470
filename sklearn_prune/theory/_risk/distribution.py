"""The law of the coefficients of a dense fit: Theorem 1."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune.theory._checks import (
    broadcast,
    check_alpha,
    check_count,
    check_flag,
    check_n_samples,
    check_seed,
)
from sklearn_prune.theory._problems.linear_only import check_linear
from sklearn_prune.theory._problems.second_moments import in_units, squared_units
from sklearn_prune.theory._problems.spectrum import shrink

from .dense import dense_fit

if TYPE_CHECKING:
    from sklearn_prune._typing import Array
    from sklearn_prune.theory._problems.linear_gaussian import LinearGaussianProblem


class DistributionalCharacterization:
    r"""Law of the coefficients of least squares, least norm or ridge.

    Definition 4 and Theorem 1 of [1]_, with a ridge penalty as in its Appendix E.
    For the minimiser of :math:`|y-Xb|^2+\mu|b|^2` on n rows, the shortest one
    where :math:`\mu=0` leaves a choice, and :math:`\Sigma=U\mathrm{diag}(\lambda)U'`,
    :math:`\bar\beta=U'\beta`:

    .. math::

        n &= \sum_i \frac{\xi\lambda_i}{1+\xi\lambda_i} + \mu\xi, \qquad
        \zeta_i = \frac{1}{1+\xi\lambda_i}

        \gamma &= \frac{\sigma^2+\sum_i\lambda_i\zeta_i^2\bar\beta_i^2}
                      {1-\frac1n\sum_i(1-\zeta_i)^2}

        \hat\beta &\sim U\Bigl[(1-\zeta)\bar\beta
              + \sqrt{\gamma/n}\,\frac{1-\zeta}{\sqrt\lambda}\,h\Bigr],
              \qquad h\sim\mathcal{N}(0,I)

    Least squares with fewer coordinates than rows is the case
    :math:`\xi=\infty`, :math:`\zeta=0`.

    Parameters
    ----------
    problem : LinearGaussianProblem
        The problem. With `weights`, the law is that of Definition 3 of [1]_.
    n_samples : int or array-like of int
        Number of rows, n, one or several.
    alpha : float or array-like, default=0.0
        Ridge penalty :math:`\mu`, as in ``Ridge(alpha)``; broadcast with `n_samples`.
    fit_intercept : bool, default=False
        Whether the model has an intercept: then the law is that of its slopes, of
        the centred problem with a degree of freedom less.
    finite_n : bool, default=False
        Whether `risk`, `variance_` and `sample` correct fits without penalty for
        the size of n. For Gaussian features the correction is exact if
        :math:`p<n`, and close otherwise; it matters near :math:`p=n`, where
        :math:`\gamma` is low by 5 % at :math:`n=400`, :math:`p/n=1.05`.

    Attributes
    ----------
    xi_ : float or ndarray
        :math:`\xi`, of the shape of `n_samples`; inf for plain least squares.

    gamma_ : float or ndarray
        :math:`\gamma`: at :math:`p=n`, :math:`\mu=0` infinite with noise, 0 without.

    mean_ : ndarray of shape (..., n_features)
        Means of the coefficients.

    variance_ : ndarray of shape (..., n_features)
        Their variances.

    See Also
    --------
    predict_risk : Risk of what is made of these coefficients.

    References
    ----------
    .. [1] X. Chang, Y. Li, S. Oymak, C. Thrampoulidis, "Provable Benefits of
       Overparameterization in Model Compression: From Double Descent to Pruning
       Neural Networks", AAAI 2021. arXiv:2012.08749. For a general covariance the
       theorem is proved by Q. Han, X. Xu, JMLR 27(23), 2026. arXiv:2307.02044

    Examples
    --------
    Double descent, of which the peak is infinite:

    >>> import numpy as np
    >>> from sklearn_prune.theory import DistributionalCharacterization, LinearGaussianProblem
    >>> problem = LinearGaussianProblem(np.ones(100), np.full(100, 0.1), noise_variance=0.5)
    >>> law = DistributionalCharacterization(problem, [50, 100, 200])
    >>> law.gamma_
    array([1.5, inf, 1. ])
    >>> law = DistributionalCharacterization(problem, 50)
    >>> law.sample(3, random_state=0).shape
    (3, 100)
    """

    def __init__(
        self,
        problem: LinearGaussianProblem,
        n_samples: Any,
        alpha: Any = 0.0,
        *,
        fit_intercept: bool = False,
        finite_n: bool = False,
    ) -> None:
        check_linear(problem)
        fit_intercept = check_flag(fit_intercept, "fit_intercept")
        finite_n = check_flag(finite_n, "finite_n")
        n = check_n_samples(n_samples, fit_intercept=fit_intercept)
        self.problem, self.n_samples, self.alpha = problem, n_samples, alpha
        self.fit_intercept, self.finite_n = fit_intercept, finite_n
        self._problem = in_units(problem.centred() if fit_intercept else problem)
        self._basis = self._problem.eigenbasis
        self._n, penalty = broadcast(n_samples=n, alpha=check_alpha(alpha))
        self._dof = self._n - fit_intercept
        noise = self._problem.noise_variance
        self._fit = dense_fit(self._problem.spectrum, noise, self._dof, penalty, finite_n)
        self.xi_ = self._fit.sums.xi[()]
        self.gamma_ = squared_units(self._fit.gamma, self._problem.unit)[()]

    @cached_property
    def _shrinkage(self) -> Array:
        r""":math:`1-\zeta_i`, of shape (..., rank)."""
        return shrink(np.asarray(self.xi_), self._basis.eigenvalues)[0]

    @cached_property
    def _scale(self) -> Array:
        """Standard deviations in the eigenbasis, of shape (..., rank)."""
        spread = self._problem.unit * np.sqrt(self._fit.spread / self._dof)[..., np.newaxis]
        return spread * self._shrinkage / np.sqrt(self._basis.eigenvalues)

    @cached_property
    def mean_(self) -> Array:
        """Means of the coefficients, of shape (..., n_features)."""
        bar = self._problem.unit * self._problem.signal / np.sqrt(self._basis.eigenvalues)
        return self._basis.to_features(self._shrinkage * bar)

    @cached_property
    def variance_(self) -> Array:
        """Variances of the coefficients, of shape (..., n_features)."""
        return self._basis.variances_of_features(self._scale**2)

    def sample(self, n_draws: int, random_state: Any = None) -> Array:
        """Draw coefficient vectors.

        Parameters
        ----------
        n_draws : int
            Number of draws.
        random_state : int, RandomState instance or None, default=None
            Seed.

        Returns
        -------
        ndarray of shape (n_draws, ..., n_features)
            Coefficients.

        Raises
        ------
        ValueError
            If the law has no finite variance.
        """
        if not np.isfinite(self._fit.spread).all():
            msg = (
                "With as many features as samples, noise and no penalty the coefficients have no "
                "finite variance: change n_samples, or give a positive alpha."
            )
            raise ValueError(msg)
        n_draws, rng = check_count(n_draws, "n_draws", 0), check_seed(random_state)
        normal = rng.standard_normal((n_draws, *self._scale.shape))
        return self.mean_ + self._basis.to_features(self._scale * normal)

    def risk(self) -> Any:
        r"""Return the risk :math:`\mathbb{E}(y-x'\hat\beta-\hat a)^2`, noise included.

        It is :math:`\gamma`, or its finite-n value, times :math:`1+1/n` if there
        is an intercept, whose own error that is.

        Returns
        -------
        float or ndarray
            Of the shape of `n_samples`.
        """
        risk = squared_units(self._fit.risk, self._problem.unit)
        return (risk * (1 + self.fit_intercept / self._n))[()]

    def training_error(self) -> Any:
        r"""Return the mean square of the training residuals.

        :math:`(1-\frac1n\sum_i(1-\zeta_i))^2\gamma`, from the fixed point of
        Definition 4; 0 for an interpolating fit.

        Returns
        -------
        float or ndarray
            Of the shape of `n_samples`.
        """
        residual = self._fit.sums.residual
        with np.errstate(invalid="ignore"):
            error = np.where(residual > 0, (residual / self._dof) ** 2 * self.gamma_, 0.0)
        return (error * self._dof / self._n)[()]
