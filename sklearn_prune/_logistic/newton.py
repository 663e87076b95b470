"""Newton's method for logistic fits, which keeps a Hessian for as long as that pays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .coefficients import EPS
from .gradient import Gradient
from .point import Point
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

# Labels that a plane tells apart take the most: 50 or so, if features are not of many scales.
MAX_STEPS = 200


class Minimum(NamedTuple):
    """Where the penalised loss is least, and a Hessian of a point nearby."""

    unknowns: Array
    intercept: float
    hessian: Any


@np.errstate(divide="ignore", over="ignore", invalid="ignore")
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
        point, hessian = _better(space, rows, Point.at(space, *start), hessian)
    for _ in range(MAX_STEPS):
        gradient, last = Gradient.at(space, rows, point), error
        if hessian is not None:
            error = gradient.error(hessian.sizes + space.alpha * np.abs(point.unknowns))
            if error <= TOLERANCE and moved <= STILL * max(1.0, point.reach):
                found = Minimum(point.unknowns, point.intercept, hessian)
                return found if _is_sure(space, found, gradient) else None
        if space.alpha == 0 and rows.separated(point.margins):
            return None
        curvatures = rows.curvatures(point.margins)
        if hessian is None or not _pays(error, last, space.patience):
            hessian = space.factorise(gradient.slopes, curvatures)
            point = Point.at(space, point.unknowns, point.intercept)  # without old rounding
        step = Point.at(space, *hessian.solve(gradient.residual, gradient.rest))
        length = _length(space, rows, point, gradient, curvatures, step)
        point, moved = point.moved(step, length), length * step.reach
        if not np.isfinite(point.reach):
            return None
    return None


def _constant(space: Any, rows: Rows) -> Point:
    """Return the minimum of the intercept alone."""
    intercept = rows.log_odds() if space.centred else 0.0
    return Point(np.zeros(space.n_unknowns), intercept, np.zeros_like(rows.weights))


def _better(space: Any, rows: Rows, start: Point, hessian: Any) -> tuple[Point, Any]:
    """Return a start with its Hessian, or the intercept alone where that is better."""
    constant = _constant(space, rows)
    if _loss(space, rows, start) <= rows.loss(constant.margins):
        return start, hessian
    return constant, None


def _loss(space: Any, rows: Rows, point: Point) -> float:
    """Return the penalised loss at a point."""
    norm = space.inner(point.unknowns, point)
    return rows.loss(point.margins) + space.alpha / 2 * norm


def _is_sure(space: Any, found: Minimum, gradient: Gradient) -> bool:
    """Return whether rounding of the gradient moves no margin by more than a step may.

    With a penalty there is a minimum, and none is hidden.
    """
    if space.alpha > 0:
        return True
    noise = EPS * found.hessian.sizes, EPS * gradient.total
    moved = Point.at(space, *found.hessian.solve(*noise)).reach
    return bool(gradient.slopes.all() and moved <= STILL)


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
        step.reach,
        lambda t: float(rows.slopes(margins + t * change) @ change) + offset + t * norm,
    )
