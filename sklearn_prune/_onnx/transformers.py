"""Fitted transformers: from columns to columns."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.feature_selection import SelectorMixin
from sklearn.impute import SimpleImputer
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    PolynomialFeatures,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)

from sklearn_prune._random_features.pruned_layer import PrunedLayer
from sklearn_prune._random_features.random_features import RandomFeatures

from .imputation import imputed
from .monomials import multiplied
from .one_hot import one_hot
from .quantile_ranks import ranked
from .random_layers import random_layer
from .scalers import max_abs_scaled, min_max_scaled, robustly_scaled, standardised
from .wanted_columns import side_by_side

if TYPE_CHECKING:
    from sklearn_prune._typing import Indices

    from .wanted_columns import Columns


@singledispatch
def transformed(step: Any, columns: Columns) -> Columns:
    """Return the columns that a fitted transformer makes of others.

    Raises
    ------
    TypeError
        If nothing is known of such a transformer.
    """
    if step is None or step == "passthrough":
        return columns
    msg = f"{type(step).__name__} is no transformer that to_onnx knows: leave it out."
    raise TypeError(msg)


@transformed.register(Pipeline)
def _(step: Pipeline, columns: Columns) -> Columns:
    for _, part in step.steps:
        columns = transformed(part, columns)
    return columns


@transformed.register(FeatureUnion)
def _(step: FeatureUnion, columns: Columns) -> Columns:
    _check_unweighted(step)
    parts = [part for _, part in step.transformer_list if not _is_dropped(part)]
    return side_by_side(columns.graph, [transformed(part, columns) for part in parts])


@transformed.register(ColumnTransformer)
def _(step: ColumnTransformer, columns: Columns) -> Columns:
    _check_unweighted(step)
    parts = [(part, _positions(wanted, step)) for _, part, wanted in step.transformers_]
    made = [
        transformed(part, columns.some(positions))
        for part, positions in parts
        if len(positions) and not _is_dropped(part)
    ]
    return side_by_side(columns.graph, made)


def _check_unweighted(step: Any) -> None:
    if step.transformer_weights:
        raise ValueError("transformer_weights cannot be exported: leave them out.")


def _is_dropped(part: Any) -> bool:
    return isinstance(part, str) and part == "drop"


def _positions(wanted: Any, step: ColumnTransformer) -> Indices:
    """Return the positions of the columns that a part of a column transformer takes."""
    everything = np.arange(step.n_features_in_)
    if isinstance(wanted, slice):
        return everything[wanted]
    columns = np.atleast_1d(np.asarray(wanted))
    if columns.dtype.kind in "OU":
        names = step.feature_names_in_.tolist()
        return np.array([names.index(name) for name in columns])
    return everything[columns if columns.size else []]


@transformed.register(FunctionTransformer)
def _(step: FunctionTransformer, columns: Columns) -> Columns:
    if step.func is not None:
        msg = f"func is {step.func!r}: ONNX knows no functions of Python, leave the step out."
        raise ValueError(msg)
    return columns


@transformed.register(SelectorMixin)
def _(step: SelectorMixin, columns: Columns) -> Columns:
    return columns.some(step.get_support(indices=True))


for kind, conversion in {
    MaxAbsScaler: max_abs_scaled,
    MinMaxScaler: min_max_scaled,
    OneHotEncoder: one_hot,
    PolynomialFeatures: multiplied,
    PrunedLayer: random_layer,
    QuantileTransformer: ranked,
    RandomFeatures: random_layer,
    RobustScaler: robustly_scaled,
    SimpleImputer: imputed,
    StandardScaler: standardised,
}.items():
    transformed.register(kind, conversion)
