"""Choose how many categorical variables to keep, each as a whole, by five-fold cross-validation."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.model_selection import GridSearchCV

from sklearn_prune import PrunedRegressorCV

from .data import categorical, marriages
from .harness import Method, Task, measure
from .peers import N_FOLDS, PathCV, abess_cv, coefficients, optional

STRATEGIES = "obs", "hessian", "magnitude"


def run(effort):
    """Yield the rows of one task after the other."""
    draws = effort.with_draws()
    n, n_groups, n_true = draws(1000), max(6, draws(100)), draws(10)
    for most_levels in 6, 40:
        shape = f"n={n}, {n_groups} variables of 2 to {most_levels} levels, {n_true} matter"
        yield measure(
            Task(
                "Groups by cross-validation, planted",
                f"{shape}, mean of {draws.repeats} draws",
                [*methods(min(n_groups, 3 * n_true)), *(slow() if most_levels == 6 else [])],
                lambda seed, m=most_levels: categorical(n, n_groups, n_true, m, seed),
            ),
            draws,
        )
    if find_spec("statsmodels"):
        yield measure(
            Task(
                "Groups by cross-validation, a survey",
                f"fair of statsmodels, {draws(2000)} rows, main effects and pairs of 8 variables",
                methods(draws(20)),
                lambda seed: marriages(draws(2000), seed),
            ),
            draws,
        )


def methods(largest):
    """Return what keeps up to so many groups."""
    sizes = list(range(1, largest + 1))
    return [
        *(
            Method(f"PrunedRegressorCV({name!r})", ours(name, sizes), quality)
            for name in STRATEGIES
        ),
        Method(
            "PrunedRegressorCV('hessian'), per column",
            ours("hessian", sizes, feature_costs=1),
            quality,
        ),
        *optional("abess", lambda: [Method("abess, groups", abess(sizes), quality)]),
        *optional(
            "celer", lambda: [Method("celer, group Lasso", celer, quality, note="30 penalties")]
        ),
    ]


def slow():
    """Return what takes minutes for a thousand columns."""
    return optional(
        "group_lasso", lambda: [Method("group-lasso", group_lasso, quality, note="10 penalties")]
    )


def ours(strategy, sizes, **params):
    """Return the function that fits our search."""

    def run(data):
        model = PrunedRegressorCV(strategy, sizes, cv=N_FOLDS, feature_groups=data.groups, **params)
        return model.fit(data.X, data.y)

    return run


def abess(sizes):
    """Return the function that selects the best groups with abess."""
    return lambda data: abess_cv(group=data.groups, support_size=sizes)(data)


def celer(data):
    """Fit the group Lasso of celer, whose own cross-validation scikit-learn 1.9 has broken."""
    groups = [np.flatnonzero(data.groups == g).tolist() for g in range(data.groups.max() + 1)]
    path = import_module("celer").celer_path

    def group_lasso_path(X, y, alphas):
        return path(X, y, "grouplasso", groups=groups, alphas=alphas, tol=1e-4)[1]

    return PathCV(group_lasso_path, data.groups, least=0.02, n_alphas=30).fit(data.X, data.y)


def group_lasso(data):
    """Fit the package of that name to ten penalties."""
    search = GridSearchCV(
        GroupLassoOf(data.groups), {"group_reg": np.geomspace(0.3, 0.003, 10)}, cv=N_FOLDS
    )
    return search.fit(data.X, data.y)


class GroupLassoOf(RegressorMixin, BaseEstimator):
    """The estimator of group-lasso, which has no clone and wants y with two dimensions."""

    def __init__(self, groups, group_reg=0.05):
        self.groups, self.group_reg = groups, group_reg

    def fit(self, X, y):
        """Fit one penalty."""
        inner = (
            import_module("group_lasso")
            .GroupLasso(
                groups=self.groups,
                group_reg=self.group_reg,
                l1_reg=0,
                n_iter=1000,
                supress_warning=True,
            )
            .fit(X, y[:, np.newaxis])
        )
        self.coef_, self.intercept_ = np.ravel(inner.coef_), float(inner.intercept_[0])
        return self

    def predict(self, X):
        """Predict."""
        return X @ self.coef_ + self.intercept_


def quality(model, data):
    """Return the test R2, and how many columns and groups are chosen, and how many matter."""
    columns = np.flatnonzero(coefficients(model))
    groups = np.unique(data.groups[columns])
    row = {"test R2": data.test_r2(model), "chosen s": len(groups), "columns": len(columns)}
    if data.truth is not None:
        row["true features"] = len(np.intersect1d(groups, data.truth))
    return row
