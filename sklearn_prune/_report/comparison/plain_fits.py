"""Least-squares fits of minimum norm to leading and to chosen features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import clone

from sklearn_prune._checks.training_data import TrainingData
from sklearn_prune._least_squares.design import EPS, triangular_factor
from sklearn_prune._least_squares.min_norm import MinNormRegressor
from sklearn_prune._paths.width_fits import width_fits

from .row_blocks import row_slices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sklearn_prune._typing import Array, Indices

# From so many times more rows than features on, the rows are replaced by a triangular factor.
TALL = 2


class PlainFits:
    """Fits of `MinNormRegressor` to centred features.

    The report times every model separately, so refits must not share work: they are not those
    of `_paths`, which do.

    Parameters
    ----------
    F : ndarray of shape (n_samples, n_features)
        Centred features.
    y : ndarray of shape (n_samples, n_targets)
        Centred targets.
    n_rows : int
        How many rows there are: more than those of F, if it is a triangular factor.
    """

    def __init__(self, F: Array, y: Array, n_rows: int) -> None:
        p, is_factor = F.shape[1], n_rows > len(F)
        if n_rows > TALL * p and not is_factor:
            # Centred rows and those of their triangular factor have the same solutions.
            blocks = (np.hstack([F[rows], y[rows]]) for rows in row_slices(F))
            F, y = np.split(triangular_factor(blocks), [p], axis=1)
            is_factor = True
        self.model = MinNormRegressor()
        if is_factor:
            self.model = MinNormRegressor(fit_intercept=False, tol=n_rows * EPS)
        self.X, self.y = F, y

    def dense(self, widths: Indices) -> Iterator[tuple[Array, float]]:
        """Fit the first w features, for increasing widths w.

        Yields
        ------
        coef : ndarray of shape (w, n_targets)
        alpha : float
            The penalty, 0.
        """
        data = TrainingData.unweighted(self.X, self.y)
        for fit in width_fits(self.model, data, widths):
            yield fit.coef.T, 0.0

    def refit(self, columns: Indices, coef: Array | None = None) -> tuple[Array, float]:
        """Fit some of the features.

        Parameters
        ----------
        columns : ndarray of shape (n_columns,)
            Which ones.
        coef : ndarray of shape (w, n_targets), optional
            Coefficients of the first w features, whose predictions are then the targets. By
            default these are y.

        Returns
        -------
        coef : ndarray of shape (n_columns, n_targets)
        alpha : float
            The penalty, 0.
        """
        y = self.y if coef is None else self.X[:, : len(coef)] @ coef
        return clone(self.model).fit(self.X[:, columns], y).coef_.T, 0.0
