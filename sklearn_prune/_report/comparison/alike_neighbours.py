r"""Are rows that follow each other alike, in what a linear model leaves unexplained?

The residuals :math:`e_i` are those of a ridge on the prepared columns, each without its own row
and about their mean. With :math:`G_{ij} = \langle e_i, e_j \rangle` and :math:`A_{ij} = 1` for
neighbours, :math:`Z = \sum_{i \ne j} A_{ij} G_{ij}` is compared with what it would be if the rows
were shuffled. All orders are then equally likely, and Mantel's formulas [1]_ give the mean and
the variance of Z exactly, from three sums :math:`S` of each matrix: of its entries, of their
squares, and of the squares of its rows' sums.

References
----------
.. [1] N. Mantel, "The detection of disease clustering and a generalized regression approach",
   Cancer Research 27, 209-220, 1967.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import linalg, stats

from sklearn_prune._report.table.preparation import prepared_columns

from .centring import centre
from .ridge_fits import ALPHAS

if TYPE_CHECKING:
    from sklearn_prune._report.table.targets import Target
    from sklearn_prune._typing import Array, Indices, Mask

# Of longer tables so many rows are enough, in stretches of so many.
MOST_ROWS, STRETCH = 2000, 100
# Chance of a warning where rows are shuffled.
LEVEL = 0.001
# The formulas say where to look, and so many shuffles decide: residuals may have long tails.
SHUFFLES = 4999
WARNING = (
    "Warning: rows are like the next ones: what a linear model of all columns leaves unexplained "
    "has a correlation of {0.correlation:.2f} from row to row, where shuffled rows would have "
    f"{{0.expected:z.2f}} ± {{0.std_error:.2f}} (p < {LEVEL}). Where rows of one person or place "
    "follow each other, or rows are in the order of time, errors of random folds are too small: "
    "give --groups or --time. A table that was merely sorted needs neither."
)


class NeighbourTest(NamedTuple):
    """How much rows are like the next ones.

    Attributes
    ----------
    correlation : float
        That of residuals of neighbours.
    expected, std_error : float
        Its mean and its standard deviation if the rows were shuffled.
    p_value : float
        Of a correlation as large, one-sided.
    """

    correlation: float
    expected: float
    std_error: float
    p_value: float


def neighbour_warning(X: Any, target: Target, *, impute: bool) -> list[str]:
    """Warn of rows that are clearly like their neighbours.

    Parameters
    ----------
    X : DataFrame of shape (n_samples, n_columns)
    target : Target
    impute : bool
        Whether missing values are filled in.
    """
    rows = _stretches(len(X))
    A = prepared_columns(impute=impute).fit_transform(X.iloc[rows])
    residuals = left_out_residuals(A, target.values[rows])
    found = compare_neighbours(residuals, np.diff(rows) == 1)
    return [WARNING.format(found)] if found.p_value < LEVEL else []


def _stretches(n_rows: int) -> Indices:
    """Return all rows, or stretches of them that are spread evenly."""
    if n_rows <= MOST_ROWS:
        return np.arange(n_rows)
    starts = np.linspace(0, n_rows - STRETCH, MOST_ROWS // STRETCH).astype(np.intp)
    return np.unique(starts[:, np.newaxis] + np.arange(STRETCH))


def left_out_residuals(A: Array, y: Array) -> Array:
    """Return residuals of a ridge, each without its own row, for the penalty of the least."""
    centre(A)
    y = y - y.mean(axis=0)
    values, U = _left_vectors(A)
    moments, squares = U.T @ y, U**2
    best = np.full_like(y, np.inf)
    for alpha in ALPHAS:
        shrunk = values / (values + alpha)
        freedom = 1 - 1 / len(y) - squares @ shrunk
        residuals = (y - U @ (shrunk[:, np.newaxis] * moments)) / freedom[:, np.newaxis]
        best = min(best, residuals, key=np.linalg.norm)
    return best


def _left_vectors(A: Array) -> tuple[Array, Array]:
    """Return eigenvalues and eigenvectors of ``AA'``, no more than there may be."""
    if A.shape[1] < len(A):
        U, singular, _ = linalg.svd(A, full_matrices=False, check_finite=False)
        return singular**2, U
    values, U = linalg.eigh(A @ A.T, check_finite=False)
    return np.maximum(values, 0), U


def compare_neighbours(residuals: Array, follows: Mask) -> NeighbourTest:
    """Return how much residuals are like the next ones, and would be by chance.

    Parameters
    ----------
    residuals : ndarray of shape (n_rows, n_targets)
    follows : ndarray of shape (n_rows - 1,)
        Whether each row but the first follows the one before.
    """
    E = residuals - residuals.mean(axis=0)
    sizes, n_pairs = np.sum(E**2, axis=1), np.count_nonzero(follows)
    if n_pairs == 0 or not sizes.any():
        return NeighbourTest(0.0, 0.0, 0.0, 1.0)
    Z = _products(E, follows)
    mean, std = _chance(_sums_of_neighbours(follows), _sums_of_products(E, sizes), len(E))
    unit = 2 * n_pairs * sizes.mean()
    p_value = float(stats.norm.sf((Z - mean) / std)) if std > 0 else 1.0
    if p_value < LEVEL:
        rng = np.random.default_rng(0)
        shuffled = (_products(rng.permutation(E), follows) for _ in range(SHUFFLES))
        p_value = (1 + sum(product >= Z for product in shuffled)) / (1 + SHUFFLES)
    return NeighbourTest(Z / unit, mean / unit, std / unit, p_value)


def _products(E: Array, follows: Mask) -> float:
    """Return Z."""
    return 2 * float(np.sum(E[1:][follows] * E[:-1][follows]))


def _sums_of_neighbours(follows: Mask) -> tuple[float, float, float]:
    """Return the three sums of the matrix that is one for neighbours."""
    counts = np.append(follows, False).astype(float) + np.append(False, follows)
    return counts.sum(), counts.sum(), np.sum(counts**2)


def _sums_of_products(E: Array, sizes: Array) -> tuple[float, float, float]:
    """Return the three sums of the matrix of products, whose diagonal is left out."""
    return -sizes.sum(), np.sum((E.T @ E) ** 2) - np.sum(sizes**2), np.sum(sizes**2)


def _chance(
    a: tuple[float, float, float], g: tuple[float, float, float], n: int
) -> tuple[float, float]:
    """Return the mean and the standard deviation of Z, if all orders are equally likely."""
    mean = a[0] * g[0] / (n * (n - 1))
    square = 2 * a[1] * g[1] / (n * (n - 1))
    square += 4 * (a[2] - a[1]) * (g[2] - g[1]) / (n * (n - 1) * (n - 2))
    others = [s[0] ** 2 + 2 * s[1] - 4 * s[2] for s in (a, g)]
    square += others[0] * others[1] / (n * (n - 1) * (n - 2) * (n - 3))
    return mean, float(np.sqrt(max(0.0, square - mean**2)))
