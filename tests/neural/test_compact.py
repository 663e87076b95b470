"""Nets without what is dead return the same, and are as small as counting says."""

import pickle
import subprocess
import sys
from copy import deepcopy

import numpy as np
import pytest
import torch
from hand_made import (
    NETS,
    WAYS,
    Auxiliary,
    Branching,
    Residual,
    made,
    n_parameters,
    pruned,
    table_net,
)
from torch import nn
from torch.nn.utils import prune

from sklearn_prune.neural import PrunedNetClassifier, ResNet20, TwoLayerNet, compact
from sklearn_prune.neural._masks import apply_masks, masks_from_zeros, masks_of, set_masks

# Nets of which something can leave.
SHRINKABLE = sorted(NETS.keys() - {"tied", "twice"})


def assert_same(net, small, X, atol=1e-10):
    X = [torch.randn_like(x) for x in X]
    with torch.no_grad():
        expected, found = net(*X), small(*X)
    assert expected.dtype == found.dtype
    assert torch.isfinite(expected).all()
    np.testing.assert_allclose(found, expected, rtol=0, atol=atol * (1 + expected.abs().max()))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", NETS)
def test_outputs_stay(name, seed):
    net, X = made(name, seed)
    net = pruned(net, seed + 10, dead=[0.2, 0.4, 0.6, 0.8][seed])
    before = deepcopy(net.state_dict())
    small = compact(net)
    assert_same(net, small, X)
    assert all(torch.equal(before[key], value) for key, value in net.state_dict().items())
    assert_same(net, compact(small), X)


@pytest.mark.parametrize("name", SHRINKABLE)
def test_something_leaves(name):
    net, _ = made(name)
    assert n_parameters(compact(pruned(net, 3))) < n_parameters(net)


@pytest.mark.parametrize("name", NETS)
def test_of_a_dense_net_nothing_leaves(name):
    net, _ = made(name)
    small = compact(net)
    assert n_parameters(small) == n_parameters(net)
    assert all(torch.equal(w, net.state_dict()[key]) for key, w in small.state_dict().items())


@pytest.mark.parametrize("name", NETS)
def test_a_compact_net_trains_on(name):
    net, X = made(name)
    small = compact(pruned(net, 5)).train()
    outputs = small(*X)
    torch.cat(outputs if isinstance(outputs, tuple) else (outputs,)).square().sum().backward()
    for weight in small.parameters():
        assert weight.grad is None or weight.grad.shape == weight.shape


def test_counts_by_hand():
    net = nn.Sequential(nn.Linear(3, 4), nn.Sigmoid(), nn.Linear(4, 2)).double().eval()
    with torch.no_grad():
        net[0].weight[1] = 0  # constantly sigmoid(bias)
        net[2].weight[:, 2] = 0  # leads nowhere
    small, report = compact(net, return_report=True)
    assert small[0].weight.shape == (2, 3)
    assert (small[0].in_features, small[0].out_features) == (3, 2)
    assert small[2].in_features == 2
    torch.testing.assert_close(small[0].weight, net[0].weight[[0, 3]])
    constant = torch.sigmoid(net[0].bias[1])
    torch.testing.assert_close(small[2].bias, net[2].bias + net[2].weight[:, 1] * constant)
    assert report == {
        "layer": ["0", "2"],
        "kind": ["Linear", "Linear"],
        "units": [4, 2],
        "units_kept": [2, 2],
        "parameters": [16, 10],
        "parameters_kept": [8, 6],
        "left_because": ["", "an output of the net"],
    }


def test_complex_layers_stay():
    kind = torch.complex128
    net = nn.Sequential(nn.Linear(3, 4, dtype=kind), nn.Tanh(), nn.Linear(4, 2, dtype=kind))
    with torch.no_grad():
        net[0].weight[1] = 0
    small, report = compact(net, return_report=True)
    assert report["left_because"] == ["its weights are complex"] * 2
    X = torch.randn(5, 3, dtype=kind)
    assert torch.equal(small(X), net(X))


