"""Groups of columns, columns that stay and prices, against selection step by step."""

from itertools import combinations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from selection_by_hand import fit_by_hand, select_by_hand, weigh_columns
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression, Ridge

from sklearn_prune import PrunedClassifier, PrunedRegressor
from sklearn_prune._pruning.selection import SelectionRule

GROUPS = [[0, 3, 4], [1], [2, 7], [5], [6, 8, 9]]
LABELS = ["a", "b", "c", "a", "a", "d", "e", "c", "e", "e"]
NAMES = [f"{label}_{column}" for column, label in enumerate(LABELS)]
ALONE = [[column] for column in range(10)]
PRICES = np.array([2.0, 0.5, 3.0, 1.0, 0.25, 4.0, 1.0, 1.0, 0.5, 2.0])
SALIENCY = np.array([3.0, 1.0, 4.0, 1.5, 9.0, 2.0, 6.0, 5.0, 3.5, 8.0])

# What can be asked for, each with what it changes of a problem.
OPTIONS = {
    "groups": {"feature_groups": LABELS},
    "stays": {"always_keep": [4, 5]},
    "prices": {"feature_costs": PRICES},
    "columns": {"sparsity_unit": "columns"},
    "cost": {"sparsity_unit": "cost"},
    "weights": {},
    "targets": {},
    "sparse": {},
    "rounds": {"n_rounds": 3},
    "dense": {"retrain": False},
    "ridge": {"estimator": Ridge(3.0)},
    "refit": {"retrain": Ridge(2.0)},
    "distill": {"retrain": "distill"},
    "wide": {},
}
UNLIKE = [{"columns", "cost"}, {"dense", "refit"}, {"dense", "distill"}, {"refit", "distill"}]
PAIRS = [pair for pair in combinations(OPTIONS, 2) if set(pair) not in UNLIKE]


def make_data(*, n=30, n_targets=None, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 10)) * np.linspace(1, 3, 10) + 1
    X[:, 4] += X[:, 3]
    coef = rng.standard_normal((10, n_targets or 1)) * np.linspace(2, 0.5, 10)[:, None]
    y = X @ coef + rng.standard_normal((n, n_targets or 1))
    return X, y if n_targets else y[:, 0]


def rounds_of(total, budget, n_rounds, *, whole):
    sizes = total * (budget / total) ** (np.arange(1, n_rounds + 1) / n_rounds)
    return [max(budget, round(size) if whole else size) for size in sizes]


