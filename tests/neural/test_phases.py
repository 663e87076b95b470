import pytest

from sklearn_prune.neural._phases import Phase, plan_phases


def test_train_prune_retrain():
    assert plan_phases(100, [10], "rewind", 5, None) == [
        Phase("train", 100, "finetune", 5),
        Phase("retrain", 10, "rewind", 5),
    ]


def test_rounds_with_their_own_number_of_epochs():
    train, *rounds = plan_phases(100, [40, 20, 10], "reinit", 5, 2)
    assert train.epochs == 5
    assert [(phase.n_keep, phase.weights, phase.epochs) for phase in rounds] == [
        (40, "reinit", 2),
        (20, "reinit", 2),
        (10, "reinit", 2),
    ]


def test_without_retraining_the_last_pruning_is_the_end():
    assert [phase.epochs for phase in plan_phases(100, [10], None, 5, 3)] == [5, 0]
    rounds = plan_phases(100, [40, 10], None, 5, 3)
    assert [(phase.weights, phase.epochs) for phase in rounds[1:]] == [
        ("finetune", 3),
        ("finetune", 0),
    ]


@pytest.mark.parametrize("epochs", [-1, 1.0, True, "3"])
def test_numbers_of_epochs(epochs):
    with pytest.raises(ValueError, match=r"max_epochs is .*: give a number of epochs"):
        plan_phases(100, [10], "rewind", epochs, None)
    with pytest.raises(ValueError, match=r"retrain_epochs is .*: give a number of epochs"):
        plan_phases(100, [10], "rewind", 1, epochs)


@pytest.mark.parametrize("retrain", [True, False, "again"])
def test_unknown_retrain(retrain):
    with pytest.raises(ValueError, match=f"retrain is {retrain!r}: give one of None, 'finetune'"):
        plan_phases(100, [10], retrain, 1, None)
