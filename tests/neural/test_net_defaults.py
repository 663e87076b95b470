"""Nets as they come are good ones, and those that are not say so."""

import warnings

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import train_test_split
from skorch.callbacks import Callback
from torch import nn

from sklearn_prune.neural import PrunedNetClassifier, PrunedNetRegressor
from sklearn_prune.neural._decaying_adam import DecayingAdam
from sklearn_prune.neural._guesses import guessed_classes, guessed_targets

QUICK = {"random_state": 0, "max_epochs": 3}
IDLE = QUICK | {"lr": 1e-9}
GUESS = "The {} net is no better than guessing: "


class DenseScore(Callback):
    """The score of the dense net on data of its own."""

    def __init__(self, X, y):
        self.X, self.y = X, y

    def on_train_end(self, net, **kwargs):
        if net.phase_.name == "train":
            self.score_ = np.mean(net.predict(self.X) == self.y)


def test_the_defaults_learn_raw_digits():
    X, y = load_digits(return_X_y=True)
    X, X_test, y, y_test = train_test_split(X, y, random_state=0)
    dense = DenseScore(X_test, y_test)
    net = PrunedNetClassifier(random_state=0, callbacks=[dense]).fit(X, y)
    assert sum(net.n_kept_.values()) == round(0.1 * net.n_weights_)
    assert dense.score_ >= 0.95
    assert net.score(X_test, y_test) >= 0.95


def test_the_defaults_learn_a_table(diabetes):
    X, X_test, y, y_test = train_test_split(*diabetes, random_state=0)
    linear = RidgeCV().fit(X, y).score(X_test, y_test)
    assert PrunedNetRegressor(random_state=0).fit(X, y).score(X_test, y_test) > linear - 0.1


def test_the_decay_is_that_of_adamw():
    """A step from no gradient shrinks by lr times the decay."""
    weight = torch.ones(3, requires_grad=True)
    weight.grad = torch.zeros(3)
    DecayingAdam([weight]).step()
    assert torch.equal(weight.detach(), torch.full((3,), 1 - 0.01 * 0.3))


def steps(dtype=torch.float32, **options):
    """Return a weight after some steps of its optimiser, and the optimiser."""
    weight = nn.Parameter(torch.linspace(-1, 1, 7).to(dtype))
    optimizer = DecayingAdam([weight], **options)
    for _ in range(5):
        weight.grad = weight.detach() ** 3 - 0.1
        optimizer.step()
    return weight.detach(), optimizer


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.complex64])
def test_steps_are_fused_where_they_can_be(dtype):
    weight, optimizer = steps(dtype)
    expected, _ = steps(dtype, foreach=False)
    torch.testing.assert_close(weight, expected)
    assert bool(optimizer.param_groups[0]["fused"]) == (not dtype.is_complex)


@pytest.mark.parametrize("way", [{"foreach": True}, {"fused": False}, {"differentiable": False}])
def test_the_way_of_a_step_can_be_chosen(way):
    assert not steps(**way)[1].param_groups[0]["fused"]


# Nets that guess


def warnings_of(net, X, y):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        net.fit(X, y)
    return [w for w in caught if "guessing" in str(w.message)]


@pytest.mark.parametrize("Net", [PrunedNetClassifier, PrunedNetRegressor])
def test_an_idle_training_is_told_of_both_nets(Net, digits):
    """The digits of one kind, and some others, of which no net that learns nothing knows."""
    X, y = digits[0], np.float64(digits[1] == 0)
    found = warnings_of(Net(**IDLE), X, y if Net is PrunedNetRegressor else y > 0)
    for warning, stage in zip(found, ("dense", "retrained"), strict=True):
        assert str(warning.message).startswith(GUESS.format(stage))
        assert warning.category is ConvergenceWarning
        assert warning.filename == __file__
    assert "max_epochs" in str(found[0].message)
    assert "sparsity" in str(found[1].message)


