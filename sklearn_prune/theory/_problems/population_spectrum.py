"""The spectrum of a population, from the eigenvalues of a sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import nnls

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

    from .sample_fits import SampleFits

# Candidates for eigenvalues, as logarithms, from far below the least in the sample.
ATOM_STEP = 0.15
BELOW, BEYOND = np.log(30), np.log(1.5)
# How much more than all else their number counts.
EXACT = 1e3


def population_eigenvalues(fits: SampleFits) -> Array:
    r"""Solve the fixed point of the dense fit for the spectrum of the population.

    At every penalty the sample tells :math:`\hat\xi`, and the equation of Definition 4,
    :math:`n-\mu\hat\xi=\sum_iw_i\hat\xi\tau_i/(1+\hat\xi\tau_i)`, is linear in the numbers
    :math:`w_i` of the eigenvalues :math:`\tau_i` [1]_. Their sum and the trace are known.

    Parameters
    ----------
    fits : SampleFits

    Returns
    -------
    ndarray of shape (population_rank,)
        Eigenvalues, falling.

    References
    ----------
    .. [1] N. El Karoui, "Spectrum estimation for large dimensional covariance matrices using
       random matrix theory", Annals of Statistics 36(6), 2008. arXiv:math/0609418
    """
    size, trace = fits.population_rank, fits.eigenvalues.sum() / fits.dof
    xi, freedom = fits.xi(fits.penalties), fits.shrinkage(fits.penalties).sum(axis=1)
    atoms = _candidates(fits)
    products = xi[:, np.newaxis] * atoms
    weights = 1 / np.sqrt(1 + freedom)
    equations = [
        weights[:, np.newaxis] * products / (1 + products),
        np.full((1, len(atoms)), EXACT / size),
        np.sqrt(fits.dof) * atoms[np.newaxis] / trace,
    ]
    known = np.concatenate([weights * freedom, [EXACT, np.sqrt(fits.dof)]])
    counts = nnls(np.vstack(equations), known, maxiter=100 * len(atoms))[0]
    ends = np.cumsum(counts) * size / counts.sum()
    position = np.searchsorted(ends, np.arange(size) + 0.5)
    return atoms[np.minimum(position, len(atoms) - 1)]


def _candidates(fits: SampleFits) -> Array:
    """Return possible eigenvalues of the population, falling."""
    low = np.log(fits.eigenvalues[-1] / fits.dof) - BELOW
    high = np.log(fits.eigenvalues[0] / fits.dof) + BEYOND
    return np.exp(np.arange(high, low, -ATOM_STEP))
