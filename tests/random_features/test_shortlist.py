import numpy as np
import pytest
from numpy.testing import assert_array_equal

from sklearn_prune._pruning.ranking import TIE, rank_features
from sklearn_prune._random_features.shortlist import Shortlist


def best(scores, n_keep, size):
    shortlist = Shortlist(n_keep)
    for start in range(0, len(scores), size):
        shortlist.add(scores[start : start + size])
    return shortlist.best()


@pytest.mark.parametrize("size", [1, 7, 100, 1000])
@pytest.mark.parametrize("n_keep", [1, 10, 999, 1000])
def test_the_best_of_a_stream_are_the_best_of_all(rng, n_keep, size):
    scores = rng.exponential(size=1000)
    assert_array_equal(best(scores, n_keep, size), np.sort(rank_features(scores)[:n_keep]))


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_the_lower_index_wins_a_tie_wherever_the_stream_is_cut(rng, size):
    scores = rng.integers(5, size=1000) + TIE * rng.uniform(size=1000)
    for n_keep in [1, 30, 250, 999]:
        assert_array_equal(best(scores, n_keep, size), np.sort(rank_features(scores)[:n_keep]))


def test_a_chain_of_ties_is_followed_below_the_threshold():
    chain = 1 - 0.9 * TIE * np.arange(200.0)
    assert_array_equal(best(chain[::-1], 10, 1), np.arange(10))


def test_a_late_large_score_makes_ties_of_what_was_none():
    scores = np.array([1.0, 1.0 + 100 * TIE, 1.0 + 200 * TIE, 1000.0])
    assert_array_equal(best(scores[:3], 2, 1), [1, 2])
    assert_array_equal(best(scores, 2, 1), [0, 3])


def test_the_list_stays_short(rng):
    shortlist = Shortlist(20)
    for _ in range(100):
        shortlist.add(rng.exponential(size=1000))
        assert len(shortlist.scores) < 60
    assert shortlist.n_seen == 100_000
