"""Paths and searches with groups, columns that stay and prices, against single fits."""

from itertools import combinations, product

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from selection_by_hand import weigh_columns
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import make_scorer, mean_absolute_error
from sklearn.model_selection import KFold, LeaveOneOut, StratifiedKFold

from sklearn_prune import (
    MinNormRegressor,
    PrunedClassifier,
    PrunedClassifierCV,
    PrunedRegressor,
    PrunedRegressorCV,
    pruning_path,
)

LABELS = np.array([0, 1, 2, 0, 0, 3, 4, 2, 4, 4])
PRICES = np.array([2.0, 0.5, 3.0, 1.0, 0.25, 4.0, 1.0, 1.0, 0.5, 2.0])
SALIENCY = np.array([3.0, 1.0, 4.0, 1.5, 9.0, 2.0, 6.0, 5.0, 3.5, 8.0])
STRATEGIES = ["magnitude", "hessian", "oracle", "random", weigh_columns]

OPTIONS = {
    "groups": {"feature_groups": LABELS},
    "stays": {"always_keep": [4, 5]},
    "prices": {"feature_costs": PRICES},
    "columns": {"sparsity_unit": "columns"},
    "cost": {"sparsity_unit": "cost"},
}
RULES = [
    chosen
    for n in (1, 2, 4)
    for chosen in combinations(OPTIONS, n)
    if not {"columns", "cost"} <= set(chosen)
]
FEW = [rule for rule in RULES if len(rule) == 4 or rule in {("groups",), ("stays", "prices")}]
# What the same rules are tried with.
WAYS = {
    "": {},
    "dense": {"retrain": False},
    "ridge": {"alphas": [3.0]},
    "penalties": {"alphas": [0.0, 3.0], "retrain_alphas": [0.1, 2.0]},
    "weights": {},
    "targets": {},
    "sparse": {},
    "float32": {},
    "distill": {"retrain": "distill"},
    "wide": {},
    "scorer": {"scoring": make_scorer(mean_absolute_error, greater_is_better=False)},
    "no intercept": {"fit_intercept": False},
}


def make_data(n=30, n_targets=None, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 10)) * np.linspace(1, 3, 10) + 1
    X[:, 4] += X[:, 3]
    coef = rng.standard_normal((10, n_targets or 1)) * np.linspace(2, 0.5, 10)[:, None]
    y = X @ coef + rng.standard_normal((n, n_targets or 1))
    return X, y if n_targets else y[:, 0]


def rule_of(chosen):
    return {name: value for key in chosen for name, value in OPTIONS[key].items()}


def strategy_of(chosen, way):
    """Return one of the strategies, such that all are met."""
    turn = (RULES.index(chosen) + list(WAYS).index(way)) % (4 if way == "sparse" else 5)
    return STRATEGIES[turn]


def sparsities_of(rule):
    """Return sparsities that are met by every order."""
    unit = rule.get("sparsity_unit", "groups")
    if unit == "groups":
        return [3, 4, 5]
    total = PRICES.sum() if unit == "cost" and "feature_costs" in rule else 10
    return [0.5 * total, 8.2 + (total > 10), 1.0] if unit == "cost" else [5, 7, 8, 10]


def fitted_one_by_one(search, X, y, splits, weights=None, X_unlabeled=None):
    """Return the scores of all rows of the table of a search, and its folds' weights."""
    table, scores = search.cv_results_, []
    for strategy, alpha, retrain_alpha, size in zip(
        *(table[name] for name in ("strategy", "alpha", "retrain_alpha", "sparsity")), strict=True
    ):
        refit = search.retrain if search.retrain_alphas is None else model_of(search, retrain_alpha)
        model = PrunedRegressor(
            strategy,
            size / total_of(search) if search.sparsity_unit == "cost" and size <= 1 else size,
            refit,
            estimator=model_of(search, alpha),
            saliency=search.saliency,
            random_state=search.random_state,
            feature_groups=search.feature_groups,
            always_keep=search.always_keep,
            feature_costs=search.feature_costs,
            sparsity_unit=search.sparsity_unit,
        )
        scores.append([])
        for train, test in splits:
            share = None if weights is None else weights[train]
            extra = {} if X_unlabeled is None else {"X_unlabeled": X_unlabeled}
            fit = clone(model).fit(X[train], y[train], share, **extra)
            error = abs(fit.predict(X[test]) - y[test])
            error = error if search.scoring is not None else error**2
            error = error.reshape(len(test), -1).mean(axis=1)
            scores[-1].append(
                -np.average(error, weights=None if weights is None else weights[test])
            )
    return np.array(scores)


def total_of(search):
    return 10 if search.feature_costs is None else PRICES.sum()


def model_of(search, alpha):
    if alpha == 0:
        return MinNormRegressor(fit_intercept=search.fit_intercept)
    return Ridge(alpha, fit_intercept=search.fit_intercept)


