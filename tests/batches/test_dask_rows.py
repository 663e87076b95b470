import sys
from subprocess import run

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_prune import MinNormRegressor, PrunedRegressor
from sklearn_prune._batches.partial_result import Reading

da = pytest.importorskip("dask.array")
dd = pytest.importorskip("dask.dataframe")
dask = pytest.importorskip("dask")

NAMES = list("abcdef")


@pytest.fixture(autouse=True)
def _serial():
    with dask.config.set(scheduler="synchronous"):
        yield


@pytest.fixture
def data(rng):
    X = rng.standard_normal((1000, 6)) + np.arange(6)
    y = X @ rng.standard_normal((6, 2)) + rng.standard_normal((1000, 2))
    return X, y, rng.uniform(0, 2, 1000) * (rng.random(1000) < 0.9)


def assert_same(model, expected, rtol=1e-12):
    assert_allclose(model.coef_, expected.coef_, rtol=rtol, atol=rtol)
    assert_allclose(model.intercept_, expected.intercept_, rtol=10 * rtol)
    assert model.n_samples_fit_ == expected.n_samples_fit_
    assert model.weight_range_ == expected.weight_range_


@pytest.mark.parametrize("make", [MinNormRegressor, lambda: PrunedRegressor("obs", 3)])
@pytest.mark.parametrize("chunks", [(30, 6), (400, 4), (1000, 6)])
def test_arrays_in_any_chunks(data, chunks, make):
    X, y, weights = data
    rows = da.from_array(X, chunks=chunks)
    for target in y, y[:, 0]:
        model = make().fit(
            rows, da.from_array(target, chunks=270), da.from_array(weights, chunks=1000)
        )
        assert_same(model, make().fit(X, target, weights))
    assert_same(make().fit(rows, da.from_array(y), 3.0), make().fit(X, y, 3.0))
    assert_same(make().fit(rows, da.from_array(y)), make().fit(X, y))


@pytest.mark.parametrize("make", [MinNormRegressor, lambda: PrunedRegressor("hessian", 3)])
def test_data_frames(data, make):
    X, y, weights = data
    frame = pd.DataFrame(X, columns=NAMES).assign(y=y[:, 0], z=y[:, 1], weight=weights)
    parts = dd.from_pandas(frame, npartitions=17)
    for target in "y", ["y"], ["y", "z"]:
        model = make().fit(parts[NAMES], parts[target], parts["weight"])
        assert_same(model, make().fit(frame[NAMES], frame[target], weights))
        assert_array_equal(model.feature_names_in_, NAMES)


def test_frames_and_arrays_of_unknown_length(data):
    X, y, weights = data
    frame = pd.DataFrame(X, columns=NAMES).assign(y=y[:, 0], weight=weights)
    parts = dd.from_pandas(frame, npartitions=5)
    parts = parts[parts["a"] > -1]
    kept = frame[frame["a"] > -1]
    expected = MinNormRegressor().fit(kept[NAMES], kept["y"], kept["weight"])
    for X, y in [
        (parts[NAMES].values, parts["y"].values),
        (parts[NAMES].values, parts["y"]),
        (parts[NAMES], parts["y"].values),
        (parts[NAMES], parts[["y"]].values[:, 0]),
    ]:
        assert_same(MinNormRegressor().fit(X, y, parts["weight"]), expected)
    model = MinNormRegressor().fit(parts[NAMES], parts["y"].values)
    assert_array_equal(model.feature_names_in_, NAMES)


def test_columns_of_every_kind(rng):
    n = 200
    frame = pd.DataFrame(
        {
            "whole": pd.array(rng.integers(0, 9, n), dtype="Int64"),
            "single": rng.random(n).astype(np.float32),
            "flag": rng.random(n) < 0.5,
            "level": pd.Categorical(rng.integers(0, 3, n)),
            "object": pd.Series(list(rng.random(n)), dtype=object),
            "y": pd.array(rng.random(n), dtype="Float64"),
        }
    )
    parts = dd.from_pandas(frame, npartitions=4)
    features = list(frame)[:-1]
    expected = MinNormRegressor().fit(frame[features], frame["y"])
    assert_same(MinNormRegressor().fit(parts[features], parts["y"]), expected, rtol=1e-10)
    words = parts.assign(level=parts["level"].astype(str).map("level {}".format, meta=str))
    with pytest.raises(
        ValueError, match=r"Partition \d: column 'level' of X has other things than"
    ):
        MinNormRegressor().fit(words[features], words["y"])


