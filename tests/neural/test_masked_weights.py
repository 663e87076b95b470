import copy
import pickle

import pytest
import torch
from torch import nn

from sklearn_prune.neural import TwoLayerNet
from sklearn_prune.neural._masked_weights import MaskedWeights
from sklearn_prune.neural._masks import apply_masks, clear_masks, masks_of, set_masks, weights_of


@pytest.fixture
def net():
    return pruned(TwoLayerNet(width=4, n_inputs=5, n_classes=3))


def pruned(net, seed=0):
    generator = torch.Generator().manual_seed(seed)
    weights = weights_of(net).items()
    set_masks(net, {name: torch.rand(w.shape, generator=generator) < 0.5 for name, w in weights})
    return net


@torch.no_grad()
def fill(net, value):
    for weight in net.parameters():
        weight.fill_(value)


def assert_zero_under_the_masks(net, elsewhere):
    for name, mask in masks_of(net).items():
        weight = weights_of(net)[name].detach()
        assert torch.equal(weight, torch.where(mask, elsewhere, 0.0).to(weight))
        assert not weight[~mask].signbit().any()


@pytest.mark.parametrize("value", [2.5, -2.5, torch.inf, -torch.inf, torch.nan, 1e-40])
def test_what_is_pruned_is_zero_whatever_it_was(net, value):
    masked = MaskedWeights(net)
    fill(net, value)
    masked.set_to_zero()
    for name, mask in masks_of(net).items():
        weight = weights_of(net)[name].detach()
        assert (weight[~mask] == 0).all()
        assert not weight[~mask].signbit().any()
        expected = torch.full_like(weight[mask], value)
        torch.testing.assert_close(weight[mask], expected, rtol=0, atol=0, equal_nan=True)


@pytest.mark.parametrize(
    "dtype", [torch.float16, torch.bfloat16, torch.float64, torch.complex64, torch.complex128]
)
def test_every_type_of_weights(dtype):
    net = nn.Linear(3, 2)
    net.weight = nn.Parameter(torch.randn(2, 3).to(dtype))
    set_masks(net, {"weight": torch.tensor([[True, False, True], [False, False, True]])})
    masked = MaskedWeights(net)
    before = net.weight.detach().clone()
    with torch.no_grad():
        net.weight += ~net.weight_pruning_mask
    masked.set_to_zero()
    assert torch.equal(net.weight.detach(), before)


def test_weights_that_are_not_contiguous():
    net = pruned(nn.Conv2d(3, 4, 3).to(memory_format=torch.channels_last))
    assert not net.weight.is_contiguous()
    masked = MaskedWeights(net)
    fill(net, 1.0)
    masked.set_to_zero()
    assert_zero_under_the_masks(net, 1.0)


def replace_parameter(net):
    net.hidden.weight = nn.Parameter(torch.ones_like(net.hidden.weight))


def replace_memory(net):
    net.hidden.weight.data = torch.ones_like(net.hidden.weight)


def change_mask(net):
    net.hidden.weight_pruning_mask.logical_not_()


def load(net):
    net.load_state_dict(TwoLayerNet(width=4, n_inputs=5, n_classes=3).state_dict(), assign=True)


@pytest.mark.parametrize(
    "change",
    [
        replace_parameter,
        replace_memory,
        change_mask,
        load,
        clear_masks,
        lambda net: pruned(net, seed=1),
        lambda net: net.double(),
        lambda net: setattr(net.last, "bias_pruning_mask", torch.zeros(3, dtype=torch.bool)),
    ],
)
def test_what_was_replaced_is_noticed(net, change):
    masked = MaskedWeights(net)
    masked.set_to_zero()
    change(net)
    fill(net, 1.0)
    masked.set_to_zero()
    assert_zero_under_the_masks(net, 1.0)


def test_masks_of_a_net_that_had_none():
    net = TwoLayerNet(width=4, n_inputs=5, n_classes=3)
    masked = MaskedWeights(net)
    fill(net, 1.0)
    masked.set_to_zero()
    assert all((weight == 1).all() for weight in net.parameters())
    pruned(net)
    fill(net, 1.0)
    masked.set_to_zero()
    assert_zero_under_the_masks(net, 1.0)


def test_weights_that_are_shared():
    net = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    net[1].weight = net[0].weight
    masked = MaskedWeights(pruned(net))
    fill(net, 1.0)
    masked.set_to_zero()
    assert_zero_under_the_masks(net, 1.0)
    assert torch.equal(net[0].weight, net[1].weight)


@pytest.mark.parametrize(
    "through", [copy.deepcopy, lambda masked: pickle.loads(pickle.dumps(masked))]
)
def test_copies_belong_to_their_own_net(net, through):
    masked = MaskedWeights(net)
    copied = through(masked)
    fill(net, 1.0)
    fill(copied.module, 2.0)
    copied.set_to_zero()
    assert_zero_under_the_masks(copied.module, 2.0)
    assert all((weight == 1).all() for weight in net.parameters())


def test_no_step_searches_the_net(net, monkeypatch):
    def search(*_args, **_options):
        raise AssertionError("a search")

    masked = MaskedWeights(net)
    for name in ("named_buffers", "named_parameters", "named_modules", "get_submodule"):
        monkeypatch.setattr(nn.Module, name, search)
    masked.set_to_zero()


def test_it_does_what_apply_masks_does(net):
    other = copy.deepcopy(net)
    masked = MaskedWeights(net)
    for each in (net, other):
        torch.manual_seed(0)
        with torch.no_grad():
            for weight in each.parameters():
                weight.normal_()
    masked.set_to_zero()
    apply_masks(other)
    for one, two in zip(net.parameters(), other.parameters(), strict=True):
        assert torch.equal(one, two)
