"""Train a classifier, prune it, retrain it."""

from __future__ import annotations

import numpy as np
from sklearn.callback import CallbackSupportMixin, with_callbacks
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from sklearn_prune._checks.class_data import check_class_data, weigh_classes
from sklearn_prune._checks.progress import fit_progress
from sklearn_prune._checks.training_data import check_samples

from .class_fit import class_probabilities, has_probabilities, with_coefficients
from .pruned import fit_pruned, recipe_of
from .sparse_model import SparseClassifier


def _has_probabilities(model: PrunedClassifier) -> bool:
    """Return whether the model that predicts knows probabilities."""
    retrain = model.retrain
    source = retrain if hasattr(retrain, "fit") else model.estimator
    return has_probabilities(source)


class PrunedClassifier(CallbackSupportMixin, SparseClassifier):
    r"""Train a linear classifier, prune it to few features, retrain these.

    The twin of :class:`PrunedRegressor` for classes. The dense model is fitted to all
    features, every feature is scored, the `sparsity` best are kept for all classes
    together, and the model is fitted again to those alone. It is a classifier with a
    sparse `coef_`, and a feature selector (`get_support`, `transform`).

    By default the dense model is least squares of minimum norm on targets of -1 and +1,
    or on one column of 0 and 1 a class for more than two, as in the experiments of [1]_.

    Parameters
    ----------
    strategy : str or callable, default="hessian"
        How features are scored, as in :class:`PrunedRegressor`. After a logistic fit,
        "hessian", "obs" and "obs-one-shot" go by the second derivatives of its own loss,

        .. math:: H = X^\top D X + \alpha I, \qquad D_{ii} = w_i p_i (1 - p_i),

        with the probabilities :math:`p_i` that it predicts, the weights :math:`w_i` of the
        samples and the penalty :math:`\alpha = 1/C`: optimal brain damage scores by
        :math:`\sqrt{H_{jj}}\,|\hat\beta_j|`, and optimal brain surgeon eliminates features
        one by one from the quadratic model of the loss, or scores each by
        :math:`|\hat\beta_j|/\sqrt{[H^{-1}]_{jj}}`. For several classes these scores
        have the mean of the D of the classes where they need a common one. After other fits
        they are those of least squares. A callable gets the codes of the classes as y.

    sparsity : int or float, default=0.1
        What is KEPT, as in :class:`PrunedRegressor`: a number of features, or a fraction of
        them.

    retrain : bool, estimator, "distill" or "distill-labels", default=True
        What happens to the kept features.

        - False: they keep their dense coefficients. The intercept is adjusted: the mean
          score stays what it was, or after a logistic fit the mean probability of each class.
        - True: they are refitted with a clone of `estimator`.
        - estimator, such as ``LogisticRegression()``: they are refitted with a clone of it,
          a linear classifier, or a regressor on the codes of the classes.
        - "distill": they are refitted with a clone of `estimator` to what the *dense model*
          says of X and of `X_unlabeled`, a keyword of `fit`: to its scores if it is a least
          squares fit, and to its probabilities if it is a classifier that has some.
        - "distill-labels": the same, to the classes that it predicts.

    estimator : estimator, default=None
        The dense model: any linear classifier with `coef_`, such as
        :class:`~sklearn.linear_model.LogisticRegression`, or a linear regressor, which is
        fitted to the codes of the classes; `MinNormRegressor()` if None. Regressors whose
        `family` is "binomial", such as those of glum, get 0 and 1 for two classes. A
        :class:`~sklearn.frozen.FrozenEstimator` is pruned as it is.

    saliency : array-like of shape (n_features,), default=None
        Scores of the strategy "oracle".

    class_weight : dict, "balanced" or None, default=None
        Weights of the classes, by which those of the samples are multiplied in all fits.
        "balanced" makes the total weights of the classes equal. A class of weight zero is as
        if absent.

    n_rounds : int, default=1
        Number of pruning rounds, as in :class:`PrunedRegressor`.

    random_state : int, RandomState instance or None, default=None
        Seed of the strategy "random".

    feature_groups, always_keep, feature_costs, sparsity_unit : object
        What is kept or pruned together, what always stays, prices, and what `sparsity` counts,
        as in :class:`PrunedRegressor`.

    per_target : bool, default=False
        Whether each of more than two classes keeps features of its own, as the targets of
        :class:`PrunedRegressor` do. That is for regressors, whose least squares on the codes
        of the classes is one problem a class. A classifier such as
        :class:`~sklearn.linear_model.LogisticRegression` is fitted to all classes at once, and
        is refused. It changes nothing if there are two classes.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels of the classes.

    coef_ : ndarray of shape (1, n_features) or (n_classes, n_features)
        Coefficients, zero outside the support. One row if there are two classes. A CSR
        array after `sparsify`.

    intercept_ : ndarray of shape (1,) or (n_classes,)
        Intercepts.

    estimator_ : estimator
        The fitted dense model.

    retrained_estimator_ : estimator, list of estimator or None
        The model fitted to the kept features, with `per_target` one a class; None if
        ``retrain=False``.

    scores_ : ndarray of shape (n_features,) or (n_classes, n_features)
        Scores of the last round, -inf for features pruned in an earlier one.

    support_ : ndarray of shape (n_features,) or (n_classes, n_features), dtype bool
        Mask of the kept features, with `per_target` of those of each of several classes.

    feature_groups_ : ndarray of shape (n_features,) or None
        Number of the group of each column, 0, 1, ... by their first columns; None without
        `feature_groups`.

    group_support_ : ndarray of shape (n_groups,) or (n_classes, n_groups), dtype bool
        Mask of the kept groups; `support_` if there are none.

    threshold_ : float or ndarray of shape (n_classes,)
        The least score among the kept features that do not always stay.

    n_nonzero_ : int or ndarray of shape (n_classes,)
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
        Names of the features seen during `fit`, if X has names that are all strings.

    See Also
    --------
    PrunedRegressor : The same for numbers.
    sklearn.feature_selection.RFE : Recursive feature elimination.
    sklearn.feature_selection.SelectFromModel : Selects by a threshold of scores.

    Notes
    -----
    Least squares has no probabilities. A logistic refit has,
    ``PrunedClassifier(retrain=LogisticRegression())``, and
    :class:`~sklearn.calibration.CalibratedClassifierCV` gives some to any model. With few
    samples for each kept feature the refit is too sure of itself.

    References
    ----------
    .. [1] X. Chang, Y. Li, S. Oymak, C. Thrampoulidis, "Provable Benefits of
       Overparameterization in Model Compression: From Double Descent to Pruning
       Neural Networks", AAAI 2021. arXiv:2012.08749

    Examples
    --------
    Five of thirty measurements of a tumour tell about as much as all:

    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.model_selection import cross_val_score
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn_prune import PrunedClassifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> pruned = PrunedClassifier("obs", 5, estimator=LogisticRegression())
    >>> for model in pruned, LogisticRegression():
    ...     scores = cross_val_score(make_pipeline(StandardScaler(), model), X, y, cv=10)
    ...     print(f"{scores.mean():.2f}")
    0.96
    0.98
    """

    def __init__(
        self,
        strategy="hessian",
        sparsity=0.1,
        retrain=True,
        *,
        estimator=None,
        saliency=None,
        class_weight=None,
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
        self.class_weight = class_weight
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
        X : {array-like, sparse array or matrix} of shape (n_samples, n_features)
            Training data.
        y : array-like of shape (n_samples,)
            Labels.
        sample_weight : array-like of shape (n_samples,) or float, default=None
            Weights of the samples, passed on to all fits.
        X_unlabeled : {array-like, sparse array or matrix} of shape \
                (n_unlabeled, n_features), default=None
            Further samples of X without y. Needed, and used, by distillation only.

        Returns
        -------
        PrunedClassifier
            The fitted estimator.

        Raises
        ------
        ValueError
            As `PrunedRegressor.fit`; and if y is no classes, is of one class only, or has as
            many classes as samples, or the inner estimator is no linear model.
        """
        recipe = recipe_of(self)
        with fit_progress(self, recipe.n_stages, X, y, sample_weight) as progress:
            given, class_weight = (X, y, sample_weight, X_unlabeled), self.class_weight
            options = {"class_weight": class_weight, "distill": recipe.distill}
            data = check_class_data(self, *given, **options)
            data = weigh_classes(data, class_weight)
            fit_pruned(self, recipe, data, progress=progress)
        return self

    @available_if(_has_probabilities)
    def predict_proba(self, X):
        """Return the probabilities of the classes, if the model inside has some.

        Parameters
        ----------
        X : {array-like, sparse array or matrix} of shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Probabilities, in the order of `classes_`.
        """
        check_is_fitted(self)
        kept = check_samples(self, X)
        model = self.retrained_estimator_
        if model is None:
            model = with_coefficients(self.estimator_, self.coef_, self.intercept_)
        else:
            kept = kept[:, np.flatnonzero(self.support_)]
        return class_probabilities(model, kept.astype(np.float64, copy=False), self.classes_)