def test_fewer_rows_than_columns(rng):
    X, y = rng.standard_normal((20, 50)), rng.standard_normal(20)
    rows = da.from_array(X, chunks=(3, 20)), da.from_array(y, chunks=20)
    model = MinNormRegressor().fit(*rows)
    assert_same(model, MinNormRegressor().fit(X, y), rtol=1e-10)
    assert model.rank_ == 19


def test_ill_conditioned_partitions_are_factorised(rng):
    X = np.linalg.qr(rng.standard_normal((500, 6)))[0] * np.geomspace(1, 1e-5, 6)
    X, y = X @ np.linalg.qr(rng.standard_normal((6, 6)))[0], rng.standard_normal(500)
    model = MinNormRegressor().fit(da.from_array(X, chunks=40), da.from_array(y, chunks=40))
    assert_same(model, MinNormRegressor().fit(X, y), rtol=1e-8)


def test_a_partition_without_rows(data):
    frame = pd.DataFrame(data[0], columns=NAMES).assign(f=np.arange(1000.0))
    parts = dd.from_pandas(frame, npartitions=10)
    parts = parts[parts["f"] < 420]
    model = MinNormRegressor().fit(parts[NAMES[1:]], parts["a"])
    assert_same(model, MinNormRegressor().fit(frame[NAMES[1:]][:420], frame["a"][:420]))
    with pytest.raises(ValueError, match="X has no rows"):
        MinNormRegressor().fit(parts[parts["a"] > 100], parts[parts["a"] > 100]["a"])


def test_results_merge_along_a_tree(data, monkeypatch):
    X, y, _ = data
    sizes, merged = [], Reading.merged

    def counted(reading, results):
        sizes.append(len(results))
        return merged(reading, results)

    monkeypatch.setattr(Reading, "merged", counted)
    MinNormRegressor().fit(da.from_array(X, chunks=(10, 6)), da.from_array(y, chunks=10))
    assert sorted(sizes) == sorted([8] * 12 + [4] + [8, 5] + [2])


def bad_inputs(X, y, weights):
    rows, target = da.from_array(X, chunks=(100, 6)), da.from_array(y, chunks=100)
    spoilt = X.copy()
    spoilt[310, 4] = np.inf
    frame = dd.from_pandas(pd.DataFrame(X, columns=NAMES), npartitions=3)
    yield (rows, None), "X is a dask collection and y is None: give a dask array"
    yield (rows, y), "X is a dask collection and y is ndarray: give a dask array"
    yield (rows, target, weights), "X is a dask collection and sample_weight is ndarray"
    yield (rows, target[:90]), "X has 1000 rows, and another array has 90"
    yield (
        (da.from_array(spoilt, chunks=(100, 6)), target),
        "Partition 3: X has inf in column 4, row 10",
    )
    yield (
        (rows, da.where(target == y[220, 1], np.nan, target)),
        "Partition 2: y has nan in column 1",
    )
    yield (rows, target, -(target[:, 0] ** 2)), r"Partition \d: sample_weight has -"
    yield (rows, target, 0 * target[:, 0]), "sample_weight is zero for every sample"
    yield (frame, target), "The numbers of partitions differ, X has 3, y has 10"
    yield (rows[:, 0], target), "X is a dask Array without rows and columns"
    yield (
        (dask.delayed(X), target),
        r"X is a dask Delayed.* without rows",
    )
    swapped = [pd.DataFrame(X[:50], columns=names) for names in (NAMES, NAMES[::-1])]
    parts = dd.from_delayed([*map(dask.delayed, swapped)], meta=swapped[0], verify_meta=False)
    yield (parts, parts["a"]), "Partition 1 has the features f, e, d.* there were a, b, c"


@pytest.mark.parametrize("case", range(12))
def test_bad_input_leaves_the_model_alone(data, case):
    arrays, message = list(bad_inputs(*data))[case]
    model = MinNormRegressor().fit(*data)
    before = dict(vars(model))
    with pytest.raises(ValueError, match=message):
        model.fit(*arrays)
    assert vars(model) == before


def test_nothing_imports_dask():
    code = (
        "import sys, numpy as np; from sklearn_prune import MinNormRegressor, RowBatches;"
        "MinNormRegressor().fit(RowBatches([(np.eye(3), np.ones(3))]));"
        "print('dask' in sys.modules)"
    )
    result = run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert result.stdout == "False\n"
