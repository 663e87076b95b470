"""The law of the coefficients of a dense fit: Theorem 1, and its like for classifiers."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ._checks import broadcast, check_alpha, check_count, check_flag, check_n_samples, check_seed
from ._classification.coefficient_laws import ClassifierLaw, LeastSquaresLaw
from ._classification.losses import check_losses
from ._problems.binary import BinaryProblem
from ._problems.linear_only import check_linear
from ._problems.mixed_rows import MixedRowsProblem
from ._risk.mixed_rows_law import MixedRowsLaw

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

    from ._problems.linear_gaussian import LinearGaussianProblem


class DistributionalCharacterization:
    r"""Law of the coefficients of least squares, least norm or ridge, or of a classifier.

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

    A classifier by the logistic loss, or by the largest margin, has a law of the same form
    around a multiple of the direction v of the score: :math:`av` in the place of
    :math:`\beta`, and :math:`\kappa` in that of :math:`\gamma`, which follow from the mean
    forces of the loss on the rows ([2]_, [3]_).

    Parameters
    ----------
    problem : LinearGaussianProblem, MixedRowsProblem or BinaryProblem
        The problem. With `weights`, the law is that of Definition 3 of [1]_.
    n_samples : int or array-like of int
        Number of rows, n, one or several.
    alpha : float or array-like, default=0.0
        Ridge penalty :math:`\mu`, as in ``Ridge(alpha)`` or 1/C of
        ``LogisticRegression(C)``; broadcast with `n_samples`.
    loss : {"squared", "logistic", "max_margin"}, default="squared"
        What is minimised. All but "squared" are for a `BinaryProblem`: the loss
        :math:`\log(1+e^{-yf})` of the score f, or the length of coefficients with which
        :math:`yf\ge1` on all rows. "squared" takes labels of -1 and +1 for targets.
    fit_intercept : bool, default=False
        Whether the model has an intercept: then the law is that of its slopes, of
        the centred problem with a degree of freedom less.
    finite_n : bool, default=False
        Whether `risk`, `variance_` and `sample` have what is of the order of 1/n, with
        ``loss="squared"``. For Gaussian features that is exact if :math:`p<n` and
        :math:`\mu=0`, and close otherwise; it matters near :math:`p=n`, where without
        penalty :math:`\gamma` is low by 5 % at :math:`n=400`, :math:`p/n=1.05`.

    Attributes
    ----------
    xi_ : float or ndarray
        :math:`\xi`, of the shape of `n_samples`; inf for plain least squares.

    gamma_ : float or ndarray
        :math:`\gamma`: at :math:`p=n`, :math:`\mu=0` infinite with noise, 0 without; of
        a classifier, :math:`\kappa`.

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

    .. [2] F. Salehi, E. Abbasi, B. Hassibi, "The Impact of Regularization on
       High-dimensional Logistic Regression", NeurIPS 2019. arXiv:1906.03761

    .. [3] A. Montanari, F. Ruan, Y. Sohn, J. Yan, "The generalization error of max-margin
       linear classifiers", 2019. arXiv:1911.01544

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

    A classifier, which without penalty would be at infinity here:

    >>> from sklearn_prune.theory import BinaryProblem
    >>> problem = BinaryProblem(np.ones(100), np.full(100, 0.2))
    >>> law = DistributionalCharacterization(problem, 200, 1.0, loss="logistic")
    >>> print(f"{law.risk():.3f} {law.risk('log_loss'):.3f}")
    0.342 1.199
    """

    def __init__(
        self,
        problem: LinearGaussianProblem | MixedRowsProblem | BinaryProblem,
        n_samples: Any,
        alpha: Any = 0.0,
        *,
        loss: str = "squared",
        fit_intercept: bool = False,
        finite_n: bool = False,
    ) -> None:
        if not isinstance(problem, BinaryProblem | MixedRowsProblem):
            check_linear(problem)
        self.loss = check_losses(problem, loss, None, None, None)[0]
        fit_intercept = check_flag(fit_intercept, "fit_intercept")
        finite_n = check_flag(finite_n, "finite_n")
        n = check_n_samples(n_samples, fit_intercept=fit_intercept)
        self.problem, self.n_samples, self.alpha = problem, n_samples, alpha
        self.fit_intercept, self.finite_n = fit_intercept, finite_n
        self._law = self._make_law(*broadcast(n_samples=n, alpha=check_alpha(alpha)))
        self.xi_, self.gamma_ = self._law.xi[()], self._law.gamma[()]

    def _make_law(self, n: Array, alpha: Array) -> LeastSquaresLaw | MixedRowsLaw | ClassifierLaw:
        problem, with_intercept = self.problem, self.fit_intercept
        if isinstance(problem, BinaryProblem):
            if problem.needs_intercept and not with_intercept:
                msg = "The features have means: give fit_intercept=True."
                raise ValueError(msg)
            if self.loss != "squared":
                self._check_limit()
                return ClassifierLaw(problem, self.loss, n, alpha, fit_intercept=with_intercept)
            problem = problem.linear
        how = {"fit_intercept": with_intercept, "finite_n": self.finite_n}
        if isinstance(problem, MixedRowsProblem):
            return MixedRowsLaw(problem, n, alpha, **how)
        return LeastSquaresLaw(problem, n, alpha, **how)

    def _check_limit(self) -> None:
        if self.finite_n:
            msg = f'finite_n=True is for loss="squared", not {self.loss!r}: leave it out.'
            raise ValueError(msg)

    @property
    def mean_(self) -> Array:
        """Means of the coefficients, of shape (..., n_features)."""
        return self._law.mean

    @cached_property
    def variance_(self) -> Array:
        """Variances of the coefficients, of shape (..., n_features)."""
        return self._law.variances

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
        if not np.isfinite(self._law.variance).all():
            msg = (
                "With as many features as samples, noise and no penalty the coefficients have no "
                "finite variance: change n_samples, or give a positive alpha."
            )
            raise ValueError(msg)
        n_draws, rng = check_count(n_draws, "n_draws", 0), check_seed(random_state)
        return self._law.draw(n_draws, rng)

    def risk(self, metric: str | None = None) -> Any:
        r"""Return the error on new rows.

        A squared error :math:`\mathbb{E}(y-x'\hat\beta-\hat a)^2`, noise included, is
        :math:`\gamma`, or its finite-n value, times :math:`1+1/n` if there is an
        intercept, whose own error that is.

        Parameters
        ----------
        metric : {"squared_error", "zero_one", "log_loss"}, default=None
            The error, as in `predict_risk`. None stands for "zero_one" with a
            `BinaryProblem`, else for "squared_error", the only one then.

        Returns
        -------
        float or ndarray
            Of the shape of `n_samples`.
        """
        metric = check_losses(self.problem, self.loss, None, metric, None)[2]
        if isinstance(self._law, MixedRowsLaw) or (
            metric == "squared_error" and isinstance(self._law, LeastSquaresLaw)
        ):
            return self._law.risk()[()]
        problem = cast("BinaryProblem", self.problem)
        return problem.risk_of(*self._law.overlaps(problem), metric)

    def training_error(self) -> Any:
        r"""Return the mean square of the training residuals.

        :math:`(1-\frac1n\sum_i(1-\zeta_i))^2\gamma`, from the fixed point of
        Definition 4; 0 for an interpolating fit.

        Returns
        -------
        float or ndarray
            Of the shape of `n_samples`.

        Raises
        ------
        ValueError
            If the loss is not squared.
        """
        if not isinstance(self._law, LeastSquaresLaw | MixedRowsLaw):
            msg = f'The training error of loss={self.loss!r} is not known: give loss="squared".'
            raise ValueError(msg)
        return self._law.training_error()[()]
