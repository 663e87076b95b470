"""Choose how many features a classifier keeps by five-fold cross-validation."""

from __future__ import annotations

from importlib import import_module

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, StratifiedKFold

from sklearn_prune import PrunedClassifier, PrunedClassifierCV

from .data import labelled
from .harness import Method, Task, measure
from .peers import N_FOLDS, coefficients, fit, optional

# Of the grids whose every point is a fit to all features, some are timed.
GRID_STEP = 20


def run(effort):
    """Yield the rows of one task after the other."""
    n, p, largest = effort(1000), effort(4000), effort(300)
    sizes = list(range(3, largest + 1, 3))
    for kind, n_true in (("sparse", effort(20)), ("dense", p)):
        data = labelled(n, p, n_true, seed=0)
        shape = f"n={n}, p={p}, {n_true} true features, {len(sizes)} s up to {largest}"
        methods = [*least_squares(sizes), *logistic(sizes), *peers(sizes)]
        name = f"Classes by cross-validation, {kind} truth"
        yield measure(Task(name, shape, methods, lambda _k, d=data: d), effort)


def least_squares(sizes):
    """Return our least squares, and the same by refitting."""
    return [
        *(ours(sizes, strategy) for strategy in ("hessian", "obs")),
        grid_search(PrunedClassifier("hessian"), sizes, GRID_STEP),
    ]


def logistic(sizes):
    """Return our logistic path, and the same by refitting, to the same tolerance."""
    inner = LogisticRegression(tol=1e-8, max_iter=10_000)
    return [
        ours(sizes, "hessian", estimator=inner),
        grid_search(PrunedClassifier("hessian", estimator=inner), sizes, GRID_STEP),
    ]


def ours(sizes, strategy, **params):
    model = PrunedClassifierCV(strategy, sizes, cv=N_FOLDS, **params)
    inner = "".join(f", {type(value).__name__}" for value in params.values())
    return Method(f"PrunedClassifierCV({strategy!r}{inner})", fit(model), quality)


def grid_search(model, sizes, step):
    """Return a search over some of the sizes, of which each is a fit to all features."""
    some = sizes[min(step, len(sizes)) // 2 :: step]
    inner = "" if model.estimator is None else f"estimator={type(model.estimator).__name__}"
    return Method(
        f"GridSearchCV(PrunedClassifier({inner}))",
        fit(GridSearchCV(model, {"sparsity": some}, cv=N_FOLDS)),
        share=(N_FOLDS * len(some) + 1) / (N_FOLDS * len(sizes) + 1),
        note=f"for one in {step} of the grid, scaled up",
    )


def peers(sizes):
    """Return sparse logistic regression of other packages."""
    lasso = LogisticRegressionCV(
        l1_ratios=(1,),
        solver="liblinear",
        cv=N_FOLDS,
        scoring="accuracy",
        use_legacy_attributes=False,
    )

    def abess():
        return [Method("abess, LogisticRegression", abess_cv(sizes), quality)]

    def skglm():
        small = np.random.default_rng(0).standard_normal((20, 4))
        SkglmPath().fit(small, (small[:, 0] > 0).astype(int))  # compiled before time is taken
        note = "100 penalties"
        return [Method("skglm, SparseLogisticRegression", fit(SkglmPath()), quality, note=note)]

    return [
        Method("LogisticRegressionCV(l1, liblinear)", fit(lasso), quality, note="10 penalties"),
        *optional("abess", abess),
        *optional("skglm", skglm),
    ]


def abess_cv(sizes):
    """Return the function that selects the best subset with abess, on stratified folds."""
    abess = import_module("abess")

    def run(data):
        fold = np.empty(len(data.y), dtype=int)
        for k, (_, test) in enumerate(StratifiedKFold(N_FOLDS).split(data.X, data.y)):
            fold[test] = k
        model = abess.LogisticRegression(cv=N_FOLDS, support_size=sizes)
        return model.fit(data.X, data.y, cv_fold_id=fold)

    return run


class SkglmPath(ClassifierMixin, BaseEstimator):
    """Cross-validation over the path of penalties of skglm, which has none for classes."""

    def fit(self, X, y):
        """Choose among penalties by the accuracy, the largest that does as well as any."""
        X, signs = np.asfortranarray(X), np.where(y == y.max(), 1.0, -1.0)
        alphas = np.abs(X.T @ signs).max() / (2 * len(y)) * np.geomspace(0.99, 0.02, 100)
        hits = np.zeros(len(alphas))
        for train, test in StratifiedKFold(N_FOLDS).split(X, y):
            models = self._path(X[train], y[train], alphas)
            hits += [np.mean(model.predict(X[test]) == y[test]) for model in models]
        *_, best = self._path(X, y, alphas[: hits.argmax() + 1])
        self.coef_, self.predict, self.predict_proba = best.coef_, best.predict, best.predict_proba
        self.classes_ = best.classes_
        return self

    def _path(self, X, y, alphas):
        """Yield the model of each penalty, which begins where the last one ended."""
        model = import_module("skglm").SparseLogisticRegression(warm_start=True)
        X = np.asfortranarray(X)
        for alpha in alphas:
            yield model.set_params(alpha=alpha).fit(X, y)


def quality(model, data):
    """Return test error and log-loss, how many features are chosen, and how many matter.

    A model without probabilities gets those of a logistic regression on its features.
    """
    chosen = np.flatnonzero(coefficients(model))
    X, X_test, judge = data.X, data.X_test, model
    if not hasattr(model, "predict_proba"):
        X, X_test = X[:, chosen], X_test[:, chosen]
        judge = LogisticRegression().fit(X, data.y)
    return {
        "test error": float(np.mean(model.predict(data.X_test) != data.y_test)),
        "log-loss": float(log_loss(data.y_test, judge.predict_proba(X_test)[:, 1])),
        "chosen s": len(chosen),
        "true features": len(np.intersect1d(chosen, data.truth)),
    }
