"""Newton's method for logistic fits, which keeps a Hessian for as long as that pays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .coefficients import EPS, TINY
from .step_length import step_length

if TYPE_CHECKING:
    from sklearn_prune._typing import Array

    from .rows import Rows

# The gradient is small when no entry is more than this share of the sum of the absolute
# values of its terms.
TOLERANCE = 1e-10

# No margin moves by more than this share of the largest, or of 1, in the last step. Without
# a minimum, the gradient may fade, but margins go on growing.
STILL = 1e-2

MAX_STEPS = 200


class Point(NamedTuple):
    """Coefficients, or a dual vector, or a step of these.

    Attributes
    ----------
    unknowns : ndarray of shape (n_unknowns,)
    intercept : float
    linear : ndarray of shape (n_samples,)
        Their margins without the intercept.
    """

    unknowns: Array
    intercept: float
    linear: Array

    @classmethod
    def at(cls, space: Any, unknowns: Array, intercept: float) -> Point:
        """Return a point with its margins."""
        return cls(unknowns, intercept, space.linear(unknowns))

    @property
    def margins(self) -> Array:
        """Return the margins."""
        return self.linear + self.intercept

    def moved(self, step: Point, length: float) -> Point:
        """Return the point that a step of some length leads to."""
        return Point(
            self.unknowns + length * step.unknowns,
            self.intercept + length * step.intercept,
            self.linear + length * step.linear,
        )


class Gradient(NamedTuple):
    """The gradient at a point.

    Attributes
    ----------
    slopes : ndarray of shape (n_samples,)
        Derivatives of the loss by the margins.
    residual : ndarray of shape (n_unknowns,)
        Zero at the minimum: the derivatives by the coefficients, or what these are A' times of.
    rest : float
        Derivative by the intercept.
    """

    slopes: Array
    residual: Array
    rest: float

    @classmethod
    def at(cls, space: Any, rows: Rows, point: Point) -> Gradient:
        """Compute it."""
        slopes = rows.slopes(point.margins)
        rest = float(slopes.sum()) if space.centred else 0.0
        return cls(slopes, space.residual(point.unknowns, slopes), rest)

    def error(self, sizes: Array) -> float:
        """Return how large the gradient is, relative to the sizes of its terms."""
        shares = np.abs(self.residual) / (sizes + TINY)
        return float(
            max(shares.max(initial=0.0), abs(self.rest) / (np.abs(self.slopes).sum() + TINY))
        )


class Minimum(NamedTuple):
    """Where the penalised loss is least, and a Hessian of a point nearby."""

    unknowns: Array
    intercept: float
    hessian: Any


@np.errstate(over="ignore", invalid="ignore")
def minimise(
    space: Any, rows: Rows, start: tuple[Array, float] | None = None, hessian: Any = None
) -> Minimum | None:
    """Minimise a penalised logistic loss, or return None where it has no minimum.

    A step with the Hessian of a point nearby costs a few products of vectors with the
    data, and is as good as its share of the last error says. With a new Hessian it is a
    Newton step. Either way it is a direction of descent, and its length is safe.

    Parameters
    ----------
    space : Coefficients or DualVector
    rows : Rows
    start : tuple of ndarray of shape (n_unknowns,) and float, optional
        Unknowns and intercept to start from, if they are better than an intercept alone.
    hessian : Hessian or DualHessian, optional
        That of a point nearby.
    """
    if not np.isfinite(rows.log_odds()) and (space.centred or space.alpha == 0):
        return None
    point, error, moved = _constant(space, rows), np.inf, 0.0
    if start is not None:
        given = Point.at(space, *start)
        better = _loss(space, rows, given) <= rows.loss(point.margins)
        point, hessian = (given, hessian) if better else (point, None)
    for _ in range(MAX_STEPS):
        gradient, last = Gradient.at(space, rows, point), error
        if hessian is not None:
            error = gradient.error(hessian.sizes + space.alpha * np.abs(point.unknowns))
            if error <= TOLERANCE and moved <= STILL * max(1.0, np.abs(point.margins).max()):
                found = Minimum(point.unknowns, point.intercept, hessian)
                return found if space.alpha > 0 or _is_sure(space, found, gradient) else None
        margins = point.margins
        if not np.isfinite(margins).all() or (space.alpha == 0 and rows.separated(margins)):
            return None
        curvatures = rows.curvatures(margins)
        if hessian is None or not _pays(error, last, space.patience):
            hessian = space.factorise(gradient.slopes, curvatures)
            point = Point.at(space, point.unknowns, point.intercept)  # without old rounding
        step = Point.at(space, *hessian.solve(gradient.residual, gradient.rest))
        length = _length(space, rows, point, gradient, curvatures, step)
        point, moved = point.moved(step, length), length * float(np.abs(step.margins).max())
    return None


def _constant(space: Any, rows: Rows) -> Point:
    """Return the minimum of the intercept alone."""
    intercept = rows.log_odds() if space.centred else 0.0
    return Point(np.zeros(space.n_unknowns), intercept, np.zeros_like(rows.weights))


def _loss(space: Any, rows: Rows, point: Point) -> float:
    """Return the penalised loss at a point."""
    norm = space.inner(point.unknowns, point)
    return rows.loss(point.margins) + space.alpha / 2 * norm


def _is_sure(space: Any, found: Minimum, gradient: Gradient) -> bool:
    """Return whether rounding of the gradient moves no margin by more than a step may."""
    if not gradient.slopes.all():
        return False
    noise = EPS * found.hessian.sizes, EPS * float(np.abs(gradient.slopes).sum())
    moved = Point.at(space, *found.hessian.solve(*noise)).margins
    return bool(np.abs(moved).max() <= STILL)


def _pays(error: float, last: float, patience: float) -> bool:
    """Return whether the same Hessian will do, by the error that the last step has left."""
    if last == np.inf:
        return True
    return error < last and bool(np.log(TOLERANCE / error) / np.log(error / last) <= patience)


def _length(
    space: Any, rows: Rows, point: Point, gradient: Gradient, curvatures: Array, step: Point
) -> float:
    """Return how far to go along a step."""
    margins, change = point.margins, step.margins
    offset = space.alpha * space.inner(point.unknowns, step)
    norm = space.alpha * space.inner(step.unknowns, step)
    return step_length(
        space.inner(gradient.residual, step) + gradient.rest * step.intercept,
        float(change * change @ curvatures) + norm,
        float(np.abs(change).max()),
        lambda t: float(rows.slopes(margins + t * change) @ change) + offset + t * norm,
    )
