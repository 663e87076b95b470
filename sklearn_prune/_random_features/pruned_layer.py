"""What pruned random features have in common: how they are fitted, and what is kept of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from sklearn_prune._checks.arguments import check_bool, check_n_keep
from sklearn_prune._checks.documentation_link import DocumentationLink
from sklearn_prune._checks.training_data import check_samples
from sklearn_prune._least_squares.min_norm import MinNormRegressor
from sklearn_prune._pruning.linear_fit import LinearFit, fit_columns
from sklearn_prune._pruning.recipe import Recipe
from sklearn_prune._pruning.refit import is_distillation
from sklearn_prune._pruning.strategies import names_that

from .layer import RandomLayer, random_features
from .layer_pruning import LayerPruning

if TYPE_CHECKING:
    from sklearn_prune._checks.progress import Progress


class PrunedLayer(
    DocumentationLink, ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator
):
    """Base of the models of pruned random features, which have the parameters of these."""

    _twin = ""  # the model in a pipeline that has all features in memory

    def transform(self, X):
        """Map X to the kept features.

        Parameters
        ----------
        X : {array-like, sparse array or matrix} of shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray of shape (n_samples, s)
            Features, dense; float32 if both this X and the fitted one are, else float64.
        """
        return self._features(X)

    def get_feature_names_out(self, input_features=None):
        """Return the names that :class:`RandomFeatures` has for the kept features.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Only used to validate feature names with those seen during `fit`.

        Returns
        -------
        ndarray of str objects
            Names "randomfeatures0", "randomfeatures1", ..., where kept.
        """
        super().get_feature_names_out(input_features)  # validates them
        return np.array([f"randomfeatures{i}" for i in self.component_indices_], dtype=object)

    def _recipe(self, names: tuple[str, ...]) -> Recipe:
        """Return what happens to the features, if it can happen in a stream."""
        known, pipeline = names_that("streams"), f"make_pipeline(RandomFeatures(...), {self._twin})"
        if not isinstance(self.strategy, str) or self.strategy not in known:
            msg = (
                f"strategy is {self.strategy!r}: give one of {', '.join(map(repr, known))}. "
                f"For the others, which need all features in memory, use {pipeline}."
            )
            raise ValueError(msg)
        if is_distillation(self.retrain):
            msg = (
                f'retrain="{self.retrain}" needs predictions of the dense model for further '
                f"samples, and that model is not kept: use {pipeline}, or retrain=RidgeCV()."
            )
            raise ValueError(msg)
        dense = MinNormRegressor(fit_intercept=check_bool(self.fit_intercept, "fit_intercept"))
        seed = self.random_state
        return Recipe.of(self.strategy, self.retrain, dense, random_state=seed, names=names)

    def _fit_layer(self, recipe: Recipe, data: Any, progress: Progress) -> None:
        """Fit the dense model to checked data, prune it, and retrain what is kept."""
        layer = RandomLayer.of(self, data.X)
        n_keep = check_n_keep(self.sparsity, layer.n_components)
        kept = LayerPruning(recipe, n_keep, self.n_jobs, progress).keep(layer, data)

        features = random_features(data.X, kept.weights, kept.offset, layer.activation)
        data = replace(data, X=features, names=None)
        dense = LinearFit(None, kept.coef, np.zeros(data.y.shape[1:]), self.fit_intercept)
        if recipe.refit is None:
            # Least squares, so that the means are those of the codes, even of classes.
            fit = dense.masked(np.ones(n_keep, dtype=bool), replace(data, classes=None))
        else:
            fit = fit_columns(recipe.refit, data, pruned=dense)

        self.component_indices_ = kept.indices
        self.random_weights_ = kept.weights
        self.random_offset_ = kept.offset
        self.retrained_estimator_ = fit.model
        self.seed_ = layer.seed
        self.n_samples_fit_ = len(data.weights)
        self.coef_ = fit.coef
        self.intercept_ = np.asarray(fit.intercept, dtype=layer.dtype)[()]
        self._n_features_out = n_keep

    def _features(self, X):
        check_is_fitted(self)
        X = check_samples(self, X)
        return random_features(X, self.random_weights_, self.random_offset_, self.activation)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
