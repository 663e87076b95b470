import numpy as np
from numpy.testing import assert_array_equal
from sklearn.linear_model import orthogonal_mp

from sklearn_prune._report.comparison.matching_pursuit import pursue


def test_pursuit_of_several_targets_takes_the_best_column_first():
    rng = np.random.default_rng(0)
    F = rng.standard_normal((40, 6)) * [1, 10, 1, 1, 1, 0]
    F -= F.mean(axis=0)
    Y = np.stack([F[:, 1] + 0.1 * F[:, 3], F[:, 1] - F[:, 2]], axis=1)
    assert_array_equal(np.sort(pursue(F, Y, 3)), [1, 2, 3])
    assert pursue(F, Y, 6)[-1] == 5


def test_pursuit_goes_on_when_nothing_is_independent():
    F = np.outer([1.0, -1.0], np.ones(5))
    assert_array_equal(pursue(F, np.array([[1.0], [-1.0]]), 3), [0, 1, 2])


def test_more_features_than_rows_are_taken_as_scikit_learn_takes_them():
    rng = np.random.default_rng(1)
    F = rng.standard_normal((150, 400)) @ np.diag(rng.uniform(0.5, 2, 400))
    F -= F.mean(axis=0)
    y = F[:, :80] @ rng.standard_normal(80) + rng.standard_normal(150)
    coef = orthogonal_mp(F / np.linalg.norm(F, axis=0), y, n_nonzero_coefs=70)
    assert_array_equal(np.sort(pursue(F, y[:, np.newaxis], 70)), np.flatnonzero(coef))
