"""What is wrong in a call is said in one line, with what to give instead."""

import warnings

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.exceptions import NotFittedError
from torch import nn
from torch.nn.utils import parametrizations, spectral_norm
from torch.nn.utils import prune as torch_prune

from sklearn_prune import neural
from sklearn_prune.neural import (
    LayerDisplay,
    PrunedNetClassifier,
    PrunedNetRegressor,
    ResNet20,
    TwoLayerNet,
    apply_masks,
    compact,
    compression_report,
    layer_table,
    load_sparse,
    plot_study,
    prune_net,
    save_sparse,
)

LEAST_ROWS = 8
X = np.random.default_rng(0).standard_normal((30, 5))
Y = np.arange(30) % 3


class OneOutput(nn.Module):
    def __init__(self, n_inputs):
        super().__init__()
        self.net = nn.Linear(n_inputs, 1)

    def forward(self, X):
        return self.net(X)


class OneByOne(nn.Module):
    def __init__(self, n_inputs, n_classes):
        super().__init__()
        self.norm = nn.BatchNorm1d(n_inputs)
        self.net = nn.Linear(n_inputs, n_classes)

    def forward(self, X):
        return self.net(self.norm(X))


class TwoInputs(OneOutput):
    def forward(self, X, other):
        return self.net(X) + other


class TwoOutputs(OneOutput):
    def forward(self, X):
        return {"first": self.net(X), "second": X}


class Lazy(nn.Module):
    def __init__(self, n_classes):
        super().__init__()
        self.last = nn.LazyLinear(n_classes)

    def forward(self, X):
        return self.last(X)


def fit(Net, data=(X, Y), **params):
    defaults = {"max_epochs": 1, "sparsity": 0.5, "scope": "layer", "random_state": 0}
    return Net(**defaults | params).fit(*data)


