"""Normal vectors in antithetic pairs, as independent of each other as vectors can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sklearn_prune.theory._risk.sampled_support import HIGH_DIMENSION

if TYPE_CHECKING:
    from sklearn_prune._typing import Array


def orthogonal_noise(before: list[Array], random_state: np.random.RandomState) -> Array:
    """Return standard normal vectors in antithetic pairs, one a draw.

    In many dimensions they are orthogonal to those before, of the mean square length 1 an
    entry: sums over a whole vector are then what they are in the mean.

    Parameters
    ----------
    before : list of ndarray of shape (n_draws, rank)
        Vectors drawn so, at least one.
    random_state : RandomState

    Returns
    -------
    ndarray of shape (n_draws, rank)
    """
    n_draws, rank = before[0].shape
    noise = random_state.standard_normal((n_draws // 2, rank))
    if rank >= HIGH_DIMENSION + len(before):
        for other in before:
            noise -= _row_products(noise, other[::2]) / _row_products(other[::2]) * other[::2]
        noise *= np.sqrt(rank / _row_products(noise))
    return np.stack([noise, -noise], axis=1).reshape(n_draws, rank)


def _row_products(x: Array, y: Array | None = None) -> Array:
    """Return the inner products of rows, or their squares, as a column."""
    return np.einsum("tr,tr->t", x, x if y is None else y)[:, np.newaxis]
