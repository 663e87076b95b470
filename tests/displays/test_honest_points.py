"""Pictures of a search mark the chosen model, and its error by folds that did not choose it."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from sklearn_prune import PrunedRegressorCV, PruningPathDisplay


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((40, 8))
    return X, X[:, 0] + rng.standard_normal(40)


def labels(display):
    return [text.get_text() for text in display.legend_.get_texts()]


def test_both_errors_are_marked(data):
    model = PrunedRegressorCV(cv=5).fit(*data)
    display = PruningPathDisplay.from_estimator(model)
    assert display.chosen_point_.get_offsets().tolist() == [[model.sparsity_, -model.best_score_]]
    point, _, (bars,) = display.honest_point_
    assert point.get_xydata().tolist() == [[model.sparsity_, -model.honest_score_]]
    low, high = bars.get_segments()[0][:, 1]
    np.testing.assert_allclose((high - low) / 2, model.honest_score_std_error_)
    assert labels(display)[-2:] == ["as it was chosen", "honest, ± standard error"]
    bottom, top = display.ax_.get_ylim()
    assert bottom < low < high < top


def test_other_scores_are_errors_too(data):
    model = PrunedRegressorCV(cv=5, scoring="r2").fit(*data)
    display = PruningPathDisplay.from_estimator(model)
    assert display.honest_error == 1 - model.honest_score_
    assert display.chosen_error == 1 - model.best_score_


@pytest.mark.parametrize("params", [{"cv": None}, {"criterion": "bic"}])
def test_no_honest_error_no_point(data, params):
    model = PrunedRegressorCV(**params).fit(*data)
    display = PruningPathDisplay.from_estimator(model)
    assert display.honest_point_ is None
    assert labels(display)[-1] == "as it was chosen"


def test_a_criterion_is_what_is_drawn(data):
    model = PrunedRegressorCV(["magnitude", "obs"], criterion="ebic").fit(*data)
    display = PruningPathDisplay.from_estimator(model)
    assert display.ax_.get_ylabel() == "Extended BIC"
    assert display.chosen_error == model.cv_results_["ebic"].min() == display.errors.min()


def test_they_are_seen_on_a_dark_background(data):
    with plt.style.context("dark_background"):
        display = PruningPathDisplay.from_estimator(PrunedRegressorCV(cv=5).fit(*data))
        assert display.chosen_point_.get_edgecolor()[0].tolist() == [1, 1, 1, 1]


def test_a_criterion_of_groups_counts_groups(data):
    X, y = data
    groups = np.arange(X.shape[1]) // 2
    model = PrunedRegressorCV(criterion="bic", feature_groups=groups).fit(X, y)
    display = PruningPathDisplay.from_estimator(model)
    assert display.sparsity_name == "Number of groups kept s"
    assert display.error_name == "BIC"
