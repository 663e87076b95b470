"""Widths with groups, columns that stay and prices, against single fits."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.model_selection import KFold

from sklearn_prune import PrunedClassifier, PrunedRegressor, width_path

RNG = np.random.default_rng(0)
X = RNG.standard_normal((24, 40)) * np.linspace(1, 2, 40)
y = X[:, :10].sum(axis=1) + RNG.standard_normal(24)
GROUPS = np.repeat([0, 1, 2, 3, 4, 5, 6, 7], [2, 3, 5, 2, 8, 5, 5, 10])
PRICES = np.linspace(1, 3, 40)

RULES = [
    ({"feature_groups": GROUPS}, [1, 3, 5], "groups"),
    ({"feature_groups": GROUPS, "always_keep": [1, 21]}, [2, 3], "groups"),
    ({"feature_groups": GROUPS, "sparsity_unit": "columns"}, [10, 18], "columns"),
    ({"feature_costs": PRICES, "always_keep": [0]}, [2, 8], "columns"),
    ({"feature_costs": PRICES, "sparsity_unit": "cost"}, [8.5, 20.0, 60.0], "cost"),
    ({"feature_groups": GROUPS, "feature_costs": PRICES}, [0.3, 0.7], "groups"),
]


def narrowed(rule, width):
    """Return a rule for the first columns."""
    cut = {"feature_groups": lambda v: v[:width], "feature_costs": lambda v: v[:width]}
    cut["always_keep"] = lambda v: [column for column in v if column < width]
    return {name: cut.get(name, lambda v: v)(value) for name, value in rule.items()}


def holds(rule, sparsity, unit, width):
    total = {
        "groups": len(set(GROUPS[:width])),
        "columns": width,
        "cost": PRICES[:width].sum(),
    }[unit]
    return sparsity <= total


@pytest.mark.parametrize("classes", [False, True])
@pytest.mark.parametrize("strategy", ["magnitude", "hessian"])
@pytest.mark.parametrize(("rule", "sparsities", "unit"), RULES)
def test_widths_are_single_fits(rule, sparsities, unit, strategy, classes):
    target = y > 0 if classes else y
    make = PrunedClassifier if classes else PrunedRegressor
    widths, splits = [5, 10, 20, 40], list(KFold(2).split(X))
    path = width_path(
        X,
        target,
        widths=widths,
        sparsities=sparsities,
        strategy=strategy,
        cv=splits,
        classification=classes,
        **rule,
    )
    for k, sparsity in enumerate(path.sparsities.tolist()):
        for j, width in enumerate(widths):
            known = path.retrained_errors[k, j]
            if not holds(rule, sparsity, unit, width):
                assert np.isnan(known).all()
                continue
            model, expected = make(strategy, sparsity, **narrowed(rule, width)), []
            for train, test in splits:
                model.fit(X[train, :width], target[train])
                wrong = model.predict(X[test, :width])
                wrong = wrong != target[test] if classes else (wrong - target[test]) ** 2
                expected.append(wrong.mean())
            assert_allclose(known, expected, rtol=1e-7)


def test_groups_that_a_width_cuts():
    with pytest.raises(
        ValueError, match=r"The first 4 columns are a part of the group of column 2"
    ):
        width_path(X, y, widths=[4, 10], sparsities=[1], feature_groups=GROUPS)


def test_a_sparsity_below_what_stays():
    with pytest.raises(ValueError, match="what is always kept counts 2 of it"):
        width_path(X, y, widths=[5, 10], sparsities=[1], always_keep=[0, 1])


def test_without_selection_nothing_changes():
    plain = width_path(X, y, widths=[5, 40], sparsities=[2, 8], cv=2)
    counted = width_path(X, y, widths=[5, 40], sparsities=[2, 8], cv=2, sparsity_unit="columns")
    assert_array_equal(plain.retrained_errors, counted.retrained_errors)


@pytest.mark.parametrize("strategy", ["magnitude", "hessian", "random"])
def test_widths_of_many_rows(strategy):
    X = np.random.default_rng(1).standard_normal((400, 20))
    y, groups = X[:, :10].sum(axis=1), np.repeat(np.arange(4), 5)
    y = y + np.random.default_rng(2).standard_normal(400)
    rule = {"feature_groups": groups, "always_keep": [1], "random_state": 0}
    path = width_path(X, y, widths=[10, 20], sparsities=[2], strategy=strategy, cv=2, **rule)
    for j, width in enumerate((10, 20)):
        model = PrunedRegressor(strategy, 2, **(rule | {"feature_groups": groups[:width]}))
        for fold, (train, test) in enumerate(KFold(2).split(X)):
            model.fit(X[train, :width], y[train])
            error = np.mean((model.predict(X[test, :width]) - y[test]) ** 2)
            assert_allclose(path.retrained_errors[0, j, fold], error, rtol=1e-8)
