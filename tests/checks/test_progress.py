import numpy as np
import pytest
from sklearn.callback import ProgressBar
from sklearn.model_selection import GridSearchCV

from sklearn_prune import (
    MinNormRegressor,
    PrunedRandomFeatures,
    PrunedRandomFeaturesClassifier,
    PrunedRegressor,
    PrunedRegressorCV,
    RowBatches,
)


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
        assert context.max_subtasks in (None, len(context._children_map))
        self.said.append(("end", context.task_name))

    def teardown(self, estimator, context):
        self.n_teardowns += 1

    def begun(self, name):
        return self.said.count(("begin", name))


@pytest.fixture
def data(rng):
    return rng.standard_normal((40, 5)), rng.standard_normal(40)


@pytest.mark.parametrize("cls", [PrunedRandomFeatures, PrunedRandomFeaturesClassifier])
def test_every_task_that_begins_ends(data, cls):
    X, y = data
    data = X, y if cls is PrunedRandomFeatures else y > 0
    recorder = Recorder()
    model = cls(3000, 20, random_state=0).set_callbacks(recorder)
    told = model.fit(*data).predict(data[0])
    assert recorder.said[0] == ("begin", "fit")
    assert recorder.said[-1] == ("end", "fit")
    for name in {name for _, name in recorder.said}:
        assert recorder.begun(name) == recorder.said.count(("end", name))
    assert recorder.begun("pass over the features") >= 2
    assert recorder.begun("blocks of features") >= recorder.begun("pass over the features")
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


@pytest.mark.parametrize("cv", [None, 4])
@pytest.mark.parametrize("shape", [(40, 5), (40, 60), (3000, 5)])
def test_a_search_tells_of_its_candidates_and_their_folds(rng, cv, shape):
    X, y = rng.standard_normal(shape), rng.standard_normal(shape[0])
    recorder = Recorder()
    model = PrunedRegressorCV(["magnitude", "random"], [1, 3], cv=cv, random_state=0)
    model.set_callbacks(recorder).fit(X, y)
    names = [name for event, name in recorder.said if event == "begin"]
    first, second = names.index("magnitude, alpha=0.0"), names.index("random, alpha=0.0")
    assert names[0] == "fit"
    assert names[-1] == "final fit"
    steps = names[first + 1 : second]
    if cv is None:
        assert set(steps) == {"rows left out"}
    else:  # the moments of the rows of a tall table tell all folds at once
        assert steps == ([] if shape == (3000, 5) else ["fold"] * cv)


@pytest.mark.parametrize("model", [MinNormRegressor(), PrunedRegressor(), PrunedRegressorCV(cv=2)])
def test_rows_that_are_read_are_told_of_batch_by_batch(rng, model):
    X, y = rng.standard_normal((60, 3)), rng.standard_normal(60)
    batches = RowBatches([(X[i : i + 20], y[i : i + 20]) for i in range(0, 60, 20)])
    recorder = Recorder()
    model.set_callbacks(recorder).fit(batches)
    assert recorder.begun("batch") == 3 * recorder.begun("pass over the rows") > 0
    assert recorder.n_teardowns == 1
    model.set_callbacks()


@pytest.mark.parametrize(
    ("model", "grid"),
    [
        (MinNormRegressor(), {"tol": [1e-9]}),
        (PrunedRegressor(), {"sparsity": [2]}),
        (PrunedRegressorCV(cv=2), {"strategy": ["magnitude"]}),
    ],
)
def test_every_estimator_shows_inside_a_search(data, model, grid, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    search = GridSearchCV(model, grid, cv=2)
    search.set_callbacks(ProgressBar(max_propagation_depth=None)).fit(*data)
    shown = capsys.readouterr().out
    assert "GridSearchCV" in shown
    assert "100%" in shown


@pytest.mark.parametrize("model", [MinNormRegressor(), PrunedRegressor(), PrunedRegressorCV(cv=2)])
def test_an_interrupt_leaves_the_model_as_it_was(rng, model):
    X, y = rng.standard_normal((60, 3)), rng.standard_normal(60)

    def batches():
        yield X[:30], y[:30]
        if interrupted:
            raise KeyboardInterrupt
        yield X[30:], y[30:]

    interrupted = False
    before = dict(vars(model.fit(RowBatches(batches))))
    interrupted, recorder = True, Recorder()
    model.set_callbacks(recorder)
    with pytest.raises(KeyboardInterrupt):
        model.fit(RowBatches(batches))
    assert recorder.n_setups == recorder.n_teardowns == 1
    assert vars(model.set_callbacks()) == before
