"""A fit that is killed goes on where it stood, and ends as if nothing had been."""

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
import torch
from sklearn.model_selection import GridSearchCV
from skorch.callbacks import (
    Callback,
    EarlyStopping,
    EpochScoring,
    Freezer,
    LRScheduler,
    Unfreezer,
)
from skorch.dataset import ValidSplit
from torch import nn

from sklearn_prune.neural import PrunedNetClassifier, PrunedNetRegressor, TwoLayerNet

# A few epochs are enough for what is tested here, if not for good nets.
pytestmark = pytest.mark.filterwarnings("ignore:.*no better than guessing")


class Crash(Callback):
    """Break off at a batch of an epoch of a phase: all counted from 0, in training alone."""

    def __init__(self, at=None):
        self.at = at

    def get_params(self, deep=True):
        return {}  # a fit is the same one wherever it crashes

    def on_batch_end(self, net, training, **kwargs):
        epoch, batch = len(net.history) - 1, len(net.history[-1]["batches"]) - 1
        if training and self.at == (net.phase_.n_keep, epoch, batch):
            raise RuntimeError("crash")


class Interrupt(Crash):
    def on_batch_end(self, net, training, **kwargs):
        if training and self.at and net.phase_.n_keep == SIZES[1]:
            signal.raise_signal(signal.SIGINT)


class Odd(Callback):
    def on_epoch_begin(self, net, **kwargs):
        net.history.record("odd", object())


class Noisy(nn.Module):
    def __init__(self, n_inputs, n_classes, width=8):
        super().__init__()
        self.net = TwoLayerNet(width, n_inputs, n_classes)
        self.norm = nn.BatchNorm1d(n_inputs)
        self.dropout = nn.Dropout(0.2)

    def forward(self, X):
        return self.net(self.dropout(self.norm(X)))


def make(checkpoint=None, at=None, **params):
    callbacks = [
        EpochScoring("accuracy", name="train_acc", on_train=True, lower_is_better=False),
        LRScheduler("ReduceLROnPlateau", monitor="valid_loss", patience=0, factor=0.5),
        LRScheduler("StepLR", step_size=3, gamma=0.5, step_every="batch"),
        EarlyStopping("valid_loss", patience=2, load_best=True),
        Crash(at),
    ]
    defaults = {
        "module": Noisy,
        "max_epochs": 3,
        "retrain_epochs": 2,
        "batch_size": 100,
        "lr": 0.02,
        "sparsity": 250,
        "scope": "layer",
        "n_rounds": 2,
        "random_state": 0,
        "checkpoint": checkpoint,
        "callbacks": callbacks,
        "train_split": ValidSplit(5, stratified=True),
    }
    return PrunedNetClassifier(**defaults | params)


def results(net):
    ignored = {"dur", "batches"}
    rows = [{k: v for k, v in row.items() if k not in ignored} for row in net.history]
    return {name: v.clone() for name, v in net.module_.state_dict().items()}, net.n_kept_, rows


def assert_same_fit(net, other):
    (weights, *rest), (other_weights, *other_rest) = results(net), results(other)
    for name, value in weights.items():
        assert torch.equal(value, other_weights[name]), name
    assert rest == other_rest


SIZES = [8 * 65 + 10 * 9 + 128, 430, 250]  # weights in each phase


@pytest.mark.parametrize("retrain", ["finetune", "rewind", "reinit", None])
@pytest.mark.parametrize("strategy", ["magnitude", "random"])
def test_crashes_between_and_inside_of_phases(digits, tmp_path, retrain, strategy):
    params = {"retrain": retrain, "strategy": strategy}
    expected = make(**params).fit(*digits)
    crashes = [
        (SIZES[0], 0, 1),
        (SIZES[0], 1, 0),
        (SIZES[0], 2, 2),
        (SIZES[1], 0, 0),
        (SIZES[1], 1, 2),
    ]
    if retrain is not None:
        crashes += [(SIZES[2], 0, 0), (SIZES[2], 1, 1)]
    for at in crashes:
        with pytest.raises(RuntimeError, match="crash"):
            make(tmp_path, at, **params).fit(*digits)
    net = make(tmp_path, **params).fit(*digits)
    assert_same_fit(net, expected)
    assert (
        sorted({row["n_kept"] for row in net.history}, reverse=True) == SIZES[: 2 + bool(retrain)]
    )
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    "optimizer",
    [{"optimizer": torch.optim.SGD, "optimizer__momentum": 0.9}, {"optimizer": torch.optim.AdamW}],
)
def test_optimisers_go_on(digits, tmp_path, optimizer):
    with pytest.raises(RuntimeError, match="crash"):
        make(tmp_path, (SIZES[1], 1, 1), **optimizer).fit(*digits)
    assert_same_fit(make(tmp_path, **optimizer).fit(*digits), make(**optimizer).fit(*digits))


