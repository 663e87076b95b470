"""What halves select is what refits to them keep, whatever shares the work."""

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.datasets import make_classification, make_regression
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import Lasso, LogisticRegression, Ridge

from sklearn_prune import PrunedClassifier, PrunedRegressor, stability_path
from sklearn_prune._checks.class_data import check_class_data
from sklearn_prune._checks.training_data import check_training_data
from sklearn_prune._paths.half_samples import draw_halves

WIDE, TALL = (40, 60), (90, 12)


def problem(shape, **options):
    return make_regression(*shape, n_informative=5, noise=30, random_state=0, **options)


def drawn(data, n_pairs=3):
    """Return the halves that a path of seed 0 draws, those of a pair one after the other."""
    pairs = draw_halves(data, n_pairs, np.random.RandomState(0))
    return [rows for pair in pairs for rows in pair]


def assert_supports(path, models, sizes):
    """Assert that models of each half and size keep what the path says."""
    for entries, of_half in zip(path.entries, models, strict=True):
        for size, model in zip(sizes, of_half, strict=True):
            np.testing.assert_array_equal(entries <= size, model.support_)


@pytest.mark.parametrize("shape", [WIDE, TALL, (30, 20), (400, 25)])
@pytest.mark.parametrize("strategy", ["magnitude", "hessian", "obs", lambda b, X, y: abs(X.T @ y)])
@pytest.mark.parametrize("estimator", [None, Ridge(2.0)])
@pytest.mark.parametrize("weighted", [False, True])
def test_supports_are_those_of_refits(shape, strategy, estimator, weighted):
    X, y = problem(shape)
    weights = np.random.RandomState(1).uniform(0.5, 2, len(y)) if weighted else None
    options = {"strategy": strategy, "estimator": estimator}
    path = stability_path(X, y, n_pairs=3, random_state=0, sample_weight=weights, **options)
    sizes = [1, 4, 9]
    models = [
        [
            PrunedRegressor(sparsity=s, **options).fit(
                X[rows], y[rows], sample_weight=None if weights is None else weights[rows]
            )
            for s in sizes
        ]
        for rows in drawn(check_training_data(None, X, y))
    ]
    assert_supports(path, models, sizes)


def test_samples_of_weight_zero_are_in_no_half():
    X, y = problem(TALL)
    weights = np.ones(len(y))
    weights[::3] = 0
    path = stability_path(X, y, n_pairs=2, random_state=0, sample_weight=weights)
    kept = weights > 0
    same = stability_path(X[kept], y[kept], n_pairs=2, random_state=0)
    np.testing.assert_array_equal(path.entries, same.entries)


@pytest.mark.parametrize("shape", [WIDE, (400, 25)])
def test_sparse_x_and_several_targets(shape):
    X, y = problem(shape, n_targets=2)
    X[abs(X) < 0.5] = 0
    dense = stability_path(X, y, n_pairs=2, random_state=0)
    other = stability_path(sparse.csr_array(X), y, n_pairs=2, random_state=0)
    np.testing.assert_array_equal(other.entries, dense.entries)


@pytest.mark.parametrize("estimator", [None, LogisticRegression(C=0.5)])
@pytest.mark.parametrize(("n_features", "n_classes"), [(10, 2), (10, 3), (50, 2)])
def test_halves_of_classes(estimator, n_features, n_classes):
    X, y = make_classification(
        61, n_features, n_informative=5, n_classes=n_classes, class_sep=0.7, random_state=0
    )
    y[:7] = 0
    names = np.array(["ant", "bee", "cat"])[y]
    options = {"strategy": "hessian", "estimator": estimator}
    path = stability_path(X, names, n_pairs=2, random_state=0, classification=True, **options)
    halves = drawn(check_class_data(None, X, names), 2)
    counts = np.array([np.bincount(y[rows], minlength=n_classes) for rows in halves])
    assert np.abs(counts[::2] - counts[1::2]).max() <= 1
    models = [
        [PrunedClassifier(sparsity=s, **options).fit(X[rows], names[rows]) for s in (2, 5)]
        for rows in halves
    ]
    assert_supports(path, models, (2, 5))


