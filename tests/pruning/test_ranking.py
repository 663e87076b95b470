import numpy as np
import pytest
from numpy.testing import assert_array_equal

from sklearn_prune._pruning.ranking import _rank_among_ties, rank_features, rank_rows


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


def test_a_zero_of_either_sign_is_a_zero():
    assert_array_equal(rank_features(np.array([0.0, -0.0, 1.0, -0.0])), [2, 0, 1, 3])


@pytest.mark.parametrize("n_features", [1, 2, 127, 128, 129, 1000])
def test_rows_are_ranked_as_one_by_one(n_features):
    rng = np.random.default_rng(n_features)
    scores = rng.random((20, n_features))
    scores[1] = 0  # all of them ties
    scores[2] = scores[2].round(1)
    scores[3, -1] = scores[3, 0] * (1 + 1e-12)
    scores[4, -1] = scores[4, 0] * (1 + 1e-9)
    scores[5] *= 1e-300
    for row, order in zip(scores, rank_rows(scores), strict=True):
        assert_array_equal(order, _rank_among_ties(row))
        assert_array_equal(order, rank_features(row))
