"""What both nets do, on the net that classifies where one is enough."""

import copy
import pickle
import random
import signal
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest
import torch
from drawn import Drawn, correlation
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from skorch.callbacks import (
    Callback,
    Checkpoint,
    EarlyStopping,
    Freezer,
    LRScheduler,
    Unfreezer,
)
from skorch.dataset import Dataset, ValidSplit
from skorch.helper import predefined_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from sklearn_prune.neural import PrunedNetClassifier, PrunedNetRegressor, ResNet20, TwoLayerNet
from sklearn_prune.neural._masks import weights_of
from sklearn_prune.neural._saliency import hessian, mean_square_gradients
from sklearn_prune.neural._tensor_batches import TensorBatches

TOTAL = 16 * 65 + 10 * 17  # weights of the nets made here, on digits

# Two epochs are enough for what is tested here, if not for good nets.
pytestmark = pytest.mark.filterwarnings("ignore:.*no better than guessing")


def make(**params):
    defaults = {"max_epochs": 2, "lr": 0.01, "random_state": 0, "scope": "layer"}
    defaults |= {"strategy": "magnitude", "optimizer": torch.optim.Adam}
    if "module" not in params:
        defaults["module__width"] = 16
    return PrunedNetClassifier(**defaults | params)


def weights(net):
    return {name: value.clone() for name, value in net.module_.state_dict().items()}


def assert_same_weights(net, other):
    for name, value in weights(net).items():
        assert torch.equal(value, weights(other)[name]), name


def assert_zeros_under_masks(net):
    parameters = weights_of(net.module_)
    for name, mask in net.masks_.items():
        assert not parameters[name][~mask].any(), name


class Masked(nn.Module):
    """A net with a mask of its own."""

    def __init__(self, n_inputs, n_classes):
        super().__init__()
        self.net = TwoLayerNet(8, n_inputs, n_classes)
        self.net.hidden.register_buffer("weight_mask", torch.ones(8, n_inputs))

    def forward(self, X):
        return self.net(X)


