"""What is pruned is zero at every step, however the net came there."""

import copy
import io
import pickle
import subprocess
import sys
from functools import partial

import numpy as np
import pytest
import torch
from sklearn.base import clone
from skorch.callbacks import Callback
from torch import nn

from sklearn_prune.neural import PrunedNetClassifier, PrunedNetRegressor, ResNet20, TwoLayerNet
from sklearn_prune.neural._flushed_denormals import is_flushing
from sklearn_prune.neural._masks import masks_of, set_masks, weights_of

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*no better than guessing"),
    pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor"),  # criteria, compiled
]
COMPILED = {"compile": True, "compile__backend": "eager"}


class Watch(Callback):
    """Count the steps of pruned nets, of which each must begin with zeros."""

    def initialize(self):
        self.n_steps_ = 0
        return self

    def on_grad_computed(self, net, **kwargs):
        masks = masks_of(net.module_)
        weights = weights_of(net.module_)
        assert not any(weights[name][~mask].any() for name, mask in masks.items())
        self.n_steps_ += any(not mask.all() for mask in masks.values())


def make(**params):
    defaults = {"max_epochs": 2, "random_state": 0, "scope": "layer", "batch_size": 50}
    defaults |= {"callbacks": [("watch", Watch())], "strategy": "magnitude"}
    if "module" not in params:
        defaults["module__width"] = 8
    return PrunedNetClassifier(**defaults | params)


def n_watched(net):
    return dict(net.callbacks_)["watch"].n_steps_


def assert_pruned(net, n_kept):
    assert net.n_kept_ == n_kept
    weights = weights_of(net.module_)
    assert sum(int((w != 0).sum()) for w in weights.values()) <= sum(n_kept.values())
    assert all(not weights[name][~mask].any() for name, mask in net.masks_.items())


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"retrain": "finetune", "n_rounds": 2},
        {"optimizer": torch.optim.SGD, "optimizer__momentum": 0.9, "lr": 0.1},
        {"optimizer": torch.optim.Adam, "optimizer__weight_decay": 0.1},
        COMPILED,
    ],
)
def test_in_a_fit(digits, params):
    net = make(**params).fit(*digits)
    assert n_watched(net) == 2 * 6  # of the last retraining
    assert_pruned(net, net.n_kept_)
    assert sum(net.n_kept_.values()) == round(0.1 * net.n_weights_)


def saved_and_loaded(net):
    net.save_params(f_params=(file := io.BytesIO()))
    file.seek(0)
    other = clone(net).set_params(module__n_inputs=64).initialize()
    other.load_params(f_params=file)
    return other


@pytest.mark.parametrize(
    "through",
    [
        lambda net: net,
        copy.deepcopy,
        lambda net: pickle.loads(pickle.dumps(net)),
        saved_and_loaded,
    ],
)
@pytest.mark.parametrize("compiled", [{}, COMPILED])
def test_in_further_epochs(digits, through, compiled):
    net = make(**compiled).fit(*digits)
    before = copy.deepcopy(net.module_.state_dict())
    further = through(net)
    n_kept = further.n_kept_
    assert sum(n_kept.values()) <= sum(net.n_kept_.values())
    further.partial_fit(*digits)
    assert n_watched(further) == 2 * 6
    assert_pruned(further, n_kept)
    if further is not net:
        assert all(map(torch.equal, net.module_.state_dict().values(), before.values()))


@pytest.mark.parametrize("strategy", ["magnitude", "hessian", "random"])
@pytest.mark.parametrize("retrain", ["rewind", "reinit"])
def test_a_compiled_net_is_that_of_a_plain_one(digits, strategy, retrain):
    params = {"strategy": strategy, "retrain": retrain}
    plain, compiled = (make(**params, **how).fit(*digits) for how in ({}, COMPILED))
    inside = compiled.module_._orig_mod.state_dict()
    for name, value in plain.module_.state_dict().items():
        torch.testing.assert_close(inside[name], value)
    assert list(compiled.n_kept_.values()) == list(plain.n_kept_.values())


