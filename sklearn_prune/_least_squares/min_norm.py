"""The minimum-norm least-squares regressor."""

from __future__ import annotations

from numbers import Real

import numpy as np
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from sklearn_prune._checks.arguments import drop_zero_weights

from .design import EPS, as_design
from .solve import min_norm_lstsq


class MinNormRegressor(MultiOutputMixin, RegressorMixin, BaseEstimator):
    r"""Least squares, and of all least-squares solutions the shortest.

    With more samples than features this is ordinary least squares. With fewer,
    infinitely many coefficient vectors interpolate the data, and the one of
    least Euclidean norm is returned: the solution that gradient descent reaches
    from zero, and the limit of ridge regression for a vanishing penalty. It is
    the dense model of the double-descent literature.

    The fit centres X and y (if `fit_intercept`), then solves

    .. math::

        \hat\beta = \lim_{\mu \to 0^+} \arg\min_\beta
            \sum_i w_i (y_i - x_i^\top \beta)^2 + \mu \|\beta\|_2^2
            = (W^{1/2} X)^+ W^{1/2} y,

    which is Equation 2 of [1]_. The intercept is never part of the norm.

    Parameters
    ----------
    fit_intercept : bool, default=True
        Whether to subtract the (weighted) means first and to fit an intercept.
        It costs one degree of freedom: data are interpolated from
        ``n_features >= n_samples - 1`` on.

    tol : float, default=None
        Singular values below `tol` times the largest count as zero. They are
        those of the centred X where that has fewer independent rows than
        columns, and those of its columns scaled to unit norm otherwise, so that
        the units of the features do not decide the rank. ``None`` means
        ``max(n_samples, n_features) * eps`` with the epsilon of float64, to
        which everything is computed, but for float32 data at least
        ``min(n_samples, n_features)`` times theirs.

    copy_X : bool, default=True
        If False, a dense float64 X may be overwritten.

    Attributes
    ----------
    coef_ : ndarray of shape (n_features,) or (n_targets, n_features)
        Coefficients, in the dtype of X.

    intercept_ : float or ndarray of shape (n_targets,)
        Intercept, 0.0 if ``fit_intercept=False``.

    rank_ : int
        Effective rank of the centred X. At most ``n_samples_fit_ - 1`` with an
        intercept.

    n_samples_fit_ : int
        Number of samples of positive weight.

    weight_range_ : tuple of float
        The least and the largest of their weights.

    n_features_in_ : int
        Number of features seen during `fit`.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features seen during `fit`, if X has names that are all
        strings.

    See Also
    --------
    PrunedRegressor : Keeps the few features that matter.
    sklearn.linear_model.LinearRegression : Ordinary least squares.
    sklearn.linear_model.Ridge : Least squares with a penalty on the norm.

    Notes
    -----
    **Numerics.** For a wide X the Gram matrix of the rows is factorised
    (Cholesky) and the solution refined; a centred Gram matrix is singular
    along the weights, where it is lifted first. LAPACK's condition estimate
    decides whether that is safe. From a condition of X of about 3e5 on, the
    singular value decomposition takes over. A tall X is factorised by QR, and its
    rank judged with columns of unit norm. Computations are in double precision
    whatever the dtype of X, with two exceptions: the refinement of small tall
    problems is in extended precision, and the Cholesky factor of 256 or more
    dense rows in single precision, which takes half the time, where the condition
    of X is below a few hundred. Refinement in double precision then finds the same
    digits. A sparse X is never filled, neither by centring nor
    by a factorisation: only Gram matrices of its smaller side are dense, and
    blocks of 32 MB (or square ones, if larger) where these are too ill-conditioned.

    **Weights.** Samples of weight zero are dropped before anything else. If the
    remaining ones can be interpolated, their weights have no influence.

    **Why not** :class:`~sklearn.linear_model.LinearRegression`? It agrees on
    well-conditioned data. But its `tol` of 1e-6 drops every direction whose
    singular value is less than a millionth of the largest: a model with
    condition 1e7 no longer interpolates, and polynomial fits lose all digits.
    ``Ridge(alpha=0)`` is no way out: with an intercept its "svd" solver need not
    give the shortest solution, and its default solver fails where X is singular.
    The example below shows the first.

    References
    ----------
    .. [1] X. Chang, Y. Li, S. Oymak, C. Thrampoulidis, "Provable Benefits of
       Overparameterization in Model Compression: From Double Descent to Pruning
       Neural Networks", AAAI 2021. arXiv:2012.08749

    Examples
    --------
    More features than samples, and the model interpolates:

    >>> import numpy as np
    >>> from sklearn.linear_model import LinearRegression
    >>> from sklearn_prune import MinNormRegressor
    >>> rng = np.random.default_rng(0)
    >>> X = rng.standard_normal((20, 50))
    >>> y = rng.standard_normal(20)
    >>> model = MinNormRegressor().fit(X, y)
    >>> model.rank_
    19
    >>> bool(np.allclose(model.predict(X), y))
    True

    Singular values that span seven orders of magnitude make no difference:

    >>> U, _, Vt = np.linalg.svd(X, full_matrices=False)
    >>> X = U * np.geomspace(1, 1e-7, 20) @ Vt
    >>> for estimator in MinNormRegressor(), LinearRegression():
    ...     residual = y - estimator.fit(X, y).predict(X)
    ...     print(f"{type(estimator).__name__:16} {np.abs(residual).max():.0e}")
    MinNormRegressor ...e-...
    LinearRegression ...e...
    """

    def __init__(self, *, fit_intercept=True, tol=None, copy_X=True):
        self.fit_intercept = fit_intercept
        self.tol = tol
        self.copy_X = copy_X

    def fit(self, X, y, sample_weight=None):
        """Fit the model.

        Parameters
        ----------
        X : {array-like, sparse array or matrix} of shape (n_samples, n_features)
            Training data.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Target values.
        sample_weight : array-like of shape (n_samples,) or float, default=None
            Weights of the samples; one of integer weight k counts as k samples.

        Returns
        -------
        MinNormRegressor
            The fitted estimator.

        Raises
        ------
        ValueError
            If X, y or the weights are not finite or do not fit together, if all
            weights are zero, or if `tol` is negative.
        """
        X, y = validate_data(
            self,
            X,
            y,
            accept_sparse=("csr", "csc"),
            dtype=(np.float64, np.float32),
            y_numeric=True,
            multi_output=True,
        )
        X, y, weights = drop_zero_weights(X, y, sample_weight)
        cutoff = self._cutoff(X)
        share = weights / weights.max()

        targets = y.reshape(len(weights), -1)
        design, X_mean = as_design(X, share, centred=self.fit_intercept, copy=self.copy_X)
        targets, y_mean = as_design(targets, share, centred=self.fit_intercept)
        coef, rank = min_norm_lstsq(design, targets, share, cutoff=cutoff, mean=X_mean)
        intercept = np.zeros(coef.shape[1]) if X_mean is None else y_mean - X_mean @ coef
        return self._set_solution(X, y, weights, coef.T, intercept, rank)

    def _set_solution(self, X, y, weights, coef, intercept, rank):
        """Become the model of coefficients of shape (n_targets, n_features)."""
        self.coef_ = coef.astype(X.dtype).reshape((*y.shape[1:], X.shape[1]))
        self.intercept_ = intercept.astype(X.dtype).reshape(y.shape[1:])[()]
        self.rank_ = rank
        self.n_samples_fit_ = len(weights)
        self.weight_range_ = (float(weights.min()), float(weights.max()))
        self.n_features_in_ = X.shape[1]
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
        X = validate_data(
            self,
            X,
            accept_sparse=("csr", "csc"),
            dtype=(np.float64, np.float32),
            reset=False,
        )
        return X @ self.coef_.T + self.intercept_

    def _cutoff(self, X):
        if self.tol is None:
            return max(max(X.shape) * EPS, min(X.shape) * float(np.finfo(X.dtype).eps))
        if not isinstance(self.tol, Real) or not self.tol >= 0:
            msg = f"tol is {self.tol!r}: give a relative cut-off of at least 0, or None."
            raise ValueError(msg)
        return min(float(self.tol), 1.0)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
