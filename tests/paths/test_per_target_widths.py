"""Widths whose targets keep features of their own, against single fits."""

from copy import deepcopy
from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import load_iris
from sklearn.linear_model import LassoCV, LogisticRegression, Ridge
from sklearn.model_selection import KFold

from sklearn_prune import PrunedClassifier, PrunedRegressor, width_path
from sklearn_prune._paths import width_path as width_paths
from sklearn_prune._paths.moment_scores import MomentRows

WIDTHS, BUDGETS = [3, 8, 19, 20, 30], [2, 8]
SALIENCY = np.random.default_rng(1).random((2, 30))
GROUPS = np.repeat(np.arange(7), [3, 1, 4, 11, 1, 5, 5])


def make_data(n_samples=40, n_features=30):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n_samples, n_features)) + 0.5
    return X, 2 * X[:, [1, 5]] + X[:, [6, 0]] + rng.standard_normal((n_samples, 2))


def narrowed(name, value, width):
    """Return a parameter of all columns for the first of them."""
    return value[..., :width] if name in ("saliency", "feature_groups", "feature_costs") else value


def assert_path_is_refits(X, y, *, weights=None, widths=WIDTHS, sizes=BUDGETS, **params):
    """Compare errors with those of an estimator fitted at every width and budget."""
    params = {"strategy": "hessian", "retrain": True, "random_state": 3} | params
    given = {"sample_weight": weights, "widths": widths, "sparsities": sizes, "cv": KFold(2)}
    options = {"per_target": True, **params}
    classes = y.ndim == 1
    path = width_path(X, y, classification=classes, **given, **options)
    make = PrunedClassifier if classes else PrunedRegressor
    weights = np.ones(len(y)) if weights is None else weights
    for kind, other in {
        "pruned": {"retrain": False},
        "retrained": {},
        "random": {"strategy": "random"},
    }.items():
        for (k, size), (j, width) in product(enumerate(sizes), enumerate(widths)):
            own = {name: narrowed(name, value, width) for name, value in options.items()}
            for fold, (train, test) in enumerate(KFold(2).split(X)):
                known = getattr(path, f"{kind}_errors")[k, j, fold]
                if np.isnan(known):
                    assert size > (width if "feature_groups" not in params else GROUPS[width - 1])
                    continue
                model = make(sparsity=size, **deepcopy(own | other))
                model.fit(X[train, :width], y[train], weights[train])
                wrong = model.predict(X[test, :width])
                wrong = wrong != y[test] if classes else ((wrong - y[test]) ** 2).mean(axis=1)
                assert_allclose(known, np.average(wrong, weights=weights[test]), rtol=1e-7)
    return path


SETTINGS = {
    "default": {},
    "obs": {"strategy": "obs"},
    "obs-one-shot": {"strategy": "obs-one-shot"},
    "callable": {"strategy": lambda coef, X, y: np.abs(X.T @ y) * np.abs(coef)},
    "random state": {"random_state": np.random.RandomState(3)},
    "saliency of each": {"strategy": "oracle", "saliency": SALIENCY},
    "ridge": {"estimator": Ridge(1.0), "retrain": Ridge(0.3)},
    "a penalty of each": {"estimator": Ridge([1.0, 5.0])},
    "a model of one target": {
        "retrain": LassoCV(alphas=[0.3, 0.1], cv=2, tol=1e-10, max_iter=10**5)
    },
    "groups": {"feature_groups": GROUPS, "always_keep": [1], "sizes": [1, 2]},
    "prices": {"feature_costs": np.linspace(1, 4, 30)},
}


@pytest.mark.parametrize("params", SETTINGS.values(), ids=SETTINGS)
def test_every_error_is_that_of_a_refit(params):
    assert_path_is_refits(*make_data(), **params)


@pytest.mark.parametrize("name", ["default", "saliency of each", "ridge", "groups", "obs"])
def test_many_rows_are_summed_up(name, monkeypatch):
    X, Y = make_data(600)
    monkeypatch.setattr(width_paths, "predict_widths", None)  # it would read them
    assert_path_is_refits(X, Y, widths=[8, 30], **SETTINGS[name])


def test_weights():
    X, Y = make_data()
    weights = np.random.default_rng(1).choice([0.0, 0.5, 1, 3], 40)
    assert_path_is_refits(X, Y, weights=weights)


def test_errors_of_moments_that_lose_digits_are_read(monkeypatch):
    X, Y = make_data(600)
    expected = width_path(X, Y, widths=[8, 30], sparsities=[4], per_target=True)
    monkeypatch.setattr(MomentRows, "errors", lambda *given: None)
    found = width_path(X, Y, widths=[8, 30], sparsities=[4], per_target=True)
    assert_allclose(found.retrained_errors, expected.retrained_errors, rtol=1e-8)


def test_sparse_x():
    X, Y = make_data()
    X[X < 0.5] = 0
    options = {"widths": [8, 30], "sparsities": [4], "per_target": True}
    expected = width_path(X, Y, **options)
    found = width_path(sparse.csr_array(X), Y, **options)
    assert_allclose(found.retrained_errors, expected.retrained_errors, rtol=1e-7)


def test_targets_that_need_other_features():
    X, Y = make_data()
    options = {"widths": [8], "sparsities": [2], "strategy": "obs"}
    joint, own = (width_path(X, Y, per_target=each, **options) for each in (False, True))
    assert own.retrained_errors.mean() < 0.7 * joint.retrained_errors.mean()


def test_a_vector_changes_nothing():
    X, Y = make_data()
    options = {"widths": [8, 30], "sparsities": [2]}
    expected = width_path(X, Y[:, 0], **options)
    for y in (Y[:, 0], Y[:, :1]):
        found = width_path(X, y, per_target=True, **options)
        assert_allclose(found.retrained_errors, expected.retrained_errors, rtol=1e-12)


@pytest.mark.parametrize("repeats", [1, 20])
def test_classes(repeats):
    X, y = load_iris(return_X_y=True)
    X, y = np.tile(X[::6], (repeats, 1)), np.tile(y[::6], repeats)
    order = np.random.default_rng(0).permutation(len(y))
    assert_path_is_refits(X[order], y[order], widths=[2, 4], sizes=[1, 2])


def test_classes_that_a_fold_lacks():
    X, y = load_iris(return_X_y=True)
    train = np.r_[0:10, 50:60]
    cv = [(train, np.arange(100, 110)), (np.r_[train, 100:110], np.arange(10, 50))]
    options = {"widths": [4], "sparsities": [2], "per_target": True}
    path = width_path(X, y, cv=cv, classification=True, **options)
    assert_array_equal(path.retrained_errors[0, 0], [1, 0])


def test_classifiers_are_refused():
    X, y = load_iris(return_X_y=True)
    options = {"widths": [4], "sparsities": [2], "classification": True, "per_target": True}
    with pytest.raises(ValueError, match="LogisticRegression fits all classes at once"):
        width_path(X, y, estimator=LogisticRegression(), **options)