def test_weights_of_classes():
    X, y = make_classification(80, 12, n_informative=6, weights=[0.8], random_state=0)
    weight = {0: 1.0, 1: 4.0}
    path = stability_path(X, y, n_pairs=2, random_state=0, classification=True, class_weight=weight)
    by_sample = stability_path(
        X, y, n_pairs=2, random_state=0, classification=True, sample_weight=np.where(y, 4.0, 1.0)
    )
    np.testing.assert_array_equal(path.entries, by_sample.entries)


@pytest.mark.parametrize("n_rows", [40, 41])
def test_halves_are_disjoint_and_of_one_size(n_rows):
    X, y = problem((n_rows, 5))
    pairs = draw_halves(check_training_data(None, X, y), 4, np.random.RandomState(0))
    for a, b in pairs:
        assert len(a) == len(b) == n_rows // 2
        assert len(np.union1d(a, b)) == n_rows // 2 * 2
    assert len({tuple(a) for a, _ in pairs}) == 4


def test_every_row_is_as_likely_to_be_in_a_half():
    X, y = problem((11, 2))
    pairs = draw_halves(check_training_data(None, X, y), 4000, np.random.RandomState(0))
    counts = np.bincount(np.concatenate([rows for pair in pairs for rows in pair]))
    standard_error = np.sqrt(4000 * 10 / 11 / 11)
    assert np.abs(counts - 4000 * 10 / 11).max() < 4 * standard_error


def test_frequencies_are_shares_of_halves_and_pairs():
    X, y = problem(WIDE)
    path = stability_path(X, y, n_pairs=5, random_state=0, sparsities=[3, 1, 0.2])
    np.testing.assert_array_equal(path.sparsities, [1, 3, 12])
    selected = path.entries <= path.sparsities[:, np.newaxis, np.newaxis]
    np.testing.assert_allclose(path.frequencies, selected.mean(axis=1), rtol=1e-15)
    both = selected[:, ::2] & selected[:, 1::2]
    np.testing.assert_allclose(path.simultaneous_frequencies, both.mean(axis=1), rtol=1e-15)
    np.testing.assert_allclose(path.frequencies.sum(axis=1), path.sparsities)
    least = path.frequencies[1] >= 0.6
    np.testing.assert_array_equal(path.stable(3, 0.6), np.flatnonzero(least))
    assert path.entries.dtype == np.int32


def test_a_lasso_does_not_select_what_it_sets_to_zero():
    X, y = problem(WIDE)
    model = Lasso(20.0)
    path = stability_path(X, y, n_pairs=3, random_state=0, estimator=model)
    for entries, rows in zip(path.entries, drawn(check_training_data(None, X, y)), strict=True):
        used = model.fit(X[rows], y[rows]).coef_ != 0
        np.testing.assert_array_equal(entries <= X.shape[1], used)
    n_used = np.mean(np.count_nonzero(path.entries <= 60, axis=1))
    assert path.error_bound(60, 0.9, "none") == pytest.approx(n_used**2 / 60 / 0.8 / 1.25, rel=0.3)


def test_random_orders_are_drawn_for_each_half():
    X, y = problem(WIDE)
    path = stability_path(X, y, strategy="random", random_state=0, n_jobs=2)
    assert len({tuple(entries) for entries in path.entries}) == 100
    again = stability_path(X, y, strategy="random", random_state=0)
    np.testing.assert_array_equal(path.entries, again.entries)
    assert abs(path.stability[-1]) < 0.01


@pytest.mark.parametrize("shape", [WIDE, (400, 25)])
def test_threads_change_nothing(shape):
    X, y = problem(shape)
    one, two = (stability_path(X, y, n_pairs=3, random_state=0, n_jobs=n) for n in (1, 2))
    np.testing.assert_array_equal(one.entries, two.entries)


def test_names_are_kept_and_paths_are_pickled():
    X, y = problem(TALL)
    frame = pd.DataFrame(X).add_prefix("x")
    path = stability_path(frame, y, n_pairs=2, random_state=0)
    assert path.feature_names_in_[3] == "x3"
    again = pickle.loads(pickle.dumps(path))
    np.testing.assert_array_equal(again.frequencies, path.frequencies)


