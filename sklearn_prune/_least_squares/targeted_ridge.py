"""Ridge regression that shrinks to given coefficients in place of zero."""

from __future__ import annotations

from dataclasses import replace
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.callback import CallbackSupportMixin, with_callbacks
from sklearn.linear_model import Ridge
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted

from sklearn_prune._checks.arguments import check_bool
from sklearn_prune._checks.documentation_link import DocumentationLink
from sklearn_prune._checks.progress import fit_progress
from sklearn_prune._checks.training_data import check_samples, check_training_data

from .design import is_dense
from .min_norm import MinNormRegressor, fit_min_norm
from .tiny_penalty import is_tiny

if TYPE_CHECKING:
    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._typing import Array


class TargetedRidge(
    DocumentationLink, CallbackSupportMixin, MultiOutputMixin, RegressorMixin, BaseEstimator
):
    r"""Ridge regression that shrinks to given coefficients in place of zero.

    With the target :math:`\beta_0`, the `coef_init` of `fit`, it minimises [1]_

    .. math::

        \sum_i w_i (y_i - x_i^\top \beta)^2 + \alpha \|\beta - \beta_0\|_2^2 .

    As the refit of a pruned model, ``retrain=TargetedRidge(alpha=20)``, it gets the
    coefficients that the kept features have in the fit that was pruned, and lies between
    ``retrain=False``, which is the limit :math:`\alpha\to\infty`, and a refit by least squares,
    for :math:`\alpha = 0`.

    Parameters
    ----------
    alpha : float, default=1.0
        Penalty, at least 0. With 0 it is the least-squares solution that is nearest to the
        target.

    fit_intercept : bool, default=True
        Whether to fit an intercept, which is not penalised.

    Attributes
    ----------
    coef_ : ndarray of shape (n_features,) or (n_targets, n_features)
        Coefficients.

    intercept_ : float or ndarray of shape (n_targets,)
        Intercept, 0.0 if none is fitted.

    n_features_in_ : int
        Number of features seen during `fit`.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features seen during `fit`, if X has names that are all strings.

    See Also
    --------
    PrunedRegressor : Gives it the coefficients of the dense fit.
    sklearn.linear_model.Ridge : Shrinks to zero.

    References
    ----------
    .. [1] W. N. van Wieringen, "Lecture notes on ridge regression", arXiv:1509.09169, where
       it is the targeted ridge estimator.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_prune import TargetedRidge
    >>> X, y = np.array([[1.0], [2.0], [3.0]]), np.array([2.0, 4.0, 6.0])
    >>> for alpha in 0.0, 2.0, 1e6:
    ...     print(TargetedRidge(alpha).fit(X, y, coef_init=[1.0]).coef_.round(3))
    [2.]
    [1.5]
    [1.]
    """

    def __init__(self, alpha=1.0, *, fit_intercept=True):
        self.alpha = alpha
        self.fit_intercept = fit_intercept

    @with_callbacks
    def fit(self, X, y, sample_weight=None, coef_init=None):
        """Fit the model.

        Parameters
        ----------
        X : {array-like, sparse array or matrix} of shape (n_samples, n_features)
            Training data.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Target values.
        sample_weight : array-like of shape (n_samples,) or float, default=None
            Weights of the samples.
        coef_init : array-like of shape (n_features,) or (n_targets, n_features), default=None
            Coefficients to shrink to; zero if None.

        Returns
        -------
        TargetedRidge
            The fitted estimator.

        Raises
        ------
        ValueError
            If a parameter is out of its range, or the data are not finite or do not fit
            together.
        """
        alpha = _check_alpha(self.alpha)
        fit_intercept = check_bool(self.fit_intercept, "fit_intercept")
        with fit_progress(self, 0, X, y, sample_weight):
            data = check_training_data(self, X, y, sample_weight)
            start = _check_start(coef_init, (*data.y.shape[1:], data.X.shape[1]))
            X, y = data.X.astype(np.float64), data.y.astype(np.float64)
            step = _fit_ridge(alpha, fit_intercept, replace(data, X=X, y=y - X @ start.T))
            self.coef_ = (start + step.coef_.reshape(start.shape)).astype(data.X.dtype)
            self.intercept_ = np.asarray(step.intercept_, dtype=data.X.dtype)
            self.intercept_ = np.broadcast_to(self.intercept_, data.y.shape[1:]).copy()[()]
        return self

    def predict(self, X):
        """Predict with the linear model.

        Parameters
        ----------
        X : {array-like, sparse array or matrix} of shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_targets)
            Predictions ``X @ coef_.T + intercept_``.
        """
        check_is_fitted(self)
        return check_samples(self, X) @ self.coef_.T + self.intercept_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def _check_alpha(alpha: Any) -> float:
    """Return the penalty.

    Raises
    ------
    ValueError
        If it is no number of at least 0.
    """
    is_number = isinstance(alpha, Real) and not isinstance(alpha, bool | np.bool_)
    if not is_number or not 0 <= float(alpha) < np.inf:
        raise ValueError(f"alpha is {alpha!r}: give a finite number of at least 0.")
    return float(alpha)


def _check_start(coef_init: Any, shape: tuple[int, ...]) -> Array:
    """Return the coefficients to shrink to.

    Raises
    ------
    ValueError
        If they are not finite, or not as many as there are features and targets.
    """
    if coef_init is None:
        return np.zeros(shape)
    start: Array = check_array(coef_init, ensure_2d=False, dtype=np.float64, input_name="coef_init")
    if start.shape != shape:
        msg = f"coef_init has shape {start.shape}, but X and y ask for {shape}: give one of it."
        raise ValueError(msg)
    return start


def _fit_ridge(alpha: float, fit_intercept: bool, data: TrainingData) -> Any:
    """Return a fitted ridge, without penalty that of least norm."""
    if alpha == 0:
        return fit_min_norm(MinNormRegressor(fit_intercept=fit_intercept), data)
    solver = "svd" if is_dense(data.X) and is_tiny(alpha, data) else "auto"
    model = Ridge(alpha, fit_intercept=fit_intercept, solver=solver, tol=1e-12)
    return model.fit(data.X, data.y, data.sample_weight)
