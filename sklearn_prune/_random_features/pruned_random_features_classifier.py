"""Random features, pruned, at widths that do not fit in memory, for classes."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.callback import CallbackSupportMixin, with_callbacks
from sklearn.utils.metaestimators import available_if

from sklearn_prune._checks.class_data import check_class_data, weigh_classes
from sklearn_prune._checks.progress import fit_progress
from sklearn_prune._pruning.class_fit import has_probabilities
from sklearn_prune._pruning.refit import CLASS_DISTILLATIONS
from sklearn_prune._pruning.score_classifier import ScoreClassifier

from .pruned_layer import PrunedLayer


def _has_probabilities(model: PrunedRandomFeaturesClassifier) -> bool:
    """Return whether the refit knows probabilities."""
    return hasattr(model.retrain, "fit") and has_probabilities(model.retrain)


class PrunedRandomFeaturesClassifier(CallbackSupportMixin, ScoreClassifier, PrunedLayer):
    r"""Random features, pruned, at widths that do not fit in memory, for classes.

    The twin of :class:`PrunedRandomFeatures`: the model is that of ::

        make_pipeline(
            RandomFeatures(n_components, ...), PrunedClassifier(strategy, sparsity, retrain)
        )

    for the same parameters and `random_state`, up to rounding, in memory that depends on
    `n_samples` and not on `n_components`. The dense model is least squares of minimum norm
    on targets of -1 and +1, or on one column of 0 and 1 a class for more than two.

    Parameters
    ----------
    n_components : int, default=10_000
        Number of random features, p.

    sparsity : int or float, default=0.01
        What is KEPT, as in :class:`PrunedRandomFeatures`: a number of features, or a
        fraction of them.

    strategy : {"magnitude", "hessian", "random"}, default="hessian"
        How features are scored, as in :class:`PrunedClassifier`, whose other strategies
        need all features in memory.

    retrain : bool or estimator, default=True
        What happens to the kept features.

        - False: they keep their dense coefficients. Only the intercept is adjusted to
          the means.
        - True: they are refitted with :class:`MinNormRegressor`.
        - estimator, such as ``LogisticRegression()``: they are refitted with a clone of it,
          a linear classifier, or a regressor on the codes of the classes.

    class_weight : dict, "balanced" or None, default=None
        Weights of the classes, as in :class:`PrunedClassifier`.

    activation : str or callable, default="relu"
        Elementwise function, as in :class:`RandomFeatures`.

    scale : float, default=1.0
        Standard deviation of the weights. With `weights="unit"`, the length of each row.

    weights : {"gaussian", "unit", "orthogonal"}, default="gaussian"
        Law of the weights, as in :class:`RandomFeatures`.

    bias : bool, default=False
        Whether to add random phases, for the activations "cos" and "sin".

    fit_intercept : bool, default=True
        Whether the dense model has an intercept, and the refit of ``retrain=True``.

    n_jobs : int, default=None
        Number of jobs, as in :class:`PrunedRandomFeatures`.

    random_state : int, RandomState instance or None, default=None
        Source of the seed, one integer drawn at each fit, and of the strategy "random".
        Pass an int for reproducible fits.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels of the classes.

    coef_ : ndarray of shape (1, s) or (n_classes, s)
        Coefficients of the kept features, in the dtype of X. One row if there are two
        classes.

    intercept_ : ndarray of shape (1,) or (n_classes,)
        Intercepts.

    component_indices_ : ndarray of shape (s,)
        Which of the `n_components` features are kept, in ascending order.

    random_weights_ : ndarray of shape (n_features, s)
        Weights of the kept features.

    random_offset_ : ndarray of shape (s,) or None
        Their phases; None without bias.

    retrained_estimator_ : estimator or None
        The model fitted to the kept features; None if ``retrain=False``.

    seed_ : int
        The seed of the weights, as in :class:`RandomFeatures`.

    n_samples_fit_ : int
        Number of samples of positive weight.

    n_features_in_ : int
        Number of features of X seen during `fit`.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features seen during `fit`, if X has names that are all strings.

    See Also
    --------
    PrunedRandomFeatures : The same for numbers, with notes on costs and accuracy.
    PrunedClassifier : More strategies, rounds and distillation, for any features.
    RandomFeatures : All of the features.

    Examples
    --------
    Images of digits, by a hundred of ten thousand features:

    >>> from sklearn.datasets import load_digits
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn_prune import PrunedRandomFeaturesClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> X, X_test, y, y_test = X[:200] / 16, X[200:] / 16, y[:200], y[200:]
    >>> model = PrunedRandomFeaturesClassifier(
    ...     sparsity=100, retrain=LogisticRegression(max_iter=1000), random_state=0
    ... ).fit(X, y)
    >>> round(model.score(X_test, y_test), 2)
    0.83
    >>> model.predict_proba(X_test).shape
    (1597, 10)
    """

    _twin = "PrunedClassifier(...)"
    classes_: Any

    def __init__(
        self,
        n_components=10_000,
        sparsity=0.01,
        strategy="hessian",
        retrain=True,
        *,
        class_weight=None,
        activation="relu",
        scale=1.0,
        weights="gaussian",
        bias=False,
        fit_intercept=True,
        n_jobs=None,
        random_state=None,
    ):
        self.n_components = n_components
        self.sparsity = sparsity
        self.strategy = strategy
        self.retrain = retrain
        self.class_weight = class_weight
        self.activation = activation
        self.scale = scale
        self.weights = weights
        self.bias = bias
        self.fit_intercept = fit_intercept
        self.n_jobs = n_jobs
        self.random_state = random_state

    @with_callbacks
    def fit(self, X, y, sample_weight=None):
        """Fit the dense model, prune it, retrain what is kept.

        Parameters
        ----------
        X : {array-like, sparse array or matrix} of shape (n_samples, n_features)
            Training data.
        y : array-like of shape (n_samples,)
            Labels.
        sample_weight : array-like of shape (n_samples,) or float, default=None
            Weights of the samples, used in all fits.

        Returns
        -------
        PrunedRandomFeaturesClassifier
            The fitted estimator.

        Raises
        ------
        ValueError
            As `PrunedRandomFeatures.fit`; and if y is no classes, is of one class only, or
            has as many classes as samples.
        """
        recipe = self._recipe(CLASS_DISTILLATIONS)
        with fit_progress(self, None, X, y, sample_weight) as progress:
            data = check_class_data(self, X, y, sample_weight, class_weight=self.class_weight)
            self._fit_layer(recipe, weigh_classes(data, self.class_weight), progress)
            self.classes_ = data.classes
            self.coef_ = np.atleast_2d(self.coef_)
            self.intercept_ = np.atleast_1d(self.intercept_)
        return self

    def _scores(self, X):
        """Return the scores of the classes by the kept features."""
        return self._features(X) @ self.coef_.T + self.intercept_

    @available_if(_has_probabilities)
    def predict_proba(self, X):
        """Return the probabilities of the classes, if the refit has some.

        Parameters
        ----------
        X : {array-like, sparse array or matrix} of shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Probabilities, in the order of `classes_`.
        """
        features = self._features(X).astype(np.float64, copy=False)
        return self.retrained_estimator_.predict_proba(features)
