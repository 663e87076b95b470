"""A part of the report, recomputed with scikit-learn's estimators and its own ones."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression, RidgeCV, orthogonal_mp
from sklearn.model_selection import KFold
from sklearn.preprocessing import (
    MinMaxScaler,
    OneHotEncoder,
    PolynomialFeatures,
    QuantileTransformer,
)

from sklearn_prune import MinNormRegressor, PrunedRegressor, RandomFeatures
from sklearn_prune._report.comparison.one_part import evaluate_part
from sklearn_prune._report.comparison.plan import make_plan
from sklearn_prune._report.comparison.records import (
    DENSE,
    DISTILLED,
    PRUNED,
    PURSUED,
    RANDOM,
    RETRAINED,
    SMALL,
    Part,
)
from sklearn_prune._report.table.targets import encode_target

ALPHAS = np.logspace(-3, 5, 17)
ESTIMATORS = {"plain": MinNormRegressor(), "ridge": RidgeCV(ALPHAS)}


def make_table(n_rows, seed=0):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.standard_normal((n_rows, 3)), columns=list("abc"))
    X["kind"] = rng.choice(["x", "y", "z"], n_rows)
    signal = np.abs(X["a"] + X["b"]) + X["c"] * (X["kind"] == "x")
    return X, (signal + 0.3 * rng.standard_normal(n_rows)).to_numpy()


def random_features(X, train, others, width, seed):
    """Return features of the training rows and of other tables, without this package's helpers."""
    columns = make_column_transformer(
        (MinMaxScaler((-1, 1), clip=True), ["a", "b", "c"]),
        (QuantileTransformer(n_quantiles=20), ["a", "b", "c"]),
        (OneHotEncoder(sparse_output=False), ["kind"]),
    )
    one = PolynomialFeatures(1)
    A = one.fit_transform(columns.fit_transform(X.iloc[train]))
    layer = RandomFeatures(width, weights="unit", random_state=seed).fit(A)
    return layer.transform(A), *(
        layer.transform(one.transform(columns.transform(other))) for other in others
    )


def errors_of(records):
    return {(r.method, r.setting, r.strategy, r.width, r.budget): r.error for r in records}


# Fewer, and more, rows than features; and so many more that a factor stands for the rows.
SIZES = [(60, [4, 20], [10, 45, 130]), (150, [3, 12], [15, 40])]


@pytest.mark.parametrize(("n_rows", "budgets", "widths"), SIZES)
@pytest.mark.parametrize("kind", ["regression", "two classes", "three classes"])
def test_an_outer_fold_by_hand(n_rows, budgets, widths, kind):
    X, y = make_table(n_rows)
    if kind != "regression":
        y = np.digitize(y, np.quantile(y, [0.5] if kind == "two classes" else [0.3, 0.6]))
    target = encode_target(y, classification=kind != "regression")
    unlabeled = make_table(50, seed=1)[0]
    plan = make_plan(n_rows, budgets=budgets, widths=widths, cv=3, seed=7)
    part = Part(0, 1, None)
    found = errors_of(evaluate_part(part, plan, X, target, unlabeled))

    Y = target.values[:, 0] if target.values.shape[1] == 1 else target.values
    train, test = list(KFold(3, shuffle=True, random_state=7).split(X))[1]
    F, G, U = random_features(X, train, [X.iloc[test], unlabeled], widths[-1], seed=8)
    variance = np.sum(np.var(target.values, axis=0))

    def error(predicted):
        return np.sum((target.values[test] - predicted.reshape(len(test), -1)) ** 2) / (
            len(test) * variance
        )

    def check(model, method, setting, strategy, width, budget, **fit):
        model.fit(F[:, :width], Y[train], **fit)
        expected = error(model.predict(G[:, :width]))
        assert_allclose(found[method, setting, strategy, width, budget], expected, rtol=1e-6)

    for setting, estimator in ESTIMATORS.items():
        for budget in budgets:
            check(estimator, SMALL, setting, "", budget, budget)
            check(
                PrunedRegressor("random", budget, estimator=estimator, random_state=8),
                *(RANDOM, setting, "", widths[-1], budget),
            )
        for width in widths:
            check(estimator, DENSE, setting, "", width, width)
            for budget in (size for size in budgets if size < width):
                for strategy in "magnitude", "hessian":
                    what = setting, strategy, width, budget
                    model = PrunedRegressor(strategy, budget, False, estimator=estimator)
                    check(model, PRUNED, *what)
                    check(model.set_params(retrain=True), RETRAINED, *what)
                    model.set_params(retrain="distill")
                    check(model, DISTILLED, *what, X_unlabeled=U[:, :width])


