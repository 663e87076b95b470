import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.base import clone
from sklearn.compose import ColumnTransformer, make_column_selector, make_column_transformer
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.feature_selection import VarianceThreshold
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    SplineTransformer,
    StandardScaler,
    TargetEncoder,
)

from sklearn_prune import PrunedRegressor, one_hot_groups

FRAME = pd.DataFrame(
    {
        "city": ["Rome", "Oslo", "Rome", "Bern", "Rome", "Oslo", "Rome", "Bern"],
        "size": [1.0, 2.0, 5.0, 3.0, 4.0, 2.5, 0.5, 6.0],
        "city_kind": list("abababbb"),
        "text": ["so it is", "is it", "so", "it", "so", "so", "it", "is"],
        "age": np.arange(8.0),
    }
)
CATEGORIES = ["city", "city_kind"]


@pytest.mark.parametrize(
    ("params", "widths"),
    [
        ({}, [3, 2]),
        ({"drop": "first"}, [2, 1]),
        ({"drop": "if_binary"}, [3, 1]),
        ({"drop": ["Rome", "a"]}, [2, 1]),
        ({"min_frequency": 3}, [2, 2]),
        ({"max_categories": 2, "drop": "first"}, [1, 1]),
        ({"max_categories": 2, "handle_unknown": "infrequent_if_exist"}, [2, 2]),
        ({"feature_name_combiner": lambda column, level: f"{level} {column}"}, [3, 2]),
        ({"categories": [["Rome", "Oslo", "Bern", "Lima"], ["a", "b"]]}, [4, 2]),
    ],
)
def test_one_hot(params, widths):
    encoder = OneHotEncoder(**params).fit(FRAME[CATEGORIES])
    assert one_hot_groups(encoder) == list(np.repeat(CATEGORIES, widths))
    assert len(encoder.get_feature_names_out()) == sum(widths)
    plain = OneHotEncoder(**params).fit(FRAME[CATEGORIES].to_numpy())
    assert one_hot_groups(plain) == list(np.repeat(["x0", "x1"], widths))


ENCODERS = [
    (KBinsDiscretizer(3, quantile_method="averaged_inverted_cdf"), ["size"] * 3 + ["age"] * 3),
    (
        KBinsDiscretizer(3, encode="ordinal", quantile_method="averaged_inverted_cdf"),
        ["size", "age"],
    ),
    (SplineTransformer(3), ["size"] * 5 + ["age"] * 5),
    (SplineTransformer(3, include_bias=False), ["size"] * 4 + ["age"] * 4),
    (TargetEncoder(cv=2), ["size"] * 3 + ["age"] * 3),
    (OrdinalEncoder(), ["size", "age"]),
    (StandardScaler(), ["size", "age"]),
    (SimpleImputer(), ["size", "age"]),
    (VarianceThreshold(5), ["age"]),
    (PCA(2), ["pca0", "pca1"]),
    (PolynomialFeatures(2), ["1", "size", "age", "size^2", "size age", "age^2"]),
    (FunctionTransformer(feature_names_out="one-to-one"), ["size", "age"]),
    (make_pipeline(SimpleImputer(), SplineTransformer(3)), ["size"] * 5 + ["age"] * 5),
    (make_pipeline("passthrough", StandardScaler()), ["size", "age"]),
]


@pytest.mark.parametrize(("encoder", "expected"), ENCODERS, ids=lambda value: type(value).__name__)
def test_other_encoders(encoder, expected):
    fitted = clone(encoder).fit(FRAME[["size", "age"]], [0, 1, 2, 0, 1, 2, 1, 0])
    labels = one_hot_groups(fitted)
    assert labels == expected
    assert len(labels) == len(fitted.get_feature_names_out())


@pytest.mark.parametrize("verbose", [True, False])
def test_column_transformer(verbose):
    encoder = ColumnTransformer(
        [
            ("gone", "drop", ["size"]),
            ("number", StandardScaler(), ["age"]),
            ("none", StandardScaler(), []),
            (
                "level",
                make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder()),
                CATEGORIES,
            ),
            ("words", CountVectorizer(), "text"),
        ],
        verbose_feature_names_out=verbose,
    ).fit(FRAME)
    words = ["is", "it", "so"]
    expected = ["age", *["city"] * 3, *["city_kind"] * 2]
    assert one_hot_groups(encoder)[:6] == expected
    assert one_hot_groups(encoder)[6:] == [f"words__{w}" if verbose else w for w in words]
    scaled = make_pipeline(encoder, StandardScaler(with_mean=False)).fit(FRAME)
    assert one_hot_groups(scaled)[:6] == expected


