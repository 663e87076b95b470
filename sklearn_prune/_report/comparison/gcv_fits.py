r"""Ridge fits to many rows, with the penalty of least generalised cross-validation error.

With many more rows than features every row has nearly the same leverage,
:math:`h = \operatorname{tr} H(\alpha) / n`, where :math:`H(\alpha)` maps targets to
predictions. The leave-one-out error of :mod:`ridge_fits` is then

.. math:: \mathrm{RSS}(\alpha) / n / (1 - 1/n - \operatorname{tr} H(\alpha) / n)^2,

which needs no look at the rows. It takes the Gram matrix in tridiagonal form,
:math:`F'F = Q T Q'`, in which every penalty costs but a few sweeps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import linalg

from .ridge_fits import ALPHAS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._typing import Array, Indices

# LAPACK takes blocks of at most so many reflectors, for which it needs memory.
REFLECTORS = 64


class GcvFits:
    """Fits of ridge regression to a triangular factor of many centred rows.

    Parameters
    ----------
    F : ndarray of shape (n_kept, n_features)
        Features of the factor.
    y : ndarray of shape (n_kept, n_targets)
        Targets of the factor.
    n_rows : int
        How many rows it stands for.
    """

    def __init__(self, F: Array, y: Array, n_rows: int) -> None:
        self.X, self.y, self.n_rows = F, y, n_rows
        self.gram = F.T @ F

    def dense(self, widths: Indices) -> Iterator[tuple[Array, float]]:
        """Fit the first w features, for increasing widths w (see `PlainFits.dense`)."""
        for width in widths:
            yield self._fit(slice(width), self.y)

    def refit(self, columns: Indices, coef: Array | None = None) -> tuple[Array, float]:
        """Fit some of the features (see `PlainFits.refit`)."""
        return self._fit(columns, self.y if coef is None else self.X[:, : len(coef)] @ coef)

    def _fit(self, columns: Any, y: Array) -> tuple[Array, float]:
        X, gram = self.X[:, columns], _Tridiagonal.of(self.gram[columns][:, columns])
        coefs = gram.solve(X.T @ y)
        squares = np.array([np.sum((y - X @ coef) ** 2) for coef in coefs])
        left_out = squares / (1 - (1 + gram.degrees_of_freedom()) / self.n_rows) ** 2
        best = int(np.argmin(left_out))
        return coefs[best], float(ALPHAS[best])


class _Tridiagonal(NamedTuple):
    """A symmetric matrix as ``Q T Q'``.

    Attributes
    ----------
    diagonal, beside : ndarray of shape (n,) and (n - 1,)
        Those of T.
    reflectors, scales : ndarray of shape (n - 1, n - 1) and (n - 1,)
        Those that make up Q, which leaves the first row as it is.
    """

    diagonal: Array
    beside: Array
    reflectors: Array
    scales: Array

    @classmethod
    def of(cls, matrix: Array) -> _Tridiagonal:
        """Reduce a matrix."""
        size, _ = linalg.lapack.dsytrd_lwork(len(matrix), lower=True)
        form, diagonal, beside, scales, _ = linalg.lapack.dsytrd(
            matrix, lower=True, lwork=int(size)
        )
        return cls(diagonal, beside, form[1:, :-1], scales)

    def degrees_of_freedom(self) -> Array:
        """Return the sums of the eigenvalues of ``M (M + alpha I)^-1`` for all penalties."""
        values = np.maximum(linalg.eigvalsh_tridiagonal(self.diagonal, self.beside), 0)
        shares: Array = np.sum(values[:, np.newaxis] / (values[:, np.newaxis] + ALPHAS), axis=0)
        return shares

    def solve(self, right_side: Array) -> list[Array]:
        """Return ``(M + alpha I)^-1`` times a right side, for all penalties."""
        turned = self._turn(right_side, "T")
        bands = np.zeros((3, len(self.diagonal)))
        bands[0, 1:] = bands[2, :-1] = self.beside
        solutions = []
        for alpha in ALPHAS:
            bands[1] = self.diagonal + alpha
            solutions.append(linalg.solve_banded((1, 1), bands, turned))
        return np.split(self._turn(np.hstack(solutions), "N"), len(ALPHAS), axis=1)

    def _turn(self, right_side: Array, trans: str) -> Array:
        """Return Q or its transpose times a right side."""
        turned = np.array(right_side, order="F")
        if len(self.scales):
            memory = REFLECTORS * (turned.shape[1] + REFLECTORS + 1)
            turned[1:], _, _ = linalg.lapack.dormqr(
                "L", trans, self.reflectors, self.scales, turned[1:], memory
            )
        return turned
