"""The recommended model: a pipeline, and the code that makes it."""

from __future__ import annotations

import json
from textwrap import indent
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
    MOST_CATEGORIES,
    N_QUANTILES,
    NUMBERS,
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
ALPHAS_CODE = "np.logspace(-3, 5, 17)"
PENALTIES_CODE = "np.logspace(-3, 2, 6)"
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
        model = _logistic(_calibration(plan, _penalty_folds(plan, calibration_folds)))
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


def _penalty_folds(plan: Plan, calibration_folds: int) -> int:
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


def code(choice: Choice, plan: Plan, loading: tuple[str, str], calibration_folds: int) -> str:
    """Return the same as Python code.

    Parameters
    ----------
    choice : Choice
    plan : Plan
    loading : tuple of two str
        Code that makes X and y, and code that makes `X_unlabeled`, for the distilled model.
    calibration_folds : int
    """
    distill, calibrate = choice.method == DISTILLED, calibration_folds > 1
    calibrate, logistic = calibrate and choice.method not in PROBABLE, choice.method == LOGISTIC
    model = _model_code(choice, classification=plan.classification)
    name, is_pruned = model.partition("(")[0], choice.method in RETRAIN
    of_columns = choice.method in OF_COLUMNS
    ours = sorted([*([name] if is_pruned else []), *([] if of_columns else ["RandomFeatures"])])
    folds_class = ""
    if calibrate or logistic:
        n_folds = _penalty_folds(plan, calibration_folds) if logistic else calibration_folds
        folds_class, folds = plan.cut.calibration_code(n_folds, plan.seed)
        folds = indent(folds, "    ").strip()
        model = (
            LOGISTIC_CODE.format(folds=folds)
            if logistic
            else CALIBRATED.format(model=indent(model, "    "), folds=folds)
        )
    last = '    transform_input=["X_unlabeled"],\n' if distill else ""
    return CODE.format(
        calibration=CALIBRATION if calibrate else "",
        imports=_imports(choice, "RidgeCV" if is_pruned else name, impute=plan.impute),
        config="import sklearn\n" if distill else "",
        ours=f"\nfrom sklearn_prune import {', '.join(ours)}\n" if ours else "",
        preprocessing=PREPROCESSING if of_columns else PREPROCESSING_WITH_ONES,
        folds=STRATIFIED.format(folds_class) if folds_class else "",
        loading="\n".join(loading) if distill else loading[0],
        numeric=_imputed(NUMERIC, "median", impute=plan.impute),
        other=_imputed(OTHER, "most_frequent", impute=plan.impute),
        numbers=json.dumps(NUMBERS),
        layer="" if of_columns else LAYER.format(width=choice.width, seed=plan.seed),
        model=indent(model, "    "),
        last=last,
        routing="sklearn.set_config(enable_metadata_routing=True)\n" if distill else "",
        fit="pipeline.fit(X, y, X_unlabeled=X_unlabeled)" if distill else "pipeline.fit(X, y)",
    )


def _model_code(choice: Choice, *, classification: bool) -> str:
    """Return the code of `_model`."""
    if choice.method == MEAN:
        return f"{'DummyClassifier' if classification else 'DummyRegressor'}()"
    if choice.method == LOGISTIC:
        return "LogisticRegressionCV()"
    if choice.method not in RETRAIN:
        return f"{'RidgeClassifierCV' if classification else 'RidgeCV'}({ALPHAS_CODE})"
    model = (
        f'{"PrunedClassifier" if classification else "PrunedRegressor"}("{choice.strategy}", '
        f"{choice.budget}, {RETRAIN[choice.method]!r}, estimator=RidgeCV({ALPHAS_CODE}))"
    )
    return f"{model}.set_fit_request(X_unlabeled=True)" if choice.method == DISTILLED else model


def _imports(choice: Choice, estimator: str, *, impute: bool) -> str:
    """Return code that imports what is fitted, and what fills in."""
    imputer = IMPUTER if impute else ""
    if choice.method == MEAN:
        return f"from sklearn.dummy import {estimator}\n{imputer}"
    return f"{imputer}from sklearn.linear_model import {estimator}\n"


def _imputed(transformer: str, strategy: str, *, impute: bool) -> str:
    """Return the code of a transformer, after an imputer if one is asked for."""
    if not impute:
        return transformer
    inner = indent(f'SimpleImputer(strategy="{strategy}"),\n{transformer},\n', "    ")
    return f"make_pipeline(\n{inner})"


NUMERIC = f"""make_union(
    MinMaxScaler((-1, 1), clip=True),
    QuantileTransformer(n_quantiles={N_QUANTILES}, subsample=None),
)"""
OTHER = f"""OneHotEncoder(
    handle_unknown="infrequent_if_exist", max_categories={MOST_CATEGORIES}, sparse_output=False
)"""
CALIBRATION = "from sklearn.calibration import CalibratedClassifierCV\n"
STRATIFIED = "from sklearn.model_selection import {}\n"
CALIBRATED = """\
CalibratedClassifierCV(
{model},
    method="temperature",
    cv={folds},
    ensemble=False,
)"""
LOGISTIC_CODE = f"""\
LogisticRegressionCV(
    Cs={PENALTIES_CODE},
    l1_ratios=(0.0,),
    cv={{folds}},
    scoring="neg_log_loss",
    max_iter={MOST_STEPS},
    use_legacy_attributes=False,
)"""
PREPROCESSING = """\
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, QuantileTransformer
"""
PREPROCESSING_WITH_ONES = """\
from sklearn.preprocessing import (
    MinMaxScaler,
    OneHotEncoder,
    PolynomialFeatures,
    QuantileTransformer,
)
"""
LAYER = """\
    PolynomialFeatures(degree=1),
    RandomFeatures({width}, weights="unit", random_state={seed}),
"""
IMPUTER = "from sklearn.impute import SimpleImputer\n"
CODE = """\
import numpy as np
import pandas as pd
{config}{calibration}from sklearn.compose import make_column_selector, make_column_transformer
{imports}{folds}from sklearn.pipeline import make_pipeline, make_union
{preprocessing}{ours}
{loading}

{routing}numeric = {numeric}
other = {other}
columns = make_column_transformer(
    (numeric, make_column_selector(dtype_include={numbers})),
    (other, make_column_selector(dtype_exclude={numbers})),
)
pipeline = make_pipeline(
    columns,
{layer}{model},
{last})
{fit}
"""
