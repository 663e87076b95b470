"""The recommended model, as code that makes it."""

from __future__ import annotations

import json
from textwrap import indent
from typing import TYPE_CHECKING

from sklearn_prune._report.comparison.outside_references import MOST_STEPS
from sklearn_prune._report.comparison.records import DISTILLED, LOGISTIC
from sklearn_prune._report.table.preparation import MOST_CATEGORIES, N_QUANTILES, NUMBERS

from .recommendation import MEAN, OF_COLUMNS, PROBABLE, RETRAIN, penalty_folds

if TYPE_CHECKING:
    from sklearn_prune._report.comparison.plan import Plan

    from .choices import Choice

ALPHAS_CODE = "np.logspace(-3, 5, 17)"
PENALTIES_CODE = "np.logspace(-3, 2, 6)"


def code(choice: Choice, plan: Plan, loading: tuple[str, str], calibration_folds: int) -> str:
    """Return the code of `build`.

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
        n_folds = penalty_folds(plan, calibration_folds) if logistic else calibration_folds
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
