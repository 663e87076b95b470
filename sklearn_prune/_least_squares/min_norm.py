"""The minimum-norm least-squares regressor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.callback import CallbackSupportMixin, with_callbacks
from sklearn.utils.validation import check_is_fitted

from sklearn_prune._batches.mapped_rows import is_mapped
from sklearn_prune._batches.sources import is_source
from sklearn_prune._checks.documentation_link import DocumentationLink
from sklearn_prune._checks.progress import fit_progress
from sklearn_prune._checks.training_data import check_samples, check_training_data

from .design import Problem, is_dense, rank_cutoff
from .row_stream import continue_stream
from .solve import EXTENDED_SIZE, WEIGHT_SPAN, min_norm_lstsq
from .source_rows import fit_source
from .tall import tall_lstsq

if TYPE_CHECKING:
    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._typing import Array

    from .compressed_rows import CompressedRows

    Solution = tuple[Array, Array, int]


class MinNormRegressor(
    CallbackSupportMixin, DocumentationLink, MultiOutputMixin, RegressorMixin, BaseEstimator
):
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
    decides whether that is safe. From a condition of X of about 3e5 on, a QR
    factorisation of the rows takes over, after a reflection that takes out the
    null direction. Where a singular value comes near the cut-off, those of its
    triangular factor decide the rank. Of a tall X with more than 262,144 entries the
    means and second moments are summed over blocks of rows, each about its own means,
    and the solution of the normal equations is refined with residuals in one or two
    further passes, so that X is not copied. Where that does not converge, from a
    condition of about 3e6 on, and for smaller X, or weights that differ by a factor of
    more than a million, X is factorised by QR. The rank of a tall X is judged with
    columns of unit norm.

    Computations are in double precision whatever the dtype of X, with two
    exceptions: the refinement of small tall problems is in extended precision, and
    the Cholesky factor of 256 or more dense rows in single precision, which takes
    half the time, where the condition of X is below a few hundred. Refinement in
    double precision then finds the same digits. A sparse X is never filled, neither
    by centring nor by a factorisation: only Gram matrices of its smaller side are
    dense, and blocks of 32 MB (or square ones, if larger) where these are too
    ill-conditioned.

    **Weights.** Samples of weight zero are dropped before anything else. If the
    remaining ones can be interpolated, their weights have no influence.

    **Why not** :class:`~sklearn.linear_model.LinearRegression`? It agrees on
    well-conditioned data. But its `tol` of 1e-6 drops every direction whose
    singular value is less than a millionth of the largest: a model with
    condition 1e7 no longer interpolates, polynomial fits lose all digits, and a
    column in units that make it a millionth of another counts for nothing.
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

    @with_callbacks
    def fit(self, X, y=None, sample_weight=None):
        """Fit the model.

        Parameters
        ----------
        X : {array-like, sparse array or matrix} of shape (n_samples, n_features), \
                dask array or data frame, or RowBatches
            Training data. With dask, y and the weights are dask arrays or series, too;
            `RowBatches` hold them themselves.
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
        if type(X) is not np.ndarray and (is_source(X) or (is_mapped(X) and y is not None)):
            _check_switches(self)
            return fit_source(self, X, y, sample_weight, fit_compressed)
        with fit_progress(self, 0, X, y, sample_weight):
            fit_min_norm(self, check_training_data(self, X, y, sample_weight))
        self.__dict__.pop("_rows", None)  # of a stream, which ends
        return self

    def partial_fit(self, X, y, sample_weight=None):
        """Fit the model to all batches so far.

        The result is that of `fit` to all their rows, after every batch. What is kept of the
        rows is a triangular factor: memory of ``(n_features + n_targets)**2`` numbers, however
        many rows there were, which stays with the model. `fit` ends a stream, and what it was
        given is no part of the next one.

        Parameters
        ----------
        X : {array-like, sparse array or matrix} of shape (n_samples, n_features)
            A batch of training data, of one sample or more.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Target values.
        sample_weight : array-like of shape (n_samples,) or float, default=None
            Weights of the samples.

        Returns
        -------
        MinNormRegressor
            The fitted estimator.

        Raises
        ------
        ValueError
            As `fit`, and if the batch has other features or targets than those before. The
            model is then as it was before.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn_prune import MinNormRegressor
        >>> rng = np.random.default_rng(0)
        >>> model = MinNormRegressor()
        >>> for _ in range(10):
        ...     X = rng.standard_normal((100, 3))
        ...     model = model.partial_fit(X, X @ [1, 2, 3] + 4)
        >>> model.coef_.round(6), model.n_samples_fit_
        (array([1., 2., 3.]), 1000)
        """
        return continue_stream(self, X, y, sample_weight, fit_compressed)

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


def fit_min_norm(
    model: MinNormRegressor, data: TrainingData, solution: Solution | None = None
) -> MinNormRegressor:
    """Fit a model to checked data.

    Parameters
    ----------
    model : MinNormRegressor
    data : TrainingData
    solution : tuple of ndarray and int, optional
        Coefficients (n_targets, n_features), intercepts (n_targets,) and the rank, where
        they are known already.
    """
    X, weights = data.X, data.weights
    _check_switches(model)
    coef, intercept, rank = _solve(model, data) if solution is None else solution
    shape = data.y.shape[1:]
    model.coef_ = coef.astype(X.dtype, order="C").reshape((*shape, X.shape[1]))
    model.intercept_ = intercept.astype(X.dtype).reshape(shape)[()]
    model.rank_ = rank
    model.n_samples_fit_ = len(weights)
    model.weight_range_ = (float(weights.min()), float(weights.max()))
    model.n_features_in_ = X.shape[1]
    return model


def fit_compressed(model: MinNormRegressor, rows: CompressedRows) -> None:
    """Fit a model to rows that stand for many."""
    _check_switches(model)
    data, origin, y_origin = rows.data(centred=bool(model.fit_intercept))
    problem = Problem.of(data.X, data.y, data.weights, centred=bool(model.fit_intercept))
    coef, rank = min_norm_lstsq(problem, cutoff=rows.rank_cutoff(model.tol))
    intercept = problem.intercept(coef.T) + y_origin - coef.T @ origin
    fit_min_norm(model, data, (coef.T, intercept, rank))
    rows.describe(model)


def _solve(model: MinNormRegressor, data: TrainingData) -> Solution:
    """Return coefficients, intercepts and the rank."""
    X, y, share = data.X, data.y, data.weights / data.weights.max()
    cutoff, centred = rank_cutoff(X, model.tol), bool(model.fit_intercept)
    is_tall = is_dense(X) and X.size > EXTENDED_SIZE and len(y) - centred >= X.shape[1]
    solution = None
    if is_tall and share.min() * WEIGHT_SPAN >= 1:
        solution = tall_lstsq(X, y, share, centred=centred, cutoff=cutoff)
    if solution is not None:
        return solution
    problem = Problem.of(X, y, share, centred=centred, copy=model.copy_X)
    coef, rank = min_norm_lstsq(problem, cutoff=cutoff)
    return coef.T, problem.intercept(coef.T), rank


def _check_switches(model: MinNormRegressor) -> None:
    for name in ("fit_intercept", "copy_X"):
        value = getattr(model, name)
        if not isinstance(value, bool | np.bool_):
            msg = f"{name} is {value!r}: give True or False."
            raise ValueError(msg)
