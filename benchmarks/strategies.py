"""Which strategy keeps what is worth keeping, on real tables; what a scaler leaks into folds.

    OMP_NUM_THREADS=1 python benchmarks/strategies.py [--repeats N] [--only TABLE ...]

prints, for tables that ship with scikit-learn and statsmodels,

- the test R2 of a tenth of the features, mean (standard error in the last digits) over
  hold-outs of a fifth of the rows, in the units of the table, and standardised with a ridge
  whose penalty generalised cross-validation chose; a negative R2 counts as 0;
- by how many percent the best score of a search that sees standardised rows is too good, beside
  the same search with a scaler inside each fold, by the number of rows.
"""

from __future__ import annotations

import argparse

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_wine
from sklearn.linear_model import Ridge, RidgeCV
from sklearn.metrics import r2_score
from sklearn.model_selection import KFold, ShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from statsmodels.datasets import macrodata, star98

from sklearn_prune import MinNormRegressor, PrunedRegressor, PrunedRegressorCV, pruning_path

PENALTIES = np.logspace(-4, 4, 9)
WAYS = {"magnitude": 1, "hessian": 1, "obs": 1, "hessian, 10 rounds": 10}

# Tables.


def expanded(X, degree):
    """Return products of the columns up to a degree, without those that are constant."""
    products = PolynomialFeatures(degree, include_bias=False).fit_transform(X)
    return products[:, np.ptp(products, axis=0) > 0]


def diabetes():
    X, y = load_diabetes(return_X_y=True, scaled=False)
    return expanded(X, 2), y


def cancer():
    X, y = load_breast_cancer(return_X_y=True)
    return X, y.astype(float)


def digits():
    X, y = load_digits(return_X_y=True)
    return expanded(X, 1), y % 2.0


def wine():
    X, y = load_wine(return_X_y=True)
    return expanded(X, 3), np.equal(y, 1).astype(float)


def schools():
    table = star98.load_pandas().data
    above, below = table.pop("NABOVE"), table.pop("NBELOW")
    return expanded(table.iloc[:, :12], 2), (above / (above + below)).to_numpy()


def economy():
    table = macrodata.load_pandas().data.drop(columns=["year", "quarter"])
    unemployment = table.pop("unemp").to_numpy()
    return expanded(table, 2), unemployment


TABLES = [diabetes, cancer, digits, wine, schools, economy]

# What is kept.


def pruned(way, size, estimator):
    strategy = way.split(",")[0]
    return PrunedRegressor(strategy, size, estimator=estimator, n_rounds=WAYS[way])


def tuned_ridge(X, y):
    return Ridge(RidgeCV(PENALTIES).fit(X, y).alpha_)


def qualities(X, y, train, test):
    """Return the test R2 of each way in the units of the table, and standardised with a ridge."""
    size = max(2, X.shape[1] // 10)
    result = []
    for scaled in (False, True):
        A, B = X[train], X[test]
        if scaled:
            scaler = StandardScaler().fit(A)
            A, B = scaler.transform(A), scaler.transform(B)
        estimator = tuned_ridge(A, y[train]) if scaled else MinNormRegressor()
        for way in WAYS:
            model = pruned(way, size, estimator).fit(A, y[train])
            result.append(max(r2_score(y[test], model.predict(B)), 0.0))
    return result


def compare(table, repeats):
    """Print the qualities of a table."""
    X, y = table()
    splits = ShuffleSplit(repeats, test_size=0.2, random_state=0).split(X)
    measured = np.array([qualities(X, y, *split) for split in splits])
    cells = (plus_minus(column) for column in measured.T)
    print(f"{table.__name__:9}{len(X):5} x {X.shape[1]:<4}", *cells, flush=True)


def plus_minus(values, digits=2):
    """Return a mean, and its standard error in units of its last digit."""
    error = np.std(values, ddof=1) / np.sqrt(len(values)) * 10**digits
    return f"{np.mean(values):9.{digits}f} ({error:.0f})"


# What a scaler leaks.


def best_errors(X, y, folds, alpha):
    """Return the least error of a path over sizes, with one scaler for all folds or one each."""
    fewest = min(len(train) for train, _ in folds) - 1
    sizes = np.unique(np.geomspace(1, min(fewest, X.shape[1]), 12).round().astype(int))
    search = PrunedRegressorCV("magnitude", sizes.tolist(), alphas=[alpha], cv=folds)
    leaking = make_pipeline(StandardScaler(), search).fit(X, y)[-1].best_score_
    estimator = Ridge(alpha) if alpha else MinNormRegressor()
    errors = []
    for train, held_out in folds:
        scaler = StandardScaler().fit(X[train])
        path = pruning_path(
            scaler.transform(X[train]),
            y[train],
            strategy="magnitude",
            sparsities=sizes,
            estimator=estimator,
        )
        predicted = path.predict(scaler.transform(X[held_out]))
        errors.append(np.mean((predicted - y[held_out, np.newaxis]) ** 2, axis=0))
    return -leaking, np.mean(errors, axis=0).min()


def optimism(X, y, n_rows, alpha, seed):
    """Return by how many percent the leaking search is too good, on some of the rows."""
    rows = np.random.default_rng(seed).permutation(len(X))[:n_rows]
    X, y = X[rows], y[rows]
    X = X[:, np.ptp(X, axis=0) > 0]
    folds = list(KFold(5).split(X))
    leaking, honest = best_errors(X, y, folds, alpha)
    return 100 * np.log(honest / leaking)


def leak(table, repeats):
    """Print the optimism on a table for numbers of rows."""
    X, y = table()
    for alpha in (0.0, 10.0):
        cells = [
            f"{n_rows:4}: {plus_minus([optimism(X, y, n_rows, alpha, k) for k in range(repeats)])}"
            for n_rows in (25, 50, 100, 200)
            if n_rows < len(X)
        ]
        print(f"{table.__name__:9}penalty {alpha:<3g}", *cells, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=20, help="hold-outs, and draws of rows")
    parser.add_argument("--only", nargs="+", default=[], metavar="TABLE", help="names of tables")
    arguments = parser.parse_args()
    tables = [table for table in TABLES if not arguments.only or table.__name__ in arguments.only]
    print(f"test R2, a tenth kept; in units of the table, then standardised: {', '.join(WAYS)}")
    for table in tables:
        compare(table, arguments.repeats)
    print("\npercent by which the best score is too good")
    for table in tables:
        leak(table, arguments.repeats)


if __name__ == "__main__":
    main()
