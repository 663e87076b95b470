"""What the operator of a fit makes of whitened vectors, on the support of each draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import linalg

from sklearn_prune.theory._checks import eigh_psd
from sklearn_prune.theory._problems.spectrum import Spectrum, shrink, spectral_sums
from sklearn_prune.theory._risk.finite_size import excess
from sklearn_prune.theory._risk.support_part import PIVOT_RATIO

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Function, Indices, Mask
    from sklearn_prune.theory._problems.second_moments import SecondMoments
    from sklearn_prune.theory._problems.spectrum import Sums


class Images(NamedTuple):
    r"""Images of vectors under the operators P of a fit, one operator a draw.

    Attributes
    ----------
    vectors : ndarray of shape (n_draws, n_vectors, rank)
        The images, whitened.
    coefs_of : callable
        Returns the coefficients, of shape (n_draws, n_features), of a combination of the images
        from its weights.
    trace, residual, slack : float
        Means of :math:`\mathrm{tr}P`, :math:`n-\mathrm{tr}P` and :math:`n-\mathrm{tr}P^2`,
        free of cancellation.
    shift : float
        Mean of :math:`1/\xi`.
    inflation : float
        By what the variance of such a fit exceeds its limit of large n.
    """

    vectors: Array
    coefs_of: Function
    trace: float
    residual: float
    slack: float
    shift: float
    inflation: float


def images(problem: SecondMoments, supports: Mask, n: float, alpha: float, x: Array) -> Images:
    r"""Return the images of whitened vectors on the supports of a fit.

    The operator is :math:`P=A(A'A+1/\xi)^{-1}A'` with the whitened columns A of the support,
    :math:`n=\mathrm{tr}P+\mu\xi`.

    Parameters
    ----------
    problem : SecondMoments
        The problem.
    supports : ndarray of shape (n_draws, n_features), dtype bool
        What is kept in each draw.
    n, alpha : float
        Degrees of freedom of the rows and penalty of the fit, :math:`\mu`.
    x : ndarray of shape (n_draws, n_vectors, rank)
        The vectors.

    Returns
    -------
    Images
    """
    if problem.is_diagonal:
        return _masked(problem, supports, n, alpha, x)
    return _projected(problem, supports, n, alpha, x)


def _masked(problem: SecondMoments, supports: Mask, n: float, alpha: float, x: Array) -> Images:
    """Return the images where the features are independent: P is diagonal."""
    basis = problem.eigenbasis
    kept = basis.to_coordinates(supports.astype(np.float64))
    shares = kept.mean(axis=0)
    some = shares > 0
    spectrum = Spectrum(basis.eigenvalues[some], shares[some], np.zeros(np.sum(some)))
    sums = spectral_sums(spectrum, np.array(n), np.array(alpha))
    P = kept * shrink(sums.xi, basis.eigenvalues)[0]
    vectors = P[:, np.newaxis] * x

    def coefs_of(weights: Array) -> Array:
        return basis.to_features(weights @ vectors / np.sqrt(basis.eigenvalues))

    return Images(vectors, coefs_of, *_freedom([(spectrum, sums)], n, alpha))


def _projected(problem: SecondMoments, supports: Mask, n: float, alpha: float, x: Array) -> Images:
    """Return the images for a full covariance, each draw by a factor of its block."""
    basis = problem.eigenbasis
    whitened = basis.vectors * np.sqrt(basis.eigenvalues)
    cross = x @ whitened.T
    coefs, fits = np.zeros_like(cross), []
    for kept, right, result in zip(supports, cross, coefs, strict=True):
        support = np.flatnonzero(kept)
        solved, fit = _solve(
            problem.covariance[np.ix_(support, support)], n, alpha, right[:, support]
        )
        result[:, support] = solved
        fits.append(fit)
    return Images(coefs @ whitened, lambda weights: weights @ coefs, *_freedom(fits, n, alpha))


def _solve(
    block: Array, n: float, alpha: float, right: Array
) -> tuple[Array, tuple[Spectrum, Sums]]:
    r"""Return :math:`(\Sigma_{SS}+1/\xi)^{-1}` times vectors, and the spectrum with its sums."""
    is_projection = alpha == 0 and len(block) < n  # whatever the eigenvalues
    fit = _sums(np.ones(len(block)) if is_projection else _spectrum(block), n, alpha)
    with np.errstate(divide="ignore"):
        shift = float(1 / fit[1].xi)
    factor, info = linalg.lapack.dpotrf(block + shift * np.eye(len(block)), lower=True)
    pivots = np.diag(factor)
    if info == 0 and pivots.min() > PIVOT_RATIO * pivots.max():
        return linalg.cho_solve((factor, True), right.T, check_finite=False).T, fit
    values, axes = eigh_psd(block)
    fit = _sums(values, n, alpha)
    with np.errstate(divide="ignore"):
        inverse = 1 / (values + 1 / fit[1].xi)
    return (right @ axes) * inverse @ axes.T, fit


def _spectrum(block: Array) -> Array:
    """Return the eigenvalues above rounding."""
    values = np.asarray(np.linalg.eigvalsh(block), dtype=np.float64)
    return values[values > len(values) * np.finfo(np.float64).eps * values[-1]]


def _sums(values: Array, n: float, alpha: float) -> tuple[Spectrum, Sums]:
    spectrum = Spectrum(values, np.ones_like(values), np.zeros_like(values))
    return spectrum, spectral_sums(spectrum, np.array(n), np.array(alpha))


def _freedom(fits: list[tuple[Spectrum, Sums]], n: float, alpha: float) -> tuple[float, ...]:
    """Return the means of `Images` that are numbers, in their order."""
    size, penalty = np.array(n), np.array(alpha)
    with np.errstate(divide="ignore"):
        parts = [
            (
                n - sums.residual,
                sums.residual,
                sums.slack,
                1 / sums.xi,
                excess(spectrum, sums, size, penalty).variance,
            )
            for spectrum, sums in fits
        ]
    return tuple(np.mean(parts, axis=0).tolist())


def top_scored(scores: Array, supports: Mask, n_keep: int) -> Mask:
    """Return which groups are the best-scored of those that are left, in each draw.

    Parameters
    ----------
    scores : ndarray of shape (n_draws, n_groups)
    supports : ndarray of shape (n_draws, n_groups), dtype bool
    n_keep : int

    Returns
    -------
    ndarray of shape (n_draws, n_groups), dtype bool
    """
    order: Indices = np.argsort(np.where(supports, -scores, np.inf), axis=1, kind="stable")
    kept = np.zeros_like(supports)
    np.put_along_axis(kept, order[:, :n_keep], True, axis=1)
    return kept
