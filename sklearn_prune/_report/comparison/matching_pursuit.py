"""Orthogonal matching pursuit, for one target or several, on features of any scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .row_blocks import column_gram, row_slices

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices

# A feature that others explain up to this share of its square is not taken any more.
DEPENDENT = 1e-10
# Products of so many features with all others take hardly longer than those of a few.
AT_ONCE = 32


def pursue(F: Array, y: Array, n_steps: int) -> Indices:
    r"""Take one feature after the other, always that most correlated with the residuals.

    For one target these are the features of scikit-learn's `orthogonal_mp` on columns of
    unit norm; several targets share them, and are measured by the norm of their
    correlations. The residuals are never formed: a Cholesky factorisation of
    :math:`F'F`, which pivots on the correlations, updates these.

    Parameters
    ----------
    F : ndarray of shape (n_samples, n_features)
        Centred features.
    y : ndarray of shape (n_samples, n_targets)
        Centred targets.
    n_steps : int
        How many features to take.

    Returns
    -------
    ndarray of shape (n_steps,)
        The features in their order. Where they stop being independent, the others follow
        in the order of their index.

    References
    ----------
    .. [1] Y. C. Pati, R. Rezaiifar, P. S. Krishnaprasad, "Orthogonal matching pursuit",
       Asilomar Conference on Signals, Systems and Computers, 1993.
    """
    norms = np.sqrt(np.einsum("ij,ij->j", F, F))
    scale = np.divide(1, norms, out=np.zeros_like(norms), where=norms > 0)
    correlation = scale[:, np.newaxis] * _times(F, y)
    left = np.where(norms > 0, 1.0, 0.0)
    gram = _Gram(F)
    factor = np.empty((n_steps, F.shape[1]))
    taken: list[int] = []
    for step in range(n_steps):
        size = np.einsum("jt,jt->j", correlation, correlation)
        size[left <= DEPENDENT] = -1
        best = int(np.argmax(size))
        if size[best] < 0:
            break
        taken.append(best)
        row = scale[best] * scale * gram.row(best, size) - factor[:step, best] @ factor[:step]
        row /= np.sqrt(left[best])
        factor[step] = row
        correlation -= np.outer(row, correlation[best] / np.sqrt(left[best]))
        left -= row**2
        left[best] = 0
    rest = np.setdiff1d(np.arange(F.shape[1]), taken)
    return np.append(np.array(taken, dtype=np.intp), rest)[:n_steps]


class _Gram:
    """Rows of ``F'F``: all of them at the start, or, of more columns than rows, when needed.

    Parameters
    ----------
    F : ndarray of shape (n_samples, n_features)
        Features.
    """

    def __init__(self, F: Array) -> None:
        self.F = F
        self.rows: dict[int, Array] = {}
        if F.shape[1] <= len(F):
            self.rows = dict(enumerate(column_gram(F, slice(None))))

    def row(self, best: int, size: Array) -> Array:
        """Return the row of the feature of the largest size, once.

        Most of those that come next in size will be taken soon: their rows are made with it.
        """
        if best not in self.rows:
            wanted = size.copy()
            wanted[list(self.rows)] = -1
            wanted[best] = np.inf
            likely = np.argpartition(wanted, -min(AT_ONCE, len(wanted)))[-AT_ONCE:]
            self.rows.update(zip(likely.tolist(), _times(self.F[:, likely], self.F), strict=True))
        return self.rows.pop(best)


def _times(F: Array, y: Array) -> Array:
    """Return ``F'y``."""
    total = np.zeros((F.shape[1], y.shape[1]))
    for rows in row_slices(F):
        total += F[rows].T @ y[rows]
    return total
