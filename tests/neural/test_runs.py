from dataclasses import replace

import pytest
import torch
from drawn import Drawn, correlation

from sklearn_prune.datasets import width_study
from sklearn_prune.neural._masks import masks_of, weights_of
from sklearn_prune.neural._net_pruning import kept_counts
from sklearn_prune.neural._study import runs
from sklearn_prune.neural._study.images import load_images
from sklearn_prune.neural._study.results_table import read_table
from sklearn_prune.neural._study.runs import (
    FIRST_WEIGHTS,
    NEW_WEIGHTS,
    Run,
    build,
    plan,
    size_of,
)
from sklearn_prune.neural._study.settings import METHODS, make_settings

SETTINGS = make_settings("two-layer", {"widths": (2, 4, 8), "base_widths": (2, 4)})

# What the commands of the two studies of sparsities have in common.
LEAST = 0.03, 0.02, 0.01, 0.005
NOISY = {"label_noise": (0, 0.2, 0.4), "seeds": (0, 1, 2), "methods": ("magnitude",)}


def trained_state(run):
    """Return a state far from the initial one."""
    net = run.initial_net()
    with torch.no_grad():
        for k, weight in enumerate(weights_of(net).values()):
            weight.add_(torch.sin(torch.arange(weight.numel()) + k).view_as(weight))
    return net.state_dict()


def test_plan():
    dense, pruned = plan(replace(SETTINGS, seeds=(0, 1)))
    assert [run.width for run in dense] == 2 * [2, 4, 8]
    pairs = {(run.base_width, run.width) for run in pruned}
    assert pairs == {(2, 4), (2, 8), (4, 8)}
    assert len(pruned) == 2 * len(pairs) * len(METHODS)
    assert len({run.key for run in dense + pruned}) == len(dense + pruned)
    twice = plan(replace(SETTINGS, widths=(2, 4, 8, 4), seeds=(0, 1, 1)))
    assert [len(runs) for runs in twice] == [len(dense), len(pruned)]


def test_plan_has_the_small_nets():
    dense, pruned = plan(replace(SETTINGS, widths=(3, 8), base_widths=(2, 5, 8, 9)))
    assert [run.width for run in dense] == [3, 8, 2, 5]
    assert {(run.base_width, run.width) for run in pruned} == {(2, 3), (2, 8), (5, 8)}


def test_plan_of_sparsities():
    shares = {"base_widths": (2,), "sparsities": (1.0, 0.5, 0.1, 0.5), "label_noise": (0.0, 0.2)}
    dense, pruned = plan(replace(SETTINGS, **shares, methods=("magnitude",), seeds=(0, 1)))
    assert {(run.width, run.label_noise) for run in dense} == {
        (width, noise) for width in (2, 4, 8) for noise in (0.0, 0.2)
    }
    of_one_net = [run for run in pruned if (run.seed, run.label_noise) == (1, 0.2)]
    assert [(run.width, run.base_width, run.sparsity) for run in of_one_net] == [
        *((2, None, share) for share in (0.5, 0.1)),
        *((4, *size) for size in ((2, None), (None, 0.5), (None, 0.1))),
        *((8, *size) for size in ((2, None), (None, 0.5), (None, 0.1))),
    ]
    assert {run.dense for run in pruned} <= set(dense)
    assert len({run.key for run in dense + pruned}) == len(dense + pruned) == 4 * (3 + 8)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("sparsity", "n_keep"), [(0.5, 3185), (0.1, 637), (1e-9, 1)])
def test_keeps_a_share_of_the_weights(method, sparsity, n_keep):
    run = Run(SETTINGS, method, 8, None, 0, sparsity=sparsity)
    assert run.n_keep == n_keep
    net = run.pruned_net(trained_state(run))
    assert sum(kept_counts(masks_of(net)).values()) == n_keep


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("mnist_two_layer", {"seeds": (0, 1, 2)}),
        (
            "digits_two_layer_sparsities",
            {
                "data": "digits",
                "widths": (256,),
                "sparsities": (*(1, 0.5, 0.3, 0.2, 0.15, 0.1, 0.07, 0.05), *LEAST, 0.002),
                "epochs": 200,
                "retrain_epochs": 200,
                "learning_rate": 0.01,
            }
            | NOISY,
        ),
        (
            "mnist_two_layer_sparsities",
            {
                "n_train": 2000,
                "widths": (128,),
                "sparsities": (*(1, 0.5, 0.3, 0.2, 0.1, 0.07, 0.05), *LEAST, 0.002, 0.001),
                "epochs": 80,
                "retrain_epochs": 80,
                "learning_rate": 0.005,
            }
            | NOISY,
        ),
    ],
)
def test_tables_of_the_package_are_of_the_documented_commands(table, values):
    dense, pruned = plan(make_settings("two-layer", values))
    assert list(read_table(width_study(table))) == [run.key for run in dense + pruned]