def test_channels_by_hand():
    net = nn.Sequential(
        *(nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.GELU(), nn.Conv2d(3, 2, 3, bias=False)),
        *(nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(2 * 16, 2)),
    )
    net = net.double().eval()
    with torch.no_grad():
        net[0].weight[0] = 0
        net[1].running_mean.copy_(torch.tensor([-1.0, 2, 3]))
        net[6].weight[:, 16:] = 0
    small = compact(net)
    assert small[0].weight.shape == (2, 1, 3, 3)
    assert small[1].num_features == 2
    assert small[1].running_mean.tolist() == [2, 3]
    assert small[3].weight.shape == (1, 2, 3, 3)
    assert small[3].bias is None
    assert small[6].weight.shape == (2, 16)
    assert_same(net, small, [torch.zeros(5, 1, 8, 8).double()])
    value = nn.functional.gelu((net[0].bias[0] + 1) / (1 + 1e-5) ** 0.5)
    shift = net[3].weight[0, 0].sum() * value
    torch.testing.assert_close(small[4].running_mean[0], -shift)


@pytest.mark.parametrize(("bias", "left"), [(0.5, 3), (-0.5, 2)])
def test_a_constant_channel_stays_at_zero_padding_unless_it_is_zero(bias, left):
    net = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Conv2d(3, 2, 3, padding=1)).double()
    with torch.no_grad():
        net[0].weight[1], net[0].bias[1] = 0, bias
    small, report = compact(net, return_report=True)
    assert small[0].out_channels == left
    expected = "1 constant units meet the zero padding of 2" if left == 3 else ""
    assert report["left_because"][0] == expected
    assert_same(net, small, [torch.zeros(2, 1, 6, 6).double()])


def test_a_channel_that_normalisation_makes_constant():
    net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 2, bias=False))
    net = net.double().eval()
    with torch.no_grad():
        net[1].weight[2] = 0
        net[1].bias[2] = 0.7
    small = compact(net)
    assert small[0].out_features == small[1].num_features == small[3].in_features == 3
    torch.testing.assert_close(small[3].bias, net[3].weight[:, 2] * np.tanh(0.7))
    assert_same(net, small, [torch.zeros(4, 3).double()])


def test_constants_in_front_of_a_norm_without_statistics_become_a_bias():
    net = nn.Sequential(
        *(nn.Linear(3, 4), nn.Sigmoid(), nn.Linear(4, 3, bias=False)),
        *(nn.BatchNorm1d(3, track_running_stats=False), nn.Linear(3, 2)),
    )
    net = net.double().eval()
    with torch.no_grad():
        net[0].weight[1] = 0
    small, report = compact(net, return_report=True)
    torch.testing.assert_close(small[2].bias, net[2].weight[:, 1] * net[0].bias[1].sigmoid())
    assert report["left_because"][2] == "it has no running statistics"
    assert_same(net, small, [torch.zeros(6, 3).double()])


def test_channels_of_the_trunk_leave_where_all_that_add_into_them_are_dead():
    net = Residual().double().eval()
    with torch.no_grad():
        for layer in (net.stem, net.conv2, net.norm2):
            layer.weight[3], layer.bias[3] = 0, 0
        net.stem.weight[4], net.stem.bias[4] = 0, 0  # but conv2 adds to it
    small = compact(net)
    assert small.stem.out_channels == small.norm2.num_features == 5
    assert_same(net, small, [torch.zeros(2, 2, 6, 6).double()])


@pytest.mark.parametrize("shortcut", ["projection", "padding"])
def test_resnet(shortcut):
    torch.manual_seed(0)
    net = ResNet20(4, shortcut=shortcut).double()
    for _ in range(3):
        net(torch.randn(8, 3, 32, 32).double())
    net = pruned(net.eval(), 1, share=0.4, dead=0.3).to(memory_format=torch.channels_last)
    small, report = compact(net, return_report=True)
    assert type(small) is ResNet20
    assert n_parameters(small) < n_parameters(net) / 2
    assert set(report["left_because"][:-1]) - {""} == {
        why for why in report["left_because"] if "zero padding" in why
    }
    weight = small.blocks[4].conv1.weight
    assert weight.is_contiguous(memory_format=torch.channels_last)
    assert_same(net, small, [torch.zeros(3, 3, 32, 32).double()])
    again = pruned(small, 2, share=0.3, dead=0.5)
    assert_same(again, compact(again), [torch.zeros(3, 3, 32, 32).double()])


