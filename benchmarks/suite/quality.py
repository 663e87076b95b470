"""What pruned models predict beside other sparse models, where truth is sparse and where not."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import (
    LassoCV,
    OrthogonalMatchingPursuit,
    OrthogonalMatchingPursuitCV,
    RidgeCV,
)

from sklearn_prune import MinNormRegressor, PrunedRegressor, PrunedRegressorCV

from .data import OracleSupport, digit_features, truly_sparse
from .harness import Method, Task, measure
from .peers import N_FOLDS, abess_cv, fit, optional, selection_quality

ALPHAS = np.geomspace(1e-4, 1e4, 17)


def run(effort):
    """Yield the rows of one task after the other."""
    draws = effort.with_draws()
    yield measure(sparse_truth(draws), draws)
    for s in 50, 100, 200, 350:
        yield measure(dense_truth(s, draws), draws)


def sparse_truth(effort):
    """Return the selectors on a truly sparse problem."""
    n, p, n_true, largest = map(effort, (600, 2000, 40, 100))
    sizes = list(range(1, largest + 1))

    def abess():
        same = abess_cv(support_size=sizes)
        return [
            Method("abess", same, selection_quality),
            Method("abess, its own sizes", abess_cv(), selection_quality, note="fewer"),
        ]

    matching_pursuit = OrthogonalMatchingPursuitCV(max_iter=largest, cv=N_FOLDS)
    methods = [
        *(
            Method(
                f"PrunedRegressorCV({strategy!r})",
                fit(PrunedRegressorCV(strategy, sizes, cv=N_FOLDS)),
                selection_quality,
            )
            for strategy in ("obs", "magnitude")
        ),
        *optional("abess", abess),
        Method("OrthogonalMatchingPursuitCV", fit(matching_pursuit), selection_quality),
        Method("LassoCV", fit(LassoCV(cv=N_FOLDS)), selection_quality),
        Method(
            "LinearRegression on the true features",
            lambda data: OracleSupport(data.truth).fit(data.X, data.y),
            selection_quality,
        ),
    ]
    return Task(
        "Quality, sparse truth",
        f"n={n}, p={p}, {n_true} true features, s up to {largest}, mean of {effort.repeats} draws",
        methods,
        lambda seed: truly_sparse(n, p, n_true, seed),
    )


def dense_truth(s, effort):
    """Return the sparse models of s features where no feature can be spared."""
    n, p, n_unlabeled, s = effort(400), effort(4000), effort(800), effort(s)

    def pruned(strategy="magnitude", **params):
        return fit(PrunedRegressor(strategy, s, **params))

    def distilled(data):
        model = PrunedRegressor("magnitude", s, retrain="distill")
        return model.fit(data.X, data.y, X_unlabeled=data.X_unlabeled)

    def quality(model, data):
        return {"test R2": data.test_r2(model)}

    ridge = RidgeCV(ALPHAS)
    methods = [
        Method("pruned, retrained", pruned(), quality),
        Method("pruned, ridge refit", pruned(retrain=ridge), quality),
        Method("ridge, pruned, ridge refit", pruned(estimator=ridge), quality),
        Method(
            "pruned, distilled", distilled, quality, note=f"with {n_unlabeled} unlabelled samples"
        ),
        Method("obs, retrained", pruned("obs"), quality),
        Method("obs, ridge refit", pruned("obs", retrain=ridge), quality),
        Method(
            "OrthogonalMatchingPursuit", fit(OrthogonalMatchingPursuit(n_nonzero_coefs=s)), quality
        ),
        Method("all features, not pruned", fit(MinNormRegressor()), quality),
    ]
    sizes = f"n={n}, p={p}, s={s}, mean of {effort.repeats} draws"
    return Task(
        "Quality, dense truth (digits)",
        sizes,
        methods,
        lambda seed: digit_features(n, p, n_unlabeled, seed),
    )
