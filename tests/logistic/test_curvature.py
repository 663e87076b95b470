import numpy as np
import pytest
from logistic.logistic_problems import drawn
from numpy.testing import assert_allclose
from scipy import sparse
from scipy.special import expit, softmax

from sklearn_prune._logistic.curvature import (
    curvature_scale,
    curvature_weights,
    logistic_hessian_scores,
)
from sklearn_prune._logistic.rows import Rows


def test_two_classes_or_the_probability_of_one(rng):
    margins, weights = rng.standard_normal(10), rng.uniform(1, 2, 10)
    p = expit(margins)
    expected = Rows(np.ones(10), weights).curvatures(margins)
    assert_allclose(curvature_weights(p, weights), expected, rtol=1e-12)
    assert_allclose(curvature_weights(np.column_stack([1 - p, p]), weights), expected, rtol=1e-12)


def test_curvatures_of_classes_by_differences(rng):
    """The mean over the classes of the second derivatives of the cross-entropy."""
    margins, step = rng.standard_normal((4, 3)), 1e-4

    def loss(moved):
        return -np.log(softmax(moved, axis=1)[:, 0])

    second = [
        (loss(margins + step * e) - 2 * loss(margins) + loss(margins - step * e)) / step**2
        for e in np.eye(3)
    ]
    found = curvature_weights(softmax(margins, axis=1), np.ones(4))
    assert_allclose(found, np.mean(second, axis=0), rtol=1e-6)


@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("alpha", [0.0, 0.7])
@pytest.mark.parametrize("form", [np.asarray, sparse.csr_array, sparse.csc_matrix])
def test_scale_is_the_diagonal_of_the_hessian(rng, form, alpha, centred):
    X, _, weights = drawn(rng, 20, 4)
    columns = np.column_stack([X, np.ones(20)]) if centred else X
    hessian = columns.T @ (weights[:, np.newaxis] * columns)
    hessian[np.arange(4), np.arange(4)] += alpha
    if centred:
        # The Schur complement of the intercept.
        hessian = hessian[:4, :4] - np.outer(hessian[4, :4], hessian[4, :4]) / hessian[4, 4]
    scale = curvature_scale(form(X), weights, alpha=alpha, centred=centred)
    assert_allclose(scale, np.sqrt(np.diag(hessian)), rtol=1e-12)


def test_scores_of_one_class_and_of_several(rng):
    X, _, weights = drawn(rng, 20, 4)
    coef, p = rng.standard_normal((3, 4)), softmax(rng.standard_normal((20, 3)), axis=1)
    given = {"X": X, "weights": weights, "alpha": 0.1, "centred": True}
    scales = [
        curvature_scale(X, curvature_weights(share, weights), alpha=0.1, centred=True)
        for share in p.T
    ]
    found = logistic_hessian_scores(coef, p, **given)
    assert_allclose(found, np.abs(coef) * scales, rtol=1e-12)
    assert_allclose(logistic_hessian_scores(coef[0], p[:, 0], **given), found[0], rtol=1e-12)


def test_rows_told_apart_beyond_rounding_leave_the_penalty(rng):
    X, _, weights = drawn(rng, 20, 4)
    scale = curvature_scale(X, curvature_weights(np.ones(20), weights), alpha=4.0, centred=True)
    assert_allclose(scale, 2.0)
