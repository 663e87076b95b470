"""Nets in ONNX predict what they do in Python, without what is cut off."""

import numpy as np
import pytest
import torch
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

from sklearn_prune import to_onnx
from sklearn_prune.neural import (
    PrunedNetClassifier,
    PrunedNetRegressor,
    ResNet20,
    TwoLayerNet,
)

# Two epochs are enough for what is tested here, if not for good nets.
pytestmark = pytest.mark.filterwarnings("ignore:.*no better than guessing")
FAST = {"sparsity": 0.5, "scope": "layer", "max_epochs": 2, "random_state": 0}


@pytest.fixture
def X(rng):
    return rng.standard_normal((60, 7)).astype(np.float32)


def serve(model, X):
    onnxruntime = pytest.importorskip("onnxruntime")
    session = onnxruntime.InferenceSession(to_onnx(model).SerializeToString())
    names = [x.name for x in session.get_outputs()]
    return dict(zip(names, session.run(names, {"X": X}), strict=True))


@pytest.mark.parametrize("labels", [["no", "yes"], [3, 1, 2]])
def test_classes(labels, X):
    net = PrunedNetClassifier(**FAST)
    model = make_pipeline(StandardScaler(), net).fit(X, np.resize(labels, 60))
    found = serve(model, X)
    np.testing.assert_array_equal(found["predict"], model.predict(X))
    np.testing.assert_allclose(found["predict_proba"], model.predict_proba(X), atol=1e-5)


@pytest.mark.parametrize("shape", [(60,), (60, 1), (60, 3)])
def test_numbers(shape, X):
    y = np.resize(X[:, 0], shape).astype(np.float32)
    net = PrunedNetRegressor(**FAST).fit(X, y)
    found = serve(net, X)["predict"]
    assert found.shape == shape
    np.testing.assert_allclose(found, net.predict(X), rtol=0, atol=1e-5)


def set_weights(net, hidden, bias, last):
    """Set the weights of a net; which of them are zero says what is cut off."""
    layers = net.module_.hidden, net.module_.last
    with torch.no_grad():
        for layer, weights in zip(layers, (hidden, last), strict=True):
            layer.weight.copy_(torch.tensor(weights))
        layers[0].bias.copy_(torch.tensor(bias))


def test_what_is_cut_off_is_left_out(X):
    pytest.importorskip("onnx")
    net = PrunedNetRegressor(module__width=4, **FAST).fit(X, X[:, 0])
    # Node 0 is alive, 1 reaches no output, 2 is reached by no input, 3 neither.
    hidden = np.zeros((4, 7), dtype=np.float32)
    hidden[0, [2, 5]], hidden[1, 3] = [1, -2], 4
    set_weights(net, hidden, np.float32([0.5, 1, 2, -1]), np.float32([[3, 0, 5, 0]]))
    shapes = [x.dims for x in to_onnx(net).graph.initializer]
    assert [2, 1] in shapes
    assert max(map(np.prod, shapes)) == 2
    np.testing.assert_allclose(serve(net, X)["predict"], net.predict(X), atol=1e-5)


def test_a_net_of_which_nothing_is_left(X):
    net = PrunedNetRegressor(module__width=3, **FAST).fit(X, X[:, 0])
    set_weights(net, np.zeros((3, 7)), np.float32([1, -1, 0]), np.float32([[2, 3, 4]]))
    np.testing.assert_allclose(serve(net, X)["predict"], net.predict(X), atol=1e-6)


def test_other_nets_are_refused(X):
    pytest.importorskip("onnx")
    y = np.resize([0, 1], 60)
    with pytest.raises(ValueError, match="single precision: give dtype='float32'"):
        to_onnx(PrunedNetClassifier(**FAST).fit(X, y), dtype="float64")
    net = PrunedNetClassifier(criterion=torch.nn.NLLLoss, **FAST)
    with pytest.raises(ValueError, match=r"give criterion=torch\.nn\.CrossEntropyLoss"):
        to_onnx(net.fit(X, y))
    with pytest.raises(ValueError, match="X is for modules of torch"):
        to_onnx(PrunedNetClassifier(**FAST).fit(X, y), X=X)


class Normalised(nn.Module):
    def __init__(self, n_inputs, n_classes):
        super().__init__()
        self.net = nn.Sequential(
            *(nn.Linear(n_inputs, 12), nn.BatchNorm1d(12), nn.GELU(), nn.Dropout(0.2)),
            nn.Linear(12, n_classes),
        )

    def forward(self, X):
        return self.net(X)


class Words(nn.Module):
    def __init__(self, n_classes):
        super().__init__()
        self.words, self.last = nn.Embedding(9, 6), nn.Linear(6, n_classes)

    def forward(self, X):
        return self.last(self.words(X).mean(1))


class OneNumber(nn.Module):
    def __init__(self, n_inputs):
        super().__init__()
        self.net = nn.Linear(n_inputs, 1)

    def forward(self, X):
        return torch.tanh(self.net(X))[:, 0]


def assert_served(model, X):
    found = serve(model, X.astype(np.float32))
    np.testing.assert_array_equal(found["predict"], model.predict(X))
    np.testing.assert_allclose(found["predict_proba"], model.predict_proba(X), atol=1e-5)


def test_any_module_behind_a_scaler(X):
    pytest.importorskip("onnxscript")
    net = PrunedNetClassifier(Normalised, **FAST)
    assert_served(make_pipeline(StandardScaler(), net).fit(X, np.resize(["no", "yes"], 60)), X)


def test_modules_of_whole_numbers(rng):
    pytest.importorskip("onnxscript")
    X = rng.integers(0, 9, (40, 5))
    assert_served(PrunedNetClassifier(Words, **FAST).fit(X, np.resize([0, 1, 2], 40)), X)


def test_a_module_of_one_number(X):
    pytest.importorskip("onnxscript")
    net = PrunedNetRegressor(OneNumber, **FAST | {"sparsity": 1.0}).fit(X, X[:, 0])
    np.testing.assert_allclose(serve(net, X)["predict"], net.predict(X), rtol=0, atol=1e-5)


@pytest.mark.parametrize("module", [ResNet20, TwoLayerNet])
def test_images(module):
    pytest.importorskip("onnxscript")
    images = np.random.default_rng(0).standard_normal((4, 3, 32, 32), dtype=np.float32)
    net = PrunedNetClassifier(
        module, module__width=2, sparsity=0.5, scope="layer", max_epochs=1, random_state=0
    )
    assert_served(net.fit(images, [0, 1, 0, 1]), images)