def test_keys_depend_on_what_matters_alone():
    run = Run(SETTINGS, "magnitude", 8, 2, 0)
    others = {"widths": (8,), "base_widths": (2,), "methods": ("magnitude",), "seeds": (0, 5)}
    assert replace(run, settings=replace(SETTINGS, **others)).key == run.key
    for change in ({"epochs": 11}, {"retrain_epochs": 11}, {"batch_size": 7}, {"data": "digits"}):
        assert replace(run, settings=replace(SETTINGS, **change)).key != run.key
    one, float_one = (make_settings("two-layer", {"learning_rate": x}) for x in (1, 1.0))
    assert replace(run, settings=one).key == replace(run, settings=float_one).key
    assert replace(run, label_noise=0.2).key != run.key
    shares = [replace(run, base_width=None, sparsity=share).key for share in (0.1, 0.2)]
    assert len({run.key, *shares}) == 3
    retrained = replace(SETTINGS, retrain_epochs=11, retrain="reinit")
    for method in ("dense", "no-retraining"):
        one = Run(SETTINGS, method, 8, None, 0)
        assert replace(one, settings=retrained).key == one.key


@pytest.mark.parametrize("architecture", ["two-layer", "resnet20"])
@pytest.mark.parametrize("method", METHODS)
def test_keeps_as_many_weights_as_the_base_width_has(architecture, method):
    settings = make_settings(architecture, {})
    run = Run(settings, method, 6, 2, 0)
    net = run.pruned_net(trained_state(run))
    n_keep = sum(p.numel() for p in build(settings, 2).parameters())
    assert sum(int(mask.sum()) for mask in masks_of(net).values()) == n_keep == size_of(settings, 2)
    for name, mask in masks_of(net).items():
        assert not weights_of(net)[name][~mask].any()


def test_random_masks():
    pruned = [Run(SETTINGS, method, 8, 2, 0) for method in METHODS[:3]]
    magnitude, random, layerwise = (masks_of(run.pruned_net(trained_state(run))) for run in pruned)
    assert kept_counts(layerwise) == kept_counts(magnitude) != kept_counts(random)
    assert not torch.equal(layerwise["hidden.weight"], magnitude["hidden.weight"])
    again = replace(pruned[1], seed=1).pruned_net(trained_state(pruned[1]))
    assert not torch.equal(masks_of(again)["hidden.weight"], random["hidden.weight"])


def test_random_masks_know_nothing_of_the_weights(monkeypatch):
    run = Run(SETTINGS, "random", 8, 2, 0)
    monkeypatch.setattr(runs, "build", lambda _settings, _width: Drawn())
    monkeypatch.setattr(runs, "size_of", lambda _settings, _width: 320)
    mask = masks_of(run.pruned_net(run.initial_net().state_dict()))["weight"]
    for stream in (FIRST_WEIGHTS, NEW_WEIGHTS):
        initial = run.initial_net(stream).weight
        assert abs(correlation(initial, mask)) < 4 / initial.numel() ** 0.5


@pytest.mark.parametrize("retrain", ["rewind", "finetune", "reinit"])
def test_where_retraining_begins(retrain):
    run = Run(replace(SETTINGS, retrain=retrain), "magnitude", 8, 2, 0)
    state, initial = trained_state(run), run.initial_net().state_dict()
    net = run.pruned_net(state)
    kept = masks_of(net)["hidden.weight"]
    weight = net.state_dict()["hidden.weight"][kept]
    same = [torch.equal(weight, s["hidden.weight"][kept]) for s in (initial, state)]
    assert same == [retrain == "rewind", retrain == "finetune"]


def test_leaves_the_random_state_alone():
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    run = Run(SETTINGS, "random", 8, 2, 0)
    run.pruned_net(trained_state(run))
    assert torch.equal(torch.rand(1), expected)


def test_wrong_labels_depend_on_seed_and_share_alone():
    images = load_images(make_settings("two-layer", {"data": "digits"}), None)
    noisy = Run(SETTINGS, "magnitude", 8, 2, 3, label_noise=0.2)
    labels = noisy.images(images).y_train
    for other in (noisy.dense, replace(noisy, width=4, base_width=None, sparsity=0.1)):
        assert torch.equal(other.images(images).y_train, labels)
    assert not torch.equal(replace(noisy, seed=4).images(images).y_train, labels)
    assert torch.equal(replace(noisy, label_noise=0.0).images(images).y_train, images.y_train)
