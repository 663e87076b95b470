from math import comb, log

import numpy as np
import pytest
from greedy_selection import survival, weighted_loss
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.model_selection import GridSearchCV, KFold

from sklearn_prune import PrunedClassifier, PrunedRegressor, PrunedRegressorCV
from sklearn_prune._logistic.curvature import curvature_weights
from sklearn_prune._pruning.group_bases import GroupBases
from sklearn_prune._pruning.group_elimination import eliminate_groups
from sklearn_prune._pruning.logistic_obs import logistic_obs
from sklearn_prune._pruning.moment_elimination import obs_of_moments
from sklearn_prune._pruning.obs import obs
from sklearn_prune._pruning.selection import SelectionRule

FREE = {}
GROUPS = {"feature_groups": [0, 1, 0, 2, 3, 3, 1, 4, 0, 5, 4, 3]}
STAYS = {"always_keep": [2, 7]}
PRICES = {"feature_costs": [1, 2, 1, 0.5, 3, 1, 1, 2, 0.7, 1, 4, 1]}
DEAR = {"feature_costs": [1e6, 1, 1, 1e6, 1e6, 1, 1, 1e6, 1, 1, 1, 1]}
RULES = [
    {**groups, **stays, **prices}
    for groups in (FREE, GROUPS)
    for stays in (FREE, STAYS)
    for prices in (FREE, PRICES, DEAR)
][1:]


def selected(n_features=12, **rule):
    return SelectionRule(**rule).resolve(n_features, None)


def drawn(rng, n_samples=40, n_targets=1, n_features=12):
    X = rng.standard_normal((n_samples, n_features)) + 1
    X[:, 1:] += X[:, :-1]
    Y = X @ rng.standard_normal((n_features, n_targets))
    Y += 4 * rng.standard_normal(Y.shape)
    return X, Y, rng.uniform(0.3, 3, n_samples)


def scored(X, Y, weights=None, *, centred=True, **rule):
    """Return the scores of columns that all compete."""
    selection = selected(X.shape[1], **rule)
    weights = np.ones(X.shape[0]) if weights is None else weights
    coef = np.ones((np.shape(Y)[1:] or (1,))[0] * X.shape[1]).reshape(-1, X.shape[1])
    return obs(coef, X, Y, weights=weights, centred=centred, selection=selection)


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("n_targets", [1, 3])
@pytest.mark.parametrize("rule", RULES)
def test_order_is_that_of_refits(rng, rule, n_targets, centred, container):
    X, Y, weights = drawn(rng, n_targets=n_targets)
    expected = survival(weighted_loss(X, Y, weights, centred=centred), selected(**rule))
    units = np.geomspace(1e-3, 1e3, 12)
    scores = scored(container(X * units), Y, weights, centred=centred, **rule)
    assert_array_equal(scores, expected)


@pytest.mark.parametrize("n_targets", [1, 3])
@pytest.mark.parametrize("rule", RULES)
def test_moments_give_the_same_order(rng, rule, n_targets):
    X, Y, weights = drawn(rng, n_targets=n_targets)
    A = np.hstack([X, Y])
    A = np.sqrt(weights)[:, np.newaxis] * (A - weights @ A / weights.sum())
    squares = A.T @ A
    scale = np.sqrt(squares.diagonal()[:12] / weights.sum())
    scores = obs_of_moments(np.ones((n_targets, 12)), squares, scale, selected(**rule))
    expected = survival(weighted_loss(X, Y, weights, centred=True), selected(**rule))
    assert_array_equal(scores, expected)


@pytest.mark.parametrize("rule", RULES)
def test_moments_without_digits_are_refused(rng, rule):
    X, Y, _ = drawn(rng)
    X[:, 9] = X[:, 3]
    A = np.hstack([X, Y])
    squares = A.T @ A
    scale = np.sqrt(squares.diagonal()[:12])
    assert obs_of_moments(np.ones(12), squares, scale, selected(**rule)) is None


