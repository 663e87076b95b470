r"""Ridge fits with the penalty of least leave-one-out error, as `RidgeCV` finds it.

One eigendecomposition of the smaller Gram matrix serves every penalty: with
:math:`F'F = V \Lambda V'` the residual of row i without row i is
:math:`r_i / (1 - 1/n - h_i)`, where :math:`h_i = \sum_k (F V)_{ik}^2 / (\lambda_k + \alpha)`,
and with :math:`FF'` it is :math:`(M y)_i / M_{ii}`, where M is the inverse of
:math:`FF' + \alpha I` on vectors of sum zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import linalg

from .row_blocks import column_gram, row_slices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._typing import Array, Indices

ALPHAS = np.logspace(-3, 5, 17)


class RidgeFits:
    """Fits of ``RidgeCV(ALPHAS)`` to centred features.

    The report times every model separately, so refits must not share work (see `PlainFits`).

    Parameters
    ----------
    F : ndarray of shape (n_samples, n_features)
        Centred features.
    y : ndarray of shape (n_samples, n_targets)
        Centred targets.
    """

    def __init__(self, F: Array, y: Array) -> None:
        self.X, self.y = F, y
        self.gram = column_gram(F, slice(None)) if F.shape[1] <= len(F) else None

    def dense(self, widths: Indices) -> Iterator[tuple[Array, float]]:
        """Fit the first w features, for increasing widths w (see `PlainFits.dense`)."""
        gram, done = np.zeros((0, 0)), 0
        for width in widths:
            if width < len(self.X):
                yield self._primal(slice(width), self.y)
                continue
            new = self.X[:, done:width]
            gram = new @ new.T if done == 0 else gram + new @ new.T
            done = width
            yield self._dual(slice(width), self.y, gram)

    def refit(self, columns: Indices, coef: Array | None = None) -> tuple[Array, float]:
        """Fit some of the features (see `PlainFits.refit`)."""
        y = self.y if coef is None else self.X[:, : len(coef)] @ coef
        if len(columns) < len(y):
            return self._primal(columns, y)
        part = self.X[:, columns]
        return self._dual(columns, y, part @ part.T)

    def _primal(self, columns: Any, y: Array) -> tuple[Array, float]:
        """Fit fewer columns than rows."""
        whole = self.gram
        gram = column_gram(self.X, columns) if whole is None else whole[columns][:, columns]
        values, V = _eigh(gram)
        inverse = 1 / (np.maximum(values, 0)[:, np.newaxis] + ALPHAS)
        moments = V.T @ sum(self.X[rows, columns].T @ y[rows] for rows in row_slices(self.X))
        slopes = (moments[:, :, np.newaxis] * inverse[:, np.newaxis]).reshape(len(V), -1)
        squares = np.zeros(len(ALPHAS))
        for rows in row_slices(self.X):
            Z = self.X[rows, columns] @ V
            residuals = y[rows, :, np.newaxis] - (Z @ slopes).reshape(-1, y.shape[1], len(ALPHAS))
            np.square(Z, out=Z)
            left_out = residuals / (1 - 1 / len(y) - Z @ inverse)[:, np.newaxis]
            squares += np.sum(left_out**2, axis=(0, 1))
        best = int(np.argmin(squares))
        return V @ (moments * inverse[:, [best]]), float(ALPHAS[best])

    def _dual(self, columns: Any, y: Array, gram: Array) -> tuple[Array, float]:
        """Fit at least as many columns as rows, with the Gram matrix of the rows."""
        n_samples = len(y)
        # Centring made it singular: lift the constant, and take its share out of M.
        lift = np.trace(gram) / n_samples or 1.0
        values, U = _eigh(gram + lift / n_samples)
        inverse = 1 / (np.maximum(values, 0)[:, np.newaxis] + ALPHAS)
        diagonal = U**2 @ inverse - 1 / (n_samples * (lift + ALPHAS))
        moments = U.T @ y
        squares = [
            np.sum(((U @ (moments * inverse[:, [k]])) / diagonal[:, [k]]) ** 2)
            for k in range(len(ALPHAS))
        ]
        best = int(np.argmin(squares))
        dual = U @ (moments * inverse[:, [best]])
        return self.X[:, columns].T @ dual, float(ALPHAS[best])


def _eigh(gram: Array) -> tuple[Array, Array]:
    """Return eigenvalues and eigenvectors, by the driver that is fastest for all of them."""
    values, vectors = linalg.eigh(gram, overwrite_a=True, check_finite=False, driver="evd")
    return values, vectors