def of_both_nets(tmp_file):
    """Return wrong parameters of nets, or data, the error, and what its message has."""
    return [
        ({"lr": "a"}, TypeError, "lr is 'a': give a number of at least 0"),
        ({"lr": None}, TypeError, "lr is None: give a number"),
        ({"lr": True}, TypeError, "lr is True: give a number"),
        ({"lr": -1}, ValueError, "lr is -1: give a number"),
        ({"lr": float("nan")}, ValueError, "lr is nan: give a number"),
        ({"optimizer__lr": [0.1]}, TypeError, "optimizer__lr is [0.1]: give a number"),
        ({"optimizer": "adam"}, TypeError, "optimizer is 'adam': give a class of torch.optim"),
        ({"optimizer": None}, TypeError, "optimizer is None: give a class of torch.optim"),
        ({"optimizer": nn.Linear}, TypeError, "Linear'>: give a class of torch.optim"),
        ({"optimizer__foo": 1}, TypeError, "optimizer cannot be made with {'foo': 1"),
        (
            {"optimizer": torch.optim.Adam, "optimizer__foo": 1},
            TypeError,
            "optimizer is Adam, which optimizer__... does not fit",
        ),
        ({"optimizer__weight_decay": "a"}, TypeError, "optimizer cannot be made with {"),
        ({"criterion": "mse"}, TypeError, "criterion is 'mse': give a class of torch.nn.Module"),
        ({"criterion": nn.Linear}, TypeError, "criterion is Linear, which criterion__... does"),
        ({"criterion": nn.functional.mse_loss}, TypeError, "criterion is mse_loss, which criter"),
        ({"criterion__foo": 1}, TypeError, "which criterion__... does not fit: got an unexpected"),
        ({"module": "net"}, TypeError, "module is 'net': give a class of torch.nn.Module"),
        ({"module": dict}, TypeError, "module is <class 'dict'>: give a class of torch.nn.Module"),
        ({"module": lambda: 3}, TypeError, "module made 3: give a class of torch.nn.Module"),
        ({"module": nn.Linear}, TypeError, "module is Linear, which module__... does not fit"),
        ({"module": TwoLayerNet()}, TypeError, "module is an instance of TwoLayerNet"),
        ({"module": Lazy}, ValueError, "a Lazy whose last.weight, last.bias have no shape yet"),
        (
            {"module": TwoInputs},
            TypeError,
            "TwoInputs cannot be called with X alone (missing a re",
        ),
        ({"module": TwoOutputs}, ValueError, "The net returns a dict, but estimators train nets"),
        ({"module": ResNet20}, ValueError, "X has shape (30, 5): give images"),
        ({"module__n_inputs": 4}, ValueError, "module__n_inputs is 4, but the data have 5"),
        ({"module__n_classes": 2}, ValueError, "The net returns outputs of shape (30, 2) for"),
        ({"module__foo": 2}, TypeError, "module is TwoLayerNet, which module__... does not fit"),
        ({"iterator_train": 3}, TypeError, "iterator_train is 3: give a class that makes batches"),
        ({"iterator_valid": "a"}, TypeError, "iterator_valid is 'a': give a class"),
        ({"iterator_train__shuffle": "no"}, ValueError, "shuffle is 'no': give one of True, False"),
        ({"iterator_train__drop_last": True}, ValueError, "with drop_last no batch is left"),
        ({"iterator_valid__drop_last": True}, ValueError, "but predictions are of all samples"),
        ({"iterator_train__batch_size": 0}, ValueError, "batch_size is 0: give an int"),
        ({"module": OneByOne, "batch_size": 29}, ValueError, "or iterator_train__drop_last=True"),
        ({"train_split": 5}, TypeError, "train_split is 5: give None, or a callable"),
        ({"callbacks": "stop"}, TypeError, "callbacks is 'stop': give a list of callbacks"),
        ({"callbacks": [3]}, TypeError, "callbacks is [3]: give a list of callbacks"),
        ({"device": "meta"}, ValueError, "device is 'meta', which holds no numbers"),
        ({"checkpoint": 3}, TypeError, "checkpoint is 3: give the path of a folder"),
        ({"checkpoint": ""}, ValueError, "checkpoint is '': give the path of a folder"),
        ({"checkpoint": tmp_file}, ValueError, ".csv': give the path of a folder"),
        ({"warm_start": "a"}, ValueError, "warm_start is 'a': fit starts anew"),
        ({"scope": np.array([1, 2])}, ValueError, "scope is array([1, 2]): give one of 'global'"),
        ({"strategy": None}, ValueError, "strategy is None: give one of 'magnitude'"),
        (
            {"strategy": lambda *_: "a", "max_epochs": 0},
            TypeError,
            "strategy returned str for hi",
        ),
        ({"strategy": lambda *_: 1.0, "max_epochs": 0}, ValueError, "strategy returned scores of"),
        ({"exclude": 3}, TypeError, "exclude is 3: give a tuple of names, patterns or types"),
        ({"exclude": [3]}, TypeError, "exclude has 3: give names, patterns, or classes"),
        ({"exclude": "bias"}, ValueError, "exclude has 'bias', which is nowhere in TwoLayerNet"),
        ({"exclude": nn.Conv2d}, ValueError, "exclude has Conv2d, which is nowhere in TwoLayerNet"),
        ({"exclude": "*"}, ValueError, "can be pruned, all weights are excluded: exclude is '*'"),
        ({"schedule": "fast"}, ValueError, "schedule is 'fast': give one of 'geometric'"),
        ({"prune_every": "a"}, ValueError, "prune_every is 'a': give an int of at least 1"),
        ({"prune_every": 2}, ValueError, "prune_every is 2, and n_rounds 1, but max_epochs is 1"),
        ({"rewind_epoch": 1.0}, ValueError, "rewind_epoch is 1.0: give a number of epochs"),
        ({"pretrained": 1}, ValueError, "pretrained is 1: give True or False"),
        ({"pretrained": True}, TypeError, "pretrained is True, but module is TwoLayerNet: give a"),
        ({"random_state": "a"}, ValueError, "'a' cannot be used to seed"),
        ({"data": (X[:, 0], Y)}, ValueError, "Expected 2D array, got 1D array"),
        ({"data": (X * np.nan, Y)}, ValueError, "Input X contains NaN"),
        ({"data": (X, Y[:-1])}, ValueError, "inconsistent numbers of samples"),
        ({"data": (X + 1j, Y)}, ValueError, "Complex data not supported"),
        ({"data": ((X, X), Y)}, TypeError, "X is a tuple of several arrays, but estimators take"),
        ({"data": ({"X": X}, Y)}, TypeError, "X is a dict of several arrays, but estimators take"),
        (
            {"module": scripted(), "pretrained": True},
            TypeError,
            "ScriptModule of torch.jit: give",
        ),
        ({"module": TwoInputs(5), "pretrained": True}, TypeError, "TwoInputs cannot be called"),
        (
            {"module": nn.Linear(5, 3, device="meta"), "pretrained": True},
            ValueError,
            "weight, bias of Linear hold no numbers",
        ),
    ]


