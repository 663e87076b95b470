"""The effective regularisation of least squares: sums over a spectrum, and their root.

Everything that the dense fit needs of a covariance are sums of smooth functions
of the logarithms of its eigenvalues. A spectrum of many eigenvalues is therefore
replaced, cell by cell, with a few Chebyshev nodes of the same sums.
"""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.optimize import brentq, elementwise
from scipy.special import expit

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

EPS = float(np.finfo(np.float64).eps)

# 1/(1 + xi exp(y)) has its nearest poles at a distance of pi from the real line, so
# that the error of interpolation in y falls by a factor of 6.4 with every node of a
# cell of width two, below rounding at twenty.
CELL_WIDTH = 2.0
N_NODES = 20

# Up to so many values of n, to condense the spectrum costs more than it saves.
FEW = 2


class Spectrum(NamedTuple):
    r"""Positive eigenvalues, how many there are of each, and the signal on them.

    Parameters
    ----------
    eigenvalues : ndarray of shape (n_atoms,)
        The eigenvalues :math:`\lambda_i`, positive.
    counts : ndarray of shape (n_atoms,)
        How many coordinates each stands for.
    energy : ndarray of shape (n_atoms,)
        The sum of :math:`\lambda_i\bar\beta_i^2` over them.
    """

    eigenvalues: Array
    counts: Array
    energy: Array

    @property
    def rank(self) -> float:
        """The number of coordinates, the same in every order of them."""
        return fsum(self.counts)

    def condense(self) -> Spectrum:
        """Return a spectrum of few nodes with the same sums, or itself if it is short.

        Counts and energies are distributed over the Chebyshev nodes of their
        cell by Lagrange interpolation; single ones may be negative.
        """
        position = np.log(self.eigenvalues) / CELL_WIDTH
        cells = np.unique(np.floor(position))
        cell = np.searchsorted(cells, position, side="right") - 1
        if len(position) <= 2 * N_NODES * len(cells):
            return self
        x = 2 * (position - cells[cell]) - 1
        angles = np.pi * (np.arange(N_NODES) + 0.5) / N_NODES
        measures = np.zeros((2, len(cells), N_NODES))
        before, basis = x, np.ones_like(x)  # Chebyshev polynomials T_{-1}, T_0, ...
        for k in range(N_NODES):
            factor = (1 if k == 0 else 2) / N_NODES
            for row, mass in enumerate((self.counts, self.energy)):
                moment = factor * np.bincount(cell, mass * basis, len(cells))
                measures[row] += np.outer(moment, np.cos(k * angles))
            before, basis = basis, 2 * x * basis - before
        nodes = CELL_WIDTH * (cells[:, np.newaxis] + (1 + np.cos(angles)) / 2)
        return Spectrum(np.exp(nodes).ravel(), measures[0].ravel(), measures[1].ravel())

    def left(self, n: Array) -> Array:
        """Return n minus the rank, 0 where rounding in fractional counts is all there is."""
        difference = n - self.rank
        return np.where(np.abs(difference) <= 1e-10 * n, 0.0, difference)


class Sums(NamedTuple):
    r"""Sums over a spectrum at given :math:`\xi`, each of the shape of :math:`\xi`.

    Parameters
    ----------
    xi : ndarray
        The root :math:`\xi`, inf for least squares without a penalty.
    bias : ndarray
        :math:`\sum\lambda_i\zeta_i^2\bar\beta_i^2`.
    variance : ndarray
        :math:`\sum(1-\zeta_i)^2`.
    slack : ndarray
        :math:`n-\sum(1-\zeta_i)^2`, from a formula without cancellation.
    residual : ndarray
        :math:`n-\sum(1-\zeta_i)`: degrees of freedom that the fit leaves.
    overlap : ndarray
        :math:`\sum(1-\zeta_i)\lambda_i\bar\beta_i^2`.
    """

    xi: Array
    bias: Array
    variance: Array
    slack: Array
    residual: Array
    overlap: Array


