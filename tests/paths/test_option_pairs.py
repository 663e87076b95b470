"""Every pair of options that select features, in searches and paths against single fits."""

from itertools import combinations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, KFold, LeaveOneOut

from sklearn_prune import (
    PrunedRegressor,
    PrunedRegressorCV,
    RowBatches,
    pruning_path,
)

RNG = np.random.default_rng(0)
X = RNG.standard_normal((16, 12)) + 1
Y = 2 * X[:, [1, 8]] + X[:, [5, 2]] + RNG.standard_normal((16, 2))
UNLABELLED = RNG.standard_normal((6, 12))
SIZES = [5, 8]

OPTIONS = {
    "groups": {"feature_groups": np.arange(12) // 2},
    "stay": {"always_keep": [3, 9]},
    "prices": {"feature_costs": np.linspace(0.5, 1.5, 12)},
    "columns": {"sparsity_unit": "columns"},
    "cost": {"sparsity_unit": "cost"},
    "per target": {"per_target": True},
    "masked": {"retrain": False},
    "distilled": {"retrain": "distill"},
    "magnitude": {"strategy": "magnitude"},
    "obs": {"strategy": "obs"},
    "obs-one-shot": {"strategy": "obs-one-shot"},
    "oracle": {"strategy": "oracle", "saliency": np.arange(12.0) % 7},
    "random": {"strategy": "random"},
    "callable": {"strategy": lambda coef, X, y: np.sum(coef**2, axis=0) if coef.ndim > 1 else coef},
}
PAIRS = [
    pytest.param(OPTIONS[a] | OPTIONS[b], id=f"{a}, {b}")
    for a, b in combinations(OPTIONS, 2)
    if not OPTIONS[a].keys() & OPTIONS[b].keys()
]


def needs_rows(options):
    return options.get("retrain") == "distill" or callable(options.get("strategy"))


def sizes_of(options):
    """Return sparsities that the options allow: of six groups, of twelve columns, or a price."""
    counts_groups = "feature_groups" in options and "sparsity_unit" not in options
    return [2, 4] if counts_groups else SIZES


def unlabelled_for(options):
    return {"X_unlabeled": UNLABELLED} if options.get("retrain") == "distill" else {}


def with_scores(options):
    """Return options whose callable is positive, as groups and prices ask."""
    if callable(options.get("strategy")):
        return options | {"strategy": lambda coef, X, y: np.abs(X.T @ y).reshape(12, -1).sum(1)}
    return options


@pytest.mark.parametrize("options", PAIRS)
@pytest.mark.parametrize("cv", [None, KFold(2)], ids=["leave one out", "folds"])
def test_searches(options, cv):
    options = {"random_state": 3} | with_scores(options)
    sizes, more = sizes_of(options), unlabelled_for(options)
    given = options | {"sparsities": sizes, "cv": cv, "alphas": [2.0]}
    rows = slice(9 if cv is None else 16)
    search = PrunedRegressorCV(**given).fit(X[rows], Y[rows], **more)
    model = PrunedRegressor(estimator=Ridge(2.0), **options)
    cv, scoring = cv or LeaveOneOut(), "neg_mean_squared_error"
    grid = GridSearchCV(model, {"sparsity": sizes}, cv=cv, scoring=scoring)
    expected = grid.fit(X[rows], Y[rows], **more).cv_results_["mean_test_score"]
    assert_allclose(search.cv_results_["mean_test_score"], expected, rtol=1e-7)


@pytest.mark.parametrize("options", PAIRS)
@pytest.mark.parametrize("n_rounds", [1, 2])
def test_paths(options, n_rounds):
    options = {"random_state": 3, "n_rounds": n_rounds} | with_scores(options)
    sizes, more = sizes_of(options), unlabelled_for(options)
    path = pruning_path(X, Y, sparsities=sizes, **options, **more)
    for k, size in enumerate(sizes):
        model = PrunedRegressor(sparsity=size, **options).fit(X, Y, **more)
        assert_allclose(path.coef(k), model.coef_, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("options", [pair for pair in PAIRS if not needs_rows(*pair.values)])
def test_batches(options):
    options = {"random_state": 3, "sparsities": sizes_of(options)} | options
    batches = RowBatches([(X[:9], Y[:9]), (X[9:], Y[9:])])
    for by in ({"cv": 2}, {"criterion": "ebic"}):
        expected = PrunedRegressorCV(**options, **by).fit(X, Y)
        search = PrunedRegressorCV(**options, **by).fit(batches)
        name = "mean_test_score"
        assert_allclose(search.cv_results_[name], expected.cv_results_[name], rtol=1e-7)
        assert_array_equal(search.support_, expected.support_)