@pytest.mark.parametrize("shortcut", ["projection", "padding"])
def test_a_channel_of_each_stage_of_a_resnet_leaves(shortcut):
    net = ResNet20(2, shortcut=shortcut).eval()
    stages = [net.blocks[:3], net.blocks[3:6], net.blocks[6:]]
    with torch.no_grad():
        for part in (net.first, net.first_norm):
            part.weight[1], part.bias[1] = 0, 0
        for blocks in stages:
            for block in blocks:
                for part in (block.conv2, block.norm2, block.shortcut):
                    if hasattr(part, "weight"):
                        part.weight[1], part.bias[1] = 0, 0
    small = compact(net)
    widths = [
        small.first.out_channels,
        *(
            blocks[2].conv2.out_channels
            for blocks in (small.blocks[:3], small.blocks[3:6], small.blocks[6:])
        ),
    ]
    assert widths == [1, 1, 3, 7]
    assert small.last.in_features == 4 * 7
    assert_same(net, small, [torch.zeros(3, 3, 32, 32)], atol=1e-6)


@pytest.mark.parametrize("name", ["pictures and table", "flat and table", "residual table", *WAYS])
def test_nothing_stops_units_of_branches(name):
    net, _ = made(name)
    _, report = compact(pruned(net, 1, dead=0.4), return_report=True)
    *hidden, last = zip(report["units"], report["units_kept"], report["left_because"], strict=True)
    assert all(kept < n and not why for n, kept, why in hidden)
    assert last[2] == "an output of the net"


def test_two_layers_stay_two_layers():
    torch.manual_seed(0)
    net = pruned(TwoLayerNet(20, 6, 3).double(), 4, dead=0.3)
    alive = (net.hidden.weight != 0).any(1) & (net.last.weight != 0).any(0)
    small = compact(net)
    assert type(small) is TwoLayerNet
    assert small.hidden.out_features == int(alive.sum()) < 20
    assert small.hidden.in_features == 6
    assert_same(net, small, [torch.zeros(9, 2, 3).double()])


@pytest.mark.parametrize("net", [TwoLayerNet(5, 4, 3), table_net(nn.GELU()), ResNet20(1)])
def test_of_a_dead_net_a_unit_a_layer_is_left(net):
    net = deepcopy(net).eval()
    with torch.no_grad():
        for weight in net.parameters():
            weight.zero_() if weight.ndim > 1 else weight.normal_()
    small, report = compact(net, return_report=True)
    assert max(report["units_kept"][:-1]) <= (2 if isinstance(net, ResNet20) else 1)
    X = {TwoLayerNet: [4], ResNet20: [3, 32, 32]}.get(type(net), [5])
    assert_same(net, small, [torch.zeros(3, *X)], atol=1e-6)


def test_units_that_only_constants_reach_leave_too():
    net = nn.Sequential(
        *(nn.Linear(3, 4), nn.Sigmoid(), nn.Linear(4, 3), nn.SiLU(), nn.Linear(3, 2))
    ).double()
    with torch.no_grad():
        net[0].weight[1] = 0
        net[2].weight[0, [0, 2, 3]] = 0
    small = compact(net)
    assert (small[0].out_features, small[2].out_features) == (3, 2)
    assert_same(net, small, [torch.zeros(4, 3).double()])


def test_the_second_head_and_an_input_that_is_missing_count():
    torch.manual_seed(0)
    net = Auxiliary().double().eval()
    with torch.no_grad():
        net.first.weight[:2], net.first.bias[:2] = 0, 0
        net.extra.weight[1], net.extra.bias[1] = 0, 0
        net.last.weight[:, 3:] = 0  # but the second head needs them
    small = compact(net)
    assert small.first.out_features == small.extra.out_features == 7
    x, extra = torch.randn(5, 4).double(), torch.randn(5, 3).double()
    assert_same(net, small, [x])
    assert_same(net, small, [x, extra])
    for expected, found in zip(net.train()(x, extra), small.train()(x, extra), strict=True):
        torch.testing.assert_close(found, expected)


