"""What normal noise was added to: means with the law of the truth, not of what is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

N_ATOMS = 120
N_STEPS = 300


def denoise(z: Array) -> Array:
    r"""Return means of :math:`z_i\sim\mathcal{N}(m_i,1)` in the order of z and with their own law.

    The law of :math:`|m|` is that of the largest likelihood [1]_. Its quantiles, and not the
    posterior means, which would have too little energy, are handed out by the ranks of
    :math:`|z_i|`.

    Parameters
    ----------
    z : ndarray of shape (n_means,)

    Returns
    -------
    ndarray of shape (n_means,)

    References
    ----------
    .. [1] J. Kiefer, J. Wolfowitz, "Consistency of the maximum likelihood estimator in the
       presence of infinitely many incidental parameters", Annals of Mathematical Statistics
       27(4), 1956.
    """
    size = np.abs(z)
    atoms = size.max() * np.linspace(0, 1, N_ATOMS) ** 1.5
    probabilities = _most_likely(size, atoms)
    ends = np.concatenate([[0.0], np.cumsum(probabilities)])
    energy = np.concatenate([[0.0], np.cumsum(probabilities * atoms**2)])
    cells = np.interp(np.arange(len(z) + 1) / len(z) * ends[-1], ends, energy)
    quantiles = np.sqrt(np.maximum(np.diff(cells), 0) * len(z))
    return np.asarray(np.sign(z) * quantiles[np.argsort(np.argsort(size, kind="stable"))])


def _most_likely(size: Array, atoms: Array) -> Array:
    """Return the probabilities of atoms by expectation and maximisation."""
    exponents = np.stack([size[:, np.newaxis] - atoms, size[:, np.newaxis] + atoms]) ** 2 / 2
    exponents -= exponents.min(axis=(0, 2), keepdims=True)  # one atom at least does not vanish
    likelihood = np.exp(-exponents).sum(axis=0)
    probabilities = np.full(len(atoms), 1 / len(atoms))
    for _ in range(N_STEPS):
        joint = likelihood * probabilities
        probabilities = np.mean(joint / joint.sum(axis=1, keepdims=True), axis=0)
    return np.asarray(probabilities)