@pytest.mark.parametrize(
    "params",
    [
        {"callbacks": [LRScheduler(), Crash((SIZES[1], 1, 1))]},
        {
            "criterion__weight": torch.arange(1.0, 11),
            "callbacks": [Crash((SIZES[1], 1, 1))],
        },
        {
            "callbacks": [Freezer("net.*"), Unfreezer("net.*", at=2), Crash((SIZES[1], 1, 1))],
        },
    ],
)
def test_what_else_goes_on(digits, tmp_path, params):
    with pytest.raises(RuntimeError, match="crash"):
        make(tmp_path, **params).fit(*digits)
    (file,) = tmp_path.iterdir()
    params["callbacks"][-1].at = None
    net = make(tmp_path, **params).fit(*digits)
    assert list(tmp_path.iterdir()) == [file]
    assert_same_fit(net, make(**params).fit(*digits))


def test_an_early_end_of_a_phase_is_kept(digits, tmp_path):
    def stop():
        return [EarlyStopping("train_loss", patience=1, threshold=9.0, threshold_mode="abs")]

    expected = make(callbacks=stop()).fit(*digits)
    assert [row["epoch"] for row in expected.history] == [1, 2] * 3
    with pytest.raises(RuntimeError, match="crash"):
        make(tmp_path, callbacks=[*stop(), Crash((SIZES[1], 0, 0))]).fit(*digits)
    net = make(tmp_path, callbacks=[*stop(), Crash()]).fit(*digits)
    assert_same_fit(net, expected)


def test_regression(diabetes, tmp_path):
    params = {"module__width": 16, "max_epochs": 2, "random_state": 0, "scope": "layer"}
    expected = PrunedNetRegressor(**params).fit(*diabetes)
    with pytest.raises(RuntimeError, match="crash"):
        PrunedNetRegressor(**params, checkpoint=tmp_path, callbacks=[Crash((19, 1, 0))]).fit(
            *diabetes
        )
    net = PrunedNetRegressor(**params, checkpoint=tmp_path, callbacks=[Crash()]).fit(*diabetes)
    assert_same_fit(net, expected)


def test_what_has_ended_is_read(digits, tmp_path):
    net = make(tmp_path).fit(*digits)
    crash_anywhere = make(tmp_path, (SIZES[0], 0, 0)).fit(*digits)
    assert_same_fit(crash_anywhere, net)
    assert crash_anywhere.score(*digits) == net.score(*digits)


@pytest.mark.usefixtures("sigint_of_python")
def test_ctrl_c_and_again(digits, tmp_path):
    def interrupted(at):
        return make(tmp_path, callbacks=[Interrupt(at)])

    with pytest.raises(KeyboardInterrupt):
        interrupted(True).fit(*digits)
    assert_same_fit(interrupted(False).fit(*digits), make(callbacks=[]).fit(*digits))


def test_other_fits_have_other_files(digits, tmp_path):
    X, y = digits
    make(tmp_path).fit(X, y)
    changes = [{"lr": 0.03}, {"module__width": 9}, {"random_state": 1}, {"callbacks": None}]
    for n_files, params in enumerate(changes, start=2):
        assert_same_fit(make(tmp_path, **params).fit(X, y), make(**params).fit(X, y))
        assert len(list(tmp_path.iterdir())) == n_files
    make(tmp_path).fit(X[::-1], y[::-1])
    assert len(list(tmp_path.iterdir())) == len(changes) + 2
    make(tmp_path, verbose=0).fit(X, y)
    assert len(list(tmp_path.iterdir())) == len(changes) + 2