WAYS = [
    ["city", "city_kind"],
    [0, 2],
    [True, False, True, False, False],
    slice(0, 3, 2),
    make_column_selector(pattern="city"),
    np.array([0, 2]),
]


@pytest.mark.parametrize("columns", WAYS)
@pytest.mark.parametrize("remainder", ["passthrough", StandardScaler()])
def test_ways_to_choose_columns(columns, remainder):
    table = FRAME.drop(columns="text")
    columns = columns[:4] if isinstance(columns, list) and columns[0] is True else columns
    encoder = make_column_transformer((OneHotEncoder(), columns), remainder=remainder)
    expected = [*["city"] * 3, *["city_kind"] * 2, "size", "age"]
    assert one_hot_groups(encoder.fit(table)) == expected


def test_slices_of_names_and_arrays():
    encoder = make_column_transformer((OneHotEncoder(), slice("city", "city_kind")))
    assert one_hot_groups(encoder.fit(FRAME[["city", "city_kind"]])) == [
        *["city"] * 3,
        *["city_kind"] * 2,
    ]
    encoder = make_column_transformer((OneHotEncoder(), [1]), remainder="passthrough")
    labels = one_hot_groups(encoder.fit(FRAME[["size", "city", "age"]].to_numpy()))
    assert labels == ["x1", "x1", "x1", "x0", "x2"]


def test_names():
    group_of = one_hot_groups(["city", "city_kind", "a__b"])
    names = {
        "city_Rome": "city",
        "cat__city_Rome": "city",
        "all__cat__city_New_York": "city",
        "city": "city",
        "city_kind_a": "city_kind",
        "cat__city_kind_a": "city_kind",
        "citysize": "citysize",
        "num__size": "num__size",
        "a__b_1": "a__b",
        "b_1": "b_1",
    }
    assert {name: group_of(name) for name in names} == names
    assert pickle.loads(pickle.dumps(group_of)) == group_of


def test_names_that_fit_two_variables():
    with pytest.raises(ValueError, match="Column 'cat__dog_1' may be of 'cat' or of 'dog'"):
        one_hot_groups(["cat", "dog"])("cat__dog_1")
    assert one_hot_groups(["cat", "dog", "cat__dog"])("cat__dog_1") == "cat__dog"


def test_bad_input():
    with pytest.raises(NotFittedError, match="not fitted yet"):
        one_hot_groups(OneHotEncoder())
    for given in "city", 3, None:
        with pytest.raises(ValueError, match="give a fitted transformer, or a list of names"):
            one_hot_groups(given)
    for names in [1, 2], [""], [None]:
        with pytest.raises(ValueError, match="give names of variables that are strings"):
            one_hot_groups(names)
    with pytest.raises(ValueError, match="FunctionTransformer does not name its output"):
        one_hot_groups(FunctionTransformer().fit(FRAME))


def test_a_pipeline_whose_folds_see_other_levels(rng):
    n = 60
    table = pd.DataFrame({"city": ["Rome", "Oslo", "Bern"] * 20, "size": rng.standard_normal(n)})
    table.loc[0, "city"] = "Lima"  # in no other fold
    table["district"] = rng.choice(list("abcdef"), n)
    y = (
        3.0 * (table["city"] == "Oslo")
        - 2.0 * (table["city"] == "Rome")
        + 0.1 * rng.standard_normal(n)
    )
    encoder = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["city", "district"]),
        remainder="passthrough",
    )
    model = PrunedRegressor("hessian", 1, feature_groups=one_hot_groups(["city", "district"]))
    pipeline = make_pipeline(encoder, model).set_output(transform="pandas")
    search = GridSearchCV(pipeline, {"prunedregressor__sparsity": [1, 2, 3]}, cv=3).fit(table, y)
    assert search.best_score_ > 0.9
    best = clone(pipeline).set_params(prunedregressor__sparsity=1).fit(table, y)[-1]
    kept = best.get_feature_names_out()
    assert [name.removeprefix("onehotencoder__") for name in kept] == [
        "city_Bern",
        "city_Lima",
        "city_Oslo",
        "city_Rome",
    ]
    labels = one_hot_groups(clone(encoder).fit(table))
    by_label = clone(model).set_params(feature_groups=labels)
    assert_allclose(by_label.fit(encoder.fit_transform(table), y).coef_, best.coef_)
