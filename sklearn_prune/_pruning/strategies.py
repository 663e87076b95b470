"""Strategies: how the features of a dense model are scored.

A strategy picks the support and does nothing else. It returns one score a feature, the
larger the better. Features pruned in an earlier round have the coefficient zero.

To add one: write a function of a `Scoring`, in a file of its own if it is long, and add a
row to the table. Everything else, such as the names that are refused elsewhere, follows.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sklearn_prune._least_squares.design import column_scale
from sklearn_prune._logistic.coefficients import TINY
from sklearn_prune._logistic.curvature import curvature_weights, logistic_hessian_scores

from .group_scores import group_hessian_of_moments, group_hessian_scores
from .logistic_obs import logistic_obs
from .moment_elimination import obs_of_moments
from .obs import obs
from .one_shot_obs import one_shot_obs, one_shot_obs_of_moments

if TYPE_CHECKING:
    from collections.abc import Callable

    from sklearn_prune._typing import AnyArray, Array, Mask

    from .logistic_loss import Curvature
    from .selection import Selection


class Scoring(NamedTuple):
    """What a strategy may look at.

    Attributes
    ----------
    coef : ndarray of shape (n_features,) or (n_targets, n_features)
        Coefficients of the model.
    X : {ndarray, sparse array or matrix} of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,) or (n_samples, n_targets)
    weights : ndarray of shape (n_samples,)
        Positive weights of the samples.
    centred : bool
        Whether the model has an intercept.
    saliency : array-like of shape (n_features,) or None
        What the user calls the true importance of the features.
    random_state : RandomState or None
        Source of random scores.
    curvature : Curvature or None
        That of the loss, if it is no squared error.
    selection : Selection or None
        Which columns belong together, stay, or cost more than others.
    alpha : float or ndarray of shape (n_targets,)
        Penalty of the model, if it is least squares.
    fitted : ndarray of shape (n_features,), dtype bool, or None
        Features that it was fitted to; None if these are all.
    """

    coef: AnyArray
    X: Any
    y: AnyArray
    weights: Array
    centred: bool
    saliency: Any = None
    random_state: Any = None
    curvature: Curvature | None = None
    selection: Selection | None = None
    alpha: AnyArray | float = 0.0
    fitted: Mask | None = None


class MomentScoring(NamedTuple):
    """What a strategy may look at where the rows are known by their moments alone.

    Attributes
    ----------
    coef : ndarray of shape (n_features,) or (n_targets, n_features)
        Coefficients of the model.
    squares : ndarray of shape (n_features + n_targets, n_features + n_targets)
        Sums of products of the columns of ``[X y]``, centred if the model has an intercept.
    scale : ndarray of shape (n_features,)
        Root mean square of each feature, 0 if constant up to rounding.
    saliency, random_state, selection, alpha : object
        As in `Scoring`.
    """

    coef: AnyArray
    squares: Array
    scale: Array
    saliency: Any = None
    random_state: Any = None
    selection: Selection | None = None
    alpha: AnyArray | float = 0.0


class Strategy(NamedTuple):
    """A way to score features, and what it can do.

    Attributes
    ----------
    score : callable
        From a `Scoring` to scores of shape (n_features,) or (n_targets, n_features).
    reads : {"rows", "moments", "coefficients", "nothing"}
        What the scores depend on: on X, y and the weights, too; on these through means and
        second moments alone; on the coefficients alone; or on nothing, so that they are the
        same for every model.
    leave_one_out : callable or None
        Scores of the models without each of the rows: from the norms of their coefficients,
        of shape (n_rows, n_features), and a function that returns the root mean square of
        each column without each row, of the same shape. The norms may be overwritten. If
        None, a strategy that reads something is followed n times.
    streams : bool
        Whether features can be scored block by block, as they pass.
    theory : bool
        Whether `sklearn_prune.theory` covers it.
    draws : bool
        Whether the scores are random.
    fits_anew : bool
        Whether it fits the features itself, and of the coefficients only sees which are zero.
    from_moments : callable or None
        From a `MomentScoring` to the same scores as from the rows, for a strategy that reads
        moments; or to None where digits would be lost.
    by_norm : bool
        Whether the score of a group is the norm of those of its columns; else each column
        has that of its group.
    """

    score: Callable[[Scoring], Any]
    reads: str = "rows"
    leave_one_out: Callable[[Array, Callable[[], Array]], Array] | None = None
    streams: bool = False
    theory: bool = False
    draws: bool = False
    fits_anew: bool = False
    from_moments: Callable[[MomentScoring], Any] | None = None
    by_norm: bool = False

    @property
    def needs_rows(self) -> bool:
        """Whether the moments of the rows are not enough."""
        return self.reads == "rows"

    @property
    def exact_leave_one_out(self) -> bool:
        """Whether nothing has to be fitted n times for the scores without each of the rows."""
        return self.reads == "nothing" or self.leave_one_out is not None


def _magnitude(given: Scoring | MomentScoring) -> AnyArray:
    """Score by ``|b_i|``."""
    return np.abs(given.coef)


def _hessian(given: Scoring) -> AnyArray:
    """Score by ``sqrt(H_ii) |b_i|``, with the second moments H of X: optimal brain damage.

    Of a logistic fit H is the second derivative of its penalised loss.
    """
    if given.selection is not None and given.selection.has_groups:
        rows = given.coef, given.X, given.weights, given.selection
        return group_hessian_scores(*rows, given.curvature, centred=given.centred)
    if given.curvature is not None:
        loss = given.curvature._asdict()
        return logistic_hessian_scores(given.coef, X=given.X, centred=given.centred, **loss)
    return column_scale(given.X, given.weights, centred=given.centred) * np.abs(given.coef)


def _hessian_of_moments(given: MomentScoring) -> AnyArray:
    if given.selection is not None and given.selection.has_groups:
        return group_hessian_of_moments(given.coef, given.squares, given.scale, given.selection)
    return given.scale * np.abs(given.coef)


def _magnitude_left_out(norms: Array, _scales: Callable[[], Array]) -> Array:
    return norms


def _hessian_left_out(norms: Array, scales: Callable[[], Array]) -> Array:
    return np.multiply(norms, scales(), out=norms)


def _obs(given: Scoring) -> Array:
    """Score by how long features survive backward elimination: optimal brain surgeon.

    After a logistic fit, that of the quadratic model of its loss.
    """
    if given.curvature is not None:
        loss = given.curvature._asdict()
        rows = {"X": given.X, "centred": given.centred, "selection": given.selection}
        return logistic_obs(given.coef, **rows, **loss)
    return obs(
        given.coef,
        given.X,
        given.y,
        weights=given.weights,
        centred=given.centred,
        selection=given.selection,
    )


def _obs_of_moments(given: MomentScoring) -> Array | None:
    return obs_of_moments(given.coef, given.squares, given.scale, given.selection)


def _one_shot_obs(given: Scoring) -> Array:
    """Score by what the removal of each feature alone costs: optimal brain surgeon, once."""
    weights, alpha = given.weights, given.alpha
    if given.curvature is not None:
        weights = curvature_weights(given.curvature.probabilities, given.curvature.weights)
        weights, alpha = np.maximum(weights, TINY), given.curvature.alpha
    return one_shot_obs(
        given.coef,
        given.X,
        weights,
        alpha,
        centred=given.centred,
        fitted=given.fitted,
        selection=given.selection,
    )


def _one_shot_obs_of_moments(given: MomentScoring) -> Array | None:
    rows = given.squares, given.scale, given.alpha
    return one_shot_obs_of_moments(given.coef, *rows, given.selection)


def _oracle(given: Scoring | MomentScoring) -> Any:
    """Score by the true importance, of a group by its sum."""
    shape = given.coef.shape[-1:]
    if given.saliency is None:
        msg = (
            'strategy="oracle" needs the true importance of each feature: '
            f"give an array of shape {shape} as saliency."
        )
        raise ValueError(msg)
    if np.shape(given.saliency) != shape:
        msg = f"saliency has shape {np.shape(given.saliency)}: give an array of shape {shape}."
        raise ValueError(msg)
    if given.selection is None or not given.selection.has_groups:
        return given.saliency
    groups = given.selection.groups
    return np.bincount(groups, weights=given.saliency)[groups]


def _random(given: Scoring | MomentScoring) -> AnyArray:
    """Score by a random order."""
    if given.selection is None:
        scores: AnyArray = given.random_state.permutation(given.coef.shape[-1]) + 1
        return scores
    scores = given.random_state.permutation(given.selection.n_groups) + 1
    return scores[given.selection.groups]


STRATEGIES = {
    "magnitude": Strategy(
        _magnitude,
        reads="coefficients",
        by_norm=True,
        leave_one_out=_magnitude_left_out,
        streams=True,
        theory=True,
    ),
    "hessian": Strategy(
        _hessian,
        reads="moments",
        leave_one_out=_hessian_left_out,
        streams=True,
        theory=True,
        from_moments=_hessian_of_moments,
    ),
    "oracle": Strategy(_oracle, reads="nothing", theory=True),
    "random": Strategy(_random, reads="nothing", streams=True, theory=True, draws=True),
    "obs": Strategy(
        _obs, reads="moments", theory=True, fits_anew=True, from_moments=_obs_of_moments
    ),
    "obs-one-shot": Strategy(
        _one_shot_obs, reads="moments", theory=True, from_moments=_one_shot_obs_of_moments
    ),
}


def names_that(ability: str) -> tuple[str, ...]:
    """Return the names of the strategies that have an ability, such as "streams"."""
    return tuple(name for name, row in STRATEGIES.items() if getattr(row, ability))


def custom_strategy(strategy: Any) -> Strategy:
    """Return what a callable ``(coef, X, y) -> scores`` stands for.

    It sees the arrays of the fit, but cannot change them.

    Raises
    ------
    ValueError
        If it is no callable.
    """
    if not callable(strategy):
        msg = (
            f"strategy is {strategy!r}: give one of {', '.join(map(repr, STRATEGIES))}, "
            "or a callable (coef, X, y) -> scores."
        )
        raise ValueError(msg)
    return Strategy(partial(_call, strategy), by_norm=True)


def _call(strategy: Callable[..., Any], given: Scoring) -> Any:
    return strategy(given.coef.copy(), _read_only(given.X), _read_only(given.y))


def _read_only(array: Any) -> Any:
    if isinstance(array, np.ndarray):
        array = array.view()
        array.flags.writeable = False
    return array


def score_features(strategy: Strategy, given: Scoring) -> Array:
    """Return one score a feature; scores of several outputs are reduced to their norm.

    Raises
    ------
    ValueError
        If the strategy does not give one finite score a feature.
    """
    scores = _checked(strategy.score(given), given.coef.shape[-1])
    return _selected(strategy, scores, given.selection)


def score_moments(strategy: Strategy, given: MomentScoring) -> Array | None:
    """Return the same from moments, or None where digits would be lost."""
    score: Any = strategy.score if strategy.from_moments is None else strategy.from_moments
    scores = score(given)
    if scores is None:
        return None
    return _selected(strategy, _checked(scores, given.coef.shape[-1]), given.selection)


def _selected(strategy: Strategy, scores: Array, selection: Selection | None) -> Array:
    """Return scores of columns as those of their groups, and for their prices."""
    if selection is None or strategy.fits_anew:
        return scores
    if strategy.by_norm:
        scores = selection.norms(scores)
    return selection.per_price(scores)


def _checked(given: Any, n_features: int) -> Array:
    scores = np.asarray(given)
    if scores.dtype.kind not in "buif":
        msg = f"The scores are of dtype {scores.dtype}: give real ones."
        raise ValueError(msg)
    scores = scores.astype(np.float64)
    if scores.ndim == 2:
        largest = float(np.abs(scores).max(initial=0.0)) or 1.0  # its square may overflow
        scores = largest * np.linalg.norm(scores / largest, axis=0)
    if scores.shape != (n_features,):
        msg = f"The scores have shape {scores.shape}: give one for each of {n_features} features."
        raise ValueError(msg)
    if not np.isfinite(scores).all():
        bad = np.flatnonzero(~np.isfinite(scores))
        msg = f"The score of feature {bad[0]} is {scores[bad[0]]}: every score must be finite."
        raise ValueError(msg)
    return scores
