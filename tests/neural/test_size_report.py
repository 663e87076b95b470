"""What a net costs is what counting by hand says."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from hand_made import made, n_parameters, pruned
from safetensors.torch import save
from torch import nn

from sklearn_prune.neural import (
    PrunedNetClassifier,
    ResNet20,
    TwoLayerNet,
    compact,
    compression_report,
    save_sparse,
)
from sklearn_prune.neural._compact import latency
from sklearn_prune.neural._masks import masks_from_zeros, set_masks

TIMES = ["latency_ms_1", "latency_ms_256"]


@pytest.fixture(autouse=True)
def fast(monkeypatch):
    monkeypatch.setattr(latency, "SECONDS", 0.0)


def test_counts_by_hand(tmp_path):
    net = nn.Sequential(nn.Linear(20, 50), nn.ReLU(), nn.Linear(50, 4))
    with torch.no_grad():
        net[0].weight[10:] = 0
        net[0].bias[:7] = 0
        net[0].weight[:10, 5:] = 0
    set_masks(net, masks_from_zeros(net))
    report = compression_report(net, torch.randn(3, 20))
    small = compact(net)
    save_sparse(small, tmp_path / "net.safetensors")
    assert report["form"] == ["given", "compact", "compact, sparse file"]
    assert report["parameters"] == [20 * 50 + 50 + 50 * 4 + 4] + 2 * [20 * 10 + 10 + 10 * 4 + 4]
    assert report["nonzero"] == [10 * 5 + 43 + 200 + 4] + 2 * [10 * 5 + 3 + 40 + 4]
    assert report["bytes_in_memory"] == [4 * n for n in report["parameters"]]
    assert report["flops"] == [2 * (1000 + 200)] + 2 * [2 * (200 + 40)]
    sizes = [len(save(net.state_dict())), len(save(small.state_dict()))]
    assert report["bytes_on_disk"] == [*sizes, (tmp_path / "net.safetensors").stat().st_size]
    assert all(min(report[name]) > 0 for name in TIMES)


def test_flops_of_images_by_hand():
    net = nn.Sequential(nn.Conv2d(2, 3, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(75, 2))
    report = compression_report(net, np.zeros((2, 2, 5, 5)))
    assert report["flops"] == 3 * [2 * (25 * 3 * 2 * 9 + 75 * 2)]


@pytest.mark.parametrize("name", ["two inputs", "tied", "mixed", "auxiliary", "residual"])
def test_nets_of_all_kinds(name):
    net, X = made(name)
    net = pruned(net, 0).train()
    before = {key: weight.clone() for key, weight in net.state_dict().items()}
    report = compression_report(net, tuple(X))
    assert net.training
    assert report["parameters"][0] == n_parameters(net)
    assert all(torch.equal(before[key], weight) for key, weight in net.state_dict().items())
    assert report["flops"][1] <= report["flops"][0]


def test_the_table_is_read_by_pandas_and_polars():
    report = compression_report(TwoLayerNet(4, 3, 2), torch.zeros(1, 3))
    table = pl.DataFrame(report)
    assert table.shape == (3, 8)
    pd.testing.assert_frame_equal(pd.DataFrame(report), table.to_pandas())


def test_arguments_by_name_and_one_thread(monkeypatch):
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    net, (table, other) = made("two inputs", dtype=torch.float32)
    seen = []
    net.last.register_forward_pre_hook(lambda *_: seen.append(torch.get_num_threads()))
    report = compression_report(net, {"other": other.numpy(), "table": table.numpy()})
    assert len(report["form"]) == 3
    assert torch.get_num_threads() == 2
    torch.set_num_threads(threads)
    assert 1 in seen


@pytest.mark.filterwarnings("ignore:.*no better than guessing")
def test_estimators_take_what_they_were_fitted_to(digits):
    X, y = digits
    pixels = (16 * X).astype(np.uint8)
    net = PrunedNetClassifier(sparsity=0.1, max_epochs=1, lr=0.001, random_state=0)
    report = compression_report(net.fit(pixels, y), pixels)
    assert report["nonzero"][0] <= sum(net.n_kept_.values()) < report["parameters"][0]


def test_tied_weights_count_once():
    net = nn.Sequential(nn.Linear(30, 30, bias=False), nn.ReLU(), nn.Linear(30, 30, bias=False))
    net[2].weight = net[0].weight
    report = compression_report(net, torch.zeros(1, 30))
    assert report["parameters"] == 3 * [900]
    assert report["bytes_in_memory"] == 3 * [3600]


def test_a_resnet():
    torch.manual_seed(0)
    net = pruned(ResNet20(2), 0, dead=0.3)
    report = compression_report(net, torch.randn(1, 3, 32, 32))
    assert report["flops"][1] < report["flops"][0] / 2
    assert report["parameters"][1] == n_parameters(compact(net))
