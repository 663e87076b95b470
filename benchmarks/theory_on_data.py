"""The law of one table: risks predicted from a single sample, and measured ones.

    OMP_NUM_THREADS=1 python benchmarks/theory_on_data.py [--only TABLE ...]

prints, for tables that ship with scikit-learn and statsmodels, standardised, and for the plans
of least norm and of the ridge that leave-one-out prefers, pruned with and without a refit:

- how many of five sizes, from a fortieth to seven tenths of the rank, `TheoreticalRisk.from_data`
  accepts;
- the median and the largest difference in percent between prediction and exact leave-one-out
  over these sizes, and the median of the sizes that it refuses;
- the median difference from five folds, predicted for four fifths of the rows.
"""

from __future__ import annotations

import argparse
import warnings
from itertools import product

import numpy as np
import strategies
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.linear_model import Ridge, RidgeCV
from sklearn.model_selection import KFold
from sklearn.preprocessing import StandardScaler
from strategies import cancer, diabetes, economy, expanded, schools, wine

from sklearn_prune import MinNormRegressor, PrunedRegressor, PrunedRegressorCV, TheoreticalRisk
from sklearn_prune.theory import predict_risk

N_DRAWS = 10
N_SIZES = 5
FIVE_FOLDS = KFold(5, shuffle=True, random_state=0)

# Tables.


def rows(table, n):
    """Return some rows of a table."""
    X, y = table
    chosen = np.random.RandomState(0).permutation(len(y))[:n]
    return X[chosen], y[chosen]


def hidden_units(X, width):
    """Return ReLU features of standardised columns."""
    X = StandardScaler().fit_transform(X)
    weights = np.random.RandomState(0).standard_normal((X.shape[1], width))
    return np.maximum(X @ weights, 0)


def plain_diabetes():
    return load_diabetes(return_X_y=True)


def digits():
    X, y = rows(load_digits(return_X_y=True), 200)
    return X, y % 2.0


def cancer_products():
    X, y = rows(load_breast_cancer(return_X_y=True), 300)
    return expanded(StandardScaler().fit_transform(X), 2), y.astype(float)


def digits_relu():
    X, y = rows(load_digits(return_X_y=True), 300)
    return hidden_units(X, 800), y % 2.0


def diabetes_relu():
    X, y = load_diabetes(return_X_y=True)
    return hidden_units(X, 1000), y


TABLES = [
    plain_diabetes,
    diabetes,
    cancer,
    cancer_products,
    digits,
    digits_relu,
    diabetes_relu,
    wine,
    schools,
    economy,
]


def standardised(table):
    """Return a table of columns, each once, and a target of variance one."""
    X, y = table()
    X = StandardScaler().fit_transform(X[:, np.ptp(X, axis=0) > 0])
    X = X[:, np.sort(np.unique(X.round(9), axis=1, return_index=True)[1])]
    return X, (y - y.mean()) / y.std()


# Predictions and measurements.


def measured(X, y, sizes, alpha, retrain, cv):
    """Return the cross-validated errors at some sizes."""
    search = PrunedRegressorCV(sparsities=sizes, retrain=retrain, alphas=[alpha], cv=cv)
    return -search.fit(X, y).cv_results_["mean_test_score"]


def accepts(scorer, model):
    """Return whether a scorer predicts the risk of a model."""
    try:
        scorer(model)
    except ValueError:
        return False
    return True


def compare(name, X, y, scorer, alpha, retrain):
    """Print and return how far predictions are from measurements, accepted and refused."""
    rank = min(np.linalg.matrix_rank(X), len(y) * 4 // 5)
    sizes = np.unique(np.geomspace(max(2, rank / 40), 0.7 * rank, N_SIZES).round()).astype(int)
    dense = Ridge(alpha) if alpha else MinNormRegressor()
    models = [PrunedRegressor("hessian", int(s), retrain, estimator=dense) for s in sizes]
    is_safe = np.array([accepts(scorer, model.fit(X, y)) for model in models])
    errors = []
    for n, cv in {len(y) - 1: None, len(y) * 4 // 5: FIVE_FOLDS}.items():
        risk = predict_risk(
            scorer.problem,
            n,
            strategy="hessian",
            sparsity=sizes,
            retrain="same" if retrain else None,
            alpha=alpha,
            fit_intercept=True,
            n_draws=N_DRAWS,
            random_state=0,
        )
        errors.append(100 * np.abs(risk / measured(X, y, sizes.tolist(), alpha, retrain, cv) - 1))
    (near, largest), refused = summary(errors[0][is_safe]), summary(errors[0][~is_safe])[0]
    plan = f"{'ridge' if alpha else 'least norm'}{', refit' if retrain else ''}"
    shape = f"{len(y)} x {X.shape[1]}"
    folds = summary(errors[1][is_safe])[0]
    print(
        f"{name:16}{shape:12}{plan:18}{is_safe.sum():4} of {len(sizes)}"
        f"{near:8}{largest:8}{refused:8}{folds:8}",
        flush=True,
    )
    return errors[0][is_safe], errors[0][~is_safe]


def summary(errors):
    """Return median and maximum, in words, if there are any."""
    return [f"{f(errors):.0f}" for f in (np.median, np.max)] if len(errors) else ["-", "-"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", metavar="TABLE", help="names of tables")
    only = parser.parse_args().only
    warnings.simplefilter("ignore")
    head = f"{'accepted':>8}{'median':>8}{'max':>8}{'refused':>8}{'folds':>8}"
    print(f"{'table':16}{'n x p':12}{'plan':18}{head}")
    found = []
    for table in TABLES:
        if only is None or table.__name__ in only:
            X, y = standardised(table)
            best = RidgeCV(strategies.PENALTIES).fit(X, y).alpha_
            scorer = TheoreticalRisk.from_data(X, y, n_draws=N_DRAWS)
            plans = product((0.0, best), (False, True))
            found += [compare(table.__name__, X, y, scorer, *plan) for plan in plans]
    for word, errors in zip(("accepted", "refused"), zip(*found, strict=True), strict=True):
        middle, largest = summary(np.concatenate(errors))
        print(f"{word}: {sum(map(len, errors))} risks, median {middle} %, at most {largest} %")


if __name__ == "__main__":
    main()
