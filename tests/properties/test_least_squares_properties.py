import numpy as np
from exact_least_squares import exact_fit, exact_prediction, fractions
from hypothesis import given
from numpy.testing import assert_allclose
from tables import tables

from sklearn_prune import MinNormRegressor


@given(tables())
def test_min_norm_in_rational_numbers(table):
    """First the fit, then each coefficient in the unit of its column."""
    X, y, weights, fit_intercept, _ = table
    kept = slice(None) if weights is None else weights > 0
    coef, intercept, rank = exact_fit(
        X[kept],
        y[kept],
        None if weights is None else weights[kept],
        fit_intercept=fit_intercept,
    )
    model = MinNormRegressor(fit_intercept=fit_intercept).fit(table.given, y, weights)
    assert model.rank_ == rank
    precision = 1e-10 if X.dtype == np.float64 else 2e-6
    units = np.abs(X[kept]).max(axis=0)
    sizes = (fractions(units)[:, None] * coef).astype(float)
    size = max(np.abs(y).max(), np.abs(sizes).max())
    fitted = np.reshape(model.coef_, (-1, X.shape[1])).T
    in_units = ((fractions(fitted) - coef) * fractions(units)[:, None]).astype(float)
    predicted = exact_prediction(X, fitted, np.reshape(model.intercept_, -1))
    difference = (predicted - exact_prediction(X, coef, intercept)).astype(float)
    assert_allclose(table.root[:, None] * difference, 0, atol=precision * size)
    assert_allclose(in_units, 0, atol=precision * size * 1e3)


@given(tables(most=0))
def test_integer_weights_are_copies_of_rows(table):
    X, y, _, fit_intercept, container = table
    counts = np.arange(len(y)) % 3 + (len(y) == 1)
    if counts.sum() == 0:
        return
    copies = np.repeat(np.arange(len(y)), counts)
    model = MinNormRegressor(fit_intercept=fit_intercept)
    weighted = model.fit(container(X), y, counts).predict(container(X))
    copied = model.fit(container(X[copies]), y[copies]).predict(container(X))
    precision = 1e-9 if X.dtype == np.float64 else 1e-3
    assert_allclose(weighted, copied, rtol=precision, atol=precision * np.abs(y).max())