def test_a_net_pruned_to_nothing_is_told(digits):
    net = PrunedNetClassifier(random_state=0, max_epochs=10, sparsity=1, retrain=None)
    (warning,) = warnings_of(net, *digits)
    share = np.bincount(digits[1]).max() / 300
    assert f"the most frequent class alone on {share:.1%}" in str(warning.message)
    assert str(warning.message).startswith(GUESS.format("pruned"))
    assert not issubclass(warning.category, ConvergenceWarning)


def test_a_finished_fit_is_told_of_again(digits, tmp_path):
    net = PrunedNetClassifier(**IDLE, checkpoint=tmp_path)
    X, y = digits[0], digits[1] > 0
    assert len(warnings_of(net, X, y)) == 2
    (warning,) = warnings_of(net, X, y)
    assert "The retrained net" in str(warning.message)


@pytest.mark.parametrize(
    "params", [{"max_epochs": 0, "retrain": None}, {"sparsity": 1.0, "max_epochs": 10}]
)
def test_nets_that_learn_or_should_not_are_not_told_of(digits, params):
    assert warnings_of(PrunedNetClassifier(**QUICK | params), *digits) == []


def test_what_nothing_can_beat_is_no_guess(digits):
    X, _ = digits
    assert warnings_of(PrunedNetClassifier(**QUICK), X, np.zeros(300)) == []
    assert warnings_of(PrunedNetRegressor(**QUICK), X, np.zeros(300)) == []


def test_random_numbers_do_not_depend_on_what_is_told(digits):
    options = QUICK | {"strategy": "magnitude"}  # the other one reads through iterator_valid
    nets = [PrunedNetClassifier(**options, iterator_valid=torch.utils.data.DataLoader)]
    nets.append(PrunedNetClassifier(**options))
    first, second = (net.fit(*digits).predict_proba(digits[0]) for net in nets)
    assert np.array_equal(first, second)


# Against the guess


def test_classes():
    y, ones = np.array([0, 0, 0, 1]), np.ones(2)
    expected = (
        "it is right on 75.0% of the training samples, and the most frequent class alone on 75.0%"
    )
    assert guessed_classes(np.zeros(4, int), y, ones) == expected
    assert guessed_classes(np.array([0, 0, 1, 1]), y, ones) == expected
    assert guessed_classes(y, y, ones) is None


def test_classes_that_weigh_alike():
    """A net that finds the rare class may be wrong more often than the frequent one is."""
    y = np.repeat([0, 1], [18, 2])
    predicted = np.repeat([0, 1], [14, 6])
    assert guessed_classes(predicted, y, np.ones(2)) is not None
    assert guessed_classes(predicted, y, 1 / np.array([18, 2])) is None


def columns(*values):
    return torch.tensor(values, dtype=torch.float32).T


def test_targets():
    y = columns([0, 2, 4, 6])
    told = "the mean of the training data predicts the target as well"
    assert guessed_targets(nn.functional.mse_loss, columns([3, 3, 3, 3]), y) == told
    assert guessed_targets(nn.functional.mse_loss, columns([6, 4, 2, 0]), y) == told
    assert guessed_targets(nn.functional.mse_loss, columns([2, 2, 3, 4]), y) is None


def test_one_target_of_several():
    y = columns([0, 2, 4, 6], [1, 2, 3, 4], [5, 5, 5, 5])
    outputs = columns([0, 2, 4, 6], [9, 9, 9, 9], [0, 0, 0, 0])
    assert "predicts 1 of 3 targets as well" in guessed_targets(nn.functional.mse_loss, outputs, y)


def test_quantiles_are_no_means():
    """The upper quantile is further from the targets than their mean is, and knows more."""

    def pinball(outputs, y):
        return torch.maximum(0.95 * (y - outputs), 0.05 * (outputs - y)).mean()

    y = columns([0] * 9 + [10] + [10] * 9 + [20])
    outputs = columns([10] * 10 + [20] * 10)
    assert guessed_targets(nn.functional.mse_loss, outputs, y) is not None
    assert guessed_targets(pinball, outputs, y) is None
    assert guessed_targets(pinball, torch.full_like(y, 20), y) is not None
