"""What is left of each tensor, counted by hand."""

import copy
import pickle
from math import isnan

import pandas as pd
import polars as pl
import pytest
import torch
from numpy.testing import assert_allclose
from torch import nn

from sklearn_prune.neural import PrunedNetClassifier, ResNet20, layer_table, prune_net
from sklearn_prune.neural._masks import apply_masks, masks_of
from sklearn_prune.neural._tensor_table import COLUMNS


def row(net, name):
    table = layer_table(net)
    k = table["name"].index(name)
    return {column: values[k] for column, values in table.items()}


def filled(layer, zero):
    """Return a layer of ones with zeros at some places of its weights."""
    with torch.no_grad():
        layer.weight.fill_(1)
        for at in zero:
            layer.weight[at] = 0
    return layer


def all_of(*at):
    """Return the place of a slice: None stands for everything there."""
    return tuple(slice(None) if k is None else k for k in at)


DEAD = [  # layer, what is zero, dead inputs and outputs
    (nn.Linear(4, 3), [all_of(None, 1)], 1, 0),
    (nn.Linear(4, 3), [all_of(2), all_of(None, 0), all_of(None, 3)], 2, 1),
    (nn.Conv2d(2, 5, 3), [all_of(0), all_of(4)], 0, 2),
    (nn.Conv2d(2, 5, 3), [all_of(None, 1)], 1, 0),
    (nn.Conv1d(4, 6, 2, groups=2), [all_of(slice(0, 3), 1)], 1, 0),  # input 1 of group 0
    (nn.Conv1d(4, 4, 2, groups=4), [all_of(1), all_of(2)], 2, 2),  # of one channel each
    (nn.ConvTranspose2d(3, 4, 2), [all_of(0), all_of(None, 2)], 1, 1),
    (nn.ConvTranspose1d(4, 6, 2, groups=2), [all_of(slice(0, 2), 1)], 0, 1),
    (nn.Embedding(7, 3), [all_of(5), all_of(6), all_of(None, 0)], 2, 1),
]


@pytest.mark.parametrize(("layer", "zero", "dead_inputs", "dead_outputs"), DEAD)
def test_dead_units_by_hand(layer, zero, dead_inputs, dead_outputs):
    found = row(filled(layer, zero), "weight")
    assert (found["dead_inputs"], found["dead_outputs"]) == (dead_inputs, dead_outputs)


def test_dead_units_are_those_whose_change_nothing_sees():
    """A convolution in groups: what an input or an output does, by trying."""
    torch.manual_seed(0)
    layer = nn.Conv1d(6, 4, 1, groups=2, bias=False)
    with torch.no_grad():
        layer.weight[:2, 0] = 0
        layer.weight[3] = 0
    effect = torch.stack([layer(torch.eye(6)[k].reshape(1, 6, 1))[0, :, 0] for k in range(6)])
    found = row(layer, "weight")
    assert found["dead_inputs"] == int((effect == 0).all(1).sum()) == 1
    assert found["dead_outputs"] == int((effect == 0).all(0).sum()) == 1


@pytest.fixture
def net():
    torch.manual_seed(0)
    layers = nn.Linear(4, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 3)
    return nn.Sequential(*layers)


def test_columns_by_hand(net):
    norms = [weight.norm().item() for weight in net.parameters()]
    pruned = prune_net(net, sparsity=12, exclude=("norms", "biases"))
    table = layer_table(pruned)
    assert tuple(table) == COLUMNS
    names = ["0.weight", "0.bias", "1.weight", "1.bias", "3.weight", "3.bias"]
    assert table["name"] == names
    assert table["shape"] == [(5, 4), (5,), (5,), (5,), (3, 5), (3,)]
    assert table["n_weights"] == [20, 5, 5, 5, 15, 3]
    left = [int((weight != 0).sum()) for weight in (pruned[0].weight, pruned[3].weight)]
    assert sum(left) == 12
    assert table["n_kept"] == [left[0], 5, 5, 5, left[1], 3]
    assert_allclose(table["share_kept"], [left[0] / 20, 1, 1, 1, left[1] / 15, 1])
    assert_allclose(table["norm_before"], norms, rtol=1e-6)
    after = [weight.norm().item() for weight in pruned.parameters()]
    assert_allclose(table["norm_after"], after, rtol=1e-6)
    assert after[0] < norms[0]


def test_data_frames_read_it(net):
    table = layer_table(prune_net(net, sparsity=12))
    for frame in (pd.DataFrame(table), pl.DataFrame(table)):
        assert frame.shape == (6, 9)
        assert frame["n_kept"].sum() == 12
        assert list(frame["shape"][0]) == [5, 4]


def test_norms_before_are_those_of_the_first_pruning(net):
    norms = layer_table(net)["norm_after"]
    assert all(map(isnan, layer_table(net)["norm_before"]))
    first = prune_net(net, sparsity=30)
    with torch.no_grad():
        first[0].weight.mul_(2)
    second = prune_net(first, sparsity=12, scope="layer")
    for copied in (second, copy.deepcopy(second), pickle.loads(pickle.dumps(second)).half()):
        assert layer_table(copied)["norm_before"] == norms
    assert second.state_dict().keys() == net.state_dict().keys()


def test_a_net_without_masks_has_what_is_not_zero(net):
    pruned = prune_net(net, sparsity=12)
    loaded = copy.deepcopy(net)
    loaded.load_state_dict(pruned.state_dict())
    assert masks_of(loaded) == {}
    assert layer_table(loaded)["n_kept"] == layer_table(pruned)["n_kept"]


def test_frozen_tensors_are_there(net):
    pruned = prune_net(net.requires_grad_(True), sparsity=12).requires_grad_(False)
    assert sum(layer_table(pruned)["n_kept"]) == 12


def test_an_estimator(digits):
    net = PrunedNetClassifier(
        module__width=8, max_epochs=1, retrain_epochs=1, sparsity=100, random_state=0
    ).fit(*digits)
    table = layer_table(net)
    assert dict(zip(table["name"], table["n_kept"], strict=True)) == net.n_kept_
    assert not any(map(isnan, table["norm_before"]))


def test_shared_weights_are_one_row():
    tied = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    tied[1].weight = tied[0].weight
    assert layer_table(tied)["name"] == ["0.weight", "0.bias", "1.bias"]


def test_a_residual_net():
    pruned = prune_net(ResNet20(2), sparsity=0.3, scope="layer", exclude="norms")
    apply_masks(pruned)
    table = layer_table(pruned)
    for name, dead in zip(table["name"], table["dead_outputs"], strict=True):
        weight = pruned.get_parameter(name).detach()
        expected = sum(not filters.any() for filters in weight) if weight.ndim > 1 else 0
        assert dead == expected, name