def quadratic(coef, probabilities, X, weights, alpha, *, centred):
    """Return rows and targets whose squared error is twice the quadratic loss of a fit."""
    D = curvature_weights(probabilities, weights)
    A = X - D @ X / D.sum() if centred else X
    rows = np.vstack([np.sqrt(D)[:, np.newaxis] * A, np.sqrt(alpha) * np.eye(X.shape[1])])
    return rows, rows @ np.atleast_2d(coef).T


def softmax_fit(rng, X, n_classes):
    """Return coefficients, and what they say of each class."""
    coef = rng.standard_normal((n_classes, X.shape[1]))
    odds = np.exp(X @ coef.T / X.shape[1])
    if n_classes == 1:
        return coef[0], odds[:, 0] / (1 + odds[:, 0])
    return coef, odds / odds.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("alpha", [0.0, 1.0])
@pytest.mark.parametrize("n_classes", [1, 3])
@pytest.mark.parametrize("rule", RULES)
def test_order_in_a_logistic_loss(rng, rule, n_classes, alpha, centred):
    X, _, weights = drawn(rng)
    coef, p = softmax_fit(rng, X, n_classes)
    rows, targets = quadratic(coef, p, X, weights, alpha, centred=centred)
    expected = survival(
        weighted_loss(rows, targets, np.ones(len(rows)), centred=False), selected(**rule)
    )
    options = {"alpha": alpha, "centred": centred, "selection": selected(**rule)}
    for form in np.asarray, sparse.csr_array:
        assert_array_equal(logistic_obs(coef, p, form(X), weights, **options), expected)


