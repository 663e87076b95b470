r"""The log-loss of scores, once they are made probabilities.

Least squares gives scores. Those of rows that training did not see become probabilities by a
logistic regression of two coefficients, a slope and an offset. The standardised score
:math:`s` of the second of two classes has the log-odds :math:`\theta_1 s + \theta_2`; of
several classes, class k has the logit :math:`\theta_1 s_k + \theta_2 \log \pi_k`, where
:math:`\pi_k` is its prevalence. So useless scores are left with the prevalences. A ridge draws
the coefficients there: the slope a little, so that few rows which are told apart without a
mistake do not make it infinite; the offset as much as ten rows would, for the prevalences are
known from all rows.

Each row is judged by what the *other* rows make of its score. These would be as many fits as
rows, of which one Newton step from the fit to all rows is made,

.. math:: \theta_{-i} = \theta + (H - H_i)^{-1} g_i,

where H is the second derivative of the penalised loss, and :math:`g_i` and :math:`H_i` are
the derivatives of the loss of row i. It costs no more than a step of the fit itself. Rows that
belong together are left out together: their derivatives are added up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from sklearn_prune._typing import Array, Indices

# Ridge on the slope, of standardised scores, and on the offset.
RIDGE = np.array([0.1, 10.0])
# Newton steps end here, or where one gains less than this share of the loss.
MOST_STEPS, TOLERANCE = 50, 1e-7
# A step that leads up is tried again with so much more damping.
FIRST_DAMPING, MORE_DAMPING = 0.1, 10.0
# So many scores are calibrated at a time.
TOGETHER = 2**15


def calibrated_log_losses(
    scores: Array, codes: Indices, prevalences: Array, together: Indices | None = None
) -> Array:
    """Return the mean log-loss of the scores of each model, calibrated leave-one-out.

    Parameters
    ----------
    scores : ndarray of shape (n_models, n_rows, n_targets)
        One column for the second of two classes, else one a class.
    codes : ndarray of shape (n_rows,)
        The number of the class of each row.
    prevalences : ndarray of shape (n_classes,)
        Shares of the classes, none of them zero.
    together : ndarray of shape (n_rows,), optional
        What rows that belong together have in common. By default each is on its own.

    Returns
    -------
    ndarray of shape (n_models,)
    """
    step = max(1, TOGETHER // scores[0].size)
    starts = range(0, len(scores), step)
    some = (_Calibration(scores[k : k + step], codes, prevalences) for k in starts)
    return np.concatenate([calibration.left_out(together).mean(axis=1) for calibration in some])


class _Terms(NamedTuple):
    """What each row of each model adds to a loss, and to its derivatives.

    Attributes
    ----------
    losses : ndarray of shape (n_models, n_rows)
    gradients : ndarray of shape (2, n_models, n_rows)
    hessians : ndarray of shape (2, 2, n_models, n_rows)
    """

    losses: Array
    gradients: Array
    hessians: Array


class _Calibration:
    """Logistic regressions of some models side by side (see `calibrated_log_losses`)."""

    def __init__(self, scores: Array, codes: Indices, prevalences: Array) -> None:
        logs = np.log(prevalences)
        self.fixed, self.start = logs, np.array([[0.0], [1.0]])
        if len(prevalences) == 2:
            self.fixed, self.start = np.array([0.0, 1.0]), np.array([[0.0], [logs[1] - logs[0]]])
        self.S = _by_class(_standardised(scores), len(prevalences))
        own = self.S[codes, :, np.arange(len(codes))].T
        self.truth = np.stack([own, np.broadcast_to(self.fixed[codes], own.shape)])

    def left_out(self, together: Indices | None) -> Array:
        """Return the loss of each row, of shape (n_models, n_rows), by what the others say."""
        theta = self._fit()
        _, gradients, hessians = self._terms(theta)
        total = _summed(hessians)[..., np.newaxis]
        if together is not None:
            gradients, hessians = (_added(own, together) for own in (gradients, hessians))
        _, losses = self._predict(theta[..., np.newaxis] + _solve(total - hessians, gradients))
        return losses

    def _fit(self) -> Array:
        """Return slopes and offsets, of shape (2, n_models), by damped Newton steps."""
        theta = np.tile(self.start, (1, self.S.shape[1]))
        loss, gradient, hessian = self._objective(theta)
        damping = np.zeros(theta.shape[1])
        for _ in range(MOST_STEPS):
            trial = theta - _solve(_damped(hessian, damping), gradient)
            reached, *derivatives = self._objective(trial)
            gained = loss - reached
            better = gained >= 0
            theta, loss = np.where(better, trial, theta), np.where(better, reached, loss)
            if (np.abs(gained) <= TOLERANCE * loss).all():
                break
            gradient = np.where(better, derivatives[0], gradient)
            hessian = np.where(better, derivatives[1], hessian)
            damping = np.where(better, 0.0, np.maximum(FIRST_DAMPING, MORE_DAMPING * damping))
        return theta

    def _objective(self, theta: Array) -> tuple[Array, Array, Array]:
        """Return the penalised loss of all rows, and its derivatives."""
        losses, gradients, hessians = self._terms(theta)
        away = theta - self.start
        pull = RIDGE[:, np.newaxis] * away
        loss = losses.sum(axis=-1) + (pull * away).sum(axis=0) / 2
        return loss, gradients.sum(axis=-1) + pull, _summed(hessians)

    def _terms(self, theta: Array) -> _Terms:
        """Return what rows add, for coefficients of each model."""
        P, losses = self._predict(theta[..., np.newaxis])
        PS = P * self.S
        means = np.stack([PS.sum(axis=0), np.tensordot(self.fixed, P, 1)])
        mixed = np.tensordot(self.fixed, PS, 1)
        squares = [(PS * self.S).sum(axis=0), mixed, mixed, np.tensordot(self.fixed**2, P, 1)]
        hessians = np.reshape(squares, (2, *means.shape)) - means[:, np.newaxis] * means
        return _Terms(losses, means - self.truth, hessians)

    def _predict(self, theta: Array) -> tuple[Array, Array]:
        """Return probabilities and losses, for coefficients of each model, or of each row."""
        logits = theta[0] * self.S + theta[1] * self.fixed[:, np.newaxis, np.newaxis]
        largest = logits.max(axis=0)
        P = np.exp(logits - largest)
        norms = P.sum(axis=0)
        return P / norms, largest + np.log(norms) - (theta * self.truth).sum(axis=0)


def _standardised(scores: Array) -> Array:
    """Return scores of mean zero in every column, and of mean square one in every model."""
    centred = scores - scores.mean(axis=1, keepdims=True)
    scale = np.sqrt(np.mean(centred**2, axis=(1, 2), keepdims=True))
    return centred / np.where(scale > 0, scale, 1.0)


def _by_class(scores: Array, n_classes: int) -> Array:
    """Return scores of shape (n_classes, n_models, n_rows), zero for the first of two."""
    columns = np.moveaxis(scores, 2, 0)
    return np.concatenate([0 * columns, columns]) if n_classes == 2 else columns.copy()


def _added(values: Array, together: Indices) -> Array:
    """Return for each row, along the last axis, the sum over those that belong to it."""
    _, codes, counts = np.unique(together, return_inverse=True, return_counts=True)
    order, ends = np.argsort(codes, kind="stable"), np.cumsum(counts)
    sums: Array = np.add.reduceat(values[..., order], ends - counts, axis=-1)
    return sums[..., codes]


def _summed(hessians: Array) -> Array:
    """Return the second derivatives of the penalised loss of all rows."""
    summed: Array = hessians.sum(axis=-1) + np.diag(RIDGE)[..., np.newaxis]
    return summed


def _damped(matrices: Array, damping: Array) -> Array:
    """Return matrices whose diagonals are larger by such shares."""
    return matrices * (1 + np.eye(2)[..., np.newaxis] * damping)


def _solve(matrices: Array, right_sides: Array) -> Array:
    """Solve systems of two equations, whose matrices are definite."""
    (a, b), (_, d) = matrices
    x, y = right_sides
    return np.stack([d * x - b * y, a * y - b * x]) / (a * d - b * b)
