import copy
import io
import pickle

import pytest
import torch

from sklearn_prune.neural import ResNet20, TwoLayerNet
from sklearn_prune.neural._masks import (
    apply_masks,
    clear_masks,
    masks_from_zeros,
    masks_of,
    n_weights,
    set_masks,
    weights_of,
)


@pytest.fixture
def net():
    return TwoLayerNet(width=4, n_inputs=5, n_classes=3)


@pytest.fixture
def masks(net):
    generator = torch.Generator().manual_seed(0)
    return {
        name: torch.rand(weight.shape, generator=generator) < 0.5
        for name, weight in weights_of(net).items()
    }


def assert_same_masks(net, masks):
    assert list(masks_of(net)) == list(masks)
    for name, mask in masks_of(net).items():
        assert mask.dtype == torch.bool
        assert torch.equal(mask, masks[name])
        assert not weights_of(net)[name][~mask].any()


def test_weights_that_are_not_trained_do_not_count(net):
    assert n_weights(net) == 4 * 6 + 3 * 5
    net.last.bias.requires_grad_(False)
    assert n_weights(net) == 4 * 6 + 3 * 5 - 3
    assert list(weights_of(net)) == ["hidden.weight", "hidden.bias", "last.weight"]


def test_masked_weights_are_zero_and_others_stay(net, masks):
    before = copy.deepcopy(net.state_dict())
    set_masks(net, masks)
    assert_same_masks(net, masks)
    for name, weight in weights_of(net).items():
        assert torch.equal(weight, before[name] * masks[name])


def test_the_keys_of_the_state_dict_are_those_of_a_dense_net(net, masks):
    keys = list(net.state_dict())
    set_masks(net, masks)
    assert list(net.state_dict()) == keys
    net.load_state_dict(TwoLayerNet(width=4, n_inputs=5, n_classes=3).state_dict())
    apply_masks(net)
    assert_same_masks(net, masks)


@pytest.mark.parametrize("through", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_copies_have_the_masks(net, masks, through):
    set_masks(net, masks)
    copied = through(net)
    assert_same_masks(copied, masks)
    for name, mask in masks_of(copied).items():
        assert mask is not masks_of(net)[name]


def test_new_masks_replace_old_ones(net, masks):
    set_masks(net, masks)
    only = {"last.weight": torch.ones(3, 4, dtype=torch.bool)}
    set_masks(net, only)
    assert_same_masks(net, only)
    clear_masks(net)
    assert masks_of(net) == {}


def test_files_grow_by_nothing(net, masks):
    def size():
        torch.save(net.state_dict(), file := io.BytesIO())
        return len(file.getvalue())

    dense = size()
    for _ in range(3):
        set_masks(net, masks)
    assert size() == dense


def test_masks_from_zeros(net, masks):
    with torch.no_grad():
        net.hidden.bias.fill_(1)
        net.last.bias.fill_(1)
    set_masks(net, masks)
    bare = TwoLayerNet(width=4, n_inputs=5, n_classes=3)
    bare.load_state_dict(net.state_dict())
    set_masks(bare, masks_from_zeros(bare))
    assert_same_masks(bare, masks)


def test_layers_inside_of_layers():
    net = ResNet20(1)
    name = "blocks.3.shortcut.weight"
    set_masks(net, {name: torch.zeros(2, 1, 1, 1)})
    assert not net.blocks[3].shortcut.weight.any()
    assert list(masks_of(net)) == [name]
