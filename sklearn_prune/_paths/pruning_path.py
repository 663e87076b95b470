"""The pruned model at every sparsity, from one dense fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import sparse
from sklearn.utils.metaestimators import available_if

from sklearn_prune._checks.arguments import check_n_rounds
from sklearn_prune._checks.class_codes import decide_each
from sklearn_prune._checks.class_data import weigh_classes
from sklearn_prune._checks.training_data import check_samples
from sklearn_prune._least_squares.min_norm import MinNormRegressor
from sklearn_prune._pruning.class_fit import predicts_codes
from sklearn_prune._pruning.linear_fit import fit_columns
from sklearn_prune._pruning.recipe import Recipe
from sklearn_prune._pruning.rounds_warning import warn_of_rounds
from sklearn_prune._pruning.selection import SelectionRule
from sklearn_prune._pruning.unit_warning import warn_of_units

from .path_data import check_path_data, distillations
from .path_models import PathModels, path_models, single_model
from .path_tables import feature_names, html_table, number, rest, shown, span
from .summed_rows import SummedRows

if TYPE_CHECKING:
    from sklearn_prune._typing import AnyArray, Array, Indices

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
    order : ndarray of shape (n_features,) or (n_targets, n_features), or None
        Features from best to worst: the support of the model of s features is
        ``order[:s]``. With ``per_target=True`` each target has a row of its own. None after
        several rounds, whose supports are not nested.
    coefs : csr_array of shape (n_sparsities, n_features) or \
            (n_sparsities * n_targets, n_features)
        Coefficients. What is stored is the support, even where a coefficient is zero.
        With several targets, the rows of one sparsity follow each other. Two classes are one
        target, and more are one each.
    intercepts : ndarray of shape (n_sparsities,) or (n_sparsities, n_targets)
        Intercepts.
    train_mse : ndarray of shape (n_sparsities,) or (n_sparsities, n_targets), or None
        Weighted mean of the squared residuals on the training data. That of the codes of
        classes, -1 and +1 or 0 and 1, if regressors are fitted to them; None for classifiers,
        whose scores have another scale.
    feature_names_in_ : ndarray of shape (n_features,) or None
        Names of the features, if X had names that are all strings.
    classes : ndarray of shape (n_classes,) or None
        Labels of the classes; None if y was numbers.
    train_error_rate : ndarray of shape (n_sparsities,) or None
        Share of the training samples, by weight, in the wrong class; None if y was numbers.

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
    train_mse: AnyArray | None
    feature_names_in_: Any = None
    classes: AnyArray | None = None
    train_error_rate: AnyArray | None = None

    def __repr__(self):
        return f"PruningPath({self._summary()})"

    def _repr_html_(self):
        n = len(self.sparsities)
        errors, name = self.train_error_rate, "training error rate"
        if errors is None:
            errors, name = self.train_mse, "training error"
        columns = ["features kept", *([] if errors is None else [name]), "features"]
        rows = (
            [
                f"{self.sparsities[k]:g}",
                *([] if errors is None else [number(np.mean(errors[k]))]),
                feature_names(self.support(k), self.feature_names_in_),
            ]
            for k in shown(n)
        )
        return html_table(f"{self._summary()}{rest(n, 'sparsities')}", columns, rows)

    def _summary(self):
        """Return how many models there are, and of what."""
        sizes = span(self.sparsities, "sparsity", "sparsities")
        n_targets = self.intercepts[0].size
        what = "" if n_targets == 1 else f", {n_targets} targets"
        what = what if self.classes is None else f", {len(self.classes)} classes"
        return f"{sizes}, of {self.n_features_in_} features{what}"

    def support(self, k):
        """Return the features that the k-th model keeps, in increasing order.

        With ``per_target=True`` these are all that some target keeps; those of each are
        stored in the rows of `coefs`.

        Parameters
        ----------
        k : int
            Position in `sparsities`.

        Returns
        -------
        ndarray of shape (sparsities[k],)
            Indices of features.
        """
        return np.unique(self._rows(k).indices)

    def coef(self, k):
        """Return the coefficients of the k-th model, as those of a fitted estimator.

        Parameters
        ----------
        k : int
            Position in `sparsities`.

        Returns
        -------
        ndarray of shape (n_features,) or (n_targets, n_features)
            Coefficients, zero outside the support: `PrunedRegressor.coef_`; or, of shape
            (1, n_features) or (n_classes, n_features), `PrunedClassifier.coef_`.
        """
        rows = self._rows(k).toarray()
        return rows[0] if self.intercepts.ndim == 1 and self.classes is None else rows

    def predict(self, X):
        """Predict with every model.

        Parameters
        ----------
        X : {array-like, sparse array or matrix} of shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray of shape (n_samples, n_sparsities) or (n_samples, n_sparsities, n_targets)
            Predictions; labels of shape (n_samples, n_sparsities) if y was labels.
        """
        scores = self._scores(X)
        if self.classes is None:
            return scores
        return self.classes[decide_each(scores.reshape(*scores.shape[:2], -1))]

    @available_if(lambda path: path.classes is not None)
    def decision_function(self, X):
        """Return the scores that every model has for the classes.

        Parameters
        ----------
        X : {array-like, sparse array or matrix} of shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray of shape (n_samples, n_sparsities) or (n_samples, n_sparsities, n_classes)
            Scores. Of two classes the second one is predicted where it is positive, and of
            more that of the largest.
        """
        return self._scores(X)

    @property
    def n_features_in_(self):
        """Number of features of X."""
        return self.coefs.shape[1]

    def _scores(self, X):
        X = check_samples(self, X)
        used = np.unique(self.coefs.indices)
        linear = X[:, used] @ self.coefs[:, used].toarray().T
        return linear.reshape(len(linear), *self.intercepts.shape) + self.intercepts

    def _rows(self, k):
        n_targets = self.intercepts[0].size
        k = range(len(self.sparsities))[k]
        return self.coefs[k * n_targets : (k + 1) * n_targets]


def pruning_path(
    X,
    y,
    *,
    strategy="hessian",
    retrain=True,
    sparsities=None,
    estimator=None,
    saliency=None,
    n_rounds=1,
    sample_weight=None,
    X_unlabeled=None,
    random_state=None,
    classification=False,
    class_weight=None,
    feature_groups=None,
    always_keep=None,
    feature_costs=None,
    sparsity_unit="groups",
    per_target=False,
):
    r"""Fit, prune and retrain at every sparsity, at the price of a few dense fits.

    The models are those of :class:`PrunedRegressor` at each sparsity, or of
    :class:`PrunedClassifier` with ``classification=True``, to rounding. But the dense model
    is fitted once, and since the supports are nested, one QR factorisation
    :math:`X_{\pi} = QR` of the features in their order :math:`\pi` holds the retrained
    model of every sparsity s,

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
        Target values, or labels of shape (n_samples,) with ``classification=True``.
    strategy, retrain, estimator, saliency, n_rounds, random_state : object
        As in :class:`PrunedRegressor`, or :class:`PrunedClassifier` with
        ``classification=True``.
    sparsities : sequence of int or float, default=None
        Numbers, or fractions, of features to keep, in any order. None stands for all
        numbers from 1 up: to the rank of the data less one if the kept features are
        retrained, with which they begin to interpolate, else to n_features. For a model
        without `rank_` it is the rank that the data can have at most.
    sample_weight : array-like of shape (n_samples,) or float, default=None
        Weights of the samples.
    X_unlabeled : {array-like, sparse matrix} of shape (n_unlabeled, n_features), default=None
        Further samples for ``retrain="distill"``, and for "distill-labels".
    classification : bool, default=False
        Whether y is labels of classes.
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes, as in :class:`PrunedClassifier`, in all fits and in
        `train_mse`, but not in `train_error_rate`. For ``classification=True`` only.
    feature_groups, always_keep, feature_costs, sparsity_unit : object
        What is kept or pruned together, what always stays, prices, and what `sparsities` count,
        as in :class:`PrunedRegressor`.
    per_target : bool, default=False
        Whether every target keeps features of its own, as in :class:`PrunedRegressor`. The
        dense fit, and the moments of many rows, serve all targets; the refits are their own.

    Returns
    -------
    PruningPath
        The models, in the order of increasing sparsity.

    Raises
    ------
    ValueError
        As `PrunedRegressor.fit` or `PrunedClassifier.fit`; if `sparsities` is empty, or is
        None where the models of all of them would take more than 2 GiB; and if y is labels,
        or a model is a classifier, without ``classification=True``.

    See Also
    --------
    PrunedRegressor, PrunedClassifier : The model at one sparsity.
    PrunedRegressorCV : Chooses the sparsity by cross-validation over the path.
    sklearn.linear_model.lars_path : Adds features one by one instead.

    Notes
    -----
    With n samples and m the largest sparsity, retraining costs
    :math:`2nm^2 + m^3/3` operations for all sparsities together (n includes the
    unlabelled samples of a distillation). With many more samples than features p, one pass
    over them, :math:`n p^2` operations, serves the dense fit, the refits and their errors,
    unless columns are (nearly) dependent. Refits by `MinNormRegressor` and by `Ridge`
    share their factor, and those by :class:`~sklearn.linear_model.LogisticRegression` to
    two classes their second derivatives; these converge, whatever its `tol` is. Fitted one
    by one are those by other estimators; those whose columns are dependent, or nearly so,
    as are all of more columns than samples without a ridge; and those of several rounds,
    whose supports are not nested.

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

    How many of the training samples are in the wrong class, with one to all of thirty
    measurements of a tumour:

    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.preprocessing import StandardScaler
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> path = pruning_path(
    ...     StandardScaler().fit_transform(X),
    ...     y,
    ...     strategy="obs",
    ...     sparsities=[1, 2, 5, 30],
    ...     estimator=LogisticRegression(),
    ...     classification=True,
    ... )
    >>> path.train_error_rate.round(3)
    array([0.084, 0.07 , 0.033, 0.012])
    """
    recipe = Recipe.of(
        strategy,
        retrain,
        estimator,
        saliency=saliency,
        n_rounds=n_rounds,
        random_state=random_state,
        names=distillations(classification),
        rule=SelectionRule(feature_groups, always_keep, feature_costs, sparsity_unit),
        per_target=per_target,
    )
    given = X, y, sample_weight, X_unlabeled
    data = check_path_data(recipe, given, class_weight, classification=classification)
    fitted, recipe = weigh_classes(data, class_weight), recipe.for_data(data)
    sizes, paths = _fit_paths(recipe, sparsities, fitted)
    return _assemble(recipe, paths, sizes, data)


class _Path(NamedTuple):
    """The path of all targets, or of one that keeps features of its own.

    Attributes
    ----------
    order : ndarray of shape (n_features,) or None
        None after several rounds.
    models : list of PathModels
        In pieces.
    errors : ndarray of shape (n_sizes, n_targets) or None
        Mean squared residuals; None where scores are of another scale.
    """

    order: Indices | None
    models: list[PathModels]
    errors: Array | None

    def to_csr(self, n_features: int) -> Any:
        """Return the coefficients (see `PathModels.to_csr`)."""
        return sparse.vstack([piece.to_csr(n_features) for piece in self.models], format="csr")

    @property
    def intercepts(self) -> AnyArray:
        """Return the intercepts, of shape (n_sizes, n_targets)."""
        return np.concatenate([piece.intercept for piece in self.models])


def _fit_paths(recipe, sparsities, data):
    """Return the sizes, and the path of all targets, or that of each, from one dense fit."""
    warn_of_units(recipe, data)
    one_round = check_n_rounds(recipe.n_rounds) == 1
    is_tall = data.is_tall(data.X.shape[1])
    summed = SummedRows.of(data, recipe) if is_tall and one_round else None
    dense = _dense_fit(recipe.estimator, data, summed)
    sizes = _path_sizes(recipe, sparsities, dense, data)
    given = dense, data, recipe.refit_data(dense, data), summed
    if recipe.per_target:
        paths = [
            _fit_path(part, sizes, *(None if whole is None else whole.target(t) for whole in given))
            for t, part in enumerate(recipe.of_targets(data.y.shape[1]))
        ]
    else:
        paths = [_fit_path(recipe, sizes, *given)]
    warn_of_rounds(recipe, data, min(int(path.models[0].counts[0]) for path in paths))
    return sizes, paths


def _fit_path(recipe, sizes, dense, data, refit_data, summed):
    """Return the path of one dense fit."""
    if recipe.n_rounds == 1:
        order, models, errors = _one_round(recipe, sizes, dense, data, refit_data, summed)
    else:
        sparsities = map(recipe.sparsity, sizes.tolist())
        rounds = (recipe.sizes(sparsity, data.X.shape[1]) for sparsity in sparsities)
        pruned = (recipe.prune(dense, data, falling, None, refit_data) for falling in rounds)
        order, models, errors = None, [single_model(fit, mask) for mask, _, fit in pruned], None
    if errors is None and all(map(predicts_codes, recipe.regressors)):
        errors = np.concatenate([piece.squared_errors(data) for piece in models])
    return _Path(order, models, errors)


def _dense_fit(estimator, data, summed):
    """Return the fit to all features, from the moments of the rows if they are known."""
    dense = None
    if summed is not None and type(estimator) is MinNormRegressor:
        dense = summed.dense(estimator)
    return fit_columns(estimator, data) if dense is None else dense


def _one_round(recipe, sizes, dense, data, refit_data, summed):
    """Return the path of nested supports, from the moments of the rows where they tell."""
    scores = None if summed is None else summed.scores(recipe, dense)
    order = recipe.order(dense, data) if scores is None else recipe.order_of(scores)
    known = None if scores is None else summed.path(recipe, dense, order, sizes)
    if known is not None:
        models, errors = known
        return order.columns, [models], errors
    return order.columns, path_models(recipe, dense, order, sizes, refit_data), None


def _path_sizes(recipe, sparsities, dense, data):
    """Return the sizes along a path, increasing."""
    n_samples, n_features = data.X.shape
    if sparsities is None:
        rank = getattr(dense.model, "rank_", min(n_samples - dense.centred, n_features))
        largest = n_features if recipe.refit is None else max(1, rank - 1)
        sizes = recipe.all_sizes(largest)
        size = 12 * data.y[0].size * len(sizes) * (largest + 1) // 2
        if size > MOST_BYTES:
            msg = (
                f"The models of all sparsities up to {largest} take {size / 1e9:.1f} GB: name "
                "those that you want as sparsities."
            )
            raise ValueError(msg)
        return sizes
    return recipe.check_sizes(sparsities, n_features)


def _assemble(recipe, paths, sizes, data):
    """Put paths together, with their errors on the training data."""
    shape, dtype = (len(sizes), *data.y.shape[1:]), data.X.dtype
    coefs = _by_size([path.to_csr(data.X.shape[1]) for path in paths], len(sizes))
    intercepts = np.hstack([path.intercepts for path in paths])
    order, pieces, errors = paths[0]
    if recipe.per_target:
        order = None if order is None else np.array([path.order for path in paths])
        pieces = [_joint_models(coefs, intercepts)]
    return PruningPath(
        sparsities=sizes,
        order=order,
        coefs=coefs.astype(dtype),
        intercepts=intercepts.astype(dtype).reshape(shape),
        train_mse=None if errors is None else np.hstack([p.errors for p in paths]).reshape(shape),
        feature_names_in_=data.names,
        classes=data.classes,
        train_error_rate=_error_rates(pieces, data),
    )


def _by_size(coefs, n_sizes):
    """Return the rows of several paths, those of one size after each other."""
    if len(coefs) == 1:
        return coefs[0]
    rows = np.arange(len(coefs) * n_sizes).reshape(-1, n_sizes)
    return sparse.vstack(coefs, format="csr")[rows.T.ravel()]


def _joint_models(coefs, intercepts):
    """Return models whose targets keep features of their own as if they kept those of all."""
    used = np.unique(coefs.indices)
    coef = coefs[:, used].toarray().reshape(*intercepts.shape, len(used))
    return PathModels(used, np.full(len(intercepts), len(used)), coef, intercepts)


def _error_rates(pieces, data):
    """Return the share of samples in the wrong class, None if y is numbers."""
    if data.classes is None:
        return None
    return np.concatenate([piece.error_rates(data) for piece in pieces])
