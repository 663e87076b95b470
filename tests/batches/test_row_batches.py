import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Ridge
from sklearn.utils.validation import check_is_fitted

from sklearn_prune import MinNormRegressor, PrunedRegressor, RowBatches


def table(rng, n=4000, p=8, targets=()):
    X = rng.standard_normal((n, p)) * np.geomspace(1, 1e3, p) + np.arange(p)
    y = X[:, :4] @ rng.standard_normal((4, *targets)) + rng.standard_normal((n, *targets)) + 3
    return X, y, rng.uniform(0.5, 2, n)


def cut(*arrays, step=700):
    """Return the rows of arrays in batches."""
    n = len(arrays[0])
    return RowBatches([tuple(a[i : i + step] for a in arrays) for i in range(0, n, step)])


def assert_same(model, expected, rtol=1e-12):
    scale = np.abs(expected.coef_).max()
    assert_allclose(model.coef_, expected.coef_, rtol=rtol, atol=rtol * scale)
    assert_allclose(model.intercept_, expected.intercept_, rtol=rtol, atol=10 * rtol)
    assert model.coef_.dtype == expected.coef_.dtype
    assert np.shape(model.intercept_) == np.shape(expected.intercept_)
    assert model.n_features_in_ == expected.n_features_in_
    assert model.n_samples_fit_ == expected.n_samples_fit_
    assert model.weight_range_ == expected.weight_range_


@pytest.mark.parametrize("targets", [(), (1,), (3,)])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("fit_intercept", [False, True])
def test_the_fit_is_that_of_all_rows(rng, targets, weighted, fit_intercept):
    X, y, weights = table(rng, targets=targets)
    model = MinNormRegressor(fit_intercept=fit_intercept)
    if not weighted:
        assert_same(model.fit(cut(X, y)), MinNormRegressor(**model.get_params()).fit(X, y))
        return
    weights[rng.random(len(weights)) < 0.2] = 0
    expected = MinNormRegressor(**model.get_params()).fit(X, y, weights)
    assert_same(model.fit(cut(X, y, weights)), expected)
    assert model.rank_ == expected.rank_ == 8


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"strategy": "hessian", "n_rounds": 3},
        {"strategy": "obs", "retrain": False},
        {"strategy": "oracle", "saliency": np.arange(8)},
        {"strategy": "random", "random_state": 0, "retrain": Ridge(10.0)},
        {"estimator": Ridge(100.0), "retrain": MinNormRegressor(fit_intercept=False)},
    ],
)
def test_pruned_models_are_those_of_all_rows(rng, parameters):
    X, y, weights = table(rng)
    model = PrunedRegressor(sparsity=3, **parameters).fit(cut(X, y, weights))
    expected = PrunedRegressor(sparsity=3, **parameters).fit(X, y, weights)
    assert_same(model, expected)
    assert_array_equal(model.support_, expected.support_)
    assert_allclose(model.scores_, expected.scores_, rtol=1e-11)
    assert_allclose(model.predict(X), expected.predict(X), atol=1e-11)
    for name in "estimator_", "retrained_estimator_":
        part, known = getattr(model, name), getattr(expected, name)
        if known is None:
            assert part is None
            continue
        assert vars(part).keys() >= vars(known).keys() - {"n_iter_"}
        seen = X if part.coef_.shape[-1] == 8 else X[:, model.support_]
        assert_allclose(part.predict(seen), known.predict(seen), atol=1e-11)
        for attribute in "n_samples_fit_", "weight_range_", "n_features_in_":
            assert getattr(part, attribute, 0) == getattr(known, attribute, 0)


def test_large_means_cost_no_digits(rng):
    X, y, _ = table(rng)
    exact = MinNormRegressor().fit(X, y)
    shift = np.ldexp(np.arange(8.0), 24)
    X = np.round(X * 2**20) / 2**20  # so that the shifted ones are the same numbers
    exact = MinNormRegressor().fit(X, y)
    model = MinNormRegressor().fit(cut(X + shift, y))
    assert_allclose(model.coef_, exact.coef_, rtol=1e-12)
    model = PrunedRegressor(sparsity=3).fit(cut(X + shift, y))
    assert_allclose(model.coef_, PrunedRegressor(sparsity=3).fit(X, y).coef_, rtol=1e-12)


