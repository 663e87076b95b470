"""Linear models: only the columns with coefficients are multiplied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import sparse
from sklearn.base import is_classifier, is_regressor

from sklearn_prune._pruning.fitted_coef import goes_by

from .graph import Output

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Indices

    from .wanted_columns import Columns


class Linear(NamedTuple):
    """A linear function of several columns.

    Attributes
    ----------
    coef : ndarray of shape (n_features,) or (n_outputs, n_features)
    intercept : ndarray of shape () or (n_outputs,)
    """

    coef: AnyArray
    intercept: AnyArray


def scores_of(columns: Columns, linear: Linear) -> Output:
    """Return ``X @ coef.T + intercept`` of the columns whose coefficients are not all zero."""
    coef, intercept = linear
    used = nonzero_columns(np.atleast_2d(coef))
    product = columns.graph.add("MatMul", columns.numbers(used), coef[..., used].T)
    return Output(columns.graph.add("Add", product, intercept), coef.shape[:-1])


def nonzero_columns(weights: AnyArray) -> Indices:
    """Return the positions of the columns that are not all zero.

    There is at least one, which tells how many samples there are.
    """
    used = np.flatnonzero(weights.any(axis=0))
    return used if len(used) else np.arange(1)


def linear_regression(model: Any, columns: Columns) -> dict[str, Output]:
    """Return the output of a linear regressor."""
    return {"predict": scores_of(columns, linear_part(model))}


def linear_part(model: Any) -> Linear:
    """Return coefficients and intercepts of a linear model, in the shape of what it predicts."""
    coef, intercept = model.coef_, np.asarray(model.intercept_, dtype=float)
    if sparse.issparse(coef):  # two-dimensional, whatever is predicted
        coef = coef.toarray().reshape(*intercept.shape, -1)
    if is_classifier(model):
        coef, intercept = np.atleast_2d(coef), np.atleast_1d(intercept)
        if len(coef) == 1:
            coef, intercept = coef[0], intercept[0]
    return Linear(coef, intercept)


def check_linear(model: Any) -> None:
    """Raise TypeError if a model is not known to be linear, and does not predict as if it were."""
    is_linear = hasattr(model, "coef_") and hasattr(model, "intercept_")
    if is_linear and (is_regressor(model) or hasattr(model, "decision_function")):
        coef, intercept = linear_part(model)
        few = np.random.default_rng(0).standard_normal((8, coef.shape[-1]))
        predict = model.decision_function if is_classifier(model) else model.predict
        is_linear = goes_by(coef, intercept, predict, few)
    if not is_linear:
        msg = f"{type(model).__name__} is no linear model: to_onnx knows no other ones."
        raise TypeError(msg)