class Switched(nn.Module):
    """A part that a switch turns on, and samples that may be normalised elsewhere."""

    def __init__(self):
        super().__init__()
        self.first, self.norm, self.last = nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Linear(8, 2)
        self.other = nn.Linear(8, 2)

    def forward(self, x, *, both=False, mode="plain", scale=None, shift=None):
        x = torch.relu(self.norm(self.first(x)))
        x = x if scale is None else x * scale
        x = x if shift is None else x + shift
        outputs = self.last(x) if mode == "plain" else x
        return outputs + self.other(x) if both else outputs


def test_switches_are_turned():
    torch.manual_seed(0)
    net = Switched().double().eval()
    with torch.no_grad():
        net.norm.weight[:2], net.norm.bias[:2] = 0, -1
        net.last.weight[:, 2:4] = 0  # but with both parts the other one needs them
    small, X = compact(net), torch.randn(5, 4).double()
    assert small.first.out_features == 8  # scale and shift may be for each unit
    for given in {}, {"both": True}, {"scale": torch.rand(8)}, {"shift": torch.rand(8)}:
        torch.testing.assert_close(small(X, **given), net(X, **given))


def test_of_switches_alone_units_leave():
    class OneSwitch(Switched):
        def forward(self, x, both=True):
            return super().forward(x, both=both)

    torch.manual_seed(0)
    net = OneSwitch().double().eval()
    with torch.no_grad():
        net.norm.weight[:2], net.norm.bias[:2] = 0, -1
        net.last.weight[:, 2:4] = 0
        net.other.weight[:, 3:5] = 0
    small, X = compact(net), torch.randn(5, 4).double()
    assert small.first.out_features == 5
    for both in True, False:
        torch.testing.assert_close(small(X, both), net(X, both))


class TwoWays(nn.Module):
    """A normalisation of units that are known, or not."""

    def __init__(self):
        super().__init__()
        self.before, self.first = nn.Linear(4, 4), nn.Linear(4, 6, bias=False)
        self.norm, self.last = nn.BatchNorm1d(6), nn.Linear(6, 2)

    def forward(self, x, ready=None):
        x = self.first(torch.sigmoid(self.before(x))) if ready is None else ready.softmax(1)
        return self.last(torch.relu(self.norm(x)))


@pytest.mark.parametrize("name", ["first", "before"])
def test_a_normalisation_that_is_reached_in_two_ways(name):
    net = TwoWays().double().eval()
    with torch.no_grad():
        getattr(net, name).weight[:2] = 0
        net.norm.bias[:2] = -1
    small = compact(net)
    assert small.first.in_features == (4 if name == "first" else 2)
    assert small.norm.num_features == 6
    X, ready = torch.randn(5, 4).double(), torch.randn(5, 6).double()
    torch.testing.assert_close(small(X), net(X))
    torch.testing.assert_close(small(X, ready), net(X, ready))


def test_what_is_left_is_reported():
    _, report = compact(made("mixed")[0], return_report=True)
    why = dict(zip(report["layer"], report["left_because"], strict=True))
    assert why["net.0"].startswith("its units go into its convolution is grouped")
    assert why["net.2"] == "its convolution is grouped"
    assert why["net.6"] == "units of ConvTranspose2d are not known to stand alone"
    assert why["net.13"] == "units of LayerNorm are not known to stand alone"
    assert why["net.14"] == ""
    for name, layer, said in [
        ("tied", "encoder", "its weights are used elsewhere"),
        ("twice", "again", "it is used more than once"),
        ("fixed size", "conv2", "its units go into view"),
        ("partly branching", "part.first", "part cannot be followed: symbolically traced"),
    ]:
        _, report = compact(made(name)[0], return_report=True)
        why = dict(zip(report["layer"], report["left_because"], strict=True))
        assert why[layer].startswith(said), name


