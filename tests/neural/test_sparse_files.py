"""Files without zeros give the same weights back."""

import json
import subprocess
import sys
from copy import deepcopy

import numpy as np
import pytest
import torch
from hand_made import NETS, made, pruned
from hypothesis import given
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn

from sklearn_prune.neural import (
    PrunedNetClassifier,
    ResNet20,
    TwoLayerNet,
    compact,
    load_sparse,
    prune_net,
    save_sparse,
)
from sklearn_prune.neural._compact.packed_zeros import BITMAP, GAPS, HEADER, packed, unpacked
from sklearn_prune.neural._masks import masks_from_zeros, masks_of, set_masks


@pytest.fixture
def file(tmp_path):
    return tmp_path / "net.safetensors"


def assert_identical(found, expected):
    assert found.dtype == expected.dtype
    torch.testing.assert_close(found, expected, rtol=0, atol=0, equal_nan=True)


@pytest.mark.parametrize("name", NETS)
def test_round_trip(name, file):
    net, _ = made(name, 1)
    save_sparse(pruned(net, 2), file)
    other, _ = made(name, 3)
    assert load_sparse(other, file) is other
    for key, weight in other.state_dict().items():
        assert_identical(weight, net.state_dict()[key])


@given(st.integers(1, 5000), st.floats(0, 1), st.sampled_from(["float16", "float64", "int64"]))
def test_tensors_come_back(n, density, dtype):
    rng = np.random.default_rng(n)
    values = (rng.standard_normal(n) * 9 * (rng.random(n) < density)).astype(dtype)
    tensor = torch.from_numpy(values)
    if (sparse := packed(tensor)) is None:
        bitmap = np.count_nonzero(values) * values.itemsize + np.ceil(n / 8)
        assert HEADER + bitmap >= values.nbytes
    else:
        index, places, kept = sparse
        assert len(places) + kept.nbytes + HEADER < tensor.nbytes
        assert_identical(unpacked(index, places, kept, [n]), tensor)


@pytest.mark.parametrize("gap", [0, 1, 253, 254, 255, 256, 509, 510, 511, 1000])
def test_gaps_of_any_length(gap):
    tensor = torch.zeros(3 * gap + 600)
    tensor[[gap, 2 * gap + 1]] = 1
    index, places, values = packed(tensor)
    assert index == (GAPS if gap < 4000 else BITMAP)
    assert_identical(unpacked(index, places, values, [len(tensor)]), tensor)


def test_what_is_not_finite_comes_back_and_zeros_lose_their_sign():
    tensor = torch.zeros(1000)
    tensor[[3, 500, 700]] = torch.tensor([-0.0, float("nan"), float("inf")])
    index, places, values = packed(tensor)
    assert len(values) == 2
    assert_identical(unpacked(index, places, values, [1000]), tensor)


@pytest.mark.parametrize(
    ("density", "index", "bytes_a_weight"),
    [(0.02, GAPS, 0.02 * 5), (0.5, BITMAP, 0.5 * 4 + 1 / 8), (0.99, None, 4)],
)
def test_the_smaller_form_is_taken(density, index, bytes_a_weight, file):
    torch.manual_seed(0)
    net = nn.Linear(1000, 100, bias=False)
    with torch.no_grad():
        net.weight *= torch.rand(net.weight.shape) < density
    save_sparse(net, file)
    assert file.stat().st_size == pytest.approx(1e5 * bytes_a_weight, rel=0.06)
    with safe_open(file, "pt") as content:
        names = {"weight"} if index is None else {"weight:values", f"weight:{index}"}
        assert set(content.keys()) == names
        assert content.metadata()["format"] == "pt"


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_precisions_are_kept(dtype, file):
    net = pruned(nn.Linear(50, 40), 0).to(dtype)
    save_sparse(net, file)
    other = load_sparse(nn.Linear(50, 40).to(dtype), file)
    assert other.weight.dtype == dtype
    assert torch.equal(other.weight, net.weight)


def test_shared_weights_are_written_once(file):
    net = nn.Sequential(nn.Linear(40, 40), nn.Linear(40, 40))
    net[1].weight = net[0].weight
    save_sparse(net, file)
    assert file.stat().st_size < 1.5 * 40 * 40 * 4
    other = deepcopy(net)
    nn.init.zeros_(other[0].weight)
    load_sparse(other, file)
    assert other[1].weight is other[0].weight
    assert torch.equal(other[1].weight, net[0].weight)


def test_dense_files_of_safetensors(file):
    net = pruned(TwoLayerNet(9, 6, 2), 0)
    save_file(net.state_dict(), file)
    other = load_sparse(TwoLayerNet(9, 6, 2), file)
    assert torch.equal(other.hidden.weight, net.hidden.weight)
    dense = {name: torch.randn_like(weight) for name, weight in net.state_dict().items()}
    other.load_state_dict(dense)
    save_sparse(other, file)
    assert load_file(file).keys() == dense.keys()


def test_masks_become_those_of_the_file(file):
    net, other = pruned(TwoLayerNet(9, 6, 2), 0), pruned(TwoLayerNet(9, 6, 2), 1)
    save_sparse(net, file)
    set_masks(other, masks_from_zeros(other))
    load_sparse(other, file)
    for name, mask in masks_of(other).items():
        assert torch.equal(mask, net.state_dict()[name] != 0)


