"""The recommended model, as a pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import LogisticRegressionCV, RidgeClassifierCV, RidgeCV
from sklearn.model_selection import PredefinedSplit, StratifiedKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer

from sklearn_prune._pruning.pruned import PrunedRegressor
from sklearn_prune._pruning.pruned_classifier import PrunedClassifier
from sklearn_prune._report.comparison.outside_references import (
    MOST_STEPS,
    PENALTIES,
    PENALTY_FOLDS,
)
from sklearn_prune._report.comparison.records import (
    COLUMNS,
    COLUMNS_PRUNED,
    COLUMNS_RETRAINED,
    DISTILLED,
    LINEAR,
    LOGISTIC,
    PRUNED,
    RETRAINED,
)
from sklearn_prune._report.comparison.ridge_fits import ALPHAS
from sklearn_prune._report.table.columns import as_frame, features_of
from sklearn_prune._report.table.preparation import (
    preparation,
    prepared_columns,
    random_features,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sklearn_prune._report.comparison.plan import Plan

    from .choices import Choice

RETRAIN = {
    PRUNED: False,
    RETRAINED: True,
    DISTILLED: "distill",
    COLUMNS_PRUNED: False,
    COLUMNS_RETRAINED: True,
}
# What is recommended where no model is: no features at all.
MEAN = "mean"
# What takes the prepared columns as they are.
OF_COLUMNS = (MEAN, LINEAR, LOGISTIC, *COLUMNS)
# What has probabilities of its own, which are not calibrated.
PROBABLE = (MEAN, LOGISTIC)
# In so many folds classifiers are calibrated, or in as many as the rarest class has rows.
CALIBRATION_FOLDS = 5


def build(choice: Choice, plan: Plan, calibration_folds: int) -> Pipeline:
    """Return the pipeline of a choice, not fitted.

    The distilled one takes the rows without labels as ``fit(X, y, X_unlabeled=...)``, if
    metadata routing is enabled.

    Parameters
    ----------
    choice : Choice
    plan : Plan
    calibration_folds : int
        In how many folds a classifier is calibrated; below two it is not.
    """
    if choice.method == LOGISTIC:
        model = _logistic(_calibration(plan, penalty_folds(plan, calibration_folds)))
    else:
        model = _model(choice, classification=plan.classification)
    if calibration_folds > 1 and choice.method not in PROBABLE:
        model = _calibrated(model, _calibration(plan, calibration_folds))
    if choice.method in OF_COLUMNS:
        return make_pipeline(prepared_columns(impute=plan.impute), model)
    first = preparation(impute=plan.impute)
    layer = random_features(choice.width, plan.seed)
    transform_input = ["X_unlabeled"] if choice.method == DISTILLED else None
    return make_pipeline(*_steps(first), layer, model, transform_input=transform_input)


def _model(choice: Choice, *, classification: bool) -> Any:
    """Return what is fitted to the features: least squares with ridge, maybe pruned."""
    if choice.method == MEAN:
        return DummyClassifier() if classification else DummyRegressor()
    if choice.method not in RETRAIN:
        return (RidgeClassifierCV if classification else RidgeCV)(ALPHAS)
    pruned: Any = PrunedClassifier if classification else PrunedRegressor
    model = pruned(
        choice.strategy, choice.budget, RETRAIN[choice.method], estimator=RidgeCV(ALPHAS)
    )
    if choice.method == DISTILLED:
        model.set_fit_request(X_unlabeled=True)
    return model


def _logistic(folds: Any) -> LogisticRegressionCV:
    """Return logistic regression that chooses its penalty as that of the comparison does."""
    return LogisticRegressionCV(
        Cs=PENALTIES,
        l1_ratios=(0.0,),
        cv=folds,
        scoring="neg_log_loss",
        max_iter=MOST_STEPS,
        use_legacy_attributes=False,
    )


def penalty_folds(plan: Plan, calibration_folds: int) -> int:
    """Return how many folds choose a penalty: where rows are dependent, those that there are."""
    return min(PENALTY_FOLDS, calibration_folds) if plan.cut.independent else calibration_folds


def _calibration(plan: Plan, n_folds: int) -> StratifiedKFold | PredefinedSplit:
    """Return the folds that calibrate, of the very rows of the table if these are dependent."""
    if plan.cut.independent:
        return StratifiedKFold(n_folds, shuffle=True, random_state=plan.seed)
    judged = [rows for _, rows in plan.cut.calibration(n_folds, plan.seed)]
    folds = np.empty(sum(map(len, judged)), dtype=np.intp)
    for fold, rows in enumerate(judged):
        folds[rows] = fold
    return PredefinedSplit(folds)


def _calibrated(model: Any, folds: Any) -> CalibratedClassifierCV:
    """Return a classifier with probabilities, which predicts the same labels.

    One temperature for all scores leaves the largest one the largest.
    """
    return CalibratedClassifierCV(model, method="temperature", cv=folds, ensemble=False)


def from_any_columns(pipeline: Pipeline, left_out: Sequence[str]) -> Pipeline:
    """Return a pipeline that makes numbers and texts of columns first, as the report did.

    Parameters
    ----------
    pipeline : Pipeline
    left_out : sequence of str
        Columns that are no features.
    """
    plain = FunctionTransformer(as_frame)
    if left_out:
        plain = FunctionTransformer(features_of, kw_args={"left_out": list(left_out)})
    return make_pipeline(plain, *_steps(pipeline), transform_input=pipeline.transform_input)


def _steps(pipeline: Pipeline) -> list[Any]:
    return [step for _, step in pipeline.steps]
