"""Nets that somebody has trained, as the module of an estimator."""

import copy
import pickle
import warnings

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from skorch import NeuralNetClassifier, NeuralNetRegressor
from skorch.callbacks import Callback
from torch import nn
from torch.nn.utils import prune as torch_prune

from sklearn_prune.neural import (
    PrunedNetClassifier,
    PrunedNetRegressor,
    TwoLayerNet,
    layer_table,
    prune_net,
)
from sklearn_prune.neural._masks import masks_of

TOTAL = 16 * 65 + 10 * 17


@pytest.fixture(scope="module")
def trained(digits):
    """A plain module that tells the digits of the training data."""
    torch.manual_seed(0)
    module = TwoLayerNet(16, 64, 10)
    X, y = torch.tensor(digits[0], dtype=torch.float32), torch.tensor(digits[1])
    optimizer = torch.optim.Adam(module.parameters(), lr=0.02)
    for _ in range(60):
        optimizer.zero_grad()
        nn.functional.cross_entropy(module(X), y).backward()
        optimizer.step()
    return module.eval()


def make(module, **params):
    defaults = {"pretrained": True, "max_epochs": 2, "sparsity": 200, "random_state": 0}
    return PrunedNetClassifier(module, **defaults | params)


def weights(module):
    return {name: value.clone() for name, value in module.state_dict().items()}


def assert_same(state, other):
    for name, value in state.items():
        assert torch.equal(value, other[name]), name


class Begins(Callback):
    def __init__(self):
        self.begins = []

    def on_train_begin(self, net, **kwargs):
        self.begins.append(weights(net.module_))


def test_without_pruning_it_predicts_as_before(digits, trained):
    net = make(trained, sparsity=1.0, retrain=None).fit(*digits)
    expected = trained(torch.tensor(digits[0], dtype=torch.float32)).argmax(1)
    assert_array_equal(net.predict(digits[0]), expected)
    assert len(net.history) == 0


@pytest.mark.parametrize("strategy", ["magnitude", "hessian"])
def test_its_weights_are_pruned(digits, trained, strategy):
    net = make(trained, strategy=strategy, retrain=None).fit(*digits)
    expected = prune_net(trained, *digits, strategy=strategy, sparsity=200)
    if strategy == "magnitude":
        assert_same(weights(net.module_), weights(expected))
    agree = sum(int((m == masks_of(expected)[n]).sum()) for n, m in net.masks_.items())
    assert agree >= TOTAL - 2  # ties of rounding apart


@pytest.mark.parametrize("retrain", ["rewind", "finetune"])
def test_the_given_weights_are_where_it_begins(digits, trained, retrain):
    seen, before = Begins(), weights(trained)
    net = make(trained, retrain=retrain, callbacks=[seen]).fit(*digits)
    assert len(seen.begins) == 1
    assert_same(seen.begins[0], {n: before[n] * m for n, m in net.masks_.items()})
    assert [row["phase"] for row in net.history] == ["retrain"] * 2
    assert sum(net.n_kept_.values()) == 200
    assert_same(weights(trained), before)
    assert masks_of(trained) == {}
    assert not trained.training
    assert all(weight.grad is None or weight.grad.any() for weight in trained.parameters())


def test_rounds_rewind_to_the_given_weights(digits, trained):
    seen, before = Begins(), weights(trained)
    net = make(trained, n_rounds=2, callbacks=[seen]).fit(*digits)
    assert_same(seen.begins[1], {n: before[n] * m for n, m in net.masks_.items()})


def test_pruning_inside_of_the_training_begins_with_the_given_weights(digits, trained):
    seen = Begins()
    net = make(trained, prune_every=1, n_rounds=2, max_epochs=4, retrain=None, callbacks=[seen])
    net.fit(*digits)
    assert_same(seen.begins[0], weights(trained))
    assert net.history[:, "phase"] == ["train"] * 4
    assert sum(net.n_kept_.values()) == 200


def test_retraining_brings_it_back(digits, trained):
    pruned = make(trained, sparsity=0.1, retrain=None).fit(*digits).score(*digits)
    retrained = make(trained, sparsity=0.1, max_epochs=50).fit(*digits).score(*digits)
    assert retrained > pruned + 0.3


def test_fit_twice_is_the_same(digits, trained):
    net = make(trained).fit(*digits)
    first = weights(net.module_)
    assert_same(weights(net.fit(*digits).module_), first)
    assert_same(weights(clone(net).fit(*digits).module_), first)
    assert_same(weights(pickle.loads(pickle.dumps(clone(net))).fit(*digits).module_), first)
    assert_same(weights(pickle.loads(pickle.dumps(net)).module_), first)