def count(monkeypatch, name, fit):
    """Return how often a fit calls a method of modules."""
    calls = []
    method = getattr(nn.Module, name)

    def counted(*args, **options):
        calls.append(args)
        return method(*args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(nn.Module, name, counted)
        fit()
    return len(calls)


@pytest.mark.parametrize("name", ["named_buffers", "get_submodule"])
def test_steps_do_not_search_for_masks(digits, name, monkeypatch):
    few, many = (
        count(monkeypatch, name, partial(make(batch_size=size, callbacks=None).fit, *digits))
        for size in (300, 10)
    )
    assert few == many > 0


class Replace(Callback):
    """Do something to the net between two steps of its retraining."""

    def __init__(self, change):
        self.change = change

    def on_batch_end(self, net, training=False, **kwargs):
        if training and net.masks_ and len(net.history[-1, "batches"]) == 2:
            self.change(net)


def copy_module(net):
    net.module_ = copy.deepcopy(net.module_)
    net.initialize_optimizer()


@torch.no_grad()
def replace_memory(net):
    for weight in net.module_.parameters():
        weight.data = weight.data.clone()


def load_others(net):
    net.module_.load_state_dict(TwoLayerNet(8, 64).state_dict())


def load_themselves(net):
    net.load_params(f_params=net_file(net))


def net_file(net):
    net.save_params(f_params=(file := io.BytesIO()))
    file.seek(0)
    return file


def assign_others(net):
    net.module_.load_state_dict(TwoLayerNet(8, 64).state_dict(), assign=True)
    net.initialize_optimizer()


@pytest.mark.parametrize(
    "change", [copy_module, replace_memory, load_others, load_themselves, assign_others]
)
def test_under_callbacks_that_replace_things(digits, change):
    net = make(callbacks=[("replace", Replace(change))]).fit(*digits)
    assert_pruned(net, net.n_kept_)
    net.set_params(callbacks__replace=None)
    watched = make().fit(*digits)
    assert net.n_kept_ == watched.n_kept_


def prune_more(net):
    masks = {name: mask.clone() for name, mask in net.masks_.items()}
    masks["hidden.weight"][1:] = False
    set_masks(net.module_, masks)


def test_masks_that_a_callback_sets(digits):
    callbacks = [("replace", Replace(prune_more)), ("watch", Watch())]
    net = make(callbacks=callbacks).fit(*digits)
    assert not net.masks_["hidden.weight"][1:].any()
    assert_pruned(net, net.n_kept_)


def test_nothing_of_the_steps_stays_in_the_net(digits):
    net = make().fit(*digits)
    assert "masked_weights_" not in pickle.loads(pickle.dumps(net)).__dict__
    assert net.masked_weights_ is None
    assert not is_flushing()


def test_a_step_by_hand(digits):
    """`train_step` is public, and its masks are those of the net that it finds."""
    net = make().fit(*digits)
    batch = torch.from_numpy(np.float32(digits[0][:20])), torch.from_numpy(digits[1][:20])
    for other in (net, copy.deepcopy(net)):
        other.train_step(batch)
        assert_pruned(other, net.n_kept_)


class SeesDenormals(TwoLayerNet):
    def forward(self, X):
        if self.training:
            assert is_flushing()
        return super().forward(X)


def test_denormal_numbers_are_zero_in_steps_alone(digits):
    seen = []

    class See(Callback):
        def on_batch_end(self, net, **kwargs):
            seen.append(is_flushing())

    net = make(module=SeesDenormals, module__width=4, callbacks=[See()]).fit(*digits)
    assert len(seen) == 4 * 6
    assert not any(seen)
    net.predict(digits[0])
    assert not is_flushing()


READ = """
import pickle, sys
import torch
from sklearn_prune.neural._masks import weights_of
with open(sys.argv[1], "rb") as file:
    net, X, y = pickle.load(file)
n_kept = net.n_kept_
net.partial_fit(X, y)
weights = weights_of(net.module_)
assert net.n_kept_ == n_kept
assert not any(weights[name][~mask].any() for name, mask in net.masks_.items())
torch.save(net.module_.state_dict(), sys.argv[2])
"""


def test_in_a_fresh_process(digits, tmp_path):
    """A pickle there goes on as the net here does: optimiser, masks, random numbers."""
    net = make(callbacks=None).fit(*digits)
    (tmp_path / "net").write_bytes(pickle.dumps((net, *digits)))
    command = [sys.executable, "-W", "ignore", "-c", READ]
    subprocess.run([*command, tmp_path / "net", tmp_path / "state"], check=True)
    net.partial_fit(*digits)
    there = torch.load(tmp_path / "state", weights_only=True)
    for name, value in net.module_.state_dict().items():
        torch.testing.assert_close(there[name], value, rtol=1e-5, atol=1e-6)


def test_images_in_channels_last(images):
    X, y = images
    net = make(module=ResNet20, module__width=2, max_epochs=1, batch_size=10).fit(X, y)
    assert n_watched(net) == 2
    assert_pruned(net, net.n_kept_)


def test_a_regressor(diabetes):
    params = {"module__width": 8, "max_epochs": 2, "random_state": 0}
    net = PrunedNetRegressor(sparsity=40, callbacks=[("watch", Watch())], **params).fit(*diabetes)
    assert n_watched(net) > 0
    assert_pruned(net, net.n_kept_)