def wrong_nets(name):
    """Return what is no net that can be read, or none that is ready."""
    return [
        ({name: 3}, TypeError, "net is 3: give a torch.nn.Module that is trained"),
        ({name: None}, TypeError, "net is None: give a torch.nn.Module that is trained"),
        ({name: nn.Linear}, TypeError, "net is the class Linear: give a torch.nn.Module"),
        ({name: {"weight": X}}, TypeError, "give a torch.nn.Module that is trained"),
        ({name: PrunedNetClassifier()}, NotFittedError, "This PrunedNetClassifier is not fitted"),
        ({name: PrunedNetRegressor}, TypeError, "net is the class PrunedNetRegressor: give"),
        ({name: nn.LazyLinear(3)}, ValueError, "weight, bias of LazyLinear have no shape yet"),
        ({name: no_shape()}, ValueError, "1.running_mean, 1.running_var of Sequential have no sh"),
        ({name: nn.Linear(3, 2, device="meta")}, ValueError, "hold no numbers, being on the devi"),
    ]


def scripted():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch deprecates it, and people have some
        return torch.jit.script(nn.Sequential(nn.Linear(5, 3)))


def no_shape():
    """Statistics alone are not there yet."""
    return nn.Sequential(nn.Linear(5, 4), nn.LazyBatchNorm1d(affine=False))


def under_masks():
    net = nn.Sequential(nn.Linear(5, 2))
    torch_prune.random_unstructured(net[0], "weight", 0.5)
    return net


def bad_calls(tmp_file):
    """Return what is wrong, by the callable and the place of the argument."""
    nets = of_both_nets(tmp_file)
    wrong_sizes = [
        ({name: wrong}, ValueError, f"{name} is {wrong!r}: give an int of at least 1")
        for name in ("width", "n_classes")
        for wrong in (0, -1, 1.0, "a", None, True, [3])
    ]
    return {
        "PrunedNetClassifier": [
            *nets,
            ({"classes": 3}, ValueError, "classes is 3: give a list of all labels, each once"),
            ({"classes": [0, 0, 1, 2]}, ValueError, "classes is [0, 0, 1, 2]: give a list"),
            ({"classes": [0, 1]}, ValueError, "y has the labels [2], but the classes are [0, 1]"),
            ({"module": OneOutput}, ValueError, "outputs of shape (30, 1) for 3 classes"),
            ({"data": (X, X[:, 0])}, ValueError, "Unknown label type: continuous"),
        ],
        "PrunedNetRegressor": [
            *nets,
            ({"data": (X, X[:, :2]), "module": OneOutput}, ValueError, "targets of shape (30, 2)"),
            (
                {"data": (X, np.array(list("abc") * 10))},
                ValueError,
                "use PrunedNetClassifier for classes",
            ),
        ],
        "TwoLayerNet": [*wrong_sizes, ({"n_inputs": 0}, ValueError, "n_inputs is 0: give an int")],
        "ResNet20": [
            *wrong_sizes,
            ({"in_channels": 0}, ValueError, "in_channels is 0: give an int of at least 1"),
            ({"shortcut": "none"}, ValueError, "shortcut is 'none': give one of 'projection', 'pa"),
            ({"shortcut": None}, ValueError, "shortcut is None: give one of"),
            ({"shortcut": np.array(["padding"])}, ValueError, "dtype='<U7'): give one of"),
        ],
        "compact": [
            *wrong_nets("net"),
            ({"net": under_masks()}, ValueError, "0.weight_orig of Sequential are under masks of"),
            ({"return_report": "no"}, ValueError, "return_report is 'no': give one of True, False"),
        ],
        "compression_report": [
            *wrong_nets("net"),
            ({"X": X[:0]}, ValueError, "X has arguments of [0] samples: give as many of each"),
            ({"X": (X, X[:7])}, ValueError, "X has arguments of [7, 30] samples: give as many"),
            ({"X": ()}, ValueError, "X has arguments of [] samples: give as many of each"),
            *no_samples(),
        ],
        "save_sparse": [
            *wrong_nets("net"),
            ({"path": 3}, TypeError, "path is 3: give the path of a file"),
            ({"path": None}, TypeError, "path is None: give the path of a file"),
            ({"path": tmp_file.parent}, ValueError, "': give the path of a file"),
        ],
        "load_sparse": [
            *wrong_nets("net"),
            ({"path": 3}, TypeError, "path is 3: give the path of a file"),
            ({"path": tmp_file.parent}, ValueError, "': give the path of a file"),
            ({"path": tmp_file}, ValueError, ".csv is no file of safetensors"),
            ({"resize": "no"}, ValueError, "resize is 'no': give one of True, False"),
        ],
        "plot_study": [
            ({"table": 3}, TypeError, "table is 3: give the path of a file"),
            ({"table": None}, TypeError, "table is None: give the path of a file"),
            ({"table": [tmp_file]}, TypeError, "]: give the path of a file"),
            ({"table": b"results.csv"}, TypeError, "table is b'results.csv': give the path"),
            ({"table": ""}, ValueError, "table is '': give the path of a file"),
            ({"table": tmp_file.parent}, ValueError, "': give the path of a file"),
            ({"table": tmp_file}, ValueError, ".csv is not a table of results"),
            ({"table": tmp_file, "reference": "no"}, ValueError, "reference is 'no': give one of"),
            ({"table": tmp_file, "reference": 2}, ValueError, "reference is 2: give one of"),
        ],
        **of_trained_nets(),
    }