def test_estimators(digits, file):
    X, y = digits
    params = {"sparsity": 0.1, "max_epochs": 2, "lr": 0.01, "random_state": 0}
    net = PrunedNetClassifier(**params).fit(X, y)
    save_sparse(net, file)
    assert file.stat().st_size < 4 * net.n_weights_ / 2
    other = PrunedNetClassifier(module__n_inputs=64).initialize()
    assert load_sparse(other, file) is other
    np.testing.assert_array_equal(other.predict_proba(X), net.predict_proba(X))


@pytest.mark.parametrize("name", NETS)
def test_a_net_from_before_takes_the_weights_of_the_compact_one(name, file):
    net, X = made(name, 1)
    small = compact(pruned(net, 2))
    save_sparse(small, file)
    other, _ = made(name, 3)
    with torch.no_grad():
        assert torch.equal(load_sparse(other, file, resize=True)(*X), small(*X))
    assert repr(other) == repr(small)


@pytest.mark.parametrize("shortcut", ["projection", "padding"])
def test_a_compact_resnet_comes_back(shortcut, file):
    torch.manual_seed(0)
    net = ResNet20(3, shortcut=shortcut)
    small = compact(pruned(net.eval(), 0, dead=0.3))
    save_sparse(small, file)
    other = load_sparse(ResNet20(3, shortcut=shortcut).eval(), file, resize=True)
    X = torch.randn(2, 3, 32, 32)
    assert torch.equal(other(X), small(X))
    set_masks(net, masks_from_zeros(net))
    load_sparse(net, file, resize=True)
    for key, mask in masks_of(net).items():
        assert torch.equal(mask, small.state_dict()[key] != 0)


def test_resizing_does_not_turn_one_layer_into_another(file):
    save_sparse(nn.Conv2d(3, 4, 3), file)
    with pytest.raises(ValueError, match=r"weight has the shape \(4, 3, 3, 3\) in"):
        load_sparse(nn.Conv2d(3, 4, 5), file, resize=True)
    save_sparse(nn.LayerNorm(4), file)
    with pytest.raises(ValueError, match=r"has the shape \(4,\) in"):
        load_sparse(nn.LayerNorm(5), file, resize=True)


def test_a_file_that_fits_another_net(file):
    save_sparse(TwoLayerNet(4, 3, 2), file)
    with pytest.raises(ValueError, match=r"has the shape \(4,.* in .*, and \(5,"):
        load_sparse(TwoLayerNet(5, 3, 2), file)
    with pytest.raises(ValueError, match=r"is in Linear, but not in .*net.safetensors: give a net"):
        load_sparse(nn.Linear(3, 4), file)
    with pytest.raises(ValueError, match=r"is torch.float32 in .*, and torch.float64"):
        load_sparse(TwoLayerNet(4, 3, 2).double(), file)


def test_files_that_are_damaged(file):
    save_sparse(TwoLayerNet(4, 3, 2), file)
    content = file.read_bytes()
    for wrong in (b"", b"a,b\n1,2\n", content[:50], content[:-3]):
        file.write_bytes(wrong)
        with pytest.raises(ValueError, match=r"net.safetensors is no file of safetensors \("):
            load_sparse(TwoLayerNet(4, 3, 2), file)
    with pytest.raises(FileNotFoundError):
        load_sparse(TwoLayerNet(4, 3, 2), file.with_name("missing"))


def test_no_damage_goes_unseen(file):
    net = prune_net(TwoLayerNet(20, 9, 3), sparsity=0.2, exclude="biases")
    save_sparse(net, file)
    content = file.read_bytes()
    with safe_open(file, "pt") as opened:
        said = json.dumps(opened.metadata()["sklearn_prune"]).encode()
    about = content.index(said)
    weights = content.rindex(b"}") + 1
    other, before = TwoLayerNet(20, 9, 3), TwoLayerNet(20, 9, 3)
    other.load_state_dict(before.state_dict())
    for place in [*range(about, about + len(said), 2), *range(weights, len(content))]:
        damaged = bytearray(content)
        damaged[place] ^= 1
        file.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"net.safetensors|but not in TwoLayerNet"):
            load_sparse(other, file)
    assert all(map(torch.equal, other.parameters(), before.parameters()))


def test_a_net_that_does_not_fit_is_left_as_it_was(file):
    save_sparse(nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Linear(3, 2)), file)
    other = nn.Sequential(nn.Linear(4, 9), nn.BatchNorm1d(9), nn.Linear(9, 2), nn.Linear(2, 2))
    before = {name: weight.clone() for name, weight in other.state_dict().items()}
    with pytest.raises(ValueError, match=r"3.weight is in Sequential, but not in"):
        load_sparse(other, file, resize=True)
    assert other[0].out_features == 9
    assert all(torch.equal(weight, before[name]) for name, weight in other.state_dict().items())


def test_a_dense_file_needs_safetensors_alone(file):
    net = pruned(nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3)), 0)
    save_file(net.state_dict(), file)
    code = f"""
import sys
sys.modules["sklearn_prune"] = sys.modules["sklearn"] = sys.modules["skorch"] = None
from torch import nn
from safetensors.torch import load_file
net = nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3))
net.load_state_dict(load_file(r"{file}"))
"""
    subprocess.run([sys.executable, "-c", code], check=True)
