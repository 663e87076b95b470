"""What a tenth of the features predicts, by what chose them: this package beside scikit-learn.

    OMP_NUM_THREADS=1 python benchmarks/feature_selectors.py [--repeats N] [--only TABLE ...]

prints, for the tables of `strategies.py`, the test R2 of a tenth of the standardised features and
the milliseconds of a fit, means over hold-outs of a fifth of the rows, with standard errors in
the last digits. All selectors have the same ridge, before and after; a negative R2 counts as 0.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from sklearn.feature_selection import RFE, SelectFromModel
from sklearn.linear_model import LassoCV, OrthogonalMatchingPursuit
from sklearn.metrics import r2_score
from sklearn.model_selection import ShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from strategies import TABLES, plus_minus, tuned_ridge

from sklearn_prune import PrunedRegressor


def models(size, ridge):
    """Return models of so many features, by what chooses them."""
    best = {"max_features": size, "threshold": -np.inf}
    selectors = {
        "SelectFromModel": SelectFromModel(ridge, **best),
        "RFE": RFE(ridge, n_features_to_select=size),
        "lasso": SelectFromModel(LassoCV(alphas=30, eps=0.01, cv=5, max_iter=5000), **best),
        "OMP": SelectFromModel(OrthogonalMatchingPursuit(n_nonzero_coefs=size), **best),
    }
    return {
        "magnitude": PrunedRegressor("magnitude", size, estimator=ridge),
        "obs": PrunedRegressor("obs", size, estimator=ridge),
        "10 rounds": PrunedRegressor("hessian", size, estimator=ridge, n_rounds=10),
    } | {name: make_pipeline(selector, ridge) for name, selector in selectors.items()}


def quality(model, X, y, train, test):
    """Return the test R2 of a model and the milliseconds of its fit."""
    start = time.process_time()
    model.fit(X[train], y[train])
    spent = 1000 * (time.process_time() - start)
    return max(r2_score(y[test], model.predict(X[test])), 0.0), spent


def compare(table, repeats):
    """Print what each way predicts of a table, and how long it takes."""
    X, y = table()
    size = max(2, X.shape[1] // 10)
    results = []
    for train, test in ShuffleSplit(repeats, test_size=0.2, random_state=0).split(X):
        scaled = StandardScaler().fit(X[train]).transform(X)
        ways = models(size, tuned_ridge(scaled[train], y[train]))
        results.append([quality(model, scaled, y, train, test) for model in ways.values()])
    print(f"{table.__name__}: {size} of {X.shape[1]} features, {len(X)} rows")
    for name, values in zip(ways, np.swapaxes(results, 0, 1), strict=True):
        scores, spent = values.T
        print(f"  {name:16}{plus_minus(scores, 3)}{np.median(spent):10.0f} ms", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=20, help="hold-outs")
    parser.add_argument("--only", nargs="+", default=[], metavar="TABLE", help="names of tables")
    arguments = parser.parse_args()
    for table in TABLES:
        if not arguments.only or table.__name__ in arguments.only:
            compare(table, arguments.repeats)


if __name__ == "__main__":
    main()
