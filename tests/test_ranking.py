import numpy as np
from numpy.testing import assert_array_equal

from sklearn_prune._ranking import rank_features


def test_best_first():
    assert_array_equal(rank_features(np.array([1.0, 3.0, 2.0])), [1, 2, 0])


def test_ties_go_to_the_lower_index():
    scores = np.array([1.0, 2.0, 2.0 + 1e-12, 2.0 - 1e-12, 0.0])
    assert_array_equal(rank_features(scores), [1, 2, 3, 0, 4])
    assert_array_equal(rank_features(1e9 * scores), [1, 2, 3, 0, 4])


def test_differences_above_the_tolerance_count():
    assert_array_equal(rank_features(np.array([2.0, 2.0 + 1e-8])), [1, 0])


def test_negative_and_removed_scores():
    assert_array_equal(rank_features(np.array([-np.inf, -3.0, -1.0, -np.inf])), [2, 1, 0, 3])


def test_all_equal():
    assert_array_equal(rank_features(np.zeros(4)), [0, 1, 2, 3])
