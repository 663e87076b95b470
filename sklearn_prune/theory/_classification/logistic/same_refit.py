r"""The refit of a pruned classifier to the samples of its first fit.

Both fits are fixed points of approximate message passing with memory. The refit knows of
the first fit through the support, through the noise :math:`G_1` of the shared samples, and
through the forces of the first fit, which move the margins of the rows. With the whitened
columns A of the support its coefficients are

.. math:: \hat u_2 = P(a_2u+rG_1+\delta\hat u_1+e), \qquad P=A(A'A+c_2)^{-1}A',

with :math:`c_2=\mu_2/(n\hat V_2)`, and its margin on a row of its own
:math:`z_2+B_{21}g_1+B_{22}g_2`, where (:math:`z_1,z_2`) are the normal margins on a new
row. Five means of forces make the coefficients, whose inner products make the margins,
and so on until both agree. The derivative of the support is never needed: Stein's identity
gives :math:`B_{21}` from :math:`\langle G_1,\hat u_2\rangle`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .dense_law import dense_law
from .fixed_point import fixed_point
from .row_rule import COARSE, MEDIUM, row_rule
from .solution import Solution

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

    from .classifier_support import Kept
    from .fit_law import FitLaw
    from .label_law import LabelLaw
    from .row_rule import Fineness, RowRule

# Steps of the iteration before Powell's method.
N_STEPS = 40
# Where the margins of the two fits are one and the same, this share of variance resolves them.
LEAST_VARIANCE = 1e-14


class Coefficients(NamedTuple):
    r"""What the coefficients of a refit say to its margins.

    Attributes
    ----------
    signal, shared, square : float
        :math:`\langle u,\hat u_2\rangle`, :math:`\langle\hat u_1,\hat u_2\rangle` and
        :math:`|\hat u_2|^2`.
    memory, width : float
        :math:`B_{21}` and :math:`B_{22}`.
    """

    signal: float
    shared: float
    square: float
    memory: float
    width: float


class SharedForces(NamedTuple):
    r"""Means over the rows of what the losses do to them.

    Attributes
    ----------
    curvature, signal, shared, square, memory, tilt : float
        :math:`\hat V_2`, :math:`\hat m_2`, :math:`\hat q_{12}`, :math:`\hat q_{22}`,
        :math:`\hat D` and :math:`\mathbb{E}yg_2`.
    """

    curvature: float
    signal: float
    shared: float
    square: float
    memory: float
    tilt: float


def same_refit(
    labels: LabelLaw,
    first: FitLaw,
    kept: Kept,
    n: float,
    penalty: float,
    *,
    loss: str = "logistic",
    fit_intercept: bool = False,
) -> Solution[SharedSystem] | None:
    r"""Return the solution for a refit to the same samples, or None where there is no such fit.

    Parameters
    ----------
    labels : LabelLaw
        The law of the labels.
    first : FitLaw
        The first fit.
    kept : Kept
        The support.
    n : float
        Number of rows.
    penalty : float
        Ridge penalty of the refit.
    loss : {"logistic", "squared"}, default="logistic"
        Its loss.
    fit_intercept : bool, default=False
        Whether there is an intercept.

    Returns
    -------
    Solution or None
    """
    free = fit_intercept and len(labels.signs) > 1
    fresh = dense_law(labels, kept.spectrum, n, penalty, loss=loss, fit_intercept=free)
    if fresh is None:
        return None
    system = SharedSystem(labels, first, kept, n, penalty, loss, MEDIUM)
    start = system.first_guess(fresh)[: 5 + free]
    near = fixed_point(replace(system, fineness=COARSE).image, start, N_STEPS)
    x = fixed_point(system.image, *((start, N_STEPS) if near is None else (near, 0)))
    return None if x is None else Solution(system, x)


@dataclass(frozen=True)
class SharedSystem:
    r"""Equations in :math:`\log\hat V_2`, :math:`a_2`, c, :math:`\log\kappa_2`, delta and b0.

    Here :math:`c=r\sqrt{\kappa_1/\kappa_2}` is the correlation of the forces of both fits on a
    row: between points where it is at most one it stays so.
    """

    labels: LabelLaw
    first: FitLaw
    kept: Kept
    n: float
    penalty: float
    loss: str
    fineness: Fineness

    def first_guess(self, fresh: FitLaw) -> Array:
        """Return the point where the samples are taken for fresh ones."""
        curvature, kappa = np.log(fresh.forces.curvature), np.log(fresh.kappa)
        return np.array([curvature, fresh.scale, 0.5, kappa, 0.0, fresh.intercept])

    def moments(self, x: Array) -> tuple[float, float, float]:
        """Return m, q and b0 at a solution."""
        coefs = self._coefficients(x)
        return coefs.signal, coefs.square, self._intercept(x)

    def restricted(self, kept: Kept) -> SharedSystem:
        """Return the equations for another support."""
        return replace(self, kept=kept)

    def image(self, x: Array) -> Array:
        """Return what a point is mapped to."""
        coefs = self._coefficients(x)
        if not (0 < coefs.square < np.inf and 0 < coefs.width < np.inf):  # far from any solution
            return np.full_like(x, np.nan)
        forces = self._forces(coefs, self._intercept(x))
        correlation = forces.shared / np.sqrt(self.first.forces.square * forces.square)
        kappa = forces.square / forces.curvature**2
        per_curvature = np.array([forces.signal, forces.memory, forces.tilt]) / forces.curvature
        scale, memory, shift = per_curvature
        moved = [np.log(forces.curvature), scale, correlation, np.log(kappa), memory]
        return np.array([*moved, self._intercept(x) + shift])[: len(x)]

    @staticmethod
    def _intercept(x: Array) -> float:
        return float(x[5]) if len(x) > 5 else 0.0

    def _coefficients(self, x: Array) -> Coefficients:
        curvature, scale, correlation, kappa, memory = np.exp(x[0]), x[1], x[2], np.exp(x[3]), x[4]
        values, own = self.kept.eigenvalues, self.first.forces
        shrinkage = values / (values + self.penalty / (self.n * curvature))
        relation = correlation * np.sqrt(kappa / self.first.kappa)
        mix = np.array([scale, relation, memory])
        signal, noise, shared = (self.kept.products @ shrinkage) @ mix
        new_noise = kappa * (1 - correlation**2) / self.n
        square = mix @ (self.kept.products @ shrinkage**2) @ mix
        square += new_noise * (self.kept.counts @ shrinkage**2)
        width = self.kept.counts @ shrinkage / (self.n * curvature)
        shared_square = relation * curvature * own.square / own.curvature
        stein = (own.curvature * noise - shared_square * width) / own.square
        return Coefficients(signal, shared, square, stein, width)

    def _forces(self, coefs: Coefficients, intercept: float) -> SharedForces:
        slant = coefs.shared / self.first.square
        rest = max(coefs.square - slant * coefs.shared, LEAST_VARIANCE * coefs.square)
        link = _ScoreGivenFits(
            self.labels, coefs.signal - slant * self.first.signal, rest, self.first
        )
        signs, outer = self.labels.signs, link.outer_rule(self.fineness)
        score = signs * outer.margins - self.first.intercept
        mean = signs * (slant * score + intercept) + coefs.memory * outer.forces
        step = link.step(link.of_news)
        inner = row_rule(self.loss, mean, rest, coefs.width, step, self.fineness)
        moved = signs[..., np.newaxis] * (inner.margins - mean[..., np.newaxis])
        p, tilt = link.labels_given(score[..., np.newaxis], moved)
        weights = outer.weights[..., np.newaxis] * inner.weights
        return _means(signs, outer, inner, weights * p, weights * tilt, coefs.memory)


def _means(
    signs: Array, first: RowRule, second: RowRule, p: Array, tilt: Array, memory: float
) -> SharedForces:
    """Return means over the margins of both fits and over labels, given their weights."""
    g1, slope1 = first.forces[..., np.newaxis], first.slopes[..., np.newaxis]
    g2, slope2 = second.forces, second.slopes
    return SharedForces(
        curvature=-np.sum(p * slope2),
        signal=np.sum(tilt * g2),
        shared=np.sum(p * g1 * g2),
        square=np.sum(p * g2**2),
        memory=memory * np.sum(p * slope2 * slope1),
        tilt=np.sum(p * signs[..., np.newaxis] * g2),
    )


@dataclass(frozen=True)
class _ScoreGivenFits:
    """What the label depends on, given the score of the first fit and the news of the second."""

    labels: LabelLaw
    covariance: float
    variance: float
    first: FitLaw

    @property
    def of_first(self) -> float:
        """The slope of the mean in the score of the first fit."""
        return self.first.signal / self.first.square

    @property
    def of_news(self) -> float:
        """The slope of the mean in what is new in the score of the refit."""
        return self.covariance / self.variance

    @property
    def rest(self) -> float:
        """The variance that is left."""
        return max(self.labels.variance - self._known, 0.0)

    def step(self, slope: float) -> float:
        """Return the scale on which labels change, in a score of which the mean has this slope."""
        return self.labels.resolution(self.rest) / max(abs(slope), 1e-300)

    def outer_rule(self, fineness: Fineness) -> RowRule:
        """Return a rule for the rows of the first fit."""
        first, mean = self.first, self.labels.signs[:, 0] * self.first.intercept
        step = self.step(self.of_first)
        return row_rule(first.loss, mean, first.square, first.width, step, fineness)

    def labels_given(self, score: Array, news: Array) -> tuple[Array, Array]:
        """Return the probabilities of the labels, and their slopes."""
        mean = self.of_first * score + self.of_news * news
        return self.labels.given(
            self.labels.signs[..., np.newaxis], mean, float(np.sqrt(self._known)), self.rest
        )

    @property
    def _known(self) -> float:
        return self.of_first * self.first.signal + self.of_news * self.covariance