def test_a_net_that_looks_at_its_samples_is_returned_as_it_is():
    net = Branching()
    with pytest.warns(UserWarning, match="Branching stays as it is: what it does depends on"):
        small, report = compact(net, return_report=True)
    assert small is not net
    assert report["units"] == report["units_kept"]
    assert all("cannot be followed" in why for why in report["left_because"])


class ReadsSizes(nn.Module):
    """A net whose operations have the size of a layer in them."""

    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Linear(4, 6), nn.Linear(6, 2)

    def forward(self, x):
        return self.last(torch.relu(self.first(x)) / self.first.out_features**0.5)


def test_a_net_that_computes_with_its_sizes_is_returned_as_it_is():
    net = ReadsSizes().double()
    assert_same(net, compact(net), [torch.zeros(5, 4).double()])  # nothing is dead
    with torch.no_grad():
        net.first.weight[2] = 0
    with pytest.warns(UserWarning, match="ReadsSizes stays as it is: .* sizes of its layers"):
        small, report = compact(net, return_report=True)
    assert report["parameters"] == report["parameters_kept"] == [30, 14]
    assert_same(net, small, [torch.zeros(5, 4).double()])


@pytest.mark.parametrize(
    ("dtype", "atol"), [(torch.float16, 1e-2), (torch.bfloat16, 1e-1), (torch.float32, 1e-5)]
)
def test_precisions(dtype, atol):
    net, X = made("gelu", 1, torch.float32)
    net, X = pruned(net, 2).to(dtype), [x.to(dtype) for x in X]
    small = compact(net)
    assert {weight.dtype for weight in small.parameters()} == {dtype}
    assert n_parameters(small) < n_parameters(net)
    X = [torch.randn_like(x) for x in X]
    torch.testing.assert_close(small(*X), net(*X), rtol=0, atol=atol)


@pytest.mark.parametrize("training", [True, False])
def test_modes_and_frozen_weights_are_kept(training):
    net = pruned(table_net(nn.ReLU()), 0).train(training)
    net[1].eval()
    net[0].weight.requires_grad_(False)
    small = compact(net)
    assert [part.training for part in small.modules()] == [p.training for p in net.modules()]
    assert not small[0].weight.requires_grad
    assert small[4].weight.requires_grad


def test_masks_of_what_is_left_keep_zeros():
    net = pruned(table_net(nn.Sigmoid()).double(), 1)
    set_masks(net, masks_from_zeros(net))
    small = compact(net)
    masks = masks_of(small)
    assert masks.keys() == dict(small.named_parameters()).keys()
    for name, weight in small.named_parameters():
        assert torch.equal(masks[name], weight != 0), name
    before = small(torch.ones(2, 5).double())
    apply_masks(small)  # the constants in pruned biases stay
    torch.testing.assert_close(
        small.eval()(torch.ones(2, 5).double()), compact(net).eval()(torch.ones(2, 5).double())
    )
    assert before.shape == (2, 3)


def test_copies_and_pickles_have_masks():
    net = pruned(made("residual")[0], 1, dead=0.3)
    set_masks(net, masks_from_zeros(net))
    small = compact(net)
    X = torch.randn(2, 2, 6, 6).double()
    for other in deepcopy(small), pickle.loads(pickle.dumps(small)):
        assert torch.equal(other(X), small(X))
        assert masks_of(other).keys() == masks_of(small).keys()
        assert all(torch.equal(masks_of(other)[name], m) for name, m in masks_of(small).items())


