"""Retraining: with what, and on what, the kept features are refitted."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from sklearn.frozen import FrozenEstimator
from sklearn.utils import check_array

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray

    from .linear_fit import LinearFit


def is_distillation(retrain: Any) -> bool:
    """Return whether the parameter `retrain` asks for distillation."""
    return isinstance(retrain, str) and retrain == "distill"


def resolve_retrain(retrain: Any, dense: Any, n_rounds: int) -> Any:
    """Return the estimator that a parameter `retrain` stands for, None if False.

    Raises
    ------
    ValueError
        If it is something else, or a frozen estimator would have to be refitted.
    """
    if isinstance(retrain, bool | np.bool_):
        refit = dense if retrain else None
    elif is_distillation(retrain):
        refit = dense
    elif hasattr(retrain, "fit") and not isinstance(retrain, type):
        refit = retrain
    else:
        msg = f'retrain is {retrain!r}: give True, False, "distill", or a regressor to refit with.'
        raise ValueError(msg)
    if isinstance(refit, FrozenEstimator) or (n_rounds > 1 and isinstance(dense, FrozenEstimator)):
        msg = (
            "A FrozenEstimator cannot be refitted to the kept features: give n_rounds=1, and "
            "retrain=False or another estimator such as retrain=RidgeCV()."
        )
        raise ValueError(msg)
    return refit


def check_unlabeled(X_unlabeled: Any, X: Any) -> Any:
    """Return the validated unlabelled samples for distillation.

    Raises
    ------
    ValueError
        If there are none, or they are not finite or not as wide as X.
    """
    if X_unlabeled is None:
        msg = (
            'retrain="distill" needs unlabelled samples: pass X_unlabeled to fit. On the '
            "training samples alone it would equal retrain=True; if there are no others, "
            "a ridge refit, retrain=RidgeCV(), is the better choice."
        )
        raise ValueError(msg)
    X_unlabeled = check_array(
        X_unlabeled, accept_sparse=("csr", "csc"), dtype=X.dtype, input_name="X_unlabeled"
    )
    if X_unlabeled.shape[1] != X.shape[1]:
        msg = f"X_unlabeled has {X_unlabeled.shape[1]} features, but X has {X.shape[1]}."
        raise ValueError(msg)
    if X_unlabeled.shape[0] == X.shape[0]:
        warnings.warn(
            f"X_unlabeled has as many rows as X, {X.shape[0]}. If this fit is part of a "
            "cross-validation, scikit-learn has cut it into folds along with X: add or drop "
            "a row to have all of it in every fold.",
            UserWarning,
            stacklevel=3,
        )
    return X_unlabeled


def distillation_data(
    dense: LinearFit, X: Any, X_unlabeled: Any, sample_weight: AnyArray | None
) -> tuple[Any, AnyArray, AnyArray | None]:
    """Stack labelled and unlabelled samples, with the dense predictions as targets.

    Unlabelled samples have weight one.
    """
    stack = sparse.vstack if sparse.issparse(X) or sparse.issparse(X_unlabeled) else np.vstack
    X = stack([X, X_unlabeled])
    if sparse.issparse(X):
        X = X.tocsr()
    if sample_weight is not None:
        sample_weight = np.append(sample_weight, np.ones(X_unlabeled.shape[0]))
    return X, dense.predict(X), sample_weight
