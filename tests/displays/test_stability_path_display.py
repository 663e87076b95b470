from itertools import pairwise

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_classification, make_regression
from sklearn.linear_model import LogisticRegression

from sklearn_prune import (
    PrunedClassifier,
    PrunedRegressor,
    PrunedRegressorCV,
    StabilityPathDisplay,
    stability_path,
)
from sklearn_prune._displays.margin_labels import spread


@pytest.fixture(scope="module", params=[20, 2000])
def path(request):
    X, y = make_regression(80, request.param, n_informative=6, noise=40, random_state=0)
    names = [f"feature {j}" for j in range(request.param)]
    return stability_path(pd.DataFrame(X, columns=names), y, n_pairs=10, random_state=0)


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def boxes(display):
    display.figure_.draw_without_rendering()
    return [mpl.text.Text.get_window_extent(label) for label in display.labels_]


def test_stable_features_are_named(path):
    display = StabilityPathDisplay.from_path(path, sparsity=6, threshold=0.6)
    np.testing.assert_array_equal(np.sort(display.stable_), path.stable(6, 0.6))
    names = [label.get_text() for label in display.labels_]
    assert names == [f"feature {j}" for j in display.stable_]
    for j, line in zip(display.stable_, display.lines_, strict=True):
        np.testing.assert_allclose(line.get_ydata(), path.frequencies[:6, j])
        np.testing.assert_array_equal(line.get_xdata(), np.arange(1, 7))
    bound = path.error_bound(6, 0.6)
    assert display.ax_.get_title(loc="left").startswith(f"s = 6: at most {bound:.3g} stable")


@pytest.mark.parametrize("style", ["default", "dark_background"])
@pytest.mark.parametrize("figsize", [(6.4, 4.8), (4, 2)])
def test_names_neither_overlap_nor_leave_the_figure(path, style, figsize):
    with plt.style.context(style), plt.rc_context({"figure.figsize": figsize}):
        display = StabilityPathDisplay.from_path(path, sparsity=18, threshold=0.1, max_named=15)
        drawn = boxes(display)
        assert len(drawn) > 10
        for above, below in pairwise(drawn):
            assert above.y0 >= below.y1 - 0.5
        figure = display.figure_.bbox
        assert all(box.x1 <= figure.x1 + 1 for box in drawn)
        assert all(box.x0 >= display.ax_.bbox.x1 for box in drawn)


def test_more_stable_features_than_names(path):
    display = StabilityPathDisplay.from_path(path, sparsity=15, threshold=0.1, max_named=4)
    assert len(display.lines_) == 4
    n_more = len(path.stable(15, 0.1)) - 4
    assert [label.get_text() for label in display.labels_][-1] == f"and {n_more} more"


def test_others_are_grey_where_they_are_selected_at_all(path):
    display = StabilityPathDisplay.from_path(path, sparsity=6)
    selected = np.flatnonzero(path.frequencies[:6].any(axis=0))
    assert len(display.others_.get_segments()) == len(np.setdiff1d(selected, display.stable_))
    assert mpl.colors.same_color(display.others_.get_colors()[0][:3], "0.5")


def test_the_default_sparsity_bounds_errors_by_one(path):
    display = StabilityPathDisplay.from_path(path)
    sizes = display.sparsities
    assert sizes[-1] == 1 or path.error_bound(sizes[-1]) <= 1
    assert sizes[-1] == path.sparsities[-1] or path.error_bound(sizes[-1] + 1) > 1


def test_nothing_is_stable():
    X, y = make_regression(40, 30, random_state=0)
    path = stability_path(X, y, strategy="random", n_pairs=10, random_state=0)
    display = StabilityPathDisplay.from_path(path, sparsity=1)
    assert display.labels_ == display.lines_ == []


def test_from_a_pruned_regressor():
    X, y = make_regression(60, 20, n_informative=5, noise=20, random_state=0)
    model = PrunedRegressor("obs", 0.3, always_keep=[7])
    options = {"n_pairs": 5, "random_state": 0}
    display = StabilityPathDisplay.from_estimator(model, X, y, **options)
    path = stability_path(X, y, strategy="obs", always_keep=[7], **options)
    np.testing.assert_allclose(display.frequencies, path.frequencies[:6])
    assert "x7" in {label.get_text() for label in display.labels_}


def test_from_a_pruned_classifier():
    X, y = make_classification(60, 20, n_informative=5, random_state=0)
    model = PrunedClassifier("hessian", 4, estimator=LogisticRegression(), class_weight="balanced")
    display = StabilityPathDisplay.from_estimator(model, X, y, n_pairs=3, random_state=0)
    np.testing.assert_allclose(np.sum(display.frequencies, axis=1), [1, 2, 3, 4])


def test_from_a_fitted_search():
    X, y = make_regression(60, 20, n_informative=5, noise=20, random_state=0)
    search = PrunedRegressorCV(["magnitude", "obs"], cv=5).fit(X, y)
    display = StabilityPathDisplay.from_estimator(search, threshold=1.0)
    np.testing.assert_allclose(display.frequencies[-1], search.fold_supports_.mean(axis=0))
    stable = np.flatnonzero(search.fold_supports_.all(axis=0))
    np.testing.assert_array_equal(np.sort(display.stable_), stable)
    with pytest.raises(ValueError, match="give a number as cv"):
        StabilityPathDisplay.from_estimator(PrunedRegressorCV().fit(X, y))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sparsities": [2, 1]}, "sparsities must be positive and increase"),
        ({"sparsities": [1]}, "frequencies has shape"),
        ({"feature_names": ["a"]}, "1 feature_names for 3 features"),
    ],
)
def test_bad_data(options, message):
    given = {"sparsities": [1, 2], "frequencies": np.zeros((2, 3))} | options
    with pytest.raises(ValueError, match=message):
        StabilityPathDisplay(**given).plot()


def test_another_estimator_is_refused():
    with pytest.raises(ValueError, match="give a pruned model, or a search that is fitted"):
        StabilityPathDisplay.from_estimator(LogisticRegression())


def test_numbers_are_moved_apart_as_little_as_can_be():
    np.testing.assert_allclose(spread(np.array([0.9, 0.5]), 0.1), [0.9, 0.5])
    np.testing.assert_allclose(spread(np.array([0.5, 0.5, 0.5]), 0.1), [0.6, 0.5, 0.4])
    np.testing.assert_allclose(spread(np.array([1.0, 1.0]), 0.1), [0.95, 0.85])
    np.testing.assert_allclose(spread(np.zeros(10), 0.1), np.arange(0.95, 0, -0.1))
