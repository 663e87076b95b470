import pytest
import torch

from sklearn_prune.neural._selection import equal_shares, keep_by_layer, keep_global, kept_counts

SCORES = {
    "a": torch.tensor([[3.0, 1.0], [2.0, 1.0]]),
    "b": torch.tensor([1.0, 5.0, 1.0]),
}


def test_the_best_of_all():
    masks = keep_global(SCORES, 3)
    assert masks["a"].tolist() == [[True, False], [True, False]]
    assert masks["b"].tolist() == [False, True, False]


@pytest.mark.parametrize("n_keep", range(1, 8))
def test_exactly_so_many_and_of_ties_the_first(n_keep):
    scores = {"a": torch.ones(2, 2), "b": torch.ones(3)}
    masks = keep_global(scores, n_keep)
    flat = torch.cat([mask.flatten() for mask in masks.values()])
    assert flat.tolist() == [True] * n_keep + [False] * (7 - n_keep)


def test_many_ties_are_broken_by_index():
    scores = {"a": torch.arange(100_000) % 3}
    kept = keep_global(scores, 50_000)["a"].nonzero().flatten()
    best = torch.arange(100_000)[torch.arange(100_000) % 3 == 2]
    second = torch.arange(100_000)[torch.arange(100_000) % 3 == 1][: 50_000 - len(best)]
    assert torch.equal(kept, torch.cat([best, second]).sort().values)


def test_the_best_of_each():
    masks = keep_by_layer(SCORES, {"a": 1, "b": 2})
    assert masks["a"].tolist() == [[True, False], [False, False]]
    assert masks["b"].tolist() == [True, True, False]
    assert kept_counts(masks) == {"a": 1, "b": 2}


def test_equal_shares_by_hand():
    scores = {"a": torch.ones(10), "b": torch.ones(5), "c": torch.ones(1)}
    # 10, 5 and 1 of 16 are 5, 2.5 and 0.5 of 8: the first of the equal remainders rounds up.
    assert equal_shares(scores, 8) == {"a": 5, "b": 3, "c": 0}


@pytest.mark.parametrize("n_keep", [1, 7, 100, 1234, 4809, 4810])
def test_equal_shares_add_up(n_keep):
    scores = {
        "a": torch.ones(64, 64),
        "b": torch.ones(64),
        "c": torch.ones(10, 64),
        "d": torch.ones(10),
    }
    counts = equal_shares(scores, n_keep)
    assert sum(counts.values()) == n_keep
    for name, score in scores.items():
        assert counts[name] <= score.numel()
        assert abs(counts[name] - n_keep * score.numel() / 4810) < 1
