"""Predictions of dense and pruned models of nested widths, from shared work."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.base import clone
from sklearn.utils import check_random_state

from sklearn_prune._checks.arguments import check_n_keep
from sklearn_prune._pruning.linear_fit import has_intercept
from sklearn_prune._pruning.ranking import rank_features
from sklearn_prune._pruning.strategies import resolve_strategy, score_features

from .path_models import masked_piece, refitted_pieces
from .width_fits import nested_widths

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._pruning.linear_fit import LinearFit
    from sklearn_prune._typing import AnyArray, Indices


class Pruning(NamedTuple):
    """How a dense model comes down to few features.

    Attributes
    ----------
    strategy : str or callable
        As in `PrunedRegressor`.
    refit : regressor or None
        What is fitted to the kept features; with None they keep their coefficients.
    saliency : array-like of shape (n_features,) or None
        As in `PrunedRegressor`, for the largest width.
    random_state : int, RandomState instance or None
        Seed of the strategy "random". Each width has a copy of it.
    """

    strategy: Any
    refit: Any
    saliency: Any = None
    random_state: Any = None


def predict_widths(
    estimator: Any,
    data: TrainingData,
    X_test: Any,
    widths: Indices,
    sparsities: Sequence[float],
    prunings: Sequence[Pruning],
) -> Iterator[tuple[AnyArray, AnyArray]]:
    """Train at every width, prune to every sparsity, and predict.

    Parameters
    ----------
    estimator : regressor
        The dense model.
    data : TrainingData
        What is fitted: the model of width w has the first w columns.
    X_test : {ndarray, sparse array or matrix} of shape (n_test, n_features)
        What is predicted.
    widths : ndarray of shape (n_widths,)
        Numbers of columns w, increasing.
    sparsities : sequence of int or float
        Numbers, or fractions, of features to keep.
    prunings : sequence of Pruning
        Neighbours of the same strategy share its scores.

    Yields
    ------
    dense : ndarray of shape (n_test,) or (n_test, n_targets)
        Predictions of the dense model of one width.
    pruned : ndarray of shape (n_prunings, n_sparsities, *dense.shape)
        Those of the pruned models, NaN where more features are to be kept than there are.
    """
    for fit in nested_widths(estimator, data, widths):
        width = fit.coef.shape[-1]
        part, test = data._replace(X=data.X[:, :width]), X_test[:, :width]
        dense = fit.predict(test)
        pruned = np.full((len(prunings), len(sparsities), *dense.shape), np.nan)
        kept = [k for k, s in enumerate(sparsities) if s <= width]
        if kept:
            counts = [check_n_keep(sparsities[k], width) for k in kept]
            sizes, place = np.unique(counts, return_inverse=True)
            for k, predicted in enumerate(_predict_pruned(fit, part, test, sizes, prunings)):
                pruned[k, kept] = predicted.reshape(-1, *dense.shape)[place]
        yield dense, pruned


def _predict_pruned(
    fit: LinearFit, data: TrainingData, X_test: Any, sizes: Indices, prunings: Sequence[Pruning]
) -> Iterator[AnyArray]:
    """Yield predictions of shape (n_sizes, n_test, n_targets), one array a pruning."""
    _, y, weights, sample_weight, _ = data
    for _, group in groupby(prunings, key=attrgetter("strategy")):
        same_strategy = list(group)
        best = _order(same_strategy[0], fit, data)[: sizes[-1]]
        columns = np.sort(best)
        order = np.searchsorted(columns, best)
        X, test = data.X[:, columns], X_test[:, columns]
        for pruning in same_strategy:
            if pruning.refit is None:
                kept = fit._replace(coef=fit.coef[..., columns])
                pieces = [masked_piece(kept, order, sizes, X, y, weights)]
            else:
                samples = X, y, sample_weight
                pieces = list(refitted_pieces(pruning.refit, order, sizes, samples, weights))
            predicted = np.concatenate([piece.predict(test) for piece in pieces], axis=1)
            yield np.moveaxis(predicted, 0, 1)


def _order(pruning: Pruning, fit: LinearFit, data: TrainingData) -> Indices:
    """Return the features of a dense fit from best to worst."""
    strategy, _, saliency, random_state = pruning
    seed = None
    if isinstance(strategy, str) and strategy == "random":
        seed = clone(random_state, safe=False)
    scorer = resolve_strategy(
        strategy,
        weights=data.weights,
        centred=has_intercept(fit.model),
        saliency=None if saliency is None else saliency[: data.X.shape[1]],
        random_state=check_random_state(seed),
    )
    return rank_features(score_features(scorer, fit.coef, data.X, data.y))
