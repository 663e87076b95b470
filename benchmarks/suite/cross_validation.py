"""Choose the sparsity of a truly sparse model by five-fold cross-validation."""

from __future__ import annotations

import numpy as np
from sklearn.feature_selection import RFECV, SelectFromModel
from sklearn.linear_model import (
    LarsCV,
    LassoCV,
    LinearRegression,
    OrthogonalMatchingPursuitCV,
    Ridge,
)
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from sklearn_prune import PrunedRegressor, PrunedRegressorCV

from .data import truly_sparse
from .harness import Method, Task, measure
from .peers import (
    N_FOLDS,
    PathCV,
    abess_cv,
    abess_information,
    celer_lasso_path,
    fit,
    optional,
    selection_quality,
    skglm_path,
)


def run(effort):
    """Yield the rows of the task."""
    n, p, largest = effort(1000), effort(4000), effort(300)
    data = truly_sparse(n, p, effort(40), seed=0)
    sparsities = list(range(3, largest + 1, 3))
    methods = [
        *ours(sparsities),
        *grid_searches(sparsities),
        *scikit_learn(largest),
        *other_packages(sparsities),
    ]
    sizes = f"n={n}, p={p}, {len(data.truth)} true features, {len(sparsities)} s up to {largest}"
    yield measure(Task("Sparsity by cross-validation", sizes, methods, lambda _k: data), effort)


def ours(sparsities):
    """Return the reference, and the better strategy."""
    return [
        Method(
            f"PrunedRegressorCV({strategy!r})",
            fit(PrunedRegressorCV(strategy, sparsities, cv=N_FOLDS)),
            selection_quality,
        )
        for strategy in ("magnitude", "obs")
    ]


def grid_searches(sparsities):
    """Return the same by refitting, and by scikit-learn's selector by coefficients."""
    fifth = sparsities[::5]
    selector = SelectFromModel(Ridge(1e-3), threshold=-np.inf, max_features=1)
    selection = Pipeline([("select", selector), ("refit", LinearRegression())])
    return [
        Method(
            "GridSearchCV(PrunedRegressor)",
            fit(GridSearchCV(PrunedRegressor("magnitude"), {"sparsity": sparsities}, cv=N_FOLDS)),
            selection_quality,
        ),
        Method(
            "GridSearchCV(PrunedRegressor(estimator=LinearRegression))",
            fit(
                GridSearchCV(
                    PrunedRegressor(estimator=LinearRegression()), {"sparsity": fifth}, cv=N_FOLDS
                )
            ),
            share=(N_FOLDS * len(fifth) + 1) / (N_FOLDS * len(sparsities) + 1),
            note="for a fifth of the grid, scaled up",
        ),
        Method(
            "GridSearchCV(SelectFromModel(Ridge), LinearRegression)",
            fit(GridSearchCV(selection, {"select__max_features": sparsities}, cv=N_FOLDS)),
            selection_quality,
        ),
    ]


def scikit_learn(largest):
    """Return the selectors of scikit-learn with a cross-validation of their own."""
    return [
        Method(
            "RFECV(Ridge, step=40)",
            fit(RFECV(Ridge(1e-3), step=40, cv=N_FOLDS)),
            selection_quality,
            note="as many sizes, 40 apart",
        ),
        Method(
            f"OrthogonalMatchingPursuitCV(max_iter={largest})",
            fit(OrthogonalMatchingPursuitCV(max_iter=largest, cv=N_FOLDS)),
            selection_quality,
        ),
        Method("LassoCV", fit(LassoCV(cv=N_FOLDS)), selection_quality),
        Method(
            f"LarsCV(max_iter={largest})",
            fit(LarsCV(max_iter=largest, cv=N_FOLDS)),
            selection_quality,
        ),
    ]


def other_packages(sparsities):
    """Return best subset selection, two more Lasso solvers, and a nonconvex penalty."""

    def abess():
        golden = abess_cv(path_type="gs")
        return [
            Method("abess", abess_cv(support_size=sparsities), selection_quality),
            Method("abess, its own sizes", abess_cv(), selection_quality, note="fewer"),
            Method("abess, golden section", golden, selection_quality, note="not all sizes"),
            Method("abess, EBIC", abess_information(), selection_quality, note="no validation"),
        ]

    def celer():
        return [Method("celer, Lasso", fit(PathCV(celer_lasso_path)), selection_quality)]

    def skglm():
        return [
            Method("skglm, Lasso", fit(PathCV(skglm_path("Lasso"))), selection_quality),
            Method("skglm, MCP", fit(PathCV(skglm_path("MCPRegression"))), selection_quality),
        ]

    return [
        *optional("abess", abess),
        *optional("celer", celer),
        *optional("skglm", skglm),
    ]
