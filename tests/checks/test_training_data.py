import warnings

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.model_selection import KFold, PredefinedSplit

from sklearn_prune import (
    MinNormRegressor,
    PrunedRandomFeatures,
    PrunedRegressor,
    PrunedRegressorCV,
    RandomFeatures,
    pruning_path,
    width_path,
)
from sklearn_prune._checks import training_data
from sklearn_prune._checks.training_data import check_training_data


@pytest.fixture
def frame(rng):
    X = pd.DataFrame(rng.standard_normal((20, 6)), columns=list("abcdef"))
    return X, X["a"] + rng.standard_normal(20)


FITS = {
    "MinNormRegressor": MinNormRegressor().fit,
    "PrunedRegressor": PrunedRegressor(n_rounds=2).fit,
    "PrunedRegressorCV": PrunedRegressorCV(cv=3).fit,
    "leave-one-out": PrunedRegressorCV().fit,
    "pruning_path": pruning_path,
    "width_path": lambda X, y: width_path(X, y, widths=[2, 6], sparsities=[2]),
    "RandomFeatures": lambda X, y: RandomFeatures(10).fit(X),
    "PrunedRandomFeatures": PrunedRandomFeatures(50, 5).fit,
}


@pytest.mark.parametrize("fit", FITS.values(), ids=FITS)
def test_data_are_validated_once(frame, fit, monkeypatch):
    calls = []
    for name in ("validate_data", "check_X_y", "check_array"):
        check = getattr(training_data, name)

        def counted(*args, _check=check, _name=name, **kwargs):
            calls.append(_name)
            return _check(*args, **kwargs)

        monkeypatch.setattr(training_data, name, counted)
    fit(*frame)
    assert len(calls) == 1


def test_distillation_validates_and_warns_once(frame, monkeypatch):
    X, y = frame
    calls = []
    check = training_data._check_unlabeled
    monkeypatch.setattr(
        training_data, "_check_unlabeled", lambda *args: calls.append(args) or check(*args)
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = PrunedRegressorCV(retrain="distill", cv=3).fit(X, y, X_unlabeled=X)
    assert len(calls) == 1
    assert [str(w.message)[:32] for w in caught] == ["X_unlabeled has as many rows as "]
    assert model.best_estimator_.n_unlabeled_ == 20


def test_the_best_estimator_knows_its_features(frame):
    X, y = frame
    best = PrunedRegressorCV(cv=3).fit(X, y).best_estimator_
    assert_array_equal(best.feature_names_in_, list("abcdef"))
    assert best.n_features_in_ == 6
    with pytest.raises(ValueError, match="feature names should match"):
        best.predict(X[list("fedcba")])


def test_rows_and_names_are_remembered(frame):
    X, y = frame
    weights = np.arange(20) % 4.0
    data = check_training_data(None, X, y, weights)
    assert_array_equal(data.rows, np.flatnonzero(weights))
    assert_array_equal(data.X, X.to_numpy()[data.rows])
    some = data.take([3, 0])
    assert_array_equal(some.rows, data.rows[[3, 0]])
    assert_array_equal(some.sample_weight, weights[some.rows])
    few = some.columns([4, 1])
    assert_array_equal(few.names, ["e", "b"])
    assert_array_equal(few.X, X.to_numpy()[some.rows][:, [4, 1]])


def test_folds_are_counted_among_the_rows_that_are_kept(frame):
    X, y = frame
    weights = np.ones(20)
    weights[[0, 7]] = 0
    data = check_training_data(None, X, y, weights)
    folds = list(data.splits(KFold(4), X, y))
    for (train, held_out), (all_train, all_held_out) in zip(folds, KFold(4).split(X), strict=True):
        assert_array_equal(data.rows[train], np.setdiff1d(all_train, [0, 7]))
        assert_array_equal(data.rows[held_out], np.setdiff1d(all_held_out, [0, 7]))
    alone = PredefinedSplit(np.where(np.isin(np.arange(20), [0, 7]), 0, -1))
    assert not list(data.splits(alone, X, y))
    others = PredefinedSplit(np.where(np.isin(np.arange(20), [0, 7]), -1, 0))
    with pytest.raises(ValueError, match="Fold 0 of cv has no sample of positive weight to train"):
        list(data.splits(others, X, y))


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array, sparse.csr_matrix])
def test_distilled_targets_are_predictions(rng, container):
    X, unlabeled = rng.standard_normal((2, 5, 3))
    data = check_training_data(
        None, X, X[:, 0], 2.0 * np.ones(5), container(unlabeled[:4]), distill=True
    )
    both = data.distilled(lambda A: A @ [1.0, 2.0, 3.0])
    assert_allclose(both.y, np.vstack([X, unlabeled[:4]]) @ [1, 2, 3])
    assert_array_equal(both.weights, [2] * 5 + [1] * 4)
    assert both.unlabeled is None


def test_the_seed_of_random_features_needs_no_other_fit(frame, monkeypatch):
    monkeypatch.setattr(RandomFeatures, "fit", None)
    model = PrunedRandomFeatures(50, 5, random_state=0).fit(*frame)
    monkeypatch.undo()
    assert model.seed_ == RandomFeatures(50, random_state=0).fit(frame[0]).seed_