def test_a_column_that_drifts_costs_no_digits(rng):
    X, y, _ = table(rng)
    X[2000:, 0] += 1e7
    assert_same(MinNormRegressor().fit(cut(X, y)), MinNormRegressor().fit(X, y))


@pytest.mark.parametrize("condition", [1e4, 1e6])
def test_ill_conditioned_rows_are_factorised(rng, condition):
    X, y, weights = table(rng)
    left, right = np.linalg.qr(X)[0], np.linalg.qr(rng.standard_normal((8, 8)))[0]
    X = left * np.geomspace(1, 1 / condition, 8) @ right
    reads = []

    def batches():
        reads.append(1)
        yield from ((X[i : i + 600], y[i : i + 600], weights[i : i + 600]) for i in (0, 600))

    model = MinNormRegressor().fit(RowBatches(batches))
    assert len(reads) == 2
    expected = MinNormRegressor().fit(X[:1200], y[:1200], weights[:1200])
    assert_same(model, expected, rtol=1e-8)
    model = PrunedRegressor(sparsity=4).fit(RowBatches(batches))
    expected = PrunedRegressor(sparsity=4).fit(X[:1200], y[:1200], weights[:1200])
    assert_same(model, expected, rtol=1e-8)


def test_fewer_rows_than_columns_are_interpolated(rng):
    X, y = rng.standard_normal((20, 50)), rng.standard_normal(20)
    model = MinNormRegressor().fit(cut(X, y, step=3))
    assert_same(model, MinNormRegressor().fit(X, y))
    assert model.rank_ == 19
    assert_allclose(model.predict(X), y)
    pruned = PrunedRegressor("hessian", 5).fit(cut(X, y, step=3))
    assert_same(pruned, PrunedRegressor("hessian", 5).fit(X, y))


def test_equal_columns_share_what_one_would_get(rng):
    X, y, _ = table(rng)
    X[:, 5] = X[:, 4]
    X[:, 7] = 0.1
    model = MinNormRegressor().fit(cut(X, y))
    assert model.rank_ == 6
    assert_same(model, MinNormRegressor().fit(X, y), rtol=1e-10)


@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_squares_out_of_range(rng, size):
    X, y, _ = table(rng)
    model = MinNormRegressor().fit(cut(X * size, y))
    assert_allclose(model.coef_ * size, MinNormRegressor().fit(X, y).coef_, rtol=1e-10)


def test_single_precision(rng):
    X, y, _ = table(rng)
    X = X.astype(np.float32)
    model, expected = MinNormRegressor().fit(cut(X, y)), MinNormRegressor().fit(X, y)
    assert model.coef_.dtype == model.intercept_.dtype == np.float32
    assert_same(model, expected, rtol=1e-6)
    mixed = RowBatches([(X[:2000], y[:2000]), (X[2000:].astype(float), y[2000:])])
    assert MinNormRegressor().fit(mixed).coef_.dtype == np.float64


def test_names_are_those_of_data_frames(rng):
    X, y, _ = table(rng)
    frame = pd.DataFrame(X, columns=list("abcdefgh"))
    model = PrunedRegressor(sparsity=2).fit(cut(frame, pd.Series(y)))
    assert list(model.feature_names_in_) == list("abcdefgh")
    model.predict(frame)
    model.fit(cut(X, y))
    assert not hasattr(model, "feature_names_in_")


