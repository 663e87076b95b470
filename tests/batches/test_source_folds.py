import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.model_selection import KFold, LeaveOneGroupOut, ShuffleSplit

from sklearn_prune import PrunedRegressorCV, RowBatches


def cut(*arrays, step=130):
    """Return the rows of arrays in batches."""
    n = len(arrays[0])
    parts = (slice(i, i + step) for i in range(0, n, step))
    return RowBatches([tuple(None if a is None else a[rows] for a in arrays) for rows in parts])


@pytest.fixture
def data(rng):
    X = rng.standard_normal((1003, 7)) + np.arange(7)
    y = X[:, :3] @ [[1, 0], [2, 1], [0, 3]] + rng.standard_normal((1003, 2)) + 3
    return X, y, rng.uniform(0, 2, 1003) * (rng.random(1003) < 0.9)


def assert_same(model, expected, rtol=1e-9):
    assert (model.sparsity_, model.strategy_) == (expected.sparsity_, expected.strategy_)
    assert (model.alpha_, model.best_index_) == (expected.alpha_, expected.best_index_)
    assert model.cv_results_.keys() == expected.cv_results_.keys()
    for name, column in expected.cv_results_.items():
        if name == "rank_test_score":  # those of equal models are up to rounding
            assert_array_equal(model.cv_results_[name] == 1, column == 1)
        elif name.endswith("score"):
            assert_allclose(model.cv_results_[name], column, rtol=rtol, atol=rtol)
        elif name == "selection_frequency":
            assert_array_equal(np.stack(model.cv_results_[name]), np.stack(column))
        elif name == "strategy":
            assert_array_equal(model.cv_results_[name], column)
        else:
            assert_allclose(model.cv_results_[name], column)
    for fitted, known in [(model, expected), (model.best_estimator_, expected.best_estimator_)]:
        assert_allclose(fitted.coef_, known.coef_, rtol=rtol, atol=rtol)
        assert_allclose(fitted.intercept_, known.intercept_, rtol=rtol, atol=rtol)
        assert fitted.n_features_in_ == known.n_features_in_
    assert model.best_estimator_.n_samples_fit_ == expected.best_estimator_.n_samples_fit_
    assert model.best_estimator_.weight_range_ == expected.best_estimator_.weight_range_
    assert model.n_splits_ == expected.n_splits_
    assert_array_equal(model.fold_supports_, expected.fold_supports_)


@pytest.mark.parametrize(
    "parameters",
    [
        {"cv": 5},
        {"cv": KFold(3), "strategy": ["magnitude", "hessian", "obs"], "alphas": [0, 1.0, 100]},
        {"cv": 4, "retrain": False, "one_standard_error": True},
        {"cv": 4, "fit_intercept": False, "retrain_alphas": [0, 3.0], "sparsities": [2, 0.5]},
    ],
)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n_targets", [1, 2])
def test_contiguous_folds_are_those_of_all_rows(data, parameters, weighted, n_targets):
    X, y, weights = data
    y, weights = y if n_targets == 2 else y[:, 0], weights if weighted else None
    model = PrunedRegressorCV(**parameters).fit(cut(X, y, weights))
    assert_same(model, PrunedRegressorCV(**parameters).fit(X, y, weights))


def test_labels_say_which_fold_holds_out_a_row(data, rng):
    X, y, weights = data
    labels = rng.choice(["north", "east", "west"], len(X))
    model = PrunedRegressorCV().fit(cut(X, y, weights, labels))
    expected = PrunedRegressorCV(cv=LeaveOneGroupOut()).fit(X, y, weights, groups=labels)
    assert_same(model, expected)
    assert_same(PrunedRegressorCV(cv=LeaveOneGroupOut()).fit(cut(X, y, weights, labels)), expected)


def test_labels_of_a_parquet_column(data, rng, tmp_path):
    pytest.importorskip("pyarrow")
    X, y, _ = data
    names = list("abcdefg")
    frame = pd.DataFrame(X, columns=names)
    labels = rng.integers(0, 3, len(X))
    frame.assign(y=y[:, 0], part=labels).to_parquet(tmp_path / "rows.parquet", row_group_size=99)
    rows = RowBatches.from_parquet(tmp_path, target="y", fold="part", batch_size=50)
    cv = LeaveOneGroupOut()
    expected = PrunedRegressorCV(cv=cv).fit(frame, y[:, 0], groups=labels)
    model = PrunedRegressorCV().fit(rows)
    assert_same(model, expected)
    assert_array_equal(model.feature_names_in_, names)
    contiguous = RowBatches.from_parquet(tmp_path, target="y", features=names, batch_size=50)
    assert_same(PrunedRegressorCV(cv=4).fit(contiguous), PrunedRegressorCV(cv=4).fit(X, y[:, 0]))


