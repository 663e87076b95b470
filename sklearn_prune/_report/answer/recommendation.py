"""The recommended model: a pipeline, and the code that makes it."""

from __future__ import annotations

import json
from textwrap import indent
from typing import TYPE_CHECKING, Any

from sklearn.linear_model import RidgeCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer

from sklearn_prune._pruning.pruned import PrunedRegressor
from sklearn_prune._report.comparison.records import DISTILLED, LARGE, PRUNED, RETRAINED
from sklearn_prune._report.comparison.ridge_fits import ALPHAS
from sklearn_prune._report.table.columns import as_frame
from sklearn_prune._report.table.preparation import (
    MOST_CATEGORIES,
    N_QUANTILES,
    NUMBERS,
    preparation,
    random_features,
)

if TYPE_CHECKING:
    from sklearn_prune._report.comparison.plan import Plan

    from .choices import Choice

RETRAIN = {PRUNED: False, RETRAINED: True, DISTILLED: "distill"}
RIDGE_CODE = "RidgeCV(np.logspace(-3, 5, 17))"


def build(choice: Choice, plan: Plan) -> Pipeline:
    """Return the pipeline of a choice, not fitted.

    The distilled one takes the rows without labels as ``fit(X, y, X_unlabeled=...)``, if
    metadata routing is enabled.
    """
    first = preparation(impute=plan.impute)
    layer = random_features(choice.width, plan.seed)
    if choice.method not in LARGE:
        return make_pipeline(*_steps(first), layer, RidgeCV(ALPHAS))
    model = PrunedRegressor(
        choice.strategy, choice.budget, RETRAIN[choice.method], estimator=RidgeCV(ALPHAS)
    )
    if choice.method == DISTILLED:
        model.set_fit_request(X_unlabeled=True)
    transform_input = ["X_unlabeled"] if choice.method == DISTILLED else None
    return make_pipeline(*_steps(first), layer, model, transform_input=transform_input)


def from_any_columns(pipeline: Pipeline) -> Pipeline:
    """Return a pipeline that makes numbers and texts of columns first, as the report did."""
    plain = FunctionTransformer(as_frame)
    return make_pipeline(plain, *_steps(pipeline), transform_input=pipeline.transform_input)


def _steps(pipeline: Pipeline) -> list[Any]:
    return [step for _, step in pipeline.steps]


def code(choice: Choice, plan: Plan, loading: tuple[str, str]) -> str:
    """Return the same as Python code.

    Parameters
    ----------
    choice : Choice
    plan : Plan
    loading : tuple of two str
        Code that makes X and y, and code that makes `X_unlabeled`, for the distilled model.
    """
    is_large, distill = choice.method in LARGE, choice.method == DISTILLED
    model = RIDGE_CODE
    if is_large:
        model = (
            f'PrunedRegressor("{choice.strategy}", {choice.budget}, {RETRAIN[choice.method]!r}, '
            f"estimator={RIDGE_CODE})"
        )
    if distill:
        model += ".set_fit_request(X_unlabeled=True)"
    last = '    transform_input=["X_unlabeled"],\n' if distill else ""
    names = "PrunedRegressor, RandomFeatures" if is_large else "RandomFeatures"
    return CODE.format(
        imports=IMPUTER if plan.impute else "",
        config="import sklearn\n" if distill else "",
        names=names,
        loading="\n".join(loading) if distill else loading[0],
        numeric=_imputed(NUMERIC, "median", impute=plan.impute),
        other=_imputed(OTHER, "most_frequent", impute=plan.impute),
        numbers=json.dumps(NUMBERS),
        width=choice.width,
        seed=plan.seed,
        model=model,
        last=last,
        routing="sklearn.set_config(enable_metadata_routing=True)\n" if distill else "",
        fit="pipeline.fit(X, y, X_unlabeled=X_unlabeled)" if distill else "pipeline.fit(X, y)",
    )


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
IMPUTER = "from sklearn.impute import SimpleImputer\n"
CODE = """\
import numpy as np
import pandas as pd
{config}from sklearn.compose import make_column_selector, make_column_transformer
{imports}from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import (
    MinMaxScaler,
    OneHotEncoder,
    PolynomialFeatures,
    QuantileTransformer,
)

from sklearn_prune import {names}

{loading}

{routing}numeric = {numeric}
other = {other}
columns = make_column_transformer(
    (numeric, make_column_selector(dtype_include={numbers})),
    (other, make_column_selector(dtype_exclude={numbers})),
)
pipeline = make_pipeline(
    columns,
    PolynomialFeatures(degree=1),
    RandomFeatures({width}, weights="unit", random_state={seed}),
    {model},
{last})
{fit}
"""
