"""What a tenth of the features predicts, by what chose them: this package beside scikit-learn.

    OMP_NUM_THREADS=1 python benchmarks/feature_selectors.py [--repeats N] [--only TABLE ...]

prints, for the tables of `strategies.py`, the test R2 of a tenth of the standardised features and
the milliseconds of a fit, means over hold-outs of a fifth of the rows, with standard errors in
the last digits. Every selector has the same ridge, before and after; a negative R2 counts as 0.
"""

from __future__ import annotations

import argparse
import time
import warnings

import numpy as np
from sklearn.feature_selection import RFE, SelectFromModel
from sklearn.linear_model import Lasso, OrthogonalMatchingPursuit, lars_path
from sklearn.metrics import r2_score
from sklearn.model_selection import ShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from strategies import TABLES, plus_minus, tuned_ridge

from sklearn_prune import PrunedRegressor


def selected(selector, ridge):
    return make_pipeline(selector, ridge)


def lasso(X, y, size, ridge):
    """Return a lasso whose penalty is the least that leaves so many features."""
    penalties, _, coefs = lars_path(X, y - y.mean(), method="lasso")
    n_kept = np.count_nonzero(coefs, axis=0)
    penalty = penalties[max(np.flatnonzero(n_kept <= size))]
    selector = SelectFromModel(Lasso(max(penalty, 1e-10), max_iter=5000), threshold=1e-12)
    return selected(selector, ridge)


def matching_pursuit(X, y, size, ridge):
    pursuit = OrthogonalMatchingPursuit(n_nonzero_coefs=size)
    return selected(SelectFromModel(pursuit, threshold=1e-12), ridge)


def peers():
    """Return functions of the training rows, a size and a ridge, which make a model."""
    return {
        "magnitude": lambda X, y, s, ridge: PrunedRegressor("magnitude", s, estimator=ridge),
        "obs": lambda X, y, s, ridge: PrunedRegressor("obs", s, estimator=ridge),
        "10 rounds": lambda X, y, s, ridge: PrunedRegressor(
            "hessian", s, estimator=ridge, n_rounds=10
        ),
        "SelectFromModel": lambda X, y, s, ridge: selected(
            SelectFromModel(ridge, max_features=s, threshold=-np.inf), ridge
        ),
        "RFE": lambda X, y, s, ridge: selected(RFE(ridge, n_features_to_select=s), ridge),
        "Lasso": lasso,
        "OMP": matching_pursuit,
    }


def quality(make, X, y, train, test, size, ridge):
    """Return the test R2 of a model and the milliseconds of its fit."""
    start = time.process_time()
    model = make(X[train], y[train], size, ridge).fit(X[train], y[train])
    spent = 1000 * (time.process_time() - start)
    return max(r2_score(y[test], model.predict(X[test])), 0.0), spent


def compare(table, repeats):
    X, y = table()
    size = max(2, X.shape[1] // 10)
    ways = peers()
    results = {name: [] for name in ways}
    for train, test in ShuffleSplit(repeats, test_size=0.2, random_state=0).split(X):
        scaled = StandardScaler().fit(X[train]).transform(X)
        ridge = tuned_ridge(scaled[train], y[train])
        for name, make in ways.items():
            results[name].append(quality(make, scaled, y, train, test, size, ridge))
    print(f"{table.__name__}: {size} of {X.shape[1]} features, {len(X)} rows")
    for name, values in results.items():
        scores, spent = np.transpose(values)
        print(f"  {name:16}{plus_minus(scores, 3)}{np.median(spent):10.0f} ms", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=20, help="hold-outs")
    parser.add_argument("--only", nargs="+", default=[], metavar="TABLE", help="names of tables")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")  # of a lasso or a pursuit that ends early
    for table in TABLES:
        if not arguments.only or table.__name__ in arguments.only:
            compare(table, arguments.repeats)


if __name__ == "__main__":
    main()
