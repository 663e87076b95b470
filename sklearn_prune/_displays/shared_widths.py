"""Error curves of random features of every width, from shared work."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn import model_selection
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import check_scoring
from sklearn.pipeline import Pipeline

from sklearn_prune._checks.arguments import check_n_keep
from sklearn_prune._checks.class_data import check_class_data, weigh_classes
from sklearn_prune._checks.training_data import check_training_data
from sklearn_prune._least_squares.min_norm import MinNormRegressor
from sklearn_prune._paths.class_scores import KnownScores
from sklearn_prune._paths.scores import KnownPredictions, reads_predictions
from sklearn_prune._paths.width_predictions import predict_widths
from sklearn_prune._pruning.class_fit import has_probabilities
from sklearn_prune._pruning.logistic_loss import is_logistic
from sklearn_prune._pruning.pruned import PrunedRegressor, recipe_of, rule_of
from sklearn_prune._pruning.pruned_classifier import PrunedClassifier
from sklearn_prune._pruning.refit import is_distillation
from sklearn_prune._random_features.random_features import RandomFeatures

from .cross_validated_errors import scores_to_errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sklearn_prune._checks.training_data import TrainingData
    from sklearn_prune._pruning.recipe import Recipe
    from sklearn_prune._typing import AnyArray

    Settings = Mapping[tuple[int, int], Mapping[str, int]]


def shares_widths(estimator: Any, settings: Settings, scoring: Any) -> bool:
    """Return whether the models of all settings can be computed together.

    They can if the estimator is a pipeline that ends in nested random features and a
    model that `predict_widths` knows, if nothing but numbers of features varies, and
    if a score depends on nothing but predictions.
    """
    if type(estimator) is not Pipeline or len(estimator.steps) < 2:
        return False
    width, sparsity = _parameter_names(estimator)
    features, model = estimator[-2], estimator[-1]
    return (
        all(set(params) in ({width}, {width, sparsity}) for params in settings.values())
        and type(features) is RandomFeatures
        and isinstance(features.random_state, Integral)
        and (type(model) is MinNormRegressor or _prunes_once(model))
        and (scoring is None or reads_predictions(scoring))
    )


def _prunes_once(model: Any) -> bool:
    return (
        type(model) in (PrunedRegressor, PrunedClassifier)
        and model.n_rounds == 1
        and model.saliency is None
        and not model.per_target
        and not is_distillation(model.retrain)
        and not isinstance(model.estimator, FrozenEstimator)
        and rule_of(model).is_free
        and _scores_tell_all(model.retrain if hasattr(model.retrain, "fit") else model.estimator)
    )


def _scores_tell_all(model: Any) -> bool:
    """Return whether a model that predicts has no probabilities but those of its scores."""
    return model is None or is_logistic(model) or not has_probabilities(model)


def cross_validate_widths(
    estimator: Any,
    X: Any,
    y: Any,
    settings: Settings,
    shape: tuple[int, int],
    splits: Any,
    scoring: Any,
    n_jobs: int | None,
) -> AnyArray:
    """Return the test errors of an estimator that `shares_widths`, as `cross_validate` does.

    Returns
    -------
    errors : ndarray of shape (*shape, n_splits)
    """
    curves = _WidthCurves(estimator, settings, check_scoring(estimator, scoring))
    scores = model_selection.cross_validate(
        curves, X, y, cv=splits, scoring=_WidthCurves.score_all, n_jobs=n_jobs, error_score="raise"
    )
    errors = np.full((*shape, len(splits)), np.nan)
    for index in settings:
        errors[index] = scores_to_errors(scores[f"test_{index}"], scoring)
    return errors


class _WidthCurves(BaseEstimator):
    """The models of all settings as one estimator, so that scikit-learn cuts the folds.

    Parameters
    ----------
    pipeline : Pipeline
        As `shares_widths` wants it.
    settings : dict of tuple of int to dict
        By curve and width, the number of random features and, if given, of those kept.
    scorer : callable
        ``(estimator, X, y) -> score``.
    """

    def __init__(self, pipeline, settings, scorer):
        self.pipeline = pipeline
        self.settings = settings
        self.scorer = scorer

    def fit(self, X, y):
        """Fit the steps before the last one, at the largest width."""
        width, sparsity = _parameter_names(self.pipeline)
        model = clone(self.pipeline[-1])
        default = getattr(model, "sparsity", 1.0)
        self.widths_ = {j: params[width] for (_, j), params in self.settings.items()}
        self.budgets_ = {
            i: params.get(sparsity, default) for (i, _), params in self.settings.items()
        }
        for i, j in self.settings:
            check_n_keep(self.budgets_[i], self.widths_[j])

        self.features_ = clone(self.pipeline[:-1])
        self.features_.set_params(**{width: max(self.widths_.values())})
        F = self.features_.fit_transform(X, y)
        self.data_ = _checked(model, F, y)
        return self

    def score_all(self, X, y):
        """Train every model, and return its score on test data by curve and width."""
        dense, recipes = _dense_and_recipes(self.pipeline[-1])
        F = np.asarray(self.features_.transform(X))
        widths, budgets = np.array(list(self.widths_.values())), list(self.budgets_.values())
        predictions = predict_widths(recipes, dense, self.data_, F, widths, budgets)
        scores = {}
        for j, (unpruned, pruned) in zip(self.widths_, predictions, strict=True):
            for k, i in enumerate(self.budgets_):
                if (i, j) in self.settings:
                    known = self._known(pruned[0, k] if recipes else unpruned, recipes)
                    scores[str((i, j))] = self.scorer(known, X, y)
        return scores

    def _known(self, predictions, recipes):
        """Return a model that predicts what it is given, or the classes that this speaks for."""
        classes = self.data_.classes
        if classes is None:
            return KnownPredictions(predictions)
        model = recipes[0][0].regressors[-1]
        return KnownScores(classes, predictions, is_logistic=is_logistic(model))


def _checked(model: Any, F: Any, y: Any) -> TrainingData:
    """Return what a model, which is not fitted, is to be fitted to."""
    if is_classifier(model):
        class_weight = model.class_weight
        return weigh_classes(check_class_data(model, F, y, class_weight=class_weight), class_weight)
    return check_training_data(model, F, y)


def _parameter_names(pipeline: Any) -> tuple[str, str]:
    """Return the names of the numbers of random features, and of those kept."""
    (features, _), (model, _) = pipeline.steps[-2:]
    return f"{features}__n_components", f"{model}__sparsity"


def _dense_and_recipes(model: Any) -> tuple[Any, list[list[Recipe]]]:
    """Return the dense model inside a model, and what happens to it."""
    if type(model) is MinNormRegressor:
        return model, []
    recipe = recipe_of(model)
    return recipe.estimator, [[recipe]]
