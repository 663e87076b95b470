import numpy as np
import pytest
from sklearn.callback import ProgressBar
from sklearn.model_selection import GridSearchCV

from sklearn_prune import PrunedRandomFeatures


class Recorder:
    """Keeps what it is told: names, and how many tasks there are and were within each."""

    max_propagation_depth = None

    def __init__(self):
        self.said, self.n_setups, self.n_teardowns = [], 0, 0

    def setup(self, estimator, context):
        self.n_setups += 1

    def on_fit_task_begin(self, estimator, context):
        self.said.append(("begin", context.task_name))

    def on_fit_task_end(self, estimator, context):
        n_seen = len(context._children_map)
        assert context.max_subtasks in (None, n_seen)
        self.said.append(("end", context.task_name))

    def teardown(self, estimator, context):
        self.n_teardowns += 1

    def begun(self, name):
        return self.said.count(("begin", name))


@pytest.fixture
def data(rng):
    return rng.standard_normal((40, 5)), rng.standard_normal(40)


def test_every_task_that_begins_ends(data):
    recorder = Recorder()
    model = PrunedRandomFeatures(3000, 20, random_state=0).set_callbacks(recorder)
    told = model.fit(*data).predict(data[0])
    assert recorder.said[0] == ("begin", "fit")
    assert recorder.said[-1] == ("end", "fit")
    for name in {name for _, name in recorder.said}:
        assert recorder.begun(name) == recorder.said.count(("end", name))
    assert recorder.begun("pass over the features") >= 2
    assert recorder.begun("block") >= recorder.begun("pass over the features")
    np.testing.assert_array_equal(told, model.set_callbacks().fit(*data).predict(data[0]))


def test_a_fit_that_fails_ends_the_callbacks(data):
    recorder = Recorder()
    model = PrunedRandomFeatures(3000, 20, scale=1e200).set_callbacks(recorder)
    with pytest.raises(ValueError, match="overflow"):
        model.fit(*data)
    assert recorder.n_setups == recorder.n_teardowns == 1


def test_the_progress_bar_of_scikit_learn_goes_into_a_search(data, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    search = GridSearchCV(PrunedRandomFeatures(300, random_state=0), {"sparsity": [5, 10]}, cv=2)
    search.set_callbacks(ProgressBar(max_propagation_depth=2)).fit(*data)
    shown = capsys.readouterr().out
    assert "PrunedRandomFeatures" in shown
    assert "100%" in shown
