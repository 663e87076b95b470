"""How the number of weights falls: by hand, and in fits."""

import pytest
import torch
from sklearn.model_selection import GridSearchCV
from skorch.callbacks import Callback, EarlyStopping
from test_pruned_net_resume import Crash, assert_same_fit

from sklearn_prune.neural import PrunedNetClassifier
from sklearn_prune.neural._dense_norms import dense_norms_of
from sklearn_prune.neural._phases import Phase, plan_phases
from sklearn_prune.neural._schedules import scheduled_sizes

TOTAL = 16 * 65 + 10 * 17
pytestmark = pytest.mark.filterwarnings("ignore:.*no better than guessing")


def make(**params):
    defaults = {"max_epochs": 4, "retrain_epochs": 2, "random_state": 0, "scope": "layer"}
    defaults |= {"strategy": "magnitude", "module__width": 16, "sparsity": 110}
    return PrunedNetClassifier(**defaults | params)


def weights(net):
    return {name: value.clone() for name, value in net.module_.state_dict().items()}


# Sizes


@pytest.mark.parametrize(
    ("schedule", "sizes"),
    [
        # a factor of 10 in all is one of 10 ** -0.25 = 0.56234 a round
        ("geometric", [562, 316, 178, 100]),
        ("linear", [775, 550, 325, 100]),  # 900 / 4 = 225 a round
        # 100 + 900 (3/4)^3 = 479.69, 100 + 900 / 8 = 212.5, 100 + 900 / 64 = 114.06
        ("cubic", [480, 212, 114, 100]),
    ],
)
def test_sizes_by_hand(schedule, sizes):
    assert scheduled_sizes(1000, 100, 4, schedule) == sizes
    assert scheduled_sizes(1000, 100, 1, schedule) == [100]
    assert scheduled_sizes(1000, 1000, 3, schedule) == [1000] * 3
    assert scheduled_sizes(2, 1, 7, schedule)[-1] == 1


def test_unknown_schedules():
    for schedule in ("exponential", None, 3):
        with pytest.raises(ValueError, match=f"schedule is {schedule!r}: give one of 'geometric'"):
            scheduled_sizes(1000, 100, 4, schedule)
    with pytest.raises(ValueError, match="n_rounds is 0: give the number of pruning rounds"):
        scheduled_sizes(1000, 100, 0, "linear")


@pytest.mark.parametrize("schedule", ["linear", "cubic"])
def test_rounds_follow_the_schedule(digits, schedule):
    net = make(n_rounds=3, schedule=schedule).fit(*digits)
    sizes = scheduled_sizes(TOTAL, 110, 3, schedule)
    assert net.history[:, "n_kept"] == [TOTAL] * 4 + [size for size in sizes for _ in "ab"]
    assert sum(net.n_kept_.values()) == 110


# Inside of the training


def test_epochs_of_prunings_by_hand():
    train, last = plan_phases(100, [50, 20, 10], None, 9, 2, prune_every=2)
    assert train == Phase("train", 100, "finetune", 9, (50, 20, 10), 2)
    assert (last.n_keep, last.epochs) == (10, 0)
    kept = [train.n_kept(epoch) for epoch in range(1, 10)]
    assert kept == [100, 100, 50, 50, 20, 20, 10, 10, 10]
    prunings = [train.pruning_before(epoch) for epoch in range(1, 10)]
    assert prunings == [None, None, 50, None, 20, None, 10, None, None]
    assert plan_phases(100, [10], "finetune", 9, 2, prune_every=2)[1].epochs == 2
    assert plan_phases(100, [10], None, 9, 2)[0].pruning_before(3) is None


def test_a_training_that_is_too_short():
    with pytest.raises(ValueError, match=r"prune_every is 2, and n_rounds 3, but max_epochs is 5"):
        plan_phases(100, [50, 20, 10], None, 5, 2, prune_every=2)


class Steps(Callback):
    """Counts the steps of the optimiser at the end of each phase."""

    def __init__(self):
        self.steps = []

    def on_train_end(self, net, **kwargs):
        self.steps.append({int(s["step"]) for s in net.optimizer_.state.values()})


def kept_by_mask(net):
    return sum(int(mask.sum()) for mask in net.masks_.values())


class Watch(Callback):
    def __init__(self):
        self.kept = []

    def on_batch_end(self, net, training, **kwargs):
        parameters = dict(net.module_.named_parameters())
        assert all(not parameters[n][~mask].any() for n, mask in net.masks_.items())

    def on_epoch_end(self, net, **kwargs):
        self.kept.append(kept_by_mask(net) if net.masks_ else TOTAL)


@pytest.mark.parametrize("strategy", ["magnitude", "hessian", "random"])
def test_pruning_inside_of_the_training(digits, strategy):
    steps, watch = Steps(), Watch()
    net = make(
        n_rounds=3,
        schedule="cubic",
        prune_every=2,
        max_epochs=8,
        retrain=None,
        strategy=strategy,
        batch_size=100,
        callbacks=[steps, watch],
    ).fit(*digits)
    first, second, third = scheduled_sizes(TOTAL, 110, 3, "cubic")
    expected = [TOTAL, TOTAL, first, first, second, second, third, third]
    assert net.history[:, "n_kept"] == watch.kept == expected
    assert net.history[:, "phase"] == ["train"] * 8
    assert steps.steps == [{8 * 3}]  # one optimiser from the first epoch to the last
    assert sum(net.n_kept_.values()) == 110