def test_two_fits_at_once_in_one_folder(digits, tmp_path):
    """Both end as one alone does, whoever writes first."""
    nets = [make(tmp_path, max_epochs=2, n_rounds=1) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda net: net.fit(*digits), nets))
    expected = make(max_epochs=2, n_rounds=1).fit(*digits)
    for net in nets:
        assert_same_fit(net, expected)
    assert len(list(tmp_path.iterdir())) == 1


def test_searches_with_a_folder(digits, tmp_path):
    def search(checkpoint):
        net = make(checkpoint, callbacks=None, train_split=None, max_epochs=1, n_rounds=1)
        return GridSearchCV(net, {"sparsity": [100, 200]}, cv=2).fit(*digits)

    expected = search(None)
    for n_files in (5, 5):  # two candidates on two folds, the best one on all data
        found = search(tmp_path)
        assert_same_fit(found.best_estimator_, expected.best_estimator_)
        assert len(list(tmp_path.iterdir())) == n_files


@pytest.mark.parametrize("n_left", [0, 20, -1])
def test_truncated_files_are_told(digits, tmp_path, n_left):
    make(tmp_path).fit(*digits)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:n_left])
    with pytest.raises(ValueError, match=r"\.fit is damaged: delete it"):
        make(tmp_path).fit(*digits)


def test_the_file_of_another_fit_is_told(digits, tmp_path):
    make(tmp_path / "a").fit(*digits)
    make(tmp_path / "b", lr=0.03).fit(*digits)
    (file,), (other,) = (tmp_path / "a").iterdir(), (tmp_path / "b").iterdir()
    other.replace(file)
    with pytest.raises(ValueError, match=r"\.fit was renamed, it is of another fit: delete it"):
        make(tmp_path / "a").fit(*digits)


def test_what_a_checkpoint_needs(digits, tmp_path):
    with pytest.raises(ValueError, match="checkpoint needs a random_state: give an int"):
        make(tmp_path, random_state=None).fit(*digits)

    class Local(TwoLayerNet):
        pass

    with pytest.raises(ValueError, match="A checkpoint needs parameters that another process"):
        make(tmp_path, module=Local).fit(*digits)

    with pytest.raises(TypeError, match="A checkpoint cannot hold a object"):
        make(tmp_path, callbacks=[Odd()]).fit(*digits)


FORKS = textwrap.dedent(
    """
    import os, sys
    import numpy as np, torch
    from sklearn_prune.neural import PrunedNetClassifier

    torch.set_num_threads(1)  # so that the children may compute
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((500, 20)), rng.integers(0, 3, 500)
    params = {"batch_size": 50, "n_rounds": 2, "scope": "layer", "random_state": 0}
    PrunedNetClassifier(max_epochs=1, **params).fit(X, y)  # imports what torch imports late
    for line in sys.stdin:
        child = os.fork()
        if not child:
            net = PrunedNetClassifier(max_epochs=15, checkpoint=line.strip() or None, **params)
            torch.save(net.fit(X, y).module_.state_dict(), sys.argv[1])
            os._exit(0)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    """
)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_at_random_moments(tmp_path):
    script = subprocess.Popen(
        [sys.executable, "-c", FORKS, tmp_path / "weights"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def fit(folder, kill_after=None):
        script.stdin.write(f"{folder}\n")
        script.stdin.flush()
        child, start = int(script.stdout.readline()), time.perf_counter()
        if kill_after is not None:
            time.sleep(kill_after)
            with suppress(ProcessLookupError):  # it has ended already
                os.kill(child, signal.SIGKILL)
        return int(script.stdout.readline()), time.perf_counter() - start

    folder, generator = tmp_path / "checkpoint", random.Random(0)
    with script:
        _, duration = fit("")
        expected = torch.load(tmp_path / "weights")
        exits = [fit(folder, generator.uniform(0, duration / 3))[0] for _ in range(8)]
        (tmp_path / "weights").unlink(missing_ok=True)
        assert fit(folder)[0] == 0
        script.stdin.close()
    assert -signal.SIGKILL in exits
    for name, value in torch.load(tmp_path / "weights").items():
        assert torch.equal(value, expected[name]), name