def no_samples():
    """Return what no net of one argument of five columns takes."""
    return [
        ({"X": X[:, 1:]}, ValueError, "X does not fit the net: "),
        ({"X": (X, X)}, ValueError, "X does not fit the net: "),
        ({"X": {"a": X}}, ValueError, "X does not fit the net: "),
        ({"X": "X"}, ValueError, "X has an argument of type str that is no array of numbers"),
        ({"X": None}, ValueError, "X has an argument of type NoneType that is no array"),
        ({"X": [[1], [2, 3]]}, ValueError, "X has an argument of type list that is no array"),
    ]


def no_number(outputs, y):
    return outputs


def of_trained_nets():
    """Return what is wrong with nets that are trained, and with what is asked of them."""
    net, unfitted = nn.Linear(5, 3), PrunedNetClassifier()
    hidden = torch_prune.l1_unstructured(nn.Linear(5, 3), "weight", 3)
    normed = parametrizations.weight_norm(nn.Linear(5, 3))
    hooked = spectral_norm(nn.Linear(5, 3))
    no_nets = [
        ({"net": None}, TypeError, "net is None: give a torch.nn.Module that is trained"),
        ({"net": "net.pt"}, TypeError, "net is 'net.pt': give a torch.nn.Module"),
        ({"net": 3}, TypeError, "net is 3: give a torch.nn.Module"),
        ({"net": {}}, TypeError, "net is {}: give a torch.nn.Module"),
        ({"net": [net]}, TypeError, "bias=True)]: give a torch.nn.Module"),
        ({"net": nn.Linear}, TypeError, "net is the class Linear: give a torch.nn.Module"),
        ({"net": unfitted}, NotFittedError, "This PrunedNetClassifier is not fitted yet"),
        ({"net": nn.LazyLinear(3)}, ValueError, "weight, bias of LazyLinear have no shape yet"),
        ({"net": no_shape()}, ValueError, "1.running_mean, 1.running_var of Sequential have no sh"),
        ({"net": nn.Linear(3, 2, device="meta")}, ValueError, "hold no numbers, being on the devi"),
    ]
    made = [
        ({"net": scripted()}, TypeError, "net is a RecursiveScriptModule of torch.jit: give the"),
        ({"net": hidden}, ValueError, "Linear has masks of torch.nn.utils.prune: call"),
        ({"net": normed}, ValueError, "computes weights by torch.nn.utils.parametrize: call"),
        ({"net": hooked}, ValueError, "computes weights by SpectralNorm: call torch.nn.utils"),
    ]
    columns = ", ".join(layer_table(net))
    tables = [
        ({"table": table}, ValueError, f"table has not the columns {columns}: give what")
        for table in (None, 3, "table", [], {}, {"name": ["a"]}, pd.DataFrame({"a": [1]}))
    ]
    asking = {"net": net, "strategy": "hessian"}
    return {
        "apply_masks": [*no_nets, ({"net": net}, ValueError, "Linear has no masks: give what")],
        "layer_table": [*no_nets, *made],
        "LayerDisplay": [
            *tables,
            ({"table": layer_table(nn.ReLU())}, ValueError, "table has no rows: give that of"),
            ({"table": layer_table(net), "xscale": "log2"}, ValueError, "xscale is 'log2': give"),
        ],
        "prune_net": [
            *no_nets,
            *made,
            ({"net": nn.ReLU()}, ValueError, "Nothing of ReLU can be pruned, no weights are tra"),
            ({"net": net, "sparsity": 0}, ValueError, "sparsity is 0: give the number of weights"),
            ({"net": net, "sparsity": 19}, ValueError, "sparsity is 19: give the number of weigh"),
            ({"net": net, "strategy": "obs"}, ValueError, "strategy is 'obs': give one of"),
            (
                {"net": net, "strategy": lambda name, weight, found: weight / 0},
                ValueError,
                "strategy returned scores for weight that are not finite: give",
            ),
            ({"net": net, "scope": "all"}, ValueError, "scope is 'all': give one of 'global'"),
            ({"net": net, "batch_size": 0}, ValueError, "batch_size is 0: give an int"),
            ({"net": net, "random_state": "a"}, ValueError, "'a' cannot be used to seed"),
            ({"net": net, "exclude": None}, TypeError, "exclude is None: give a tuple"),
            ({"net": net, "exclude": "hidden"}, ValueError, "or a pattern for weight, bias."),
            (
                asking,
                ValueError,
                "strategy is 'hessian', which asks the loss of samples: give X and",
            ),
            (
                {**asking, "X": X[:, 1:], "y": Y},
                ValueError,
                "X does not fit the net: Linear failed",
            ),
            (
                {**asking, "X": {"a": X}, "y": Y},
                ValueError,
                "X does not fit the net: Linear failed",
            ),
            (
                {**asking, "X": X, "y": Y[:, None]},
                ValueError,
                "in shape (30, 1), and the net 3 out",
            ),
            (
                {**asking, "X": X, "y": Y, "loss": no_number},
                ValueError,
                "loss returned shape (1, 3)",
            ),
            ({**asking, "X": X}, ValueError, "which asks the loss of samples: give y"),
            (
                {**asking, "X": X, "y": Y[1:]},
                ValueError,
                "y has shape (29,): give one for",
            ),
            (
                {**asking, "X": X, "y": Y + 1},
                ValueError,
                "y has the classes [1, 2, 3] in",
            ),
            ({**asking, "X": X, "y": Y > 0}, ValueError, "y has the classes [False, True] in"),
            ({**asking, "X": X, "y": ["a"] * 30}, ValueError, "y has targets that are no numbers"),
            (
                {**asking, "X": X, "y": X[:, :2]},
                ValueError,
                "(3,) for targets of shape (2,)",
            ),
            (
                {**asking, "X": X, "y": X[:, :3] * np.nan},
                ValueError,
                "y has values that are",
            ),
            ({**asking, "X": X * np.nan, "y": Y}, ValueError, "X has values that are not finite"),
            (
                {**asking, "X": X, "y": Y, "loss": "mse"},
                TypeError,
                "loss is 'mse': give loss, a",
            ),
            ({**asking, "X": X, "y": Y, "loss": nn.MSELoss}, TypeError, "MSELoss'>: give loss, a"),
        ],
    }


