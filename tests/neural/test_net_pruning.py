import warnings

import pytest
import torch

from sklearn_prune.neural import TwoLayerNet
from sklearn_prune.neural._masks import masks_of, weights_of
from sklearn_prune.neural._net_pruning import (
    SCOPES,
    equal_shares,
    keep_by_layer,
    keep_global,
    kept_counts,
    prune,
    warn_if_emptied,
)
from sklearn_prune.neural._saliency import magnitude, random

SCORES = {
    "a": torch.tensor([[3.0, 1.0], [2.0, 1.0]]),
    "b": torch.tensor([1.0, 5.0, 1.0]),
}


@pytest.fixture
def net():
    torch.manual_seed(0)
    net = TwoLayerNet(width=20, n_inputs=30, n_classes=10)  # 830 weights
    for weight in net.parameters():
        weight.data += 0.01 * torch.randn_like(weight)
    return net


def counts(net):
    return kept_counts(masks_of(net))


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("n_keep", [1, 17, 400, 830])
def test_exactly_so_many(net, scope, n_keep):
    prune(net, magnitude(net), n_keep, scope)
    assert sum(counts(net).values()) == n_keep
    assert sum(int((w != 0).sum()) for w in net.parameters()) == n_keep


@pytest.mark.parametrize("scope", SCOPES)
def test_rounds_revive_nothing(net, scope):
    before = {name: torch.ones_like(w, dtype=torch.bool) for name, w in weights_of(net).items()}
    for n_keep in (700, 333, 100, 40, 3):
        scores = random(net, torch.Generator().manual_seed(n_keep))
        prune(net, scores, n_keep, scope)
        assert sum(counts(net).values()) == n_keep
        for name, mask in masks_of(net).items():
            assert not (mask & ~before[name]).any()
        before = masks_of(net)


def test_global_keeps_the_largest(net):
    flat = torch.cat([w.detach().abs().flatten() for w in net.parameters()])
    threshold = flat.sort(descending=True).values[99]
    prune(net, magnitude(net), 100, "global")
    for name, weight in weights_of(net).items():
        assert torch.equal(masks_of(net)[name], weight.abs() >= threshold)


def test_layer_keeps_the_same_fraction_of_each(net):
    prune(net, magnitude(net), 83, "layer")
    assert counts(net) == {
        "hidden.weight": 60,
        "hidden.bias": 2,
        "last.weight": 20,
        "last.bias": 1,
    }


def test_matched_keeps_as_many_as_magnitude(net):
    other = TwoLayerNet(width=20, n_inputs=30, n_classes=10)
    other.load_state_dict(net.state_dict())
    prune(net, magnitude(net), 100, "global")
    prune(other, random(other, torch.Generator().manual_seed(0)), 100, "matched")
    assert counts(other) == counts(net)
    assert not torch.equal(masks_of(other)["hidden.weight"], masks_of(net)["hidden.weight"])


def test_matched_magnitude_is_global_magnitude(net):
    other = TwoLayerNet(width=20, n_inputs=30, n_classes=10)
    other.load_state_dict(net.state_dict())
    prune(net, magnitude(net), 100, "global")
    prune(other, magnitude(other), 100, "matched")
    for name, mask in masks_of(net).items():
        assert torch.equal(masks_of(other)[name], mask)


def test_zero_weights_count_by_their_mask():
    net = TwoLayerNet(width=2, n_inputs=3, n_classes=2)  # biases are zero
    prune(net, magnitude(net), net.hidden.weight.numel() + 6, "global")
    assert counts(net) == {"hidden.weight": 6, "hidden.bias": 2, "last.weight": 4, "last.bias": 0}


@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_scores_that_are_not_finite(net, value):
    net.hidden.weight.data[3, 4] = value
    with pytest.raises(
        ValueError, match=r"hidden.weight are not finite: the training has diverged"
    ):
        prune(net, magnitude(net), 10, "global")


def test_warning_of_emptied_layers(net):
    full = dict.fromkeys(weights_of(net), 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_if_emptied(full | {"hidden.bias": 0}, net)
    with pytest.warns(UserWarning, match=r"Nothing is left of last.weight: what comes before"):
        warn_if_emptied(full | {"last.weight": 0}, net)


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
