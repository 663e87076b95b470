"""The pruned model at every sparsity, from one dense fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from sklearn_prune._checks.arguments import check_n_rounds, check_sparsities, round_sizes
from sklearn_prune._checks.training_data import check_samples, check_training_data
from sklearn_prune._least_squares.min_norm import MinNormRegressor
from sklearn_prune._pruning.linear_fit import fit_columns
from sklearn_prune._pruning.ranking import Order
from sklearn_prune._pruning.recipe import Recipe

from .path_models import path_models, single_model
from .summed_rows import SummedRows

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Indices

# All sparsities are computed without being asked for if they take no more: an index and a
# coefficient for every feature that is kept.
MOST_BYTES = 2**31


@dataclass(frozen=True, eq=False)
class PruningPath:
    """Pruned models of increasing sparsity, as `pruning_path` returns them.

    Attributes
    ----------
    sparsities : ndarray of shape (n_sparsities,)
        Numbers of features kept s, increasing.
    order : ndarray of shape (n_features,) or None
        Features from best to worst: the support of the model of s features is
        ``order[:s]``. None after several rounds, whose supports are not nested.
    coefs : csr_array of shape (n_sparsities, n_features) or \
            (n_sparsities * n_targets, n_features)
        Coefficients. What is stored is the support, even where a coefficient is zero.
        With several targets, the rows of one sparsity follow each other.
    intercepts : ndarray of shape (n_sparsities,) or (n_sparsities, n_targets)
        Intercepts.
    train_mse : ndarray of shape (n_sparsities,) or (n_sparsities, n_targets)
        Weighted mean of the squared residuals on the training data.
    feature_names_in_ : ndarray of shape (n_features,) or None
        Names of the features, if X had names that are all strings.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn_prune import pruning_path
    >>> X, y = load_diabetes(return_X_y=True)
    >>> path = pruning_path(X, y, sparsities=[2, 5])
    >>> path.support(1)
    array([2, 3, 4, 5, 8])
    >>> path.predict(X).shape
    (442, 2)
    """

    sparsities: Indices
    order: Indices | None
    coefs: Any
    intercepts: AnyArray
    train_mse: AnyArray
    feature_names_in_: Any = None

    def support(self, k):
        """Return the features that the k-th model keeps, in increasing order.

        Parameters
        ----------
        k : int
            Position in `sparsities`.

        Returns
        -------
        ndarray of shape (sparsities[k],)
            Indices of features.
        """
        return np.sort(self._rows(k)[:1].indices)

    def coef(self, k):
        """Return the coefficients of the k-th model, as `PrunedRegressor.coef_` has them.

        Parameters
        ----------
        k : int
            Position in `sparsities`.

        Returns
        -------
        ndarray of shape (n_features,) or (n_targets, n_features)
            Coefficients, zero outside the support.
        """
        rows = self._rows(k).toarray()
        return rows if self.intercepts.ndim == 2 else rows[0]

    def predict(self, X):
        """Predict with every model.

        Parameters
        ----------
        X : {array-like, sparse array or matrix} of shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray of shape (n_samples, n_sparsities) or (n_samples, n_sparsities, n_targets)
            Predictions.
        """
        X = check_samples(self, X)
        used = np.unique(self.coefs.indices)
        linear = X[:, used] @ self.coefs[:, used].toarray().T
        return linear.reshape(len(linear), *self.intercepts.shape) + self.intercepts

    @property
    def n_features_in_(self):
        """Number of features of X."""
        return self.coefs.shape[1]

    def _rows(self, k):
        n_targets = self.intercepts[0].size
        k = range(len(self.sparsities))[k]
        return self.coefs[k * n_targets : (k + 1) * n_targets]


def pruning_path(
    X,
    y,
    *,
    strategy="magnitude",
    retrain=True,
    sparsities=None,
    estimator=None,
    saliency=None,
    n_rounds=1,
    sample_weight=None,
    X_unlabeled=None,
    random_state=None,
):
    r"""Fit, prune and retrain at every sparsity, at the price of a few dense fits.

    The models are those of :class:`PrunedRegressor` at each sparsity, to rounding. But
    the dense model is fitted once, and since the supports are nested, one QR
    factorisation :math:`X_{\pi} = QR` of the features in their order :math:`\pi` holds
    the retrained model of every sparsity s,

    .. math:: \hat\beta_s = R_{ss}^{-1} (Q^\top y)_s = \sum_{j \le s} (Q^\top y)_j \,
        R^{-1} e_j,

    where :math:`R_{ss}` is the leading block of R: a cumulative sum along the columns of
    one triangular inverse. After a ridge fit the same holds with a Cholesky factor of
    :math:`X_{\pi}^\top X_{\pi} + \alpha I`.

    Parameters
    ----------
    X : {array-like, sparse array or matrix} of shape (n_samples, n_features)
        Training data.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Target values.
    strategy, retrain, estimator, saliency, n_rounds, random_state : object
        As in :class:`PrunedRegressor`.
    sparsities : sequence of int or float, default=None
        Numbers, or fractions, of features to keep, in any order. None stands for all
        numbers from 1 up: to the rank of the data less one if the kept features are
        retrained, with which they begin to interpolate, else to n_features. For a model
        without `rank_` it is the rank that the data can have at most.
    sample_weight : array-like of shape (n_samples,) or float, default=None
        Weights of the samples.
    X_unlabeled : {array-like, sparse matrix} of shape (n_unlabeled, n_features), default=None
        Further samples for ``retrain="distill"``.

    Returns
    -------
    PruningPath
        The models, in the order of increasing sparsity.

    Raises
    ------
    ValueError
        As `PrunedRegressor.fit`, and if `sparsities` is empty, or is None where the models
        of all of them would take more than 2 GiB.

    See Also
    --------
    PrunedRegressor : The model at one sparsity.
    PrunedRegressorCV : Chooses the sparsity by cross-validation over the path.
    sklearn.linear_model.lars_path : Adds features one by one instead.

    Notes
    -----
    With n samples and m the largest sparsity, retraining costs
    :math:`2nm^2 + m^3/3` operations for all sparsities together (n includes the
    unlabelled samples of a distillation). With many more samples than features p, one pass
    over them, :math:`n p^2` operations, serves the dense fit, the refits and their errors,
    unless columns are (nearly) dependent. Refits by `MinNormRegressor` and by `Ridge`
    share their factor. Fitted one by one are those by other estimators; those whose
    columns are dependent, or nearly so, as are all of more columns than samples without
    a ridge; and those of several rounds, whose supports are not nested.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import make_regression
    >>> from sklearn_prune import PrunedRegressor, pruning_path
    >>> X, y = make_regression(n_samples=80, n_features=100, noise=5, random_state=1)
    >>> path = pruning_path(X, y)
    >>> path.sparsities
    array([ 1,  2,  3, ..., 76, 77, 78])
    >>> model = PrunedRegressor(sparsity=20).fit(X, y)
    >>> bool(np.allclose(path.coef(19), model.coef_))
    True
    """
    recipe = Recipe.of(
        strategy,
        retrain,
        estimator,
        saliency=saliency,
        n_rounds=n_rounds,
        random_state=random_state,
    )
    data = check_training_data(None, X, y, sample_weight, X_unlabeled, distill=recipe.distill)
    is_tall = data.is_tall(data.X.shape[1])
    check_n_rounds(n_rounds)
    summed = SummedRows.of(data, recipe) if is_tall and n_rounds == 1 else None
    dense = _dense_fit(recipe.estimator, data, summed)
    sizes = _path_sizes(sparsities, dense, data, retrained=recipe.refit is not None)
    if n_rounds == 1:
        return _one_round(recipe, dense, sizes, data, summed)
    n_features = data.X.shape[1]
    rounds = (round_sizes(n_features, int(size), n_rounds) for size in sizes)
    pruned = (recipe.prune(dense, data, sizes) for sizes in rounds)
    models = [single_model(fit, support) for support, _, fit in pruned]
    return _assemble(models, sizes, None, data)


def _dense_fit(estimator, data, summed):
    """Return the fit to all features, from the moments of the rows if they are known."""
    dense = None
    if summed is not None and type(estimator) is MinNormRegressor:
        dense = summed.dense(estimator)
    return fit_columns(estimator, data) if dense is None else dense


def _one_round(recipe, dense, sizes, data, summed):
    """Return the path of nested supports, from the moments of the rows where they tell."""
    scores = None if summed is None else summed.scores(recipe, dense)
    order = recipe.order(dense, data) if scores is None else Order.by_score(scores)
    known = None if scores is None else summed.path(recipe, dense, order, sizes)
    if known is not None:
        models, errors = known
        return _assemble([models], sizes, order.columns, data, errors)
    models = path_models(recipe, dense, order, sizes, recipe.refit_data(dense, data))
    return _assemble(models, sizes, order.columns, data)


def _path_sizes(sparsities, dense, data, *, retrained):
    """Return the numbers of features kept along a path, increasing."""
    n_samples, n_features = data.X.shape
    if sparsities is None:
        rank = getattr(dense.model, "rank_", min(n_samples - dense.centred, n_features))
        largest = max(1, rank - 1) if retrained else n_features
        size = 12 * data.y[0].size * largest * (largest + 1) // 2
        if size > MOST_BYTES:
            msg = (
                f"The models of all sparsities up to {largest} take {size / 1e9:.1f} GB: name "
                "those that you want as sparsities."
            )
            raise ValueError(msg)
        return np.arange(1, largest + 1)
    return check_sparsities(sparsities, n_features)


def _assemble(models, sizes, order, data, errors=None):
    """Put the models of a path together, with their errors if they are known."""
    X, y = data.X, data.y
    shape = (len(sizes), *y.shape[1:])
    coefs = sparse.vstack([piece.to_csr(X.shape[1]) for piece in models], format="csr")
    intercepts = np.concatenate([piece.intercept for piece in models])
    if errors is None:
        errors = np.concatenate([piece.squared_errors(data) for piece in models])
    return PruningPath(
        sparsities=sizes,
        order=order,
        coefs=coefs.astype(X.dtype),
        intercepts=intercepts.astype(X.dtype).reshape(shape),
        train_mse=errors.reshape(shape),
        feature_names_in_=data.names,
    )
