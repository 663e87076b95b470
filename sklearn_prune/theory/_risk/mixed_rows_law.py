"""The laws of the coefficients of dense fits to rows of several kinds, at several n."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .mixed_rows_fit import MixedRowsFit

if TYPE_CHECKING:
    from sklearn_prune._typing import Array
    from sklearn_prune.theory._problems.mixed_rows import MixedRowsProblem


class MixedRowsLaw:
    """Normal coefficients, one law for each n and penalty.

    Parameters
    ----------
    problem : MixedRowsProblem
        The problem.
    n, alpha : ndarray of the same shape
        Numbers of rows, and penalties.
    fit_intercept, finite_n : bool
        Those of `DistributionalCharacterization`.
    """

    def __init__(
        self,
        problem: MixedRowsProblem,
        n: Array,
        alpha: Array,
        *,
        fit_intercept: bool,
        finite_n: bool,
    ) -> None:
        self._shape = n.shape
        self._fits = [
            MixedRowsFit(problem, float(size), float(mu), fit_intercept, finite_n)
            for size, mu in zip(n.flat, alpha.flat, strict=True)
        ]
        self.xi, self.gamma = self._each("xi"), self._each("gamma")

    def _each(self, name: str) -> Array:
        values = np.array([getattr(fit, name) for fit in self._fits])
        return values.reshape((*self._shape, *values.shape[1:]))

    @property
    def mean(self) -> Array:
        """Means of the coefficients, of shape (..., n_features)."""
        return self._each("mean")

    @property
    def variance(self) -> Array:
        """The error on new rows, which is finite where the variances of the law are."""
        return self.gamma

    @property
    def variances(self) -> Array:
        """Variances of the coefficients, of shape (..., n_features)."""
        return self._each("variances")

    def draw(self, n_draws: int, rng: np.random.RandomState) -> Array:
        """Return draws of the coefficients, of shape (n_draws, ..., n_features)."""
        draws = [fit.draw(rng.standard_normal((n_draws, fit.rank))) for fit in self._fits]
        return np.stack(draws, axis=1).reshape(n_draws, *self._shape, -1)

    def risk(self) -> Array:
        """Return the squared error, that of the intercept included."""
        return self._each("risk")

    def training_error(self) -> Array:
        """Return the mean square of the training residuals."""
        return self._each("training_error")
