"""A net that is trained already is pruned in one call."""

import copy
import pickle
import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn
from torch.nn import functional

from sklearn_prune.neural import (
    PrunedNetClassifier,
    ResNet20,
    TwoLayerNet,
    apply_masks,
    layer_table,
    prune_net,
)
from sklearn_prune.neural._masks import masks_of


class Convolutional(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3)
        self.norm = nn.BatchNorm2d(4)
        self.conv2 = nn.Conv2d(4, 6, 3)
        self.last = nn.Linear(6, 3)

    def forward(self, X):
        X = functional.relu(self.norm(self.conv1(X)))
        return self.last(functional.relu(self.conv2(X)).mean((2, 3)))


class TwoInputs(nn.Module):
    def __init__(self):
        super().__init__()
        self.left = nn.Linear(3, 5)
        self.right = nn.Linear(2, 5)
        self.last = nn.Linear(5, 2)

    def forward(self, numbers, more):
        return self.last(torch.tanh(self.left(numbers) + self.right(more)))


class Tied(nn.Module):
    """An encoder whose matrix the decoder uses, too."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(6, 6)
        self.decoder = nn.Linear(6, 6)
        self.decoder.weight = self.encoder.weight

    def forward(self, X):
        return self.decoder(torch.relu(self.encoder(X)))


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.cells = nn.GRU(3, 4, batch_first=True)
        self.last = nn.Linear(4, 2)

    def forward(self, X):
        return self.last(self.cells(X)[0][:, -1])


def mlp():
    return nn.Sequential(
        nn.Linear(5, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 3)
    )


def two_layers():
    return TwoLayerNet(4, 10, 3)


SAMPLES = {
    two_layers: lambda: torch.randn(20, 10),
    mlp: lambda: torch.randn(20, 5),
    Convolutional: lambda: torch.randn(20, 1, 8, 8),
    TwoInputs: lambda: (torch.randn(20, 3), torch.randn(20, 2)),
    Tied: lambda: torch.randn(20, 6),
    Recurrent: lambda: torch.randn(20, 7, 3),
}
Y = torch.arange(20) % 2


def n_nonzero(module):
    return sum(int((weight != 0).sum()) for weight in module.parameters())


def n_weights(module):
    return sum(weight.numel() for weight in module.parameters())


def moved(make):
    """Return a net whose biases are not zero."""
    torch.manual_seed(0)
    net = make()
    with torch.no_grad():
        for weight in net.parameters():
            weight.add_(torch.randn_like(weight), alpha=0.1)
    return net


@pytest.mark.parametrize("make", SAMPLES)
@pytest.mark.parametrize("strategy", ["magnitude", "hessian", "random"])
def test_exactly_so_many_are_left_and_the_given_net_is_left_alone(make, strategy):
    net, X = moved(make), SAMPLES[make]()
    net.train()
    net[1].eval() if make is mlp else None
    before, state = copy.deepcopy(net.state_dict()), torch.get_rng_state()
    modes = [layer.training for layer in net.modules()]
    pruned = prune_net(net, X, Y, strategy=strategy, sparsity=30, scope="layer", random_state=0)
    assert n_nonzero(pruned) == 30
    assert type(pruned) is type(net)
    assert [layer.training for layer in net.modules()] == modes
    assert [layer.training for layer in pruned.modules()] == modes
    assert torch.equal(torch.get_rng_state(), state)
    assert all(weight.grad is None for weight in (*net.parameters(), *pruned.parameters()))
    assert net.state_dict().keys() == before.keys() == pruned.state_dict().keys()
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    for name, weight in pruned.named_parameters():
        kept = weight != 0
        assert torch.equal(weight[kept], before[name][kept])


def test_gradients_of_the_given_net_stay():
    net = moved(mlp)
    net(torch.randn(4, 5)).sum().backward()
    before = [weight.grad.clone() for weight in net.parameters()]
    prune_net(net, torch.randn(20, 5), Y, strategy="hessian")
    assert all(torch.equal(w.grad, g) for w, g in zip(net.parameters(), before, strict=True))


# Statistics


def by_hand(net, args, y, loss):
    """Return the mean squared gradients from as many backward passes as samples."""
    net = copy.deepcopy(net).eval()
    sums = {name: torch.zeros_like(weight) for name, weight in net.named_parameters()}
    for i in range(len(y)):
        net.zero_grad()
        loss(net(*(values[i : i + 1] for values in args)), y[i : i + 1]).backward()
        for name, weight in net.named_parameters():
            sums[name] += weight.grad.square()
    return {name: value / len(y) for name, value in sums.items()}


def collected(net, X, y, **options):
    """Return the statistics that a strategy gets."""
    found = {}

    def collect(name, parameter, statistics):
        found[name] = statistics
        return parameter.abs()

    prune_net(net, X, y, strategy=collect, sparsity=0.9, **options)
    return found


@pytest.mark.parametrize("make", SAMPLES)
@pytest.mark.parametrize("batch_size", [7, -1])
def test_statistics_are_those_of_single_samples(make, batch_size):
    net, X = moved(make), SAMPLES[make]()
    args = X if isinstance(X, tuple) else (X,)
    expected = by_hand(net, args, Y, functional.cross_entropy)
    found = collected(net, X, Y, batch_size=batch_size)
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        torch.testing.assert_close(found[name], value, rtol=1e-4, atol=1e-8)


def test_targets_decide_on_the_loss():
    net, X = moved(Tied), torch.randn(20, 6)
    for y in (torch.randn(20, 6), np.random.default_rng(0).standard_normal((20, 6))):
        numbers = torch.as_tensor(y, dtype=torch.float32)
        expected = by_hand(net, (X,), numbers, functional.mse_loss)
        torch.testing.assert_close(collected(net, X, y), expected, rtol=1e-4, atol=1e-8)
    absolute = collected(net, X, torch.randn(20, 6), loss=lambda out, y: (out - y).abs().sum())
    assert not torch.allclose(absolute["encoder.weight"], expected["encoder.weight"])


def test_a_column_of_outputs_is_compared_with_targets_of_one_dimension():
    net, X, y = nn.Linear(4, 1), torch.randn(10, 4), torch.randn(10)
    expected = by_hand(net, (X,), y[:, None], functional.mse_loss)
    torch.testing.assert_close(collected(net, X, y), expected, rtol=1e-4, atol=1e-8)


def test_arguments_by_name_and_data_frames():
    net, (numbers, more) = moved(TwoInputs), SAMPLES[TwoInputs]()
    expected = collected(net, (numbers, more), Y)
    frame = pd.DataFrame(numbers.numpy())
    for X in ({"more": more, "numbers": numbers}, (frame, more.double().tolist())):
        torch.testing.assert_close(collected(net, X, pd.Series(Y.numpy())), expected)


def test_a_strategy_without_samples_gets_no_statistics():
    assert collected(mlp(), None, None) == dict.fromkeys(dict(mlp().named_parameters()))


def test_the_scores_of_a_strategy_decide():
    net = moved(mlp)

    def second_layer(name, parameter, statistics):
        return torch.full_like(parameter, name == "4.weight")

    with pytest.warns(UserWarning, match=r"Nothing is left of 0.weight"):
        pruned = prune_net(net, strategy=second_layer, sparsity=24)
    assert torch.equal(pruned[4].weight, net[4].weight)
    assert n_nonzero(pruned) == 24


def test_random_depends_on_the_random_state_alone():
    net = moved(mlp)
    first, again, other = (
        prune_net(net, strategy="random", random_state=seed, scope="layer") for seed in (0, 0, 1)
    )
    assert torch.equal(first[0].weight, again[0].weight)
    assert not torch.equal(first[0].weight, other[0].weight)


class Noisy(nn.Linear):
    """With noise that evaluation mode does not turn off."""

    def forward(self, X):
        return super().forward(functional.dropout(X, 0.5, training=True))


def test_the_random_numbers_of_the_caller_go_on():
    net, X = Noisy(6, 3), torch.randn(20, 6)
    torch_state, numpy_state = torch.get_rng_state(), np.random.get_state()[1].tolist()  # noqa: NPY002
    first, again = (prune_net(net, X, Y, strategy="hessian", sparsity=9) for _ in "ab")
    assert torch.equal(torch.get_rng_state(), torch_state)
    assert np.random.get_state()[1].tolist() == numpy_state  # noqa: NPY002
    assert torch.equal(first.weight, again.weight)


# What is excluded

EXCLUDED = [
    ((), set()),
    ("biases", {"conv1.bias", "norm.bias", "conv2.bias", "last.bias"}),
    (("norms",), {"norm.weight", "norm.bias"}),
    (nn.BatchNorm2d, {"norm.weight", "norm.bias"}),
    (["first", "last"], {"conv1.weight", "conv1.bias", "last.weight", "last.bias"}),
    (("conv?.weight",), {"conv1.weight", "conv2.weight"}),
    (("conv2", "*.bias"), {"conv2.weight", "conv1.bias", "norm.bias", "conv2.bias", "last.bias"}),
    (
        (nn.Linear, nn.Conv2d),
        {f"{n}.{w}" for n in ["conv1", "conv2", "last"] for w in ("weight", "bias")},
    ),
]


@pytest.mark.parametrize(("exclude", "names"), EXCLUDED)
def test_what_is_excluded_stays_and_does_not_count(exclude, names):
    net = moved(Convolutional)
    pruned = prune_net(net, exclude=exclude, sparsity=0.5, scope="layer")
    weights = dict(net.named_parameters())
    prunable = sum(weight.numel() for name, weight in weights.items() if name not in names)
    excluded = n_weights(net) - prunable
    assert n_nonzero(pruned) == round(prunable / 2) + excluded
    assert masks_of(pruned).keys() == weights.keys() - names
    for name in names:
        assert torch.equal(dict(pruned.named_parameters())[name], weights[name])


def test_recurrent_biases_are_biases():
    pruned = prune_net(Recurrent(), exclude="biases", scope="layer")
    assert list(masks_of(pruned)) == ["cells.weight_ih_l0", "cells.weight_hh_l0", "last.weight"]


@pytest.mark.filterwarnings("ignore:There is a performance drop")  # of torch
def test_an_attention_layer():
    net = moved(lambda: nn.TransformerEncoderLayer(4, 2, 8, batch_first=True))
    X, y = torch.randn(20, 3, 4), torch.randn(20, 3, 4)
    pruned = prune_net(net, X, y, strategy="hessian", exclude=("biases", "norms"), sparsity=0.5)
    matrices = {name: w.numel() for name, w in net.named_parameters() if w.ndim > 1}
    assert list(masks_of(pruned)) == list(matrices)
    assert sum(int(mask.sum()) for mask in masks_of(pruned).values()) == sum(matrices.values()) / 2


def test_nets_without_normalisation_have_none_to_exclude():
    assert n_nonzero(prune_net(moved(Tied), exclude="norms", sparsity=0.5)) == 24


def test_frozen_weights_are_not_pruned():
    net = moved(mlp)
    net[0].requires_grad_(False)
    pruned = prune_net(net, sparsity=10)
    assert torch.equal(pruned[0].weight, net[0].weight)
    assert n_nonzero(pruned) == 10 + n_weights(net[0])


# Weights that two layers share


@pytest.mark.parametrize("exclude", [(), "biases"])
def test_shared_weights_are_pruned_once_and_stay_shared(exclude):
    pruned = prune_net(moved(Tied), sparsity=10, exclude=exclude)
    assert n_nonzero(pruned) == 10 + 12 * (exclude == "biases")
    for copied in (pruned, copy.deepcopy(pruned), pickle.loads(pickle.dumps(pruned))):
        assert copied.decoder.weight is copied.encoder.weight
        with torch.no_grad():
            copied.decoder.weight.fill_(1)
        apply_masks(copied)
        assert torch.equal(copied.decoder.weight != 0, masks_of(pruned)["encoder.weight"])


def test_shared_weights_are_excluded_by_either_name():
    for name in ("encoder.weight", "decoder.weight", "decoder"):
        pruned = prune_net(moved(Tied), sparsity=4, exclude=name)
        assert (pruned.encoder.weight != 0).all()


# Modules of all kinds


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
@pytest.mark.parametrize("strategy", ["magnitude", "hessian", "random"])
def test_other_precisions(dtype, strategy):
    net = moved(mlp).to(dtype)
    pruned = prune_net(net, torch.randn(20, 5), Y, strategy=strategy, sparsity=20, scope="layer")
    assert {weight.dtype for weight in pruned.parameters()} == {dtype}
    assert n_nonzero(pruned) == 20


class Complex(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(5, 4, dtype=torch.complex64)
        self.last = nn.Linear(4, 3, dtype=torch.complex64)

    def forward(self, X):
        return self.last(self.first(X.to(torch.complex64)).square()).abs()


def test_complex_weights_have_real_statistics():
    torch.manual_seed(0)
    net, X, y = Complex(), torch.randn(20, 5), torch.arange(20) % 3
    statistics = {}

    def noted(name, parameter, found):
        statistics[name] = found
        return parameter.abs()

    prune_net(net, X, y, strategy=noted)
    expected = {name: torch.zeros(w.shape) for name, w in net.named_parameters()}
    for row, target in zip(X, y, strict=True):
        net.zero_grad()
        functional.cross_entropy(net(row[None]), target[None]).backward()
        for name, weight in net.named_parameters():
            expected[name] += weight.grad.abs() ** 2 / len(X)
    for name, found in statistics.items():
        torch.testing.assert_close(found, expected[name])
    assert n_nonzero(prune_net(net, X, y, strategy="hessian", sparsity=9)) == 9


def test_a_net_of_which_a_part_is_compiled():
    net, X = moved(mlp), torch.randn(20, 5)
    expected = prune_net(net, X, Y, strategy="hessian", sparsity=20)
    net[0] = torch.compile(net[0], backend="eager")
    found = prune_net(net, X, Y, strategy="hessian", sparsity=20)
    for weight, other in zip(found.parameters(), expected.parameters(), strict=True):
        assert torch.equal(weight, other)


def test_a_pruned_net_is_pruned_further():
    first = prune_net(moved(mlp), sparsity=50, exclude="biases")
    second = prune_net(first, sparsity=20, exclude="norms", strategy="random", random_state=0)
    for name, mask in masks_of(second).items():
        assert not (mask & ~masks_of(first).get(name, torch.tensor(True))).any()
    kept = {name: int(mask.sum()) for name, mask in masks_of(second).items()}
    norm = kept.pop("1.weight")  # which the second excludes
    assert sum(kept.values()) == 20 - kept.get("1.bias", 0) == 20
    assert norm == int(masks_of(first)["1.weight"].sum())
    same = prune_net(second, sparsity=20, exclude="norms")
    assert all(torch.equal(mask, masks_of(second)[n]) for n, mask in masks_of(same).items())
    with pytest.raises(ValueError, match=r"sparsity is 0.5, .* weights, but the net is pruned"):
        prune_net(second, exclude="norms", sparsity=0.5)


def test_masks_come_back_after_loading_a_state_dict():
    pruned = prune_net(moved(mlp), sparsity=30)
    loaded = mlp()
    loaded.load_state_dict(pruned.state_dict())
    again = prune_net(loaded, sparsity=30)
    assert all(torch.equal(mask, masks_of(pruned)[n]) for n, mask in masks_of(again).items())


def test_compiled_modules_and_fitted_nets(digits):
    net = moved(mlp)
    assert n_nonzero(prune_net(torch.compile(net, backend="eager"), sparsity=9, scope="layer")) == 9
    fitted = PrunedNetClassifier(max_epochs=3, module__width=8, sparsity=0.5, random_state=0)
    pruned = prune_net(fitted.fit(*digits), sparsity=100)
    assert n_nonzero(pruned) == 100
    assert sum(fitted.n_kept_.values()) > 100


def test_a_residual_net():
    net = ResNet20(2).eval()
    pruned = prune_net(net, exclude=("norms", "biases", "first", "last"), scope="layer")
    assert torch.equal(pruned.first.weight, net.first.weight)
    assert torch.equal(pruned.blocks[3].norm1.bias, net.blocks[3].norm1.bias)
    assert not pruned.training
    assert pruned(torch.zeros(2, 3, 32, 32)).shape == (2, 10)


def test_a_layer_that_is_emptied_is_told():
    with pytest.warns(UserWarning, match=r"Nothing is left of 4.weight: what comes"):
        prune_net(mlp(), sparsity=2, strategy=equal_scores)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        prune_net(mlp(), sparsity=2, exclude=("norms", "biases"), scope="layer")


def equal_scores(name, parameter, statistics):
    return torch.zeros_like(parameter)


# Loops of one's own


@pytest.mark.parametrize("make", [mlp, Convolutional, Tied])
@pytest.mark.parametrize("through", [lambda net: net, copy.deepcopy])
@pytest.mark.parametrize(
    ("optimizer", "options"),
    [
        (torch.optim.SGD, {"momentum": 0.9, "weight_decay": 0.1}),
        (torch.optim.AdamW, {"weight_decay": 0.1}),
    ],
)
def test_steps_revive_nothing(make, through, optimizer, options):
    net, X = through(prune_net(moved(make), sparsity=0.3, scope="layer")), SAMPLES[make]()
    before = copy.deepcopy(net.state_dict())
    steps = optimizer(net.parameters(), lr=0.1, **options)
    for _ in range(3):
        steps.zero_grad()
        functional.cross_entropy(net(X), Y).backward()
        steps.step()
        apply_masks(net)
    weights = dict(net.named_parameters())
    for name, mask in masks_of(net).items():
        assert not weights[name][~mask].any()
        assert not mask.any() or not torch.equal(weights[name], before[name])


FRESH = """
import sys, torch
from sklearn_prune.neural import apply_masks, layer_table
net, state, X = torch.load(sys.argv[1], weights_only=False)
optimizer = torch.optim.Adam(net.parameters())
optimizer.load_state_dict(state)
for _ in range(3):
    optimizer.zero_grad()
    net(X).square().sum().backward()
    optimizer.step()
    apply_masks(net)
