from contextlib import nullcontext
from itertools import cycle
from unittest.mock import MagicMock

import numpy as np
import pytest
import torch

from sklearn_prune.neural import ResNet20, TwoLayerNet
from sklearn_prune.neural._masks import masks_of, set_masks, weights_of
from sklearn_prune.neural._net_pruning import keep_global
from sklearn_prune.neural._saliency import magnitude
from sklearn_prune.neural._study import side_by_side
from sklearn_prune.neural._study.alignment import aligned, narrow, widen
from sklearn_prune.neural._study.images import standardize
from sklearn_prune.neural._study.side_by_side import GraphTrainer, train_side_by_side
from sklearn_prune.neural._study.trainer import Trainer


@pytest.fixture
def images(rng):
    x = rng.integers(0, 256, (80, 32, 32, 3), dtype=np.uint8)
    return standardize(
        x[:60], np.arange(60) % 10, x[60:], np.arange(20) % 10, by_pixel=True, margin=2
    )


def trainer(images, net=None, *, kind=Trainer, pruned=True, seed=0, n_epochs=3):
    torch.manual_seed(0)
    net = TwoLayerNet(4, n_inputs=3072) if net is None else net
    if pruned:
        set_masks(net, keep_global(magnitude(net), 500))
    options = {"batch_size": 16, "learning_rate": 1e-2, "precision": torch.float32}
    return kind(net, images, n_epochs=n_epochs, seed=seed, **options)


def train(trainer, n_epochs):
    for _ in range(n_epochs):
        trainer.train_epoch()
    return trainer


def assert_same_weights(first, second):
    for one, other in zip(first.values(), second.values(), strict=True):
        assert torch.equal(one, other)


def test_learns(images):
    net = trainer(images, TwoLayerNet(64, n_inputs=3072), pruned=False)
    assert net.error_rates()[0] > 0.8
    assert train(net, 40).error_rates()[0] < 0.5


@pytest.mark.parametrize("net", [TwoLayerNet(4, n_inputs=3072), ResNet20(2)])
def test_what_is_pruned_stays_zero(images, net):
    module = train(trainer(images, net), 2).module
    for name, mask in masks_of(module).items():
        assert not weights_of(module)[name][~mask].any()
    kept = sum(int(mask.sum()) for mask in masks_of(module).values())
    assert kept == 500 >= sum(int((w != 0).sum()) for w in weights_of(module).values())


def test_going_on_is_like_never_stopping(images, tmp_path):
    whole = train(trainer(images), 4)
    torch.save(train(trainer(images), 2).state_dict(), tmp_path / "state")
    halves = trainer(images)
    halves.load_state_dict(torch.load(tmp_path / "state", weights_only=True))
    train(halves, 2)
    assert_same_weights(whole.module.state_dict(), halves.module.state_dict())


def test_epochs_and_seeds_differ(images):
    net = trainer(images)
    orders = []
    for seed, epoch in ((0, 0), (0, 1), (1, 0)):
        net.seed, net.epoch = seed, epoch
        net.shuffle()
        orders.append(net.order.clone())
        assert len(net.order.unique()) == net.order.numel()
    assert not any(torch.equal(orders[i], orders[j]) for i, j in ((0, 1), (0, 2), (1, 2)))


def test_leaves_the_random_state_alone(images):
    net = trainer(images)
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    train(net, 1)
    assert torch.equal(torch.rand(1), expected)


@pytest.mark.parametrize("pruned", [False, True])
def test_a_wider_net_trains_the_one_inside_it(images, pruned):
    # The last digits of single precision grow with every step, so there are few.
    images = images._replace(x_train=images.x_train.double(), x_test=images.x_test.double())
    alone = trainer(images, ResNet20(3).double(), pruned=pruned)
    inside = trainer(images, widen(alone.module, ResNet20(aligned(3)).double()), pruned=False)
    X = images.x_test.permute(0, 3, 1, 2)
    torch.testing.assert_close(inside.module(X), alone.module(X))
    train(alone, 1)
    train(inside, 1)
    found = narrow(inside.module, ResNet20(3).double()).state_dict()
    for name, expected in alone.module.state_dict().items():
        torch.testing.assert_close(found[name], expected, rtol=1e-5, atol=1e-6)
    sizes = [
        sum(int((w != 0).sum()) for w in weights_of(net.module).values()) for net in (alone, inside)
    ]
    assert sizes[0] == sizes[1]


def test_aligned():
    assert [aligned(width) for width in (1, 8, 9, 50)] == [8, 8, 16, 56]


def addresses(trainer):
    moments = [m for moments in trainer.optimizer.state.values() for m in moments.values()]
    return [tensor.data_ptr() for tensor in (*trainer.module.parameters(), *moments)]


class Eager(GraphTrainer):
    """A graph trainer that works off every step when it is queued, on a CPU."""

    def step(self):
        Trainer.step(self)


@pytest.fixture
def no_cuda(monkeypatch):
    """What graph trainers ask of CUDA, done by nothing."""
    stream = MagicMock()
    stream.record_event.return_value.query.side_effect = lambda: next(answers)
    answers = cycle([False, False, True])
    for name in ("Stream", "current_stream"):
        monkeypatch.setattr(torch.cuda, name, lambda: stream)
    for name in ("stream", "graph"):
        monkeypatch.setattr(torch.cuda, name, lambda *_args, **_options: nullcontext())
    monkeypatch.setattr(torch.cuda, "CUDAGraph", MagicMock)
    monkeypatch.setattr(side_by_side, "WARM_UP_STEPS", 2)  # recording is a third one here


def test_side_by_side_is_like_one_after_the_other(images, no_cuda):
    nets = ((seed, trainer(images, kind=Eager, seed=seed)) for seed in range(5))
    done = dict(train_side_by_side(nets, 2))
    assert sorted(done) == list(range(5))
    for seed, net in done.items():
        plain = train(trainer(images, seed=seed), 3)
        assert_same_weights(net.module.state_dict(), plain.module.state_dict())


def test_side_by_side_goes_on_between_epochs(images, no_cuda, tmp_path):
    def save(name, net):
        epochs.append((name, net.epoch))
        torch.save(net.state_dict(), tmp_path / f"{name}{net.epoch}")

    epochs = []
    nets = [(name, trainer(images, kind=Eager, n_epochs=4)) for name in "ab"]
    (_, whole), _ = train_side_by_side(iter(nets), 2, save)
    assert sorted(epochs) == [(name, epoch) for name in "ab" for epoch in range(4)]
    for epoch in range(4):
        rest = trainer(images, kind=Eager, n_epochs=4)
        memory = addresses(rest)
        rest.load_state_dict(torch.load(tmp_path / f"a{epoch}", weights_only=True))
        assert addresses(rest) == memory  # a graph reads and writes there
        assert len(list(train_side_by_side(iter([("a", rest)]), 1))) == 1
        assert_same_weights(rest.module.state_dict(), whole.module.state_dict())


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_graphs_side_by_side_train_like_a_plain_loop(images):
    on_gpu = images.to(torch.device("cuda"), torch.float32)
    nets = [(k, trainer(on_gpu, ResNet20(8), kind=GraphTrainer, seed=k)) for k in range(3)]
    for seed, net in train_side_by_side(iter(nets), 2):
        plain = train(trainer(on_gpu, ResNet20(8), seed=seed), 3)
        for one, other in zip(net.module.parameters(), plain.module.parameters(), strict=True):
            torch.testing.assert_close(one, other, rtol=0.05, atol=0.02)