class Temperature(nn.CrossEntropyLoss):
    """A criterion with a weight that is drawn."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.rand(()))

    def forward(self, y_pred, y):
        return super().forward(y_pred * self.scale, y)


# Counts


@pytest.mark.parametrize("scope", ["global", "layer", "matched"])
@pytest.mark.parametrize("strategy", ["magnitude", "hessian", "random"])
@pytest.mark.parametrize("retrain", [None, "finetune", "rewind", "reinit"])
@pytest.mark.filterwarnings("ignore:Nothing is left")
def test_exactly_so_many_weights_are_kept(digits, scope, strategy, retrain):
    net = make(scope=scope, strategy=strategy, retrain=retrain, sparsity=123, max_epochs=1)
    net.fit(*digits)
    assert net.n_weights_ == TOTAL
    assert sum(net.n_kept_.values()) == 123
    assert sum(int(mask.sum()) for mask in net.masks_.values()) == 123
    assert_zeros_under_masks(net)
    assert sum(int((weight != 0).sum()) for weight in net.module_.parameters()) <= 123


@pytest.mark.parametrize(
    ("sparsity", "n_kept"),
    [(1, 1), (1.0, TOTAL), (TOTAL, TOTAL), (0.5, 605), (1e-9, 1), (np.int64(7), 7)],
)
@pytest.mark.filterwarnings("ignore:Nothing is left")
def test_ints_are_weights_and_floats_fractions(digits, sparsity, n_kept):
    net = make(sparsity=sparsity, max_epochs=1).fit(*digits)
    assert sum(net.n_kept_.values()) == n_kept


@pytest.mark.parametrize("sparsity", [0, TOTAL + 1, 1.5, 0.0, True, "all", None])
def test_sparsities_out_of_range(digits, sparsity):
    with pytest.raises(ValueError, match=r"sparsity is .*: give the number of weights to KEEP"):
        make(sparsity=sparsity).fit(*digits)


def test_base_width(digits):
    net = make(base_width=3).fit(*digits)
    assert sum(net.n_kept_.values()) == 3 * 65 + 10 * 4
    images = np.zeros((4, 3, 32, 32)), [0, 1, 0, 1]
    net = make(module=ResNet20, module__width=3, module__n_classes=10, base_width=2, max_epochs=0)
    assert sum(net.fit(*images).n_kept_.values()) == 1054 * 4 + 322 * 2 + 10


class NoWidth(nn.Linear):
    def __init__(self, n_inputs, n_classes):
        super().__init__(n_inputs, n_classes)


def test_base_width_and_its_errors(digits):
    with pytest.raises(ValueError, match=r"base_width is 3 and sparsity is 0.2: both say"):
        make(base_width=3, sparsity=0.2).fit(*digits)
    with pytest.raises(ValueError, match=r"base_width is 17, a net of 1285 weights, but the one"):
        make(base_width=17).fit(*digits)
    with pytest.raises(ValueError, match=r"base_width needs a module with an argument width"):
        make(module=NoWidth, base_width=3).fit(*digits)


def test_ties_go_to_the_first(digits):
    class Constant(Callback):
        def on_train_end(self, net, **kwargs):
            for weight in net.module_.parameters():
                weight.data.fill_(1)

    net = make(scope="global", sparsity=1100, retrain=None, callbacks=[Constant()]).fit(*digits)
    flat = torch.cat([mask.flatten() for mask in net.masks_.values()])
    assert flat.tolist() == [True] * 1100 + [False] * (TOTAL - 1100)


def test_an_emptied_layer_is_told(digits):
    with pytest.warns(UserWarning, match=r"Nothing is left of hidden.weight") as record:
        net = make(scope="global", sparsity=1, max_epochs=1).fit(*digits)
    assert record[0].filename == __file__
    assert net.n_kept_ == {"hidden.weight": 0, "hidden.bias": 0, "last.weight": 1, "last.bias": 0}


# Phases


def test_the_history_has_all_phases(digits):
    net = make(sparsity=200, n_rounds=2, max_epochs=3, retrain_epochs=2).fit(*digits)
    rows = [(row["phase"], row["epoch"], row["n_kept"]) for row in net.history]
    assert rows == [
        *(("train", epoch, TOTAL) for epoch in (1, 2, 3)),
        *(("retrain", epoch, round((TOTAL * 200) ** 0.5)) for epoch in (1, 2)),
        *(("retrain", epoch, 200) for epoch in (1, 2)),
    ]


def test_pruning_acts_on_the_trained_net(digits):
    dense = make(sparsity=1.0, retrain=None, scope="global").fit(*digits)
    pruned = make(sparsity=300, retrain=None, scope="global").fit(*digits)
    flat = torch.cat([weight.detach().abs().flatten() for weight in dense.module_.parameters()])
    threshold = flat.sort(descending=True).values[299]
    for name, weight in weights_of(dense.module_).items():
        expected = torch.where(weight.abs() >= threshold, weight, 0.0)
        assert torch.equal(weights_of(pruned.module_)[name], expected)


def test_hessian_is_that_of_the_training_data(digits):
    dense = make(sparsity=1.0, retrain=None).fit(*digits)
    pruned = make(strategy="hessian", sparsity=300, retrain=None, scope="global").fit(*digits)
    X, y = torch.tensor(digits[0], dtype=torch.float32), torch.tensor(digits[1])
    fisher = mean_square_gradients(dense.module_, nn.functional.cross_entropy, [(X, y)])
    scores = hessian(dense.module_, fisher)
    threshold = torch.cat([score.flatten() for score in scores.values()]).sort().values[-300]
    for name, score in scores.items():
        clear = (score / threshold - 1).abs() > 1e-4
        assert torch.equal(pruned.masks_[name][clear], (score >= threshold)[clear])


def test_where_retraining_begins(digits):
    """With a learning rate of nearly zero the weights stay where it begins."""

    class Begin(Callback):
        def on_train_begin(self, net, **kwargs):
            begins.append(weights(net))

    found = {}
    for retrain in ("finetune", "rewind", "reinit"):
        begins = []
        net = make(sparsity=300, retrain=retrain, callbacks=[Begin()]).fit(*digits)
        first, second = begins
        dense = make(sparsity=1.0, retrain=None).fit(*digits)
        origin = {"finetune": weights(dense), "rewind": first, "reinit": second}[retrain]
        for name, mask in net.masks_.items():
            assert torch.equal(second[name], origin[name] * mask)
        found[retrain] = second["hidden.weight"]
    kept = net.masks_["hidden.weight"]
    assert not torch.equal(found["reinit"][kept], first["hidden.weight"][kept])


def test_the_optimiser_of_the_retraining_is_new(digits):
    class Steps(Callback):
        def on_train_begin(self, net, **kwargs):
            assert not net.optimizer_.state

        def on_train_end(self, net, **kwargs):
            steps.extend({int(s["step"]) for s in net.optimizer_.state.values()})

    steps = []
    make(callbacks=[Steps()], max_epochs=3, retrain_epochs=1, batch_size=100).fit(*digits)
    assert steps == [9, 3]


@pytest.mark.parametrize("optimizer", [torch.optim.SGD, torch.optim.AdamW])
def test_momentum_and_weight_decay_revive_nothing(digits, optimizer):
    extra = {"optimizer__momentum": 0.9} if optimizer is torch.optim.SGD else {}

    class Watch(Callback):
        def on_batch_end(self, net, training, **kwargs):
            assert_zeros_under_masks(net)

    net = make(optimizer=optimizer, optimizer__weight_decay=0.1, callbacks=[Watch()], **extra)
    net.fit(*digits)
    assert_zeros_under_masks(net.partial_fit(*digits))
    assert sum(net.n_kept_.values()) == round(0.1 * TOTAL)


def test_schedules_begin_anew(digits):
    net = make(callbacks=[LRScheduler("StepLR", step_size=1, gamma=0.1)], max_epochs=3).fit(*digits)
    assert_allclose(net.history[:, "event_lr"], [1e-2, 1e-3, 1e-4] * 2)


def test_early_stopping_ends_a_phase(digits):
    stop = EarlyStopping("train_loss", patience=2, threshold=10.0, threshold_mode="abs")
    net = make(callbacks=[stop], max_epochs=9).fit(*digits)
    assert [row["phase"] for row in net.history] == ["train"] * 3 + ["retrain"] * 3
    assert sum(net.n_kept_.values()) == round(0.1 * TOTAL)


@pytest.mark.usefixtures("sigint_of_python")
def test_ctrl_c_ends_the_fit(digits):
    class Interrupt(Callback):
        def on_batch_begin(self, net, **kwargs):
            if net.phase_.name == "train" and len(net.history) == 2:
                signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        make(callbacks=[Interrupt()], max_epochs=5).fit(*digits)


def test_fits_in_other_threads(digits):
    net = make()
    thread = threading.Thread(target=net.fit, args=digits)
    thread.start()
    thread.join()
    assert_same_weights(net, make().fit(*digits))


def test_partial_fit_trains_further(digits):
    net = make(max_epochs=3).fit(*digits)
    masks, before = net.masks_, weights(net)
    net.partial_fit(*digits)
    assert [row["phase"] for row in net.history][-3:] == ["partial_fit"] * 3
    assert len(net.history) == 9
    assert not torch.equal(before["last.weight"], weights(net)["last.weight"])
    for name, mask in masks.items():
        assert torch.equal(mask, net.masks_[name])


def test_partial_fit_of_a_new_net_is_dense(digits):
    net = make(max_epochs=1)
    net.partial_fit(*digits)
    assert net.masks_ == {}
    assert sum(net.n_kept_.values()) == TOTAL
    assert len(net.history) == 1


# Masks through copies and files


def test_copies_keep_the_masks_and_predict_the_same(digits):
    net = make(sparsity=200, scope="global").fit(*digits)
    for copied in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert copied.n_kept_ == net.n_kept_
        assert_same_weights(copied, net)
        assert_array_equal(copied.predict_proba(digits[0]), net.predict_proba(digits[0]))
        copied.partial_fit(*digits)
        assert_zeros_under_masks(copied)
        assert copied.n_kept_ == net.n_kept_


def test_a_pickled_net_goes_on_like_the_original(digits):
    net = make(sparsity=200).fit(*digits)
    copied = pickle.loads(pickle.dumps(net))
    assert_same_weights(copied.partial_fit(*digits), net.partial_fit(*digits))


def test_clone_and_fit_again(digits):
    net = make(sparsity=200).fit(*digits)
    cloned = clone(net)
    assert not hasattr(cloned, "module_")
    assert cloned.get_params(deep=False).keys() == net.get_params(deep=False).keys()
    assert_same_weights(cloned.fit(*digits), net)
    first = copy.deepcopy(net)
    assert_same_weights(net.fit(*digits), first)


def test_saved_parameters_are_those_of_a_dense_net(digits, tmp_path):
    net = make(sparsity=200, scope="global").fit(*digits)
    net.save_params(f_params=tmp_path / "params.pt")
    plain = TwoLayerNet(16, 64, 10)
    plain.load_state_dict(torch.load(tmp_path / "params.pt"))
    other = make(module__n_inputs=64, random_state=1).initialize()
    other.load_params(f_params=tmp_path / "params.pt")
    assert_array_equal(other.predict_proba(digits[0]), net.predict_proba(digits[0]))
    assert other.n_kept_ == net.n_kept_
    net.save_params(f_history=tmp_path / "history.json")
    other.load_params(f_history=tmp_path / "history.json")
    assert other.history[:, "phase"] == ["train"] * 2 + ["retrain"] * 2
    other.partial_fit(*digits)
    assert_zeros_under_masks(other)
    assert other.n_kept_ == net.n_kept_


def test_other_files_leave_the_masks(digits, tmp_path):
    net = make(sparsity=200).fit(*digits)
    net.save_params(f_optimizer=tmp_path / "optimizer.pt")
    masks = net.masks_
    net.load_params(f_optimizer=tmp_path / "optimizer.pt")
    assert all(torch.equal(mask, masks[name]) for name, mask in net.masks_.items())


def test_checkpoints_of_skorch(digits, tmp_path):
    checkpoint = Checkpoint(
        monitor="valid_loss_best",
        dirname=tmp_path,
        f_params="{net.phase_.name}.pt",
        load_best=True,
    )
    net = make(callbacks=[checkpoint], train_split=ValidSplit(5, stratified=True), sparsity=200)
    net.fit(*digits)
    best = [row["valid_loss"] for row in net.history if row["phase"] == "retrain"]
    assert (tmp_path / "train.pt").exists()
    loaded = make(module__n_inputs=64).initialize()
    loaded.load_params(f_params=tmp_path / "retrain.pt")
    assert_same_weights(loaded, net)
    assert sum(net.n_kept_.values()) == 200
    assert_zeros_under_masks(net)
    assert len(best) == 2


def test_a_net_that_a_checkpoint_pickled_predicts(digits, tmp_path):
    checkpoint = Checkpoint(monitor=None, dirname=tmp_path, f_pickle="net.pkl")
    X, y = digits
    names = np.array(list("abcdefghij"))[y]
    net = make(callbacks=[checkpoint], sparsity=200).fit(X, names)
    with (tmp_path / "net.pkl").open("rb") as file:
        loaded = pickle.load(file)
    assert_array_equal(loaded.predict(X), net.predict(X))
    assert loaded.n_kept_ == net.n_kept_


# Parameters


def test_parameters_of_a_fitted_net_can_be_set(digits):
    net = make().fit(*digits)
    changes = {
        "module__width": 8,
        "sparsity": 50,
        "lr": 0.02,
        "optimizer__weight_decay": 0.1,
        "iterator_train__shuffle": False,
        "criterion__label_smoothing": 0.1,
        "batch_size": 50,
        "retrain": "finetune",
        "callbacks": [LRScheduler("StepLR", step_size=1)],
        "random_state": 1,
    }
    net.set_params(**changes)
    assert changes.items() <= net.get_params().items()
    net.fit(*digits)
    assert net.optimizer_.param_groups[0]["weight_decay"] == 0.1
    assert sum(net.n_kept_.values()) == 50
    assert_same_weights(net, make(**changes).fit(*digits))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"strategy": "oracle"},
            "strategy is 'oracle': give one of 'magnitude', 'hessian', 'random'",
        ),
        ({"scope": "all"}, "scope is 'all': give one of 'global', 'layer', 'matched'"),
        ({"retrain": True}, "retrain is True: give one of None, 'finetune', 'rewind', 'reinit'"),
        ({"n_rounds": 0}, "n_rounds is 0: give the number of pruning rounds"),
        ({"max_epochs": -1}, "max_epochs is -1: give a number of epochs"),
        ({"retrain_epochs": 1.5}, "retrain_epochs is 1.5: give a number of epochs"),
        ({"warm_start": True}, "warm_start is True: fit starts anew, partial_fit trains further"),
        ({"epochs": 3}, "unexpected argument"),
        ({"module_width": 3}, "did you mean module__width"),
    ],
)
def test_parameters_out_of_range(digits, params, message):
    with pytest.raises(ValueError, match=message):
        make(**params).fit(*digits)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_device_that_is_not_there(digits):
    with pytest.raises(ValueError, match="device is 'cuda', but torch finds no CUDA device"):
        make(device="cuda").fit(*digits)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_on_a_gpu(digits, tmp_path):
    before = torch.cuda.get_rng_state()
    net = make(device="cuda", sparsity=200, strategy="hessian", checkpoint=tmp_path).fit(*digits)
    assert next(net.module_.parameters()).is_cuda
    assert sum(net.n_kept_.values()) == 200
    assert_zeros_under_masks(net)
    assert torch.equal(torch.cuda.get_rng_state(), before)
    again = make(device="cuda", sparsity=200, strategy="hessian", checkpoint=tmp_path).fit(*digits)
    assert_same_weights(net, again)
    copied = pickle.loads(pickle.dumps(net))
    assert_array_equal(copied.predict_proba(digits[0]), net.predict_proba(digits[0]))


def test_modules_are_classes(digits):
    message = "module is an instance of TwoLayerNet, which fit cannot draw anew: give the class"
    with pytest.raises(TypeError, match=message):
        make(module=TwoLayerNet()).fit(*digits)
    with pytest.raises(TypeError, match=r"module is 'net': give a class of torch.nn.Module"):
        make(module="net").fit(*digits)


@pytest.mark.parametrize("Net", [PrunedNetClassifier, PrunedNetRegressor])
def test_grid_search_over_width_and_sparsity(Net, digits, diabetes):
    X, y = digits if Net is PrunedNetClassifier else diabetes
    net = Net(max_epochs=1, lr=0.01, random_state=0, scope="layer")
    grid = {"module__width": [4, 8], "sparsity": [40, 0.9]}
    first = GridSearchCV(net, grid, cv=2).fit(X, y)
    again = GridSearchCV(net, grid, cv=2, n_jobs=2).fit(X, y)
    scores = "mean_test_score"
    assert_array_equal(first.cv_results_[scores], again.cv_results_[scores])
    assert len(np.unique(first.cv_results_[scores])) > 1
    assert_same_weights(first.best_estimator_, again.best_estimator_)


def test_set_parameters_leave_the_fitted_net(digits):
    X, y = digits
    net = make(sparsity=20).fit(X, y)
    expected = net.predict_proba(X)
    net.set_params(module__width=8, criterion=nn.NLLLoss, optimizer=torch.optim.SGD)
    net.set_params(module=ResNet20, module__width=3, iterator_train__shuffle=False)
    assert_array_equal(net.predict_proba(X), expected)
    assert sum(net.n_kept_.values()) == 20
    net.set_params(module=TwoLayerNet, criterion=nn.CrossEntropyLoss).fit(X, y)
    params = {"module__width": 3, "iterator_train__shuffle": False, "optimizer": torch.optim.SGD}
    assert_same_weights(net, make(sparsity=20, **params).fit(X, y))
    with pytest.raises(ValueError, match="Invalid parameter 'epochs'"):
        net.set_params(epochs=3)


# Random numbers


def test_random_state(digits):
    assert_same_weights(make().fit(*digits), make().fit(*digits))
    other = make(random_state=1).fit(*digits)
    assert not torch.equal(other.module_.hidden.weight, make().fit(*digits).module_.hidden.weight)
    generator = np.random.RandomState(0)
    first, second = (make(random_state=generator).fit(*digits) for _ in "ab")
    assert first.seed_ != second.seed_
    assert make(random_state=None).fit(*digits).seed_ != make(random_state=None).fit(*digits).seed_


def test_random_masks_know_nothing_of_the_weights(digits):
    params = {"module": Drawn, "max_epochs": 0, "retrain": None}
    initial = make(sparsity=1.0, **params).fit(*digits).module_.weight
    mask = make(sparsity=320, strategy="random", **params).fit(*digits).masks_["weight"]
    assert abs(correlation(initial, mask)) < 4 / initial.numel() ** 0.5


class Noisy(nn.Module):
    """With dropout, which draws random numbers in training."""

    def __init__(self, n_inputs, n_classes, width=8):
        super().__init__()
        self.net = TwoLayerNet(width, n_inputs, n_classes)
        self.dropout = nn.Dropout(0.2)

    def forward(self, X):
        return self.net(self.dropout(X))


def seed_all(seed):
    torch.manual_seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    random.seed(seed)


def draw_from_all():
    return torch.rand(2).tolist(), np.random.rand(2).tolist(), random.random()  # noqa: NPY002


@pytest.mark.parametrize("strategy", ["hessian", "random"])
def test_the_random_numbers_of_the_caller_go_on(digits, strategy):
    seed_all(0)
    expected = [draw_from_all() for _ in range(4)]
    seed_all(0)
    found = [draw_from_all()]
    net = make(module=Noisy, strategy=strategy, retrain="reinit", base_width=4).fit(*digits)
    found.append(draw_from_all())
    net.set_params(iterator_valid=DataLoader).predict(digits[0])
    found.append(draw_from_all())
    net.partial_fit(*digits).set_params(module__width=5)
    found.append(draw_from_all())
    assert found == expected


def in_threads(*tasks):
    with ThreadPoolExecutor(len(tasks)) as pool:
        return [future.result() for future in [pool.submit(task) for task in tasks]]


@pytest.mark.parametrize(("strategy", "retrain"), [("hessian", "rewind"), ("random", "reinit")])
def test_nets_in_threads_are_those_of_one_thread(digits, strategy, retrain):
    def fit(seed):
        params = {"strategy": strategy, "retrain": retrain, "max_epochs": 1, "module": Noisy}
        net = make(criterion=Temperature, random_state=seed, **params).fit(*digits)
        return net.partial_fit(*digits)

    expected = [fit(seed) for seed in range(8)]
    seed_all(0)
    caller = draw_from_all()
    seed_all(0)
    found = in_threads(*(partial(fit, seed) for seed in range(8)))
    assert draw_from_all() == caller
    for net, other in zip(found, expected, strict=True):
        assert_same_weights(net, other)


def test_predictions_do_not_wait_for_the_end_of_a_fit(digits):
    """Nor do they change it, though their batches draw from the generator that it trains with."""
    predicted, other = threading.Event(), make().fit(*digits)

    class Long(Callback):
        def on_epoch_end(self, net, **kwargs):
            if predicted.is_set():
                raise KeyboardInterrupt

    class Predict(Callback):
        """Asks another thread for a prediction after the first epoch."""

        def on_train_begin(self, net, **kwargs):
            thread.start()

    def predict():
        other.set_params(iterator_valid=DataLoader).predict(digits[0])
        predicted.set()

    thread = threading.Thread(target=predict)
    params = {"max_epochs": 10_000, "sparsity": 1.0, "retrain": None, "module": Noisy}
    net = make(callbacks=[Long(), Predict()], **params).fit(*digits)
    thread.join()
    assert len(net.history) < 10_000
    params["max_epochs"] = len(net.history)
    assert_same_weights(net, make(**params).fit(*digits))


def test_the_seed_of_the_caller_decides_nothing(digits):
    nets = []
    for seed in (1, 2):
        seed_all(seed)
        nets.append(make(module=Noisy, strategy="random", retrain="reinit").fit(*digits))
    assert_same_weights(*nets)


# Data


def test_data_of_any_real_type(digits):
    X, y = digits
    X = np.round(X * 16)
    expected = make(sparsity=0.5).fit(X, y)
    for other in (X.astype("f4"), X.astype(int), X.astype("u1"), X.tolist(), torch.tensor(X)):
        net = make(sparsity=0.5).fit(other, y)
        assert_same_weights(net, expected)
        assert net.predict_proba(other).dtype == np.float32
    read_only = X.astype(np.float32)
    read_only.flags.writeable = False
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert_same_weights(make(sparsity=0.5).fit(read_only, y), expected)


class Words(nn.Module):
    """A net of words, the mean of whose vectors tells the class."""

    def __init__(self, n_classes, n_words=50):
        super().__init__()
        self.vectors = nn.Embedding(n_words, 8)
        self.last = nn.Linear(8, n_classes)

    def forward(self, X):
        return self.last(self.vectors(X).mean(1))


class Counts(nn.Module):
    """A net that takes numbers by itself for what they are."""

    def __init__(self, n_inputs, n_classes):
        super().__init__()
        self.vectors = nn.Embedding(17, 8)
        self.net = TwoLayerNet(8, n_inputs + 7, n_classes)

    def forward(self, X):
        assert X.dtype == torch.float32
        return self.net(torch.hstack([self.vectors(X[:, 0].long()), X[:, 1:]]))


@pytest.fixture(scope="module")
def words():
    """The numbers of the words of sentences, and whether one of the first ten is in them."""
    rng = np.random.default_rng(0)
    X = rng.integers(0, 50, (200, 6))
    return X, (X < 10).any(1)


@pytest.mark.parametrize("strategy", ["magnitude", "hessian"])
def test_whole_numbers_stay_so_for_an_embedding(words, strategy, tmp_path):
    X, y = words
    params = {"module": Words, "strategy": strategy, "sparsity": 0.5, "batch_size": 20}
    params |= {"lr": 0.03, "max_epochs": 20}
    net = make(**params, checkpoint=tmp_path).fit(X, y)
    assert net.score(X, y) > 0.9
    for other in (X.astype("u1"), X.astype(float), X.tolist(), torch.tensor(X)):
        assert_same_weights(net, make(**params).fit(other, y))
        assert_array_equal(net.predict_proba(other), net.predict_proba(X))
    assert_array_equal(pickle.loads(pickle.dumps(net)).predict(X), net.predict(X))
    net.partial_fit(X, y)
    with pytest.raises(ValueError, match="X has fractions, but the module takes whole numbers"):
        net.predict(X + 0.5)


def test_whole_numbers_beyond_single_precision():
    taken = []

    class Wide(nn.Module):
        def __init__(self, n_classes):
            super().__init__()
            self.vectors = nn.Embedding(2, 4)
            self.last = nn.Linear(4, n_classes)

        def forward(self, X):
            taken.append(X)
            return self.last(self.vectors(X % 2).mean(1))

    X = 2**24 + np.arange(40).reshape(20, 2)
    make(module=Wide, max_epochs=1, iterator_train__shuffle=False, retrain=None).fit(X, [0, 1] * 10)
    assert_array_equal(taken[-1], X)


def test_whole_numbers_in_further_fits(words):
    X, y = words
    net = make(module=Words, max_epochs=1).partial_fit(X, y).partial_fit(X, y)
    assert net.predict(X).shape == (200,)
    net.set_params(module=TwoLayerNet).fit(X, y)
    assert net.predict(X + 0.5).shape == (200,)


def test_whole_numbers_are_floats_for_other_nets(digits):
    X, y = digits
    X = np.round(X * 16).astype(int)
    assert_same_weights(
        make(module=Counts).fit(X, y), make(module=Counts).fit(X.astype(np.float32), y)
    )


def test_sizes_come_from_the_data(digits, images):
    X, y = digits
    net = make().fit(X, y)
    assert (net.module_.hidden.in_features, net.module_.last.out_features) == (64, 10)
    net = make(module__n_classes=12).fit(X.reshape(-1, 8, 8), y)
    assert (net.module_.hidden.in_features, net.module_.last.out_features) == (64, 12)
    X, y = images
    net = make(module=ResNet20, module__width=1, sparsity=0.9, max_epochs=1).fit(X[:, :2], y)
    assert (net.module_.first.in_channels, net.module_.last.out_features) == (2, 2)
    assert net.predict(X[:, :2]).shape == (20,)


def test_images_of_another_size(images):
    X, y = images
    net = make(module__width=2, max_epochs=1).fit(X, y)
    with pytest.raises(ValueError, match=r"X has samples of shape \(3, 32, 31\), but PrunedNetCl"):
        net.predict(X[..., :31])


class Pointwise(nn.Module):
    """A net with a convolution whose gradients oneDNN gets wrong in channels_last."""

    def __init__(self, in_channels, n_classes):
        super().__init__()
        self.net = nn.Conv2d(in_channels, n_classes, 1, stride=2)

    def forward(self, X):
        assert X.is_contiguous()
        return self.net(X).mean((2, 3))


class InChannelsLast(ResNet20):
    def forward(self, X):
        assert X.is_contiguous(memory_format=torch.channels_last)
        return super().forward(X)


@pytest.mark.parametrize("module", [Pointwise, InChannelsLast])
def test_the_net_decides_on_the_format_of_images(images, module):
    width = {"module__width": 1} if module is InChannelsLast else {}
    net = make(module=module, **width, sparsity=0.5, max_epochs=1).fit(*images)
    assert net.predict(images[0]).shape == (20,)


def test_batches_of_torch(digits):
    shuffled = make(iterator_train=DataLoader, iterator_valid=DataLoader).fit(*digits)
    assert sum(shuffled.n_kept_.values()) == round(0.1 * TOTAL)
    ordered = {"iterator_train__shuffle": False}
    ours = make(**ordered).fit(*digits)
    theirs = make(iterator_train=DataLoader, iterator_valid=DataLoader, **ordered).fit(*digits)
    assert_same_weights(ours, theirs)


def test_without_callbacks(digits):
    net = make(callbacks="disable").fit(*digits)
    assert net.callbacks_ == []
    assert_same_weights(net, make().fit(*digits))


def test_one_batch_of_all(digits):
    net = make(batch_size=-1).fit(*digits)
    assert {row["train_batch_count"] for row in net.history} == {1}


class Normed(nn.Module):
    def __init__(self, n_inputs, n_classes):
        super().__init__()
        self.norm = nn.BatchNorm1d(n_inputs)
        self.net = TwoLayerNet(8, n_inputs, n_classes)

    def forward(self, X):
        return self.net(self.norm(X))


@pytest.mark.parametrize("iterator", [TensorBatches, DataLoader])
def test_a_last_batch_of_one_sample_under_batch_normalisation(digits, iterator):
    X, y = digits
    params = {"module": Normed, "iterator_train": iterator, "sparsity": 0.5}
    message = (
        "batch_size is 13, which leaves a batch of one sample, too few for batch "
        "normalisation: give another batch_size, or iterator_train__drop_last=True"
    )
    with pytest.raises(ValueError, match=message):
        make(**params, batch_size=13).fit(X[:40], y[:40])
    net = make(**params, batch_size=13, iterator_train__drop_last=True).fit(X[:40], y[:40])
    assert {row["train_batch_count"] for row in net.history} == {3}
    assert net.predict(X[:1]).shape == (1,)
    make(**params, batch_size=12).fit(X[:40], y[:40])


def test_other_errors_of_a_module_pass(digits):
    class Broken(TwoLayerNet):
        def forward(self, X):
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        make(module=Broken).fit(*digits)


def test_diverged_training_is_told(digits):
    with pytest.raises(ValueError, match=r"the training has diverged. Lower lr, or scale X"):
        make(optimizer=torch.optim.SGD, lr=1e20, max_epochs=5).fit(*digits)


@pytest.mark.parametrize("sparsity", [0.5, 1.0])
def test_diverged_retraining_is_told(digits, sparsity):
    params = {"max_epochs": 0, "retrain_epochs": 30, "lr": 1e30, "optimizer": torch.optim.SGD}
    with pytest.raises(ValueError, match=r"is not finite: the training has diverged\. Lower lr"):
        make(sparsity=sparsity, **params).fit(*digits)


def test_diverged_weights_stay_pruned(digits):
    net = make(optimizer=torch.optim.SGD).fit(*digits)
    with pytest.raises(ValueError, match="is not finite: the training has diverged"):
        net.set_params(optimizer__lr=1e30, max_epochs=9).partial_fit(*digits)
    assert_zeros_under_masks(net)


def test_weights_that_callbacks_freeze_are_told(digits):
    net = make(callbacks=[Freezer("hidden.*")])
    with pytest.raises(ValueError, match=r"Callbacks have frozen or freed hidden\.bias"):
        net.fit(*digits)


def test_weights_frozen_for_a_while(digits):
    net = make(callbacks=[Freezer("hidden.*"), Unfreezer("hidden.*", at=2)], sparsity=0.5)
    net.fit(*digits)
    assert sum(net.n_kept_.values()) == TOTAL // 2
    assert_zeros_under_masks(net)


def test_masks_of_a_module_of_its_own(digits):
    net = make(module=Masked).fit(*digits)
    assert set(net.masks_) == {
        "net.hidden.weight",
        "net.hidden.bias",
        "net.last.weight",
        "net.last.bias",
    }
    assert sum(net.n_kept_.values()) == round(0.1 * net.n_weights_)
    assert net.module_.net.hidden.weight_mask.dtype == torch.float32


@pytest.mark.parametrize("wrong", [0, -5, 1.5, "a", True])
def test_sizes_that_are_none(digits, wrong):
    for params in ({"batch_size": wrong}, {"base_width": wrong}, {"module__width": wrong}):
        (name,) = params
        message = f"{name.removeprefix('module__')} is {wrong!r}: give an int of at least 1"
        with pytest.raises(ValueError, match=message):
            make(**params).fit(*digits)


def test_predefined_validation_data(digits):
    X, y = digits
    names = np.array([f"digit {k}" for k in range(10)])
    split = predefined_split(Dataset(X[:100], names[y[:100]]))
    for iterator in (DataLoader, TensorBatches):
        net = make(train_split=split, iterator_valid=iterator).fit(X, names[y])
        loss = net.history[-1, "valid_loss"]
        outputs = torch.as_tensor(net.predict_proba(Dataset(X[:100]))).log()
        expected = nn.functional.nll_loss(outputs, torch.as_tensor(y[:100]))
        assert_allclose(loss, expected, rtol=1e-5)
    assert_array_equal(net.predict(Dataset(X)), net.predict(X))
    with pytest.raises(TypeError, match=r"A TensorDataset has no samples X at once: give a skorch"):
        net.predict(TensorDataset(*map(torch.as_tensor, digits)))


def test_a_criterion_with_weights(digits):
    nets = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        nets.append(make(criterion=Temperature).fit(*digits))
    assert_same_weights(*nets)


def test_not_fitted(digits):
    for net in (make(), PrunedNetRegressor()):
        with pytest.raises(NotFittedError, match="not initialized yet"):
            net.predict(digits[0])


def test_nothing_is_printed(digits, capsys):
    make().fit(*digits).set_params(module__width=3).fit(*digits)
    assert capsys.readouterr().out == ""
    make(verbose=1).fit(*digits)
    lines = capsys.readouterr().out.splitlines()
    assert "n_kept" in lines[0]
    assert sum(line.split()[1:3] == ["121", "retrain"] for line in lines) == 2


def test_retraining_helps(digits):
    """The claim of the paper, at a size of a second: the rest is in the study."""
    X, y = digits
    params = {"module__width": 64, "sparsity": 400, "max_epochs": 20, "scope": "global"}
    retrained = make(**params).fit(X, y).score(X, y)
    assert retrained > make(**params, retrain=None).fit(X, y).score(X, y) + 0.2
    assert retrained > make(**params | {"scope": "matched"}, strategy="random").fit(X, y).score(
        X, y
    )