BAD = [
    (lambda X, y: (X[:, :3], y), "Batch 2 has 3 features, but there were 8 before it"),
    (lambda X, y: (pd.DataFrame(X, columns=list("abcdefgh")), y), "Batch 2 has the features a, b"),
    (lambda X, y: (X, y[:, np.newaxis]), "Batch 2 has y of shape .*, 1., but it was .*,. before"),
    (lambda X, y: (X, y[:9]), "Batch 2: the numbers of rows differ, X has 700, y has 9"),
    (lambda X, y: (X, np.where(y == y[3], np.inf, y)), "Batch 2: y has inf, row 3"),
    (lambda X, y: (np.where(X[5, 6] == X, np.nan, X), y), "Batch 2: X has nan in column 6, row 5"),
    (lambda X, y: (X, y, -np.ones(len(y))), "Batch 2: sample_weight has -1.0"),
    (lambda X, y: (X, y, np.full(len(y), np.nan)), "Batch 2: Input sample_weight contains NaN"),
    (lambda X, y: (X, np.full(len(y), "a")), "Batch 2: could not convert string"),
    (lambda X, y: (X.astype(str).astype(object) + "a", y), "Batch 2: could not convert string"),
    (lambda X, y: (X[0], y), "Batch 2: Expected 2D array"),
]


@pytest.mark.parametrize(("change", "message"), BAD)
def test_a_bad_batch_is_named_and_leaves_the_model_alone(rng, change, message):
    X, y, _ = table(rng)
    batches = cut(X, y).batches
    model = MinNormRegressor().fit(X[:50], y[:50])
    before = dict(vars(model))
    bad = RowBatches([*batches[:2], change(*batches[2]), *batches[3:]])
    with pytest.raises(ValueError, match=message):
        model.fit(bad)
    assert vars(model) == before
    unfitted = PrunedRegressor(sparsity=2)
    with pytest.raises(ValueError, match=message):
        unfitted.fit(bad)
    with pytest.raises(NotFittedError):
        check_is_fitted(unfitted)


def test_a_column_of_words_is_named(rng):
    frame = pd.DataFrame({"size": [1.0, 2.0], "city": ["Rome", "Oslo"]})
    with pytest.raises(ValueError, match="Batch 0: column 'city' of X has other things than num"):
        MinNormRegressor().fit(RowBatches([(frame, [1, 2])]))


@pytest.mark.parametrize("batches", [[], [(np.ones((0, 3)), np.ones(0))]])
def test_no_rows(batches):
    with pytest.raises(ValueError, match="X has no rows"):
        MinNormRegressor().fit(RowBatches(batches))


def test_weights_that_are_all_zero(rng):
    X, y, weights = table(rng)
    with pytest.raises(ValueError, match="sample_weight is zero for every sample"):
        MinNormRegressor().fit(cut(X, y, 0 * weights))


def test_what_can_be_read_once_is_refused():
    for batches in iter([(1, 2)]), None:
        with pytest.raises(TypeError, match="give a function that returns the batches"):
            RowBatches(batches)
    with pytest.raises(TypeError, match="Batch 0 is int: give a tuple"):
        MinNormRegressor().fit(RowBatches([3]))
    with pytest.raises(TypeError, match="returned int: return an iterator over batches"):
        MinNormRegressor().fit(RowBatches(lambda: 3))


def test_batches_hold_y_themselves(rng):
    X, y, _ = table(rng)
    with pytest.raises(ValueError, match="RowBatches come without y: give it in the batches"):
        MinNormRegressor().fit(cut(X, y), y)
    with pytest.raises(ValueError, match="requires y to be passed, but the target y is None"):
        MinNormRegressor().fit(X)
    with pytest.raises(ValueError, match="requires y to be passed, but the target y is None"):
        PrunedRegressor().fit(X)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"strategy": lambda coef, X, y: coef}, "callable strategy needs the rows"),
        ({"retrain": "distill"}, 'retrain="distill" needs the rows'),
        ({"estimator": Ridge(1.0, positive=True)}, "needs the rows.* give MinNormRegressor"),
        ({"strategy": "best"}, "strategy is 'best'"),
    ],
)
def test_what_needs_the_rows_is_refused_before_they_are_read(parameters, message):
    def batches():
        raise AssertionError("read")

    with pytest.raises(ValueError, match=message):
        PrunedRegressor(**parameters).fit(RowBatches(batches))
