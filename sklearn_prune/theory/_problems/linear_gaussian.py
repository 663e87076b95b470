"""A linear problem, given by its second moments: Definition 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np

from sklearn_prune.theory._checks import (
    as_floats,
    as_number,
    check_count,
    check_covariance,
    check_model,
    check_seed,
    check_support,
)

from .from_data import check_sample, moments_from_data
from .plug_in import plug_in
from .second_moments import SecondMoments, squared_error

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices


# A second moment of the target may be too small by such a share of it, from rounding.
ERROR = 1e-8


class LinearGaussianProblem(SecondMoments):
    r"""Gaussian features and a linear target with noise.

    Definition 1 of [1]_: :math:`y=x'\beta+\sigma z` with
    :math:`x\sim\mathcal{N}(0,\Sigma)` and independent :math:`z\sim\mathcal{N}(0,1)`.
    Other features have an equivalent problem of this kind, Definition 2 of [1]_:
    see `from_moments` and `from_data`.

    Parameters
    ----------
    covariance : array-like of shape (n_features,) or (n_features, n_features)
        :math:`\Sigma`, or its diagonal if it is diagonal.
    coef : array-like of shape (n_features,)
        :math:`\beta`.
    noise_variance : float, default=0.0
        :math:`\sigma^2`.
    weights : array-like of shape (n_features,), default=None
        How many coordinates each entry of `covariance` and `coef` stands for: a
        discrete law of :math:`(\Lambda, B)` as in Definition 3 of [1]_, times the
        number of coordinates. A million coordinates then cost what the entries
        cost. Needs a diagonal covariance. One each if None.

    Attributes
    ----------
    covariance : ndarray of shape (n_features,) or (n_features, n_features)
        :math:`\mathbb{E}[xx']`, or its diagonal.

    coef : ndarray of shape (n_features,)
        The best linear predictor without intercept, :math:`\beta`.

    noise_variance : float
        What it leaves of :math:`\mathbb{E}[y^2]`.

    weights : ndarray of shape (n_features,) or None
        Multiplicities.

    mean : ndarray of shape (n_features,) or None
        :math:`\mathbb{E}[x]`, None if not known.

    target_mean : float
        :math:`\mathbb{E}[y]`.

    n_features : float
        The number of coordinates, p; the sum of the weights if there are some.

    See Also
    --------
    DistributionalCharacterization : Law of the coefficients of a fit.
    predict_risk : Risk of dense, pruned and retrained fits.

    References
    ----------
    .. [1] X. Chang, Y. Li, S. Oymak, C. Thrampoulidis, "Provable Benefits of
       Overparameterization in Model Compression: From Double Descent to Pruning
       Neural Networks", AAAI 2021. arXiv:2012.08749

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_prune.theory import LinearGaussianProblem
    >>> problem = LinearGaussianProblem([4.0, 1.0, 1.0], [1.0, 2.0, 0.0], 0.5)
    >>> problem.risk([1.0, 1.0, 0.0])
    1.5
    >>> problem.restrict([0]).noise_variance
    4.5
    >>> X, y = problem.sample(5, random_state=0)
    >>> X.shape, y.shape
    ((5, 3), (5,))
    """

    mean: Array | None
    target_mean: float
    _centred: LinearGaussianProblem | None

    def __init__(
        self,
        covariance: Any,
        coef: Any,
        noise_variance: float = 0.0,
        *,
        weights: Any = None,
    ) -> None:
        super().__init__(covariance, coef, noise_variance, weights)
        self._set_means(np.zeros_like(self.coef), 0.0)

    @classmethod
    def from_moments(
        cls,
        second_moment: Any,
        cross_moment: Any,
        target_second_moment: float,
        *,
        mean: Any = None,
        target_mean: float = 0.0,
    ) -> Self:
        r"""Make the equivalent problem of features and target with given moments.

        Definition 2 of the paper: :math:`\Sigma=\mathbb{E}[xx']`,
        :math:`\beta=\Sigma^{-1}\mathbb{E}[yx]` and
        :math:`\sigma^2=\mathbb{E}[y^2]-\mathbb{E}[yx]'\beta`, not centred. An
        ill-conditioned second moment, usual for random features, does no harm:
        the eigenvalues lost in rounding count as zero.

        Parameters
        ----------
        second_moment : array-like of shape (n_features,) or (n_features, n_features)
            :math:`\mathbb{E}[xx']`, or its diagonal if it is diagonal.
        cross_moment : array-like of shape (n_features,)
            :math:`\mathbb{E}[yx]`.
        target_second_moment : float
            :math:`\mathbb{E}[y^2]`.
        mean : array-like of shape (n_features,), default=None
            :math:`\mathbb{E}[x]`: needed for models with an intercept.
        target_mean : float, default=0.0
            :math:`\mathbb{E}[y]`.

        Returns
        -------
        LinearGaussianProblem
            The problem.

        Raises
        ------
        ValueError
            If there are no features and target with such moments.
        """
        second = check_covariance(second_moment)
        shape = second.shape[:1]
        cross = as_floats(cross_moment, "cross_moment", shape)
        total = as_number(target_second_moment, "target_second_moment")
        mean = None if mean is None else as_floats(mean, "mean", shape)
        problem = cls.__new__(cls)
        problem._set_moments(second, cross, total, ERROR * abs(total))
        problem._set_means(mean, as_number(target_mean, "target_mean"))
        problem.target_second_moment = problem.noise_variance + float(problem.spectrum.energy.sum())
        return problem

    def _set_means(self, mean: Array | None, target_mean: float) -> None:
        """Take note of the means; without any, the problem is the centred one itself."""
        self.mean, self.target_mean = mean, target_mean
        is_centred = mean is not None and not (mean.any() or target_mean)
        self._centred = self if is_centred else None

    @classmethod
    def from_data(cls, X: Any, y: Any, X_unlabeled: Any = None) -> Self:
        r"""Estimate the problem from data, if there are enough.

        Second moments are pooled over the rows of `X` and `X_unlabeled`, the
        coefficients are those of least squares on X and y, and
        :math:`\sigma^2=\mathrm{RSS}/(N-\mathrm{rank})`; with and without an
        intercept alike. It describes fits to far fewer than N rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Features.
        y : array-like of shape (n_samples,)
            Target.
        X_unlabeled : array-like of shape (n_unlabeled, n_features), default=None
            Further rows of features.

        Returns
        -------
        LinearGaussianProblem
            The problem.

        Raises
        ------
        ValueError
            If there are fewer than five rows for each independent feature: the
            noise cannot then be told from the signal.
        """
        plain, centred, means = moments_from_data(X, y, X_unlabeled)
        problem = cls.from_moments(*plain, mean=means[0], target_mean=means[1])
        problem._centred = cls.from_moments(*centred, mean=np.zeros_like(means[0]))
        return problem

    @classmethod
    def from_sample(cls, X: Any, y: Any) -> Self:
        r"""Guess the problem from a single sample, of fewer rows than features as well.

        A plug-in: the spectrum is what the fixed point of Definition 4 makes of the
        eigenvalues of the sample, the coefficients are those of a ridge fit without the noise
        and the shrinkage that its law tells of, and the noise follows from leave-one-out
        errors of ridge fits. A guess with the errors of the page on
        :ref:`one sample <one-sample>`; :meth:`sklearn_prune.TheoreticalRisk.from_data` checks
        it.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Features.
        y : array-like of shape (n_samples,)
            Target.

        Returns
        -------
        LinearGaussianProblem
            The problem.

        Raises
        ------
        ValueError
            If there are fewer than ten rows, or all rows of X or y are equal.

        See Also
        --------
        LinearGaussianProblem.from_data : Moments of many rows, no guess.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn_prune.theory import LinearGaussianProblem, predict_risk
        >>> truth = LinearGaussianProblem(np.ones(600), np.repeat([0.3, 0.0], [60, 540]), 2.0)
        >>> guess = LinearGaussianProblem.from_sample(*truth.sample(300, random_state=0))
        >>> draws = {"n_draws": 400, "random_state": 0}
        >>> for problem in truth, guess:
        ...     risk = predict_risk(problem, 300, strategy="hessian", sparsity=60, **draws)
        ...     print(f"{risk:.1f}")
        5.8
        6.0
        """
        X, y = check_sample(X, y)
        mean, target_mean = X.mean(axis=0), float(y.mean())
        centred = cls(*plug_in(X, y))
        cross = centred.cross_moment
        total = centred.noise_variance + float(centred.coef @ cross) + target_mean**2
        problem = cls.from_moments(
            centred.covariance + np.outer(mean, mean),
            cross + target_mean * mean,
            total,
            mean=mean,
            target_mean=target_mean,
        )
        problem._centred = centred
        return problem

    def risk(self, coef: Any, intercept: float = 0.0) -> Any:
        r"""Return :math:`\mathbb{E}(y-x'b-a)^2`.

        Parameters
        ----------
        coef : array-like of shape (..., n_features)
            :math:`b`, one or several.
        intercept : float or array-like of shape (...), default=0.0
            :math:`a`.

        Returns
        -------
        float or ndarray of shape (...)
            The risk, noise included.

        Raises
        ------
        ValueError
            If there is an intercept, but the means are not known.
        """
        coef, a = check_model(coef, intercept, len(self.covariance))
        risk = squared_error(self, coef)
        if np.any(a):
            risk += a**2 - 2 * a * (self.target_mean - coef @ self._known_mean())
        return risk[()] if np.ndim(risk) else float(risk)

    def restrict(self, support: Any) -> LinearGaussianProblem:
        r"""Return the problem that a model of some of the features sees.

        The others act through what the kept ones tell of them, and as noise:
        :math:`\Sigma_{SS}`, :math:`\beta_S=\Sigma_{SS}^{-1}\Sigma_{S:}\beta`,
        :math:`\sigma_S^2=\mathbb{E}(y-x_S'\beta_S)^2`.

        Parameters
        ----------
        support : array-like of shape (n_kept,) or (n_features,)
            Indices of the kept features, or a mask.

        Returns
        -------
        LinearGaussianProblem
            The restricted problem.
        """
        kept = check_support(support, len(self.covariance))
        restricted = self._restrict_plain(kept)
        if self._centred is self:
            restricted._centred = restricted
        elif self._centred is not None:
            restricted._centred = self._centred._restrict_plain(kept)
        else:
            restricted._centred = None
        restricted.mean = None if self.mean is None else self.mean[kept]
        restricted.target_mean = self.target_mean
        return restricted

    def _restrict_plain(self, kept: Indices) -> LinearGaussianProblem:
        if self.is_diagonal:
            lost = np.ones(len(self.covariance), dtype=bool)
            lost[kept] = False
            energy = self.counts * self.covariance * self.coef**2
            noise = self.noise_variance + np.sum(energy[lost])
            weights = None if self.weights is None else self.weights[kept]
            return LinearGaussianProblem(
                self.covariance[kept], self.coef[kept], noise, weights=weights
            )
        block = self.covariance[np.ix_(kept, kept)]
        return LinearGaussianProblem.from_moments(
            block,
            self.cross_moment[kept],
            self.target_second_moment,
            mean=np.zeros(len(kept)),
        )

    def centred(self) -> LinearGaussianProblem:
        r"""Return the problem of the centred variables, which slopes beside an intercept see.

        Returns
        -------
        LinearGaussianProblem
            With :math:`\mathrm{Cov}(x)`, :math:`\mathrm{Cov}(y,x)` and
            :math:`\mathrm{Var}(y)`; the problem itself if all means are zero.

        Raises
        ------
        ValueError
            If the means are not known.
        """
        if self._centred is None:
            mean = self._known_mean()
            second = self.covariance
            if mean.any():
                second = np.diag(second) if self.is_diagonal else second
                second = second - np.outer(mean, mean)
            cross = self.cross_moment - self.target_mean * mean
            total = self.target_second_moment - self.target_mean**2
            error = self.__dict__.get("_error", ERROR * abs(total))
            self._centred = _deferred(second, cross, total, error, np.zeros_like(mean), 0.0)
        return self._centred

    def _known_mean(self) -> Array:
        if self.mean is None:
            msg = (
                "A model with an intercept needs the means of the features: give mean and "
                "target_mean to from_moments, or take a model with fit_intercept=False."
            )
            raise ValueError(msg)
        return self.mean

    def sample(self, n_samples: int, random_state: Any = None) -> tuple[Array, Array]:
        """Draw features and target, jointly Gaussian with the moments of the problem.

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
            Target.

        Raises
        ------
        ValueError
            If the problem has weights, so that its features are not one a column.
        """
        if self.weights is not None:
            msg = (
                "A problem with weights has no columns to draw: repeat every entry of covariance "
                "and coef as often as its weight says."
            )
            raise ValueError(msg)
        n_samples, rng = check_count(n_samples, "n_samples", 0), check_seed(random_state)
        problem = self if self.mean is None else self.centred()
        root = np.sqrt(problem.eigenbasis.eigenvalues)
        scores = rng.standard_normal((n_samples, len(root)))
        noise = np.sqrt(problem.noise_variance) * rng.standard_normal(n_samples)
        X, y = problem.eigenbasis.to_features(scores * root), scores @ problem.signal + noise
        if self.mean is None:
            return X, y
        return X + self.mean, y + self.target_mean


def deferred_problem(
    second: Array, cross: Array, total: float, mean: Array, target_mean: float
) -> LinearGaussianProblem:
    """Return the problem of checked moments, which are decomposed when that is first needed.

    A model with an intercept needs no more than the centred problem.
    """
    return _deferred(second, cross, total, ERROR * abs(total), mean, target_mean)


def _deferred(
    second: Array, cross: Array, total: float, error: float, mean: Array, target_mean: float
) -> LinearGaussianProblem:
    problem = LinearGaussianProblem.__new__(LinearGaussianProblem)
    problem._set_moments(second, cross, total, error)
    problem._set_means(mean, target_mean)
    return problem
