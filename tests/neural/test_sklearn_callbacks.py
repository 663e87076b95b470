import numpy as np
import pytest
from sklearn.callback import ProgressBar, ScoringMonitor
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV

from sklearn_prune.neural import PrunedNetClassifier, PrunedNetRegressor

# Two epochs are enough for what is tested here, if not for good nets.
pytestmark = pytest.mark.filterwarnings("ignore:.*no better than guessing")
OPTIONS = {"module__width": 8, "scope": "layer", "max_epochs": 2, "lr": 0.01, "random_state": 0}


@pytest.fixture
def digits():
    X, y = load_digits(return_X_y=True)
    return X[:200] / 16, np.array(list("abcdefghij"))[y[:200]]


@pytest.mark.parametrize(("n_rounds", "retrain"), [(1, "rewind"), (2, "finetune"), (1, None)])
def test_every_epoch_is_scored(digits, n_rounds, retrain):
    net = PrunedNetClassifier(n_rounds=n_rounds, retrain=retrain, **OPTIONS)
    net.set_callbacks(monitor := ScoringMonitor(scoring="accuracy")).fit(*digits)
    rows = monitor.get_logs().data
    epochs = [row["accuracy"] for row in rows if row["task_name"] == "epoch"]
    assert len(epochs) == len(net.history)
    (whole,) = [row["accuracy"] for row in rows if row["task_name"] == "fit"]
    assert whole == net.score(*digits)
    short = PrunedNetClassifier(**{**OPTIONS, "max_epochs": 1}, retrain=None, sparsity=1.0)
    assert epochs[0] == short.fit(*digits).score(*digits)


def test_a_score_on_the_way_changes_nothing(digits):
    alone = PrunedNetClassifier(**OPTIONS).fit(*digits)
    net = PrunedNetClassifier(**OPTIONS)
    net.set_callbacks(ScoringMonitor(scoring="accuracy")).fit(*digits)
    np.testing.assert_array_equal(net.predict_proba(digits[0]), alone.predict_proba(digits[0]))


@pytest.mark.parametrize("cls", [PrunedNetClassifier, PrunedNetRegressor])
def test_phases_show_alone_and_inside_a_search(digits, cls, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    X, y = digits[0], digits[1] if cls is PrunedNetClassifier else digits[0][:, 2]
    net = cls(**OPTIONS, verbose=0).set_callbacks(ProgressBar())
    assert net.fit(X, y).score(X, y) < 1
    search = GridSearchCV(net.set_callbacks(), {"sparsity": [0.2, 0.5]}, cv=2)
    shown = [capsys.readouterr().out]
    search.set_callbacks(ProgressBar()).fit(X, y)
    shown.append(capsys.readouterr().out)
    for text in shown:
        assert f"{cls.__name__} - train #0" in text
        assert f"{cls.__name__} - retrain #1" in text