def spectral_sums(spectrum: Spectrum, n: Array, alpha: Array) -> Sums:
    r"""Solve for :math:`\xi` and evaluate the sums of Definition 4.

    Parameters
    ----------
    spectrum : Spectrum
    n, alpha : ndarray of the same shape
        Degrees of freedom of the rows, and ridge penalties.

    Returns
    -------
    Sums
    """
    small = spectrum.condense() if n.size > FEW else spectrum
    left = spectrum.left(n)
    free = (alpha == 0) & (left >= 0)
    log_xi = np.full(n.shape, np.inf)
    log_xi[~free] = _solve_log_xi(small, n[~free], alpha[~free])
    logs = log_xi[..., np.newaxis] + np.log(small.eigenvalues)
    shrinkage, zeta = expit(logs), expit(-logs)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        xi, by_penalty = np.exp(log_xi), np.exp(np.log(alpha) + log_xi)
    residual = np.where(free, left, by_penalty)
    return Sums(
        xi=xi,
        bias=np.maximum(zeta**2 @ small.energy, 0),
        variance=shrinkage**2 @ small.counts,
        slack=residual + (zeta * shrinkage) @ small.counts,
        residual=residual,
        overlap=shrinkage @ small.energy,
    )


def shrink(xi: Array, eigenvalues: Array) -> tuple[Array, Array]:
    r"""Return :math:`1-\zeta_i` and :math:`\zeta_i` to full precision, along a last axis.

    Parameters
    ----------
    xi : ndarray
    eigenvalues : ndarray of shape (rank,)

    Returns
    -------
    shrinkage, zeta : ndarray of shape (..., rank)
    """
    with np.errstate(divide="ignore"):
        logs = np.log(xi)[..., np.newaxis] + np.log(eigenvalues)
    return expit(logs), expit(-logs)


def _solve_log_xi(spectrum: Spectrum, n: Array, alpha: Array) -> Array:
    r"""Solve :math:`n=\sum\xi\lambda_i/(1+\xi\lambda_i)+\mu\xi` for :math:`\log\xi`.

    Parameters
    ----------
    spectrum : Spectrum
    n, alpha : ndarray of shape (n_problems,)

    Returns
    -------
    ndarray of shape (n_problems,)

    Raises
    ------
    RuntimeError
        If the bracketing method does not converge.
    """
    if n.size == 0:
        return n
    logs, counts = np.log(spectrum.eigenvalues), spectrum.counts
    low, high = _brackets(spectrum, n, alpha)
    with np.errstate(divide="ignore"):
        log_alpha = np.log(alpha)

    def excess(x: Any, n: Any, log_alpha: Any) -> Array:
        degrees = expit(np.asarray(x)[..., np.newaxis] + logs) @ counts
        return np.asarray(degrees + np.exp(log_alpha + x) - n)

    if n.size <= FEW:
        brackets = zip(low, high, zip(n, log_alpha, strict=True), strict=True)
        roots = [brentq(excess, a, b, args, xtol=1e-14, rtol=4 * EPS) for a, b, args in brackets]
        return np.array(roots)
    # One table of the sum narrows every bracket to a cell of its grid.
    grid = np.linspace(low.min(), high.max(), 2 * n.size)
    table = excess(grid, 0.0, -np.inf) + np.exp(log_alpha[:, np.newaxis] + grid)
    cell = np.argmax(table >= n[:, np.newaxis], axis=1)
    result = elementwise.find_root(
        excess,
        (grid[cell - 1] - 1e-9, grid[cell] + 1e-9),
        args=(n, log_alpha),
        tolerances={"xatol": 1e-14, "xrtol": 4 * EPS, "fatol": 0, "frtol": 0},
    )
    if not np.all(result.success):
        bad = np.flatnonzero(~result.success)[0]
        msg = f"Failed to converge to xi at n = {n[bad]:g}, alpha = {alpha[bad]:g}."
        raise RuntimeError(msg)
    return np.asarray(result.x)


def _brackets(spectrum: Spectrum, n: Array, alpha: Array) -> tuple[Array, Array]:
    r"""Return bounds of :math:`\log\xi`.

    The sum is at most :math:`\xi` times the trace, and at least what it is with all
    eigenvalues equal to the least of them, or what the penalty alone is.
    """
    trace, margin = spectrum.counts @ spectrum.eigenvalues, 0.1
    surplus = spectrum.rank - n
    with np.errstate(divide="ignore", invalid="ignore"):
        by_rank = np.where(surplus > 0, np.log(n / surplus), np.inf)
        by_rank -= np.log(spectrum.eigenvalues.min(initial=np.inf))
        high = np.fmin(by_rank, np.log(n) - np.log(alpha))
    return np.log(n) - np.log(trace + alpha) - margin, high + margin
