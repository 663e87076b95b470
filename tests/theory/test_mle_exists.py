"""The phase transition of the logistic fit without penalty."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import linprog, minimize_scalar
from scipy.stats import norm

from sklearn_prune.theory import BinaryProblem, mle_exists
from sklearn_prune.theory._classification.logistic.existence import threshold
from sklearn_prune.theory._classification.logistic.label_law import LabelLaw
from sklearn_prune.theory._problems.label_link import LabelLink

LOGISTIC = LabelLink("logistic")


@pytest.mark.parametrize(
    ("link", "variance", "expected"),
    [
        (LOGISTIC, 4.0, 0.3449),
        (LabelLink("probit", noise=1.0), 1.0, 0.3710),
        (LOGISTIC, 0.0, 0.5),
        (LabelLink("sign"), 4.0, 0.0),
    ],
)
def test_known_thresholds(link, variance, expected):
    found = threshold(LabelLaw(link, variance), variance)
    assert_allclose(found, expected, atol=5e-5)


def test_threshold_by_another_quadrature():
    """By the rectangle rule, and a one-dimensional search."""
    x = np.linspace(-10, 10, 40_001)
    weights = 2 * norm.pdf(x) * (x[1] - x[0]) / (1 + np.exp(-1.7 * x))

    def value(t):
        c = t * x
        return weights @ ((1 + c**2) * norm.cdf(-c) - c * norm.pdf(c))

    expected = minimize_scalar(value, (0, 1), tol=1e-12).fun
    assert_allclose(threshold(LabelLaw(LOGISTIC, 1.7**2), 1.7**2), expected, rtol=1e-9)


def test_an_intercept_separates_more():
    offset = LabelLaw(LabelLink("logistic", offset=1.0), 4.0)
    assert threshold(offset, 4.0, fit_intercept=True) < threshold(offset, 4.0)
    even = LabelLaw(LOGISTIC, 4.0)
    assert threshold(even, 4.0, fit_intercept=True) == threshold(even, 4.0)


def test_features_that_know_less_separate_less():
    labels = LabelLaw(LOGISTIC, 4.0)
    assert threshold(labels, 4.0) < threshold(labels, 1.0) < threshold(labels, 0.0) == 0.5


def separable(X, y, fit_intercept):
    """Whether a linear program finds a direction of which no margin is below one."""
    rows = np.column_stack([X, np.ones(len(y))]) if fit_intercept else X
    found = linprog(
        np.zeros(rows.shape[1]), -y[:, np.newaxis] * rows, -np.ones(len(y)), bounds=(None, None)
    )
    return found.status == 0


@pytest.mark.parametrize("offset", [0.0, 1.0])
def test_random_data_are_separable_as_predicted(offset):
    problem = BinaryProblem(np.linspace(0.5, 1.5, 60), np.full(60, 0.25), offset=offset)
    fit_intercept = offset != 0
    n = np.arange(61, 400)
    first = n[np.argmax(mle_exists(problem, n, fit_intercept=fit_intercept))]
    rng = np.random.RandomState(0)
    share = [
        np.mean([separable(*problem.sample(m, rng), fit_intercept) for _ in range(8)])
        for m in (int(0.6 * first), int(1.5 * first))
    ]
    assert share == [1.0, 0.0]


def test_one_n_or_several():
    problem = BinaryProblem(np.ones(100), np.full(100, 0.2))
    assert mle_exists(problem, 400) is np.True_
    assert mle_exists(problem, [[100], [400]]).tolist() == [[False], [True]]