@pytest.mark.parametrize(("n_rows", "budgets", "widths"), SIZES)
def test_least_squares_and_ridge_of_scikit_learn(n_rows, budgets, widths):
    X, y = make_table(n_rows)
    plan = make_plan(n_rows, budgets=budgets, widths=widths, cv=3, seed=7)
    target = encode_target(y, classification=False)
    found = errors_of(evaluate_part(Part(0, 1, None), plan, X, target, None))
    train, test = list(KFold(3, shuffle=True, random_state=7).split(X))[1]
    F, G = random_features(X, train, [X.iloc[test]], widths[-1], seed=8)
    width, budget = widths[-1], budgets[0]
    dense = RidgeCV(ALPHAS).fit(F, y[train])
    kept = np.argsort(-np.abs(dense.coef_), kind="stable")[:budget]
    centred = F - F.mean(axis=0)
    centred /= np.linalg.norm(centred, axis=0).clip(1e-9)  # some features are zero
    pursued = np.flatnonzero(
        orthogonal_mp(centred, y[train] - y[train].mean(), n_nonzero_coefs=budget)
    )
    for model, method, setting, strategy, columns in [
        (LinearRegression(), SMALL, "plain", "", np.arange(budget)),
        (RidgeCV(ALPHAS), SMALL, "ridge", "", np.arange(budget)),
        (RidgeCV(ALPHAS), RETRAINED, "ridge", "magnitude", kept),
        (LinearRegression(), PURSUED, "plain", "", pursued),
        (RidgeCV(ALPHAS), PURSUED, "ridge", "", pursued),
    ]:
        predicted = model.fit(F[:, columns], y[train]).predict(G[:, columns])
        key = method, setting, strategy, budget if method == SMALL else width, budget
        assert_allclose(found[key], np.mean((y[test] - predicted) ** 2) / np.var(y), rtol=1e-6)


def test_an_inner_fold_by_hand():
    X, y = make_table(90)
    plan = make_plan(90, budgets=[5], widths=[70], cv=3, seed=2)
    target = encode_target(y, classification=False)
    part = Part(1, 2, 0)
    records = evaluate_part(part, plan, X, target, None)
    assert {record.method for record in records} == {DENSE, PRUNED, RETRAINED}

    outer = list(KFold(3, shuffle=True, random_state=3).split(X))[2][0]
    seed = 2 + 3 + 2
    F = random_features(X, outer, [], 70, seed)[0]
    fit, choose = next(KFold(3, shuffle=True, random_state=seed).split(F))
    model = PrunedRegressor("hessian", 5, estimator=RidgeCV(ALPHAS)).fit(F[fit], y[outer][fit])
    error = np.mean((y[outer][choose] - model.predict(F[choose])) ** 2) / np.var(y)
    assert_allclose(errors_of(records)[RETRAINED, "ridge", "hessian", 70, 5], error, rtol=1e-6)


def test_penalties_are_those_of_ridge_cv():
    X, y = make_table(60)
    plan = make_plan(60, budgets=[4], widths=[130], cv=3)
    part = Part(0, 0, None)
    records = evaluate_part(part, plan, X, encode_target(y, classification=False), None)
    train = next(KFold(3, shuffle=True, random_state=0).split(X))[0]
    F = random_features(X, train, [], 130, seed=0)[0]
    model = PrunedRegressor("magnitude", 4, estimator=RidgeCV(ALPHAS)).fit(F, y[train])
    chosen = [
        (r.alpha, r.retrain_alpha)
        for r in records
        if (r.method, r.setting, r.strategy, r.budget) == (RETRAINED, "ridge", "magnitude", 4)
    ]
    assert chosen == [(model.estimator_.alpha_, model.retrained_estimator_.alpha_)]
