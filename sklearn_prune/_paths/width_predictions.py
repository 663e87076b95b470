"""Predictions of dense and pruned models of nested widths, from shared work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .path_models import predict_paths
from .target_parts import target_parts
from .width_fits import width_fits
from .width_sizes import width_sizes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._pruning.linear_fit import LinearFit
    from sklearn_prune._pruning.recipe import Recipe
    from sklearn_prune._typing import AnyArray, Indices


def predict_widths(
    recipes: Sequence[Sequence[Recipe]],
    estimator: Any,
    data: TrainingData,
    X_test: Any,
    widths: Indices,
    sparsities: Sequence[float],
) -> Iterator[tuple[AnyArray, AnyArray]]:
    """Train at every width, prune to every sparsity, and predict.

    Parameters
    ----------
    recipes : sequence of sequence of Recipe
        What happens to the dense models. Those of an inner sequence differ in the refit
        alone, and share their order.
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

    Yields
    ------
    dense : ndarray of shape (n_test,) or (n_test, n_targets)
        Predictions of the dense model of one width.
    pruned : ndarray of shape (n_recipes, n_sparsities, *dense.shape)
        Those of the pruned models, NaN where more features are to be kept than there are.
    """
    n_recipes = sum(map(len, recipes))
    fits = width_fits(estimator, data, widths)
    for fit, sizes in zip(fits, width_sizes(recipes, sparsities, widths), strict=True):
        dense = fit.predict(X_test[:, : fit.coef.shape[-1]])
        pruned = np.full((n_recipes, len(sparsities), *dense.shape), np.nan)
        possible = sizes > 0
        if possible.any():
            kept, place = np.unique(sizes[possible], return_inverse=True)
            for k, predicted in enumerate(_predict_pruned(recipes, fit, kept, data, X_test)):
                by_size = np.moveaxis(predicted, 1, 0)
                pruned[k, possible] = by_size.reshape(-1, *dense.shape)[place]
        yield dense, pruned


def _predict_pruned(
    recipes: Sequence[Sequence[Recipe]],
    fit: LinearFit,
    sizes: Indices,
    data: TrainingData,
    X_test: Any,
) -> list[AnyArray]:
    """Return predictions of shape (n_test, n_sizes, n_targets), one array a recipe."""
    predictions = []
    for same_order in recipes:
        parts = []
        for own, dense, rows in target_parts(same_order, fit, data):
            order = own[0].restarted().order(dense, rows)
            parts.append(predict_paths(own, dense, order, sizes, rows, X_test))
        predictions += [np.concatenate(targets, axis=2) for targets in zip(*parts, strict=True)]
    return predictions