def test_searches_and_pipelines(digits, trained):
    search = GridSearchCV(make(trained), {"sparsity": [100, 300]}, cv=2).fit(*digits)
    assert sum(search.best_estimator_.n_kept_.values()) == search.best_params_["sparsity"]
    model = make_pipeline(StandardScaler(), make(trained, sparsity=0.9))
    assert (cross_val_score(model, *digits, cv=2) > 0.5).all()


def test_partial_fit_begins_with_the_given_weights(digits, trained):
    net = make(trained, max_epochs=0).partial_fit(*digits)
    assert_same(weights(net.module_), weights(trained))


def test_a_checkpoint_recognises_the_weights(digits, trained, tmp_path):
    net = make(trained, checkpoint=tmp_path).fit(*digits)
    again = make(copy.deepcopy(trained), checkpoint=tmp_path).fit(*digits)
    assert_same(weights(net.module_), weights(again.module_))
    assert len(list(tmp_path.iterdir())) == 1
    other = copy.deepcopy(trained)
    with torch.no_grad():
        other.last.bias.add_(1)
    make(other, checkpoint=tmp_path).fit(*digits)
    assert len(list(tmp_path.iterdir())) == 2


# Fitted nets of skorch

NAMES = np.array(list("abcdefghij"))


@pytest.fixture(scope="module")
def fitted(digits):
    X, y = digits
    net = PrunedNetClassifier(module__width=16, max_epochs=15, sparsity=0.9, random_state=0)
    return net.fit(X, NAMES[y])


def test_a_fitted_net(digits, fitted):
    X, y = digits
    net = make(fitted, retrain=None, sparsity=1.0, exclude=()).set_params(sparsity=0.9)
    assert_array_equal(net.fit(X, NAMES[y]).predict(X), fitted.predict(X))
    assert fitted.history[:, "phase"][-1] == "retrain"
    assert net.get_params()["module"] is fitted
    assert clone(net).get_params(deep=False).keys() == net.get_params(deep=False).keys()
    assert "pretrained" in net._repr_html_()


def test_the_labels_of_a_fitted_net_number_the_outputs(digits, fitted):
    """Data of a few classes do not number them anew, nor does a clone or a search."""
    X, y = digits
    few = y >= 5
    for net in (make(fitted, retrain=None, sparsity=0.9), clone(make(fitted, sparsity=0.9))):
        net.set_params(retrain=None).fit(X[few], NAMES[y[few]])
        assert list(net.classes_) == list(NAMES)
        assert_array_equal(net.predict(X), fitted.predict(X))


def test_nets_of_skorch_alone(digits):
    X, y = digits[0].astype(np.float32), digits[1]
    theirs = NeuralNetClassifier(
        TwoLayerNet(16, 64, 10),
        criterion=nn.CrossEntropyLoss,
        train_split=None,
        verbose=0,
        max_epochs=3,
        lr=0.1,
    )
    with pytest.raises(NotFittedError, match="is not fitted yet: call fit"):
        make(theirs).fit(X, y)
    theirs.fit(X, y)
    ours = make(theirs, sparsity=1.0, retrain=None).fit(X, y)
    assert_array_equal(ours.predict(X), theirs.predict(X))
    target = X[:, :1].copy()
    theirs = NeuralNetRegressor(TwoLayerNet(4, 64, 1), train_split=None, verbose=0).fit(X, target)
    ours = PrunedNetRegressor(theirs, pretrained=True, sparsity=1.0, retrain=None).fit(X, target)
    np.testing.assert_allclose(ours.predict(X), theirs.predict(X), rtol=1e-6)


def test_a_net_that_was_pruned_is_pruned_further(digits, trained):
    first = prune_net(trained, sparsity=400)
    net = make(first, n_rounds=2, schedule="linear").fit(*digits)
    assert net.history[:, "n_kept"] == [300] * 2 + [200] * 2
    for name, mask in net.masks_.items():
        assert not (mask & ~masks_of(first)[name]).any()
    with pytest.raises(ValueError, match=r"sparsity is 500, 500 weights, but the net is pruned"):
        make(first, sparsity=500).fit(*digits)
    before = layer_table(trained)["norm_after"]
    assert layer_table(net)["norm_before"] == before


# What is excluded, and scores of one's own


@pytest.mark.parametrize("pretrained", [True, False])
def test_what_is_excluded_is_kept_beside(digits, trained, pretrained):
    module = {"module": trained} if pretrained else {"module": TwoLayerNet, "module__width": 16}
    net = make(**module, pretrained=pretrained, exclude=("last", "biases"), sparsity=0.1)
    net.fit(*digits)
    assert net.n_kept_ == {
        "hidden.weight": 102,
        "hidden.bias": 16,
        "last.weight": 160,
        "last.bias": 10,
    }
    assert list(net.masks_) == ["hidden.weight"]
    assert net.history[-1, "n_kept"] == 102 + 16 + 170


