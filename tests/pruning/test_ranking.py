import numpy as np
import pytest
from numpy.testing import assert_array_equal

from sklearn_prune._pruning.ranking import Order, _rank_among_ties, rank_features, rank_rows
from sklearn_prune._pruning.selection import Selection


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


# Groups 0 and 2 of two columns, 1 and 3 of one; 3 always stays.
GROUPS = Selection(
    np.array([0, 1, 0, 2, 2, 3]),
    np.array([False, False, False, True]),
    None,
    np.array([2.0, 1.0, 2.5, 0.5]),
    "cost",
)


def test_groups_are_ranked_as_a_whole():
    order = Order.by_score(np.array([1.0, 3.0, 1.0, 2.0, 2.0, 0.0]), GROUPS)
    assert_array_equal(order.columns, [5, 1, 3, 4, 0, 2])
    assert_array_equal(order.ends, [1, 2, 4, 6])
    assert_array_equal(order.totals, [0.5, 1.5, 4.0, 6.0])
    assert_array_equal(order.counts(np.array([0.5, 1.4, 1.5, 4, 6])), [1, 1, 2, 4, 6])
    assert_array_equal(order.kept(5.9), [5, 1, 3, 4])


def test_sums_of_prices_are_equal_to_rounding():
    alone = Selection(np.arange(3), np.zeros(3, dtype=bool), None, np.full(3, 0.1), "cost")
    assert_array_equal(Order.by_score(np.ones(3), alone).counts(np.array([0.2, 0.3])), [2, 3])


def test_less_than_the_best_group():
    order = Order.by_score(np.ones(6), GROUPS)
    with pytest.raises(ValueError, match=r"A sparsity of 0.4 is less than the 0.5 that the best"):
        order.counts(0.4)


def test_an_order_within_what_is_kept():
    columns, order = Order.by_score(np.array([1.0, 3, 1, 2, 2, 0]), GROUPS).within(4.0)
    assert_array_equal(columns, [1, 3, 4, 5])
    assert_array_equal(columns[order.columns], [5, 1, 3, 4])
    assert_array_equal(order.counts(np.array([0.5, 1.5, 4])), [1, 2, 4])
