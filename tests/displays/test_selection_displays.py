import matplotlib as mpl
import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from sklearn_prune import (
    DoubleDescentDisplay,
    PrunedRegressor,
    PrunedRegressorCV,
    PruningPathDisplay,
    RandomFeatures,
)

mpl.use("agg")
RNG = np.random.default_rng(0)
X, y = RNG.standard_normal((20, 30)), RNG.standard_normal(20)
GROUPS = np.arange(30) // 5


@pytest.mark.parametrize(
    ("rule", "least", "largest", "name", "threshold"),
    [
        ({}, 1, 30, "Number of features kept s", 16),
        ({"feature_groups": GROUPS}, 1, 6, "Number of groups kept s", None),
        ({"feature_groups": GROUPS, "sparsity_unit": "columns"}, 5, 30, "Number of features", 16),
        ({"feature_costs": 2.0, "sparsity_unit": "cost"}, 2, 60, "Total price kept s", None),
        ({"always_keep": [1, 2, 3]}, 3, 30, "Number of features kept s", 16),
    ],
)
def test_sizes_of_a_path(rule, least, largest, name, threshold):
    display = PruningPathDisplay.from_estimator(PrunedRegressor(**rule), X, y)
    assert (display.sparsities[0], display.sparsities[-1]) == (least, largest)
    assert display.ax_.get_xlabel().startswith(name)
    assert display.threshold == threshold


def test_sizes_of_a_search():
    search = PrunedRegressorCV(feature_groups=GROUPS, always_keep=[0]).fit(X, y)
    display = PruningPathDisplay.from_estimator(search)
    assert display.ax_.get_xlabel() == "Number of groups kept s"
    assert display.chosen == search.sparsity_


def test_widths_with_columns_that_stay():
    model = make_pipeline(
        RandomFeatures(random_state=0),
        PrunedRegressor("random", 3, always_keep=[7], random_state=0),
    )
    display = DoubleDescentDisplay.from_estimator(model, X, y, widths=[10, 12], budgets=[4], cv=3)
    model.set_params(randomfeatures__n_components=12, prunedregressor__sparsity=4)
    scores = cross_val_score(model, X, y, cv=3, scoring="neg_mean_squared_error")
    assert_allclose(display.errors[-1, 1], -scores)
