"""What `PrunedRegressor` may assume of the linear regressors inside it."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import sparse
from sklearn.base import clone, is_classifier
from sklearn.frozen import FrozenEstimator
from sklearn.utils.validation import has_fit_parameter

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray


class LinearFit(NamedTuple):
    """A fitted linear regressor and its coefficients for all columns of X.

    Parameters
    ----------
    model : estimator or None
        Fitted to some columns of X; None if nothing was fitted.
    coef : ndarray of shape (n_features,) or (n_targets, n_features)
        Zero for the other columns.
    intercept : ndarray of shape () or (n_targets,)
    """

    model: Any
    coef: AnyArray
    intercept: AnyArray

    def predict(self, X: Any) -> AnyArray:
        """Return ``X @ coef.T + intercept``."""
        return X @ self.coef.T + self.intercept

    def masked(self, support: AnyArray, X: Any, y: AnyArray, weights: AnyArray) -> LinearFit:
        """Return the fit without the columns outside the support, its means put right."""
        coef, intercept = np.where(support, self.coef, 0), self.intercept
        if has_intercept(self.model):
            share = weights / weights.sum()
            intercept = share @ y - (share @ X) @ coef.T
        return LinearFit(None, coef, intercept)


def fit_clone(estimator: Any, X: Any, y: AnyArray, sample_weight: AnyArray | None) -> Any:
    """Fit a clone of a regressor, with the weights if there are any.

    Raises
    ------
    ValueError
        If the estimator is none or a classifier, or there are weights and its
        `fit` takes none.
    """
    name = type(estimator).__name__
    if not hasattr(estimator, "fit") or isinstance(estimator, type):
        msg = f"estimator is {estimator!r}: give a linear regressor."
        raise ValueError(msg)
    if is_classifier(estimator):
        msg = f"{name} is a classifier: give a linear regressor."
        raise ValueError(msg)
    model = clone(estimator)
    if sample_weight is None or isinstance(model, FrozenEstimator):
        return model.fit(X, y)
    if not has_fit_parameter(model, "sample_weight"):
        msg = f"{name}.fit takes no sample_weight: fit without weights, or use another estimator."
        raise ValueError(msg)
    return model.fit(X, y, sample_weight=sample_weight)


def check_frozen_names(estimator: Any, names: AnyArray | None) -> None:
    """Raise ValueError if a frozen model was fitted to features of other names, or order."""
    fitted = getattr(estimator, "feature_names_in_", None)
    if not isinstance(estimator, FrozenEstimator) or fitted is None or names is None:
        return
    if not np.array_equal(fitted, names):
        msg = (
            f"The feature names of X should match those of the FrozenEstimator: it was fitted "
            f"to {list(fitted)}, and X has {list(names)}."
        )
        raise ValueError(msg)


def linear_part(model: Any, X: Any, y: AnyArray) -> tuple[AnyArray, AnyArray]:
    """Return the coefficients and the intercept of a fitted linear regressor.

    Parameters
    ----------
    model : estimator
        Fitted regressor.
    X : {ndarray, sparse array or matrix} of shape (n_samples, n_features)
        The data on which its linearity is checked.
    y : ndarray of shape (n_samples,) or (n_samples, n_targets)
        Target values, which decide the shape of what is returned.

    Returns
    -------
    coef : ndarray of shape (n_features,) or (n_targets, n_features)
    intercept : ndarray of shape () or (n_targets,)

    Raises
    ------
    ValueError
        If the model has no `coef_`, one of another shape, or predicts something
        else than ``X @ coef_.T + intercept_``.
    """
    name = type(model).__name__
    if not hasattr(model, "coef_"):
        msg = f"{name} has no coef_ after fit: give a linear regressor."
        raise ValueError(msg)
    coef = model.coef_.toarray() if sparse.issparse(model.coef_) else np.asarray(model.coef_)
    shape = (*y.shape[1:], X.shape[1])
    if coef.size != np.prod(shape):
        msg = f"coef_ of {name} has shape {coef.shape}, but X and y ask for {shape}."
        raise ValueError(msg)
    coef = coef.reshape(shape)
    intercept = np.broadcast_to(np.squeeze(getattr(model, "intercept_", 0.0)), y.shape[1:])

    few = X[:8]
    linear = few @ coef.T + intercept
    with warnings.catch_warnings():
        # A frozen model may know feature names, which X has lost by now.
        warnings.simplefilter("ignore", UserWarning)
        predicted = np.reshape(model.predict(few), linear.shape)
    size = np.abs(few).max() * np.abs(coef).sum(axis=-1).max() + np.abs(intercept).max()
    if np.abs(predicted - linear).max() > 1e-4 * size:
        msg = (
            f"{name} does not predict X @ coef_.T + intercept_, which pruning takes for granted: "
            "give a regressor without link function or inner scaling."
        )
        raise ValueError(msg)
    return coef, intercept


def fit_columns(
    estimator: Any, X: Any, y: AnyArray, sample_weight: AnyArray | None, support: AnyArray
) -> LinearFit:
    """Fit a clone of a regressor to the columns of X in the support."""
    part = X if support.all() else X[:, support]
    if part is X and not getattr(estimator, "copy_X", True):
        part = X.copy()  # it would be overwritten, and is needed for scores and refits
    model = fit_clone(estimator, part, y, sample_weight)
    coef = np.zeros((*y.shape[1:], X.shape[1]), dtype=X.dtype)
    coef[..., support], intercept = linear_part(model, part, y)
    return LinearFit(model, coef, intercept.astype(X.dtype))


def has_intercept(model: Any) -> bool:
    """Return whether a fitted linear regressor has an intercept."""
    fit_intercept = getattr(model, "fit_intercept", None)
    if fit_intercept is None:
        return bool(np.any(getattr(model, "intercept_", 0.0)))
    return bool(fit_intercept)
