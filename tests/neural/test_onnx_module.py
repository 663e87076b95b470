"""Modules of torch in ONNX return the same, for any number of samples."""

import subprocess
import sys
import warnings

import numpy as np
import pytest
import torch
from hand_made import Branching, made, pruned
from skorch import NeuralNetClassifier

from sklearn_prune import to_onnx
from sklearn_prune.neural import ResNet20, TwoLayerNet, compact

onnxruntime = pytest.importorskip("onnxruntime")
onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxscript")


def assert_served(net, model, X, atol=1e-5):
    session = onnxruntime.InferenceSession(model.SerializeToString())
    names = [x.name for x in session.get_inputs()]
    for n in (1, 2, 7):
        some = [x[:n] for x in X]
        given = dict(zip(names, [x.numpy() for x in some], strict=True))
        (found,) = session.run(["outputs"], given)
        with torch.no_grad():
            np.testing.assert_allclose(found, net(*some).numpy(), rtol=0, atol=atol)
    return names


class OverwrittenDropout(torch.nn.Module):
    """What dropout returns in evaluation is its input, under another name."""

    def __init__(self):
        super().__init__()
        self.layer, self.dropout = torch.nn.Linear(3, 3), torch.nn.Dropout()

    def forward(self, x):
        hidden = self.layer(x)
        dropped = self.dropout(hidden)
        dropped += 1
        return 2 * hidden


@pytest.mark.parametrize("name", ["gelu", "padded", "two inputs"])
def test_nets_of_all_kinds(name, tmp_path):
    net, X = made(name, 1, torch.float32)
    net = pruned(net, 2, dead=0.3)
    model = to_onnx(net, tmp_path / "net.onnx", X=tuple(X))
    names = assert_served(net, model, X)
    assert names == {"two inputs": ["table", "other"]}.get(name, ["input"])
    written = onnx.load(tmp_path / "net.onnx")
    assert written.opset_import[0].version == 21
    assert not any(node.metadata_props for node in written.graph.node)
    n_weights = sum(np.prod(x.dims) for x in written.graph.initializer)
    assert n_weights <= sum(w.numel() for w in compact(net).state_dict().values()) + 20


def test_a_resnet_whose_statistics_are_those_of_data():
    torch.manual_seed(0)
    net = ResNet20(2)
    for _ in range(3):
        net(torch.randn(16, 3, 32, 32))
    net = pruned(net.eval(), 0, dead=0.1)
    X = torch.randn(7, 3, 32, 32)
    assert assert_served(net, to_onnx(net, X=X[:1]), [X]) == ["X"]


def test_double_precision_and_arguments_by_name():
    net = pruned(TwoLayerNet(9, 6, 2), 0, dead=0.2).double()
    X = torch.randn(7, 6).double()
    model = to_onnx(net, X={"X": X}, dtype="float64")
    assert_served(net, model, [X], atol=1e-12)
    half = to_onnx(net.half(), X=X)
    assert_served(net.float(), half, [X.float()], atol=1e-5)


class AnyNumber(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = torch.nn.Linear(4, 3), torch.nn.Linear(5, 3)

    def forward(self, *parts):
        return self.first(parts[0]) * torch.sigmoid(self.second(parts[1]))


def test_any_number_of_arguments():
    net, X = AnyNumber(), (torch.randn(7, 4), torch.randn(7, 5))
    assert assert_served(net, to_onnx(net, X=X), X) == ["parts_0", "parts_1"]


def test_nets_of_skorch():
    X = torch.randn(40, 6)
    fitted = NeuralNetClassifier(
        TwoLayerNet,
        module__width=9,
        module__n_inputs=6,
        module__n_classes=2,
        criterion=torch.nn.CrossEntropyLoss,
        max_epochs=1,
        verbose=0,
    ).fit(X, torch.arange(40) % 2)
    assert assert_served(fitted.module_, to_onnx(fitted, X=X), [X]) == ["X"]
    with pytest.raises(ValueError, match="X is None: give to_onnx some samples"):
        to_onnx(fitted)


def test_nets_are_exported_by_the_part_for_nets():
    code = "import torch, sklearn_prune; sklearn_prune.to_onnx(torch.nn.Linear(1, 1))"
    run = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    last = run.stderr.splitlines()[-1]
    assert last == "TypeError: Linear is a module of torch: import sklearn_prune.neural first."


def test_what_is_missing_is_said(monkeypatch):
    net = TwoLayerNet(3, 2, 1)
    with pytest.raises(ValueError, match="X is None: give to_onnx some samples"):
        to_onnx(net)
    with pytest.raises(ValueError, match="X does not fit the net: TwoLayerNet failed on a"):
        to_onnx(net, X=torch.zeros(1, 3))
    with pytest.raises(ValueError, match="dtype is 'int8': give 'float32' or 'float64'"):
        to_onnx(net, X=torch.zeros(1, 2), dtype="int8")
    with (
        pytest.warns(UserWarning, match="Branching stays as it is"),
        pytest.raises(TypeError, match=r"torch\.onnx\.export cannot export Branching: "),
    ):
        to_onnx(Branching(), X=torch.zeros(2, 4))
    with pytest.raises(TypeError, match=r"cannot export Sequential: No ONNX function .*rrelu"):
        to_onnx(torch.nn.Sequential(torch.nn.RReLU()), X=torch.zeros(2, 4))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch deprecates it, and people have some
        traced = torch.jit.trace(net, torch.zeros(1, 2))
    with pytest.raises(TypeError, match=r"TopLevelTracedModule of torch\.jit: give the module"):
        to_onnx(traced, X=torch.zeros(1, 2))
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    with pytest.raises(ImportError, match="needs onnxscript: pip install onnxscript"):
        to_onnx(net, X=torch.zeros(1, 2))


def test_dropout_has_one_tensor_of_two_names():
    net, X = OverwrittenDropout().eval(), torch.randn(7, 3)
    assert_served(net, to_onnx(net, X=X), [X])