@pytest.mark.parametrize("rule", RULES)
def test_more_columns_than_samples_in_a_logistic_loss(rng, rule):
    """Groups are screened by what the loss rises by without each alone."""
    X, _, weights = drawn(rng, n_samples=9)
    coef, p = softmax_fit(rng, X, 1)
    selection = selected(**rule)
    rows, target = quadratic(coef, p, X, weights, 0.5, centred=True)
    loss = weighted_loss(rows, target, np.ones(len(rows)), centred=False)
    prices = np.ones(selection.n_groups) if selection.costs is None else selection.costs
    alone = [
        loss(np.flatnonzero(selection.groups != g)) / prices[g] for g in range(selection.n_groups)
    ]
    free = [g for g in np.argsort(alone)[::-1] if not selection.stays[g]]
    left, pool = max(1, (9 - selection.stay.sum()) // 2), []
    for group in free:
        if selection.sizes[group] <= left:
            pool.append(group)
            left -= selection.sizes[group]
    pool = pool or free[:1]
    gone = [group for group in free[::-1] if group not in pool]
    scores = logistic_obs(coef, p, X, weights, alpha=0.5, centred=True, selection=selection)
    by_group = scores[np.unique(selection.groups, return_index=True)[1]]
    assert_array_equal(np.argsort(by_group)[: len(gone)], gone)
    columns = np.flatnonzero(selection.stay | np.isin(selection.groups, pool))
    names, groups = np.unique(selection.groups[columns], return_inverse=True)
    part = selected(
        len(columns),
        feature_groups=groups,
        always_keep=selection.stay[columns],
        feature_costs=(prices[names] / np.bincount(groups))[groups],
    )
    expected = survival(lambda kept: loss(columns[kept]), part)
    assert_array_equal(scores[columns] - len(gone), expected)


def by_inverses(gram, moments, groups):
    """Order and rises of the elimination that inverts the Hessian afresh for every step."""
    left, order, rises = np.arange(groups.max() + 1), [], []
    while len(left):
        columns = np.flatnonzero(np.isin(groups, left))
        inverse = np.linalg.inv(gram[np.ix_(columns, columns)])
        coef, owners = inverse @ moments[columns], groups[columns]
        costs = [
            np.sum(
                coef[owners == g]
                * np.linalg.solve(inverse[np.ix_(owners == g, owners == g)], coef[owners == g])
            )
            for g in left
        ]
        rises.append(min(costs))
        order.append(left[int(np.argmin(costs))])
        left = left[left != order[-1]]
    return order, rises


@pytest.mark.parametrize("n_targets", [1, 2])
@pytest.mark.parametrize("sizes", [[3] * 40, [1, 2, 5] * 12, [40, 1, 7] * 3, [70, 1], [33] * 4])
def test_groups_that_go_in_blocks(rng, sizes, n_targets):
    groups = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    X, Y, _ = drawn(rng, 200, n_targets, len(groups))
    X /= np.linalg.norm(X, axis=0)
    order, errors = eliminate_groups(GroupBases.of(X, groups, Y), None)
    expected, rises = by_inverses(X.T @ X, X.T @ Y, groups)
    assert_array_equal(order, expected)
    assert_allclose(-np.diff(errors)[::-1], rises, rtol=1e-7)
    assert_allclose(errors[0], (Y**2).sum())


def test_nearly_dependent_groups_cost_the_others_no_digits(rng):
    X, Y, _ = drawn(rng, 100, 1, 60)
    X[:, 30:36] = X[:, :6] + 1e-6 * X[:, 30:36]
    X /= np.linalg.norm(X, axis=0)
    groups = np.arange(60) // 3
    order, errors = eliminate_groups(GroupBases.of(X, groups, Y), None)
    loss = weighted_loss(X, Y, np.ones(100), centred=False)
    expected = [
        loss(np.flatnonzero(np.isin(groups, order[20 - size :] if size else [])))
        for size in range(21)
    ]
    assert_allclose(errors, expected, rtol=1e-8)


@pytest.mark.parametrize("shape", [(60, 12), (40, 90)])
def test_groups_of_one_column_are_columns(rng, shape):
    X, Y, weights = drawn(rng, shape[0], 2, shape[1])
    expected = scored(X, Y, weights)
    assert_array_equal(scored(X, Y, weights, feature_groups=range(shape[1])), expected)
    # Each has its double beside it.
    twice, groups = np.hstack([X, -2 * X]), np.tile(np.arange(shape[1]), 2)
    assert_array_equal(scored(twice, Y, weights, feature_groups=groups), np.tile(expected, 2))


@pytest.mark.parametrize("rule", [FREE, GROUPS, STAYS, {**GROUPS, **STAYS}])
@pytest.mark.parametrize("n_samples", [40, 9])
def test_equal_prices_change_nothing(rng, n_samples, rule):
    X, Y, weights = drawn(rng, n_samples)
    expected, sizes = scored(X, Y, weights, **rule), np.ones(12)
    if rule.get("feature_groups"):
        sizes = np.bincount(rule["feature_groups"])[rule["feature_groups"]]
    for price in 1.0, 1e-9, 1e6:
        assert_array_equal(scored(X, Y, weights, feature_costs=price / sizes, **rule), expected)


@pytest.mark.parametrize("rule", [GROUPS, {**GROUPS, **STAYS}, {**GROUPS, **STAYS, **PRICES}])
@pytest.mark.parametrize("n_samples", [40, 9])
def test_the_basis_of_a_group_does_not_matter(rng, n_samples, rule):
    X, Y, weights = drawn(rng, n_samples)
    expected, changed = scored(X, Y, weights, **rule), X.copy()
    for group in range(6):
        columns = np.flatnonzero(np.array(GROUPS["feature_groups"]) == group)
        changed[:, columns] = X[:, columns] @ rng.standard_normal((len(columns), len(columns)))
    changed *= np.geomspace(1e-4, 1e4, 12)
    assert_array_equal(scored(changed, Y, weights, **rule), expected)
    assert_array_equal(scored(sparse.csc_array(changed), Y, weights, **rule), expected)


def one_hot(rng, n_samples, n_levels):
    """Return indicators of levels that all occur."""
    levels = np.append(np.arange(n_levels), rng.integers(0, n_levels, n_samples - n_levels))
    return np.eye(n_levels)[rng.permutation(levels)]


@pytest.mark.parametrize("stays", [FREE, {"always_keep": [0, 29]}])
@pytest.mark.parametrize("n_samples", [200, 26, 22])
def test_a_level_may_be_dropped(rng, n_samples, stays):
    tables = [one_hot(rng, n_samples, n_levels) for n_levels in (2, 3, 5, 8, 12)]
    groups = np.repeat(np.arange(5), [2, 3, 5, 8, 12])
    X, kept = np.hstack(tables), np.diff(groups, prepend=-1) == 0
    kept[29] = True
    kept[28] = not stays
    y = X @ rng.standard_normal(30) + rng.standard_normal(n_samples)
    place = np.cumsum(kept) - 1
    some = {"always_keep": place[[1, 29]]} if stays else {}
    scores = scored(X, y, feature_groups=groups, **stays)
    assert_array_equal(scored(X[:, kept], y, feature_groups=groups[kept], **some), scores[kept])
    selection = selected(30, feature_groups=groups, **stays)
    if n_samples == 200:
        loss = weighted_loss(X, y[:, np.newaxis], np.ones(200), centred=True)
        assert_array_equal(scores, survival(loss, selection))


@pytest.mark.parametrize("n_samples", [60, 15])
def test_the_later_of_two_equal_groups_goes_first(rng, n_samples):
    X = rng.standard_normal((n_samples, 9))
    y = X.sum(axis=1)
    mixed = X[:, :3] @ rng.standard_normal((3, 3))
    scores = scored(np.hstack([X, mixed]), y, feature_groups=np.arange(12) // 3)
    assert_array_equal(scores[9:], 1)


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("rule", [FREE, {"always_keep": [20]}, {"feature_costs": np.full(24, 2.0)}])
def test_a_group_larger_than_the_samples(rng, rule, container):
    X = rng.standard_normal((12, 24))
    groups = [*range(4), *[4] * 20]
    y = X[:, 1] + 0.01 * rng.standard_normal(12)
    scores = scored(container(X), y, feature_groups=groups, **rule)
    assert_array_equal(np.unique(scores), [1, 2, 3, 4, 5])
    assert_array_equal(scores[4:], scores[4])
    if "always_keep" in rule:
        # It explains all of the others: they tie, and the first of them wins.
        assert_array_equal(scores[:5], [4, 3, 2, 1, 5])
    else:
        assert scores[1] > scores[[0, 2, 3]].max()


def test_prices_of_a_million_make_no_ties(rng):
    X, Y, weights = drawn(rng)
    order = np.argsort(scored(X, Y, weights))
    for dear in 1e6, 1e12, 1e24:
        prices = np.where(np.isin(np.arange(12), order[:6]), 1, dear)
        expected = survival(
            weighted_loss(X, Y, weights, centred=True), selected(feature_costs=prices)
        )
        assert_array_equal(scored(X, Y, weights, feature_costs=prices), expected)


def test_what_those_that_stay_explain_goes_first(rng):
    X, Y, weights = drawn(rng)
    X[:, 5] = X[:, 1] - 2 * X[:, 2]
    X[:, 8], X[:, 9] = X[:, 2], X[:, 1]
    scores = scored(X, Y, weights, always_keep=[1, 2])
    assert_array_equal(scores[[9, 8, 5]], [1, 2, 3])
    rule = {"always_keep": [1, 2], "feature_groups": [0, 1, 2, 3, 4, 5, 6, 7, 5, 5, 8, 9]}
    scores = scored(X, Y, weights, **rule)
    assert_array_equal(scores[[5, 8, 9]], 1)
    rest = [0, 3, 4, 6, 7, 10, 11]
    assert_array_equal(
        scores[rest] - 1,
        scored(np.delete(X, [5, 8, 9], 1), Y, weights, always_keep=[1, 2])[[0, 3, 4, 5, 6, 7, 8]],
    )


def test_a_constant_column_may_stay(rng):
    X, Y, weights = drawn(rng)
    with_constant = np.column_stack([np.full(40, 3.0), X])
    for centred in True, False:
        scores = scored(with_constant, Y, weights, centred=centred, always_keep=[0])
        # With it, a fit has an intercept anyway.
        assert_array_equal(scores, [13, *scored(X, Y, weights, feature_groups=range(12))])


@pytest.mark.parametrize("centred", [True, False])
def test_more_that_stay_than_samples(rng, centred):
    X, Y, _ = drawn(rng, 8, 2)
    scores = scored(X, Y, centred=centred, always_keep=range(3, 12))
    assert_array_equal(scores, [3, 2, 1, *[4] * 9])
    scores = scored(X, Y, centred=centred, always_keep=range(12))
    assert_array_equal(scores, 1)


def test_groups_without_a_coefficient_score_zero(rng):
    X, Y, weights = drawn(rng)
    X[:, 7] = 0.1
    groups = np.arange(12) // 2
    coef = np.ones(12)
    coef[[2, 3, 4, 6]] = 0  # the group of 4 has another
    options = {"weights": weights, "centred": True}
    for stays, expected in (None, [0, 0, 0, 0]), ([0, 6], [0, 0, 4, 4]):
        selection = selected(feature_groups=groups, always_keep=stays)
        scores = obs(coef, X, Y, selection=selection, **options)
        assert_array_equal(scores[[2, 3, 6, 7]], expected)
        assert scores[4] == scores[5] > 0
    alone = obs(np.zeros(12), X, Y, selection=selection, **options)
    assert_array_equal(alone, selection.stay.astype(float))


def wide_survival(X, Y, weights, selection, *, centred):
    """Return the scores of screening, elimination and readmission, with a refit a question."""
    root = np.sqrt(weights / weights.sum())[:, np.newaxis]
    mean = root[:, 0] ** 2 @ X if centred else 0
    A = root * (X - mean)
    b = root * (Y - (root[:, 0] ** 2 @ Y if centred else 0))
    A /= np.linalg.norm(A, axis=0)
    basis = np.linalg.svd(A[:, selection.stay], full_matrices=False)[0]
    A, b = A - basis @ (basis.T @ A), b - basis @ (basis.T @ b)
    free = np.flatnonzero(~selection.stays)
    spaces = [np.linalg.qr(A[:, selection.groups == g])[0] for g in free]
    sizes = np.array([space.shape[1] for space in spaces])
    prices = np.ones(len(free)) if selection.costs is None else selection.costs[free]
    n_samples, Z = len(X) - basis.shape[1], np.hstack(spaces)
    owners = np.repeat(np.arange(len(free)), sizes)

    def norms(rows):
        return np.bincount(owners, weights=(rows**2).sum(axis=1)) / prices

    def fit(groups):
        part = np.hstack([Z[:, :0], *(spaces[g] for g in groups)])
        return b - part @ np.linalg.lstsq(part, b)[0]

    def eliminate(pool):
        left, gone = list(pool), []
        while left:
            least = (fit(left) ** 2).sum()
            costs = [
                ((fit([k for k in left if k != g]) ** 2).sum() - least) / prices[g] for g in left
            ]
            gone.append(left.pop(int(np.argmin(costs))))
        return gone

    def fitting(ranked, room):
        found = []
        for group in ranked:
            if sizes[[*found, group]].sum() <= room:
                found.append(group)
        return found

    penalty = 0.1 * Z.shape[1] / n_samples
    ridge = Z.T @ np.linalg.solve(Z @ Z.T + penalty * np.eye(len(Z)), b)
    order = list(np.argsort(norms(ridge)))
    pool = fitting(order[::-1], n_samples // 2) or order[-1:]
    for _ in range(3):
        ranking = eliminate(pool)
        order = [g for g in order if g not in ranking] + ranking
        tops = [ranking[-k:] for k in range(1, len(ranking) + 1)]
        ebic = [
            n_samples * log((fit(top) ** 2).sum())
            + sizes[top].sum() * log(n_samples)
            + 2 * log(comb(len(free), len(top))) / Y.shape[1]
            for top in tops
        ]
        top = tops[int(np.argmin(ebic))]
        others = [g for g in np.argsort(-norms(Z.T @ fit(top))) if g not in top]
        room = n_samples // 2 - sizes[top].sum()
        pool = [*top, *fitting(others, room)[: len(top)]]
    scores = np.full(selection.n_groups, len(free) + 1.0)
    scores[free[order]] = np.arange(1, len(free) + 1)
    return scores[selection.groups]


WIDE_GROUPS = {"feature_groups": [*range(12), *np.arange(24, 72) // 2, *np.arange(72, 80) // 4]}
WIDE_STAYS = {"always_keep": [3, 20, 41]}
WIDE_PRICES = {"feature_costs": np.random.default_rng(5).uniform(0.5, 2, 68)}


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("n_targets", [1, 2])
@pytest.mark.parametrize("prices", [FREE, WIDE_PRICES])
@pytest.mark.parametrize("stays", [FREE, WIDE_STAYS])
@pytest.mark.parametrize("groups", [FREE, WIDE_GROUPS])
def test_wide_is_that_of_refits(rng, groups, stays, prices, n_targets, centred, container):
    rule = {**groups, **stays, **prices} or {"feature_groups": range(68)}
    X, _, weights = drawn(rng, 36, 1, 68)
    Y = X[:, [5, 20, 40, 66]] @ rng.standard_normal((4, n_targets))
    Y += rng.standard_normal((36, n_targets))
    expected = wide_survival(X, Y, weights, selected(68, **rule), centred=centred)
    assert_array_equal(scored(container(X), Y, weights, centred=centred, **rule), expected)


def test_wide_finds_true_groups(rng):
    X = rng.standard_normal((100, 400))
    y = X[:, 40:44].sum(axis=1) + X[:, 200:204].sum(axis=1) + 0.1 * rng.standard_normal(100)
    scores = scored(X, y, feature_groups=np.arange(400) // 4)
    assert_array_equal(np.sort(np.argsort(-scores)[:8]), [*range(40, 44), *range(200, 204)])
    assert_array_equal(np.unique(scores), np.arange(1, 101))


@pytest.mark.parametrize("factor", [1e-170, 1e160])
@pytest.mark.parametrize("n_samples", [40, 9])
def test_extreme_units(rng, n_samples, factor):
    X, Y, weights = drawn(rng, n_samples)
    rule = {**GROUPS, **STAYS, **PRICES}
    expected = scored(X, Y, weights, **rule)
    assert_array_equal(scored(factor * X, Y, weights, **rule), expected)
    assert_array_equal(scored(X, factor * Y, weights, **rule), expected)


@pytest.mark.parametrize("rule", RULES)
def test_the_data_are_left_alone(rng, rule):
    for n_samples in 40, 9:
        X, Y, weights = drawn(rng, n_samples)
        copies = X.copy(), Y.copy(), weights.copy()
        scored(X, Y, weights, **rule)
        for array, copy in zip((X, Y, weights), copies, strict=True):
            assert_array_equal(array, copy)


@pytest.mark.parametrize("rule", RULES)
def test_folds_are_those_of_a_grid_search(rng, rule):
    X, Y, weights = drawn(rng, 60, 2)
    sizes = [3, 4, 6]
    model = PrunedRegressorCV("obs", sizes, cv=KFold(3), **rule)
    model.fit(X, Y, sample_weight=weights)
    grid = GridSearchCV(
        PrunedRegressor("obs", **rule),
        {"sparsity": sizes},
        cv=KFold(3),
        scoring="neg_mean_squared_error",
    ).fit(X, Y, sample_weight=weights)
    assert model.sparsity_ == grid.best_params_["sparsity"]
    assert_array_equal(model.support_, grid.best_estimator_.support_)
    assert_allclose(model.predict(X), grid.predict(X))


def test_a_classifier_prunes_whole_groups(rng):
    X, Y, _ = drawn(rng, 200)
    y = Y[:, 0] > np.median(Y)
    model = PrunedClassifier("obs", 3, **GROUPS, **STAYS).fit(X, y)
    groups = np.array(GROUPS["feature_groups"])
    assert model.group_support_[[0, 4]].all()
    assert model.group_support_.sum() == 3
    assert_array_equal(model.support_, model.group_support_[groups])


@pytest.mark.parametrize("rule", [FREE, {"always_keep": [13]}, {"feature_costs": range(1, 15)}])
@pytest.mark.parametrize("gap", [1e-2, 1e-5, 1e-8, 1e-11])
def test_a_group_that_others_nearly_explain_in_part(rng, gap, rule):
    X = rng.standard_normal((60, 14))
    y = X @ rng.standard_normal(14) + 0.5 * rng.standard_normal(60)
    X[:, 4] = X[:, 0] - X[:, 1] + gap * X[:, 4]
    X[:, 7] = X[:, 9] + X[:, 5] + gap * X[:, 7]
    groups = [0, 0, 1, 1, 1, 2, 3, 3, 4, 5, 5, 6, 6, 7]
    loss = weighted_loss(X, y[:, np.newaxis], np.ones(60), centred=True)
    expected = survival(loss, selected(14, feature_groups=groups, **rule))
    assert_array_equal(scored(X, y, feature_groups=groups, **rule), expected)


@pytest.mark.parametrize("n_alike", [2, 4])
@pytest.mark.parametrize("dear", [1e3, 1e6, 1e9])
@pytest.mark.parametrize("width", [1, 2])
def test_what_is_redundant_goes_before_what_is_dear(rng, width, dear, n_alike):
    """A group that the others explain costs nothing, at any price."""
    X = rng.standard_normal((60, 8))
    y = X.sum(axis=1) + 0.1 * rng.standard_normal(60)
    same = [X[:, :width] @ rng.standard_normal((width, width)) for _ in range(n_alike - 1)]
    groups = np.append(np.arange(8) // width, np.repeat(8 + np.arange(n_alike - 1), width))
    prices = np.append(np.full(8, dear), np.ones(width * (n_alike - 1)))
    prices[:width] = 1.0
    scores = scored(np.hstack([X, *same]), y, feature_groups=groups, feature_costs=prices)
    alike = scores[(groups == 0) | (groups >= 8)]
    assert_array_equal(np.sort(np.unique(alike))[:-1], np.arange(1, n_alike))


def test_indicators_without_an_intercept_share_a_direction(rng):
    """Each variable explains a constant, so that the others never tell it apart."""
    groups = np.repeat(np.arange(6), [2, 3, 4, 5, 6, 7])
    X = np.hstack([one_hot(rng, 200, n_levels) for n_levels in (2, 3, 4, 5, 6, 7)])
    y = X @ rng.standard_normal(27) + rng.standard_normal(200)
    loss = weighted_loss(X, y[:, np.newaxis], np.ones(200), centred=False)
    expected = survival(loss, selected(27, feature_groups=groups))
    assert_array_equal(scored(X, y, centred=False, feature_groups=groups), expected)


@pytest.mark.parametrize("unit", ["groups", "columns"])
@pytest.mark.parametrize("shape", [(80, 12), (30, 60)])
def test_supports_are_nested_and_whole(rng, shape, unit):
    X, Y, _ = drawn(rng, shape[0], 1, shape[1])
    groups, before = np.arange(shape[1]) // 3, np.zeros(shape[1], dtype=bool)
    for n_groups in range(1, 5):
        size = n_groups if unit == "groups" else 3 * n_groups
        model = PrunedRegressor(
            "obs", size, feature_groups=groups, always_keep=[4], sparsity_unit=unit
        ).fit(X, Y)
        assert model.support_[3:6].all()
        assert (model.support_ >= before).all()
        assert model.support_.sum() == 3 * n_groups
        before = model.support_