def test_dask(data, rng):
    da, dd = pytest.importorskip("dask.array"), pytest.importorskip("dask.dataframe")
    X, y, weights = data
    labels = rng.integers(0, 3, len(X))
    arrays = [da.from_array(a, chunks=(90, 3)[: a.ndim]) for a in (X, y, weights)]
    expected = PrunedRegressorCV(cv=5).fit(X, y, weights)
    assert_same(PrunedRegressorCV(cv=5).fit(*arrays), expected)
    expected = PrunedRegressorCV(cv=LeaveOneGroupOut()).fit(X, y, weights, groups=labels)
    model = PrunedRegressorCV().fit(*arrays, groups=da.from_array(labels, chunks=50))
    assert_same(model, expected)
    names = list("abcdefg")
    frame = pd.DataFrame(X, columns=names).assign(y=y[:, 0], part=labels)
    parts = dd.from_pandas(frame, npartitions=6)
    expected = PrunedRegressorCV(cv=LeaveOneGroupOut()).fit(frame[names], y[:, 0], groups=labels)
    assert_same(PrunedRegressorCV().fit(parts[names], parts["y"], groups=parts["part"]), expected)
    expected = PrunedRegressorCV(cv=4).fit(frame[names], y[:, 0])
    assert_same(PrunedRegressorCV(cv=4).fit(parts[names], parts["y"]), expected)


@pytest.mark.parametrize("n_rows", [10, 24])
def test_folds_of_few_rows(rng, n_rows):
    X, y = rng.standard_normal((n_rows, 8)), rng.standard_normal(n_rows)
    model = PrunedRegressorCV(cv=4).fit(cut(X, y, step=3))
    assert_same(model, PrunedRegressorCV(cv=4).fit(X, y))


def test_ill_conditioned_folds(rng):
    X = np.linalg.qr(rng.standard_normal((900, 6)))[0] * np.geomspace(1, 1e-6, 6)
    X, y = X @ np.linalg.qr(rng.standard_normal((6, 6)))[0], rng.standard_normal(900)
    for parameters in {}, {"retrain": False}:
        model = PrunedRegressorCV(cv=4, **parameters).fit(cut(X, y))
        expected = PrunedRegressorCV(cv=4, **parameters).fit(X, y)
        scale = np.abs(expected.coef_).max()
        assert model.sparsity_ == expected.sparsity_
        assert_allclose(model.coef_, expected.coef_, rtol=1e-8, atol=1e-8 * scale)
        for name in "mean_test_score", "std_test_score":
            assert_allclose(model.cv_results_[name], expected.cv_results_[name], rtol=1e-7)


def test_a_column_that_drifts_from_fold_to_fold(rng):
    X, noise = rng.standard_normal((1000, 5)), rng.standard_normal(1000)
    X[200:, 0] += 1e7
    y = X[:, 1] + noise
    model, expected = (PrunedRegressorCV(cv=5) for _ in range(2))
    assert_same(model.fit(cut(X, y)), expected.fit(X, y), rtol=1e-7)


def test_single_precision(data):
    X, y, _ = data
    X = X.astype(np.float32)
    model, expected = (PrunedRegressorCV(cv=3) for _ in range(2))
    assert_same(model.fit(cut(X, y)), expected.fit(X, y), rtol=1e-5)
    assert model.coef_.dtype == model.best_estimator_.coef_.dtype == np.float32


def test_a_fold_of_weight_zero_is_as_if_absent(data):
    X, y, weights = data
    weights[:300] = 0
    model, expected = (PrunedRegressorCV(cv=4) for _ in range(2))
    assert_same(model.fit(cut(X, y, weights)), expected.fit(X, y, weights))
    assert model.n_splits_ == 3
    weights[:-200] = 0
    with pytest.raises(ValueError, match="Fold 0 of cv has no sample of positive weight to train"):
        model.fit(cut(X, y, weights))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"cv": None}, "cv is None: rows that do not fit in memory are held out one after"),
        ({"cv": KFold(5, shuffle=True)}, "Give a number of folds, KFold without shuffling"),
        ({"cv": ShuffleSplit(3)}, "cv is ShuffleSplit"),
        ({"cv": 1}, "at least one train/test split"),
        ({"cv": True}, "cv is True"),
        ({"cv": 2000}, "cv asks for 2000 folds of 1003 rows: give fewer"),
        ({"cv": 5, "scoring": "r2"}, "scoring is 'r2', which needs the rows themselves"),
        ({"cv": 5, "strategy": lambda coef, X, y: coef}, "callable strategy needs the rows"),
        ({"cv": 5, "retrain": "distill"}, 'retrain="distill" needs the rows'),
    ],
)
def test_what_needs_the_rows_is_refused(data, parameters, message):
    X, y, _ = data
    model = PrunedRegressorCV(**parameters)
    before = dict(vars(model))
    with pytest.raises(ValueError, match=message):
        model.fit(cut(X, y))
    assert vars(model) == before


def test_labels_that_are_bad(data):
    X, y, weights = data
    labels = np.arange(len(X)) % 3.0
    with pytest.raises(ValueError, match="cv is 5, and the rows come with labels of folds"):
        PrunedRegressorCV(cv=5).fit(cut(X, y, weights, labels))
    labels[700] = np.nan
    with pytest.raises(ValueError, match="Batch 5 has a row without a fold"):
        PrunedRegressorCV().fit(cut(X, y, weights, labels))
    with pytest.raises(ValueError, match=r"Batch 0: the numbers of rows differ, .* the folds has"):
        PrunedRegressorCV().fit(RowBatches([(X, y, weights, labels[:9])]))
    with pytest.raises(ValueError, match="RowBatches come without groups"):
        PrunedRegressorCV().fit(cut(X, y), groups=labels)
