"""Predicted against simulated errors of classifiers, dense, pruned and retrained.

    python benchmarks/theory_vs_simulation.py --only classification [--quick]

Prints the problem, sizes, strategy, losses and penalties of both fits, intercept, and
below that for each model that they make the zero-one error and the log-loss:
theory | simulation (standard error in the last digits). Simulated errors are exact given
the fitted coefficients, except those of random features, which are measured on 20,000 rows.

A star marks a difference of more than .005 of the zero-one error, or 3 percent of the
log-loss, that is more than three standard errors, too. Known ends of the theory have a
note instead: an unpenalised logistic fit close to where it ceases to exist, and a refit
of more than .6 n features.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.svm import SVC

from sklearn_prune import RandomFeatures
from sklearn_prune.theory import BinaryProblem, GaussianMixtureProblem, predict_risk
from sklearn_prune.theory._problems.label_link import LabelLink

N = 300
MODELS = ["dense", "pruned", "same", "fresh"]
METRICS = {"zero_one": 4, "log_loss": 3}  # digits

# Spectra, each with a direction.


def isotropic(p):
    return np.ones(p), np.where(np.arange(p) < p // 10, 3.0, 0.5)


def spiked(p):
    return np.where(np.arange(p) < p // 10, 10.0, 1.0), np.ones(p)


def power_law(p):
    return 5 * np.arange(1, p + 1) ** -0.7, np.random.default_rng(1).standard_normal(p)


def autoregressive(p):
    rng = np.random.default_rng(2)
    distance = np.abs(np.subtract.outer(np.arange(p), np.arange(p)))
    return 0.7**distance, rng.standard_normal(p) * (rng.uniform(size=p) < 0.2)


SPECTRA = [isotropic, spiked, power_law, autoregressive]


def labels(spectrum, **options):
    """Return the maker of a problem whose labels have a score of standard deviation 3."""

    def make(p):
        covariance, v = spectrum(p)
        return BinaryProblem(covariance, v * 3 / np.sqrt(variance(covariance, v)), **options)

    return make


def mixture(spectrum, prior):
    """Return the maker of two classes that are 1.5 standard deviations off their middle."""

    def make(p):
        covariance, v = spectrum(p)
        mean = covariance * v if covariance.ndim == 1 else covariance @ v
        return GaussianMixtureProblem(
            covariance, mean * 1.5 / np.sqrt(variance(covariance, v)), prior=prior
        )

    return make


def variance(covariance, v):
    return np.sum(covariance * v**2) if covariance.ndim == 1 else v @ covariance @ v


class RandomFeatureProblem:
    """Random features of 100 inputs; their errors are measured, on one set of 20,000 rows."""

    error_of_one_test = 0.0035, 0.007

    def __init__(self, p, activation):
        self.inputs = BinaryProblem(np.ones(100), np.full(100, 0.3))
        features = RandomFeatures(p, activation=activation, random_state=0)
        self.features = features.fit(np.zeros((1, 100)))
        self.seen = self.inputs.equivalent(self.features.random_weights_.T, activation)
        self.population = self.sample(20_000, np.random.RandomState(1))

    def sample(self, n, rng):
        X, y = self.inputs.sample(n, rng)
        return self.features.transform(X), y

    def risk(self, coef, intercept, metric):
        X, y = self.population
        margin = y * (X @ coef + intercept)
        return np.mean(margin <= 0 if metric == "zero_one" else np.logaddexp(0, -margin))


def random_features(activation):
    return lambda p: RandomFeatureProblem(p, activation)


@dataclass(frozen=True)
class Case:
    """A problem, and what is done to a fit to it."""

    name: str
    make: object
    p: int
    s: int
    strategy: str = "magnitude"
    losses: tuple = ("squared", "squared")
    penalties: tuple = (0.0, 0.0)
    fit_intercept: bool = False
    end: str = ""


# Fits.


def fit(loss, X, y, alpha, fit_intercept):
    """Return coefficients and intercept."""
    if loss == "squared" and alpha == 0:
        return least_norm(X, y, fit_intercept)
    if loss == "max_margin":
        return largest_margin(X, y, fit_intercept)
    if loss == "squared":
        model = RidgeClassifier(alpha, fit_intercept=fit_intercept)
    else:
        C = 1 / alpha if alpha else np.inf
        options = {"solver": "newton-cholesky", "tol": 1e-8, "max_iter": 1000}
        model = LogisticRegression(C=C, fit_intercept=fit_intercept, **options)
    model.fit(X, y)
    return np.ravel(model.coef_), float(np.ravel(model.intercept_)[0])


def least_norm(X, y, fit_intercept):
    centre, level = (X.mean(axis=0), y.mean()) if fit_intercept else (0 * X[0], 0.0)
    coef = np.linalg.lstsq(X - centre, y - level, rcond=1e-10)[0]
    return coef, level - centre @ coef


def largest_margin(X, y, fit_intercept):
    """Without an intercept, of the rows and their mirror images."""
    if not fit_intercept:
        X, y = np.vstack([X, -X]), np.concatenate([y, -y])
    model = SVC(kernel="linear", C=1e8, tol=1e-6).fit(X, y)
    return model.coef_[0], fit_intercept * float(model.intercept_[0])


def scores(case, coef, intercept, X):
    """Return what features are kept by."""
    if case.strategy == "magnitude":
        return np.abs(coef)
    centred = X - X.mean(axis=0) if case.fit_intercept else X
    if case.strategy == "hessian":
        return np.sqrt(np.mean(centred**2, axis=0)) * np.abs(coef)
    curvature = np.ones(len(X))
    if case.losses[0] == "logistic":
        probability = expit(X @ coef + intercept)
        curvature = probability * (1 - probability)
        centre = np.average(X, axis=0, weights=curvature) if case.fit_intercept else 0.0
        centred = X - centre
    damping = max(case.penalties[0], 1e-8 * np.sum(centred**2))
    hessian = (centred.T * curvature) @ centred + damping * np.eye(X.shape[1])
    return np.abs(coef) / np.sqrt(np.diag(np.linalg.inv(hessian)))


def pruned_intercept(case, problem, coef, X, y):
    """Return the intercept of a pruned model: that of least squares, or a calibrated one."""
    if not case.fit_intercept:
        return 0.0
    if case.losses[0] == "squared":
        return y.mean() - X.mean(axis=0) @ coef
    problem = getattr(problem, "seen", problem)
    square = variance(problem.covariance, coef)
    mean = LabelLink("logistic").smoothed
    level = brentq(lambda b: mean(np.array(b), square)[0] - problem.prevalence, -1e3, 1e3)
    return level - coef @ X.mean(axis=0)


def simulate(case, problem, rng):
    """Return the errors of one model of each kind, of shape (n_models, n_metrics)."""
    X, y = problem.sample(N, rng)
    (loss, retrain_loss), (alpha, retrain_alpha) = case.losses, case.penalties
    dense = fit(loss, X, y, alpha, case.fit_intercept)
    kept = np.argsort(-scores(case, *dense, X), kind="stable")[: case.s]
    pruned = np.zeros(case.p)
    pruned[kept] = dense[0][kept]
    models = [dense, (pruned, pruned_intercept(case, problem, pruned, X, y))]
    for rows in ((X, y), problem.sample(N, rng)):
        coef = np.zeros(case.p)
        coef[kept], intercept = fit(
            retrain_loss, rows[0][:, kept], rows[1], retrain_alpha, case.fit_intercept
        )
        models.append((coef, intercept))
    return [[problem.risk(*model, metric) for metric in METRICS] for model in models]


def predict(case, problem):
    """Return errors and their standard errors, of shape (n_models, n_metrics, 2)."""
    pruned = {"strategy": case.strategy, "sparsity": case.s}
    refit = {"retrain_loss": case.losses[1], "retrain_alpha": case.penalties[1]}
    plans = [{}, pruned, *(pruned | refit | {"retrain": how} for how in MODELS[2:])]
    options = {
        "loss": case.losses[0],
        "alpha": case.penalties[0],
        "fit_intercept": case.fit_intercept,
        "n_draws": 60,
        "random_state": 0,
        "return_std_error": True,
    }
    return np.array(
        [
            [predict_risk(problem, N, metric=metric, **plan, **options) for metric in METRICS]
            for plan in plans
        ]
    )


# The table.


def compare(case, n_repeats):
    """Print a case; return its differences in standard errors, and the number of stars."""
    problem = case.make(case.p)
    rng = np.random.RandomState(0)
    errors = np.array([simulate(case, problem, rng) for _ in range(n_repeats)])
    theory, drawn = np.moveaxis(predict(case, getattr(problem, "seen", problem)), -1, 0)
    mean, error = errors.mean(axis=0), errors.std(axis=0, ddof=1) / np.sqrt(n_repeats)
    error = np.hypot(error, getattr(problem, "error_of_one_test", 0.0))
    deviations = np.abs(theory - mean) / np.hypot(error, drawn)
    tolerance = np.where([True, False], 0.005, 0.03 * mean)
    stars = (np.abs(theory - mean) > tolerance) & (deviations > 3) & (not case.end)
    print(heading(case))
    for row in zip(MODELS, theory, mean, error, stars, strict=True):
        print(line(*row), flush=True)
    return deviations, stars.sum()


def heading(case):
    return (
        f"{case.name:28} p {case.p} s {case.s} {case.strategy}: {' then '.join(case.losses)}, "
        f"penalties {case.penalties[0]:g} and {case.penalties[1]:g}"
        f"{', intercept' * case.fit_intercept}{case.end and f' ({case.end})'}"
    )


def line(name, *columns):
    """Return a line of the table, for one model."""
    cells = [
        f"{theory:.{digits}f} | {mean:.{digits}f} ({error * 10**digits:.0f}){' *'[int(star)]}"
        for digits, theory, mean, error, star in zip(METRICS.values(), *columns, strict=True)
    ]
    return f"    {name:8}{cells[0]:26}{cells[1]}".rstrip()


def cases():
    """Return what is compared."""
    result = []
    kinds = [{}, {"link": "probit", "noise": 0.9}, {"link": "sign", "flip": 0.1}]
    for k, spectrum in enumerate(SPECTRA):
        name, kind = spectrum.__name__.replace("_", " "), kinds[k % 3]
        make, sure = labels(spectrum, **kind), labels(spectrum)
        often = labels(spectrum, offset=1.5)
        logistic, mixed = ("logistic", "logistic"), ("squared", "logistic")
        strong = " ".join([name, kind.get("link", "logistic")])
        result += [
            Case(strong, make, 150, 30),
            Case(strong, make, 240, 60, "obs-one-shot"),
            Case(strong, make, 310, 60),
            Case(strong, make, 600, 60, "hessian"),
            Case(strong, make, 600, 90, "hessian", penalties=(60.0, 60.0)),
            Case(strong, make, 450, 200, end="s/n > .6"),
            Case(strong, make, 400, 60, losses=logistic, penalties=(1.0, 1.0)),
            Case(strong, make, 600, 90, "hessian", logistic, (3.0, 1.0)),
            Case(strong, make, 300, 60, "obs-one-shot", logistic, (2.0, 2.0)),
            Case(name + " logistic", sure, 30, 15, losses=logistic),
            Case(name + " logistic", sure, 72, 15, losses=logistic, end="near no MLE"),
            Case(strong, make, 450, 60, losses=mixed, penalties=(20.0, 1.0)),
            Case(strong, make, 450, 60, losses=("max_margin", "logistic"), penalties=(0.0, 1.0)),
            Case(name + " offset", often, 400, 60, fit_intercept=True),
            Case(name + " offset", often, 200, 50, "hessian", logistic, (2.0, 1.0), True),
            Case(name + " mixture", mixture(spectrum, 0.5), 600, 60),
            Case(name + " mixture .2", mixture(spectrum, 0.2), 200, 50, fit_intercept=True),
            Case(
                name + " mixture .3",
                mixture(spectrum, 0.3),
                600,
                60,
                "hessian",
                penalties=(100.0, 30.0),
                fit_intercept=True,
            ),
        ]
    for activation in ("relu", "erf"):
        name, make = f"random {activation}", random_features(activation)
        result += [
            Case(name, make, 600, 60, fit_intercept=True),
            Case(name, make, 400, 60, "hessian", logistic, (2.0, 1.0), activation == "relu"),
        ]
    return result


def main(*, quick=False):
    """Compare all cases, or a few."""
    chosen = cases()[::7] if quick else cases()
    results = [compare(case, 8 if quick else 30) for case in chosen]
    deviations, stars = zip(*results, strict=True)
    print(
        f"{len(chosen)} cases, {np.size(deviations)} errors: median difference "
        f"{np.median(deviations):.2f} s.e., {np.mean(np.array(deviations) < 3):.0%} within 3 s.e., "
        f"{sum(stars)} stars"
    )


if __name__ == "__main__":
    main()