def problem(chosen, strategy):
    """Return arguments of a model and of its fit, and the columns and coefficients by hand."""
    params = {name: value for key in chosen for name, value in OPTIONS[key].items()}
    X, y = make_data(n=8 if "wide" in chosen else 30, n_targets=2 if "targets" in chosen else None)
    weights = np.linspace(1, 3, len(X)) if "weights" in chosen else np.ones(len(X))
    groups = GROUPS if "groups" in chosen else ALONE
    prices = PRICES if "prices" in chosen else None
    stays = [k for k, group in enumerate(groups) if {4, 5} & set(group) and "stays" in chosen]
    unit = params.get("sparsity_unit", "groups")
    total = {"groups": len(groups), "columns": 10, "cost": 10 if prices is None else PRICES.sum()}
    budget = {"groups": 3 if "groups" in chosen else 5, "columns": 7, "cost": total["cost"] * 0.7}
    rounds = rounds_of(
        total[unit], budget[unit], 3 if "rounds" in chosen else 1, whole=unit != "cost"
    )
    alpha = 3.0 if "ridge" in chosen else 0.0
    options = {"stays": stays, "prices": prices, "unit": unit, "saliency": SALIENCY}
    columns = select_by_hand(
        strategy, X, y, rounds, groups, weights=weights, alpha=alpha, **options
    )
    coef = np.zeros((10, np.size(y) // len(y)))
    data = {"sample_weight": weights} if "weights" in chosen else {}
    if "dense" in chosen:
        last = list(range(10))
        if len(rounds) > 1:
            last = select_by_hand(
                strategy, X, y, rounds[:-1], groups, weights=weights, alpha=alpha, **options
            )
        dense = np.zeros_like(coef)
        dense[last] = fit_by_hand(X[:, last], y, weights, alpha)[0]
        coef[columns] = dense[columns]
    else:
        refit = 2.0 if "refit" in chosen else alpha
        rows, targets, counts = X, y, weights
        if "distill" in chosen:
            data["X_unlabeled"] = make_data(n=25, seed=1)[0]
            rows = np.vstack([X, data["X_unlabeled"]])
            dense, intercept = fit_by_hand(X, y, weights, alpha)
            targets, counts = rows @ dense + intercept, np.append(weights, np.ones(25))
        coef[columns] = fit_by_hand(rows[:, columns], targets, counts, refit)[0]
    shown = sparse.csr_array(X) if "sparse" in chosen else X
    scored = {"callable": weigh_columns}.get(strategy, strategy)
    model = PrunedRegressor(scored, budget[unit], saliency=SALIENCY, **params)
    return model, (shown, y), data, columns, coef


@pytest.mark.filterwarnings("ignore:Rounds from")
@pytest.mark.parametrize("strategy", ["magnitude", "hessian", "oracle", "callable"])
@pytest.mark.parametrize("chosen", PAIRS, ids="-".join)
def test_every_pair_of_options(chosen, strategy):
    if strategy == "callable" and "sparse" in chosen:
        strategy = "magnitude"
    model, rows, data, columns, coef = problem(chosen, strategy)
    model.fit(*rows, **data)
    assert_array_equal(model.get_support(indices=True), columns)
    assert_allclose(np.atleast_2d(model.coef_).T, coef, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("strategy", ["magnitude", "hessian"])
@pytest.mark.parametrize("make", [sparse.csr_matrix, sparse.csc_array, np.float32])
def test_matrices_and_single_precision(strategy, make):
    model, (X, y), _, columns, coef = problem(("groups", "prices"), strategy)
    model.fit(make(X), y)
    assert_array_equal(model.get_support(indices=True), columns)
    assert_allclose(model.coef_, coef[:, 0], rtol=1e-4 if make is np.float32 else 1e-8, atol=1e-5)
    assert model.coef_.dtype == (np.float32 if make is np.float32 else float)


def test_a_random_order_is_one_of_groups():
    X, y = make_data()
    drawn = np.random.RandomState(3).permutation(5)
    model = PrunedRegressor("random", 2, feature_groups=LABELS, random_state=3).fit(X, y)
    assert_array_equal(np.flatnonzero(model.group_support_), np.sort(np.argsort(-drawn)[:2]))
    model.set_params(feature_costs=1).fit(X, y)
    best = np.argsort(-(drawn + 1) / list(map(len, GROUPS)), kind="stable")
    assert_array_equal(np.flatnonzero(model.group_support_), np.sort(best[:2]))


GIVEN_AS = {
    "labels": LABELS,
    "array": np.array(LABELS),
    "numbers": np.unique(LABELS, return_inverse=True)[1] + 5,
    "series": pd.Series(LABELS),
    "lists": [[0, 3, 4], [7, 2], [6, 8, 9]],
    "arrays": [np.array([0, 3, 4]), np.array([2, 7]), np.array([6, 8, 9])],
    "names": [["a_0", "a_3", "a_4"], ["c_2", 7], ("e_6", "e_8", "e_9")],
    "callable": lambda name: name.split("_")[0],
}


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
@pytest.mark.parametrize("given", GIVEN_AS.values(), ids=list(GIVEN_AS))
def test_ways_to_give_groups(frame, given):
    X, y = make_data()
    table = frame(dict(zip(NAMES, X.T, strict=True)))
    plain = PrunedRegressor(sparsity=2, feature_groups=LABELS).fit(X, y)
    model = PrunedRegressor(sparsity=2, feature_groups=given).fit(table, y)
    assert_array_equal(model.coef_, plain.coef_)
    assert_array_equal(model.feature_groups_, [0, 1, 2, 0, 0, 3, 4, 2, 4, 4])
    assert_array_equal(model.group_support_, [model.support_[group[0]] for group in GROUPS])
    kept = [name for name, keep in zip(NAMES, model.support_, strict=True) if keep]
    assert_array_equal(model.get_feature_names_out(), kept)


@pytest.mark.parametrize("labels", [list(NAMES), [[3], [0]]])
def test_groups_of_one_column_each(labels):
    X, y = make_data()
    model = PrunedRegressor(sparsity=2, feature_groups=labels).fit(X, y)
    assert_array_equal(model.feature_groups_, range(10))
    assert_array_equal(model.group_support_, model.support_)
    alone = PrunedRegressor(sparsity=2, always_keep=[0]).fit(X, y)
    assert alone.feature_groups_ is None


@pytest.mark.parametrize("given", [[4, 5], ["a_4", "d_5"], {5, 4}, np.isin(range(10), [4, 5])])
def test_ways_to_say_what_stays(given):
    X, y = make_data()
    table = pd.DataFrame(X, columns=NAMES)
    model = PrunedRegressor(sparsity=3, always_keep=given).fit(table, y)
    plain = PrunedRegressor(sparsity=3, always_keep=[4, 5]).fit(X, y)
    assert_array_equal(model.support_, plain.support_)
    assert model.support_[[4, 5]].all()
    assert model.n_nonzero_ == 3
    assert model.threshold_ == model.scores_[model.support_ & ~np.isin(range(10), [4, 5])].min()


@pytest.mark.parametrize("given", [{5: 40.0}, {"d_5": 40.0}, np.where(np.arange(10) == 5, 40.0, 1)])
def test_ways_to_give_prices(given):
    X, y = make_data()
    table = pd.DataFrame(X, columns=NAMES)
    free = PrunedRegressor(sparsity=10).fit(X, y)
    model = PrunedRegressor(sparsity=10, feature_costs=given).fit(table, y)
    assert_allclose(model.scores_[5], free.scores_[5] / 40)
    assert_allclose(np.delete(model.scores_, 5), np.delete(free.scores_, 5))


def test_a_price_for_all_divides_groups_by_their_columns():
    X, y = make_data()
    model = PrunedRegressor("hessian", feature_groups=LABELS, sparsity=2)
    plain, divided = (clone(model).set_params(feature_costs=c).fit(X, y) for c in (None, 1))
    assert_allclose(
        divided.scores_,
        plain.scores_ / np.bincount([0, 1, 2, 0, 0, 3, 4, 2, 4, 4])[plain.feature_groups_],
    )


def test_the_hessian_score_of_a_group_knows_no_basis(rng):
    X, y = make_data()
    turned = X.copy()
    turned[:, [0, 3, 4]] = X[:, [0, 3, 4]] @ rng.standard_normal((3, 3)) * 1000
    scores = [
        PrunedRegressor("hessian", 2, feature_groups=LABELS).fit(Z, y).scores_ for Z in (X, turned)
    ]
    assert_allclose(*scores, rtol=1e-8)


def logistic_scores(model, X, groups):
    """Return the roots of b'H b, with H the second derivatives of the penalised loss at a fit."""
    p = model.predict_proba(X)
    total = np.zeros(len(groups))
    for k, b in enumerate(model.coef_):
        share = p[:, k + (len(model.coef_) == 1)]
        curvature = share * (1 - share)
        A = X - np.average(X, axis=0, weights=curvature)
        H = A.T @ (curvature[:, None] * A) + np.eye(len(b)) / model.C
        total += [b[g] @ H[np.ix_(g, g)] @ b[g] for g in groups]
    return np.sqrt(total)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("stays", [None, [5]])
def test_groups_of_logistic_fits(n_classes, stays):
    X, y = make_data(n=60)
    y = np.digitize(y, np.quantile(y, np.arange(1, n_classes) / n_classes))
    dense = LogisticRegression(C=0.5, tol=1e-10, max_iter=10_000)
    for strategy in "hessian", "magnitude":
        model = PrunedClassifier(
            strategy, 3, estimator=dense, feature_groups=LABELS, always_keep=stays
        ).fit(X, y)
        fit = clone(dense).fit(X, y)
        scores = logistic_scores(fit, X, GROUPS)
        if strategy == "magnitude":
            scores = np.array([np.linalg.norm(fit.coef_[:, group]) for group in GROUPS])
        ratio = model.scores_ / scores[model.feature_groups_]
        assert_allclose(ratio, ratio[0], rtol=1e-5)
        order = np.argsort(-np.where(np.arange(5) == 3, np.inf if stays else scores, scores))
        assert_array_equal(np.flatnonzero(model.group_support_), np.sort(order[:3]))
        refit = clone(dense).fit(X[:, model.support_], y)
        assert_allclose(model.coef_[:, model.support_], refit.coef_, rtol=1e-5, atol=1e-7)


def test_groups_of_classes_by_least_squares():
    X, y = make_data(n=60)
    labels = np.digitize(y, np.quantile(y, [1 / 3, 2 / 3]))
    codes = (labels[:, None] == np.arange(3)).astype(float)
    model = PrunedClassifier("hessian", 3, feature_groups=LABELS).fit(X, labels)
    columns = select_by_hand("hessian", X, codes, [3], GROUPS, weights=np.ones(60), alpha=0.0)
    assert_array_equal(model.get_support(indices=True), columns)
    assert_allclose(model.coef_[:, columns].T, fit_by_hand(X[:, columns], codes)[0], rtol=1e-8)


def test_plain_columns_have_no_selection():
    assert SelectionRule().resolve(5, None) is None