def test_loading_masks_nothing_that_is_excluded(digits, trained, tmp_path):
    net = make(trained, exclude="biases").fit(*digits)
    with torch.no_grad():
        net.module_.last.bias.zero_()
    net.save_params(f_params=tmp_path / "params.pt")
    loaded = make(trained, exclude="biases").initialize()
    loaded.load_params(f_params=tmp_path / "params.pt")
    assert loaded.n_kept_ == net.n_kept_
    assert list(loaded.masks_) == ["hidden.weight", "last.weight"]


def test_what_the_next_fit_begins_with_changes_no_prediction(digits, images):
    net = PrunedNetClassifier(module__width=4, max_epochs=1, sparsity=0.9, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net.fit(*images)
    before = net.predict_proba(images[0])
    assert_array_equal(net.set_params(pretrained=True).predict_proba(images[0]), before)


def test_base_width_counts_what_is_excluded(digits):
    params = {"base_width": 3, "module__width": 16, "max_epochs": 1, "random_state": 0}
    net = PrunedNetClassifier(exclude="biases", **params).fit(*digits)
    assert sum(net.n_kept_.values()) == 3 * 65 + 10 * 4
    with pytest.raises(ValueError, match=r"base_width is 1, a net of 85 weights, but exclude"):
        PrunedNetClassifier(exclude="last", **params | {"base_width": 1}).fit(*digits)


def largest_first(name, parameter, statistics):
    assert statistics.shape == parameter.shape
    assert (statistics >= 0).all()
    return parameter.abs() * statistics.sqrt()


@pytest.mark.parametrize("params", [{}, {"prune_every": 1, "n_rounds": 2, "retrain": None}])
def test_a_strategy_of_ones_own(digits, trained, params):
    own = make(trained, strategy=largest_first, **params).fit(*digits)
    ours = make(trained, strategy="hessian", **params).fit(*digits)
    assert_same(weights(own.module_), weights(ours.module_))
    assert clone(own).strategy is largest_first


# What cannot be


@pytest.mark.parametrize(
    ("params", "kind", "message"),
    [
        ({"module": TwoLayerNet}, TypeError, "pretrained is True, but module is TwoLayerNet: give"),
        ({"module": "net"}, TypeError, "pretrained is True, but module is 'net': give"),
        ({"module__width": 3}, ValueError, "pretrained is True, and module__width is given"),
        ({"retrain": "reinit"}, ValueError, "retrain is 'reinit', but the weights of a pretrained"),
        ({"base_width": 3, "sparsity": 0.1}, ValueError, "base_width is 3, but a pretrained"),
        ({"pretrained": "yes"}, ValueError, "pretrained is 'yes': give True or False"),
        ({"pretrained": False}, TypeError, "module is an instance of TwoLayerNet"),
        ({"module": nn.LazyLinear(10)}, ValueError, "have no shape yet: call the module"),
        ({"module": nn.Linear(64, 10).half()}, ValueError, "module has weights of torch.float16"),
        ({"exclude": "*"}, ValueError, "Nothing of TwoLayerNet can be pruned"),
        ({"rewind_epoch": 1}, ValueError, "but the first training has 0 epochs"),
    ],
)
def test_what_does_not_go(digits, trained, params, kind, message):
    with pytest.raises(kind, match=message):
        make(**{"module": trained} | params).fit(*digits)


def test_outputs_without_a_class_are_told(digits, trained):
    X, y = digits
    few = y < 5
    with pytest.raises(ValueError, match=r"outputs of shape .*, 10\) for 5 classes: give the lab"):
        make(trained).fit(X[few], y[few])
    net = make(trained, classes=list(range(10)), sparsity=0.9).fit(X[few], y[few])
    assert net.score(X[few], y[few]) > 0.9


def test_masks_of_torch_are_told(digits, trained):
    module = copy.deepcopy(trained)
    torch_prune.l1_unstructured(module.hidden, "weight", amount=0.5)
    with pytest.raises(ValueError, match=r"call torch.nn.utils.prune.remove\(layer, name\)"):
        make(module).fit(*digits)


# The line below the diagram


def test_the_diagram_has_a_line(digits, trained):
    net = make(trained, exclude="biases", scope="layer", sparsity=120)
    assert "weights kept;" not in net._repr_html_()
    net.fit(*digits)
    share = layer_table(net)["share_kept"]
    line = f"146 of 1,210 weights kept; {share[2]:.1%} of last.weight to {share[0]:.1%} of hidden."
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert line in net._repr_html_()
    assert line in net._repr_mimebundle_()["text/html"]
