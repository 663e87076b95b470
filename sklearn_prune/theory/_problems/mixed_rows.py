"""A linear problem whose rows are of several kinds, of different sizes say."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sklearn_prune.theory._checks import (
    as_floats,
    check_count,
    check_covariance,
    check_seed,
    check_support,
    eigh_psd,
)

from .linear_gaussian import LinearGaussianProblem
from .row_kinds import RowKinds

if TYPE_CHECKING:
    from sklearn_prune._typing import Array


class MixedRowsProblem:
    r"""Rows of several kinds, each with second moments of its own.

    A row is of kind k with probability :math:`\pi_k`, and features and target are then
    Gaussian with the second moments :math:`\Sigma_k=\mathbb{E}[xx'\mid k]`,
    :math:`q_k=\mathbb{E}[yx\mid k]` and :math:`\mathbb{E}[y^2\mid k]`. Random features of
    few inputs are nearly so, a kind being the rows of inputs of one length:
    `SingleIndexProblem.equivalent` makes the problem with ``by_norm=True``.

    Parameters
    ----------
    shares : array-like of shape (n_kinds,)
        :math:`\pi_k`, positive; divided by their sum.
    second_moments : array-like of shape (n_kinds, n_features, n_features)
        :math:`\Sigma_k`, not centred.
    cross_moments : array-like of shape (n_kinds, n_features)
        :math:`q_k`.
    target_second_moments : array-like of shape (n_kinds,)
        Noise included.
    means : array-like of shape (n_kinds, n_features), default=None
        :math:`\mathbb{E}[x\mid k]`, zero if None.
    target_means : array-like of shape (n_kinds,), default=None
        :math:`\mathbb{E}[y\mid k]`, zero if None.

    Attributes
    ----------
    average : LinearGaussianProblem
        The problem of the same moments over all rows, which are Gaussian there. It has
        the same risk of given coefficients.
    n_features : float
        The number of features.

    See Also
    --------
    SingleIndexProblem.equivalent : Random features of few inputs.
    LinearGaussianProblem : Rows of one kind.

    Notes
    -----
    `predict_risk` knows the dense fit, the pruned one and refits to fresh samples;
    `DistributionalCharacterization` the law of the dense coefficients. Whatever else is
    known of `average` alone.

    Examples
    --------
    One row in ten is five times as large as the others. Such rows have most of the leverage
    in the fit, and most of the error on new rows:

    >>> import numpy as np
    >>> from sklearn_prune.theory import MixedRowsProblem, predict_risk
    >>> size, coef = np.array([1.0, 25.0]), np.full(20, 0.3)
    >>> second = size[:, None, None] * np.eye(20)
    >>> cross = size[:, None] * coef
    >>> problem = MixedRowsProblem([0.9, 0.1], second, cross, cross @ coef + 1)
    >>> for rows in problem, problem.average:
    ...     print(f"{predict_risk(rows, 60):.3f}")
    2.258
    1.500
    """

    def __init__(
        self,
        shares: Any,
        second_moments: Any,
        cross_moments: Any,
        target_second_moments: Any,
        *,
        means: Any = None,
        target_means: Any = None,
    ) -> None:
        cross = as_floats(cross_moments, "cross_moments")
        if cross.ndim != 2 or 0 in cross.shape:
            msg = f"cross_moments has shape {cross.shape}: give one row a kind, (n_kinds, p)."
            raise ValueError(msg)
        K, p = cross.shape
        shares = as_floats(shares, "shares", (K,))
        if (shares <= 0).any():
            msg = f"A share is {shares.min():.6g}: give positive shares."
            raise ValueError(msg)
        second = as_floats(second_moments, "second_moments", (K, p, p))
        second = np.stack([check_covariance(moment) for moment in second])
        target = as_floats(target_second_moments, "target_second_moments", (K,))
        self.kinds = RowKinds(shares / shares.sum(), second, cross, target)
        self.means = np.zeros((K, p)) if means is None else as_floats(means, "means", (K, p))
        self.target_means = (
            np.zeros(K) if target_means is None else as_floats(target_means, "target_means", (K,))
        )

    @cached_property
    def average(self) -> LinearGaussianProblem:
        """The problem of the moments over all rows.

        Returns
        -------
        LinearGaussianProblem
            With their means.
        """
        shares, one = self.kinds.shares, np.ones(len(self.kinds.shares))
        return LinearGaussianProblem.from_moments(
            self.kinds.weighted_second(one),
            self.kinds.weighted_cross(one),
            float(shares @ self.kinds.target),
            mean=shares @ self.means,
            target_mean=float(shares @ self.target_means),
        )

    @property
    def n_features(self) -> float:
        """The number of features.

        Returns
        -------
        float
            :math:`p`.
        """
        return float(self.kinds.cross.shape[1])

    def risk(self, coef: Any, intercept: float = 0.0) -> Any:
        r"""Return :math:`\mathbb{E}(y-x'b-a)^2`, as `LinearGaussianProblem.risk` does.

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
        """
        return self.average.risk(coef, intercept)

    def restrict(self, support: Any) -> MixedRowsProblem:
        """Return the problem that a model of some of the features sees.

        Parameters
        ----------
        support : array-like of shape (n_kept,) or (n_features,)
            Indices of the kept features, or a mask.

        Returns
        -------
        MixedRowsProblem
            The restricted problem.
        """
        kept = check_support(support, int(self.n_features))
        part = self.kinds.restrict(kept)
        means = self.means[:, kept]
        return MixedRowsProblem(*part, means=means, target_means=self.target_means)

    def sample(self, n_samples: int, random_state: Any = None) -> tuple[Array, Array]:
        """Draw features and target, Gaussian within each kind.

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
        """
        n_samples, rng = check_count(n_samples, "n_samples", 0), check_seed(random_state)
        kind = rng.choice(len(self.kinds.shares), n_samples, p=self.kinds.shares)
        rows = np.empty((n_samples, len(self.means[0]) + 1))
        for k, root in enumerate(self._roots):
            scores = rng.standard_normal((np.sum(kind == k), root.shape[1]))
            rows[kind == k] = np.append(self.means[k], self.target_means[k]) + scores @ root.T
        return rows[:, :-1], rows[:, -1]

    @cached_property
    def _roots(self) -> list[Array]:
        """Roots of the covariances of features and target, of every kind."""
        roots = []
        for k, mean in enumerate(np.column_stack([self.means, self.target_means])):
            second, cross = self.kinds.second[k], self.kinds.cross[k][:, np.newaxis]
            joint = np.block([[second, cross], [cross.T, self.kinds.target[k, None, None]]])
            values, vectors = eigh_psd(joint - np.outer(mean, mean))
            roots.append(vectors * np.sqrt(values))
        return roots