@pytest.mark.parametrize("shape", [WIDE, (400, 25)])
@pytest.mark.parametrize("strategy", ["hessian", "obs"])
def test_groups_stay_together_and_features_stay(shape, strategy):
    X, y = problem(shape)
    labels = np.arange(shape[1]) // 2
    options = {"feature_groups": labels, "always_keep": [5], "feature_costs": 1.0}
    path = stability_path(X, y, strategy=strategy, n_pairs=2, random_state=0, **options)
    models = [
        [PrunedRegressor(strategy, s, **options).fit(X[rows], y[rows]) for s in (1, 4)]
        for rows in drawn(check_training_data(None, X, y), 2)
    ]
    assert_supports(path, models, (1, 4))
    assert {4, 5} <= set(path.stable(1, 1.0))
    assert path.error_bound(4, 1.0, "none") == pytest.approx(3**2 / labels.max())


def test_a_total_price():
    X, y = problem((400, 25))
    prices = np.linspace(0.5, 2, 25)
    options = {"feature_costs": prices, "sparsity_unit": "cost"}
    path = stability_path(X, y, n_pairs=2, random_state=0, sparsities=[4.5, 9.0], **options)
    models = [
        [PrunedRegressor("hessian", s, **options).fit(X[rows], y[rows]) for s in (4.5, 9.0)]
        for rows in drawn(check_training_data(None, X, y), 2)
    ]
    assert_supports(path, models, (4.5, 9.0))
    q = np.mean([np.count_nonzero(half[0].support_) for half in models])
    assert path.error_bound(4.5, 1.0, "none") == pytest.approx(q**2 / 25)


def test_thresholds_and_sparsities_of_wanted_errors():
    X, y = problem((60, 200))
    path = stability_path(X, y, random_state=0, sparsities=range(1, 100))
    for assumption in ("none", "unimodal", "r-concave"):
        threshold = path.threshold_for(10, 0.8, assumption)
        assert path.error_bound(10, threshold, assumption) <= 0.8
        assert path.error_bound(10, threshold - 0.01, assumption) > 0.8
        size = path.largest_sparsity(0.9, 0.8, assumption)
        assert path.error_bound(size, 0.9, assumption) <= 0.8
        assert path.error_bound(size + 1, 0.9, assumption) > 0.8
    with pytest.raises(ValueError, match="give max_errors of at least that, or fewer features"):
        path.threshold_for(100, 0.1, "none")
    with pytest.raises(ValueError, match="a smaller sparsity in the path"):
        path.largest_sparsity(0.9, 1e-9)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_pairs": 0}, "n_pairs is 0: give"),
        ({"n_pairs": True}, "n_pairs is True: give"),
        ({"threshold": 0}, "threshold is 0: give"),
        ({"threshold": 1.1}, r"threshold is 1\.1: give"),
        ({"threshold": "high"}, "threshold is 'high': give"),
        ({"estimator": FrozenEstimator(Ridge())}, "A FrozenEstimator cannot be fitted to halves"),
        ({"strategy": "best"}, "strategy is 'best': give one of"),
        ({"sparsities": [0]}, "sparsity is 0: give"),
        ({"sample_weight": np.r_[np.ones(3), np.zeros(87)]}, "There are 3 samples"),
        ({"class_weight": "balanced"}, "give classification=True"),
    ],
)
def test_bad_parameters(options, message):
    with pytest.raises(ValueError, match=message):
        stability_path(*problem(TALL), **options)


def test_features_of_different_units():
    X, y = problem(TALL)
    X[:, 3] *= 1e4
    with pytest.warns(UserWarning, match="scales of features differ"):
        stability_path(X, y, strategy="magnitude", n_pairs=1)
    one, other = (stability_path(A, y, n_pairs=2, random_state=0) for A in (X, problem(TALL)[0]))
    np.testing.assert_array_equal(one.entries, other.entries)


def test_bad_questions():
    X, y = problem(TALL)
    path = stability_path(X, y, n_pairs=2, random_state=0)
    with pytest.raises(ValueError, match="sparsity is 13: give"):
        path.stable(13)
    with pytest.raises(ValueError, match="assumption is 'normal': give one of 'none'"):
        path.error_bound(3, assumption="normal")
    with pytest.raises(ValueError, match="max_errors is 0: give"):
        path.threshold_for(3, 0)


def test_one_sample_of_a_class():
    X, _ = problem(TALL)
    labels = np.repeat([0, 1], [89, 1])
    with pytest.raises(ValueError, match=r"one sample of class .*1"):
        stability_path(X, labels, classification=True)