torch.save((net.state_dict(), layer_table(net)), sys.argv[1])
"""


def test_a_training_goes_on_in_another_process(tmp_path):
    net, X = prune_net(moved(two_layers), sparsity=20, scope="layer"), torch.randn(8, 10)

    def step():
        optimizer.zero_grad()
        net(X).square().sum().backward()
        optimizer.step()
        apply_masks(net)

    optimizer = torch.optim.Adam(net.parameters())
    step()
    torch.save((net, optimizer.state_dict(), X), tmp_path / "training.pt")
    subprocess.run([sys.executable, "-c", FRESH, tmp_path / "training.pt"], check=True)
    for _ in range(3):
        step()
    weights, table = torch.load(tmp_path / "training.pt", weights_only=False)
    assert all(torch.equal(value, weights[name]) for name, value in net.state_dict().items())
    assert table == layer_table(net)
    assert sum(table["n_kept"]) == n_nonzero(net) == 20


def test_a_fitted_net_and_a_module_around_one_have_masks():
    around = nn.Sequential(prune_net(mlp(), sparsity=20), nn.ReLU())
    with torch.no_grad():
        around[0][0].weight.fill_(1)
    apply_masks(around)
    assert n_nonzero(around) <= 20 + 40 - 1
    assert torch.equal(around[0][0].weight != 0, masks_of(around)["0.0.weight"])
