"""From the columns of a table to random features, as a pipeline of scikit-learn's parts."""

from __future__ import annotations

from typing import Any

from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import (
    MinMaxScaler,
    OneHotEncoder,
    PolynomialFeatures,
    QuantileTransformer,
)

from sklearn_prune._random_features.random_features import RandomFeatures

MOST_CATEGORIES, N_QUANTILES = 20, 20
NUMBERS = ("number", "bool")


def preparation(*, impute: bool) -> Any:
    """Return the transformer of the columns that random features are made of, not fitted.

    A column of ones gives the random features a bias.
    """
    return make_pipeline(prepared_columns(impute=impute), PolynomialFeatures(degree=1))


def prepared_columns(*, impute: bool) -> Any:
    """Return the transformer of the columns, not fitted.

    Numbers enter twice, scaled to [-1, 1] and as ranks in [0, 1], so that neither a long tail
    nor a straight line is lost. What lies beyond the training rows is clipped: single rows
    would otherwise decide the squared error of an interpolating model. Everything else is
    one-hot encoded.
    """
    ranks = QuantileTransformer(n_quantiles=N_QUANTILES, subsample=None)
    numeric: Any = make_union(MinMaxScaler((-1, 1), clip=True), ranks)
    other: Any = OneHotEncoder(
        handle_unknown="infrequent_if_exist", max_categories=MOST_CATEGORIES, sparse_output=False
    )
    if impute:
        numeric = make_pipeline(SimpleImputer(strategy="median"), numeric)
        other = make_pipeline(SimpleImputer(strategy="most_frequent"), other)
    return make_column_transformer(
        (numeric, make_column_selector(dtype_include=list(NUMBERS))),
        (other, make_column_selector(dtype_exclude=list(NUMBERS))),
    )


def count_prepared(X: Any) -> int:
    """Return how many columns the prepared ones of a data frame are.

    Parameters
    ----------
    X : DataFrame of shape (n_samples, n_columns)
        Of numbers and texts.
    """
    others = X.select_dtypes(exclude=list(NUMBERS)).nunique().clip(upper=MOST_CATEGORIES)
    return 2 * (X.shape[1] - len(others)) + int(others.sum())


def random_features(width: int, seed: int) -> RandomFeatures:
    """Return so many ReLU features with weights of unit length, not fitted."""
    return RandomFeatures(width, weights="unit", random_state=seed)