@pytest.mark.parametrize("cv", [3, None])
@pytest.mark.parametrize(
    ("chosen", "way"), [*product(RULES, [""]), *product(FEW, list(WAYS)[1:])], ids=str
)
def test_searches_are_single_fits(chosen, way, cv):
    if cv is None and way == "scorer":
        pytest.skip("a pooled score is not a mean")
    X, y = make_data(n=8 if way == "wide" else 12, n_targets=2 if way == "targets" else None)
    weights = np.linspace(1, 3, len(X)) if way == "weights" else None
    extra = {"X_unlabeled": make_data(20, seed=1)[0]} if way == "distill" else {}
    shown = {"sparse": sparse.csr_array, "float32": np.float32}.get(way, np.asarray)(X)
    rule = rule_of(chosen)
    search = PrunedRegressorCV(
        strategy_of(chosen, way),
        sparsities_of(rule),
        saliency=SALIENCY,
        random_state=2,
        cv=cv,
        **rule,
        **WAYS[way],
    ).fit(shown, y, weights, **extra)
    splits = list((LeaveOneOut() if cv is None else KFold(cv)).split(X))
    scores = fitted_one_by_one(search, shown, y, splits, weights, **extra)
    share = None if weights is None else [weights[test].sum() for _, test in splits]
    expected = np.average(scores, axis=1, weights=share)
    rtol = 1e-3 if way == "float32" else 1e-8
    assert_allclose(search.cv_results_["mean_test_score"], expected, rtol=rtol)
    best = search.best_estimator_
    assert_array_equal(best.support_, clone(best).fit(shown, y, weights, **extra).support_)


@pytest.mark.parametrize("way", ["", "dense", "ridge", "rounds", "weights", "sparse", "targets"])
@pytest.mark.parametrize("chosen", FEW, ids="-".join)
def test_paths_are_single_fits(chosen, way):
    X, y = make_data(n=8 if way == "wide" else 30, n_targets=2 if way == "targets" else None)
    weights = np.linspace(1, 3, len(X)) if way == "weights" else None
    X = sparse.csr_array(X) if way == "sparse" else X
    params = {
        "dense": {"retrain": False},
        "ridge": {"estimator": Ridge(2.0)},
        "rounds": {"n_rounds": 2},
    }
    rule = rule_of(chosen) | params.get(way, {})
    for strategy in [strategy_of(chosen, "" if way == "rounds" else way)]:
        options = {"saliency": SALIENCY, "random_state": 1, **rule}
        sparsities = sparsities_of(rule)
        path = pruning_path(
            X, y, strategy=strategy, sparsities=sparsities, sample_weight=weights, **options
        )
        models = [PrunedRegressor(strategy, s, **options).fit(X, y, weights) for s in sparsities]
        models.sort(key=lambda model: model.n_nonzero_)
        for k, model in enumerate(models):
            assert_allclose(path.coef(k), model.coef_, rtol=1e-7, atol=1e-9)
            assert_allclose(path.intercepts[k], model.intercept_, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(
    "chosen", [rule for rule in RULES if not {"columns", "cost"} & set(rule)], ids="-".join
)
@pytest.mark.parametrize("retrain", [True, False])
def test_all_sizes_by_default(chosen, retrain):
    rule = rule_of(chosen)
    for n in 7, 30:
        X, y = make_data(n)
        path = pruning_path(X, y, retrain=retrain, **rule)
        counts = np.diff(path.coefs.indptr)
        n_groups = 5 if "feature_groups" in rule else 10
        least = len({LABELS[4], LABELS[5]}) if "always_keep" in rule else 1
        assert path.sparsities[0] == least
        if n == 30 or not retrain:
            assert (
                path.sparsities[-1] == n_groups - (retrain and "feature_groups" not in rule) * 1
                or n == 30
            )
        else:
            assert counts.max() < n - 1 or len(counts) == 1
        for k, size in enumerate(path.sparsities):
            model = PrunedRegressor(sparsity=int(size), retrain=retrain, **rule).fit(X, y)
            assert_allclose(path.coef(k), model.coef_, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("estimator", [None, LogisticRegression(C=0.5, tol=1e-9, max_iter=5000)])
@pytest.mark.parametrize("chosen", FEW, ids="-".join)
def test_classifiers_are_single_fits(chosen, estimator):
    X, y = make_data(60)
    rule = rule_of(chosen)
    for labels in (y > y.mean(), np.digitize(y, np.quantile(y, [0.3, 0.6]))):
        if estimator is not None and labels.dtype != bool:
            continue
        loss = {} if estimator is None else {"estimator": estimator, "alphas": [2.0]}
        search = PrunedClassifierCV(
            ["magnitude", "hessian"], sparsities_of(rule), cv=3, **loss, **rule
        ).fit(X, labels)
        table = search.cv_results_
        for k, (strategy, size) in enumerate(
            zip(table["strategy"], table["sparsity"], strict=True)
        ):
            is_small = search.sparsity_unit == "cost" and size <= 1
            sparsity = size / total_of(search) if is_small else size
            model = PrunedClassifier(strategy, sparsity, estimator=estimator, **rule)
            for fold, (train, test) in enumerate(StratifiedKFold(3).split(X, labels)):
                score = clone(model).fit(X[train], labels[train]).score(X[test], labels[test])
                assert_allclose(table[f"split{fold}_test_score"][k], score)


def test_a_price_of_at_most_one_is_no_fraction():
    X, y = make_data()
    prices = np.full(10, 0.1)
    search = PrunedRegressorCV(sparsities=[0.3, 0.5], feature_costs=prices, sparsity_unit="cost")
    search.fit(X, y)
    assert_allclose(search.cv_results_["sparsity"], [0.3, 0.5])
    assert search.support_.sum() == round(search.sparsity_ * 10)
    path = pruning_path(
        X, y, sparsities=[0.3, 1], n_rounds=2, feature_costs=prices, sparsity_unit="cost"
    )
    assert_array_equal(np.diff(path.coefs.indptr), [3, 10])