def test_until_the_first_pruning_it_is_the_dense_training(digits):
    net = make(prune_every=4, retrain=None).fit(*digits)
    dense = make(retrain=None).fit(*digits)
    assert net.n_kept_ == dense.n_kept_
    assert all(torch.equal(value, weights(dense)[n]) for n, value in weights(net).items())


@pytest.mark.parametrize("retrain", ["rewind", "finetune"])
def test_a_retraining_follows(digits, retrain):
    net = make(n_rounds=2, prune_every=1, retrain=retrain).fit(*digits)
    assert net.history[:, "phase"] == ["train"] * 4 + ["retrain"] * 2
    assert net.history[:, "n_kept"] == [TOTAL, round((TOTAL * 110) ** 0.5)] + [110] * 4


def test_a_training_that_ends_early_is_pruned_all_the_same(digits):
    stop = EarlyStopping("train_loss", patience=2, threshold=10.0, threshold_mode="abs")
    net = make(n_rounds=3, prune_every=2, max_epochs=9, retrain=None, callbacks=[stop]).fit(*digits)
    assert len(net.history) == 3
    assert sum(net.n_kept_.values()) == kept_by_mask(net) == 110


# Rewinding to an early epoch


class Begins(Callback):
    def __init__(self):
        self.begins, self.ends = [], {}

    def on_train_begin(self, net, **kwargs):
        self.begins.append(weights(net))

    def on_epoch_end(self, net, **kwargs):
        self.ends[net.phase_.name, len(net.history)] = weights(net)


@pytest.mark.parametrize("rewind_epoch", [0, 1, 3, 4])
def test_rewinding_to_an_epoch(digits, rewind_epoch):
    seen = Begins()
    net = make(rewind_epoch=rewind_epoch, n_rounds=2, callbacks=[seen]).fit(*digits)
    start, *rounds = seen.begins
    origin = seen.ends["train", rewind_epoch] if rewind_epoch else start
    assert len(rounds) == 2
    for name, mask in net.masks_.items():
        assert torch.equal(rounds[1][name], origin[name] * mask)


def test_rewinding_and_pruning_inside_of_the_training(digits):
    seen = Begins()
    net = make(rewind_epoch=1, n_rounds=2, prune_every=1, callbacks=[seen]).fit(*digits)
    for name, mask in net.masks_.items():
        assert torch.equal(seen.begins[1][name], seen.ends["train", 1][name] * mask)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"rewind_epoch": 5}, "rewind_epoch is 5, but the first training has 4 epochs"),
        (
            {"rewind_epoch": 1, "retrain": "finetune"},
            "rewind_epoch is 1, but retrain is 'finetune'",
        ),
        ({"rewind_epoch": -1}, "rewind_epoch is -1: give a number of epochs"),
        ({"prune_every": 0}, "prune_every is 0: give an int of at least 1"),
        ({"prune_every": 1.5}, "prune_every is 1.5: give an int of at least 1"),
        (
            {"prune_every": 3, "n_rounds": 2},
            "prune_every is 3, and n_rounds 2, but max_epochs is 4",
        ),
        ({"schedule": "fast"}, "schedule is 'fast': give one of 'geometric', 'linear', 'cubic'"),
    ],
)
def test_what_does_not_fit_together(digits, params, message):
    with pytest.raises(ValueError, match=message):
        make(**params).fit(*digits)


# Searches, and fits that go on after a crash


def test_a_search_over_schedules(digits):
    grid = {"schedule": ["geometric", "cubic"], "sparsity": [110, 300]}
    net = make(n_rounds=2, max_epochs=2, retrain_epochs=1)
    search = GridSearchCV(net, grid, cv=2).fit(*digits)
    assert len(search.cv_results_["params"]) == 4
    best = search.best_estimator_
    assert sum(best.n_kept_.values()) == search.best_params_["sparsity"]


@pytest.mark.parametrize(
    "params",
    [
        {"schedule": "cubic", "n_rounds": 2},
        {"prune_every": 1, "n_rounds": 2, "retrain": None},
        {"prune_every": 1, "n_rounds": 2, "strategy": "random", "rewind_epoch": 2},
        {"rewind_epoch": 2, "n_rounds": 2, "exclude": ("biases", "last")},
    ],
)
def test_crashes(digits, tmp_path, params):
    expected = make(callbacks=[Crash()], **params).fit(*digits)
    sizes = sorted({row["n_kept"] for row in expected.history})
    train = TOTAL  # n_keep of the first phase
    crashes = [(train, 1, 0), (train, 2, 1), (train, 3, 1), (sizes[0], 1, 0)]
    for at in crashes[: 3 if params.get("retrain", "") is None else 4]:
        with pytest.raises(RuntimeError, match="crash"):
            make(checkpoint=tmp_path, callbacks=[Crash(at)], **params).fit(*digits)
    net = make(checkpoint=tmp_path, callbacks=[Crash()], **params).fit(*digits)
    assert_same_fit(net, expected)
    assert len(list(tmp_path.iterdir())) == 1
    assert dense_norms_of(net.module_) == dense_norms_of(expected.module_)
