r"""One refit among several to the same samples: its equations, and its draws.

The covariances of the residuals, and Stein's identity for every field :math:`G_j`, are linear
equations for what a refit takes from the fits before. The last of these fits solves the same
equations with its own operator, up to sampling error. Taken off, they leave what the change
of the operator makes: nothing, if it does not change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .controlled import controlled
from .drawn_fit import DrawnFit
from .refit_law import RefitLaw, solve_balanced

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

    from .operator_images import Images

# Shares of n, and of a risk, that are rounding.
NOTHING_LEFT, ROUNDING = 1e-10, 1e-14


@dataclass(frozen=True)
class Stage:
    r"""A refit to the samples of fits before it.

    Parameters
    ----------
    n, noise_variance : float
        Degrees of freedom of the rows, and :math:`\sigma^2`.
    before : list of DrawnFit
        The fits with which it has something in common, if there are such, and their laws by
        each other.
    covariance : ndarray of shape (n_before, n_before)
        That of their fields, K.
    vectors : ndarray of shape (n_draws, 2 * n_before + 2, rank)
        The truth, the fields before, their memories, and new noise of variance one.
    images : Images
        What the operator of the refit makes of them.
    """

    n: float
    noise_variance: float
    before: list[DrawnFit]
    covariance: Array
    vectors: Array
    images: Images

    def solve(self) -> RefitLaw:
        """Return what the refit takes from the fits before."""
        k = len(self.before)
        x = self._last_solution()
        if k:
            x = x + solve_balanced(self._matrix(), self._target(x))
        r, c = x[:k], x[k:]
        return RefitLaw(r, c, self._noise(r, c))

    def draw(self, law: RefitLaw) -> DrawnFit:
        """Return draws of the refit by a law."""
        noise = self.vectors[:, -1]
        if np.isinf(law.noise):  # beside it nothing counts
            signal, law, scale = 0.0, RefitLaw(0 * law.r, 0 * law.c, law.noise), 1.0
        else:
            signal, scale = 1.0, np.sqrt(law.noise)
        weights = np.array([signal, *law.r, *-law.c, scale])
        theta = np.array([signal, *law.r, *0 * law.c, scale]) @ self.vectors
        fitted, truth = weights @ self.images.vectors, signal * self.vectors[:, 0]
        return DrawnFit(
            field=theta - truth,
            memory=theta - fitted,
            error=fitted - truth,
            noise=noise,
            coefs=self.images.coefs_of(weights),
            law=law,
            residual=self.images.residual,
            slack=self.images.slack,
            shift=self.images.shift,
            inflation=self.images.inflation,
            overlap=self._overlap(law),
        )

    def _last_solution(self) -> Array:
        """Return r and c of the last fit, in terms of which it takes its own field as it is."""
        if not self.before:
            return np.zeros(0)
        last = self.before[-1].law
        return np.array([*0 * last.r, 1.0, *last.c, 0.0])

    def _shared(self, x: Array) -> Array:
        """Return the image of what the refit shares with the fits before, by r and c."""
        k = len(self.before)
        return np.array([1.0, *x[:k], *-x[k:], 0.0]) @ self.images.vectors

    def _matrix(self) -> Array:
        """Return the matrix of the equations for r and c."""
        k, K = len(self.before), self.covariance
        products = self._products(self.images.vectors[:, 1:-1])
        errors, fields = products[:k], products[k:]
        residuals = [self.n * K - errors[:, :k], errors[:, k:]]
        stein = [self.images.trace * K - fields[:, :k], self.images.residual * K + fields[:, k:]]
        return np.block([residuals, stein])

    def _target(self, x: Array) -> Array:
        """Return by how much the last fit's solution misses with the operator of the refit."""
        last, k = self.before[-1], len(self.before)
        change = self._shared(x) - last.error - self.vectors[:, 0]
        target = self._products(change[:, np.newaxis])[:, 0]
        freedom = self.images.residual - last.residual
        target[k:] += freedom * self.covariance @ (x[:k] - x[k:])
        return target

    def _products(self, images: Array) -> Array:
        """Return the mean products of the errors, and of the fields, with images."""
        errors = np.stack([fit.error for fit in self.before], axis=1)
        fields = self.vectors[:, 1 : len(self.before) + 1]
        left = np.concatenate([errors, fields], axis=1)
        return np.mean(left @ images.swapaxes(1, 2), axis=0)

    def _noise(self, r: Array, c: Array) -> float:
        """Return the variance of what the fits before do not explain."""
        errors = self._shared(np.array([*r, *c])) - self.vectors[:, 0]
        squares = np.sum(errors**2, axis=1)
        if self.before:
            last, risk = self.before[-1], self.n * self.covariance[-1, -1]
            known = risk - self.noise_variance
            squares = controlled(squares, np.sum(last.error**2, axis=1), known)
        bias = self.noise_variance + float(squares.mean())
        source = bias - self.n * float(r @ self.covariance @ r)
        if source <= ROUNDING * bias:
            return 0.0
        slack = self.images.slack
        return source / slack if slack > NOTHING_LEFT * self.n else np.inf

    def _overlap(self, law: RefitLaw) -> Array:
        """Return the overlap with the truth, less the sampling error that the last fit shows."""
        u = self.vectors[:, 0]
        if np.isinf(law.noise):
            return np.zeros(len(u))
        overlap = np.sum(u * self._shared(np.array([*law.r, *law.c])), axis=1)
        if not self.before:
            return overlap
        last = self.before[-1]
        own = np.sum(u * (u + last.error), axis=1)
        return controlled(overlap, own, float(last.overlap.mean()))