def test_zeros_stay_zero_when_a_compact_net_is_trained_on():
    net = pruned(made("gelu")[0], 1, dead=0.3)
    set_masks(net, masks_from_zeros(net))
    small = compact(net).train()
    before = {name: weight != 0 for name, weight in small.named_parameters()}
    optimizer = torch.optim.Adam(small.parameters(), lr=0.1, weight_decay=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        small(torch.randn(7, 5).double()).square().sum().backward()
        optimizer.step()
        apply_masks(small)
    for name, weight in small.named_parameters():
        assert torch.equal(weight != 0, before[name])


def test_estimators_and_compiled_nets(digits):
    X, y = digits
    net = PrunedNetClassifier(sparsity=0.05, max_epochs=2, lr=0.01, random_state=0).fit(X, y)
    small = compact(net)
    assert type(small) is TwoLayerNet
    assert n_parameters(small) < n_parameters(net.module_)
    compiled = torch.compile(net.module_, backend="eager")
    assert n_parameters(compact(compiled)) == n_parameters(small)
    outputs = small(torch.as_tensor(X, dtype=torch.float32))
    np.testing.assert_array_equal(outputs.argmax(1), net.predict(X))


def test_masks_of_torch_are_refused():
    net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    prune.l1_unstructured(net[0], "weight", 0.5)
    with pytest.raises(ValueError, match=r"0\.weight_orig of Sequential are under masks of torch"):
        compact(net)
    prune.remove(net[0], "weight")
    assert compact(net)[2].out_features == 2


class Remembering(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Linear(3, 4), nn.Linear(4, 2)
        self.seen, self.n_calls = None, 0

    def forward(self, X):
        self.seen, self.n_calls = torch.relu(self.first(X)), self.n_calls + 1
        return self.last(self.seen)


def test_what_a_forward_leaves_behind_is_not_there():
    net = Remembering()
    with torch.no_grad():
        net.first.weight[1] = 0
    small = compact(net)
    assert (small.seen, small.n_calls, net.n_calls) == (None, 0, 0)
    assert small.first.out_features == 3


def test_any_layer_may_be_the_net():
    for net in (nn.Linear(3, 2), nn.ReLU(), nn.BatchNorm1d(3), nn.LSTM(3, 2), nn.Sequential()):
        small, report = compact(net, return_report=True)
        assert n_parameters(small) == n_parameters(net)
        assert not report or report["units"] == report["units_kept"]


def test_hooks_note_no_placeholders():
    net = nn.Sequential(nn.Sequential(nn.Linear(4, 6), nn.ReLU(inplace=True)), nn.Linear(6, 2))
    noted = []
    net[0].register_forward_hook(lambda _layer, _given, made: noted.append(made))
    with torch.no_grad():
        net[0][0].weight[2] = 0
    small, report = compact(net, return_report=True)
    assert noted == []
    assert report["left_because"] == ["0 cannot be followed: it has hooks", "an output of the net"]
    assert_same(net.double(), small.double(), [torch.zeros(5, 4).double()])


def test_hooks_may_do_anything():
    net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)).double()
    net[1].register_forward_hook(lambda module, args, output: output + 1)
    with torch.no_grad():
        net[0].weight[1], net[0].bias[1] = 0, 0
    small = compact(net)
    assert small[0].out_features == 4
    assert_same(net, small, [torch.zeros(2, 3).double()])


def test_a_state_dict_needs_no_package(tmp_path):
    net = pruned(nn.Sequential(nn.Linear(6, 20), nn.GELU(), nn.Linear(20, 3)).eval(), 0)
    small = compact(net)
    torch.save(small.state_dict(), tmp_path / "net.pt")
    X = torch.randn(4, 6)
    torch.save((X, small(X)), tmp_path / "samples.pt")
    code = f"""
import sys
sys.modules["sklearn_prune"] = sys.modules["sklearn"] = sys.modules["skorch"] = None
import torch
from torch import nn
weights = torch.load(r"{tmp_path / "net.pt"}", weights_only=True)
width, n_inputs = weights["0.weight"].shape
net = nn.Sequential(nn.Linear(n_inputs, width), nn.GELU(), nn.Linear(width, 3))
net.load_state_dict(weights)
X, outputs = torch.load(r"{tmp_path / "samples.pt"}", weights_only=True)
assert width == {small[0].out_features} < 20
assert torch.equal(net(X), outputs)
"""
    subprocess.run([sys.executable, "-c", code], check=True)
