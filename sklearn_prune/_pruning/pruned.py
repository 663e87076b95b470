"""Train, prune, retrain."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.callback import CallbackSupportMixin, with_callbacks

from sklearn_prune._batches.mapped_rows import is_mapped
from sklearn_prune._batches.sources import is_source
from sklearn_prune._checks.progress import SILENT, fit_progress
from sklearn_prune._checks.training_data import check_training_data
from sklearn_prune._least_squares.row_stream import StreamMethod, continue_stream
from sklearn_prune._least_squares.source_rows import fit_source

from .linear_fit import fit_columns, has_intercept
from .moments_only import check_moments_suffice
from .recipe import Recipe
from .refit import CLASS_DISTILLATIONS, DISTILLATIONS
from .rounds_warning import warn_of_rounds
from .selection import SelectionRule
from .sparse_model import SparseRegressor
from .stages import Stages, fitted_attributes
from .unit_warning import warn_of_units

if TYPE_CHECKING:
    from sklearn_prune._checks.progress import Progress
    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._least_squares.compressed_rows import CompressedRows
    from sklearn_prune._typing import Array

    from .linear_fit import LinearFit
    from .selection import Selection


class PrunedRegressor(CallbackSupportMixin, SparseRegressor):
    r"""Train a linear model, prune it to few features, retrain these.

    The dense model is fitted to all features, every feature is scored, the
    `sparsity` best are kept, and the model is fitted again to those alone. It is
    a regressor with a sparse `coef_`, and a feature selector (`get_support`,
    `transform`).

    With the dense coefficients :math:`\hat\beta` and the hard threshold
    :math:`\mathbb{T}_s` that keeps the s best-scored entries, the pruned model is
    :math:`\hat\beta_s = \mathbb{T}_s(\hat\beta)` (Equations 3 and 4 of [1]_ for
    magnitude and Hessian scores), and the retrained one the least-squares fit
    on the support of :math:`\hat\beta_s` (Definition 5 of [1]_).

    Parameters
    ----------
    strategy : str or callable, default="hessian"
        How features are scored. It picks the support and nothing else.

        - "magnitude": :math:`|\hat\beta_i|`. It depends on the units of the features: a
          warning tells where their scales differ by a factor of more than 1,000.
        - "hessian": :math:`\sqrt{\hat\Sigma_{ii}}\,|\hat\beta_i|`, optimal brain
          damage [2]_, with the weighted mean square of the column as
          :math:`\hat\Sigma_{ii}`, centred if the model fits an intercept. It does
          not depend on the units of the features, if the dense fit is least squares to more
          samples than features.
        - "oracle": `saliency`.
        - "random": a random order, the baseline.
        - "obs": optimal brain surgeon [3]_. The features are refitted by least
          squares and removed one at a time, always that of the least
          :math:`\hat\beta_i^2 / [H^{-1}]_{ii}`, with an update of the others; this
          is backward elimination. The score is the time of survival. With more
          features than samples, H is singular: elimination begins with the features
          of largest coefficients in a ridge fit to standardised features (penalty:
          a tenth of the mean eigenvalue), half as many as samples. The best of them,
          as many as the extended BIC [4]_ asks for, are then joined twice by as many
          of the others, those most correlated with the residuals, and the
          elimination is repeated.
        - "obs-one-shot": :math:`|\hat\beta_i|/\sqrt{[H^{-1}]_{ii}}`, the same surgeon with one
          look at the dense fit: the root of what the removal of each feature alone costs
          [3]_, for all fits. :math:`H=X^\top WX+\alpha I` is the Hessian of the dense
          fit, centred if it has an intercept, with the penalty :math:`\alpha` of `Ridge` and
          the like, otherwise 0. Of least squares it is proportional to the t statistic. Where H
          is singular it is the limit :math:`\alpha\to 0`: with more features than samples
          :math:`|\hat\beta_i|` over the norm of the part of feature i that the samples do not
          see; and a feature that others replace exactly comes after those that none does.
        - callable: ``(coef, X, y) -> scores``, one a feature, the larger the
          better.

        Scores of several outputs, of shape (n_targets, n_features), are reduced
        to their Euclidean norm, unless `per_target`. Scores that differ by less than 1e-10 of the
        largest are ties, and the feature of lower index wins.

    sparsity : int or float, default=0.1
        What is KEPT (other libraries mean what is removed). An int is the number
        of features, s. A float in (0, 1] is the fraction s/p, that is
        ``s = max(1, round(sparsity * n_features))``: note that 1 keeps one
        feature and 1.0 keeps all.

    retrain : bool, estimator or "distill", default=True
        What happens to the kept features.

        - False: they keep their dense coefficients. Only the intercept is
          adjusted to the means.
        - True: they are refitted with a clone of `estimator`.
        - estimator, such as ``RidgeCV()``: they are refitted with a clone of it.
          On real data a ridge refit is often the largest single gain. With
          :class:`TargetedRidge` they shrink to the coefficients that they have before the
          refit, not to zero.
        - "distill": they are refitted with a clone of `estimator` to the
          *predictions of the dense model* on X and on `X_unlabeled`, a keyword of
          `fit`. Unlabelled samples count with weight one.

    estimator : regressor, default=None
        The dense model: any linear regressor with `coef_`; `MinNormRegressor()`
        if None. A :class:`~sklearn.frozen.FrozenEstimator` is pruned as it is,
        which needs ``retrain=False`` or an estimator as `retrain`.

    saliency : array-like of shape (n_features,) or (n_targets, n_features), default=None
        Scores of the strategy "oracle": the true importance of each feature,
        for example :math:`\Sigma_{ii}\beta_i^2`. With `per_target` there may be a row for
        each target.

    n_rounds : int, default=1
        Number of pruning rounds. The number of features falls geometrically from
        n_features to s, with a refit by a clone of `estimator` between rounds. Rounds help
        where features are correlated, if the fits have a penalty or far fewer features than
        samples. Without penalty, rounds that begin with more features than samples, and end
        with fewer, make the model worse, and the more of them the worse: a warning tells. See
        the :doc:`user guide </user_guide/pruning>` for numbers.

    random_state : int, RandomState instance or None, default=None
        Seed of the strategy "random".

    feature_groups : sequence or callable, default=None
        Columns that are kept or pruned together, such as those of one categorical variable: a
        label for each column; or lists of the positions or names of columns, where all others
        are alone; or a function from the name of a column to a label, such as
        :func:`one_hot_groups` returns. `sparsity` then counts groups.

        The score of a group is the norm of those of its columns; for "hessian" it is
        :math:`\sqrt{\hat\beta_g^\top \hat\Sigma_{gg} \hat\beta_g}`, for "obs" and
        "obs-one-shot" the rise of the loss is
        :math:`\hat\beta_g^\top ([H^{-1}]_{gg})^{-1} \hat\beta_g`, so that these depend on the
        space that its columns span alone, if no penalty acts; for "oracle" it is the sum. None
        is divided by the number of columns: ``feature_costs=1`` does that.

    always_keep : sequence of int, str or bool, default=None
        Positions or names of columns, or a mask, that are kept at every sparsity, and their
        groups with them. They are a part of every refit, and count: ``sparsity=4`` with two of
        them chooses two more.

    feature_costs : float, array-like of shape (n_features,) or dict, default=None
        Price of each column, positive; a dict has those of some, and 1 for the others. That of
        a group is the sum. Scores, and for "obs" the rises of the loss, are divided by it.

    sparsity_unit : {"groups", "columns", "cost"}, default="groups"
        What `sparsity` counts: groups, of which a column without one is one; columns; or the
        total price, where a number above 1, or an int, is a price and a float up to 1 a fraction
        of it. Groups are kept in the order of their scores, as long as the next one fits.

    per_target : bool, default=False
        Whether every target keeps features of its own, `sparsity` each. The dense model is
        fitted once, to all targets; then each is scored, pruned and refitted by itself, as it
        would be alone: a callable as `strategy` sees one target, "random" draws for each, and
        a refit may be a model of one target, such as ``LassoCV()``, or have a penalty for each,
        such as ``Ridge(alpha=[1, 10])``. It changes nothing if y is a vector.

    Attributes
    ----------
    coef_ : ndarray of shape (n_features,) or (n_targets, n_features)
        Coefficients, zero outside the support. After `sparsify` a CSR array of shape
        (n_targets, n_features), also with one target.

    intercept_ : float or ndarray of shape (n_targets,)
        Intercept, 0.0 if the model fits none.

    estimator_ : estimator
        The fitted dense model.

    retrained_estimator_ : estimator, list of estimator or None
        The model fitted to the kept features, with `per_target` one a target; None if
        ``retrain=False``.

    scores_ : ndarray of shape (n_features,) or (n_targets, n_features)
        Scores of the last round, for the price if there are prices, and -inf for features
        pruned in an earlier one. Those of a group have the same.

    support_ : ndarray of shape (n_features,) or (n_targets, n_features), dtype bool
        Mask of the kept features: with `per_target`, and if y is no vector, of those of each
        target. `get_support`, `transform` and `get_feature_names_out` are about all features
        that some target keeps.

    feature_groups_ : ndarray of shape (n_features,) or None
        Number of the group of each column, 0, 1, ... by their first columns; None without
        `feature_groups`.

    group_support_ : ndarray of shape (n_groups,) or (n_targets, n_groups), dtype bool
        Mask of the kept groups; `support_` if there are none.

    threshold_ : float or ndarray of shape (n_targets,)
        The least score among the kept features; those that always stay do not count, and
        without others it is infinite.

    n_nonzero_ : int or ndarray of shape (n_targets,)
        Number of kept columns.

    n_samples_fit_ : int
        Number of samples of positive weight.

    weight_range_ : tuple of float
        The least and the largest of their weights.

    n_unlabeled_ : int
        Number of unlabelled samples that were used.

    n_features_in_ : int
        Number of features seen during `fit`.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features seen during `fit`, if X has names that are all
        strings.

    See Also
    --------
    MinNormRegressor : The default dense model.
    TargetedRidge : A refit that shrinks to the dense coefficients.
    sklearn.feature_selection.RFE : Recursive feature elimination.
    sklearn.feature_selection.SelectFromModel : Selects by a threshold of scores.

    Notes
    -----
    **Distillation without unlabelled data** is refused: least squares on the
    training predictions of a least-squares model is retraining, exactly.

    **X_unlabeled in pipelines and searches.** With metadata routing enabled,
    ``PrunedRegressor(retrain="distill").set_fit_request(X_unlabeled=True)`` gets
    it through ``Pipeline(..., transform_input=["X_unlabeled"])``, transformed
    like X, and through :class:`~sklearn.model_selection.GridSearchCV`. But
    scikit-learn cuts every fit parameter that is as long as X into folds along
    with X. An `X_unlabeled` of exactly as many rows as X draws a warning for that
    reason: add or drop a row to have all of it in every fold.

    References
    ----------
    .. [1] X. Chang, Y. Li, S. Oymak, C. Thrampoulidis, "Provable Benefits of
       Overparameterization in Model Compression: From Double Descent to Pruning
       Neural Networks", AAAI 2021. arXiv:2012.08749
    .. [2] Y. LeCun, J. Denker, S. Solla, "Optimal Brain Damage", NIPS 1989.
    .. [3] B. Hassibi, D. Stork, "Second order derivatives for network pruning:
       Optimal Brain Surgeon", NIPS 1992.
    .. [4] J. Chen, Z. Chen, "Extended Bayesian information criteria for model
       selection with large model spaces", Biometrika 95, 2008.

    Examples
    --------
    Three of a hundred features make y, and more features than samples do not
    hide them:

    >>> import numpy as np
    >>> from sklearn.datasets import make_regression
    >>> from sklearn_prune import PrunedRegressor
    >>> X, y, coef = make_regression(
    ...     n_samples=80, n_features=100, n_informative=3, coef=True, random_state=1
    ... )
    >>> coef.nonzero()[0]
    array([18, 22, 87])
    >>> model = PrunedRegressor(sparsity=5).fit(X, y)
    >>> model.get_support(indices=True)
    array([18, 22, 25, 49, 87])
    >>> bool(np.allclose(model.coef_, coef))
    True
    >>> model.transform(X).shape
    (80, 5)
    """

    def __init__(
        self,
        strategy="hessian",
        sparsity=0.1,
        retrain=True,
        *,
        estimator=None,
        saliency=None,
        n_rounds=1,
        random_state=None,
        feature_groups=None,
        always_keep=None,
        feature_costs=None,
        sparsity_unit="groups",
        per_target=False,
    ):
        self.strategy = strategy
        self.sparsity = sparsity
        self.retrain = retrain
        self.estimator = estimator
        self.saliency = saliency
        self.n_rounds = n_rounds
        self.random_state = random_state
        self.feature_groups = feature_groups
        self.always_keep = always_keep
        self.feature_costs = feature_costs
        self.sparsity_unit = sparsity_unit
        self.per_target = per_target

    @with_callbacks
    def fit(self, X, y=None, sample_weight=None, *, X_unlabeled=None):
        """Train, prune, retrain.

        Parameters
        ----------
        X : {array-like, sparse array or matrix} of shape (n_samples, n_features), \
                dask array or data frame, or RowBatches
            Training data. With dask, y and the weights are dask arrays or series, too;
            `RowBatches` hold them themselves.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Target values.
        sample_weight : array-like of shape (n_samples,) or float, default=None
            Weights of the samples, passed on to all fits.
        X_unlabeled : {array-like, sparse array or matrix} of shape \
                (n_unlabeled, n_features), default=None
            Further samples of X without y. Needed, and used, by
            ``retrain="distill"`` only.

        Returns
        -------
        PrunedRegressor
            The fitted estimator.

        Raises
        ------
        ValueError
            If a parameter is out of its range, the data are not finite or do not
            fit together, the inner estimator is not a linear regressor or takes
            no weights where some are given, or ``retrain="distill"`` lacks
            `X_unlabeled`.
        """
        recipe = recipe_of(self)
        if type(X) is not np.ndarray and self._reads_once(X, y, recipe):
            return fit_source(self, X, y, sample_weight, fit_compressed_rows)
        with fit_progress(self, recipe.n_stages, X, y, sample_weight) as progress:
            unlabeled, distill = X_unlabeled, recipe.distill
            data = check_training_data(self, X, y, sample_weight, unlabeled, distill=distill)
            fit_pruned(self, recipe, data, progress=progress)
        self.__dict__.pop("_rows", None)  # of a stream, which ends
        return self

    def _reads_once(self, X, y, recipe):
        """Return whether rows are read in batches, and none are held."""
        if is_source(X):
            check_moments_suffice(recipe)
            return True
        return is_mapped(X) and y is not None and not recipe.needs_rows

    @StreamMethod(lambda model: check_moments_suffice(recipe_of(model)))
    def partial_fit(self, X, y, sample_weight=None):
        """Train, prune and retrain on all batches so far.

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
        PrunedRegressor
            The fitted estimator.

        Raises
        ------
        ValueError
            As `fit`; if the batch has other features or targets than those before; and if
            something would have to see the rows themselves: a callable as `strategy`,
            distillation, or another regressor as `estimator` or `retrain` than
            `MinNormRegressor` and :class:`~sklearn.linear_model.Ridge`. The model is then as
            it was before.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn_prune import PrunedRegressor
        >>> rng = np.random.default_rng(0)
        >>> model = PrunedRegressor(sparsity=2)
        >>> for _ in range(10):
        ...     X = rng.standard_normal((100, 50))
        ...     y = X[:, 3] - X[:, 8] + 0.1 * rng.standard_normal(100)
        ...     model = model.partial_fit(X, y)
        >>> model.get_support(indices=True)
        array([3, 8])
        """
        return continue_stream(self, X, y, sample_weight, fit_compressed_rows)


def recipe_of(model: Any) -> Recipe:
    """Resolve the parameters of a pruned regressor or classifier, but for its sparsity."""
    return Recipe.of(
        model.strategy,
        model.retrain,
        model.estimator,
        saliency=model.saliency,
        n_rounds=model.n_rounds,
        random_state=model.random_state,
        names=CLASS_DISTILLATIONS if is_classifier(model) else DISTILLATIONS,
        rule=rule_of(model),
        per_target=model.per_target,
    )


def rule_of(model: Any) -> SelectionRule:
    """Return the parameters that say what may be selected."""
    return SelectionRule(
        model.feature_groups, model.always_keep, model.feature_costs, model.sparsity_unit
    )


def fit_pruned(
    model: PrunedRegressor,
    recipe: Recipe,
    data: TrainingData,
    dense: LinearFit | None = None,
    scores: Array | None = None,
    progress: Progress = SILENT,
) -> PrunedRegressor:
    """Fit a model to checked data, from the dense fit and its scores on if they are known."""
    recipe = recipe.for_data(data)
    warn_of_units(recipe, data)
    sizes = recipe.sizes(model.sparsity, data.X.shape[1])
    model.n_features_in_ = data.X.shape[1]
    if data.names is not None:
        model.feature_names_in_ = data.names
    if dense is None:
        dense = fit_columns(recipe.estimator, data)
    stages = Stages(progress)
    stages.tell("train", dense, lambda: dense, np.ones(dense.coef.shape[-1], dtype=bool), data)
    support, scores, kept = recipe.prune(dense, data, sizes, scores, stages=stages)
    warn_of_rounds(recipe, data, int(np.count_nonzero(support, axis=-1).min()))

    model.__dict__.update(fitted_attributes(dense, kept, support, data))
    model.scores_ = scores
    describe_selection(model, recipe.selection)
    model.n_samples_fit_ = len(data.weights)
    model.weight_range_ = (float(data.weights.min()), float(data.weights.max()))
    model.n_unlabeled_ = 0 if data.unlabeled is None else data.unlabeled.shape[0]
    return model


def describe_selection(model: Any, selection: Selection | None) -> None:
    """Tell what the support of a model says of groups, and what was just kept."""
    support, competed = model.support_, model.support_
    model.feature_groups_, model.group_support_ = None, support
    if selection is not None:
        competed = support & ~selection.stay
    if selection is not None and model.feature_groups is not None:
        model.feature_groups_ = selection.groups
        model.group_support_ = support[..., np.unique(selection.groups, return_index=True)[1]]
    thresholds = model.scores_.min(axis=-1, where=competed, initial=np.inf)
    counts = np.count_nonzero(support, axis=-1)
    is_vector = support.ndim == 1
    model.threshold_ = float(thresholds) if is_vector else thresholds
    model.n_nonzero_ = int(counts) if is_vector else counts


def fit_compressed_rows(model: PrunedRegressor, rows: CompressedRows) -> None:
    """Fit a model to rows that stand for many."""
    recipe = recipe_of(model)
    centred = all(has_intercept(estimator) for estimator in recipe.regressors)
    data, origin, y_origin = rows.data(centred=centred)
    fit_pruned(model, recipe, replace(data, names=getattr(model, "feature_names_in_", None)))
    stand_for_all(model, rows, origin, y_origin)


def stand_for_all(
    model: PrunedRegressor, rows: CompressedRows, origin: Array, y_origin: Array
) -> None:
    """Let a model, fitted to few rows less a point, be that of all rows they stand for."""
    for part, seen, target in _parts(model, origin, y_origin):
        if np.any(origin) or np.any(y_origin):
            shift = target - np.atleast_2d(part.coef_) @ seen
            part.intercept_ = (part.intercept_ + shift.reshape(part.coef_.shape[:-1]))[()]
        if hasattr(part, "n_samples_fit_"):
            rows.describe(part)


def _parts(model: PrunedRegressor, origin: Array, y_origin: Array) -> list[tuple[Any, ...]]:
    """Return a model and those inside, each with the point as its features and targets see it."""
    parts = [(model, origin, y_origin), (model.estimator_, origin, y_origin)]
    refit, support = model.retrained_estimator_, model.support_
    if isinstance(refit, list):
        own = (origin[kept] for kept in support)
        return parts + list(zip(refit, own, y_origin, strict=True))
    return parts if refit is None else [*parts, (refit, origin[support], y_origin)]