CALLS = {
    "LayerDisplay": lambda table, **given: LayerDisplay(table=table).plot(**given),
    "apply_masks": lambda **given: apply_masks(*given.values()),
    "layer_table": layer_table,
    "prune_net": lambda net, X=None, y=None, **given: prune_net(net, X, y, **given),
    "PrunedNetClassifier": lambda **given: fit(PrunedNetClassifier, **given),
    "PrunedNetRegressor": lambda **given: fit(PrunedNetRegressor, **given),
    "TwoLayerNet": TwoLayerNet,
    "ResNet20": ResNet20,
    "plot_study": plot_study,
    "compact": lambda net=TwoLayerNet(4, 5, 2), **given: compact(net, **given),  # noqa: B008
    "compression_report": lambda net=TwoLayerNet(4, 5, 2), X=X: compression_report(net, X),  # noqa: B008
    "save_sparse": lambda net=TwoLayerNet(4, 5, 2), path="net": save_sparse(net, path),  # noqa: B008
    "load_sparse": lambda net=TwoLayerNet(4, 5, 2), path="net", **given: load_sparse(  # noqa: B008
        net, path, **given
    ),
}


@pytest.fixture
def calls(tmp_path):
    file = tmp_path / "no_table.csv"
    file.write_text("a,b\n1,2\n")
    return bad_calls(file)


@pytest.mark.parametrize("name", neural.__all__)
def test_what_is_wrong_is_said(calls, name):
    assert len(calls[name]) >= LEAST_ROWS
    for given, kind, message in calls[name]:
        with pytest.raises(kind) as error:
            CALLS[name](**given)
        assert type(error.value) is kind, given
        assert message in str(error.value), given


@pytest.mark.parametrize("size", [20, 33, 64])
def test_images_of_sizes_that_are_not_pooled_to_four_pixels(size):
    with pytest.raises(ValueError, match=rf"X has shape \(1, 3, {size}, {size}\): give images"):
        ResNet20(1)(torch.zeros(1, 3, size, size))


@pytest.mark.parametrize("size", [21, 28, 32])
def test_images_of_sizes_that_are(size):
    assert ResNet20(1).eval()(torch.zeros(1, 3, size, size)).shape == (1, 10)
