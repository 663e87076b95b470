from dataclasses import replace

import pytest
import torch

from sklearn_prune.neural._masks import masks_of, weights_of
from sklearn_prune.neural._net_pruning import kept_counts
from sklearn_prune.neural._study.runs import Run, build, plan, size_of
from sklearn_prune.neural._study.settings import METHODS, make_settings

SETTINGS = make_settings("two-layer", {"widths": (2, 4, 8), "base_widths": (2, 4)})


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


def test_keys_depend_on_what_matters_alone():
    run = Run(SETTINGS, "magnitude", 8, 2, 0)
    others = {"widths": (8,), "base_widths": (2,), "methods": ("magnitude",), "seeds": (0, 5)}
    assert replace(run, settings=replace(SETTINGS, **others)).key == run.key
    for change in ({"epochs": 11}, {"retrain_epochs": 11}, {"batch_size": 7}, {"data": "digits"}):
        assert replace(run, settings=replace(SETTINGS, **change)).key != run.key
    one, float_one = (make_settings("two-layer", {"learning_rate": x}) for x in (1, 1.0))
    assert replace(run, settings=one).key == replace(run, settings=float_one).key
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
    runs = [Run(SETTINGS, method, 8, 2, 0) for method in METHODS[:3]]
    magnitude, random, layerwise = (masks_of(run.pruned_net(trained_state(run))) for run in runs)
    assert kept_counts(layerwise) == kept_counts(magnitude) != kept_counts(random)
    assert not torch.equal(layerwise["hidden.weight"], magnitude["hidden.weight"])
    again = replace(runs[1], seed=1).pruned_net(trained_state(runs[1]))
    assert not torch.equal(masks_of(again)["hidden.weight"], random["hidden.weight"])


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
